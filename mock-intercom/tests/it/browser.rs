//! The page at `/` in headless Chromium, while conversations arrive, are assigned and closed. The
//! suite is in `tests/page`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mock_intercom::MockIntercom;
use tokio::process::Command;

use crate::tools::{self, Deadline, Finished};

/// How long the suite may take; it takes seconds.
const DEADLINE: Deadline = Deadline(Duration::from_secs(120));

#[tokio::test]
async fn the_page_shows_a_burst_in_a_real_browser() {
    let Some(chromium) = tools::or_skip(chromium()) else { return };
    let Some(suite) = tools::or_skip(tools::npm_suite("page", "tests/page").await) else { return };
    let mock = MockIntercom::start().await.unwrap();
    let screenshots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&screenshots).unwrap();
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-reporter=spec"])
        .arg(suite.join("page.test.mjs"))
        .env("MOCK_URL", mock.url())
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", &screenshots);
    let Finished { success, output } = tools::finish(command, DEADLINE).await;
    println!("{output}\nscreenshots: {}", screenshots.display());
    assert!(success, "the page's suite failed; its output is above");
    mock.shutdown().await;
}

/// Where `CHROMIUM` says, or where packages put it.
fn chromium() -> Result<PathBuf, String> {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        return Ok(given.into());
    }
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = places.iter().find(|place| Path::new(place).exists());
    found.map(PathBuf::from).ok_or_else(|| {
        "no Chromium for the page's tests; install it (apt-get install chromium) or say where it is in \
         CHROMIUM"
            .to_owned()
    })
}
