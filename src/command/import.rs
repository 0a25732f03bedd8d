//! `import`: a list from a file into the database, by the rules of a sync. MAL is neither asked nor told.
//!
//! The file is read to its end before anything is written, and all is written in one transaction: what cannot be read
//! changes nothing. One bad entry is told by name and stops no other.

use std::{collections::HashMap, fs::File, io};

use crate::{
    auth::row,
    cli::files,
    domain::{
        edit::{EditCommand, Edited, EditsDone, Wanted},
        entry::Local,
        import::Imported,
        user::{User, UserRef},
    },
    exchange::{self, List},
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery},
    sync::import::imported,
    ui::view::import::{ImportView, error},
};

use super::{
    choose,
    context::{Context, close},
};

/// The most that a file may hold, unpacked: a list of 100,000 entries has half of it.
const MOST: u64 = 256 << 20;

/// Errors that are told one by one to a person; a script gets all.
const TOLD: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &files::Import) -> Result<Exit, Failure> {
    context.config()?;
    let file = args.file.clone();
    // Standard input may be waited for; a thread of its own waits, which nobody waits for.
    let read = tokio::task::spawn_blocking(move || read(&file)).await;
    let List { user_name, entries, errors } = read.map_err(|error| Failure::new(Exit::Failed, error))??;
    let database = context.open().await?;
    let whose = whose(context, &database, args, user_name.as_deref()).await?;
    let (user, done) = match (&whose, args.dry_run) {
        (Whose::Known(user), true) => (Some(user.clone()), rehearsed(&database, user, &entries).await?),
        (Whose::New(_), true) => (None, rehearsal(&HashMap::new(), &entries)),
        (Whose::Known(user), false) => (Some(user.clone()), carried_out(&database, user, &entries).await?),
        (Whose::New(name), false) => {
            let user = database.user_or_new(name).await?;
            let done = carried_out(&database, &user, &entries).await?;
            (Some(Box::new(user)), done)
        }
    };
    close(database).await;
    let mut view = ImportView {
        edit_id: done.edit_id,
        errors,
        user_id: user.as_ref().map(|user| user.id.0),
        username: whose.name().to_owned(),
        dry_run: args.dry_run,
        ..ImportView::default()
    };
    for (before, after) in &done.entries {
        match before {
            None => view.created += 1,
            Some(before) if before == after => view.unchanged += 1,
            Some(_) => view.updated += 1,
        }
    }
    told(context, args, &whose, &view)?;
    Ok(if view.errors.is_empty() { Exit::Done } else { Exit::Partial })
}

fn told(context: &Context<'_>, args: &files::Import, whose: &Whose, view: &ImportView) -> Result<(), Failure> {
    view.errors.iter().take(TOLD).for_each(|entry| context.ui.warning(&error(entry)));
    if view.errors.len() > TOLD {
        context.ui.warning(&format!("{} more errors (--json has them all)", view.errors.len() - TOLD));
    }
    match whose {
        Whose::New(name) if args.dry_run => context.ui.note(&format!("user {name} would be made")),
        Whose::New(name) => context.ui.note(&format!("user {name} made, without a MyAnimeList account")),
        Whose::Known(_) => {}
    }
    if args.json { context.ui.json(&view.json()) } else { context.ui.out(&view.text()) }
}

fn read(name: &str) -> Result<List, Failure> {
    let failed = |what: &str, error: anyhow::Error| Failure::new(Exit::Failed, error).context(format!("{what} {name}"));
    let source = if name == "-" {
        exchange::unpacked(io::stdin(), MOST)
    } else {
        File::open(name).and_then(|file| exchange::unpacked(file, MOST))
    };
    let source = source.map_err(|error| failed("cannot read", error.into()))?;
    exchange::read(source).map_err(|fault| {
        failed("cannot import", fault.into()).hint("MAL's export is at https://myanimelist.net/panel.php?go=export")
    })
}

/// Whose list the file goes into.
enum Whose {
    Known(Box<User>),
    New(String),
}

impl Whose {
    fn name(&self) -> &str {
        match self {
            Self::Known(user) => &user.username,
            Self::New(name) => name,
        }
    }
}

/// Who is asked for, else whom the file names; where it names nobody, whom the other commands take.
async fn whose(
    context: &Context<'_>,
    database: &Database,
    args: &files::Import,
    in_file: Option<&str>,
) -> Result<Whose, Failure> {
    let users = database.users().await?;
    let new = |name: &str| {
        row::fits(name).map(|()| Whose::New(name.to_owned())).map_err(|mut failure| {
            failure.hints = vec!["malsync import FILE --user NAME".to_owned()];
            failure
        })
    };
    match (&args.user, in_file) {
        (Some(UserRef::Name(name)), _) if users.iter().all(|user| user.username != *name) => new(name),
        (None, Some(name)) if users.is_empty() => new(name),
        (None, Some(name)) => match users.iter().find(|user| user.username == name) {
            Some(user) => Ok(Whose::Known(Box::new(user.clone()))),
            // One person's list does not belong into another's unasked.
            None => {
                let users: Vec<&str> = users.iter().map(|user| user.username.as_str()).collect();
                let what = format!("the file is the list of {name}, who is no user here");
                let hint = format!("--user NAME says whose list it is to go into: {} or a new one", users.join(", "));
                Err(Failure::usage(what).hint(hint))
            }
        },
        (None, None) if users.is_empty() => {
            let what = "the file does not say whose list it is, and there is no user yet";
            Err(Failure::usage(what).hint("malsync import FILE --user NAME"))
        }
        (asked, _) => {
            let choice = choose::choose(&users, asked.as_ref(), &database.place().to_string())?;
            if choice.picked {
                context.ui.note(&format!("user {} (of several; --user names another)", choice.user.username));
            }
            Ok(Whose::Known(Box::new(choice.user.clone())))
        }
    }
}

async fn carried_out(database: &Database, user: &User, entries: &[Imported]) -> Result<EditsDone, Failure> {
    let by_id: HashMap<i32, &Imported> = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
    let wanted: Vec<Wanted> =
        entries.iter().map(|entry| Wanted { mal_id: entry.anime.mal_id, anime: Some(entry.anime.clone()) }).collect();
    let decide = |wanted: &Wanted, before: Option<&Local>| -> Option<Edited> {
        by_id.get(&wanted.mal_id).map(|entry| imported(before, entry))
    };
    Ok(database.edit(user.id, EditCommand::Import, &wanted, &decide).await?)
}

async fn rehearsed(database: &Database, user: &User, entries: &[Imported]) -> Result<EditsDone, Failure> {
    let there = database.list(user.id, &ListQuery { removed: true }).await?;
    Ok(rehearsal(&there.into_iter().map(|item| (item.entry.mal_id, item.entry)).collect(), entries))
}

fn rehearsal(there: &HashMap<i32, Local>, entries: &[Imported]) -> EditsDone {
    let one = |entry: &Imported| {
        let before = there.get(&entry.anime.mal_id);
        (before.cloned(), imported(before, entry).entry)
    };
    EditsDone { edit_id: None, entries: entries.iter().map(one).collect() }
}
