//! Manual changes of the list: edits, `changes` and `restore`.

use std::{fs, process::Stdio};

use malsync_test_macros::on_both;
use rexpect::session::spawn_command;
use serde_json::{Value, json};

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Creates a synced environment. Returns the ids of the first entries, which have these values on MAL.
pub(crate) fn synced_env(kind: DatabaseKind, keys: &Value) -> (TestEnv, Vec<String>) {
    let env = TestEnv::with_login(kind, 12);
    let ids: Vec<u64> = env.sim.control().entry_ids("alice").unwrap().into_iter().take(3).collect();
    ids.iter().for_each(|id| patch_entry(&env, *id, keys));
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
    (env, ids.iter().map(u64::to_string).collect())
}

pub(crate) fn plain_entry_json() -> Value {
    json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "start_date": "2019-04-01", "comments": ""})
}

pub(crate) fn patch_entry(env: &TestEnv, id: u64, keys: &Value) {
    let patch = serde_json::from_value(json!({ "list_status": keys })).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

pub(crate) fn find_entry(env: &TestEnv, id: &str) -> Option<Value> {
    let all = env.run(&["list", "--json", "--removed"]).expect_code(0).json_lines();
    all.into_iter().find(|entry| entry["mal_id"].as_i64() == id.parse().ok())
}

pub(crate) fn entry_field(env: &TestEnv, id: &str, name: &str) -> Value {
    find_entry(env, id).unwrap()[name].clone()
}

#[on_both]
fn anime_is_named_by_title_or_its_beginning(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let title = entry_field(&env, &ids[0], "title").as_str().unwrap().to_owned();
    env.run(&["edit", &title.to_uppercase(), "--score", "9"]).expect_code(0);
    assert_eq!(entry_field(&env, &ids[0], "score"), 9);
    env.run(&["pin", &title, "score"]).expect_code(0);
    let changes = env.run(&["changes", "--local", "--anime", &title, "--json"]).expect_code(0).json_lines();
    assert_eq!(changes.len(), 2, "{changes:?}");
    env.run(&["unpin", &title, "--all"]).expect_code(0);
    env.run(&["edit", "no such title at all", "--score", "9"]).expect_code(1);
    env.run(&["edit", "0", "--score", "9"]).expect_code(2);
}

#[on_both]
fn edit_of_many_entries_needs_confirmation(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &json!({"status": "on_hold", "tags": ["mine"], "score": 0}));
    let edit = |flags: &[&str]| env.run(&[&["edit", "--where", "tag=Mine", "--score", "9"], flags].concat());
    let edits = "SELECT CAST(count(*) AS TEXT) FROM list_edits";
    let dry = edit(&["--dry-run"]).expect_code(0).stdout;
    assert!(dry.contains("3 entries would change (dry run: nothing was written)"), "{dry}");
    let refused = edit(&[]).expect_code(2);
    assert!(refused.stderr.contains("hint: confirm with --yes"), "{}", refused.stderr);
    assert_eq!(env.query_value(edits), Some("0".into()));
    let done = edit(&["--yes", "--json", "--where", "status=on_hold"]).expect_code(0).json_lines();
    let change =
        json!({"field": "score", "local": null, "kept": 9, "mal": null, "stays": true, "rule": "mal_if_scored"});
    assert_eq!((done.len(), &done[0]["changes"]), (3, &json!([change])));
    assert!(done.iter().all(|line| line["edit_id"] == done[0]["edit_id"] && line["edit_id"].is_i64()));
    assert_eq!(env.query_value(edits), Some("3".into()));
    let same = edit(&[]).expect_code(0).stdout;
    assert!(same.contains("3 already match"), "{same}");
    env.run(&["edit", "--where", "search=no such title", "--score", "1"]).expect_code(0);
    // A change of one entry needs no confirmation, however the entry is selected.
    let title = find_entry(&env, &ids[0]).unwrap()["title"].as_str().unwrap().to_owned();
    let one = format!("search={title}");
    env.run(&["edit", "--where", &one, "--where", "tag=mine", "--tags", "a, b,,", "--rewatching", "true"])
        .expect_code(0);
    assert_eq!(
        (entry_field(&env, &ids[0], "tags"), entry_field(&env, &ids[0], "is_rewatching")),
        (json!(["a", "b"]), json!(true))
    );
    for wrong in [
        &["edit", "--where", "x=1", "--score", "1"][..],
        &["edit", "1", "--where", "edited", "--score", "1"],
        &["edit", "--score", "1"],
    ] {
        env.run(wrong).expect_code(2);
    }
}

