//! The key that encrypts the tokens in the `users` table.

use base64::{Engine as _, engine::general_purpose as base64_engine};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// An encryption key. It is never printed, and its memory is zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl EncryptionKey {
    /// Returns the key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Parses base64 of 32 bytes: standard or URL-safe alphabet, padded or not. Returns `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('=');
        let bytes = base64_engine::STANDARD_NO_PAD
            .decode(text)
            .or_else(|_| base64_engine::URL_SAFE_NO_PAD.decode(text))
            .map(Zeroizing::new)
            .ok()?;
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// Returns the raw bytes, for the cipher.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Returns base64 of the key, for the key file.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(base64_engine::STANDARD.encode(self.0.as_slice()))
    }

    /// Returns an id that does not reveal the key: eight hexadecimal digits of a hash.
    #[must_use]
    pub fn id(&self) -> String {
        let hash = Sha256::new().chain_update(b"malsync key id").chain_update(self.0.as_slice()).finalize();
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_32_bytes_in_any_alphabet_is_a_key() {
        let bytes = [0xfb_u8; 32];
        let parse = |text: String| EncryptionKey::parse(&text).map(|key| *key.expose());
        assert_eq!(parse(base64_engine::STANDARD.encode(bytes)), Some(bytes));
        assert_eq!(parse(base64_engine::STANDARD_NO_PAD.encode(bytes)), Some(bytes));
        assert_eq!(parse(base64_engine::URL_SAFE.encode(bytes)), Some(bytes));
        assert_eq!(parse(base64_engine::URL_SAFE_NO_PAD.encode(bytes)), Some(bytes));
        for text in ["hunter2", "", "not base64", "AAEC"] {
            assert_eq!(parse(text.into()), None, "{text}");
        }
        assert_eq!(parse(base64_engine::STANDARD.encode([1; 31])), None);
        assert_eq!(parse(base64_engine::STANDARD.encode([1; 33])), None);
        assert_eq!(parse(format!(" {}", base64_engine::STANDARD.encode(bytes))), None);
    }

    #[test]
    fn key_is_never_printed() {
        assert_eq!(format!("{:?}", EncryptionKey::new([7; KEY_BYTES])), "[secret]");
    }
}
