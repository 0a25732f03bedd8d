//! `stats` and `report`: the figures equal those of the list, and the report page is accessible.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    browser::{self, TestBrowser},
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

fn synced_env(kind: DatabaseKind, entries: usize) -> TestEnv {
    let env = TestEnv::with_login(kind, entries);
    env.sync(&[]);
    env
}

fn stats_json(env: &TestEnv, flags: &[&str]) -> Value {
    env.run(&[&["stats", "--json"], flags].concat()).expect_code(0).json()
}

fn list_json(env: &TestEnv, flags: &[&str]) -> Vec<Value> {
    env.run(&[&["list", "--json"], flags].concat()).expect_code(0).json_lines()
}

#[on_both]
fn stats_match_the_list(kind: DatabaseKind) {
    let env = synced_env(kind, 150);
    env.sim.control().remove_entries("alice", 2).unwrap();
    env.sync(&["--force-full"]);
    let (figures, list) = (stats_json(&env, &[]), list_json(&env, &[]));
    assert_eq!(
        (&figures["username"], &figures["entries"], &figures["of"]),
        (&json!("alice"), &json!(148), &json!(148))
    );
    let mut statuses: BTreeMap<&str, u64> = BTreeMap::new();
    let mut scores: BTreeMap<u64, u64> = BTreeMap::new();
    for entry in &list {
        *statuses.entry(entry["status"].as_str().unwrap()).or_default() += 1;
        if let Some(score) = entry["score"].as_u64() {
            *scores.entry(score).or_default() += 1;
        }
    }
    for status in figures["statuses"].as_array().unwrap() {
        let expected = statuses.remove(status["status"].as_str().unwrap()).unwrap_or(0);
        assert_eq!(status["entries"], expected, "{status}");
    }
    assert!(statuses.is_empty());
    for score in figures["scores"]["distribution"].as_array().unwrap() {
        assert_eq!(score["entries"], scores.remove(&score["score"].as_u64().unwrap()).unwrap_or(0), "{score}");
    }
    assert!(scores.is_empty());
    let compared = list.iter().filter(|entry| entry["score"].is_u64() && entry["mean"].is_f64()).count();
    assert_eq!(figures["against_mal"]["compared"], compared);
    for groups in ["types", "decades", "years", "seasons"] {
        let groups = figures[groups].as_array().unwrap();
        assert_eq!(groups.iter().map(|group| group["entries"].as_u64().unwrap()).sum::<u64>(), 148);
        let seconds: u64 = groups.iter().map(|group| group["seconds"].as_u64().unwrap()).sum();
        assert_eq!(figures["watched"]["seconds"], seconds);
    }
    assert!(figures["watched"]["seconds"].as_u64().unwrap() > 0 && !figures["genres"].as_array().unwrap().is_empty());
}

#[on_both]
fn stats_filters_select_the_same_entries_as_list(kind: DatabaseKind) {
    let mut env = synced_env(kind, 150);
    let all = stats_json(&env, &[]);
    let genre = all["genres"][0]["name"].as_str().unwrap();
    for flags in [&["--genre", genre][..], &["--status", "completed"], &["--score", "8.."], &["--type", "movie"]] {
        let figures = stats_json(&env, flags);
        assert_eq!(
            (&figures["entries"], &figures["of"]),
            (&json!(list_json(&env, flags).len()), &json!(150)),
            "{flags:?}"
        );
    }
    assert_eq!(stats_json(&env, &["--genre", genre])["entries"], all["genres"][0]["entries"]);
    // Without a terminal: 80 columns, no color, and `#` for bars unless the locale is UTF-8.
    let help = env.run(&["stats", "--help"]).expect_code(0).stdout;
    for (name, _) in all.as_object().unwrap() {
        assert!(help.contains(name.as_str()), "{name} is not documented");
    }
    let text = env.run(&["stats", "--top", "3"]).expect_code(0).stdout;
    assert!(text.starts_with("alice: 150 entries\n") && text.contains("By genre (top 3 of "), "{text}");
    assert!(text.contains("  ###") && !text.contains('█') && !text.contains('\x1b'), "{text}");
    assert!(text.lines().all(|line| malsync::ui::display_width(line) <= 80), "{text}");
    env.set_var("LANG", "C.UTF-8");
    assert!(env.run(&["stats"]).expect_code(0).stdout.contains("██"));
    assert!(!env.run(&["stats", "--ascii"]).expect_code(0).stdout.contains("██"));
    env.set_var("COLUMNS", "200");
    let wide = env.run(&["stats"]).expect_code(0).stdout;
    assert!(wide.lines().any(|line| malsync::ui::display_width(line) > 80), "{wide}");
}