#[test]
fn where_keys_are_combined_with_and() {
    let (env, _) = synced_env(DatabaseKind::Sqlite, &plain_entry_json());
    let wheres = |words: &[&str]| {
        let words = words.iter().flat_map(|word| ["--where", word]);
        env.run(&["edit", "--score", "1", "--dry-run", "--json"].into_iter().chain(words).collect::<Vec<_>>())
    };
    let output = wheres(&["status=watching", "status=dropped"]).expect_code(2);
    assert!(
        output.stderr.contains("--where status is given twice") && output.stderr.contains("status=A,B"),
        "{}",
        output.stderr
    );
    assert!(wheres(&["status=watching,dropped"]).expect_code(0).json_lines().len() >= 3);
    wheres(&["genre=Action", "genre=Drama"]).expect_code(0);
}

#[on_both]
fn edit_says_which_fields_survive_the_next_sync(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let id = ids[0].as_str();
    let edit = ["edit", id, "--status", "completed", "--episodes", "9", "--priority", "2", "--dry-run"];
    let output = env.run(&edit).expect_code(0);
    assert!(output.stdout.contains("status watching → completed (overwritten by the next sync)"), "{}", output.stdout);
    assert!(output.stdout.contains("episodes 5 → 9 (kept)"), "{}", output.stdout);
    assert!(output.stderr.contains("the next sync will overwrite status with watching"), "{}", output.stderr);
    assert!(
        output.stderr.contains(&format!("To keep your values: malsync pin {id} status priority")),
        "{}",
        output.stderr
    );
    assert_eq!(entry_field(&env, id, "status"), "watching");
    env.run(&["pin", id, "status"]).expect_code(0);
    let report = env.run(&["edit", id, "--status", "completed", "--json"]).expect_code(0).json();
    assert_eq!((&report["changes"][0]["stays"], &report["changes"][0]["rule"]), (&json!(true), &json!("pinned")));
    env.sync(&["--force-full"]);
    assert_eq!(entry_field(&env, id, "status"), "completed");
}

#[on_both]
fn restore_undoes_a_run_and_can_be_undone(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let new_values = json!({"status": "completed", "score": 9, "num_episodes_watched": 8, "start_date": "2020-01-02", "comments": "x"});
    ids.iter().for_each(|id| patch_entry(&env, id.parse().unwrap(), &new_values));
    let run = env.sync(&[])["run_id"].to_string();
    let values = || {
        let row = |id: &String| find_entry(&env, id).unwrap();
        let fields = ["status", "score", "episodes_watched", "start_date", "notes"];
        ids.iter().map(|id| fields.map(|field| row(id)[field].clone())).collect::<Vec<_>>()
    };
    let (old, new) = ([json!("watching"), json!(7), json!(5), json!("2019-04-01"), Value::Null], values());
    env.run(&["restore", "--run", &run]).expect_code(2);
    let dry = env.run(&["restore", "--run", &run, "--dry-run", "--json"]).expect_code(0).json_lines();
    assert_eq!((dry.len(), &dry[0]["edit_id"], values()), (3, &Value::Null, new.clone()));
    let done = env.run(&["restore", "--run", &run, "--yes", "--json"]).expect_code(0);
    assert!(done.stderr.contains("malsync pin MAL_ID status score"), "{}", done.stderr);
    assert_eq!(values(), vec![old; 3]);
    let again = env.run(&["restore", "--run", &run, "--yes"]).expect_code(0);
    assert!(again.stderr.contains("Nothing to restore"), "{}", again.stderr);
    let edit = done.json_lines()[0]["edit_id"].to_string();
    env.run(&["restore", "--edit", &edit, "--yes"]).expect_code(0);
    assert_eq!(values(), new);
}

