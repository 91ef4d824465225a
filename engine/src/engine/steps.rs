//! The way down of a conversation that waits too long: asks for less, overflows to other teams,
//! falls back. Every step counts from the contact's message, not from the step before.

use std::sync::Arc;

use super::Engine;
use super::lines::micros;
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::policy::OverflowWhen;
use crate::{ConversationId, FallbackReason, OverflowReason, Overflowed, Verdict};

impl Engine {
    /// Sets the time for the next step of a conversation that waits.
    pub(super) fn watch_steps(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        let Some(home) = conversation.home else {
            return;
        };
        let relaxed = self.requirements(id).iter().filter_map(|it| it.until);
        let rungs = self.policy.teams[home].overflow.get(conversation.rung..).unwrap_or_default();
        let overflow = rungs.iter().filter_map(|rung| match rung.when {
            OverflowWhen::After(age) => Some(age),
            _ => None,
        });
        let fallback = self.policy.fallback_after;
        let mut steps = relaxed.chain(overflow).chain(fallback).peekable();
        if steps.peek().is_none() {
            return;
        }
        let age = self.age(id);
        let next = steps.filter(|step| *step > age).min();
        let opened_at = conversation.place.opened_at;
        if let Some(at) = next.and_then(|age| self.after_office_time(home, opened_at, age)) {
            self.deadlines.set(at, Deadline::Step(id.clone()));
        }
    }

    /// The time for a step has come.
    pub(super) fn step_due(&mut self, id: &ConversationId) {
        let waits = self.conversations.get(id).is_some_and(|it| it.stage == Stage::Queued);
        if waits && !self.relax(id) && !self.step_down(id) {
            self.watch_steps(id);
        }
    }

    /// Asks for less, if it is time for that. Returns whether somebody has it now.
    fn relax(&mut self, id: &ConversationId) -> bool {
        let class = self.class_of(id);
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if class == conversation.class {
            return false;
        }
        let before = std::mem::replace(&mut conversation.class, class.clone());
        let (place, team) = (conversation.place, conversation.team.expect("stands in a queue"));
        let queue = &mut self.lines[team].queue;
        queue.remove(place, &before);
        queue.insert(place, class.clone(), id.clone());
        for dropped in before.wanted.iter().filter(|it| !class.wanted.contains(it)) {
            let requirement: Arc<str> = dropped.to_string().into();
            self.publish(id, Verdict::Relaxed { requirement });
        }
        self.match_team(team);
        self.conversations[id].stage != Stage::Queued
    }

    /// Takes the next step of the way down whose time has come and whose team is in. Returns
    /// whether there was one.
    pub(super) fn step_down(&mut self, id: &ConversationId) -> bool {
        let conversation = &self.conversations[id];
        let (Some(home), Some(team)) = (conversation.home, conversation.team) else {
            return false;
        };
        let rungs = &self.policy.teams[home].overflow;
        let mut left = rungs.iter().enumerate().skip(conversation.rung);
        let next = left.find_map(|(index, rung)| {
            let is_in = rung.to != team && self.lines[rung.to].opening.open;
            let reason = is_in.then(|| self.is_due(id, team, rung.when)).flatten()?;
            Some((index, rung.to, reason))
        });
        match next {
            Some((index, to, reason)) => self.overflow(id, index, to, reason),
            None => self.fall_back_by_age(id, team),
        }
    }

    /// Why a conversation waits too long by one of the rules for that, if it does.
    fn is_due(
        &self,
        id: &ConversationId,
        team: usize,
        when: OverflowWhen,
    ) -> Option<OverflowReason> {
        let place = self.conversations[id].place;
        let lines = &self.lines[team];
        match when {
            OverflowWhen::After(limit) => {
                let age = self.age(id);
                (age >= limit).then(|| OverflowReason::Age(micros(age)))
            }
            OverflowWhen::Waiting(limit) => {
                let count = usize::try_from(limit).unwrap_or(usize::MAX);
                lines.queue.has_before(place, count).then(|| OverflowReason::Waiting(limit.into()))
            }
            OverflowWhen::ExpectedWait(limit) => {
                let wait = lines.pace.time_for(lines.queue.position(place))?;
                (wait > limit).then(|| OverflowReason::ExpectedWait(micros(wait)))
            }
        }
    }

    fn overflow(
        &mut self,
        id: &ConversationId,
        rung: usize,
        to: usize,
        reason: OverflowReason,
    ) -> bool {
        let from = self.conversations[id].team.expect("stands in a queue");
        self.leave_lines(id);
        let name = |team: usize| self.policy.teams[team].name.clone();
        let overflowed = Overflowed { from: name(from), to: name(to), reason };
        self.publish(id, Verdict::Overflowed(overflowed));
        self.update(id, |it| {
            it.team = Some(to);
            it.rung = rung + 1;
        });
        self.place(id);
        true
    }

    fn fall_back_by_age(&mut self, id: &ConversationId, team: usize) -> bool {
        let is_time = self.policy.fallback_after.is_some_and(|limit| self.age(id) >= limit);
        if !is_time || self.policy.fallback.contains(&team) {
            return false;
        }
        self.leave_lines(id);
        self.fall_back_to(id, self.policy.fallback.clone(), FallbackReason::WaitedTooLong)
    }
}
