//! A journal as JSON lines: to look at it with other tools, to carry it to another machine, and to
//! come back. The first line says what it is; each other line is a record. Dead letters stay behind;
//! that a record is left out of replays does not.
//!
//! ```json
//! {"router_journal":1,"texts":true,"written_by":"router 0.1.0"}
//! {"sequence":1,"at_us":1800000000000000,"seed":7}
//! {"sequence":2,"at_us":1800000000000000,"rules":"version = 1\n..."}
//! {"sequence":3,"at_us":1800000000000001,"notification_id":"notif_1","event":{"conversation_changed":{}}}
//! ```

use std::io::{BufRead, Read as _, Write};
use std::path::{Path, PathBuf};

use engine::{Event, RulesSource, Timestamp};
use serde::{Deserialize, Serialize};

use super::Stored;
use super::{
    Appended, Body, Entry, Journal as _, JournalError, JournalFile, Record, SqliteJournal, texts,
};
use crate::rules_file;

/// The version of the lines' format, and the only one that is read.
pub const ARCHIVE_VERSION: u32 = 1;

/// Records read or written at a time.
const PAGE: usize = 1_024;

/// The longest line that is read.
const LINE_BYTES_MAX: u64 = 32 << 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    router_journal: u32,
    /// Whether the messages' texts are in it.
    texts: bool,
    written_by: String,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sequence: u64,
    at_us: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
    /// Every replay leaves it out: the engine panicked on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left_out: bool,
}

/// Why a journal cannot be exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The lines cannot be read or written.
    #[error("cannot read or write the lines")]
    Io(#[from] std::io::Error),
    /// A line is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// There is a file already where the journal is to be made.
    #[error("{} exists: a journal is never imported over another file", .0.display())]
    Exists(PathBuf),
    /// The lines have no texts, so a replay would decide otherwise.
    #[error(
        "the messages' texts were left out at the export, so a replay decides otherwise than the \
         router did: allow it with --allow-without-texts"
    )]
    WithoutTexts,
}

/// Writes the whole journal as lines; returns how many records it has. Without `texts`, what
/// contacts wrote is left out; everything else stays.
///
/// # Errors
///
/// If the journal cannot be read, or the lines cannot be written.
pub fn export(
    journal: &JournalFile,
    texts: bool,
    out: &mut dyn Write,
) -> Result<u64, ArchiveError> {
    let written_by = concat!("router ", env!("CARGO_PKG_VERSION")).to_owned();
    write_line(out, &Header { router_journal: ARCHIVE_VERSION, texts, written_by })?;
    let left_out = journal.left_out()?;
    let (mut after, mut count) = (0, 0);
    loop {
        let page = journal.read(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.record.sequence;
        count += page.len() as u64;
        for stored in page {
            let left_out = left_out.contains(&stored.record.sequence);
            write_line(out, &Line::new(stored, left_out, texts))?;
        }
    }
    out.flush()?;
    Ok(count)
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Makes a new journal of lines; returns how many records it has. All or nothing: the journal
/// stands under its name only when every line is in it.
///
/// # Errors
///
/// If the file exists, a line is wrong, or the journal cannot be written.
pub fn import(
    lines: &mut dyn BufRead,
    path: &Path,
    allow_without_texts: bool,
) -> Result<u64, ArchiveError> {
    if path.symlink_metadata().is_ok() {
        return Err(ArchiveError::Exists(path.to_owned()));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".import-{}", std::process::id()));
    let unfinished = Unfinished(path.with_file_name(name));
    let mut reader = Reader { lines, line: 0, last: None, left_out: Vec::new() };
    reader.header(allow_without_texts)?;
    let count = fill(&mut reader, &unfinished.0)?;
    unfinished.take_name(path)?;
    Ok(count)
}

fn fill(reader: &mut Reader<'_>, path: &Path) -> Result<u64, ArchiveError> {
    let mut journal = SqliteJournal::open(path)?;
    let mut count = 0;
    loop {
        let first = reader.line + 1;
        let mut page = Vec::new();
        while page.len() < PAGE
            && let Some(entry) = reader.entry()?
        {
            page.push(entry);
        }
        if page.is_empty() {
            break;
        }
        let appended = journal.append(&page)?;
        if let Some(index) = appended.iter().position(|it| *it == Appended::Duplicate) {
            let reason = "its notification_id stands in an earlier line already".to_owned();
            return Err(ArchiveError::Line { line: first + index as u64, reason });
        }
        // Numbers are given anew, without gaps.
        for line in reader.left_out.drain(..) {
            journal.mark_left_out(line - 1)?;
        }
        count += page.len() as u64;
    }
    if count < 2 {
        return Err(reader.wrong("a journal begins with its seed and its rules"));
    }
    journal.checkpoint()?;
    Ok(count)
}

/// A journal that is not whole yet, under a name of its own. Goes away if it never becomes one.
struct Unfinished(PathBuf);

impl Unfinished {
    /// Gives it its name, unless something else has taken that meanwhile.
    fn take_name(self, path: &Path) -> Result<(), ArchiveError> {
        std::fs::File::open(&self.0)?.sync_all()?;
        // Unlike a renaming, a link never replaces what is there.
        match std::fs::hard_link(&self.0, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(ArchiveError::Exists(path.to_owned()));
            }
            linked => linked?,
        }
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        Ok(std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            // What is not there need not be removed.
            let _ = std::fs::remove_file(PathBuf::from(name));
        }
    }
}

