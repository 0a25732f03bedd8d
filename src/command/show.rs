//! `show`: prints everything known about one anime, its entry and its history.

use crate::{
    cli::args,
    domain::{
        anime::Anime,
        entry::StoredEntry,
        history::{self, HistoryEvent},
        list_entry::ListEntry,
        text::excerpt,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{AnimeTitles, ChangeQuery, Database, EditQuery},
    ui::view::show::{ShowView, to_json, to_text},
};

use super::{
    context::Context,
    entry_details::{field_states, to_list_row},
    entry_selection::unlisted_answer_failure,
    find_title::{TitleMatch, find_by_title, find_matched_alternative},
};

/// Maximum number of anime listed if a title is ambiguous.
const MAX_TITLES_LISTED: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &args::ShowArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let anime = find_anime(context, &database, &user, &args.query.join(" ")).await?;
    let listed = database.load_list_by_ids(user.id, &[anime.mal_id]).await?.pop();
    let limit = (!args.all).then_some(args.limit);
    let (history, has_more) = load_history(&database, &user, anime.mal_id, limit).await?;
    let is_listed = listed.is_some();
    let entry = StoredEntry { mal_id: anime.mal_id, ..StoredEntry::default() };
    let item = listed.unwrap_or(ListEntry { anime, stored: entry, updated_at: None });
    let (row, fields) = (to_list_row(&item), field_states(&item.stored));
    let view = ShowView {
        row: &row,
        fields: &fields,
        is_listed,
        username: &user.username,
        history: &history,
        has_more_history: has_more,
    };
    if args.json {
        context.ui.print_json(&to_json(&view))?;
    } else {
        let text = to_text(&view, context.ui.output_width(), context.ui.table_style());
        context.print_paged(&text, !args.no_pager).await?;
    }
    Ok(Exit::Done)
}

/// Returns the anime with this id or title. A number is an id, unless no anime has that id. Takes the only title that is
/// near, with a note. On a terminal, asks which one if there are several.
///
/// # Errors
/// Exit code 1 if there is none, 2 if there are several.
pub(super) async fn find_anime(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    query: &str,
) -> Result<Anime, Failure> {
    let id = query.trim().parse::<i32>().ok();
    if let Some(id) = id
        && let Some(anime) = database.find_anime(id).await?
    {
        return Ok(anime);
    }
    let titles = database.load_all_titles(user.id).await?;
    let found = match find_by_title(&titles, query) {
        TitleMatch::One(found) => database.find_anime(found.mal_id).await?,
        TitleMatch::Near(matches) if id.is_none() => {
            if let [one] = matches[..] {
                let title = excerpt(one.titles.first().map(String::as_str).unwrap_or_default());
                context.ui.print_note(&format!("No title contains \"{}\"; showing {title}", excerpt(query)));
                database.find_anime(one.mal_id).await?
            } else {
                let message = format!("no title contains \"{}\"; {} are similar", excerpt(query), matches.len());
                let chosen = choose_title(context, &matches, title_list_failure(message, query, &matches)).await?;
                database.find_anime(chosen).await?
            }
        }
        TitleMatch::Several(matches) => {
            let chosen = choose_title(context, &matches, ambiguous_title_failure(query, id, &matches)).await?;
            database.find_anime(chosen).await?
        }
        TitleMatch::NotFound | TitleMatch::Near(_) => None,
    };
    found.ok_or_else(|| {
        let message = match id {
            Some(id) => format!("no anime with ID or title {id}"),
            None => format!("no anime matches \"{}\"", excerpt(query)),
        };
        Failure::from_text(Exit::Failed, message)
            .with_hint("find IDs with malsync list; fetch new entries with malsync sync")
    })
}

/// Asks on a terminal which anime is meant. Otherwise, and if the answer is none of them, returns `failure`.
async fn choose_title(context: &Context<'_>, matches: &[&AnimeTitles], failure: Failure) -> Result<i32, Failure> {
    if !context.ui.is_interactive() {
        return Err(failure);
    }
    context.ui.print_question_line(&failure.message());
    failure.script.iter().flat_map(|lines| lines.lines()).for_each(|line| context.ui.print_question_line(line));
    let answer = context.ask_line("Which ID?").await?.unwrap_or_default();
    let chosen = answer.trim().parse::<i32>().ok();
    match matches.iter().find(|anime| Some(anime.mal_id) == chosen) {
        Some(anime) => Ok(anime.mal_id),
        None if answer.trim().is_empty() => Err(failure),
        None => Err(unlisted_answer_failure(answer.trim())),
    }
}

fn ambiguous_title_failure(query: &str, id: Option<i32>, matches: &[&AnimeTitles]) -> Failure {
    let unknown = id.map(|id| format!("no anime with ID {id}, but ")).unwrap_or_default();
    let message = format!("{unknown}{} anime match \"{}\"", matches.len(), excerpt(query));
    title_list_failure(message, query, matches)
}

/// Returns the failure with this message that lists the candidates.
fn title_list_failure(message: String, query: &str, matches: &[&AnimeTitles]) -> Failure {
    let id_width =
        matches.iter().take(MAX_TITLES_LISTED).map(|anime| anime.mal_id.to_string().len()).max().unwrap_or(0);
    let line = |anime: &&AnimeTitles| {
        let titles: Vec<&str> = anime.titles.iter().map(String::as_str).collect();
        let title = excerpt(titles.first().copied().unwrap_or_default());
        let alternative = find_matched_alternative(&titles, query);
        let alternative = alternative.map(|title| format!(" [{}]", excerpt(title))).unwrap_or_default();
        // A line break in a title would break the list.
        format!("  {:>id_width$}  {}", anime.mal_id, format!("{title}{alternative}").replace(char::is_control, " "))
    };
    let mut lines: Vec<String> = matches.iter().take(MAX_TITLES_LISTED).map(line).collect();
    if let Some(more) = matches.len().checked_sub(MAX_TITLES_LISTED).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more (list those of your list with malsync list --search)"));
    }
    Failure::usage_error(message).with_hint("pick one by ID:").with_script(lines.join("\n"))
}

/// Returns the history of the entry, newest first, and whether there is more of it.
async fn load_history(
    database: &Database,
    user: &User,
    mal_id: i32,
    limit: Option<u32>,
) -> Result<(Vec<HistoryEvent>, bool), Failure> {
    let query_limit = limit.map(|limit| limit.saturating_add(1));
    let changes =
        ChangeQuery { user: Some(user.id), mal_id: Some(mal_id), limit: query_limit, ..ChangeQuery::default() };
    let edits = EditQuery { mal_id: Some(mal_id), limit: query_limit, ..EditQuery::default() };
    let mut events =
        history::merge_history(&database.load_changes(&changes).await?, &database.load_edits(user.id, &edits).await?);
    let max_events = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let has_more = events.len() > max_events;
    events.truncate(max_events);
    Ok((events, has_more))
}
