//! The questions to MAL's authorization server: whether it knows us (`registered`), the URL a person opens, the exchange of a
//! code, the refresh.
//!
//! `oauth2` builds them, the wire to MAL carries them. What may be asked again is decided here: a code is single use, so its
//! exchange is repeated only where no connection ever stood; a refresh whose answer got lost is repeated once. The client's
//! secret goes into the body, and only where one is configured. What tokens become is not here.

mod registered;

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
    answer::{RefusalAnswer, TokenAnswer},
    endpoint::{Error, Pair, Standing, TokenEndpoint, Unregistered, Words},
    pkce::Proof,
};
use crate::{
    failure::Failure,
    mal::{
        self,
        wire::{Answer, Wire},
    },
    secret::Secret,
};

/// The largest token answer that is read, in bytes.
const CAP: usize = 64 * 1024;

/// Further tries where MAL throttles or blocks: 429, 403 or a page for people.
const THROTTLED: u32 = 5;

type MalClient = Client<
    RefusalAnswer,
    TokenAnswer,
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
pub struct OAuth {
    client: MalClient,
    wire: Wire,
}

/// Why one question brought no pair.
enum Trouble {
    /// The endpoint said no.
    Refused(Words),
    /// The endpoint does not know the client.
    Client(Words),
    /// Something else.
    Weather { cause: anyhow::Error, again: Again },
}

/// What is known of a question that brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// No connection stood: it never left.
    NeverSent,
    /// Its answer got lost: it may have been read.
    Lost,
    /// MAL answered 5xx.
    Failing(Option<std::time::Duration>),
    /// MAL answered that it wants fewer questions.
    Throttled(Option<std::time::Duration>),
    /// There is no sense in asking again.
    No,
}

impl OAuth {
    /// `base` is `MAL_AUTH_URL`, whose `authorize` and `token` are used; `redirect` is sent exactly as given.
    ///
    /// # Errors
    /// Exit code 2: an address that is none.
    pub fn new(
        client_id: &str,
        client_secret: Option<&Secret>,
        base: &Url,
        redirect: &str,
        wire: Wire,
    ) -> Result<Self, Failure> {
        let below = |name: &str| {
            let mut url = base.clone();
            url.path_segments_mut()
                .map_err(|()| Failure::usage(format!("MAL_AUTH_URL {base} cannot have a path")))?
                .pop_if_empty()
                .push(name);
            Ok::<_, Failure>(url)
        };
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| Failure::usage(format!("MAL_REDIRECT_URI {redirect} is not an address")))?;
        let client = Client::new(ClientId::new(client_id.to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(below("authorize")?))
            .set_token_uri(TokenUrl::from_url(below("token")?))
            .set_redirect_uri(redirect);
        let client = match client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        };
        Ok(Self { client, wire })
    }

    /// Sends the exchange once.
    async fn ask_exchange(&self, code: &Secret, verifier: &Secret) -> Result<Pair, Trouble> {
        let post = Post::over(&self.wire);
        let asked = self
            .client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .request_async(&post)
            .await;
        judge(asked, post.answer().as_ref())
    }

    /// Sends the refresh once.
    async fn ask_refresh(&self, token: &Secret) -> Result<Pair, Trouble> {
        let post = Post::over(&self.wire);
        let token = RefreshToken::new(token.expose().to_owned());
        let asked = self.client.exchange_refresh_token(&token).request_async(&post).await;
        judge(asked, post.answer().as_ref())
    }

    /// Waits before repetition number `attempt`.
    async fn pause(&self, attempt: u32, again: Again) -> Result<(), Error> {
        let asked = match again {
            Again::Failing(asked) | Again::Throttled(asked) => asked,
            Again::NeverSent | Again::Lost | Again::No => None,
        };
        let pause = self.wire.backoff(attempt, asked).map_err(|error| Error::Weather(error.into()))?;
        tokio::time::sleep(pause).await;
        self.wire.count_retry();
        Ok(())
    }
}

/// Carries one request of `oauth2` over the wire, and keeps the answer for [`judge`].
struct Post {
    wire: Wire,
    seen: Mutex<Option<Answer>>,
}

impl Post {
    fn over(wire: &Wire) -> Self {
        Self { wire: wire.clone(), seen: Mutex::default() }
    }

    fn answer(&self) -> Option<Answer> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'c> AsyncHttpClient<'c> for Post {
    type Error = mal::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, mal::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let to = request.uri().host().unwrap_or_default().to_owned();
            let request = reqwest::Request::try_from(request).map_err(|_| mal::Error::Request(to.clone()))?;
            let answer = self.wire.send(request, CAP).await?;
            let mut response = HttpResponse::new(answer.body.clone());
            *response.status_mut() = answer.status.try_into().map_err(|_| mal::Error::Unreadable(Words::clean(&to)))?;
            *response.headers_mut() = answer.headers.clone();
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            Ok(response)
        })
    }
}

