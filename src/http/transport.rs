//! Sends one request to MAL and reads the complete response: rate limited, counted, bounded in time and size.
//!
//! Every request to MAL passes through here, token requests included, so the rate limit and the counters cover all of
//! them. Retrying is up to the caller.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex, OnceCell};

use super::{
    AttemptOutcome, HttpError, HttpResponse,
    backoff::{MAX_RETRY_AFTER, compute_backoff},
    classify_attempt,
    client::{self, ConnectionRoute},
    proxy,
    rate_limiter::{MalRateLimiter, SharedSlots},
};
use crate::{
    clock::{Clock, SystemClock},
    domain::run::RequestCounters,
};

/// Bytes read of an error response: enough for any error text.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A `Retry-After` longer than this is not meant seriously, so no time is shown for it.
const MAX_PLAUSIBLE_RETRY_AFTER: chrono::Duration = chrono::Duration::days(366);

/// Settings of the transport.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Requests per second, above 0.
    pub requests_per_second: f64,
    /// Timeout of each request, from connect to the last byte.
    pub timeout: Duration,
    /// Retries after a 5xx, a timeout or a broken connection.
    pub max_retries: u32,
    /// Delay before the first retry.
    pub retry_base: Duration,
    /// The header `User-Agent`: printable ASCII.
    pub user_agent: String,
}

/// Rate-limited, counted connection pool to MAL, shared by API and token requests. Cheap to clone.
#[derive(Clone)]
pub struct HttpTransport {
    inner: Arc<TransportInner>,
    counters: Arc<AtomicRequestCounters>,
}

struct TransportInner {
    system_proxy_client: OnceCell<reqwest::Client>,
    direct_tls_client: OnceCell<reqwest::Client>,
    direct_plaintext_client: OnceCell<reqwest::Client>,
    settings: TransportSettings,
    rate_limiter: MalRateLimiter,
    /// True once a request was sent. The first sender holds the lock, so no request overtakes the one that opens the
    /// connection.
    has_sent_request: Mutex<bool>,
}

/// Counters of one user's run, or of all.
#[derive(Default)]
struct AtomicRequestCounters {
    requests: AtomicI64,
    retries: AtomicI64,
    refreshes: AtomicI64,
    errors: AtomicI64,
}

