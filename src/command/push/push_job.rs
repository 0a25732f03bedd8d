//! What a push is to send of which entries. Decided from the rows alone.

use crate::{
    domain::{difference::DifferenceReason, entry_fields::Field, list_entry::ListEntry, user::User},
    exit::Exit,
    failure::Failure,
    sync::push::{
        difference::{find_differences, is_only_here},
        engine::{PushOptions, PushTarget},
        forecast::{ForecastField, forecast_fields},
        plan::{AddPermission, EntryPlan, PushRequest, plan_entry},
    },
    ui::view::push::{PreviewedField, SkippedEntries},
};

use crate::command::entry_selection::SelectedEntries;

/// What a push may send.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct PushRules {
    /// The named fields. If there are none: the own fields.
    pub(in crate::command) fields: Vec<Field>,
    /// True if conflicts are sent.
    pub(in crate::command) force: bool,
    /// True if entries that are only here are made on MAL.
    pub(in crate::command) adds: bool,
    /// True if that includes every selected entry that was removed from MAL, not only the named ones.
    pub(in crate::command) adds_removed: bool,
    /// True if nothing is sent.
    pub(in crate::command) dry_run: bool,
}

/// A push that was planned from the rows.
pub(in crate::command) struct PushJob {
    /// What the engine does.
    pub(in crate::command) options: PushOptions,
    /// The plans of the targets.
    plans: Vec<PlannedEntry>,
    /// The entries that are only here and left out.
    pub(in crate::command) skipped: SkippedEntries,
}

/// The plan of one entry, with why each field differs.
struct PlannedEntry {
    plan: EntryPlan,
    forecast: Vec<ForecastField>,
    reasons: Vec<(Field, DifferenceReason)>,
    episodes: Option<i32>,
}

impl PushJob {
    /// Plans a push of these entries.
    pub(in crate::command) fn plan(rules: &PushRules, selected: &SelectedEntries) -> Self {
        let request = PushRequest { fields: rules.fields.clone(), force: rules.force };
        let mut job = Self {
            options: PushOptions { targets: Vec::new(), dry_run: rules.dry_run },
            plans: Vec::new(),
            skipped: SkippedEntries::default(),
        };
        for item in &selected.items {
            let is_asked_for = rules.adds_removed || selected.named_ids.contains(&item.anime.mal_id);
            let permission = match (rules.adds, is_asked_for) {
                (false, _) => AddPermission::Never,
                (true, false) => AddPermission::IfNeverOnMal,
                (true, true) => AddPermission::Always,
            };
            job.add_entry(item, request.clone(), permission);
        }
        job
    }

    fn add_entry(&mut self, item: &ListEntry, request: PushRequest, permission: AddPermission) {
        let entry = &item.stored;
        match plan_entry(entry, &request, permission) {
            Some(plan) => {
                let reasons = find_differences(entry).into_iter().map(|found| (found.field, found.reason)).collect();
                let forecast = forecast_fields(entry, &plan, &request, permission);
                self.options.targets.push(PushTarget {
                    mal_id: entry.mal_id,
                    request,
                    permission,
                    episodes: item.anime.episodes,
                });
                self.plans.push(PlannedEntry { plan, forecast, reasons, episodes: item.anime.episodes });
            }
            None if item.is_removed() => self.skipped.removed.push(entry.mal_id),
            None => self.skipped.never_on_mal += usize::from(is_only_here(entry)),
        }
    }

    /// Plans a push of the fields that an edit set, given for each entry.
    pub(in crate::command) fn plan_edited(edited: &[(ListEntry, Vec<Field>)]) -> Self {
        let options = PushOptions { targets: Vec::new(), dry_run: false };
        let mut job = Self { options, plans: Vec::new(), skipped: SkippedEntries::default() };
        for (item, fields) in edited.iter().filter(|(_, fields)| !fields.is_empty()) {
            job.add_entry(item, PushRequest { fields: fields.clone(), force: false }, AddPermission::Never);
        }
        job
    }

    /// Returns true if there is nothing to send.
    pub(in crate::command) const fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// Returns how much would be sent, for a sentence.
    pub(in crate::command) fn summary_text(&self) -> String {
        let is_sent = |field: &&ForecastField| field.not_sent.is_none();
        let fields = self.plans.iter().flat_map(|planned| &planned.forecast).filter(is_sent).count();
        let entries = self.plans.iter().filter(|planned| planned.forecast.iter().any(|field| is_sent(&field))).count();
        crate::ui::view::push::count_text(fields, entries)
    }

    /// Returns true if a field would be sent. The others are errors of the push, told without a question.
    pub(in crate::command) fn has_sendable_entries(&self) -> bool {
        self.sendable_entries() > 0
    }

    fn sendable_entries(&self) -> usize {
        self.plans.iter().filter(|planned| planned.plan.is_sendable()).count()
    }

    /// Fails if more entries would be sent than `max`.
    pub(in crate::command) fn check_size(&self, max: u32) -> Result<(), Failure> {
        let entries = self.sendable_entries();
        if entries <= usize::try_from(max).unwrap_or(usize::MAX) {
            return Ok(());
        }
        let message = format!("push would send {entries} entries, more than the limit of {max}; nothing was sent");
        Err(Failure::from_text(Exit::Guard, message)
            .with_hint(format!("review them with malsync diff, then run malsync push --max {entries}")))
    }

    /// Returns the fields that would be sent, as MAL was last seen.
    pub(in crate::command) fn preview(&self, selected: &SelectedEntries) -> Vec<PreviewedField> {
        let mut preview = Vec::new();
        for PlannedEntry { plan, forecast, reasons, episodes } in &self.plans {
            let item = selected.items.iter().find(|item| item.anime.mal_id == plan.mal_id);
            for planned in forecast {
                let reason = reasons.iter().find(|(field, _)| *field == planned.field).map(|(_, reason)| *reason);
                preview.push(PreviewedField {
                    mal_id: plan.mal_id,
                    title: item.map(|item| item.anime.title.clone()).unwrap_or_default(),
                    field: planned.field,
                    local: planned.local.clone(),
                    mal: planned.last_seen.clone(),
                    reason,
                    is_pinned: item.is_some_and(|item| item.stored.pinned.contains(&planned.field)),
                    goes_along: planned.goes_along,
                    cannot_send: planned.not_sent.clone(),
                    episodes: *episodes,
                });
            }
        }
        preview
    }
}

/// Fails if the list was never synced whole: then there is nothing to compare with.
pub(in crate::command) fn check_full_sync(user: &User) -> Result<(), Failure> {
    if user.last_full_sync.is_some() {
        return Ok(());
    }
    let message = format!("the list of {} has no complete sync to compare with", user.username);
    Err(Failure::from_text(Exit::Guard, message).with_hint(format!("malsync sync {}", user.as_cli_arg())))
}
