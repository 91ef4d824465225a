//! Verification: what is expected of the journal, and whether it is so.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::{Entry, Journal};

/// What is expected. As JSON, `{"expect": "count", "of": {"kind": "api_call"}, "at_least": 1}`,
/// `{"expect": "never", "of": {…}}` or `{"expect": "order", "of": [{…}, {…}]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expect", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expectation {
    /// So many entries fit; with no number given, at least one.
    Count {
        /// Which entries.
        of: Filter,
        /// This many.
        #[serde(default)]
        exactly: Option<u64>,
        /// This many or more.
        #[serde(default)]
        at_least: Option<u64>,
        /// This many or fewer.
        #[serde(default)]
        at_most: Option<u64>,
    },
    /// No entry fits.
    Never {
        /// Which entries.
        of: Filter,
    },
    /// Entries that fit each of these are there in this order, whatever is in between.
    Order {
        /// Which entries.
        of: Vec<Filter>,
    },
}

/// Whether an expectation holds, and what shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Whether it holds.
    pub ok: bool,
    /// How many entries fit; for an order, how many of its steps are there.
    pub found: u64,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The entries that fit, or if some are missing those that come nearest: a few, oldest first.
    pub evidence: Vec<Entry>,
}

/// How many entries are shown.
const SHOWN: usize = 5;

impl Expectation {
    /// This many entries.
    pub const fn exactly(count: u64, of: Filter) -> Self {
        Self::Count { of, exactly: Some(count), at_least: None, at_most: None }
    }

    /// This many or more.
    pub const fn at_least(count: u64, of: Filter) -> Self {
        Self::Count { of, exactly: None, at_least: Some(count), at_most: None }
    }

    /// This many or fewer.
    pub const fn at_most(count: u64, of: Filter) -> Self {
        Self::Count { of, exactly: None, at_least: None, at_most: Some(count) }
    }

    /// None.
    pub const fn never(of: Filter) -> Self {
        Self::Never { of }
    }

    /// In this order.
    pub const fn order(of: Vec<Filter>) -> Self {
        Self::Order { of }
    }
}

impl Journal {
    /// Whether expectations hold, one finding each. Only what the journal still keeps is looked at.
    pub fn verify(&self, expectations: &[Expectation]) -> Vec<Finding> {
        expectations.iter().map(|expected| self.verify_one(expected)).collect()
    }

    fn verify_one(&self, expected: &Expectation) -> Finding {
        match expected {
            Expectation::Never { of } => self.count(of, 0, 0),
            Expectation::Order { of } => self.order(of),
            Expectation::Count { of, exactly, at_least, at_most } => {
                let none = exactly.is_none() && at_least.is_none() && at_most.is_none();
                let least = exactly.or(*at_least).unwrap_or(u64::from(none));
                self.count(of, least, exactly.or(*at_most).unwrap_or(u64::MAX))
            }
        }
    }

    fn count(&self, of: &Filter, least: u64, most: u64) -> Finding {
        let fitting = || self.since(0).iter().filter(|entry| of.matches(entry));
        let found = fitting().count() as u64;
        let wanted = match (least, most) {
            (0, 0) => "none".to_owned(),
            _ if least == most => format!("exactly {least}"),
            (_, u64::MAX) => format!("at least {least}"),
            (0, _) => format!("at most {most}"),
            _ => format!("{least} to {most}"),
        };
        let ok = (least..=most).contains(&found);
        let problem = (!ok).then(|| format!("expected {wanted}, found {found}"));
        let evidence = match found < least {
            true => nearest(self.since(0), of),
            false => fitting().take(SHOWN).cloned().collect(),
        };
        Finding { ok, found, problem, evidence }
    }

    fn order(&self, of: &[Filter]) -> Finding {
        let mut left = self.since(0);
        let mut evidence = Vec::new();
        for (step, filter) in of.iter().enumerate() {
            let Some(index) = left.iter().position(|entry| filter.matches(entry)) else {
                let after = match step {
                    0 => String::new(),
                    _ => format!(" after that of step {step}"),
                };
                let problem = format!("step {} of {} is not there{after}", step + 1, of.len());
                let evidence = nearest(left, filter);
                return Finding { ok: false, found: step as u64, problem: Some(problem), evidence };
            };
            if evidence.len() < SHOWN {
                evidence.push(left[index].clone());
            }
            left = &left[index + 1..];
        }
        Finding { ok: true, found: of.len() as u64, problem: None, evidence }
    }
}

/// The entries that fulfil the most conditions, all of them being too many to ask for.
fn nearest(entries: &[Entry], of: &Filter) -> Vec<Entry> {
    let rated = entries.iter().map(|entry| (of.closeness(entry), entry));
    let mut best: Vec<(usize, &Entry)> = Vec::new();
    for (closeness, entry) in rated.filter(|(closeness, _)| *closeness > 0) {
        if best.len() == SHOWN {
            let worst = best.iter().enumerate().min_by_key(|(_, kept)| (kept.0, kept.1.index));
            match worst {
                Some((index, kept)) if kept.0 <= closeness => _ = best.remove(index),
                _ => continue,
            }
        }
        best.push((closeness, entry));
    }
    best.into_iter().map(|(_, entry)| entry.clone()).collect()
}
