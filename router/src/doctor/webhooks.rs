//! Which webhooks ever came, as the journal tells, and whether the journal is sound.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{Change, Event, Timestamp};

use super::Checkup;
use crate::config::Config;
use crate::journal::{Body, DeadCounts, JournalError, JournalFile};
use crate::notification::Topic;

/// Records read at a time.
const PAGE: usize = 4_096;

/// DMs come every day; whoever hears of none for so long is probably not subscribed any more.
const QUIET: Duration = Duration::from_secs(24 * 3600);

pub(super) fn look(checkup: &mut Checkup, config: &Config, now: Timestamp) {
    if !config.journal.exists() {
        let found = "there is no journal yet, so no webhook ever came".to_owned();
        return checkup.warn("webhooks", found, subscribe(Topic::subscribed()));
    }
    let told = JournalFile::open(&config.journal).and_then(|journal| {
        let faults = journal.faults()?;
        Ok((faults, topics(&journal)?, journal.dead_counts()?))
    });
    match told {
        // What keeps it from being opened is told with the configuration.
        Err(JournalError::Corrupt { sequence, reason }) => {
            let found = format!("record {sequence} cannot be read: {reason}");
            checkup.fail("journal", found, "restore it from a backup");
        }
        Err(_) => {}
        Ok((faults, topics, dead)) => {
            match faults.first() {
                None => checkup.ok("journal", "sound".to_owned()),
                Some(fault) => {
                    checkup.fail(
                        "journal",
                        format!("damaged: {fault}"),
                        "restore it from a backup",
                    );
                }
            }
            judge(checkup, &topics, now);
            count(checkup, &dead);
        }
    }
}

/// When each topic came last. Two pairs of topics become the same event and cannot be told apart.
fn topics(journal: &JournalFile) -> Result<BTreeMap<&'static str, Timestamp>, JournalError> {
    let (mut seen, mut after) = (BTreeMap::new(), 0);
    loop {
        let page = journal.read(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(seen) };
        after = last.record.sequence;
        for stored in page {
            if let Body::Event(event) = &stored.record.body {
                seen.extend(topic(event).map(|topic| (topic.name(), stored.record.at)));
            }
        }
    }
}

fn topic(event: &Event) -> Option<Topic> {
    Some(match event {
        // Who joins and who leaves tells the same event; a wish to forget leaves no trace.
        Event::RouterStarted
        | Event::CallFinished { .. }
        | Event::AssignmentPaused { .. }
        | Event::RosterChanged
        | Event::ContactForgotten { .. } => return None,
        Event::ConversationDeleted { .. } => Topic::Deleted,
        Event::PresenceChanged { .. } => Topic::AwayModeUpdated,
        Event::ConversationChanged { change, .. } => match change {
            Change::Started(_) => Topic::Created,
            Change::ContactReplied(_) => Topic::ContactReplied,
            Change::TeammateReplied => Topic::TeammateReplied,
            Change::Answered { teammate: Some(_), .. } => Topic::TeammateReplied,
            Change::Answered { teammate: None, .. } => Topic::OperatorReplied,
            Change::Labelled => Topic::Tagged,
            Change::Assigned { .. } => Topic::Assigned,
            Change::Closed => Topic::Closed,
            Change::Opened => Topic::Opened,
            Change::Snoozed => Topic::Snoozed,
        },
    })
}

fn count(checkup: &mut Checkup, dead: &DeadCounts) {
    match dead.letters() {
        0 => checkup.ok("dead_letters", "none".to_owned()),
        letters => {
            let DeadCounts { unreadable, poison, dropped, .. } = dead;
            let found = format!(
                "{letters}: {unreadable} unreadable, {poison} poison; {dropped} were dropped"
            );
            checkup.warn("dead_letters", found, "`router retry` lists them, and tries them again");
        }
    }
}

fn judge(checkup: &mut Checkup, seen: &BTreeMap<&'static str, Timestamp>, now: Timestamp) {
    let Some(last) = seen.values().max() else {
        let found = "none ever came".to_owned();
        return checkup.warn("webhooks", found, subscribe(Topic::subscribed()));
    };
    let quiet = now.since(*last);
    if quiet > QUIET {
        let found = format!("none for {} hours, the last at {last}", quiet.as_secs() / 3600);
        let to_do = "Intercom suspends an app whose endpoint fails for seven days: look for a banner \
                     in the Developer Hub, and set the subscription live again";
        checkup.warn("webhooks", found, to_do);
    } else {
        checkup.ok("webhooks", format!("the last came at {last}"));
    }
    // A conversation that wakes up looks like one that is opened; others are rare, or leave no
    // trace.
    let silent =
        [Topic::Unsnoozed, Topic::TeammateAdded, Topic::TeammateRemoved, Topic::ContactDeleted];
    let told = |name: &str| seen.contains_key(name) || silent.iter().any(|it| it.name() == name);
    let missing: Vec<_> = Topic::subscribed().filter(|name| !told(name)).collect();
    if missing.is_empty() {
        checkup.ok("topics", "every topic came at least once".to_owned());
    } else {
        let found = format!("never came: {}", missing.join(", "));
        checkup.warn("topics", found, subscribe(missing.into_iter()));
    }
}

fn subscribe(topics: impl Iterator<Item = &'static str>) -> String {
    let topics = topics.collect::<Vec<_>>().join(", ");
    format!(
        "in the Developer Hub, subscribe the app to {topics}, with https://your-host/webhooks/intercom \
         as the address (rare ones may just not have happened)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_letters_are_told_with_what_to_do() {
        let check = |dead: DeadCounts, expected: &str| {
            let mut checkup = Checkup::default();
            count(&mut checkup, &dead);
            assert_eq!(checkup.text(), expected);
        };
        let none = DeadCounts { dropped: 7, ..DeadCounts::default() };
        check(none, "ok    dead_letters   none\n");
        let some = DeadCounts { unreadable: 3, poison: 1, bytes: 99, dropped: 0 };
        let expected = "warn  dead_letters   4: 3 unreadable, 1 poison; 0 were dropped\n                     \
                        → `router retry` lists them, and tries them again\n";
        check(some, expected);
    }
}
