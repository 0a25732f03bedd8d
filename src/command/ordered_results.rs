//! Results of `sync --all-users` in user order, whatever the order in which the users finish. Pure; nothing here waits.
//!
//! Invariant: a finished result is kept until all earlier users have finished. At most [`MAX_RESULTS_AHEAD`] users are
//! ahead of the first unfinished one, so memory stays bounded however long one user takes.

use std::collections::VecDeque;

use crate::domain::user::UserId;

/// Size of the window in which users may be started or finished, counted from the first unfinished user.
pub(super) const MAX_RESULTS_AHEAD: usize = 1000;

/// Progress of one user.
enum UserState<T> {
    /// Not started by this process.
    Waiting,
    /// Being synced by this process.
    Running,
    /// Finished; the result is not taken yet.
    Finished(Box<T>),
}

/// Users to sync, and the results of those that finished early.
pub(super) struct OrderedResults<T> {
    /// Users whose result is not taken yet, in order.
    pending: VecDeque<(UserId, String, UserState<T>)>,
}

impl<T> OrderedResults<T> {
    pub(super) fn new(users: Vec<(UserId, String)>) -> Self {
        Self { pending: users.into_iter().map(|(user, name)| (user, name, UserState::Waiting)).collect() }
    }

    /// Returns the users that may be started now, in order.
    pub(super) fn startable_users(&self) -> Vec<UserId> {
        let window = self.pending.iter().take(MAX_RESULTS_AHEAD);
        window.filter(|(_, _, state)| matches!(state, UserState::Waiting)).map(|(user, ..)| *user).collect()
    }

    /// Returns true if no user is left to start, now or later.
    pub(super) fn has_started_all(&self) -> bool {
        !self.pending.iter().any(|(_, _, state)| matches!(state, UserState::Waiting))
    }

    /// Marks a user as being synced.
    pub(super) fn mark_running(&mut self, user: UserId) {
        self.set_state(user, UserState::Running);
    }

    /// Stores the result of a finished user.
    pub(super) fn mark_finished(&mut self, user: UserId, result: T) {
        self.set_state(user, UserState::Finished(Box::new(result)));
    }

    /// Returns the name of a user. Returns `None` if the result was already taken.
    pub(super) fn username(&self, user: UserId) -> Option<&str> {
        self.pending.iter().find(|(other, ..)| *other == user).map(|(_, name, _)| name.as_str())
    }

    /// Takes the result of the first pending user. Returns `None` if that user has not finished.
    pub(super) fn take_next_result(&mut self) -> Option<T> {
        match self.pending.pop_front()? {
            (_, _, UserState::Finished(result)) => Some(*result),
            unfinished => {
                self.pending.push_front(unfinished);
                None
            }
        }
    }

    /// Takes all finished results, in order. For a command that ends before all users are synced.
    pub(super) fn take_finished_results(&mut self) -> Vec<T> {
        let finished = self.pending.drain(..).filter_map(|(_, _, state)| match state {
            UserState::Finished(result) => Some(*result),
            UserState::Waiting | UserState::Running => None,
        });
        finished.collect()
    }

    fn set_state(&mut self, user: UserId, state: UserState<T>) {
        if let Some(row) = self.pending.iter_mut().find(|(other, ..)| *other == user) {
            row.2 = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_results(users: i32) -> OrderedResults<i32> {
        OrderedResults::new((1..=users).map(|id| (UserId(id), format!("user {id}"))).collect())
    }

    fn take_ready_results(results: &mut OrderedResults<i32>) -> Vec<i32> {
        std::iter::from_fn(|| results.take_next_result()).collect()
    }

    #[test]
    fn early_result_is_returned_in_user_order() {
        let mut results = sample_results(4);
        for id in 1..=3 {
            results.mark_running(UserId(id));
        }
        assert_eq!(results.startable_users(), [UserId(4)]);
        results.mark_finished(UserId(3), 3);
        results.mark_finished(UserId(2), 2);
        assert_eq!(take_ready_results(&mut results), [0; 0]);
        results.mark_finished(UserId(1), 1);
        assert_eq!(take_ready_results(&mut results), [1, 2, 3]);
        assert_eq!(results.username(UserId(4)), Some("user 4"));
        assert!(!results.has_started_all());
        // Synced by another process: finished without having been started.
        results.mark_finished(UserId(4), 4);
        assert!(results.has_started_all());
        assert_eq!(take_ready_results(&mut results), [4]);
    }

    #[test]
    fn slow_first_user_limits_buffered_results() {
        let window = i32::try_from(MAX_RESULTS_AHEAD).unwrap();
        let mut results = sample_results(3 * window);
        results.mark_running(UserId(1));
        for id in 2..=window {
            results.mark_finished(UserId(id), id);
        }
        assert!(
            results.startable_users().is_empty() && !results.has_started_all(),
            "the others wait for the first one"
        );
        results.mark_finished(UserId(1), 1);
        assert_eq!(take_ready_results(&mut results).len(), MAX_RESULTS_AHEAD);
        assert_eq!(results.startable_users().len(), MAX_RESULTS_AHEAD);
    }

    #[test]
    fn early_end_returns_all_finished_results() {
        let mut results = sample_results(4);
        results.mark_running(UserId(1));
        results.mark_finished(UserId(2), 2);
        results.mark_finished(UserId(4), 4);
        assert_eq!(results.take_finished_results(), [2, 4]);
    }
}
