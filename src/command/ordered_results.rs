//! A round: every user once, told in their order, whatever the order in which they are synced. Pure; nothing here waits.
//!
//! The rule: what is over and cannot be told yet, since somebody before it is not over, is kept, and never more than a
//! window of it: memory is bounded, however long one user takes.

use std::collections::VecDeque;

use crate::domain::user::UserId;

/// How far the round goes beyond the first user who is not over.
pub(super) const MAX_RESULTS_AHEAD: usize = 1000;

/// Where a user is.
enum UserState<T> {
    /// Nobody here has begun with him.
    Waiting,
    /// Somebody here has.
    Running,
    /// That is over, and not told yet.
    Finished(Box<T>),
}

/// The users of a round, and what came of them.
pub(super) struct OrderedResults<T> {
    /// Those who are not told yet, in order.
    pending: VecDeque<(UserId, String, UserState<T>)>,
}

impl<T> OrderedResults<T> {
    pub(super) fn new(users: Vec<(UserId, String)>) -> Self {
        Self { pending: users.into_iter().map(|(user, name)| (user, name, UserState::Waiting)).collect() }
    }

    /// The users that may be begun with now, in order.
    pub(super) fn startable_users(&self) -> Vec<UserId> {
        let window = self.pending.iter().take(MAX_RESULTS_AHEAD);
        window.filter(|(_, _, place)| matches!(place, UserState::Waiting)).map(|(user, ..)| *user).collect()
    }

    /// Whether nobody is left to be begun with, now or later.
    pub(super) fn has_started_all(&self) -> bool {
        !self.pending.iter().any(|(_, _, place)| matches!(place, UserState::Waiting))
    }

    /// Somebody begins with a user.
    pub(super) fn mark_running(&mut self, user: UserId) {
        self.set_state(user, UserState::Running);
    }

    /// A user is over, with this to be told of him.
    pub(super) fn mark_finished(&mut self, user: UserId, what: T) {
        self.set_state(user, UserState::Finished(Box::new(what)));
    }

    /// The name of a user who is not told yet.
    pub(super) fn username(&self, user: UserId) -> Option<&str> {
        self.pending.iter().find(|(other, ..)| *other == user).map(|(_, name, _)| name.as_str())
    }

    /// What is to be told next: of the first user who is not told yet, once he is over.
    pub(super) fn take_next_result(&mut self) -> Option<T> {
        match self.pending.pop_front()? {
            (_, _, UserState::Finished(what)) => Some(*what),
            early => {
                self.pending.push_front(early);
                None
            }
        }
    }

    /// What is to be told of those who are over, where nobody goes on with the others.
    pub(super) fn take_finished_results(&mut self) -> Vec<T> {
        let over = self.pending.drain(..).filter_map(|(_, _, place)| match place {
            UserState::Finished(what) => Some(*what),
            UserState::Waiting | UserState::Running => None,
        });
        over.collect()
    }

    fn set_state(&mut self, user: UserId, place: UserState<T>) {
        if let Some(row) = self.pending.iter_mut().find(|(other, ..)| *other == user) {
            row.2 = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_results(users: i32) -> OrderedResults<i32> {
        OrderedResults::new((1..=users).map(|id| (UserId(id), format!("user {id}"))).collect())
    }

    fn take_ready_results(round: &mut OrderedResults<i32>) -> Vec<i32> {
        std::iter::from_fn(|| round.take_next_result()).collect()
    }

    #[test]
    fn early_result_is_returned_in_user_order() {
        let mut round = sample_results(4);
        for id in 1..=3 {
            round.mark_running(UserId(id));
        }
        assert_eq!(round.startable_users(), [UserId(4)]);
        round.mark_finished(UserId(3), 3);
        round.mark_finished(UserId(2), 2);
        assert_eq!(take_ready_results(&mut round), [0; 0]);
        round.mark_finished(UserId(1), 1);
        assert_eq!(take_ready_results(&mut round), [1, 2, 3]);
        assert_eq!(round.username(UserId(4)), Some("user 4"));
        assert!(!round.has_started_all());
        // Synced by another process: over without a beginning.
        round.mark_finished(UserId(4), 4);
        assert!(round.has_started_all());
        assert_eq!(take_ready_results(&mut round), [4]);
    }

    #[test]
    fn slow_first_user_limits_buffered_results() {
        let window = i32::try_from(MAX_RESULTS_AHEAD).unwrap();
        let mut round = sample_results(3 * window);
        round.mark_running(UserId(1));
        for id in 2..=window {
            round.mark_finished(UserId(id), id);
        }
        assert!(round.startable_users().is_empty() && !round.has_started_all(), "the others wait for the first one");
        round.mark_finished(UserId(1), 1);
        assert_eq!(take_ready_results(&mut round).len(), MAX_RESULTS_AHEAD);
        assert_eq!(round.startable_users().len(), MAX_RESULTS_AHEAD);
    }

    #[test]
    fn early_end_returns_all_finished_results() {
        let mut round = sample_results(4);
        round.mark_running(UserId(1));
        round.mark_finished(UserId(2), 2);
        round.mark_finished(UserId(4), 4);
        assert_eq!(round.take_finished_results(), [2, 4]);
    }
}
