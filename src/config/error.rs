//! What can be wrong with the configuration. Always exit code 2, and never a secret in the text.

use std::path::PathBuf;

use super::{key::Key, origin::Origin};
use crate::failure::Failure;

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `--config` names a file that is not there.
    #[error("there is no configuration file {}", .0.display())]
    Missing(PathBuf),
    /// The file is there and cannot be read.
    #[error("the configuration file {} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The file is no TOML.
    #[error("{}:{line}: {why}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's words.
        why: String,
    },
    /// The file has a key that no setting has.
    #[error("{}:{line}: unknown key `{key}`", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// The setting that may be meant.
        nearest: Option<Key>,
    },
    /// A value is none that the setting can have.
    #[error("{} {}: it must be {allowed}", name(*key, origin), value.as_ref().map_or_else(|| "cannot be used".to_owned(), |value| format!("is `{value}`")))]
    Value {
        /// The setting.
        key: Key,
        /// Where the value comes from.
        origin: Origin,
        /// The value; none where it is a secret.
        value: Option<String>,
        /// What would be allowed.
        allowed: String,
    },
}

impl Error {
    /// Whether it is the configuration file that is to be mended.
    #[must_use]
    pub const fn is_of_the_file(&self) -> bool {
        !matches!(self, Self::Value { origin: Origin::Environment | Origin::Default, .. })
    }
}

/// The setting as the user knows it from where its value was set.
fn name(key: Key, origin: &Origin) -> String {
    match origin {
        Origin::File { path, line } => format!("{}:{line}: {}", path.display(), key.in_file()),
        Origin::Default | Origin::Environment => key.variable().to_owned(),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = match &error {
            Error::Missing(_) => "make the file, or leave --config out".to_owned(),
            Error::Unreadable { .. } => "look at the file's rights and kind".to_owned(),
            Error::NotToml { .. } => "write the file as TOML, one `key = value` a line, texts in quotes".to_owned(),
            Error::Unknown { nearest: Some(key), .. } => format!("did you mean `{}`?", key.in_file()),
            Error::Unknown { nearest: None, .. } => "`malsync config show` lists the settings there are".to_owned(),
            Error::Value { .. } => {
                "mend the value, or leave it out; `malsync config show` shows every setting".to_owned()
            }
        };
        Self::new(crate::exit::Exit::Usage, error).hint(hint)
    }
}
