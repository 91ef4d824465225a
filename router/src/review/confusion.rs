//! What should have been, what was, and how good that is.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::{SerializeSeq, Serializer};
use serde::{Serialize, ser::SerializeStruct};

use super::grid::{grid, percent, share};
use super::marked::shortened;

/// The widest table of all classes that is printed; of a wider one only its worst rows are.
const WIDTH_MAX: usize = 100;
/// How many of the worst.
const WORST: usize = 10;
/// The longest name in a row, in characters.
const NAME_CHARS_MAX: usize = 40;

/// Counts of cases by what was expected and what came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    cells: BTreeMap<(String, String), u64>,
}

/// How good one class is: a team, a topic or a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFigures<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many cases expected it.
    pub expected: u64,
    /// How many got it.
    pub got: u64,
    /// How many both.
    pub right: u64,
    /// What else those got most often that expected it.
    pub mistaken_for: Option<(&'a str, u64)>,
}

impl ClassFigures<'_> {
    /// Of those that got it, the share that should.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.got)
    }

    /// Of those that should get it, the share that did.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.expected)
    }

    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.right, self.expected + self.got)
    }
}

impl Confusion {
    /// Counts one case.
    pub fn record(&mut self, expected: &str, actual: &str) {
        *self.cells.entry((expected.to_owned(), actual.to_owned())).or_default() += 1;
    }

    /// How many cases there were.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cells.values().sum()
    }

    /// How many came out as expected.
    #[must_use]
    pub fn right(&self) -> u64 {
        self.cells.iter().filter(|((expected, actual), _)| expected == actual).map(|it| it.1).sum()
    }

    /// The share that came out as expected; nothing if nothing was counted.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        share(self.right(), self.cases())
    }

    /// Everything that was expected or came, in the order of the names.
    #[must_use]
    pub fn classes(&self) -> Vec<ClassFigures<'_>> {
        let names: BTreeSet<&str> =
            self.cells.keys().flat_map(|(expected, actual)| [&**expected, &**actual]).collect();
        let mut classes: BTreeMap<&str, ClassFigures<'_>> = names
            .into_iter()
            .map(|name| {
                (name, ClassFigures { name, expected: 0, got: 0, right: 0, mistaken_for: None })
            })
            .collect();
        for ((expected, actual), count) in &self.cells {
            if let Some(class) = classes.get_mut(&**actual) {
                class.got += count;
            }
            let Some(class) = classes.get_mut(&**expected) else { continue };
            class.expected += count;
            if expected == actual {
                class.right += count;
            } else if class.mistaken_for.is_none_or(|(_, most)| *count > most) {
                class.mistaken_for = Some((actual, *count));
            }
        }
        classes.into_values().collect()
    }

    /// The counts as a table: expected down, actual across. `None` if it is too wide to read.
    #[must_use]
    pub fn table(&self) -> Option<String> {
        let classes = self.classes();
        let mut headings = vec!["expected".to_owned()];
        headings.extend(classes.iter().map(|class| shortened(class.name, NAME_CHARS_MAX)));
        let rows = classes.iter().filter(|row| row.expected > 0).map(|row| {
            let cells = classes.iter().map(|column| {
                let count = self.cells.get(&(row.name.to_owned(), column.name.to_owned()));
                count.map_or("·".to_owned(), ToString::to_string)
            });
            std::iter::once(shortened(row.name, NAME_CHARS_MAX)).chain(cells).collect()
        });
        let table = grid(&headings, rows.collect());
        let widest = table.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        (widest <= WIDTH_MAX).then_some(table)
    }

    /// Precision, recall and F1 of each class as a table; of many classes, of the worst. Says how
    /// many there are if it does not show all.
    #[must_use]
    pub fn figures(&self, what: &str) -> String {
        let mut classes = self.classes();
        let many = self.table().is_none() && classes.len() > WORST;
        if many {
            classes.retain(|class| class.expected > 0);
        }
        let all = classes.len();
        if many {
            classes.sort_by(|a, b| {
                let (a, b) = (a.f1().unwrap_or_default(), b.f1().unwrap_or_default());
                a.total_cmp(&b)
            });
            classes.truncate(WORST);
        }
        let headings = [what, "expected", "got", "precision", "recall", "F1", "mostly taken for"];
        let rows = classes.iter().map(|class| {
            let mistaken = class.mistaken_for.map_or("–".to_owned(), |(name, count)| {
                format!("{} ({count})", shortened(name, NAME_CHARS_MAX))
            });
            vec![
                shortened(class.name, NAME_CHARS_MAX),
                class.expected.to_string(),
                class.got.to_string(),
                percent(class.precision()),
                percent(class.recall()),
                percent(class.f1()),
                mistaken,
            ]
        });
        let table = grid(&headings.map(str::to_owned), rows.collect());
        if many { format!("  The worst {WORST} of {all} by F1:\n{table}") } else { table }
    }
}

