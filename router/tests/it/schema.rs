//! The JSON Schema of rules files: it is current, and it says what the router says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What the schema finds wrong in a rules file.
fn mistakes(rules: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(&engine::json_schema()).unwrap();
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is one");
    let rules: toml::Table = rules.parse().unwrap();
    let rules = serde_json::to_value(rules).unwrap();
    validator.iter_errors(&rules).map(|it| format!("{}: {it}", it.instance_path())).collect()
}

/// `UPDATE_EXPECT=1 cargo test -p router` writes it anew.
#[test]
fn the_schema_in_the_repository_is_current() {
    expect_file!["../../../schemas/rules.schema.json"].assert_eq(&engine::json_schema());
}

#[test]
fn every_rules_file_of_the_project_names_the_schema_and_keeps_to_it() {
    let mut files = vec![root().join("router/rules.example.toml")];
    let mut folders = vec![root().join("scenarios/rules")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(kind) if kind == "toml" => files.push(path),
                _ => {}
            }
        }
    }
    assert!(files.len() > 4, "{files:?}");
    for path in files {
        let rules = std::fs::read_to_string(&path).unwrap();
        assert_eq!(mistakes(&rules), [] as [String; 0], "{}", path.display());
        let hint = rules.lines().next().and_then(|line| line.strip_prefix("#:schema "));
        let schema = path.parent().unwrap().join(hint.expect("the first line names the schema"));
        assert!(schema.exists(), "{} names {}", path.display(), schema.display());
    }
}

/// The keys of assignment that the schema knows, and all that a file has.
#[test]
fn the_example_of_assignment_uses_every_key() {
    let schema: Value = serde_json::from_str(&engine::json_schema()).unwrap();
    let text = std::fs::read_to_string(root().join("scenarios/rules/assignment.toml")).unwrap();
    let rules: toml::Table = text.parse().unwrap();
    let mut used = BTreeSet::new();
    collect_keys(&serde_json::to_value(rules).unwrap(), &mut used);
    let structures = [
        "Team",
        "Requirement",
        "Overflow",
        "NoAnswer",
        "Sharing",
        "Teammate",
        "Teammates",
        "Ramp",
        "ReplyWindow",
        "Fallback",
        "AfterHours",
        "Release",
        "Api",
    ];
    for structure in structures {
        let keys = schema["$defs"][structure]["properties"].as_object().expect(structure);
        let unused: Vec<&String> = keys.keys().filter(|key| !used.contains(*key)).collect();
        assert_eq!(unused, [] as [&String; 0], "{structure}");
    }
    let ways = schema["$defs"]["Team"]["properties"]["distribution"]["enum"].as_array().unwrap();
    for way in ways {
        assert!(text.contains(&format!("distribution = {way}")), "{way}");
    }
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                keys.insert(key.clone());
                collect_keys(value, keys);
            }
        }
        Value::Array(list) => list.iter().for_each(|it| collect_keys(it, keys)),
        _ => {}
    }
}

const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
channel.settle_for = "10s"
channel.reply_window = { lasts = "2d", messages = 5, rise = "90m" }
language.among = ["en", "es"]
text.accents = "optional"
topic.complaint.examples = ["it is broken", "my money back"]
attributes.contact = { orders = "number", plan = ["free", "pro"] }
hours.office = { weekdays = ["9:00-18:00"], saturday = [], holidays = ["2026-12-25"] }
team.sales = { intercom_team = 1, hours = "office", distribution = "balanced" }
team.care = { intercom_team = 2, inbox = "when_waiting", require = [{ language = true, until = "5m" }], overflow = [{ to = "sales", after = "10m" }, { to = "sales", waiting = 50 }], no_answer = { within = "15m", bounces = 0 }, sharing = { by = "language", weights = { es = 2 } }, sticky = "14d" }
teammate.ana = { intercom_admin = 7, shift = "office", time_off = ["2026-12-24", "2026-12-27..2026-12-31"], limit_in = { care = 2 }, helps_in = "care", weight = 0.5, languages = "es", skills = ["returns"] }
teammates = { away_grace = "1m", ramp = { per_minute = 6 } }
fallback.assign = ["sales"]
fallback.after = "30m"
after_hours.acknowledge = { es = "Hola", und = "Hello" }
api.look_after = "5m"

[[rule]]
name = "all"
assign = "sales"
priority = "high"
tags = ["vip"]
set = { stage = "lead", score = 3, hot = true }
when.any = [
    { text = ["price"] },
    { text = { any = ["pay"], none = ["x"], stem = "en", regex = "a+" } },
    { text.near = { words = ["my", "order"], within = 3 } },
    { language = "es", country = ["US", "MX"], attachment = "none", messages = 1 },
    { language = { any = ["es"], at_least = 0.8 }, topic = "complaint", contact_is = "new" },
    { contact = { orders = { at_least = 3 }, plan = ["free"] }, share = 0.1 },
    { weekday = "weekend", time = ["22:00-06:00", "12:00-24:00"], messages = { at_most = 3 } },
    { queue = { team = "sales", waiting = { more_than = 5 }, oldest_at_least = "10m" } },
]
"#;

