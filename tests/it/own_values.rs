//! Whose a value is, after any sequence of imports, syncs and edits.

use std::fs;

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::support::{
    dump::{query_count, read_list},
    test_env::{DatabaseKind, TestEnv},
};

const ENTRIES: usize = 24;

fn patch_entry(env: &TestEnv, id: u64, list_status: &Value) {
    let patch = serde_json::from_value(json!({ "list_status": list_status })).unwrap();
    env.sim.control().patch_entry("alice", id, patch).unwrap();
}

/// Returns the ids of the entries with own values, and the fields of these.
fn list_edited(env: &TestEnv) -> Vec<(u64, Value)> {
    let rows = env.run(&["list", "--edited", "--json", "--sort", "id"]).expect_code(0).json_lines();
    rows.iter().map(|row| (row["mal_id"].as_u64().unwrap(), row["edited"].clone())).collect()
}

fn set_entry(env: &TestEnv, id: u64, set: &str) {
    let of_anime = format!("anime_id = (SELECT id FROM anime WHERE mal_id = {id})");
    env.execute_sql(&format!("UPDATE user_anime_lists SET {set} WHERE {of_anime}"));
}

/// An environment with an export of MAL's list that is older than what MAL has, and a database without a user.
struct ImportFirst {
    env: TestEnv,
    ids: Vec<u64>,
    /// A database that only ever synced: it has what MAL has.
    reference_url: String,
}

impl ImportFirst {
    fn new(kind: DatabaseKind) -> Self {
        let mut env = TestEnv::with_login(kind, ENTRIES);
        let ids = env.sim.control().entry_ids("alice").unwrap();
        for (index, id) in ids.iter().enumerate() {
            patch_entry(
                &env,
                *id,
                &json!({"status": "watching", "num_episodes_watched": 2, "is_rewatching": false,
                    "score": if index % 4 == 0 { 0 } else { 6 }, "start_date": "2019-04-01", "finish_date": "",
                    "comments": format!("seen & \"liked\"\nentry {index}")}),
            );
        }
        env.sync(&[]);
        env.run(&["export", "--output", "export.xml"]).expect_code(0);
        // MAL's exports have other line breaks in comments, depending on their age.
        let file = env.home().join("export.xml");
        let text = fs::read_to_string(&file).unwrap();
        let spellings = ["\r\nentry", "<br />\nentry", "<br />\r\nentry"];
        let mut parts = text.split("\nentry");
        let mut old = parts.next().unwrap().to_owned();
        parts.enumerate().for_each(|(index, part)| old = format!("{old}{}{part}", spellings[index % 3]));
        fs::write(&file, old).unwrap();
        let reference_url = env.database_url();
        env.use_new_database();
        Self { env, ids, reference_url }
    }

    fn import(&self) -> Value {
        self.env.run(&["import", "export.xml", "--user", "alice", "--json"]).expect_code(0).json()
    }

    /// Imports, logs in and syncs. MAL has other comments by then.
    fn import_and_sync(&self) {
        assert_eq!(self.import()["created"], ENTRIES);
        self.ids[..6].iter().for_each(|id| patch_entry(&self.env, *id, &json!({"comments": "edited\nsince"})));
        self.env.run(&["login"]).expect_code(0);
        assert_eq!(self.env.sync(&[])["status"], "SUCCESS");
    }

    /// Edits a third of the entries on MAL in one field each.
    fn edit_on_mal(&self) {
        let edits = [
            json!({"comments": "news <br /> & more\nof MAL"}),
            json!({"score": 9}),
            json!({"start_date": "2020-05-06", "finish_date": "2021-01-02"}),
            json!({"num_episodes_watched": 3, "status": "on_hold"}),
        ];
        self.ids.iter().skip(2).step_by(3).enumerate().for_each(|(index, id)| {
            patch_entry(&self.env, *id, &edits[index % edits.len()]);
        });
    }

    /// Returns what a database has that only ever synced.
    fn read_reference(&mut self) -> Vec<String> {
        let url = self.env.database_url();
        let reference_url = self.reference_url.clone();
        self.env.set_var("DATABASE_URL", &reference_url);
        self.env.sync(&["--force-full"]);
        let list = read_list(&self.env, "alice");
        self.env.set_var("DATABASE_URL", &url);
        list
    }
}

