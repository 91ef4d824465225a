//! Who wrote last, and for how long the contact can still be answered.

use serde::{Deserialize, Serialize};

use crate::policy::ReplyWindow;
use crate::{CommandId, Outcome, PartId, TeammateId, Timestamp};

/// Who wrote last, and for how long the contact can still be answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Replies {
    /// The contact wrote, and no teammate has answered since.
    pub(crate) awaits_answer: bool,
    /// When the reply window ends.
    pub(crate) closes_at: Timestamp,
    /// How many messages may still be written until then.
    pub(crate) left: u32,
    /// Whether a deadline watches the window.
    pub(crate) is_watched: bool,
    /// The newest message of ours: a second webhook about it is no news.
    newest: Option<PartId>,
    pub(crate) acknowledgement: Acknowledgement,
}

/// What became of the message that tells the contact to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Acknowledgement {
    /// None was needed yet.
    #[default]
    None,
    /// It is on its way. A webhook about a message may come before the answer to our call: then
    /// it is told apart when that answer comes.
    Asked { call: CommandId, seen: Option<Answer> },
    /// Nobody knows whether it was sent: a message of somebody who does not have the conversation
    /// may be ours.
    Unclear,
    /// It was sent, or Intercom would not have it; its part if known.
    Done(Option<PartId>),
}

/// A message of ours to the contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// `None` for a bot.
    pub(crate) teammate: Option<TeammateId>,
    pub(crate) part: Option<PartId>,
}

impl Replies {
    pub(crate) fn new(wrote_at: Timestamp, window: ReplyWindow) -> Self {
        Self {
            awaits_answer: true,
            closes_at: wrote_at + window.lasts,
            left: window.messages,
            is_watched: false,
            newest: None,
            acknowledgement: Acknowledgement::None,
        }
    }

    /// The contact wrote: the window begins anew.
    pub(crate) fn contact_wrote(&mut self, at: Timestamp, window: ReplyWindow) {
        self.awaits_answer = true;
        self.closes_at = self.closes_at.max(at + window.lasts);
        self.left = window.messages;
    }

    /// One of ours wrote, in a conversation that `owner` has. Returns whether that is news, and
    /// not our own message coming back.
    pub(crate) fn answered(&mut self, answer: Answer, owner: Option<TeammateId>) -> bool {
        match &mut self.acknowledgement {
            Acknowledgement::Unclear if answer.teammate.is_some() && answer.teammate != owner => {
                self.acknowledgement = Acknowledgement::Done(answer.part);
                return false;
            }
            Acknowledgement::Asked { seen: seen @ None, .. } => {
                *seen = Some(answer);
                return false;
            }
            Acknowledgement::Done(Some(part)) if answer.part == Some(*part) => return false,
            _ => {}
        }
        if answer.part.is_some() && answer.part <= self.newest {
            return false;
        }
        self.newest = answer.part.max(self.newest);
        self.left = self.left.saturating_sub(1);
        self.awaits_answer &= answer.teammate.is_none();
        true
    }

    /// Our acknowledgement has its outcome. Returns what was taken for its echo and was not.
    pub(crate) fn acknowledged(&mut self, outcome: &Outcome) -> Option<Answer> {
        let seen = match std::mem::take(&mut self.acknowledgement) {
            Acknowledgement::Asked { seen, .. } => seen,
            _ => None,
        };
        let (state, part) = match (outcome, seen) {
            (Outcome::Written { part }, _) => (Acknowledgement::Done(*part), *part),
            // What was seen is taken for it.
            (Outcome::Unclear { .. }, Some(Answer { part, .. })) => {
                (Acknowledgement::Done(part), part)
            }
            (Outcome::Unclear { .. }, None) => (Acknowledgement::Unclear, None),
            _ => (Acknowledgement::Done(None), None),
        };
        self.acknowledgement = state;
        seen.filter(|answer| answer.part != part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: ReplyWindow = ReplyWindow {
        lasts: std::time::Duration::from_secs(100),
        messages: 3,
        rise: std::time::Duration::from_secs(10),
    };

    fn replies() -> Replies {
        Replies::new(Timestamp::from_seconds(0), WINDOW)
    }

    fn answer(teammate: Option<u64>, part: u64) -> Answer {
        Answer { teammate: teammate.map(TeammateId::new), part: Some(PartId::new(part)) }
    }

    fn written(part: u64) -> Outcome {
        Outcome::Written { part: Some(PartId::new(part)) }
    }

    #[test]
    fn each_message_counts_once_and_only_people_answer() {
        let mut replies = replies();
        assert!(replies.answered(answer(None, 1), None));
        assert!(!replies.answered(answer(None, 1), None), "told by two topics");
        assert_eq!((replies.left, replies.awaits_answer), (2, true));
        assert!(replies.answered(answer(Some(7), 2), None));
        assert_eq!((replies.left, replies.awaits_answer), (1, false));
        replies.contact_wrote(Timestamp::from_seconds(50), WINDOW);
        assert_eq!((replies.left, replies.awaits_answer), (3, true));
        assert_eq!(replies.closes_at, Timestamp::from_seconds(150));
    }

    #[test]
    fn our_acknowledgement_is_no_answer_whether_its_webhook_comes_before_or_after() {
        let asked = || Acknowledgement::Asked { call: CommandId::new(1), seen: None };
        let own = answer(Some(99), 5);
        let mut after = replies();
        after.acknowledgement = asked();
        assert_eq!(after.acknowledged(&written(5)), None);
        assert!(!after.answered(own, None));
        let mut before = replies();
        before.acknowledgement = asked();
        assert!(!before.answered(own, None));
        assert_eq!(before.acknowledged(&written(5)), None);
        assert!(before.awaits_answer && after.awaits_answer);
    }

    #[test]
    fn a_teammate_who_writes_at_that_moment_is_heard() {
        let mut replies = replies();
        replies.acknowledgement = Acknowledgement::Asked { call: CommandId::new(1), seen: None };
        let theirs = answer(Some(7), 4);
        assert!(!replies.answered(theirs, None), "not known yet whose it is");
        let late = replies.acknowledged(&written(5));
        assert_eq!(late, Some(theirs));
        assert!(replies.answered(theirs, None));
        assert!(!replies.awaits_answer);
    }

    #[test]
    fn an_acknowledgement_of_which_nobody_knows_is_told_by_who_wrote_it() {
        let unclear = Outcome::Unclear { status: None };
        let asked = Acknowledgement::Asked { call: CommandId::new(1), seen: None };
        let (owner, ours, theirs) = (TeammateId::new(7), answer(Some(99), 5), answer(Some(7), 6));
        for (first, is_news) in [(ours, false), (theirs, true)] {
            let mut replies = replies();
            replies.acknowledgement = asked.clone();
            assert_eq!(replies.acknowledged(&unclear), None);
            assert_eq!(replies.answered(first, Some(owner)), is_news);
            assert_eq!(replies.awaits_answer, !is_news);
        }
    }
}
