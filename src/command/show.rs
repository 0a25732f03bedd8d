//! `show`: everything that is known of one anime, of its entry, and what happened to it.

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
    context::{Context, close_database},
    find_title::{TitleMatch, find_by_title},
};

/// How many anime are named where a title says too little.
const MAX_TITLES_LISTED: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &args::ShowArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_database().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let anime = find_anime(&database, &user, &args.query.join(" ")).await?;
    let listed = database.load_list_by_ids(user.id, &[anime.mal_id]).await?.pop();
    let limit = (!args.all).then_some(args.limit);
    let (history, more) = load_history(&database, &user, anime.mal_id, limit).await?;
    close_database(database).await;
    let is_listed = listed.is_some();
    let entry = StoredEntry { mal_id: anime.mal_id, ..StoredEntry::default() };
    let item = listed.unwrap_or(ListEntry { anime, stored: entry, updated_at: None });
    let shown =
        ShowView { item: &item, is_listed, username: &user.username, history: &history, has_more_history: more };
    if args.json {
        context.ui.print_json(&to_json(&shown))?;
    } else {
        context
            .ui
            .print_paged(&to_text(&shown, context.ui.output_width(), context.ui.terminal_width()), !args.no_pager)?;
    }
    Ok(Exit::Done)
}

/// The anime that is meant: a number is an id, unless there is none of that id.
async fn find_anime(database: &Database, user: &User, which: &str) -> Result<Anime, Failure> {
    let id = which.trim().parse::<i32>().ok();
    if let Some(id) = id
        && let Some(anime) = database.find_anime(id).await?
    {
        return Ok(anime);
    }
    let known = database.load_all_titles(user.id).await?;
    let found = match find_by_title(&known, which) {
        TitleMatch::One(found) => database.find_anime(found.mal_id).await?,
        TitleMatch::Several(several) => return Err(ambiguous_title_failure(which, id, &several)),
        TitleMatch::NotFound => None,
    };
    found.ok_or_else(|| {
        let what = match id {
            Some(id) => format!("anime {id} is not known here, and no title has {id} in it"),
            None => format!("no anime that is known here has \"{}\" in a title", excerpt(which)),
        };
        Failure::from_text(Exit::Failed, what)
            .with_hint("malsync list shows what is there, with its ids; malsync sync brings what is new")
    })
}

fn ambiguous_title_failure(which: &str, id: Option<i32>, several: &[&AnimeTitles]) -> Failure {
    let widest = several.iter().take(MAX_TITLES_LISTED).map(|anime| anime.mal_id.to_string().len()).max().unwrap_or(0);
    let named = |anime: &&AnimeTitles| {
        let title = excerpt(anime.titles.first().map(String::as_str).unwrap_or_default());
        // A line end in a title would make a line of its own.
        format!("  {:>widest$}  {}", anime.mal_id, title.replace(char::is_control, " "))
    };
    let mut names: Vec<String> = several.iter().take(MAX_TITLES_LISTED).map(named).collect();
    if let Some(more) = several.len().checked_sub(MAX_TITLES_LISTED).filter(|more| *more > 0) {
        names.push(format!("  and {more} more: malsync list --search shows all that are in the list"));
    }
    let unknown = id.map(|id| format!("anime {id} is not known here, and ")).unwrap_or_default();
    let what = format!("{unknown}{} anime have \"{}\" in a title", several.len(), excerpt(which));
    Failure::from_text(Exit::Failed, what)
        .with_hint("malsync show ID, with one of these:")
        .with_script(names.join("\n"))
}

/// What happened to the entry, the newest first, and whether there is more of it.
async fn load_history(
    database: &Database,
    user: &User,
    mal_id: i32,
    limit: Option<u32>,
) -> Result<(Vec<HistoryEvent>, bool), Failure> {
    let beyond = limit.map(|limit| limit.saturating_add(1));
    let changes = ChangeQuery { user: Some(user.id), mal_id: Some(mal_id), limit: beyond, ..ChangeQuery::default() };
    let edits = EditQuery { mal_id: Some(mal_id), limit: beyond, ..EditQuery::default() };
    let mut events =
        history::merge_history(&database.load_changes(&changes).await?, &database.load_edits(user.id, &edits).await?);
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let more = events.len() > most;
    events.truncate(most);
    Ok((events, more))
}
