//! Messages to try rules on, from files: TOML, CSV, JSON Lines, or one message a line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::{AttachmentKind, ContactProfile, Subject, Timestamp};
use serde::Deserialize;

/// The longest file that is read.
const BYTES_MAX: u64 = 256 << 20;
/// What separates tags and attachments in a CSV cell.
const SEPARATOR: char = ';';

/// A message to try rules on, and what should come of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// The message.
    pub text: String,
    /// What the contact wrote before.
    pub earlier: String,
    /// Language tag of the contact's profile.
    pub language: Option<String>,
    /// Country code of the contact's profile.
    pub country: Option<String>,
    /// Region of the contact's profile.
    pub region: Option<String>,
    /// Custom attributes of the contact; values as text.
    pub contact: BTreeMap<String, String>,
    /// Custom attributes of the conversation; values as text.
    pub conversation: BTreeMap<String, String>,
    /// Tags of the conversation.
    pub tags: Vec<String>,
    /// Kinds of attachments.
    pub attachments: Vec<AttachmentKind>,
    /// How many messages the contact has written; 1 if absent.
    pub messages: Option<u32>,
    /// Whether the contact was known before, if that matters.
    pub returning: Option<bool>,
    /// When it is decided; the caller says if absent.
    pub at: Option<jiff::Timestamp>,
    /// The team that should get it.
    pub team: Option<String>,
    /// The topic that it should have.
    pub topic: Option<String>,
    /// The language that it should be told to be in.
    pub expected_language: Option<String>,
}

/// A case and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LocatedCase {
    /// The case.
    pub case: Case,
    /// Its file.
    pub path: PathBuf,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// Why cases cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is of a kind that is not known.
    #[error("{}: a file of cases ends in .toml, .csv, .jsonl or .txt", .0.display())]
    Kind(PathBuf),
    /// Something in it is wrong.
    #[error("{}:{line}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

impl Case {
    /// The conversation as rules see it, decided at `at` unless the case says when.
    #[must_use]
    pub fn subject(&self, at: Timestamp) -> Subject {
        let own = self.at.and_then(|at| u64::try_from(at.as_microsecond()).ok());
        let at = own.map_or(at, Timestamp::from_micros);
        // A contact of yesterday is a returning one, one of this moment is new.
        let created_at = self.returning.map(|returning| {
            if returning { at - std::time::Duration::from_secs(86_400) } else { at }
        });
        Subject {
            text: self.text.clone(),
            earlier: self.earlier.clone(),
            contact: Some(ContactProfile {
                language: self.language.as_ref().map(|tag| tag.trim().to_lowercase()),
                country: self.country.as_ref().map(|code| code.trim().to_uppercase()),
                region: self.region.clone(),
                attributes: self.contact.clone(),
                created_at,
            }),
            tags: self.tags.clone(),
            attributes: self.conversation.clone(),
            attachments: self.attachments.clone(),
            messages: self.messages.unwrap_or(1),
            opened_at: at,
            at,
            // Cases without an identity of their own differ by what they say.
            identity: self.text.clone(),
            queues: Vec::new(),
        }
    }
}

/// Reads cases. `columns` renames columns and keys of the file, from its names to those of
/// [`Case`].
///
/// # Errors
///
/// If the file cannot be read, or at the first case that is wrong.
pub fn read(
    path: &Path,
    columns: &BTreeMap<String, String>,
) -> Result<Vec<LocatedCase>, CaseError> {
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
    let parse: fn(&str, &BTreeMap<String, String>) -> Result<Numbered, Wrong> = match kind {
        "toml" => from_toml,
        "csv" => from_csv,
        "jsonl" | "ndjson" => from_json_lines,
        "txt" => from_lines,
        _ => return Err(CaseError::Kind(path.to_owned())),
    };
    let unreadable = |source| CaseError::Read { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(unreadable)?.len() > BYTES_MAX {
        let reason = format!("the file is longer than {BYTES_MAX} bytes: split it");
        return Err(CaseError::Wrong { path: path.to_owned(), line: 1, reason });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    match parse(&text, columns) {
        Ok(cases) => Ok(cases
            .into_iter()
            .map(|(line, case)| LocatedCase { case, path: path.to_owned(), line })
            .collect()),
        Err((line, reason)) => Err(CaseError::Wrong { path: path.to_owned(), line, reason }),
    }
}

/// Cases with the lines on which they begin.
type Numbered = Vec<(usize, Case)>;
/// A line, and what is wrong with it.
type Wrong = (usize, String);

fn from_lines(text: &str, _: &BTreeMap<String, String>) -> Result<Numbered, Wrong> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let case = |line: &str| Case { text: line.to_owned(), ..Case::default() };
    Ok(lines.map(|(index, line)| (index + 1, case(line))).collect())
}

fn from_json_lines(text: &str, columns: &BTreeMap<String, String>) -> Result<Numbered, Wrong> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let cases = lines.map(|(index, line)| {
        let wrong = |error: serde_json::Error| (index + 1, error.to_string());
        let fields: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(line).map_err(wrong)?;
        let renamed = fields.into_iter().map(|(key, value)| (rename(key, columns), value));
        let object = serde_json::Value::Object(renamed.collect());
        Ok((index + 1, serde_json::from_value(object).map_err(wrong)?))
    });
    cases.collect()
}

