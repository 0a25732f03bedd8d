//! The errors of the configuration.
//!
//! Invariants: the exit code is always 2, and no message contains a secret.

use std::path::PathBuf;

use super::{origin::SettingOrigin, setting_key::SettingKey};
use crate::failure::Failure;

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file named by `--config` does not exist.
    #[error("no configuration file {}", .0.display())]
    FileMissing(PathBuf),
    /// The file exists and cannot be read.
    #[error("cannot read the configuration file {}: {reason}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The system's error message.
        reason: String,
    },
    /// Another account may change the file, or a folder of malsync.
    #[error("{reason}, which decides where tokens are sent")]
    Untrusted {
        /// Who may change what.
        reason: String,
        /// The command that ends it.
        command: String,
    },
    /// A variable of the environment names a proxy that cannot be one. Its value may contain a password.
    #[error("{variable} is not a valid proxy: use http://, https://, socks5:// or socks5h:// with a host")]
    InvalidProxy {
        /// The variable.
        variable: &'static str,
    },
    /// The file is not valid TOML.
    #[error("{}:{line}: {reason}", path.display())]
    InvalidToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's error message.
        reason: String,
    },
    /// The file has a key that is not a setting.
    #[error("{}:{line}: unknown key `{key}`", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// The setting with the most similar key, if one is similar enough.
        suggestion: Option<SettingKey>,
    },
    /// The value of a setting is not allowed.
    #[error("{} {}: must be {allowed}", setting_name(*key, origin), value.as_ref().map_or_else(|| "is not valid".to_owned(), |value| format!("is `{value}`")))]
    InvalidValue {
        /// The setting.
        key: SettingKey,
        /// The layer of the value.
        origin: SettingOrigin,
        /// The value. `None` if it is secret or not UTF-8.
        value: Option<String>,
        /// What is allowed: a phrase that completes "it must be".
        allowed: String,
    },
}

impl ConfigError {
    /// Returns true if no setting of the configuration file can be read, or none is used.
    pub(super) const fn makes_file_unusable(&self) -> bool {
        matches!(self, Self::FileUnreadable { .. } | Self::Untrusted { .. } | Self::InvalidToml { .. })
    }

    /// Returns true if the setting's value cannot be told or used.
    #[must_use]
    pub fn concerns(&self, wanted: SettingKey) -> bool {
        self.makes_file_unusable() || matches!(self, Self::InvalidValue { key, .. } if *key == wanted)
    }

    /// Returns true if the error is in the configuration file.
    #[must_use]
    pub const fn is_in_config_file(&self) -> bool {
        !matches!(
            self,
            Self::InvalidProxy { .. }
                | Self::InvalidValue {
                    origin: SettingOrigin::Environment | SettingOrigin::ValueFile { .. } | SettingOrigin::Default,
                    ..
                }
        )
    }
}

/// Returns the name of the setting as in the layer of its value, with file and line.
fn setting_name(key: SettingKey, origin: &SettingOrigin) -> String {
    match origin {
        SettingOrigin::File { path, line } => format!("{}:{line}: {}", path.display(), key.file_key()),
        SettingOrigin::ValueFile { .. } => key.value_file_variable(),
        SettingOrigin::Default | SettingOrigin::Environment => key.variable_name().to_owned(),
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = match &error {
            ConfigError::FileMissing(_) => "create the file, or omit --config".to_owned(),
            ConfigError::FileUnreadable { .. } => "check the file's permissions and type".to_owned(),
            ConfigError::Untrusted { command, .. } => {
                format!("review its content, then run: {command}")
            }
            ConfigError::InvalidProxy { variable } => format!("fix it, or remove it: unset {variable}"),
            ConfigError::InvalidToml { .. } => {
                "write the file as TOML, one `key = value` per line, strings in quotes".to_owned()
            }
            ConfigError::UnknownKey { suggestion: Some(key), .. } => format!("did you mean `{}`?", key.file_key()),
            ConfigError::UnknownKey { suggestion: None, .. } => "list the settings with malsync config show".to_owned(),
            ConfigError::InvalidValue { key: SettingKey::MalsyncNotifyCommand, .. } => {
                r#"write %s as a word of its own, and in a shell's script "$1": sh -c '… "$1"' sh %s"#.to_owned()
            }
            ConfigError::InvalidValue { .. } => {
                "fix or remove the setting; list all settings with malsync config show".to_owned()
            }
        };
        Self::new(crate::exit::Exit::Usage, error).with_hint(hint)
    }
}
