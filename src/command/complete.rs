//! What a shell asks when a value is to be completed.
//!
//! The rules: nothing is made, altered, logged or asked of MAL; whatever is amiss, nobody hears of it, and there are no
//! candidates; nobody at a terminal waits longer than a moment.

use std::{path::Path, time::Duration};

use crate::{
    cli::complete::{Candidate, Place, Question, What},
    config::Environment,
    crash,
    domain::user::User,
    failure::Failure,
    store::Database,
    ui::{
        self, Ui, clean,
        view::{self, EntryColumn},
    },
};

use super::{choose, context::Context, signals::Signals};

/// How long the database may take for its answers.
const MOMENT: Duration = Duration::from_millis(250);

/// Answers the question on standard output.
pub(super) fn run(question: &Question, environment: Environment) {
    let ui = Ui::new(ui::Options { quiet: true, ..ui::Options::default() });
    let Some(place) = &question.place else { return };
    let found = crash::caught(|| harmless(candidates(place, environment, &ui))).unwrap_or_default();
    // Nobody listens any more, or the terminal is gone.
    let _ = ui.out_bytes(question.answer(found).as_bytes());
}

fn candidates(place: &Place, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    match &place.what {
        What::Word(words) => words.iter().map(|word| plain(word)).collect(),
        What::Column => view::list::columns().iter().map(EntryColumn::name).map(plain).collect(),
        What::User | What::Title | What::Id => in_time(place, environment, ui),
    }
}

/// Those that can stand in a line: what steers a terminal cannot, and cleaned it would be another value.
fn harmless(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(|candidate| clean(&candidate.value) == candidate.value);
    for about in candidates.iter_mut().filter_map(|candidate| candidate.about.as_mut()) {
        *about = clean(about).into_owned();
    }
    candidates
}

fn plain(value: &str) -> Candidate {
    Candidate { value: value.to_owned(), about: None }
}

/// What the database answers within a moment; nothing where it does not.
fn in_time(place: &Place, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    // The shell would have made a path of it by the time it starts the command.
    let at_home = |path: &Path| Some(environment.folder("HOME")?.join(path.strip_prefix("~").ok()?));
    let config = place.config.as_deref().map(|path| at_home(path).unwrap_or_else(|| path.to_owned()));
    let context = Context::new(environment, config.as_deref(), ui, Signals::default());
    let found = runtime.block_on(async { tokio::time::timeout(MOMENT, look(&context, place)).await });
    // A name that is never resolved, a file that somebody holds: not waited for.
    runtime.shutdown_background();
    found.ok().and_then(Result::ok).unwrap_or_default()
}

async fn look(context: &Context<'_>, place: &Place) -> Result<Vec<Candidate>, Failure> {
    let (database, schema) = context.look().await?;
    if !schema.is_current() {
        return Ok(Vec::new());
    }
    let users = database.users().await?;
    if place.what == What::User {
        // A name that looks like an id is never taken for a name.
        return Ok(users
            .iter()
            .filter(|user| !user.username.starts_with("id:"))
            .map(|user| plain(&user.username))
            .collect());
    }
    let user = choose::choose(&users, place.user.as_ref(), "")?.user;
    Ok(if place.what == What::Id { ids(&database, user).await? } else { titles(&database, user).await? })
}

async fn ids(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let named = database.listed_titles(user.id).await?.into_iter();
    Ok(named.map(|(id, title, _)| Candidate { value: id.to_string(), about: Some(title) }).collect())
}

/// The main titles, and the English ones with the main one beside it.
async fn titles(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for (_, title, english) in database.listed_titles(user.id).await? {
        let other = english.filter(|english| !english.is_empty() && *english != title);
        candidates.extend(other.map(|english| Candidate { value: english, about: Some(title.clone()) }));
        candidates.push(plain(&title));
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_no_candidate() {
        let candidate = |value: &str, about: &str| Candidate { value: value.into(), about: Some(about.into()) };
        let odd = ["a\x1b[2J", "a\nb", "a\u{202e}b", "a\tb"].map(|value| candidate(value, "x"));
        assert_eq!(harmless(odd.into()), []);
        assert_eq!(harmless(vec![candidate("שלום", "a\tb\u{202e}")]), [candidate("שלום", "a␉b\u{fffd}")]);
    }
}
