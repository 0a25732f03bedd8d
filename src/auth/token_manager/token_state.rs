//! What a token manager remembers between two uses.

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::{auth::token_storage::LoadedTokens, domain::user::StoredLogin};

/// What this process knows about the tokens. The mutex around it makes concurrent tasks refresh once.
#[derive(Default)]
pub(super) struct TokenState {
    /// The first MAL account seen in the row. Tokens of any other account are neither used nor refreshed.
    pub(super) account: Option<i64>,
    /// The row as last read, with its decrypted tokens.
    pub(super) loaded: Option<(StoredLogin, LoadedTokens)>,
    /// The database time, read once and advanced by the local clock.
    pub(super) clock: Option<DatabaseClock>,
    /// The generation that this process refreshed to. It is not refreshed again merely because MAL sent no lifetime.
    pub(super) refreshed_generation: Option<i64>,
    /// The generation whose early refresh failed. It is not refreshed again while its access token is valid.
    pub(super) generation_with_failed_early_refresh: Option<i64>,
    /// The last refusal of a refresh token by MAL. A refresh token of the same generation is not sent again.
    pub(super) last_refusal: Option<RefreshRefusal>,
}

/// A refresh token that MAL refused.
#[derive(Clone)]
pub(super) struct RefreshRefusal {
    /// Generation of the pair that it belongs to.
    pub(super) generation: i64,
    /// The message for the user.
    pub(super) message: String,
}

/// A database time and the local instant at which it was read.
#[derive(Clone, Copy)]
pub(super) struct DatabaseClock(pub(super) DateTime<Utc>, pub(super) Instant);

impl DatabaseClock {
    pub(super) fn now(self) -> DateTime<Utc> {
        self.0 + self.1.elapsed()
    }
}

/// Returns true if the row still holds the same pair. An application that shares the tokens changes them without
/// raising the generation.
pub(super) fn is_same_pair(loaded_row: &StoredLogin, row: &StoredLogin) -> bool {
    (loaded_row.generation, &loaded_row.access_token, &loaded_row.refresh_token, loaded_row.expires_at)
        == (row.generation, &row.access_token, &row.refresh_token, row.expires_at)
}
