//! `doctor`: looks at everything a sync needs, and says what to type where something is amiss.
//!
//! The rules: nothing is changed, not even a schema that is old; nothing waits for ever; no secret is told, so that what it
//! says can be shown to others. Each file of this folder looks at one part.

mod config_checks;
mod database_checks;
mod host_checks;
mod mal_checks;
mod schedule_checks;

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    ui::view::{
        self,
        doctor::{Check, CheckLevel},
    },
};

use super::context::Context;
pub(super) use config_checks::check_config as configuration;

pub(crate) async fn run(context: &Context<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let config = context.loaded.best_effort_config();
    let mut checks = vec![host_checks::check_version()];
    checks.extend(configuration(&context.loaded));
    checks.extend(host_checks::check_file_permissions(context, config));
    checks.push(host_checks::check_redirect_port(&config.mal_redirect_uri.value).await);
    checks.extend(host_checks::check_keyring(config).await);
    // Where the database is, a broken configuration does not say for sure.
    if context.config().is_ok() {
        checks.extend(database_checks::check_database(context).await);
    }
    checks.extend(schedule_checks::check_schedule(context).await);
    checks.extend(mal_checks::check_mal(context, config).await);
    if args.json {
        context.ui.print_json(&view::doctor::to_json(&checks))?;
    } else {
        context.ui.print(&view::doctor::to_text(&checks, context.ui.terminal_width()))?;
    }
    context.config()?;
    let broken = checks.iter().filter(|check| check.level == CheckLevel::Error).count();
    if broken == 0 {
        return Ok(Exit::Done);
    }
    let what = if broken == 1 { "one check failed".to_owned() } else { format!("{broken} checks failed") };
    Err(Failure::from_text(Exit::Failed, what).with_hint("each failed check above says what to do"))
}

fn new_check(name: &str, level: CheckLevel, message: impl Into<String>, hint: Option<&str>) -> Check {
    Check { name: name.to_owned(), level, message: message.into(), hint: hint.map(str::to_owned) }
}

fn check_from_failure(name: &str, failure: &Failure) -> Check {
    new_check(name, CheckLevel::Error, failure.message(), failure.hints.first().map(String::as_str))
}
