//! Reads the callback from a URL that the user pastes.

use std::io;

use futures_util::future::BoxFuture;
use url::Url;

use super::login_flow::LoginPrompter;
use crate::{
    auth::request_check::{Callback, parse_callback},
    exit::Exit,
    failure::Failure,
    secret::Secret,
};

/// Source of the lines that the user pastes.
pub trait PastedLines: Send {
    /// Returns the next line, or `None` at the end of the input.
    fn next_line(&mut self) -> BoxFuture<'_, io::Result<Option<String>>>;
    /// Returns true if the user can be asked again.
    fn is_terminal(&self) -> bool;
}

/// Reads the URL that the browser ended at. Asks again on a terminal.
pub(super) async fn read_pasted_callback(
    redirect: &Url,
    state: &Secret,
    lines: &mut dyn PastedLines,
    prompter: &dyn LoginPrompter,
) -> Result<Callback, Failure> {
    let fail = |message: &str| Err(Failure::from_text(Exit::Login, message).with_hint("malsync login --paste"));
    prompter.show_message("open the address above, log in, then paste the whole address that the browser ends at");
    loop {
        let Some(line) = lines.next_line().await.map_err(|error| Failure::new(Exit::Login, error))? else {
            return fail("the input ended before an address was pasted");
        };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let is_redirect = |url: &Url| {
            (url.scheme(), url.host(), url.port_or_known_default(), url.path())
                == (redirect.scheme(), redirect.host(), redirect.port_or_known_default(), redirect.path())
        };
        let callback_result =
            Url::parse(line).ok().filter(is_redirect).map(|url| parse_callback(url.query().unwrap_or(""), state));
        match callback_result {
            Some(Ok(callback)) => return Ok(callback),
            invalid if lines.is_terminal() => prompter.show_message(match invalid {
                None => "that is not the address that the browser ends at; paste the whole of it",
                Some(_) => "that address is not of this login; open the one above and paste where it leads",
            }),
            None => return fail("what was pasted is not the address that the browser ends at"),
            Some(_) => return fail("the pasted address is not of this login"),
        }
    }
}
