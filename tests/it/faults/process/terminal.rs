//! Terminals of every width, a resized terminal, and output without colors.

use unicode_width::UnicodeWidthStr as _;

use super::hold_page;
use crate::support::{
    terminal::{read_to_end, run_on_terminal, start_terminal, strip_styles},
    test_env::{DatabaseKind, TestEnv},
};

/// Removes escape sequences. Fails if one is incomplete.
#[track_caller]
fn strip_escape_sequences(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\x1b' {
            plain.push(c);
            continue;
        }
        assert_eq!(rest.next(), Some('['), "an incomplete escape sequence: {text:?}");
        let end = rest.find(|c| !(c.is_ascii_digit() || matches!(c, ';' | '?')));
        assert!(end.is_some_and(|end| end.is_ascii_alphabetic()), "an incomplete escape sequence: {text:?}");
    }
    plain
}

fn env_with_long_title() -> TestEnv {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 120);
    let title = format!("\x1b]52;c;cm0gLXJm\x07{}\u{202e}", "Very Long Title ".repeat(40));
    let id = env.sim.control().entry_ids("alice").unwrap()[0];
    let patch = serde_json::json!({"node": {"title": title}});
    env.sim.control().patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
    env
}

#[test]
fn f_c14_output_fits_any_terminal_width() {
    let env = env_with_long_title();
    env.sync(&[]);
    for columns in [1, 2, 7, 20, 80, 10_000] {
        for args in [
            "list",
            "list --limit 3 --color always",
            "runs",
            "changes --limit 5",
            "status",
            "doctor",
            "--help",
            "config show",
            "nonsense",
        ] {
            let (text, code) = run_on_terminal(&env, args, columns);
            let expected = if args == "nonsense" { "2" } else { "0" };
            assert!(code == expected || (args == "doctor" && code == "1"), "{args} in {columns}: {code}\n{text}");
            let plain = strip_escape_sequences(&text);
            assert!(
                !plain.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r')),
                "{args} in {columns}: {plain:?}"
            );
        }
        let (text, code) = run_on_terminal(&env, "sync --force-full", columns);
        assert_eq!(code, "0", "{columns}: {text}");
        strip_escape_sequences(&text);
    }
    let widest = |columns| {
        let (text, _) = run_on_terminal(&env, "list", columns);
        strip_styles(&text).lines().map(|line| line.trim_end_matches('\r').width()).max().unwrap()
    };
    assert!(widest(100) <= 100);
    assert!(widest(10_000) > 600, "the whole title fits");
}

#[test]
fn f_c14_terminal_resize_is_harmless() {
    let env = env_with_long_title();
    hold_page(&env, 2);
    let mut session = start_terminal(&env, "tty; $MALSYNC sync; echo code=$?");
    let (_, tty) = session.exp_regex("/dev/pts/[0-9]+").unwrap();
    env.wait_for_pages(2);
    for columns in ["1", "10000", "3", "80"] {
        let resized = std::process::Command::new("stty").args(["-F", &tty, "cols", columns]).status().unwrap();
        assert!(resized.success());
    }
    env.sim.control().clear_faults();
    let text = read_to_end(&mut session);
    assert!(text.contains("code=0") && !text.contains("panicked"), "{text}");
    strip_escape_sequences(&text);
}

#[test]
fn f_c14_no_color_settings_are_obeyed() {
    let mut env = env_with_long_title();
    let colored = |text: &str| {
        strip_escape_sequences(text);
        text.split("\x1b[")
            .skip(1)
            .any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m'))
    };
    let (text, code) = run_on_terminal(&env, "status --run 7", 80);
    assert!(colored(&text) && code == "1", "{text:?}");
    for flags in ["--color never status --run 7", "--color never --no-progress sync"] {
        assert!(!colored(&run_on_terminal(&env, flags, 80).0));
    }
    env.set_var("NO_COLOR", "1");
    for args in ["status --run 7", "nonsense", "sync --force-full -vv", "list", "doctor", "--help"] {
        let (text, _) = run_on_terminal(&env, args, 80);
        assert!(!colored(&text), "{args}: {text:?}");
    }
    assert!(
        colored(&run_on_terminal(&env, "--color always status --run 7", 80).0),
        "a flag goes before the environment"
    );
}
