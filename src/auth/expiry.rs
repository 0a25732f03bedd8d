//! Decides from a pair's age whether it needs a refresh. Pure.
//!
//! MAL's access and refresh token expire at nearly the same time. So a pair is refreshed as soon as less than half of
//! its lifetime is left.

use chrono::{DateTime, Duration, Utc};

use super::token_storage::LoadedTokens;

/// Remaining time below which a pair is refreshed early if its time of issue is not stored.
const EARLY_REFRESH_WINDOW: Duration = Duration::days(7);

/// A time of issue further ahead than this is not believed: a clock was wrong when the pair was stored.
pub(crate) const MAX_CLOCK_SKEW: Duration = Duration::minutes(5);

/// Whether a pair needs a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshNeed {
    /// No refresh: the pair is used.
    NotNeeded,
    /// The access token is valid and should be refreshed now.
    Early,
    /// The access token is no longer valid.
    Expired,
}

/// Returns whether the pair needs a refresh at this time.
///
/// A pair whose time of issue is in the future has an unknown age: it is refreshed at the next use.
///
/// Three things may be unknown:
/// - When the pair expires (`expires_at` is `None`): it is used until MAL answers 401.
/// - When it was issued (`issued_at` is `None`): half of its lifetime is unknown, so `EARLY_REFRESH_WINDOW` counts.
/// - Its lifetime, because MAL stated none ([`has_no_stated_lifetime`]): it counts as expired.
#[must_use]
pub fn refresh_need(tokens: &LoadedTokens, now: DateTime<Utc>) -> RefreshNeed {
    if tokens.access.is_none() {
        return RefreshNeed::Expired;
    }
    let Some(expires_at) = tokens.expires_at else {
        return RefreshNeed::NotNeeded;
    };
    let remaining = expires_at - now;
    if remaining <= Duration::zero() || has_no_stated_lifetime(tokens) {
        return RefreshNeed::Expired;
    }
    let is_early = match tokens.issued_at {
        Some(issued_at) if issued_at > now + MAX_CLOCK_SKEW => true,
        Some(issued_at) => remaining < (expires_at - issued_at) / 2,
        None => remaining < EARLY_REFRESH_WINDOW,
    };
    if is_early { RefreshNeed::Early } else { RefreshNeed::NotNeeded }
}

/// Returns true if MAL stated no usable lifetime (`expires_in`) with the pair. Such a pair is stored with `expires_at`
/// equal to `issued_at` and counts as expired from the start.
#[must_use]
pub fn has_no_stated_lifetime(tokens: &LoadedTokens) -> bool {
    matches!((tokens.issued_at, tokens.expires_at), (Some(issued_at), Some(expires_at)) if expires_at <= issued_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn loaded_tokens(issued: Option<i64>, end: Option<i64>) -> LoadedTokens {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
        LoadedTokens {
            access: Some(Secret::new("a")),
            refresh: None,
            expires_at: end.map(at),
            issued_at: issued.map(at),
            generation: 1,
            client_id: None,
            needs_login: false,
        }
    }

    #[test]
    fn refresh_is_early_below_half_of_the_lifetime() {
        const DAY: i64 = 86_400;
        let table = [
            (Some(0), Some(31 * DAY), 0, RefreshNeed::NotNeeded),
            (Some(0), Some(1000), 500, RefreshNeed::NotNeeded),
            (Some(0), Some(1000), 501, RefreshNeed::Early),
            (Some(0), Some(1000), 999, RefreshNeed::Early),
            (Some(0), Some(1000), 1000, RefreshNeed::Expired),
            (Some(0), Some(1000), 5000, RefreshNeed::Expired),
            (Some(300), Some(31 * DAY), 0, RefreshNeed::NotNeeded),
            (Some(301), Some(31 * DAY), 0, RefreshNeed::Early),
            (Some(40 * DAY), Some(71 * DAY), 0, RefreshNeed::Early),
            (None, Some(8 * DAY), 0, RefreshNeed::NotNeeded),
            (None, Some(7 * DAY), 0, RefreshNeed::NotNeeded),
            (None, Some(7 * DAY), 1, RefreshNeed::Early),
            (None, Some(7 * DAY), 7 * DAY, RefreshNeed::Expired),
            (None, None, 1_000_000, RefreshNeed::NotNeeded),
            (Some(0), None, 1_000_000, RefreshNeed::NotNeeded),
            (Some(100), Some(100), 100, RefreshNeed::Expired),
            (Some(100), Some(100), 99, RefreshNeed::Expired),
        ];
        for (issued, end, now, expected) in table {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            assert_eq!(refresh_need(&loaded_tokens(issued, end), now), expected, "{issued:?} {end:?} {now}");
        }
        let refresh_only = LoadedTokens { access: None, ..loaded_tokens(None, None) };
        assert_eq!(refresh_need(&refresh_only, DateTime::UNIX_EPOCH), RefreshNeed::Expired);
    }

    #[test]
    fn missing_lifetime_differs_from_expired() {
        assert!(has_no_stated_lifetime(&loaded_tokens(Some(5), Some(5))));
        assert!(!has_no_stated_lifetime(&loaded_tokens(Some(5), Some(6))));
        assert!(!has_no_stated_lifetime(&loaded_tokens(None, Some(6))));
    }
}
