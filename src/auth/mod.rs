//! Login and tokens: PKCE and state, the loopback listener, the token endpoint, the keyring, sealing, one refresh at a time.

mod answer;
pub mod endpoint;
#[cfg(test)]
mod fake;
pub mod key;
pub mod keyring;
pub mod life;
pub mod listener;
pub mod loopback;
pub mod oauth;
pub mod page;
pub mod pkce;
pub mod port;
pub mod request_check;
pub mod seal;
pub mod session;
pub mod vault;
