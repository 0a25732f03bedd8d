//! Login and tokens: OAuth with PKCE, the callback server, the token endpoint, token storage and refresh.
//!
//! - [`login`] runs a login from the authorize URL to the stored tokens. [`logout`] deletes the tokens.
//!   [`login_target`] selects the row of `users`.
//! - [`callback_server`] waits for the browser: [`loopback`] binds the sockets, [`request_check`] accepts or rejects a
//!   request, [`login_page`] renders the response, `peer_uid` finds the uid of the peer. [`browser`] opens the browser.
//! - [`token_endpoint`] defines the port to MAL's token endpoint, [`oauth`] implements it, `token_response` parses its
//!   responses, [`pkce`] generates the secrets of one attempt.
//! - [`token_storage`] stores the tokens: [`token_cipher`] and [`key_file`] encrypt them for the users table,
//!   [`keyring`] holds a copy, [`keyring_sync`] keeps the copy consistent with the row.
//! - [`token_manager`] provides a valid access token, refreshed once across all processes. [`expiry`] decides when to
//!   refresh.
//! - [`exported_login`] moves a login to another machine. [`ssh_tunnel`] builds the command that lets a browser
//!   elsewhere reach this machine.
//!
//! The database operations that this module needs are the port [`LoginRepository`](crate::sync::port::LoginRepository).

pub mod browser;
pub mod callback_server;
pub mod expiry;
pub mod exported_login;
#[cfg(test)]
mod fakes;
pub mod key_file;
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
pub mod request_check;
pub mod ssh_tunnel;
pub mod token_cipher;
pub mod token_endpoint;
pub mod token_manager;
mod token_response;
pub mod token_storage;
