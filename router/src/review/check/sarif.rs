//! The report in the Static Analysis Results Interchange Format, for code scanning.
//!
//! The crate serde-sarif has all of the format's hundred structures and brings its builders along;
//! the ten objects that stand here need no more than this file. Names and what is required are
//! from SARIF 2.1.0 (OASIS, 2020), section 3.

use engine::Severity;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Located, Report, codes};

/// What cannot stand in a path of a URI as it is (RFC 3986, section 3.3).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Report {
    /// A SARIF log with one run, with a line feed at its end.
    ///
    /// # Panics
    ///
    /// Never: the log is always JSON.
    #[must_use]
    pub fn as_sarif(&self) -> String {
        let rules: Vec<Value> = codes()
            .map(|(id, text)| json!({ "id": id, "shortDescription": { "text": text } }))
            .collect();
        let driver = json!({
            "name": "router check",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        });
        let results: Vec<Value> = self.located().map(|it| it.result()).collect();
        let log = json!({
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": driver },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        serde_json::to_string_pretty(&log).expect("the log is always JSON") + "\n"
    }
}

impl Located<'_> {
    fn result(&self) -> Value {
        let level = match self.problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let text = match &self.problem.help {
            Some(help) => format!("{}\n{help}", self.problem.message),
            None => self.problem.message.clone(),
        };
        let index = codes().position(|(id, _)| id == self.code);
        let uri = utf8_percent_encode(&self.file.replace('\\', "/"), PATH).to_string();
        json!({
            "ruleId": self.code,
            "ruleIndex": index,
            "level": level,
            "message": { "text": text },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri },
                    "region": {
                        "startLine": self.start.0,
                        "startColumn": self.start.1,
                        "endLine": self.end.0,
                        "endColumn": self.end.1,
                    },
                },
            }],
        })
    }
}
