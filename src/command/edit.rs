//! `edit`: changes entries here, and says at once what the rules will make of it. Nothing is sent to MAL.

use std::collections::HashMap;

use crate::{
    cli::{DateEdit, args},
    domain::{
        edit::EditCommand,
        entry::{Local, Values},
        list_item::ListItem,
        partial_date::PartialDate,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery},
    sync::edit,
    ui::view,
};

use super::{
    bulk::Bulk,
    context::{Context, close},
    filter::Filter,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::Edit) -> Result<Exit, Failure> {
    context.config()?;
    let filter = args.filter()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let items = match args.mal_id {
        Some(mal_id) => database.list_these(user.id, &[mal_id]).await?,
        None => {
            let mut items = database.list(user.id, &ListQuery::default()).await?;
            Filter::new(&filter).take(context.ui, &mut items);
            items
        }
    };
    let entries: Vec<(i32, String)> = items.iter().map(|item| (item.anime.mal_id, item.anime.title.clone())).collect();
    if let (true, Some(mal_id)) = (entries.is_empty(), args.mal_id) {
        return Err(not_in_list(mal_id, &user));
    }
    if entries.is_empty() {
        context.ui.note("no entry is like that");
        return Ok(Exit::Done);
    }
    let plan = |_: i32, entry: Option<&Local>| {
        let edited = entry.and_then(|before| {
            let after = Local { values: edited(&before.values, args), ..before.clone() };
            (after != *before).then(|| edit::edited(Some(before), after))
        });
        (edited, Vec::new())
    };
    let bulk = Bulk { user: user.id, command: EditCommand::Edit, entries: &entries, plan: &plan, flags: args.bulk };
    let done = bulk.run(context, &database).await?;
    close(database).await;
    let Some(done) = done else {
        context.ui.note("nothing was changed");
        return Ok(Exit::Done);
    };
    if args.bulk.json {
        done.told.iter().try_for_each(|told| context.ui.json(&view::edited::json(told, done.edit_id)))?;
    } else {
        context.ui.out(&view::edited::text(&done.told, args.bulk.dry_run))?;
    }
    view::edited::warnings(&done.told).iter().for_each(|warning| context.ui.warning(warning));
    let beyond = beyond(&items, args.episodes);
    if let Some(warning) = view::edited::beyond(&done.told, &beyond) {
        context.ui.warning(&warning);
    }
    Ok(Exit::Done)
}

/// The anime that have fewer episodes than are set as watched, and how many they have.
fn beyond(items: &[ListItem], watched: Option<i32>) -> HashMap<i32, i32> {
    let fewer = |item: &ListItem| {
        let episodes = item.anime.episodes.filter(|episodes| watched.is_some_and(|watched| watched > *episodes))?;
        Some((item.anime.mal_id, episodes))
    };
    items.iter().filter_map(fewer).collect()
}

/// The entry that is named, with its title.
pub(super) async fn one(database: &Database, user: &User, mal_id: i32) -> Result<(i32, String), Failure> {
    let found = database.entry(user.id, mal_id).await?;
    found.map(|(_, title)| (mal_id, title)).ok_or_else(|| not_in_list(mal_id, user))
}

pub(super) fn not_in_list(mal_id: i32, user: &User) -> Failure {
    let what = format!("anime {mal_id} is not in the list of {}", user.username);
    Failure::text(Exit::Failed, what).hint("malsync list shows what is, with its ids")
}

fn edited(values: &Values, args: &args::Edit) -> Values {
    let mut values = values.clone();
    if let Some(status) = &args.status {
        values.status.clone_from(status);
    }
    if let Some(score) = args.score {
        values.score = (score > 0).then_some(score);
    }
    if let Some(episodes) = args.episodes {
        values.episodes_watched = Some(episodes);
    }
    set_date(&mut values.start_date, args.start_date);
    set_date(&mut values.finish_date, args.finish_date);
    if let Some(notes) = &args.notes {
        // NUL is what no database takes in a text.
        values.notes = (!notes.is_empty()).then(|| notes.replace('\0', "\u{fffd}"));
    }
    if let Some(tags) = &args.tags {
        values.tags.clone_from(&tags.0);
    }
    values.priority = args.priority.unwrap_or(values.priority);
    values.rewatch_value = args.rewatch_value.unwrap_or(values.rewatch_value);
    values.times_rewatched = args.times_rewatched.unwrap_or(values.times_rewatched);
    values.is_rewatching = args.rewatching.unwrap_or(values.is_rewatching);
    values
}

fn set_date(date: &mut Option<PartialDate>, edit: Option<DateEdit>) {
    match edit {
        Some(DateEdit::Set(set)) => *date = Some(set),
        Some(DateEdit::Clear) => *date = None,
        None => {}
    }
}