impl Serialize for ClassFigures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut it = serializer.serialize_struct("ClassFigures", 7)?;
        it.serialize_field("name", self.name)?;
        it.serialize_field("expected", &self.expected)?;
        it.serialize_field("got", &self.got)?;
        it.serialize_field("right", &self.right)?;
        it.serialize_field("precision", &self.precision())?;
        it.serialize_field("recall", &self.recall())?;
        it.serialize_field("f1", &self.f1())?;
        it.end()
    }
}

impl Serialize for Confusion {
    /// As a list of counts.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Cell<'a> {
            expected: &'a str,
            actual: &'a str,
            count: u64,
        }
        let mut list = serializer.serialize_seq(Some(self.cells.len()))?;
        for ((expected, actual), count) in &self.cells {
            list.serialize_element(&Cell { expected, actual, count: *count })?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion(cells: &[(&str, &str, u64)]) -> Confusion {
        let mut confusion = Confusion::default();
        for (expected, actual, count) in cells {
            (0..*count).for_each(|_| confusion.record(expected, actual));
        }
        confusion
    }

    #[test]
    fn figures_are_counted() {
        let it = confusion(&[("a", "a", 6), ("a", "b", 2), ("a", "c", 1), ("b", "b", 3)]);
        assert_eq!((it.right(), it.cases(), it.accuracy()), (9, 12, Some(0.75)));
        let classes = it.classes();
        let a = &classes[0];
        assert_eq!((a.precision(), a.recall(), a.f1()), (Some(1.0), Some(6.0 / 9.0), Some(0.8)));
        assert_eq!(a.mistaken_for, Some(("b", 2)));
        let c = &classes[2];
        assert_eq!((c.precision(), c.recall(), c.f1()), (Some(0.0), None, Some(0.0)));
        assert_eq!(Confusion::default().accuracy(), None);
    }

    #[test]
    fn few_classes_are_a_table() {
        let it = confusion(&[("a", "a", 6), ("a", "b", 12), ("b", "b", 3)]);
        let expected = "  expected  a   b\n  a         6  12\n  b         ·   3\n";
        assert_eq!(it.table().as_deref(), Some(expected));
    }

    #[test]
    fn of_many_classes_the_worst_are_shown() {
        let names: Vec<String> = (0..40).map(|n| format!("topic {n:02}")).collect();
        let mut it = Confusion::default();
        for (index, name) in names.iter().enumerate() {
            (0..=index).for_each(|_| it.record(name, name));
            it.record(name, &names[(index + 1) % names.len()]);
        }
        assert_eq!(it.table(), None);
        let figures = it.figures("topic");
        assert_eq!(figures.lines().count(), 2 + WORST, "{figures}");
        assert!(figures.starts_with("  The worst 10 of 40 by F1:\n"), "{figures}");
        assert!(figures.lines().nth(2).unwrap().starts_with("  topic 00 "), "{figures}");
    }
}
