//! The API as the core asks for it: who the token belongs to, and pages of the list.
//!
//! The bearer goes to the configured API address alone, because no other address is ever made. What fails is asked again
//! as `retry` says; the error that comes out is final for the run.

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
use tokio::task;
use url::Url;

use super::{
    Error,
    decode::{self, DecodedPage},
    paging::parse_next_offset,
    retry::{AttemptOutcome, RequestAttempts, RetryBudget, RetryDecision, classify_response, describe_response},
    token_provider::{BearerToken, TokenProvider},
    transport::{HttpResponse, HttpTransport},
};
use crate::{
    secret::Secret,
    sync::port::{ListPage, MalAccount, RemoteOrder, RemoteSource, RequestCounters},
    untrusted_text::UntrustedText,
};

/// What is asked of every entry. Braces add to MAL's default fields; what is not named here does not come.
const REQUESTED_FIELDS: &str = "alternative_titles,synopsis,num_episodes,status,mean,rank,popularity,start_date,end_date,\
    main_picture,media_type,nsfw,genres,studios,start_season,source,rating,average_episode_duration,broadcast,\
    num_list_users,num_scoring_users,created_at,updated_at,list_status{start_date,finish_date,priority,num_times_rewatched,rewatch_value,tags,\
    comments,is_rewatching,num_episodes_watched,score,status,updated_at}";
/// An account with its statistics has about 1 kB.
const MAX_ACCOUNT_BYTES: usize = 256 * 1024;
/// A hundred entries have about 200 kB.
const MAX_BYTES_PER_100_ENTRIES: usize = 8 * 1024 * 1024;
/// MAL may filter a page empty, but not one after the other without end.
const MAX_EMPTY_PAGES_IN_A_ROW: u32 = 3;

/// The MyAnimeList API for one login and one run.
pub struct MalApiClient<B> {
    transport: HttpTransport,
    token_provider: B,
    account_url: Url,
    list_url: Url,
    page_size: u32,
    empty_pages_in_a_row: AtomicU32,
    retry_budget: Mutex<RetryBudget>,
    verified_account: Mutex<Option<VerifiedAccount>>,
}

/// The account of this run, and the token that MAL last named it for.
struct VerifiedAccount {
    id: i64,
    token: Secret,
}

/// Why a success is none.
enum MalformedBody {
    /// It cannot be read: asking again may help.
    Unreadable(String),
    /// It can, and it breaks the protocol.
    ProtocolViolation(Error),
}

impl<B: TokenProvider> MalApiClient<B> {
    /// A client of the API at `api` (`https://api.myanimelist.net/v2`), which asks for `page_size` entries (1 to 1000) at a time.
    ///
    /// # Errors
    /// [`Error::Request`] where `api` cannot be the base of an address.
    pub fn new(wire: HttpTransport, bearer: B, api: &Url, page_size: u32) -> Result<Self, Error> {
        let mut account = join_path(api, &["users", "@me"])?;
        account.query_pairs_mut().append_pair("fields", "anime_statistics");
        let list = join_path(api, &["users", "@me", "animelist"])?;
        let budget = Mutex::new(RetryBudget::new(wire.settings().max_retries));
        let (empty_pages, known) = (AtomicU32::new(0), Mutex::new(None));
        Ok(Self {
            transport: wire,
            token_provider: bearer,
            account_url: account,
            list_url: list,
            page_size,
            empty_pages_in_a_row: empty_pages,
            retry_budget: budget,
            verified_account: known,
        })
    }

    fn lock_retry_budget(&self) -> MutexGuard<'_, RetryBudget> {
        self.retry_budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_verified_account(&self) -> MutexGuard<'_, Option<VerifiedAccount>> {
        self.verified_account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the account behind this token is the one that was named. Where none was named yet, nobody asked.
    fn is_verified_token(&self, access: &BearerToken) -> bool {
        self.lock_verified_account().as_ref().is_none_or(|known| known.token == access.token)
    }

