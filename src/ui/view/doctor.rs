//! The checks of `doctor`.

use serde::Serialize;

use crate::ui::{display_width, escape_controls, wrap_text};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckLevel {
    /// As it should be.
    Ok,
    /// Works, and yet.
    Warn,
    /// Does not work.
    Error,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, in a word.
    pub name: String,
    /// How it came out.
    pub level: CheckLevel,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The object of `doctor --json`.
#[derive(Clone, Debug, Serialize)]
pub struct ChecksJson<'a> {
    checks: &'a [Check],
}

/// The checks as scripts read them.
#[must_use]
pub const fn to_json(checks: &[Check]) -> ChecksJson<'_> {
    ChecksJson { checks }
}

/// The checks as people read them: a line each, the hint below it, and how many came out how. Where there is a terminal of so
/// many columns, no line is longer.
#[must_use]
pub fn to_text(checks: &[Check], columns: Option<usize>) -> String {
    let widest = checks.iter().map(|check| display_width(&escape_controls(&check.name))).max().unwrap_or(0);
    let margin = LEVEL_WIDTH + COLUMN_GAP + widest + COLUMN_GAP;
    // A terminal that is too narrow for anything folds the lines itself.
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(margin)).max(MIN_MESSAGE_WIDTH);
    let mut text = String::new();
    for check in checks {
        let name = escape_controls(&check.name);
        let gap = " ".repeat(widest - display_width(&name) + COLUMN_GAP);
        let mut head = format!("{:LEVEL_WIDTH$}{:COLUMN_GAP$}{name}{gap}", level_word(check.level), "");
        for line in [Some(&check.message), check.hint.as_ref()].into_iter().flatten() {
            for line in wrap_text(&escape_controls(line), room) {
                text += &format!("{head}{line}\n");
                head = " ".repeat(margin);
            }
        }
    }
    let count = |level| checks.iter().filter(|check| check.level == level).count();
    let (good, doubtful, broken) = (count(CheckLevel::Ok), count(CheckLevel::Warn), count(CheckLevel::Error));
    text + &format!("{good} good, {doubtful} worth a look, {broken} broken\n")
}

/// How wide the words for a level are.
const LEVEL_WIDTH: usize = 5;
const COLUMN_GAP: usize = 2;
const MIN_MESSAGE_WIDTH: usize = 20;

const fn level_word(level: CheckLevel) -> &'static str {
    match level {
        CheckLevel::Ok => "ok",
        CheckLevel::Warn => "warn",
        CheckLevel::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ui::json::to_json_line;

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
        assert_snapshot!(to_text(&checks(), None), @r#"
        ok     database  sqlite, 12 migrations
        error  login     nobody is logged in␊
                         malsync login
        1 good, 0 worth a look, 1 broken
        "#);
        let text = to_text(&checks(), Some(37));
        assert!(text.contains("sqlite, 12\n                 migrations\n"), "{text}");
    }
}
