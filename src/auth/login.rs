//! Runs a login, from the authorize URL to the stored tokens.
//!
//! Entry points: [`LoginFlow::log_in`], and [`LoginFlow::log_in_with_token`] for a login exported on another machine.
//!
//! - `login_flow` has what both share: the request, the ports, and how the tokens are stored.
//! - `browser_login` goes by way of MAL, with the callback server or, by `pasted_callback`, with a pasted URL.
//! - `token_login` takes the tokens of an exported login.
//!
//! Invariants:
//! 1. Success is reported, to the browser and to the caller, only after the tokens are stored.
//! 2. A failure before that leaves the users table unchanged.
//! 3. Nothing here needs a terminal or prints: all messages to the user go through [`LoginPrompter`].

mod browser_login;
mod login_flow;
mod pasted_callback;
mod token_login;

pub use browser_login::LoginMethod;
pub use login_flow::{AccountRequest, CompletedLogin, FixedToken, LoginFlow, LoginPrompter, LoginRequest};
pub use pasted_callback::PastedLines;

#[cfg(test)]
mod refresh_lock_tests;
#[cfg(test)]
mod tests;
