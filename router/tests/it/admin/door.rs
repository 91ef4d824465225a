//! Who is let in.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::scene::{ADMIN_TOKEN, Scene};

const PATHS: [(Method, &str); 14] = [
    (Method::GET, "/v1/status"),
    (Method::GET, "/v1/decisions"),
    (Method::GET, "/v1/decisions/stream"),
    (Method::GET, "/v1/conversations/1"),
    (Method::POST, "/v1/explain"),
    (Method::POST, "/v1/pause"),
    (Method::POST, "/v1/resume"),
    (Method::POST, "/v1/drain"),
    (Method::DELETE, "/v1/drain"),
    (Method::GET, "/v1/dead-letters"),
    (Method::POST, "/v1/dead-letters/1/retry"),
    (Method::DELETE, "/v1/dead-letters/1"),
    (Method::DELETE, "/v1/status"),
    (Method::GET, "/no/such/path"),
];

#[tokio::test]
async fn without_or_with_a_wrong_token_everything_is_refused_and_nothing_is_told() {
    let scene = Scene::new().await;
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some(format!("Bearer {}x", ADMIN_TOKEN)),
        Some(format!("Bearer {}", &ADMIN_TOKEN[1..])),
        Some(format!("Basic {ADMIN_TOKEN}")),
        Some(ADMIN_TOKEN.to_owned()),
        Some(format!("Bearer {}", ADMIN_TOKEN.to_uppercase())),
        Some(format!("Bearer {}", crate::stage::CLIENT_SECRET)),
    ];
    let mut asked = 0;
    for (method, path) in PATHS {
        for wrong in &wrong {
            // A token in the path's query is none either.
            let url = scene.url(&format!("{path}?token={ADMIN_TOKEN}&access_token={ADMIN_TOKEN}"));
            let mut request = scene.stage.http.request(method.clone(), url).body("{");
            if let Some(wrong) = wrong {
                request = request.header(AUTHORIZATION, wrong);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401, "{method} {path} with {wrong:?}");
            assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer realm=\"router admin\"");
            assert_eq!(response.text().await.unwrap(), "");
            asked += 1;
        }
    }
    let refused = format!("router_admin_requests_total{{outcome=\"refused\"}} {asked}");
    scene.stage.until_metrics_say(&refused).await;
    let status = scene.status().await;
    assert_eq!((&status["paused_since"], &status["drain"]), (&json!(null), &json!(null)));
    scene.stage.stop().await;
}

#[tokio::test]
async fn the_public_listener_has_no_admin_paths_and_the_other_no_webhooks() {
    let scene = Scene::new().await;
    for (method, path) in PATHS {
        let url = format!("{}{path}", scene.stage.url);
        let request = scene.stage.http.request(method.clone(), url).bearer_auth(ADMIN_TOKEN);
        assert_eq!(request.send().await.unwrap().status(), 404, "{method} {path}");
    }
    for path in ["/webhooks/intercom", "/metrics", "/healthz", "/readyz", "/"] {
        assert_eq!(scene.get(path).await.status, 404, "{path}");
        assert_eq!(scene.post(path).await.status, 404, "{path}");
    }
    scene.stage.stop().await;
}

/// What the admin listener answers to these bytes: its status, and everything.
async fn raw(scene: &Scene, request: &str) -> (u16, String) {
    let address = scene.stage.admin_url.as_ref().unwrap().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server may be done with us before it has read everything.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or("0").parse().unwrap();
    (status, answer)
}

