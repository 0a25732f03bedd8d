//! `list`: order, columns, removed entries, and the pager.

use std::process::Stdio;

use malsync_test_macros::on_both;
use rexpect::session::spawn_command;
use serde_json::{Value, json};

use crate::support::test_env::{CommandOutput, DatabaseKind, TestEnv};

fn synced_env(kind: DatabaseKind, entries: usize) -> TestEnv {
    let env = TestEnv::with_login(kind, entries);
    env.sync(&[]);
    env
}

fn mal_ids(output: CommandOutput) -> Vec<i64> {
    output.expect_code(0).json_lines().iter().map(|entry| entry["mal_id"].as_i64().unwrap()).collect()
}

/// The first entries are the same, whether they are read in one step or in two.
#[on_both]
fn limited_list_is_prefix_of_whole_list(kind: DatabaseKind) {
    let env = synced_env(kind, 250);
    env.execute_sql("UPDATE user_anime_lists SET removed_at = '2026-01-01 00:00:00' WHERE id < 20");
    for flags in [
        &[][..],
        &["--sort", "-score,title"],
        &["--sort", "-mean,-episodes,watched"],
        &["--sort", "status,rank", "--removed"],
        &["--sort=-users,popularity,id", "--status", "completed,dropped"],
        &["--sort", "season,-aired,type", "--score", "5.."],
        &["--sort", "studio,source,-length,priority,rewatched,-mal-updated", "--removed=only"],
        &["--score", "7..", "--mean", "6..8"],
        &["--genre", "Action", "--sort", "-start-date,updated"],
    ] {
        let all = env.run(&[&["list", "--json"], flags].concat()).expect_code(0).json_lines();
        let few = env.run(&[&["list", "--json", "--limit", "7"], flags].concat()).expect_code(0).json_lines();
        assert!(!all.is_empty(), "{flags:?}");
        assert_eq!(few, all[..all.len().min(7)], "{flags:?}");
    }
    let scores: Vec<Value> = env
        .run(&["list", "--json", "--sort", "-score,title"])
        .expect_code(0)
        .json_lines()
        .iter()
        .map(|e| e["score"].clone())
        .collect();
    assert!(scores.windows(2).all(|pair| pair[0].as_i64().unwrap_or(0) >= pair[1].as_i64().unwrap_or(0)), "{scores:?}");
}

#[on_both]
fn columns_option_applies_to_every_format(kind: DatabaseKind) {
    let env = synced_env(kind, 5);
    let chosen = ["list", "--columns", "mal_id,genres,score", "--limit", "1"];
    let object = env.run(&[&chosen[..], &["--json"]].concat()).expect_code(0).json();
    assert!(object.as_object().unwrap().keys().eq(["mal_id", "genres", "score"]), "{object}");
    let csv = env.run(&[&chosen[..], &["--csv"]].concat()).expect_code(0).stdout;
    assert!(csv.starts_with("mal_id,genres,score\r\n"), "{csv}");
    let table = env.run(&chosen).expect_code(0).stdout;
    assert_eq!(table.split_whitespace().take(3).collect::<Vec<_>>(), ["mal_id", "genres", "score"], "{table}");
    assert_eq!(table.lines().count(), 2, "{table}");
    let all: Vec<String> =
        env.run(&["list", "--columns", "help"]).expect_code(0).stdout.lines().map(str::to_owned).collect();
    let entry = env.run(&["list", "--ndjson", "--limit", "1"]).expect_code(0).json();
    assert!(entry.as_object().unwrap().keys().eq(&all), "{all:?}");
    let output = env.run(&["list", "--columns", "title,tittle"]).expect_code(2);
    assert!(
        output
            .stderr
            .starts_with("error: unknown column tittle\nhint: did you mean title? available columns: mal_id, title, "),
        "{}",
        output.stderr
    );
}

