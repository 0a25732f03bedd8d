//! State between syncs on this machine: which users fail, and how often each failed.
//!
//! The database records every run, but not the syncs that failed before a run started.
//!
//! A target (webhook, command, printed output) is notified of what differs from the last state that it accepted. So
//! nothing is lost while a target is down, and it hears of no recovery without the failure. Pure code: no file I/O here.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ObservedOutcome;
use crate::exit::Exit;

/// A login that expires within this time and was not renewed is notified.
const EXPIRY_WARNING_WINDOW: TimeDelta = TimeDelta::days(7);

/// Notification states by database location.
pub type NotificationStates = BTreeMap<String, NotificationState>;

/// A target of notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationTarget {
    /// `MALSYNC_WEBHOOK_URL`.
    Webhook,
    /// `MALSYNC_NOTIFY_COMMAND`.
    Command,
    /// What `sync --tell-once` prints, for cron mail.
    Output,
}

/// The exit code that a target knows of a user whose login failed and was renewed since: another failure is news.
const RENEWED_LOGIN: u8 = 0;

/// The state that a target knows of, because it accepted the notifications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AcceptedState {
    /// Failing users with their exit code.
    failing: BTreeMap<String, u8>,
    /// Token expiry by user.
    expirations: BTreeMap<String, DateTime<Utc>>,
}

/// Why a user's syncs fail, for a notification that is sent later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct FailureReason {
    summary: String,
    hint: Option<String>,
    has_run: bool,
}

/// A failing sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedSync {
    /// The user. Empty if the command reached no user.
    pub user: String,
    /// The exit code.
    pub exit_code: u8,
    /// Why it failed, in one line.
    pub summary: String,
    /// The hint for the user.
    pub hint: Option<String>,
    /// True if a run had started.
    pub has_run: bool,
}

/// Notification state of one database's users. Serialized to the state file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotificationState {
    /// Failing users with their exit code.
    failing: BTreeMap<String, u8>,
    /// Number of failures by user and exit code.
    failures: BTreeMap<String, BTreeMap<u8, FailureCounts>>,
    /// Token expiry that an earlier version notified, by user.
    #[serde(rename = "login_told", skip_serializing_if = "BTreeMap::is_empty")]
    notified_expirations: BTreeMap<String, DateTime<Utc>>,
    /// Why the users in `failing` fail.
    reasons: BTreeMap<String, FailureReason>,
    /// What each target accepted. A target that is missing, in a file of an earlier version, accepted what that notified.
    accepted: BTreeMap<NotificationTarget, AcceptedState>,
}

/// Number of failures of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailureCounts {
    /// Failures during a run.
    pub runs: u64,
    /// Failures before a run started.
    #[serde(rename = "refused")]
    pub not_started: u64,
}

/// What a target does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateChanges {
    /// Failures that are new or have another exit code than before.
    pub failed: Vec<FailedSync>,
    /// Users whose syncs failed and who succeed now. Empty text: the command as a whole.
    pub recovered: Vec<String>,
}

impl NotificationState {
    /// Records the outcomes of a command's syncs.
    pub fn record_outcomes(&mut self, outcomes: &[ObservedOutcome]) {
        for target in [NotificationTarget::Webhook, NotificationTarget::Command, NotificationTarget::Output] {
            self.accepted.entry(target).or_insert_with(|| AcceptedState {
                failing: self.failing.clone(),
                expirations: self.notified_expirations.clone(),
            });
        }
        for outcome in outcomes.iter().filter(|outcome| outcome.is_reportable()) {
            if outcome.is_success() {
                self.failing.remove(&outcome.user);
                self.reasons.remove(&outcome.user);
                continue;
            }
            let code = outcome.exit.code();
            let failures = self.failures.entry(outcome.user.clone()).or_default().entry(code).or_default();
            *(if outcome.has_run { &mut failures.runs } else { &mut failures.not_started }) += 1;
            let summary = outcome.summary.lines().next().unwrap_or_default().to_owned();
            let reason = FailureReason { summary, hint: outcome.hint.clone(), has_run: outcome.has_run };
            self.reasons.insert(outcome.user.clone(), reason);
            self.failing.insert(outcome.user.clone(), code);
        }
        // If a user was reached, an earlier failure of the command as a whole is over.
        if outcomes.iter().any(|outcome| outcome.is_reportable() && !outcome.user.is_empty()) {
            self.failing.remove("");
            self.reasons.remove("");
        }
    }