impl HttpTransport {
    /// Creates a transport. No connection is opened yet.
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
        Self { inner: Arc::new(inner), counters: Arc::default() }
    }

    /// Returns a transport with the same connections and rate limit, but its own counters: for one of several
    /// concurrent users.
    #[must_use]
    pub fn with_own_counters(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), counters: Arc::default() }
    }

    /// Shares the rate limit with other processes from now on.
    pub fn use_shared_slots(&self, slots: Arc<dyn SharedSlots>) {
        self.inner.rate_limiter.use_shared_slots(slots);
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> &TransportSettings {
        &self.inner.settings
    }

    /// Waits for a slot, sends the request once, and reads the complete response. A 429, or a `Retry-After` of at most
    /// five minutes, delays all later requests of this transport and of every process that shares its slots. Of an
    /// error response, the first bytes are kept, even if the connection breaks.
    ///
    /// # Errors
    /// [`HttpError::Unreachable`], [`HttpError::TimedOut`] or [`HttpError::ConnectionBroken`], which are transient;
    /// [`HttpError::InvalidCertificate`], [`HttpError::ClientSetup`] if TLS cannot be set up, or
    /// [`HttpError::ResponseTooLarge`] if a successful response has more than `max_bytes` bytes after decompression.
    pub async fn send(&self, request: reqwest::Request, max_bytes: usize) -> Result<HttpResponse, HttpError> {
        let attempt = self.send_uncounted(request, max_bytes).await;
        if classify_attempt(attempt.as_ref()) != AttemptOutcome::Success {
            self.count_error();
        }
        attempt
    }

    async fn send_uncounted(&self, request: reqwest::Request, max_bytes: usize) -> Result<HttpResponse, HttpError> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let request_line = format!("{} {host}{}", request.method(), request.url().path());
        let host = proxy::host_label(request.url());
        let map_error = |error| client::from_reqwest(error, &host, self.inner.settings.timeout);
        let client = self.client_for(request.url()).await?;
        let mut has_sent_request = self.inner.has_sent_request.lock().await;
        let handshake = if *has_sent_request {
            Duration::ZERO
        } else {
            ConnectionRoute::for_url(request.url()).handshake_estimate()
        };
        self.inner.rate_limiter.acquire(handshake).await;
        let first_request_guard = (!std::mem::replace(&mut *has_sent_request, true)).then_some(has_sent_request);
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let mut response = client.execute(request).await.map_err(map_error)?;
        if first_request_guard.is_some() {
            // This request opened the connection and arrived late; keep the next one at a distance.
            self.inner.rate_limiter.pause_all(self.inner.rate_limiter.min_interval()).await;
        }
        drop(first_request_guard);
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if status.is_success() && body.len() + chunk.len() > max_bytes => {
                    return Err(HttpError::ResponseTooLarge { host, max_bytes });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if status.is_success() => return Err(map_error(error)),
                Err(_) => break,
            }
            if !status.is_success() && body.len() >= MAX_ERROR_BYTES {
                body.truncate(MAX_ERROR_BYTES);
                break;
            }
        }
        // Log the path only: query and body may contain secrets.
        tracing::debug!("{request_line}: {status}, {} bytes", body.len());
        let response = HttpResponse { status: status.as_u16(), headers, body };
        self.apply_rate_limit_headers(&response).await;
        Ok(response)
    }

    async fn client_for(&self, url: &url::Url) -> Result<&reqwest::Client, HttpError> {
        let route = ConnectionRoute::for_url(url);
        let client = match route {
            ConnectionRoute::SystemProxy => &self.inner.system_proxy_client,
            ConnectionRoute::DirectTls => &self.inner.direct_tls_client,
            ConnectionRoute::DirectPlaintext => &self.inner.direct_plaintext_client,
        };
        let settings = &self.inner.settings;
        client.get_or_try_init(|| async { client::build_client(settings.timeout, route, &settings.user_agent) }).await
    }

    async fn apply_rate_limit_headers(&self, response: &HttpResponse) {
        let outcome = classify_attempt(Ok(response));
        let may_ask_to_wait = matches!(
            outcome,
            AttemptOutcome::EdgeRedirect
                | AttemptOutcome::Forbidden
                | AttemptOutcome::EdgeBlocked
                | AttemptOutcome::TooManyRequests
                | AttemptOutcome::ServerError
                | AttemptOutcome::UndefinedStatus
        );
        let retry_after = response.retry_after().filter(|pause| may_ask_to_wait && *pause <= MAX_RETRY_AFTER);
        let min_pause = (outcome == AttemptOutcome::TooManyRequests).then_some(self.inner.settings.retry_base);
        if let Some(pause) = retry_after.max(min_pause) {
            self.inner.rate_limiter.pause_all(pause).await;
        }
    }

    /// Returns the delay before retry number `attempt` (1…): doubles from the base up to 16 times, lengthened by at
    /// most a quarter, and never below `retry_after`.
    ///
    /// # Errors
    /// [`HttpError::RetryAfterTooLong`] if `retry_after` is over five minutes.
    pub fn retry_delay(&self, attempt: u32, retry_after: Option<Duration>) -> Result<Duration, HttpError> {
        compute_backoff(self.inner.settings.retry_base, attempt, retry_after, fastrand::f64()).map_err(|requested| {
            let delay = chrono::Duration::from_std(requested).ok().filter(|delay| *delay <= MAX_PLAUSIBLE_RETRY_AFTER);
            HttpError::RetryAfterTooLong { until: delay.and_then(|delay| SystemClock.now().checked_add_signed(delay)) }
        })
    }

    /// Counts a retry.
    pub fn count_retry(&self) {
        self.counters.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a token refresh.
    pub fn count_refresh(&self) {
        self.counters.refreshes.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a failed request. [`HttpTransport::send`] counts all but successful answers that cannot be decoded.
    pub fn count_error(&self) {
        self.counters.errors.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the counters so far.
    #[must_use]
    pub fn request_counters(&self) -> RequestCounters {
        RequestCounters {
            requests: self.counters.requests.load(Ordering::Relaxed),
            retries: self.counters.retries.load(Ordering::Relaxed),
            token_refreshes: self.counters.refreshes.load(Ordering::Relaxed),
            api_errors: self.counters.errors.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests;