#[on_both]
fn removed_option_adds_or_isolates_removed_entries(kind: DatabaseKind) {
    let env = synced_env(kind, 30);
    let mut gone: Vec<i64> =
        env.sim.control().remove_entries("alice", 2).unwrap().iter().map(|id| *id as i64).collect();
    gone.sort_unstable();
    env.sync(&[]);
    let listed = |flags: &[&str]| mal_ids(env.run(&[&["list", "--json", "--sort", "id"], flags].concat()));
    assert_eq!(listed(&["--removed=only"]), gone);
    assert_eq!((listed(&[]).len(), listed(&["--removed"]).len(), listed(&["--removed=also"]).len()), (28, 30, 30));
    let only = env.run(&["list", "--json", "--removed=only"]).expect_code(0).json_lines();
    assert!(only.iter().all(|entry| entry["removed_at"].is_string() && entry["on_mal"] == false), "{only:?}");
}

#[on_both]
fn local_edits_and_pins_are_marked(kind: DatabaseKind) {
    let env = synced_env(kind, 10);
    let all = mal_ids(env.run(&["list", "--json"]));
    assert!(!env.run(&["list"]).expect_code(0).stdout.contains("local"), "no entry is local");
    env.run(&["edit", &all[0].to_string(), "--notes", "mine"]).expect_code(0);
    env.execute_sql(
        r#"UPDATE user_anime_lists SET pinned = '["score"]' WHERE id = (SELECT max(id) FROM user_anime_lists)"#,
    );
    let table = env.run(&["list"]).expect_code(0).stdout;
    assert!(table.lines().next().unwrap().ends_with("local"), "{table}");
    assert!(table.matches("edit").count() + table.matches("pin").count() >= 2, "{table}");
    let entry = &env.run(&["list", "--json", "--edited"]).expect_code(0).json_lines()[0];
    assert_eq!(
        (&entry["mal_id"], &entry["edited"], &entry["on_mal"]),
        (&json!(all[0]), &json!(["notes"]), &json!(true))
    );
    assert_eq!(env.run(&["list", "--json", "--pinned"]).expect_code(0).json()["pinned"], json!(["score"]));
}

/// Returns what a command line prints on a terminal of 24 lines, with its exit code.
pub(crate) fn terminal_output(env: &TestEnv, line: &str) -> String {
    let mut command = env.shell_command(&format!("stty cols 80 rows 24; {line}; echo code=$?"));
    command.env("TERM", "xterm-256color");
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    spawn_command(command, Some(180_000)).unwrap().exp_eof().unwrap()
}

#[test]
fn unmatched_filter_value_gets_suggestion_and_empty_range_fails() {
    let env = synced_env(DatabaseKind::Sqlite, 30);
    for command in ["list", "stats", "export", "diff"] {
        let output = env.run(&[command, "--genre", "Acton", "--genre", "action"]).expect_code(2);
        let words = "error: unknown genre Acton\nhint: did you mean Action?\n";
        assert!(output.stderr.contains(words) && output.stdout.is_empty(), "{command}: {}", output.stderr);
        let output = env.run(&[command, "--type", "tvv"]).expect_code(2);
        assert!(output.stderr.contains("hint: did you mean tv? available types: "), "{command}: {}", output.stderr);
    }
    let output = env.run(&["list", "--status", "watchin"]).expect_code(2);
    assert!(output.stderr.contains("did you mean watching?"), "{}", output.stderr);
    let output = env.run(&["list", "--genre", "nothing like it"]).expect_code(2);
    assert!(output.stderr.contains("unknown genre nothing like it\nhint: genres in your list: "), "{}", output.stderr);
    let output = env.run(&["edit", "--where", "studio=nobody", "--score", "1"]).expect_code(2);
    assert!(output.stderr.starts_with("error: unknown studio nobody\n"), "{}", output.stderr);
    for flags in ["--score=12", "--mean=11", "--season=spring-19", "--score=-3"] {
        let output = env.run(&["list", flags]).expect_code(2);
        assert!(output.stderr.contains("; use ") || output.stderr.contains(": use "), "{}", output.stderr);
    }
    let output = env.run(&["list", "--score", "8..3"]).expect_code(2);
    assert!(output.stderr.contains("the range 8..3 is empty; put the lower end first: 3..8"), "{}", output.stderr);
    let id_of_none = ["list", "--score", "10", "--status", "dropped", "--finished", "1999", "-q"];
    assert!(env.run(&id_of_none).expect_code(0).stderr.is_empty());
}

