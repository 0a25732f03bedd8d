//! Which row of `users` a login goes to: pure.
//!
//! The rule: a row belongs to one MAL account. A login to another one's row needs `--force`.

use super::port::Target;
use crate::{
    domain::user::{User, UserId, UserRef},
    exit::Exit,
    failure::Failure,
    sync::port::Account,
};

/// The longest `users.username`, in characters.
const LONGEST_NAME: usize = 50;

/// Whether a row can be had for whom was asked, as far as that can be known before MAL says whose account it is.
///
/// # Errors
/// Exit code 2: there is no such id, or the name fits no row.
pub fn check_asked(users: &[User], asked: Option<&UserRef>) -> Result<(), Failure> {
    match asked {
        Some(UserRef::Id(id)) if users.iter().all(|user| user.id != *id) => Err(no_such_id(*id)),
        Some(UserRef::Name(name)) if users.iter().all(|user| user.username != *name) => fits(name),
        _ => Ok(()),
    }
}

fn no_such_id(id: UserId) -> Failure {
    Failure::usage(format!("there is no user with id {id}")).hint("malsync login --user NAME")
}

/// Whether a new row can have this name.
///
/// # Errors
/// Exit code 2: it cannot.
pub fn fits(name: &str) -> Result<(), Failure> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        let what = format!("a user name has 1 to {LONGEST_NAME} characters, none of them a control character");
        return Err(Failure::usage(what).hint("malsync login --user NAME"));
    }
    Ok(())
}

/// Chooses the row for this MAL account.
///
/// # Errors
/// Exit code 8: the row is another MAL account's, and `force` is not given. Exit code 2: there is no such id, or the name
/// fits no row.
pub fn choose_row(users: &[User], account: &Account, asked: Option<&UserRef>, force: bool) -> Result<Target, Failure> {
    let named = |name: &str| users.iter().find(|user| user.username == name);
    let noted = || users.iter().find(|user| user.mal_user_id == Some(account.id));
    let (row, name) = match asked {
        Some(UserRef::Id(id)) => match users.iter().find(|user| user.id == *id) {
            Some(user) => (Some(user), ""),
            None => return Err(no_such_id(*id)),
        },
        Some(UserRef::Name(name)) => (named(name), name.as_str()),
        None => (named(&account.name).or_else(noted), account.name.as_str()),
    };
    let Some(user) = row else {
        return fits(name).map(|()| Target::New(name.to_owned()));
    };
    if user.mal_user_id.is_some_and(|id| id != account.id) && !force {
        let what = format!(
            "you are logged in as {} on MyAnimeList, and user {} belongs to another MyAnimeList account",
            account.name, user.username
        );
        return Err(Failure::text(Exit::Guard, what)
            .hint("log in as that account, choose another row with --user NAME, or: malsync login --force"));
    }
    Ok(Target::Existing(user.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::UserId;
    use crate::{auth::fake, domain::user::Login};

    fn row(id: i32, name: &str, mal: Option<i64>) -> User {
        User { mal_user_id: mal, ..fake::user(id, name, Login::default()) }
    }

    fn choose(asked: Option<&str>, force: bool) -> Result<Target, u8> {
        let users = [row(1, "ann", Some(10)), row(2, "bob", None), row(3, "work", Some(30)), row(4, "zoe", Some(99))];
        let (name, id, asked) = match asked {
            Some(text) => text.split_once(" as ").map_or((text, 10, None), |(asked, name)| (name, 10, Some(asked))),
            None => ("ann", 10, None),
        };
        let id = match name {
            "carl" => 30,
            "bob" => 20,
            "zoe" | "dora" => 40,
            _ => id,
        };
        let account = Account { id, name: name.into(), joined_at: None, num_items: None };
        let asked = asked.map(|asked| match asked.strip_prefix("id:") {
            Some(id) => UserRef::Id(UserId(id.parse().unwrap())),
            None => UserRef::Name(asked.into()),
        });
        choose_row(&users, &account, asked.as_ref(), force).map_err(|failure| failure.exit.code())
    }

    fn existing(id: i32) -> Result<Target, u8> {
        Ok(Target::Existing(UserId(id)))
    }

    #[test]
    fn without_a_name_it_is_the_mal_names_row() {
        assert_eq!(choose(Some("ann"), false), existing(1));
        assert_eq!(choose(Some("bob"), false), existing(2), "adopted");
        assert_eq!(choose(Some("carl"), false), existing(3), "by the account noted in it");
        assert_eq!(choose(Some("dora"), false), Ok(Target::New("dora".into())));
        assert_eq!(choose(Some("zoe"), false), Err(8));
        assert_eq!(choose(Some("zoe"), true), existing(4));
    }

    #[test]
    fn a_name_or_an_id_is_the_row() {
        assert_eq!(choose(Some("ann as ann"), false), existing(1));
        assert_eq!(choose(Some("bob as ann"), false), existing(2));
        assert_eq!(choose(Some("work as ann"), false), Err(8));
        assert_eq!(choose(Some("work as ann"), true), existing(3));
        assert_eq!(choose(Some("new one as ann"), false), Ok(Target::New("new one".into())));
        assert_eq!(choose(Some("id:2 as ann"), false), existing(2));
        assert_eq!(choose(Some("id:3 as ann"), false), Err(8));
        assert_eq!(choose(Some("id:77 as ann"), true), Err(2));
        assert_eq!(choose(Some(&format!("{} as ann", "ü".repeat(50))), false), Ok(Target::New("ü".repeat(50))));
        assert_eq!(choose(Some(&format!("{} as ann", "ü".repeat(51))), false), Err(2));
        assert_eq!(choose(Some("a\nb as ann"), false), Err(2));
    }
}
