//! The files that rules are made of: what includes what, and all of it as one text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::spec::{self, Located, RulesSpec};
use crate::Problem;

/// Limits of what rules may be made of, so that a slip of the pen does not fill the memory.
const FILES_MAX: usize = 200;
const BYTES_MAX: usize = 16 << 20;

/// The text of a rules file and of every file that it includes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesSource {
    /// The text of the main file.
    main: Arc<str>,
    /// The texts of the others, by their path from the main file's folder.
    #[serde(default)]
    others: BTreeMap<Arc<str>, Arc<str>>,
}

impl RulesSource {
    /// A rules file that includes nothing.
    pub fn single(main: impl Into<Arc<str>>) -> Self {
        Self { main: main.into(), others: BTreeMap::new() }
    }

    /// The text of a file: `None` is the main one.
    #[must_use]
    pub fn text(&self, file: Option<&str>) -> Option<&str> {
        match file {
            None => Some(&self.main),
            Some(name) => self.others.get(name).map(|text| &**text),
        }
    }

    /// The names of the files besides the main one, in alphabetical order.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.keys().map(|name| &**name)
    }

    /// All files as one text, for a journal: a single file as it is, several as JSON.
    ///
    /// # Panics
    ///
    /// Never: texts are always JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.others.is_empty() {
            return self.main.to_string();
        }
        serde_json::to_string(self).expect("texts are always JSON")
    }

    /// Reads what [`Self::to_text`] wrote. No TOML file begins with `{`.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let several = text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten();
        several.unwrap_or_else(|| Self::single(text))
    }

    /// The first 12 hexadecimal digits of the SHA-256 of [`Self::to_text`].
    #[must_use]
    pub fn version(&self) -> Arc<str> {
        let digest = Sha256::digest(self.to_text().as_bytes());
        let hex = digest.iter().take(6).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        hex.into()
    }
}

/// One file of rules, read but not checked.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// `None` for the main one.
    pub(super) name: Option<Arc<str>>,
    pub(super) spec: RulesSpec,
}

/// All files of rules.
pub(super) struct Sources {
    pub(super) source: RulesSource,
    /// In the order in which their rules are tried: what is included stands before what includes
    /// it. The main file is the last.
    pub(super) files: Vec<SourceFile>,
    pub(super) problems: Vec<Problem>,
    /// The rules of the canary, if the main file names one and it can be read.
    pub(super) canary: Option<Box<CanarySources>>,
}

/// All files of a canary's rules.
pub(super) struct CanarySources {
    /// Its main file, as the rules name it.
    pub(super) rules: Located<String>,
    pub(super) salt: Option<Arc<str>>,
    /// Its main file, by its path from the folder of the rules.
    pub(super) name: Arc<str>,
    /// Read as rules of their own: paths start from the canary's folder.
    pub(super) sources: Sources,
}

impl Sources {
    /// Reads the main file, called `name`, and all that it names. `read` takes a path from the
    /// main file's folder and gives the text, or why there is none.
    pub(in crate::policy) fn read(
        name: &str,
        main: &str,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Self {
        Self::read_as(name, main, read, false)
    }

    fn read_as(
        name: &str,
        main: &str,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
        is_canary: bool,
    ) -> Self {
        let source = RulesSource::single(main);
        let mut this = Self { source, files: Vec::new(), problems: Vec::new(), canary: None };
        let mut reader = Includer { main: name, sources: &mut this, read, open: Vec::new() };
        reader.file(None, main);
        reader.canary(is_canary);
        this
    }

    /// The lines of a file of examples that the rules name, numbered from 0 with their bytes.
    pub(super) fn lines(&self, name: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
        let text = self.source.text(Some(name)).unwrap_or_default();
        let start = text.as_ptr() as usize;
        text.lines().map(move |line| {
            let offset = line.as_ptr() as usize - start;
            (offset..offset + line.len(), line)
        })
    }
}

/// What is said of more than [`FILES_MAX`] or [`BYTES_MAX`].
const TOO_MUCH: &str = "the rules are made of too many or too long files";

/// Why a file has no text.
enum Unread {
    /// There is no room left for it.
    TooMuch,
    /// For this reason.
    Because(String),
}

struct Includer<'a> {
    /// What the main file is called.
    main: &'a str,
    sources: &'a mut Sources,
    read: &'a mut dyn FnMut(&str) -> Result<String, String>,
    /// The files that are being read, the outermost first.
    open: Vec<Option<Arc<str>>>,
}

