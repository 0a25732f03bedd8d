//! What can be wrong with the configuration. Always exit code 2, and never a secret in the text.

use std::path::PathBuf;

use super::{origin::SettingOrigin, setting_key::SettingKey};
use crate::failure::Failure;

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `--config` names a file that is not there.
    #[error("there is no configuration file {}", .0.display())]
    FileMissing(PathBuf),
    /// The file is there and cannot be read.
    #[error("the configuration file {} cannot be read: {why}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The file is no TOML.
    #[error("{}:{line}: {why}", path.display())]
    InvalidToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's words.
        why: String,
    },
    /// The file has a key that no setting has.
    #[error("{}:{line}: unknown key `{key}`", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// The setting that may be meant.
        suggestion: Option<SettingKey>,
    },
    /// A value is none that the setting can have.
    #[error("{} {}: it must be {allowed}", name(*key, origin), value.as_ref().map_or_else(|| "cannot be used".to_owned(), |value| format!("is `{value}`")))]
    InvalidValue {
        /// The setting.
        key: SettingKey,
        /// Where the value comes from.
        origin: SettingOrigin,
        /// The value; none where it is a secret.
        value: Option<String>,
        /// What would be allowed.
        allowed: String,
    },
}

impl ConfigError {
    /// Whether it is the configuration file that is to be mended.
    #[must_use]
    pub const fn is_in_config_file(&self) -> bool {
        !matches!(self, Self::InvalidValue { origin: SettingOrigin::Environment | SettingOrigin::Default, .. })
    }
}

/// The setting as the user knows it from where its value was set.
fn name(key: SettingKey, origin: &SettingOrigin) -> String {
    match origin {
        SettingOrigin::File { path, line } => format!("{}:{line}: {}", path.display(), key.file_key()),
        SettingOrigin::Default | SettingOrigin::Environment => key.variable_name().to_owned(),
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = match &error {
            ConfigError::FileMissing(_) => "make the file, or leave --config out".to_owned(),
            ConfigError::FileUnreadable { .. } => "look at the file's rights and kind".to_owned(),
            ConfigError::InvalidToml { .. } => {
                "write the file as TOML, one `key = value` a line, texts in quotes".to_owned()
            }
            ConfigError::UnknownKey { suggestion: Some(key), .. } => format!("did you mean `{}`?", key.file_key()),
            ConfigError::UnknownKey { suggestion: None, .. } => {
                "`malsync config show` lists the settings there are".to_owned()
            }
            ConfigError::InvalidValue { .. } => {
                "mend the value, or leave it out; `malsync config show` shows every setting".to_owned()
            }
        };
        Self::new(crate::exit::Exit::Usage, error).with_hint(hint)
    }
}
