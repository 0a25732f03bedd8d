//! Decides from the outcome of an attempt whether to retry an API request. Pure, so that it can be tested as a table.
//!
//! Each cause has its own limit, so no mixture of causes retries forever: `SYNC_MAX_RETRIES` for transient errors, five
//! for throttling and blocks, one for a malformed response, one token refresh. [`RequestAttempts`] limits one request;
//! [`RetryBudget`] limits all requests of a user's run.

use super::Error;
use crate::{
    http::{AttemptOutcome, HttpError},
    untrusted_text::UntrustedText,
};

/// Retries after MAL throttled or blocked the client: by its edge, by a 429, or by a 403 of the API.
const MAX_BLOCKED_RETRIES: u32 = 5;

/// Returns the final error of a request that is not retried, or not again. `cause` describes the last attempt.
///
/// A 200 whose body cannot be read is [`AttemptOutcome::Malformed`] here. No caller passes [`AttemptOutcome::Success`].
#[must_use]
pub fn final_error(outcome: AttemptOutcome, cause: UntrustedText) -> Error {
    let error = match outcome {
        AttemptOutcome::InvalidClientId => return Error::InvalidClientId(cause),
        AttemptOutcome::Unauthorized => return Error::NewTokenRefused,
        AttemptOutcome::NeverSent
        | AttemptOutcome::ResponseLost
        | AttemptOutcome::RequestTimeout
        | AttemptOutcome::ServerError => HttpError::Unavailable(cause),
        AttemptOutcome::TooManyRequests => HttpError::RateLimited(cause),
        AttemptOutcome::EdgeRedirect => HttpError::EdgeThrottled(cause),
        AttemptOutcome::HtmlPage | AttemptOutcome::EdgeBlocked | AttemptOutcome::Forbidden => HttpError::Blocked(cause),
        AttemptOutcome::Success | AttemptOutcome::Malformed | AttemptOutcome::Failed => {
            HttpError::UnreadableResponse(cause)
        }
        AttemptOutcome::PageRedirect | AttemptOutcome::OtherRedirect => HttpError::UnexpectedRedirect(cause),
        AttemptOutcome::BadRequest | AttemptOutcome::UndefinedStatus | AttemptOutcome::Refused => {
            HttpError::RequestRefused(cause)
        }
    };
    Error::Http(error)
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait, then retry. The number counts retries (1…) over all causes.
    Retry(u32),
    /// Refresh the token, then retry.
    RefreshToken,
    /// Return the error.
    GiveUp,
}

/// Retries of one request so far, by cause.
#[derive(Clone, Debug)]
pub struct RequestAttempts {
    max_transient_retries: u32,
    transient_retries: u32,
    blocked_retries: u32,
    malformed_retries: u32,
    has_refreshed_token: bool,
}

impl RequestAttempts {
    /// Starts without any attempt. Transient errors may be retried `max_transient_retries` times.
    #[must_use]
    pub const fn new(max_transient_retries: u32) -> Self {
        Self {
            max_transient_retries,
            transient_retries: 0,
            blocked_retries: 0,
            malformed_retries: 0,
            has_refreshed_token: false,
        }
    }

    /// Returns what to do after an attempt with this outcome.
    pub fn decide_next(&mut self, outcome: AttemptOutcome) -> RetryDecision {
        let (count, max) = match outcome {
            AttemptOutcome::Unauthorized | AttemptOutcome::Forbidden if !self.has_refreshed_token => {
                self.has_refreshed_token = true;
                return RetryDecision::RefreshToken;
            }
            AttemptOutcome::NeverSent
            | AttemptOutcome::ResponseLost
            | AttemptOutcome::RequestTimeout
            | AttemptOutcome::ServerError => (&mut self.transient_retries, self.max_transient_retries),
            AttemptOutcome::TooManyRequests
            | AttemptOutcome::EdgeRedirect
            | AttemptOutcome::HtmlPage
            | AttemptOutcome::EdgeBlocked
            | AttemptOutcome::Forbidden => (&mut self.blocked_retries, MAX_BLOCKED_RETRIES),
            AttemptOutcome::Malformed => (&mut self.malformed_retries, 1),
            AttemptOutcome::Success
            | AttemptOutcome::Unauthorized
            | AttemptOutcome::InvalidClientId
            | AttemptOutcome::BadRequest
            | AttemptOutcome::PageRedirect
            | AttemptOutcome::OtherRedirect
            | AttemptOutcome::UndefinedStatus
            | AttemptOutcome::Refused
            | AttemptOutcome::Failed => return RetryDecision::GiveUp,
        };
        if *count == max {
            return RetryDecision::GiveUp;
        }
        *count += 1;
        RetryDecision::Retry(self.transient_retries + self.blocked_retries + self.malformed_retries)
    }
}

