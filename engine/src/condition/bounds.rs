//! A number between bounds.

use std::fmt;

use toml::{Table, Value};

/// A number between bounds; a bound that is absent does not bind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) at_least: Option<f64>,
    pub(crate) at_most: Option<f64>,
    pub(crate) more_than: Option<f64>,
    pub(crate) less_than: Option<f64>,
}

impl Bounds {
    /// Exactly this number.
    pub(crate) fn exactly(number: f64) -> Self {
        Self { at_least: Some(number), at_most: Some(number), ..Self::default() }
    }

    pub(crate) fn hold(&self, number: f64) -> bool {
        self.at_least.is_none_or(|bound| number >= bound)
            && self.at_most.is_none_or(|bound| number <= bound)
            && self.more_than.is_none_or(|bound| number > bound)
            && self.less_than.is_none_or(|bound| number < bound)
    }

    /// Whether no number at all lies between the bounds.
    pub(crate) fn is_empty(&self) -> bool {
        let low = self.at_least.into_iter().chain(self.more_than).reduce(f64::max);
        let high = self.at_most.into_iter().chain(self.less_than).reduce(f64::min);
        low.zip(high).is_some_and(|(low, high)| low > high || (low == high && !self.hold(low)))
    }

    /// As a rules file says it.
    pub(crate) fn print(&self) -> Value {
        if let (Some(low), Some(high), None, None) =
            (self.at_least, self.at_most, self.more_than, self.less_than)
            && low == high
        {
            return number(low);
        }
        let entries = self.entries().map(|(key, bound)| (key.to_owned(), number(bound)));
        Value::Table(Table::from_iter(entries))
    }

    fn entries(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let entries = [
            ("at_least", self.at_least),
            ("at_most", self.at_most),
            ("more_than", self.more_than),
            ("less_than", self.less_than),
        ];
        entries.into_iter().filter_map(|(key, bound)| Some((key, bound?)))
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_least.is_some() && self.at_least == self.at_most {
            return write!(f, "{}", self.at_least.unwrap_or_default());
        }
        for (index, (key, bound)) in self.entries().enumerate() {
            let and = if index > 0 { " and " } else { "" };
            write!(f, "{and}{} {bound}", key.replace('_', " "))?;
        }
        Ok(())
    }
}

/// A whole number is printed as one.
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::Integer(number as i64)
    } else {
        Value::Float(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_bind() {
        let between = Bounds { at_least: Some(2.0), less_than: Some(5.0), ..Bounds::default() };
        let held: Vec<bool> = [1.9, 2.0, 4.9, 5.0].map(|number| between.hold(number)).to_vec();
        assert_eq!(held, [false, true, true, false]);
        assert!(Bounds::exactly(3.0).hold(3.0) && !Bounds::exactly(3.0).hold(3.1));
        assert_eq!(between.to_string(), "at least 2 and less than 5");
    }

    #[test]
    fn impossible_bounds_are_seen() {
        let check = |bounds: Bounds, empty: bool| assert_eq!(bounds.is_empty(), empty, "{bounds}");
        check(Bounds { at_least: Some(5.0), at_most: Some(4.0), ..Bounds::default() }, true);
        check(Bounds { more_than: Some(4.0), at_most: Some(4.0), ..Bounds::default() }, true);
        check(Bounds::exactly(4.0), false);
        check(Bounds { at_least: Some(5.0), ..Bounds::default() }, false);
    }
}
