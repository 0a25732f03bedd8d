//! How much of the list a run asks for, and what a listing proves. Pure decisions, each with its table of tests.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{run::SyncMode, user::User};

/// How far beyond the watermark an incremental run reads: edits that MAL's clock or its paging put there.
pub const INCREMENTAL_OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Ask for the whole list, and sync even if the last complete one is a moment ago.
    pub force_full: bool,
    /// Read and plan, write nothing.
    pub dry_run: bool,
    /// Delete the entries that are marked as removed.
    pub prune: bool,
    /// Take a list for real that shrank suspiciously.
    pub allow_shrink: bool,
    /// A sync sooner than this after a complete one is skipped.
    pub min_interval: Duration,
    /// One of many users, whom another process may have synced for us: what it completed after this is not done again, a
    /// full run where a full one is asked for.
    pub skip_if_synced_after: Option<DateTime<Utc>>,
    /// The longest time between two full runs.
    pub full_sync_interval: Duration,
    /// Entries per database transaction, 1 to 10000.
    pub batch_size: usize,
}

/// The mode that a run begins with.
#[must_use]
pub fn choose_mode(user: &User, request: &RunOptions, now: DateTime<Utc>) -> SyncMode {
    let within = |at: Option<DateTime<Utc>>, span: Duration| {
        let age = at.and_then(|at| (now - at).to_std().ok());
        age.is_some_and(|age| age < span)
    };
    let forced = request.force_full || request.prune;
    let done = if forced { user.last_full_sync } else { user.last_mal_sync };
    if request.skip_if_synced_after.is_some_and(|since| done.is_some_and(|done| done > since)) {
        SyncMode::Skipped
    } else if forced {
        SyncMode::Full
    } else if within(user.last_mal_sync, request.min_interval) {
        SyncMode::Skipped
    } else if user.watermark.is_none() || !within(user.last_full_sync, request.full_sync_interval) {
        SyncMode::Full
    } else {
        SyncMode::Incremental
    }
}

/// Whether a complete run saw the list as MAL counts it: `listed` distinct entries came, `storable` of them could be read,
/// and the last full run left MAL's count `drift` above ours (entries that MAL counts but does not list).
#[must_use]
pub fn is_count_confirmed(num_items: Option<i64>, listed: i64, storable: i64, drift: Option<i64>) -> bool {
    num_items.is_none_or(|num_items| num_items == listed || drift.is_some_and(|drift| num_items - storable == drift))
}

/// Whether so many entries are gone that the listing itself is doubtful: an empty list where there were entries, or more
/// than 20 % and more than 10 of them.
#[must_use]
pub const fn exceeds_shrink_limit(known: usize, gone: usize, listed: usize) -> bool {
    known > 0 && (listed == 0 || (gone > 10 && gone * 5 > known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::{StoredLogin, UserId};

    fn time_at_minute(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn user_synced_at(last_sync: Option<i64>, last_full: Option<i64>) -> User {
        User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: last_sync.map(time_at_minute),
            watermark: last_sync.map(time_at_minute),
            drift: Some(0),
            last_full_sync: last_full.map(time_at_minute),
        }
    }

    fn run_options() -> RunOptions {
        RunOptions {
            min_interval: Duration::from_secs(60),
            full_sync_interval: Duration::from_secs(86_400),
            batch_size: 100,
            ..RunOptions::default()
        }
    }

    #[test]
    fn mode_depends_on_last_syncs_and_options() {
        let day = 24 * 60;
        for (last_sync, last_full, now, expected) in [
            (None, None, 0, SyncMode::Full),
            (Some(0), Some(0), 0, SyncMode::Skipped),
            (Some(0), Some(0), 1, SyncMode::Incremental),
            (Some(0), None, 1, SyncMode::Full),
            (Some(day - 5), Some(0), day - 1, SyncMode::Incremental),
            (Some(day - 5), Some(0), day, SyncMode::Full),
            // A clock that went back: neither "a moment ago" nor "full enough" can be trusted.
            (Some(10), Some(10), 0, SyncMode::Full),
        ] {
            let chosen = choose_mode(&user_synced_at(last_sync, last_full), &run_options(), time_at_minute(now));
            assert_eq!(chosen, expected, "{last_sync:?} {last_full:?} {now}");
        }
    }

    #[test]
    fn force_full_and_prune_ignore_min_interval() {
        let user = user_synced_at(Some(0), Some(0));
        assert_eq!(
            choose_mode(&user, &RunOptions { force_full: true, ..run_options() }, time_at_minute(0)),
            SyncMode::Full
        );
        assert_eq!(choose_mode(&user, &RunOptions { prune: true, ..run_options() }, time_at_minute(0)), SyncMode::Full);
        let never = RunOptions { min_interval: Duration::ZERO, ..run_options() };
        assert_eq!(choose_mode(&user, &never, time_at_minute(0)), SyncMode::Incremental);
    }

    #[test]
    fn sync_by_another_process_is_not_repeated() {
        let never = RunOptions { min_interval: Duration::ZERO, ..run_options() };
        for (last_sync, last_full, since, force_full, expected) in [
            (Some(5), Some(0), Some(4), false, SyncMode::Skipped),
            (Some(5), Some(0), Some(5), false, SyncMode::Incremental),
            (Some(5), Some(0), None, false, SyncMode::Incremental),
            (Some(5), Some(0), Some(4), true, SyncMode::Full),
            (Some(5), Some(5), Some(4), true, SyncMode::Skipped),
            (None, None, Some(4), true, SyncMode::Full),
        ] {
            let request = RunOptions { force_full, skip_if_synced_after: since.map(time_at_minute), ..never };
            let chosen = choose_mode(&user_synced_at(last_sync, last_full), &request, time_at_minute(6));
            assert_eq!(chosen, expected, "{last_sync:?} {last_full:?} {since:?} {force_full}");
        }
    }

    #[test]
    fn count_is_confirmed_by_num_items_or_by_known_drift() {
        for (num_items, listed, storable, drift, confirmed) in [
            (Some(300), 300, 300, None, true),
            (Some(300), 299, 299, Some(0), false),
            (Some(302), 300, 300, Some(2), true),
            (Some(302), 300, 299, Some(3), true),
            (Some(302), 299, 299, Some(2), false),
            (None, 299, 299, None, true),
        ] {
            assert_eq!(is_count_confirmed(num_items, listed, storable, drift), confirmed, "{num_items:?} {listed}");
        }
    }

    #[test]
    fn shrink_limit_is_more_than_a_fifth_and_more_than_ten() {
        for (known, gone, listed, suspicious) in [
            (0, 0, 0, false),
            (1, 1, 0, true),
            (1200, 1200, 0, true),
            (10, 9, 1, false),
            (12, 11, 1, true),
            (55, 11, 44, false),
            (54, 11, 43, true),
            (100, 20, 80, false),
            (100, 21, 79, true),
        ] {
            assert_eq!(exceeds_shrink_limit(known, gone, listed), suspicious, "{known} {gone} {listed}");
        }
    }
}
