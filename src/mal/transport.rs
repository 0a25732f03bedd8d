//! One request to MAL, and its answer read whole: paced, counted, bounded in time and size.
//!
//! Every request to MAL goes through here, token calls too, so that the rate and the counters speak of all of them.
//! Nothing is decided here: what an answer means and whether to ask again is `retry`'s and the caller's matter.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio::sync::{Mutex, OnceCell};

use super::{
    Error,
    backoff::{MAX_RETRY_AFTER, compute_backoff, parse_retry_after},
    http::{self, ConnectionRoute},
    rate_limiter::{MalRateLimiter, SharedSlots},
};
use crate::{
    clock::{Clock, SystemClock},
    sync::port::RequestCounters,
};

/// What is read of an answer that is no success: enough for any error text.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A time to come back that is further off is none that anybody means.
const MAX_PLAUSIBLE_RETRY_AFTER: chrono::Duration = chrono::Duration::days(366);

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub struct TransportSettings {
    /// Requests per second, above 0.
    pub requests_per_second: f64,
    /// For each request, from connect to the last byte.
    pub timeout: Duration,
    /// Further tries after a 5xx, a time-out or a broken connection.
    pub max_retries: u32,
    /// The first back-off.
    pub retry_base: Duration,
}

/// One paced, counted pool of connections to MAL, shared by API and token calls. Cheap to clone.
#[derive(Clone)]
pub struct HttpTransport(Arc<TransportInner>, Arc<AtomicRequestCounters>);

struct TransportInner {
    system_proxy_client: OnceCell<reqwest::Client>,
    direct_tls_client: OnceCell<reqwest::Client>,
    direct_plaintext_client: OnceCell<reqwest::Client>,
    settings: TransportSettings,
    rate_limiter: MalRateLimiter,
    /// Something was sent before. Whoever sends first keeps it: nobody overtakes a request that has to open the connection.
    has_sent_request: Mutex<bool>,
}

/// What was sent, by one user's run or by all.
#[derive(Default)]
struct AtomicRequestCounters {
    requests: AtomicI64,
    retries: AtomicI64,
    refreshes: AtomicI64,
}

impl HttpTransport {
    /// Opens nothing yet, and sends nothing.
    #[must_use]
    pub fn new(settings: TransportSettings) -> Self {
        let inner = TransportInner {
            system_proxy_client: OnceCell::new(),
            direct_tls_client: OnceCell::new(),
            direct_plaintext_client: OnceCell::new(),
            rate_limiter: MalRateLimiter::new(settings.requests_per_second),
            settings,
            has_sent_request: Mutex::new(false),
        };
        Self(Arc::new(inner), Arc::default())
    }

