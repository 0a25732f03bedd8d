//! What an import did, or would do: `import`.

use serde::Serialize;

use super::of;
use crate::domain::run::EntryError;

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct ImportView {
    /// Shared by the rows in `list_edits`; none where nothing changed.
    pub edit_id: Option<i64>,
    /// Entries that were made.
    pub created: i64,
    /// Entries that changed.
    pub updated: i64,
    /// Entries that stayed as they were.
    pub unchanged: i64,
    /// Entries that were not taken.
    pub errors: Vec<EntryError>,
    /// Whose list; none where the user would have to be made first.
    pub user_id: Option<i32>,
    /// The user's name.
    pub username: String,
    /// Nothing was written.
    pub dry_run: bool,
}

/// The object of an import.
#[derive(Clone, Debug, Serialize)]
pub struct ImportJson<'a> {
    edit_id: Option<i64>,
    entries: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    errors: &'a [EntryError],
    user_id: Option<i32>,
    username: &'a str,
    dry_run: bool,
}

impl ImportView {
    fn entries(&self) -> i64 {
        self.created + self.updated + self.unchanged + i64::try_from(self.errors.len()).unwrap_or(i64::MAX)
    }

    /// As scripts read it.
    #[must_use]
    pub fn json(&self) -> ImportJson<'_> {
        ImportJson {
            edit_id: self.edit_id,
            entries: self.entries(),
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            errors: &self.errors,
            user_id: self.user_id,
            username: &self.username,
            dry_run: self.dry_run,
        }
    }

    /// As people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let count = super::count;
        let errors = i64::try_from(self.errors.len()).unwrap_or(i64::MAX);
        let text = format!(
            "{} into the list of {}: {} made, {} changed, {} as they were, {}{}",
            of(self.entries(), "entry", "entries"),
            self.username,
            count(self.created),
            count(self.updated),
            count(self.unchanged),
            of(errors, "error", "errors"),
            if self.dry_run { " (dry run: nothing was written)" } else { "" }
        );
        crate::ui::clean(&text).into_owned()
    }
}

/// The error of one entry in a line.
#[must_use]
pub fn error(error: &EntryError) -> String {
    let id = error.mal_id.map_or_else(|| "an entry without an id".to_owned(), |id| format!("MAL ID {id}"));
    let title = error.title.as_ref().map(|title| format!(" ({})", crate::domain::text::short(title)));
    format!("{id}{}: {}", title.unwrap_or_default(), error.message)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::{domain::run::ErrorKind, ui::json::line};

    #[test]
    fn an_import_object_has_the_documented_fields_in_their_order() {
        let errors = vec![EntryError {
            mal_id: Some(5),
            title: Some("x".into()),
            kind: ErrorKind::Invalid,
            message: "no my_status".into(),
        }];
        let view = ImportView {
            edit_id: Some(3),
            created: 1,
            updated: 2,
            unchanged: 1000,
            errors,
            user_id: Some(1),
            username: "ann".into(),
            dry_run: false,
        };
        assert_snapshot!(line(&view.json()), @r#"{"edit_id":3,"entries":1004,"created":1,"updated":2,"unchanged":1000,"errors":[{"mal_id":5,"title":"x","kind":"invalid","message":"no my_status"}],"user_id":1,"username":"ann","dry_run":false}"#);
        assert_snapshot!(view.text(), @"1,004 entries into the list of ann: 1 made, 2 changed, 1,000 as they were, 1 error");
        assert_snapshot!(error(&view.errors[0]), @"MAL ID 5 (x): no my_status");
    }
}
