//! The questions to MAL's authorization server: whether it knows us (`registered`), the URL a person opens, the exchange of a
//! code, the refresh.
//!
//! `oauth2` builds them, the wire to MAL carries them. What may be asked again is decided here: a code is single use, so its
//! exchange is repeated only where no connection ever stood; a refresh whose answer got lost is repeated once. The client's
//! secret goes into the body, and only where one is configured. What tokens become is not here.

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

/// The largest token answer that is read, in bytes.
const MAX_TOKEN_RESPONSE_BYTES: usize = 64 * 1024;

/// Further tries where MAL throttles or blocks: 429, 403 or a page for people.
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

/// Why one question brought no pair.
enum RequestFailure {
    /// The endpoint said no.
    Refused(UntrustedText),
    /// The endpoint does not know the client.
    InvalidClient(UntrustedText),
    /// Something else.
    Transient { cause: anyhow::Error, retry_hint: RetryHint },
}

/// What is known of a question that brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RetryHint {
    /// No connection stood: it never left.
    NeverSent,
    /// Its answer got lost: it may have been read.
    ResponseLost,
    /// MAL answered 5xx.
    ServerError(Option<std::time::Duration>),
    /// MAL answered that it wants fewer questions.
    Throttled(Option<std::time::Duration>),
    /// There is no sense in asking again.
    DoNotRetry,
}

impl MalTokenEndpoint {
    /// `base` is `MAL_AUTH_URL`, whose `authorize` and `token` are used; `redirect` is sent exactly as given.
    ///
    /// # Errors
    /// Exit code 2: an address that is none.
    pub fn new(
        client_id: &str,
        client_secret: Option<&Secret>,
        base: &Url,
        redirect: &str,
        wire: HttpTransport,
    ) -> Result<Self, Failure> {
        let below = |name: &str| {
            let mut url = base.clone();
            url.path_segments_mut()
                .map_err(|()| Failure::usage_error(format!("MAL_AUTH_URL {base} cannot have a path")))?
                .pop_if_empty()
                .push(name);
            Ok::<_, Failure>(url)
        };
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| Failure::usage_error(format!("MAL_REDIRECT_URI {redirect} is not an address")))?;
        let client = Client::new(ClientId::new(client_id.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(below("authorize")?))
            .set_token_uri(TokenUrl::from_url(below("token")?))
            .set_redirect_uri(redirect);
        let client = match client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        };
        Ok(Self { client, transport: wire })
    }

    /// Sends the exchange once.
    async fn try_exchange(&self, code: &Secret, verifier: &Secret) -> Result<TokenPair, RequestFailure> {
        let post = FormPost::new(&self.transport);
        let asked = self
            .client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .request_async(&post)
            .await;
        classify_response(asked, post.take_response().as_ref())
    }

    /// Sends the refresh once.
    async fn try_refresh(&self, token: &Secret) -> Result<TokenPair, RequestFailure> {
        let post = FormPost::new(&self.transport);
        let token = RefreshToken::new(token.expose().to_owned());
        let asked = self.client.exchange_refresh_token(&token).request_async(&post).await;
        classify_response(asked, post.take_response().as_ref())
    }

    /// Waits before repetition number `attempt`.
    async fn wait_before_retry(&self, attempt: u32, again: RetryHint) -> Result<(), Error> {
        let asked = match again {
            RetryHint::ServerError(asked) | RetryHint::Throttled(asked) => asked,
            RetryHint::NeverSent | RetryHint::ResponseLost | RetryHint::DoNotRetry => None,
        };
        let pause = self.transport.retry_delay(attempt, asked).map_err(|error| Error::Transient(error.into()))?;
        tokio::time::sleep(pause).await;
        self.transport.count_retry();
        Ok(())
    }
}

/// Carries one request of `oauth2` over the wire, and keeps the answer for [`judge`].
struct FormPost {
    transport: HttpTransport,
    response: Mutex<Option<MalResponse>>,
}

impl FormPost {
    fn new(wire: &HttpTransport) -> Self {
        Self { transport: wire.clone(), response: Mutex::default() }
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
            let to = request.uri().host().unwrap_or_default().to_owned();
            let request = reqwest::Request::try_from(request).map_err(|_| mal::Error::InvalidUrl(to.clone()))?;
            let answer = self.transport.send(request, MAX_TOKEN_RESPONSE_BYTES).await?;
            let mut response = HttpResponse::new(answer.body.clone());
            *response.status_mut() =
                answer.status.try_into().map_err(|_| mal::Error::UnreadableResponse(UntrustedText::sanitize(&to)))?;
            *response.headers_mut() = answer.headers.clone();
            *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Ok(response)
        })
    }
}