#[on_both]
fn report_is_private_file_or_standard_output(kind: DatabaseKind) {
    let mut env = synced_env(kind, 40);
    let page = env.run(&["report"]).expect_code(0).stdout;
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    assert_eq!(env.run(&["report", "-o", "-"]).expect_code(0).stdout, page);
    let output = env.run(&["report", "--output", "a.html"]).expect_code(0);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", "Wrote a.html\n"));
    let file = env.home().join("a.html");
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let output = env.run(&["report", "--output", "no/such/folder.html"]).expect_code(1);
    assert!(
        output.stderr.starts_with("error: cannot write no/such/folder.html: ") && output.stderr.contains("\nhint: "),
        "{}",
        output.stderr
    );
    env.run(&["report", "--output", "-", "--open"]).expect_code(2);
    env.set_var("BROWSER", &browser::write_url_recorder(env.home()));
    env.run(&["report", "--open"]).expect_code(0);
    let address = env.home().join("address");
    wait_until("the browser is started", || address.exists());
    let opened = url::Url::from_file_path(env.home().join("malsync-report.html")).unwrap();
    assert_eq!(fs::read_to_string(address).unwrap(), opened.as_str());
    assert_eq!(fs::read_to_string(env.home().join("malsync-report.html")).unwrap(), page);
}

#[on_both]
fn stats_of_empty_list_are_zero(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 0);
    let output = env.run(&["stats"]).expect_code(0);
    assert_eq!(
        (output.stdout.as_str(), output.stderr.as_str()),
        ("", "no entry: alice was never synced. Next, run: malsync sync --user alice\n")
    );
    assert_eq!(stats_json(&env, &[])["entries"], 0);
    assert!(env.run(&["report"]).expect_code(0).stdout.contains("No entries match."));
}

#[test]
fn report_in_chromium_is_accessible_in_every_width_and_color_scheme() {
    let env = synced_env(DatabaseKind::Sqlite, 300);
    let ids = env.sim.control().entry_ids("alice").unwrap();
    let hostile = "<script>document.title='owned'</script>\"'><img src=http://127.0.0.1:9/x onerror=alert(1)> {{main}} \
                   WithoutABlankAnywhereInThisVeryLongWordThatGoesOnAndOn";
    for (place, id) in ids.iter().take(4).enumerate() {
        let (score, mean, status) = if place % 2 == 0 { (10, 1.01, "watching") } else { (1, 9.99, "on_hold") };
        let patch = json!({"node": {"title": hostile, "mean": mean, "genres": [{"id": 9000 + place, "name": hostile}],
            "studios": [{"id": 9000 + place, "name": hostile}]}, "list_status": {"score": score, "status": status}});
        env.sim.control().patch_entry("alice", *id, serde_json::from_value(patch).unwrap()).unwrap();
    }
    env.sync(&["--force-full"]);
    env.run(&["report", "--output", "report.html"]).expect_code(0);
    let url = url::Url::from_file_path(env.home().join("report.html")).unwrap();
    let mut browser = TestBrowser::open(env.home(), "about:blank");
    let mut grounds = Vec::new();
    for (width, dark) in [(360, false), (360, true), (1280, false), (1280, true)] {
        browser.visit(url.as_str(), width, dark);
        let faults = browser.find_accessibility_faults(Some(include_str!("report_check.js")));
        assert_eq!(faults, [""; 0], "{width} wide, dark: {dark}");
        assert_eq!(browser.evaluate("document.title").unwrap(), "Anime list of alice – malsync");
        grounds.push(browser.evaluate("getComputedStyle(document.body).backgroundColor").unwrap());
        let asked: Vec<_> =
            browser.events("Network.requestWillBeSent").iter().map(|news| news["request"]["url"].clone()).collect();
        assert_eq!(asked, [json!(url.as_str())]);
        for kind in ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"] {
            assert!(browser.events(kind).is_empty(), "{:?}", browser.events(kind));
        }
    }
    assert_ne!(grounds[0], grounds[1], "the page has a dark color scheme");
}
