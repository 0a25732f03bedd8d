//! Tables of `list`. The columns of an entry, their JSON and their CSV are in `exchange`.

use super::{NO_VALUE, or_no_value, rewatch_text, yes_or_no};
use crate::{
    exchange::{ColumnKind, ListRow, OutputCell, OutputColumn},
    ui::{TableColumn, TextTable},
};

/// Returns the entries as a table of these columns.
#[must_use]
pub fn columns_to_table(rows: &[ListRow<'_>], columns: &[OutputColumn]) -> TextTable {
    let mut table = TextTable::new(columns.iter().map(table_column).collect::<Vec<_>>());
    rows.iter().for_each(|row| table.add_row(columns.iter().map(|column| cell_text(&column.read_cell(row)))));
    table
}

const fn table_column(column: &OutputColumn) -> TableColumn {
    match column.kind() {
        ColumnKind::Word => TableColumn::Word(column.name()),
        ColumnKind::Number => TableColumn::Number(column.name()),
        ColumnKind::Text => TableColumn::Text(column.name()),
    }
}

fn cell_text(cell: &OutputCell<'_>) -> String {
    match cell {
        OutputCell::Null => NO_VALUE.to_owned(),
        OutputCell::Float(number) => format!("{number:.2}"),
        OutputCell::Bool(flag) => yes_or_no(*flag).to_owned(),
        OutputCell::List(parts) if parts.is_empty() => NO_VALUE.to_owned(),
        OutputCell::List(parts) => parts.join(", "),
        other => other.to_csv_text().into_owned(),
    }
}

/// Returns a word for what is local about an entry: edited, pinned, or never on MAL. Returns an empty text if nothing is.
fn local_mark(row: &ListRow<'_>) -> &'static str {
    if row.entry.stored.base.is_none() {
        return "only here";
    }
    let is_edited = row.edited_fields.as_ref().is_some_and(|fields| !fields.is_empty());
    match (is_edited, !row.entry.stored.pinned.is_empty()) {
        (true, true) => "edit+pin",
        (true, false) => "edited",
        (false, true) => "pinned",
        (false, false) => "",
    }
}

/// Returns the entries as the default table.
#[must_use]
pub fn to_table(rows: &[ListRow<'_>]) -> TextTable {
    let mut columns = vec![
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("status"),
        TableColumn::Number("score"),
        TableColumn::Number("watched"),
        TableColumn::Number("mean"),
        TableColumn::Word("finished"),
    ];
    let has_removed = rows.iter().any(|row| row.entry.is_removed());
    columns.extend(has_removed.then_some(TableColumn::Word("on MAL")));
    let marks: Vec<&str> = rows.iter().map(local_mark).collect();
    let has_marks = marks.iter().any(|word| !word.is_empty());
    columns.extend(has_marks.then_some(TableColumn::Word("local")));
    let mut table = TextTable::new(columns);
    for (ListRow { entry: item, .. }, mark) in rows.iter().zip(marks) {
        let values = &item.stored.values;
        let watched = match (values.episodes_watched, item.anime.episodes) {
            (None, None) => NO_VALUE.to_owned(),
            (watched, episodes) => {
                format!("{}/{}", or_no_value(watched), episodes.map_or_else(|| "?".into(), |n| n.to_string()))
            }
        };
        let mut row = vec![
            item.anime.mal_id.to_string(),
            item.anime.title.clone(),
            rewatch_text(item).unwrap_or_else(|| values.status.clone()),
            or_no_value(values.score),
            watched,
            or_no_value(item.anime.mean.map(|mean| format!("{mean:.2}"))),
            or_no_value(values.finish_date),
        ];
        row.extend(has_removed.then(|| if item.is_removed() { "removed" } else { "yes" }.to_owned()));
        row.extend(has_marks.then(|| mark.to_owned()));
        table.add_row(row);
    }
    table
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