impl Includer<'_> {
    fn file(&mut self, name: Option<Arc<str>>, text: &str) {
        let (spec, problems) = spec::read(text);
        let located = problems.into_iter().map(|it| Problem { file: name.clone(), ..it });
        self.sources.problems.extend(located);
        self.open.push(name.clone());
        for include in &spec.include {
            self.include(include);
        }
        let examples = spec.topic.values().chain(spec.language.class.values());
        let named: Vec<_> = examples.filter_map(|it| it.file.as_ref()).cloned().collect();
        for file in named {
            self.fetch(&file);
        }
        self.open.pop();
        self.sources.files.push(SourceFile { name, spec });
    }

    fn include(&mut self, path: &Located<String>) {
        let resolved = resolve(self.folder(), &path.value);
        let name = (resolved != self.main).then(|| resolved.into());
        if let Some(from) = self.open.iter().position(|open| *open == name) {
            let chain = self.open[from..].iter().chain([&name]);
            let chain: Vec<&str> = chain.map(|it| it.as_deref().unwrap_or(self.main)).collect();
            let message = format!("the files include each other: `{}`", chain.join("` -> `"));
            self.problem(path, &message, "take one of these `include`s out");
        } else if self.sources.files.iter().any(|file| file.name == name) {
            let message = format!("`{}` is included twice", path.value);
            self.problem(path, &message, "its rules would be tried twice: include it once");
        } else if let Some((name, text)) = self.fetch(path) {
            self.file(Some(name), &text);
        }
    }

    /// Reads the rules of the canary that the main file names. A canary has none of its own.
    fn canary(&mut self, is_canary: bool) {
        let main = self.sources.files.last().expect("the main file is always there");
        let Some(Located { value: spec, span }) = main.spec.canary.clone() else { return };
        self.open.push(None);
        if is_canary {
            let place = Located { value: String::new(), span };
            let help = "take `[canary]` out of this file while it is a canary itself";
            self.problem(&place, "a canary cannot have a canary of its own", help);
        } else if resolve("", &spec.rules.value) == self.main {
            let message = format!("`{}` is this file itself", spec.rules.value);
            self.problem(&spec.rules, &message, "name another rules file, such as `next.toml`");
        } else if let Some((name, text)) = self.fetch(&spec.rules) {
            let (folder, own_name) = name.rsplit_once('/').unwrap_or(("", &name));
            let mut read = |path: &str| match self.text_of(&resolve(folder, path).into()) {
                Ok(text) => Ok(text.to_string()),
                Err(Unread::TooMuch) => Err(TOO_MUCH.to_owned()),
                Err(Unread::Because(reason)) => Err(reason),
            };
            let sources = Sources::read_as(own_name, &text, &mut read, true);
            let salt = spec.salt.map(|salt| salt.value.into());
            let canary = CanarySources { rules: spec.rules, salt, name: name.clone(), sources };
            self.sources.canary = Some(Box::new(canary));
        }
        self.open.pop();
    }

    /// Reads a file that the innermost open one names.
    fn fetch(&mut self, path: &Located<String>) -> Option<(Arc<str>, Arc<str>)> {
        if path.value.starts_with('/') || path.value.contains('\\') || path.value.is_empty() {
            let message = format!("`{}` is no path from this file's folder", path.value);
            self.problem(path, &message, "write it as `sales.toml` or `rules/sales.toml`");
            return None;
        }
        let name: Arc<str> = resolve(self.folder(), &path.value).into();
        match self.text_of(&name) {
            Ok(text) => Some((name, text)),
            Err(Unread::TooMuch) => {
                let help = format!("at most {FILES_MAX} files of {BYTES_MAX} bytes in all");
                self.problem(path, TOO_MUCH, &help);
                None
            }
            Err(Unread::Because(reason)) => {
                let message = format!("cannot read `{}`: {reason}", path.value);
                self.problem(path, &message, "the path starts from this file's folder");
                None
            }
        }
    }

    /// The text of a file, by its path from the main file's folder. Each is read once.
    fn text_of(&mut self, name: &Arc<str>) -> Result<Arc<str>, Unread> {
        if let Some(text) = self.sources.source.others.get(name) {
            return Ok(text.clone());
        }
        let text = (self.read)(name).map_err(Unread::Because)?;
        if !self.has_room_for(&text) {
            return Err(Unread::TooMuch);
        }
        let text: Arc<str> = text.into();
        self.sources.source.others.insert(name.clone(), text.clone());
        Ok(text)
    }

    fn has_room_for(&self, text: &str) -> bool {
        let others = &self.sources.source.others;
        let bytes: usize = others.values().map(|text| text.len()).sum();
        others.len() < FILES_MAX && bytes + text.len() <= BYTES_MAX
    }

    fn folder(&self) -> &str {
        let innermost = self.open.last().and_then(|name| name.as_deref()).unwrap_or_default();
        innermost.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    fn problem(&mut self, at: &Located<String>, message: &str, help: &str) {
        let file = self.open.last().cloned().flatten();
        let problem = Problem { file, ..Problem::error(at.span.clone(), message) };
        self.sources.problems.push(problem.help(help));
    }
}

/// A path from `folder`, with `.` and `..` worked out as far as they can be.
pub(super) fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_from_the_including_file() {
        let check = |folder, path, expected| assert_eq!(resolve(folder, path), expected);
        check("", "sales.toml", "sales.toml");
        check("rules", "./sales.toml", "rules/sales.toml");
        check("rules/eu", "../sales.toml", "rules/sales.toml");
        check("rules", "../../x.toml", "../x.toml");
    }

    #[test]
    fn one_file_is_its_own_text_and_several_come_back() {
        let mut source = RulesSource::single("version = 1\n");
        assert_eq!(source.to_text(), "version = 1\n");
        assert_eq!(RulesSource::from_text(&source.to_text()), source);
        source.others.insert("a.toml".into(), "[[rule]]\n".into());
        assert_eq!(RulesSource::from_text(&source.to_text()), source);
    }
}
