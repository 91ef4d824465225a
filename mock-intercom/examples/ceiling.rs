//! The least that a server built on axum can do: one static answer. What tests/race/run.py compares
//! the mock with.
//!
//! `cargo run --release -p mock-intercom --example ceiling -- PORT FILE`

use anyhow::Context;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().context("first the port")?.parse()?;
    let file = arguments.next().context("then the file with the answer")?;
    let answer = Bytes::from(std::fs::read(&file).with_context(|| format!("cannot read {file}"))?);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let handler = move |_: Bytes| {
        let answer = answer.clone();
        async { ([(CONTENT_TYPE, "application/json; charset=utf-8")], answer) }
    };
    let router = axum::Router::new().route("/conversations/{id}/parts", post(handler));
    axum::serve(listener, router).await?;
    Ok(())
}
