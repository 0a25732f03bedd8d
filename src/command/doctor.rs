//! `doctor`: checks everything that a sync needs, and says how to fix what is wrong. Each file in `doctor/`
//! checks one part.
//!
//! Invariants:
//! 1. Nothing is changed; an outdated schema is not migrated.
//! 2. Every wait has a timeout.
//! 3. The output contains no secret, so that it can be shared.

mod check_result;
mod config_checks;
mod database_checks;
mod host_checks;
mod mal_checks;
mod schedule_checks;
mod schema_checks;

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    ui::view::{self, doctor::CheckLevel},
};

use super::context::Context;
pub(super) use config_checks::check_config;

pub(crate) async fn run(context: &Context<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let config = context.loaded.config_despite_errors();
    let mut checks = vec![host_checks::check_version()];
    checks.extend(check_config(&context.loaded));
    checks.extend(host_checks::check_file_permissions(context, config));
    checks.push(host_checks::check_redirect_port(&config.mal_redirect_uri.value).await);
    checks.extend(host_checks::check_proxy(config));
    checks.extend(host_checks::check_keyring(config).await);
    // With a broken configuration, the location of the database is not certain.
    if context.config().is_ok() {
        checks.extend(database_checks::check_database(context).await);
    }
    checks.extend(schedule_checks::check_schedule(context).await);
    checks.extend(mal_checks::check_mal(context, config).await);
    if args.json {
        context.ui.print_json(&view::doctor::to_json(&checks))?;
    } else {
        context.ui.print_verbatim(&view::doctor::to_text(&checks, context.ui.terminal_width()))?;
    }
    // A configuration error decides the exit code.
    context.config()?;
    let failed_count = checks.iter().filter(|check| check.level == CheckLevel::Error).count();
    if failed_count == 0 {
        return Ok(Exit::Done);
    }
    let message = if failed_count == 1 { "1 check failed".to_owned() } else { format!("{failed_count} checks failed") };
    Err(Failure::from_text(Exit::Failed, message).with_hint("see the suggested fix below each failed check"))
}
