//! `push`: sends own values to MAL, after showing them.
//!
//! - this file: the command with its guards and its question
//! - `push_job`: what a push is to send of which entries
//! - `user_push`: lock, engine and result of one user's push, also for `sync --push` and `edit --push`

mod push_job;
mod user_push;

use super::{
    context::Context,
    diff::find_shown_differences,
    entry_filter::FilterPurpose,
    entry_selection::{SelectedEntries, load_selected_entries, reload_selected_entries},
    open_push_conflicts::load_open_push_conflicts,
    run_account::check_login,
    signals::Signals,
    terminal_input::DefaultAnswer,
};
use crate::{
    cli::args,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess},
    ui::view::{self, push::PreviewedField},
};

pub(super) use self::{
    push_job::{PushJob, PushRules, check_full_sync},
    user_push::{ErrorOutput, PushResult, UserPush, print_push, print_push_run, print_push_warnings},
};

pub(crate) async fn run(context: &Context<'_>, args: &args::PushArgs) -> Result<Exit, Failure> {
    context.config()?;
    let access = if args.common.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
    let database = context.open_existing(access).await?;
    let user = context.select_user(&database, args.common.user.name.as_ref()).await?;
    let (selection, purpose) = (&args.common.selection, FilterPurpose::Changing);
    let mut selected = load_selected_entries(context, &database, &user, selection, purpose).await?;
    let mut job = build_job(args, &selected);
    view::push::skipped_texts(&job.skipped).iter().for_each(|note| context.ui.print_note(note));
    if job.is_empty() {
        // Say why an edited value is not sent, if one is not.
        let shown = find_shown_differences(&database, &user, &selected.items).await?;
        view::diff::unsendable_texts(&shown).iter().for_each(|text| context.ui.print_note(text));
        return print_nothing_to_send(context, args, &user, &database).await;
    }
    if !args.common.dry_run && !args.common.yes && !context.ui.is_interactive() {
        let message = format!("refusing to send {} without confirmation", job.summary_text());
        return Err(Failure::usage_error(message).with_hint("confirm with --yes, or preview with --dry-run"));
    }
    check_guards(context, args, &job, &user, &database)?;
    while !args.common.dry_run && !args.common.yes && job.has_sendable_entries() {
        if !confirm_push(context, args, (&database, &user), &job, &selected).await? {
            context.ui.print_note("Nothing was sent.");
            return Ok(Exit::Done);
        }
        // What is sent is what was shown: ask again if an edit or a sync changed it while the question was open.
        let named_ids = selected.named_ids.clone();
        let now_selected = reload_selected_entries(context, &database, &user, selection, purpose, named_ids).await?;
        let now_planned = build_job(args, &now_selected);
        let is_as_shown = now_planned.preview(&selected) == job.preview(&selected);
        (selected, job) = (now_selected, now_planned);
        if is_as_shown {
            break;
        }
        context.ui.print_warning("the values to send have changed meanwhile");
        if job.is_empty() {
            return print_nothing_to_send(context, args, &user, &database).await;
        }
        check_guards(context, args, &job, &user, &database)?;
    }
    Signals::force_exit_on_signal();
    let transport = context.transport(&database)?;
    let user_push = UserPush { context, database: &database, transport: &transport };
    let result = user_push.run(&user, &job).await;
    let sent_run = result.run_with_sent_values().filter(|_| context.ui.is_interactive() && !args.common.json);
    let exit = print_push(context, result, args.common.json);
    if let Some(run) = sent_run {
        context.ui.print_note(&format!("To take it back: malsync restore --run {run}, then malsync push"));
    }
    exit
}

async fn print_nothing_to_send(
    context: &Context<'_>,
    args: &args::PushArgs,
    user: &User,
    database: &Database,
) -> Result<Exit, Failure> {
    print_push(context, PushResult::skipped(user, args.common.dry_run, database).await?, args.common.json)
}

/// Checks what must hold before a push may ask MAL anything.
fn check_guards(
    context: &Context<'_>,
    args: &args::PushArgs,
    job: &PushJob,
    user: &User,
    database: &Database,
) -> Result<(), Failure> {
    match job.check_size(args.max) {
        Err(failure) if args.common.dry_run => context.ui.print_warning(&failure.message()),
        checked => checked?,
    }
    check_full_sync(user)?;
    context.config()?.client_id()?;
    check_login(context, user, database)
}

fn build_job(args: &args::PushArgs, selected: &SelectedEntries) -> PushJob {
    let rules = PushRules {
        fields: args.common.fields.clone(),
        force: args.force,
        adds: args.add,
        adds_removed: args.common.selection.removed.includes_removed(),
        dry_run: args.common.dry_run,
    };
    PushJob::plan(&rules, selected)
}

/// Shows what would be sent, as MAL was last seen, and asks.
async fn confirm_push(
    context: &Context<'_>,
    args: &args::PushArgs,
    (database, user): (&Database, &User),
    job: &PushJob,
    selected: &SelectedEntries,
) -> Result<bool, Failure> {
    let preview = job.preview(selected);
    context.ui.print_table(&view::push::preview_table(&preview))?;
    let conflicts = load_open_push_conflicts(database, user).await?;
    let sendable = preview.iter().filter(|previewed| previewed.cannot_send.is_none());
    let conflict_hints =
        view::push::open_push_conflict_hints(sendable.map(PreviewedField::as_shown), &conflicts, |_| {
            if args.force { "--force overwrites it" } else { "It is not sent without --force" }.to_owned()
        });
    view::push::preview_hints(&preview).iter().chain(&conflict_hints).for_each(|hint| context.ui.print_note(hint));
    context.confirm(&format!("Send {} to MyAnimeList?", job.summary_text()), DefaultAnswer::No).await
}
