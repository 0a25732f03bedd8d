//! Tables of `list`. The columns of an entry, their JSON and their CSV are in `exchange`.

use super::{
    NO_VALUE, date_cell, format_count, id_cell, or_no_value, pluralize_entries, rewatch_text, status_text, title_cell,
    yes_or_no,
};
use crate::{
    domain::list_entry::ListEntry,
    exchange::{ColumnKind, ListRow, OutputCell, OutputColumn},
    ui::{
        TableCell, TableColumn, TextTable,
        style::{self, score_style, status_style},
    },
};

/// Returns the entries as a table of these columns.
#[must_use]
pub fn columns_to_table(rows: &[ListRow<'_>], columns: &[OutputColumn]) -> TextTable {
    let mut table = TextTable::new(columns.iter().enumerate().map(table_column).collect::<Vec<_>>());
    rows.iter().for_each(|row| table.add_row(columns.iter().map(|column| column_cell(column, row))));
    table
}

/// Returns the column of a table. Where the terminal is too narrow, the last columns are dropped, but never the title.
fn table_column((position, column): (usize, &OutputColumn)) -> TableColumn {
    let table_column = match column.kind() {
        ColumnKind::Word => TableColumn::word(column.name()),
        ColumnKind::Number => TableColumn::number(column.name()),
        ColumnKind::Text if column.name() == "title" => return TableColumn::title(column.name()),
        ColumnKind::Text => TableColumn::text(column.name()),
    };
    if position == 0 { table_column } else { table_column.droppable(u8::try_from(position).unwrap_or(u8::MAX)) }
}

/// Returns a cell as the default table shows it, or else its plain text.
fn column_cell(column: &OutputColumn, row: &ListRow<'_>) -> TableCell {
    let item = row.entry;
    let text = cell_text(&column.read_cell(row));
    match column.name() {
        "mal_id" => id_cell(item.anime.mal_id),
        "title" => title_cell(&item.anime.title, item.anime.mal_id),
        "status" => TableCell::from(text).styled(status_style(&item.stored.values.status)),
        "score" => score_cell(item.stored.values.score),
        "start_date" | "finish_date" | "updated_at" => date_cell(text),
        _ => text.into(),
    }
}

/// Returns the status in words, in MAL's color.
fn status_cell(item: &ListEntry) -> TableCell {
    let status = &item.stored.values.status;
    match rewatch_text(item) {
        Some(rewatch) => TableCell::from(rewatch).styled(status_style("watching")),
        None => TableCell::from(status_text(status)).styled(status_style(status)),
    }
}

fn score_cell(score: Option<i32>) -> TableCell {
    TableCell::from(or_no_value(score)).styled(score_style(score.unwrap_or(0)))
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
        return "local only";
    }
    let is_edited = row.edited_fields.as_ref().is_some_and(|fields| !fields.is_empty());
    match (is_edited, !row.entry.stored.pinned.is_empty()) {
        (true, true) => "edit+pin",
        (true, false) => "edited",
        (false, true) => "pinned",
        (false, false) => "",
    }
}

/// Returns how many entries are shown, how many match, and how many the list has, if that is more: `12 of 297 entries`, or
/// where `--limit` left some out, `first 3 of 12 entries (297 in the list)`.
#[must_use]
pub fn count_text(shown: usize, matching: usize, total: Option<i64>) -> String {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let total = total.filter(|total| *total > number(matching));
    match (shown < matching, total) {
        (false, None) => pluralize_entries(number(shown)),
        (false, Some(total)) => format!("{} of {}", format_count(number(shown)), pluralize_entries(total)),
        (true, total) => {
            let in_list = total.map(|total| format!(" ({} in the list)", format_count(total))).unwrap_or_default();
            format!("first {} of {}{in_list}", format_count(number(shown)), pluralize_entries(number(matching)))
        }
    }
}

/// Returns which of the chosen columns do not fit the terminal. Returns `None` if all do.
#[must_use]
pub fn dropped_columns_text(dropped: &[&str]) -> Option<String> {
    let names = dropped.join(", ");
    let text = || format!("Not shown at this width: {names} (a wider terminal, --csv or --json shows them)");
    (!dropped.is_empty()).then(text)
}

/// Returns the entries as the default table.
#[must_use]
pub fn to_table(rows: &[ListRow<'_>]) -> TextTable {
    let mut columns = vec![
        TableColumn::number("id").droppable(1),
        TableColumn::title("title"),
        TableColumn::word("status"),
        TableColumn::number("score"),
        TableColumn::number("watched").droppable(2),
        TableColumn::number("mean").droppable(5),
        TableColumn::word("finished").droppable(4),
    ];
    let has_removed = rows.iter().any(|row| row.entry.is_removed());
    columns.extend(has_removed.then_some(TableColumn::word("on MAL").droppable(3)));
    let marks: Vec<&str> = rows.iter().map(local_mark).collect();
    let has_marks = marks.iter().any(|word| !word.is_empty());
    columns.extend(has_marks.then_some(TableColumn::word("local")));
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
            id_cell(item.anime.mal_id),
            title_cell(&item.anime.title, item.anime.mal_id),
            status_cell(item),
            score_cell(values.score),
            watched.into(),
            or_no_value(item.anime.mean.map(|mean| format!("{mean:.2}"))).into(),
            date_cell(or_no_value(values.finish_date)),
        ];
        row.extend(has_removed.then(|| TableCell::from(if item.is_removed() { "removed" } else { "yes" })));
        row.extend(has_marks.then(|| TableCell::from(mark).styled(style::HINT)));
        table.add_row(row);
    }
    table
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
