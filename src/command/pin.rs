//! `pin` and `unpin`: fields of an entry that no sync touches. A pin is the one exception to the rules.

use crate::{
    cli::args,
    domain::{
        change::Field,
        edit::{EditCommand, Wanted},
        entry::Local,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery, Whose},
    sync::edit,
    ui::view::pins::{self, Pin},
};

use super::{
    context::{Context, close},
    edit::{not_in_list, one},
};

pub(crate) async fn pin(context: &Context<'_>, args: &args::Pin) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let told = match args.mal_id {
        Some(mal_id) if !args.fields.is_empty() => {
            let pins = |entry: &Local| [entry.pinned.as_slice(), &args.fields].concat();
            moved(&database, &user, EditCommand::Pin, mal_id, &pins, &|_| args.fields.clone()).await?
        }
        mal_id => {
            if let Some(mal_id) = mal_id {
                one(&database, &user, mal_id).await?;
            }
            let items = database.list(user.id, &ListQuery { removed: true }).await?;
            let asked = items.iter().filter(|item| mal_id.is_none_or(|mal_id| item.anime.mal_id == mal_id));
            let told: Vec<Pin> =
                asked.flat_map(|item| pins::of(&item.entry, &item.anime.title, &item.entry.pinned, None)).collect();
            close(database).await;
            return list(context, &told, args.json);
        }
    };
    close(database).await;
    tell(context, &told, args.json)
}

pub(crate) async fn unpin(context: &Context<'_>, args: &args::Unpin) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let named = |entry: &Local| if args.all { entry.pinned.clone() } else { args.fields.clone() };
    let pins = |entry: &Local| {
        let gone = named(entry);
        entry.pinned.iter().copied().filter(|field| !gone.contains(field)).collect()
    };
    let told = moved(&database, &user, EditCommand::Unpin, args.mal_id, &pins, &named).await?;
    close(database).await;
    if told.is_empty() {
        context.ui.note("nothing is pinned there");
    }
    tell(context, &told, args.json)
}

/// Which fields of an entry.
type Fields<'a> = dyn Fn(&Local) -> Vec<Field> + Send + Sync + 'a;

/// Leaves these fields of an entry pinned, and tells of the fields that were named.
async fn moved(
    database: &Database,
    user: &User,
    command: EditCommand,
    mal_id: i32,
    pins: &Fields<'_>,
    named: &Fields<'_>,
) -> Result<Vec<Pin>, Failure> {
    let (_, title) = one(database, user, mal_id).await?;
    let decide = |_: &Wanted, entry: Option<&Local>| entry.map(|entry| edit::pinned(entry, &pins(entry)));
    let done = database.edit(Whose::User(user.id), command, &[Wanted { mal_id, anime: None }], &decide, &()).await?;
    let Some((Some(before), after)) = done.entries.into_iter().next() else { return Err(not_in_list(mal_id, user)) };
    let named = named(&before);
    let named: Vec<Field> = Field::RULED.into_iter().filter(|field| named.contains(field)).collect();
    Ok(pins::of(&after, &title, &named, Some(&before)))
}

fn list(context: &Context<'_>, told: &[Pin], json: bool) -> Result<Exit, Failure> {
    if json {
        told.iter().try_for_each(|pin| context.ui.json(&pins::json(pin)))?;
    } else if told.is_empty() {
        context.ui.note("nothing is pinned");
    } else {
        context.ui.table(&pins::table(told))?;
    }
    Ok(Exit::Done)
}

fn tell(context: &Context<'_>, told: &[Pin], json: bool) -> Result<Exit, Failure> {
    if json {
        told.iter().try_for_each(|pin| context.ui.json(&pins::json(pin)))?;
    } else if !told.is_empty() {
        context.ui.out(&pins::text(told))?;
    }
    Ok(Exit::Done)
}