struct Reader<'a> {
    lines: &'a mut dyn BufRead,
    /// The number of the line that was read last.
    line: u64,
    last: Option<(u64, Timestamp)>,
    /// Lines of records that are left out of replays.
    left_out: Vec<u64>,
}

impl Reader<'_> {
    fn wrong(&self, reason: impl Into<String>) -> ArchiveError {
        ArchiveError::Line { line: self.line, reason: reason.into() }
    }

    fn next(&mut self) -> Result<Option<String>, ArchiveError> {
        self.line += 1;
        let mut bytes = Vec::new();
        (&mut *self.lines).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes)?;
        if bytes.len() as u64 > LINE_BYTES_MAX {
            return Err(self.wrong(format!("is longer than {LINE_BYTES_MAX} bytes")));
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.last() != Some(&b'\n') {
            return Err(self.wrong("has no end: the file was cut off"));
        }
        String::from_utf8(bytes).map(Some).map_err(|_| self.wrong("is not UTF-8"))
    }

    fn header(&mut self, allow_without_texts: bool) -> Result<(), ArchiveError> {
        let help = "the first line must be the one that `router journal export` writes";
        let line = self.next()?.ok_or_else(|| self.wrong(format!("is missing: {help}")))?;
        let header: Header =
            serde_json::from_str(&line).map_err(|error| self.wrong(format!("{error}: {help}")))?;
        if header.router_journal != ARCHIVE_VERSION {
            let found = header.router_journal;
            return Err(
                self.wrong(format!("has format {found}, this router reads {ARCHIVE_VERSION}"))
            );
        }
        if !header.texts && !allow_without_texts {
            return Err(ArchiveError::WithoutTexts);
        }
        Ok(())
    }

    fn entry(&mut self) -> Result<Option<Entry>, ArchiveError> {
        let Some(text) = self.next()? else { return Ok(None) };
        let line: Line =
            serde_json::from_str(&text).map_err(|error| self.wrong(error.to_string()))?;
        let at = Timestamp::from_micros(line.at_us);
        if let Some((sequence, last)) = self.last {
            if line.sequence <= sequence {
                return Err(self.wrong(format!("sequence {} follows {sequence}", line.sequence)));
            }
            if at < last {
                return Err(self.wrong("is earlier than the line before it"));
            }
        }
        self.last = Some((line.sequence, at));
        let body = match (line.seed, line.rules, line.event) {
            (Some(seed), None, None) => Body::Seed(seed),
            (None, Some(rules), None) => Body::Rules(rules),
            (None, None, Some(event)) => Body::Event(event),
            _ => return Err(self.wrong("must have one of `seed`, `rules` and `event`")),
        };
        self.judge(&body)?;
        if line.left_out {
            self.left_out.push(self.line);
        }
        Ok(Some(Entry { at, notification_id: line.notification_id, body }))
    }

    /// Whether a record of this kind can stand here. The header has line 1.
    fn judge(&self, body: &Body) -> Result<(), ArchiveError> {
        match (self.line, body) {
            (2, Body::Seed(_)) => Ok(()),
            (2, _) | (_, Body::Seed(_)) => {
                Err(self.wrong("the seed stands in the first record, and nowhere else"))
            }
            (_, Body::Rules(text)) => {
                let name = format!("rules in line {}", self.line);
                rules_file::parse(Path::new(&name), &RulesSource::from_text(text))
                    .map(drop)
                    .map_err(|error| self.wrong(format!("the rules have mistakes:\n{error}")))
            }
            (3, _) => Err(self.wrong("the second record must be the rules")),
            (_, Body::Event(_)) => Ok(()),
        }
    }
}

impl Line {
    fn new(stored: Stored, left_out: bool, texts: bool) -> Self {
        let Stored { record: Record { sequence, at, body }, notification_id } = stored;
        let mut line = Self {
            sequence,
            at_us: at.as_micros(),
            notification_id,
            seed: None,
            rules: None,
            event: None,
            left_out,
        };
        match body {
            Body::Seed(seed) => line.seed = Some(seed),
            Body::Rules(rules) => line.rules = Some(rules),
            Body::Event(event) if texts => line.event = Some(event),
            Body::Event(event) => line.event = Some(without_texts(event)),
        }
        line
    }
}

/// The same event without what the contact wrote.
fn without_texts(mut event: Event) -> Event {
    for message in texts::messages(&mut event) {
        message.text.clear();
    }
    event
}
