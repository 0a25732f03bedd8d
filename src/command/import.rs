//! `import`: imports a list file into the database by the rules of a sync. Sends no request to MAL.
//!
//! Invariants:
//! 1. The file is read to its end before anything is written, and everything is written in one transaction. An
//!    unreadable file changes nothing.
//! 2. An invalid entry is reported by name and does not stop the others.

use std::{fs::File, io};

use crate::{
    auth::login_target,
    cli::files,
    domain::{
        edit::{EditCommand, EditSummary, EditTarget},
        entry::StoredEntry,
        left_out::LeftOut,
        run::EntryError,
        text::closest_match,
        user::{User, UserRef},
    },
    exchange::{self, ImportedList},
    exit::Exit,
    failure::Failure,
    store::{Database, EditOwner},
    ui::{
        ProgressReporter,
        view::import::{ImportView, error_line},
    },
};

use super::{context::Context, import_plan::ImportPlan, terminal_input::DefaultAnswer};

/// Maximum uncompressed size of a file. A list of 100,000 entries takes half of it.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Maximum number of users named in a message.
const MAX_USERS_NAMED: usize = 5;

/// Maximum number of errors printed as text; `--json` prints all.
const MAX_ERRORS_PRINTED: usize = 20;

pub(crate) async fn run(context: &Context<'_>, args: &files::ImportArgs) -> Result<Exit, Failure> {
    context.config()?;
    let ImportedList { user_name, user_id, entries, errors, left_out } = load_file(context, &args.file).await?;
    let database = context.open_database().await?;
    let target = find_target(context, &database, args, FileOwner { name: user_name.as_deref(), id: user_id }).await?;
    if let ImportTarget::NewUser { existing_users, .. } = &target
        && !confirm_new_user(context, args, existing_users).await?
    {
        context.ui.print_note("Nothing was imported.");
        return Ok(Exit::Done);
    }
    let plan = ImportPlan::new(&entries);
    let summary = match &target {
        ImportTarget::ExistingUser(user) if args.dry_run => {
            database.plan_edits(user.id, &plan.targets(), &|target, before| plan.plan_entry(target, before)).await?;
            EditSummary::default()
        }
        ImportTarget::NewUser { .. } if args.dry_run => {
            plan.plan_for_empty_list();
            EditSummary::default()
        }
        // Do not create a user without entries.
        ImportTarget::NewUser { .. } if entries.is_empty() => EditSummary::default(),
        target => apply_import(context, &database, target.edit_owner(), &plan).await?,
    };
    let view = summarize_import(&target, args, &plan, &summary, errors, left_out);
    print_import(context, args, &target, &view)?;
    Ok(if view.errors.is_empty() { Exit::Done } else { Exit::Partial })
}

/// Reads the file to its end, on a thread of its own: standard input may block, and must not delay the exit.
async fn load_file(context: &Context<'_>, name: &str) -> Result<ImportedList, Failure> {
    let file = name.to_owned();
    let reading = tokio::task::spawn_blocking(move || read_list(&file));
    let read = match name {
        // No progress bar while the user types.
        "-" => reading.await,
        name => context.with_progress(&format!("Reading {name}"), async |_| reading.await).await,
    };
    read.map_err(|error| Failure::new(Exit::Failed, error))?
}

fn summarize_import(
    target: &ImportTarget,
    args: &files::ImportArgs,
    plan: &ImportPlan<'_>,
    summary: &EditSummary,
    errors: Vec<EntryError>,
    left_out: LeftOut,
) -> ImportView {
    let existing_id = match target {
        ImportTarget::ExistingUser(user) => Some(user.id),
        ImportTarget::NewUser { .. } => None,
    };
    let mut view = ImportView {
        edit_id: summary.edit_id,
        errors,
        left_out,
        user_id: summary.user.or(existing_id).map(|user| user.0),
        username: target.username().to_owned(),
        dry_run: args.dry_run,
        ..ImportView::default()
    };
    plan.count_into(&mut view);
    view
}

