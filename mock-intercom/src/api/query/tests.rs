use serde_json::json;

use super::*;

#[derive(Clone, Copy, Debug)]
struct Only(Kind);

impl Field for Only {
    type Thing<'a> = &'a [Held<'a>];

    fn named(name: &str) -> Option<Self> {
        Some(Self(match name {
            "text" => Kind::Text,
            "words" => Kind::Words,
            "integer" => Kind::Integer,
            "assignee" => Kind::Assignee,
            "date" => Kind::Date,
            "flag" => Kind::Flag,
            _ => return None,
        }))
    }

    fn kind(&self) -> Kind {
        self.0
    }

    fn any(&self, thing: &[Held<'_>], test: &mut dyn FnMut(Held<'_>) -> bool) -> bool {
        thing.iter().any(|held| test(*held))
    }
}

fn read(field: &str, operator: &str, value: &Value) -> Result<Query<Only>, ApiError> {
    Query::read(&json!({"field": field, "operator": operator, "value": value}))
}

#[test]
fn operators_compare_as_described() {
    let check = |field: &str, held: &[Held<'_>], operator: &str, value: Value, expected: bool| {
        let found = read(field, operator, &value).unwrap().matches(held);
        assert_eq!(found, expected, "{field} {held:?} {operator} {value}");
    };
    let nothing = [Held::Nothing];
    let text = [Held::Text("Straße"), Held::Text("b7")];
    check("text", &text, "=", json!("b7"), true);
    check("text", &text, "=", json!("B7"), false);
    check("text", &text, "!=", json!("b7"), false);
    check("text", &text, "IN", json!(["x", "b7"]), true);
    check("text", &text, "NIN", json!(["x", "b7"]), false);
    check("text", &text, "NIN", json!([]), true);
    check("text", &text, "~", json!("raß"), true);
    check("text", &text, "!~", json!("raß"), false);
    check("text", &text, "^", json!("b"), true);
    check("text", &text, "^", json!("7"), false);
    check("text", &text, "$", json!("7"), true);
    check("text", &[Held::Text("7")], "=", json!(7), true);
    check("text", &nothing, "=", Value::Null, true);
    check("text", &nothing, "!=", json!("b7"), true);
    check("text", &nothing, "~", json!(""), false);
    let need = [Held::Text("I need SUPPORT, don't wait")];
    check("words", &need, "=", json!("support"), true);
    check("words", &need, "=", json!("need support"), false);
    check("words", &need, "=", json!("don't"), true);
    check("words", &need, "^", json!("Supp"), true);
    check("words", &need, "$", json!("port"), true);
    check("words", &need, "$", json!("supp"), false);
    check("words", &need, "~", json!("PPO"), true);
    check("words", &need, "!~", json!("zzz"), true);
    check("words", &[Held::Text("ΟΔΟΣ")], "=", json!("οδοσ"), true);
    check("integer", &[Held::Number(7)], ">", json!(7), false);
    check("integer", &[Held::Number(7)], ">=", json!("7"), true);
    check("integer", &[Held::Number(7)], "<", json!(8), true);
    check("integer", &nothing, "=", json!(0), false);
    check("integer", &nothing, "<", json!(8), false);
    check("date", &[Held::Number(7)], ">", json!(7), true);
    check("date", &[Held::Number(7)], "<", json!(7), true);
    check("date", &[Held::Number(7)], "<", json!(6), false);
    check("assignee", &nothing, "=", json!(0), true);
    check("assignee", &nothing, "IN", json!([5, 0]), true);
    check("assignee", &nothing, "<=", json!(0), false);
    check("flag", &[Held::Flag(true)], "=", json!("true"), true);
    check("flag", &[Held::Flag(true)], "!=", json!(true), false);
}

#[test]
fn filters_that_do_not_fit_are_refused() {
    let check = |field: &str, operator: &str, value: Value, part: &str| {
        let error = read(field, operator, &value).unwrap_err();
        assert!(format!("{error:?}").contains(part), "{field} {operator} {value}: {error:?}");
    };
    check("other", "=", json!(1), "'other' is not a field");
    check("text", "==", json!("x"), "AND, OR or one of");
    check("text", ">", json!("x"), "does not take the operator '>'");
    check("date", "~", json!("1"), "does not take");
    check("flag", "<", json!(true), "does not take");
    check("date", "=", json!("foobar"), "a date in Unix seconds");
    check("date", ">", Value::Null, "a date");
    check("integer", "=", json!(1.5), "an integer");
    check("flag", "=", json!("yes"), "a boolean");
    check("text", "=", json!(["x"]), "a string");
    check("text", "IN", json!("x"), "an array of strings");
    check("text", "IN", json!(vec!["x"; 1_001]), "at most 1000");
}
