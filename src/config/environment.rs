//! The process's environment, read once.
//!
//! All of malsync reads variables from the [`Environment`] that `main` creates; tests create their own. An empty
//! variable counts as unset, except those of the pager, where empty means no pager.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// The environment of the process at its start.
#[derive(Clone, Default)]
pub struct Environment(HashMap<OsString, OsString>);

impl Environment {
    /// Reads the process's environment. Called once, by `main`.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars_os())
    }

    /// Returns an environment of only these variables.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Returns a variable. Returns `None` if it is unset or empty.
    #[must_use]
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Returns a variable as text. Returns `None` if it is unset, empty or not UTF-8.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<&str> {
        self.get_os(name).and_then(OsStr::to_str)
    }

    /// Returns a variable that names a directory. A relative path is ignored, as the XDG specification demands.
    #[must_use]
    pub fn get_directory(&self, name: &str) -> Option<PathBuf> {
        self.get_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// Returns true if `NO_COLOR` is set.
    #[must_use]
    pub fn disables_color(&self) -> bool {
        self.get_os("NO_COLOR").is_some()
    }

    /// Returns true if the terminal can only print (`TERM=dumb`).
    #[must_use]
    pub fn is_dumb_terminal(&self) -> bool {
        self.get_text("TERM") == Some("dumb")
    }

    /// Returns the terminal's width in columns as the shell set it (`COLUMNS`).
    #[must_use]
    pub fn terminal_columns(&self) -> Option<usize> {
        self.get_text("COLUMNS").and_then(|text| text.parse().ok()).filter(|columns| *columns > 0)
    }

    /// Returns the terminal's height in lines as the shell set it (`LINES`).
    #[must_use]
    pub fn terminal_lines(&self) -> Option<usize> {
        self.get_text("LINES").and_then(|text| text.parse().ok()).filter(|lines| *lines > 0)
    }

    /// Returns the pager command (`MALSYNC_PAGER`, else `PAGER`). An empty text means no pager.
    #[must_use]
    pub fn pager_command(&self) -> Option<&str> {
        ["MALSYNC_PAGER", "PAGER"].iter().find_map(|name| self.0.get(OsStr::new(name))).and_then(|value| value.to_str())
    }

    /// Returns true if options for `less` are set (`LESS`), even empty ones.
    #[must_use]
    pub fn has_less_options(&self) -> bool {
        self.0.contains_key(OsStr::new("LESS"))
    }

    /// Returns the editor command (`VISUAL`, else `EDITOR`).
    #[must_use]
    pub fn editor_command(&self) -> Option<&str> {
        ["VISUAL", "EDITOR"].iter().find_map(|name| self.get_text(name))
    }

    /// Returns the SSH connection of the session (`SSH_CONNECTION`): the client's address and port, then the server's.
    #[must_use]
    pub fn ssh_connection(&self) -> Option<&str> {
        self.get_text("SSH_CONNECTION")
    }

    /// Returns true in a container: Docker and Podman leave a file, Podman and systemd-nspawn set `container`.
    #[must_use]
    pub fn is_container(&self) -> bool {
        self.get_text("container").is_some()
            || (!self.0.is_empty() && ["/.dockerenv", "/run/.containerenv"].iter().any(|path| Path::new(path).exists()))
    }

    /// Returns the name of the host's account (`USER`, else `LOGNAME`).
    #[must_use]
    pub fn os_user_name(&self) -> Option<&str> {
        ["USER", "LOGNAME"].iter().find_map(|name| self.get_text(name))
    }

    /// Returns true if the locale is UTF-8. Without a locale variable the result is true except on Linux.
    #[must_use]
    pub fn is_utf8_locale(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.get_text(name));
        locale.map_or(!cfg!(target_os = "linux"), |name| {
            let name = name.to_ascii_lowercase();
            name.contains("utf-8") || name.contains("utf8")
        })
    }

    /// Returns device and inode of the stream that systemd connected to its journal (`JOURNAL_STREAM`).
    #[must_use]
    pub fn journal_stream(&self) -> Option<&str> {
        self.get_text("JOURNAL_STREAM")
    }

    /// Returns the log filter (`RUST_LOG`).
    #[must_use]
    pub fn rust_log(&self) -> Option<&str> {
        self.get_text("RUST_LOG")
    }

    /// Returns true if a browser can be shown. Always true except on Linux, where a variable names the display.
    #[must_use]
    pub fn has_display(&self) -> bool {
        cfg!(not(target_os = "linux"))
            || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].iter().any(|name| self.get_os(name).is_some())
    }
}

impl std::fmt::Debug for Environment {
    /// Prints only the names, because values may be secrets.
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
