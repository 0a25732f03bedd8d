//! Implements [`EntryWriter`] over the MAL API: reads one entry, and writes some of its fields.
//!
//! Invariants:
//! 1. A write is sent with a token of the verified account only.
//! 2. `write_entry` itself sends nothing again after a lost response, because MAL may have taken the write, nor after a
//!    long pause, in which another client may have changed the entry: the caller reads the entry first. After an error
//!    response it sends the same values again within that time, also after 408 and 5xx, which may follow a write that
//!    was taken.
//! 3. No request deletes anything.

use std::time::Duration;

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::Value;
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use super::{MalApiClient, MalformedBody};
use crate::{
    domain::{list_status::ListStatus, list_status_parser, loose_json::UnreadableValues},
    http::{AttemptOutcome, HttpError, HttpResponse, classify_attempt},
    mal::{
        Error,
        retry::{RequestAttempts, RetryDecision, final_error},
    },
    sync::port::{BearerToken, EntryLookup, EntryWriter, RemoteSource as _, TokenProvider, WriteOutcome},
    untrusted_text::UntrustedText,
};

/// Response limit of the requests for one entry. A real response has about 1 kB; comments may be long.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;
/// How long after the call of `write_entry` a write may be repeated without another read of the entry. The back-offs of
/// the default settings fit in.
const MAX_READ_AGE: Duration = Duration::from_secs(10);
const FORM_CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// Status of MAL's response for an unknown anime.
const NOT_FOUND: u16 = 404;

impl<B: TokenProvider> MalApiClient<B> {
    /// Returns the URL that reads an entry: every field of the user's status, and nothing of the anime.
    fn entry_url(&self, mal_id: i32) -> Result<Url, Error> {
        let mut url = super::join_path(&self.api_url, &["anime", &mal_id.to_string()])?;
        let fields = list_status_parser::documented_fields().collect::<Vec<_>>().join(",");
        url.query_pairs_mut().append_pair("fields", &format!("my_list_status{{{fields}}}"));
        Ok(url)
    }

    /// Builds the request that sets some fields of an entry.
    fn build_write(url: &Url, bearer: &BearerToken, body: &str) -> Result<reqwest::Request, Error> {
        let mut request = Self::build_request(url, bearer)?;
        *request.method_mut() = Method::PATCH;
        request.headers_mut().insert(CONTENT_TYPE, FORM_CONTENT_TYPE);
        *request.body_mut() = Some(body.to_owned().into());
        Ok(request)
    }

    /// Returns a token whose account was verified. A token that changed since is verified first.
    async fn verified_token(&self) -> Result<BearerToken, Error> {
        loop {
            let bearer = self.token_provider.access_token().await.map_err(Error::TokenUnavailable)?;
            if self.is_verified_token(&bearer) {
                return Ok(bearer);
            }
            self.fetch_account().await?;
            if self.is_verified_token(&bearer) {
                return Ok(bearer);
            }
        }
    }
}

impl<B: TokenProvider> EntryWriter for MalApiClient<B> {
    type WriteAttempts = RequestAttempts;

    fn start_write(&self) -> RequestAttempts {
        RequestAttempts::new(self.transport.settings().max_retries)
    }

    async fn fetch_entry(&self, mal_id: i32) -> Result<EntryLookup, Error> {
        let url = self.entry_url(mal_id)?;
        loop {
            let read = |response: HttpResponse| std::future::ready(decode_lookup(&response, mal_id));
            let (lookup, bearer) = match self.request_with_retry(&url, MAX_ENTRY_BYTES, read).await {
                Ok(found) => found,
                Err(Error::Http(HttpError::RequestRefused(cause))) => {
                    return Ok(EntryLookup::Refused(cause.to_string()));
                }
                Err(error) => return Err(error),
            };
            if self.is_verified_token(&bearer) {
                return Ok(lookup);
            }
            // The token changed: verify that it still belongs to the same account.
            self.fetch_account().await?;
            if self.is_verified_token(&bearer) {
                return Ok(lookup);
            }
        }
    }

