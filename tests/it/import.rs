//! `import` of lists.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use malsync_test_macros::on_both;
use rexpect::session::spawn_command;
use serde_json::{Value, json};

use crate::{
    list::terminal_output,
    support::test_env::{DatabaseKind, TestEnv},
};

const SAMPLE_LIST_XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>
<myanimelist>
<myinfo><user_id>7</user_id><user_name>alice</user_name><user_export_type>1</user_export_type></myinfo>
<anime><series_animedb_id>900001</series_animedb_id><series_title><![CDATA[Mine & nobody's]]></series_title>
<series_type>TV</series_type><series_episodes>12</series_episodes><my_watched_episodes>3</my_watched_episodes>
<my_start_date>2019-04-00</my_start_date><my_finish_date>0000-00-00</my_finish_date><my_score>9</my_score>
<my_status>Watching</my_status><my_comments><![CDATA[good &amp; short]]></my_comments></anime>
<anime><series_animedb_id>900002</series_animedb_id><series_title><![CDATA[Bad]]></series_title>
<my_score>11</my_score><my_status>Reading</my_status></anime>
<anime><series_animedb_id>900003</series_animedb_id><series_title><![CDATA[Film]]></series_title>
<series_type>Movie</series_type><my_status>Plan to Watch</my_status></anime>
</myanimelist>
";

fn write_file(env: &TestEnv, name: &str, text: &str) {
    fs::write(env.home().join(name), text).unwrap();
}

/// Returns the rows of `list --json` in order of ids, without their times.
pub(crate) fn list_rows(env: &TestEnv) -> Vec<Value> {
    let mut rows = env.run(&["list", "--sort", "id", "--json"]).expect_code(0).json_lines();
    for row in &mut rows {
        row["updated_at"] = Value::Null;
    }
    rows
}

#[on_both]
fn import_works_without_account(kind: DatabaseKind) {
    let mut env = TestEnv::new(kind, 0);
    env.set_var("MAL_CLIENT_ID", "");
    write_file(&env, "list.xml", SAMPLE_LIST_XML);
    let output = env.run(&["import", "list.xml", "--json"]).expect_code(3);
    let done = output.json();
    assert_eq!(
        ["entries", "created", "updated", "unchanged", "username", "dry_run"].map(|name| &done[name]),
        [&json!(3), &json!(2), &json!(0), &json!(0), &json!("alice"), &json!(false)]
    );
    assert_eq!(done["errors"][0]["mal_id"], 900_002);
    assert_eq!(done["errors"][0]["kind"], "invalid");
    assert!(
        output.stderr.contains("Created local user alice") && output.stderr.contains("unknown list status"),
        "{}",
        output.stderr
    );
    let list = list_rows(&env);
    assert_eq!(list.len(), 2);
    assert_eq!(
        ["title", "status", "score", "episodes_watched", "episodes", "start_date", "notes", "media_type"]
            .map(|name| &list[0][name]),
        [
            &json!("Mine & nobody's"),
            &json!("watching"),
            &json!(9),
            &json!(3),
            &json!(12),
            &json!("2019-04"),
            &json!("good & short"),
            &json!("tv")
        ]
    );
    let seen = "SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists WHERE mal_entry IS NOT NULL";
    assert!(env.query_column(seen).is_empty());
    for look in ["list", "stats"] {
        let output = env.run(&[look, "--genre", "nothing"]).expect_code(0);
        assert_eq!(output.stderr, "no entry\n", "a list that came by a file lacks no sync");
    }
    let again = env.run(&["import", "list.xml"]).expect_code(3);
    assert_eq!(again.stdout, "Imported 3 entries for alice: 0 created, 0 updated, 2 unchanged, 1 error\n");
    assert_eq!(env.query_value("SELECT CAST(count(*) AS TEXT) FROM list_edits").as_deref(), Some("2"));
    env.run(&["import", "list.xml", "--user", "bob"]).expect_code(3);
    assert_eq!(env.run(&["list", "--user", "bob", "--json"]).expect_code(0).json_lines().len(), 2);
    env.run(&["import", "list.xml", "--user", "id:77"]).expect_code(4);
}

#[on_both]
fn import_obeys_merge_rules_and_pins(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 2);
    env.sync(&[]);
    let id = list_rows(&env)[0]["mal_id"].as_i64().unwrap();
    env.execute_sql(
        "UPDATE user_anime_lists SET pinned = '[\"status\"]', status = 'on_hold', priority = 2, removed_at = NULL",
    );
    let base = "SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists ORDER BY id";
    let (seen, title) = (env.query_column(base), list_rows(&env)[0]["title"].clone());
    let entry = format!(
        "<anime><series_animedb_id>{id}</series_animedb_id><series_title>another</series_title>\
        <my_status>Dropped</my_status><my_watched_episodes>0</my_watched_episodes><my_times_watched>4</my_times_watched></anime>"
    );
    write_file(&env, "one.xml", &format!("<myanimelist>{entry}</myanimelist>"));
    let watched = list_rows(&env)[0]["episodes_watched"].clone();
    assert_eq!(env.run(&["import", "one.xml", "--json"]).expect_code(0).json()["updated"], 1);
    let row = &list_rows(&env)[0];
    assert_eq!(
        (&row["status"], &row["priority"], &row["times_rewatched"], &row["episodes_watched"], &row["title"]),
        (&json!("on_hold"), &json!(2), &json!(4), &watched, &title)
    );
    assert_eq!(env.query_column(base), seen, "an import must not change the merge base");
    let edits_sql = "SELECT command || ' ' || field FROM list_edits";
    assert_eq!(env.query_column(edits_sql), [Some("import times_rewatched".into())]);
}

#[test]
fn import_goes_to_the_named_user_only() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let list = |name: &str, id: u32| {
        let entry = "<anime><series_animedb_id>1</series_animedb_id><series_title>One</series_title><my_status>Watching</my_status></anime>";
        write_file(
            &env,
            "list.xml",
            &format!(
                "<myanimelist><myinfo><user_id>{id}</user_id><user_name>{name}</user_name></myinfo>{entry}</myanimelist>"
            ),
        );
    };
    let owners =
        || env.query_column("SELECT u.username FROM user_anime_lists l JOIN users u ON u.id = l.user_id ORDER BY 1");
    list("ann", 0);
    env.run(&["import", "list.xml"]).expect_code(0);
    list("bob", 0);
    let output = env.run(&["import", "list.xml"]).expect_code(2);
    assert!(
        output.stderr.contains("the list of bob, which is not a local user") && output.stderr.contains("--user NAME"),
        "{}",
        output.stderr
    );
    assert_eq!(owners(), [Some("ann".into())]);
    env.run(&["import", "list.xml", "--user", "bob"]).expect_code(0);
    env.execute_sql("DELETE FROM user_anime_lists");
    env.run(&["import", "list.xml"]).expect_code(0);
    assert_eq!(owners(), [Some("bob".into())]);
    env.execute_sql("UPDATE users SET mal_user_id = 20 WHERE username = 'bob'");
    let imported_by = |name: &str, id: u32, flags: &[&str], code: i32| {
        env.execute_sql("DELETE FROM user_anime_lists");
        list(name, id);
        env.run(&[&["import", "list.xml"], flags].concat()).expect_code(code);
        owners().into_iter().next().flatten()
    };
    assert_eq!(imported_by("renamed", 20, &[], 0).as_deref(), Some("bob"), "the account decides");
    assert_eq!(imported_by("BOB", 20, &[], 0).as_deref(), Some("bob"));
    assert_eq!(imported_by("ANN", 0, &[], 0).as_deref(), Some("ann"), "the name is compared without case");
    assert_eq!(imported_by("bob", 30, &[], 8), None, "another account of the same name");
    assert_eq!(imported_by("ann", 30, &["--user", "bob"], 8), None);
    assert_eq!(imported_by("ann", 30, &["--user", "bob", "--force"], 0).as_deref(), Some("bob"));
    assert_eq!(imported_by("ann", 0, &["--user", "id:x"], 2), None);
    env.execute_sql("DELETE FROM user_anime_lists");
    env.execute_sql("DELETE FROM users");
    assert_eq!(imported_by("id:1", 0, &[], 2), None, "a name that no command could address");
}

