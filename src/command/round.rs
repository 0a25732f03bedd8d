//! A round: every user once, told in their order, whatever the order in which they are synced. Pure; nothing here waits.
//!
//! The rule: what is over and cannot be told yet, since somebody before it is not over, is kept, and never more than a
//! window of it: memory is bounded, however long one user takes.

use std::collections::VecDeque;

use crate::domain::user::UserId;

/// How far the round goes beyond the first user who is not over.
pub(super) const WINDOW: usize = 1000;

/// Where a user is.
enum Place<T> {
    /// Nobody here has begun with him.
    Open,
    /// Somebody here has.
    Begun,
    /// That is over, and not told yet.
    Over(Box<T>),
}

/// The users of a round, and what came of them.
pub(super) struct Round<T> {
    /// Those who are not told yet, in order.
    users: VecDeque<(UserId, String, Place<T>)>,
}

impl<T> Round<T> {
    pub(super) fn new(users: Vec<(UserId, String)>) -> Self {
        Self { users: users.into_iter().map(|(user, name)| (user, name, Place::Open)).collect() }
    }

    /// The users that may be begun with now, in order.
    pub(super) fn open(&self) -> Vec<UserId> {
        let window = self.users.iter().take(WINDOW);
        window.filter(|(_, _, place)| matches!(place, Place::Open)).map(|(user, ..)| *user).collect()
    }

    /// Whether nobody is left to be begun with, now or later.
    pub(super) fn is_taken(&self) -> bool {
        !self.users.iter().any(|(_, _, place)| matches!(place, Place::Open))
    }

    /// Somebody begins with a user.
    pub(super) fn begin(&mut self, user: UserId) {
        self.put(user, Place::Begun);
    }

    /// A user is over, with this to be told of him.
    pub(super) fn over(&mut self, user: UserId, what: T) {
        self.put(user, Place::Over(Box::new(what)));
    }

    /// The name of a user who is not told yet.
    pub(super) fn name(&self, user: UserId) -> Option<&str> {
        self.users.iter().find(|(other, ..)| *other == user).map(|(_, name, _)| name.as_str())
    }

    /// What is to be told next: of the first user who is not told yet, once he is over.
    pub(super) fn next(&mut self) -> Option<T> {
        match self.users.pop_front()? {
            (_, _, Place::Over(what)) => Some(*what),
            early => {
                self.users.push_front(early);
                None
            }
        }
    }

    /// What is to be told of those who are over, where nobody goes on with the others.
    pub(super) fn rest(&mut self) -> Vec<T> {
        let over = self.users.drain(..).filter_map(|(_, _, place)| match place {
            Place::Over(what) => Some(*what),
            Place::Open | Place::Begun => None,
        });
        over.collect()
    }

    fn put(&mut self, user: UserId, place: Place<T>) {
        if let Some(row) = self.users.iter_mut().find(|(other, ..)| *other == user) {
            row.2 = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(users: i32) -> Round<i32> {
        Round::new((1..=users).map(|id| (UserId(id), format!("user {id}"))).collect())
    }

    fn told(round: &mut Round<i32>) -> Vec<i32> {
        std::iter::from_fn(|| round.next()).collect()
    }

    #[test]
    fn whoever_is_over_early_is_told_in_his_turn() {
        let mut round = round(4);
        for id in 1..=3 {
            round.begin(UserId(id));
        }
        assert_eq!(round.open(), [UserId(4)]);
        round.over(UserId(3), 3);
        round.over(UserId(2), 2);
        assert_eq!(told(&mut round), [0; 0]);
        round.over(UserId(1), 1);
        assert_eq!(told(&mut round), [1, 2, 3]);
        assert_eq!(round.name(UserId(4)), Some("user 4"));
        assert!(!round.is_taken());
        // Synced by another process: over without a beginning.
        round.over(UserId(4), 4);
        assert!(round.is_taken());
        assert_eq!(told(&mut round), [4]);
    }

    #[test]
    fn no_more_is_kept_than_a_window_however_long_the_first_one_takes() {
        let window = i32::try_from(WINDOW).unwrap();
        let mut round = round(3 * window);
        round.begin(UserId(1));
        for id in 2..=window {
            round.over(UserId(id), id);
        }
        assert!(round.open().is_empty() && !round.is_taken(), "the others wait for the first one");
        round.over(UserId(1), 1);
        assert_eq!(told(&mut round).len(), WINDOW);
        assert_eq!(round.open().len(), WINDOW);
    }

    #[test]
    fn where_it_ends_early_what_is_over_is_told_all_the_same() {
        let mut round = round(4);
        round.begin(UserId(1));
        round.over(UserId(2), 2);
        round.over(UserId(4), 4);
        assert_eq!(round.rest(), [2, 4]);
    }
}
