//! Requests to MAL's authorization server: the client check (`client_check`), the authorize URL, the exchange of a code
//! and the refresh.
//!
//! The `oauth2` crate builds the requests, [`HttpTransport`] sends them. This module decides what may be retried.
//!
//! Invariants:
//! 1. A code is single-use, so its exchange is retried only if no connection was established.
//! 2. A refresh whose response was lost is sent once more at most (attempts without a connection do not count). Other
//!    failures that may pass are retried up to their limits.
//! 3. The client secret is sent in the body, and only if one is configured.

mod client_check;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;

use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    StandardRevocableToken, TokenUrl,
    basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use url::Url;

use super::{
    pkce::PkceSecrets,
    token_endpoint::{ClientRejected, ClientStatus, Error, TokenEndpoint, TokenPair},
    token_response::{ErrorResponseBody, TokenResponseBody},
};
use crate::{
    failure::Failure,
    http::{AttemptOutcome, HttpError, HttpResponse, HttpTransport, classify_attempt},
    secret::Secret,
    untrusted_text::UntrustedText,
};

/// Maximum size of a token response that is read, in bytes.
const MAX_TOKEN_RESPONSE_BYTES: usize = 64 * 1024;

/// Maximum number of retries while MAL throttles or blocks: 429, 403 or an HTML page.
const MAX_THROTTLE_RETRIES: u32 = 5;

/// Values of `error` with which the endpoint refuses a code or a refresh token for good. Any other value may pass:
/// `temporarily_unavailable`, `server_error`, `slow_down`, and those that nobody knows yet.
const REFUSAL_ERRORS: [&str; 5] =
    ["invalid_grant", "invalid_request", "unauthorized_client", "access_denied", "unsupported_grant_type"];

type OAuthClient = Client<
    ErrorResponseBody,
    TokenResponseBody,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// MAL's authorization server, for one client id.
#[derive(Clone)]
pub struct MalTokenEndpoint {
    client: OAuthClient,
    transport: HttpTransport,
}

/// Why one request returned no token pair.
enum RequestFailure {
    /// The endpoint refused the request.
    Refused(UntrustedText),
    /// The endpoint does not know the client.
    InvalidClient(UntrustedText),
    /// Any other failure.
    Transient { cause: anyhow::Error, retry_hint: RetryHint },
}

/// Whether a failed request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RetryHint {
    /// No connection was established: the request was never sent.
    NeverSent,
    /// The response was lost: MAL may have processed the request.
    ResponseLost,
    /// MAL answered 5xx. Holds the wait time that MAL asked for, if any.
    ServerError(Option<Duration>),
    /// MAL throttled or blocked the request: 429, 403, an HTML page, or a redirect by its edge. Holds the wait time that
    /// MAL asked for, if any.
    Throttled(Option<Duration>),
    /// A retry is pointless.
    DoNotRetry,
}

impl RetryHint {
    const fn for_outcome(outcome: AttemptOutcome, retry_after: Option<Duration>) -> Self {
        match outcome {
            AttemptOutcome::NeverSent => Self::NeverSent,
            AttemptOutcome::ResponseLost => Self::ResponseLost,
            AttemptOutcome::ServerError => Self::ServerError(retry_after),
            AttemptOutcome::TooManyRequests
            | AttemptOutcome::EdgeRedirect
            | AttemptOutcome::HtmlPage
            | AttemptOutcome::Forbidden
            | AttemptOutcome::EdgeBlocked => Self::Throttled(retry_after),
            AttemptOutcome::Success
            | AttemptOutcome::Malformed
            | AttemptOutcome::PageRedirect
            | AttemptOutcome::OtherRedirect
            | AttemptOutcome::InvalidClientId
            | AttemptOutcome::BadRequest
            | AttemptOutcome::Unauthorized
            | AttemptOutcome::RequestTimeout
            | AttemptOutcome::UndefinedStatus
            | AttemptOutcome::Refused
            | AttemptOutcome::Failed => Self::DoNotRetry,
        }
    }
}

