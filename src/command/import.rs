//! `import`: a list from a file into the database, by the rules of a sync. MAL is neither asked nor told.
//!
//! The file is read to its end before anything is written, and all is written in one transaction: what cannot be read
//! changes nothing. One bad entry is told by name and stops no other.

use std::{collections::HashMap, fs::File, io};

use crate::{
    auth::login_target,
    cli::files,
    domain::{
        edit::{EditCommand, EditSummary, EditTarget, EntryEdit},
        entry::StoredEntry,
        imported_entry::ImportedEntry,
        run::EntryError,
        text::closest_match,
        user::{User, UserRef},
    },
    exchange::{self, ImportedList},
    exit::Exit,
    failure::Failure,
    store::{Database, EditOwner, ListQuery},
    sync::import::{ImportOutcome, classify_import, plan_import},
    ui::{
        ProgressReporter,
        view::import::{ImportView, error_line},
    },
};

use super::{
    context::{Context, close_database},
    select_user,
};

/// The most that a file may hold, unpacked: a list of 100,000 entries has half of it.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Users that are named in a sentence.
const MAX_USERS_NAMED: usize = 5;

/// Errors that are told one by one to a person; a script gets all.
const MAX_ERRORS_PRINTED: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &files::ImportArgs) -> Result<Exit, Failure> {
    context.config()?;
    let ImportedList { user_name, entries, errors } = load_file(context, &args.file).await?;
    let database = context.open_database().await?;
    let whose = find_target(context, &database, args, user_name.as_deref()).await?;
    if let ImportTarget::NewUser { existing_users: others, .. } = &whose
        && !confirm_new_user(context, args, others).await?
    {
        context.ui.print_note("nothing was imported");
        return Ok(Exit::Done);
    }
    let done = match &whose {
        ImportTarget::ExistingUser(user) if args.dry_run => dry_run_for_user(&database, user, &entries).await?,
        ImportTarget::NewUser { .. } if args.dry_run => dry_run_import(&HashMap::new(), &entries),
        // A user without a list is of no use.
        ImportTarget::NewUser { .. } if entries.is_empty() => EditSummary::default(),
        whose => apply_import(context, &database, whose.edit_owner(), &entries).await?,
    };
    close_database(database).await;
    let view = summarize_import(&whose, args, &entries, &done, errors);
    print_import(context, args, &whose, &view)?;
    Ok(if view.errors.is_empty() { Exit::Done } else { Exit::Partial })
}

/// Reads the file to its end. Standard input may be waited for; a thread of its own waits, which nobody waits for.
async fn load_file(context: &Context<'_>, name: &str) -> Result<ImportedList, Failure> {
    let file = name.to_owned();
    let reading = tokio::task::spawn_blocking(move || read_list(&file));
    let read = match name {
        // Whoever types it needs no bar in between.
        "-" => reading.await,
        name => context.with_progress(&format!("reading {name}"), async |_| reading.await).await,
    };
    read.map_err(|error| Failure::new(Exit::Failed, error))?
}

fn summarize_import(
    whose: &ImportTarget,
    args: &files::ImportArgs,
    entries: &[ImportedEntry],
    done: &EditSummary,
    errors: Vec<EntryError>,
) -> ImportView {
    let by_id: HashMap<i32, &ImportedEntry> = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
    let known = match whose {
        ImportTarget::ExistingUser(user) => Some(user.id),
        ImportTarget::NewUser { .. } => None,
    };
    let mut view = ImportView {
        edit_id: done.edit_id,
        errors,
        user_id: done.user.or(known).map(|user| user.0),
        username: whose.username().to_owned(),
        dry_run: args.dry_run,
        ..ImportView::default()
    };
    for (before, after) in &done.entries {
        let Some(sent) = by_id.get(&after.mal_id) else { continue };
        let (fate, set_back) = classify_import(before.as_ref(), after, sent);
        match fate {
            ImportOutcome::Created => view.created += 1,
            ImportOutcome::Updated => view.updated += 1,
            ImportOutcome::Kept => (view.unchanged, view.kept) = (view.unchanged + 1, view.kept + 1),
            ImportOutcome::Unchanged => view.unchanged += 1,
        }
        view.overwrites.add_entry(&set_back);
    }
    view
}

fn print_import(
    context: &Context<'_>,
    args: &files::ImportArgs,
    whose: &ImportTarget,
    view: &ImportView,
) -> Result<(), Failure> {
    view.errors.iter().take(MAX_ERRORS_PRINTED).for_each(|entry| context.ui.print_warning(&error_line(entry)));
    if view.errors.len() > MAX_ERRORS_PRINTED {
        context
            .ui
            .print_warning(&format!("{} more errors (--json has them all)", view.errors.len() - MAX_ERRORS_PRINTED));
    }
    if let ImportTarget::NewUser { name, existing_users: others } = whose {
        let beside = if others.is_empty() { String::new() } else { format!(", beside {}", join_names(others)) };
        context.ui.print_note(&match (view.created, args.dry_run) {
            (0, _) => format!("no entry could be taken, and no user {name} is made"),
            (_, true) => format!("user {name} would be made{beside}"),
            (_, false) => format!("user {name} made, without a MyAnimeList account{beside}"),
        });
    }
    if args.json { context.ui.print_json(&view.to_json()) } else { context.ui.print(&view.to_text()) }
}

