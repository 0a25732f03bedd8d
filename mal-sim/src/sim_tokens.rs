//! Token pairs, and the parameters with which a test issues, expires or revokes them.

use serde::{Deserialize, Serialize};

/// A token pair with the field names of the token endpoint, in the observed order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimTokens {
    /// `Bearer`.
    pub token_type: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: i64,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// Parameters for issuing a token pair.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssueTokensRequest {
    /// The user.
    pub user: String,
    /// The client id; by default the configured one, or else `test-client`.
    pub client_id: Option<String>,
    /// Lifetime in seconds; the configured one if absent.
    pub access_lifetime: Option<i64>,
    /// Lifetime in seconds; the configured one if absent.
    pub refresh_lifetime: Option<i64>,
}

/// A kind of token, or both kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SimTokenKind {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
    /// Access and refresh tokens.
    #[default]
    Both,
}

/// Selects the tokens to expire or revoke, and when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSelection {
    /// The owner; all users if absent.
    pub user: Option<String>,
    /// The kind of token.
    pub which: SimTokenKind,
    /// Delays the expiry or revocation until the user has made this many more API requests. Requires `user`.
    pub after_requests: Option<u32>,
}
