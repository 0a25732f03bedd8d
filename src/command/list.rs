//! `list`: filters and sorts rows in memory rather than in SQL, so that both databases order and compare text alike. With
//! `--limit`, and if entries of a few columns suffice (`partial_entries`), only the columns that filter and sort need are
//! loaded first, then the full rows of the entries to print.

use std::collections::{HashMap, HashSet};

use crate::{
    cli::{args, value::did_you_mean},
    domain::{field_names::canonical_name, list_entry::ListEntry, user::UserId, vocabulary::find_list_status},
    exchange::{self, OutputColumn, SelectedColumns},
    exit::Exit,
    failure::Failure,
    store::{Database, ListColumn, ListQuery},
    ui::view,
};

use super::{
    context::Context,
    entry_details::to_list_rows,
    entry_filter::{self, EntryFilter, FilterPurpose},
    entry_sort,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::ListArgs) -> Result<Exit, Failure> {
    if args.columns.iter().any(|name| name == "help") {
        let names = OutputColumn::all().iter().map(OutputColumn::name).collect::<Vec<_>>();
        return context.ui.print(&names.join("\n")).map(|()| Exit::Done);
    }
    let columns = parse_columns(&args.columns)?;
    let mut args = args.clone();
    if !args.text.is_empty() {
        args.filter.search = Some(args.text.join(" "));
    }
    let args = &args;
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let FoundEntries { items, matching } = load_entries(context, &database, user.id, args).await?;
    if !args.json && !args.csv {
        let total = database.count_entries(user.id).await?;
        let empty_text = view::no_entries_text(&user, items.is_empty() && total == 0);
        print_table(context, args, &empty_text, &items, &columns).await?;
        if items.is_empty()
            && let Some(status) = args.filter.search.as_deref().and_then(find_list_status)
        {
            context.ui.print_note(&format!("To list by status: malsync list --status {status}"));
        }
        // Removed entries are not in the total.
        if !items.is_empty() && context.ui.is_stdout_terminal() {
            let total = (!args.removed.includes_removed()).then_some(total);
            context.ui.print_note(&view::list::count_text(items.len(), matching, total));
        }
        return Ok(Exit::Done);
    }
    print_records(context, args, &items, &columns)?;
    Ok(Exit::Done)
}

/// Returns the columns with these names, each once.
fn parse_columns(names: &[String]) -> Result<Vec<OutputColumn>, Failure> {
    let find_column = |name: &String| {
        OutputColumn::from_typed_name(name).ok_or_else(|| {
            let all_names: Vec<&str> = OutputColumn::all().iter().map(OutputColumn::name).collect();
            let suggestion = did_you_mean(name, all_names.iter().copied());
            Failure::usage_error(format!("unknown column {name}"))
                .with_hint(format!("{suggestion}available columns: {}", all_names.join(", ")))
        })
    };
    let mut columns: Vec<OutputColumn> = names.iter().map(find_column).collect::<Result<_, _>>()?;
    // A repeated column would be two JSON fields of the same name.
    let mut seen = HashSet::new();
    columns.retain(|column| seen.insert(column.name()));
    Ok(columns)
}

/// Minimum number of partial entries that are filtered and sorted at a time.
const MIN_CHUNK_ENTRIES: usize = 500;

