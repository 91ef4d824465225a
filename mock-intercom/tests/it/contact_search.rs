//! `POST /contacts/search`: every operator, nesting, limits, order, pages and errors.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::START;
use crate::desk::{Desk, text};

const SEARCH: &str = "/contacts/search";

fn filter(field: &str, operator: &str, value: Value) -> Value {
    json!({"field": field, "operator": operator, "value": value})
}

fn names(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().map(|found| text(&found["name"])).collect()
}

/// Ana, a user; Ben, a lead, the day after; Cho, a user, another day later.
fn desk() -> Desk {
    let mut desk = Desk::new("2.16");
    for (at, body) in [
        (
            0,
            json!({
                "name": "Ana", "email": "ana@x.org", "external_id": "1", "phone": "+351",
                "owner_id": 101, "unsubscribed_from_emails": true, "signed_up_at": 1_768_000_000,
                "custom_attributes": {"plan": "pro", "seats": 3},
            }),
        ),
        (86_400, json!({"name": "Ben", "role": "lead", "email": "ben@y.org"})),
        (172_800, json!({"name": "Cho", "email": "cho@x.org", "owner_id": 102})),
    ] {
        desk.now = START + Duration::from_secs(at);
        desk.make(body);
    }
    desk.now = START + Duration::from_secs(200_000);
    desk
}

#[test]
fn every_operator_compares() {
    let mut desk = desk();
    let all = desk.ok("GET", "/contacts", Value::Null);
    let ana = text(&all["data"][0]["id"]).to_owned();
    let tag = desk.ok("POST", "/tags", json!({"name": "vip", "users": [{"id": ana}]}));
    let tag = tag["id"].clone();
    let day = START.as_seconds();
    let mut check = |field: &str, operator: &str, value: Value, expected: &[&str]| {
        let body = json!({"query": filter(field, operator, value)});
        let answer = desk.ok("POST", SEARCH, body.clone());
        let mut found = names(&answer);
        found.reverse();
        assert_eq!(found, expected, "{body}");
        assert_eq!(
            (&answer["type"], &answer["total_count"]),
            (&json!("list"), &json!(found.len()))
        );
    };
    check("id", "=", json!(ana), &["Ana"]);
    check("id", "!=", json!(ana), &["Ben", "Cho"]);
    check("role", "=", json!("lead"), &["Ben"]);
    check("email", "=", json!("ana@x.org"), &["Ana"]);
    check("email", "IN", json!(["ana@x.org", "ben@y.org"]), &["Ana", "Ben"]);
    check("email", "NIN", json!(["ana@x.org", "ben@y.org"]), &["Cho"]);
    check("email", "~", json!("@x."), &["Ana", "Cho"]);
    check("email", "!~", json!("@x."), &["Ben"]);
    check("email", "^", json!("an"), &["Ana"]);
    check("email", "$", json!("y.org"), &["Ben"]);
    check("email_domain", "=", json!("x.org"), &["Ana", "Cho"]);
    check("external_id", "=", json!(1), &["Ana"]);
    check("phone", "=", Value::Null, &["Ben", "Cho"]);
    check("formatted_phone", "!=", Value::Null, &["Ana"]);
    check("owner_id", ">", json!(101), &["Cho"]);
    check("owner_id", ">=", json!("101"), &["Ana", "Cho"]);
    check("owner_id", "<", json!(102), &["Ana"]);
    check("owner_id", "<=", json!(102), &["Ana", "Cho"]);
    check("owner_id", "=", Value::Null, &["Ben"]);
    check("unsubscribed_from_emails", "=", json!(true), &["Ana"]);
    check("has_hard_bounced", "=", json!(false), &["Ana", "Ben", "Cho"]);
    check("browser", "=", Value::Null, &["Ana", "Ben", "Cho"]);
    check("tag_id", "=", tag.clone(), &["Ana"]);
    check("tag_id", "!=", tag, &["Ben", "Cho"]);
    check("segment_id", "=", json!("6762f0b21bb69f9f2193bb65"), &[]);
    check("custom_attributes.plan", "=", json!("pro"), &["Ana"]);
    check("custom_attributes.plan", "!=", json!("pro"), &["Ben", "Cho"]);
    check("custom_attributes.seats", "=", json!("3"), &["Ana"]);
    // By the days of Dublin: whatever hour is given, and none of the day itself beyond `=`.
    check("created_at", "=", json!(day + 600), &["Ana"]);
    check("created_at", ">", json!(day - 600), &["Ben", "Cho"]);
    check("created_at", "<", json!(day + 86_400 + 600), &["Ana"]);
    check("created_at", ">", json!((day + 86_400).to_string()), &["Cho"]);
    check("signed_up_at", "=", json!(day), &["Ana"]);
    check("last_seen_at", ">", json!(0), &[]);
}

