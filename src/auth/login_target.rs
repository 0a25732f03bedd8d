//! Selects the row of `users` that a login is stored in. Pure.
//!
//! Invariants:
//! 1. A row belongs to one MAL account. A login to the row of another account needs `--force`.
//! 2. A MAL account has one row. A login to a second one needs `--force`.

use crate::{
    domain::user::{MalAccount, User, UserId, UserRef},
    exit::Exit,
    failure::Failure,
    sync::port::LoginTarget,
};

/// Maximum length of `users.username`, in characters.
const MAX_USERNAME_CHARS: usize = 50;

/// Validates the requested user before the MAL account is known.
///
/// # Errors
/// Exit code 2: the id does not exist, or the name is not a valid username.
pub fn validate_requested_user(users: &[User], requested: Option<&UserRef>) -> Result<(), Failure> {
    match requested {
        Some(UserRef::Id(id)) if users.iter().all(|user| user.id != *id) => Err(unknown_id_failure(*id)),
        Some(UserRef::Name(name)) if users.iter().all(|user| user.username != *name) => validate_username(name),
        _ => Ok(()),
    }
}

fn unknown_id_failure(id: UserId) -> Failure {
    Failure::usage_error(format!("no user with id {id}")).with_hint("malsync login --user NAME")
}

/// Validates the username of a new row.
///
/// # Errors
/// Exit code 2: the name is invalid.
pub fn validate_username(name: &str) -> Result<(), Failure> {
    let length = name.chars().count();
    if length == 0 || length > MAX_USERNAME_CHARS || name.chars().any(char::is_control) {
        let message = format!("a user name must have 1 to {MAX_USERNAME_CHARS} characters and no control characters");
        return Err(Failure::usage_error(message).with_hint("malsync login --user NAME"));
    }
    if name.starts_with("id:") {
        let message = "a user name must not begin with id: (id:N selects a user by number)";
        return Err(Failure::usage_error(message).with_hint("malsync login --user NAME"));
    }
    Ok(())
}

/// Selects the row for this MAL account.
///
/// # Errors
/// - Exit code 2: the requested id does not exist, or the name is not a valid username.
/// - 8: the row belongs to another MAL account, or the account has another row, and `force` is false.
pub fn select_target(
    users: &[User],
    account: &MalAccount,
    requested: Option<&UserRef>,
    force: bool,
) -> Result<LoginTarget, Failure> {
    let by_name = |name: &str| users.iter().find(|user| user.username == name);
    let rows_of_account = || users.iter().filter(|user| user.mal_user_id == Some(account.id));
    let by_account =
        || rows_of_account().find(|user| user.username == account.name).or_else(|| rows_of_account().next());
    let (row, name) = match requested {
        Some(UserRef::Id(id)) => match users.iter().find(|user| user.id == *id) {
            Some(user) => (Some(user), ""),
            None => return Err(unknown_id_failure(*id)),
        },
        Some(UserRef::Name(name)) => (by_name(name), name.as_str()),
        None => (by_account().or_else(|| by_name(&account.name)), account.name.as_str()),
    };
    if !force
        && row.is_none_or(|user| user.mal_user_id.is_none())
        && let Some(own_row) = by_account()
    {
        return Err(second_row_failure(own_row, account));
    }
    let Some(user) = row else {
        return validate_username(name).map(|()| LoginTarget::New(name.to_owned()));
    };
    if user.mal_user_id.is_some_and(|id| id != account.id) && !force {
        let message = format!(
            "you are logged in as {} on MyAnimeList, but user {} belongs to another MyAnimeList account",
            account.name, user.username
        );
        return Err(Failure::from_text(Exit::Guard, message).with_hint(format!(
            "log in as that account, choose another user with --user NAME, or replace the login: \
                malsync login {} --force",
            user.as_cli_arg()
        )));
    }
    Ok(LoginTarget::Existing(user.id))
}