fn read_list(name: &str) -> Result<ImportedList, Failure> {
    let failed = |what: &str, error: anyhow::Error| Failure::new(Exit::Failed, error).context(format!("{what} {name}"));
    let source = if name == "-" {
        exchange::gunzip_bounded(io::stdin(), MAX_FILE_BYTES)
    } else {
        File::open(name).and_then(|file| exchange::gunzip_bounded(file, MAX_FILE_BYTES))
    };
    let source = source.map_err(|error| failed("cannot read", error.into()))?;
    exchange::read_list(source).map_err(|fault| {
        failed("cannot import", fault.into())
            .with_hint("MAL's export is at https://myanimelist.net/panel.php?go=export")
    })
}

/// Whose list the file goes into.
enum ImportTarget {
    ExistingUser(Box<User>),
    /// Somebody new, beside these.
    NewUser {
        name: String,
        existing_users: Vec<String>,
    },
}

impl ImportTarget {
    fn username(&self) -> &str {
        match self {
            Self::ExistingUser(user) => &user.username,
            Self::NewUser { name, .. } => name,
        }
    }

    fn edit_owner(&self) -> EditOwner<'_> {
        match self {
            Self::ExistingUser(user) => EditOwner::User(user.id),
            Self::NewUser { name, .. } => EditOwner::Named(name),
        }
    }
}

/// Who is asked for, else whom the file names; where it names nobody, whom the other commands take.
async fn find_target(
    context: &Context<'_>,
    database: &Database,
    args: &files::ImportArgs,
    in_file: Option<&str>,
) -> Result<ImportTarget, Failure> {
    let users = database.load_users().await?;
    let others = || users.iter().map(|user| user.username.clone()).collect::<Vec<_>>();
    let new = |name: &str| {
        let new = || ImportTarget::NewUser { name: name.to_owned(), existing_users: others() };
        login_target::validate_username(name).map(|()| new()).map_err(|mut failure| {
            failure.hints = vec!["malsync import FILE --user NAME".to_owned()];
            failure
        })
    };
    match (&args.user, in_file) {
        (Some(UserRef::Name(name)), _) if users.iter().all(|user| user.username != *name) => new(name),
        (None, Some(name)) if users.is_empty() => new(name),
        (None, Some(name)) => match users.iter().find(|user| user.username == name) {
            Some(user) => Ok(ImportTarget::ExistingUser(Box::new(user.clone()))),
            // One person's list does not belong into another's unasked.
            None => {
                let what = format!("the file is the list of {name}, who is no user here");
                let hint =
                    format!("--user NAME says whose list it is to go into: {} or a new one", join_names(&others()));
                Err(Failure::usage_error(what).with_hint(hint))
            }
        },
        (None, None) if users.is_empty() => {
            let what = "the file does not say whose list it is, and there is no user yet";
            Err(Failure::usage_error(what).with_hint("malsync import FILE --user NAME"))
        }
        (asked, _) => {
            let choice = select_user::select_user(&users, asked.as_ref(), &database.url().to_string())?;
            if choice.is_ambiguous {
                context.ui.print_note(&format!("user {} (of several; --user names another)", choice.user.username));
            }
            Ok(ImportTarget::ExistingUser(Box::new(choice.user.clone())))
        }
    }
}

/// Some of these names.
fn join_names(names: &[String]) -> String {
    let first = names.iter().take(MAX_USERS_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MAX_USERS_NAMED);
    if more > 0 { format!("{first} and {more} more") } else { first }
}

/// Whether a user is to be made beside these. The name may be a slip, and whoever can be asked is.
async fn confirm_new_user(context: &Context<'_>, args: &files::ImportArgs, others: &[String]) -> Result<bool, Failure> {
    let Some(UserRef::Name(name)) = &args.user else { return Ok(true) };
    if others.is_empty() || args.dry_run || !context.ui.is_interactive() {
        return Ok(true);
    }
    let meant = closest_match(name, others.iter().map(String::as_str));
    let meant =
        meant.map_or_else(|| format!("here is {}", join_names(others)), |meant| format!("did you mean {meant}?"));
    let question = format!("there is no user {name} yet ({meant}); make one? [y/N]");
    let answer = context.prompt(&question).await?.unwrap_or_default();
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

async fn apply_import(
    context: &Context<'_>,
    database: &Database,
    whose: EditOwner<'_>,
    entries: &[ImportedEntry],
) -> Result<EditSummary, Failure> {
    let by_id: HashMap<i32, &ImportedEntry> = entries.iter().map(|entry| (entry.anime.mal_id, entry)).collect();
    let wanted: Vec<EditTarget> = entries
        .iter()
        .map(|entry| EditTarget { mal_id: entry.anime.mal_id, anime: Some(entry.anime.clone()) })
        .collect();
    let decide = |wanted: &EditTarget, before: Option<&StoredEntry>| -> Option<EntryEdit> {
        by_id.get(&wanted.mal_id).map(|entry| plan_import(before, entry))
    };
    let write =
        async |bar: &ProgressReporter| database.apply_edits(whose, EditCommand::Import, &wanted, &decide, bar).await;
    Ok(context.with_progress("importing", write).await?)
}

async fn dry_run_for_user(database: &Database, user: &User, entries: &[ImportedEntry]) -> Result<EditSummary, Failure> {
    let there = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
    Ok(dry_run_import(&there.into_iter().map(|item| (item.stored.mal_id, item.stored)).collect(), entries))
}

fn dry_run_import(there: &HashMap<i32, StoredEntry>, entries: &[ImportedEntry]) -> EditSummary {
    let one = |entry: &ImportedEntry| {
        let before = there.get(&entry.anime.mal_id);
        (before.cloned(), plan_import(before, entry).entry)
    };
    EditSummary { entries: entries.iter().map(one).collect(), ..EditSummary::default() }
}