/// In summer Dublin is an hour ahead: 23:30 UTC is tomorrow there.
#[test]
fn days_are_those_of_the_workspace() {
    let mut desk = Desk::new("2.16");
    let seconds = |text: &str| mock_intercom::Moment::from_date(text).unwrap();
    let mut check = |made: &str, asked: &str, expected: usize| {
        desk.now = seconds(made);
        let id = desk.make(json!({"role": "lead"}));
        let of_it = filter("id", "=", json!(id));
        let on_day = filter("created_at", "=", json!(seconds(asked).as_seconds()));
        let both = json!({"query": {"operator": "AND", "value": [of_it, on_day]}});
        assert_eq!(desk.ok("POST", SEARCH, both)["total_count"], expected, "{made} {asked}");
    };
    check("2026-02-01T23:30:00Z", "2026-02-01T00:00:00Z", 1);
    check("2026-07-01T22:30:00Z", "2026-07-01T12:00:00Z", 1);
    check("2026-07-01T23:30:00Z", "2026-07-01T12:00:00Z", 0);
    check("2026-07-01T23:30:01Z", "2026-07-02T12:00:00Z", 1);
}

#[test]
fn filters_are_nested() {
    let mut desk = desk();
    let mut check = |query: Value, expected: &[&str]| {
        let answer = desk.ok("POST", SEARCH, json!({"query": query}));
        assert_eq!(names(&answer), expected, "{query}");
    };
    let [user, at_x, ana, ben] = [
        filter("role", "=", json!("user")),
        filter("email", "$", json!("x.org")),
        filter("name", "=", json!("Ana")),
        filter("name", "=", json!("Ben")),
    ];
    let group = |operator: &str, all: &[&Value]| json!({"operator": operator, "value": all});
    check(group("AND", &[&user, &at_x]), &["Cho", "Ana"]);
    check(group("AND", &[&user, &ben]), &[]);
    check(group("OR", &[&ana, &ben]), &["Ben", "Ana"]);
    let either = group("OR", &[&ana, &ben]);
    check(group("AND", &[&either, &at_x]), &["Ana"]);
    check(group("OR", &[&group("AND", &[&user, &ana]), &ben]), &["Ben", "Ana"]);
    check(group("AND", &[&user; 15]), &["Cho", "Ana"]);
}

#[test]
fn searches_that_make_no_sense() {
    let mut desk = desk();
    let mut check = |body: Value, expected: &str| {
        let refused = desk.refused("POST", SEARCH, body.clone());
        assert!(refused.starts_with(expected), "{body}: {refused}");
    };
    let lead = filter("role", "=", json!("lead"));
    let query = |query: Value| json!({"query": query});
    check(json!({}), "400 parameter_not_found: query");
    check(query(json!({"field": "role"})), "400 parameter_not_found: operator");
    check(query(json!({"field": "role", "operator": "="})), "400 parameter_not_found: value");
    check(query(json!({"operator": "=", "value": 1})), "400 parameter_not_found: field");
    let group = |all: Value| json!({"operator": "AND", "value": all});
    check(query(group(json!(1))), "400 parameter_invalid");
    check(query(group(json!([]))), "400 parameter_invalid");
    check(query(group(json!(vec![&lead; 16]))), "400 parameter_invalid");
    let deep = group(json!([group(json!([group(json!([lead]))]))]));
    check(query(deep), "400 parameter_invalid: at most 2 levels");
    check(query(filter("colour", "=", json!("x"))), "400 parameter_invalid: 'colour'");
    check(query(filter("custom_attributes.", "=", json!("x"))), "400 parameter_invalid");
    check(query(filter("role", "==", json!("lead"))), "400 parameter_invalid: operator");
    check(query(filter("role", ">", json!("lead"))), "400 parameter_invalid: role");
    check(query(filter("role", "IN", json!("lead"))), "400 parameter_invalid");
    check(query(filter("role", "=", json!(true))), "400 parameter_invalid");
    check(query(filter("owner_id", "~", json!(1))), "400 parameter_invalid");
    check(query(filter("unsubscribed_from_emails", "=", json!(1))), "400 parameter_invalid");
    // What the description names: days take three operators, tags two, and dates are no texts.
    for operator in ["!=", ">=", "<=", "IN", "NIN", "~"] {
        let expected =
            format!("400 parameter_invalid: created_at does not take the operator '{operator}'");
        check(query(filter("created_at", operator, json!(1))), &expected);
    }
    for operator in ["IN", "NIN", "~", ">"] {
        let expected =
            format!("400 parameter_invalid: tag_id does not take the operator '{operator}'");
        check(query(filter("tag_id", operator, json!("1"))), &expected);
    }
    check(query(filter("created_at", "=", json!("foorbar"))), "400 parameter_invalid: the value");
    let sorted = |sort: Value| json!({"query": lead, "sort": sort});
    check(sorted(json!("created_at")), "400 parameter_invalid");
    check(sorted(json!({"field": "colour"})), "400 parameter_invalid");
    let message = "400 invalid_sort_order: Invalid sort order 'desc'. Must be one of: ascending, \
                   descending";
    check(sorted(json!({"field": "created_at", "order": "desc"})), message);
    let paged = |pagination: Value| json!({"query": lead, "pagination": pagination});
    check(paged(json!({"per_page": 0})), "400 parameter_invalid");
    check(paged(json!({"per_page": 151})), "400 parameter_invalid");
    check(paged(json!(1)), "400 parameter_invalid");
    check(paged(json!({"starting_after": "nonsense"})), "400 client_error");
}