#[tokio::test]
async fn headers_cannot_be_smuggled() {
    let scene = Scene::new().await;
    let token = ADMIN_TOKEN;
    let checks = [
        // The token, to see that the rest of this is a good request.
        (200, format!("Authorization: Bearer {token}\r\n")),
        // Twice, folded over two lines, in another header, behind a bare line feed or a NUL.
        (401, format!("Authorization: Bearer x\r\nAuthorization: Bearer {token}\r\n")),
        (401, format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n")),
        (401, format!("Authorization: Bearer x, Bearer {token}\r\n")),
        (400, format!("Authorization: Bearer\r\n {token}\r\n")),
        (401, format!("X-Authorization: Bearer {token}\r\n")),
        (401, format!("Proxy-Authorization: Bearer {token}\r\n")),
        (401, format!("X: y\rAuthorization: Bearer {token}\r\n")),
        (400, format!("X: y\0\r\nAuthorization: Bearer {token}\r\n")),
        (400, format!("Authorization : Bearer {token}\r\n")),
        (401, "X-Forwarded-For: 127.0.0.1\r\nX-Original-URL: /healthz\r\n".to_owned()),
    ];
    for (expected, headers) in checks {
        let request =
            format!("GET /v1/status HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n");
        let (status, answer) = raw(&scene, &request).await;
        let is_refused = matches!(status, 400 | 401);
        assert!(status == expected || (expected != 200 && is_refused), "{headers:?}: {answer}");
        assert!(expected == 200 || !answer.contains("rules"), "{answer}");
    }
    // What is in a path or a query comes back in no header, and in JSON only as JSON.
    let injected = "%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a%22%3cscript%3e";
    for path in [
        format!("/v1/conversations/{injected}"),
        format!("/v1/decisions?conversation={injected}"),
        format!("/v1/decisions?limit={injected}"),
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        let (status, answer) = raw(&scene, &request).await;
        assert!([200, 400, 404].contains(&status), "{answer}");
        assert!(!answer.to_lowercase().contains("\r\nset-cookie"), "{answer}");
        assert!(answer.contains("content-type: application/json"), "{answer}");
    }
    // Two lengths, or a length and pieces: a second request may hide in the first.
    for lengths in [
        "Content-Length: 0\r\nContent-Length: 40\r\n",
        "Content-Length: x\r\n",
        "Content-Length: -1\r\n",
    ] {
        let request = format!(
            "POST /v1/pause HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{lengths}\
             Connection: close\r\n\r\nPOST /v1/drain HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        assert_eq!(raw(&scene, &request).await.0, 400, "{lengths}");
    }
    let status = scene.status().await;
    assert_eq!((&status["paused_since"], &status["drain"]), (&json!(null), &json!(null)));
    scene.stage.stop().await;
}

#[tokio::test]
async fn what_is_too_long_or_wrong_is_refused_with_a_reason() {
    let scene = Scene::new().await;
    let long = json!({"message": "x".repeat(300 << 10)});
    let answer = scene.ask(Method::POST, "/v1/explain", Some(long)).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    let checks = [
        (Method::POST, "/v1/explain", json!({"massage": "x"}), "unknown field `massage`"),
        (Method::POST, "/v1/explain", json!({}), "missing field `message`"),
        (Method::POST, "/v1/explain", json!([1]), "expected a string"),
        (Method::POST, "/v1/explain", json!({"message": "x", "at": "noon"}), "is not a moment"),
        (Method::GET, "/v1/decisions?limit=0", json!(null), "a number from 1 to 1000"),
        (Method::GET, "/v1/decisions?limit=1001", json!(null), "a number from 1 to 1000"),
        (Method::GET, "/v1/decisions?limit=-1", json!(null), "invalid digit"),
        (Method::GET, "/v1/decisions?limt=1", json!(null), "unknown field `limt`"),
        (Method::GET, "/v1/decisions/stream?last=x", json!(null), "invalid digit"),
        (Method::POST, "/v1/drain?within_seconds=0", json!(null), "a number from 1 to 300"),
        (Method::POST, "/v1/drain?within_seconds=1e9", json!(null), "invalid digit"),
    ];
    for (method, path, body, expected) in checks {
        let body = (!body.is_null()).then_some(body);
        let answer = scene.ask(method, path, body).await;
        assert!([400, 422].contains(&answer.status), "{path}: {answer:?}");
        let reason = answer.body["error"].as_str().unwrap_or_default();
        assert!(reason.contains(expected), "{path}: {answer:?}");
    }
    let endless = format!("/v1/conversations/{}", "9".repeat(65));
    assert_eq!(scene.get(&endless).await.status, 400);
    assert_eq!(scene.get("/v1/conversations/12345").await.status, 404);
    assert_eq!(scene.get("/v1/pause").await.status, 405);
    let status = scene.status().await;
    assert_eq!((&status["paused_since"], &status["drain"]), (&json!(null), &json!(null)));
    scene.stage.stop().await;
}

#[tokio::test]
async fn too_many_streams_are_refused_until_one_is_closed() {
    let scene = Scene::new().await;
    let open = async || {
        let request = scene.stage.http.get(scene.url("/v1/decisions/stream"));
        request.bearer_auth(ADMIN_TOKEN).send().await.unwrap()
    };
    let mut streams = Vec::new();
    for _ in 0..16 {
        let response = open().await;
        assert_eq!(response.status(), 200);
        streams.push(response);
    }
    assert_eq!(open().await.status(), 503);
    assert_eq!(scene.get("/v1/status").await.status, 200, "others are answered all the same");
    drop(streams.pop());
    while open().await.status() != 200 {
        tokio::task::yield_now().await;
    }
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_router_without_one_has_no_admin_api() {
    let (journal, _watch) = crate::stage::watched();
    let config = crate::stage::config("http://127.0.0.1:9");
    let stage = crate::stage::Stage::start(config, journal).await;
    assert_eq!(stage.admin_url, None);
    assert_eq!(stage.get("/v1/status").await.0, 404);
    stage.stop().await;
}
