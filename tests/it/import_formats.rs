//! `import` of every format, and of files that are none.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::{
    import::list_rows,
    support::{
        memory::run_measuring_memory,
        test_env::{DatabaseKind, TestEnv},
    },
};

const ZIP: &[u8] = include_bytes!("../../src/exchange/samples/faults/animelist.zip");
const ANILIST: &[u8] = include_bytes!("../../src/exchange/samples/faults/j-anilist-graphql.json");
const LOAD_JSON: &[u8] = include_bytes!("../../src/exchange/samples/faults/j-load.json");
const JIKAN: &[u8] = include_bytes!("../../src/exchange/samples/faults/j-jikan3.json");
const API_PAGE: &[u8] = include_bytes!("../../src/exchange/samples/faults/j-malapi-page.json");

/// Maximum memory of an import, in kB.
const MAX_MEMORY_KB: u64 = 256 * 1024;

#[test]
fn file_of_another_kind_is_named_with_a_hint() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    for (bytes, message) in [
        (ZIP, "it is a ZIP archive"),
        (b"BZh91AY&SY", "it is compressed with bzip2"),
        (b"\xfd7zXZ\0\0", "it is compressed with xz"),
        (b"<!DOCTYPE html><html></html>", "it is a web page"),
        (ANILIST, "it is JSON of AniList"),
        (LOAD_JSON, "it is load.json of MAL's website"),
        (JIKAN, "it is JSON of Jikan"),
        (b"Title,Year\nx,1998\n", "it is neither XML, JSON nor CSV"),
    ] {
        fs::write(env.home().join("list.xml"), bytes).unwrap();
        let output = env.run(&["import", "list.xml", "--user", "ann"]).expect_code(1);
        let lines: Vec<&str> = output.stderr.lines().collect();
        assert_eq!(lines[0], format!("error: cannot import list.xml: {message}"));
        assert!(lines.len() == 2 && lines[1].starts_with("hint: "), "{}", output.stderr);
    }
    assert_eq!(env.run(&["status", "--json"]).expect_code(4).json()["user_id"], Value::Null);
}

#[on_both]
fn json_of_the_api_is_imported_whatever_its_name(kind: DatabaseKind) {
    let env = TestEnv::new(kind, 0);
    fs::write(env.home().join("list.xml"), API_PAGE).unwrap();
    let dry = env.run(&["import", "list.xml", "--user", "ann", "--dry-run", "--json"]).expect_code(0).json();
    assert_eq!((&dry["created"], &dry["values_unread"]), (&json!(1), &json!(0)));
    env.run(&["import", "list.xml", "--user", "ann"]).expect_code(0);
    let row = &list_rows(&env)[0];
    assert_eq!(
        ["mal_id", "title", "status", "score", "episodes_watched", "episodes", "media_type"].map(|name| &row[name]),
        [&json!(1), &json!("Cowboy Bebop"), &json!("completed"), &json!(9), &json!(26), &json!(26), &json!("tv")]
    );
    let seen = "SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists WHERE mal_entry IS NOT NULL";
    assert!(env.query_column(seen).is_empty(), "a file says nothing about MAL");
}

