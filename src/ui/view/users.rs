//! Output of `users`.

use serde::Serialize;

use super::{NO_VALUE, format_time, format_utc, pluralize_entries};
use crate::{
    domain::user::User,
    ui::{TableColumn, TextTable, escape_controls},
};

/// A user as `users` shows it.
#[derive(Clone, Debug)]
pub struct UserView<'a> {
    /// The user's row.
    pub user: &'a User,
    /// Number of entries, without those no longer on MAL.
    pub entries: i64,
    /// True if tokens are stored.
    pub has_mal_token: bool,
}

/// JSON object of a user.
#[derive(Clone, Debug, Serialize)]
pub struct UserJson<'a> {
    id: i32,
    username: &'a str,
    mal_user_id: Option<i64>,
    entries: i64,
    has_mal_token: bool,
    needs_login: bool,
    last_mal_sync: Option<String>,
}

impl UserView<'_> {
    /// Returns the user as JSON.
    #[must_use]
    pub fn to_json(&self) -> UserJson<'_> {
        UserJson {
            id: self.user.id.0,
            username: &self.user.username,
            mal_user_id: self.user.mal_user_id,
            entries: self.entries,
            has_mal_token: self.has_mal_token,
            needs_login: self.user.login.needs_login,
            last_mal_sync: self.user.last_mal_sync.map(format_utc),
        }
    }

    const fn login_text(&self) -> &'static str {
        match (self.has_mal_token, self.user.login.needs_login) {
            (true, false) => "logged in",
            (true, true) => "login required",
            (false, _) => "not logged in",
        }
    }

    /// Returns the question asked before the user is deleted.
    #[must_use]
    pub fn deletion_question(&self) -> String {
        let (name, entries) = (escape_controls(&self.user.username), pluralize_entries(self.entries));
        format!("Delete user {name} with {entries}, login and history? This can't be undone.")
    }

    /// Returns the text that reports the deletion.
    #[must_use]
    pub fn deleted_text(&self) -> String {
        format!("Deleted user {} ({})", escape_controls(&self.user.username), pluralize_entries(self.entries))
    }
}

/// Returns the text that reports a new name.
#[must_use]
pub fn renamed_text(old_name: &str, new_name: &str) -> String {
    format!("Renamed user {} to {}", escape_controls(old_name), escape_controls(new_name))
}

/// Returns the table of users.
#[must_use]
pub fn to_table(users: &[UserView<'_>]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::text("user"),
        TableColumn::number("id").droppable(1),
        TableColumn::number("MAL id").droppable(2),
        TableColumn::number("entries"),
        TableColumn::word("login"),
        TableColumn::word("last sync"),
    ]);
    for view in users {
        let user = view.user;
        table.add_row([
            user.username.clone(),
            user.id.to_string(),
            super::or_no_value(user.mal_user_id),
            super::format_count(view.entries),
            view.login_text().to_owned(),
            user.last_mal_sync.map_or_else(|| NO_VALUE.to_owned(), format_time),
        ]);
    }
    table
}
