//! The language of a search: a filter, or filters joined by `AND` and `OR`.

use serde_json::Value;

use super::ApiError;
use crate::Moment;
use crate::workspace::conversation::{Conversation, State};

/// At most so many filters in a group, and groups so deep (Intercom docs, search).
const MOST_FILTERS: usize = 15;
const MOST_LEVELS: u32 = 2;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Query {
    All(Vec<Self>),
    Any(Vec<Self>),
    Filter { field: Field, operator: Operator, value: Value },
}

/// The fields that this mock searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    CreatedAt,
    UpdatedAt,
    WaitingSince,
    SnoozedUntil,
    Open,
    Read,
    State,
    AdminAssignee,
    TeamAssignee,
    TagIds,
    ContactIds,
}

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
}

/// What a conversation holds in a field.
enum Held {
    Number(Option<u64>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

impl Query {
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
                return Self::read_filter(name, operator, operand);
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
        filters
            .iter()
            .map(|inner| Self::read_level(inner, level + 1))
            .collect::<Result<_, _>>()
            .map(join)
    }

    fn read_filter(name: &str, operator: &str, value: &Value) -> Result<Self, ApiError> {
        let field = Field::read(name)?;
        let operator = Operator::read(operator)?;
        let fits = match (operator, value) {
            (Operator::In | Operator::NotIn, value) => value.is_array(),
            (_, Value::Array(_) | Value::Object(_)) => false,
            (Operator::Equals | Operator::Differs, _) => true,
            (_, value) => field.is_number() && number(value).is_some(),
        };
        if !fits {
            let message = format!("the value of {name} does not fit its operator");
            return Err(ApiError::invalid("value", message));
        }
        Ok(Self::Filter { field, operator, value: value.clone() })
    }

    pub(super) fn matches(&self, conversation: &Conversation) -> bool {
        match self {
            Self::All(queries) => queries.iter().all(|query| query.matches(conversation)),
            Self::Any(queries) => queries.iter().any(|query| query.matches(conversation)),
            Self::Filter { field, operator, value } => {
                operator.holds(&field.of(conversation), value, field.is_time())
            }
        }
    }
}

impl Field {
    fn read(name: &str) -> Result<Self, ApiError> {
        Ok(match name {
            "id" => Self::Id,
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            "waiting_since" => Self::WaitingSince,
            "snoozed_until" => Self::SnoozedUntil,
            "open" => Self::Open,
            "read" => Self::Read,
            "state" => Self::State,
            "admin_assignee_id" => Self::AdminAssignee,
            "team_assignee_id" => Self::TeamAssignee,
            "tag_ids" => Self::TagIds,
            "contact_ids" => Self::ContactIds,
            other => {
                return Err(ApiError::not_covered(&format!("the search field '{other}'")));
            }
        })
    }

    const fn is_time(self) -> bool {
        matches!(self, Self::CreatedAt | Self::UpdatedAt | Self::WaitingSince | Self::SnoozedUntil)
    }

    const fn is_number(self) -> bool {
        self.is_time() || matches!(self, Self::Id | Self::AdminAssignee | Self::TeamAssignee)
    }

    fn of(self, conversation: &Conversation) -> Held {
        match self {
            Self::Id => Held::Number(Some(conversation.id().get())),
            Self::CreatedAt => Held::Number(Some(conversation.created_at().as_seconds())),
            Self::UpdatedAt => Held::Number(Some(conversation.updated_at().as_seconds())),
            Self::WaitingSince => {
                Held::Number(conversation.waiting_since().map(Moment::as_seconds))
            }
            Self::SnoozedUntil => Held::Number(match conversation.state() {
                State::Snoozed { until } => Some(until.as_seconds()),
                State::Open | State::Closed => None,
            }),
            Self::Open => Held::Flag(conversation.state().is_open()),
            Self::Read => Held::Flag(conversation.read),
            Self::State => Held::Text(conversation.state().as_str().to_owned()),
            Self::AdminAssignee => Held::Number(conversation.admin().map(|id| id.get())),
            Self::TeamAssignee => Held::Number(conversation.team().map(|id| id.get())),
            Self::TagIds => {
                Held::Texts(conversation.tags().iter().map(|tag| tag.tag.to_string()).collect())
            }
            Self::ContactIds => Held::Texts(vec![conversation.contact().to_string()]),
        }
    }
}

impl Operator {
    fn read(text: &str) -> Result<Self, ApiError> {
        Ok(match text {
            "=" => Self::Equals,
            "!=" => Self::Differs,
            "IN" => Self::In,
            "NIN" => Self::NotIn,
            "<" => Self::Below,
            "<=" => Self::AtMost,
            ">" => Self::Above,
            ">=" => Self::AtLeast,
            "~" | "!~" | "^" | "$" => {
                return Err(ApiError::not_covered(&format!("the search operator '{text}'")));
            }
            other => {
                let message = format!("operator '{other}' is not supported");
                return Err(ApiError::invalid("operator", message));
            }
        })
    }

    /// `<` and `>` on times include the time itself ("or equal", Intercom docs, search).
    fn holds(self, held: &Held, value: &Value, is_time: bool) -> bool {
        let among = |value: &Value| {
            value.as_array().is_some_and(|values| values.iter().any(|value| held.is(value)))
        };
        let compare = |test: fn(&u64, &u64) -> bool| match held {
            Held::Number(Some(held)) => number(value).is_some_and(|value| test(held, &value)),
            _ => false,
        };
        match self {
            Self::Equals => held.is(value),
            Self::Differs => !held.is(value),
            Self::In => among(value),
            Self::NotIn => !among(value),
            Self::Below if !is_time => compare(u64::lt),
            Self::Above if !is_time => compare(u64::gt),
            Self::Below | Self::AtMost => compare(u64::le),
            Self::Above | Self::AtLeast => compare(u64::ge),
        }
    }
}

impl Held {
    /// Nobody is asked for as null or as 0.
    fn is(&self, value: &Value) -> bool {
        match self {
            Self::Number(None) => value.is_null() || number(value) == Some(0),
            Self::Number(held) => number(value) == *held,
            Self::Flag(held) => match value {
                Value::Bool(flag) => flag == held,
                Value::String(text) => text.parse() == Ok(*held),
                _ => false,
            },
            Self::Text(held) => value.as_str() == Some(held),
            Self::Texts(held) => match value {
                Value::String(text) => held.contains(text),
                Value::Number(number) => held.contains(&number.to_string()),
                _ => false,
            },
        }
    }
}

/// A number, or digits in a string.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