impl MalTokenEndpoint {
    /// Returns the endpoint below `base` (`MAL_AUTH_URL`): its `authorize` and `token` paths are used. `redirect_uri`
    /// is sent exactly as given.
    ///
    /// # Errors
    /// Exit code 2 if a URL is invalid.
    pub fn new(
        client_id: &str,
        client_secret: Option<&Secret>,
        base: &Url,
        redirect_uri: &str,
        transport: HttpTransport,
    ) -> Result<Self, Failure> {
        let url_below_base = |name: &str| {
            let mut url = base.clone();
            url.path_segments_mut()
                .map_err(|()| Failure::usage_error(format!("MAL_AUTH_URL {base} is not a valid base URL")))?
                .pop_if_empty()
                .push(name);
            Ok::<_, Failure>(url)
        };
        let redirect_url = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| Failure::usage_error(format!("MAL_REDIRECT_URI {redirect_uri} is not a valid URL")))?;
        let client = Client::new(ClientId::new(client_id.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(url_below_base("authorize")?))
            .set_token_uri(TokenUrl::from_url(url_below_base("token")?))
            .set_redirect_uri(redirect_url);
        let client = match client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        };
        Ok(Self { client, transport })
    }

    /// Sends the exchange once.
    async fn try_exchange(&self, code: &Secret, verifier: &Secret) -> Result<TokenPair, RequestFailure> {
        let recorder = ResponseRecorder::new(&self.transport);
        let result = self
            .client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .request_async(&recorder)
            .await;
        read_token_response(result, recorder.take_response().as_ref())
    }

    /// Sends the refresh once.
    async fn try_refresh(&self, token: &Secret) -> Result<TokenPair, RequestFailure> {
        let recorder = ResponseRecorder::new(&self.transport);
        let token = RefreshToken::new(token.expose().to_owned());
        let result = self.client.exchange_refresh_token(&token).request_async(&recorder).await;
        read_token_response(result, recorder.take_response().as_ref())
    }

    /// Waits before retry number `attempt`.
    async fn wait_before_retry(&self, attempt: u32, retry_hint: RetryHint) -> Result<(), Error> {
        let requested_delay = match retry_hint {
            RetryHint::ServerError(requested_delay) | RetryHint::Throttled(requested_delay) => requested_delay,
            RetryHint::NeverSent | RetryHint::ResponseLost | RetryHint::DoNotRetry => None,
        };
        let delay =
            self.transport.retry_delay(attempt, requested_delay).map_err(|error| Error::Transient(error.into()))?;
        tokio::time::sleep(delay).await;
        self.transport.count_retry();
        Ok(())
    }
}

/// Sends one request of `oauth2` over the transport and keeps the response for [`read_token_response`].
struct ResponseRecorder {
    transport: HttpTransport,
    response: Mutex<Option<HttpResponse>>,
}

impl ResponseRecorder {
    fn new(transport: &HttpTransport) -> Self {
        Self { transport: transport.clone(), response: Mutex::default() }
    }

    fn take_response(&self) -> Option<HttpResponse> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'c> AsyncHttpClient<'c> for ResponseRecorder {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<oauth2::HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or_default().to_owned();
            let request = reqwest::Request::try_from(request).map_err(|_| HttpError::InvalidUrl(host.clone()))?;
            let response = self.transport.send(request, MAX_TOKEN_RESPONSE_BYTES).await?;
            let mut oauth2_response = oauth2::HttpResponse::new(response.body.clone());
            *oauth2_response.status_mut() = response
                .status
                .try_into()
                .map_err(|_| HttpError::UnreadableResponse(UntrustedText::sanitize(&host)))?;
            *oauth2_response.headers_mut() = response.headers.clone();
            *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
            Ok(oauth2_response)
        })
    }
}

