//! Counts of what is different in the decisions.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Choice, Policy};
use serde::Serialize;

use super::changes::{Changes, Remarks};

/// What is different in the decisions, counted in messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// How many were decided.
    pub messages: u64,
    /// How many get another team.
    pub moved: u64,
    /// How many a rule took before, and none does now.
    pub to_fallback: u64,
    /// How many no rule took before, and one does now.
    pub from_fallback: u64,
    /// How many keep their team, but by another rule; a rule that only changed its name is the
    /// same.
    pub other_rule: u64,
    /// How many get another priority, by the priorities before and after.
    pub priorities: Vec<PriorityCount>,
    /// How many get a tag or lose it, by tag.
    pub tags: Vec<TagCount>,
    /// What each team gets, in the order of their names; teams that get nothing stay out.
    pub teams: Vec<TeamCount>,
    /// From which team to which, those that keep theirs included, in the order of their names.
    pub flows: Vec<Flow>,
    /// How often the rules are right, if the corpus says who should get its messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// Messages whose priority changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriorityCount {
    /// The priority before.
    pub old: String,
    /// The priority after.
    pub new: String,
    /// How many.
    pub messages: u64,
}

/// Messages whose tags change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many get it that did not.
    pub gained: u64,
    /// How many do not get it any more.
    pub lost: u64,
}

/// What a team gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TeamCount {
    /// The team.
    pub team: String,
    /// Messages before.
    pub before: u64,
    /// Messages after.
    pub after: u64,
    /// How many come from other teams.
    pub gained: u64,
    /// How many go to other teams.
    pub lost: u64,
}

/// Messages that go from one team to another, or stay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The team before.
    pub from: String,
    /// The team after; the same for messages that stay.
    pub to: String,
    /// How many.
    pub messages: u64,
    /// Their share of all messages that the team had before, from 0 to 1.
    pub share_of_from: f64,
}

/// How often the rules are right about the messages of which the corpus says who should get them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// Messages with an expected team.
    pub messages: u64,
    /// Of these, right under the old rules.
    pub right_before: u64,
    /// Right under the new rules.
    pub right_after: u64,
    /// Wrong before, right after.
    pub fixed: u64,
    /// Right before, wrong after.
    pub broken: u64,
    /// Moved from one wrong team to another.
    pub still_wrong: u64,
    /// Expected teams that neither the old nor the new rules have, in alphabetical order.
    pub unknown_teams: Vec<String>,
}

impl Tally {
    /// The share of messages that get another team, from 0 to 1; 0 of nothing.
    #[must_use]
    pub fn moved_share(&self) -> f64 {
        share(self.moved, self.messages)
    }

    /// How surprising a move between two teams is, in bits: see [`super`].
    pub(super) fn surprise_bits(&self, from: &str, to: &str) -> f64 {
        let flow = self.flows.iter().find(|flow| flow.from == from && flow.to == to);
        // `+ 0.0` makes the -0.0 of a certain move a plain 0.
        flow.map_or(0.0, |flow| -flow.share_of_from.log2() + 0.0)
    }
}

/// Adds up decisions.
pub(super) struct Counter<'a> {
    tally: Tally,
    flows: BTreeMap<(&'a str, &'a str), u64>,
    priorities: BTreeMap<(&'a str, &'a str), u64>,
    /// Gained and lost.
    tags: BTreeMap<&'a str, (u64, u64)>,
    expected: Option<Expected>,
    unknown_teams: BTreeSet<&'a str>,
    known_teams: BTreeSet<&'a str>,
    changes: &'a Changes,
}

impl<'a> Counter<'a> {
    pub(super) fn new(old: &'a Policy, new: &'a Policy, changes: &'a Changes) -> Self {
        let teams = old.teams().chain(new.teams()).map(|(name, _)| &**name);
        Self {
            tally: Tally::default(),
            flows: BTreeMap::new(),
            priorities: BTreeMap::new(),
            tags: BTreeMap::new(),
            expected: None,
            unknown_teams: BTreeSet::new(),
            known_teams: teams.collect(),
            changes,
        }
    }

