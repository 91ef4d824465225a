//! `router explain`.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use engine::problem::{list, nearest};
use engine::{AttachmentKind, Policy, QueueState, Subject, Timestamp};
use router::Clock;
use router::review::case::Case;
use router::review::explanation::WholeDecision;
use router::review::marked::Style;
use router::review::moment;
use router::rules_file;

use super::format::Format;

/// The longest message that is read from standard input.
const MESSAGE_BYTES_MAX: u64 = 8 << 20;

const EXAMPLES: &str = "Examples:
  router explain rules.toml --message \"how much is the lamp?\"
  router explain rules.toml --message \"y el envío?\" --earlier \"hola\" --language es-mx --country MX
  router explain rules.toml --message \"where is it\" --attribute contact.orders=3 --tag vip \\
      --returning true --at 2026-11-20T18:00 --queue sales=12:45m
  router explain rules.toml --message \"how much is it\" --contact 6762f0dd1bb69f9f2193bb83
  router explain rules.toml --message - --format json < message.txt

✓ is what holds and ✗ what does not. Of rules that fail only the parts are shown that made them
fail; --all shows every part. The message is printed here and goes nowhere else.

Exit codes: 0 shown, 1 the rules have errors, 2 wrong usage or input.";

/// Show the whole decision about a message: each rule tried, and why it failed or matched.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// The rules file.
    rules: PathBuf,
    /// The message, or `-` to read it from standard input.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    message: String,
    /// What the contact wrote before; once for each message, the oldest first.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    earlier: Vec<String>,
    /// The contact's id: says whether they are in a share of the contacts, such as a canary's. By
    /// default the rules in force decide.
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// Language tag of the contact's profile, such as `es-mx`.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Country code of the contact's profile, such as `US`.
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Region of the contact's profile.
    #[arg(long)]
    region: Option<String>,
    /// A custom attribute: `contact.NAME=VALUE` or `conversation.NAME=VALUE`.
    #[arg(long, value_name = "OWNER.NAME=VALUE")]
    attribute: Vec<String>,
    /// A tag of the conversation.
    #[arg(long, value_name = "NAME")]
    tag: Vec<String>,
    /// Something that comes with the message: image, video, audio, sticker, shared_post or file.
    #[arg(long, value_name = "KIND", value_parser = attachment)]
    attachment: Vec<AttachmentKind>,
    /// How many messages the contact has written; by default those given here.
    #[arg(long, value_name = "COUNT")]
    messages: Option<u32>,
    /// Whether the contact was known before; by default that cannot be told.
    #[arg(long, value_name = "true|false")]
    returning: Option<bool>,
    /// When it is decided: RFC 3339, or a local time such as `2026-11-20T18:00` in the time zone
    /// of the rules; by default now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// What waits for a team, and since when the oldest: `sales=12` or `sales=12:45m`.
    #[arg(long, value_name = "TEAM=WAITING[:OLDEST]")]
    queue: Vec<String>,
    /// How to print the decision.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show every part of the rules that failed.
    #[arg(long)]
    all: bool,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let rules = rules_file::load(&self.rules)?;
        let subject = self.subject(&rules.policy)?;
        let decision = WholeDecision::new(&rules.policy, &subject, self.contact.as_deref());
        match self.format {
            Format::Json => print!("{}", decision.json()),
            Format::Text => print!("{}", decision.render(style(), self.all)),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn subject(&self, policy: &Policy) -> anyhow::Result<Subject> {
        let at = match &self.at {
            Some(at) => moment::read(at, policy.time_zone()).map_err(anyhow::Error::msg)?,
            None => Clock::system().now(),
        };
        let written = u32::try_from(self.earlier.len() + 1).unwrap_or(u32::MAX);
        let mut case = Case {
            text: self.message()?,
            earlier: self.earlier.join("\n"),
            language: self.language.clone(),
            country: self.country.clone(),
            region: self.region.clone(),
            tags: self.tag.clone(),
            attachments: self.attachment.clone(),
            messages: Some(self.messages.unwrap_or(written)),
            returning: self.returning,
            ..Case::default()
        };
        for attribute in &self.attribute {
            set_attribute(&mut case, attribute, policy)?;
        }
        Ok(Subject { queues: self.queues(policy, at)?, ..case.subject(at) })
    }

    fn message(&self) -> anyhow::Result<String> {
        if self.message != "-" {
            return Ok(self.message.clone());
        }
        let mut text = String::new();
        let read = std::io::stdin().take(MESSAGE_BYTES_MAX + 1).read_to_string(&mut text);
        read.context("cannot read the message from standard input")?;
        if text.len() as u64 > MESSAGE_BYTES_MAX {
            bail!("the message is longer than {MESSAGE_BYTES_MAX} bytes");
        }
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// What waits for each team, in the order of the policy's teams.
    fn queues(&self, policy: &Policy, at: Timestamp) -> anyhow::Result<Vec<QueueState>> {
        let teams: Vec<&str> = policy.teams().map(|(name, _)| &**name).collect();
        let mut queues = vec![QueueState::default(); teams.len()];
        for queue in &self.queue {
            let (team, state) = parse_queue(queue, at)?;
            let Some(index) = teams.iter().position(|name| *name == team) else {
                bail!("--queue {queue}: unknown team `{team}`{}", guess(team, teams.into_iter()));
            };
            queues[index] = state;
        }
        Ok(queues)
    }
}

/// Marks are for terminals; brackets are for the rest.
pub(super) fn style() -> Style {
    if std::io::stdout().is_terminal() { Style::Terminal } else { Style::Plain }
}

/// `: did you mean ...?`, or what is known.
fn guess<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!(": did you mean `{near}`?"),
        None => format!(": known are {}", list(known)),
    }
}

