//! Every path that is not a control endpoint is Intercom's API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::{BODY_LIMIT, Shared};
use crate::api::{ApiRequest, ApiResponse};

pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let mut request = ApiRequest {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head
            .headers
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect(),
        body: Vec::new(),
    };
    let response = match axum::body::to_bytes(body, BODY_LIMIT).await {
        Ok(bytes) => {
            request.body = bytes.into();
            shared.with(|now, workspace| workspace.handle(now, &request))
        }
        Err(_) => shared.with(|now, workspace| workspace.refuse_body(now, &request)),
    };
    into_http(response)
}

fn into_http(answer: ApiResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("the API answers with real statuses");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    for (name, value) in answer.headers {
        let name = name.parse::<axum::http::HeaderName>().expect("our own header names are valid");
        headers.insert(name, value.parse().expect("our own header values are numbers"));
    }
    response
}