    /// One message: what the old and the new rules say to it, and who should get it.
    pub(super) fn add(&mut self, old: Choice<'a>, new: Choice<'a>, expected: Option<&'a str>) {
        self.tally.messages += 1;
        *self.flows.entry((old.team, new.team)).or_default() += 1;
        if old.team != new.team {
            self.tally.moved += 1;
        } else if old.rule.map(|name| self.changes.new_name_of(name)) != new.rule {
            self.tally.other_rule += 1;
        }
        match (old.rule, new.rule) {
            (Some(_), None) => self.tally.to_fallback += 1,
            (None, Some(_)) => self.tally.from_fallback += 1,
            _ => {}
        }
        let changes = self.changes;
        self.remarks(changes.old_remarks(old.rule), changes.new_remarks(new.rule));
        if let Some(expected) = expected {
            self.expect(old.team, new.team, expected);
        }
    }

    fn remarks(&mut self, old: &'a Remarks, new: &'a Remarks) {
        if old.priority != new.priority {
            *self.priorities.entry((&old.priority, &new.priority)).or_default() += 1;
        }
        for tag in new.tags.difference(&old.tags) {
            self.tags.entry(tag).or_default().0 += 1;
        }
        for tag in old.tags.difference(&new.tags) {
            self.tags.entry(tag).or_default().1 += 1;
        }
    }

    fn expect(&mut self, old: &str, new: &str, expected: &'a str) {
        let count = self.expected.get_or_insert_default();
        count.messages += 1;
        count.right_before += u64::from(old == expected);
        count.right_after += u64::from(new == expected);
        if old != new {
            let of_effect = match super::Effect::of(old, new, expected) {
                super::Effect::Fixed => &mut count.fixed,
                super::Effect::Broken => &mut count.broken,
                super::Effect::StillWrong => &mut count.still_wrong,
            };
            *of_effect += 1;
        }
        if !self.known_teams.contains(expected) {
            self.unknown_teams.insert(expected);
        }
    }

    /// The counts.
    pub(super) fn finish(self) -> Tally {
        let mut teams: BTreeMap<&str, TeamCount> = BTreeMap::new();
        let mut team = |name: &'a str, change: &dyn Fn(&mut TeamCount)| {
            change(teams.entry(name).or_insert_with(|| TeamCount::nothing(name)));
        };
        for ((from, to), n) in &self.flows {
            let moved = if from == to { 0 } else { *n };
            team(from, &|it| (it.before, it.lost) = (it.before + n, it.lost + moved));
            team(to, &|it| (it.after, it.gained) = (it.after + n, it.gained + moved));
        }
        let flow = |((from, to), messages): (&(&str, &str), &u64)| Flow {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            messages: *messages,
            share_of_from: share(*messages, teams[from].before),
        };
        let flows = self.flows.iter().map(flow).collect();
        let priorities = self.priorities.into_iter().map(|((old, new), messages)| PriorityCount {
            old: old.to_owned(),
            new: new.to_owned(),
            messages,
        });
        let tags = self.tags.into_iter();
        let tags = tags.map(|(tag, (gained, lost))| TagCount { tag: tag.to_owned(), gained, lost });
        let unknown_teams = self.unknown_teams.into_iter().map(str::to_owned).collect();
        Tally {
            priorities: priorities.collect(),
            tags: tags.collect(),
            teams: teams.into_values().collect(),
            flows,
            expected: self.expected.map(|it| Expected { unknown_teams, ..it }),
            ..self.tally
        }
    }
}

impl TeamCount {
    fn nothing(team: &str) -> Self {
        Self { team: team.to_owned(), before: 0, after: 0, gained: 0, lost: 0 }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
