//! CEL: a program for each rule, run one after the other until one says yes.

use cel::objects::Value;
use cel::{Context, Program};
use engine::Subject;

use crate::condition::{Condition, Rule};
use crate::prepared::{needle, prepared};
use crate::{Peer, attribute, language, orders};

/// All rules, compiled, and the functions of the language, which are set up once.
pub struct CelPrograms {
    programs: Vec<Program>,
    functions: Context<'static, 'static>,
}

impl CelPrograms {
    /// Compiles the rules.
    ///
    /// # Panics
    ///
    /// If one is not CEL.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let programs = rules.iter().map(|rule| {
            let source = source(&rule.when);
            Program::compile(&source).unwrap_or_else(|error| panic!("{source}: {error}"))
        });
        Self { programs: programs.collect(), functions: Context::default() }
    }
}

impl Peer for CelPrograms {
    fn choose(&mut self, subject: &Subject) -> Option<usize> {
        let mut context = self.functions.new_inner_scope();
        context.add_variable_from_value("text", prepared(&subject.text));
        context.add_variable_from_value("language", language(subject).to_owned());
        context.add_variable_from_value("tier", attribute(subject, "tier").to_owned());
        context.add_variable_from_value("orders", orders(subject));
        self.programs.iter().position(|program| match program.execute(&context) {
            Ok(Value::Bool(holds)) => holds,
            other => panic!("a condition holds or not: {other:?}"),
        })
    }
}

fn source(condition: &Condition) -> String {
    let joined = |parts: &[Condition], sign: &str| {
        let parts: Vec<String> = parts.iter().map(source).collect();
        format!("({})", parts.join(sign))
    };
    match condition {
        Condition::All(parts) => joined(parts, " && "),
        Condition::Any(parts) => joined(parts, " || "),
        Condition::None(parts) => format!("!{}", joined(parts, " || ")),
        Condition::Words(words) => {
            let words: Vec<String> =
                words.iter().map(|it| format!("text.contains(\"{}\")", needle(it))).collect();
            format!("({})", words.join(" || "))
        }
        Condition::Language(tag) => format!("language == {tag:?}"),
        Condition::Tier(tier) => format!("tier == {tier:?}"),
        Condition::OrdersAtLeast(bound) => format!("orders >= {bound}"),
        Condition::OrdersAtMost(bound) => format!("orders <= {bound}"),
    }
}
