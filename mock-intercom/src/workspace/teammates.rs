//! What teammates do in Intercom's own inbox. It counts against no API limit and fires webhooks.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::identity::{AdminId, ConversationId, TeamId};
use crate::moment::from_unix_seconds;
use crate::workspace::Workspace;
use crate::workspace::bridge::NotDelivered;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{Body, Scope};
use crate::workspace::journal::{Assignee, Origin, Record};

/// An action in the inbox. As JSON, `{"action": "close", "admin": 101, "conversation": "2154…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum TeammateAction {
    /// Answers the contact.
    Reply {
        /// Who.
        admin: AdminId,
        /// In which conversation.
        conversation: ConversationId,
        /// The text, plain or HTML, up to [`BODY_LIMIT`] bytes.
        body: String,
    },
    /// Leaves a note.
    Note {
        /// Who.
        admin: AdminId,
        /// In which conversation.
        conversation: ConversationId,
        /// The text, plain or HTML, up to [`BODY_LIMIT`] bytes.
        body: String,
    },
    /// Closes.
    Close {
        /// Who.
        admin: AdminId,
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Opens a closed conversation, or ends a snooze.
    Reopen {
        /// Who.
        admin: AdminId,
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Snoozes.
    Snooze {
        /// Who.
        admin: AdminId,
        /// Which conversation.
        conversation: ConversationId,
        /// Until when, in the future. In JSON, Unix seconds.
        #[serde(deserialize_with = "from_unix_seconds", serialize_with = "to_unix_seconds")]
        until: Moment,
    },
    /// Assigns by hand. In JSON, `"to": {"admin": 102}`, `{"team": 201}` or `"nobody"`.
    Assign {
        /// Who does it.
        admin: AdminId,
        /// Which conversation.
        conversation: ConversationId,
        /// To whom. Nobody removes team and teammate.
        to: Assignee,
    },
    /// Goes away or comes back.
    SetAway {
        /// Who.
        admin: AdminId,
        /// Whether away.
        away: bool,
        /// Whether replies are to be reassigned meanwhile.
        #[serde(default)]
        reassign: bool,
    },
}

/// The longest body of a teammate's message, in bytes.
pub const BODY_LIMIT: usize = 100_000;

/// Why an action was refused. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// There is no such conversation.
    #[error("there is no conversation {0}")]
    UnknownConversation(ConversationId),
    /// There is no such teammate.
    #[error("there is no teammate {0}")]
    UnknownAdmin(AdminId),
    /// There is no such team.
    #[error("there is no team {0}")]
    UnknownTeam(TeamId),
    /// The teammate cannot be assigned anything.
    #[error("teammate {0} has no inbox seat")]
    NoInboxSeat(AdminId),
    /// A snooze must end in the future.
    #[error("a snooze must end in the future")]
    SnoozeInThePast,
    /// A message has a text, and not an endless one.
    #[error("a message must have between 1 and {BODY_LIMIT} bytes")]
    BodySize,
    /// A native channel does not take it.
    #[error("{}", .0.as_str())]
    NotDelivered(NotDelivered),
}

impl Workspace {
    /// Does what a teammate does in Intercom's inbox.
    pub fn act(&mut self, at: Moment, action: TeammateAction) -> Result<(), ActionError> {
        self.advance_to(at);
        let at = self.now;
        self.perform(at, &action)?;
        self.log(at, |changes| Record::Action { action, changes });
        Ok(())
    }

    fn perform(&mut self, at: Moment, action: &TeammateAction) -> Result<(), ActionError> {
        use TeammateAction as Action;
        match action {
            Action::SetAway { admin, away, reassign } => {
                let actor = self.teammate(*admin)?;
                self.set_away(at, actor, *away, *reassign, None);
            }
            Action::Reply { admin, conversation, body } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                let body = message(body)?;
                self.check_answer(at, id, Some(&body)).map_err(ActionError::NotDelivered)?;
                self.reply(at, id, actor, Some(body));
            }
            Action::Note { admin, conversation, body } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                self.note(at, id, actor, Some(message(body)?));
            }
            Action::Close { admin, conversation } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                self.close(at, id, actor, None);
            }
            Action::Reopen { admin, conversation } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                self.open(at, id, actor);
            }
            Action::Snooze { admin, conversation, until } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                if *until <= at {
                    return Err(ActionError::SnoozeInThePast);
                }
                self.snooze(at, id, *until, actor);
            }
            Action::Assign { admin, conversation, to } => {
                let (actor, id) = self.on(*admin, *conversation)?;
                let scope = self.scope_of(*to)?;
                self.assign(at, id, scope, actor, None);
            }
        }
        Ok(())
    }

    fn teammate(&self, admin: AdminId) -> Result<Actor, ActionError> {
        self.admin(admin).ok_or(ActionError::UnknownAdmin(admin))?;
        Ok(Actor { admin, by: Origin::Ui })
    }

    fn on(
        &self,
        admin: AdminId,
        conversation: ConversationId,
    ) -> Result<(Actor, ConversationId), ActionError> {
        self.conversation(conversation).ok_or(ActionError::UnknownConversation(conversation))?;
        Ok((self.teammate(admin)?, conversation))
    }

    fn scope_of(&self, to: Assignee) -> Result<Scope, ActionError> {
        match to {
            Assignee::Nobody => Ok(Scope::NoTeamNorAdmin),
            Assignee::Team(id) => {
                self.team(id).ok_or(ActionError::UnknownTeam(id))?;
                Ok(Scope::Team(id))
            }
            Assignee::Admin(id) => match self.admin(id) {
                None => Err(ActionError::UnknownAdmin(id)),
                Some(admin) if !admin.has_inbox_seat => Err(ActionError::NoInboxSeat(id)),
                Some(_) => Ok(Scope::Admin(id)),
            },
        }
    }
}

fn message(body: &str) -> Result<Body, ActionError> {
    match body.len() {
        1..=BODY_LIMIT => {
            Ok(Body::from_input(body).expect("a body of a byte or more is not empty"))
        }
        _ => Err(ActionError::BodySize),
    }
}

fn to_unix_seconds<S: serde::Serializer>(at: &Moment, writer: S) -> Result<S::Ok, S::Error> {
    writer.serialize_u64(at.as_seconds())
}
