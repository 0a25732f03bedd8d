//! What a sync changed, by title: `Frieren  episodes 11 → 12, score – → 9`.

use serde_json::Value;

use super::{display_short_value, field_label, format_count, status_text, title_cell};
use crate::{
    domain::{change::ChangeRecord, run::Run},
    ui::{
        TableCell, TableColumn, TableStyle, TextTable,
        style::{DIM, HINT, paint},
    },
};

/// Maximum number of entries that are listed by title.
const MAX_TITLES_SHOWN: usize = 10;
/// Spaces before each title.
const INDENT: usize = 2;

/// Number of changes to load, newest first: enough for the titles that are listed.
pub const MAX_CHANGES_READ: u32 = 200;

/// Returns what a run changed: up to ten entries, each with its fields on one line, and how to list the others.
/// `changes` are newest first. Updated entries come before created ones.
#[must_use]
pub fn to_text(run: &Run, changes: &[ChangeRecord], style: TableStyle) -> String {
    let entries = group_by_entry(changes);
    if entries.is_empty() {
        return String::new();
    }
    let limit = style.limit.map(|limit| limit.saturating_sub(INDENT));
    let mut table = TextTable::new([TableColumn::title(""), TableColumn::change("")]);
    for entry in entries.iter().take(MAX_TITLES_SHOWN) {
        let title = entry.title().map_or_else(|| format!("anime {}", entry.mal_id), str::to_owned);
        table.add_row([title_cell(&title, entry.mal_id), TableCell::from(entry.describe())]);
    }
    let indent = " ".repeat(INDENT);
    let lines = table.render_styled(TableStyle { limit, ..style });
    let mut text: String = lines.lines().map(|line| format!("{indent}{line}\n")).collect();
    let counters = &run.counters;
    let changed = counters.user_lists_created
        + counters.user_lists_updated
        + counters.user_lists_settled
        + counters.user_lists_removed;
    let changed = usize::try_from(changed).unwrap_or(0).max(entries.len());
    let remaining = changed - entries.len().min(MAX_TITLES_SHOWN);
    if let Some(id) = run.id.filter(|_| remaining > 0) {
        let command = paint(format!("malsync changes --run {id}"), HINT);
        text += &format!("{indent}{}{command}\n", paint(format!("… and {} more: ", format_count(remaining)), DIM));
    }
    text
}

/// The changes of one entry, oldest first.
struct ChangedEntry<'a> {
    mal_id: i32,
    changes: Vec<&'a ChangeRecord>,
}

impl ChangedEntry<'_> {
    fn title(&self) -> Option<&str> {
        self.changes.iter().find_map(|change| change.title.as_deref())
    }

    fn is_whole_entry(&self) -> bool {
        self.changes.iter().any(|change| matches!(change.field.as_str(), "entry" | "removed_at"))
    }

    fn describe(&self) -> String {
        self.changes
            .iter()
            .map(|change| describe_field(&change.field, &change.local, &change.kept))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Groups changes by entry, in the order in which the run met the entries, updated entries first. Leaves out conflicts that
/// changed nothing.
fn group_by_entry(changes: &[ChangeRecord]) -> Vec<ChangedEntry<'_>> {
    let mut entries: Vec<ChangedEntry<'_>> = Vec::new();
    for change in changes.iter().rev().filter(|change| change.local != change.kept) {
        match entries.iter_mut().find(|entry| entry.mal_id == change.mal_id) {
            Some(entry) => entry.changes.push(change),
            None => entries.push(ChangedEntry { mal_id: change.mal_id, changes: vec![change] }),
        }
    }
    entries.sort_by_key(ChangedEntry::is_whole_entry);
    entries
}

