//! What makes one authorization attempt unforgeable: the PKCE verifier and the state.
//!
//! MAL knows the method `plain` alone, so that the verifier stands in the authorize URL: the URL is a secret until the code
//! was exchanged. Both are fresh for each attempt, and never the same text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::Generate;

use crate::secret::Secret;

/// The secrets of one attempt.
#[derive(Clone, Debug)]
pub struct PkceSecrets {
    /// 128 characters from 96 random bytes: as long as PKCE allows.
    pub verifier: Secret,
    /// 256 bits.
    pub state: Secret,
}

impl PkceSecrets {
    /// New ones, from the system's source of chance.
    #[must_use]
    pub fn generate() -> Self {
        Self { verifier: encode_base64url(<[u8; 96]>::generate()), state: encode_base64url(<[u8; 32]>::generate()) }
    }
}

/// What makes the one-shot start page unguessable: 128 bits.
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
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let proof = PkceSecrets::generate();
            assert_eq!((proof.verifier.expose().len(), proof.state.expose().len()), (128, 43));
            assert!(!proof.verifier.expose().contains(proof.state.expose()));
            seen.insert(proof.verifier.expose().to_owned());
        }
        assert_eq!(seen.len(), 10_000);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(seen.iter().all(|verifier| verifier.chars().all(allowed)));
        assert_eq!(generate_nonce().expose().len(), 22);
    }
}
