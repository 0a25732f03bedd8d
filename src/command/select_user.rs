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
pub(crate) struct UserChoice<'a> {
    pub(crate) user: &'a User,
    pub(crate) is_ambiguous: bool,
}

/// Chooses; `database` is what was looked in, for the message.
///
/// # Errors
/// Exit code 4 where there is no such user, or none at all.
pub(crate) fn select_user<'a>(
    users: &'a [User],
    asked: Option<&UserRef>,
    database: &str,
) -> Result<UserChoice<'a>, Failure> {
    match asked {
        Some(asked) => find_user(users, asked)
            .map(|user| UserChoice { user, is_ambiguous: false })
            .ok_or_else(|| no_user_failure(&format!("there is no user {asked} in {database}"), &login_command(asked))),
        None => default_user(users).ok_or_else(|| {
            no_user_failure(&format!("not logged in: there is no user in {database} yet"), "malsync login")
        }),
    }
}

/// The user that is named.
pub(crate) fn find_user<'a>(users: &'a [User], asked: &UserRef) -> Option<&'a User> {
    users.iter().find(|user| match asked {
        UserRef::Name(name) => user.username == *name,
        UserRef::Id(id) => user.id == *id,
    })
}

fn default_user(users: &[User]) -> Option<UserChoice<'_>> {
    let rank = |user: &&User| {
        let login = &user.login;
        (login.is_present(), login.login_at, login.expires_at, user.last_mal_sync, Reverse(user.id))
    };
    let user = users.iter().max_by_key(rank)?;
    let rivals = users.iter().filter(|other| other.login.is_present() == user.login.is_present()).count();
    Some(UserChoice { user, is_ambiguous: rivals > 1 })
}

fn login_command(asked: &UserRef) -> String {
    match asked {
        UserRef::Name(_) => format!("malsync login {}", asked.as_cli_arg()),
        UserRef::Id(_) => "malsync login".to_owned(),
    }
}

fn no_user_failure(what: &str, login: &str) -> Failure {
    Failure::from_text(Exit::Login, what)
        .with_hint(format!("log in with: {login}; if the list is in another database, set DATABASE_URL"))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::{
        domain::user::{StoredLogin, UserId},
        secret::Secret,
    };

    fn time_at_day(day: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(1_800_000_000 + day * 86_400, 0)
    }

    fn sample_user(id: i32, name: &str, login: Option<(Option<i64>, i64)>) -> User {
        let login = login.map(|(login_at, expires)| StoredLogin {
            access_token: Some(Secret::new("token")),
            expires_at: time_at_day(expires),
            login_at: login_at.and_then(time_at_day),
            ..StoredLogin::default()
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

    fn default_choice(users: &[User]) -> (&str, bool) {
        let choice = select_user(users, None, "db").unwrap();
        (&choice.user.username, choice.is_ambiguous)
    }

    #[test]
    fn only_logged_in_user_is_unambiguous() {
        assert_eq!(
            default_choice(&[
                sample_user(1, "a", None),
                sample_user(2, "b", Some((None, 1))),
                sample_user(3, "c", None)
            ]),
            ("b", false)
        );
    }

    #[test]
    fn latest_login_wins_then_latest_token_expiry() {
        let (old, new) = (sample_user(1, "old", Some((Some(1), 40))), sample_user(2, "new", Some((Some(2), 30))));
        assert_eq!(default_choice(&[old.clone(), new]), ("new", true));
        let (short, long) = (sample_user(3, "short", Some((None, 50))), sample_user(4, "long", Some((None, 60))));
        assert_eq!(default_choice(&[short.clone(), long]), ("long", true));
        assert_eq!(default_choice(&[old, short]), ("old", true), "a known login time goes before an unknown one");
    }

    #[test]
    fn users_without_login_are_the_fallback() {
        assert_eq!(default_choice(&[sample_user(1, "a", None)]), ("a", false));
        assert_eq!(default_choice(&[sample_user(2, "b", None), sample_user(1, "a", None)]), ("a", true));
    }

    #[test]
    fn name_and_id_match_exactly() {
        let users = [sample_user(1, "a", None), sample_user(2, "id:1", None)];
        let by = |asked: UserRef| select_user(&users, Some(&asked), "db").map(|choice| choice.user.id.0);
        assert_eq!(by(UserRef::Name("a".into())).unwrap(), 1);
        assert_eq!(by(UserRef::Id(UserId(2))).unwrap(), 2);
        let failure = by(UserRef::Name("nobody".into())).unwrap_err();
        assert_eq!((failure.exit, failure.message()), (Exit::Login, "there is no user nobody in db".to_owned()));
        assert_eq!(select_user(&[], None, "db").unwrap_err().exit, Exit::Login);
    }
}