    fn failed_sync(&self, user: &str, exit_code: u8) -> FailedSync {
        let FailureReason { summary, hint, has_run } = self.reasons.get(user).cloned().unwrap_or_default();
        FailedSync { user: user.to_owned(), exit_code, summary, hint, has_run }
    }

    /// Returns how the user's last sync failed, if it did, or the last command that reached no user.
    #[must_use]
    pub fn failing_sync(&self, user: &str) -> Option<FailedSync> {
        [user, ""].into_iter().find_map(|user| Some(self.failed_sync(user, *self.failing.get(user)?)))
    }

    /// Records that the user logged in: if the login fails again, that is news.
    pub fn record_login(&mut self, user: &str) {
        for accepted in self.accepted.values_mut() {
            if let Some(code) = accepted.failing.get_mut(user).filter(|code| **code == Exit::Login.code()) {
                *code = RENEWED_LOGIN;
            }
        }
    }

    /// Returns what the target does not know yet: failures, recoveries, and those of `logins` that expire soon.
    #[must_use]
    pub fn pending_notices(
        &self,
        target: NotificationTarget,
        logins: &[(String, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> (StateChanges, Vec<(String, DateTime<Utc>)>) {
        let none = AcceptedState::default();
        let accepted = self.accepted.get(&target).unwrap_or(&none);
        let is_news = |(user, code): &(&String, &u8)| accepted.failing.get(*user) != Some(*code);
        let failed = self.failing.iter().filter(is_news).map(|(user, code)| self.failed_sync(user, *code)).collect();
        let recovered = accepted.failing.keys().filter(|user| !self.failing.contains_key(*user)).cloned().collect();
        let is_due = |(user, expires_at): &&(String, DateTime<Utc>)| {
            expires_soon(*expires_at, now) && accepted.expirations.get(user) != Some(expires_at)
        };
        (StateChanges { failed, recovered }, logins.iter().filter(is_due).cloned().collect())
    }

    /// Notes that the target accepted these notices.
    pub fn record_accepted(
        &mut self,
        target: NotificationTarget,
        changes: &StateChanges,
        logins: &[(String, DateTime<Utc>)],
    ) {
        let accepted = self.accepted.entry(target).or_default();
        accepted.failing.extend(changes.failed.iter().map(|failed| (failed.user.clone(), failed.exit_code)));
        accepted.failing.retain(|user, _| !changes.recovered.contains(user));
        accepted.expirations.extend(logins.iter().cloned());
    }

    /// Returns the number of failures by user and exit code.
    #[must_use]
    pub const fn failures(&self) -> &BTreeMap<String, BTreeMap<u8, FailureCounts>> {
        &self.failures
    }
}

fn expires_soon(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    expires_at > now && expires_at - now < EXPIRY_WARNING_WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(user: &str, exit: Exit) -> ObservedOutcome {
        ObservedOutcome { user: user.into(), exit, has_run: exit != Exit::Login, summary: String::new(), hint: None }
    }

    /// Returns what a target that accepts everything is sent after each of these commands in turn: `-` user and exit code
    /// for a failure, `+` user for a recovery.
    fn notified_changes(commands: &[&[(&str, Exit)]]) -> Vec<String> {
        let mut state = NotificationState::default();
        let record = |commands: &&[(&str, Exit)]| {
            state.record_outcomes(&commands.iter().map(|(user, exit)| outcome(user, *exit)).collect::<Vec<_>>());
            let (changes, _) = state.pending_notices(NotificationTarget::Output, &[], DateTime::UNIX_EPOCH);
            state.record_accepted(NotificationTarget::Output, &changes, &[]);
            let failed = changes.failed.iter().map(|outcome| format!("-{}{}", outcome.user, outcome.exit_code));
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

    /// Returns what the target is sent after a sync of `a` that ended so. It accepts if `is_up`.
    fn notify_target(state: &mut NotificationState, exit: Exit, is_up: bool) -> String {
        state.record_outcomes(&[outcome("a", exit)]);
        let now = DateTime::UNIX_EPOCH;
        let (changes, logins) = state.pending_notices(NotificationTarget::Webhook, &[], now);
        if is_up {
            state.record_accepted(NotificationTarget::Webhook, &changes, &logins);
        }
        let failed = changes.failed.iter().map(|failed| format!("-{}", failed.exit_code));
        failed.chain(changes.recovered.iter().map(|_| "+".to_owned())).collect()
    }

    #[test]
    fn target_that_was_down_hears_what_still_holds() {
        use Exit::{Done, Login, Mal};
        for (syncs, expected) in [
            (&[(Login, false), (Login, false), (Login, false), (Login, true), (Login, true)][..], "-4 -4 -4 -4 "),
            (&[(Login, false), (Done, true), (Done, true)], "-4  "),
            (&[(Login, true), (Done, false), (Done, true), (Done, true)], "-4 + + "),
            (&[(Login, true), (Mal, false), (Login, true), (Mal, true)], "-4 -5  -5"),
            (&[(Login, true), (Done, false), (Login, true), (Done, true)], "-4 +  +"),
        ] {
            let mut state = NotificationState::default();
            let sent: Vec<_> = syncs.iter().map(|(exit, is_up)| notify_target(&mut state, *exit, *is_up)).collect();
            assert_eq!(sent.join(" "), expected, "{syncs:?}");
            let stored = serde_json::to_string(&state).unwrap();
            assert_eq!(serde_json::from_str::<NotificationState>(&stored).unwrap(), state);
        }
    }

    #[test]
    fn each_target_has_its_own_state() {
        let mut state = NotificationState::default();
        assert_eq!(notify_target(&mut state, Exit::Login, true), "-4");
        let (pending, _) = state.pending_notices(NotificationTarget::Command, &[], DateTime::UNIX_EPOCH);
        assert_eq!(pending.failed.len(), 1, "the command did not accept it");
        let login = [("a".to_owned(), DateTime::UNIX_EPOCH + TimeDelta::days(3))];
        for (target, expected) in [(NotificationTarget::Webhook, 0), (NotificationTarget::Command, 1)] {
            state.record_accepted(NotificationTarget::Webhook, &StateChanges::default(), &login);
            assert_eq!(state.pending_notices(target, &login, DateTime::UNIX_EPOCH).1.len(), expected, "{target:?}");
        }
    }

    #[test]
    fn state_of_an_earlier_version_counts_as_notified() {
        let earlier = r#"{"failing":{"a":4},"failures":{},"login_told":{}}"#;
        let mut state: NotificationState = serde_json::from_str(earlier).unwrap();
        assert_eq!(notify_target(&mut state, Exit::Login, true), "");
        assert_eq!(notify_target(&mut state, Exit::Done, true), "+");
    }

    #[test]
    fn every_failure_is_counted_even_if_not_notified() {
        let mut state = NotificationState::default();
        for exit in [Exit::Login, Exit::Login, Exit::Mal, Exit::Done, Exit::Busy] {
            state.record_outcomes(&[outcome("a", exit)]);
        }
        let failures = &state.failures()["a"];
        assert_eq!(failures.len(), 2);
        assert_eq!((failures[&4].not_started, failures[&4].runs, failures[&5].runs), (2, 0, 1));
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<NotificationState>(&text).unwrap(), state);
    }

    #[test]
    fn login_expiring_within_seven_days_is_notified_once() {
        let now: DateTime<Utc> = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut state = NotificationState::default();
        let login_expiring_in = |days: i64| vec![("a".to_owned(), now + TimeDelta::days(days))];
        let mut notify = |logins: Vec<(String, DateTime<Utc>)>, now| {
            let (changes, due) = state.pending_notices(NotificationTarget::Output, &logins, now);
            state.record_accepted(NotificationTarget::Output, &changes, &due);
            due
        };
        assert_eq!(notify(login_expiring_in(8), now), []);
        assert_eq!(notify(login_expiring_in(6), now), login_expiring_in(6));
        assert_eq!(notify(login_expiring_in(6), now + TimeDelta::days(1)), []);
        assert_eq!(notify(login_expiring_in(5), now), login_expiring_in(5), "a new login with its own expiry");
        assert_eq!(notify(login_expiring_in(-1), now), [], "an expired login is reported as a failure");
    }

    #[test]
    fn failure_after_a_new_login_is_news_and_only_known_to_who_accepted_it() {
        let mut state = NotificationState::default();
        assert_eq!(notify_target(&mut state, Exit::Login, true), "-4");
        assert_eq!(state.failing_sync("a").map(|failed| failed.exit_code), Some(4));
        let output = state.pending_notices(NotificationTarget::Output, &[], DateTime::UNIX_EPOCH).0;
        assert_eq!(output.failed.len(), 1, "nothing was printed yet");
        state.record_login("a");
        assert_eq!(notify_target(&mut state, Exit::Login, true), "-4");
        state.record_login("a");
        assert_eq!(notify_target(&mut state, Exit::Done, true), "+");
        assert_eq!(state.failing_sync("a"), None);
    }
}
