//! What must come true.

use std::collections::BTreeMap;

use engine::Problem;
use toml::Spanned;

use super::super::spec::{BoundsSpec, NumberOrText};
use super::super::{Bound, Expectation, Measure, Quantity, Value};
use crate::duration::Length;

pub(super) fn check(
    spec: BTreeMap<Measure, Spanned<BoundsSpec>>,
    problems: &mut Vec<Problem>,
) -> Vec<Expectation> {
    let mut in_order: Vec<_> = spec.into_iter().collect();
    in_order.sort_by_key(|(_, bounds)| bounds.span().start);
    let mut expectations = Vec::new();
    for (measure, bounds) in in_order {
        let found = bounds_of(measure, &bounds, problems);
        expectations.extend(found.into_iter().map(|bound| Expectation { measure, bound }));
    }
    expectations
}

fn bounds_of(
    measure: Measure,
    spec: &Spanned<BoundsSpec>,
    problems: &mut Vec<Problem>,
) -> Vec<Bound> {
    let BoundsSpec { at_most, at_least, equals } = spec.get_ref();
    match (at_most, at_least, equals) {
        (None, None, None) => {
            let problem = Problem::error(spec.span(), format!("`{measure}` has no bound"));
            problems.push(problem.help("add at_most, at_least or equals"));
        }
        (_, _, Some(_)) if at_most.is_some() || at_least.is_some() => {
            let problem = Problem::error(spec.span(), "`equals` leaves no room for another bound");
            problems.push(problem.help("write either equals, or at_least and at_most"));
        }
        _ => {}
    }
    let mut bounds = Vec::new();
    let written = [
        (at_least, Bound::AtLeast as fn(Value) -> Bound),
        (at_most, Bound::AtMost),
        (equals, Bound::Equals),
    ];
    for (text, bound) in written {
        let Some(text) = text else { continue };
        match value(measure.quantity(), text.get_ref()) {
            Ok(value) => bounds.push(bound(value)),
            Err(help) => {
                let message = format!("`{measure}` cannot be compared with this");
                problems.push(Problem::error(text.span(), message).help(help));
            }
        }
    }
    bounds
}

/// The value, or how to write one.
fn value(quantity: Quantity, spec: &NumberOrText) -> Result<Value, &'static str> {
    match (quantity, spec) {
        (Quantity::Count, NumberOrText::Number(number))
            if *number >= 0.0 && number.fract() == 0.0 =>
        {
            Ok(Value::Count(*number as u64))
        }
        (Quantity::Share, NumberOrText::Number(number)) if (0.0..=1.0).contains(number) => {
            Ok(Value::Share(*number))
        }
        (Quantity::Ratio, NumberOrText::Number(number)) if *number >= 0.0 => {
            Ok(Value::Ratio(*number))
        }
        (Quantity::Duration, NumberOrText::Text(text)) => {
            let length: Result<Length, _> = text.parse();
            length.map(|length| Value::Micros(length.as_micros())).map_err(|_| A_DURATION)
        }
        (Quantity::Count, _) => Err("it is a count: write a whole number like 0"),
        (Quantity::Share, _) => Err("it is a share: write a number from 0 to 1, like 0.9"),
        (Quantity::Ratio, _) => Err("it is a number: write it like 1.5"),
        (Quantity::Duration, _) => Err(A_DURATION),
    }
}

const A_DURATION: &str = "it is a length of time: write it like \"90s\" or \"10m\"";