fn from_toml(text: &str, _: &BTreeMap<String, String>) -> Result<Numbered, Wrong> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        case: Vec<toml::Spanned<Case>>,
    }
    let line_of = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let file: File = toml::from_str(text).map_err(|error| {
        (line_of(error.span().unwrap_or_default().start), error.message().trim().to_owned())
    })?;
    let cases = file.case.into_iter().map(|case| (line_of(case.span().start), case.into_inner()));
    Ok(cases.collect())
}

fn from_csv(text: &str, columns: &BTreeMap<String, String>) -> Result<Numbered, Wrong> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let line = |error: &csv::Error| error.position().map_or(1, |at| at.line() as usize);
    let wrong = |error: csv::Error| (line(&error), error.to_string());
    let header = reader.headers().map_err(wrong)?;
    let header: Vec<String> = header.iter().map(|name| rename(name.to_owned(), columns)).collect();
    if !header.iter().any(|name| name == "text") {
        let reason = format!("there is no column `text` among `{}`", header.join("`, `"));
        return Err((1, reason));
    }
    let mut cases = Vec::new();
    let mut lines = Lines { text, read: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = lines.up_to(record.position().map_or(0, csv::Position::byte));
        let mut case = Case::default();
        for (name, cell) in header.iter().zip(&record) {
            set(&mut case, name, cell).map_err(|reason| (line, reason))?;
        }
        cases.push((line, case));
    }
    Ok(cases)
}

/// Counts lines. The reader's own count is one too low where lines end in CR LF: it takes a record
/// to end before the LF.
struct Lines<'a> {
    text: &'a str,
    /// Bytes that were read.
    read: usize,
    /// The line of the next one, from 1.
    line: usize,
}

impl Lines<'_> {
    /// The line of the first record at this byte or behind it. Bytes come in order.
    fn up_to(&mut self, byte: u64) -> usize {
        let all = self.text.as_bytes();
        let start = usize::try_from(byte).map_or(all.len(), |at| at.min(all.len()));
        let blank = all[start..].iter().take_while(|it| matches!(**it, b'\r' | b'\n')).count();
        let newlines = all[self.read..start + blank].iter().filter(|it| **it == b'\n').count();
        self.read = start + blank;
        self.line += newlines;
        self.line
    }
}

fn rename(name: String, columns: &BTreeMap<String, String>) -> String {
    columns.get(&name).cloned().unwrap_or(name)
}

/// Sets one field of a case from a cell; an empty cell says nothing.
fn set(case: &mut Case, name: &str, cell: &str) -> Result<(), String> {
    let value = || Some(cell.to_owned()).filter(|cell| !cell.is_empty());
    let list = || cell.split(SEPARATOR).map(str::trim).filter(|it| !it.is_empty());
    match name {
        "text" => cell.clone_into(&mut case.text),
        "earlier" => cell.clone_into(&mut case.earlier),
        "language" => case.language = value(),
        "country" => case.country = value(),
        "region" => case.region = value(),
        "team" => case.team = value(),
        "topic" => case.topic = value(),
        "expected_language" => case.expected_language = value(),
        "tags" => case.tags = list().map(str::to_owned).collect(),
        "attachments" => {
            case.attachments = list().map(attachment).collect::<Result<_, _>>()?;
        }
        "messages" => case.messages = parsed(cell, "a whole number")?,
        "returning" => case.returning = parsed(cell, "`true` or `false`")?,
        "at" => case.at = parsed(cell, "a moment such as `2026-11-20T18:00:00Z`")?,
        _ => return set_attribute(case, name, cell),
    }
    Ok(())
}

