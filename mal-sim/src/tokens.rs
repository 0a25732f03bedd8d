//! Codes and tokens: what was issued, to whom, until when.
//!
//! Their form is MAL's (documented and observed): about 1000 bytes each, the access token like a JWT, refresh token
//! and code as hex that begins with `def502`. All times are milliseconds of the simulator's clock.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::rng::Rng;

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) user: String,
    pub(crate) client: String,
    /// The `redirect_uri` of the authorize request, if it had one.
    pub(crate) redirect: Option<String>,
    pub(crate) challenge: String,
    pub(crate) expires: i64,
    pub(crate) used: bool,
}

/// An access token.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) user: String,
    pub(crate) client: String,
    pub(crate) expires: i64,
    pub(crate) revoked: bool,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) user: String,
    pub(crate) client: String,
    pub(crate) expires: i64,
    pub(crate) revoked: bool,
    /// The access token issued with it, which a refresh revokes (documented).
    pub(crate) access: String,
    /// A refresh was made with it.
    pub(crate) spent: bool,
}

/// What an access token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    Valid,
    Expired,
    Invalid,
}

/// A pair as the token endpoint gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) expires_in: i64,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// Everything issued so far.
#[derive(Debug)]
pub(crate) struct Vault {
    chance: Rng,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) access: HashMap<String, Access>,
    pub(crate) refresh: HashMap<String, Refresh>,
}

/// To whom a pair goes.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) user: String,
    pub(crate) user_id: u64,
    pub(crate) client: String,
}

impl Vault {
    /// An empty vault; no two ever issue the same token.
    pub(crate) fn new() -> Self {
        let unlike_any_other = RandomState::new().hash_one("mal-sim");
        Self {
            chance: Rng::of(&[unlike_any_other]),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    /// Issues a code.
    pub(crate) fn issue_code(&mut self, code: Code) -> String {
        let text = self.hex();
        self.codes.insert(text.clone(), code);
        text
    }

    /// Issues a pair at `now` that lives as long as said, in milliseconds.
    pub(crate) fn issue(&mut self, grant: &Grant, now: i64, access_life: i64, refresh_life: i64) -> Pair {
        let expires = now.saturating_add(access_life);
        let access = self.jwt(grant, now / 1000, expires / 1000);
        let refresh = self.hex();
        let (user, client) = (grant.user.clone(), grant.client.clone());
        self.access
            .insert(access.clone(), Access { user: user.clone(), client: client.clone(), expires, revoked: false });
        self.refresh.insert(
            refresh.clone(),
            Refresh {
                user,
                client,
                expires: now.saturating_add(refresh_life),
                revoked: false,
                access: access.clone(),
                spent: false,
            },
        );
        Pair { expires_in: access_life / 1000, access, refresh }
    }

    /// What an access token is worth at `now`.
    pub(crate) fn worth(&self, token: &str, now: i64) -> Worth {
        match self.access.get(token) {
            None => Worth::Invalid,
            Some(access) if access.revoked => Worth::Invalid,
            Some(access) if access.expires <= now => Worth::Expired,
            Some(_) => Worth::Valid,
        }
    }

    /// Ends every token of this user and client: somebody sent a refresh token that was spent.
    pub(crate) fn revoke_family(&mut self, user: &str, client: &str) {
        let of_family = |of: &str, to: &str| of == user && to == client;
        for token in self.access.values_mut().filter(|token| of_family(&token.user, &token.client)) {
            token.revoked = true;
        }
        for token in self.refresh.values_mut().filter(|token| of_family(&token.user, &token.client)) {
            token.revoked = true;
        }
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend(self.chance.next().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }

    fn hex(&mut self) -> String {
        let bytes = self.bytes(480);
        let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
        std::iter::once("def502".to_owned()).chain(hex).collect()
    }

    fn jwt(&mut self, grant: &Grant, issued: i64, expires: i64) -> String {
        let jti: String = self.bytes(40).iter().map(|byte| format!("{byte:02x}")).collect();
        let head = format!("{{\"typ\":\"JWT\",\"alg\":\"RS256\",\"jti\":\"{jti}\"}}");
        let (client, user) = (crate::encode::quoted(&grant.client), grant.user_id);
        let body = format!(
            "{{\"aud\":{client},\"jti\":\"{jti}\",\"iat\":{issued},\"nbf\":{issued},\"exp\":{expires},\
             \"sub\":\"{user}\",\"scopes\":[]}}"
        );
        let signature = self.bytes(512);
        format!("{}.{}.{}", BASE64.encode(head), BASE64.encode(body), BASE64.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        Grant { user: "alice".to_owned(), user_id: 7, client: "c".repeat(32) }
    }

    #[test]
    fn tokens_look_like_mals_and_no_two_are_alike() {
        let (mut one, mut two) = (Vault::new(), Vault::new());
        let (a, b) = (one.issue(&grant(), 0, 1000, 1000), two.issue(&grant(), 0, 1000, 1000));
        assert_ne!(a, b, "two simulators must not share tokens");
        assert_eq!(a.access.split('.').count(), 3);
        assert!(a.access.starts_with("eyJ0eXAiOiJKV1Qi"), "{}", a.access);
        assert!(a.refresh.starts_with("def502"));
        for token in [&a.access, &a.refresh] {
            assert!((800..1100).contains(&token.len()), "{} bytes", token.len());
        }
    }

    #[test]
    fn a_token_is_worth_something_until_its_last_millisecond() {
        let mut vault = Vault::new();
        let pair = vault.issue(&grant(), 1000, 5000, 9000);
        assert_eq!(pair.expires_in, 5);
        assert_eq!(vault.worth(&pair.access, 5999), Worth::Valid);
        assert_eq!(vault.worth(&pair.access, 6000), Worth::Expired);
        assert_eq!(vault.worth("other", 0), Worth::Invalid);
        vault.access.get_mut(&pair.access).unwrap().revoked = true;
        assert_eq!(vault.worth(&pair.access, 6000), Worth::Invalid);
    }
}
