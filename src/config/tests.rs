//! The configuration as a whole.

use insta::assert_snapshot;

use super::*;

fn load<const N: usize>(variables: [(&str, &str); N], file: Option<&str>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let environment = Environment::from_pairs(variables);
    let folders = Folders::for_tests("/config", "/data");
    Loaded::read_with(&environment, file.map(|_| path.as_path()), folders)
}

fn failure<const N: usize>(variables: [(&str, &str); N]) -> String {
    let failure = load(variables, None).config().unwrap_err();
    assert_eq!(failure.exit.code(), 2);
    failure.message()
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let rows = load([], None)
        .shown()
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
    MALSYNC_TOKEN_STORE Some("both") default
    MALSYNC_TOKEN_KEY Some("the file /data/token.key") default
    MALSYNC_TOKEN_SEAL Some("on") default
    BROWSER None default
    MALSYNC_METRICS_FILE None default
    MALSYNC_PING_URL None default
    MALSYNC_WEBHOOK_URL None default
    MALSYNC_NOTIFY_COMMAND None default
    "#);
    assert!(load([], None).config().is_ok());
}

#[test]
fn environment_wins_over_file_and_file_over_default() {
    let file = "mal_page_size = 7\nsync_batch_size = 8\n";
    let loaded = load([("MAL_PAGE_SIZE", "9"), ("SYNC_BATCH_SIZE", "")], Some(file));
    let config = loaded.config().unwrap();
    assert_eq!((config.mal_page_size.value, &config.mal_page_size.origin), (9, &Origin::Environment));
    assert_eq!(config.sync_batch_size.value, 8);
    assert!(matches!(config.sync_batch_size.origin, Origin::File { line: 2, .. }));
    assert_eq!(config.sync_max_retries, Setting { value: 3, origin: Origin::Default });
}

#[test]
fn what_a_job_would_not_see_is_what_the_environment_has_alone_or_otherwise() {
    let file = "mal_client_id = 'abc'\nmal_page_size = 7\nsync_batch_size = 8\n";
    let loaded = load(
        [("MAL_CLIENT_ID", "abc"), ("MAL_PAGE_SIZE", "9"), ("DATABASE_URL", "sqlite://x"), ("BROWSER", "")],
        Some(file),
    );
    assert_eq!(loaded.only_here(), [Key::DatabaseUrl, Key::MalPageSize]);
}

#[test]
fn a_broken_value_that_a_later_layer_replaces_does_no_harm() {
    assert!(load([("MAL_PAGE_SIZE", "9")], Some("mal_page_size = 'x'")).config().is_ok());
}

#[test]
fn a_value_out_of_range_is_named_with_what_is_allowed() {
    assert_snapshot!(failure([("MAL_PAGE_SIZE", "5000")]), @"MAL_PAGE_SIZE is `5000`: it must be a whole number from 1 to 1000");
    assert_snapshot!(failure([("SYNC_FULL_EVERY", "5")]), @"SYNC_FULL_EVERY is `5`: it must be a duration like 90s, 5m, 1h30m, 7d or 0s, up to 100000d");
    assert_snapshot!(failure([("MAL_API_URL", "http://example.org")]), @"MAL_API_URL is `http://example.org`: it must be an https URL, or an http one of localhost, 127.0.0.1 or [::1], without user, query and fragment");
    assert_snapshot!(failure([("MALSYNC_TOKEN_STORE", "file")]), @"MALSYNC_TOKEN_STORE is `file`: it must be both, keyring or database");
}

#[test]
fn every_documented_limit_holds() {
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
        ("MALSYNC_TOKEN_STORE", &["both", "keyring", "database"], &["Both", "file"]),
        ("MALSYNC_TOKEN_SEAL", &["on", "off"], &["yes", "true"]),
        ("MALSYNC_METRICS_FILE", &["/var/lib/x/malsync.prom"], &["malsync.prom", "/"]),
        (
            "MALSYNC_PING_URL",
            &["https://hc.example.org/x", "http://10.0.0.1:8000/ping/x"],
            &["hc.example.org", "ftp://x/"],
        ),
        ("MALSYNC_WEBHOOK_URL", &["https://u:p@x.example.org/h?a=b"], &["https://x/#y", "file:///x"]),
        ("MALSYNC_NOTIFY_COMMAND", &["notify-send malsync", "sh -c 'x %s'"], &["'x", " "]),
        ("DATABASE_URL", &["postgres://x", "sqlite:///x", "sqlite://x"], &["mysql://x", "x.db"]),
    ] {
        for (values, sound) in [(good, true), (bad, false)] {
            for value in values {
                assert_eq!(load([(name, *value)], None).config().is_ok(), sound, "{name}={value}");
            }
        }
    }
}

#[test]
fn a_secret_is_shown_neither_whole_nor_when_it_is_wrong() {
    let loaded = load(
        [
            ("MAL_CLIENT_SECRET", "hunter2"),
            ("MALSYNC_TOKEN_KEY", "hunter2"),
            ("DATABASE_URL", "mysql://me:hunter2@db/x"),
            ("MALSYNC_PING_URL", "https://hc.example.org/hunter2"),
            ("MALSYNC_WEBHOOK_URL", "hunter2"),
        ],
        None,
    );
    let text = format!("{:?} {:?} {:?}", loaded.shown(), loaded.errors(), loaded);
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(loaded.errors().len(), 3);
    assert!(!loaded.config().unwrap_err().message().contains("hunter2"));
}

#[test]
fn a_missing_file_is_an_error_only_if_it_was_asked_for() {
    let environment = Environment::default();
    let folders = || Folders::for_tests("/nowhere", "/nowhere");
    assert!(Loaded::read_with(&environment, None, folders()).config().is_ok());
    let loaded = Loaded::read_with(&environment, Some(Path::new("/nowhere/x.toml")), folders());
    assert_eq!(loaded.config().unwrap_err().message(), "there is no configuration file /nowhere/x.toml");
}

#[test]
fn an_unknown_key_has_its_nearest_one_in_the_hint() {
    let failure = load([], Some("mal_pagesize = 5")).config().unwrap_err();
    assert!(failure.message().ends_with("c.toml:1: unknown key `mal_pagesize`"), "{}", failure.message());
    assert_eq!(failure.hints, ["did you mean `mal_page_size`?"]);
}

#[test]
fn a_broken_file_leaves_the_settings_to_look_at() {
    let loaded = load([("MAL_PAGE_SIZE", "9")], Some("mal_page_size = [\n"));
    assert_eq!(loaded.errors().len(), 1);
    assert_eq!(loaded.shown().len(), Key::ALL.len());
    assert_eq!(loaded.as_far_as_read().mal_page_size.value, 9);
}

#[test]
fn without_a_client_id_the_hint_says_where_to_get_one() {
    let loaded = load([], None);
    let config = loaded.config().unwrap();
    let failure = config.client_id().unwrap_err();
    assert_eq!(failure.exit.code(), 2);
    assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
    assert!(failure.hints[0].contains("http://localhost:3005/auth/callback"));
}

#[test]
fn a_redirect_is_sent_as_it_was_typed() {
    let loaded = load([("MAL_REDIRECT_URI", "http://LOCALHOST:3005")], None);
    let config = loaded.config().unwrap();
    assert_eq!(config.mal_redirect_uri.value.text, "http://LOCALHOST:3005");
    assert_eq!(config.mal_redirect_uri.value.url.as_str(), "http://localhost:3005/");
}
