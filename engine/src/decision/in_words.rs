//! Assignments in the words of a person.

use std::fmt;
use std::time::Duration;

use super::assignment::{Assignment, Candidate, Direction, Standing, TieBreak, Waiting};

/// Who got it and why, and a line for everybody who was passed over.
impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { team, teammate, tie_break, .. } = self;
        writeln!(f, "teammate {teammate} of {team}, who {}", tie_break.in_words())?;
        let waited = Duration::from_micros(self.waited_us).as_secs_f64();
        let direction = self.direction.in_words();
        writeln!(f, "  {direction}, {waited:.1} s after the contact wrote")?;
        for candidate in &self.candidates {
            let chosen = candidate.teammate == self.teammate;
            let standing = if chosen { "chosen" } else { candidate.standing.in_words() };
            line(f, candidate, standing)?;
        }
        others(f, self.unlisted)
    }
}

/// How long the line is, and a line for everybody who cannot take it.
impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { team, position, waiting, .. } = self;
        writeln!(f, "waits for {team}, number {position} of {waiting}")?;
        if let Some(us) = self.expected_wait_us {
            writeln!(f, "  for about {:.0} s more", Duration::from_micros(us).as_secs_f64())?;
        }
        if self.paused {
            writeln!(f, "  assignment is paused")?;
        }
        for candidate in &self.candidates {
            let standing = match candidate.standing {
                Standing::Eligible if self.paused => "could be given it but for the pause",
                standing => standing.in_words(),
            };
            line(f, candidate, standing)?;
        }
        others(f, self.unlisted)
    }
}

fn line(f: &mut fmt::Formatter<'_>, candidate: &Candidate, standing: &str) -> fmt::Result {
    let Candidate { teammate, open, secondary, .. } = candidate;
    let helps_out = if *secondary { " (helps out)" } else { "" };
    writeln!(f, "  {teammate}: {open} open, {standing}{helps_out}")
}

fn others(f: &mut fmt::Formatter<'_>, count: u32) -> fmt::Result {
    if count > 0 { writeln!(f, "  and {count} more members") } else { Ok(()) }
}

impl Direction {
    fn in_words(self) -> &'static str {
        match self {
            Self::ConversationCame => "the conversation looked for a teammate",
            Self::TeammateFreed => "the teammate looked for a conversation",
        }
    }
}

impl Standing {
    fn in_words(self) -> &'static str {
        match self {
            Self::Eligible => "could have been given it",
            Self::Away => "away",
            Self::OffShift => "not at work",
            Self::Ramping => "came back a moment ago",
            Self::Silent => "did not answer the last one",
            Self::LacksLanguage => "does not speak the language",
            Self::LacksSkill => "lacks a skill",
            Self::NoSeat => "has no inbox seat",
            Self::AtTeamLimit => "at the limit of the team",
            Self::AtLimit => "at the limit",
            Self::Excluded => "had it before, or was refused",
        }
    }
}

impl TieBreak {
    fn in_words(self) -> &'static str {
        match self {
            Self::Named => "is named by the rule",
            Self::AnsweredBefore => "answered the contact last",
            Self::OnlyOne => "alone could be given it",
            Self::PrimaryFirst => "belongs to the team, while others only help out",
            Self::NextInTurn => "was next in turn",
            Self::NextByWeight => "was next in turn by weight",
            Self::LongestIdle => "had had nothing to do for the longest time",
            Self::FewestOpen => "had the fewest open conversations",
            Self::LongestSinceLast => "had gone longest without one, of those with the fewest open",
            Self::SmallestId => "has the smallest id, all else being equal",
        }
    }
}
