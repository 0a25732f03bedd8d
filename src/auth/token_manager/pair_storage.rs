//! Stores a pair that MAL issued.

use std::time::Duration;

use chrono::SubsecRound as _;

use super::{
    TokenManager,
    token_state::{DatabaseClock, TokenState},
};
use crate::{
    auth::{
        keyring_sync,
        token_endpoint::{TokenEndpoint, TokenPair},
        token_storage::{IssuedTokens, LoadedTokens, TokenWriter},
    },
    domain::user::StoredLogin,
    failpoint::failpoint,
    failure::Failure,
    sync::port::LoginRepository,
};

/// Delays between repeated attempts to write a pair that MAL issued and the database did not take.
pub(super) const WRITE_RETRY_DELAYS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1600)];

impl<L: LoginRepository, E: TokenEndpoint> TokenManager<L, E> {
    /// Stores the pair: first the row, then the keyring. Returns the tokens only after the row is written.
    pub(super) async fn persist_pair(
        &self,
        state: &mut TokenState,
        (writer, clock): (&TokenWriter, DatabaseClock),
        previous: &LoadedTokens,
        mut pair: TokenPair,
    ) -> Result<LoadedTokens, Failure> {
        let user = self.owner.user;
        pair.refresh = pair.refresh.or_else(|| previous.refresh.clone());
        // Truncate to seconds: SQLite stores no fractions.
        let issued_at = clock.now().trunc_subsecs(0);
        let issued = IssuedTokens { pair, issued_at, client_id: self.owner.client_id.clone() };
        let generation = previous.generation + 1;
        let write = writer.prepare_write(user, generation, &issued);
        failpoint!("token.before_persist");
        let mut delays = WRITE_RETRY_DELAYS.iter();
        let was_written = loop {
            match self.logins.compare_and_swap_tokens(user, previous.generation, &write).await {
                Ok(was_written) => break was_written,
                Err(error) => match delays.next() {
                    Some(delay) => tokio::time::sleep(*delay).await,
                    None => {
                        return Err(error.into().context("could not store the new tokens; the login may be lost"));
                    }
                },
            }
        };
        if !was_written {
            // The row may hold this very pair if the response to our commit was lost. Otherwise another process stored
            // its pair: use that one.
            let row = self.logins.load_user(user).await.map_err(Into::into)?.login;
            if row.generation != generation || row.access_token != write.access || row.issued_at != Some(issued_at) {
                return self.load_current(state).await;
            }
        }
        failpoint!("token.after_persist");
        if let Err(failure) =
            keyring_sync::write_to_keyring(&*self.logins, &self.token_storage, user, generation, &issued.pair).await
        {
            tracing::warn!("{}; log in before the next sync", failure.message());
        }
        tracing::info!(generation, "refreshed the MyAnimeList tokens");
        let tokens = LoadedTokens {
            access: Some(issued.pair.access.clone()),
            refresh: issued.pair.refresh.clone(),
            expires_at: Some(write.expires_at),
            issued_at: Some(write.issued_at),
            generation,
            client_id: Some(write.client_id.clone()),
            needs_login: false,
        };
        let row = StoredLogin {
            access_token: write.access,
            refresh_token: write.refresh,
            expires_at: Some(write.expires_at),
            generation,
            ..StoredLogin::default()
        };
        state.refreshed_generation = Some(generation);
        state.loaded = Some((row, tokens.clone()));
        Ok(tokens)
    }
}
