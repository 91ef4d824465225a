//! Who works here.

use serde::Serialize;

use crate::scenario::Team;

/// Somebody who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Teammate {
    /// As Intercom numbers admins.
    pub id: u64,
    /// Made up, and different for everybody.
    pub name: String,
    /// In which team.
    pub team: String,
}

const FIRST_ID: u64 = 7001;

const NAMES: [&str; 40] = [
    "Ada", "Bruno", "Chiara", "Dilan", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaia",
    "Liam", "Maren", "Nuno", "Orla", "Pavel", "Qiang", "Rosa", "Soren", "Tala", "Umar", "Vera",
    "Wanda", "Ximena", "Yusuf", "Zoe", "Anton", "Bea", "Carlos", "Dora", "Emil", "Fatou", "Gael",
    "Hana", "Ivo", "Jana", "Kofi", "Lena", "Milo", "Noor",
];

/// The teammates of a scenario: teams in the order of the file, ids counting up from 7001.
#[must_use]
pub fn roster(teams: &[Team]) -> Vec<Teammate> {
    let of_team = |team: &Team| {
        let name = team.name.get_ref().clone();
        std::iter::repeat_n(name, team.teammates as usize)
    };
    teams
        .iter()
        .flat_map(of_team)
        .zip(0..)
        .map(|(team, n)| Teammate { id: FIRST_ID + n, name: name(n as usize), team })
        .collect()
}

/// Ada, Bruno … Noor, Ada 2, Bruno 2 …
fn name(n: usize) -> String {
    match n / NAMES.len() {
        0 => NAMES[n].to_owned(),
        round => format!("{} {}", NAMES[n % NAMES.len()], round + 1),
    }
}
