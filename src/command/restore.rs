//! `restore`: sets entries back to their state before a run or an edit. The restored values are local edits.

use std::collections::BTreeMap;

use crate::{
    cli::args,
    domain::{
        change::{ChangeRecord, MergeRule},
        edit::{EditCommand, EditRecord, SkipReason, SkippedField},
        entry::StoredEntry,
        entry_fields::Field,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, DatabaseAccess, EditQuery},
    sync::restore::{ChangeSource, RestoreStep, plan_restore},
    ui::view,
};

use super::{
    bulk_edit::BulkEdit, changes::find_run_of_user, context::Context, entry_selection::find_optional_anime_id,
};

/// Recorded changes by MAL id, with the title, oldest first.
#[derive(Default)]
struct StepsByAnime {
    by_anime: BTreeMap<i32, (String, Vec<RestoreStep>)>,
    /// Conflicts of a push, which are left alone.
    conflicts: BTreeMap<i32, Vec<SkippedField>>,
    /// True if pins were changed, which `restore` does not undo.
    has_pin_changes: bool,
}

pub(crate) async fn run(context: &Context<'_>, args: &args::RestoreArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let (origin, steps) = match args.edit {
        Some(edit_id) => (ChangeSource::Edit, load_edit_steps(&database, &user, edit_id).await?),
        None => (ChangeSource::Run, load_run_steps(context, &database, &user, args).await?),
    };
    if steps.has_pin_changes {
        context.ui.print_note(
            "that command changed pins, which restore does not undo; use malsync pin and \
            malsync unpin",
        );
    }
    let entries: Vec<(i32, String)> =
        steps.by_anime.iter().map(|(mal_id, (title, _))| (*mal_id, title.clone())).collect();
    let plan = |mal_id: i32, entry: Option<&StoredEntry>| {
        let steps_of_entry: Vec<&RestoreStep> =
            steps.by_anime.get(&mal_id).map(|(_, steps)| steps.iter().collect()).unwrap_or_default();
        let mut restore_plan = plan_restore(mal_id, entry, &steps_of_entry, origin, args.force);
        restore_plan.skipped.extend(steps.conflicts.get(&mal_id).cloned().unwrap_or_default());
        (restore_plan.edit, restore_plan.skipped)
    };
    let bulk_edit =
        BulkEdit { user: user.id, command: EditCommand::Restore, entries: &entries, plan: &plan, flags: args.bulk };
    let bulk_result = bulk_edit.run(context, &database).await?;
    let Some(mut bulk_result) = bulk_result else {
        context.ui.print_note("Nothing was changed.");
        return Ok(Exit::Done);
    };
    bulk_result.results.retain(|result| !result.changes.is_empty() || !result.skipped.is_empty());
    let is_unchanged = bulk_result.results.iter().all(|result| result.changes.is_empty());
    if args.bulk.json {
        bulk_result
            .results
            .iter()
            .try_for_each(|result| context.ui.print_json(&view::edit_result::to_json(result, bulk_result.edit_id)))?;
    } else if !is_unchanged || bulk_result.results.len() == 1 {
        context.ui.print(&view::edit_result::to_text(&bulk_result.results, args.bulk.dry_run))?;
    }
    if is_unchanged {
        context
            .ui
            .print_note(&format!("Nothing to restore{}", view::edit_result::skip_reasons_text(&bulk_result.results)));
    }
    view::edit_result::overwrite_warnings(&bulk_result.results)
        .iter()
        .for_each(|warning| context.ui.print_warning(warning));
    if let Some(edit_id) = bulk_result.edit_id {
        context.ui.print_note(&format!("To undo this: malsync restore --edit {edit_id}"));
    }
    Ok(Exit::Done)
}

