//! Sealing: how a token stands in the users table.
//!
//! A sealed token is `malsync1.KEYID.BASE64`: XChaCha20-Poly1305 under the key of that id, nonce first. User, column and
//! generation are bound in, so that a text moved to another row, another column or another time does not open. A text without
//! that prefix is a token that an application wrote as it is, and is used like any other. Nothing here knows the database.

use std::{path::PathBuf, sync::OnceLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, KeyInit, Payload},
};
use zeroize::Zeroizing;

use super::key::{self, FileError, Key};
use crate::{domain::user::UserId, exit::Exit, failure::Failure, secret::Secret};

/// What a sealed token begins with.
const PREFIX: &str = "malsync1.";

/// The bytes of a nonce.
const NONCE: usize = 24;

/// The column that a token stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// `mal_access_token`.
    Access,
    /// `mal_refresh_token`.
    Refresh,
}

/// Where and when a token stands: what its seal is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The row.
    pub user: UserId,
    /// The column.
    pub column: Column,
    /// The generation of the pair.
    pub generation: i64,
}

impl Place {
    fn bound(self) -> Vec<u8> {
        let column = match self.column {
            Column::Access => "mal_access_token",
            Column::Refresh => "mal_refresh_token",
        };
        format!("malsync token v1\0{}\0{column}\0{}", self.user, self.generation).into_bytes()
    }
}

/// Why a token could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `MALSYNC_TOKEN_KEY` is no key.
    #[error("MALSYNC_TOKEN_KEY is not base64 of 32 bytes")]
    BadKey,
    /// The key's file is of no use.
    #[error(transparent)]
    File(#[from] FileError),
    /// Sealed with a key that is not at hand.
    #[error("cannot decrypt the stored login, it was sealed with key ID {id}")]
    NoKey {
        /// The id of that key.
        id: String,
    },
    /// The key is the right one and the text does not open: somebody moved, changed or rolled it back.
    #[error("the stored login was altered: it does not open with the key that sealed it")]
    Altered,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (exit, hint) = match &error {
            Error::BadKey => (Exit::Usage, "make one with: openssl rand -base64 32"),
            Error::File(_) => (Exit::Failed, "mend or move the key file, or set MALSYNC_TOKEN_KEY"),
            Error::NoKey { .. } => {
                (Exit::Login, "set MALSYNC_TOKEN_KEY to that key, or log in anew here: malsync login")
            }
            Error::Altered => (Exit::Guard, "find out who wrote to the users table, then: malsync login"),
        };
        Self::new(exit, error).hint(hint)
    }
}

/// Seals and opens tokens.
pub struct Seal {
    on: bool,
    file: PathBuf,
    key: OnceLock<Key>,
}

impl Seal {
    /// `key` is `MALSYNC_TOKEN_KEY`; without it the key is in `file`, made when something is first sealed. With `on` false
    /// tokens are written readable, and sealed ones still open.
    ///
    /// # Errors
    /// `key` is not base64 of 32 bytes.
    pub fn new(key: Option<&Secret>, file: PathBuf, on: bool) -> Result<Self, Error> {
        let cell = OnceLock::new();
        if let Some(key) = key {
            let _ = cell.set(Key::parse(key).ok_or(Error::BadKey)?);
        }
        Ok(Self { on, file, key: cell })
    }

    /// What seals, its key made where it is missing: asked for before tokens are, so that none is lost for want of a key.
    ///
    /// # Errors
    /// The key's file is of no use or cannot be made.
    pub fn sealer(&self) -> Result<Sealer, Error> {
        if !self.on {
            return Ok(Sealer(None));
        }
        let key = match self.key.get() {
            Some(key) => key,
            None => {
                let key = key::read_or_make(&self.file)?;
                self.key.get_or_init(|| key)
            }
        };
        Ok(Sealer(Some(key.clone())))
    }

    /// The token behind a stored text. A text that is not sealed is the token.
    ///
    /// # Errors
    /// The key is not at hand, or the text was altered.
    pub fn open(&self, place: Place, stored: &Secret) -> Result<Secret, Error> {
        let Some(sealed) = stored.expose().strip_prefix(PREFIX) else {
            return Ok(stored.clone());
        };
        let (id, sealed) = sealed.split_once('.').ok_or(Error::Altered)?;
        let key = self.key_of(id)?;
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::Altered)?;
        let (nonce, text) = bytes.split_at_checked(NONCE).ok_or(Error::Altered)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| Error::Altered)?;
        let opened = XChaCha20Poly1305::new(key.bytes().into())
            .decrypt(&nonce, Payload { msg: text, aad: &place.bound() })
            .map(Zeroizing::new)
            .map_err(|_| Error::Altered)?;
        std::str::from_utf8(&opened).map(Secret::new).map_err(|_| Error::Altered)
    }

    fn key_of(&self, id: &str) -> Result<&Key, Error> {
        let key = match self.key.get() {
            Some(key) => Some(key),
            None => key::read(&self.file)?.map(|key| self.key.get_or_init(|| key)),
        };
        key.filter(|key| key.id() == id).ok_or_else(|| Error::NoKey { id: id.chars().take(16).collect() })
    }
}