#[on_both]
fn restore_undoes_one_anime_or_one_change(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let id = ids[0].as_str();
    ids.iter().for_each(|id| patch_entry(&env, id.parse().unwrap(), &json!({"status": "completed", "score": 9})));
    env.sync(&[]);
    let change = env.run(&["changes", "--anime", id, "--field", "score", "--json"]).expect_code(0).json_lines();
    assert_eq!((change.len(), &change[0]["local"]), (1, &json!(7)));
    env.run(&["restore", "--change", &change[0]["id"].to_string()]).expect_code(0);
    assert_eq!((entry_field(&env, id, "score"), entry_field(&env, id, "status")), (json!(7), json!("completed")));
    // The last run that changed the entry counts, even if another run followed.
    env.sync(&["--force-full"]);
    env.run(&["pin", &ids[1], "score"]).expect_code(0);
    let done = env.run(&["restore", "--anime", &ids[1]]).expect_code(0);
    assert!(done.stdout.contains("score 9 → 7 (pinned)"), "{}", done.stdout);
    assert!(done.stderr.contains("the next sync will overwrite status with completed"), "{}", done.stderr);
    env.sync(&["--force-full"]);
    assert_eq!(
        (entry_field(&env, &ids[1], "score"), entry_field(&env, &ids[1], "status")),
        (json!(7), json!("completed"))
    );
    assert_eq!(entry_field(&env, &ids[2], "score"), json!(9), "other entries are unchanged");
}

#[on_both]
fn restore_skips_fields_changed_since(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let id = ids[0].as_str();
    patch_entry(&env, id.parse().unwrap(), &json!({"score": 9, "num_episodes_watched": 8}));
    let run = env.sync(&[])["run_id"].to_string();
    env.run(&["edit", id, "--score", "1"]).expect_code(0);
    let restore = ["restore", "--run", &run, "--anime", id, "--json"];
    let report = env.run(&restore).expect_code(0).json();
    assert_eq!(report["left"], json!([{"field": "score", "here": 1, "left": 9, "reason": "changed_since"}]));
    assert_eq!((entry_field(&env, id, "score"), entry_field(&env, id, "episodes_watched")), (json!(1), json!(5)));
    env.run(&[&restore[..], &["--force"]].concat()).expect_code(0);
    assert_eq!(entry_field(&env, id, "score"), json!(7));
}

#[on_both]
fn restore_brings_removed_entry_back_as_local(kind: DatabaseKind) {
    let (env, ids) = synced_env(
        kind,
        &json!({"status": "watching", "score": 7, "tags": ["a", "b"], "comments": "fine", "start_date": "2019"}),
    );
    let entries_before: Vec<_> = ids.iter().map(|id| find_entry(&env, id).unwrap()).collect();
    let same = |id: &str, entries_before: &Value| {
        let row = find_entry(&env, id).unwrap();
        let fields = ["status", "score", "tags", "notes", "start_date", "episodes_watched", "removed"];
        fields.iter().for_each(|field| assert_eq!(row[*field], entries_before[*field], "{field}"));
    };
    for id in &ids[..2] {
        env.sim.control().delete_entry("alice", id.parse().unwrap()).unwrap();
    }
    env.sync(&["--force-full"]);
    assert_eq!(entry_field(&env, &ids[0], "removed"), true);
    env.run(&["restore", "--anime", &ids[0]]).expect_code(0);
    same(&ids[0], &entries_before[0]);
    env.sync(&["--prune"]);
    same(&ids[0], &entries_before[0]);
    assert!(find_entry(&env, &ids[1]).is_none(), "deleted");
    let made = env.run(&["restore", "--anime", &ids[1], "--json"]).expect_code(0).json();
    same(&ids[1], &entries_before[1]);
    env.sync(&["--prune"]);
    same(&ids[1], &entries_before[1]);
    env.run(&["restore", "--edit", &made["edit_id"].to_string()]).expect_code(0);
    assert!(find_entry(&env, &ids[1]).is_none(), "undone");
    let quiet = env.run(&["restore", "--run", "1", "--yes"]).expect_code(0);
    assert!(quiet.stdout.is_empty() && quiet.stderr.lines().count() == 1, "{} {}", quiet.stdout, quiet.stderr);
    assert!(quiet.stderr.starts_with("Nothing to restore; skipped: "), "{}", quiet.stderr);
    let first = env.run(&["restore", "--run", "1", "--json", "--yes"]).expect_code(0).json_lines();
    let stay = |line: &Value| line["changes"] == json!([]) && line["left"][0]["field"] == "entry";
    assert!(first.iter().all(stay), "{first:?}");
}

