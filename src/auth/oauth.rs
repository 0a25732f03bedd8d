//! Requests to MAL's authorization server: the client check (`client_check`), the authorize URL, the exchange of a code
//! and the refresh.
//!
//! The `oauth2` crate builds the requests, [`HttpTransport`] sends them. This module decides what may be retried.
//!
//! Invariants:
//! 1. A code is single-use, so its exchange is retried only if no connection was established.
//! 2. A refresh whose response was lost is retried once.
//! 3. The client secret is sent in the body, and only if one is configured.

mod client_check;

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, StandardRevocableToken, TokenUrl,
    basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use url::Url;

use super::{
    pkce::PkceSecrets,
    token_endpoint::{ClientRejected, ClientStatus, Error, TokenEndpoint, TokenPair, UntrustedText},
    token_response::{ErrorResponseBody, TokenResponseBody},
};
use crate::{
    failure::Failure,
    mal::{
        self,
        transport::{HttpResponse as MalResponse, HttpTransport},
    },
    secret::Secret,
};

/// Maximum size of a token response that is read, in bytes.
const MAX_TOKEN_RESPONSE_BYTES: usize = 64 * 1024;

/// Maximum number of retries while MAL throttles or blocks: 429, 403 or an HTML page.
const MAX_THROTTLE_RETRIES: u32 = 5;

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

/// What a failed request tells about a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RetryHint {
    /// No connection was established: the request was never sent.
    NeverSent,
    /// The response was lost: MAL may have processed the request.
    ResponseLost,
    /// MAL answered 5xx. Holds the wait time that MAL asked for, if any.
    ServerError(Option<std::time::Duration>),
    /// MAL asked for fewer requests. Holds the wait time that MAL asked for, if any.
    Throttled(Option<std::time::Duration>),
    /// A retry is pointless.
    DoNotRetry,
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
                .map_err(|()| Failure::usage_error(format!("MAL_AUTH_URL {base} cannot have a path")))?
                .pop_if_empty()
                .push(name);
            Ok::<_, Failure>(url)
        };
        let redirect_url = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| Failure::usage_error(format!("MAL_REDIRECT_URI {redirect_uri} is not an address")))?;
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
        let post = FormPost::new(&self.transport);
        let result = self
            .client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .request_async(&post)
            .await;
        classify_response(result, post.take_response().as_ref())
    }

    /// Sends the refresh once.
    async fn try_refresh(&self, token: &Secret) -> Result<TokenPair, RequestFailure> {
        let post = FormPost::new(&self.transport);
        let token = RefreshToken::new(token.expose().to_owned());
        let result = self.client.exchange_refresh_token(&token).request_async(&post).await;
        classify_response(result, post.take_response().as_ref())
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

/// Sends one request of `oauth2` over the transport and keeps the response for [`classify_response`].
struct FormPost {
    transport: HttpTransport,
    response: Mutex<Option<MalResponse>>,
}

impl FormPost {
    fn new(transport: &HttpTransport) -> Self {
        Self { transport: transport.clone(), response: Mutex::default() }
    }

    fn take_response(&self) -> Option<MalResponse> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'c> AsyncHttpClient<'c> for FormPost {
    type Error = mal::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, mal::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or_default().to_owned();
            let request = reqwest::Request::try_from(request).map_err(|_| mal::Error::InvalidUrl(host.clone()))?;
            let mal_response = self.transport.send(request, MAX_TOKEN_RESPONSE_BYTES).await?;
            let mut response = HttpResponse::new(mal_response.body.clone());
            *response.status_mut() = mal_response
                .status
                .try_into()
                .map_err(|_| mal::Error::UnreadableResponse(UntrustedText::sanitize(&host)))?;
            *response.headers_mut() = mal_response.headers.clone();
            *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(mal_response);
            Ok(response)
        })
    }
}

/// Classifies a response. No part of a response that may hold a token goes into a message.
fn classify_response(
    result: Result<TokenResponseBody, RequestTokenError<mal::Error, ErrorResponseBody>>,
    response: Option<&MalResponse>,
) -> Result<TokenPair, RequestFailure> {
    let status = response.map_or(0, |response| response.status);
    let retry_hint = response.map_or(RetryHint::DoNotRetry, |response| match response.status {
        500..=599 => RetryHint::ServerError(response.retry_after()),
        429 | 403 | 307 => RetryHint::Throttled(response.retry_after()),
        200 if response.is_html() => RetryHint::Throttled(response.retry_after()),
        _ => RetryHint::DoNotRetry,
    });
    let transient = |what: &str| {
        let cause = match retry_hint {
            RetryHint::ServerError(_) => {
                mal::Error::Unavailable(UntrustedText::sanitize(&format!("the token endpoint answered {status}")))
            }
            RetryHint::Throttled(_) if status == 429 => {
                mal::Error::RateLimited(UntrustedText::sanitize(&format!("token endpoint, {status}")))
            }
            RetryHint::Throttled(_) => {
                mal::Error::Blocked(UntrustedText::sanitize(&format!("the token endpoint answered {status}")))
            }
            _ => mal::Error::UnreadableResponse(UntrustedText::sanitize(&format!("token endpoint, {status}, {what}"))),
        };
        RequestFailure::Transient { cause: cause.into(), retry_hint }
    };
    match result {
        Ok(token) => token.to_token_pair().map_err(transient),
        Err(RequestTokenError::ServerResponse(refusal)) if matches!(status, 400 | 401) => {
            Err(if refusal.error == "invalid_client" {
                RequestFailure::InvalidClient(refusal.description())
            } else {
                RequestFailure::Refused(refusal.description())
            })
        }
        Err(RequestTokenError::Request(error)) => {
            let retry_hint = match &error {
                mal::Error::Unreachable { .. } => RetryHint::NeverSent,
                mal::Error::TimedOut { .. } | mal::Error::ConnectionBroken { .. } => RetryHint::ResponseLost,
                _ => RetryHint::DoNotRetry,
            };
            Err(RequestFailure::Transient { cause: error.into(), retry_hint })
        }
        Err(_) => Err(transient("not what a token endpoint says")),
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
        client_check::check_client(self).await
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
                // At most one retry once the request may have been processed.
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