fn print_import(
    context: &Context<'_>,
    args: &files::ImportArgs,
    target: &ImportTarget,
    view: &ImportView,
) -> Result<(), Failure> {
    view.errors.iter().take(MAX_ERRORS_PRINTED).for_each(|entry| context.ui.print_warning(&error_line(entry)));
    if view.errors.len() > MAX_ERRORS_PRINTED {
        context
            .ui
            .print_warning(&format!("{} more errors (--json has them all)", view.errors.len() - MAX_ERRORS_PRINTED));
    }
    print_left_out(context, args, &view.left_out);
    if let ImportTarget::NewUser { name, existing_users } = target {
        let suffix = if existing_users.is_empty() {
            String::new()
        } else {
            format!(" (other users: {})", join_names(existing_users))
        };
        context.ui.print_note(&match (view.created, args.dry_run) {
            (0, _) => format!("no entry could be imported, and user {name} is not created"),
            (_, true) => format!("Would create local user {name}{suffix}"),
            (_, false) => format!("Created local user {name}, not linked to a MAL account{suffix}"),
        });
    }
    if args.json { context.ui.print_json(&view.to_json()) } else { context.ui.print(&view.to_text()) }
}

/// Prints a line for each kind of thing that was left out; the single cases in a dry run, else with `-v`.
fn print_left_out(context: &Context<'_>, args: &files::ImportArgs, left_out: &LeftOut) {
    if args.dry_run {
        left_out.details.iter().take(MAX_ERRORS_PRINTED).for_each(|line| context.ui.print_note(line));
        let more = left_out.details.len().saturating_sub(MAX_ERRORS_PRINTED);
        if more > 0 {
            context.ui.print_note(&format!("{more} more of them"));
        }
    } else {
        left_out.details.iter().for_each(|line| tracing::info!("{line}"));
    }
    left_out.warnings().iter().for_each(|line| context.ui.print_warning(line));
    left_out.notes().iter().for_each(|line| context.ui.print_note(line));
}

fn read_list(name: &str) -> Result<ImportedList, Failure> {
    let failure =
        |action: &str, error: anyhow::Error| Failure::new(Exit::Failed, error).context(format!("{action} {name}"));
    let source = if name == "-" {
        exchange::gunzip_bounded(io::stdin(), MAX_FILE_BYTES)
    } else {
        File::open(name).and_then(|file| exchange::gunzip_bounded(file, MAX_FILE_BYTES))
    };
    let source = source.map_err(|error| failure("cannot read", error.into()))?;
    exchange::read_list(source).map_err(|error| {
        let hint = error.hint.unwrap_or("get MAL's export at https://myanimelist.net/panel.php?go=export");
        failure("cannot import", error.into()).with_hint(hint)
    })
}

/// The user whose list the file is imported into.
enum ImportTarget {
    ExistingUser(Box<User>),
    /// A user to create.
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

/// The account that a file names as the owner of its list.
#[derive(Clone, Copy, Debug)]
struct FileOwner<'a> {
    name: Option<&'a str>,
    id: Option<i64>,
}

