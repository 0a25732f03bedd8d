//! Where tokens are stored: the setting `MALSYNC_TOKEN_STORE`.

/// Where tokens are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenStoreMode {
    /// In the `users` table, with a copy in the keyring.
    #[default]
    Both,
    /// Only in the keyring. The table holds expiry and generation.
    Keyring,
    /// Only in the `users` table.
    Database,
}

impl TokenStoreMode {
    /// Parses the value of the setting. Returns `None` if it is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "both" => Some(Self::Both),
            "keyring" => Some(Self::Keyring),
            "database" => Some(Self::Database),
            _ => None,
        }
    }
}
