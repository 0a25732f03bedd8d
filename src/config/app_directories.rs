//! Where configuration and data rest on this platform.
//!
//! `XDG_CONFIG_HOME` and `XDG_DATA_HOME` win everywhere, then `HOME` where the platform goes by it, then what the platform
//! says. That there is no folder at all is an error only for what needs one.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::failure::Failure;

/// The folders of malsync. They may not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppDirectories {
    config_dir: Option<PathBuf>,
    data_dir: Option<PathBuf>,
}

impl AppDirectories {
    /// The folders for this environment.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let platform = directories::ProjectDirs::from("", "", "malsync");
        let config = platform.as_ref().map(|dirs| dirs.config_dir().to_owned());
        let data = platform.as_ref().map(|dirs| dirs.data_dir().to_owned());
        Self::from_environment(environment, config, data)
    }

    fn from_environment(environment: &Environment, config: Option<PathBuf>, data: Option<PathBuf>) -> Self {
        let home = if cfg!(target_os = "linux") { environment.get_directory("HOME") } else { None };
        let choose = |variable: &str, below_home: &str, platform: Option<PathBuf>| {
            let xdg = environment.get_directory(variable).map(|folder| folder.join("malsync"));
            xdg.or_else(|| home.as_ref().map(|home| home.join(below_home).join("malsync"))).or(platform)
        };
        Self {
            config_dir: choose("XDG_CONFIG_HOME", ".config", config),
            data_dir: choose("XDG_DATA_HOME", ".local/share", data),
        }
    }

    /// Folders that nobody has to have.
    #[cfg(test)]
    pub(super) fn for_tests(config: &str, data: &str) -> Self {
        Self { config_dir: Some(config.into()), data_dir: Some(data.into()) }
    }

    /// The default configuration file, where there is a folder for it.
    #[must_use]
    pub fn config_file(&self) -> Option<PathBuf> {
        self.config_dir.as_ref().map(|folder| folder.join("config.toml"))
    }

    /// The folder of `config.toml`.
    ///
    /// # Errors
    ///
    /// Exit code 2 where neither `XDG_CONFIG_HOME` nor a home folder is known.
    pub fn config_dir(&self) -> Result<&Path, Failure> {
        self.config_dir.as_deref().ok_or_else(|| {
            Failure::usage_error("no configuration folder: neither HOME nor XDG_CONFIG_HOME is set")
                .with_hint("set HOME, or name the file with --config FILE")
        })
    }

    /// The folder of `malsync.db` and `token.key`.
    ///
    /// # Errors
    ///
    /// Exit code 2 where neither `XDG_DATA_HOME` nor a home folder is known.
    pub fn data_dir(&self) -> Result<&Path, Failure> {
        self.data_dir.as_deref().ok_or_else(|| {
            Failure::usage_error("no data folder: neither HOME nor XDG_DATA_HOME is set")
                .with_hint("set HOME or XDG_DATA_HOME; or set both DATABASE_URL and MALSYNC_TOKEN_KEY")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directories_for<const N: usize>(variables: [(&str, &str); N]) -> AppDirectories {
        AppDirectories::from_environment(&Environment::from_pairs(variables), None, None)
    }

    #[test]
    fn xdg_variables_win_over_home() {
        let chosen = directories_for([("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
        assert_eq!(chosen.config_file(), Some("/c/malsync/config.toml".into()));
        assert_eq!(chosen.data_dir().unwrap(), Path::new("/d/malsync"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn home_uses_the_xdg_default_paths() {
        let chosen = directories_for([("HOME", "/h")]);
        assert_eq!(chosen.config_dir().unwrap(), Path::new("/h/.config/malsync"));
        assert_eq!(chosen.data_dir().unwrap(), Path::new("/h/.local/share/malsync"));
    }

    #[test]
    fn without_home_only_access_to_a_directory_fails() {
        let chosen = directories_for([]);
        assert_eq!(chosen.config_file(), None);
        assert_eq!(chosen.data_dir().unwrap_err().exit.code(), 2);
    }
}