/// Seals with a key at hand, or leaves tokens readable where sealing is off.
pub struct Sealer(Option<Key>);

impl Sealer {
    /// The text that goes into the table.
    #[must_use]
    pub fn seal(&self, place: Place, token: &Secret) -> Secret {
        let Some(key) = &self.0 else {
            return token.clone();
        };
        let nonce = XNonce::generate();
        let sealed = XChaCha20Poly1305::new(key.bytes().into())
            .encrypt(&nonce, Payload { msg: token.expose().as_bytes(), aad: &place.bound() })
            .expect("the cipher takes any text that fits into memory");
        let text = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Secret::new(format!("{PREFIX}{}.{text}", key.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place { user: UserId(7), column: Column::Access, generation: 3 };

    fn key(byte: u8) -> Secret {
        Secret::new(base64::engine::general_purpose::STANDARD.encode([byte; 32]))
    }

    fn seal(byte: u8) -> Seal {
        Seal::new(Some(&key(byte)), "/nowhere/token.key".into(), true).unwrap()
    }

    fn sealed() -> Secret {
        seal(1).sealer().unwrap().seal(HERE, &Secret::new("access-token"))
    }

    #[test]
    fn what_was_sealed_opens_again_and_shows_nothing_of_itself() {
        let text = sealed();
        assert!(text.expose().starts_with("malsync1."));
        assert!(!text.expose().contains("access-token"));
        assert_ne!(text, sealed(), "never the same text twice");
        assert_eq!(seal(1).open(HERE, &text).unwrap(), Secret::new("access-token"));
    }

    #[test]
    fn a_token_moved_to_another_place_does_not_open() {
        for place in [
            Place { user: UserId(8), ..HERE },
            Place { column: Column::Refresh, ..HERE },
            Place { generation: 4, ..HERE },
            Place { generation: 2, ..HERE },
        ] {
            let error = seal(1).open(place, &sealed()).unwrap_err();
            assert!(matches!(error, Error::Altered), "{place:?}");
            assert_eq!(Failure::from(error).exit, Exit::Guard);
        }
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let text = sealed().expose().to_owned();
        let id = text.rfind('.').unwrap();
        for broken in [
            format!("{}A", &text[..text.len() - 4]),
            text[..id + 10].to_owned(),
            format!("{}!", &text[..text.len() - 1]),
            "malsync1.".to_owned(),
        ] {
            assert!(matches!(seal(1).open(HERE, &Secret::new(broken)), Err(Error::Altered)));
        }
    }

    #[test]
    fn another_key_is_named_by_its_id_and_is_a_matter_of_logging_in() {
        let id = Key::parse(&key(1)).unwrap().id();
        let error = Failure::from(seal(2).open(HERE, &sealed()).unwrap_err());
        assert_eq!(error.exit, Exit::Login);
        assert!(error.message().ends_with(&format!("sealed with key ID {id}")), "{}", error.message());
        assert!(error.hints[0].contains("MALSYNC_TOKEN_KEY") && error.hints[0].contains("malsync login"));
        let none = Seal::new(None, "/nowhere/token.key".into(), true).unwrap();
        assert!(matches!(none.open(HERE, &sealed()), Err(Error::NoKey { .. })));
    }

    #[test]
    fn a_readable_token_is_a_token_and_off_writes_readable_ones() {
        let off = Seal::new(Some(&key(1)), "/nowhere/token.key".into(), false).unwrap();
        assert_eq!(off.sealer().unwrap().seal(HERE, &Secret::new("t")), Secret::new("t"));
        assert_eq!(off.open(HERE, &Secret::new("t")).unwrap(), Secret::new("t"));
        assert_eq!(off.open(HERE, &sealed()).unwrap(), Secret::new("access-token"), "old ones still open");
    }

    #[test]
    fn opening_makes_no_key_and_sealing_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token.key");
        let seal = Seal::new(None, file.clone(), true).unwrap();
        assert!(seal.open(HERE, &sealed()).is_err());
        assert!(!file.exists());
        let text = seal.sealer().unwrap().seal(HERE, &Secret::new("t"));
        assert!(file.exists());
        let again = Seal::new(None, file, true).unwrap();
        assert_eq!(again.open(HERE, &text).unwrap(), Secret::new("t"));
    }

    #[test]
    fn a_key_that_is_none_is_a_matter_of_configuration() {
        let error = Seal::new(Some(&Secret::new("short")), PathBuf::new(), true).err().unwrap();
        assert_eq!(Failure::from(error).exit, Exit::Usage);
    }
}