/// Returns one changed field: `episodes 11 → 12`.
pub(super) fn describe_field(field: &str, local: &Value, kept: &Value) -> String {
    match (field, local, kept) {
        ("entry", Value::Null, Value::Object(entry)) => describe_new_entry(entry),
        ("entry", _, Value::Null) => "deleted".to_owned(),
        ("removed_at", Value::Null, _) => "removed from MAL".to_owned(),
        ("removed_at", _, Value::Null) => "back on MAL".to_owned(),
        (_, local, kept) if local == kept => format!("{} stays {}", field_label(field), short_value(kept)),
        ("status", local, kept) => format!("status {} → {}", short_status(local), short_status(kept)),
        (field, local, kept) => format!("{} {} → {}", field_label(field), short_value(local), short_value(kept)),
    }
}

fn describe_new_entry(entry: &serde_json::Map<String, Value>) -> String {
    let mut parts = vec![format!("new: {}", entry.get("status").map_or_else(|| "–".to_owned(), short_status))];
    for field in ["episodes_watched", "score"] {
        let value = entry.get(field).filter(|value| value.as_i64().is_some_and(|number| number > 0));
        parts.extend(value.map(|value| format!("{} {value}", field_label(field))));
    }
    parts.join(", ")
}

fn short_status(value: &Value) -> String {
    status_text(&short_value(value))
}

/// Returns a value for a list of changes; an empty one is a dash.
fn short_value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        value => display_short_value(value),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{domain::run::RunId, ui::view::run::tests::example_run};

    fn change(mal_id: i32, title: &str, field: &str, local: Value, kept: Value) -> ChangeRecord {
        ChangeRecord {
            id: 1,
            run_id: RunId(7),
            at: "2026-11-22T19:00:00Z".parse().unwrap(),
            mal_id,
            title: Some(title.into()),
            field: field.into(),
            local,
            mal: kept.clone(),
            kept,
            is_conflict: false,
            rule: "mal".into(),
        }
    }

    #[test]
    fn changed_entries_are_listed_by_title_updated_ones_first() {
        let new = json!({"status": "plan_to_watch", "episodes_watched": 0, "score": null});
        // Newest first, as they are loaded.
        let changes = [
            change(3, "Monster", "removed_at", json!(null), json!("2026-11-22T19:00:00Z")),
            change(2, "Planetes", "entry", json!(null), new),
            change(4, "Bebop", "status", json!("watching"), json!("on_hold")),
            change(1, "Sousou no Frieren", "score", json!(null), json!(9)),
            change(5, "Kept", "score", json!(9), json!(9)),
            change(1, "Sousou no Frieren", "episodes_watched", json!(11), json!(12)),
        ];
        let text = |limit| {
            let style = TableStyle { limit, ..TableStyle::default() };
            crate::ui::style::strip_styles(&to_text(&example_run(), &changes, style))
        };
        assert_snapshot!(text(Some(80)), @r"
        Sousou no Frieren  episodes 11 → 12, score – → 9
        Bebop              status watching → on hold
        Planetes           new: plan to watch
        Monster            removed from MAL
        … and 13 more: malsync changes --run 7
        ");
        assert_snapshot!(text(Some(30)), @r"
        Sousou no Fr…  episodes 11 …
        Bebop          status watch…
        Planetes       new: plan to…
        Monster        removed from…
        … and 13 more: malsync changes --run 7
        ");
        assert!(text(None).starts_with("  Sousou no Frieren  episodes 11 → 12, score – → 9\n"), "{}", text(None));
    }

    #[test]
    fn more_than_ten_entries_are_counted() {
        let changes: Vec<ChangeRecord> =
            (1..=12).rev().map(|id| change(id, &format!("A{id}"), "score", json!(1), json!(2))).collect();
        let text = crate::ui::style::strip_styles(&to_text(&example_run(), &changes, TableStyle::default()));
        assert!(text.contains("  A10  score 1 → 2\n") && !text.contains("A11"), "{text}");
        assert!(text.ends_with("  … and 7 more: malsync changes --run 7\n"), "{text}");
    }
}
