//! The README's table of operations is the one that routes. `UPDATE_EXPECT=1` rewrites it.

use std::fmt::Write as _;
use std::path::Path;

use mock_intercom::{ApiVersion, Operation, Permission, Tier, operations};

const BEGIN: &str = "<!-- operations: written by tests/it/readme.rs -->\n";
const END: &str = "<!-- end of operations -->\n";

fn row(table: &mut String, operation: &Operation) {
    let newest = operation.until_version() == ApiVersion::PREVIEW;
    let oldest = operation.is_in("2.0".parse().expect("2.0 is a version"));
    let versions = match (oldest, newest) {
        (true, true) => "all".to_owned(),
        (true, false) => format!("to {}", operation.until_version()),
        (false, true) => format!("from {}", operation.since_version()),
        (false, false) => {
            format!("{} to {}", operation.since_version(), operation.until_version())
        }
    };
    writeln!(
        table,
        "| `{} {}` | `{}` | {} | {versions} | {} |",
        operation.method(),
        operation.path(),
        operation.id(),
        operation.tier().as_str(),
        operation.permission().map_or("any token", Permission::as_str),
    )
    .expect("writing to a string succeeds");
}

fn table() -> String {
    let mut table = "| call | operation | tier | versions | permission |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- |\n");
    operations().for_each(|operation| row(&mut table, operation));
    let count = |tier| operations().filter(|operation| operation.tier() == tier).count();
    let (stateful, seeded) = (count(Tier::Stateful), count(Tier::Seeded));
    writeln!(table, "\n{stateful} stateful, {seeded} seeded.").expect("as above");
    table
}

#[test]
fn the_readme_lists_the_operations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).expect("the README has the table's first mark") + BEGIN.len();
    let end = text.find(END).expect("the README has the table's last mark");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let updated = format!("{}{}{}", &text[..begin], table(), &text[end..]);
        std::fs::write(&path, updated).unwrap();
        return;
    }
    let is_true = text[begin..end] == table();
    assert!(
        is_true,
        "the README's table is not the operations: run the tests with UPDATE_EXPECT=1"
    );
}
