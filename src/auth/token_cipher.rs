//! Authenticated encryption of the tokens in the users table.
//!
//! An encrypted token is `malsync1.KEYID.BASE64`: XChaCha20-Poly1305 with the key of that id, nonce first. User, column
//! and generation are the associated data, so a text moved to another row, column or generation does not decrypt. A
//! text without the prefix is a plaintext token that an application wrote, or malsync while encryption was off. It is
//! used like any other.

use std::{path::PathBuf, sync::OnceLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, KeyInit, Payload},
};
use zeroize::Zeroizing;

use super::key_file::{self, KeyFileError};
use crate::{
    domain::{encryption_key::EncryptionKey, user::UserId},
    exit::Exit,
    failure::Failure,
    secret::Secret,
};

/// Prefix of an encrypted token.
const ENCRYPTED_PREFIX: &str = "malsync1.";

/// Length of a nonce, in bytes.
const NONCE_BYTES: usize = 24;

/// The column that holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenColumn {
    /// `mal_access_token`.
    Access,
    /// `mal_refresh_token`.
    Refresh,
}

/// The context that an encrypted token is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenContext {
    /// Id of the row.
    pub user: UserId,
    /// The column.
    pub column: TokenColumn,
    /// Generation of the pair.
    pub generation: i64,
}

impl TokenContext {
    fn associated_data(self) -> Vec<u8> {
        let column = match self.column {
            TokenColumn::Access => "mal_access_token",
            TokenColumn::Refresh => "mal_refresh_token",
        };
        format!("malsync token v1\0{}\0{column}\0{}", self.user, self.generation).into_bytes()
    }
}

/// Why a token could not be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The token is encrypted with a key that is unavailable.
    #[error("cannot decrypt the stored login: it was encrypted with key ID {id}")]
    KeyUnavailable {
        /// Id of that key.
        id: String,
        /// The file in which this host looks for the key.
        key_file: PathBuf,
    },
    /// The key is the right one and the text does not decrypt: it was moved, changed or rolled back.
    #[error("the stored login was altered: it cannot be decrypted with its own key")]
    Altered,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (exit, hint) = match &error {
            Error::KeyFile(_) => (Exit::Failed, "fix or move the key file, or set MALSYNC_TOKEN_KEY".to_owned()),
            // A login here would make the tokens unreadable for the other host.
            Error::KeyUnavailable { key_file, .. } => (
                Exit::Login,
                format!(
                    "copy the key from the host that logged in (its token.key to {}, or its MALSYNC_TOKEN_KEY); \
                        only if that key is lost, run: malsync login",
                    key_file.display()
                ),
            ),
            Error::Altered => {
                (Exit::Guard, "find out what wrote to the users table, then run: malsync login".to_owned())
            }
        };
        Self::new(exit, error).with_hint(hint)
    }
}

/// Encrypts and decrypts tokens.
pub struct TokenCipher {
    is_enabled: bool,
    key_file: PathBuf,
    key: OnceLock<EncryptionKey>,
}

impl TokenCipher {
    /// Returns a cipher. `key` is `MALSYNC_TOKEN_KEY`; without it the key is read from `key_file`, which is created
    /// when a token is first encrypted. With `is_enabled` false tokens are written in plaintext, and encrypted ones
    /// still decrypt.
    #[must_use]
    pub fn new(key: Option<EncryptionKey>, key_file: PathBuf, is_enabled: bool) -> Self {
        Self { is_enabled, key_file, key: key.map(OnceLock::from).unwrap_or_default() }
    }

    /// Returns true if tokens are written encrypted.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Returns an encryptor with the key loaded; the key is created if it is missing. Called before tokens are
    /// requested, so a missing key cannot lose an issued pair.
    ///
    /// # Errors
    /// The key file cannot be used or created.
    pub fn encryptor(&self) -> Result<TokenEncryptor, Error> {
        if !self.is_enabled {
            return Ok(TokenEncryptor(None));
        }
        let key = match self.key.get() {
            Some(key) => key,
            None => {
                let key = key_file::load_or_create(&self.key_file)?;
                self.key.get_or_init(|| key)
            }
        };
        Ok(TokenEncryptor(Some(key.clone())))
    }

    /// Returns the token of a stored text. A text that is not encrypted is the token itself.
    ///
    /// # Errors
    /// The key is unavailable, or the text was altered.
    pub fn decrypt(&self, context: TokenContext, stored: &Secret) -> Result<Secret, Error> {
        let Some(encrypted) = stored.expose().strip_prefix(ENCRYPTED_PREFIX) else {
            return Ok(stored.clone());
        };
        let (id, encrypted) = encrypted.split_once('.').ok_or(Error::Altered)?;
        let key = self.key_by_id(id)?;
        let bytes = URL_SAFE_NO_PAD.decode(encrypted).map_err(|_| Error::Altered)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Altered)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| Error::Altered)?;
        let plaintext = XChaCha20Poly1305::new(key.expose().into())
            .decrypt(&nonce, Payload { msg: ciphertext, aad: &context.associated_data() })
            .map(Zeroizing::new)
            .map_err(|_| Error::Altered)?;
        std::str::from_utf8(&plaintext).map(Secret::new).map_err(|_| Error::Altered)
    }

    fn key_by_id(&self, id: &str) -> Result<&EncryptionKey, Error> {
        let key = match self.key.get() {
            Some(key) => Some(key),
            None => key_file::read_key_file(&self.key_file)?.map(|key| self.key.get_or_init(|| key)),
        };
        key.filter(|key| key.id() == id)
            .ok_or_else(|| Error::KeyUnavailable { id: id.chars().take(16).collect(), key_file: self.key_file.clone() })
    }
}