#[on_both]
fn exported_list_comes_back_from_every_format(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 30);
    env.sync(&[]);
    let id = list_rows(&env)[0]["mal_id"].to_string();
    let notes = "=1+1;=2\r\n'-3\t@x <br /> &amp; \"quoted\", 進撃";
    env.run(&["edit", &id, "--notes", notes, "--start-date", "2019", "--finish-date", "2020-04"]).expect_code(0);
    let user_values = |rows: Vec<Value>| -> Vec<Value> {
        let names = [
            "mal_id",
            "title",
            "status",
            "score",
            "episodes_watched",
            "start_date",
            "finish_date",
            "notes",
            "is_rewatching",
            "times_rewatched",
            "rewatch_value",
            "priority",
            "tags",
        ];
        rows.iter().map(|row| names.iter().map(|name| row[*name].clone()).collect()).collect()
    };
    let before = user_values(list_rows(&env));
    for file in ["list.csv", "list.json", "list.ndjson.gz", "list.csv.gz"] {
        env.run(&["export", "--output", file]).expect_code(0);
    }
    fs::write(env.home().join("list.txt"), env.run(&["list", "--csv"]).expect_code(0).stdout).unwrap();
    for file in ["list.csv", "list.json", "list.ndjson.gz", "list.csv.gz", "list.txt"] {
        let done = env.run(&["import", file, "--json"]).expect_code(0).json();
        assert_eq!((&done["unchanged"], &done["kept"]), (&json!(30), &json!(0)), "{file}");
        env.use_new_database();
        env.run(&["import", file, "--user", "ann"]).expect_code(0);
        assert_eq!(user_values(list_rows(&env)), before, "{file}");
    }
}

#[test]
fn import_of_largest_list_takes_bounded_memory() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let write_list = |name: &str, count: u32| {
        let mut encoder = GzEncoder::new(fs::File::create(env.home().join(name)).unwrap(), Compression::fast());
        encoder.write_all(b"<myanimelist>").unwrap();
        for id in 1..=count {
            let entry = format!(
                "<anime><series_animedb_id>{id}</series_animedb_id><series_title>Title of anime {id}</series_title>\
                <series_type>TV</series_type><my_status>Completed</my_status><my_score>8</my_score>\
                <my_comments>a note</my_comments><my_tags>a, b</my_tags></anime>\n"
            );
            encoder.write_all(entry.as_bytes()).unwrap();
        }
        encoder.write_all(b"</myanimelist>").unwrap();
        encoder.finish().unwrap();
    };
    write_list("most.xml.gz", 100_000);
    let (output, peak) = run_measuring_memory(&env, &["import", "most.xml.gz", "--user", "ann", "--dry-run", "--json"]);
    assert_eq!(output.expect_code(0).json()["created"], 100_000);
    assert!(peak < MAX_MEMORY_KB, "{peak} kB");
    write_list("more.xml.gz", 400_000);
    let (output, peak) = run_measuring_memory(&env, &["import", "more.xml.gz", "--user", "ann"]);
    assert!(output.expect_code(1).stderr.contains("it has more than 100000 entries"));
    assert!(peak < MAX_MEMORY_KB, "{peak} kB");
}

#[test]
fn import_of_long_notes_holds_few_of_them_at_once() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let notes = "long note ".repeat(6_500);
    let entries: Vec<Value> =
        (1..=700).map(|id| json!({"mal_id": id, "title": "x", "status": "watching", "notes": notes})).collect();
    fs::write(env.home().join("long.json"), serde_json::to_string(&entries).unwrap()).unwrap();
    let (output, peak) = run_measuring_memory(&env, &["import", "long.json", "--user", "ann", "--json"]);
    assert_eq!(output.expect_code(0).json()["created"], 700);
    // The notes alone take 44 MB, and a database write several times that.
    assert!(peak < MAX_MEMORY_KB * 3 / 4, "{peak} kB");
}

#[test]
fn changes_in_a_pipe_are_not_padded_to_the_longest_note() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 12);
    env.sync(&[]);
    let ids: Vec<String> = list_rows(&env).iter().map(|row| row["mal_id"].to_string()).collect();
    env.run(&["edit", &ids[0], "--notes", &"long note ".repeat(2_000)]).expect_code(0);
    for id in &ids[1..] {
        env.run(&["edit", id, "--notes", "short"]).expect_code(0);
    }
    for command in [["changes", "--local"], ["list", "--columns=mal_id,notes,status"]] {
        let output = env.run(&command).expect_code(0).stdout;
        let long_lines = output.lines().filter(|line| line.len() > 1_000).count();
        assert_eq!(long_lines, 1, "{command:?}");
    }
}
