//! The directories of configuration and data on this platform.
//!
//! Precedence: `XDG_CONFIG_HOME` and `XDG_DATA_HOME` on every platform, then `HOME` on Linux, then the platform's
//! directories. A missing directory is an error only for a caller that needs it.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::failure::Failure;

/// Why there is no default directory.
const NO_HOME: &str = if cfg!(windows) { "this account has no profile, and" } else { "HOME is not set, and" };

/// The directories of malsync. They may not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppDirectories {
    config_dir: Option<PathBuf>,
    data_dir: Option<PathBuf>,
}

impl AppDirectories {
    /// Returns the directories for this environment.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let platform = directories::ProjectDirs::from("", "", "malsync");
        let config = platform.as_ref().map(|dirs| dirs.config_dir().to_owned());
        let data = platform.as_ref().map(|dirs| dirs.data_dir().to_owned());
        Self::from_environment(environment, config, data)
    }

    fn from_environment(environment: &Environment, config: Option<PathBuf>, data: Option<PathBuf>) -> Self {
        let home = if cfg!(target_os = "linux") { environment.get_directory("HOME") } else { None };
        let resolve = |variable: &str, below_home: &str, platform: Option<PathBuf>| {
            let xdg = environment.get_directory(variable).map(|directory| directory.join("malsync"));
            xdg.or_else(|| home.as_ref().map(|home| home.join(below_home).join("malsync"))).or(platform)
        };
        Self {
            config_dir: resolve("XDG_CONFIG_HOME", ".config", config),
            data_dir: resolve("XDG_DATA_HOME", ".local/share", data),
        }
    }

    /// Returns directories that need not exist.
    #[cfg(test)]
    pub(super) fn for_tests(config: &str, data: &str) -> Self {
        Self { config_dir: Some(config.into()), data_dir: Some(data.into()) }
    }

    /// Returns the default configuration file. Returns `None` if there is no directory for it.
    #[must_use]
    pub fn config_file(&self) -> Option<PathBuf> {
        self.config_dir.as_ref().map(|directory| directory.join("config.toml"))
    }

    /// Returns the directory of `config.toml`.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 if neither `XDG_CONFIG_HOME` nor a home directory is known.
    pub fn config_dir(&self) -> Result<&Path, Failure> {
        self.config_dir.as_deref().ok_or_else(|| {
            Failure::usage_error(format!("no configuration directory: {NO_HOME} XDG_CONFIG_HOME is not set"))
                .with_hint("set XDG_CONFIG_HOME, or use --config FILE")
        })
    }

    /// Returns the directory of `malsync.db` and `token.key`.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 if neither `XDG_DATA_HOME` nor a home directory is known.
    pub fn data_dir(&self) -> Result<&Path, Failure> {
        self.data_dir.as_deref().ok_or_else(|| {
            Failure::usage_error(format!("no data directory: {NO_HOME} XDG_DATA_HOME is not set"))
                .with_hint("set XDG_DATA_HOME; or set both DATABASE_URL and MALSYNC_TOKEN_KEY")
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
        let directories = directories_for([("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d")]);
        assert_eq!(directories.config_file(), Some("/c/malsync/config.toml".into()));
        assert_eq!(directories.data_dir().unwrap(), Path::new("/d/malsync"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn home_uses_the_xdg_default_paths() {
        let directories = directories_for([("HOME", "/h")]);
        assert_eq!(directories.config_dir().unwrap(), Path::new("/h/.config/malsync"));
        assert_eq!(directories.data_dir().unwrap(), Path::new("/h/.local/share/malsync"));
    }

    #[test]
    fn without_home_only_access_to_a_directory_fails() {
        let directories = directories_for([]);
        assert_eq!(directories.config_file(), None);
        assert_eq!(directories.data_dir().unwrap_err().exit.code(), 2);
    }
}
