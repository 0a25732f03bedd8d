//! The environment, read once.
//!
//! Everything malsync takes from it comes from an [`Environment`] that `main` makes; tests make their own. An empty
//! variable is one that is not set, but for those of the pager, where it means none.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

/// The process's environment at its start.
#[derive(Clone, Default)]
pub struct Environment(HashMap<OsString, OsString>);

impl Environment {
    /// Reads the process's environment. Called once, at the doorway.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars_os())
    }

    /// An environment of these variables alone.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// A variable as it is, where it is set and not empty.
    #[must_use]
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable's text; none also where it is no UTF-8.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<&str> {
        self.get_os(name).and_then(OsStr::to_str)
    }

    /// A variable that names a folder; as the XDG specification has it, a relative one is ignored.
    #[must_use]
    pub fn get_directory(&self, name: &str) -> Option<PathBuf> {
        self.get_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// Whether `NO_COLOR` asks for no colour.
    #[must_use]
    pub fn disables_color(&self) -> bool {
        self.get_os("NO_COLOR").is_some()
    }

    /// Whether the terminal says that it can do nothing but print (`TERM=dumb`).
    #[must_use]
    pub fn is_dumb_terminal(&self) -> bool {
        self.get_text("TERM") == Some("dumb")
    }

    /// The terminal's width as the shell handed it on (`COLUMNS`).
    #[must_use]
    pub fn terminal_columns(&self) -> Option<usize> {
        self.get_text("COLUMNS").and_then(|text| text.parse().ok()).filter(|columns| *columns > 0)
    }

    /// The terminal's height as the shell handed it on (`LINES`).
    #[must_use]
    pub fn terminal_lines(&self) -> Option<usize> {
        self.get_text("LINES").and_then(|text| text.parse().ok()).filter(|lines| *lines > 0)
    }

    /// What long answers are to be read with (`MALSYNC_PAGER`, else `PAGER`); an empty text is nothing.
    #[must_use]
    pub fn pager_command(&self) -> Option<&str> {
        ["MALSYNC_PAGER", "PAGER"].iter().find_map(|name| self.0.get(OsStr::new(name))).and_then(|value| value.to_str())
    }

    /// Whether `less` was told how to behave (`LESS`).
    #[must_use]
    pub fn has_less_options(&self) -> bool {
        self.0.contains_key(OsStr::new("LESS"))
    }

    /// What a file is edited with (`VISUAL`, else `EDITOR`).
    #[must_use]
    pub fn editor_command(&self) -> Option<&str> {
        ["VISUAL", "EDITOR"].iter().find_map(|name| self.get_text(name))
    }

    /// The connection by which somebody is here from another machine (`SSH_CONNECTION`): that machine's address and port, then
    /// this one's.
    #[must_use]
    pub fn ssh_connection(&self) -> Option<&str> {
        self.get_text("SSH_CONNECTION")
    }

    /// The account's name (`USER`, else `LOGNAME`).
    #[must_use]
    pub fn os_user_name(&self) -> Option<&str> {
        ["USER", "LOGNAME"].iter().find_map(|name| self.get_text(name))
    }

    /// Whether the locale's texts are UTF-8 (always, where the platform has no such variables).
    #[must_use]
    pub fn is_utf8_locale(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.get_text(name));
        locale.map_or(!cfg!(target_os = "linux"), |name| {
            let name = name.to_ascii_lowercase();
            name.contains("utf-8") || name.contains("utf8")
        })
    }

    /// The filter of the logs (`RUST_LOG`).
    #[must_use]
    pub fn rust_log(&self) -> Option<&str> {
        self.get_text("RUST_LOG")
    }

    /// Whether there is a screen on which a browser could show up (always, where a screen is not named by a variable).
    #[must_use]
    pub fn has_display(&self) -> bool {
        cfg!(not(target_os = "linux"))
            || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].iter().any(|name| self.get_os(name).is_some())
    }
}

impl std::fmt::Debug for Environment {
    /// Names alone: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variable_counts_as_unset() {
        let environment = Environment::from_pairs([("NO_COLOR", ""), ("COLUMNS", "0"), ("TERM", "dumb")]);
        assert!(!environment.disables_color());
        assert_eq!(environment.terminal_columns(), None);
        assert!(environment.is_dumb_terminal());
    }

    #[test]
    fn malsync_pager_wins_over_pager_even_if_empty() {
        for (pairs, expected) in [
            (&[][..], None),
            (&[("PAGER", "more")][..], Some("more")),
            (&[("PAGER", "more"), ("MALSYNC_PAGER", "less -S")], Some("less -S")),
            (&[("PAGER", "more"), ("MALSYNC_PAGER", "")], Some("")),
        ] {
            assert_eq!(Environment::from_pairs(pairs.iter().copied()).pager_command(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn relative_directory_is_ignored() {
        let environment = Environment::from_pairs([("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "/c")]);
        assert_eq!(environment.get_directory("XDG_DATA_HOME"), None);
        assert_eq!(environment.get_directory("XDG_CONFIG_HOME"), Some(PathBuf::from("/c")));
    }

    #[test]
    fn first_locale_variable_decides_about_utf8() {
        for (pairs, utf8) in [
            (&[("LANG", "de_CH.UTF-8")][..], true),
            (&[("LANG", "C.utf8"), ("LC_CTYPE", "")], true),
            (&[("LANG", "de_CH.UTF-8"), ("LC_ALL", "C")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "en_US.UTF-8")], true),
            (&[], !cfg!(target_os = "linux")),
        ] {
            assert_eq!(Environment::from_pairs(pairs.iter().copied()).is_utf8_locale(), utf8, "{pairs:?}");
        }
    }

    #[test]
    fn debug_shows_no_values() {
        let environment = Environment::from_pairs([("MAL_CLIENT_SECRET", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"MAL_CLIENT_SECRET"}"#);
    }
}