    fn page_url(&self, sort: RemoteOrder, offset: u64) -> Url {
        let mut url = self.list_url.clone();
        url.query_pairs_mut()
            .append_pair("fields", REQUESTED_FIELDS)
            // Without it, entries that MAL rates gray vanish from the list without a word.
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

    /// Asks until there is an answer that `read` can read, or no use in asking. Says too what it was asked with.
    async fn request_with_retry<T, F: Future<Output = Result<T, MalformedBody>>>(
        &self,
        url: &Url,
        cap: usize,
        read: impl Fn(HttpResponse) -> F,
    ) -> Result<(T, BearerToken), Error> {
        let mut tries = RequestAttempts::new(self.transport.settings().max_retries);
        let mut access = self.token_provider.access_token().await.map_err(Error::TokenUnavailable)?;
        loop {
            let (met, asked, why) = match self.transport.send(Self::build_request(url, &access)?, cap).await {
                Ok(answer) => match classify_response(&answer) {
                    AttemptOutcome::Success => match read(answer).await {
                        Ok(value) => {
                            self.lock_retry_budget().add_retry();
                            return Ok((value, access));
                        }
                        Err(MalformedBody::ProtocolViolation(error)) => return Err(error),
                        Err(MalformedBody::Unreadable(why)) => {
                            (AttemptOutcome::Malformed, None, UntrustedText::sanitize(&why))
                        }
                    },
                    met => (met, answer.retry_after(), describe_response(&answer)),
                },
                Err(error) if error.is_transient() => {
                    (AttemptOutcome::Transient, None, UntrustedText::sanitize(&error.to_string()))
                }
                Err(error) => return Err(error),
            };
            match tries.decide_next(met) {
                RetryDecision::RefreshToken => {
                    access = self
                        .token_provider
                        .refresh_after_rejection(access.generation)
                        .await
                        .map_err(Error::TokenUnavailable)?
                }
                RetryDecision::Retry(number) => self.pause_before_retry(met, number, asked, &why).await?,
                RetryDecision::GiveUp => {
                    // Where the wait that MAL asks for is long, when it ends is the better reason.
                    return Err(met.into_error(
                        self.transport
                            .retry_delay(1, asked)
                            .err()
                            .map_or(why, |late| UntrustedText::sanitize(&late.to_string())),
                    ));
                }
            }
        }
    }

    async fn pause_before_retry(
        &self,
        met: AttemptOutcome,
        number: u32,
        asked: Option<Duration>,
        why: &UntrustedText,
    ) -> Result<(), Error> {
        let pause = self
            .transport
            .retry_delay(number, asked)
            .map_err(|late| met.into_error(UntrustedText::sanitize(&late.to_string())))?;
        let enough =
            |spent| met.into_error(why.clone().with_suffix(&format!("; {spent} repetitions in this run are enough")));
        self.lock_retry_budget().try_spend().map_err(enough)?;
        tracing::warn!("asking MyAnimeList again in {:.1} s: {why}", pause.as_secs_f64());
        tokio::time::sleep(pause).await;
        self.transport.count_retry();
        Ok(())
    }

    fn build_request(url: &Url, access: &BearerToken) -> Result<reqwest::Request, Error> {
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {}", access.token.expose())).map_err(|_| Error::InvalidToken)?;
        bearer.set_sensitive(true);
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        request.headers_mut().insert(AUTHORIZATION, bearer);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    async fn decode_page_response(&self, answer: HttpResponse, offset: u64) -> Result<ListPage, MalformedBody> {
        let limit = self.page_size as usize;
        // On a thread of its own, so that the batch before is stored meanwhile.
        let page = task::spawn_blocking(move || decode::decode_page(&answer.body, limit)).await;
        let page = page.unwrap_or_else(|fault| panic::resume_unwind(fault.into_panic()));
        let DecodedPage { entries, rejected, next } = page.map_err(MalformedBody::Unreadable)?;
        let next = parse_next_offset(next.as_ref(), &self.list_url, offset, self.page_size)
            .map_err(MalformedBody::ProtocolViolation)?;
        let empty = entries.is_empty() && rejected.is_empty() && next.is_some();
        let in_a_row = if empty { self.empty_pages_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        self.empty_pages_in_a_row.store(in_a_row, Ordering::Relaxed);
        if in_a_row >= MAX_EMPTY_PAGES_IN_A_ROW {
            let what = format!("{in_a_row} empty pages in a row at {offset}");
            return Err(MalformedBody::ProtocolViolation(Error::PageLoop(UntrustedText::sanitize(&what))));
        }
        Ok(ListPage { entries, rejected, next_offset: next })
    }
}

impl<B: TokenProvider> RemoteSource for MalApiClient<B> {
    type Error = Error;

    async fn fetch_account(&self) -> Result<MalAccount, Error> {
        let (account, BearerToken { token, .. }) = self
            .request_with_retry(&self.account_url, MAX_ACCOUNT_BYTES, |answer| future::ready(decode_account(&answer)))
            .await?;
        let mut known = self.lock_verified_account();
        if known.as_ref().is_some_and(|known| known.id != account.id) {
            return Err(Error::AccountChanged { name: UntrustedText::sanitize(&account.name), id: account.id });
        }
        *known = Some(VerifiedAccount { id: account.id, token });
        Ok(account)
    }

    async fn fetch_page(&self, sort: RemoteOrder, offset: u64) -> Result<ListPage, Error> {
        let hundreds = self.page_size.div_ceil(100).max(1) as usize;
        let url = self.page_url(sort, offset);
        loop {
            let (page, access) = self
                .request_with_retry(&url, hundreds * MAX_BYTES_PER_100_ENTRIES, |answer| {
                    self.decode_page_response(answer, offset)
                })
                .await?;
            if self.is_verified_token(&access) {
                return Ok(page);
            }
            // The token changed on the way, by a refresh or by another program: whose is the new one, and with it this page?
            self.fetch_account().await?;
            if self.is_verified_token(&access) {
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

fn decode_account(answer: &HttpResponse) -> Result<MalAccount, MalformedBody> {
    #[derive(Deserialize)]
    struct MeResponse {
        id: i64,
        name: String,
        joined_at: Option<String>,
        anime_statistics: Option<MeStatistics>,
    }
    #[derive(Deserialize)]
    struct MeStatistics {
        num_items: Option<i64>,
    }
    let me: MeResponse = answer.parse_json().map_err(|fault| MalformedBody::Unreadable(fault.to_string()))?;
    let num_items = me.anime_statistics.and_then(|statistics| statistics.num_items);
    if me.id < 1 || me.name.is_empty() || num_items.is_some_and(|count| count < 0) {
        return Err(MalformedBody::Unreadable("no account that can be".to_owned()));
    }
    Ok(MalAccount { id: me.id, name: me.name, joined_at: me.joined_at, num_items })
}

/// An address below the API's own, with or without a slash at its end.
fn join_path(api: &Url, path: &[&str]) -> Result<Url, Error> {
    let mut url = api.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().map_err(|()| Error::InvalidUrl(api.to_string()))?.pop_if_empty().extend(path);
    Ok(url)
}

#[cfg(test)]
mod tests;
