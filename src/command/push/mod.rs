//! `push`: sends own values to MAL, after showing them.
//!
//! - this file: the command with its guards and its question
//! - `push_job`: what a push is to send of which entries
//! - `user_push`: lock, engine and result of one user's push, also for `sync --push` and `edit --push`

mod push_job;
mod user_push;

use super::{
    context::Context,
    entry_filter::FilterPurpose,
    entry_selection::{SelectedEntries, load_selected_entries},
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
    ui::view,
};

pub(super) use self::{
    push_job::{PushJob, PushRules, check_full_sync},
    user_push::{PushResult, UserPush, print_push, print_push_run, print_push_warnings},
};

pub(crate) async fn run(context: &Context<'_>, args: &args::PushArgs) -> Result<Exit, Failure> {
    context.config()?;
    let access = if args.dry_run { DatabaseAccess::Read } else { DatabaseAccess::Write };
    let database = context.open_existing(access).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let selected = load_selected_entries(context, &database, &user, &args.selection, FilterPurpose::Changing).await?;
    let job = build_job(args, &selected);
    if let Some(note) = view::push::left_out_text(job.left_out, args.add) {
        context.ui.print_note(&note);
    }
    if job.is_empty() {
        return print_push(context, PushResult::skipped(&user, args.dry_run, &database).await?, args.json);
    }
    if !args.dry_run && !args.yes && !context.ui.is_interactive() {
        let message = format!("push would send {}, and there is no terminal to ask on", job.summary_text());
        return Err(
            Failure::usage_error(message).with_hint("--yes sends without asking, --dry-run shows what it would send")
        );
    }
    check_guards(context, args, &job, &user, &database)?;
    let must_ask = !args.dry_run && !args.yes && job.has_sendable_entries();
    if must_ask && !confirm_push(context, &job, &selected).await? {
        context.ui.print_note("nothing was sent");
        return Ok(Exit::Done);
    }
    Signals::force_exit_on_signal();
    let transport = context.transport(&database)?;
    let user_push = UserPush { context, database: &database, transport: &transport };
    let result = user_push.run(&user, &job).await;
    print_push(context, result, args.json)
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
        Err(failure) if args.dry_run => context.ui.print_warning(&failure.message()),
        checked => checked?,
    }
    check_full_sync(user)?;
    context.config()?.client_id()?;
    check_login(context, user, database)
}

fn build_job(args: &args::PushArgs, selected: &SelectedEntries) -> PushJob {
    let rules = PushRules {
        fields: args.fields.clone(),
        force: args.force,
        adds: args.add,
        adds_removed: args.selection.removed.is_some(),
        dry_run: args.dry_run,
    };
    PushJob::plan(&rules, selected)
}

/// Shows what would be sent, as MAL was last seen, and asks.
async fn confirm_push(context: &Context<'_>, job: &PushJob, selected: &SelectedEntries) -> Result<bool, Failure> {
    let title = |mal_id: i32| {
        let item = selected.items.iter().find(|item| item.anime.mal_id == mal_id);
        item.map(|item| item.anime.title.clone()).unwrap_or_default()
    };
    context.ui.print_table(&view::push::preview_table(&job.preview(title)))?;
    view::push::preview_hints(&job.preview(title)).iter().for_each(|hint| context.ui.print_note(hint));
    context.confirm(&format!("Send {} to MyAnimeList?", job.summary_text()), DefaultAnswer::No).await
}