/// Replaces `right` by `wrong` and expects the router and the schema to refuse it.
#[track_caller]
fn refused(right: &str, wrong: &str) {
    assert!(RULES.contains(right), "{right}");
    let rules = RULES.replacen(right, wrong, 1);
    assert!(engine::Policy::from_toml(&rules).is_err(), "the router takes {wrong}");
    assert_ne!(mistakes(&rules), [] as [String; 0], "the schema takes {wrong}");
}

#[test]
fn what_the_router_takes_keeps_to_the_schema() {
    engine::Policy::from_toml(RULES).unwrap();
    assert_eq!(mistakes(RULES), [] as [String; 0]);
    let printed = engine::Policy::from_toml(RULES).unwrap().0.to_toml();
    assert_eq!(mistakes(&printed), [] as [String; 0], "{printed}");
}

#[test]
fn what_the_schema_refuses_the_router_refuses() {
    refused("assign = \"sales\"", "asign = \"sales\"");
    refused("{ text = [\"price\"] }", "{ txet = [\"price\"] }");
    refused("[[rule]]", "[[rules]]");
    refused("intercom_team = 1", "intercom_team = \"1\"");
    refused("intercom_team = 1", "intercom_team = 0");
    refused("\"balanced\"", "\"round-robin\"");
    refused("\"optional\"", "\"never\"");
    refused("[\"en\", \"es\"]", "[\"english\", \"es\"]");
    refused("\"9:00-18:00\"", "\"9-18\"");
    refused("\"9:00-18:00\"", "\"09:00-24:30\"");
    refused("\"2026-12-25\"", "\"2026-12-32\"");
    refused("\"10s\"", "\"10\"");
    refused("\"number\"", "\"numbre\"");
    refused("priority = \"high\"", "priority = \"urgent\"");
    refused("contact_is = \"new\"", "contact_is = \"old\"");
    refused("attachment = \"none\"", "attachment = \"photo\"");
    refused("weekday = \"weekend\"", "weekday = \"caturday\"");
    refused("[\"US\", \"MX\"]", "[\"USA\"]");
    refused("stem = \"en\"", "stem = \"klingon\"");
    refused("at_least = 0.8", "at_least = 80");
    refused("share = 0.1", "share = 10");
    refused("[\"my\", \"order\"]", "[\"my\"]");
    refused("messages = 5,", "messages = 0,");
    refused("lasts = \"2d\"", "last = \"2d\"");
    refused("\"when_waiting\"", "\"never\"");
    refused("{ language = true, ", "{ language = false, ");
    refused("{ language = true, ", "{ language = true, skill = \"x\", ");
    refused("{ language = true, until", "{ until");
    refused("waiting = 50", "waiting = 0");
    refused("waiting = 50", "waiting = 50, after = \"20m\"");
    refused("{ to = \"sales\", waiting = 50 }", "{ to = \"sales\" }");
    refused("bounces = 0", "bounces = 21");
    refused("by = \"language\"", "by = \"topic\"");
    refused("weights = { es = 2 }", "weights = { es = 0 }");
    refused("\"2026-12-24\"", "\"24.12.\"");
    refused("\"2026-12-24\"", "\"2026-12-24-2026-12-25\"");
    refused("limit_in = { care = 2 }", "limit_in = { care = 0 }");
    refused("weight = 0.5", "weight = 0.005");
    refused("ramp = { per_minute = 6 }", "ramp = true");
    refused("ramp = { per_minute = 6 }", "ramp = { per_minute = 0 }");
    refused("\"Hola\"", "\"\"");
    refused("look_after = \"5m\"", "look_after = 5");
    let calm = RULES.replace("ramp = { per_minute = 6 }", "ramp = false");
    engine::Policy::from_toml(&calm).unwrap();
    assert_eq!(mistakes(&calm), [] as [String; 0]);
}

/// What would leave a section there without the key that makes it one.
const AFTER_CHANNEL: &str = "channel.settle_for = \"10s\"\nchannel.reply_window = { lasts = \"2d\", \
                             messages = 5, rise = \"90m\" }\n";
const AFTER_FALLBACK: &str = "fallback.after = \"30m\"\n";

#[test]
fn a_main_file_needs_more_than_one_to_be_included() {
    assert_eq!(mistakes("[[rule]]\nname = \"a\"\nassign = \"b\"\nwhen.text = [\"c\"]"), [""; 0]);
    for key in [
        "version = 1\n",
        "channel.any = [{ tag = \"tiktok\" }]\n",
        "fallback.assign = [\"sales\"]\n",
    ] {
        assert_eq!(
            mistakes(
                &RULES.replacen(key, "", 1).replace(AFTER_CHANNEL, "").replace(AFTER_FALLBACK, "")
            )
            .len(),
            1,
            "{key}"
        );
    }
    let is_team = |line: &&str| line.starts_with("team.");
    let without: String =
        RULES.lines().filter(|line| !is_team(line)).map(|line| format!("{line}\n")).collect();
    assert_eq!(mistakes(&without).len(), 1);
    let including = without.replace("version = 1", "version = 1\ninclude = [\"teams.toml\"]");
    assert_eq!(mistakes(&including), [] as [String; 0], "an included file may have them");
}
