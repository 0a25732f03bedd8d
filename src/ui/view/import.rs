//! Output of `import`: what it did, or would do in a dry run.

use serde::Serialize;

use super::{pluralize, pluralize_entries};
use crate::domain::{entry_fields::Field, left_out::LeftOut, run::EntryError};

/// Result of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportView {
    /// Edit id shared by the rows in `list_edits`. `None` if nothing changed.
    pub edit_id: Option<i64>,
    /// Number of created entries.
    pub created: i64,
    /// Number of changed entries.
    pub updated: i64,
    /// Number of unchanged entries, including kept ones.
    pub unchanged: i64,
    /// Number of unchanged entries that differ from the file, but were kept by a rule or pin.
    pub kept: i64,
    /// Errors of entries that were not imported.
    pub errors: Vec<EntryError>,
    /// Owner of the list. `None` if a dry run would first create the user.
    pub user_id: Option<i32>,
    /// Username.
    pub username: String,
    /// True if nothing was written.
    pub dry_run: bool,
    /// What the file has and the import left out.
    pub left_out: LeftOut,
    /// Fields that the next sync overwrites with the last known values of MAL.
    pub overwrites: OverwriteCounts,
}

/// Fields that a sync overwrites, with the number of entries for each.
#[derive(Clone, Debug, Default)]
pub struct OverwriteCounts {
    entries: i64,
    fields: Vec<(Field, i64)>,
}

impl OverwriteCounts {
    /// Counts an entry in which these fields are overwritten.
    pub fn add_entry(&mut self, fields: &[Field]) {
        self.entries += i64::from(!fields.is_empty());
        for field in fields {
            match self.fields.iter_mut().find(|(counted, _)| counted == field) {
                Some((_, entries)) => *entries += 1,
                None => self.fields.push((*field, 1)),
            }
        }
    }

    /// Returns the fields and their counts, in output order.
    fn iter(&self) -> impl Iterator<Item = (Field, i64)> {
        let entries = |field| self.fields.iter().find(move |(counted, _)| *counted == field).copied();
        Field::SYNCED_FIELDS.into_iter().filter_map(entries)
    }
}

/// JSON object of an import.
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
    kept: i64,
    set_back: Vec<OverwriteCountJson>,
    dates_unread: u64,
    values_unread: u64,
    scores_cut: u64,
    repeated: u64,
    manga: u64,
}

#[derive(Clone, Debug, Serialize)]
struct OverwriteCountJson {
    field: &'static str,
    entries: i64,
}

impl ImportView {
    fn total_entries(&self) -> i64 {
        self.created + self.updated + self.unchanged + i64::try_from(self.errors.len()).unwrap_or(i64::MAX)
    }

    /// Returns the result as JSON.
    #[must_use]
    pub fn to_json(&self) -> ImportJson<'_> {
        ImportJson {
            edit_id: self.edit_id,
            entries: self.total_entries(),
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            errors: &self.errors,
            user_id: self.user_id,
            username: &self.username,
            dry_run: self.dry_run,
            kept: self.kept,
            set_back: self
                .overwrites
                .iter()
                .map(|(field, entries)| OverwriteCountJson { field: field.as_str(), entries })
                .collect(),
            dates_unread: self.left_out.dates_unread,
            values_unread: self.left_out.values_unread,
            scores_cut: self.left_out.scores_cut,
            repeated: self.left_out.repeated,
            manga: self.left_out.manga,
        }
    }

    /// Returns the result as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let format_count = super::format_count;
        let mut totals = vec![
            format!("{} created", format_count(self.created)),
            format!("{} updated", format_count(self.updated)),
            format!("{} unchanged", format_count(self.unchanged - self.kept)),
        ];
        if self.kept > 0 {
            totals.push(format!("{} kept (differ from the file)", format_count(self.kept)));
        }
        totals.push(pluralize(self.errors.len(), "error", "errors"));
        let (entries, username) = (pluralize_entries(self.total_entries()), crate::ui::escape_controls(&self.username));
        let (verb, end) =
            if self.dry_run { ("Would import", " (dry run: nothing was written)") } else { ("Imported", "") };
        format!("{verb} {entries} for {username}: {}{end}\n{}", totals.join(", "), self.overwrite_text())
    }

    /// Returns the note about fields that the next sync overwrites. Returns an empty text if there are none.
    fn overwrite_text(&self) -> String {
        if self.overwrites.entries == 0 {
            return String::new();
        }
        let fields: Vec<String> = self
            .overwrites
            .iter()
            .map(|(field, entries)| format!("{} in {}", field.as_str(), super::format_count(entries)))
            .collect();
        let entries = pluralize_entries(self.overwrites.entries);
        format!(
            "The next sync will overwrite {entries} with MAL's values: {}. To keep a field: malsync pin\n",
            fields.join(", ")
        )
    }
}

/// Returns the error of one entry as a line.
#[must_use]
pub fn error_line(error: &EntryError) -> String {
    let id = error.mal_id.map_or_else(|| "an entry without an ID".to_owned(), |id| format!("MAL ID {id}"));
    let title = error.title.as_ref().map(|title| format!(" ({})", crate::domain::text::excerpt(title)));
    format!("{id}{}: {}", title.unwrap_or_default(), error.message)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::{domain::run::EntryErrorKind, json_line::to_json_line};

    #[test]
    fn an_import_object_has_the_documented_fields_in_their_order() {
        let errors = vec![EntryError {
            mal_id: Some(5),
            title: Some("x".into()),
            kind: EntryErrorKind::Invalid,
            message: "no my_status".into(),
        }];
        let mut view = ImportView {
            edit_id: Some(3),
            created: 1,
            updated: 2,
            unchanged: 1000,
            errors,
            user_id: Some(1),
            username: "ann".into(),
            ..ImportView::default()
        };
        assert_snapshot!(to_json_line(&view.to_json()), @r#"{"edit_id":3,"entries":1004,"created":1,"updated":2,"unchanged":1000,"errors":[{"mal_id":5,"title":"x","kind":"invalid","message":"no my_status"}],"user_id":1,"username":"ann","dry_run":false,"kept":0,"set_back":[],"dates_unread":0,"values_unread":0,"scores_cut":0,"repeated":0,"manga":0}"#);
        assert_snapshot!(view.to_text(), @"Imported 1,004 entries for ann: 1 created, 2 updated, 1,000 unchanged, 1 error");
        assert_snapshot!(error_line(&view.errors[0]), @"MAL ID 5 (x): no my_status");
        view.kept = 30;
        for fields in [&[][..], &[Field::Score, Field::Status], &[Field::Score]] {
            view.overwrites.add_entry(fields);
        }
        assert!(
            to_json_line(&view.to_json())
                .trim_end()
                .contains(r#""kept":30,"set_back":[{"field":"status","entries":1},{"field":"score","entries":2}],"#)
        );
        assert_snapshot!(view.to_text(), @r#"
        Imported 1,004 entries for ann: 1 created, 2 updated, 970 unchanged, 30 kept (differ from the file), 1 error
        The next sync will overwrite 2 entries with MAL's values: status in 1, score in 2. To keep a field: malsync pin
        "#);
    }
}