fn set_attribute(case: &mut Case, attribute: &str, policy: &Policy) -> anyhow::Result<()> {
    let (of_contact, of_conversation) = policy.attribute_names();
    let named = attribute.split_once('=').and_then(|(key, value)| {
        let (owner, name) = key.split_once('.')?;
        Some((owner, name, value))
    });
    let (attributes, known, name, value): (_, Vec<&str>, _, _) = match named {
        Some(("contact", name, value)) if !name.is_empty() => {
            (&mut case.contact, of_contact.map(|it| &**it).collect(), name, value)
        }
        Some(("conversation", name, value)) if !name.is_empty() => {
            (&mut case.conversation, of_conversation.map(|it| &**it).collect(), name, value)
        }
        _ => bail!(
            "--attribute {attribute}: write `contact.NAME=VALUE` or `conversation.NAME=VALUE`"
        ),
    };
    if !known.contains(&name) {
        let near = nearest(name, known.iter().copied());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        eprintln!("warning: the rules do not know the attribute `{name}`{near}");
    }
    attributes.insert(name.to_owned(), value.to_owned());
    Ok(())
}

fn parse_queue(queue: &str, at: Timestamp) -> anyhow::Result<(&str, QueueState)> {
    let parsed = queue.split_once('=').and_then(|(team, state)| {
        let (waiting, oldest) = match state.split_once(':') {
            Some((waiting, oldest)) => {
                let age: jiff::SignedDuration = oldest.trim().parse().ok()?;
                (waiting, Some(at - age.try_into().ok()?))
            }
            None => (state, None),
        };
        let waiting: u32 = waiting.trim().parse().ok()?;
        // Whoever waits at all was opened at some time: now at the latest.
        let oldest = oldest.or_else(|| (waiting > 0).then_some(at));
        Some((team, QueueState { waiting, oldest }))
    });
    parsed.with_context(|| format!("--queue {queue}: write `TEAM=12` or `TEAM=12:45m`"))
}

fn attachment(name: &str) -> Result<AttachmentKind, String> {
    let known = AttachmentKind::ALL;
    known
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| format!("known are {}", known.map(AttachmentKind::name).join(", ")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn queues_are_read() {
        let at = Timestamp::from_seconds(10_000);
        let check = |text: &str, expected: Option<(u32, Option<u64>)>| {
            let read = parse_queue(text, at).ok();
            let read = read.map(|(_, it)| (it.waiting, it.oldest.map(|oldest| at.since(oldest))));
            let expected = expected.map(|(waiting, age)| (waiting, age.map(Duration::from_secs)));
            assert_eq!(read, expected, "{text}");
        };
        check("sales=12", Some((12, Some(0))));
        check("sales=0", Some((0, None)));
        check("sales=12:45m", Some((12, Some(2_700))));
        check("sales=3:1h 5m", Some((3, Some(3_900))));
        check("sales=12:45", None);
        check("sales=many", None);
        check("sales", None);
        check("sales=12:-45m", None);
    }
}