#[on_both]
fn restore_of_unknown_id_fails_with_hint(kind: DatabaseKind) {
    let (env, _) = synced_env(kind, &plain_entry_json());
    for what in [&["--run", "99"][..], &["--change", "9999"], &["--edit", "99"]] {
        let stderr = env.run(&[&["restore"], what].concat()).expect_code(1).stderr;
        assert!(stderr.contains("error: no ") && stderr.contains("hint: "), "{stderr}");
    }
    env.execute_sql("INSERT INTO users (username) VALUES ('bob')");
    env.run(&["restore", "--run", "1", "--user", "bob"]).expect_code(1);
    for unknown in [&["changes", "--run", "99"][..], &["changes", "--run", "1", "--user", "bob"]] {
        let told = env.run(unknown).expect_code(1).stderr;
        assert!(told.contains("error: no run ") && told.contains("hint: list the runs with malsync runs"), "{told}");
    }
    let nothing = env.run(&["restore", "--anime", "999999"]).expect_code(0);
    assert!(nothing.stderr.contains("Nothing to restore"), "{}", nothing.stderr);
    for wrong in [&["restore"][..], &["restore", "--run", "1", "--edit", "1"], &["unpin", "1"], &["pin", "1", "title"]]
    {
        env.run(wrong).expect_code(2);
    }
    env.run(&["pin", "999999", "score"]).expect_code(1);
}

#[on_both]
fn changes_local_lists_edits_with_ids(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    env.run(&["edit", &ids[0], "--score", "9", "--notes", "mine"]).expect_code(0);
    let local =
        |flags: &[&str]| env.run(&[&["changes", "--local", "--json"], flags].concat()).expect_code(0).json_lines();
    let edits = local(&["--field", "score"]);
    assert_eq!(
        (edits.len(), &edits[0]["mal"], &edits[0]["kept"], &edits[0]["run_id"]),
        (1, &json!(7), &json!(9), &Value::Null)
    );
    assert_eq!((&edits[0]["command"], edits[0]["edit_id"].is_i64()), (&json!("edit"), true));
    assert_eq!((local(&["--since", "1d"]).len(), local(&["--until", "1d"]).len()), (2, 0));
    let changes = |flags: &[&str]| env.run(&[&["changes", "--json"], flags].concat()).expect_code(0).json_lines().len();
    assert_eq!((changes(&["--since", "1h"]), changes(&["--until", "2020-01-01"])), (12, 0));
    assert_eq!((changes(&["--field", "entry"]), changes(&["--field", "notes"])), (12, 0));
    let table = env.run(&["changes", "--local"]).expect_code(0).stdout;
    assert!(
        table
            .lines()
            .next()
            .unwrap()
            .split_whitespace()
            .eq(["edit", "command", "id", "title", "field", "before", "after", "MAL"])
    );
}

#[test]
fn edit_with_more_episodes_than_exist_warns() {
    let (env, ids) = synced_env(DatabaseKind::Sqlite, &plain_entry_json());
    env.execute_sql("UPDATE anime SET episodes = 12, title = 'Twelve'");
    let output = env.run(&["edit", &ids[0], "--episodes", "99999"]).expect_code(0);
    assert!(
        output.stderr.contains("warning: Twelve: only 12 episodes exist, but 99999 marked as watched\n"),
        "{}",
        output.stderr
    );
    assert_eq!(entry_field(&env, &ids[0], "episodes_watched"), 99_999);
    assert!(!env.run(&["edit", &ids[1], "--episodes", "12"]).expect_code(0).stderr.contains("warning"));
    let many = env.run(&["edit", "--where", "search=twelve", "--episodes", "13", "--yes"]).expect_code(0);
    assert!(many.stderr.contains("12 entries have fewer episodes than the 13 marked as watched"), "{}", many.stderr);
}

