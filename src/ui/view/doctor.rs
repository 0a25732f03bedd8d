//! The output of `doctor`: the result of each check as text and JSON. The checks are in `src/command/doctor/`.

use anstyle::Style;
use serde::Serialize;

use super::pluralize;
use crate::ui::{
    display_width, escape_controls,
    style::{BAD, BAD_MARK, BOLD, CAUTION, CAUTION_MARK, GOOD, GOOD_MARK, paint},
    wrap::wrap_prose,
};

/// Result level of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckLevel {
    /// No problem.
    Ok,
    /// Works, but deserves attention.
    Warn,
    /// Does not work.
    Error,
}

/// One check and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Name of what was checked.
    pub name: String,
    /// Result level.
    pub level: CheckLevel,
    /// Finding.
    pub message: String,
    /// What to do about it. `None` if nothing.
    pub hint: Option<String>,
}

/// JSON object of `doctor --json`.
#[derive(Clone, Debug, Serialize)]
pub struct ChecksJson<'a> {
    checks: &'a [Check],
}

/// Returns the checks as JSON.
#[must_use]
pub const fn to_json(checks: &[Check]) -> ChecksJson<'_> {
    ChecksJson { checks }
}

/// Returns the checks as text: each with its hint below, then the totals per level. Lines are wrapped to `columns` if given.
#[must_use]
pub fn to_text(checks: &[Check], columns: Option<usize>) -> String {
    let name_width = checks.iter().map(|check| display_width(&escape_controls(&check.name))).max().unwrap_or(0);
    let margin = LEVEL_WIDTH + COLUMN_GAP + name_width + COLUMN_GAP;
    // On a very narrow terminal, lines exceed the width and the terminal wraps them.
    let message_width = columns.map_or(usize::MAX, |columns| columns.saturating_sub(margin)).max(MIN_MESSAGE_WIDTH);
    let mut text = String::new();
    for check in checks {
        let name = escape_controls(&check.name);
        let gap = " ".repeat(name_width - display_width(&name) + COLUMN_GAP);
        let level = paint(format!("{:LEVEL_WIDTH$}", level_word(check.level)), level_style(check.level));
        let mut prefix = format!("{level}{:COLUMN_GAP$}{}{gap}", "", paint(&name, BOLD));
        for line in [Some(&check.message), check.hint.as_ref()].into_iter().flatten() {
            for line in wrap_prose(&escape_controls(line), message_width).lines() {
                text += &format!("{prefix}{line}\n");
                prefix = " ".repeat(margin);
            }
        }
    }
    let count_level = |level| checks.iter().filter(|check| check.level == level).count();
    let count_text = |count: usize, text: String, level| {
        if count > 0 { paint(text, level_style(level)) } else { text }
    };
    let (ok, warnings, errors) =
        (count_level(CheckLevel::Ok), count_level(CheckLevel::Warn), count_level(CheckLevel::Error));
    let warnings = count_text(warnings, pluralize(warnings, "warning", "warnings"), CheckLevel::Warn);
    let errors = count_text(errors, pluralize(errors, "error", "errors"), CheckLevel::Error);
    text + &format!("{ok} ok, {warnings}, {errors}\n")
}

/// Width of the longest level word with its mark.
const LEVEL_WIDTH: usize = 7;
/// Spaces between two columns.
const COLUMN_GAP: usize = 2;
/// Messages are never wrapped to fewer columns than this.
const MIN_MESSAGE_WIDTH: usize = 20;

fn level_word(level: CheckLevel) -> String {
    let (mark, word) = match level {
        CheckLevel::Ok => (GOOD_MARK, "ok"),
        CheckLevel::Warn => (CAUTION_MARK, "warn"),
        CheckLevel::Error => (BAD_MARK, "error"),
    };
    format!("{mark} {word}")
}

const fn level_style(level: CheckLevel) -> Style {
    match level {
        CheckLevel::Ok => GOOD,
        CheckLevel::Warn => CAUTION,
        CheckLevel::Error => BAD,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::{json_line::to_json_line, ui::style::strip_styles};

    fn checks() -> [Check; 2] {
        let check = |name: &str, level, message: &str, hint: Option<&str>| Check {
            name: name.into(),
            level,
            message: message.into(),
            hint: hint.map(str::to_owned),
        };
        [
            check("database", CheckLevel::Ok, "sqlite, 12 migrations", None),
            check("login", CheckLevel::Error, "nobody is logged in\n", Some("malsync login")),
        ]
    }

    #[test]
    fn checks_are_an_array_in_an_object() {
        assert_snapshot!(to_json_line(&to_json(&checks())), @r#"{"checks":[{"name":"database","level":"ok","message":"sqlite, 12 migrations","hint":null},{"name":"login","level":"error","message":"nobody is logged in\n","hint":"malsync login"}]}"#);
    }

    #[test]
    fn hint_is_printed_below_its_check() {
        assert_snapshot!(strip_styles(&to_text(&checks(), None)), @r#"
        ✓ ok     database  sqlite, 12 migrations
        ✗ error  login     nobody is logged in␊
                           malsync login
        1 ok, 0 warnings, 1 error
        "#);
        let text = strip_styles(&to_text(&checks(), Some(39)));
        assert!(text.contains("sqlite, 12\n                   migrations\n"), "{text}");
    }
}
