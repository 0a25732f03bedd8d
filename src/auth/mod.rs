//! Login and tokens: PKCE and state, the loopback listener, the token endpoint, the keyring, sealing, one refresh at a time.
//!
//! - [`login`] is a login from the first address shown to the tokens stored; [`logout`] undoes it; [`row`] says whose it is.
//! - [`listener`] waits for the browser: [`loopback`] binds, [`request_check`] decides, [`page`] answers, `peer` says whose browser it is; [`browser`] opens it.
//! - [`endpoint`] is what the token endpoint can say, [`oauth`] asks it, [`pkce`] makes the proof of one attempt.
//! - [`vault`] is where tokens rest: [`seal`] and [`key`] for the users table, [`keyring`] for the copy, which [`copies`] keeps in step.
//! - [`session`] hands out a valid access token, refreshed once over all processes; [`life`] says when.
//! - [`carried`] is a login on its way to another machine, [`tunnel`] the way of a browser to this one.
//! - [`port`] is what all that asks of the database.

pub mod browser;
pub mod callback_server;
pub mod encryption_key;
pub mod expiry;
pub mod exported_login;
#[cfg(test)]
mod fakes;
pub mod keyring;
pub mod keyring_sync;
pub mod login;
pub mod login_page;
pub mod login_target;
pub mod logout;
pub mod loopback;
pub mod oauth;
mod peer_uid;
pub mod pkce;
pub mod port;
pub mod request_check;
pub mod ssh_tunnel;
pub mod token_cipher;
pub mod token_endpoint;
pub mod token_manager;
mod token_response;
pub mod token_storage;
