//! What is remembered of the syncs on this machine: who fails, and how often somebody did.
//!
//! The database knows every run; it does not know the syncs that were refused before one began. The rule: a failure is news
//! where the last sync of the same user ended otherwise, and a recovery where it failed. Nothing here reads or writes a file.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ObservedOutcome;

/// How long before its end a login that was not renewed is told of.
const EXPIRY_WARNING_WINDOW: TimeDelta = TimeDelta::days(7);

/// The memories of each database, by where it is.
pub type NotificationStates = BTreeMap<String, NotificationState>;

/// What is remembered of one database's users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotificationState {
    /// Who fails, and with which exit code.
    failing: BTreeMap<String, u8>,
    /// How often each user's sync failed, by exit code.
    failures: BTreeMap<String, BTreeMap<u8, FailureCounts>>,
    /// The end of a login that was told of.
    #[serde(rename = "login_told")]
    notified_expirations: BTreeMap<String, DateTime<Utc>>,
}

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailureCounts {
    /// In the course of a run.
    pub runs: u64,
    /// Before a run began.
    pub refused: u64,
}

/// What is different from the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateChanges {
    /// Ends that are failures of another kind than before.
    pub failed: Vec<ObservedOutcome>,
    /// Users who failed, and do no longer.
    pub recovered: Vec<String>,
}

impl StateChanges {
    /// Whether everything is as it was.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.failed.is_empty() && self.recovered.is_empty()
    }
}

impl NotificationState {
    /// Takes in how a command's syncs ended.
    pub fn record_outcomes(&mut self, ends: &[ObservedOutcome]) -> StateChanges {
        let mut news = StateChanges::default();
        for end in ends.iter().filter(|end| end.is_reportable()) {
            if end.is_success() {
                news.recovered.extend(self.failing.remove(&end.user).map(|_| end.user.clone()));
                continue;
            }
            let code = end.exit.code();
            let failures = self.failures.entry(end.user.clone()).or_default().entry(code).or_default();
            *(if end.has_run { &mut failures.runs } else { &mut failures.refused }) += 1;
            if self.failing.insert(end.user.clone(), code) != Some(code) {
                news.failed.push(end.clone());
            }
        }
        // Where users are reached again, nothing is left that failed before there was one.
        if ends.iter().any(|end| end.is_reportable() && !end.user.is_empty()) && self.failing.remove("").is_some() {
            news.recovered.push(String::new());
        }
        news
    }

    /// Of these users and their logins' ends, those that are told of now.
    pub fn take_expiring_logins(
        &mut self,
        logins: &[(String, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Vec<(String, DateTime<Utc>)> {
        let soon = |end: &DateTime<Utc>| *end > now && *end - now < EXPIRY_WARNING_WINDOW;
        let told = logins
            .iter()
            .filter(|(_, end)| soon(end))
            .filter(|(user, end)| self.notified_expirations.get(user) != Some(end));
        let told: Vec<_> = told.cloned().collect();
        self.notified_expirations.extend(told.iter().cloned());
        told
    }

    /// How often each user's sync failed, by exit code.
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

    /// What is told after each of these, one after the other.
    fn notified_changes(ends: &[&[(&str, Exit)]]) -> Vec<String> {
        let mut memory = NotificationState::default();
        let tell = |ends: &&[(&str, Exit)]| {
            let news =
                memory.record_outcomes(&ends.iter().map(|(user, exit)| outcome(user, *exit)).collect::<Vec<_>>());
            let failed = news.failed.iter().map(|end| format!("-{}{}", end.user, end.exit.code()));
            failed.chain(news.recovered.iter().map(|user| format!("+{user}"))).collect::<Vec<_>>().join(" ")
        };
        ends.iter().map(tell).collect()
    }

    #[test]
    fn failure_and_recovery_are_notified_once() {
        use Exit::{Busy, Database, Done, Interrupt, Login, Mal};
        for (ends, expected) in [
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
            assert_eq!(notified_changes(ends), expected, "{ends:?}");
        }
    }

    #[test]
    fn every_failure_is_counted_even_if_not_notified() {
        let mut memory = NotificationState::default();
        for exit in [Exit::Login, Exit::Login, Exit::Mal, Exit::Done, Exit::Busy] {
            memory.record_outcomes(&[outcome("a", exit)]);
        }
        let failures = &memory.failures()["a"];
        assert_eq!(failures.len(), 2);
        assert_eq!((failures[&4].refused, failures[&4].runs, failures[&5].runs), (2, 0, 1));
        let text = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<NotificationState>(&text).unwrap(), memory);
    }

    #[test]
    fn login_expiring_within_seven_days_is_notified_once() {
        let now: DateTime<Utc> = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut memory = NotificationState::default();
        let at = |days: i64| vec![("a".to_owned(), now + TimeDelta::days(days))];
        assert_eq!(memory.take_expiring_logins(&at(8), now), []);
        assert_eq!(memory.take_expiring_logins(&at(6), now), at(6));
        assert_eq!(memory.take_expiring_logins(&at(6), now + TimeDelta::days(1)), []);
        assert_eq!(memory.take_expiring_logins(&at(5), now), at(5), "another login");
        assert_eq!(memory.take_expiring_logins(&at(-1), now), [], "that is a failure of its own");
    }
}
