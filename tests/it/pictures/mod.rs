//! The pictures of the documents show what the program prints now. `docs/pictures/make` draws them again.

use std::{fs, path::PathBuf};

use anstyle::{Color, RgbColor};
use anstyle_svg::{Palette, Term};
use sha2::{Digest as _, Sha256};

use crate::{
    layers::repository,
    support::{
        browser::TestBrowser,
        find_faketime,
        terminal::{read_to_end, start_terminal},
        test_env::{DatabaseKind, TestEnv},
    },
};

/// Set by `docs/pictures/make`: the pictures are written instead of compared.
const WRITE_VARIABLE: &str = "MALSYNC_WRITE_PICTURES";

/// Columns of the terminal in the pictures.
const COLUMNS: usize = 96;

/// Window of the report's picture.
const REPORT_WIDTH: u32 = 1000;

#[expect(clippy::disallowed_methods, reason = "the script that draws the pictures says so by a variable")]
fn pictures_are_to_be_written() -> bool {
    std::env::var_os(WRITE_VARIABLE).is_some()
}

fn picture_file(name: &str) -> PathBuf {
    repository().join("docs/pictures").join(name)
}

/// Returns an environment with a list of 300 entries, among them well-known anime, that was synced in the morning. The
/// clock stands still.
pub(crate) fn env_with_known_anime() -> TestEnv {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 292);
    env.set_var("LD_PRELOAD", &find_faketime().display().to_string());
    env.set_var("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    env.set_var("TZ", "UTC");
    env.set_var("LANG", "C.UTF-8");
    set_time(&mut env, "2026-11-15 08:15:00");
    let anime = fs::read_to_string(repository().join("tests/it/pictures/anime.json")).unwrap();
    for mut entry in serde_json::from_str::<Vec<serde_json::Value>>(&anime).unwrap() {
        let id = entry.as_object_mut().unwrap().remove("id").unwrap().as_u64().unwrap();
        patch_entry(&env, id, entry);
    }
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    set_time(&mut env, "2026-11-15 19:30:00");
    env
}

fn set_time(env: &mut TestEnv, time: &str) {
    env.set_var("FAKETIME", time);
}

fn patch_entry(env: &TestEnv, id: u64, patch: serde_json::Value) {
    env.sim.control().patch_entry("alice", id, serde_json::from_value(patch).unwrap()).unwrap();
}

/// Changes four entries on MAL, as their user would on the site.
pub(crate) fn change_entries_on_mal(env: &TestEnv) {
    let changes = serde_json::json!([
        [52991, {"num_episodes_watched": 12, "score": 9, "updated_at": "2026-11-15T14:10:00+00:00"}],
        [54492, {"num_episodes_watched": 18, "updated_at": "2026-11-15T15:00:00+00:00"}],
        [37521, {"num_episodes_watched": 6, "updated_at": "2026-11-15T10:30:00+00:00"}],
        [33, {"status": "watching", "num_episodes_watched": 1, "start_date": "2026-11-15",
              "updated_at": "2026-11-15T11:00:00+00:00"}],
    ]);
    for change in changes.as_array().unwrap() {
        patch_entry(env, change[0].as_u64().unwrap(), serde_json::json!({"list_status": change[1]}));
    }
}

/// Returns a terminal's content after these commands, with its colors.
fn record_session(env: &TestEnv, commands: &[&str]) -> String {
    let mut content = String::new();
    for command in commands {
        let line = format!(
            "stty cols {COLUMNS} rows 60; {}",
            command.replace("malsync ", "$MALSYNC --no-progress --color always ")
        );
        let output = read_to_end(&mut start_terminal(env, &line)).replace('\r', "");
        let lines: Vec<_> = output.trim_end().lines().map(str::trim_end).collect();
        content += &format!("\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m\n{}\n\n", lines.join("\n"));
    }
    replace_durations(content.trim_end())
}

/// Replaces each duration in seconds and milliseconds: that of a sync in the test differs from run to run. In its place
/// comes that of the same sync at MAL's rate limit.
fn replace_durations(text: &str) -> String {
    let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
    let (mut replaced, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        let end = number.find(|letter| !is_number(letter)).unwrap_or(number.len());
        let unit = number[end..].split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        replaced += before;
        if ["s", "ms"].contains(&unit) {
            replaced += "1.2s";
            rest = &number[end + unit.len()..];
        } else {
            replaced += &number[..end];
            rest = &number[end..];
        }
    }
    replaced + rest
}