#[test]
fn results_come_in_the_order_asked_for_page_by_page() {
    let mut desk = desk();
    desk.make(json!({"name": "Dan", "external_id": "4"}));
    let everyone = filter("created_at", ">", json!(0));
    let mut check = |sort: Value, expected: [&str; 4]| {
        let (mut seen, mut after, mut page) = (Vec::new(), Value::Null, 0);
        loop {
            page += 1;
            let pagination = json!({"per_page": 3, "starting_after": after});
            let body = json!({"query": everyone, "sort": sort, "pagination": pagination});
            let answer = desk.ok("POST", SEARCH, body);
            let pages = &answer["pages"];
            assert_eq!((&answer["total_count"], &pages["page"]), (&json!(4), &json!(page)));
            assert_eq!((&pages["per_page"], &pages["total_pages"]), (&json!(3), &json!(2)));
            seen.extend(names(&answer).into_iter().map(str::to_owned));
            match pages.get("next") {
                Some(next) => after = next["starting_after"].clone(),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{sort}");
    };
    check(Value::Null, ["Dan", "Cho", "Ben", "Ana"]);
    check(json!({"field": "created_at"}), ["Dan", "Cho", "Ben", "Ana"]);
    check(json!({"field": "created_at", "order": "ascending"}), ["Ana", "Ben", "Cho", "Dan"]);
    check(json!({"field": "name", "order": "descending"}), ["Dan", "Cho", "Ben", "Ana"]);
    // Those with nothing in the field come last, either way.
    check(json!({"field": "email", "order": "ascending"}), ["Ana", "Ben", "Cho", "Dan"]);
    check(json!({"field": "email", "order": "descending"}), ["Cho", "Ben", "Ana", "Dan"]);
    let other = json!({"query": everyone, "pagination": {"per_page": 1}});
    let cursor = desk.ok("POST", SEARCH, other)["pages"]["next"]["starting_after"].clone();
    let sort = json!({"field": "name"});
    let pagination = json!({"starting_after": cursor});
    let body = json!({"query": everyone, "sort": sort, "pagination": pagination});
    let refused = desk.refused("POST", SEARCH, body);
    assert!(refused.starts_with("400 client_error"), "a cursor of another order: {refused}");
}

#[test]
fn neither_the_archived_nor_the_merged_are_found() {
    let mut desk = desk();
    let ids = |answer: &Value| -> Vec<String> {
        answer["data"].as_array().unwrap().iter().map(|it| text(&it["id"]).to_owned()).collect()
    };
    let everyone = json!({"query": filter("created_at", ">", json!(0))});
    let all = desk.ok("POST", SEARCH, everyone.clone());
    let [cho, ben, ana] = &ids(&all)[..] else { panic!("there are three: {all}") };
    let merge = json!({"from": ben, "into": ana, "skip_duplicate_validation": true});
    desk.ok("POST", "/contacts/merge", merge);
    desk.ok("POST", &format!("/contacts/{cho}/archive"), Value::Null);
    assert_eq!(names(&desk.ok("POST", SEARCH, everyone.clone())), ["Ana"]);
    desk.ok("POST", &format!("/contacts/{cho}/unarchive"), Value::Null);
    assert_eq!(names(&desk.ok("POST", SEARCH, everyone)), ["Cho", "Ana"]);
}

/// The tables "Accepted Fields" of Intercom's OpenAPI descriptions, where they are at hand.
#[test]
fn takes_every_field_of_the_description() {
    let mut desk = Desk::new("2.16");
    for version in ["2.14", "2.16"] {
        let fields = crate::search::accepted_fields(version, "SearchContacts");
        for field in fields {
            desk.ok("POST", SEARCH, json!({"query": filter(&field, "=", Value::Null)}));
        }
    }
}
