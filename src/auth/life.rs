//! How much of a token's life is left, and what follows from it: pure.
//!
//! MAL's access and refresh token die nearly together, so a pair is renewed as soon as less than half of its life is left.

use chrono::{DateTime, Duration, Utc};

use super::vault::Held;

/// What is left that calls for a refresh where nobody knows how long the whole life was.
const LAST_DAYS: Duration = Duration::days(7);

/// What a pair's age asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is used.
    Nothing,
    /// It is valid; a newer one should be had while that is so.
    Early,
    /// It is not valid any more.
    Ended,
}

/// What the pair asks for at this time. Where its end is unknown, only MAL can tell, with a 401.
#[must_use]
pub fn need(held: &Held, now: DateTime<Utc>) -> Need {
    if held.access.is_none() {
        return Need::Ended;
    }
    let Some(end) = held.expires_at else {
        return Need::Nothing;
    };
    let left = end - now;
    if left <= Duration::zero() || without_life(held) {
        return Need::Ended;
    }
    let early = match held.issued_at {
        Some(issued) => left < (end - issued) / 2,
        None => left < LAST_DAYS,
    };
    if early { Need::Early } else { Need::Nothing }
}

/// Whether MAL never said how long the pair is good: it ended the moment it was issued, and is to be renewed on every use.
#[must_use]
pub fn without_life(held: &Held) -> bool {
    matches!((held.issued_at, held.expires_at), (Some(issued), Some(end)) if end <= issued)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn held(issued: Option<i64>, end: Option<i64>) -> Held {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
        Held {
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
    fn half_a_life_is_the_border() {
        const DAY: i64 = 86_400;
        let table = [
            (Some(0), Some(31 * DAY), 0, Need::Nothing),
            (Some(0), Some(1000), 500, Need::Nothing),
            (Some(0), Some(1000), 501, Need::Early),
            (Some(0), Some(1000), 999, Need::Early),
            (Some(0), Some(1000), 1000, Need::Ended),
            (Some(0), Some(1000), 5000, Need::Ended),
            (None, Some(8 * DAY), 0, Need::Nothing),
            (None, Some(7 * DAY), 0, Need::Nothing),
            (None, Some(7 * DAY), 1, Need::Early),
            (None, Some(7 * DAY), 7 * DAY, Need::Ended),
            (None, None, 1_000_000, Need::Nothing),
            (Some(0), None, 1_000_000, Need::Nothing),
            (Some(100), Some(100), 100, Need::Ended),
            (Some(100), Some(100), 99, Need::Ended),
        ];
        for (issued, end, now, expected) in table {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            assert_eq!(need(&held(issued, end), now), expected, "{issued:?} {end:?} {now}");
        }
        let refresh_only = Held { access: None, ..held(None, None) };
        assert_eq!(need(&refresh_only, DateTime::UNIX_EPOCH), Need::Ended);
    }

    #[test]
    fn a_life_of_nothing_is_told_from_one_that_is_over() {
        assert!(without_life(&held(Some(5), Some(5))));
        assert!(!without_life(&held(Some(5), Some(6))));
        assert!(!without_life(&held(None, Some(6))));
    }
}
