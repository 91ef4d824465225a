//! Why somebody writes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnknownName;

/// Why somebody writes: the ground truth that a router is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// What does it cost?
    Price,
    /// Is there one, in my size?
    Availability,
    /// I want to buy it.
    Order,
    /// I bought it, and it has not come.
    WhereIsMyOrder,
    /// I want my money back, or to send it back.
    Refund,
    /// It came, and does not work.
    Broken,
    /// I am angry.
    Complaint,
    /// Do you deliver here, how fast, for how much?
    Shipping,
    /// Let us work together.
    Collaboration,
    /// I like you.
    Compliment,
}

impl Intent {
    /// Every intent, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Price,
        Self::Availability,
        Self::Order,
        Self::WhereIsMyOrder,
        Self::Refund,
        Self::Broken,
        Self::Complaint,
        Self::Shipping,
        Self::Collaboration,
        Self::Compliment,
    ];

    /// The name in scenario files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Availability => "availability",
            Self::Order => "order",
            Self::WhereIsMyOrder => "where_is_my_order",
            Self::Refund => "refund",
            Self::Broken => "broken",
            Self::Complaint => "complaint",
            Self::Shipping => "shipping",
            Self::Collaboration => "collaboration",
            Self::Compliment => "compliment",
        }
    }

    /// Whether something went wrong with what they bought.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::WhereIsMyOrder | Self::Refund | Self::Broken | Self::Complaint)
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Intent {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|intent| intent.as_str() == name);
        found.ok_or_else(|| UnknownName::new("intent", name, &Self::ALL.map(Self::as_str)))
    }
}
