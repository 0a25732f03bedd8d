//! Entries: `list`. What there is to show of one stands in `column`.

use super::{
    NONE,
    column::{COLUMNS, EntryColumn, EntryObject},
    or_none,
};
use crate::{
    domain::list_item::ListItem,
    sync::edit::local_edits,
    ui::{Column, Table, csv},
};

/// Every column, in the documented order.
#[must_use]
pub fn columns() -> &'static [EntryColumn] {
    &COLUMNS
}

/// The entry as scripts read it.
#[must_use]
pub fn json(item: &ListItem) -> EntryObject<'_> {
    EntryObject::new(item, &COLUMNS)
}

/// Likewise, of these columns alone.
#[must_use]
pub const fn json_of<'a>(item: &'a ListItem, columns: &'a [EntryColumn]) -> EntryObject<'a> {
    EntryObject::new(item, columns)
}

/// The entries as CSV: the columns are the fields of the JSON; what is not there is empty, the parts of a list stand with
/// commas between.
#[must_use]
pub fn csv(items: &[ListItem]) -> Vec<u8> {
    csv_of(items, &COLUMNS)
}

/// Likewise, of these columns alone.
#[must_use]
pub fn csv_of(items: &[ListItem], columns: &[EntryColumn]) -> Vec<u8> {
    let header: Vec<&str> = columns.iter().map(EntryColumn::name).collect();
    let row = |item| columns.iter().map(|column| column.cell(item).text().into_owned().into()).collect();
    csv::rows(&header, items.iter().map(row))
}

/// The entries as people read them, in columns that they chose.
#[must_use]
pub fn chosen(items: &[ListItem], columns: &[EntryColumn]) -> Table {
    let mut table = Table::new(columns.iter().map(EntryColumn::of_table).collect::<Vec<_>>());
    items.iter().for_each(|item| table.row(columns.iter().map(|column| column.shown(item))));
    table
}

/// What is the user's own about an entry, in a word: edited, pinned, or never on MAL. Empty where nothing is.
fn own(item: &ListItem) -> &'static str {
    match (local_edits(&item.entry).map(|fields| !fields.is_empty()), !item.entry.pinned.is_empty()) {
        (None, _) => "only here",
        (Some(true), true) => "edit+pin",
        (Some(true), false) => "edited",
        (Some(false), true) => "pinned",
        (Some(false), false) => "",
    }
}

/// The entries as people read them.
#[must_use]
pub fn table(items: &[ListItem]) -> Table {
    let mut columns = vec![
        Column::Number("id"),
        Column::Text("title"),
        Column::Word("status"),
        Column::Number("score"),
        Column::Number("watched"),
        Column::Number("mean"),
        Column::Word("finished"),
    ];
    let removed = items.iter().any(|item| item.is_removed());
    columns.extend(removed.then_some(Column::Word("on MAL")));
    let own: Vec<&str> = items.iter().map(own).collect();
    let any_own = own.iter().any(|word| !word.is_empty());
    columns.extend(any_own.then_some(Column::Word("local")));
    let mut table = Table::new(columns);
    for (item, own) in items.iter().zip(own) {
        let values = &item.entry.values;
        let status = if values.is_rewatching { format!("{}, again", values.status) } else { values.status.clone() };
        let watched = match (values.episodes_watched, item.anime.episodes) {
            (None, None) => NONE.to_owned(),
            (watched, episodes) => {
                format!("{}/{}", or_none(watched), episodes.map_or_else(|| "?".into(), |n| n.to_string()))
            }
        };
        let mut row = vec![
            item.anime.mal_id.to_string(),
            item.anime.title.clone(),
            status,
            or_none(values.score),
            watched,
            or_none(item.anime.mean.map(|mean| format!("{mean:.2}"))),
            or_none(values.finish_date),
        ];
        row.extend(removed.then(|| if item.is_removed() { "removed" } else { "yes" }.to_owned()));
        row.extend(any_own.then(|| own.to_owned()));
        table.row(row);
    }
    table
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
