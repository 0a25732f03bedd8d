//! Whether MAL knows the client id and the redirect, asked before anybody is sent there.
//!
//! To a browser MAL shows an unknown one as a password box without end, and nothing ever comes back. Rules: asked once, with
//! a state and a challenge of its own that are thrown away; nothing is followed; 400 and 401 alone mean no, and a page or the way
//! to one (302, 303) means yes; whatever else comes (a block, a failure, nothing) says nothing about the client.

use reqwest::Method;
use url::Url;

use super::MalTokenEndpoint;
use crate::{
    auth::{
        pkce::PkceSecrets,
        token_endpoint::{ClientRejected, ClientStatus, RejectedParam, TokenEndpoint as _, UntrustedText},
        token_response::ErrorResponseBody,
    },
    mal::transport::HttpResponse,
};

/// The largest page that is read, in bytes: more of it than this says nothing either.
const MAX_CHECK_PAGE_BYTES: usize = 256 * 1024;

pub(super) async fn check_client(oauth: &MalTokenEndpoint) -> Result<ClientStatus, ClientRejected> {
    let url = oauth.authorize_url(&PkceSecrets::generate());
    let Ok(url) = Url::parse(url.expose()) else { return Ok(ClientStatus::Unknown) };
    let answer = match oauth.transport.send(reqwest::Request::new(Method::GET, url), MAX_CHECK_PAGE_BYTES).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!("whether MyAnimeList knows the client id cannot be asked now: {error}");
            return Ok(ClientStatus::Unknown);
        }
    };
    let redirect = oauth.client.redirect_uri().map_or_else(String::new, |redirect| redirect.to_string());
    classify_check_response(&answer, redirect)
}

fn classify_check_response(answer: &HttpResponse, redirect: String) -> Result<ClientStatus, ClientRejected> {
    match answer.status {
        400 | 401 => {}
        200 | 302 | 303 => return Ok(ClientStatus::Registered),
        _ => return Ok(ClientStatus::Unknown),
    }
    let words = answer.parse_json::<ErrorResponseBody>().ok().map(|refusal| refusal.description());
    let words = words.unwrap_or_else(|| UntrustedText::sanitize(&format!("it answers {}", answer.status)));
    let said = words.to_string();
    let suspect = match (said.contains("client_id"), said.contains("redirect")) {
        (true, false) => RejectedParam::ClientId,
        (false, true) => RejectedParam::RedirectUri,
        (true, true) | (false, false) => RejectedParam::Unspecified,
    };
    Err(ClientRejected { rejected_param: suspect, redirect_uri: redirect, description: words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, failure::Failure};

    fn classify_status(status: u16, body: &str) -> Result<ClientStatus, Failure> {
        let answer = HttpResponse { status, headers: reqwest::header::HeaderMap::new(), body: body.into() };
        classify_check_response(&answer, "http://localhost:3005/auth/callback".into()).map_err(Failure::from)
    }

    #[test]
    fn only_400_and_401_reject_the_client() {
        for status in [200, 302, 303] {
            assert_eq!(classify_status(status, "<html>").ok(), Some(ClientStatus::Registered), "{status}");
        }
        for status in [307, 403, 404, 405, 429, 500, 503] {
            assert_eq!(
                classify_status(status, r#"{"error":"invalid_client"}"#).ok(),
                Some(ClientStatus::Unknown),
                "{status}"
            );
        }
        for status in [400, 401] {
            for body in ["", "<html>Authorization Required</html>", r#"{"error":"invalid_client"}"#] {
                let failure = classify_status(status, body).unwrap_err();
                assert_eq!(failure.exit, Exit::Usage);
                assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
            }
        }
    }

    #[test]
    fn error_names_the_parameter_mal_rejected() {
        let check = |what: &str| format!(r#"{{"error":"invalid_request","hint":"Check the `{what}` parameter"}}"#);
        for (body, client, redirect) in [
            (check("client_id"), true, false),
            (check("redirect_uri"), false, true),
            (r#"{"error":"invalid_client","message":"Client authentication failed"}"#.to_owned(), true, true),
            (String::new(), true, true),
        ] {
            let failure = classify_status(401, &body).unwrap_err();
            let told = format!("{} {}", failure.message(), failure.hints[0]);
            assert_eq!(
                (told.contains("MAL_CLIENT_ID"), told.contains("MAL_REDIRECT_URI")),
                (client, redirect),
                "{told}"
            );
        }
    }
}