/// Returns the user of `--user`, else the user of the file's MAL account, else the one that the file names, else the
/// default user of all commands.
///
/// A name of `--user` that no user has becomes a new user. So does the name in the file if there is no user at all.
async fn find_target(
    context: &Context<'_>,
    database: &Database,
    args: &files::ImportArgs,
    owner: FileOwner<'_>,
) -> Result<ImportTarget, Failure> {
    let users = database.load_users().await?;
    let usernames = || users.iter().map(|user| user.username.clone()).collect::<Vec<_>>();
    let new_user = |name: &str| match login_target::validate_username(name) {
        Ok(()) => Ok(ImportTarget::NewUser { name: name.to_owned(), existing_users: usernames() }),
        Err(mut failure) => {
            failure.hints = vec!["malsync import FILE --user NAME".to_owned()];
            Err(failure)
        }
    };
    let user = match (&args.user, find_owner(&users, owner), owner.name) {
        (Some(UserRef::Name(name)), ..) if users.iter().all(|user| user.username != *name) => return new_user(name),
        (None, Some(user), _) => user,
        (None, None, Some(name)) if users.is_empty() => return new_user(name),
        // Never import one user's list into another user's without `--user`.
        (None, None, Some(name)) => {
            let message = format!("the file is the list of {name}, which is not a local user");
            let hint = format!("choose the list with --user NAME: {} or a new one", join_names(&usernames()));
            return Err(Failure::usage_error(message).with_hint(hint));
        }
        (None, None, None) if users.is_empty() => {
            let message = "the file has no user name, and no user exists yet";
            return Err(Failure::usage_error(message).with_hint("name one for it: malsync import FILE --user NAME"));
        }
        (requested, ..) => context.select_from(&users, database, requested.as_ref())?,
    };
    let is_other_account = owner.id.is_some_and(|id| user.mal_user_id.is_some_and(|known| known != id));
    if is_other_account && !args.force {
        let message = format!(
            "the file is the list of {}, but user {} belongs to another MyAnimeList account",
            owner.name.unwrap_or("another account"),
            user.username
        );
        return Err(Failure::from_text(Exit::Guard, message)
            .with_hint("choose another user with --user NAME, or import anyway: malsync import FILE --force"));
    }
    Ok(ImportTarget::ExistingUser(Box::new(user.clone())))
}

/// Returns the user of the file's MAL account, else the one of its name, which is compared without case.
fn find_owner<'a>(users: &'a [User], owner: FileOwner<'_>) -> Option<&'a User> {
    let by_account = || owner.id.and_then(|id| users.iter().find(|user| user.mal_user_id == Some(id)));
    let by_name = || {
        let name = owner.name?;
        let same_letters = || users.iter().find(|user| user.username.to_lowercase() == name.to_lowercase());
        users.iter().find(|user| user.username == name).or_else(same_letters)
    };
    by_account().or_else(by_name)
}

/// Joins the first [`MAX_USERS_NAMED`] names and counts the others.
fn join_names(names: &[String]) -> String {
    let first = names.iter().take(MAX_USERS_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MAX_USERS_NAMED);
    if more > 0 { format!("{first} and {more} more") } else { first }
}

/// Asks whether to create a new user although others exist, because the name may be a typo. Returns true without asking
/// if the terminal is not interactive.
async fn confirm_new_user(
    context: &Context<'_>,
    args: &files::ImportArgs,
    existing_users: &[String],
) -> Result<bool, Failure> {
    let Some(UserRef::Name(name)) = &args.user else { return Ok(true) };
    if existing_users.is_empty() || args.dry_run || !context.ui.is_interactive() {
        return Ok(true);
    }
    let suggestion = closest_match(name, existing_users.iter().map(String::as_str));
    let suggestion = suggestion.map_or_else(
        || format!("existing users: {}", join_names(existing_users)),
        |suggestion| format!("did you mean {suggestion}?"),
    );
    let question = format!("No user {name} yet ({suggestion}). Create it?");
    context.confirm(&question, DefaultAnswer::No).await
}

async fn apply_import(
    context: &Context<'_>,
    database: &Database,
    owner: EditOwner<'_>,
    plan: &ImportPlan<'_>,
) -> Result<EditSummary, Failure> {
    let targets = plan.targets();
    let decide = |target: &EditTarget<'_>, before: Option<&StoredEntry>| plan.plan_entry(target, before);
    let write = async |bar: &ProgressReporter| {
        database.apply_many_edits(owner, EditCommand::Import, &targets, &decide, bar).await
    };
    Ok(context.with_progress("Importing", write).await?)
}
