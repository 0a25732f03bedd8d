//! Login and tokens: PKCE and state, the loopback listener, the token endpoint, the keyring, sealing, one refresh at a time.
//!
//! - [`login`] is a login from the first address shown to the tokens stored; [`logout`] undoes it; [`row`] says whose it is.
//! - [`listener`] waits for the browser: [`loopback`] binds, [`request_check`] decides, [`page`] answers, `peer` says whose browser it is; [`browser`] opens it.
//! - [`endpoint`] is what the token endpoint can say, [`oauth`] asks it, [`pkce`] makes the proof of one attempt.
//! - [`vault`] is where tokens rest: [`seal`] and [`key`] for the users table, [`keyring`] for the copy, which [`copies`] keeps in step.
//! - [`session`] hands out a valid access token, refreshed once over all processes; [`life`] says when.
//! - [`carried`] is a login on its way to another machine, [`tunnel`] the way of a browser to this one.
//! - [`port`] is what all that asks of the database.

mod answer;
pub mod browser;
pub mod carried;
pub mod copies;
pub mod endpoint;
#[cfg(test)]
mod fake;
pub mod key;
pub mod keyring;
pub mod life;
pub mod listener;
pub mod login;
pub mod logout;
pub mod loopback;
pub mod oauth;
pub mod page;
mod peer;
pub mod pkce;
pub mod port;
pub mod request_check;
pub mod row;
pub mod seal;
pub mod session;
pub mod tunnel;
pub mod vault;
