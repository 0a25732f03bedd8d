//! Issued authorization codes and tokens with their owners and expiry times.
//!
//! The format is MAL's (documented and observed): about 1000 bytes each. The access token looks like a JWT; refresh
//! token and code are hex and start with `def502`. All times are milliseconds of the simulator's clock.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::rng::SeededRng;
use crate::sim_tokens::{SimTokenKind, SimTokens};

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct IssuedCode {
    pub(crate) user: String,
    pub(crate) client_id: String,
    /// The `redirect_uri` of the authorize request, if it was sent.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) challenge: String,
    pub(crate) expires_at_ms: i64,
    pub(crate) is_used: bool,
}

/// The owner, client and expiry of an access or refresh token.
#[derive(Clone, Debug)]
pub(crate) struct IssuedToken {
    pub(crate) user: String,
    pub(crate) client_id: String,
    pub(crate) expires_at_ms: i64,
    pub(crate) is_revoked: bool,
}

impl IssuedToken {
    /// Returns true if the token is neither expired nor revoked at `now_ms`.
    pub(crate) fn is_usable(&self, now_ms: i64) -> bool {
        !self.is_revoked && self.expires_at_ms > now_ms
    }
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct IssuedRefreshToken {
    pub(crate) token: IssuedToken,
    /// The access token issued together with this token. A refresh revokes it (documented).
    pub(crate) access_token: String,
    /// True if the token was used for a refresh.
    pub(crate) is_spent: bool,
}

/// How tokens are made unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenInvalidation {
    Expire,
    Revoke,
}

/// Validity of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenValidity {
    Valid,
    Expired,
    Invalid,
}

/// All codes and tokens issued so far.
#[derive(Debug)]
pub(crate) struct TokenRegistry {
    rng: SeededRng,
    pub(crate) codes: HashMap<String, IssuedCode>,
    pub(crate) access_tokens: HashMap<String, IssuedToken>,
    pub(crate) refresh_tokens: HashMap<String, IssuedRefreshToken>,
}

/// What a token pair is issued for.
#[derive(Clone, Debug)]
pub(crate) struct TokenGrant {
    pub(crate) user: String,
    pub(crate) user_id: u64,
    pub(crate) client_id: String,
    pub(crate) access_lifetime_ms: i64,
    pub(crate) refresh_lifetime_ms: i64,
}

impl TokenRegistry {
    /// Creates an empty registry with a random seed, so two registries never issue the same token.
    pub(crate) fn new() -> Self {
        let random_seed = RandomState::new().hash_one("mal-sim");
        Self {
            rng: SeededRng::from_parts(&[random_seed]),
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
        }
    }

    /// Issues an authorization code.
    pub(crate) fn issue_code(&mut self, code: IssuedCode) -> String {
        let code_text = self.generate_hex_token();
        self.codes.insert(code_text.clone(), code);
        code_text
    }

    /// Issues a token pair at `now_ms`.
    pub(crate) fn issue_tokens(&mut self, grant: &TokenGrant, now_ms: i64) -> SimTokens {
        let token = |lifetime_ms: i64| IssuedToken {
            user: grant.user.clone(),
            client_id: grant.client_id.clone(),
            expires_at_ms: now_ms.saturating_add(lifetime_ms),
            is_revoked: false,
        };
        let (access, refresh) = (token(grant.access_lifetime_ms), token(grant.refresh_lifetime_ms));
        let access_token = self.generate_jwt(grant, now_ms / 1000, access.expires_at_ms / 1000);
        let refresh_token = self.generate_hex_token();
        self.access_tokens.insert(access_token.clone(), access);
        let refresh = IssuedRefreshToken { token: refresh, access_token: access_token.clone(), is_spent: false };
        self.refresh_tokens.insert(refresh_token.clone(), refresh);
        SimTokens {
            token_type: "Bearer".to_owned(),
            expires_in: grant.access_lifetime_ms / 1000,
            access_token,
            refresh_token,
        }
    }

