//! The language of a search: a filter, or filters joined by `AND` and `OR`, over any kind of thing.
//!
//! Source: `searchConversations` and `single_filter_search_request` of Intercom's OpenAPI
//! descriptions. Comparing builds no strings: fields show what they hold by reference.

mod filter;
mod operand;
mod order;

use serde_json::Value;

use super::ApiError;

use filter::Filter;
use operand::Operator;

pub(super) use order::Order;

/// At most so many filters in a group, and groups so deep ("Nesting & Limitations").
const MOST_FILTERS: usize = 15;
const MOST_LEVELS: u32 = 2;

/// What things of one kind can be searched by.
pub(super) trait Field: Clone {
    /// The thing that is looked at.
    type Thing<'a>: Copy;

    /// The field of a name; nothing if things of this kind have no such field.
    fn named(name: &str) -> Option<Self>;

    /// Which values it holds.
    fn kind(&self) -> Kind;

    /// Shows `test` what the thing holds in the field, value by value, until one passes. An empty
    /// field shows [`Held::Nothing`]. True if a value passed.
    fn any(&self, thing: Self::Thing<'_>, test: &mut dyn FnMut(Held<'_>) -> bool) -> bool;
}

/// The kind of value in a field, which says which operators it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Text that is looked at word by word.
    Words,
    /// A number.
    Integer,
    /// A number that says who; nobody is also 0.
    Assignee,
    /// Unix seconds.
    Date,
    /// Days, as contacts are searched by: `=`, `<` and `>` only.
    Day,
    /// The id of a tag: `=` and `!=` only.
    Tag,
    /// True or false.
    Flag,
}

/// A value that a thing holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held<'a> {
    /// Nothing: null.
    Nothing,
    /// A text, or a text of words.
    Text(&'a str),
    /// A number, or a time in Unix seconds.
    Number(u64),
    /// True or false.
    Flag(bool),
}

impl From<Option<u64>> for Held<'_> {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum Query<F> {
    /// Things that match all of these.
    All(Vec<Self>),
    /// Things that match one of these.
    Any(Vec<Self>),
    /// Things that pass this.
    Filter(Filter<F>),
}

impl<F: Field> Query<F> {
    /// Reads the `query` of a body.
    pub(super) fn read(value: &Value) -> Result<Self, ApiError> {
        Self::read_level(value, 0)
    }

    fn read_level(value: &Value, level: u32) -> Result<Self, ApiError> {
        let text = |key: &'static str| value.get(key).and_then(Value::as_str);
        let operator = text("operator").ok_or_else(|| ApiError::absent("operator"))?;
        let operand = value.get("value").ok_or_else(|| ApiError::absent("value"))?;
        let join: fn(Vec<Self>) -> Self = match operator {
            "AND" => Self::All,
            "OR" => Self::Any,
            _ => {
                let name = text("field").ok_or_else(|| ApiError::absent("field"))?;
                return Filter::read(name, operator, operand).map(Self::Filter);
            }
        };
        let filters = operand
            .as_array()
            .ok_or_else(|| ApiError::invalid("value", "value of AND and OR must be an array"))?;
        if level >= MOST_LEVELS {
            return Err(ApiError::invalid("query", "at most 2 levels of nesting are supported"));
        }
        if filters.is_empty() || filters.len() > MOST_FILTERS {
            return Err(ApiError::invalid("query", "a group must have between 1 and 15 filters"));
        }
        let read = filters.iter().map(|inner| Self::read_level(inner, level + 1));
        read.collect::<Result<_, _>>().map(join)
    }

    /// Counts the days that are asked for, which come as Unix seconds.
    pub(super) fn count_days(&mut self, day_of: &dyn Fn(u64) -> u64) {
        match self {
            Self::All(queries) | Self::Any(queries) => {
                queries.iter_mut().for_each(|query| query.count_days(day_of));
            }
            Self::Filter(filter) => filter.count_days(day_of),
        }
    }

    /// Whether a thing is what is asked for.
    pub(super) fn matches(&self, thing: F::Thing<'_>) -> bool {
        match self {
            Self::All(queries) => queries.iter().all(|query| query.matches(thing)),
            Self::Any(queries) => queries.iter().any(|query| query.matches(thing)),
            Self::Filter(filter) => filter.passes(thing),
        }
    }
}

#[cfg(test)]
mod tests;
