//! What is remembered of the syncs on this machine: who fails, and how often somebody did.
//!
//! The database knows every run; it does not know the syncs that were refused before one began. The rule: a failure is news
//! where the last sync of the same user ended otherwise, and a recovery where it failed. Nothing here reads or writes a file.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::End;

/// How long before its end a login that was not renewed is told of.
const SOON: TimeDelta = TimeDelta::days(7);

/// The memories of each database, by where it is.
pub type Books = BTreeMap<String, Memory>;

/// What is remembered of one database's users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Who fails, and with which exit code.
    failing: BTreeMap<String, u8>,
    /// How often each user's sync failed, by exit code.
    failures: BTreeMap<String, BTreeMap<u8, Failures>>,
    /// The end of a login that was told of.
    login_told: BTreeMap<String, DateTime<Utc>>,
}

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failures {
    /// In the course of a run.
    pub runs: u64,
    /// Before a run began.
    pub refused: u64,
}

/// What is different from the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Ends that are failures of another kind than before.
    pub failed: Vec<End>,
    /// Users who failed, and do no longer.
    pub recovered: Vec<String>,
}

impl News {
    /// Whether everything is as it was.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.failed.is_empty() && self.recovered.is_empty()
    }
}

impl Memory {
    /// Takes in how a command's syncs ended.
    pub fn note(&mut self, ends: &[End]) -> News {
        let mut news = News::default();
        for end in ends.iter().filter(|end| end.counts()) {
            if end.is_good() {
                news.recovered.extend(self.failing.remove(&end.user).map(|_| end.user.clone()));
                continue;
            }
            let code = end.exit.code();
            let failures = self.failures.entry(end.user.clone()).or_default().entry(code).or_default();
            *(if end.begun { &mut failures.runs } else { &mut failures.refused }) += 1;
            if self.failing.insert(end.user.clone(), code) != Some(code) {
                news.failed.push(end.clone());
            }
        }
        // Where users are reached again, nothing is left that failed before there was one.
        if ends.iter().any(|end| end.counts() && !end.user.is_empty()) && self.failing.remove("").is_some() {
            news.recovered.push(String::new());
        }
        news
    }

    /// Of these users and their logins' ends, those that are told of now.
    pub fn logins(&mut self, logins: &[(String, DateTime<Utc>)], now: DateTime<Utc>) -> Vec<(String, DateTime<Utc>)> {
        let soon = |end: &DateTime<Utc>| *end > now && *end - now < SOON;
        let told =
            logins.iter().filter(|(_, end)| soon(end)).filter(|(user, end)| self.login_told.get(user) != Some(end));
        let told: Vec<_> = told.cloned().collect();
        self.login_told.extend(told.iter().cloned());
        told
    }

    /// How often each user's sync failed, by exit code.
    #[must_use]
    pub const fn failures(&self) -> &BTreeMap<String, BTreeMap<u8, Failures>> {
        &self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    fn end(user: &str, exit: Exit) -> End {
        End { user: user.into(), exit, begun: exit != Exit::Login, told: String::new(), hint: None }
    }

    /// What is told after each of these, one after the other.
    fn told(ends: &[&[(&str, Exit)]]) -> Vec<String> {
        let mut memory = Memory::default();
        let tell = |ends: &&[(&str, Exit)]| {
            let news = memory.note(&ends.iter().map(|(user, exit)| end(user, *exit)).collect::<Vec<_>>());
            let failed = news.failed.iter().map(|end| format!("-{}{}", end.user, end.exit.code()));
            failed.chain(news.recovered.iter().map(|user| format!("+{user}"))).collect::<Vec<_>>().join(" ")
        };
        ends.iter().map(tell).collect()
    }

    #[test]
    fn a_failure_is_told_once_and_so_is_its_end() {
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
            assert_eq!(told(ends), expected, "{ends:?}");
        }
    }

    #[test]
    fn every_failure_is_counted_told_or_not() {
        let mut memory = Memory::default();
        for exit in [Exit::Login, Exit::Login, Exit::Mal, Exit::Done, Exit::Busy] {
            memory.note(&[end("a", exit)]);
        }
        let failures = &memory.failures()["a"];
        assert_eq!(failures.len(), 2);
        assert_eq!((failures[&4].refused, failures[&4].runs, failures[&5].runs), (2, 0, 1));
        let text = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    }

    #[test]
    fn a_login_that_ends_within_seven_days_is_told_of_once() {
        let now: DateTime<Utc> = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut memory = Memory::default();
        let at = |days: i64| vec![("a".to_owned(), now + TimeDelta::days(days))];
        assert_eq!(memory.logins(&at(8), now), []);
        assert_eq!(memory.logins(&at(6), now), at(6));
        assert_eq!(memory.logins(&at(6), now + TimeDelta::days(1)), []);
        assert_eq!(memory.logins(&at(5), now), at(5), "another login");
        assert_eq!(memory.logins(&at(-1), now), [], "that is a failure of its own");
    }
}
