//! The history of an entry: what runs did to it, and what was edited here.

use chrono::{DateTime, Utc};

use super::{change::ChangeRecord, edit::EditRecord};

/// Something that happened to one field of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A run did it.
    Run(ChangeRecord),
    /// A command here did it.
    Edit(EditRecord),
}

impl Event {
    /// When.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Run(change) => change.at,
            Self::Edit(edit) => edit.at,
        }
    }
}

/// Both records as one, the newest first. Each comes the newest first and keeps its order; of two events of one moment the
/// edit stands first: it was made on what a run had left.
#[must_use]
pub fn merged(changes: Vec<ChangeRecord>, edits: Vec<EditRecord>) -> Vec<Event> {
    let mut events: Vec<Event> =
        edits.into_iter().map(Event::Edit).chain(changes.into_iter().map(Event::Run)).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at()));
    events
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::run::RunId;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-01-01T00:{minute:02}:00Z").parse().unwrap()
    }

    fn run(id: i64, minute: u32) -> ChangeRecord {
        let (local, mal, kept) = (Value::Null, Value::Null, Value::Null);
        let (field, rule, title) = ("score".into(), "mal".into(), None);
        ChangeRecord {
            id: 1,
            run_id: RunId(id),
            at: at(minute),
            mal_id: 1,
            title,
            field,
            local,
            mal,
            kept,
            conflict: false,
            rule,
        }
    }

    fn edit(edit_id: i64, minute: u32) -> EditRecord {
        let (local, base, kept) = (Value::Null, Value::Null, Value::Null);
        let (command, field, title) = ("edit".into(), "score".into(), None);
        EditRecord { id: edit_id, edit_id, at: at(minute), mal_id: 1, title, command, field, local, base, kept }
    }

    #[test]
    fn the_newest_stands_first_and_an_edit_before_the_run_of_its_moment() {
        let events = merged(vec![run(2, 5), run(1, 1)], vec![edit(9, 7), edit(8, 5), edit(7, 1)]);
        let told: Vec<i64> = events
            .iter()
            .map(|event| match event {
                Event::Run(change) => change.run_id.0,
                Event::Edit(edit) => edit.edit_id,
            })
            .collect();
        assert_eq!(told, [9, 8, 2, 7, 1]);
    }
}