fn second_row_failure(own_row: &User, account: &MalAccount) -> Failure {
    let (name, row) = (&account.name, &own_row.username);
    let message = format!("the MyAnimeList account {name} already belongs to user {row}");
    let command = own_row.as_cli_arg();
    Failure::from_text(Exit::Guard, message).with_hint(format!(
        "malsync login {command}; for a second copy of the list, add --force; to rename the user: malsync users rename"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::UserId;
    use crate::{auth::fakes, domain::user::StoredLogin};

    fn user_row(id: i32, name: &str, account: Option<i64>) -> User {
        User { mal_user_id: account, ..fakes::build_user(id, name, StoredLogin::default()) }
    }

    /// Returns the id of the MAL account of this name. Carl's is that of the row `work`.
    fn account_id(account_name: &str) -> i64 {
        match account_name {
            "bob" => 20,
            "carl" => 30,
            "dora" | "zoe" => 40,
            _ => 10,
        }
    }

    /// Selects the row for a login of this MAL account; the exit code if there is none.
    fn select_row(account_name: &str, requested: Option<&str>, force: bool) -> Result<LoginTarget, u8> {
        let users = [
            user_row(1, "ann", Some(10)),
            user_row(2, "bob", None),
            user_row(3, "work", Some(30)),
            user_row(4, "zoe", Some(99)),
        ];
        let account =
            MalAccount { id: account_id(account_name), name: account_name.into(), joined_at: None, num_items: None };
        let requested = requested.map(|requested| match requested.strip_prefix("id:") {
            Some(id) => UserRef::Id(UserId(id.parse().unwrap())),
            None => UserRef::Name(requested.into()),
        });
        select_target(&users, &account, requested.as_ref(), force).map_err(|failure| failure.exit.code())
    }

    fn existing_target(id: i32) -> Result<LoginTarget, u8> {
        Ok(LoginTarget::Existing(UserId(id)))
    }

    #[test]
    fn without_requested_user_the_mal_name_or_account_selects_the_row() {
        assert_eq!(select_row("ann", None, false), existing_target(1));
        assert_eq!(select_row("bob", None, false), existing_target(2), "a row without an account");
        assert_eq!(select_row("carl", None, false), existing_target(3), "by its MAL account");
        assert_eq!(select_row("dora", None, false), Ok(LoginTarget::New("dora".into())));
        assert_eq!(select_row("zoe", None, false), Err(8));
        assert_eq!(select_row("zoe", None, true), existing_target(4));
    }

    #[test]
    fn requested_name_or_id_selects_the_row() {
        assert_eq!(select_row("ann", Some("ann"), false), existing_target(1));
        assert_eq!(select_row("dora", Some("bob"), false), existing_target(2));
        assert_eq!(select_row("ann", Some("work"), false), Err(8));
        assert_eq!(select_row("ann", Some("work"), true), existing_target(3));
        assert_eq!(select_row("dora", Some("new one"), false), Ok(LoginTarget::New("new one".into())));
        assert_eq!(select_row("dora", Some("id:2"), false), existing_target(2));
        assert_eq!(select_row("ann", Some("id:3"), false), Err(8));
        assert_eq!(select_row("ann", Some("id:77"), true), Err(2));
        assert_eq!(select_row("dora", Some(&"ü".repeat(50)), false), Ok(LoginTarget::New("ü".repeat(50))));
        assert_eq!(select_row("dora", Some(&"ü".repeat(51)), false), Err(2));
        assert_eq!(select_row("dora", Some("a\nb"), false), Err(2));
    }

    #[test]
    fn account_with_a_row_gets_no_second_one_without_force() {
        for requested in ["new one", "bob", "id:2"] {
            assert_eq!(select_row("ann", Some(requested), false), Err(8), "{requested}");
        }
        assert_eq!(select_row("ann", Some("new one"), true), Ok(LoginTarget::New("new one".into())));
        assert_eq!(select_row("ann", Some("bob"), true), existing_target(2));
        assert_eq!(select_row("ann", Some("ann"), false), existing_target(1), "logging in again is always allowed");
    }

    #[test]
    fn row_of_the_account_wins_over_a_row_of_its_name() {
        let users = [user_row(1, "carl", None), user_row(2, "work", Some(30)), user_row(3, "copy", Some(40))];
        let account = |id, name: &str| MalAccount { id, name: name.into(), joined_at: None, num_items: None };
        let select = |account: &MalAccount| select_target(&users, account, None, false).map_err(|_| ());
        assert_eq!(select(&account(30, "carl")), Ok(LoginTarget::Existing(UserId(2))));
        assert_eq!(select(&account(40, "copy")), Ok(LoginTarget::Existing(UserId(3))));
    }
}
