//! Decides how much of the list a run asks for. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{run::SyncMode, user::User};

/// How far an incremental run reads behind the watermark, for edits that MAL's clock or paging dated earlier.
pub const INCREMENTAL_OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// The options of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Fetch the whole list, and ignore `min_interval`.
    pub force_full: bool,
    /// Read and plan, but write nothing.
    pub dry_run: bool,
    /// Delete entries that are no longer on MAL, those marked as removed before included.
    pub prune: bool,
    /// Skip the shrink guard: remove entries even if the list is much shorter than before.
    pub allow_shrink: bool,
    /// Skip the run if the last complete sync is more recent than this.
    pub min_interval: Duration,
    /// For `sync --all-users`: skip the user if another process completed a sync after this time. If a full sync is
    /// required, only a full one counts.
    pub skip_if_synced_after: Option<DateTime<Utc>>,
    /// Run a full sync if the last one is older than this.
    pub full_sync_interval: Duration,
    /// Entries per database transaction, 1 to 10000.
    pub batch_size: usize,
}

/// Returns the mode that a run begins with.
#[must_use]
pub fn choose_mode(user: &User, options: &RunOptions, now: DateTime<Utc>) -> SyncMode {
    // A time in the future has no age and is never recent: the clock was set back.
    let is_recent = |at: Option<DateTime<Utc>>, max_age: Duration| {
        let age = at.and_then(|at| (now - at).to_std().ok());
        age.is_some_and(|age| age < max_age)
    };
    let must_be_full = options.force_full || options.prune || !user.missing_entries.is_empty();
    let last_sync = if must_be_full { user.last_full_sync } else { user.last_mal_sync };
    if options
        .skip_if_synced_after
        .is_some_and(|time| last_sync.is_some_and(|last_sync| last_sync > time && last_sync <= now))
    {
        SyncMode::Skipped
    } else if must_be_full {
        SyncMode::Full
    } else if is_recent(user.last_mal_sync, options.min_interval) {
        SyncMode::Skipped
    } else if user.watermark.is_none() || !is_recent(user.last_full_sync, options.full_sync_interval) {
        SyncMode::Full
    } else {
        SyncMode::Incremental
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        missing_entry::MissingEntry,
        user::{StoredLogin, UserId},
    };

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
            listing_gap: None,
            missing_entries: Vec::new(),
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
            // The clock was set back: neither the last sync nor the last full sync counts as recent.
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
        let no_min_interval = RunOptions { min_interval: Duration::ZERO, ..run_options() };
        assert_eq!(choose_mode(&user, &no_min_interval, time_at_minute(0)), SyncMode::Incremental);
    }

    #[test]
    fn missing_entries_make_the_run_full() {
        let missing = MissingEntry { mal_id: 5, title: None, message: "no".into() };
        let user = User { missing_entries: vec![missing], ..user_synced_at(Some(0), Some(0)) };
        assert_eq!(choose_mode(&user, &run_options(), time_at_minute(0)), SyncMode::Full);
    }

    #[test]
    fn sync_by_another_process_is_not_repeated() {
        let no_min_interval = RunOptions { min_interval: Duration::ZERO, ..run_options() };
        for (last_sync, last_full, synced_after, force_full, expected) in [
            (Some(5), Some(0), Some(4), false, SyncMode::Skipped),
            (Some(5), Some(0), Some(5), false, SyncMode::Incremental),
            (Some(5), Some(0), None, false, SyncMode::Incremental),
            (Some(5), Some(0), Some(4), true, SyncMode::Full),
            (Some(5), Some(5), Some(4), true, SyncMode::Skipped),
            (None, None, Some(4), true, SyncMode::Full),
        ] {
            let options =
                RunOptions { force_full, skip_if_synced_after: synced_after.map(time_at_minute), ..no_min_interval };
            let chosen = choose_mode(&user_synced_at(last_sync, last_full), &options, time_at_minute(6));
            assert_eq!(chosen, expected, "{last_sync:?} {last_full:?} {synced_after:?} {force_full}");
        }
    }
}
