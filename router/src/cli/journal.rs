//! `router journal`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use router::journal::JournalFile;
use router::journal::archive;
use router::journal::stat::Stat;

use super::FOUND_WANTING;
use super::format::Format;

/// Look at a journal, write it as JSON lines, and make one of such lines.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router journal stat router.db\n\nExit codes: 0 ok, 1 the journal is damaged, 2 wrong usage or input."
)]
pub(super) struct Journal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Stat(StatArgs),
    Export(Export),
    Import(Import),
}

/// Show what a journal holds, and whether it is sound. A router may be running on it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router journal stat router.db --format json\n\nExit codes: 0 sound, 1 damaged, 2 no journal."
)]
struct StatArgs {
    /// The journal's file.
    journal: PathBuf,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Write a journal as JSON lines. A router may be running on it.
///
/// The lines hold everything: what contacts wrote, their attributes, and the rules. Keep them as safe
/// as the journal. --without-texts leaves out what contacts wrote; ids, tags and attributes stay.
/// Dead letters are not in them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  router journal export router.db --output journal.jsonl\n  router journal export router.db --without-texts | gzip > journal.jsonl.gz\n\nExit codes: 0 written, 2 no journal, or it cannot be read or written."
)]
struct Export {
    /// The journal's file.
    journal: PathBuf,
    /// Write into this new file, for its owner's eyes only; to the standard output if absent.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out what contacts wrote.
    #[arg(long)]
    without_texts: bool,
}

/// Make a new journal of JSON lines that `router journal export` wrote.
///
/// Never over an existing file, and all or nothing: every line is checked, and the journal stands
/// under its name only when all of them are in it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router journal import journal.jsonl copy.db\n\nExit codes: 0 made, 2 a line is wrong, the file exists, or it cannot be written."
)]
struct Import {
    /// The lines; `-` for the standard input.
    lines: PathBuf,
    /// The new journal's file.
    journal: PathBuf,
    /// Take lines without texts: good for counting, but a replay decides otherwise than the router did.
    #[arg(long)]
    allow_without_texts: bool,
}

impl Journal {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Stat(it) => it.run(),
            Command::Export(it) => it.run(),
            Command::Import(it) => it.run(),
        }
    }
}

impl StatArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
        let stat = Stat::of(&self.journal)?;
        match self.format {
            Format::Text => print!("{}", stat.text()),
            Format::Json => println!("{}", serde_json::to_string_pretty(&stat)?),
        }
        let sound = stat.faults.is_empty();
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(FOUND_WANTING) })
    }
}

impl Export {
    fn run(self) -> anyhow::Result<ExitCode> {
        let journal = JournalFile::open(&self.journal)?;
        let texts = !self.without_texts;
        let records = match &self.output {
            None => archive::export(&journal, texts, &mut BufWriter::new(stdout().lock()))?,
            Some(path) => {
                let file = new_file(path)?;
                let mut out = BufWriter::new(&file);
                let records = archive::export(&journal, texts, &mut out)?;
                out.flush()?;
                drop(out);
                file.sync_all()?;
                records
            }
        };
        eprintln!("{records} records written");
        Ok(ExitCode::SUCCESS)
    }
}

impl Import {
    fn run(self) -> anyhow::Result<ExitCode> {
        let allow = self.allow_without_texts;
        let records = if self.lines == Path::new("-") {
            archive::import(&mut stdin().lock(), &self.journal, allow)
        } else {
            let file = File::open(&self.lines)
                .with_context(|| format!("cannot read {}", self.lines.display()))?;
            archive::import(&mut BufReader::new(file), &self.journal, allow)
        };
        let records = records.with_context(|| format!("{}", self.lines.display()))?;
        eprintln!("{records} records in {}", self.journal.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// A file that was not there before, for its owner's eyes only.
fn new_file(path: &Path) -> anyhow::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let options = File::options().write(true).create_new(true).mode(0o600).to_owned();
    options.open(path).with_context(|| format!("cannot make {}", path.display()))
}
