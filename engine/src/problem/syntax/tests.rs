use toml::de::DeTable;

use super::*;

/// Broken TOML, what is marked in it, what is wrong, and what would be right.
#[track_caller]
fn check(source: &str, marked: &str, message: &str, help: &str) {
    let (_, errors) = DeTable::parse_recoverable(source);
    let problem = Problem::from_syntax(source, &errors).expect(source);
    let told = (
        source.get(problem.span.clone()).unwrap_or("?"),
        problem.message.as_str(),
        problem.help.as_deref().unwrap_or_default(),
    );
    assert_eq!(told, (marked, message, help), "{source}");
}

#[test]
fn quotes() {
    let open = "this text has no closing quote";
    check("a = \"b\nc = 1\n", "\"b", open, "end it with `\"`");
    check("a = 'b\n", "'b", open, "end it with `'`");
    check("a = [\"b\", \"c]\nd = 1\n[e]\n", "\"c]", open, "end it with `\"`");
    check("a = [\n  \"b\", # it's\n  \"c,\n]\n", "\"c,", open, "end it with `\"`");
    check("a = \"\"\"b\nc = 1\n", "\"\"\"b", open, "end it with `\"\"\"`");
    let help = "a text stands between two quotes: `\"one\"`, or `[\"one\", \"two\"]`";
    check("a = [\"b, \"c\"]\n", "", "a quote is missing in this line", help);
    check("a = b\n", "b", "this text has no quotes", "write `\"b\"`");
    let help = "write straight ones: `\"b\"`";
    check("a = “b”\n", "“b”", "these are not the quotes of TOML", help);
}

#[test]
fn values() {
    let help = "write one after `=`: a text in quotes, a number, `true`, `false`, or a list";
    check("a = \nb = 1\n", "", "the value is missing", help);
    check("a = 1O\n", "1O", "`1O` is no number", "write digits, or `\"1O\"` if it is a text");
    let help = "write `true`, or `\"yes\"` if it is a text";
    check("a = yes\n", "yes", "`yes` cannot stand here without quotes", help);
    let help = "write `\\\\d`, or put the whole text in single quotes, where a backslash is a \
                backslash";
    check("a = \"\\d+\"\n", "\\d", "`\\d` stands for nothing in double quotes", help);
}

#[test]
fn lists_tables_and_headings() {
    let list = "this list is not closed";
    check("a = [\"b\", \"c\"\n\n[d]\n", "[", list, "end it with `]`");
    check("a = [\"b\", \"c\"\nd = 1\n", "[", list, "end it with `]`");
    let help = "put one between two values of a list";
    check("a = [\"b\" \"c\"]\n", "", "a comma is missing here", help);
    check("a = [{ b = 1 ]\n", "{", "this table is not closed", "end it with `}`");
    check("[a\nb = 1\n", "[a", "this heading is not closed", "end it with `]`");
    check("[[a]\nb = 1\n", "[[a]", "this heading is not closed", "end it with `]]`");
    check("[a.b c]\n", "[a.b c]", "this name needs quotes", "write `[a.\"b c\"]`");
}

#[test]
fn keys() {
    check("a \"b\"\n", "a", "`a` is not followed by `=`", "write `a = \"b\"`");
    check("a: \"b\"\n", "a", "`a` is not followed by `=`", "write `a = \"b\"`");
    let help = "without quotes a key has letters from a to z, digits, `-` and `_`";
    check("é = 1\n", "é", "this key needs quotes", help);
    check("a = 1\na = 2\n", "a", "`a` is said twice", "take one of the two lines out");
    let help = "put everything about it into one section";
    check("[a.b]\n[a.b]\n", "b", "`b` is said twice", help);
    let help = "a line has one key and one value; several values stand in a list: \
                `[\"one\", \"two\"]`";
    check("a = \"b\" \"c\"\n", "", "this is too much for one line", help);
}

#[test]
fn every_cut_of_a_file_is_told_without_a_panic() {
    let source =
        "a = \"é\\\"\"\nb = ['x', \"\"\"\ny\"\"\"] # \"z\n[c.\"d\"]\ne = { f = 1, g = [2] }\n";
    for end in (0..source.len()).filter(|end| source.is_char_boundary(*end)) {
        let cut = &source[..end];
        let (_, errors) = DeTable::parse_recoverable(cut);
        assert_eq!(Problem::from_syntax(cut, &errors).is_some(), !errors.is_empty(), "{cut}");
    }
}
