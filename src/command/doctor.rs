//! `doctor`: looks at everything a sync needs, and says what to type where something is amiss.
//!
//! The rules: nothing is changed, not even a schema that is old; nothing waits for ever; no secret is told, so that what it
//! says can be shown to others. Each file of this folder looks at one part.

mod configuration;
mod database;
mod machine;
mod mal;
mod schedule;

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    ui::view::{
        self,
        doctor::{Check, Level},
    },
};

use super::context::Context;
pub(super) use configuration::checks as configuration;

pub(crate) async fn run(context: &Context<'_>, args: &args::Json) -> Result<Exit, Failure> {
    let config = context.loaded.as_far_as_read();
    let mut checks = vec![machine::malsync()];
    checks.extend(configuration(&context.loaded));
    checks.extend(machine::files(context, config));
    checks.push(machine::redirect(&config.mal_redirect_uri.value).await);
    checks.extend(machine::keyring(config).await);
    // Where the database is, a broken configuration does not say for sure.
    if context.config().is_ok() {
        checks.extend(database::checks(context).await);
    }
    checks.extend(schedule::checks(context).await);
    checks.extend(mal::checks(context, config).await);
    if args.json {
        context.ui.json(&view::doctor::json(&checks))?;
    } else {
        context.ui.out(&view::doctor::screen(&checks, context.ui.limit()))?;
    }
    context.config()?;
    let broken = checks.iter().filter(|check| check.level == Level::Error).count();
    if broken == 0 {
        return Ok(Exit::Done);
    }
    let what = if broken == 1 { "one check failed".to_owned() } else { format!("{broken} checks failed") };
    Err(Failure::text(Exit::Failed, what).hint("each failed check above says what to do"))
}

fn check(name: &str, level: Level, message: impl Into<String>, hint: Option<&str>) -> Check {
    Check { name: name.to_owned(), level, message: message.into(), hint: hint.map(str::to_owned) }
}

fn from_failure(name: &str, failure: &Failure) -> Check {
    check(name, Level::Error, failure.message(), failure.hints.first().map(String::as_str))
}
