//! Login and tokens: PKCE and state, the loopback listener, the token endpoint, the keyring, sealing, one refresh at a time.

pub mod endpoint;
pub mod key;
pub mod keyring;
pub mod port;
pub mod seal;
pub mod vault;
