//! State between syncs on this machine: which users fail, and how often each failed.
//!
//! The database records every run, but not the syncs that failed before a run started. A failure is notified if the
//! user's last sync ended differently; a recovery is notified if the last sync failed. Pure code: no file I/O here.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ObservedOutcome;

/// A login that expires within this time and was not renewed is notified.
const EXPIRY_WARNING_WINDOW: TimeDelta = TimeDelta::days(7);

/// Notification states by database location.
pub type NotificationStates = BTreeMap<String, NotificationState>;

/// Notification state of one database's users. Serialized to the state file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotificationState {
    /// Failing users with their exit code.
    failing: BTreeMap<String, u8>,
    /// Number of failures by user and exit code.
    failures: BTreeMap<String, BTreeMap<u8, FailureCounts>>,
    /// Token expiry that was already notified, by user.
    #[serde(rename = "login_told")]
    notified_expirations: BTreeMap<String, DateTime<Utc>>,
}

/// Number of failures of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailureCounts {
    /// Failures during a run.
    pub runs: u64,
    /// Failures before a run started.
    pub refused: u64,
}

/// Changes since the last sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateChanges {
    /// Failures that are new or have another exit code than before.
    pub failed: Vec<ObservedOutcome>,
    /// Users whose last sync failed and who succeed now. Empty text: the command as a whole.
    pub recovered: Vec<String>,
}

impl StateChanges {
    /// Returns true if nothing changed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.failed.is_empty() && self.recovered.is_empty()
    }
}

impl NotificationState {
    /// Records the outcomes of a command's syncs. Returns what changed.
    pub fn record_outcomes(&mut self, outcomes: &[ObservedOutcome]) -> StateChanges {
        let mut changes = StateChanges::default();
        for outcome in outcomes.iter().filter(|outcome| outcome.is_reportable()) {
            if outcome.is_success() {
                changes.recovered.extend(self.failing.remove(&outcome.user).map(|_| outcome.user.clone()));
                continue;
            }
            let code = outcome.exit.code();
            let failures = self.failures.entry(outcome.user.clone()).or_default().entry(code).or_default();
            *(if outcome.has_run { &mut failures.runs } else { &mut failures.refused }) += 1;
            if self.failing.insert(outcome.user.clone(), code) != Some(code) {
                changes.failed.push(outcome.clone());
            }
        }
        // If a user was reached, an earlier failure of the command as a whole is over.
        if outcomes.iter().any(|outcome| outcome.is_reportable() && !outcome.user.is_empty())
            && self.failing.remove("").is_some()
        {
            changes.recovered.push(String::new());
        }
        changes
    }

    /// Returns those of `logins` that expire soon and were not notified yet, and remembers them as notified.
    pub fn take_expiring_logins(
        &mut self,
        logins: &[(String, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Vec<(String, DateTime<Utc>)> {
        let expires_soon = |expires_at: &DateTime<Utc>| *expires_at > now && *expires_at - now < EXPIRY_WARNING_WINDOW;
        let due = logins
            .iter()
            .filter(|(_, expires_at)| expires_soon(expires_at))
            .filter(|(user, expires_at)| self.notified_expirations.get(user) != Some(expires_at));
        let due: Vec<_> = due.cloned().collect();
        self.notified_expirations.extend(due.iter().cloned());
        due
    }

    /// Returns the number of failures by user and exit code.
    #[must_use]
    pub const fn failures(&self) -> &BTreeMap<String, BTreeMap<u8, FailureCounts>> {
        &self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    fn outcome(user: &str, exit: Exit) -> ObservedOutcome {
        ObservedOutcome { user: user.into(), exit, has_run: exit != Exit::Login, summary: String::new(), hint: None }
    }

    /// Returns the changes after each of these commands in turn: `-` user and exit code for a failure, `+` user for a
    /// recovery.
    fn notified_changes(commands: &[&[(&str, Exit)]]) -> Vec<String> {
        let mut state = NotificationState::default();
        let record = |commands: &&[(&str, Exit)]| {
            let changes =
                state.record_outcomes(&commands.iter().map(|(user, exit)| outcome(user, *exit)).collect::<Vec<_>>());
            let failed = changes.failed.iter().map(|outcome| format!("-{}{}", outcome.user, outcome.exit.code()));
            failed.chain(changes.recovered.iter().map(|user| format!("+{user}"))).collect::<Vec<_>>().join(" ")
        };
        commands.iter().map(record).collect()
    }

    #[test]
    fn failure_and_recovery_are_notified_once() {
        use Exit::{Busy, Database, Done, Interrupt, Login, Mal};
        for (commands, expected) in [
            (
                &[&[("a", Done)][..], &[("a", Login)], &[("a", Login)], &[("a", Done)], &[("a", Done)]][..],
                &["", "-a4", "", "+a", ""][..],
            ),
            (&[&[("a", Login)][..], &[("a", Mal)], &[("a", Mal)], &[("a", Login)]], &["-a4", "-a5", "", "-a4"]),
            (
                &[&[("a", Login), ("b", Done)][..], &[("a", Login), ("b", Mal)], &[("a", Done), ("b", Done)]],
                &["-a4", "-b5", "+a +b"],
            ),
            (&[&[("a", Login)][..], &[("a", Busy)], &[("a", Interrupt)], &[("a", Login)]], &["-a4", "", "", ""]),
            (&[&[("", Database)][..], &[("", Database)], &[("a", Done)], &[("a", Done)]], &["-6", "", "+", ""]),
            (&[&[("", Database)][..], &[("a", Busy)], &[("a", Login)]], &["-6", "", "-a4 +"]),
        ] {
            assert_eq!(notified_changes(commands), expected, "{commands:?}");
        }
    }

    #[test]
    fn every_failure_is_counted_even_if_not_notified() {
        let mut state = NotificationState::default();
        for exit in [Exit::Login, Exit::Login, Exit::Mal, Exit::Done, Exit::Busy] {
            state.record_outcomes(&[outcome("a", exit)]);
        }
        let failures = &state.failures()["a"];
        assert_eq!(failures.len(), 2);
        assert_eq!((failures[&4].refused, failures[&4].runs, failures[&5].runs), (2, 0, 1));
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<NotificationState>(&text).unwrap(), state);
    }

    #[test]
    fn login_expiring_within_seven_days_is_notified_once() {
        let now: DateTime<Utc> = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut state = NotificationState::default();
        let login_expiring_in = |days: i64| vec![("a".to_owned(), now + TimeDelta::days(days))];
        assert_eq!(state.take_expiring_logins(&login_expiring_in(8), now), []);
        assert_eq!(state.take_expiring_logins(&login_expiring_in(6), now), login_expiring_in(6));
        assert_eq!(state.take_expiring_logins(&login_expiring_in(6), now + TimeDelta::days(1)), []);
        assert_eq!(
            state.take_expiring_logins(&login_expiring_in(5), now),
            login_expiring_in(5),
            "a new login with its own expiry"
        );
        assert_eq!(
            state.take_expiring_logins(&login_expiring_in(-1), now),
            [],
            "an expired login is reported as a failure"
        );
    }
}