    /// The same connections at the same pace, with counters of its own: for one of several users at once.
    #[must_use]
    pub fn with_own_counters(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::default())
    }

    /// Keeps the pace together with other processes from now on.
    pub fn use_shared_slots(&self, slots: Arc<dyn SharedSlots>) {
        self.0.rate_limiter.use_shared_slots(slots);
    }

    /// How requests are sent.
    #[must_use]
    pub fn settings(&self) -> &TransportSettings {
        &self.0.settings
    }

    /// Waits for its turn, sends the request once, and reads the answer whole. A 429, and a `Retry-After` of at most five
    /// minutes, holds back every later request of this wire, and of every process that
    /// shares its pace.
    ///
    /// # Errors
    /// Weather ([`Error::is_weather`]), [`Error::Certificate`], [`Error::Setup`] where TLS cannot be set up, or
    /// [`Error::TooLarge`] where a success has more than `cap` bytes unpacked. Of any other answer the first bytes are kept, whatever becomes of the rest.
    pub async fn send(&self, request: reqwest::Request, cap: usize) -> Result<HttpResponse, Error> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let what = format!("{} {host}{}", request.method(), request.url().path());
        let failed = |error| http::from_reqwest(error, &host, self.0.settings.timeout);
        let client = self.client_for(request.url()).await?;
        let mut used = self.0.has_sent_request.lock().await;
        let opening = if *used { Duration::ZERO } else { ConnectionRoute::for_url(request.url()).handshake_estimate() };
        self.0.rate_limiter.acquire(opening).await;
        let first = (!std::mem::replace(&mut *used, true)).then_some(used);
        self.1.requests.fetch_add(1, Ordering::Relaxed);
        let mut response = client.execute(request).await.map_err(failed)?;
        if first.is_some() {
            // It had to open the connection and arrived late by that: the next one must not come too close.
            self.0.rate_limiter.pause_all(self.0.rate_limiter.min_interval()).await;
        }
        drop(first);
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if status.is_success() && body.len() + chunk.len() > cap => {
                    return Err(Error::ResponseTooLarge { host, cap });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if status.is_success() => return Err(failed(error)),
                Err(_) => break,
            }
            if !status.is_success() && body.len() >= MAX_ERROR_BYTES {
                body.truncate(MAX_ERROR_BYTES);
                break;
            }
        }
        // The path alone: a query or a body may hold what must not be seen.
        tracing::debug!("{what}: {status}, {} bytes", body.len());
        let answer = HttpResponse { status: status.as_u16(), headers, body };
        self.apply_rate_limit_headers(&answer).await;
        Ok(answer)
    }

    async fn client_for(&self, url: &url::Url) -> Result<&reqwest::Client, Error> {
        let route = ConnectionRoute::for_url(url);
        let client = match route {
            ConnectionRoute::SystemProxy => &self.0.system_proxy_client,
            ConnectionRoute::DirectTls => &self.0.direct_tls_client,
            ConnectionRoute::DirectPlaintext => &self.0.direct_plaintext_client,
        };
        client.get_or_try_init(|| async { http::build_client(self.0.settings.timeout, route) }).await
    }

    async fn apply_rate_limit_headers(&self, answer: &HttpResponse) {
        let failed = matches!(answer.status, 307 | 403 | 429 | 500..);
        let asked = answer.retry_after().filter(|wait| failed && *wait <= MAX_RETRY_AFTER);
        let least = (answer.status == 429).then_some(self.0.settings.retry_base);
        if let Some(wait) = asked.max(least) {
            self.0.rate_limiter.pause_all(wait).await;
        }
    }

    /// The pause before repetition number `attempt` (1…): doubles from the base, at most 16 times as long, lengthened by
    /// at most a quarter, and never below `Retry-After`.
    ///
    /// # Errors
    /// [`Error::ComeBackLater`] where `Retry-After` is over five minutes.
    pub fn retry_delay(&self, attempt: u32, asked: Option<Duration>) -> Result<Duration, Error> {
        compute_backoff(self.0.settings.retry_base, attempt, asked, fastrand::f64()).map_err(|too_long| {
            let wait = chrono::Duration::from_std(too_long).ok().filter(|wait| *wait <= MAX_PLAUSIBLE_RETRY_AFTER);
            Error::RetryAfterTooLong { until: wait.and_then(|wait| SystemClock.now().checked_add_signed(wait)) }
        })
    }

    /// Notes a request that is repeated after a failure.
    pub fn count_retry(&self) {
        self.1.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes a token pair obtained by a refresh.
    pub fn count_refresh(&self) {
        self.1.refreshes.fetch_add(1, Ordering::Relaxed);
    }

    /// What went over the wire so far.
    #[must_use]
    pub fn request_counters(&self) -> RequestCounters {
        RequestCounters {
            requests: self.1.requests.load(Ordering::Relaxed),
            retries: self.1.retries.load(Ordering::Relaxed),
            token_refreshes: self.1.refreshes.load(Ordering::Relaxed),
        }
    }
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// Whether it is a page for people: by its content type, or by how it begins.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.to_ascii_lowercase().contains("html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// What serde says of it. The message may quote the body: never show that of a token answer.
    pub fn parse_json<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// How long MAL asks to wait: seconds, or a date relative to the answer's own `Date`. None where it does not ask, or in
    /// no form that can be read, or for a time that is over.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        parse_retry_after(&self.headers, SystemClock.now().into())
    }
}

#[cfg(test)]
mod tests;
