//! Operators, and the values to compare with.

use serde_json::Value;

use super::{ApiError, Held, Kind};

/// How to compare ("Accepted Operators").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    Differs,
    In,
    NotIn,
    Below,
    AtMost,
    Above,
    AtLeast,
    Contains,
    Lacks,
    StartsWith,
    EndsWith,
}

/// As they are written.
const OPERATORS: [(&str, Operator); 12] = [
    ("=", Operator::Equals),
    ("!=", Operator::Differs),
    ("IN", Operator::In),
    ("NIN", Operator::NotIn),
    ("<", Operator::Below),
    ("<=", Operator::AtMost),
    (">", Operator::Above),
    (">=", Operator::AtLeast),
    ("~", Operator::Contains),
    ("!~", Operator::Lacks),
    ("^", Operator::StartsWith),
    ("$", Operator::EndsWith),
];

impl Operator {
    pub(super) fn read(text: &str) -> Result<Self, ApiError> {
        let found = OPERATORS.iter().find(|(written, _)| *written == text);
        found.map(|&(_, operator)| operator).ok_or_else(|| {
            let all = OPERATORS.map(|(written, _)| written).join(" ");
            ApiError::invalid("operator", format!("operator must be AND, OR or one of {all}"))
        })
    }

    pub(super) fn as_str(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |found| found.0)
    }

    const fn is_order(self) -> bool {
        matches!(self, Self::Below | Self::AtMost | Self::Above | Self::AtLeast)
    }

    const fn is_of_text(self) -> bool {
        matches!(self, Self::Contains | Self::Lacks | Self::StartsWith | Self::EndsWith)
    }

    /// Whether fields of a kind take it.
    pub(super) const fn suits(self, kind: Kind) -> bool {
        match kind {
            Kind::Text | Kind::Words => !self.is_order(),
            Kind::Integer | Kind::Assignee | Kind::Date => !self.is_of_text(),
            Kind::Flag => !self.is_order() && !self.is_of_text(),
            Kind::Day => matches!(self, Self::Equals | Self::Below | Self::Above),
            Kind::Tag => matches!(self, Self::Equals | Self::Differs),
        }
    }

    /// Whether it holds where the comparison does not.
    pub(super) const fn is_negative(self) -> bool {
        matches!(self, Self::Differs | Self::NotIn | Self::Lacks)
    }

    /// What its value must be, for a message.
    pub(super) const fn wanted(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::In | Self::NotIn, Kind::Text | Kind::Words) => "an array of strings",
            (Self::In | Self::NotIn, Kind::Flag) => "an array of booleans",
            (Self::In | Self::NotIn, _) => "an array of integers",
            (_, Kind::Text | Kind::Words | Kind::Tag) => "a string",
            (_, Kind::Integer | Kind::Assignee) => "an integer",
            (_, Kind::Date | Kind::Day) => "a date in Unix seconds",
            (_, Kind::Flag) => "a boolean",
        }
    }
}

impl Kind {
    const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Assignee | Self::Date | Self::Day)
    }
}

/// A value to compare with, as its field has them.
#[derive(Debug)]
pub(super) enum Operand {
    Null,
    Text(String),
    Number(u64),
    Flag(bool),
}

impl Operand {
    /// Nothing if the value does not suit. Null can only be equal or not; numbers may come as
    /// digits in strings (example of the description: `"value": "1306054154"`), and ids, which are
    /// strings in fields of text, as numbers.
    pub(super) fn read(kind: Kind, operator: Operator, value: &Value) -> Option<Self> {
        if value.is_null() {
            let is_equality = !operator.is_order() && !operator.is_of_text();
            return is_equality.then_some(Self::Null);
        }
        Some(match (kind, value) {
            (Kind::Text | Kind::Tag, Value::String(text)) => Self::Text(text.clone()),
            (Kind::Words, Value::String(text)) => Self::Text(lowered(text).collect()),
            (Kind::Text | Kind::Words | Kind::Tag, Value::Number(number)) => {
                Self::Text(number.to_string())
            }
            (_, Value::Number(number)) if kind.is_number() => Self::Number(number.as_u64()?),
            (_, Value::String(text)) if kind.is_number() => Self::Number(text.parse().ok()?),
            (Kind::Flag, Value::Bool(flag)) => Self::Flag(*flag),
            (Kind::Flag, Value::String(text)) => Self::Flag(text.parse().ok()?),
            _ => return None,
        })
    }

    /// Whether a value meets it; a negative operator is taken for its opposite.
    pub(super) fn meets(&self, operator: Operator, kind: Kind, held: Held<'_>) -> bool {
        match (self, held) {
            (Self::Null, held) => held == Held::Nothing,
            (Self::Number(0), Held::Nothing) => kind == Kind::Assignee && !operator.is_order(),
            (Self::Number(asked), Held::Number(held)) => ordered(operator, kind, held, *asked),
            (Self::Flag(asked), Held::Flag(held)) => *asked == held,
            (Self::Text(asked), Held::Text(held)) if kind == Kind::Words => {
                words(held).any(|word| meets_word(operator, word, asked))
            }
            (Self::Text(asked), Held::Text(held)) => match operator {
                Operator::Contains | Operator::Lacks => held.contains(asked.as_str()),
                Operator::StartsWith => held.starts_with(asked.as_str()),
                Operator::EndsWith => held.ends_with(asked.as_str()),
                _ => held == asked,
            },
            _ => false,
        }
    }
}

/// `<` and `>` on dates include the date itself: "Greater (or equal) than".
fn ordered(operator: Operator, kind: Kind, held: u64, asked: u64) -> bool {
    match operator {
        Operator::Below if kind != Kind::Date => held < asked,
        Operator::Above if kind != Kind::Date => held > asked,
        Operator::Below | Operator::AtMost => held <= asked,
        Operator::Above | Operator::AtLeast => held >= asked,
        _ => held == asked,
    }
}

/// The words of a text: "against every element of the value separately". Where words end is not
/// documented; here at whatever is neither letter nor digit, apostrophes and underscores apart.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’' | '_');
    text.split(ends).filter(|word| !word.is_empty())
}

/// Compares with a word in lower case. That case does not matter is this mock's choice.
fn meets_word(operator: Operator, word: &str, asked: &str) -> bool {
    match operator {
        Operator::Contains | Operator::Lacks => {
            word.char_indices().any(|(at, _)| begins(&word[at..], asked))
        }
        Operator::StartsWith => begins(word, asked),
        Operator::EndsWith => {
            let mut letters = lowered(word).rev();
            asked.chars().rev().all(|letter| letters.next() == Some(letter))
        }
        _ => lowered(word).eq(asked.chars()),
    }
}

fn begins(word: &str, asked: &str) -> bool {
    let mut letters = lowered(word);
    asked.chars().all(|letter| letters.next() == Some(letter))
}

/// Letter by letter, so that no text is built to compare with.
fn lowered(text: &str) -> impl DoubleEndedIterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}
