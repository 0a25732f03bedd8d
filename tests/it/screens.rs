//! Whole outputs on terminals of 60, 80 and 120 columns: nothing is wider than the terminal, no title gets less than 30
//! columns.

use chrono::{DateTime, TimeDelta, Utc};
use insta::{Settings, assert_snapshot};
use unicode_width::UnicodeWidthStr as _;

use crate::{
    pictures::{change_entries_on_mal, env_with_known_anime},
    support::{
        terminal::{run_on_terminal, strip_styles},
        test_env::TestEnv,
    },
};

const WIDTHS: [usize; 3] = [60, 80, 120];

/// Returns the output as plain text. Fails if a line is wider than the terminal.
#[track_caller]
fn record_screen(env: &TestEnv, command: &str, columns: usize) -> String {
    let (text, _) = run_on_terminal(env, &format!("--no-progress {command}"), columns);
    let text = strip_styles(&text.replace('\r', ""));
    for line in text.lines() {
        assert!(line.width() <= columns || line.contains("://"), "{command} in {columns} columns: {line:?}\n{text}");
    }
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Leaves out what differs from run to run.
fn snapshot_settings() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    for (pattern, replacement) in [
        (r"\d+(\.\d+)?m?s\b", "[span]"),
        (r"(localhost|127\.0\.0\.1|\[::1\]):\d+", "$1:[port]"),
        (r"/tmp/\.tmp\w{6}", "[home]"),
        (r"\d+(\.\d+)? [GM]iB", "[size]"),
        (r"malsync +\d\S* on \S+ \(\S+\)", "malsync [version]"),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings
}

#[test]
fn outputs_fit_every_width_and_stay_as_they_are() {
    let env = env_with_known_anime();
    let _guard = snapshot_settings().bind_to_scope();
    env.run(&["edit", "52991", "--score", "10"]).expect_code(0);
    for columns in WIDTHS {
        for (name, command) in [
            ("list", "list --limit 12 --sort -score"),
            ("show", "show 52991"),
            ("stats", "stats --top 5"),
            ("diff", "diff"),
            ("status", "status"),
            ("runs", "runs"),
            ("changes", "changes --limit 5"),
        ] {
            assert_snapshot!(format!("{name}-{columns}"), record_screen(&env, command, columns));
        }
    }
}

#[test]
fn sync_names_what_it_changed_at_every_width() {
    let _guard = snapshot_settings().bind_to_scope();
    for columns in WIDTHS {
        let env = env_with_known_anime();
        change_entries_on_mal(&env);
        assert_snapshot!(format!("sync-{columns}"), record_screen(&env, "sync", columns));
        let again = env.run(&["sync"]).expect_code(0).stdout;
        assert!(again.contains("Synced alice in ") && again.contains(": no changes ("), "{again}");
    }
}

#[test]
fn only_people_read_titles_after_a_sync() {
    let env = env_with_known_anime();
    change_entries_on_mal(&env);
    let quiet = env.run(&["sync", "--quiet"]).expect_code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let line = env.run(&["sync", "--force-full", "--json"]).expect_code(0).stdout;
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn people_read_local_time_and_scripts_utc() {
    let mut env = env_with_known_anime();
    env.set_var("TZ", "Asia/Tokyo");
    let json = env.run(&["status", "--json"]).expect_code(0).json();
    let time: DateTime<Utc> = json["last_mal_sync"].as_str().unwrap().parse().unwrap();
    let in_tokyo = (time + TimeDelta::hours(9)).format("%Y-%m-%d %H:%M").to_string();
    let text = env.run(&["status", "-v"]).expect_code(0).stdout;
    assert!(text.contains(&in_tokyo) && text.contains(" +09:00)"), "{in_tokyo} in {text}");
    assert!(env.run(&["runs"]).expect_code(0).stdout.contains(&in_tokyo));
}
