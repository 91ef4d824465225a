//! What a conversation asks of whoever gets it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::teammate::Terms;
use crate::condition::speaks;
use crate::{Standing, TeammateId};

/// Something that a teammate must be able to do for one conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// To speak a language; its tag in lower case.
    Language(Arc<str>),
    /// A skill, by its name in the rules file.
    Skill(Arc<str>),
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Language(tag) => write!(f, "language {tag}"),
            Self::Skill(name) => write!(f, "skill {name}"),
        }
    }
}

/// What one conversation asks of whoever gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    pub(crate) excluded: &'a [TeammateId],
    pub(crate) wanted: &'a [Wanted],
}

impl Demand<'_> {
    /// Why a teammate who could be given something cannot be given this; `None` if they can.
    pub(super) fn refuses(&self, id: TeammateId, terms: &Terms) -> Option<Standing> {
        if self.excluded.contains(&id) {
            return Some(Standing::Excluded);
        }
        self.wanted.iter().find_map(|wanted| (!terms.can(wanted)).then(|| wanted.lacking()))
    }
}

impl Wanted {
    fn lacking(&self) -> Standing {
        match self {
            Self::Language(_) => Standing::LacksLanguage,
            Self::Skill(_) => Standing::LacksSkill,
        }
    }
}

impl Terms {
    pub(super) fn can(&self, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Language(tag) => self.languages.iter().any(|spoken| speaks(tag, spoken)),
            Wanted::Skill(name) => self.skills.contains(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_covers_its_regions() {
        for (spoken, wanted, expected) in [
            ("pt", "pt", true),
            ("pt", "pt-br", true),
            ("pt-br", "pt", false),
            ("p", "pt", false),
            ("es", "pt", false),
        ] {
            let terms = Terms { languages: vec![spoken.into()], ..Terms::default() };
            let can = terms.can(&Wanted::Language(wanted.into()));
            assert_eq!(can, expected, "{spoken} for {wanted}");
        }
    }
}
