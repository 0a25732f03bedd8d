//! Finds entries by id or title, and selects those of `diff`, `push` and `revert`.

use std::collections::HashSet;

use crate::{
    cli::{AnimeName, args},
    domain::{
        fuzzy_title::find_nearest_titles,
        list_entry::ListEntry,
        text::{closest_match, excerpt, normalize_for_search},
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery},
};

use super::{
    context::Context,
    entry_filter::{EntryFilter, FilterPurpose},
    find_title::find_matched_alternative,
};

/// Maximum number of candidates in a message.
const MAX_CANDIDATES_SHOWN: usize = 10;

/// The selected entries.
pub(super) struct SelectedEntries {
    /// The entries, in ascending order of MAL id. Entries that were removed from MAL are among them.
    pub(super) items: Vec<ListEntry>,
    /// The entries that were named.
    pub(super) named_ids: HashSet<i32>,
}

/// Loads the entries that the arguments select.
///
/// # Errors
/// Exit code 1 if a named anime is not in the list, 2 if a name has several candidates or only nearly fits.
pub(super) async fn load_selected_entries(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    args: &args::EntrySelectionArgs,
    purpose: FilterPurpose,
) -> Result<SelectedEntries, Failure> {
    let items = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
    let filter = EntryFilter::new(&args.filter, purpose);
    filter.check_values(&items)?;
    let mut named_ids = HashSet::new();
    for name in &args.anime {
        named_ids.insert(choose_named_anime(context, &items, name, user).await?);
    }
    Ok(select_entries(context, items, &filter, args, named_ids))
}

/// Loads the selection again, with the entries that were named by now, and without a question.
pub(super) async fn reload_selected_entries(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    args: &args::EntrySelectionArgs,
    purpose: FilterPurpose,
    named_ids: HashSet<i32>,
) -> Result<SelectedEntries, Failure> {
    let items = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
    Ok(select_entries(context, items, &EntryFilter::new(&args.filter, purpose), args, named_ids))
}

fn select_entries(
    context: &Context<'_>,
    mut items: Vec<ListEntry>,
    filter: &EntryFilter<'_>,
    args: &args::EntrySelectionArgs,
    named_ids: HashSet<i32>,
) -> SelectedEntries {
    items.retain(|item| named_ids.is_empty() || named_ids.contains(&item.anime.mal_id));
    items.retain(|item| !args.removed.is_only_removed() || item.is_removed());
    filter.retain_matching(context.ui, &mut items);
    SelectedEntries { items, named_ids }
}

/// Returns the MAL id of the anime that a name means. An id that is neither in the list nor a title is returned as it is.
///
/// # Errors
/// Exit code 1 if no anime in the list has such a title, 2 if several have or it only nearly fits.
pub(super) async fn find_anime_id(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    name: &AnimeName,
) -> Result<i32, Failure> {
    if let AnimeName::Id(id) = name
        && database.find_entry(user.id, *id).await?.is_some()
    {
        return Ok(*id);
    }
    let items = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
    match name {
        AnimeName::Id(id) => Ok(match &find_candidates(&items, &id.to_string())[..] {
            [one] => one.anime.mal_id,
            _ => *id,
        }),
        AnimeName::Title(title) => choose_named_anime(context, &items, title, user).await,
    }
}

/// Returns the MAL id of the anime that `--anime` names, if it does.
pub(super) async fn find_optional_anime_id(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    name: Option<&AnimeName>,
) -> Result<Option<i32>, Failure> {
    match name {
        Some(name) => find_anime_id(context, database, user, name).await.map(Some),
        None => Ok(None),
    }
}