/// Says what became of a question. No part of an answer that may hold a token goes into a message.
fn classify_response(
    asked: Result<TokenResponseBody, RequestTokenError<mal::Error, ErrorResponseBody>>,
    answer: Option<&MalResponse>,
) -> Result<TokenPair, RequestFailure> {
    let status = answer.map_or(0, |answer| answer.status);
    let again = answer.map_or(RetryHint::DoNotRetry, |answer| match answer.status {
        500..=599 => RetryHint::ServerError(answer.retry_after()),
        429 | 403 | 307 => RetryHint::Throttled(answer.retry_after()),
        200 if answer.is_html() => RetryHint::Throttled(answer.retry_after()),
        _ => RetryHint::DoNotRetry,
    });
    let unusable = |what: &str| {
        let cause = match again {
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
        RequestFailure::Transient { cause: cause.into(), retry_hint: again }
    };
    match asked {
        Ok(token) => token.to_token_pair().map_err(unusable),
        Err(RequestTokenError::ServerResponse(refusal)) if matches!(status, 400 | 401) => {
            Err(if refusal.error == "invalid_client" {
                RequestFailure::InvalidClient(refusal.description())
            } else {
                RequestFailure::Refused(refusal.description())
            })
        }
        Err(RequestTokenError::Request(error)) => {
            let again = match &error {
                mal::Error::Unreachable { .. } => RetryHint::NeverSent,
                mal::Error::TimedOut { .. } | mal::Error::ConnectionBroken { .. } => RetryHint::ResponseLost,
                _ => RetryHint::DoNotRetry,
            };
            Err(RequestFailure::Transient { cause: error.into(), retry_hint: again })
        }
        Err(_) => Err(unusable("not what a token endpoint says")),
    }
}

impl TokenEndpoint for MalTokenEndpoint {
    fn authorize_url(&self, proof: &PkceSecrets) -> Secret {
        let verifier = PkceCodeVerifier::new(proof.verifier.expose().to_owned());
        let (url, _) = self
            .client
            .authorize_url(|| CsrfToken::new(proof.state.expose().to_owned()))
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
                Err(RequestFailure::Refused(words)) => {
                    return Err(Error::Refused { description: words, response_lost: false });
                }
                Err(RequestFailure::InvalidClient(words)) => return Err(Error::InvalidClient(words)),
                Err(RequestFailure::Transient { retry_hint: again @ RetryHint::NeverSent, .. })
                    if attempt < self.transport.settings().max_retries =>
                {
                    attempt += 1;
                    self.wait_before_retry(attempt, again).await?;
                }
                Err(RequestFailure::Transient { cause, .. }) => return Err(Error::Transient(cause)),
            }
        }
    }

    async fn refresh_tokens(&self, token: &Secret) -> Result<TokenPair, Error> {
        let (mut attempt, mut answer_lost) = (0, false);
        loop {
            let (cause, again) = match self.try_refresh(token).await {
                Ok(pair) => {
                    self.transport.count_refresh();
                    return Ok(pair);
                }
                Err(RequestFailure::Refused(words)) => {
                    return Err(Error::Refused { description: words, response_lost: answer_lost });
                }
                Err(RequestFailure::InvalidClient(words)) => return Err(Error::InvalidClient(words)),
                Err(RequestFailure::Transient { cause, retry_hint: again }) => (cause, again),
            };
            let max_retries = self.transport.settings().max_retries;
            let tries = match again {
                RetryHint::NeverSent => max_retries,
                // Once it may have been read, one repetition is all there is.
                _ if answer_lost => 0,
                RetryHint::ServerError(_) | RetryHint::ResponseLost => max_retries,
                RetryHint::Throttled(_) => MAX_THROTTLE_RETRIES,
                RetryHint::DoNotRetry => 0,
            };
            if attempt >= tries {
                return Err(Error::Transient(cause));
            }
            answer_lost |= again == RetryHint::ResponseLost;
            attempt += 1;
            self.wait_before_retry(attempt, again).await?;
        }
    }
}

#[cfg(test)]
mod tests;