/// Sets the titles of anime 1, 5 and 9, and syncs.
fn env_with_titles(kind: DatabaseKind) -> TestEnv {
    let env = TestEnv::with_login(kind, 12);
    for (id, title) in [(1, "Cowboy Bebop"), (5, "Cowboy Bebop: Tengoku no Tobira"), (9, "Sousou no Frieren")] {
        let patch = json!({"node": {"title": title}, "list_status": {"status": "plan_to_watch", "score": 8}});
        env.sim.control().patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
    }
    env.sync(&["--force-full"]);
    env
}

#[on_both]
fn list_text_searches_and_finds_the_nearest_of_a_mistyped_title(kind: DatabaseKind) {
    let env = env_with_titles(kind);
    for (args, expected) in [
        (&["cowboy"][..], &[1, 5][..]),
        (&["cowboy", "bebop:"], &[5]),
        (&["COWBOOY BEBOP"], &[1, 5]),
        (&["freiren"], &[9]),
        (&["--search", "freiren"], &[9]),
        (&["frieren sousou"], &[9]),
        (&["nothing like it"], &[]),
    ] {
        let output = env.run(&[&["list", "--json", "--sort", "id"], args].concat());
        let is_near = output.stderr.contains("No title contains");
        assert_eq!(is_near, expected == [9] || args[0].contains("OO"), "{args:?}");
        assert_eq!(mal_ids(output), expected, "{args:?}");
    }
    // A command that exports, and one that changes, take only what contains the text.
    assert_eq!(
        env.run(&["export", "--format", "csv", "--search", "freiren", "--output", "-"]).expect_code(1).stdout,
        ""
    );
    let words = "hint: did you mean Sousou no Frieren? Run: malsync edit 9 --score 1\n";
    let output = env.run(&["edit", "freiren", "--score", "1"]).expect_code(2);
    assert!(output.stderr.ends_with(words), "{}", output.stderr);
    let output = env.run(&["pin", "no friren", "score"]).expect_code(2);
    assert!(output.stderr.ends_with("? Run: malsync pin 9 score\n"), "{}", output.stderr);
    let output = env.run(&["push", "cowbyo bepop", "--yes"]).expect_code(2);
    assert!(output.stderr.ends_with("? Run: malsync push 1 --yes\n"), "{}", output.stderr);
    env.run(&["list", "cowboy", "--search", "cowboy"]).expect_code(2);
}

#[on_both]
fn names_and_values_are_accepted_in_every_spelling(kind: DatabaseKind) {
    let env = env_with_titles(kind);
    let plain =
        env.run(&["list", "cowboy", "--columns", "mal_id,episodes_watched,finish_date", "--json"]).expect_code(0);
    let other = env.run(&["list", "cowboy", "--columns", "ID,Watched,finished", "--json"]).expect_code(0);
    assert_eq!(other.stdout, plain.stdout);
    for status in ["Plan to Watch", "plan_to_watch", "plan-to-watch", "PTW", "plantowatch"] {
        assert!(mal_ids(env.run(&["list", "--status", status, "--json"])).contains(&1), "{status}");
    }
    for (sort, other) in
        [("finish-date", "Finished"), ("-watched,id", "-episodes_watched,mal_id"), ("type", "media_type")]
    {
        let sorted = |keys: &str| mal_ids(env.run(&["list", "--json", "--sort", keys]));
        assert_eq!(sorted(sort), sorted(other), "{other}");
    }
    env.run(&["edit", "--where", "List=x", "--score", "3"]).expect_code(2);
    env.run(&["edit", "--where", "Status=PTW", "--where", "SEARCH=cowboy", "--watched", "1", "--yes"]).expect_code(0);
    for field in ["episodes", "Watched", "episodes_watched", "Finished", "finish-date", "comments"] {
        env.run(&["pin", "1", field]).expect_code(0);
        env.run(&["unpin", "1", field]).expect_code(0);
        env.run(&["changes", "--field", field]).expect_code(0);
    }
    let output = env.run(&["pin", "1", "scor"]).expect_code(2);
    assert!(output.stderr.contains("did you mean score?"), "{}", output.stderr);
    let either = mal_ids(env.run(&["list", "--json", "--score", "1,8", "--sort", "id"]));
    assert!(either.contains(&1) && either.contains(&9), "commas mean OR: {either:?}");
}

