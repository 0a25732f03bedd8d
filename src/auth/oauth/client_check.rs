//! Checks whether MAL knows the client id and the redirect URI, before the browser is sent to MAL.
//!
//! MAL shows an unknown client to a browser as an endless password prompt, and no callback ever comes.
//!
//! Invariants:
//! 1. One request, with a state and a challenge of its own that are thrown away. Redirects are not followed.
//! 2. Only 400 and 401 mean that MAL does not know the client. A page or a redirect to one (200, 302, 303) means that
//!    it does.
//! 3. Anything else (a block, a failure, no response) says nothing about the client.

use reqwest::Method;
use url::Url;

use crate::{
    auth::{
        token_endpoint::{ClientRejected, ClientStatus, RejectedParam},
        token_response::ErrorResponseBody,
    },
    http::{AttemptOutcome, HttpResponse, HttpTransport, classify_attempt},
    secret::Secret,
    untrusted_text::UntrustedText,
};

/// Maximum size of a page that is read, in bytes. A larger page counts as unknown.
const MAX_CHECK_PAGE_BYTES: usize = 256 * 1024;

/// Requests an authorize URL and returns what MAL's answer says about the client. Fails only if MAL clearly says that it
/// does not know it.
pub(super) async fn request_client_status(
    transport: &HttpTransport,
    authorize_url: &Secret,
    redirect_uri: String,
) -> Result<ClientStatus, ClientRejected> {
    let Ok(url) = Url::parse(authorize_url.expose()) else { return Ok(ClientStatus::NotDetermined) };
    let response = match transport.send(reqwest::Request::new(Method::GET, url), MAX_CHECK_PAGE_BYTES).await {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!("could not check the client ID with MyAnimeList: {error}");
            return Ok(ClientStatus::NotDetermined);
        }
    };
    read_check_response(&response, redirect_uri)
}

fn read_check_response(response: &HttpResponse, redirect_uri: String) -> Result<ClientStatus, ClientRejected> {
    match classify_attempt(Ok(response)) {
        AttemptOutcome::BadRequest | AttemptOutcome::InvalidClientId | AttemptOutcome::Unauthorized => {}
        AttemptOutcome::Success | AttemptOutcome::HtmlPage | AttemptOutcome::PageRedirect => {
            return Ok(ClientStatus::Registered);
        }
        AttemptOutcome::Malformed
        | AttemptOutcome::EdgeRedirect
        | AttemptOutcome::OtherRedirect
        | AttemptOutcome::Forbidden
        | AttemptOutcome::EdgeBlocked
        | AttemptOutcome::RequestTimeout
        | AttemptOutcome::TooManyRequests
        | AttemptOutcome::ServerError
        | AttemptOutcome::UndefinedStatus
        | AttemptOutcome::Refused
        | AttemptOutcome::NeverSent
        | AttemptOutcome::ResponseLost
        | AttemptOutcome::Failed => return Ok(ClientStatus::NotDetermined),
    }
    let description = response.parse_json::<ErrorResponseBody>().ok().map(|refusal| refusal.description());
    let description =
        description.unwrap_or_else(|| UntrustedText::sanitize(&format!("it returned {}", response.status)));
    let text = description.to_string();
    let rejected_param = match (text.contains("client_id"), text.contains("redirect")) {
        (true, false) => RejectedParam::ClientId,
        (false, true) => RejectedParam::RedirectUri,
        (true, true) | (false, false) => RejectedParam::Unspecified,
    };
    Err(ClientRejected { rejected_param, redirect_uri, description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exit::Exit, failure::Failure};

    fn classify_status(status: u16, body: &str) -> Result<ClientStatus, Failure> {
        let response = HttpResponse { status, headers: reqwest::header::HeaderMap::new(), body: body.into() };
        read_check_response(&response, "http://localhost:3005/auth/callback".into()).map_err(Failure::from)
    }

    #[test]
    fn only_400_and_401_reject_the_client() {
        for status in [200, 302, 303] {
            assert_eq!(classify_status(status, "<html>").ok(), Some(ClientStatus::Registered), "{status}");
        }
        for status in [307, 403, 404, 405, 429, 500, 503] {
            assert_eq!(
                classify_status(status, r#"{"error":"invalid_client"}"#).ok(),
                Some(ClientStatus::NotDetermined),
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
            let text = format!("{} {}", failure.message(), failure.hints[0]);
            assert_eq!(
                (text.contains("MAL_CLIENT_ID"), text.contains("MAL_REDIRECT_URI")),
                (client, redirect),
                "{text}"
            );
        }
    }
}
