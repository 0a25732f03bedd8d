//! `diff`: shows what differs from MAL's last values, and why. Sends no request.

use crate::{
    cli::args,
    domain::{
        difference::{DifferenceReason, FieldDifference},
        entry::StoredEntry,
        list_entry::ListEntry,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::Database,
    sync::push::{
        difference::find_differences,
        forecast::{ForecastField, forecast_fields},
        plan::{AddPermission, PushRequest, plan_entry},
    },
    ui::view::{
        self,
        diff::{PushForecast, ShownDifference},
    },
};

use super::{
    context::Context, entry_filter::FilterPurpose, entry_selection::load_selected_entries,
    open_push_conflicts::load_open_push_conflicts,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::DiffArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let selected = load_selected_entries(context, &database, &user, &args.selection, FilterPurpose::Reading).await?;
    let shown = find_shown_differences(&database, &user, &selected.items).await?;
    let conflicts = load_open_push_conflicts(&database, &user).await?;
    if args.json {
        shown.iter().try_for_each(|difference| context.ui.print_json(&view::diff::to_json(difference)))?;
    } else if shown.is_empty() {
        context.ui.print("No differences from MAL (last sync).\n")?;
    } else {
        context.print_paged_table(&view::diff::to_table(&shown), !args.no_pager).await?;
        context.ui.print_note(&view::diff::summary_text(&shown));
        let fields = shown.iter().map(ShownDifference::as_shown);
        let conflict_hints = view::push::open_push_conflict_hints(fields, &conflicts, |id| {
            format!("To take it: malsync sync; to send yours: malsync push {id} --force")
        });
        let texts = view::diff::unsendable_texts(&shown);
        texts.iter().chain(&conflict_hints).for_each(|text| context.ui.print_note(text));
    }
    Ok(Exit::Done)
}

/// Returns the differences of these entries, with the time of the edit that made each.
pub(super) async fn find_shown_differences(
    database: &Database,
    user: &User,
    items: &[ListEntry],
) -> Result<Vec<ShownDifference>, Failure> {
    let mut found = Vec::new();
    for item in items {
        let forecast = forecast_entry(&item.stored);
        let differences = find_differences(&item.stored);
        found.extend(differences.into_iter().map(|difference| {
            let forecast = forecast_difference(&difference, &forecast);
            (item, difference, forecast)
        }));
    }
    let is_edited = |difference: &FieldDifference| difference.reason == DifferenceReason::Edited;
    let mut ids: Vec<i32> =
        found.iter().filter(|(_, difference, _)| is_edited(difference)).map(|(item, ..)| item.anime.mal_id).collect();
    ids.dedup();
    let edit_times = database.load_last_edits(user.id, ids).await?;
    let shown = |(item, difference, forecast): (&ListEntry, FieldDifference, PushForecast)| {
        let edited_at = edit_times
            .get(&(item.anime.mal_id, difference.field))
            .filter(|_| is_edited(&difference))
            .filter(|(_, kept)| difference.field.is_same_json(kept, &difference.local));
        ShownDifference {
            mal_id: item.anime.mal_id,
            title: item.anime.title.clone(),
            edited_at: edited_at.map(|(at, _)| *at),
            is_removed: item.is_removed(),
            difference,
            forecast,
        }
    };
    Ok(found.into_iter().map(shown).collect())
}

/// Returns what `push` would do with the entry.
fn forecast_entry(entry: &StoredEntry) -> Vec<ForecastField> {
    let (request, permission) = (PushRequest::default(), AddPermission::Never);
    let plan = plan_entry(entry, &request, permission);
    plan.map_or_else(Vec::new, |plan| forecast_fields(entry, &plan, &request, permission))
}

/// Returns what `push` would do with the difference, given its forecast of the entry.
fn forecast_difference(difference: &FieldDifference, entry_forecast: &[ForecastField]) -> PushForecast {
    match entry_forecast.iter().find(|field| field.field == difference.field) {
        Some(ForecastField { not_sent: None, .. }) => PushForecast::Sent,
        Some(ForecastField { not_sent: Some(reason), .. }) => PushForecast::CannotSend(reason.clone()),
        // An edited field that a push does not plan: MAL stored another value than the one sent earlier.
        None if difference.reason == DifferenceReason::Edited => {
            PushForecast::CannotSend("MAL stored another value; edit it again, or send it with --field".to_owned())
        }
        None => PushForecast::NotAskedFor,
    }
}
