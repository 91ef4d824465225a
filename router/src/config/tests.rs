use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::*;

const SECRETS: [(&str, &str); 2] =
    [("INTERCOM_TOKEN", "t-1"), ("INTERCOM_CLIENT_SECRET", "sixteen-letters-")];

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.toml");
    std::fs::write(&path, text).unwrap();
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let loaded = Reading::with(Some(&path), &Flags::default(), Needs::Everything, &|name| {
        environment.get(name).map(|&v| v.to_owned())
    });
    loaded.into_config().map(|(config, _)| config).map_err(|error| error.to_string())
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
    assert_eq!(format!("{:?}", config.telemetry), format!("{:?}", defaults.telemetry));
    assert_eq!(config.webhooks, defaults.webhooks);
    assert_eq!(format!("{:?}", config.retention), format!("{:?}", defaults.retention));
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
    refused("\n\n[intercom]\ntoken = \"x\"", &SECRETS, "router.toml:4:1");
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
    refused("[admin]\ntoken = \"x\"", &good, "unknown key `token`");
}

#[test]
fn traces_go_nowhere_that_is_not_safe() {
    let with = |name, value| [SECRETS[0], SECRETS[1], (name, value)];
    assert_eq!(load("", &SECRETS).unwrap().telemetry.otlp_endpoint, None, "off unless asked for");
    let place = "router.toml:2: telemetry.otlp_endpoint: must begin with https://";
    let endpoint = |url: &str| format!("[telemetry]\notlp_endpoint = \"{url}\"");
    refused(&endpoint("http://collector:4318"), &SECRETS, place);
    let place = "OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.otlp_endpoint: must begin with https://";
    refused("", &with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"), place);
    refused("telemetry.sample = \"1\"", &SECRETS, "`1` is not a share such as `1%`");
    refused("", &with("OTEL_TRACES_SAMPLER", "xray"), "OTEL_TRACES_SAMPLER: `xray` is none of");
    refused("telemetry.service_name = \"\"", &SECRETS, "service_name: must have 1 to 100");
    refused("telemetry.headers = \"a=b\"", &SECRETS, "unknown key `headers`");
    let url = "https://me:hunter2@collector.example.com";
    let reading = read(&endpoint(url), &Flags::default(), &SECRETS);
    let shown = overview::Overview::new(&reading).text() + &finding::lines(&reading.findings);
    assert!(shown.contains("has a user or a password") && !shown.contains("hunter2"), "{shown}");
    let headers = with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2");
    let reading = read("", &Flags::default(), &headers);
    let shown = overview::Overview::new(&reading).text();
    assert!(shown.contains("OTEL_EXPORTER_OTLP_HEADERS") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_missing_file_says_where_it_was_looked_for() {
    let path = Some(Path::new("no/router.toml"));
    let reading = Reading::with(path, &Flags::default(), Needs::Everything, &|_| None);
    assert!(reading.unreadable);
    let error = reading.into_config().unwrap_err();
    let absolute = std::path::absolute("no/router.toml").unwrap();
    assert!(error.to_string().contains(&absolute.display().to_string()), "{error}");
}

#[test]
fn secrets_come_from_files_and_are_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "t-from-file\n").unwrap();
    let environment = [
        ("INTERCOM_TOKEN_FILE", file.to_str().unwrap()),
        ("INTERCOM_CLIENT_SECRET", "s-hidden-from-all"),
    ];
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
        let reading = Reading::with(Some(&path), &Flags::default(), Needs::Token, &set);
        let config = reading.into_config().map_err(|error| error.to_string())?.0;
        Ok::<_, String>((config.intercom, config.token))
    };
    let (intercom, token) = load(Some("t-1")).unwrap();
    assert_eq!((&*intercom.base_url, token.expose_secret()), ("https://api.eu.intercom.io", "t-1"));
    assert!(load(None).unwrap_err().contains("INTERCOM_TOKEN is not set"));
    std::fs::write(&path, "intercom.base_url = \"http://example.com\"").unwrap();
    assert!(load(Some("t-1")).unwrap_err().contains("https://"));
}

fn read(text: &str, flags: &Flags, environment: &[(&str, &str)]) -> Reading {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.toml");
    std::fs::write(&path, text).unwrap();
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let environment = |name: &str| environment.get(name).map(|&value| value.to_owned());
    Reading::with(Some(&path), flags, Needs::Everything, &environment)
}

