//! Hostile texts: NUL, long texts, control characters, formulas, SQL, paths, Unicode.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{
    FIRST_ODD_ID, assert_all_stored, env_with_entries, env_with_odd_values, good_entry, list_odd_entries,
    odd_entry_text,
};
use crate::support::{
    memory::run_measuring_memory,
    test_env::{DatabaseKind, TestEnv},
};

/// Creates an environment in which MAL sends these titles.
fn env_with_titles(kind: DatabaseKind, titles: &[String]) -> TestEnv {
    let texts: Vec<_> = titles.iter().map(|title| json!(title).to_string()).collect();
    env_with_odd_values(kind, "/node/title", &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Asserts that these titles are stored exactly, in the database and in JSON output.
#[track_caller]
fn assert_stored_exactly(env: &TestEnv, titles: &[String]) {
    assert_all_stored(env, titles.len() as u64);
    let column = env.query_column(&format!("SELECT title FROM anime WHERE mal_id >= {FIRST_ODD_ID} ORDER BY mal_id"));
    assert_eq!(column, titles.iter().cloned().map(Some).collect::<Vec<_>>());
    let listed: Vec<_> = list_odd_entries(env).iter().map(|entry| entry["title"].clone()).collect();
    assert_eq!(listed, titles.iter().map(|title| json!(title)).collect::<Vec<_>>());
}

#[on_both]
fn f_d01_nul_is_replaced_with_warning(kind: DatabaseKind) {
    let mut all = good_entry(FIRST_ODD_ID);
    all["node"]["title"] = json!("a\0b");
    all["node"]["synopsis"] = json!("\0");
    all["node"]["alternative_titles"] = json!({"en": "e\0", "ja": "\0\0"});
    all["list_status"]["comments"] = json!("c\0 &#0;");
    all["list_status"]["tags"] = json!(["t\0"]);
    all["list_status"]["new\0name"] = json!({"\0": ["\0"]});
    let env = env_with_entries(kind, &[all.to_string()]);
    let stderr = assert_all_stored(&env, 1).stderr;
    for what in ["title", "synopsis", "alternative_titles.en", "list_status"] {
        assert!(
            stderr.contains(&format!("MAL ID {FIRST_ODD_ID}: {what} contains a NUL character, which is replaced")),
            "{stderr}"
        );
    }
    let entry = &list_odd_entries(&env)[0];
    assert_eq!((&entry["title"], &entry["title_english"]), (&json!("a\u{fffd}b"), &json!("e\u{fffd}")));
    assert_eq!((&entry["notes"], &entry["tags"]), (&json!("c\u{fffd} &#0;"), &json!(["t\u{fffd}"])));
}

#[on_both]
fn f_d02_title_is_truncated_at_64_kib_between_characters(kind: DatabaseKind) {
    let family = "👨‍👩‍👧‍👦";
    let whole = ["x".repeat(501), "x".repeat(10_000), "あ".repeat(500), family.repeat(500), "y".repeat(65_536)];
    assert_stored_exactly(&env_with_titles(kind, &whole), &whole);
    let long = ["x".repeat(1_000_000), "あ".repeat(30_000), family.repeat(5_000)];
    let env = env_with_titles(kind, &long);
    let stderr = assert_all_stored(&env, 3).stderr;
    assert_eq!(stderr.matches("title is longer than 64 KiB and is truncated").count(), 3, "{stderr}");
    let column = env.query_column(&format!("SELECT title FROM anime WHERE mal_id >= {FIRST_ODD_ID} ORDER BY mal_id"));
    let cut = [long[0][..65_536].to_owned(), "あ".repeat(65_536 / 3), family.repeat(65_536 / family.len())];
    assert!(column == cut.map(Some), "truncated at the same place on both databases, between characters");
}

/// Returns C0, DEL, C1 and the characters that change the direction of text.
fn control_chars() -> Vec<char> {
    ('\u{1}'..='\x1f')
        .chain('\x7f'..='\u{9f}')
        .chain(['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'])
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .collect()
}

#[on_both]
fn f_d11_control_characters_are_stored_exactly_and_never_printed(kind: DatabaseKind) {
    let mut titles: Vec<_> = control_chars().into_iter().map(|c| format!("a{c}b")).collect();
    titles.extend(
        ["\x1b]52;c;cm0gLXJm\x07", "\x1b[2J\x1b[H", "\u{9b}31m", "a\nerror: forged\r\nhint: forged", "\t"]
            .map(|steering| format!("x{steering}x")),
    );
    titles.extend(["👩‍👩‍👧‍👦".repeat(40), format!("e{}", "\u{301}".repeat(200))]);
    let env = env_with_titles(kind, &titles);
    assert_stored_exactly(&env, &titles);
    // Also in messages about rejected entries, in new values, notes, tags, and in a user name.
    let all_controls: String = control_chars().into_iter().collect();
    let mut bad = good_entry(FIRST_ODD_ID + 500);
    bad["node"]["title"] = json!(all_controls);
    bad["list_status"]["score"] = json!(all_controls);
    let mut new = good_entry(FIRST_ODD_ID + 501);
    new["node"]["media_type"] = json!(all_controls);
    new["list_status"]["comments"] = json!(all_controls);
    new["list_status"]["tags"] = json!([all_controls]);
    for (id, entry) in [(FIRST_ODD_ID + 500, &bad), (FIRST_ODD_ID + 501, &new)] {
        env.sim.control().put_entry("alice", id, entry).unwrap();
    }
    let set =
        if kind == DatabaseKind::Postgres { "E'a\\x1b[31m\\u202e'" } else { "'a' || char(27) || '[31m' || char(8238)" };
    env.execute_sql(&format!("UPDATE users SET username = {set}"));
    let id = (FIRST_ODD_ID + 501).to_string();
    let told = env.run(&["sync", "--force-full", "-vvv", "--color", "never"]).expect_code(3);
    assert!(
        told.stdout.contains("could not be stored") && told.stdout.contains("␛") && told.stderr.contains("media_type"),
        "{told:?}"
    );
    assert_clean(&told.stdout);
    assert_clean(&told.stderr);
    for (args, code) in [
        (&["list"][..], 0),
        (&["list", "--json"], 0),
        (&["changes"], 0),
        (&["changes", "--json"], 0),
        (&["status"], 0),
        (&["status", "--json"], 0),
        (&["runs"], 0),
        (&["runs", "--json"], 0),
        (&["metrics"], 0),
        (&["whoami"], 0),
        (&["edit", &id, "--notes", &all_controls], 0),
        (&["sync", "--force-full", "--dry-run"], 3),
        (&["sync", "--force-full", "--json"], 3),
        (&["list", "--search", &all_controls], 0),
        (&["status", "--user", &all_controls], 4),
        (&["sync", "--user", &all_controls], 4),
        (&[&all_controls], 2),
    ] {
        let output = env.run(args);
        assert_eq!(output.code, code, "{args:?}: {output:?}");
        assert_clean(&output.stdout);
        assert_clean(&output.stderr);
    }
}

/// Asserts that a text has no control characters but newlines.
#[track_caller]
fn assert_clean(text: &str) {
    let steering = control_chars();
    let found = text.chars().find(|c| *c != '\n' && steering.contains(c));
    assert_eq!(found, None, "{text:?}");
}

#[on_both]
fn f_d12_formula_title_is_stored_exactly_and_escaped_in_csv(kind: DatabaseKind) {
    let titles =
        ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@x", "\t=1", "\r=1", "\"quoted\"", "a,b", "a\r\nb", "\"=1", "'=1"]
            .map(str::to_owned);
    let env = env_with_titles(kind, &titles);
    assert_stored_exactly(&env, &titles);
    let csv = env.run(&["list", "--csv", "--sort", "id"]).expect_code(0).stdout;
    let guarded_titles = [
        "'=HYPERLINK(\"http://evil\")",
        "'+1",
        "'-1",
        "'@x",
        "'\t'=1",
        "'\r'=1",
        "\"quoted\"",
        "a,b",
        "a\r\nb",
        "\"=1",
        "''=1",
    ];
    let mut rows = parse_csv(&csv);
    let header = rows.remove(0);
    assert_eq!(header[..3], ["mal_id", "title", "title_english"]);
    assert!(rows.iter().all(|row| row.len() == header.len()), "a row has another number of cells than the header");
    let csv_titles: Vec<_> = rows[100..].iter().map(|row| row[1].clone()).collect();
    assert_eq!(csv_titles, guarded_titles);
}

/// Parses CSV as in RFC 4180, independently of the library that writes it.
fn parse_csv(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = csv.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && rest.peek() == Some(&'\n') => {
                rest.next();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last row is incomplete");
    rows
}

#[on_both]
fn f_d13_sql_title_is_stored_exactly(kind: DatabaseKind) {
    let titles =
        ["'); DROP TABLE users;--", "$1", "%s", "{}", "\\", ":name", "?1", "E'\\x00'", "a' OR '1'='1", "$$;$$"]
            .map(str::to_owned);
    let env = env_with_titles(kind, &titles);
    assert_stored_exactly(&env, &titles);
    let found = env.run(&["list", "--json", "--search", "'); DROP TABLE"]).expect_code(0).json_lines();
    assert!(found.iter().any(|entry| entry["mal_id"] == FIRST_ODD_ID), "{found:?}");
    let id = FIRST_ODD_ID.to_string();
    env.run(&["edit", &id, "--notes", "'); DROP TABLE anime;--"]).expect_code(0);
    assert_eq!(list_odd_entries(&env)[0]["notes"], "'); DROP TABLE anime;--");
}

#[on_both]
fn f_d14_title_never_becomes_a_path(kind: DatabaseKind) {
    let titles = ["../../etc/passwd", "a/b", "CON", "/dev/null", ".", "~", "malsync.db"].map(str::to_owned);
    let env = env_with_titles(kind, &titles);
    let files = || {
        let found = std::process::Command::new("find").arg(env.home()).output().unwrap();
        let mut files: Vec<_> = String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect();
        // Files of SQLite that come and go.
        files.retain(|file| !file.ends_with("-wal") && !file.ends_with("-shm"));
        files.sort();
        files
    };
    assert_stored_exactly(&env, &titles);
    let before = files();
    assert!(!before.iter().any(|file| file.contains("passwd") || file.contains("CON")), "{before:?}");
    env.sync(&["--force-full"]);
    for args in [&["list", "--csv"][..], &["changes"], &["list", "--search", "../../etc/passwd"]] {
        env.run(args).expect_code(0);
    }
    assert_eq!(files(), before);
}

#[on_both]
fn f_d15_unicode_is_stored_exactly(kind: DatabaseKind) {
    let titles = [
        "\u{e9}tude",
        "e\u{301}tude",
        "שלום עולם",
        "مرحبا",
        "🦊𠮷",
        "\u{e000}\u{10ffff}",
        "\u{feff}x",
        "ﷺ",
        "ｆｕｌｌ",
        "ﬁ",
        "İı",
        "\u{200d}\u{fe0f}",
        "\u{fffd}",
    ]
    .map(str::to_owned);
    let twice = [titles.as_slice(), &titles[..2]].concat();
    assert_stored_exactly(&env_with_titles(kind, &twice), &twice);
}

#[on_both]
fn f_d18_oversized_values_are_truncated_and_deep_ones_rejected(kind: DatabaseKind) {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let tags = format!("[{}]", vec!["\"t\""; 1_000_000].join(","));
    let comments = json!("c&amp;d ".repeat(650_000)).to_string();
    let entries = [
        odd_entry_text(FIRST_ODD_ID, "/list_status/tags", &tags),
        odd_entry_text(FIRST_ODD_ID + 1, "/list_status/comments", &comments),
        odd_entry_text(FIRST_ODD_ID + 2, "/node/unknown", &deep),
    ];
    let env = env_with_entries(kind, &entries);
    let stderr = assert_all_stored(&env, 3).stderr;
    assert!(
        stderr.contains(&format!("MAL ID {FIRST_ODD_ID}: 1000000 tags, of which the first 100 are kept")),
        "{stderr}"
    );
    assert!(stderr.contains(&format!("MAL ID {}: list_status is longer than 64 KiB", FIRST_ODD_ID + 1)), "{stderr}");
    let entries_stored = list_odd_entries(&env);
    assert_eq!(entries_stored[0]["tags"], json!(vec!["t"; 100]));
    let notes = entries_stored[1]["notes"].as_str().unwrap();
    assert!(notes == "c&d ".repeat(65_536 / 8), "64 KiB of what MAL sent: {}", notes.len());
    let longest = env.query_column("SELECT CAST(max(length(CAST(mal_entry AS TEXT))) AS TEXT) FROM user_anime_lists");
    assert!(
        longest[0].as_ref().unwrap().parse::<usize>().unwrap() < 70_000,
        "the base is cut like the rest: {longest:?}"
    );
    let env = env_with_odd_values(kind, "/list_status/score", &[deep.as_str()]);
    super::assert_all_rejected(&env, 1, "score cannot be that long");
    assert_eq!(Value::Null, env.run(&["runs", "--json", "--limit", "1"]).expect_code(0).json()["errors"][0]);
}

#[on_both]
fn f_d18_unknown_fields_are_kept_up_to_a_kib_per_entry(kind: DatabaseKind) {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let many = format!("[{}0]", "[],".repeat(2_000_000));
    let texts = [r#"{"a":["new"]}"#, &deep, &many];
    let env = env_with_odd_values(kind, "/list_status/unknown", &texts);
    let (output, most) = run_measuring_memory(&env, &["sync", "--json", "-vv"]);
    assert_eq!(output.expect_code(0).json()["anime_created"], 103);
    assert!(most < 128 << 10, "{most} KiB; 6 MB of empty lists parsed into values would take several hundred MB");
    let stderr = env.run(&["sync", "--force-full", "--dry-run", "-vv"]).expect_code(0).stderr;
    for id in [FIRST_ODD_ID + 1, FIRST_ODD_ID + 2] {
        assert!(stderr.contains(&format!("MAL ID {id}: list_status has ")), "{stderr}");
    }
    let base = "SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id";
    let bases = env.query_column(&format!("{base} WHERE a.mal_id >= {FIRST_ODD_ID} ORDER BY a.mal_id"));
    let known: Vec<_> = bases.iter().map(|base| base.as_ref().unwrap().contains("unknown")).collect();
    assert_eq!(known, [true, false, false]);
    let again = env.sync(&["--force-full"]);
    assert_eq!((&again["user_lists_unchanged"], &again["errors"]), (&json!(103), &json!([])), "{again}");
}

#[on_both]
fn f_d18_error_of_huge_entry_is_stored_short(kind: DatabaseKind) {
    let mut bad = good_entry(FIRST_ODD_ID);
    bad["node"]["title"] = json!("t".repeat(1_000_000));
    bad["list_status"]["status"] = json!("s".repeat(1_000_000));
    let env = env_with_entries(kind, &[bad.to_string()]);
    let run = env.run(&["sync", "--json"]).expect_code(3).json();
    let error = &run["errors"][0];
    assert_eq!(
        (error["mal_id"].as_u64(), error["title"].as_str().map(str::len)),
        (Some(FIRST_ODD_ID), Some(203)),
        "{error}"
    );
    let row = env.query_value("SELECT CAST(length(CAST(errors AS TEXT)) AS TEXT) FROM sync_runs").unwrap();
    assert!(row.parse::<usize>().unwrap() < 600, "{row}");
    assert_eq!(env.run(&["runs", "--json"]).expect_code(0).json()["errors"][0], *error);
}
