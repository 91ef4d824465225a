//! One filter: a field, an operator and what to compare with.

use serde_json::Value;

use super::operand::Operand;
use super::{ApiError, Field, Held, Kind, Operator};

/// The most values of `IN` and `NIN`, a limit of this mock: Intercom's is not documented.
const MOST_VALUES: usize = 1_000;

/// A filter whose operator and value suit its field.
#[derive(Debug)]
pub(in crate::api) struct Filter<F> {
    field: F,
    operator: Operator,
    /// One, but for `IN` and `NIN`.
    operands: Vec<Operand>,
}

impl<F: Field> Filter<F> {
    pub(super) fn read(name: &str, operator: &str, value: &Value) -> Result<Self, ApiError> {
        let field = F::named(name).ok_or_else(|| {
            ApiError::invalid("field", format!("'{}' is not a field to search by", short(name)))
        })?;
        let kind = field.kind();
        let operator = Operator::read(operator)?;
        if !operator.suits(kind) {
            let message = format!("{name} does not take the operator '{}'", operator.as_str());
            return Err(ApiError::invalid("operator", message));
        }
        let unsuitable = || {
            let message = format!("the value of {name} must be {}", operator.wanted(kind));
            ApiError::invalid("value", message)
        };
        let operand = |value: &Value| Operand::read(kind, operator, value).ok_or_else(unsuitable);
        let operands = match (operator, value) {
            (Operator::In | Operator::NotIn, Value::Array(values)) => {
                if values.len() > MOST_VALUES {
                    let message = format!("at most {MOST_VALUES} values are supported");
                    return Err(ApiError::invalid("value", message));
                }
                values.iter().map(operand).collect::<Result<_, _>>()?
            }
            (Operator::In | Operator::NotIn, _) => return Err(unsuitable()),
            (_, value) => vec![operand(value)?],
        };
        Ok(Self { field, operator, operands })
    }

    pub(super) fn count_days(&mut self, day_of: &dyn Fn(u64) -> u64) {
        if self.field.kind() != Kind::Day {
            return;
        }
        for operand in &mut self.operands {
            if let Operand::Number(seconds) = operand {
                *seconds = day_of(*seconds);
            }
        }
    }

    /// `!=`, `NIN` and `!~` hold where their opposites do not, empty fields included.
    pub(super) fn passes(&self, thing: F::Thing<'_>) -> bool {
        let kind = self.field.kind();
        let mut test = |held: Held<'_>| {
            self.operands.iter().any(|operand| operand.meets(self.operator, kind, held))
        };
        self.field.any(thing, &mut test) != self.operator.is_negative()
    }
}

/// The beginning of a text that a client sent.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