#[test]
fn list_on_a_terminal_ends_with_how_many_entries_of_how_many() {
    let env = env_with_titles(DatabaseKind::Sqlite);
    let total = mal_ids(env.run(&["list", "--json"])).len();
    let shown = terminal_output(&env, "$MALSYNC list cowboy");
    assert!(shown.contains(&format!("\n2 of {total} entries\r\n")), "{shown}");
    let shown = terminal_output(&env, "$MALSYNC list");
    assert!(shown.contains(&format!("\n{total} entries\r\n")), "{shown}");
    assert!(!terminal_output(&env, "$MALSYNC list cowboy --json").contains("entries"));
    assert_eq!(env.run(&["list", "cowboy"]).expect_code(0).stderr, "");
}

#[test]
fn long_output_of_changes_and_stats_uses_pager() {
    let mut env = synced_env(DatabaseKind::Sqlite, 60);
    let seen = env.home().join("seen");
    env.set_var("MALSYNC_PAGER", &format!("sh -c 'cat > {}'", seen.display()));
    for (line, part) in [("changes --run 1", "new: "), ("changes --local", "before"), ("stats", "By genre")] {
        if line.ends_with("--local") {
            env.run(&["edit", "--where", "score=1..", "--priority", "1", "--yes"]).expect_code(0);
        }
        terminal_output(&env, &format!("$MALSYNC {line}"));
        let paged = std::fs::read_to_string(&seen).unwrap();
        assert!(paged.contains(part), "{line}: {paged}");
        std::fs::remove_file(&seen).unwrap();
        let text = terminal_output(&env, &format!("$MALSYNC {line} --no-pager"));
        assert!(!seen.exists() && text.contains(part), "{line}: {text}");
    }
}

#[test]
fn long_table_uses_pager_on_terminal_only() {
    let mut env = synced_env(DatabaseKind::Sqlite, 60);
    let seen = env.home().join("seen");
    let path = seen.display().to_string();
    env.set_var("MALSYNC_PAGER", &format!("sh -c 'cat > {path}; env >> {path}'"));
    env.set_var("MALSYNC_TOKEN_STORE", "database");
    env.set_var("MAL_CLIENT_SECRET", "not-for-pagers-0123456789");
    let text = terminal_output(&env, "$MALSYNC list");
    assert!(text.trim().ends_with("code=0") && text.lines().count() < 5, "{text}");
    let paged = std::fs::read_to_string(&seen).unwrap();
    assert!(paged.starts_with("  ") || paged.contains("title"), "{paged}");
    assert!(paged.lines().count() > 60 && paged.contains("\nLESS=FRX\n"), "{paged}");
    assert!(!paged.contains("MAL_CLIENT_SECRET"), "{paged}");
    std::fs::remove_file(&seen).unwrap();
    for line in [
        "$MALSYNC list --no-pager",
        "$MALSYNC list --limit 3",
        "$MALSYNC list --json",
        "$MALSYNC list --csv",
        "$MALSYNC list | cat",
    ] {
        let text = terminal_output(&env, line);
        assert!(!seen.exists() && text.trim().ends_with("code=0"), "{line}: {text}");
    }
}

#[test]
fn pager_that_quits_early_or_is_missing_is_harmless() {
    let mut env = synced_env(DatabaseKind::Sqlite, 60);
    env.set_var("MALSYNC_PAGER", "head -n 1");
    let text = terminal_output(&env, "$MALSYNC list");
    assert!(text.trim().ends_with("code=0") && text.lines().count() < 5, "{text}");
    env.set_var("MALSYNC_PAGER", "/nowhere/pager");
    let text = terminal_output(&env, "$MALSYNC list");
    assert!(text.contains("cannot start the pager /nowhere/pager") && text.lines().count() > 60, "{text}");
    assert!(text.trim().ends_with("code=0"), "{text}");
}
