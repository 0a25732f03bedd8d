//! The history of an entry: changes by runs and local edits.
//!
//! Entry point: [`merge_history`].

use chrono::{DateTime, Utc};

use super::{change::ChangeRecord, edit::EditRecord};

/// One event in the history of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryEvent {
    /// A change by a run.
    Run(ChangeRecord),
    /// An edit by a malsync command.
    Edit(EditRecord),
}

impl HistoryEvent {
    /// Returns the time of the event.
    #[must_use]
    pub const fn occurred_at(&self) -> DateTime<Utc> {
        match self {
            Self::Run(change) => change.at,
            Self::Edit(edit) => edit.at,
        }
    }
}

/// Merges changes and edits into one history, newest first.
///
/// Both inputs must be sorted newest first; their order is kept. All changes of one run, and all edits of one command,
/// stay together.
///
/// If a run and an edit have the same time (SQLite stores whole seconds), the edit comes first: it was made on the
/// run's result. The run comes first if its changes show that it read the edited value.
#[must_use]
pub fn merge_history(changes: &[ChangeRecord], edits: &[EditRecord]) -> Vec<HistoryEvent> {
    let mut events = Vec::with_capacity(changes.len() + edits.len());
    let mut changes_by_run = changes.chunk_by(|a, b| (a.run_id, a.at) == (b.run_id, b.at)).peekable();
    let mut edits_by_command = edits.chunk_by(|a, b| (a.edit_id, a.at) == (b.edit_id, b.at)).peekable();
    loop {
        let run_is_next = match (changes_by_run.peek(), edits_by_command.peek()) {
            (Some(run), Some(edit)) => is_run_newer(run, edit),
            (run, _) => run.is_some(),
        };
        if run_is_next {
            events.extend(changes_by_run.next().into_iter().flatten().cloned().map(HistoryEvent::Run));
        } else if let Some(edit) = edits_by_command.next() {
            events.extend(edit.iter().cloned().map(HistoryEvent::Edit));
        } else {
            return events;
        }
    }
}

/// Returns true if the run came after the edit.
fn is_run_newer(run: &[ChangeRecord], edit: &[EditRecord]) -> bool {
    let saw_edited_value = |change: &ChangeRecord, edit: &EditRecord| {
        // The run found the value that the edit left. But if the edit set A to B and the run set B to A, either may
        // have come first. Only a conflict then shows that the run saw the edit: a plain update is no conflict.
        change.field == edit.field && change.local == edit.kept && (edit.local != change.kept || change.is_conflict)
    };
    match (run.first(), edit.first()) {
        (Some(first), Some(other)) if first.at != other.at => first.at > other.at,
        _ => run.iter().any(|change| edit.iter().any(|edit| saw_edited_value(change, edit))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::run::RunId;

    fn time_at(minute: u32) -> DateTime<Utc> {
        format!("2026-01-01T00:{minute:02}:00Z").parse().unwrap()
    }

    fn change_in_run(id: i64, minute: u32) -> ChangeRecord {
        let (local, mal, kept) = (Value::Null, Value::Null, Value::Null);
        let (field, rule, title) = ("score".into(), "mal".into(), None);
        ChangeRecord {
            id: 1,
            run_id: RunId(id),
            at: time_at(minute),
            mal_id: 1,
            title,
            field,
            local,
            mal,
            kept,
            is_conflict: false,
            rule,
        }
    }

    fn edit_record(edit_id: i64, minute: u32) -> EditRecord {
        let (local, base, kept) = (Value::Null, Value::Null, Value::Null);
        let (command, field, title) = ("edit".into(), "score".into(), None);
        let (at, undone_edit_id) = (time_at(minute), None);
        EditRecord { id: edit_id, edit_id, at, mal_id: 1, title, command, undone_edit_id, field, local, base, kept }
    }

    fn event_numbers(events: &[HistoryEvent]) -> Vec<i64> {
        let event_number = |event: &HistoryEvent| match event {
            HistoryEvent::Run(change) => change.run_id.0,
            HistoryEvent::Edit(edit) => edit.edit_id,
        };
        events.iter().map(event_number).collect()
    }

    #[test]
    fn merge_history_sorts_newest_first_and_edit_before_run_of_same_time() {
        let events = merge_history(
            &[change_in_run(2, 5), change_in_run(1, 1)],
            &[edit_record(9, 7), edit_record(8, 5), edit_record(7, 1)],
        );
        assert_eq!(event_numbers(&events), [9, 8, 2, 7, 1]);
    }

    /// Columns: (value before, after) of the edit, (value before, after) of the run at the same time, whether the run's
    /// change was a conflict, and the expected order.
    #[test]
    fn merge_history_puts_run_first_if_it_saw_the_edited_value() {
        for ((edit_before, edit_after), (run_before, run_after), is_conflict, expected) in [
            ((7, 9), (9, 7), true, [2, 8, 8]),
            ((7, 9), (9, 7), false, [8, 8, 2]),
            ((7, 9), (9, 5), false, [2, 8, 8]),
            ((7, 9), (5, 7), false, [8, 8, 2]),
        ] {
            let edit = EditRecord { local: edit_before.into(), kept: edit_after.into(), ..edit_record(8, 5) };
            let other_field = EditRecord { field: "notes".into(), ..edit.clone() };
            let change =
                ChangeRecord { local: run_before.into(), kept: run_after.into(), is_conflict, ..change_in_run(2, 5) };
            assert_eq!(
                event_numbers(&merge_history(&[change], &[other_field, edit])),
                expected,
                "edit {edit_before} to {edit_after}, run {run_before} to {run_after}, conflict {is_conflict}"
            );
        }
    }
}
