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
        run::EntryError,
        text::nearest,
        user::{User, UserRef},
    },
    exchange::{self, List},
    exit::Exit,
    failure::Failure,
    store::{Database, ListQuery, Whose},
    sync::import::{Fate, fate, imported},
    ui::{
        Bar,
        view::import::{ImportView, error},
    },
};

use super::{
    choose,
    context::{Context, close},
};

/// The most that a file may hold, unpacked: a list of 100,000 entries has half of it.
const MOST: u64 = 256 << 20;

/// Users that are named in a sentence.
const NAMED: usize = 5;

/// Errors that are told one by one to a person; a script gets all.
const TOLD: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &files::Import) -> Result<Exit, Failure> {
    context.config()?;
    let List { user_name, entries, errors } = from_file(context, &args.file).await?;
    let database = context.open().await?;
    let whose = target(context, &database, args, user_name.as_deref()).await?;
    if let Target::New { others, .. } = &whose
        && !is_meant(context, args, others).await?
    {
        context.ui.note("nothing was imported");
        return Ok(Exit::Done);
    }
    let done = match &whose {
        Target::Known(user) if args.dry_run => rehearsed(&database, user, &entries).await?,
        Target::New { .. } if args.dry_run => rehearsal(&HashMap::new(), &entries),
        // A user without a list is of no use.
        Target::New { .. } if entries.is_empty() => EditsDone::default(),
        whose => carried_out(context, &database, whose.whose(), &entries).await?,
    };
    close(database).await;
    let view = counted(&whose, args, &entries, &done, errors);
    told(context, args, &whose, &view)?;
    Ok(if view.errors.is_empty() { Exit::Done } else { Exit::Partial })
}

/// Reads the file to its end. Standard input may be waited for; a thread of its own waits, which nobody waits for.
async fn from_file(context: &Context<'_>, name: &str) -> Result<List, Failure> {
    let file = name.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(&file));
    let read = match name {
        // Whoever types it needs no bar in between.
        "-" => reading.await,
        name => context.watched(&format!("reading {name}"), async |_| reading.await).await,
    };
    read.map_err(|error| Failure::new(Exit::Failed, error))?
}

fn counted(
    whose: &Target,
    args: &files::Import,
    entries: &[Imported],
    done: &EditsDone,
    errors: Vec<EntryError>,
) -> ImportView {
    let by_id: HashMap<i32, &Imported> = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
    let known = match whose {
        Target::Known(user) => Some(user.id),
        Target::New { .. } => None,
    };
    let mut view = ImportView {
        edit_id: done.edit_id,
        errors,
        user_id: done.user.or(known).map(|user| user.0),
        username: whose.name().to_owned(),
        dry_run: args.dry_run,
        ..ImportView::default()
    };
    for (before, after) in &done.entries {
        let Some(sent) = by_id.get(&after.mal_id) else { continue };
        let (fate, set_back) = fate(before.as_ref(), after, sent);
        match fate {
            Fate::Created => view.created += 1,
            Fate::Updated => view.updated += 1,
            Fate::Kept => (view.unchanged, view.kept) = (view.unchanged + 1, view.kept + 1),
            Fate::Same => view.unchanged += 1,
        }
        view.set_back.add(&set_back);
    }
    view
}

fn told(context: &Context<'_>, args: &files::Import, whose: &Target, view: &ImportView) -> Result<(), Failure> {
    view.errors.iter().take(TOLD).for_each(|entry| context.ui.warning(&error(entry)));
    if view.errors.len() > TOLD {
        context.ui.warning(&format!("{} more errors (--json has them all)", view.errors.len() - TOLD));
    }
    if let Target::New { name, others } = whose {
        let beside = if others.is_empty() { String::new() } else { format!(", beside {}", some(others)) };
        context.ui.note(&match (view.created, args.dry_run) {
            (0, _) => format!("no entry could be taken, and no user {name} is made"),
            (_, true) => format!("user {name} would be made{beside}"),
            (_, false) => format!("user {name} made, without a MyAnimeList account{beside}"),
        });
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
enum Target {
    Known(Box<User>),
    /// Somebody new, beside these.
    New {
        name: String,
        others: Vec<String>,
    },
}

impl Target {
    fn name(&self) -> &str {
        match self {
            Self::Known(user) => &user.username,
            Self::New { name, .. } => name,
        }
    }

    fn whose(&self) -> Whose<'_> {
        match self {
            Self::Known(user) => Whose::User(user.id),
            Self::New { name, .. } => Whose::Named(name),
        }
    }
}

/// Who is asked for, else whom the file names; where it names nobody, whom the other commands take.
async fn target(
    context: &Context<'_>,
    database: &Database,
    args: &files::Import,
    in_file: Option<&str>,
) -> Result<Target, Failure> {
    let users = database.users().await?;
    let others = || users.iter().map(|user| user.username.clone()).collect::<Vec<_>>();
    let new = |name: &str| {
        let new = || Target::New { name: name.to_owned(), others: others() };
        row::fits(name).map(|()| new()).map_err(|mut failure| {
            failure.hints = vec!["malsync import FILE --user NAME".to_owned()];
            failure
        })
    };
    match (&args.user, in_file) {
        (Some(UserRef::Name(name)), _) if users.iter().all(|user| user.username != *name) => new(name),
        (None, Some(name)) if users.is_empty() => new(name),
        (None, Some(name)) => match users.iter().find(|user| user.username == name) {
            Some(user) => Ok(Target::Known(Box::new(user.clone()))),
            // One person's list does not belong into another's unasked.
            None => {
                let what = format!("the file is the list of {name}, who is no user here");
                let hint = format!("--user NAME says whose list it is to go into: {} or a new one", some(&others()));
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
            Ok(Target::Known(Box::new(choice.user.clone())))
        }
    }
}

/// Some of these names.
fn some(names: &[String]) -> String {
    let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(NAMED);
    if more > 0 { format!("{first} and {more} more") } else { first }
}

/// Whether a user is to be made beside these. The name may be a slip, and whoever can be asked is.
async fn is_meant(context: &Context<'_>, args: &files::Import, others: &[String]) -> Result<bool, Failure> {
    let Some(UserRef::Name(name)) = &args.user else { return Ok(true) };
    if others.is_empty() || args.dry_run || !context.ui.can_ask() {
        return Ok(true);
    }
    let meant = nearest(name, others.iter().map(String::as_str));
    let meant = meant.map_or_else(|| format!("here is {}", some(others)), |meant| format!("did you mean {meant}?"));
    let question = format!("there is no user {name} yet ({meant}); make one? [y/N]");
    let answer = context.ask(&question).await?.unwrap_or_default();
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

async fn carried_out(
    context: &Context<'_>,
    database: &Database,
    whose: Whose<'_>,
    entries: &[Imported],
) -> Result<EditsDone, Failure> {
    let by_id: HashMap<i32, &Imported> = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
    let wanted: Vec<Wanted> =
        entries.iter().map(|entry| Wanted { mal_id: entry.anime.mal_id, anime: Some(entry.anime.clone()) }).collect();
    let decide = |wanted: &Wanted, before: Option<&Local>| -> Option<Edited> {
        by_id.get(&wanted.mal_id).map(|entry| imported(before, entry))
    };
    let write = async |bar: &Bar| database.edit(whose, EditCommand::Import, &wanted, &decide, bar).await;
    Ok(context.watched("importing", write).await?)
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
    EditsDone { entries: entries.iter().map(one).collect(), ..EditsDone::default() }
}
