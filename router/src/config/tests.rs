use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::*;

const SECRETS: [(&str, &str); 2] = [("INTERCOM_TOKEN", "t-1"), ("INTERCOM_CLIENT_SECRET", "s-1")];

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.toml");
    std::fs::write(&path, text).unwrap();
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let loaded = Config::load_with(&path, &|name| environment.get(name).map(|&v| v.to_owned()));
    loaded.map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_means_the_defaults() {
    let config = load("", &SECRETS).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.intercom.base_url, "https://api.intercom.io");
    assert_eq!(config.intercom.version, "2.14");
    assert_eq!(config.intercom.timeout, Duration::from_secs(10));
    assert_eq!(config.limits.body_bytes, 1_048_576);
    assert_eq!(config.token.expose_secret(), "t-1");
    assert_eq!(config.rules.file_name().unwrap(), "rules.toml");
    assert!(config.rules.is_absolute(), "relative to the file: {}", config.rules.display());
}

#[test]
fn the_example_is_the_defaults() {
    let config = load(include_str!("../../router.example.toml"), &SECRETS).unwrap();
    let defaults = load("", &SECRETS).unwrap();
    assert_eq!(format!("{:?}", config.intercom), format!("{:?}", defaults.intercom));
    assert_eq!(format!("{:?}", config.limits), format!("{:?}", defaults.limits));
    assert_eq!(format!("{:?}", config.log), format!("{:?}", defaults.log));
    assert_eq!(config.listen, defaults.listen);
}

#[test]
fn the_environment_wins() {
    let text = "listen = \"127.0.0.1:1\"\n[intercom]\nbase_url = \"https://api.eu.intercom.io/\"";
    let config = load(text, &SECRETS).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.intercom.base_url, "https://api.eu.intercom.io");
    let overriding = [
        SECRETS[0],
        SECRETS[1],
        ("ROUTER_LISTEN", "127.0.0.1:2"),
        ("ROUTER_INTERCOM_BASE_URL", "http://127.0.0.1:4010"),
        ("ROUTER_RULES", "/etc/router/rules.toml"),
        ("ROUTER_LOG_FORMAT", "json"),
    ];
    let config = load(text, &overriding).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.intercom.base_url, "http://127.0.0.1:4010");
    assert_eq!(config.rules, Path::new("/etc/router/rules.toml"));
    assert_eq!(config.log.format, LogFormat::Json);
}

#[track_caller]
fn refused(text: &str, environment: &[(&str, &str)], expected: &str) {
    let error = load(text, environment).unwrap_err();
    assert!(error.contains(expected), "`{expected}` is missing in: {error}");
}

#[test]
fn mistakes_are_named() {
    refused("lissen = \"127.0.0.1:1\"", &SECRETS, "lissen");
    refused("\n\n[intercom]\ntoken = \"x\"", &SECRETS, "line 4");
    refused("[intercom]\ntimeout = \"soon\"", &SECRETS, "`soon` is not a duration");
    refused("[intercom]\ntimeout = \"0s\"", &SECRETS, "intercom.timeout");
    refused("[intercom]\nbase_url = \"http://api.intercom.io\"", &SECRETS, "https://");
    refused("[limits]\nintake = 0", &SECRETS, "limits");
    refused("", &[SECRETS[0], SECRETS[1], ("ROUTER_LISTEN", "here")], "ROUTER_LISTEN");
    refused("", &[SECRETS[0]], "INTERCOM_CLIENT_SECRET is not set");
    refused("", &[SECRETS[1]], "INTERCOM_TOKEN is not set");
    refused("", &[SECRETS[0], ("INTERCOM_CLIENT_SECRET_FILE", "/no/such")], "/no/such");
}

#[test]
fn an_admin_api_needs_a_token_and_an_address_of_its_own() {
    let with = |name, value| [SECRETS[0], SECRETS[1], (name, value)];
    let text = "[admin]\nlisten = \"127.0.0.1:8081\"";
    let good = with("ROUTER_ADMIN_TOKEN", "0123456789abcdef");
    let admin = load(text, &good).unwrap().admin.unwrap();
    assert_eq!(admin.listen.port(), 8081);
    assert!(!format!("{admin:?}").contains("0123456789abcdef"));
    assert!(load("", &good).unwrap().admin.is_none(), "it is off unless asked for");
    assert!(load("[admin]", &good).unwrap().admin.is_none());
    refused(text, &SECRETS, "ROUTER_ADMIN_TOKEN is not set");
    refused(text, &with("ROUTER_ADMIN_TOKEN", "0123456789abcde"), "16 to 512 characters");
    refused("", &with("ROUTER_ADMIN_LISTEN", "127.0.0.1:8082"), "ROUTER_ADMIN_TOKEN is not set");
    refused("", &with("ROUTER_ADMIN_LISTEN", "8082"), "ROUTER_ADMIN_LISTEN");
    let same = "[admin]\nlisten = \"127.0.0.1:8080\"";
    refused(same, &good, "admin.listen: must be another address than `listen`");
    refused("[admin]\ntoken = \"x\"", &good, "unknown field `token`");
}

#[test]
fn a_missing_file_says_where_it_was_looked_for() {
    let error = Config::load_with(Path::new("no/router.toml"), &|_| None).unwrap_err();
    let absolute = std::path::absolute("no/router.toml").unwrap();
    assert!(error.to_string().contains(&absolute.display().to_string()), "{error}");
}

#[test]
fn secrets_come_from_files_and_are_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "t-from-file\n").unwrap();
    let environment =
        [("INTERCOM_TOKEN_FILE", file.to_str().unwrap()), ("INTERCOM_CLIENT_SECRET", "s-hidden")];
    let config = load("", &environment).unwrap();
    assert_eq!(config.token.expose_secret(), "t-from-file");
    let shown = format!("{config:?}");
    assert!(!shown.contains("t-from-file") && !shown.contains("s-hidden"), "{shown}");
}

#[test]
fn who_only_asks_intercom_needs_no_client_secret() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.toml");
    std::fs::write(&path, "intercom.base_url = \"https://api.eu.intercom.io/\"").unwrap();
    let load = |token: Option<&str>| {
        let set = |name: &str| token.filter(|_| name == "INTERCOM_TOKEN").map(str::to_owned);
        Config::load_intercom_with(&path, &set).map_err(|error| error.to_string())
    };
    let (intercom, token) = load(Some("t-1")).unwrap();
    assert_eq!((&*intercom.base_url, token.expose_secret()), ("https://api.eu.intercom.io", "t-1"));
    assert!(load(None).unwrap_err().contains("INTERCOM_TOKEN is not set"));
    std::fs::write(&path, "intercom.base_url = \"http://example.com\"").unwrap();
    assert!(load(Some("t-1")).unwrap_err().contains("https://"));
}
