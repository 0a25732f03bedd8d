//! `list`: the entries, filtered and sorted.
//!
//! Searching and sorting are done here, on the rows, so that both databases fold letters and order titles alike.

use std::cmp::Ordering;

use crate::{
    cli::{ListSort, SortKey, args},
    domain::{list_item::ListItem, list_status::STATUSES},
    exit::Exit,
    failure::Failure,
    store::ListQuery,
    ui::view,
};

use super::{
    context::{Context, close},
    filter::Filter,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::List) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let query = ListQuery { removed: args.removed };
    let mut items = database.list(user.id, &query).await?;
    close(database).await;
    let filter = Filter::new(&args.filter);
    items.retain(|item| filter.matches(item));
    items.sort_by(|a, b| compare(args.sort, a, b));
    items.truncate(args.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    if args.csv {
        context.ui.out_bytes(&view::list::csv(&items))?;
    } else if args.json {
        items.iter().try_for_each(|item| context.ui.json(&view::list::json(item)))?;
    } else if items.is_empty() {
        context.ui.note("no entry");
    } else {
        context.ui.table(&view::list::table(&items))?;
    }
    Ok(Exit::Done)
}

/// The order: by the key, what has no value last whichever way round, then by title and id.
fn compare(sort: ListSort, a: &ListItem, b: &ListItem) -> Ordering {
    fn known<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
    let down = sort.descending;
    let place = |item: &ListItem| STATUSES.iter().position(|status| *status == item.entry.values.status);
    let title = |item: &ListItem| item.anime.title.to_lowercase();
    let by_key = match sort.key {
        SortKey::Title => known(Some(title(a)), Some(title(b)), down),
        SortKey::Score => known(scored(a), scored(b), down),
        SortKey::Mean => known(a.anime.mean, b.anime.mean, down),
        SortKey::Status => known(place(a), place(b), down),
        SortKey::Episodes => known(a.anime.episodes, b.anime.episodes, down),
        SortKey::Watched => known(a.entry.values.episodes_watched, b.entry.values.episodes_watched, down),
        SortKey::StartDate => known(a.entry.values.start_date, b.entry.values.start_date, down),
        SortKey::FinishDate => known(a.entry.values.finish_date, b.entry.values.finish_date, down),
        SortKey::Updated => known(a.updated_at, b.updated_at, down),
        SortKey::Rank => known(a.anime.rank, b.anime.rank, down),
        SortKey::Popularity => known(a.anime.popularity, b.anime.popularity, down),
        SortKey::Id => known(Some(a.anime.mal_id), Some(b.anime.mal_id), down),
    };
    by_key.then_with(|| title(a).cmp(&title(b))).then_with(|| a.anime.mal_id.cmp(&b.anime.mal_id))
}

fn scored(item: &ListItem) -> Option<i32> {
    item.entry.values.score.filter(|score| *score > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        anime::Anime,
        entry::{Local, Values},
    };

    fn item(mal_id: i32, title: &str, score: Option<i32>) -> ListItem {
        let values = Values { score, ..Values::default() };
        ListItem {
            anime: Anime { mal_id, title: title.into(), ..Anime::default() },
            entry: Local { mal_id, values, ..Local::default() },
            updated_at: None,
        }
    }

    fn sorted(key: SortKey, descending: bool) -> Vec<i32> {
        let mut items = [item(1, "b", Some(5)), item(2, "A", None), item(3, "c", Some(9)), item(4, "a", Some(5))];
        items.sort_by(|a, b| compare(ListSort { key, descending }, a, b));
        items.map(|item| item.anime.mal_id).to_vec()
    }

    #[test]
    fn what_has_no_value_stands_last_whichever_way_round() {
        assert_eq!(sorted(SortKey::Score, true), [3, 4, 1, 2]);
        assert_eq!(sorted(SortKey::Score, false), [4, 1, 3, 2]);
    }

    #[test]
    fn titles_are_sorted_without_regard_to_case_and_ties_by_id() {
        assert_eq!(sorted(SortKey::Title, false), [2, 4, 1, 3]);
        assert_eq!(sorted(SortKey::Title, true), [3, 1, 2, 4]);
    }
}
