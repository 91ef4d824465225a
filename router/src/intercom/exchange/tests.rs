use engine::{AttributeValue, ContactId, ContactProfile, ConversationId, PartId, Presence};

use super::*;

fn conversation() -> ConversationId {
    ConversationId::new("215")
}

fn to_team(look_first: bool) -> Action {
    Action::AssignTeam { conversation: conversation(), team: TeamId::new(5), look_first }
}

fn to_teammate(look_first: bool) -> Action {
    Action::AssignTeammate {
        conversation: conversation(),
        teammate: TeammateId::new(7),
        look_first,
    }
}

/// Plays an exchange: each answer is a status and a body, or nothing for a failure. Returns the
/// requests that were made, and the outcome.
fn play(action: Action, answers: &[(u16, &str)]) -> (Vec<String>, Outcome) {
    let mut exchange = Exchange::new(action, TeammateId::new(9));
    let mut requests = Vec::new();
    let mut answers = answers.iter();
    while let Some(HttpRequest { method, path, body, .. }) = exchange.next_request() {
        let body = body.map(|body| String::from_utf8(body).unwrap()).unwrap_or_default();
        requests.push(format!("{method} {path} {body}").trim_end().to_owned());
        match answers.next() {
            Some(&(status, body)) => {
                exchange.handle_response(HttpResponse {
                    status,
                    headers: vec![],
                    body: body.into(),
                });
            }
            None => exchange.handle_failure(TransportFailure::Timeout),
        }
    }
    (requests, exchange.finish().0)
}

#[track_caller]
fn check(action: Action, answers: &[(u16, &str)], requests: usize, expected: Outcome) {
    let (made, outcome) = play(action.clone(), answers);
    assert_eq!(outcome, expected, "{action:?} {answers:?}");
    assert_eq!(made.len(), requests, "{made:?}");
    assert!(made.len() <= action.requests() as usize, "more than the budget was charged for");
}

const OPEN: &str = r#"{"id":"215","created_at":1,"state":"open"}"#;
const DONE: &str = r#"{"id":"215","updated_at":1700000000,"conversation_parts":{"conversation_parts":[
    {"id":"300","part_type":"assign_and_reopen","assigned_to":{"type":"admin","id":"7"}}]}}"#;

fn assigned(part: Option<u64>) -> Outcome {
    let updated_at = part.map(|_| Timestamp::from_seconds(1_700_000_000));
    Outcome::Assigned { part: part.map(PartId::new), updated_at }
}

/// It was so before: the conversation does not say since when.
fn as_found() -> Outcome {
    Outcome::Assigned { part: None, updated_at: Some(Timestamp::EPOCH) }
}

fn unclear(status: Option<u16>) -> Outcome {
    Outcome::Unclear { status }
}

