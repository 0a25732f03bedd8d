//! Token endpoint of the token manager's model test: accepts a refresh token once, and revokes the whole family when a
//! spent one is reused.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use crate::{
    auth::{
        pkce::PkceSecrets,
        token_endpoint::{ClientRejected, ClientStatus, Error, TokenEndpoint, TokenPair},
    },
    secret::Secret,
    untrusted_text::UntrustedText,
};

/// How the server behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ModelServerBehavior {
    #[default]
    Rotating,
    /// Fails as if it answered 503, without side effects.
    Unavailable,
    /// Processes the request, and its response is lost.
    LosesResponses,
    /// Refuses every token.
    RefusesTokens,
}

#[derive(Default)]
pub(super) struct ModelServerState {
    pub(super) behavior: ModelServerBehavior,
    issued_count: u32,
    pub(super) current_refresh_token: Option<String>,
    spent_tokens: HashSet<String>,
    pub(super) refused_tokens: HashSet<String>,
    pub(super) reuse_count: u32,
    pub(super) refresh_count: u32,
    open_requests: u32,
    pub(super) has_overlap: bool,
}

impl ModelServerState {
    pub(super) fn issue_pair(&mut self) -> (String, String) {
        self.issued_count += 1;
        let (access, refresh) = (format!("a{}", self.issued_count), format!("r{}", self.issued_count));
        self.current_refresh_token = Some(refresh.clone());
        (access, refresh)
    }

    /// Handles a refresh request.
    fn handle_refresh(&mut self, token: &str) -> Result<TokenPair, Error> {
        self.refresh_count += 1;
        let transient = || Err(Error::Transient(anyhow::Error::msg("503")));
        match self.behavior {
            ModelServerBehavior::Unavailable => return transient(),
            ModelServerBehavior::RefusesTokens => {}
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses
                if self.spent_tokens.contains(token) =>
            {
                self.reuse_count += 1;
                self.current_refresh_token = None;
            }
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses
                if self.current_refresh_token.as_deref() == Some(token) =>
            {
                self.spent_tokens.insert(token.to_owned());
                let (access, refresh) = self.issue_pair();
                let pair = TokenPair {
                    access: Secret::new(access),
                    refresh: Some(Secret::new(refresh)),
                    lifetime_seconds: 7200,
                };
                return if self.behavior == ModelServerBehavior::LosesResponses { transient() } else { Ok(pair) };
            }
            // Refused below: an unknown token.
            ModelServerBehavior::Rotating | ModelServerBehavior::LosesResponses => {}
        }
        self.refused_tokens.insert(token.to_owned());
        Err(Error::Refused { description: UntrustedText::sanitize("Token has been revoked"), response_lost: false })
    }
}

#[derive(Clone, Default)]
pub(super) struct ModelServer(Arc<Mutex<ModelServerState>>);

impl ModelServer {
    pub(super) fn lock_state(&self) -> MutexGuard<'_, ModelServerState> {
        self.0.lock().unwrap()
    }
}

/// A request in flight. Also ends when it is dropped.
struct OpenRequest(ModelServer);

impl OpenRequest {
    fn new(server: &ModelServer) -> Self {
        let mut state = server.lock_state();
        state.open_requests += 1;
        state.has_overlap |= state.open_requests > 1;
        drop(state);
        Self(server.clone())
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.lock_state().open_requests -= 1;
    }
}

impl TokenEndpoint for ModelServer {
    fn authorize_url(&self, _: &PkceSecrets) -> Secret {
        Secret::new("https://mal.example/authorize")
    }

    async fn check_client(&self) -> Result<ClientStatus, ClientRejected> {
        Ok(ClientStatus::Registered)
    }

    async fn exchange_code(&self, _: &Secret, _: &Secret) -> Result<TokenPair, Error> {
        Err(Error::Transient(anyhow::Error::msg("not used by this test")))
    }

    async fn refresh_tokens(&self, token: &Secret) -> Result<TokenPair, Error> {
        let _request = OpenRequest::new(self);
        tokio::time::sleep(Duration::from_millis(3)).await;
        let result = self.lock_state().handle_refresh(token.expose());
        tokio::time::sleep(Duration::from_millis(3)).await;
        result
    }
}
