//! zen: an expression for each rule, run one after the other until one says yes.
//!
//! This is the expression language of zen-engine without the graph around it. A decision table of
//! zen-engine compiles its cells to the same instructions and puts its own work on top.

use engine::Subject;
use serde_json::json;
use zen_expression::expression::Standard;
use zen_expression::variable::Variable;
use zen_expression::vm::VM;
use zen_expression::{Expression, Scope, compile_expression};

use crate::condition::{Condition, Rule};
use crate::prepared::{needle, prepared};
use crate::{Peer, attribute, language, orders};

/// All rules, compiled, and the machine that runs them.
pub struct ZenExpressions {
    expressions: Vec<Expression<Standard>>,
    machine: VM,
}

impl ZenExpressions {
    /// Compiles the rules.
    ///
    /// # Panics
    ///
    /// If one is not an expression.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let expressions = rules.iter().map(|rule| {
            let source = source(&rule.when);
            compile_expression(&source).unwrap_or_else(|error| panic!("{source}: {error}"))
        });
        Self { expressions: expressions.collect(), machine: VM::new() }
    }
}

impl Peer for ZenExpressions {
    fn choose(&mut self, subject: &Subject) -> Option<usize> {
        let variables = json!({
            "text": prepared(&subject.text),
            "language": language(subject),
            "tier": attribute(subject, "tier"),
            "orders": orders(subject),
        });
        let scope = Scope::new(variables.into());
        let Self { expressions, machine } = self;
        expressions.iter().position(|it| match it.evaluate_with_scope(&scope, machine) {
            Ok(Variable::Bool(holds)) => holds,
            other => panic!("a condition holds or not: {other:?}"),
        })
    }
}

fn source(condition: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(source).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::None(parts) => format!("(not {})", joined(parts, " or ")),
        Condition::Words(words) => {
            let words: Vec<String> =
                words.iter().map(|it| format!("contains(text, \"{}\")", needle(it))).collect();
            format!("({})", words.join(" or "))
        }
        Condition::Language(tag) => format!("language == \"{tag}\""),
        Condition::Tier(tier) => format!("tier == \"{tier}\""),
        Condition::OrdersAtLeast(bound) => format!("orders >= {bound}"),
        Condition::OrdersAtMost(bound) => format!("orders <= {bound}"),
    }
}