#[test]
fn import_creates_user_only_for_valid_list_and_questions_similar_names() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let users = "SELECT username FROM users ORDER BY 1";
    write_file(&env, "bad.xml", &SAMPLE_LIST_XML.replace("<my_status>", "<my_status>x"));
    let output = env.run(&["import", "bad.xml", "--user", "ann"]).expect_code(3);
    assert!(output.stderr.contains("no entry could be imported, and user ann is not created"), "{}", output.stderr);
    assert!(env.query_column(users).is_empty());
    write_file(&env, "list.xml", SAMPLE_LIST_XML);
    env.run(&["import", "list.xml"]).expect_code(3);
    let stderr = env.run(&["import", "list.xml", "--user", "alcie"]).expect_code(3).stderr;
    let created = "Created local user alcie, not linked to a MAL account (other users: alice)\n";
    assert!(stderr.contains(created), "{stderr}");
    let import_with_answer = |answer: &str| {
        let mut command = env.shell_command("$MALSYNC import list.xml --user alic; echo code=$?");
        command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
        let mut session = spawn_command(command, Some(180_000)).unwrap();
        session.exp_string("No user alic yet (did you mean alice?). Create it? [y/N]").unwrap();
        session.send_line(answer).unwrap();
        session.exp_eof().unwrap()
    };
    let answered = import_with_answer("");
    assert!(answered.contains("Nothing was imported.") && answered.contains("code=0"), "{answered}");
    assert_eq!(env.query_column(users).len(), 2);
    assert!(import_with_answer("y").contains("Created local user alic, not linked"));
    assert_eq!(env.query_column(users).len(), 3);
}