    async fn write_entry(
        &self,
        mal_id: i32,
        form: &[(&'static str, String)],
        attempts: &mut RequestAttempts,
        lost_responses: u32,
    ) -> Result<WriteOutcome<Error>, Error> {
        let called = Instant::now();
        let mut may_be_taken = false;
        let url = super::join_path(&self.api_url, &["anime", &mal_id.to_string(), "my_list_status"])?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        if lost_responses > 0 {
            let cause = UntrustedText::sanitize("the write was not accepted");
            self.pause_before_retry(AttemptOutcome::ResponseLost, lost_responses, None, &cause).await?;
        }
        loop {
            let bearer = self.verified_token().await?;
            let attempt = self.transport.send(Self::build_write(&url, &bearer, &body)?, MAX_ENTRY_BYTES).await;
            let outcome = classify_attempt(attempt.as_ref());
            let (retry_after, cause) = match attempt {
                Ok(response) => match (outcome, response.status) {
                    (AttemptOutcome::Success, _) => match decode_status(&response) {
                        Ok(status) => {
                            self.lock_retry_budget().grant_retry();
                            return Ok(WriteOutcome::Taken(Box::new(status)));
                        }
                        Err(cause) => {
                            let cause = UntrustedText::sanitize(&cause);
                            return Ok(WriteOutcome::ResponseLost(final_error(AttemptOutcome::Malformed, cause)));
                        }
                    },
                    (AttemptOutcome::Malformed | AttemptOutcome::HtmlPage, _) => {
                        return Ok(WriteOutcome::ResponseLost(final_error(outcome, response.describe())));
                    }
                    (AttemptOutcome::BadRequest, _) | (AttemptOutcome::Refused, NOT_FOUND) => {
                        return Ok(WriteOutcome::Refused(response.describe().to_string()));
                    }
                    _ => (response.retry_after(), response.describe()),
                },
                Err(error) if outcome == AttemptOutcome::ResponseLost => {
                    return Ok(WriteOutcome::ResponseLost(final_error(
                        outcome,
                        UntrustedText::sanitize(&error.to_string()),
                    )));
                }
                Err(error) if outcome == AttemptOutcome::Failed => return Err(error.into()),
                Err(error) => (None, UntrustedText::sanitize(&error.to_string())),
            };
            match attempts.decide_next(outcome) {
                RetryDecision::RefreshToken => {
                    let refreshed = self.token_provider.refresh_after_rejection(bearer.generation).await;
                    refreshed.map_err(Error::TokenUnavailable)?;
                }
                RetryDecision::Retry(number) => {
                    may_be_taken |= matches!(outcome, AttemptOutcome::ServerError | AttemptOutcome::RequestTimeout);
                    self.pause_before_retry(outcome, number, retry_after, &cause).await?;
                    if called.elapsed() > MAX_READ_AGE {
                        return Ok(WriteOutcome::Outdated { may_be_taken });
                    }
                }
                RetryDecision::GiveUp => return Err(self.give_up(outcome, retry_after, cause)),
            }
        }
    }

    fn max_repeated_writes(&self) -> u32 {
        self.transport.settings().max_retries
    }
}

/// Decodes MAL's response to a read of an entry. A response about another anime, as a faulty cache sends it, is
/// malformed: its values must not be compared with this entry's.
fn decode_lookup(response: &HttpResponse, mal_id: i32) -> Result<EntryLookup, MalformedBody> {
    let anime: Value = response.parse_json().map_err(|error| MalformedBody::Unreadable(error.to_string()))?;
    let Value::Object(mut anime) = anime else {
        return Err(MalformedBody::Unreadable("not a JSON object".to_owned()));
    };
    if anime.get("id").is_some_and(|id| id.as_i64() != Some(mal_id.into())) {
        return Err(MalformedBody::Unreadable("it is another anime".to_owned()));
    }
    match anime.remove("my_list_status") {
        None | Some(Value::Null) if anime.contains_key("id") => Ok(EntryLookup::Absent),
        None | Some(Value::Null) => Err(MalformedBody::Unreadable("not an anime".to_owned())),
        Some(status) => Ok(match parse_status(status) {
            Ok(status) => EntryLookup::Found(Box::new(status)),
            Err(message) => EntryLookup::Invalid(UntrustedText::sanitize(&message).to_string()),
        }),
    }
}

/// Decodes MAL's response to a write: the whole entry.
fn decode_status(response: &HttpResponse) -> Result<ListStatus, String> {
    let status: Value = response.parse_json().map_err(|error| error.to_string())?;
    parse_status(status)
}

/// Parses a status. Values that MAL sends in a wrong type are reported by the syncs.
fn parse_status(status: Value) -> Result<ListStatus, String> {
    ListStatus::parse(status, &mut |warning| tracing::debug!("{warning}"), &mut UnreadableValues::default())
}

#[cfg(test)]
#[path = "entry_requests_tests.rs"]
mod tests;
