//! `copy`: copies the whole database into an empty one of either kind.
//!
//! Invariant: a target that has rows is not changed. It is checked before it is migrated, and again in the transaction
//! that writes the copy.

use std::sync::Arc;

use crate::{
    cli::files::CopyArgs,
    domain::user::User,
    exit::Exit,
    failure::Failure,
    store::{CopyReport, Database, DatabaseUrl, TokenCopying},
    ui::view::copy::{CopiedTableView, CopyView},
};

use super::context::{Context, explain_missing_schema};

pub(crate) async fn run(context: &Context<'_>, args: &CopyArgs) -> Result<Exit, Failure> {
    context.config()?;
    let target_url = parse_target_url(args.to.expose())?;
    let source = open_source(context).await?;
    if let Some(existing) = context.open_unchanged(&target_url).await? {
        existing.check_copy_target(&source).await?;
        existing.close().await;
    }
    let target = context.open_or_create(&target_url).await?;
    target.check_copy_target(&source).await?;
    let tokens = if args.with_tokens { TokenCopying::Include } else { TokenCopying::LeaveOut };
    let bar = context.ui.row_progress("Copying");
    let report = Context::with_progress_bar(&bar, async |bar| source.copy_into(&target, tokens, bar).await).await?;
    drop(bar);
    print_report(context, args, report, &target)?;
    if args.with_tokens {
        let users = copy_keyring_tokens(context, &source, &target).await?;
        explain_tokens(context, &users)?;
    } else if source.load_users().await?.iter().any(|user| user.login.is_present()) {
        context.ui.print_note(
            "Logins were not copied. To use the copy, set DATABASE_URL to it and run malsync login; or copy into an \
             empty database with malsync copy --with-tokens",
        );
    }
    Ok(Exit::Done)
}

fn parse_target_url(text: &str) -> Result<DatabaseUrl, Failure> {
    // A trailing blank or CR would name another file.
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Failure::usage_error("--to: must be a URL without spaces around it"));
    }
    DatabaseUrl::parse(text).map_err(|error| Failure::from(error).context("--to"))
}

/// Opens the configured database. Fails if it has none of malsync's tables.
async fn open_source(context: &Context<'_>) -> Result<Arc<Database>, Failure> {
    let source = context.open_to_read().await?;
    if source.missing_schema().is_some() {
        let message = format!("nothing to copy: {} has none of malsync's tables", source.url());
        let failure = Failure::from_text(Exit::Login, message)
            .with_hint("set DATABASE_URL to the database to copy; see the current one with malsync config show");
        return Err(explain_missing_schema(failure, &source));
    }
    Ok(source)
}

fn print_report(context: &Context<'_>, args: &CopyArgs, report: CopyReport, target: &Database) -> Result<(), Failure> {
    let tables = report.tables.iter().map(|table| CopiedTableView { name: table.name, rows: table.rows });
    let view = CopyView { tables: tables.collect(), not_copied: report.not_copied };
    if let Some(note) = view.not_copied_note() {
        context.ui.print_note(&note);
    }
    if args.json {
        return context.ui.print_json(&view);
    }
    // With `--quiet`, print nothing on success, so that cron sends no mail.
    if context.ui.is_quiet() { Ok(()) } else { context.ui.print(&view.to_text(&target.url().to_string())) }
}

/// Copies the logins' entries in the keyring, which belong to one database. Returns the users whose login was copied.
async fn copy_keyring_tokens(
    context: &Context<'_>,
    source: &Database,
    target: &Database,
) -> Result<Vec<User>, Failure> {
    let (from, to) = (context.token_storage_for(source)?, context.token_storage_for(target)?);
    let mut users = target.load_users().await?;
    users.retain(|user| user.login.is_present());
    let mut copied = Vec::new();
    for user in users {
        let problem = match from.copy_keyring_entry(&to, user.id, &user.login).await {
            Ok(true) => None,
            Ok(false) => Some("no tokens found there".to_owned()),
            Err(failure) => Some(failure.message()),
        };
        match problem.filter(|_| !user.login.has_tokens_in_row()) {
            None => copied.push(user),
            Some(problem) => context.ui.print_warning(&format!(
                "the login of {} was not copied, because it is only in the keyring: {problem}",
                user.username,
            )),
        }
    }
    Ok(copied)
}

/// Warns about the two databases with the same logins, those of `users`, and names what another machine needs.
fn explain_tokens(context: &Context<'_>, users: &[User]) -> Result<(), Failure> {
    if users.is_empty() {
        return Ok(());
    }
    context.ui.print_warning(
        "use only one of the two databases from now on: both have the same login, and a sync with one invalidates the \
         login of the other",
    );
    let config = context.config()?;
    if users.iter().any(|user| !user.login.has_tokens_in_row()) {
        context.ui.print_note("the tokens are in this machine's keyring: on another machine, run malsync login");
    }
    if users.iter().any(|user| user.login.has_tokens_in_row()) && config.malsync_token_seal.value {
        let key = match (&config.malsync_token_key, config.directories.data_dir()) {
            (None, Ok(folder)) => format!("the file {}", folder.join("token.key").display()),
            _ => "MALSYNC_TOKEN_KEY".to_owned(),
        };
        context.ui.print_note(&format!("the tokens are encrypted: another machine needs the same key ({key})"));
    }
    Ok(())
}
