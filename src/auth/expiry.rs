//! How much of a token's life is left, and what follows from it: pure.
//!
//! MAL's access and refresh token die nearly together, so a pair is renewed as soon as less than half of its life is left.

use chrono::{DateTime, Duration, Utc};

use super::token_storage::LoadedTokens;

/// What is left that calls for a refresh where nobody knows how long the whole life was.
const EARLY_REFRESH_WINDOW: Duration = Duration::days(7);

/// What a pair's age asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshNeed {
    /// Nothing: it is used.
    NotNeeded,
    /// It is valid; a newer one should be had while that is so.
    Early,
    /// It is not valid any more.
    Expired,
}

/// What the pair asks for at this time. Where its end is unknown, only MAL can tell, with a 401.
#[must_use]
pub fn refresh_need(held: &LoadedTokens, now: DateTime<Utc>) -> RefreshNeed {
    if held.access.is_none() {
        return RefreshNeed::Expired;
    }
    let Some(end) = held.expires_at else {
        return RefreshNeed::NotNeeded;
    };
    let left = end - now;
    if left <= Duration::zero() || has_unknown_lifetime(held) {
        return RefreshNeed::Expired;
    }
    let early = match held.issued_at {
        Some(issued) => left < (end - issued) / 2,
        None => left < EARLY_REFRESH_WINDOW,
    };
    if early { RefreshNeed::Early } else { RefreshNeed::NotNeeded }
}

/// Whether MAL never said how long the pair is good: it ended the moment it was issued, and is to be renewed on every use.
#[must_use]
pub fn has_unknown_lifetime(held: &LoadedTokens) -> bool {
    matches!((held.issued_at, held.expires_at), (Some(issued), Some(end)) if end <= issued)
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
    fn unknown_lifetime_differs_from_expired() {
        assert!(has_unknown_lifetime(&loaded_tokens(Some(5), Some(5))));
        assert!(!has_unknown_lifetime(&loaded_tokens(Some(5), Some(6))));
        assert!(!has_unknown_lifetime(&loaded_tokens(None, Some(6))));
    }
}