/// Loads the changes of one change id, of one run, or of the last run that changed something.
async fn load_run_steps(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    args: &args::RestoreArgs,
) -> Result<StepsByAnime, Failure> {
    let mal_id = find_optional_anime_id(context, database, user, args.anime.as_ref()).await?;
    let mut query = ChangeQuery { user: Some(user.id), mal_id, ..ChangeQuery::default() };
    if let Some(id) = args.change {
        query.id = Some(id);
        let changes = database.load_changes(&query).await?;
        if changes.is_empty() {
            let message = format!("no change {id} of {}", user.username);
            return Err(Failure::from_text(Exit::Failed, message).with_hint("list the changes with malsync changes"));
        }
        return Ok(StepsByAnime::from_changes(changes));
    }
    if let Some(run) = args.run {
        query.run = Some(find_run_of_user(database, user, run).await?);
        return Ok(StepsByAnime::from_changes(database.load_changes(&query).await?));
    }
    let mut changes = database.load_changes(&query).await?;
    // A conflict that kept the local value changed nothing.
    let has_changed = |change: &&ChangeRecord| change.local != change.kept || is_pushed(change);
    let last_run = changes.iter().find(has_changed).map(|change| change.run_id);
    changes.retain(|change| Some(change.run_id) == last_run);
    Ok(StepsByAnime::from_changes(changes))
}

/// Loads the changes of one local edit.
async fn load_edit_steps(database: &Database, user: &User, edit_id: i64) -> Result<StepsByAnime, Failure> {
    let query = EditQuery { edit_id: Some(edit_id), ..EditQuery::default() };
    let edits = database.load_edits(user.id, &query).await?;
    if edits.is_empty() {
        let message = format!("no edit {edit_id} of {}", user.username);
        return Err(Failure::from_text(Exit::Failed, message).with_hint("list your edits with malsync changes --local"));
    }
    Ok(StepsByAnime::from_edits(edits))
}

/// Returns true for a value that a push sent, or that MAL had already.
fn is_pushed(change: &ChangeRecord) -> bool {
    let is_count_of_rewatch = change.field == Field::EpisodesWatched.as_str() && change.mal.is_null();
    change.rule == MergeRule::Push.as_str() && !change.is_conflict && !is_count_of_rewatch
}

impl StepsByAnime {
    fn from_changes(newest_first: Vec<ChangeRecord>) -> Self {
        let mut steps = Self::default();
        for change in newest_first.into_iter().rev() {
            if change.rule == MergeRule::Push.as_str() {
                steps.add_push_change(change);
                continue;
            }
            let ChangeRecord { mal_id, title, field, local: before, kept: after, .. } = change;
            steps.add_step(title, RestoreStep { mal_id, field, before, after, base: serde_json::Value::Null });
        }
        steps
    }

    /// Adds a change of a push: what MAL had before comes back here. A conflict was not sent, and is left alone.
    fn add_push_change(&mut self, change: ChangeRecord) {
        let is_sent = is_pushed(&change);
        let ChangeRecord { mal_id, title, field, local, mal: before, kept: after, .. } = change;
        if is_sent {
            self.add_step(title, RestoreStep { mal_id, field, before, after, base: serde_json::Value::Null });
            return;
        }
        let title = title.unwrap_or_else(|| format!("anime {mal_id}"));
        self.by_anime.entry(mal_id).or_insert_with(|| (title, Vec::new()));
        self.conflicts.entry(mal_id).or_default().push(SkippedField {
            field,
            current_value: local,
            recorded_value: before,
            reason: SkipReason::Conflict,
        });
    }

    fn from_edits(newest_first: Vec<EditRecord>) -> Self {
        let mut steps = Self::default();
        for edit in newest_first.into_iter().rev() {
            let EditRecord { mal_id, title, field, local: before, base, kept: after, command, .. } = edit;
            steps.has_pin_changes |=
                [EditCommand::Pin, EditCommand::Unpin].map(EditCommand::as_str).contains(&command.as_str());
            steps.add_step(title, RestoreStep { mal_id, field, before, after, base });
        }
        steps
    }

    fn add_step(&mut self, title: Option<String>, step: RestoreStep) {
        let title = title.unwrap_or_else(|| format!("anime {}", step.mal_id));
        self.by_anime.entry(step.mal_id).or_insert_with(|| (title, Vec::new())).1.push(step);
    }
}