#[test]
fn signal_at_prompt_cancels_and_later_input_is_ignored() {
    let (env, ids) = synced_env(DatabaseKind::Sqlite, &plain_entry_json());
    let mut command = env.shell_command(
        "$MALSYNC edit --where status=watching --priority 2 || echo code=$?; read -t 5 word; echo word=$word",
    );
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let mut session = spawn_command(command, Some(180_000)).unwrap();
    session.exp_string("[y/N]").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("nothing was changed").unwrap();
    session.send_line("y").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(entry_field(&env, &ids[0], "priority"), 0);
}

/// With its last connection SQLite removes the files beside the database, which somebody might forget to copy.
#[test]
fn failed_edit_leaves_no_wal_or_shm_file() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    env.sync(&[]);
    let left_files = |_: usize| {
        env.run(&["edit", "999999", "--score", "5"]).expect_code(1);
        let file = env.database_file().display().to_string();
        ["-wal", "-shm"]
            .map(|ending| format!("{file}{ending}"))
            .into_iter()
            .filter(|file| fs::exists(file).unwrap())
            .count()
    };
    assert_eq!((0..10).map(left_files).sum::<usize>(), 0);
}

#[on_both]
fn restore_brings_back_notes_and_pins_that_a_prune_deleted_on_an_entry_that_is_back(kind: DatabaseKind) {
    let world = TestEnv::with_login(kind, 30);
    world.sync(&[]);
    let control = world.sim.control();
    let id = control.entry_ids("alice").unwrap()[4];
    let mut news = control.entry_json("alice", id).unwrap().unwrap();
    world.run(&["edit", &id.to_string(), "--notes", "mine", "--tags", "kept"]).expect_code(0);
    world.run(&["pin", &id.to_string(), "tags"]).expect_code(0);
    control.delete_entry("alice", id).unwrap();
    let prune = world.sync(&["--prune"]);
    assert_eq!(prune["user_lists_removed"], 1, "{prune}");
    news["list_status"]["comments"] = json!("MAL's");
    control.patch_entry("alice", id, serde_json::from_value(news).unwrap()).unwrap();
    assert_eq!(world.sync(&[])["user_lists_created"], 1);
    let shown = || {
        let item = world.run(&["show", &id.to_string(), "--json"]).expect_code(0).json();
        (item["notes"].clone(), item["tags"].clone())
    };
    assert_eq!(shown().0, "MAL's");
    let ran = world.run(&["restore", "--run", &prune["run_id"].to_string(), "--json"]).expect_code(0).json();
    assert_eq!(ran["left"], json!([]), "{ran}");
    assert_eq!(shown(), (json!("mine"), json!(["kept"])));
    let pins = world.run(&["pin", &id.to_string(), "--json"]).expect_code(0).json_lines();
    assert_eq!(pins.iter().map(|pin| &pin["field"]).collect::<Vec<_>>(), ["tags"]);
    world.sync(&["--force-full"]);
    assert_eq!(shown(), (json!("mine"), json!(["kept"])), "both are the user's own");
}

#[test]
fn edit_of_an_entry_that_mal_removed_says_that_it_is_only_here() {
    let (env, ids) = synced_env(DatabaseKind::Sqlite, &plain_entry_json());
    env.sim.control().delete_entry("alice", ids[0].parse().unwrap()).unwrap();
    env.sync(&["--force-full"]);
    let one = env.run(&["edit", &ids[0], "--score", "9"]).expect_code(0);
    let command =
        format!(" was removed from MAL and is only here. To create it there again: malsync push --add {}", ids[0]);
    assert!(one.stderr.contains(&command), "{one:?}");
    let other = env.run(&["edit", &ids[2], "--score", "9"]).expect_code(0);
    assert!(!other.stderr.contains("removed"), "{other:?}");
}