/// Returns the MAL id of the anime that a name means. On a terminal, asks which one if there are several, or if several
/// titles contain the name without beginning with it.
async fn choose_named_anime(
    context: &Context<'_>,
    items: &[ListEntry],
    name: &str,
    user: &User,
) -> Result<i32, Failure> {
    let mut candidates = find_candidates(items, name);
    if candidates.is_empty() && context.ui.is_interactive() {
        // One such title is suggested only: it may not be the one that was meant.
        candidates = find_containing(items, name);
        candidates.truncate(if candidates.len() < 2 { 0 } else { usize::MAX });
    }
    if candidates.len() < 2 || !context.ui.is_interactive() {
        return only_candidate(items, &candidates, name, user);
    }
    let mut name = name.to_owned();
    loop {
        for item in candidates.iter().take(MAX_CANDIDATES_SHOWN) {
            context.ui.print_question_line(&format!("{:>7}  {}", item.anime.mal_id, title_with_match(item, &name)));
        }
        if let Some(more) = candidates.len().checked_sub(MAX_CANDIDATES_SHOWN).filter(|more| *more > 0) {
            context.ui.print_question_line(&format!("         and {more} more; type more of the title to see them"));
        }
        let question = format!("{} anime match {name:?}. Which ID?", candidates.len());
        let answer = context.ask_line(&question).await?.unwrap_or_default();
        let answer = answer.trim();
        let chosen = answer.parse::<i32>().ok();
        if let Some(item) = candidates.iter().find(|item| Some(item.anime.mal_id) == chosen) {
            return Ok(item.anime.mal_id);
        }
        if answer.is_empty() {
            return only_candidate(items, &candidates, &name, user);
        }
        let wanted = normalize_for_search(answer);
        let has_match =
            |item: &&ListEntry| item.all_titles().any(|title| normalize_for_search(title).contains(&wanted));
        let narrowed: Vec<&ListEntry> = candidates.iter().copied().filter(has_match).collect();
        match narrowed[..] {
            [] => return Err(unlisted_answer_failure(answer)),
            [one] => return Ok(one.anime.mal_id),
            _ => (candidates, name) = (narrowed, answer.to_owned()),
        }
    }
}

/// Returns the failure of an answer that is none of the ids in question.
pub(super) fn unlisted_answer_failure(answer: &str) -> Failure {
    Failure::usage_error(format!("{answer:?} is none of these IDs"))
}

/// Returns the entries that a name may mean: one by its id, else by a whole title, else by the beginning of one.
fn find_candidates<'a>(items: &'a [ListEntry], name: &str) -> Vec<&'a ListEntry> {
    let id = name.parse::<i32>().ok();
    if let Some(item) = items.iter().find(|item| Some(item.anime.mal_id) == id) {
        return vec![item];
    }
    let wanted = normalize_for_search(name.trim());
    let whole = find_by_title(items, |title| title == wanted);
    if whole.is_empty() { find_by_title(items, |title| title.starts_with(&wanted)) } else { whole }
}

/// Returns the entries with a title that contains the name.
fn find_containing<'a>(items: &'a [ListEntry], name: &str) -> Vec<&'a ListEntry> {
    let wanted = normalize_for_search(name.trim());
    find_by_title(items, |title| title.contains(&wanted))
}

fn find_by_title(items: &[ListEntry], matches: impl Fn(&str) -> bool) -> Vec<&ListEntry> {
    let has_match = |item: &&ListEntry| item.all_titles().any(|title| matches(&normalize_for_search(title)));
    items.iter().filter(has_match).collect()
}

/// Returns the MAL id of the only candidate.
///
/// # Errors
/// Exit code 1 if there is none, 2 if there are several or a title only nearly fits.
fn only_candidate(items: &[ListEntry], found: &[&ListEntry], name: &str, user: &User) -> Result<i32, Failure> {
    match found {
        [one] => Ok(one.anime.mal_id),
        [] => Err(unknown_anime_failure(items, name, user)),
        _ => Err(several_anime_failure(found, name)),
    }
}

fn unknown_anime_failure(items: &[ListEntry], name: &str, user: &User) -> Failure {
    let message = match find_containing(items, name).len() {
        0 => format!("no anime in the list of {} matches {name:?}", user.username),
        1 => format!("no title in the list of {} begins with {name:?}, and one contains it", user.username),
        count => format!("no title in the list of {} begins with {name:?}, and {count} contain it", user.username),
    };
    let titles = || items.iter().flat_map(|item| item.all_titles().map(|title| (item.anime.mal_id, title)));
    let mut nearest = find_nearest_titles(name, titles());
    if nearest.is_empty() {
        let closest = closest_match(name, titles().map(|(_, title)| title));
        nearest.extend(titles().find(|(_, title)| Some(*title) == closest).map(|(mal_id, _)| mal_id));
    }
    let nearest: Vec<&ListEntry> = items.iter().filter(|item| nearest.contains(&item.anime.mal_id)).collect();
    match nearest[..] {
        [] => Failure::from_text(Exit::Failed, message).with_hint("find IDs with malsync list"),
        [one] => Failure::usage_error(message)
            .with_hint(format!("did you mean {}?", title_with_match(one, name)))
            .with_meant_word(name, one.anime.mal_id.to_string()),
        _ => Failure::usage_error(message)
            .with_hint(format!("did you mean {}? Use the ID", join_candidates(&nearest, name, " or "))),
    }
}

