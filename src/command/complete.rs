//! What a shell asks when a value is to be completed.
//!
//! The rules: nothing is made, altered, logged or asked of MAL; whatever is amiss, nobody hears of it, and there are no
//! candidates; nobody at a terminal waits longer than a moment.

use std::{path::Path, time::Duration};

use crate::{
    cli::complete::{Candidate, CandidateKind, CompletionRequest, CompletionTarget},
    config::Environment,
    domain::user::User,
    failure::Failure,
    panic_handler,
    store::Database,
    ui::{
        self, Ui, escape_controls,
        view::{self, OutputColumn},
    },
};

use super::{context::Context, select_user, signals::Signals};

/// How long the database may take for its answers.
const DATABASE_TIMEOUT: Duration = Duration::from_millis(250);

/// Answers the question on standard output.
pub(super) fn run(question: &CompletionRequest, environment: Environment) {
    let ui = Ui::new(ui::UiOptions { quiet: true, ..ui::UiOptions::default() });
    let Some(place) = &question.target else { return };
    let found =
        panic_handler::catch_panic(|| keep_printable(find_candidates(place, environment, &ui))).unwrap_or_default();
    // Nobody listens any more, or the terminal is gone.
    let _ = ui.print_bytes(question.format_candidates(found).as_bytes());
}

fn find_candidates(place: &CompletionTarget, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    match &place.kind {
        CandidateKind::OneOf(words) => words.iter().map(|word| without_description(word)).collect(),
        CandidateKind::Column => {
            view::list::all_columns().iter().map(OutputColumn::name).map(without_description).collect()
        }
        CandidateKind::User | CandidateKind::Title | CandidateKind::MalId => {
            query_with_deadline(place, environment, ui)
        }
    }
}

/// Those that can stand in a line: what steers a terminal cannot, and cleaned it would be another value.
fn keep_printable(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(|candidate| escape_controls(&candidate.value) == candidate.value);
    for about in candidates.iter_mut().filter_map(|candidate| candidate.description.as_mut()) {
        *about = escape_controls(about).into_owned();
    }
    candidates
}

fn without_description(value: &str) -> Candidate {
    Candidate { value: value.to_owned(), description: None }
}

/// What the database answers within a moment; nothing where it does not.
fn query_with_deadline(place: &CompletionTarget, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    // The shell would have made a path of it by the time it starts the command.
    let at_home = |path: &Path| Some(environment.get_directory("HOME")?.join(path.strip_prefix("~").ok()?));
    let config = place.config_file.as_deref().map(|path| at_home(path).unwrap_or_else(|| path.to_owned()));
    let context = Context::new(environment, config.as_deref(), ui, Signals::default());
    let found =
        runtime.block_on(async { tokio::time::timeout(DATABASE_TIMEOUT, query_candidates(&context, place)).await });
    // A name that is never resolved, a file that somebody holds: not waited for.
    runtime.shutdown_background();
    found.ok().and_then(Result::ok).unwrap_or_default()
}

async fn query_candidates(context: &Context<'_>, place: &CompletionTarget) -> Result<Vec<Candidate>, Failure> {
    let (database, schema) = context.open_read_only().await?;
    if !schema.is_current() {
        return Ok(Vec::new());
    }
    let users = database.load_users().await?;
    if place.kind == CandidateKind::User {
        // A name that looks like an id is never taken for a name.
        return Ok(users
            .iter()
            .filter(|user| !user.username.starts_with("id:"))
            .map(|user| without_description(&user.username))
            .collect());
    }
    let user = select_user::select_user(&users, place.user.as_ref(), "")?.user;
    Ok(if place.kind == CandidateKind::MalId {
        id_candidates(&database, user).await?
    } else {
        title_candidates(&database, user).await?
    })
}

async fn id_candidates(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let named = database.load_user_titles(user.id).await?.into_iter();
    Ok(named.map(|(id, title, _)| Candidate { value: id.to_string(), description: Some(title) }).collect())
}

/// The main titles, and the English ones with the main one beside it.
async fn title_candidates(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for (_, title, english) in database.load_user_titles(user.id).await? {
        let other = english.filter(|english| !english.is_empty() && *english != title);
        candidates.extend(other.map(|english| Candidate { value: english, description: Some(title.clone()) }));
        candidates.push(without_description(&title));
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_with_control_characters_are_dropped() {
        let candidate = |value: &str, about: &str| Candidate { value: value.into(), description: Some(about.into()) };
        let odd = ["a\x1b[2J", "a\nb", "a\u{202e}b", "a\tb"].map(|value| candidate(value, "x"));
        assert_eq!(keep_printable(odd.into()), []);
        assert_eq!(keep_printable(vec![candidate("שלום", "a\tb\u{202e}")]), [candidate("שלום", "a␉b\u{fffd}")]);
    }
}
