//! A setting's value with its origin.

use std::{fmt, path::PathBuf};

use serde::{Serialize, Serializer};

/// The layer of a value. A later variant overrides an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The setting is not set; the default is used.
    Default,
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The environment variable of the setting.
    Environment,
    /// The file that the environment variable with the suffix `_FILE` names.
    ValueFile {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "file {}:{line}", path.display()),
            Self::Environment => f.write_str("environment"),
            Self::ValueFile { path } => write!(f, "file {}", path.display()),
        }
    }
}

impl Serialize for SettingOrigin {
    /// `default`, `environment`, `file PATH:LINE` (a line of the configuration), or `file PATH` (a value of its own).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A setting's value and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer of the value.
    pub origin: SettingOrigin,
}
