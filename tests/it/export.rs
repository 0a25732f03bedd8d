//! `export` of lists, and filters without a match in `export` and `report`.

use std::{fs, io::Read as _, os::unix::fs::PermissionsExt as _, path::Path};

use flate2::read::GzDecoder;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::{
    import::list_rows,
    support::test_env::{DatabaseKind, TestEnv},
};

fn file_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[on_both]
fn exported_list_imports_unchanged(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 40);
    env.sync(&[]);
    let id = list_rows(&env)[0]["mal_id"].to_string();
    env.run(&["edit", &id, "--notes", "<b>]]> & &amp;\n\u{7}é", "--start-date", "2019", "--score", "3"]).expect_code(0);
    let fields = [
        "mal_id",
        "title",
        "status",
        "score",
        "episodes_watched",
        "episodes",
        "start_date",
        "finish_date",
        "notes",
        "is_rewatching",
        "times_rewatched",
        "priority",
        "tags",
    ];
    let known = |rows: Vec<Value>| -> Vec<Value> {
        let text =
            |value: &Value| json!(value.as_str().map_or(value.to_string(), |text| text.replace('\u{7}', "\u{fffd}")));
        rows.iter().map(|row| fields.iter().map(|name| text(&row[*name])).collect()).collect()
    };
    let before = known(list_rows(&env));
    env.run(&["export", "--output", "list.xml.gz"]).expect_code(0);
    let piped = env.run(&["export"]).expect_code(0).stdout;
    let mut unpacked = String::new();
    GzDecoder::new(fs::File::open(env.home().join("list.xml.gz")).unwrap()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(piped, unpacked);
    env.use_new_database();
    env.run(&["import", "list.xml.gz"]).expect_code(0);
    assert_eq!(known(list_rows(&env)), before);
    assert_eq!(env.run_with_input(&["import", "-", "--json"], &piped).expect_code(0).json()["unchanged"], 40);
}

#[test]
fn export_writes_every_format() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 5);
    env.sync(&[]);
    let exported = |name: &str| {
        env.run(&["export", "--output", name]).expect_code(0);
        fs::read(env.home().join(name)).unwrap()
    };
    let whole: Vec<Value> = serde_json::from_slice(&exported("x.json")).unwrap();
    let lines = String::from_utf8(exported("x.ndjson")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((whole.len(), &whole), (5, &lines));
    assert!(whole[0]["rewatch_value"].is_number() && whole[0]["pinned"].is_array(), "{}", whole[0]);
    assert_eq!(String::from_utf8(exported("x.csv")).unwrap().lines().count(), 6);
    assert!(exported("x").starts_with(b"<?xml"));
    assert!(exported("x.csv.gz").starts_with(&[0x1f, 0x8b]));
    let one = whole[0]["mal_id"].to_string();
    env.execute_sql(&format!(
        "UPDATE user_anime_lists SET removed_at = '2026-01-01 00:00:00' WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {one})"
    ));
    let count = |flags: &[&str]| {
        env.run(&[&["export", "--format", "ndjson"], flags].concat()).expect_code(0).stdout.lines().count()
    };
    assert_eq!((count(&[]), count(&["--removed"])), (4, 5));
    // The first entry is marked as removed.
    let status = whole[1]["status"].as_str().unwrap();
    let with_status = whole[1..].iter().filter(|entry| entry["status"] == status).count();
    assert_eq!(count(&["--status", status]), with_status);
    let mode = fs::metadata(env.home().join("x")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn export_keeps_newest_dated_files_and_touches_no_other() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 2);
    env.sync(&[]);
    let folder = env.home().join("backups");
    env.run(&["export", "--dir", "backups"]).expect_code(0);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let others = ["malsync-alice-2001-01-01.json.gz", "malsync-bob-2001-01-01.xml.gz", "notes"];
    let old = ["malsync-alice-2001-01-01.xml.gz", "malsync-alice-2001-01-02.xml.gz", "malsync-alice-2001-01-03.xml.gz"];
    others.iter().chain(&old).for_each(|name| fs::write(folder.join(name), "old").unwrap());
    env.run(&["export", "--dir", "backups", "--keep", "2"]).expect_code(0);
    env.run(&["export", "--dir", "backups", "--keep", "2"]).expect_code(0);
    let left = file_names(&folder);
    assert!(others.iter().all(|name| left.contains(&(*name).to_owned())), "{left:?}");
    assert!(left.contains(&old[2].to_owned()), "{left:?}");
    assert!(left.len() == 5 || left.len() == 6, "one new file, or two around midnight: {left:?}");
}

#[test]
fn filtered_or_empty_list_never_replaces_dated_export() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 0);
    fs::create_dir(env.home().join("backups")).unwrap();
    let old = env.home().join("backups/malsync-alice-2001-01-01.xml.gz");
    fs::write(&old, "old").unwrap();
    let output = env.run(&["export", "--dir", "backups", "--status", "watching"]).expect_code(2);
    assert!(
        output.stderr.contains("accepts no filters") && output.stderr.contains("hint: use --output"),
        "{}",
        output.stderr
    );
    let output = env.run(&["export", "--dir", "backups", "--keep", "1"]).expect_code(1);
    assert!(output.stderr.contains("is empty: nothing was written or deleted"), "{}", output.stderr);
    assert_eq!(file_names(&env.home().join("backups")), ["malsync-alice-2001-01-01.xml.gz"]);
}

#[test]
fn failed_export_keeps_old_file() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 300);
    env.sync(&[]);
    let script = "mkdir full && mount -t tmpfs -o size=64k,nr_inodes=8 none full && echo old > full/list.xml && \
        \"$MALSYNC\" export --output full/list.xml; code=$?; ls -A full; cat full/list.xml; exit $code";
    let output = env.run_in_shell(&format!("unshare -m bash -c '{script}'")).expect_code(1);
    assert_eq!(output.stdout, "list.xml\nold\n", "{}", output.stderr);
    assert!(output.stderr.contains("error: cannot write full/list.xml: No space left"), "{}", output.stderr);
    let read_only =
        "mkdir ro && mount --bind ro ro && mount -o remount,bind,ro ro && \"$MALSYNC\" export --output ro/x";
    let output = env.run_in_shell(&format!("unshare -m bash -c '{read_only}'")).expect_code(1);
    assert!(output.stderr.starts_with("error: cannot write ro/x: Read-only"), "{}", output.stderr);
}

#[test]
fn filters_without_match_write_no_file() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    for (command, file) in [("report", "good.html"), ("export", "good.xml")] {
        fs::write(env.home().join(file), "old").unwrap();
        let output = env.run(&[command, "--output", file, "--genre", "typo"]).expect_code(1);
        assert!(output.stderr.contains("error: unknown genre typo\n"), "{}", output.stderr);
        let output = env.run(&[command, "--output", file, "--finished", "1950"]).expect_code(1);
        assert!(output.stderr.contains("error: no entries match the filters: nothing was written\n"));
        assert_eq!(fs::read_to_string(env.home().join(file)).unwrap(), "old");
        assert_eq!(env.run(&[command, "--output", "-", "--genre", "typo"]).expect_code(1).stdout, "");
    }
    let output = env.run(&["export", "--output", "list.xlsx"]).expect_code(2);
    assert!(output.stderr.contains(".xml, .json, .ndjson or .csv"), "{}", output.stderr);
    assert!(!env.home().join("list.xlsx").exists());
}