/// Says what became of a question. No part of an answer that may hold a token goes into a message.
fn judge(
    asked: Result<TokenAnswer, RequestTokenError<mal::Error, RefusalAnswer>>,
    answer: Option<&Answer>,
) -> Result<Pair, Trouble> {
    let status = answer.map_or(0, |answer| answer.status);
    let again = answer.map_or(Again::No, |answer| match answer.status {
        500..=599 => Again::Failing(answer.retry_after()),
        429 | 403 | 307 => Again::Throttled(answer.retry_after()),
        200 if answer.is_html() => Again::Throttled(answer.retry_after()),
        _ => Again::No,
    });
    let unusable = |what: &str| {
        let cause = match again {
            Again::Failing(_) => {
                mal::Error::Unavailable(Words::clean(&format!("the token endpoint answered {status}")))
            }
            Again::Throttled(_) if status == 429 => {
                mal::Error::RateLimited(Words::clean(&format!("token endpoint, {status}")))
            }
            Again::Throttled(_) => mal::Error::Blocked(Words::clean(&format!("the token endpoint answered {status}"))),
            _ => mal::Error::Unreadable(Words::clean(&format!("token endpoint, {status}, {what}"))),
        };
        Trouble::Weather { cause: cause.into(), again }
    };
    match asked {
        Ok(token) => token.pair().map_err(unusable),
        Err(RequestTokenError::ServerResponse(refusal)) if matches!(status, 400 | 401) => {
            Err(if refusal.error == "invalid_client" {
                Trouble::Client(refusal.words())
            } else {
                Trouble::Refused(refusal.words())
            })
        }
        Err(RequestTokenError::Request(error)) => {
            let again = match &error {
                mal::Error::Unreachable { .. } => Again::NeverSent,
                mal::Error::TimedOut { .. } | mal::Error::Broken { .. } => Again::Lost,
                _ => Again::No,
            };
            Err(Trouble::Weather { cause: error.into(), again })
        }
        Err(_) => Err(unusable("not what a token endpoint says")),
    }
}

impl TokenEndpoint for OAuth {
    fn authorize_url(&self, proof: &Proof) -> Secret {
        let verifier = PkceCodeVerifier::new(proof.verifier.expose().to_owned());
        let (url, _) = self
            .client
            .authorize_url(|| CsrfToken::new(proof.state.expose().to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_plain(&verifier))
            .url();
        Secret::new(url)
    }

    async fn check_client(&self) -> Result<Standing, Unregistered> {
        registered::ask(self).await
    }

    async fn exchange(&self, code: &Secret, verifier: &Secret) -> Result<Pair, Error> {
        let mut attempt = 0;
        loop {
            match self.ask_exchange(code, verifier).await {
                Ok(pair) => return Ok(pair),
                Err(Trouble::Refused(words)) => return Err(Error::Refused { words, answer_lost: false }),
                Err(Trouble::Client(words)) => return Err(Error::Client(words)),
                Err(Trouble::Weather { again: again @ Again::NeverSent, .. })
                    if attempt < self.wire.settings().max_retries =>
                {
                    attempt += 1;
                    self.pause(attempt, again).await?;
                }
                Err(Trouble::Weather { cause, .. }) => return Err(Error::Weather(cause)),
            }
        }
    }

    async fn refresh(&self, token: &Secret) -> Result<Pair, Error> {
        let (mut attempt, mut answer_lost) = (0, false);
        loop {
            let (cause, again) = match self.ask_refresh(token).await {
                Ok(pair) => {
                    self.wire.count_refresh();
                    return Ok(pair);
                }
                Err(Trouble::Refused(words)) => return Err(Error::Refused { words, answer_lost }),
                Err(Trouble::Client(words)) => return Err(Error::Client(words)),
                Err(Trouble::Weather { cause, again }) => (cause, again),
            };
            let max_retries = self.wire.settings().max_retries;
            let tries = match again {
                Again::NeverSent => max_retries,
                // Once it may have been read, one repetition is all there is.
                _ if answer_lost => 0,
                Again::Failing(_) | Again::Lost => max_retries,
                Again::Throttled(_) => THROTTLED,
                Again::No => 0,
            };
            if attempt >= tries {
                return Err(Error::Weather(cause));
            }
            answer_lost |= again == Again::Lost;
            attempt += 1;
            self.pause(attempt, again).await?;
        }
    }
}

#[cfg(test)]
mod tests;