#[test]
fn flags_win_over_variables_over_the_file_over_the_defaults() {
    #[track_caller]
    fn check(key: &str, flag: bool, variable: bool, file: bool, expected: (&str, &str)) {
        let text = "listen = \"127.0.0.1:1\"\nrules = \"/file\"\njournal = \"/file\"\n\
                    log.format = \"json\"\nlog.filter = \"warn\"\n\
                    telemetry.otlp_endpoint = \"https://file.example.com\"\n\
                    telemetry.sample = \"5%\"\ntelemetry.service_name = \"file\"\n";
        let text = if file { text } else { "" };
        let flags = Flags {
            listen: Some("127.0.0.1:3".parse().unwrap()),
            rules: Some("/flag".into()),
            journal: Some("/flag".into()),
            log_format: Some(LogFormat::Text),
            log_filter: Some("error".into()),
            otlp_endpoint: Some("https://flag.example.com".into()),
        };
        let flags = if flag { flags } else { Flags::default() };
        let variables = [
            ("ROUTER_LISTEN", "127.0.0.1:2"),
            ("ROUTER_RULES", "/variable"),
            ("ROUTER_JOURNAL", "/variable"),
            ("ROUTER_LOG_FORMAT", "json"),
            ("ROUTER_LOG_FILTER", "debug"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://variable.example.com"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.01"),
            ("OTEL_SERVICE_NAME", "variable"),
        ];
        let variables = if variable { &variables[..] } else { &[] };
        let reading = read(text, &flags, &[&SECRETS[..], variables].concat());
        assert_eq!(reading.findings, []);
        let setting = setting::Setting::named(key).unwrap();
        let origin = reading.origin(setting).to_string();
        let found = ((setting.show)(reading.config()), origin.rsplit('/').next().unwrap());
        assert_eq!((&*found.0, found.1), expected, "{key}");
    }
    check("listen", true, true, true, ("127.0.0.1:3", "--listen"));
    check("listen", true, false, false, ("127.0.0.1:3", "--listen"));
    check("listen", false, true, true, ("127.0.0.1:2", "ROUTER_LISTEN"));
    check("listen", false, false, true, ("127.0.0.1:1", "router.toml:1"));
    check("listen", false, false, false, ("127.0.0.1:8080", "default"));
    check("rules", true, true, true, ("/flag", "--rules"));
    check("rules", false, true, true, ("/variable", "ROUTER_RULES"));
    check("rules", false, false, true, ("/file", "router.toml:2"));
    check("journal", true, true, true, ("/flag", "--journal"));
    check("journal", false, true, true, ("/variable", "ROUTER_JOURNAL"));
    check("journal", false, false, true, ("/file", "router.toml:3"));
    check("log.format", true, true, true, ("text", "--log-format"));
    check("log.format", false, true, true, ("json", "ROUTER_LOG_FORMAT"));
    check("log.format", false, false, true, ("json", "router.toml:4"));
    check("log.filter", true, true, true, ("error", "--log-filter"));
    check("log.filter", false, true, true, ("debug", "ROUTER_LOG_FILTER"));
    check("log.filter", false, false, true, ("warn", "router.toml:5"));
    let (key, by) = ("telemetry.otlp_endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT");
    check(key, true, true, true, ("https://flag.example.com", "--otlp-endpoint"));
    check(key, false, true, true, ("https://variable.example.com", by));
    check(key, false, false, true, ("https://file.example.com", "router.toml:6"));
    check(key, false, false, false, ("off", "default"));
    check("telemetry.sample", false, true, true, ("1%", "OTEL_TRACES_SAMPLER"));
    check("telemetry.sample", false, false, true, ("5%", "router.toml:7"));
    check("telemetry.sample", false, false, false, ("100%", "default"));
    check("telemetry.service_name", false, true, true, ("variable", "OTEL_SERVICE_NAME"));
    check("telemetry.service_name", false, false, true, ("file", "router.toml:8"));
    check("telemetry.service_name", false, false, false, ("router", "default"));
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_place() {
    let text = "lissen = \"127.0.0.1:1\"\nrules = 7\n\n[intercom]\ntoken = \"x\"\n\
                timeout = \"0s\"\n[limits]\nintake = 0\nrequests = -1\n[lgo]\n";
    let reading = read(text, &Flags::default(), &[("ROUTER_LOG_FORMAT", "xml"), SECRETS[0]]);
    let shown = finding::lines(&reading.findings);
    let file = |place: &str| format!("router.toml:{place}");
    for expected in [
        file("1:1: unknown key `lissen`\n  help: did you mean `listen`?"),
        file("2:9: the number 7 cannot stand here"),
        file("5:1: unknown key `token`"),
        file("6: intercom.timeout: must be more than nothing"),
        file("8: limits.intake: must be at least 1"),
        file("9:12: invalid"),
        file("10:2: unknown key `lgo`"),
        "ROUTER_LOG_FORMAT: `xml` is neither `text` nor `json`".to_owned(),
        "INTERCOM_CLIENT_SECRET: INTERCOM_CLIENT_SECRET is not set".to_owned(),
    ] {
        assert!(shown.contains(&expected), "`{expected}` is missing in:\n{shown}");
    }
    assert_eq!(reading.findings.len(), 9, "{shown}");
}

#[test]
fn what_is_no_toml_is_told_by_line() {
    refused("listen = \n", &SECRETS, "router.toml:1:");
    refused("[intercom\n", &SECRETS, "router.toml:1:");
}

#[test]
fn intercoms_address_must_be_safe() {
    let judge = |url: &str| {
        let text = format!("intercom.base_url = {url:?}");
        let findings = read(&text, &Flags::default(), &SECRETS).findings;
        findings.into_iter().map(|finding| finding.level).max()
    };
    let check = |url: &str, expected: Option<Level>| assert_eq!(judge(url), expected, "{url}");
    check("https://api.intercom.io", None);
    check("https://api.eu.intercom.io/", None);
    check("http://127.0.0.1:4010", None);
    check("http://localhost:4010", None);
    check("http://[::1]:4010", None);
    check("https://localhost:4010", None);
    check("https://api.intercom.io.example.com", Some(Level::Warning));
    check("http://api.intercom.io", Some(Level::Error));
    check("http://localhost.example.com", Some(Level::Error));
    check("http://127.0.0.1.example.com", Some(Level::Error));
    check("http://127.0.0.1@example.com", Some(Level::Error));
    check("https://user:pass@api.intercom.io", Some(Level::Error));
    check("https://api.intercom.io?x=1", Some(Level::Error));
    check("ftp://127.0.0.1", Some(Level::Error));
    check("api.intercom.io", Some(Level::Error));
    check("", Some(Level::Error));
}

#[test]
fn an_address_that_is_not_safe_is_neither_asked_nor_shown() {
    let check = |url: &str, asked: bool, shown: &str| {
        let environment = [&SECRETS[..], &[("ROUTER_INTERCOM_BASE_URL", url)]].concat();
        let reading = read("", &Flags::default(), &environment);
        assert_eq!(reading.can_ask_intercom(), asked, "{url}");
        let overview = overview::Overview::new(&reading).text();
        assert!(overview.contains(shown) && !overview.contains("hunter2"), "{overview}");
        assert!(!finding::lines(&reading.findings).contains("hunter2"), "{url}");
    };
    check("https://api.eu.intercom.io", true, "https://api.eu.intercom.io");
    check("https://proxy.example.com", true, "https://proxy.example.com");
    check("http://api.intercom.io", false, "http://api.intercom.io");
    check("https://me:hunter2@api.intercom.io", false, "not shown");
    check("me:hunter2@api.intercom.io", false, "not shown");
}

#[test]
fn a_client_secret_that_can_be_guessed_is_refused() {
    #[track_caller]
    fn check(secret: &str, url: &str, expected: &str) {
        let environment =
            [SECRETS[0], ("INTERCOM_CLIENT_SECRET", secret), ("ROUTER_INTERCOM_BASE_URL", url)];
        let findings = read("", &Flags::default(), &environment).findings;
        let shown = finding::lines(&findings);
        assert_eq!(shown.is_empty(), expected.is_empty(), "{shown}");
        assert!(shown.contains(expected), "{shown}");
        assert!(secret.trim().is_empty() || !shown.contains(secret), "{shown}");
    }
    let intercom = "https://api.intercom.io";
    check("0123456789abcdef", intercom, "");
    check("q9w8e7", intercom, "error: INTERCOM_CLIENT_SECRET: the client secret has 6 characters");
    check(" \n", intercom, "there is nothing in it");
    // The stand-in on this machine takes any.
    check("q9w8e7", "http://127.0.0.1:4010", "");
}

#[test]
fn secret_files_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "t-from-file").unwrap();
    let check = |mode: u32, token: Option<&str>, expected: Option<&str>| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut environment = vec![("INTERCOM_TOKEN_FILE", file.to_str().unwrap()), SECRETS[1]];
        environment.extend(token.map(|token| ("INTERCOM_TOKEN", token)));
        let findings = read("", &Flags::default(), &environment).findings;
        let shown = finding::lines(&findings);
        assert_eq!(findings.iter().map(|it| it.level).max(), expected.map(|_| Level::Warning));
        assert!(shown.contains(expected.unwrap_or_default()), "{shown}");
    };
    check(0o600, None, None);
    check(0o640, None, None);
    check(0o644, None, Some("everybody on this machine can read this secret"));
    check(0o644, Some("t-1"), Some("INTERCOM_TOKEN is set as well, and wins"));
}