#[test]
fn import_reports_kept_fields_and_what_next_sync_reverts() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    env.run(&["export", "--output", "list.json"]).expect_code(0);
    let text = fs::read_to_string(env.home().join("list.json")).unwrap();
    let mut list: Vec<Value> = serde_json::from_str(&text).unwrap();
    for entry in &mut list {
        entry["status"] = if entry["status"] == "dropped" { json!("watching") } else { json!("dropped") };
    }
    write_file(&env, "edited.json", &serde_json::to_string(&list).unwrap());
    let dry = env.run(&["import", "edited.json", "--dry-run"]).expect_code(0).stdout;
    assert!(
        dry.contains(
            "The next sync will overwrite 3 entries with MAL's values: status in 3. To keep a field: malsync pin"
        ),
        "{dry}"
    );
    let done = env.run(&["import", "edited.json", "--json"]).expect_code(0).json();
    assert_eq!((&done["updated"], &done["set_back"]), (&json!(3), &json!([{"field": "status", "entries": 3}])));
    env.execute_sql("UPDATE user_anime_lists SET episodes_watched = 2000000");
    let done = env.run(&["import", "edited.json", "--json"]).expect_code(0).json();
    assert_eq!((&done["unchanged"], &done["kept"], &done["set_back"]), (&json!(3), &json!(3), &json!([])));
    let told = env.run(&["import", "edited.json"]).expect_code(0).stdout;
    assert!(told.contains("0 unchanged, 3 kept (differ from the file), 0 errors"), "{told}");
}

#[test]
fn json_import_restores_anime_data_and_renames_no_genre() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 20);
    env.sync(&[]);
    env.run(&["export", "--output", "list.json"]).expect_code(0);
    let columns = "mal_id,mean,rank,genres,studios,season_year,season,synonyms,source,aired_from,broadcast";
    let known = ["list", "--sort", "id", "--json", "--columns", columns];
    let before = env.run(&known).expect_code(0).json_lines();
    assert!(before.iter().any(|row| row["genres"] != json!([])) && before.iter().any(|row| row["mean"].is_number()));
    env.use_new_database();
    env.run(&["import", "list.json", "--user", "ann"]).expect_code(0);
    assert_eq!(env.run(&known).expect_code(0).json_lines(), before);
    let genre = "SELECT name FROM mal_genres ORDER BY id LIMIT 1";
    let name = env.query_value(genre).unwrap();
    let text = fs::read_to_string(env.home().join("list.json")).unwrap();
    write_file(
        &env,
        "renamed.json",
        &text.replace(&format!("\"{name}\""), "\"Renamed\"").replace("\"mal_id\":", "\"mal_id\":9"),
    );
    env.run(&["import", "renamed.json", "--user", "ann"]).expect_code(0);
    assert_eq!(env.query_value(genre), Some(name));
}