#[test]
fn requests_as_intercom_wants_them() {
    #[track_caller]
    fn check(action: Action, expected: &[&str]) {
        let answers = [(200, r#"{"admins":[]}"#), (200, r#"{"teams":[]}"#)];
        assert_eq!(play(action, &answers).0, expected);
    }
    check(
        to_team(false),
        &[
            r#"POST /conversations/215/parts {"message_type":"assignment","type":"team","admin_id":"9","assignee_id":"5"}"#,
        ],
    );
    check(
        to_teammate(false),
        &[
            r#"POST /conversations/215/parts {"message_type":"assignment","type":"admin","admin_id":"9","assignee_id":"7"}"#,
        ],
    );
    check(Action::FetchContact { contact: ContactId::new("6a") }, &["GET /contacts/6a"]);
    check(Action::FetchConversation { conversation: conversation() }, &["GET /conversations/215"]);
    check(Action::FetchRoster, &["GET /admins", "GET /teams"]);
}

#[test]
fn ids_cannot_leave_their_path_segment() {
    #[track_caller]
    fn check(id: &str, expected: &str) {
        let contact = ContactId::new(id);
        assert_eq!(play(Action::FetchContact { contact }, &[]).0, [expected]);
    }
    check("../admins?x=1#y", "GET /contacts/..%2Fadmins%3Fx%3D1%23y");
    check("a b%2Fc", "GET /contacts/a%20b%252Fc");
    check("..", "GET /contacts/%2E%2E%2E");
    check("é\r\n", "GET /contacts/%C3%A9%0D%0A");
}

#[test]
fn assignments() {
    check(to_teammate(false), &[(200, DONE)], 1, assigned(Some(300)));
    check(to_team(false), &[(200, OPEN)], 1, assigned(None));
    check(to_team(false), &[(200, "<html>")], 1, assigned(None));
    check(to_team(false), &[], 1, unclear(None));
}

#[test]
fn a_look_before_an_assignment() {
    let with = |fields: &str| format!(r#"{{"id":"215","created_at":1,{fields}}}"#);
    let seen = |body: &str| read_conversation(body.as_bytes()).unwrap();
    let ours = with(r#""admin_assignee_id":7,"team_assignee_id":5"#);
    let others = with(r#""admin_assignee_id":8"#);
    let our_team = with(r#""team_assignee_id":5"#);
    let closed = with(r#""state":"closed""#);
    let ours_closed = with(r#""state":"closed","admin_assignee_id":7"#);

    check(to_teammate(true), &[(200, OPEN), (200, DONE)], 2, assigned(Some(300)));
    check(to_teammate(true), &[(200, &our_team), (200, DONE)], 2, assigned(Some(300)));
    check(to_teammate(true), &[(200, &ours)], 1, as_found());
    check(to_teammate(true), &[(200, &ours_closed)], 1, as_found());
    let parts = r#""conversation_parts":{"conversation_parts":[
        {"id":"41","part_type":"comment"},{"id":"42","part_type":"assignment"},{"id":"43","part_type":"note"}]}"#;
    let told = with(&format!(r#""admin_assignee_id":7,{parts}"#));
    let found = Outcome::Assigned {
        part: Some(PartId::new(42)),
        updated_at: seen(&told).updated_at.into(),
    };
    check(to_teammate(true), &[(200, &told)], 1, found);
    check(to_teammate(true), &[(200, &others)], 1, Outcome::Superseded(seen(&others)));
    check(to_teammate(true), &[(200, &closed)], 1, Outcome::Superseded(seen(&closed)));

    check(to_team(true), &[(200, OPEN), (200, DONE)], 2, assigned(Some(300)));
    check(to_team(true), &[(200, &our_team)], 1, as_found());
    check(to_team(true), &[(200, &ours)], 1, Outcome::Superseded(seen(&ours)));
    check(to_team(true), &[(200, &closed)], 1, Outcome::Superseded(seen(&closed)));

    check(to_team(true), &[(404, "")], 1, Outcome::NotFound);
    check(to_team(true), &[(200, "{}")], 1, unclear(Some(200)));
    check(to_team(true), &[], 1, unclear(None));
    check(to_team(true), &[(200, OPEN), (429, "")], 2, Outcome::RateLimited);
    check(to_team(true), &[(200, OPEN)], 2, unclear(None));
}

fn tag(name: &str) -> Action {
    Action::AddTag { conversation: conversation(), tag: name.into() }
}

fn attributes() -> Action {
    let attributes = [
        ("VIP".into(), AttributeValue::Boolean(true)),
        ("Order".into(), AttributeValue::Integer(-1042)),
        ("Topic".into(), AttributeValue::Text("\"price\"".into())),
    ];
    Action::SetAttributes { conversation: conversation(), attributes: attributes.into() }
}

fn note(text: &str) -> Action {
    Action::WriteNote { conversation: conversation(), text: text.to_owned() }
}

fn reply(text: &str) -> Action {
    Action::Reply { conversation: conversation(), text: text.into() }
}

#[test]
fn annotations_as_intercom_wants_them() {
    #[track_caller]
    fn check(action: Action, expected: &[&str]) {
        let answers = [(200, r#"{"type":"tag","id":"86","name":"vip"}"#), (200, "{}")];
        assert_eq!(play(action, &answers).0, expected);
    }
    check(
        tag("a \"b\" <c>"),
        &[
            r#"POST /tags {"name":"a \"b\" <c>"}"#,
            r#"POST /conversations/215/tags {"id":"86","admin_id":"9"}"#,
        ],
    );
    check(
        attributes(),
        &[
            r#"PUT /conversations/215 {"custom_attributes":{"Order":-1042,"Topic":"\"price\"","VIP":true}}"#,
        ],
    );
    check(
        note("why: a < b\nteam: sales"),
        &[
            r#"POST /conversations/215/reply {"message_type":"note","type":"admin","admin_id":"9","body":"<p>why: a &lt; b<br>team: sales</p>"}"#,
        ],
    );
    check(
        reply("we answer < 9:00\nthanks & bye"),
        &[
            r#"POST /conversations/215/reply {"message_type":"comment","type":"admin","admin_id":"9","body":"<p>we answer &lt; 9:00<br>thanks &amp; bye</p>"}"#,
        ],
    );
}

#[test]
fn endpoints_name_no_ids() {
    #[track_caller]
    fn check(action: Action, expected: &[&str]) {
        let mut exchange = Exchange::new(action, TeammateId::new(9));
        let mut endpoints = Vec::new();
        while let Some(request) = exchange.next_request() {
            endpoints.push(request.endpoint);
            let body = br#"{"id":"86"}"#.to_vec();
            exchange.handle_response(HttpResponse { status: 200, headers: vec![], body });
        }
        assert_eq!(endpoints, expected);
    }
    check(tag("vip"), &["/tags", "/conversations/{id}/tags"]);
    check(attributes(), &["/conversations/{id}"]);
    check(note("x"), &["/conversations/{id}/reply"]);
    check(reply("x"), &["/conversations/{id}/reply"]);
}

#[test]
fn what_an_answer_says_about_an_annotation() {
    let known = r#"{"type":"tag","id":86,"name":"VIP"}"#;
    check(tag("vip"), &[(200, known), (200, "<html>")], 2, Outcome::Annotated);
    check(tag("vip"), &[(200, "{}")], 1, unclear(Some(200)));
    check(tag("vip"), &[(200, r#"{"id":""}"#)], 1, unclear(Some(200)));
    check(tag("vip"), &[(200, "<html>")], 1, unclear(Some(200)));
    check(tag("vip"), &[], 1, unclear(None));
    check(tag("vip"), &[(200, known)], 2, unclear(None));
    check(tag("vip"), &[(200, known), (404, "")], 2, Outcome::NotFound);
    check(tag("vip"), &[(200, known), (429, "")], 2, Outcome::RateLimited);
    check(tag("vip"), &[(403, "")], 1, Outcome::Unauthorized);

    // The answer is not needed: the change was made.
    check(attributes(), &[(200, "<html>")], 1, Outcome::Annotated);
    let unknown = r#"{"type":"error.list","errors":[{"code":"parameter_invalid",
        "message":"Conversation attribute 'VIP' does not exist"}]}"#;
    let rejected = Outcome::Rejected { status: 400, code: "parameter_invalid".to_owned() };
    check(attributes(), &[(400, unknown)], 1, rejected);
    check(attributes(), &[(404, "")], 1, Outcome::NotFound);
    check(attributes(), &[], 1, unclear(None));

    check(note("x"), &[(200, "<html>")], 1, Outcome::Annotated);
    check(note("x"), &[(404, "")], 1, Outcome::NotFound);
    check(note("x"), &[(503, "")], 1, unclear(Some(503)));
    check(note("x"), &[], 1, unclear(None));
}

#[test]
fn a_reply_is_sent_once_and_names_its_part() {
    let written = |part: Option<u64>| Outcome::Written { part: part.map(PartId::new) };
    let parts = |parts: &str| {
        format!(r#"{{"id":"215","conversation_parts":{{"conversation_parts":{parts}}}}}"#)
    };
    let ours =
        r#"{"id":"301","part_type":"comment","body":"x","author":{"type":"admin","id":"9"}}"#;
    let before = r#"{"id":300,"part_type":"comment","author":{"type":"lead"}}"#;
    check(reply("x"), &[(200, &parts(&format!("[{ours}]")))], 1, written(Some(301)));
    // The whole conversation, in whatever order.
    check(reply("x"), &[(200, &parts(&format!("[{before},{ours}]")))], 1, written(Some(301)));
    check(reply("x"), &[(200, &parts(&format!("[{ours},{before}]")))], 1, written(Some(301)));
    // It was sent, whatever the answer looks like.
    check(reply("x"), &[(200, &parts("[]"))], 1, written(None));
    check(reply("x"), &[(200, "<html>")], 1, written(None));

    let rejected = Outcome::Rejected { status: 422, code: String::new() };
    check(reply("x"), &[(422, "")], 1, rejected);
    check(reply("x"), &[(404, "")], 1, Outcome::NotFound);
    check(reply("x"), &[(429, "")], 1, Outcome::RateLimited);
    check(reply("x"), &[(503, "")], 1, unclear(Some(503)));
    check(reply("x"), &[], 1, unclear(None));
}

#[test]
fn refusals() {
    let rejected = |status, code: &str| Outcome::Rejected { status, code: code.to_owned() };
    let error =
        r#"{"type":"error.list","request_id":null,"errors":[{"code":"parameter_invalid"}]}"#;
    let table = [
        (404, "", Outcome::NotFound),
        (410, "", Outcome::NotFound),
        (401, error, Outcome::Unauthorized),
        (403, error, Outcome::Unauthorized),
        (429, error, Outcome::RateLimited),
        (400, error, rejected(400, "parameter_invalid")),
        (409, "<html>", rejected(409, "")),
        (422, r#"{"errors":[]}"#, rejected(422, "")),
        (406, r#"{"errors":{"code":"x"}}"#, rejected(406, "")),
        (408, "", unclear(Some(408))),
        (500, "", unclear(Some(500))),
        (503, error, unclear(Some(503))),
        (302, "", unclear(Some(302))),
    ];
    for (status, body, expected) in table {
        check(to_team(false), &[(status, body)], 1, expected.clone());
        check(Action::FetchRoster, &[(status, body)], 1, expected);
    }
}

#[test]
fn contacts() {
    #[track_caller]
    fn check(body: &str, expected: ContactProfile) {
        let action = Action::FetchContact { contact: ContactId::new("6a") };
        assert_eq!(play(action, &[(200, body)]).1, Outcome::Contact(expected), "{body}");
    }
    let language = |tag: &str| ContactProfile { language: Some(tag.into()), ..Default::default() };
    check("{}", ContactProfile::default());
    check(r#"{"language_override":"ES","browser_language":"en"}"#, language("es"));
    check(r#"{"language_override":null,"browser_language":"pt_BR"}"#, language("pt-br"));
    check(
        r#"{"location":{"country":"Spain","country_code":"es","region":"Galicia"},
            "custom_attributes":{"octopods_channel":"tiktok","n":1,"nothing":null}}"#,
        ContactProfile {
            language: None,
            country: Some("ES".into()),
            region: Some("Galicia".into()),
            attributes: [("n".into(), "1".into()), ("octopods_channel".into(), "tiktok".into())]
                .into(),
            created_at: None,
        },
    );
    let since = |micros: u64| ContactProfile {
        created_at: Some(Timestamp::from_micros(micros)),
        ..Default::default()
    };
    check(r#"{"created_at":1768031789}"#, since(1_768_031_789_000_000));
    check(r#"{"created_at":"2026-01-10T07:56:29.250+00:00"}"#, since(1_768_031_789_250_000));
    check(r#"{"created_at":null}"#, ContactProfile::default());
    check(r#"{"created_at":"long ago"}"#, ContactProfile::default());
}

#[test]
fn a_fetched_conversation_brings_its_opening_message() {
    let body = r#"{"id":"215","created_at":5,"source":{"type":"conversation","body":"<p>hi</p>"}}"#;
    let action = Action::FetchConversation { conversation: conversation() };
    let Outcome::Conversation(snapshot) = play(action, &[(200, body)]).1 else { panic!() };
    assert_eq!(snapshot.created_at, Timestamp::from_seconds(5));
    assert_eq!(snapshot.opening.unwrap().text, "hi");
}

#[test]
fn the_roster_joins_both_lists() {
    let admins = r#"{"type":"admin.list","admins":[
        {"id":"7","away_mode_enabled":false,"has_inbox_seat":true,"team_ids":[5]},
        {"id":8,"away_mode_enabled":true,"has_inbox_seat":false,"team_ids":null},
        {"id":null}]}"#;
    let teams = r#"{"type":"team.list","teams":[
        {"id":"5","admin_ids":[7,8]},{"id":"6","admin_ids":[8,99]},{"name":"no id"}]}"#;
    let teammate = |id, presence, has_inbox_seat, teams: &[u64]| TeammateSnapshot {
        id: TeammateId::new(id),
        presence,
        has_inbox_seat,
        teams: teams.iter().copied().map(TeamId::new).collect(),
        secondary_teams: vec![],
        reassign: false,
    };
    let expected = engine::RosterSnapshot {
        teams: vec![TeamId::new(5), TeamId::new(6)],
        teammates: vec![
            teammate(7, Presence::Active, true, &[5]),
            teammate(8, Presence::Away, false, &[5, 6]),
        ],
    };
    check(Action::FetchRoster, &[(200, admins), (200, teams)], 2, Outcome::Roster(expected));
    check(Action::FetchRoster, &[(200, admins), (200, "[]")], 2, unclear(Some(200)));
    check(Action::FetchRoster, &[(200, "{}")], 1, unclear(Some(200)));
    check(Action::FetchRoster, &[(200, admins)], 2, unclear(None));
}

#[test]
fn secondary_teams_and_reassignment_are_told_by_the_roster() {
    #[track_caller]
    fn check(admin: &str, team: &str, teams: &[u64], secondary: &[u64], reassign: bool) {
        let admins = format!(r#"{{"admins":[{{"id":"7"{admin}}}]}}"#);
        let list = format!(r#"{{"teams":[{{"id":"5"{team}}}]}}"#);
        let (_, outcome) = play(Action::FetchRoster, &[(200, &admins), (200, &list)]);
        let Outcome::Roster(roster) = outcome else { panic!("{outcome:?}") };
        let ids = |teams: &[TeamId]| teams.iter().map(|team| team.get()).collect::<Vec<_>>();
        let [found] = roster.teammates.as_slice() else { panic!("{roster:?}") };
        let found = (ids(&found.teams), ids(&found.secondary_teams), found.reassign);
        assert_eq!(found, (teams.to_vec(), secondary.to_vec(), reassign), "{admin} {team}");
    }
    let admin = |levels: &str| format!(r#","team_ids":[5,6],"team_priority_level":{levels}"#);
    let team = |levels: &str| format!(r#","admin_ids":[7],"admin_priority_level":{levels}"#);
    check("", "", &[], &[], false);
    check(&admin(r#"{"primary_team_ids":[5],"secondary_team_ids":[6]}"#), "", &[5, 6], &[6], false);
    check("", &team(r#"{"primary_admin_ids":[],"secondary_admin_ids":["7"]}"#), &[5], &[5], false);
    check("", &team(r#"{"primary_admin_ids":[7],"secondary_admin_ids":[8]}"#), &[5], &[], false);
    // Either list is believed, also where it is the only one that tells the membership.
    let (both, other) = (r#"{"secondary_team_ids":[6]}"#, r#"{"secondary_admin_ids":[7]}"#);
    check(&admin(both), &team(other), &[5, 6], &[5, 6], false);
    let levels = r#","team_priority_level":{"primary_team_ids":[4],"secondary_team_ids":[3]}"#;
    check(levels, "", &[3, 4], &[3], false);
    check("", r#","admin_priority_level":{"primary_admin_ids":[7]}"#, &[5], &[], false);
    for odd in ["null", "7", "[5]", "{}", r#"{"primary_team_ids":null,"secondary_team_ids":"6"}"#] {
        check(&admin(odd), &team(odd), &[5, 6], &[], false);
    }
    check(r#","away_mode_reassign":true"#, "", &[], &[], true);
    check(r#","away_mode_enabled":true,"away_mode_reassign":"true""#, "", &[], &[], true);
    check(r#","away_mode_reassign":null"#, "", &[], &[], false);
}

#[test]
fn the_last_window_told_is_kept() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("X-RateLimit-Limit", "1666"),
        header("x-ratelimit-remaining", "1660"),
        header("X-RATELIMIT-RESET", "1768032010"),
    ];
    let mut exchange = Exchange::new(Action::FetchRoster, TeammateId::new(9));
    let body = br#"{"admins":[]}"#.to_vec();
    exchange.handle_response(HttpResponse { status: 200, headers, body });
    exchange.handle_failure(TransportFailure::Connection);
    let (outcome, rate_limit) = exchange.finish();
    assert_eq!(outcome, unclear(None));
    let expected = RateLimit {
        limit: 1666,
        remaining: 1660,
        reset_at: Timestamp::from_seconds(1_768_032_010),
    };
    assert_eq!(rate_limit, Some(expected));
}

#[test]
fn an_exchange_given_up_is_unclear() {
    assert_eq!(Exchange::new(to_team(false), TeammateId::new(9)).finish().0, unclear(None));
}

#[test]
fn a_search_asks_for_what_changed_or_for_what_is_open() {
    #[track_caller]
    fn check(changed_since: Option<u64>, page: Option<&str>, expected: &str) {
        let changed_since = changed_since.map(Timestamp::from_seconds);
        let action = Action::FindConversations { changed_since, page: page.map(Into::into) };
        assert_eq!(play(action, &[]).0, [format!("POST /conversations/search {expected}")]);
    }
    check(
        Some(1_700_000_000),
        None,
        r#"{"query":{"field":"updated_at","operator":">","value":1700000000},"pagination":{"per_page":150}}"#,
    );
    check(
        None,
        Some("WzE=\""),
        r#"{"query":{"field":"state","operator":"=","value":"open"},"pagination":{"per_page":150,"starting_after":"WzE=\""}}"#,
    );
}

#[test]
fn a_page_is_read_whatever_is_in_it() {
    #[track_caller]
    fn check(body: &str, found: &[(&str, Option<&str>, usize)], next: Option<&str>) {
        let action = Action::FindConversations { changed_since: None, page: None };
        let Outcome::Conversations(page) = play(action, &[(200, body)]).1 else { panic!("{body}") };
        let read = page.found.iter().map(|it| {
            let opening = it.opening.as_ref().map(|it| it.text.as_str());
            (it.id.as_str(), opening, it.tags.len())
        });
        assert_eq!(read.collect::<Vec<_>>(), found, "{body}");
        assert_eq!(page.next.as_deref(), next, "{body}");
    }
    // Whom nobody has to be found for is told without words and tags; unassigned is null or 0.
    let body = r#"{"type":"conversation.list","total_count":4,"pages":{"type":"pages","page":1,
        "per_page":150,"total_pages":2,"next":{"per_page":150,"starting_after":"WzE="}},
        "conversations":[
        {"id":"1","state":"open","admin_assignee_id":null,"source":{"body":"<p>hi</p>"},"tags":{"tags":[{"name":"tiktok"}]}},
        {"id":2,"state":"open","admin_assignee_id":0,"source":{"body":"ho"},"tags":{"tags":[{"name":"tiktok"}]}},
        {"id":"3","state":"open","admin_assignee_id":7,"source":{"body":"ha"},"tags":{"tags":[{"name":"tiktok"}]}},
        {"id":"4","state":"closed","admin_assignee_id":null,"source":{"body":"he"},"tags":{"tags":[{"name":"tiktok"}]}},
        {"id":null}]}"#;
    let found = [("1", Some("hi"), 1), ("2", Some("ho"), 1), ("3", None, 0), ("4", None, 0)];
    check(body, &found, Some("WzE="));
    check(r#"{"conversations":[],"pages":{"next":null}}"#, &[], None);
    check(r#"{"conversations":[],"pages":null}"#, &[], None);
    check(r#"{"conversations":[],"pages":{"next":"https://elsewhere"}}"#, &[], None);
    let action = || Action::FindConversations { changed_since: None, page: None };
    for odd in ["{}", "[]", r#"{"type":"error.list"}"#] {
        assert_eq!(play(action(), &[(200, odd)]).1, unclear(Some(200)), "{odd}");
    }
}
