//! Generates the secrets of one authorization attempt: the PKCE verifier and the state.
//!
//! MAL supports only the method `plain`, so the authorize URL contains the verifier. The URL is a secret until the code
//! is exchanged. Both secrets are new for each attempt and never equal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::Generate;

use crate::secret::Secret;

/// The secrets of one attempt.
#[derive(Clone, Debug)]
pub struct PkceSecrets {
    /// 128 characters from 96 random bytes, the maximum length of PKCE.
    pub verifier: Secret,
    /// 256 bits.
    pub state: Secret,
}

impl PkceSecrets {
    /// Returns new secrets from the system's random number generator.
    #[must_use]
    pub fn generate() -> Self {
        Self { verifier: encode_base64url(<[u8; 96]>::generate()), state: encode_base64url(<[u8; 32]>::generate()) }
    }
}

/// Returns the nonce that makes the one-time start page unguessable: 128 bits.
#[must_use]
pub fn generate_nonce() -> Secret {
    encode_base64url(<[u8; 16]>::generate())
}

fn encode_base64url<const N: usize>(bytes: [u8; N]) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(zeroize::Zeroizing::new(bytes).as_slice()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn generated_verifiers_are_unique_and_valid() {
        let mut verifiers = HashSet::new();
        for _ in 0..10_000 {
            let pkce = PkceSecrets::generate();
            assert_eq!((pkce.verifier.expose().len(), pkce.state.expose().len()), (128, 43));
            assert!(!pkce.verifier.expose().contains(pkce.state.expose()));
            verifiers.insert(pkce.verifier.expose().to_owned());
        }
        assert_eq!(verifiers.len(), 10_000);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(verifiers.iter().all(|verifier| verifier.chars().all(allowed)));
        assert_eq!(generate_nonce().expose().len(), 22);
    }
}
