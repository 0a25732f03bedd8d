//! `list`: the entries, filtered and sorted.
//!
//! Filtering and sorting are done here, on the rows, so that both databases fold letters and order titles alike. Where a
//! few of many entries are shown, what decides which is read first, and the whole of those few afterwards.

use std::collections::{HashMap, HashSet};

use crate::{
    cli::{Removed, args, value::meant},
    domain::{list_item::ListItem, user::UserId},
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery, Sketched},
    ui::view::{self, EntryColumn},
};

use super::{
    context::{Context, close},
    filter::{self, Filter},
    order,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::List) -> Result<Exit, Failure> {
    if args.columns.iter().any(|name| name == "help") {
        let names = view::list::columns().iter().map(EntryColumn::name).collect::<Vec<_>>();
        return context.ui.out(&names.join("\n")).map(|()| Exit::Done);
    }
    let chosen = columns(&args.columns)?;
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let items = read(context, &database, user.id, args).await?;
    let nothing = items.is_empty() && database.count_entries(user.id).await? == 0;
    close(database).await;
    show(context, args, &view::no_entry(&user, nothing), &items, &chosen)?;
    Ok(Exit::Done)
}

/// The columns of these names.
fn columns(names: &[String]) -> Result<Vec<EntryColumn>, Failure> {
    let named = |name: &String| {
        EntryColumn::named(name).ok_or_else(|| {
            let known: Vec<&str> = view::list::columns().iter().map(EntryColumn::name).collect();
            let meant = meant(name, known.iter().copied());
            Failure::usage(format!("there is no column {name}"))
                .hint(format!("{meant}the columns are {}", known.join(", ")))
        })
    };
    let mut columns: Vec<EntryColumn> = names.iter().map(named).collect::<Result<_, _>>()?;
    // One that is named twice would be two fields of one name in JSON.
    let mut seen = HashSet::new();
    columns.retain(|column| seen.insert(column.name()));
    Ok(columns)
}

/// How many sketches of entries are looked at in one go, beside as many as are to be shown.
const AT_A_TIME: usize = 500;

/// The entries that the flags ask for, in their order.
async fn read(
    context: &Context<'_>,
    database: &Database,
    user: UserId,
    args: &args::List,
) -> Result<Vec<ListItem>, Failure> {
    let query = ListQuery { removed: args.removed.is_some() };
    let most = args.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let wanted = |mut items: Vec<ListItem>| {
        items.retain(|item| args.removed != Some(Removed::Only) || item.is_removed());
        Filter::new(&args.filter).take(context.ui, &mut items);
        order::sort(&mut items, &args.sort);
        items.truncate(most.unwrap_or(usize::MAX));
        items
    };
    let Some((most, deciding)) = most.zip(deciding(args)) else {
        return Ok(wanted(database.list(user, &query).await?));
    };
    let by_title = deciding.is_empty() && order::is_by_title(&args.sort);
    let first = if by_title { database.leading(user, &query, most).await? } else { None };
    let first = match first {
        Some(items) => wanted(items),
        None => {
            let deciding = [&[Sketched::Title], deciding.as_slice()].concat();
            leading(database.sketches(user, &query, &deciding).await?, most.max(AT_A_TIME), wanted)
        }
    };
    let ids: Vec<i32> = first.iter().map(|item| item.anime.mal_id).collect();
    let whole = database.list_these(user, &ids).await?;
    let mut whole: HashMap<i32, ListItem> = whole.into_iter().map(|item| (item.anime.mal_id, item)).collect();
    Ok(ids.iter().filter_map(|id| whole.remove(id)).collect())
}

/// The wanted ones of many. An entry is large, even a sketch of one: some are held at a time, and of them the wanted ones.
fn leading(
    mut items: impl Iterator<Item = ListItem>,
    at_a_time: usize,
    wanted: impl Fn(Vec<ListItem>) -> Vec<ListItem>,
) -> Vec<ListItem> {
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
fn deciding(args: &args::List) -> Option<Vec<Sketched>> {
    let (order, filter) = (order::sketched(&args.sort)?, filter::sketched(&args.filter)?);
    let mut deciding = Vec::new();
    for what in order.into_iter().chain(filter).chain(args.removed.map(|_| Sketched::Removed)) {
        if !deciding.contains(&what) {
            deciding.push(what);
        }
    }
    Some(deciding)
}

fn show(
    context: &Context<'_>,
    args: &args::List,
    nothing: &str,
    items: &[ListItem],
    chosen: &[EntryColumn],
) -> Result<(), Failure> {
    let ui = context.ui;
    let columns = if chosen.is_empty() { view::list::columns() } else { chosen };
    if args.csv {
        return ui.out_bytes(&view::list::csv_of(items, columns));
    }
    if args.json {
        return items.iter().try_for_each(|item| ui.json(&view::list::json_of(item, columns)));
    }
    if items.is_empty() {
        if args.limit != Some(0) {
            ui.note(nothing);
        }
        return Ok(());
    }
    let table = if chosen.is_empty() { view::list::table(items) } else { view::list::chosen(items, chosen) };
    ui.pages(&table.render(ui.limit()), !args.no_pager)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{anime::Anime, entry::Local};

    #[test]
    fn the_first_of_many_are_the_same_however_many_are_looked_at_in_one_go() {
        let items = || {
            [5, 3, 9, 1, 7, 8, 2, 6, 4].map(|mal_id| ListItem {
                anime: Anime { mal_id, title: format!("title {mal_id}"), ..Anime::default() },
                entry: Local { mal_id, ..Local::default() },
                updated_at: None,
            })
        };
        let wanted = |mut items: Vec<ListItem>| {
            items.retain(|item| item.anime.mal_id != 2);
            order::sort(&mut items, &[]);
            items.truncate(4);
            items
        };
        for at_a_time in 1..=10 {
            let leading = leading(items().into_iter(), at_a_time, wanted);
            assert_eq!(leading.iter().map(|item| item.anime.mal_id).collect::<Vec<_>>(), [1, 3, 4, 5], "{at_a_time}");
        }
        assert!(leading(std::iter::empty(), 1, wanted).is_empty());
    }

    #[test]
    fn a_column_goes_by_its_name_in_json_and_an_unknown_one_is_answered_with_all() {
        let names = |names: &[&str]| columns(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            names(&["mal-id", "title"]).unwrap().iter().map(EntryColumn::name).collect::<Vec<_>>(),
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
