//! `show`: one anime by id or title, its entry beside MAL's, and its history. `open`: its page in the browser.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    terminal::start_terminal,
    test_env::{DatabaseKind, TestEnv},
    wait_until,
};

fn set_titles(env: &TestEnv, id: u64, titles: &Value) {
    let patch = serde_json::from_value(json!({ "node": titles, "list_status": {"status": "watching", "score": 7} }));
    env.sim.control().patch_entry("alice", id, patch.unwrap()).unwrap();
}

fn env_with_titles(kind: DatabaseKind) -> TestEnv {
    let env = TestEnv::with_login(kind, 30);
    set_titles(&env, 1, &json!({"title": "Pokémon", "synopsis": "A boy leaves home.\n\nHe comes back."}));
    set_titles(
        &env,
        5,
        &json!({"title": "Pokémon Movie 1", "alternative_titles": {"synonyms": ["Mewtwo"], "en": "", "ja": "劇場版"}}),
    );
    set_titles(&env, 86, &json!({"title": "Eighty-Six Hours"}));
    set_titles(&env, 41_457, &json!({"title": "2001"}));
    env.sync(&[]);
    env
}

#[on_both]
fn show_finds_anime_by_id_or_title_with_history(kind: DatabaseKind) {
    let env = env_with_titles(kind);
    let shown = |which: &[&str]| env.run(&[&["show", "--json"], which].concat()).expect_code(0).json();
    for (which, id) in [
        (&["1"][..], 1),
        (&["POKEMON"], 1),
        (&["pokemon", "movie"], 5),
        (&["mewtwo"], 5),
        (&["劇場版"], 5),
        (&["86"], 86),
        (&["2001"], 41_457),
    ] {
        assert_eq!(shown(which)["mal_id"], id, "{which:?}");
    }
    env.run(&["edit", "1", "--score", "9", "--notes", "the first one"]).expect_code(0);
    let object = shown(&["1"]);
    let list = env
        .run(&["list", "--json"])
        .expect_code(0)
        .json_lines()
        .into_iter()
        .find(|entry| entry["mal_id"] == 1)
        .unwrap();
    assert!(list.as_object().unwrap().iter().all(|(key, value)| object[key] == *value), "{object}");
    assert_eq!(object["synopsis"], "A boy leaves home.\n\nHe comes back.");
    assert_eq!((&object["mal"]["score"], &object["score"], &object["listed"]), (&json!(7), &json!(9), &json!(true)));
    assert_eq!(object["set_back"], json!([{"field": "score", "kept": 7, "rule": "mal_if_scored"}]));
    let told = |object: &Value| -> Vec<_> {
        let line =
            |event: &Value| format!("{} {}", event["command"].as_str().unwrap(), event["field"].as_str().unwrap());
        object["history"].as_array().unwrap().iter().map(line).collect()
    };
    assert_eq!(told(&object), ["edit notes", "edit score", "sync entry"]);
    assert_eq!(told(&shown(&["1", "--limit", "1"])), ["edit notes"]);
    // SQLite stores times in whole seconds.
    env.execute_sql(
        "UPDATE list_edits SET at = '2026-02-02 00:00:00'; UPDATE sync_changes SET at = '2026-02-01 00:00:00'",
    );
    env.sync(&[]);
    assert_eq!(told(&shown(&["1", "--all"])), ["sync score", "edit notes", "edit score", "sync entry"]);
    let text = env.run(&["show", "1", "--limit", "2"]).expect_code(0).stdout;
    assert!(text.starts_with("Pokémon\n") && text.contains("A boy leaves home.\n\nHe comes back.\n"), "{text}");
    assert!(text.contains("edited; kept by the next sync") && text.ends_with("More: --all\n"), "{text}");
}

#[on_both]
fn ambiguous_title_lists_candidates(kind: DatabaseKind) {
    let env = env_with_titles(kind);
    let output = env.run(&["show", "pokém"]).expect_code(2);
    assert_eq!(
        output.stderr,
        "error: 2 anime match \"pokém\"\nhint: pick one by ID:\n  1  Pokémon\n  5  Pokémon Movie 1\n"
    );
    for (which, what) in [
        ("nothing like it", "error: no anime matches \"nothing like it\"\nhint: "),
        ("999999", "error: no anime with ID or title 999999\nhint: "),
    ] {
        let output = env.run(&["show", which]).expect_code(1);
        assert!(output.stderr.starts_with(what) && output.stdout.is_empty(), "{}", output.stderr);
    }
}

#[on_both]
fn show_knows_anime_of_other_lists(kind: DatabaseKind) {
    let env = env_with_titles(kind);
    env.execute_sql("DELETE FROM user_anime_lists WHERE anime_id = (SELECT id FROM anime WHERE mal_id = 1)");
    let object = env.run(&["show", "1", "--json"]).expect_code(0).json();
    assert_eq!(
        (&object["listed"], &object["status"], &object["title"]),
        (&json!(false), &Value::Null, &json!("Pokémon"))
    );
    assert!(env.run(&["show", "1"]).expect_code(0).stdout.contains("\nNot in the list of alice\n"));
}

#[on_both]
fn mistyped_title_shows_the_only_near_anime_or_lists_them(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 6);
    set_titles(&env, 1, &json!({"title": "Cowboy Bebop"}));
    set_titles(&env, 5, &json!({"title": "Cowboy Bebop: Tengoku no Tobira"}));
    env.sync(&[]);
    let output = env.run(&["show", "cowbooy bebop", "--json"]).expect_code(0);
    assert_eq!(output.json()["mal_id"], 1);
    assert!(output.stderr.contains("No title contains \"cowbooy bebop\"; showing Cowboy Bebop"), "{}", output.stderr);
    let output = env.run(&["show", "cwoboy"]).expect_code(2);
    assert!(output.stderr.contains("1  Cowboy Bebop\n"), "{}", output.stderr);
    assert!(output.stderr.contains("5  Cowboy Bebop: Tengoku no Tobira\n"), "{}", output.stderr);
    let mut session = start_terminal(&env, "$MALSYNC show cwoboy --json; echo code=$?");
    session.exp_string("Which ID?").unwrap();
    session.send_line("5").unwrap();
    session.exp_string("\"mal_id\":5").unwrap();
    session.exp_string("code=0").unwrap();
}

#[test]
fn open_starts_the_browser_or_prints_the_url() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    set_titles(&env, 1, &json!({"title": "Cowboy Bebop"}));
    env.sync(&[]);
    env.set_var("BROWSER", "sh -c 'echo \"$0\" > opened'");
    let output = env.run(&["open", "cowboy"]).expect_code(0);
    assert_eq!(output.stdout, "", "{}", output.stderr);
    let opened = || std::fs::read_to_string(env.home().join("opened")).unwrap_or_default();
    wait_until("the browser has the URL", || opened() == "https://myanimelist.net/anime/1\n");
    env.set_var("BROWSER", "/nowhere/browser");
    assert_eq!(env.run(&["open", "1"]).expect_code(0).stdout, "https://myanimelist.net/anime/1\n");
    assert_eq!(env.run(&["open", "52991"]).expect_code(0).stdout, "https://myanimelist.net/anime/52991\n");
    env.run(&["open", "nothing like it"]).expect_code(1);
}