/// Encrypts with a loaded key, or leaves tokens in plaintext if encryption is disabled.
pub struct TokenEncryptor(Option<EncryptionKey>);

impl TokenEncryptor {
    /// Returns the text that is stored in the table.
    #[must_use]
    pub fn encrypt(&self, context: TokenContext, token: &Secret) -> Secret {
        let Some(key) = &self.0 else {
            return token.clone();
        };
        let nonce = XNonce::generate();
        let ciphertext = XChaCha20Poly1305::new(key.expose().into())
            .encrypt(&nonce, Payload { msg: token.expose().as_bytes(), aad: &context.associated_data() })
            .expect("the cipher takes any text that fits into memory");
        let text = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat());
        Secret::new(format!("{ENCRYPTED_PREFIX}{}.{text}", key.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::fakes::{cipher_with_key, key_of_bytes};

    const CONTEXT: TokenContext = TokenContext { user: UserId(7), column: TokenColumn::Access, generation: 3 };

    fn encrypted_token() -> Secret {
        cipher_with_key(1).encryptor().unwrap().encrypt(CONTEXT, &Secret::new("access-token"))
    }

    #[test]
    fn encrypted_token_decrypts_and_hides_its_content() {
        let text = encrypted_token();
        assert!(text.expose().starts_with("malsync1."));
        assert!(!text.expose().contains("access-token"));
        assert_ne!(text, encrypted_token(), "never the same text twice");
        assert_eq!(cipher_with_key(1).decrypt(CONTEXT, &text).unwrap(), Secret::new("access-token"));
    }

    #[test]
    fn token_moved_to_another_context_does_not_decrypt() {
        for context in [
            TokenContext { user: UserId(8), ..CONTEXT },
            TokenContext { column: TokenColumn::Refresh, ..CONTEXT },
            TokenContext { generation: 4, ..CONTEXT },
            TokenContext { generation: 2, ..CONTEXT },
        ] {
            let error = cipher_with_key(1).decrypt(context, &encrypted_token()).unwrap_err();
            assert!(matches!(error, Error::Altered), "{context:?}");
            assert_eq!(Failure::from(error).exit, Exit::Guard);
        }
    }

    #[test]
    fn changed_text_does_not_decrypt() {
        let text = encrypted_token().expose().to_owned();
        let key_id_end = text.rfind('.').unwrap();
        for broken in [
            format!("{}A", &text[..text.len() - 4]),
            text[..key_id_end + 10].to_owned(),
            format!("{}!", &text[..text.len() - 1]),
            "malsync1.".to_owned(),
        ] {
            assert!(matches!(cipher_with_key(1).decrypt(CONTEXT, &Secret::new(broken)), Err(Error::Altered)));
        }
    }

    #[test]
    fn other_key_is_reported_by_id_with_the_login_exit_code() {
        let id = key_of_bytes(1).id();
        let error = Failure::from(cipher_with_key(2).decrypt(CONTEXT, &encrypted_token()).unwrap_err());
        assert_eq!(error.exit, Exit::Login);
        assert!(error.message().ends_with(&format!("encrypted with key ID {id}")), "{}", error.message());
        assert!(error.hints[0].contains("MALSYNC_TOKEN_KEY") && error.hints[0].contains("malsync login"));
        let without_key = TokenCipher::new(None, "/nowhere/token.key".into(), true);
        assert!(matches!(without_key.decrypt(CONTEXT, &encrypted_token()), Err(Error::KeyUnavailable { .. })));
    }

    #[test]
    fn plaintext_is_accepted_and_disabled_cipher_writes_plaintext() {
        let disabled = TokenCipher::new(Some(key_of_bytes(1)), "/nowhere/token.key".into(), false);
        assert_eq!(disabled.encryptor().unwrap().encrypt(CONTEXT, &Secret::new("t")), Secret::new("t"));
        assert_eq!(disabled.decrypt(CONTEXT, &Secret::new("t")).unwrap(), Secret::new("t"));
        assert_eq!(
            disabled.decrypt(CONTEXT, &encrypted_token()).unwrap(),
            Secret::new("access-token"),
            "old tokens still decrypt"
        );
    }

    #[test]
    fn decrypting_creates_no_key_and_encrypting_does() {
        let dir = tempfile::tempdir().unwrap();
        let key_file = dir.path().join("token.key");
        let cipher = TokenCipher::new(None, key_file.clone(), true);
        assert!(cipher.decrypt(CONTEXT, &encrypted_token()).is_err());
        assert!(!key_file.exists());
        let text = cipher.encryptor().unwrap().encrypt(CONTEXT, &Secret::new("t"));
        assert!(key_file.exists());
        let second_cipher = TokenCipher::new(None, key_file, true);
        assert_eq!(second_cipher.decrypt(CONTEXT, &text).unwrap(), Secret::new("t"));
    }
}