/// Returns how many entries are shown at most.
fn limit_of(args: &args::ListArgs) -> Option<usize> {
    args.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// The entries that match the flags, in the requested order, at most `--limit`.
struct FoundEntries {
    items: Vec<ListEntry>,
    /// How many match without `--limit`.
    matching: usize,
}

/// Loads the entries that match the flags.
async fn load_entries(
    context: &Context<'_>,
    database: &Database,
    user: UserId,
    args: &args::ListArgs,
) -> Result<FoundEntries, Failure> {
    let query = ListQuery { include_removed: args.removed.includes_removed() };
    let limit = limit_of(args);
    let retain_matching = |items: &mut Vec<ListEntry>| -> Result<(), Failure> {
        items.retain(|item| !args.removed.is_only_removed() || item.is_removed());
        EntryFilter::new(&args.filter, FilterPurpose::Listing).apply(context.ui, items)
    };
    let retain_first = |items: &mut Vec<ListEntry>| {
        entry_sort::sort_entries(items, &args.sort);
        items.truncate(limit.unwrap_or(usize::MAX));
    };
    let Some((limit, columns)) = limit.zip(required_columns(args)) else {
        let mut items = database.load_list(user, &query).await?;
        retain_matching(&mut items)?;
        let matching = items.len();
        retain_first(&mut items);
        return Ok(FoundEntries { items, matching });
    };
    let columns = [&[ListColumn::Title], columns.as_slice()].concat();
    let partial_entries = database.load_partial_entries(user, &query, &columns).await?;
    let found = find_first(partial_entries, limit.max(MIN_CHUNK_ENTRIES), retain_matching, retain_first)?;
    let ids: Vec<i32> = found.items.iter().map(|item| item.anime.mal_id).collect();
    let full_entries = database.load_list_by_ids(user, &ids).await?;
    let mut full_entries: HashMap<i32, ListEntry> =
        full_entries.into_iter().map(|item| (item.anime.mal_id, item)).collect();
    Ok(FoundEntries { items: ids.iter().filter_map(|id| full_entries.remove(id)).collect(), ..found })
}

/// Returns the first of the entries that match. Reads `chunk_size` entries at a time and keeps only the first ones, because
/// entries are large.
fn find_first(
    mut items: impl Iterator<Item = ListEntry>,
    chunk_size: usize,
    retain_matching: impl Fn(&mut Vec<ListEntry>) -> Result<(), Failure>,
    retain_first: impl Fn(&mut Vec<ListEntry>),
) -> Result<FoundEntries, Failure> {
    let mut found = FoundEntries { items: Vec::new(), matching: 0 };
    loop {
        let mut chunk: Vec<ListEntry> = items.by_ref().take(chunk_size).collect();
        if chunk.is_empty() {
            return Ok(found);
        }
        retain_matching(&mut chunk)?;
        found.matching += chunk.len();
        found.items.extend(chunk);
        retain_first(&mut found.items);
    }
}

/// Returns the columns besides the title that filter and sort need. Returns `None` if partial entries lack one of them.
fn required_columns(args: &args::ListArgs) -> Option<Vec<ListColumn>> {
    let (order, filter) = (entry_sort::required_columns(&args.sort)?, entry_filter::required_columns(&args.filter)?);
    let mut columns = Vec::new();
    for column in order.into_iter().chain(filter).chain(args.removed.removed.map(|_| ListColumn::RemovedAt)) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Some(columns)
}

/// Prints CSV or JSON.
fn print_records(
    context: &Context<'_>,
    args: &args::ListArgs,
    items: &[ListEntry],
    chosen: &[OutputColumn],
) -> Result<(), Failure> {
    let columns = if chosen.is_empty() { OutputColumn::all() } else { chosen };
    let rows = to_list_rows(items, columns);
    if args.csv {
        return context.ui.print_bytes(&exchange::encode_csv(&rows, columns));
    }
    rows.iter().try_for_each(|row| context.ui.print_json(&SelectedColumns::new(row, columns)))
}

async fn print_table(
    context: &Context<'_>,
    args: &args::ListArgs,
    empty_text: &str,
    items: &[ListEntry],
    chosen: &[OutputColumn],
) -> Result<(), Failure> {
    let rows = to_list_rows(items, if chosen.is_empty() { OutputColumn::all() } else { chosen });
    if items.is_empty() {
        if args.limit != Some(0) {
            context.ui.print_note(empty_text);
        }
        return Ok(());
    }
    let table =
        if chosen.is_empty() { view::list::to_table(&rows) } else { view::list::columns_to_table(&rows, chosen) };
    let is_sorted_by = |header: &str| {
        let column = canonical_name(header);
        args.sort.iter().any(|sort| sort.key.column_name() == column)
    };
    let table = table.preferring(is_sorted_by);
    context.print_paged_table(&table, !args.no_pager).await?;
    let dropped = if chosen.is_empty() { Vec::new() } else { table.dropped_headers(context.ui.terminal_width()) };
    view::list::dropped_columns_text(&dropped).iter().for_each(|text| context.ui.print_note(text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{anime::Anime, entry::StoredEntry};

    #[test]
    fn first_entries_are_independent_of_chunk_size() {
        let items = || {
            [5, 3, 9, 1, 7, 8, 2, 6, 4].map(|mal_id| ListEntry {
                anime: Anime { mal_id, title: format!("title {mal_id}"), ..Anime::default() },
                stored: StoredEntry { mal_id, ..StoredEntry::default() },
                updated_at: None,
            })
        };
        let retain_matching = |items: &mut Vec<ListEntry>| {
            items.retain(|item| item.anime.mal_id != 2);
            Ok(())
        };
        let retain_first = |items: &mut Vec<ListEntry>| {
            entry_sort::sort_entries(items, &[]);
            items.truncate(4);
        };
        for chunk_size in 1..=10 {
            let found = find_first(items().into_iter(), chunk_size, retain_matching, retain_first).unwrap();
            let ids: Vec<i32> = found.items.iter().map(|item| item.anime.mal_id).collect();
            assert_eq!((ids, found.matching), (vec![1, 3, 4, 5], 8), "{chunk_size}");
        }
        assert!(find_first(std::iter::empty(), 1, retain_matching, retain_first).unwrap().items.is_empty());
    }

    #[test]
    fn column_is_found_by_json_name_and_unknown_name_lists_all() {
        let names = |names: &[&str]| parse_columns(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            names(&["ID", "mal-id", "title"]).unwrap().iter().map(OutputColumn::name).collect::<Vec<_>>(),
            ["mal_id", "title"]
        );
        let failure = names(&["title", "tittle"]).unwrap_err();
        assert_eq!((failure.exit, failure.message().as_str()), (Exit::Usage, "unknown column tittle"));
        assert!(
            failure.hints[0].starts_with("did you mean title? available columns: mal_id, title, ")
                && failure.hints[0].ends_with("on_mal")
        );
    }
}