/// Turns a response into a token pair or a [`RequestFailure`]. No part of a response that may hold a token goes into a
/// message.
fn read_token_response(
    result: Result<TokenResponseBody, RequestTokenError<HttpError, ErrorResponseBody>>,
    response: Option<&HttpResponse>,
) -> Result<TokenPair, RequestFailure> {
    let status = response.map_or(0, |response| response.status);
    let outcome = response.map_or(AttemptOutcome::Failed, |response| classify_attempt(Ok(response)));
    let retry_hint = RetryHint::for_outcome(outcome, response.and_then(HttpResponse::retry_after));
    let transient = |what: &str| {
        let cause = match retry_hint {
            RetryHint::ServerError(_) => {
                HttpError::Unavailable(UntrustedText::sanitize(&format!("the token endpoint returned {status}")))
            }
            RetryHint::Throttled(_) if outcome == AttemptOutcome::TooManyRequests => {
                HttpError::RateLimited(UntrustedText::sanitize(&format!("token endpoint, {status}")))
            }
            RetryHint::Throttled(_) => {
                HttpError::Blocked(UntrustedText::sanitize(&format!("the token endpoint returned {status}")))
            }
            _ => HttpError::UnreadableResponse(UntrustedText::sanitize(&format!("token endpoint, {status}, {what}"))),
        };
        RequestFailure::Transient { cause: cause.into(), retry_hint }
    };
    match (result, outcome) {
        (Ok(token), _) => token.to_token_pair().map_err(transient),
        (
            Err(RequestTokenError::ServerResponse(refusal)),
            AttemptOutcome::BadRequest | AttemptOutcome::InvalidClientId | AttemptOutcome::Unauthorized,
        ) => Err(match refusal.error.as_str() {
            "invalid_client" => RequestFailure::InvalidClient(refusal.description()),
            error if REFUSAL_ERRORS.contains(&error) => RequestFailure::Refused(refusal.description()),
            _ => transient(&refusal.description().to_string()),
        }),
        (Err(RequestTokenError::Request(error)), _) => {
            let retry_hint = RetryHint::for_outcome(classify_attempt(Err(&error)), None);
            Err(RequestFailure::Transient { cause: error.into(), retry_hint })
        }
        (Err(_), _) => Err(transient("not a token response")),
    }
}

impl TokenEndpoint for MalTokenEndpoint {
    fn authorize_url(&self, pkce: &PkceSecrets) -> Secret {
        let verifier = PkceCodeVerifier::new(pkce.verifier.expose().to_owned());
        let (url, _) = self
            .client
            .authorize_url(|| CsrfToken::new(pkce.state.expose().to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_plain(&verifier))
            .url();
        Secret::new(url)
    }

    async fn check_client(&self) -> Result<ClientStatus, ClientRejected> {
        let authorize_url = self.authorize_url(&PkceSecrets::generate());
        let redirect_uri = self.client.redirect_uri().map_or_else(String::new, |redirect_uri| redirect_uri.to_string());
        client_check::request_client_status(&self.transport, &authorize_url, redirect_uri).await
    }

    async fn exchange_code(&self, code: &Secret, verifier: &Secret) -> Result<TokenPair, Error> {
        let mut attempt = 0;
        loop {
            match self.try_exchange(code, verifier).await {
                Ok(pair) => return Ok(pair),
                Err(RequestFailure::Refused(description)) => {
                    return Err(Error::Refused { description, response_lost: false });
                }
                Err(RequestFailure::InvalidClient(description)) => return Err(Error::InvalidClient(description)),
                Err(RequestFailure::Transient { retry_hint: hint @ RetryHint::NeverSent, .. })
                    if attempt < self.transport.settings().max_retries =>
                {
                    attempt += 1;
                    self.wait_before_retry(attempt, hint).await?;
                }
                Err(RequestFailure::Transient { cause, .. }) => return Err(Error::Transient(cause)),
            }
        }
    }

    async fn refresh_tokens(&self, token: &Secret) -> Result<TokenPair, Error> {
        let (mut attempt, mut response_lost) = (0, false);
        loop {
            let (cause, retry_hint) = match self.try_refresh(token).await {
                Ok(pair) => {
                    self.transport.count_refresh();
                    return Ok(pair);
                }
                Err(RequestFailure::Refused(description)) => {
                    return Err(Error::Refused { description, response_lost });
                }
                Err(RequestFailure::InvalidClient(description)) => return Err(Error::InvalidClient(description)),
                Err(RequestFailure::Transient { cause, retry_hint }) => (cause, retry_hint),
            };
            let max_retries = self.transport.settings().max_retries;
            let allowed_retries = match retry_hint {
                RetryHint::NeverSent => max_retries,
                // Keep this arm second. After a lost response MAL may have spent the token, so the attempt that just
                // failed was the last one, whatever its failure, unless it was never sent.
                _ if response_lost => 0,
                RetryHint::ServerError(_) | RetryHint::ResponseLost => max_retries,
                RetryHint::Throttled(_) => MAX_THROTTLE_RETRIES,
                RetryHint::DoNotRetry => 0,
            };
            if attempt >= allowed_retries {
                return Err(Error::Transient(cause));
            }
            response_lost |= retry_hint == RetryHint::ResponseLost;
            attempt += 1;
            self.wait_before_retry(attempt, retry_hint).await?;
        }
    }
}

#[cfg(test)]
mod tests;