    /// Returns the validity of an access token at `now_ms`.
    pub(crate) fn check_access_token(&self, token: &str, now_ms: i64) -> TokenValidity {
        match self.access_tokens.get(token) {
            None => TokenValidity::Invalid,
            Some(token) if token.is_revoked => TokenValidity::Invalid,
            Some(token) if token.expires_at_ms <= now_ms => TokenValidity::Expired,
            Some(_) => TokenValidity::Valid,
        }
    }

    /// Expires (at `now_ms`) or revokes tokens of a kind. Returns how many `is_affected` selects.
    pub(crate) fn invalidate_tokens(
        &mut self,
        kind: SimTokenKind,
        invalidation: TokenInvalidation,
        now_ms: i64,
        is_affected: impl Fn(&IssuedToken) -> bool,
    ) -> usize {
        let access = self.access_tokens.values_mut().filter(|_| kind != SimTokenKind::Refresh);
        let refresh = self.refresh_tokens.values_mut().filter(|_| kind != SimTokenKind::Access);
        let mut count = 0;
        for token in access.chain(refresh.map(|refresh| &mut refresh.token)).filter(|token| is_affected(token)) {
            count += 1;
            match invalidation {
                TokenInvalidation::Expire => token.expires_at_ms = token.expires_at_ms.min(now_ms),
                TokenInvalidation::Revoke => token.is_revoked = true,
            }
        }
        count
    }

    fn random_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend(self.rng.next().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }

    fn generate_hex_token(&mut self) -> String {
        let bytes = self.random_bytes(480);
        let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
        std::iter::once("def502".to_owned()).chain(hex).collect()
    }

    fn generate_jwt(&mut self, grant: &TokenGrant, issued_at: i64, expires_at: i64) -> String {
        let jti: String = self.random_bytes(40).iter().map(|byte| format!("{byte:02x}")).collect();
        let header = format!("{{\"typ\":\"JWT\",\"alg\":\"RS256\",\"jti\":\"{jti}\"}}");
        let (client_id, user) = (crate::php_encoding::quote_string(&grant.client_id), grant.user_id);
        let body = format!(
            "{{\"aud\":{client_id},\"jti\":\"{jti}\",\"iat\":{issued_at},\"nbf\":{issued_at},\"exp\":{expires_at},\
             \"sub\":\"{user}\",\"scopes\":[]}}"
        );
        let signature = self.random_bytes(512);
        format!("{}.{}.{}", BASE64.encode(header), BASE64.encode(body), BASE64.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_grant() -> TokenGrant {
        TokenGrant {
            user: "alice".to_owned(),
            user_id: 7,
            client_id: "c".repeat(32),
            access_lifetime_ms: 5000,
            refresh_lifetime_ms: 9000,
        }
    }

    #[test]
    fn tokens_have_mals_format_and_are_unique() {
        let (mut first, mut second) = (TokenRegistry::new(), TokenRegistry::new());
        let (a, b) = (first.issue_tokens(&sample_grant(), 0), second.issue_tokens(&sample_grant(), 0));
        assert_ne!(a, b, "two simulators must not issue the same token");
        assert_eq!(a.access_token.split('.').count(), 3);
        assert!(a.access_token.starts_with("eyJ0eXAiOiJKV1Qi"), "{}", a.access_token);
        assert!(a.refresh_token.starts_with("def502"));
        for token in [&a.access_token, &a.refresh_token] {
            assert!((800..1100).contains(&token.len()), "{} bytes", token.len());
        }
    }

    #[test]
    fn access_token_is_valid_until_it_expires_or_is_revoked() {
        let mut registry = TokenRegistry::new();
        let pair = registry.issue_tokens(&sample_grant(), 1000);
        assert_eq!(pair.expires_in, 5);
        assert_eq!(registry.check_access_token(&pair.access_token, 5999), TokenValidity::Valid);
        assert_eq!(registry.check_access_token(&pair.access_token, 6000), TokenValidity::Expired);
        assert_eq!(registry.check_access_token("other", 0), TokenValidity::Invalid);
        registry.access_tokens.get_mut(&pair.access_token).unwrap().is_revoked = true;
        assert_eq!(registry.check_access_token(&pair.access_token, 6000), TokenValidity::Invalid);
    }
}
