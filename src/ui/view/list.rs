//! Entries: `list`. What there is to show of one stands in `column`.

use super::{
    NO_VALUE,
    column::{OUTPUT_COLUMNS, OutputColumn, SelectedColumns},
    or_no_value,
};
use crate::{
    domain::list_entry::ListEntry,
    sync::edit::locally_edited_fields,
    ui::{TableColumn, TextTable, csv},
};

/// Every column, in the documented order.
#[must_use]
pub fn all_columns() -> &'static [OutputColumn] {
    &OUTPUT_COLUMNS
}

/// The entry as scripts read it.
#[must_use]
pub fn to_json(item: &ListEntry) -> SelectedColumns<'_> {
    SelectedColumns::new(item, &OUTPUT_COLUMNS)
}

/// Likewise, of these columns alone.
#[must_use]
pub const fn columns_to_json<'a>(item: &'a ListEntry, columns: &'a [OutputColumn]) -> SelectedColumns<'a> {
    SelectedColumns::new(item, columns)
}

/// The entries as CSV: the columns are the fields of the JSON; what is not there is empty, the parts of a list stand with
/// commas between.
#[must_use]
pub fn to_csv(items: &[ListEntry]) -> Vec<u8> {
    columns_to_csv(items, &OUTPUT_COLUMNS)
}

/// Likewise, of these columns alone.
#[must_use]
pub fn columns_to_csv(items: &[ListEntry], columns: &[OutputColumn]) -> Vec<u8> {
    let header: Vec<&str> = columns.iter().map(OutputColumn::name).collect();
    let row = |item| columns.iter().map(|column| column.read_cell(item).to_csv_text().into_owned().into()).collect();
    csv::encode_rows(&header, items.iter().map(row))
}

/// The entries as people read them, in columns that they chose.
#[must_use]
pub fn columns_to_table(items: &[ListEntry], columns: &[OutputColumn]) -> TextTable {
    let mut table = TextTable::new(columns.iter().map(OutputColumn::to_table_column).collect::<Vec<_>>());
    items.iter().for_each(|item| table.add_row(columns.iter().map(|column| column.display_text(item))));
    table
}

/// What is the user's own about an entry, in a word: edited, pinned, or never on MAL. Empty where nothing is.
fn local_mark(item: &ListEntry) -> &'static str {
    match (locally_edited_fields(&item.stored).map(|fields| !fields.is_empty()), !item.stored.pinned.is_empty()) {
        (None, _) => "only here",
        (Some(true), true) => "edit+pin",
        (Some(true), false) => "edited",
        (Some(false), true) => "pinned",
        (Some(false), false) => "",
    }
}

/// The entries as people read them.
#[must_use]
pub fn to_table(items: &[ListEntry]) -> TextTable {
    let mut columns = vec![
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("status"),
        TableColumn::Number("score"),
        TableColumn::Number("watched"),
        TableColumn::Number("mean"),
        TableColumn::Word("finished"),
    ];
    let removed = items.iter().any(|item| item.is_removed());
    columns.extend(removed.then_some(TableColumn::Word("on MAL")));
    let own: Vec<&str> = items.iter().map(local_mark).collect();
    let any_own = own.iter().any(|word| !word.is_empty());
    columns.extend(any_own.then_some(TableColumn::Word("local")));
    let mut table = TextTable::new(columns);
    for (item, own) in items.iter().zip(own) {
        let values = &item.stored.values;
        let status = if values.is_rewatching { format!("{}, again", values.status) } else { values.status.clone() };
        let watched = match (values.episodes_watched, item.anime.episodes) {
            (None, None) => NO_VALUE.to_owned(),
            (watched, episodes) => {
                format!("{}/{}", or_no_value(watched), episodes.map_or_else(|| "?".into(), |n| n.to_string()))
            }
        };
        let mut row = vec![
            item.anime.mal_id.to_string(),
            item.anime.title.clone(),
            status,
            or_no_value(values.score),
            watched,
            or_no_value(item.anime.mean.map(|mean| format!("{mean:.2}"))),
            or_no_value(values.finish_date),
        ];
        row.extend(removed.then(|| if item.is_removed() { "removed" } else { "yes" }.to_owned()));
        row.extend(any_own.then(|| own.to_owned()));
        table.add_row(row);
    }
    table
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
