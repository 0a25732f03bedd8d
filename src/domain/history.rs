//! The history of an entry: what runs did to it, and what was edited here.

use chrono::{DateTime, Utc};

use super::{change::ChangeRecord, edit::EditRecord};

/// Something that happened to one field of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryEvent {
    /// A run did it.
    Run(ChangeRecord),
    /// A command here did it.
    Edit(EditRecord),
}

impl HistoryEvent {
    /// When.
    #[must_use]
    pub const fn occurred_at(&self) -> DateTime<Utc> {
        match self {
            Self::Run(change) => change.at,
            Self::Edit(edit) => edit.at,
        }
    }
}

/// Both records as one, the newest first. Each comes the newest first and keeps its order, and what one run or one command
/// did at once stays together.
///
/// Of one moment (a second, where the database is a file) an edit stands first, as made on what the run left, unless the
/// run shows that it met what the edit left.
#[must_use]
pub fn merge_history(changes: &[ChangeRecord], edits: &[EditRecord]) -> Vec<HistoryEvent> {
    let mut events = Vec::with_capacity(changes.len() + edits.len());
    let mut runs = changes.chunk_by(|a, b| (a.run_id, a.at) == (b.run_id, b.at)).peekable();
    let mut commands = edits.chunk_by(|a, b| (a.edit_id, a.at) == (b.edit_id, b.at)).peekable();
    loop {
        let run_is_next = match (runs.peek(), commands.peek()) {
            (Some(run), Some(edit)) => is_run_newer(run, edit),
            (run, _) => run.is_some(),
        };
        if run_is_next {
            events.extend(runs.next().into_iter().flatten().cloned().map(HistoryEvent::Run));
        } else if let Some(edit) = commands.next() {
            events.extend(edit.iter().cloned().map(HistoryEvent::Edit));
        } else {
            return events;
        }
    }
}

/// Whether the run came after the edit.
fn is_run_newer(run: &[ChangeRecord], edit: &[EditRecord]) -> bool {
    let met = |change: &ChangeRecord, edit: &EditRecord| {
        // A value that is moved there and back tells nothing; that it was a conflict does, which MAL's news is not.
        change.field == edit.field && change.local == edit.kept && (edit.local != change.kept || change.is_conflict)
    };
    match (run.first(), edit.first()) {
        (Some(first), Some(other)) if first.at != other.at => first.at > other.at,
        _ => run.iter().any(|change| edit.iter().any(|edit| met(change, edit))),
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
        EditRecord { id: edit_id, edit_id, at: time_at(minute), mal_id: 1, title, command, field, local, base, kept }
    }

    fn event_numbers(events: &[HistoryEvent]) -> Vec<i64> {
        let number = |event: &HistoryEvent| match event {
            HistoryEvent::Run(change) => change.run_id.0,
            HistoryEvent::Edit(edit) => edit.edit_id,
        };
        events.iter().map(number).collect()
    }

    #[test]
    fn merge_history_sorts_newest_first_and_edit_before_run_of_same_time() {
        let events = merge_history(
            &[change_in_run(2, 5), change_in_run(1, 1)],
            &[edit_record(9, 7), edit_record(8, 5), edit_record(7, 1)],
        );
        assert_eq!(event_numbers(&events), [9, 8, 2, 7, 1]);
    }

    /// What an edit made of which value, what a run of the same moment made of which, whether it was a conflict, and whether
    /// the run stands first.
    #[test]
    fn merge_history_puts_run_first_if_it_saw_the_edited_value() {
        for (edited, ran, conflict, expected) in [
            ((7, 9), (9, 7), true, [2, 8, 8]),
            ((7, 9), (9, 7), false, [8, 8, 2]),
            ((7, 9), (9, 5), false, [2, 8, 8]),
            ((7, 9), (5, 7), false, [8, 8, 2]),
        ] {
            let edit = EditRecord { local: edited.0.into(), kept: edited.1.into(), ..edit_record(8, 5) };
            let other = EditRecord { field: "notes".into(), ..edit.clone() };
            let run =
                ChangeRecord { local: ran.0.into(), kept: ran.1.into(), is_conflict: conflict, ..change_in_run(2, 5) };
            assert_eq!(
                event_numbers(&merge_history(&[run], &[other, edit])),
                expected,
                "{edited:?} {ran:?} {conflict}"
            );
        }
    }
}
