//! Implements [`RemoteSource`] over the MAL API: the account of the token, and pages of the list.
//!
//! Invariants:
//! 1. The token is sent to the configured API address only, because no other URL is ever built.
//! 2. Failed requests are retried as `retry` decides; a returned error is final for the run.

use std::{
    future::{self, Future},
    panic,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::task;
use url::Url;

use super::{
    Error,
    decode::{self, DecodedPage},
    paging::parse_next_offset,
    retry::{RequestAttempts, RetryBudget, RetryDecision, final_error},
};
use crate::{
    domain::{loose_json::SentInteger, run::RequestCounters, text, user::MalAccount},
    http::{AttemptOutcome, HttpError, HttpResponse, HttpTransport, classify_attempt},
    secret::Secret,
    sync::port::{BearerToken, ListPage, RemoteOrder, RemoteSource, TokenProvider},
    untrusted_text::UntrustedText,
};

/// Response limit of the account request. A real response has about 1 kB.
const MAX_ACCOUNT_BYTES: usize = 256 * 1024;
/// Response limit per 100 entries of a page. Real ones have about 200 kB.
const MAX_BYTES_PER_100_ENTRIES: usize = 8 * 1024 * 1024;
/// MAL may filter a page down to nothing, but this many empty pages in a row are a loop.
const MAX_EMPTY_PAGES_IN_A_ROW: u32 = 3;

/// Client of the MAL API for one login and one run.
pub struct MalApiClient<B> {
    transport: HttpTransport,
    token_provider: B,
    api_url: Url,
    account_url: Url,
    list_url: Url,
    page_size: u32,
    empty_pages_in_a_row: AtomicU32,
    retry_budget: Mutex<RetryBudget>,
    verified_account: Mutex<Option<VerifiedAccount>>,
    on_retry: Option<OnRetry>,
}

/// Called before a pause after which a request is repeated, with its length and true if MAL limits the rate.
type OnRetry = Box<dyn Fn(Duration, bool) + Send + Sync>;

/// Account of this run, and the token it was last verified with.
struct VerifiedAccount {
    id: i64,
    token: Secret,
}

/// Why a 200 response is unusable.
enum MalformedBody {
    /// The body cannot be decoded; a retry may help.
    Unreadable(String),
    /// The body is readable but violates the protocol; final.
    ProtocolViolation(Error),
}

impl<B: TokenProvider> MalApiClient<B> {
    /// Creates a client of the API at `api` (`https://api.myanimelist.net/v2`) that requests `page_size` entries (1 to
    /// 1000) per page.
    ///
    /// # Errors
    /// [`HttpError::InvalidUrl`] if `api` cannot be a base URL.
    pub fn new(transport: HttpTransport, token_provider: B, api: &Url, page_size: u32) -> Result<Self, Error> {
        let mut account_url = join_path(api, &["users", "@me"])?;
        account_url.query_pairs_mut().append_pair("fields", "anime_statistics");
        let list_url = join_path(api, &["users", "@me", "animelist"])?;
        let retry_budget = Mutex::new(RetryBudget::new(transport.settings().max_retries));
        Ok(Self {
            transport,
            token_provider,
            api_url: api.clone(),
            account_url,
            list_url,
            page_size,
            empty_pages_in_a_row: AtomicU32::new(0),
            retry_budget,
            verified_account: Mutex::new(None),
            on_retry: None,
        })
    }

    /// Returns the client with an observer of pauses before repeated requests.
    #[must_use]
    pub fn on_retry(self, observer: impl Fn(Duration, bool) + Send + Sync + 'static) -> Self {
        Self { on_retry: Some(Box::new(observer)), ..self }
    }

    fn lock_retry_budget(&self) -> MutexGuard<'_, RetryBudget> {
        self.retry_budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_verified_account(&self) -> MutexGuard<'_, Option<VerifiedAccount>> {
        self.verified_account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if the account was verified with this token, or if no account was verified yet.
    fn is_verified_token(&self, bearer: &BearerToken) -> bool {
        self.lock_verified_account().as_ref().is_none_or(|account| account.token == bearer.token)
    }

    fn page_url(&self, sort: RemoteOrder, offset: u64) -> Url {
        let mut url = self.list_url.clone();
        url.query_pairs_mut()
            .append_pair("fields", &decode::requested_fields())
            // Without it MAL silently omits entries rated gray.
            .append_pair("nsfw", "true")
            .append_pair(
                "sort",
                match sort {
                    RemoteOrder::ByTitle => "anime_title",
                    RemoteOrder::ByUpdatedAt => "list_updated_at",
                },
            )
            .append_pair("limit", &self.page_size.to_string())
            .append_pair("offset", &offset.to_string());
        url
    }

    /// Requests `url` until `read` accepts a response or retrying is pointless. Also returns the token that was used.
    async fn request_with_retry<T, F: Future<Output = Result<T, MalformedBody>>>(
        &self,
        url: &Url,
        max_bytes: usize,
        read: impl Fn(HttpResponse) -> F,
    ) -> Result<(T, BearerToken), Error> {
        let mut attempts = RequestAttempts::new(self.transport.settings().max_retries);
        let mut bearer = self.token_provider.access_token().await.map_err(Error::TokenUnavailable)?;
        loop {
            let attempt = self.transport.send(Self::build_request(url, &bearer)?, max_bytes).await;
            let (outcome, retry_after, cause) = match (classify_attempt(attempt.as_ref()), attempt) {
                (AttemptOutcome::Success, Ok(response)) => match read(response).await {
                    Ok(value) => {
                        self.lock_retry_budget().grant_retry();
                        return Ok((value, bearer));
                    }
                    Err(MalformedBody::ProtocolViolation(error)) => {
                        self.transport.count_error();
                        return Err(error);
                    }
                    Err(MalformedBody::Unreadable(cause)) => {
                        self.transport.count_error();
                        (AttemptOutcome::Malformed, None, UntrustedText::sanitize(&cause))
                    }
                },
                (outcome, Ok(response)) => (outcome, response.retry_after(), response.describe()),
                (AttemptOutcome::Failed, Err(error)) => return Err(error.into()),
                (outcome, Err(error)) => (outcome, None, UntrustedText::sanitize(&error.to_string())),
            };
            match attempts.decide_next(outcome) {
                RetryDecision::RefreshToken => {
                    bearer = self
                        .token_provider
                        .refresh_after_rejection(bearer.generation)
                        .await
                        .map_err(Error::TokenUnavailable)?;
                }
                RetryDecision::Retry(retry_number) => {
                    self.pause_before_retry(outcome, retry_number, retry_after, &cause).await?;
                }
                RetryDecision::GiveUp => return Err(self.give_up(outcome, retry_after, cause)),
            }
        }
    }

    /// Returns the final error of a request. If MAL asked for a long wait, the time it ends is the better message.
    fn give_up(&self, outcome: AttemptOutcome, retry_after: Option<Duration>, cause: UntrustedText) -> Error {
        let wait_too_long = self.transport.retry_delay(1, retry_after).err();
        let cause = wait_too_long.map_or(cause, |error| UntrustedText::sanitize(&error.to_string()));
        final_error(outcome, cause)
    }

    async fn pause_before_retry(
        &self,
        outcome: AttemptOutcome,
        retry_number: u32,
        retry_after: Option<Duration>,
        cause: &UntrustedText,
    ) -> Result<(), Error> {
        let delay = self
            .transport
            .retry_delay(retry_number, retry_after)
            .map_err(|error| final_error(outcome, UntrustedText::sanitize(&error.to_string())))?;
        let budget_exhausted = |spent| {
            final_error(outcome, cause.clone().with_suffix(&format!("; giving up after {spent} retries in this run")))
        };
        self.lock_retry_budget().try_spend().map_err(budget_exhausted)?;
        tracing::warn!("retrying the request to MyAnimeList in {:.1}s: {cause}", delay.as_secs_f64());
        if let Some(observer) = &self.on_retry {
            observer(delay, matches!(outcome, AttemptOutcome::TooManyRequests | AttemptOutcome::EdgeRedirect));
        }
        tokio::time::sleep(delay).await;
        self.transport.count_retry();
        Ok(())
    }

    fn build_request(url: &Url, bearer: &BearerToken) -> Result<reqwest::Request, Error> {
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", bearer.token.expose())).map_err(|_| Error::InvalidToken)?;
        authorization.set_sensitive(true);
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        request.headers_mut().insert(AUTHORIZATION, authorization);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    async fn decode_page_response(&self, response: HttpResponse, offset: u64) -> Result<ListPage, MalformedBody> {
        let limit = self.page_size as usize;
        // On a blocking thread, so that the previous batch is stored meanwhile.
        let page = task::spawn_blocking(move || decode::decode_page(&response.body, limit)).await;
        let page = page.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()));
        let DecodedPage { entries, rejected, next } = page.map_err(MalformedBody::Unreadable)?;
        let next_offset = parse_next_offset(next.as_ref(), &self.list_url, offset, self.page_size)
            .map_err(MalformedBody::ProtocolViolation)?;
        let is_empty = entries.is_empty() && rejected.is_empty() && next_offset.is_some();
        let empty_pages = if is_empty { self.empty_pages_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        self.empty_pages_in_a_row.store(empty_pages, Ordering::Relaxed);
        if empty_pages >= MAX_EMPTY_PAGES_IN_A_ROW {
            let message = format!("{empty_pages} empty pages in a row at {offset}");
            return Err(MalformedBody::ProtocolViolation(Error::PageLoop(UntrustedText::sanitize(&message))));
        }
        Ok(ListPage { entries, rejected, next_offset })
    }
}

impl<B: TokenProvider> RemoteSource for MalApiClient<B> {
    type Error = Error;

    async fn fetch_account(&self) -> Result<MalAccount, Error> {
        let (account, BearerToken { token, .. }) = self
            .request_with_retry(&self.account_url, MAX_ACCOUNT_BYTES, |response| {
                future::ready(decode_account(&response))
            })
            .await?;
        let mut verified = self.lock_verified_account();
        if verified.as_ref().is_some_and(|verified| verified.id != account.id) {
            return Err(Error::AccountChanged { name: UntrustedText::sanitize(&account.name), id: account.id });
        }
        *verified = Some(VerifiedAccount { id: account.id, token });
        Ok(account)
    }

    async fn fetch_page(&self, sort: RemoteOrder, offset: u64) -> Result<ListPage, Error> {
        let hundreds = self.page_size.div_ceil(100).max(1) as usize;
        let url = self.page_url(sort, offset);
        loop {
            let (page, bearer) = self
                .request_with_retry(&url, hundreds * MAX_BYTES_PER_100_ENTRIES, |response| {
                    self.decode_page_response(response, offset)
                })
                .await?;
            if self.is_verified_token(&bearer) {
                return Ok(page);
            }
            // The token changed (by a refresh or another process): verify that it still belongs to the same account.
            self.fetch_account().await?;
            if self.is_verified_token(&bearer) {
                return Ok(page);
            }
        }
    }

    fn request_counters(&self) -> RequestCounters {
        self.transport.request_counters()
    }

    fn is_cancel_safe(&self) -> bool {
        self.token_provider.is_cancel_safe()
    }
}

fn decode_account(response: &HttpResponse) -> Result<MalAccount, MalformedBody> {
    #[derive(Deserialize)]
    struct MeResponse {
        id: Value,
        name: String,
        #[serde(default)]
        joined_at: Value,
        #[serde(default)]
        anime_statistics: Value,
    }
    let me: MeResponse = response.parse_json().map_err(|error| MalformedBody::Unreadable(error.to_string()))?;
    let num_items = SentInteger::from_json(&me.anime_statistics["num_items"]).as_i64();
    let Some(id) = SentInteger::from_json(&me.id).as_i64().filter(|id| *id > 0) else {
        let sent = me.id.to_string();
        return Err(MalformedBody::Unreadable(format!("no account has the id {}", text::excerpt(&sent))));
    };
    if me.name.is_empty() || num_items.is_some_and(|count| count < 0) {
        return Err(MalformedBody::Unreadable("not a valid account".to_owned()));
    }
    Ok(MalAccount { id, name: me.name, joined_at: me.joined_at.as_str().map(str::to_owned), num_items })
}

/// Appends `path` to the API URL, with or without a trailing slash. Query and fragment are dropped.
fn join_path(api: &Url, path: &[&str]) -> Result<Url, Error> {
    let mut url = api.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().map_err(|()| HttpError::InvalidUrl(api.to_string()))?.pop_if_empty().extend(path);
    Ok(url)
}

mod entry_requests;

#[cfg(test)]
mod account_tests;
#[cfg(test)]
mod tests;