#[test]
fn list_without_account_is_mentioned_by_status_and_login() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 2);
    write_file(&env, "list.xml", &SAMPLE_LIST_XML.replace("alice", "bob b"));
    env.run(&["import", "list.xml"]).expect_code(3);
    let status = env.run(&["status"]).expect_code(4);
    assert!(status.stdout.contains("login      none: malsync login --user 'bob b'\n"), "{}", status.stdout);
    let login = env.run(&["login"]).expect_code(0);
    assert!(
        login.stderr.contains(
            "The list of bob b (2 entries) is not linked to a MAL account. To show it: malsync list --user 'bob b'"
        ),
        "{}",
        login.stderr
    );
    assert!(!env.run(&["login", "--user", "alice"]).expect_code(0).stderr.contains("not linked"));
}

/// Returns enough entries that they are written in many parts.
fn many_entries_json() -> String {
    let entry = |id| json!({"mal_id": id, "title": format!("T{id}"), "status": "watching", "score": 5});
    let entries: Vec<Value> = (1..=2_100).map(entry).collect();
    serde_json::to_string(&entries).unwrap()
}

#[test]
fn long_command_shows_progress_on_terminal_only() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    write_file(&env, "many.json", &many_entries_json());
    env.set_var("FAILPOINTS", "edit.part=sleep(40)");
    let lines = [
        ("import many.json --user ann", "Importing"),
        ("edit --where score=5 --priority 1 --yes", "Editing"),
        ("restore --edit 2101 --yes", "Restoring"),
    ];
    for (line, word) in lines {
        let has_bar = |text: &str| text.contains(&format!("{word} ")) && text.contains("/2,100");
        let text = terminal_output(&env, &format!("$MALSYNC {line}"));
        assert!(has_bar(&text) && text.contains("code=0"), "{line}: {text}");
        for flag in ["--no-progress", "-q", "2>&1 | cat"] {
            let text = terminal_output(&env, &format!("$MALSYNC {line} {flag}"));
            assert!(!has_bar(&text) && text.contains("code=0"), "{line} {flag}: {text}");
        }
    }
    env.set_var("FAILPOINTS", "");
    let began = Instant::now();
    let short = terminal_output(&env, "$MALSYNC edit 1 --priority 2");
    let took = began.elapsed();
    assert!(short.contains("code=0"), "{short}");
    // On a busy machine this command takes long, too.
    if took < Duration::from_millis(400) {
        assert!(!short.contains("Editing"), "{short}");
    }
}

#[test]
fn import_of_invalid_entries_stops_early() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    for (name, text) in [
        ("a.json", format!("[{}1]", "1,".repeat(20_000))),
        ("a.ndjson", "{}\n".repeat(20_000)),
        ("a.xml", format!("<myanimelist>{}</myanimelist>", "<anime/>".repeat(20_000))),
    ] {
        write_file(&env, name, &text);
        let output = env.run(&["import", name, "--user", "ann"]).expect_code(1);
        assert!(
            output.stderr.contains("more than 10000 of its entries cannot be imported"),
            "{name}: {}",
            output.stderr
        );
    }
    let long = format!(r#"[{{"mal_id":1,"title":"x","status":"watching","more":[{}0]}}]"#, "0,".repeat(600_000));
    write_file(&env, "a.json", &long);
    let output = env.run(&["import", "a.json", "--user", "ann"]).expect_code(3);
    assert!(output.stderr.contains("an entry is larger than 1 MiB"), "{}", output.stderr);
}

#[on_both]
fn import_dry_run_writes_nothing(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 0);
    write_file(&env, "list.xml", SAMPLE_LIST_XML);
    let output = env.run(&["import", "list.xml", "--dry-run", "--json"]).expect_code(3);
    let done = output.json();
    assert_eq!((&done["created"], &done["edit_id"], &done["user_id"]), (&json!(2), &Value::Null, &Value::Null));
    assert_eq!(env.query_value("SELECT CAST(count(*) AS TEXT) FROM users").as_deref(), Some("0"));
    env.run(&["import", "list.xml"]).expect_code(3);
    write_file(&env, "list.xml", &SAMPLE_LIST_XML.replace("<my_score>9<", "<my_score>8<"));
    let done = env.run(&["import", "list.xml", "--dry-run", "--json"]).expect_code(3).json();
    assert_eq!((&done["updated"], &done["unchanged"]), (&json!(1), &json!(1)));
    assert_eq!(list_rows(&env)[0]["score"], 9);
}

