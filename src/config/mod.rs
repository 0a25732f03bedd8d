//! Loads the configuration: every setting, its layers, and where its value came from.
//!
//! Entry points: [`LoadedConfig::load`], then [`LoadedConfig::valid_config`] for commands that need a valid
//! configuration.
//!
//! Invariants:
//! 1. Precedence: environment, then `config.toml`, then default. No `.env` file is read. No command-line flag is a
//!    setting. A variable with the suffix `_FILE` belongs to the environment.
//! 2. Loading never stops at the first error. [`LoadedConfig`] has every value and every error, so that `config show`
//!    works with a broken file.

mod app_directories;
mod config_values;
mod definition;
mod environment;
mod error;
mod file;
mod file_edit;
mod layers;
mod origin;
mod parsers;
mod proxy_variables;
mod sample;
mod secret_files;
mod setting_key;
mod settings;
mod show;
mod trusted_paths;

use std::path::Path;

pub use app_directories::AppDirectories;
pub use config_values::Config;
pub use environment::Environment;
pub use error::ConfigError;
pub use file::ConfigFileInfo;
pub use origin::{Setting, SettingOrigin};
pub use parsers::RedirectUri;
pub use sample::render_sample_config;
pub use setting_key::SettingKey;
pub use show::DisplayedSetting;

use self::layers::ConfigLayers;
use crate::failure::Failure;

/// The configuration as far as it could be read, with all its errors.
#[derive(Debug)]
pub struct LoadedConfig {
    config: Config,
    displayed_settings: Vec<DisplayedSetting>,
    settings_not_in_file: Vec<SettingKey>,
    errors: Vec<ConfigError>,
    warnings: Vec<String>,
    config_file: Option<ConfigFileInfo>,
}

impl LoadedConfig {
    /// Loads the settings from the environment and from `file` (`--config`). Without `file`, reads the default file if
    /// it exists.
    #[must_use]
    pub fn load(environment: &Environment, file: Option<&Path>) -> Self {
        Self::load_with_directories(environment, file, AppDirectories::new(environment))
    }

    fn load_with_directories(environment: &Environment, requested: Option<&Path>, directories: AppDirectories) -> Self {
        let path = requested.map(Path::to_owned).or_else(|| directories.config_file());
        let mut file =
            path.as_deref().map(|path| file::read_config_file(path, requested.is_some())).unwrap_or_default();
        file.errors.extend(proxy_variables::check_proxy_variables(environment));
        file.errors.extend(directories.data_dir().ok().and_then(trusted_paths::check_folder));
        let warnings = std::mem::take(&mut file.warnings);
        let config_file =
            path.map(|path| ConfigFileInfo { exists: file.exists, contains_secret: file.contains_secret(), path });
        let mut layers = ConfigLayers::new(environment, file);
        let config = Config::from_layers(&mut layers, directories);
        let displayed_settings =
            SettingKey::ALL.map(|key| show::display_setting(key, &layers, &config.directories)).into();
        let settings_not_in_file = layers.settings_not_in_file();
        Self { config, displayed_settings, settings_not_in_file, errors: layers.into_errors(), warnings, config_file }
    }

    /// Returns the configuration if it has no errors.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 and the first error. Errors of the file as a whole come before those of single values.
    pub fn valid_config(&self) -> Result<&Config, Failure> {
        self.errors.first().map_or(Ok(&self.config), |error| Err(error.clone().into()))
    }

    /// Returns every setting for `config show`, in the order of the documentation, with secrets masked.
    #[must_use]
    pub fn displayed_settings(&self) -> &[DisplayedSetting] {
        &self.displayed_settings
    }

    /// Returns the configuration file, existing or not. Returns `None` if no directory for it is known.
    #[must_use]
    pub const fn config_file(&self) -> Option<&ConfigFileInfo> {
        self.config_file.as_ref()
    }

    /// Returns the settings that the environment sets and the file does not set to the same value. A process without
    /// this environment would not see them, or see another value.
    #[must_use]
    pub fn settings_not_in_file(&self) -> &[SettingKey] {
        &self.settings_not_in_file
    }

    /// Returns the configuration file's text with this value of a setting. `text` is its present text.
    ///
    /// # Errors
    ///
    /// Exit code 2 if the value is invalid, or if the file cannot be used as a whole: it is not TOML, or others can
    /// change it.
    pub fn set_in_text(&self, text: &str, key: SettingKey, value: &str) -> Result<String, Failure> {
        self.check_file_usable()?;
        if let Err(allowed) = key.check_value(value) {
            let value = if key.is_secret() { "the value".to_owned() } else { format!("`{value}`") };
            return Err(Failure::usage_error(format!("{}: {value} is invalid: it must be {allowed}", key.file_key())));
        }
        file_edit::set_value(text, key, value).ok_or_else(not_toml_failure)
    }

    /// Returns the text of the configuration file without this setting.
    ///
    /// # Errors
    ///
    /// Exit code 2 if the file cannot be used as a whole.
    pub fn remove_from_text(&self, text: &str, key: SettingKey) -> Result<String, Failure> {
        self.check_file_usable()?;
        file_edit::remove_value(text, key).ok_or_else(not_toml_failure)
    }

    fn check_file_usable(&self) -> Result<(), Failure> {
        self.errors.iter().find(|error| error.makes_file_unusable()).map_or(Ok(()), |error| Err(error.clone().into()))
    }

    /// Returns problems that do not make the configuration invalid.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns all errors.
    #[must_use]
    pub fn errors(&self) -> &[ConfigError] {
        &self.errors
    }

    /// Returns the configuration even if it has errors. An invalid setting counts as not set: it has its default, or
    /// `None`. Used by what must work despite errors, such as `doctor` and notifications.
    #[must_use]
    pub fn config_despite_errors(&self) -> &Config {
        &self.config
    }
}

fn not_toml_failure() -> Failure {
    Failure::usage_error("the configuration file is not TOML")
}

#[cfg(test)]
mod tests;
