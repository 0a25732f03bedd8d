//! Where configuration and data rest on this platform.
//!
//! `XDG_CONFIG_HOME` and `XDG_DATA_HOME` win everywhere, then `HOME` where the platform goes by it, then what the platform
//! says. That there is no folder at all is an error only for what needs one.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::failure::Failure;

/// The folders of malsync. They may not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    config: Option<PathBuf>,
    data: Option<PathBuf>,
}

impl Folders {
    /// The folders for this environment.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let platform = directories::ProjectDirs::from("", "", "malsync");
        let config = platform.as_ref().map(|dirs| dirs.config_dir().to_owned());
        let data = platform.as_ref().map(|dirs| dirs.data_dir().to_owned());
        Self::choose(environment, config, data)
    }

    fn choose(environment: &Environment, config: Option<PathBuf>, data: Option<PathBuf>) -> Self {
        let home = if cfg!(target_os = "linux") { environment.folder("HOME") } else { None };
        let choose = |variable: &str, below_home: &str, platform: Option<PathBuf>| {
            let xdg = environment.folder(variable).map(|folder| folder.join("malsync"));
            xdg.or_else(|| home.as_ref().map(|home| home.join(below_home).join("malsync"))).or(platform)
        };
        Self {
            config: choose("XDG_CONFIG_HOME", ".config", config),
            data: choose("XDG_DATA_HOME", ".local/share", data),
        }
    }

    /// Folders that nobody has to have.
    #[cfg(test)]
    pub(super) fn for_tests(config: &str, data: &str) -> Self {
        Self { config: Some(config.into()), data: Some(data.into()) }
    }

    /// The default configuration file, where there is a folder for it.
    #[must_use]
    pub fn config_file(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("config.toml"))
    }

    /// The folder of `config.toml`.
    ///
    /// # Errors
    ///
    /// Exit code 2 where neither `XDG_CONFIG_HOME` nor a home folder is known.
    pub fn config(&self) -> Result<&Path, Failure> {
        self.config.as_deref().ok_or_else(|| {
            Failure::usage("no configuration folder: neither HOME nor XDG_CONFIG_HOME is set")
                .hint("set HOME, or name the file with --config FILE")
        })
    }

    /// The folder of `malsync.db` and `token.key`.
    ///
    /// # Errors
    ///
    /// Exit code 2 where neither `XDG_DATA_HOME` nor a home folder is known.
    pub fn data(&self) -> Result<&Path, Failure> {
        self.data.as_deref().ok_or_else(|| {
            Failure::usage("no data folder: neither HOME nor XDG_DATA_HOME is set")
                .hint("set HOME or XDG_DATA_HOME; or set both DATABASE_URL and MALSYNC_TOKEN_KEY")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders<const N: usize>(variables: [(&str, &str); N]) -> Folders {
        Folders::choose(&Environment::from_pairs(variables), None, None)
    }

    #[test]
    fn the_xdg_variables_win_over_home() {
        let chosen = folders([("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
        assert_eq!(chosen.config_file(), Some("/c/malsync/config.toml".into()));
        assert_eq!(chosen.data().unwrap(), Path::new("/d/malsync"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn home_has_the_usual_places() {
        let chosen = folders([("HOME", "/h")]);
        assert_eq!(chosen.config().unwrap(), Path::new("/h/.config/malsync"));
        assert_eq!(chosen.data().unwrap(), Path::new("/h/.local/share/malsync"));
    }

    #[test]
    fn without_any_home_only_what_needs_a_folder_fails() {
        let chosen = folders([]);
        assert_eq!(chosen.config_file(), None);
        assert_eq!(chosen.data().unwrap_err().exit.code(), 2);
    }
}
