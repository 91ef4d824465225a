//! Facts about contact, conversation and what comes with a message.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Clash, Tested, no_number, no_whole_number};
use crate::AttachmentKind;
use crate::condition::{
    Acquaintance, AttachmentTest, Bounds, Listed, ListedField, Owner, Test, ValueTest,
};

/// What the facts disagree about, if they do.
pub(super) fn clash(tested: &[Tested<'_>]) -> Option<Clash> {
    if attributes_clash(tested) {
        return Some(Clash::Attribute);
    }
    let fields = [ListedField::Country, ListedField::Region, ListedField::Tag];
    if fields.into_iter().any(|field| listed_clash(tested, field)) {
        return Some(Clash::Listed);
    }
    if acquaintance_clash(tested) {
        return Some(Clash::Contact);
    }
    if attachments_clash(tested) {
        return Some(Clash::Attachment);
    }
    let messages: Vec<(Bounds, bool)> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::Messages(test) => Some((test.0, *holds)),
            _ => None,
        })
        .collect();
    (!messages.is_empty() && no_whole_number(&messages)).then_some(Clash::Messages)
}

fn attributes_clash(tested: &[Tested<'_>]) -> bool {
    let mut by_name: BTreeMap<(bool, &str), Vec<(&ValueTest, bool)>> = BTreeMap::new();
    for (test, holds) in tested {
        if let Test::Attribute(it) = test {
            let key = (it.owner == Owner::Contact, &*it.name);
            by_name.entry(key).or_default().push((&it.test, *holds));
        }
    }
    by_name.values().any(|tests| no_value(tests))
}

/// Whether no value of an attribute, nor its absence, passes the tests that hold and fails the
/// others.
fn no_value(tests: &[(&ValueTest, bool)]) -> bool {
    let passes = |value: Option<&str>| tests.iter().all(|(it, holds)| it.holds(value) == *holds);
    let few = tests.iter().find_map(|(test, holds)| few_values(test, *holds));
    if let Some(values) = few {
        return !values.iter().any(|value| passes(value.as_deref()));
    }
    let numbers: Vec<(Bounds, bool)> = tests
        .iter()
        .filter_map(|(test, holds)| match test {
            ValueTest::Number(bounds) => Some((*bounds, *holds)),
            _ => None,
        })
        .collect();
    if numbers.iter().any(|(_, holds)| *holds) && no_number(&numbers) {
        return true;
    }
    let wanted = || tests.iter().filter(|(_, holds)| *holds).map(|(test, _)| *test);
    let unwanted = || tests.iter().filter(|(_, holds)| !*holds).map(|(test, _)| *test);
    wanted().any(|one| {
        unwanted().any(|other| implies(one, other))
            || wanted().any(|other| {
                matches!((one, other), (ValueTest::Boolean(a), ValueTest::Boolean(b)) if a != b)
            })
    })
}

/// All values, up to letter case, that a test leaves, if they are few.
fn few_values(test: &ValueTest, holds: bool) -> Option<Vec<Option<String>>> {
    let lower = |it: &Arc<str>| Some(it.to_lowercase());
    match (test, holds) {
        (ValueTest::OneOf(any), true) => Some(any.iter().map(lower).collect()),
        (ValueTest::Not(one), false) => Some(vec![lower(one)]),
        (ValueTest::IsSet(wanted), _) if *wanted != holds => Some(vec![None, Some(String::new())]),
        _ => None,
    }
}

/// Whether whatever passes the first passes the second.
fn implies(first: &ValueTest, second: &ValueTest) -> bool {
    let is_of_a_value = match first {
        ValueTest::Boolean(_) | ValueTest::OneOf(_) => true,
        ValueTest::Number(bounds) => *bounds != Bounds::default(),
        ValueTest::Contains(part) => !part.is_empty(),
        ValueTest::Not(_) | ValueTest::IsSet(_) => false,
    };
    match (first, second) {
        (first, second) if first == second => true,
        (ValueTest::Contains(part), ValueTest::Contains(other)) => {
            part.to_lowercase().contains(&other.to_lowercase())
        }
        (_, ValueTest::Not(unwanted)) => is_of_a_value && !first.holds(Some(unwanted)),
        (_, ValueTest::IsSet(true)) => is_of_a_value,
        _ => false,
    }
}

fn listed_clash(tested: &[Tested<'_>], field: ListedField) -> bool {
    let of_field = |holds: bool| {
        tested.iter().filter(move |it| it.1 == holds).filter_map(move |it| match it.0 {
            Test::Listed(test) if test.field == field => Some(test),
            _ => None,
        })
    };
    let has = |test: &Listed, value: &str| {
        test.any.iter().any(|it| it.to_lowercase() == value.to_lowercase())
    };
    let is_out = |value: &str| of_field(false).any(|test| has(test, value));
    of_field(true).any(|test| {
        test.any.iter().all(|value| {
            // There is one country and one region, but there may be many tags.
            let alone = field == ListedField::Tag || of_field(true).all(|it| has(it, value));
            !alone || is_out(value)
        })
    })
}

fn acquaintance_clash(tested: &[Tested<'_>]) -> bool {
    let facts: Vec<(Acquaintance, bool)> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::ContactIs(it) => Some((it.0, *holds)),
            _ => None,
        })
        .collect();
    let states = [Some(Acquaintance::New), Some(Acquaintance::Returning), None];
    !states.iter().any(|state| facts.iter().all(|(it, holds)| (*state == Some(*it)) == *holds))
}

/// All sets of kinds of attachments are tried.
fn attachments_clash(tested: &[Tested<'_>]) -> bool {
    let facts: Vec<(&AttachmentTest, bool)> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::Attachment(it) => Some((it, *holds)),
            _ => None,
        })
        .collect();
    if facts.is_empty() {
        return false;
    }
    let passes = |set: u32, test: &AttachmentTest| match test {
        AttachmentTest::Nothing => set == 0,
        AttachmentTest::Anything => set != 0,
        AttachmentTest::OneOf(kinds) => {
            let at = |kind| AttachmentKind::ALL.iter().position(|it| *it == kind);
            kinds.iter().filter_map(|kind| at(*kind)).any(|at| set >> at & 1 == 1)
        }
    };
    let sets = 0..1 << AttachmentKind::ALL.len();
    !sets.into_iter().any(|set| facts.iter().all(|(it, holds)| passes(set, it) == *holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<Arc<str>> {
        values.iter().map(|it| Arc::from(*it)).collect()
    }

    #[test]
    fn values_of_an_attribute() {
        use ValueTest::{Boolean, Contains, IsSet, Not, Number, OneOf};
        let check = |tests: &[(ValueTest, bool)], expected: bool| {
            let borrowed: Vec<_> = tests.iter().map(|(test, holds)| (test, *holds)).collect();
            assert_eq!(no_value(&borrowed), expected, "{tests:?}");
        };
        let one_of = |values: &[&str]| OneOf(texts(values));
        let at_least = |number| Number(Bounds { at_least: Some(number), ..Bounds::default() });
        check(&[(one_of(&["gold", "Silver"]), true), (one_of(&["silver"]), true)], false);
        check(&[(one_of(&["gold"]), true), (one_of(&["silver"]), true)], true);
        check(&[(one_of(&["gold"]), true), (one_of(&["GOLD", "silver"]), false)], true);
        check(&[(one_of(&["gold"]), true), (Not("gold".into()), true)], true);
        check(&[(Not("gold".into()), false), (one_of(&["gold"]), false)], true);
        check(&[(one_of(&["gold"]), true), (Contains("ol".into()), false)], true);
        check(&[(IsSet(false), true), (one_of(&["gold"]), true)], true);
        check(&[(IsSet(false), true), (Not("gold".into()), true)], false);
        check(&[(IsSet(true), false), (Boolean(true), true)], true);
        check(&[(IsSet(true), true), (IsSet(true), false)], true);
        check(&[(Boolean(true), true), (Boolean(false), true)], true);
        check(&[(Boolean(true), false), (Boolean(false), false)], false);
        check(&[(at_least(5.0), true), (at_least(3.0), false)], true);
        check(&[(at_least(3.0), true), (at_least(5.0), false)], false);
        check(&[(at_least(5.0), false)], false);
        check(&[(at_least(5.0), true), (IsSet(true), false)], true);
        check(&[(Contains("Big Order".into()), true), (Contains("order".into()), false)], true);
        check(&[(Contains("order".into()), true), (Not("refund".into()), false)], true);
        check(&[(Contains("a".into()), true), (Contains("b".into()), true)], false);
    }
}