fn set_attribute(case: &mut Case, name: &str, cell: &str) -> Result<(), String> {
    let (owner, attribute) = name.split_once('.').unwrap_or((name, ""));
    let attributes = match owner {
        "contact" if !attribute.is_empty() => &mut case.contact,
        "conversation" if !attribute.is_empty() => &mut case.conversation,
        _ => {
            return Err(format!(
                "unknown column `{name}`: known are text, earlier, language, country, region, \
                 tags, attachments, messages, returning, at, team, topic, expected_language, \
                 contact.NAME and conversation.NAME"
            ));
        }
    };
    if !cell.is_empty() {
        attributes.insert(attribute.to_owned(), cell.to_owned());
    }
    Ok(())
}

fn attachment(name: &str) -> Result<AttachmentKind, String> {
    let found = AttachmentKind::ALL.into_iter().find(|kind| kind.name() == name);
    let known = AttachmentKind::ALL.map(AttachmentKind::name).join(", ");
    found.ok_or_else(|| format!("unknown attachment `{name}`: known are {known}"))
}

fn parsed<T: std::str::FromStr>(cell: &str, right: &str) -> Result<Option<T>, String> {
    if cell.trim().is_empty() {
        return Ok(None);
    }
    cell.trim().parse().map(Some).map_err(|_| format!("`{cell}` is not {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_columns() -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        let check = |text: &str, expected: &[usize]| {
            let lines: Vec<_> =
                from_csv(text, &no_columns()).unwrap().into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, expected, "{text:?}");
        };
        check("text\na\nb\n", &[2, 3]);
        check("text\r\na\r\nb\r\n", &[2, 3]);
        check("text\r\n\"a\r\na\"\r\n\r\nb", &[2, 5]);
    }

    #[test]
    fn all_shapes_say_the_same() {
        let expected = Case {
            text: "where, is it?".into(),
            language: Some("es".into()),
            contact: BTreeMap::from([("plan".into(), "pro".into())]),
            tags: vec!["vip".into(), "eu".into()],
            team: Some("support".into()),
            ..Case::default()
        };
        let csv = "text,language,contact.plan,tags,team\n\"where, is it?\",es,pro,vip;eu,support\n";
        let json = "\n{\"text\":\"where, is it?\",\"language\":\"es\",\"contact\":{\"plan\":\"pro\"},\
                    \"tags\":[\"vip\",\"eu\"],\"team\":\"support\"}\n";
        let toml = "[[case]]\ntext = \"where, is it?\"\nlanguage = \"es\"\ncontact.plan = \"pro\"\n\
                    tags = [\"vip\", \"eu\"]\nteam = \"support\"\n";
        assert_eq!(from_csv(csv, &no_columns()), Ok(vec![(2, expected.clone())]));
        assert_eq!(from_json_lines(json, &no_columns()), Ok(vec![(2, expected.clone())]));
        assert_eq!(from_toml(toml, &no_columns()), Ok(vec![(1, expected)]));
    }

    #[test]
    fn columns_can_have_other_names() {
        let columns = BTreeMap::from([("category".to_owned(), "topic".to_owned())]);
        let cases = from_csv("text,category\nhello,greeting\n", &columns).unwrap();
        assert_eq!(cases[0].1.topic.as_deref(), Some("greeting"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let check = |found: Result<Numbered, Wrong>, line: usize, part: &str| {
            let (actual, reason) = found.unwrap_err();
            assert_eq!(actual, line, "{reason}");
            assert!(reason.contains(part), "{reason}");
        };
        check(from_csv("message\nhi\n", &no_columns()), 1, "no column `text`");
        check(from_csv("text,mood\nhi,bad\n", &no_columns()), 2, "unknown column `mood`");
        check(from_csv("text,at\nhi,\nho,noon\n", &no_columns()), 3, "`noon` is not a moment");
        check(from_json_lines("{\"text\":\"a\"}\n{\"txet\":\"b\"}", &no_columns()), 2, "txet");
        check(from_toml("[[case]]\ntext = \"a\"\n[[case]]\ntxet = 1\n", &no_columns()), 4, "txet");
    }
}
