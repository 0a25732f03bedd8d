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
    prompter.show_message(
        "Open the URL above and log in. The browser will then show an error page: copy the full \
        URL from its address bar and paste it here:",
    );
    let is_redirect = |url: &Url| {
        (url.scheme(), url.host(), url.port_or_known_default(), url.path())
            == (redirect.scheme(), redirect.host(), redirect.port_or_known_default(), redirect.path())
    };
    let mut unfinished = String::new();
    loop {
        let Some(line) = lines.next_line().await.map_err(|error| Failure::new(Exit::Login, error))? else {
            return fail("no complete URL was pasted");
        };
        let text = clean_pasted_text(&line);
        if text.is_empty() {
            continue;
        }
        let parse_address = |text: &str| Url::parse(text).ok().filter(is_redirect);
        let beginning = std::mem::take(&mut unfinished);
        let address = if parse_address(&text).is_some() { text } else { beginning + &text };
        let url = parse_address(&address);
        // MAL puts the state last. Without it, a line break in the address ended the line.
        if url.as_ref().is_some_and(|url| !url.query_pairs().any(|(name, _)| name == "state")) {
            if lines.is_terminal() {
                prompter.show_message("The URL is not complete. Paste the remaining part, or the full URL again:");
            }
            unfinished = address;
            continue;
        }
        let callback_result = url.map(|url| parse_callback(url.query().unwrap_or(""), state));
        match callback_result {
            Some(Ok(callback)) => return Ok(callback),
            invalid if lines.is_terminal() => prompter.show_message(match invalid {
                None => "That is not the redirect URL, which contains \"code=\". Try again:",
                Some(_) => {
                    "That URL belongs to another login. Open the URL above and paste the one it redirects \
                    to:"
                }
            }),
            None => return fail("what was pasted is not the redirect URL"),
            Some(_) => return fail("the pasted URL belongs to another login"),
        }
    }
}

/// Returns the text without white space, and without the quotes and brackets that people and programs put around an
/// address.
fn clean_pasted_text(text: &str) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>' | '`');
    let text: String = text.chars().filter(is_kept).collect();
    text.trim_matches(['\'', '‘', '’', '“', '”', '«', '»']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_brackets_and_white_space_are_removed() {
        let address = "http://localhost:3005/auth/callback?code=it's&state=x";
        for text in [
            address.to_owned(),
            format!("  {address}\r\n"),
            format!("<{address}>"),
            format!("\"{address}\""),
            format!(" '{address}' "),
            format!("“{address}”"),
            format!("`{address}`"),
            format!("< \"{address}\" >"),
            address.replace("&state", "\u{a0} &\tsta te"),
            format!("\u{feff}{address}").replace('\u{feff}', "\u{0}"),
        ] {
            assert_eq!(clean_pasted_text(&text), address, "{text:?}");
        }
    }
}
