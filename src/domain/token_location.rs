//! The places where tokens are stored.

use serde::Serialize;

/// A place that holds the current token pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenLocation {
    /// The system keyring.
    Keyring,
    /// The users table.
    Database,
}

impl TokenLocation {
    /// Returns the name that `token status` prints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Database => "database",
        }
    }
}
