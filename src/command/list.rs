//! `list`: the entries, filtered and sorted.
//!
//! Filtering and sorting are done here, on the rows, so that both databases fold letters and order titles alike. Where a
//! few of many entries are shown, what decides which is read first, and the whole of those few afterwards.

use std::collections::{HashMap, HashSet};

use crate::{
    cli::{RemovedEntries, args, value::did_you_mean},
    domain::{list_entry::ListEntry, user::UserId},
    exit::Exit,
    failure::Failure,
    store::{Database, ListColumn, ListQuery},
    ui::view::{self, OutputColumn},
};

use super::{
    context::{Context, close_database},
    entry_filter::{self, EntryFilter},
    entry_sort,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::ListArgs) -> Result<Exit, Failure> {
    if args.columns.iter().any(|name| name == "help") {
        let names = view::list::all_columns().iter().map(OutputColumn::name).collect::<Vec<_>>();
        return context.ui.print(&names.join("\n")).map(|()| Exit::Done);
    }
    let chosen = parse_columns(&args.columns)?;
    context.config()?;
    let database = context.open_database().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let items = load_entries(context, &database, user.id, args).await?;
    let nothing = items.is_empty() && database.count_entries(user.id).await? == 0;
    close_database(database).await;
    print_entries(context, args, &view::no_entries_text(&user, nothing), &items, &chosen)?;
    Ok(Exit::Done)
}

/// The columns of these names.
fn parse_columns(names: &[String]) -> Result<Vec<OutputColumn>, Failure> {
    let named = |name: &String| {
        OutputColumn::from_name(name).ok_or_else(|| {
            let known: Vec<&str> = view::list::all_columns().iter().map(OutputColumn::name).collect();
            let meant = did_you_mean(name, known.iter().copied());
            Failure::usage_error(format!("there is no column {name}"))
                .with_hint(format!("{meant}the columns are {}", known.join(", ")))
        })
    };
    let mut columns: Vec<OutputColumn> = names.iter().map(named).collect::<Result<_, _>>()?;
    // One that is named twice would be two fields of one name in JSON.
    let mut seen = HashSet::new();
    columns.retain(|column| seen.insert(column.name()));
    Ok(columns)
}

/// How many sketches of entries are looked at in one go, beside as many as are to be shown.
const MIN_CHUNK_ENTRIES: usize = 500;

/// The entries that the flags ask for, in their order.
async fn load_entries(
    context: &Context<'_>,
    database: &Database,
    user: UserId,
    args: &args::ListArgs,
) -> Result<Vec<ListEntry>, Failure> {
    let query = ListQuery { include_removed: args.removed.is_some() };
    let most = args.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let wanted = |mut items: Vec<ListEntry>| {
        items.retain(|item| args.removed != Some(RemovedEntries::Only) || item.is_removed());
        EntryFilter::new(&args.filter).apply(context.ui, &mut items);
        entry_sort::sort_entries(&mut items, &args.sort);
        items.truncate(most.unwrap_or(usize::MAX));
        items
    };
    let Some((most, deciding)) = most.zip(required_columns(args)) else {
        return Ok(wanted(database.load_list(user, &query).await?));
    };
    let by_title = deciding.is_empty() && entry_sort::is_title_order(&args.sort);
    let first = if by_title { database.leading(user, &query, most).await? } else { None };
    let first = match first {
        Some(items) => wanted(items),
        None => {
            let deciding = [&[ListColumn::Title], deciding.as_slice()].concat();
            top_n(database.load_partial_entries(user, &query, &deciding).await?, most.max(MIN_CHUNK_ENTRIES), wanted)
        }
    };
    let ids: Vec<i32> = first.iter().map(|item| item.anime.mal_id).collect();
    let whole = database.load_list_by_ids(user, &ids).await?;
    let mut whole: HashMap<i32, ListEntry> = whole.into_iter().map(|item| (item.anime.mal_id, item)).collect();
    Ok(ids.iter().filter_map(|id| whole.remove(id)).collect())
}

/// The wanted ones of many. An entry is large, even a sketch of one: some are held at a time, and of them the wanted ones.
fn top_n(
    mut items: impl Iterator<Item = ListEntry>,
    at_a_time: usize,
    wanted: impl Fn(Vec<ListEntry>) -> Vec<ListEntry>,
) -> Vec<ListEntry> {
    let mut leading = Vec::new();
    loop {
        let before = leading.len();
        leading.extend(items.by_ref().take(at_a_time));
        if leading.len() == before {
            return leading;
        }
        leading = wanted(leading);
    }
}

/// What it takes beside titles to tell which entries are wanted, and in which order, where a sketch of each has it.
fn required_columns(args: &args::ListArgs) -> Option<Vec<ListColumn>> {
    let (order, filter) = (entry_sort::required_columns(&args.sort)?, entry_filter::required_columns(&args.filter)?);
    let mut deciding = Vec::new();
    for what in order.into_iter().chain(filter).chain(args.removed.map(|_| ListColumn::RemovedAt)) {
        if !deciding.contains(&what) {
            deciding.push(what);
        }
    }
    Some(deciding)
}

fn print_entries(
    context: &Context<'_>,
    args: &args::ListArgs,
    nothing: &str,
    items: &[ListEntry],
    chosen: &[OutputColumn],
) -> Result<(), Failure> {
    let ui = context.ui;
    let columns = if chosen.is_empty() { view::list::all_columns() } else { chosen };
    if args.csv {
        return ui.print_bytes(&view::list::columns_to_csv(items, columns));
    }
    if args.json {
        return items.iter().try_for_each(|item| ui.print_json(&view::list::columns_to_json(item, columns)));
    }
    if items.is_empty() {
        if args.limit != Some(0) {
            ui.print_note(nothing);
        }
        return Ok(());
    }
    let table =
        if chosen.is_empty() { view::list::to_table(items) } else { view::list::columns_to_table(items, chosen) };
    ui.print_paged(&table.render(ui.terminal_width()), !args.no_pager)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{anime::Anime, entry::StoredEntry};

    #[test]
    fn top_n_is_independent_of_chunk_size() {
        let items = || {
            [5, 3, 9, 1, 7, 8, 2, 6, 4].map(|mal_id| ListEntry {
                anime: Anime { mal_id, title: format!("title {mal_id}"), ..Anime::default() },
                stored: StoredEntry { mal_id, ..StoredEntry::default() },
                updated_at: None,
            })
        };
        let wanted = |mut items: Vec<ListEntry>| {
            items.retain(|item| item.anime.mal_id != 2);
            entry_sort::sort_entries(&mut items, &[]);
            items.truncate(4);
            items
        };
        for at_a_time in 1..=10 {
            let leading = top_n(items().into_iter(), at_a_time, wanted);
            assert_eq!(leading.iter().map(|item| item.anime.mal_id).collect::<Vec<_>>(), [1, 3, 4, 5], "{at_a_time}");
        }
        assert!(top_n(std::iter::empty(), 1, wanted).is_empty());
    }

    #[test]
    fn column_is_found_by_json_name_and_unknown_name_lists_all() {
        let names = |names: &[&str]| parse_columns(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            names(&["mal-id", "title"]).unwrap().iter().map(OutputColumn::name).collect::<Vec<_>>(),
            ["mal_id", "title"]
        );
        let failure = names(&["title", "tittle"]).unwrap_err();
        assert_eq!((failure.exit, failure.message().as_str()), (Exit::Usage, "there is no column tittle"));
        assert!(
            failure.hints[0].starts_with("did you mean title? the columns are mal_id, title, ")
                && failure.hints[0].ends_with("on_mal")
        );
    }
}
