//! `router retry`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use router::admin::dead_letters::{Discarded, Letter, LetterList, Retried, RetryOutcome};
use router::review::grid::grid_of;
use router::review::marked::safe;

use super::FOUND_WANTING;
use super::connection::{Connection, TOKEN_HELP, Target};
use super::format::Format;

/// How long one letter may take: the journal may be slow.
const TIMEOUT: Duration = Duration::from_secs(15);

/// List what a running router could not take in, and try it again, or discard it.
///
/// Dead letters are webhooks that cannot be read, and events on which the engine panicked. A later
/// version may be able to: what is tried with success is recorded as if it had just come, and the
/// letter is gone. Without numbers they are listed; what they hold is never shown.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  router retry\n  router retry 7 8\n  router retry --all --format json\n  router retry --discard 7\n\n{TOKEN_HELP}\n\nExit codes: 0 all that was asked for is done, 1 some are dead still, 2 a number is unknown, or the router cannot be reached or refuses.")
)]
pub(super) struct Retry {
    /// The letters to try again.
    #[arg(value_name = "NUMBER")]
    numbers: Vec<u64>,
    /// Try all of them again.
    #[arg(long, conflicts_with = "numbers")]
    all: bool,
    /// Take letters away for good, without trying them.
    #[arg(long, value_name = "NUMBER", num_args = 1.., conflicts_with_all = ["numbers", "all"])]
    discard: Vec<u64>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    target: Target,
}

impl Retry {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.target.run(async |connection| {
            if !self.discard.is_empty() {
                return self.discard(&connection).await;
            }
            if self.numbers.is_empty() && !self.all {
                return self.list(&connection).await;
            }
            self.retry(&connection).await
        })
    }

    async fn list(&self, connection: &Connection) -> anyhow::Result<ExitCode> {
        let list: LetterList = connection.get("/v1/dead-letters").await?;
        match self.format {
            Format::Json => println!("{}", serde_json::to_string_pretty(&list)?),
            Format::Text if list.dead_letters.is_empty() => println!("There are no dead letters."),
            Format::Text => print!("{}", table(&list.dead_letters)),
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn retry(&self, connection: &Connection) -> anyhow::Result<ExitCode> {
        let numbers = if self.all {
            let list: LetterList = connection.get("/v1/dead-letters").await?;
            list.dead_letters.into_iter().map(|it| it.number).collect()
        } else {
            self.numbers.clone()
        };
        if numbers.is_empty() && self.format == Format::Text {
            println!("There are no dead letters.");
        }
        let mut code = ExitCode::SUCCESS;
        for number in numbers {
            let path = format!("/v1/dead-letters/{number}/retry");
            let retried: Retried = connection.ask(Method::POST, &path, TIMEOUT).await?;
            match self.format {
                Format::Json => println!("{}", serde_json::to_string(&retried)?),
                Format::Text => println!("{}", line(&retried)),
            }
            if !retried.outcome.is_done() {
                code = ExitCode::from(FOUND_WANTING);
            }
        }
        Ok(code)
    }

    async fn discard(&self, connection: &Connection) -> anyhow::Result<ExitCode> {
        for number in &self.discard {
            let path = format!("/v1/dead-letters/{number}");
            let discarded: Discarded = connection.ask(Method::DELETE, &path, TIMEOUT).await?;
            match self.format {
                Format::Json => println!("{}", serde_json::to_string(&discarded)?),
                Format::Text => println!("{}: discarded", discarded.number),
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(letters: &[Letter]) -> String {
    let rows = letters.iter().map(|it| {
        let about = it.about.as_deref().map_or("–".to_owned(), safe);
        let record = it.record.map_or(String::new(), |record| format!(", record {record}"));
        vec![
            it.number.to_string(),
            it.received_at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            it.kind.name().to_owned(),
            format!("{about}{record}"),
            safe(&it.reason),
        ]
    });
    grid_of(5, &["number", "received", "kind", "about", "reason"], rows.collect())
}

/// What came of one letter.
fn line(retried: &Retried) -> String {
    let Retried { number, outcome, reason } = retried;
    let outcome = match outcome {
        RetryOutcome::Recorded => "recorded",
        RetryOutcome::Duplicate => "was in the journal already",
        RetryOutcome::Ignored => "can be read, and tells this router nothing",
        RetryOutcome::StillUnreadable => "still unreadable",
        RetryOutcome::StillPoison => "still poison",
    };
    let reason = reason.as_ref().map_or(String::new(), |it| format!(": {}", safe(it)));
    format!("{number}: {outcome}{reason}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use router::journal::DeadKind;

    use super::*;

    fn letter(number: u64, kind: DeadKind, about: Option<&str>, record: Option<u64>) -> Letter {
        Letter {
            number,
            received_at: "2026-11-20T12:00:00Z".parse().unwrap(),
            kind,
            about: about.map(str::to_owned),
            reason: "the body is not a notification, at 1:7\u{1b}".to_owned(),
            record,
            bytes: 9,
        }
    }

    #[test]
    fn letters_are_listed_without_what_they_hold() {
        let letters = [
            letter(7, DeadKind::Unreadable, None, None),
            letter(12, DeadKind::Unreadable, Some("conversation.user.created"), None),
            letter(13, DeadKind::Poison, Some("conversation_changed"), Some(4_711)),
        ];
        expect![[r#"
            Letters
              number  received              kind        about                              reason
              7       2026-11-20 12:00:00Z  unreadable  –                                  the body is not a notification, at 1:7␛
              12      2026-11-20 12:00:00Z  unreadable  conversation.user.created          the body is not a notification, at 1:7␛
              13      2026-11-20 12:00:00Z  poison      conversation_changed, record 4711  the body is not a notification, at 1:7␛
        "#]]
        .assert_eq(&format!("Letters\n{}", table(&letters)));
    }

    #[test]
    fn what_came_of_it_is_said_with_the_reason() {
        let check = |outcome, reason: Option<&str>, expected: &str| {
            let retried = Retried { number: 7, outcome, reason: reason.map(str::to_owned) };
            assert_eq!(line(&retried), expected);
        };
        check(RetryOutcome::Recorded, None, "7: recorded");
        check(RetryOutcome::Duplicate, None, "7: was in the journal already");
        check(RetryOutcome::Ignored, None, "7: can be read, and tells this router nothing");
        check(RetryOutcome::StillUnreadable, Some("at 1:7"), "7: still unreadable: at 1:7");
        check(RetryOutcome::StillPoison, Some("panics"), "7: still poison: panics");
    }
}
