//! Selects the user that a command is about.
//!
//! `--user` names one. Without it:
//! 1. If one user is logged in at MAL, that user.
//! 2. If several are, the one that logged in last; if that is unknown, the one whose token expires last.
//! 3. If none is, any user, with or without a list: `logout` keeps user and list. The one that logged in last is taken.
//!
//! Among users that are equal by these rules, the one that was synced last is taken, then the one with the smallest id.

use std::cmp::Reverse;

use crate::{
    domain::{
        text::closest_match,
        user::{User, UserRef},
    },
    exit::Exit,
    failure::Failure,
};

/// The selected user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserChoice<'a> {
    pub(crate) user: &'a User,
    /// True if the user was picked from several; the command then says which one it took.
    pub(crate) is_ambiguous: bool,
}

/// Returns the requested user, or else the default one. `database` names the database in the message.
///
/// # Errors
/// Exit code 4 if there is no such user, or no user at all.
pub(crate) fn select_user<'a>(
    users: &'a [User],
    requested: Option<&UserRef>,
    database: &str,
) -> Result<UserChoice<'a>, Failure> {
    match requested {
        Some(requested) => {
            let user = find_user(users, requested).ok_or_else(|| unknown_user_failure(users, requested, database))?;
            Ok(UserChoice { user, is_ambiguous: false })
        }
        None => default_user(users)
            .ok_or_else(|| no_user_failure(&format!("not logged in (database: {database})"), "malsync login")),
    }
}

/// Returns the user with this name or id.
pub(crate) fn find_user<'a>(users: &'a [User], requested: &UserRef) -> Option<&'a User> {
    users.iter().find(|user| match requested {
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
    let alternatives = users.iter().filter(|other| other.login.is_present() == user.login.is_present()).count();
    Some(UserChoice { user, is_ambiguous: alternatives > 1 })
}

/// Maximum number of users in the message about an unknown one.
const MAX_USERS_NAMED: usize = 10;

/// Returns the failure of a command whose `--user` names no user. It names the users that exist.
fn unknown_user_failure(users: &[User], requested: &UserRef, database: &str) -> Failure {
    if users.is_empty() {
        return no_user_failure(&format!("no user {requested} in {database}"), &login_command(requested));
    }
    let name = |user: &User| UserRef::for_row(user.id, &user.username).to_string();
    let mut names = users.iter().take(MAX_USERS_NAMED).map(name).collect::<Vec<_>>().join(", ");
    if let Some(more) = users.len().checked_sub(MAX_USERS_NAMED).filter(|more| *more > 0) {
        names.push_str(&format!(" and {more} more"));
    }
    let message = format!("no user {requested}; users: {names} (database {database})");
    let suggestion = closest_match(&requested.to_string(), users.iter().map(|user| user.username.as_str()));
    let suggestion = suggestion.map(|name| format!("did you mean {name}? ")).unwrap_or_default();
    let command = login_command(requested);
    Failure::from_text(Exit::Login, message).with_hint(format!(
        "{suggestion}If the list is in another database, set DATABASE_URL. To add a user: {command}"
    ))
}

fn login_command(requested: &UserRef) -> String {
    match requested {
        UserRef::Name(_) => format!("malsync login {}", requested.as_cli_arg()),
        UserRef::Id(_) => "malsync login".to_owned(),
    }
}

fn no_user_failure(message: &str, login_command: &str) -> Failure {
    Failure::from_text(Exit::Login, message)
        .with_hint(format!("run {login_command}; if your list is in another database, set DATABASE_URL"))
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
            listing_gap: None,
            missing_entries: Vec::new(),
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
        assert_eq!(default_choice(&[old, short]), ("old", true), "a known login time wins over an unknown one");
    }

    #[test]
    fn users_without_login_are_the_fallback() {
        assert_eq!(default_choice(&[sample_user(1, "a", None)]), ("a", false));
        assert_eq!(default_choice(&[sample_user(2, "b", None), sample_user(1, "a", None)]), ("a", true));
    }

    #[test]
    fn name_and_id_match_exactly() {
        let users = [sample_user(1, "a", None), sample_user(2, "id:1", None)];
        let selected_id =
            |requested: UserRef| select_user(&users, Some(&requested), "db").map(|choice| choice.user.id.0);
        assert_eq!(selected_id(UserRef::Name("a".into())).unwrap(), 1);
        assert_eq!(selected_id(UserRef::Id(UserId(2))).unwrap(), 2);
        let failure = selected_id(UserRef::Name("nobody".into())).unwrap_err();
        assert_eq!(
            (failure.exit, failure.message()),
            (Exit::Login, "no user nobody; users: a, id:2 (database db)".to_owned())
        );
        let failure = select_user(&[], Some(&UserRef::Name("nobody".into())), "db").unwrap_err();
        assert_eq!(failure.message(), "no user nobody in db");
        assert_eq!(select_user(&[], None, "db").unwrap_err().exit, Exit::Login);
    }

    #[test]
    fn unknown_user_is_answered_with_the_nearest_and_at_most_ten_names() {
        let users: Vec<User> = (1..=13).map(|id| sample_user(id, &format!("carol{id}"), None)).collect();
        let failure = select_user(&users, Some(&UserRef::Name("carrol7".into())), "db").unwrap_err();
        assert!(failure.message().contains("carol1, carol2") && failure.message().contains("carol10 and 3 more"));
        assert!(failure.hints[0].starts_with("did you mean carol7? "), "{:?}", failure.hints);
    }
}
