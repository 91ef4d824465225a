//! Topics and classes of languages, which are told by examples.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Topics;
use super::super::source::{SourceFile, resolve};
use super::super::spec::{Located, TopicSpec};
use super::Checker;
use crate::Problem;
use crate::topic::TopicModel;

/// Limits of what is learnt from, so that a slip of the pen does not fill time and memory.
const EXAMPLES_MAX: usize = 50_000;
const EXAMPLE_CHARS_MAX: usize = 1_000;
const TOPICS_MAX: usize = 500;
/// So few examples of a topic that most messages about it will not be recognised: with ten
/// examples a class the detection of BANKING77's topics covers 62 of 100 messages.
const FEW_EXAMPLES: usize = 5;

impl Checker<'_> {
    /// All topics. `Some(None)` if there are none, `None` if something is wrong with them.
    #[expect(clippy::option_option, reason = "nothing said, and something wrong, are different")]
    pub(super) fn topics(&mut self) -> Option<Option<Topics>> {
        let mut examples: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
        let before = self.problems.len();
        let mut places = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.topic {
                let place = (file.name.clone(), name.span.clone());
                places.insert(Arc::<str>::from(name.value.as_str()), place);
                let found = this.examples("topic", name, spec, file);
                if examples.insert(name.value.as_str().into(), found).is_some() {
                    let message = format!("another topic is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        self.topic_names = examples.keys().cloned().collect();
        let count: usize = examples.values().map(Vec::len).sum();
        let many = count > EXAMPLES_MAX || examples.len() > TOPICS_MAX;
        if let Some((file, span)) = places.values().next().cloned().filter(|_| many) {
            let message = format!("{} topics with {count} examples are too many", examples.len());
            let help = format!("at most {TOPICS_MAX} topics with {EXAMPLES_MAX} examples");
            self.problems.push(Problem { file, ..Problem::error(span, message).help(help) });
        }
        if self.problems.len() > before && self.problems[before..].iter().any(is_error) {
            return None;
        }
        if examples.is_empty() {
            return Some(None);
        }
        let names: Vec<Arc<str>> = examples.keys().cloned().collect();
        let examples: Vec<(usize, Arc<str>)> = examples
            .into_values()
            .enumerate()
            .flat_map(|(topic, texts)| texts.into_iter().map(move |text| (topic, text)))
            .collect();
        let borrowed: Vec<(usize, &str)> =
            examples.iter().map(|(topic, text)| (*topic, &**text)).collect();
        match TopicModel::train(names.len(), &borrowed) {
            Ok(model) => Some(Some(Topics { names, model, examples })),
            Err(few) => {
                let name = &names[few.class];
                let (file, span) = places.remove(name).unwrap_or_default();
                let count = match few.usable {
                    0 => "no example with a word".to_owned(),
                    1 => "only one example with a word of its own".to_owned(),
                    many => format!("only {many} examples with words of their own"),
                };
                let problem = Problem::error(span, format!("topic `{name}` has {count}"));
                let help = "it needs two that differ, better ten, as customers write them";
                self.problems.push(Problem { file, ..problem.help(help) });
                None
            }
        }
    }

    /// The examples of one topic or class, from the file and from the one it names.
    pub(super) fn examples(
        &mut self,
        what: &str,
        name: &Located<String>,
        spec: &TopicSpec,
        file: &SourceFile,
    ) -> Vec<Arc<str>> {
        let mut examples: Vec<Arc<str>> = Vec::new();
        for example in &spec.examples {
            if example.value.trim().is_empty() || example.value.chars().count() > EXAMPLE_CHARS_MAX
            {
                let help = format!("an example has 1 to {EXAMPLE_CHARS_MAX} characters");
                self.error_with_help(
                    example.span.clone(),
                    "this example is empty or too long",
                    help,
                );
            }
            examples.push(example.value.as_str().into());
        }
        if let Some(path) = &spec.file {
            let folder = file.name.as_deref().and_then(|name| name.rsplit_once('/'));
            let path = resolve(folder.map_or("", |(folder, _)| folder), &path.value);
            let lines = self.sources.lines(&path).map(|(_, line)| line.trim());
            // A line that begins with `#` is a comment.
            let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
            let cut = |line: &str| line.chars().take(EXAMPLE_CHARS_MAX).collect::<String>();
            examples.extend(lines.map(|line| cut(line).into()));
        }
        if examples.len() < 2 && self.sources.problems.is_empty() {
            let message = format!("{what} `{}` has fewer than two examples", name.value);
            let help = "add `examples = [\"...\", \"...\"]`, ten or more, as customers write them";
            self.error_with_help(name.span.clone(), message, help);
        } else if examples.len() < FEW_EXAMPLES {
            let message = format!("{what} `{}` has only {} examples", name.value, examples.len());
            let help = "it will recognise little: give it ten or more, as customers write them";
            let problem = Problem::warning(name.span.clone(), message).help(help);
            self.report(problem.code("few-examples"));
        }
        examples
    }
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == crate::Severity::Error
}