/// Returns the SVG of a terminal in GitHub's light or dark colors.
fn draw_terminal(content: &str, is_dark: bool) -> String {
    let colors = if is_dark { &DARK_COLORS } else { &LIGHT_COLORS };
    let rgb = |code: u32| {
        let [_, red, green, blue] = code.to_be_bytes();
        RgbColor(red, green, blue)
    };
    let (background, foreground, palette) = colors;
    Term::new()
        .palette(Palette(palette.map(rgb)))
        .bg_color(Color::Rgb(rgb(*background)))
        .fg_color(Color::Rgb(rgb(*foreground)))
        .render_svg(content)
}

/// Background, foreground, and the sixteen colors of a terminal.
type TerminalColors = (u32, u32, [u32; 16]);

const LIGHT_COLORS: TerminalColors = (
    0x00f6_f8fa,
    0x001f_2328,
    [
        0x0024_292f,
        0x00cf_222e,
        0x0011_6329,
        0x007d_4e00,
        0x0009_69da,
        0x0082_50df,
        0x001b_7c83,
        0x0057_606a,
        0x0057_606a,
        0x00a4_0e26,
        0x001a_7f37,
        0x0063_3c01,
        0x0021_8bff,
        0x00a4_75f9,
        0x0031_92aa,
        0x001f_2328,
    ],
);

const DARK_COLORS: TerminalColors = (
    0x0015_1b23,
    0x00f0_f6fc,
    [
        0x0048_4f58,
        0x00ff_7b72,
        0x003f_b950,
        0x00d2_9922,
        0x0058_a6ff,
        0x00bc_8cff,
        0x0039_c5cf,
        0x00b1_bac4,
        0x008b_949e,
        0x00ff_a198,
        0x0056_d364,
        0x00e3_b341,
        0x0079_c0ff,
        0x00d2_a8ff,
        0x0056_d4dd,
        0x00f0_f6fc,
    ],
);

/// Compares a file of `docs/pictures` with its present content, or writes it.
#[track_caller]
fn check_file(name: &str, content: &str) {
    let path = picture_file(name);
    if pictures_are_to_be_written() {
        fs::write(path, content).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let difference = stored.lines().zip(content.lines()).find(|(old, new)| old != new);
    assert!(
        stored == content,
        "docs/pictures/{name} is older than what it shows; draw it again: docs/pictures/make\n{difference:?}"
    );
}

fn check_terminal_picture(name: &str, content: &str) {
    for (scheme, is_dark) in [("light", false), ("dark", true)] {
        check_file(&format!("{name}-{scheme}.svg"), &draw_terminal(content, is_dark));
    }
}

#[test]
fn terminal_pictures_show_what_commands_print_now() {
    let env = env_with_known_anime();
    change_entries_on_mal(&env);
    let session = record_session(&env, &["malsync sync", "malsync list --status watching --sort -mean --limit 8"]);
    check_terminal_picture("sync", &session);
    env.run(&["edit", "52991", "--notes", "Rewatch in winter"]).expect_code(0);
    check_terminal_picture("show", &record_session(&env, &["malsync show frieren"]));
    env.run(&["edit", "1", "--score", "9"]).expect_code(0);
    env.run(&["edit", "457", "--episodes", "+2"]).expect_code(0);
    check_terminal_picture("push", &record_session(&env, &["malsync diff", "malsync push --yes"]));
}

/// The picture of the report is as old as the file beside it with the digest of the page.
#[test]
fn report_picture_of_chromium_shows_the_present_report() {
    let env = env_with_known_anime();
    env.run(&["report", "--output", "report.html"]).expect_code(0);
    let page = env.home().join("report.html");
    let digest: String = Sha256::digest(fs::read(&page).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    check_file("report.sha256", &format!("{digest}\n"));
    if pictures_are_to_be_written() {
        let mut browser = TestBrowser::open(env.home(), "about:blank");
        for (scheme, is_dark) in [("light", false), ("dark", true)] {
            browser.visit(&format!("file://{}", page.display()), REPORT_WIDTH, is_dark);
            browser.hide_scrollbars();
            let name = format!("report-{scheme}");
            let file = browser.save_screenshot(&name);
            fs::copy(file, picture_file(&format!("{name}.png"))).unwrap();
        }
    }
}

#[test]
fn durations_are_replaced_and_other_numbers_kept() {
    assert_eq!(replace_durations("in 0.84s: 2.5 of 10 (63ms)\n12s, 9.1"), "in 1.2s: 2.5 of 10 (1.2s)\n1.2s, 9.1");
}
