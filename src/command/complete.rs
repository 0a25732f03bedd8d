//! Answers a shell's request for completion candidates.
//!
//! Invariants:
//! 1. Nothing is created, changed, logged or requested from MAL.
//! 2. Any error gives no candidates and no message.
//! 3. The database gets at most [`DATABASE_TIMEOUT`], since a person waits at the prompt.

use std::{collections::BTreeSet, path::Path, time::Duration};

use crate::{
    cli::complete::{Candidate, CandidateKind, CompletionRequest, CompletionTarget, MAX_CANDIDATES},
    config::{Environment, SettingKey},
    domain::{anime::IdName, list_entry::ListEntry, run::Run, time::format_utc, user::User},
    exchange::OutputColumn,
    failpoint,
    failure::Failure,
    panic_handler,
    store::{Database, ListQuery},
    ui::{self, Ui, escape_controls},
};

use super::{context::Context, select_user, signals::Signals};

/// Timeout of the database queries.
const DATABASE_TIMEOUT: Duration = Duration::from_millis(250);

/// Prints the candidates on standard output.
pub(super) fn run(request: &CompletionRequest, environment: Environment) {
    let ui = Ui::new(ui::UiOptions { quiet: true, ..ui::UiOptions::default() });
    let Some(target) = &request.target else { return };
    if let Some(directive) = request.directive() {
        let _ = ui.print_bytes(directive.as_bytes());
        return;
    }
    let candidates =
        panic_handler::catch_panic(|| keep_printable(find_candidates(target, environment, &ui))).unwrap_or_default();
    // Fails if the shell has closed the pipe, which is no error here.
    let _ = ui.print_bytes(request.format_candidates(candidates).as_bytes());
}

fn find_candidates(target: &CompletionTarget, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    match &target.kind {
        CandidateKind::OneOf(words) => words.iter().map(|word| without_description(word)).collect(),
        CandidateKind::SettingKey => SettingKey::ALL.iter().map(|key| without_description(&key.file_key())).collect(),
        CandidateKind::Column => OutputColumn::all().iter().map(OutputColumn::name).map(without_description).collect(),
        CandidateKind::File | CandidateKind::Directory | CandidateKind::Nothing => Vec::new(),
        _ => query_with_deadline(target, environment, ui),
    }
}

/// Drops candidates whose value contains terminal control characters; escaped, they would be other values. Descriptions
/// are escaped.
fn keep_printable(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(|candidate| escape_controls(&candidate.value) == candidate.value);
    for description in candidates.iter_mut().filter_map(|candidate| candidate.description.as_mut()) {
        *description = escape_controls(description).into_owned();
    }
    candidates
}

fn without_description(value: &str) -> Candidate {
    Candidate { value: value.to_owned(), description: None }
}

/// Returns the candidates from the database. Returns an empty list if the query fails or exceeds the timeout.
fn query_with_deadline(target: &CompletionTarget, environment: Environment, ui: &Ui) -> Vec<Candidate> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    // Expand `~`, as the shell does when it runs the command.
    let expand_home = |path: &Path| Some(environment.get_directory("HOME")?.join(path.strip_prefix("~").ok()?));
    let config = target.config_file.as_deref().map(|path| expand_home(path).unwrap_or_else(|| path.to_owned()));
    let context = Context::new(environment, config.as_deref(), ui, Signals::default());
    let time_limit = failpoint::time_limit("complete.limit", DATABASE_TIMEOUT);
    let candidates = runtime.block_on(async {
        let candidates = tokio::time::timeout(time_limit, query_candidates(&context, target)).await;
        let _ = tokio::time::timeout(time_limit, context.close_databases()).await;
        candidates
    });
    // Do not wait for blocked threads, such as name resolution or a locked file.
    runtime.shutdown_background();
    candidates.ok().and_then(Result::ok).unwrap_or_default()
}