/// Minimum number of retries that a run starts with.
const INITIAL_RETRIES: u32 = 20;

/// Retry budget of one user's run, over all its requests (a token bucket). Each response that advances the run adds a
/// retry. A long list may thus see more failures than a short one, but a MAL that fails every page a few times cannot
/// keep a run going forever.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    remaining: u32,
    spent: u32,
}

impl RetryBudget {
    /// Starts with 20 retries, or `4 * max_transient_retries` if that is more.
    #[must_use]
    pub const fn new(max_transient_retries: u32) -> Self {
        let minimum = max_transient_retries.saturating_mul(4);
        Self { remaining: if minimum > INITIAL_RETRIES { minimum } else { INITIAL_RETRIES }, spent: 0 }
    }

    /// Adds a retry, after a response that advanced the run.
    pub const fn grant_retry(&mut self) {
        self.remaining = self.remaining.saturating_add(1);
    }

    /// Takes a retry.
    ///
    /// # Errors
    /// Returns the number of retries spent if none is left.
    pub const fn try_spend(&mut self) -> Result<(), u32> {
        if self.remaining == 0 {
            return Err(self.spent);
        }
        self.remaining -= 1;
        self.spent += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the decision after each outcome in turn, up to and including the first [`RetryDecision::GiveUp`].
    fn decisions_after(max_transient_retries: u32, outcomes: &[AttemptOutcome]) -> Vec<RetryDecision> {
        let mut attempts = RequestAttempts::new(max_transient_retries);
        let decisions: Vec<_> = outcomes.iter().map(|outcome| attempts.decide_next(*outcome)).collect();
        let end = decisions
            .iter()
            .position(|decision| *decision == RetryDecision::GiveUp)
            .map_or(decisions.len(), |end| end + 1);
        decisions[..end].to_vec()
    }

    #[test]
    fn each_outcome_has_its_retries_and_final_error() {
        use AttemptOutcome as Outcome;
        let (transient, blocked) = (3, MAX_BLOCKED_RETRIES as usize);
        let table = [
            (Outcome::NeverSent, transient, "MyAnimeList API temporarily unavailable: x"),
            (Outcome::ResponseLost, transient, "MyAnimeList API temporarily unavailable: x"),
            (Outcome::RequestTimeout, transient, "MyAnimeList API temporarily unavailable: x"),
            (Outcome::ServerError, transient, "MyAnimeList API temporarily unavailable: x"),
            (Outcome::TooManyRequests, blocked, "rate limit exceeded: x"),
            (Outcome::EdgeRedirect, blocked, "rate limit exceeded: x"),
            (Outcome::HtmlPage, blocked, "MyAnimeList is blocking this address: x"),
            (Outcome::EdgeBlocked, blocked, "MyAnimeList is blocking this address: x"),
            (Outcome::Forbidden, 1 + blocked, "MyAnimeList is blocking this address: x"),
            (Outcome::Unauthorized, 1, "MyAnimeList rejected the new token"),
            (Outcome::Malformed, 1, "cannot read MyAnimeList's response: x"),
            (Outcome::InvalidClientId, 0, "MyAnimeList rejected the client ID: x"),
            (Outcome::PageRedirect, 0, "unexpected redirect: x"),
            (Outcome::OtherRedirect, 0, "unexpected redirect: x"),
            (Outcome::BadRequest, 0, "MyAnimeList refused the request: x"),
            (Outcome::UndefinedStatus, 0, "MyAnimeList refused the request: x"),
            (Outcome::Refused, 0, "MyAnimeList refused the request: x"),
        ];
        for (outcome, attempts_before_end, message) in table {
            assert_eq!(decisions_after(3, &[outcome; 9]).len() - 1, attempts_before_end, "{outcome:?}");
            assert_eq!(final_error(outcome, UntrustedText::sanitize("x")).to_string(), message);
        }
    }

    #[test]
    fn each_cause_has_its_own_retry_limit() {
        use {AttemptOutcome as Outcome, RetryDecision as Decision};
        let again = |count: u32| (1..=count).map(Decision::Retry).chain([Decision::GiveUp]).collect::<Vec<_>>();
        assert_eq!(decisions_after(3, &[Outcome::ServerError; 9]), again(3));
        assert_eq!(decisions_after(0, &[Outcome::ServerError; 9]), again(0));
        assert_eq!(decisions_after(0, &[Outcome::TooManyRequests; 9]), again(5));
        assert_eq!(
            decisions_after(
                9,
                &[
                    Outcome::EdgeBlocked,
                    Outcome::TooManyRequests,
                    Outcome::HtmlPage,
                    Outcome::EdgeRedirect,
                    Outcome::EdgeBlocked,
                    Outcome::EdgeBlocked
                ]
            ),
            again(5)
        );
        assert_eq!(decisions_after(3, &[Outcome::Malformed; 9]), again(1));
        assert_eq!(
            decisions_after(1, &[Outcome::Malformed, Outcome::NeverSent, Outcome::EdgeBlocked, Outcome::ServerError]),
            again(3),
            "retries are numbered over all causes, limited per cause"
        );
    }

    #[test]
    fn token_is_refreshed_once_per_request() {
        use {AttemptOutcome as Outcome, RetryDecision as Decision};
        assert_eq!(
            decisions_after(3, &[Outcome::Unauthorized, Outcome::Unauthorized]),
            [Decision::RefreshToken, Decision::GiveUp]
        );
        assert_eq!(
            decisions_after(3, &[Outcome::Unauthorized, Outcome::ServerError, Outcome::Unauthorized]),
            [Decision::RefreshToken, Decision::Retry(1), Decision::GiveUp]
        );
        let mut blocked = vec![Decision::RefreshToken];
        blocked.extend((1..=5).map(Decision::Retry).chain([Decision::GiveUp]));
        assert_eq!(
            decisions_after(3, &[Outcome::Forbidden; 9]),
            blocked,
            "403 with JSON: one refresh, then as a block"
        );
    }

    #[test]
    fn retry_budget_grows_with_successful_responses() {
        // `SYNC_MAX_RETRIES`, failures before each response, responses: retries spent, and whether the budget sufficed.
        let table = [
            (3, 0, 1000, (0, true)),
            (3, 1, 1000, (1000, true)),
            (3, 2, 19, (38, true)),
            (3, 2, 1000, (39, false)),
            (3, 3, 1000, (29, false)),
            (0, 5, 1000, (24, false)),
            (10, 10, 4, (40, true)),
            (10, 10, 1000, (44, false)),
        ];
        for (max_transient_retries, failures, responses, expected) in table {
            let mut budget = RetryBudget::new(max_transient_retries);
            let mut run = || {
                (0..responses).try_for_each(|_| {
                    (0..failures).try_for_each(|_| budget.try_spend())?;
                    budget.grant_retry();
                    Ok::<_, u32>(())
                })
            };
            let sufficed = run().is_ok();
            assert_eq!((budget.spent, sufficed), expected, "{max_transient_retries} {failures} {responses}");
        }
        let mut exhausted = RetryBudget::new(0);
        assert_eq!((0..21).map(|_| exhausted.try_spend()).filter(Result::is_ok).count(), 20);
        assert_eq!(exhausted.try_spend(), Err(20));
    }

    #[test]
    fn retry_budget_covers_all_retries_of_one_request() {
        for max_transient_retries in 0..=10 {
            let mut budget = RetryBudget::new(max_transient_retries);
            assert!(
                (0..max_transient_retries + MAX_BLOCKED_RETRIES + 1).all(|_| budget.try_spend().is_ok()),
                "{max_transient_retries}"
            );
        }
    }
}
