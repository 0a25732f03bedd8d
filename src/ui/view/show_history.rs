//! The history of an entry in the output of `show`, in words, newest first.

use super::{date_cell, display_short_value, field_label, format_time, sync_changes::describe_field};
use crate::{
    domain::{change::ChangeRecord, history::HistoryEvent},
    ui::{TableCell, TableColumn, TableStyle, TextTable, style::DIM},
};

/// Returns one line per sync or edit: when, what changed, and by what.
pub(super) fn to_text(events: &[HistoryEvent], style: TableStyle) -> String {
    let mut table = TextTable::new([TableColumn::word(""), TableColumn::text(""), TableColumn::word("").droppable(1)]);
    for group in events.chunk_by(|one, other| source(one) == source(other)) {
        let changes = group.iter().map(describe).collect::<Vec<_>>().join(", ");
        let by = TableCell::from(source(&group[0])).styled(DIM);
        table.add_row([date_cell(format_time(group[0].occurred_at())), changes.into(), by]);
    }
    table.render_styled(style)
}

/// Returns what made a change: `sync #4`, or `edit #2`.
fn source(event: &HistoryEvent) -> String {
    match event {
        HistoryEvent::Run(change) if change.rule == "push" => format!("push #{}", change.run_id.0),
        HistoryEvent::Run(change) => format!("sync #{}", change.run_id.0),
        HistoryEvent::Edit(edit) => format!("{} #{}", edit.command, edit.edit_id),
    }
}

fn describe(event: &HistoryEvent) -> String {
    match event {
        HistoryEvent::Run(change) if change.rule == "push" => describe_push(change),
        HistoryEvent::Run(change) => {
            let text = describe_field(&change.field, &change.local, &change.kept);
            if change.is_conflict { format!("{text} (MAL had {})", display_short_value(&change.mal)) } else { text }
        }
        HistoryEvent::Edit(edit) => describe_field(&edit.field, &edit.local, &edit.kept),
    }
}

/// Describes a change of a push: MAL's value before, and the value that was sent.
fn describe_push(change: &ChangeRecord) -> String {
    let ChangeRecord { field, local, mal, kept, .. } = change;
    if change.is_conflict {
        let label = field_label(field);
        return format!("{label} {} not sent (MAL had {})", display_short_value(kept), display_short_value(mal));
    }
    // `removed_at` is ours alone.
    describe_field(field, if field == "removed_at" { local } else { mal }, kept)
}