async fn query_candidates(context: &Context<'_>, target: &CompletionTarget) -> Result<Vec<Candidate>, Failure> {
    let (database, schema) = context.open_read_only().await?;
    if !schema.is_current() {
        return Ok(Vec::new());
    }
    let users = database.load_users().await?;
    if target.kind == CandidateKind::User {
        // `--user id:…` is always read as an id, so such a name cannot be given.
        return Ok(users
            .iter()
            .filter(|user| !user.username.starts_with("id:"))
            .map(|user| without_description(&user.username))
            .collect());
    }
    let user = select_user::select_user(&users, target.user.as_ref(), "")?.user;
    match target.kind {
        CandidateKind::MalId => id_or_title_candidates(&database, user, &target.typed).await,
        CandidateKind::Title => title_candidates(&database, user).await,
        CandidateKind::Run => run_candidates(&database, user).await,
        _ => {
            let entries = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
            let values: BTreeSet<String> =
                entries.iter().flat_map(|entry| values_of_entry(entry, &target.kind)).collect();
            Ok(values.iter().map(|value| without_description(value)).collect())
        }
    }
}

/// Returns the values of this kind that an entry or its anime has.
fn values_of_entry(entry: &ListEntry, kind: &CandidateKind) -> Vec<String> {
    let anime = &entry.anime;
    let names = |items: &[IdName]| items.iter().map(|item| item.name.clone()).collect();
    match kind {
        CandidateKind::Genre => names(&anime.genres),
        CandidateKind::Studio => names(&anime.studios),
        CandidateKind::MediaType => anime.media_type.iter().cloned().collect(),
        CandidateKind::Tag => entry.stored.values.tags.clone(),
        CandidateKind::Season => anime
            .start_season
            .iter()
            .flat_map(|season| [format!("{}-{}", season.season, season.year), season.year.to_string()])
            .collect(),
        _ => Vec::new(),
    }
}

/// Returns the ids of the user's syncs, newest first, with the result and the time.
async fn run_candidates(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let limit = u32::try_from(MAX_CANDIDATES).ok();
    let runs = database.load_runs(Some(user.id), limit).await?.into_iter();
    let candidate = |run: Run| {
        let description = format!("{}, {}", run.status.as_str().to_lowercase(), format_utc(run.started_at));
        Some(Candidate { value: run.id?.to_string(), description: Some(description) })
    };
    Ok(runs.filter_map(candidate).collect())
}

/// Returns the ids, with the title as description. Returns the titles if none of the ids begins with the typed text.
async fn id_or_title_candidates(database: &Database, user: &User, typed: &str) -> Result<Vec<Candidate>, Failure> {
    let titles = database.load_user_titles(user.id).await?;
    let with_title = |(id, title, _): &(i32, String, Option<String>)| Candidate {
        value: id.to_string(),
        description: Some(title.clone()),
    };
    let ids: Vec<Candidate> = titles.iter().map(with_title).collect();
    if ids.iter().any(|candidate| candidate.value.starts_with(typed)) {
        return Ok(ids);
    }
    let both = titles.into_iter().flat_map(|(_, title, english)| [Some(title), english]);
    Ok(both.flatten().filter(|title| !title.is_empty()).map(|title| without_description(&title)).collect())
}

/// Returns the main titles, and the English titles with the main title as description.
async fn title_candidates(database: &Database, user: &User) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for (_, title, english) in database.load_user_titles(user.id).await? {
        let alternative = english.filter(|english| !english.is_empty() && *english != title);
        candidates.extend(alternative.map(|english| Candidate { value: english, description: Some(title.clone()) }));
        candidates.push(without_description(&title));
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_with_control_characters_are_dropped() {
        let candidate =
            |value: &str, description: &str| Candidate { value: value.into(), description: Some(description.into()) };
        let unprintable = ["a\x1b[2J", "a\nb", "a\u{202e}b", "a\tb"].map(|value| candidate(value, "x"));
        assert_eq!(keep_printable(unprintable.into()), []);
        assert_eq!(keep_printable(vec![candidate("שלום", "a\tb\u{202e}")]), [candidate("שלום", "a␉b\u{fffd}")]);
    }
}