#[on_both]
fn login_adopts_imported_list_and_sync_merges_it(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 3);
    let id = env.sim.control().entry_ids("alice").unwrap()[0];
    let edited_list = SAMPLE_LIST_XML.replace("900003", &id.to_string()).replace(
        "<my_status>Plan to Watch</my_status>",
        "<my_status>Plan to Watch</my_status><my_watched_episodes>2000</my_watched_episodes>\
        <my_comments>mine</my_comments>",
    );
    write_file(&env, "list.xml", &edited_list);
    env.run(&["import", "list.xml"]).expect_code(3);
    let login = env.run(&["login", "--json"]).expect_code(0).json();
    assert_eq!((&login["username"], &login["user_id"]), (&json!("alice"), &json!(1)));
    let run = env.sync(&[]);
    assert_eq!((&run["status"], &run["user_lists_created"]), (&json!("SUCCESS"), &json!(2)));
    let list = list_rows(&env);
    assert_eq!(list.len(), 4, "three entries of MAL and one local entry");
    let row = |id: u64| list.iter().find(|row| row["mal_id"] == id).unwrap();
    assert_eq!((&row(id)["episodes_watched"], &row(id)["notes"]), (&json!(2000), &json!("mine")));
    let sent = env.sim.control().entry_json("alice", id).unwrap().unwrap();
    let status = sent.pointer("/list_status/status").or_else(|| sent.get("status")).unwrap();
    assert_eq!(&row(id)["status"], status);
    assert_eq!((&row(900_001)["status"], &row(900_001)["removed"]), (&json!("watching"), &json!(false)));
}

#[test]
fn import_of_other_file_fails_with_position() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    for (text, what) in [
        (&SAMPLE_LIST_XML[..SAMPLE_LIST_XML.len() - 15], "unexpected end of file"),
        ("<library/>", "not a MyAnimeList export"),
        ("", "it contains no list"),
    ] {
        write_file(&env, "broken.xml", text);
        let output = env.run(&["import", "broken.xml"]).expect_code(1);
        assert!(output.stderr.starts_with("error: cannot import broken.xml: line "), "{}", output.stderr);
        assert!(output.stderr.contains(what) && output.stderr.contains("hint: "), "{}", output.stderr);
    }
    let output = env.run(&["import", "missing.xml"]).expect_code(1);
    assert!(output.stderr.starts_with("error: cannot read missing.xml: "), "{}", output.stderr);
    assert_eq!(env.run(&["status", "--json"]).expect_code(4).json()["user_id"], Value::Null);
}

#[test]
fn import_counts_what_was_left_out() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let entry = "<anime><series_animedb_id>1</series_animedb_id><my_status>On Hold</my_status><my_score>85</my_score>\
        <my_start_date>Today</my_start_date><my_finish_date>2021-4-0</my_finish_date></anime>";
    write_file(&env, "list.xml", &format!("<myanimelist>{entry}{entry}</myanimelist>"));
    let dry = env.run(&["import", "list.xml", "--user", "ann", "--dry-run"]).expect_code(0);
    assert!(dry.stderr.contains("my_start_date \"Today\" is not a valid date"), "{}", dry.stderr);
    let output = env.run(&["import", "list.xml", "--user", "ann", "--json"]).expect_code(0);
    let done = output.json();
    assert_eq!(["created", "dates_unread", "values_unread"].map(|name| &done[name]), [&json!(1), &json!(2), &json!(2)]);
    for line in ["2 dates could not be read", "2 values could not be read", "1 duplicate entry skipped"] {
        assert!(output.stderr.contains(line), "{}", output.stderr);
    }
    let row = &list_rows(&env)[0];
    assert_eq!((&row["title"], &row["finish_date"]), (&json!("MAL #1"), &json!("2021-04")));
}