fn several_anime_failure(found: &[&ListEntry], name: &str) -> Failure {
    let message = format!("{name:?} matches {}", join_candidates(found, name, ", "));
    Failure::usage_error(message).with_hint("use the ID or more of the title")
}

/// Returns the titles and ids of the first candidates, and the number of the others.
fn join_candidates(found: &[&ListEntry], name: &str, separator: &str) -> String {
    let shown = found.iter().take(MAX_CANDIDATES_SHOWN);
    let shown = shown.map(|item| format!("{} ({})", title_with_match(item, name), item.anime.mal_id));
    let more = found.len().saturating_sub(MAX_CANDIDATES_SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.collect::<Vec<_>>().join(separator))
}

/// Returns the title, and beside it the title that matches the name, if that is another.
fn title_with_match(item: &ListEntry, name: &str) -> String {
    let titles: Vec<&str> = item.all_titles().collect();
    let alternative = find_matched_alternative(&titles, name);
    let alternative = alternative.map(|title| format!(" [{}]", excerpt(title))).unwrap_or_default();
    format!("{}{alternative}", item.anime.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{anime::Anime, entry::StoredEntry, user::UserId};

    fn user() -> User {
        User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: None,
            login: crate::domain::user::StoredLogin::default(),
            last_mal_sync: None,
            watermark: None,
            drift: None,
            listing_gap: None,
            missing_entries: Vec::new(),
            last_full_sync: None,
        }
    }

    fn items() -> Vec<ListEntry> {
        let item = |mal_id, title: &str, english: Option<&str>| ListEntry {
            anime: Anime { mal_id, title: title.into(), title_english: english.map(str::to_owned), ..Anime::default() },
            stored: StoredEntry { mal_id, ..StoredEntry::default() },
            updated_at: None,
        };
        vec![
            item(1, "Cowboy Bebop", None),
            item(5, "Cowboy Bebop: Tengoku no Tobira", Some("The Movie")),
            item(7, "86", Some("Eighty-Six")),
            item(86, "Pokémon", None),
        ]
    }

    fn find_named_anime(items: &[ListEntry], name: &str, user: &User) -> Result<i32, Failure> {
        only_candidate(items, &find_candidates(items, name), name, user)
    }

    #[test]
    fn anime_is_named_by_id_whole_title_or_beginning() {
        for (name, expected) in [
            ("5", 5),
            ("86", 86),
            ("cowboy bebop", 1),
            ("COWBOY BEBOP: t", 5),
            ("the", 5),
            ("pokemon", 86),
            ("eigh", 7),
        ] {
            assert_eq!(find_named_anime(&items(), name, &user()).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn name_that_fits_none_or_several_is_refused() {
        let failure = |name: &str| find_named_anime(&items(), name, &user()).unwrap_err();
        let several = failure("cow");
        assert_eq!(several.exit, Exit::Usage);
        assert!(several.message().contains("Cowboy Bebop (1), Cowboy Bebop: Tengoku no Tobira (5)"));
        let near = failure("Cowboy Bebob");
        assert!(near.exit == Exit::Usage && near.hints[0] == "did you mean Cowboy Bebop?", "{near:?}");
        assert_eq!(near.meant_word, Some(("Cowboy Bebob".to_owned(), "1".to_owned())));
        let alternative = failure("eihgty-six");
        assert_eq!(alternative.hints[0], "did you mean 86 [Eighty-Six]?");
        let near = failure("cwoboy");
        assert!(near.exit == Exit::Usage && near.hints[0].contains("Cowboy Bebop (1) or Cowboy Bebop: T"), "{near:?}");
        assert_eq!(failure("zzz").exit, Exit::Failed);
        let part = failure("bebop");
        assert!(part.exit == Exit::Usage && part.hints[0].contains("Cowboy Bebop (1) or "), "{part:?}");
    }
}
