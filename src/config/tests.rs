//! The configuration as a whole: layers, limits, errors and masking.

use insta::assert_snapshot;

use super::*;

fn load_config<const N: usize>(variables: [(&str, &str); N], file: Option<&str>) -> LoadedConfig {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let environment = Environment::from_pairs(variables);
    let directories = AppDirectories::for_tests("/config", "/data");
    LoadedConfig::load_with_directories(&environment, file.map(|_| path.as_path()), directories)
}

fn failure_message<const N: usize>(variables: [(&str, &str); N]) -> String {
    let failure = load_config(variables, None).valid_config().unwrap_err();
    assert_eq!(failure.exit.code(), 2);
    failure.message()
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let rows = load_config([], None)
        .displayed_settings()
        .iter()
        .map(|row| format!("{} {:?} {}\n", row.key, row.value, row.origin))
        .collect::<String>();
    assert_snapshot!(rows, @r#"
    MAL_CLIENT_ID None default
    MAL_CLIENT_SECRET None default
    MAL_REDIRECT_URI Some("http://localhost:3005/auth/callback") default
    DATABASE_URL Some("sqlite:///data/malsync.db") default
    MAL_API_RATE_LIMIT Some("1") default
    MAL_PAGE_SIZE Some("100") default
    SYNC_BATCH_SIZE Some("100") default
    SYNC_MAX_RETRIES Some("3") default
    SYNC_RETRY_BASE_MS Some("1000") default
    SYNC_MIN_INTERVAL Some("1m") default
    SYNC_FULL_EVERY Some("1d") default
    MAL_HTTP_TIMEOUT Some("30s") default
    MAL_API_URL Some("https://api.myanimelist.net/v2") default
    MAL_AUTH_URL Some("https://myanimelist.net/v1/oauth2") default
    MAL_USER_AGENT Some("malsync/0.1.0") default
    MALSYNC_TOKEN_STORE Some("both") default
    MALSYNC_TOKEN_KEY Some("the file /data/token.key") default
    MALSYNC_TOKEN_SEAL Some("on") default
    BROWSER None default
    MALSYNC_METRICS_FILE None default
    MALSYNC_PING_URL None default
    MALSYNC_WEBHOOK_URL None default
    MALSYNC_NOTIFY_COMMAND None default
    "#);
    assert!(load_config([], None).valid_config().is_ok());
}

#[test]
fn environment_wins_over_file_and_file_over_default() {
    let file = "mal_page_size = 7\nsync_batch_size = 8\n";
    let loaded = load_config([("MAL_PAGE_SIZE", "9"), ("SYNC_BATCH_SIZE", "")], Some(file));
    let config = loaded.valid_config().unwrap();
    assert_eq!((config.mal_page_size.value, &config.mal_page_size.origin), (9, &SettingOrigin::Environment));
    assert_eq!(config.sync_batch_size.value, 8);
    assert!(matches!(config.sync_batch_size.origin, SettingOrigin::File { line: 2, .. }));
    assert_eq!(config.sync_max_retries, Setting { value: 3, origin: SettingOrigin::Default });
}

#[test]
fn settings_not_in_file_are_those_missing_or_different_there() {
    let file = "mal_client_id = 'abc'\nmal_page_size = 7\nsync_batch_size = 8\n";
    let loaded = load_config(
        [("MAL_CLIENT_ID", "abc"), ("MAL_PAGE_SIZE", "9"), ("DATABASE_URL", "sqlite://x"), ("BROWSER", "")],
        Some(file),
    );
    assert_eq!(loaded.settings_not_in_file(), [SettingKey::DatabaseUrl, SettingKey::MalPageSize]);
}

#[test]
fn invalid_value_overridden_by_a_later_layer_is_ignored() {
    assert!(load_config([("MAL_PAGE_SIZE", "9")], Some("mal_page_size = 'x'")).valid_config().is_ok());
}

#[test]
fn invalid_value_error_names_the_allowed_values() {
    assert_snapshot!(failure_message([("MAL_PAGE_SIZE", "5000")]), @"MAL_PAGE_SIZE is `5000`: must be a whole number from 1 to 1000");
    assert_snapshot!(failure_message([("SYNC_FULL_EVERY", "5")]), @"SYNC_FULL_EVERY is `5`: must be a duration like 90s, 5m, 1h30m, 7d or 0s, up to 100000d");
    assert_snapshot!(failure_message([("MAL_API_URL", "http://example.org")]), @"MAL_API_URL is `http://example.org`: must be an https URL, or an http one of localhost, 127.0.0.1 or [::1], without user, query and fragment");
    assert_snapshot!(failure_message([("MALSYNC_TOKEN_STORE", "file")]), @"MALSYNC_TOKEN_STORE is `file`: must be both, keyring or database");
}

#[test]
fn documented_limits_are_enforced() {
    for (name, good, bad) in [
        ("MAL_API_RATE_LIMIT", &["0.001", "100000"][..], &["0", "-1", "100001", "fast"][..]),
        ("MAL_PAGE_SIZE", &["1", "1000"], &["0", "1001", "1.5"]),
        ("SYNC_BATCH_SIZE", &["1", "10000"], &["0", "10001"]),
        ("SYNC_MAX_RETRIES", &["0", "10"], &["11", "-1"]),
        ("SYNC_RETRY_BASE_MS", &["0", "1"], &["-1", "1s"]),
        ("SYNC_MIN_INTERVAL", &["0s", "7d"], &["0", "soon"]),
        ("SYNC_FULL_EVERY", &["0s", "1h30m"], &["1.5h"]),
        ("MAL_HTTP_TIMEOUT", &["1s"], &["0s", "30"]),
        ("MAL_REDIRECT_URI", &["http://127.0.0.1:1/x"], &["/x", "localhost"]),
        (
            "MAL_USER_AGENT",
            &["my list/1.0 (+https://example.org)", "x", &"x".repeat(200)],
            &[" ", "a\tb", "ü", &"x".repeat(201)],
        ),
        ("MALSYNC_TOKEN_STORE", &["both", "keyring", "database"], &["Both", "file"]),
        ("MALSYNC_TOKEN_SEAL", &["on", "off"], &["yes", "true"]),
        ("MALSYNC_METRICS_FILE", &["/var/lib/x/malsync.prom"], &["malsync.prom", "/"]),
        (
            "MALSYNC_PING_URL",
            &["https://hc.example.org/x", "http://10.0.0.1:8000/ping/x"],
            &["hc.example.org", "ftp://x/"],
        ),
        ("MALSYNC_WEBHOOK_URL", &["https://u:p@x.example.org/h?a=b"], &["https://x/#y", "file:///x"]),
        (
            "DATABASE_URL",
            &["postgres://x", "sqlite:///x", "sqlite://x", "sqlite:///my list.db"],
            &[
                "mysql://x",
                "x.db",
                "sqlite://x\r",
                "sqlite:///x ",
                " sqlite:///x",
                "postgres://x\n",
                "sqlite:///a\tb",
                "sqlite://x\u{a0}",
            ],
        ),
        (
            "MALSYNC_NOTIFY_COMMAND",
            &["notify-send malsync", "notify-send malsync %s", "sh -c 'x \"$1\"' sh %s", "bash -lc 'x \"$1\"' -"],
            &["'x", " ", "sh -c 'x \"%s\"'", "x --text=%s", "%s", "sh -c %s", "/bin/bash -ec", "env sh -c %s"],
        ),
    ] {
        for (values, is_valid) in [(good, true), (bad, false)] {
            for value in values {
                assert_eq!(load_config([(name, *value)], None).valid_config().is_ok(), is_valid, "{name}={value}");
            }
        }
    }
}

#[test]
fn secret_is_never_shown_even_if_invalid() {
    let loaded = load_config(
        [
            ("MAL_CLIENT_SECRET", "hunter2"),
            ("MALSYNC_TOKEN_KEY", "hunter2"),
            ("DATABASE_URL", "mysql://me:hunter2@db/x"),
            ("MALSYNC_PING_URL", "https://hc.example.org/hunter2"),
            ("MALSYNC_WEBHOOK_URL", "hunter2"),
            ("MALSYNC_NOTIFY_COMMAND", "x --key=hunter2 'x"),
        ],
        None,
    );
    let text = format!("{:?} {:?} {:?}", loaded.displayed_settings(), loaded.errors(), loaded);
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(loaded.errors().len(), 4);
    assert!(!loaded.valid_config().unwrap_err().message().contains("hunter2"));
}

#[test]
fn missing_file_is_an_error_only_if_requested() {
    let environment = Environment::default();
    let directories = || AppDirectories::for_tests("/nowhere", "/nowhere");
    assert!(LoadedConfig::load_with_directories(&environment, None, directories()).valid_config().is_ok());
    let loaded = LoadedConfig::load_with_directories(&environment, Some(Path::new("/nowhere/x.toml")), directories());
    assert_eq!(loaded.valid_config().unwrap_err().message(), "no configuration file /nowhere/x.toml");
}

#[test]
fn unknown_key_hint_names_the_closest_match() {
    let failure = load_config([], Some("mal_pagesize = 5")).valid_config().unwrap_err();
    assert!(failure.message().ends_with("c.toml:1: unknown key `mal_pagesize`"), "{}", failure.message());
    assert_eq!(failure.hints, ["did you mean `mal_page_size`?"]);
}

#[test]
fn broken_file_leaves_settings_readable() {
    let loaded = load_config([("MAL_PAGE_SIZE", "9")], Some("mal_page_size = [\n"));
    assert_eq!(loaded.errors().len(), 1);
    assert_eq!(loaded.displayed_settings().len(), SettingKey::ALL.len());
    assert_eq!(loaded.config_despite_errors().mal_page_size.value, 9);
}

#[test]
fn missing_client_id_hint_says_where_to_get_one() {
    let loaded = load_config([], None);
    let config = loaded.valid_config().unwrap();
    let failure = config.client_id().unwrap_err();
    assert_eq!(failure.exit.code(), 2);
    assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
    assert!(failure.hints[0].contains("http://localhost:3005/auth/callback"));
}

#[test]
fn redirect_uri_is_sent_as_typed() {
    let loaded = load_config([("MAL_REDIRECT_URI", "http://LOCALHOST:3005")], None);
    let config = loaded.valid_config().unwrap();
    assert_eq!(config.mal_redirect_uri.value.text, "http://LOCALHOST:3005");
    assert_eq!(config.mal_redirect_uri.value.url.as_str(), "http://localhost:3005/");
}
