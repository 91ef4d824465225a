//! Tokens, rate limits, versions, and the errors around every call.

use mock_intercom::{AppEntry, Clock, Permission, RateLimit, ServeOptions, WorkspaceFile};
use reqwest::Method;
use serde_json::json;

use crate::client::{Api, START, TOKEN, error, read};

#[tokio::test]
async fn a_wrong_token_is_refused_without_rate_headers() {
    let api = Api::start().await;
    for authorization in
        [None, Some("Bearer wrong"), Some("Basic dGVzdDp0ZXN0"), Some("test-token")]
    {
        let mut request = api.request(Method::GET, "/admins");
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        let response = request.send().await.unwrap();
        assert!(!response.headers().contains_key("x-ratelimit-limit"));
        let (status, body) = read(response).await;
        assert_eq!((status, error(&body).as_str()), (401, "unauthorized: Access Token Invalid"));
    }
}

#[tokio::test]
async fn the_window_fills_up_and_says_so() {
    let file = WorkspaceFile {
        rate_limit: RateLimit { calls_per_window: 2, ..RateLimit::default() },
        ..WorkspaceFile::example()
    };
    // A clock that stands still for the length of a test.
    let options = ServeOptions { clock: Clock::scaled(START, 1e-6), ..ServeOptions::default() };
    let api = Api::of(file, options).await;
    for (status, remaining) in [(200, "1"), (200, "0"), (429, "0")] {
        let response = api.request(Method::GET, "/me").bearer_auth(TOKEN).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-ratelimit-limit"), "2");
        assert_eq!(header("x-ratelimit-remaining"), remaining);
        assert_eq!(header("x-ratelimit-reset"), (START.as_seconds() + 10).to_string());
        assert!(!response.headers().contains_key("retry-after"), "none is documented");
        let (found, body) = read(response).await;
        assert_eq!(found, status);
        if status == 429 {
            assert_eq!(error(&body), "rate_limit_exceeded: Exceeded rate limit of 2 in 10_seconds");
        }
    }
}

#[tokio::test]
async fn what_is_not_covered_says_so_and_what_nobody_has_is_not_found() {
    let api = Api::start().await;
    for (method, path) in [
        (Method::GET, "/articles"),
        (Method::GET, "/help_center/collections/7"),
        (Method::POST, "/messages"),
        (Method::PATCH, "/data_connectors/7"),
    ] {
        let (status, body) = api.send(method.clone(), path, json!({})).await;
        let expected =
            format!("unsupported: mock-intercom does not cover {method} {path} (tier not_covered)");
        assert_eq!((status, error(&body)), (501, expected));
    }
    for (method, path) in
        [(Method::POST, "/admins"), (Method::GET, "/no/such/path"), (Method::PATCH, "/me")]
    {
        let (status, body) = api.send(method, path, json!({})).await;
        assert_eq!((status, error(&body).as_str()), (404, "not_found: Resource Not Found"));
    }
}

#[tokio::test]
async fn an_app_may_do_what_it_has_the_permission_for() {
    let reader = AppEntry {
        token: "reader".into(),
        scopes: Some(vec![Permission::ReadAdmins, Permission::ReadConversations]),
        calls_per_window: Some(4),
    };
    let file = WorkspaceFile { apps: vec![reader], ..WorkspaceFile::example() };
    let options = ServeOptions { clock: Clock::scaled(START, 1e-6), ..ServeOptions::default() };
    let api = Api::of(file, options).await;
    let check = async |method: Method, path: &str, status: u16, expected: &str| {
        let request = api.request(method, path).bearer_auth("reader").json(&json!({}));
        let (found, body) = read(request.send().await.unwrap()).await;
        let said = if found == 200 { String::new() } else { error(&body) };
        assert_eq!((found, said.as_str()), (status, expected), "{path}");
    };
    check(Method::GET, "/me", 200, "").await;
    check(Method::GET, "/admins/101", 200, "").await;
    let lacks = "forbidden: The app lacks the permission \"Write conversations\"";
    check(Method::POST, "/conversations/1/parts", 403, lacks).await;
    let lacks = "forbidden: The app lacks the permission \"Read tags\"";
    check(Method::GET, "/tags", 403, lacks).await;
    let over = "rate_limit_exceeded: Exceeded rate limit of 4 in 10_seconds";
    check(Method::GET, "/me", 429, over).await;
    assert_eq!(api.get("/me").await.0, 200, "the other app has a window of its own");
}

#[tokio::test]
async fn accept_and_version_are_checked() {
    let api = Api::start().await;
    let check = async |name: &str, value: &str, expected: u16| {
        let request = api.request(Method::GET, "/me").bearer_auth(TOKEN).header(name, value);
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!(status, expected, "{name}: {value}: {body}");
    };
    check("Accept", "text/html", 406).await;
    check("Accept", "application/vnd.intercom.3+json", 200).await;
    check("Intercom-Version", "2.16", 200).await;
    check("Intercom-Version", "Unstable", 200).await;
    check("Intercom-Version", "9.9", 400).await;
}

#[tokio::test]
async fn bodies_that_make_no_sense() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let check = async |body: Vec<u8>, status: u16, expected: &str| {
        let path = format!("/conversations/{id}/parts");
        let request = api.request(Method::POST, &path).bearer_auth(TOKEN).body(body);
        let (found, body) = read(request.send().await.unwrap()).await;
        assert_eq!((found, error(&body).as_str()), (status, expected));
    };
    let unreadable = "parameter_invalid: Unable to parse JSON";
    check(b"{".to_vec(), 400, unreadable).await;
    check(b"{\"a\": \xff}".to_vec(), 400, unreadable).await;
    check("[".repeat(100_000).into_bytes(), 400, unreadable).await;
    check(b"[]".to_vec(), 400, "parameter_invalid: The body must be a JSON object").await;
    check(Vec::new(), 400, "parameter_not_found: message_type not specified").await;
    check(vec![b' '; 2 << 20], 413, "client_error: Request body is too large").await;
    api.mock.with(|workspace| {
        let id = id.parse().unwrap();
        assert!(workspace.conversation(id).unwrap().parts().is_empty());
    });
}
