//! Whether MAL knows the client id and the redirect, asked before anybody is sent there.
//!
//! To a browser MAL shows an unknown one as a password box without end, and nothing ever comes back. Rules: asked once, with
//! a state and a challenge of its own that are thrown away; nothing is followed; 400 and 401 alone mean no, and a page or the way
//! to one (302, 303) means yes; whatever else comes (a block, a failure, nothing) says nothing about the client.

use reqwest::Method;
use url::Url;

use super::OAuth;
use crate::{
    auth::{
        answer::RefusalAnswer,
        endpoint::{Standing, Suspect, TokenEndpoint as _, Unregistered, Words},
        pkce::Proof,
    },
    mal::wire::Answer,
};

/// The largest page that is read, in bytes: more of it than this says nothing either.
const CAP: usize = 256 * 1024;

pub(super) async fn ask(oauth: &OAuth) -> Result<Standing, Unregistered> {
    let url = oauth.authorize_url(&Proof::generate());
    let Ok(url) = Url::parse(url.expose()) else { return Ok(Standing::Unsaid) };
    let answer = match oauth.wire.send(reqwest::Request::new(Method::GET, url), CAP).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!("whether MyAnimeList knows the client id cannot be asked now: {error}");
            return Ok(Standing::Unsaid);
        }
    };
    let redirect = oauth.client.redirect_uri().map_or_else(String::new, |redirect| redirect.to_string());
    judge(&answer, redirect)
}

fn judge(answer: &Answer, redirect: String) -> Result<Standing, Unregistered> {
    match answer.status {
        400 | 401 => {}
        200 | 302 | 303 => return Ok(Standing::Known),
        _ => return Ok(Standing::Unsaid),
    }
    let words = answer.json::<RefusalAnswer>().ok().map(|refusal| refusal.words());
    let words = words.unwrap_or_else(|| Words::clean(&format!("it answers {}", answer.status)));
    let said = words.to_string();
    let suspect = match (said.contains("client_id"), said.contains("redirect")) {
        (true, false) => Suspect::Client,
        (false, true) => Suspect::Redirect,
        (true, true) | (false, false) => Suspect::Either,
    };
    Err(Unregistered { suspect, redirect, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, failure::Failure};

    fn judged(status: u16, body: &str) -> Result<Standing, Failure> {
        let answer = Answer { status, headers: reqwest::header::HeaderMap::new(), body: body.into() };
        judge(&answer, "http://localhost:3005/auth/callback".into()).map_err(Failure::from)
    }

    #[test]
    fn only_400_and_401_speak_against_the_client() {
        for status in [200, 302, 303] {
            assert_eq!(judged(status, "<html>").ok(), Some(Standing::Known), "{status}");
        }
        for status in [307, 403, 404, 405, 429, 500, 503] {
            assert_eq!(judged(status, r#"{"error":"invalid_client"}"#).ok(), Some(Standing::Unsaid), "{status}");
        }
        for status in [400, 401] {
            for body in ["", "<html>Authorization Required</html>", r#"{"error":"invalid_client"}"#] {
                let failure = judged(status, body).unwrap_err();
                assert_eq!(failure.exit, Exit::Usage);
                assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
            }
        }
    }

    #[test]
    fn what_mal_says_decides_what_is_named() {
        let check = |what: &str| format!(r#"{{"error":"invalid_request","hint":"Check the `{what}` parameter"}}"#);
        for (body, client, redirect) in [
            (check("client_id"), true, false),
            (check("redirect_uri"), false, true),
            (r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned(), true, true),
            (String::new(), true, true),
        ] {
            let failure = judged(401, &body).unwrap_err();
            let told = format!("{} {}", failure.message(), failure.hints[0]);
            assert_eq!(
                (told.contains("MAL_CLIENT_ID"), told.contains("MAL_REDIRECT_URI")),
                (client, redirect),
                "{told}"
            );
        }
    }
}
