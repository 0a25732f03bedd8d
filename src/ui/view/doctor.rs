//! The checks of `doctor`.

use serde::Serialize;

use crate::ui::clean;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
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
    pub level: Level,
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
pub const fn json(checks: &[Check]) -> ChecksJson<'_> {
    ChecksJson { checks }
}

/// The checks as people read them: a line each, the hint below it.
#[must_use]
pub fn screen(checks: &[Check]) -> String {
    let widest = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let word = match check.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        text += &format!("{word:<5}  {:widest$}  {}\n", clean(&check.name), clean(&check.message));
        if let Some(hint) = &check.hint {
            text += &format!("{:7}{:widest$}  {}\n", "", "", clean(hint));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ui::json::line;

    fn checks() -> [Check; 2] {
        let check = |name: &str, level, message: &str, hint: Option<&str>| Check {
            name: name.into(),
            level,
            message: message.into(),
            hint: hint.map(str::to_owned),
        };
        [
            check("database", Level::Ok, "sqlite, 12 migrations", None),
            check("login", Level::Error, "nobody is logged in\n", Some("malsync login")),
        ]
    }

    #[test]
    fn checks_are_an_array_in_an_object() {
        assert_snapshot!(line(&json(&checks())), @r#"{"checks":[{"name":"database","level":"ok","message":"sqlite, 12 migrations","hint":null},{"name":"login","level":"error","message":"nobody is logged in\n","hint":"malsync login"}]}"#);
    }

    #[test]
    fn a_hint_stands_below_its_check() {
        assert_snapshot!(screen(&checks()), @r#"
        ok     database  sqlite, 12 migrations
        error  login     nobody is logged in␊
                         malsync login
        "#);
    }
}
