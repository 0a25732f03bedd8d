//! `restore`: sets entries back to what they were before a run or an edit. What it restores is a local edit.

use std::collections::BTreeMap;

use crate::{
    cli::args,
    domain::{
        change::ChangeRecord,
        edit::{EditCommand, EditRecord},
        entry::Local,
        run::RunId,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, EditQuery},
    sync::restore::{Origin, Step, restored},
    ui::view,
};

use super::{
    bulk::Bulk,
    changes::known_run,
    context::{Context, close},
};

/// What was recorded, of one anime each, the oldest first.
#[derive(Default)]
struct Steps {
    by_anime: BTreeMap<i32, (String, Vec<Step>)>,
    /// Pins were set or let go, which is not undone here.
    pins: bool,
}

pub(crate) async fn run(context: &Context<'_>, args: &args::Restore) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let (origin, steps) = match args.edit {
        Some(edit_id) => (Origin::Edit, of_edit(&database, &user, edit_id).await?),
        None => (Origin::Run, of_runs(&database, &user, args).await?),
    };
    if steps.pins {
        context.ui.note("that command moved pins, which restore leaves alone; see malsync pin and malsync unpin");
    }
    let entries: Vec<(i32, String)> =
        steps.by_anime.iter().map(|(mal_id, (title, _))| (*mal_id, title.clone())).collect();
    let plan = |mal_id: i32, entry: Option<&Local>| {
        let steps: Vec<&Step> =
            steps.by_anime.get(&mal_id).map(|(_, steps)| steps.iter().collect()).unwrap_or_default();
        let restored = restored(mal_id, entry, &steps, origin, args.force);
        (restored.edited, restored.left)
    };
    let bulk = Bulk { user: user.id, command: EditCommand::Restore, entries: &entries, plan: &plan, flags: args.bulk };
    let done = bulk.run(context, &database).await?;
    close(database).await;
    let Some(mut done) = done else {
        context.ui.note("nothing was changed");
        return Ok(Exit::Done);
    };
    done.told.retain(|told| !told.changes.is_empty() || !told.left.is_empty());
    let nothing = done.told.iter().all(|told| told.changes.is_empty());
    if args.bulk.json {
        done.told.iter().try_for_each(|told| context.ui.json(&view::edited::json(told, done.edit_id)))?;
    } else if !nothing || done.told.len() == 1 {
        context.ui.out(&view::edited::text(&done.told, args.bulk.dry_run))?;
    }
    if nothing {
        context.ui.note(&format!("nothing to restore{}", view::edited::why(&done.told)));
    }
    view::edited::warnings(&done.told).iter().for_each(|warning| context.ui.warning(warning));
    if let Some(edit_id) = done.edit_id {
        context.ui.note(&format!("malsync restore --edit {edit_id} undoes this"));
    }
    Ok(Exit::Done)
}

async fn of_runs(database: &Database, user: &User, args: &args::Restore) -> Result<Steps, Failure> {
    let mut query = ChangeQuery { user: Some(user.id), mal_id: args.anime, ..ChangeQuery::default() };
    if let Some(id) = args.change {
        query.id = Some(id);
        let changes = database.changes(&query).await?;
        if changes.is_empty() {
            let what = format!("there is no change {id} of {}", user.username);
            return Err(Failure::text(Exit::Failed, what).hint("malsync changes shows what there is, with its ids"));
        }
        return Ok(Steps::of_changes(changes));
    }
    if let Some(id) = args.run {
        known_run(database, user, id).await?;
        query.run = Some(RunId(id));
        return Ok(Steps::of_changes(database.changes(&query).await?));
    }
    let mut changes = database.changes(&query).await?;
    // A conflict that was settled in favour of what stood here changed nothing.
    let last = changes.iter().find(|change| change.local != change.kept).map(|change| change.run_id);
    changes.retain(|change| Some(change.run_id) == last);
    Ok(Steps::of_changes(changes))
}

async fn of_edit(database: &Database, user: &User, edit_id: i64) -> Result<Steps, Failure> {
    let query = EditQuery { edit_id: Some(edit_id), ..EditQuery::default() };
    let edits = database.edits(user.id, &query).await?;
    if edits.is_empty() {
        let what = format!("there is no edit {edit_id} of {}", user.username);
        return Err(
            Failure::text(Exit::Failed, what).hint("malsync changes --local shows what there is, with its numbers")
        );
    }
    Ok(Steps::of_edits(edits))
}

impl Steps {
    fn of_changes(newest_first: Vec<ChangeRecord>) -> Self {
        let mut steps = Self::default();
        for change in newest_first.into_iter().rev() {
            let ChangeRecord { mal_id, title, field, local: before, kept: after, .. } = change;
            steps.add(title, Step { mal_id, field, before, after, base: serde_json::Value::Null });
        }
        steps
    }

    fn of_edits(newest_first: Vec<EditRecord>) -> Self {
        let mut steps = Self::default();
        for edit in newest_first.into_iter().rev() {
            let EditRecord { mal_id, title, field, local: before, base, kept: after, command, .. } = edit;
            steps.pins |= [EditCommand::Pin, EditCommand::Unpin].map(EditCommand::as_str).contains(&command.as_str());
            steps.add(title, Step { mal_id, field, before, after, base });
        }
        steps
    }

    fn add(&mut self, title: Option<String>, step: Step) {
        let title = title.unwrap_or_else(|| format!("anime {}", step.mal_id));
        self.by_anime.entry(step.mal_id).or_insert_with(|| (title, Vec::new())).1.push(step);
    }
}
