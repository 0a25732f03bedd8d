//! `show`: everything that is known of one anime, of its entry, and what happened to it.

use crate::{
    cli::args,
    domain::{
        anime::Anime,
        entry::Local,
        history::{self, Event},
        list_item::ListItem,
        text::short,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, EditQuery, Titles},
    ui::view::show::{Shown, json, text},
};

use super::{
    context::{Context, close},
    find::{Found, by_title},
};

/// How many anime are named where a title says too little.
const MOST_NAMED: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &args::Show) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let anime = find(&database, &user, &args.which.join(" ")).await?;
    let listed = database.list_these(user.id, &[anime.mal_id]).await?.pop();
    let limit = (!args.all).then_some(args.limit);
    let (history, more) = history_of(&database, &user, anime.mal_id, limit).await?;
    close(database).await;
    let is_listed = listed.is_some();
    let entry = Local { mal_id: anime.mal_id, ..Local::default() };
    let item = listed.unwrap_or(ListItem { anime, entry, updated_at: None });
    let shown = Shown { item: &item, listed: is_listed, user: &user.username, history: &history, more };
    if args.json {
        context.ui.json(&json(&shown))?;
    } else {
        context.ui.pages(&text(&shown, context.ui.columns(), context.ui.limit()), !args.no_pager)?;
    }
    Ok(Exit::Done)
}

/// The anime that is meant: a number is an id, unless there is none of that id.
async fn find(database: &Database, user: &User, which: &str) -> Result<Anime, Failure> {
    let id = which.trim().parse::<i32>().ok();
    if let Some(id) = id
        && let Some(anime) = database.anime(id).await?
    {
        return Ok(anime);
    }
    let known = database.titles(user.id).await?;
    let found = match by_title(&known, which) {
        Found::One(found) => database.anime(found.mal_id).await?,
        Found::Several(several) => return Err(ambiguous(which, id, &several)),
        Found::Nothing => None,
    };
    found.ok_or_else(|| {
        let what = match id {
            Some(id) => format!("anime {id} is not known here, and no title has {id} in it"),
            None => format!("no anime that is known here has \"{}\" in a title", short(which)),
        };
        Failure::text(Exit::Failed, what)
            .hint("malsync list shows what is there, with its ids; malsync sync brings what is new")
    })
}

fn ambiguous(which: &str, id: Option<i32>, several: &[&Titles]) -> Failure {
    let widest = several.iter().take(MOST_NAMED).map(|anime| anime.mal_id.to_string().len()).max().unwrap_or(0);
    let named = |anime: &&Titles| {
        let title = short(anime.titles.first().map(String::as_str).unwrap_or_default());
        // A line end in a title would make a line of its own.
        format!("  {:>widest$}  {}", anime.mal_id, title.replace(char::is_control, " "))
    };
    let mut names: Vec<String> = several.iter().take(MOST_NAMED).map(named).collect();
    if let Some(more) = several.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        names.push(format!("  and {more} more: malsync list --search shows all that are in the list"));
    }
    let unknown = id.map(|id| format!("anime {id} is not known here, and ")).unwrap_or_default();
    let what = format!("{unknown}{} anime have \"{}\" in a title", several.len(), short(which));
    Failure::text(Exit::Failed, what).hint("malsync show ID, with one of these:").script(names.join("\n"))
}

/// What happened to the entry, the newest first, and whether there is more of it.
async fn history_of(
    database: &Database,
    user: &User,
    mal_id: i32,
    limit: Option<u32>,
) -> Result<(Vec<Event>, bool), Failure> {
    let beyond = limit.map(|limit| limit.saturating_add(1));
    let changes = ChangeQuery { user: Some(user.id), mal_id: Some(mal_id), limit: beyond, ..ChangeQuery::default() };
    let edits = EditQuery { mal_id: Some(mal_id), limit: beyond, ..EditQuery::default() };
    let mut events = history::merged(&database.changes(&changes).await?, &database.edits(user.id, &edits).await?);
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let more = events.len() > most;
    events.truncate(most);
    Ok((events, more))
}