#[on_both]
fn imports_and_syncs_make_nothing_own_and_end_as_mal(kind: DatabaseKind) {
    let mut test = ImportFirst::new(kind);
    test.import_and_sync();
    assert_eq!(list_edited(&test.env), []);
    assert_eq!(read_list(&test.env, "alice"), test.read_reference(), "after the first sync");
    test.edit_on_mal();
    test.env.sync(&[]);
    assert_eq!(list_edited(&test.env), []);
    assert_eq!(read_list(&test.env, "alice"), test.read_reference(), "after MAL's edits");
    assert!(test.import()["updated"].as_u64() > Some(0), "the file is older than the list");
    assert_eq!(list_edited(&test.env), [], "what an import wrote is not own");
    test.env.sync(&[]);
    assert_eq!(list_edited(&test.env), []);
    assert_eq!(read_list(&test.env, "alice"), test.read_reference(), "after the second import");
    let run = test.env.sync(&["--force-full"]);
    assert_eq!((&run["user_lists_updated"], &run["conflicts_resolved"]), (&json!(0), &json!(0)));
}

#[on_both]
fn edits_between_imports_and_syncs_are_own_and_nothing_else_is(kind: DatabaseKind) {
    let test = ImportFirst::new(kind);
    test.import_and_sync();
    let (env, ids) = (&test.env, &test.ids);
    // Entries 0, 4, 8 have no score on MAL, and none has a finish date there, unless MAL edits it.
    env.run(&["edit", &ids[0].to_string(), "--notes", "mine<br />\r\nall"]).expect_code(0);
    env.run(&["edit", &ids[4].to_string(), "--score", "8"]).expect_code(0);
    set_entry(env, ids[6], "notes = 'by\r\nhand'");
    set_entry(env, ids[7], "finish_date = '2020-02-02', finish_date_precision = 'day'");
    // A value that `edit` names is own although it stood there before.
    env.run(&["edit", &ids[9].to_string(), "--episodes", "5"]).expect_code(0);
    env.run(&["edit", &ids[9].to_string(), "--episodes", "5"]).expect_code(0);
    let own = [
        (ids[0], json!(["notes"])),
        (ids[4], json!(["score"])),
        (ids[6], json!(["notes"])),
        (ids[7], json!(["finish_date"])),
        (ids[9], json!(["episodes_watched"])),
    ];
    assert_eq!(list_edited(env), own, "before a sync");
    env.sync(&["--force-full"]);
    assert_eq!(list_edited(env), own, "after a sync");
    test.edit_on_mal();
    env.sync(&[]);
    assert_eq!(list_edited(env), own, "after MAL's edits");
    test.import();
    assert_eq!(list_edited(env), own, "after an import");
    for flags in [&[][..], &["--force-full"]] {
        env.sync(flags);
        assert_eq!(list_edited(env), own, "after a sync {flags:?}");
    }
    let notes = "SELECT l.notes FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE a.mal_id = ";
    assert_eq!(env.query_value(&format!("{notes}{}", ids[0])).as_deref(), Some("mine<br />\r\nall"));
    assert_eq!(env.query_value(&format!("{notes}{}", ids[6])).as_deref(), Some("by\r\nhand"));
}

#[on_both]
fn second_full_sync_of_comments_with_line_breaks_changes_nothing(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 300);
    for id in env.sim.control().entry_ids("alice").unwrap() {
        patch_entry(&env, id, &json!({"comments": format!("\"one\" & <two>\n\nthree <br /> of {id}\n")}));
    }
    env.sync(&[]);
    let spelled = |column: &str| query_count(&env, &format!("(SELECT count(*) FROM user_anime_lists WHERE {column})"));
    let sent =
        if kind == DatabaseKind::Postgres { "mal_entry->>'comments'" } else { "json_extract(mal_entry, '$.comments')" };
    assert_eq!(spelled(&format!("{sent} LIKE '%&amp;%<br />%'")), 300, "the merge base keeps MAL's spelling");
    assert_eq!(spelled("notes LIKE '\"one\" & <two>%three <br /> of %' AND notes NOT LIKE '%&%;%'"), 300);
    for flags in [&["--force-full"][..], &["--force-full", "--dry-run"], &["--force-full"]] {
        let run = env.sync(flags);
        for counter in ["user_lists_updated", "user_lists_settled", "anime_updated", "conflicts_resolved"] {
            assert_eq!(run[counter], 0, "{counter} {flags:?}");
        }
        assert_eq!(run["user_lists_unchanged"], 300, "{flags:?}");
    }
    assert_eq!(list_edited(&env), []);
}
