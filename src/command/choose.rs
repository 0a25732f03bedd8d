//! Which user a command is about.
//!
//! `--user` names one. Left out: the only one with a MAL login; with several, the one last logged in, or, where that is not
//! known, the one whose token lives longest. Where nobody is logged in, whoever was or has a list: logging out keeps both.

use std::cmp::Reverse;

use crate::{
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
};

/// The user, and whether it had to be picked from several (then the command says whom it took).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'a> {
    pub(crate) user: &'a User,
    pub(crate) picked: bool,
}

/// Chooses; `database` is what was looked in, for the message.
///
/// # Errors
/// Exit code 4 where there is no such user, or none at all.
pub(crate) fn choose<'a>(users: &'a [User], asked: Option<&UserRef>, database: &str) -> Result<Choice<'a>, Failure> {
    match asked {
        Some(asked) => named(users, asked)
            .map(|user| Choice { user, picked: false })
            .ok_or_else(|| nobody(&format!("there is no user {asked} in {database}"), &asked_login(asked))),
        None => preferred(users)
            .ok_or_else(|| nobody(&format!("not logged in: there is no user in {database} yet"), "malsync login")),
    }
}

/// The user that is named.
pub(crate) fn named<'a>(users: &'a [User], asked: &UserRef) -> Option<&'a User> {
    users.iter().find(|user| match asked {
        UserRef::Name(name) => user.username == *name,
        UserRef::Id(id) => user.id == *id,
    })
}

fn preferred(users: &[User]) -> Option<Choice<'_>> {
    let rank = |user: &&User| {
        let login = &user.login;
        (login.exists(), login.login_at, login.expires_at, user.last_mal_sync, Reverse(user.id))
    };
    let user = users.iter().max_by_key(rank)?;
    let rivals = users.iter().filter(|other| other.login.exists() == user.login.exists()).count();
    Some(Choice { user, picked: rivals > 1 })
}

fn asked_login(asked: &UserRef) -> String {
    match asked {
        UserRef::Name(_) => format!("malsync login {}", asked.typed()),
        UserRef::Id(_) => "malsync login".to_owned(),
    }
}

fn nobody(what: &str, login: &str) -> Failure {
    Failure::text(Exit::Login, what)
        .hint(format!("log in with: {login}; if the list is in another database, set DATABASE_URL"))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::{
        domain::user::{Login, UserId},
        secret::Secret,
    };

    fn at(day: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(1_800_000_000 + day * 86_400, 0)
    }

    fn user(id: i32, name: &str, login: Option<(Option<i64>, i64)>) -> User {
        let login = login.map(|(login_at, expires)| Login {
            access: Some(Secret::new("token")),
            expires_at: at(expires),
            login_at: login_at.and_then(at),
            ..Login::default()
        });
        User {
            id: UserId(id),
            username: name.into(),
            email: None,
            mal_user_id: None,
            login: login.unwrap_or_default(),
            last_mal_sync: None,
            watermark: None,
            drift: None,
            last_full_sync: None,
        }
    }

    fn chosen(users: &[User]) -> (&str, bool) {
        let choice = choose(users, None, "db").unwrap();
        (&choice.user.username, choice.picked)
    }

    #[test]
    fn the_only_login_is_taken_without_a_word() {
        assert_eq!(chosen(&[user(1, "a", None), user(2, "b", Some((None, 1))), user(3, "c", None)]), ("b", false));
    }

    #[test]
    fn among_several_the_last_login_wins_then_the_longest_token() {
        let (old, new) = (user(1, "old", Some((Some(1), 40))), user(2, "new", Some((Some(2), 30))));
        assert_eq!(chosen(&[old.clone(), new]), ("new", true));
        let (short, long) = (user(3, "short", Some((None, 50))), user(4, "long", Some((None, 60))));
        assert_eq!(chosen(&[short.clone(), long]), ("long", true));
        assert_eq!(chosen(&[old, short]), ("old", true), "a known login time goes before an unknown one");
    }

    #[test]
    fn where_nobody_is_logged_in_a_list_can_still_be_looked_at() {
        assert_eq!(chosen(&[user(1, "a", None)]), ("a", false));
        assert_eq!(chosen(&[user(2, "b", None), user(1, "a", None)]), ("a", true));
    }

    #[test]
    fn a_name_or_an_id_is_exact() {
        let users = [user(1, "a", None), user(2, "id:1", None)];
        let by = |asked: UserRef| choose(&users, Some(&asked), "db").map(|choice| choice.user.id.0);
        assert_eq!(by(UserRef::Name("a".into())).unwrap(), 1);
        assert_eq!(by(UserRef::Id(UserId(2))).unwrap(), 2);
        let failure = by(UserRef::Name("nobody".into())).unwrap_err();
        assert_eq!((failure.exit, failure.message()), (Exit::Login, "there is no user nobody in db".to_owned()));
        assert_eq!(choose(&[], None, "db").unwrap_err().exit, Exit::Login);
    }
}
