//! Counts what a push did, and reports it by entry.

use serde_json::Value;

use super::record::PushedEntry;
use crate::domain::{
    push_report::{EntryReport, FieldReport, FieldResult},
    run::{EntryError, EntryErrorKind, RequestCounters, RunCounters},
};

use super::plan::{EntryPlan, FieldDecision};

/// The counts and reports of a push.
#[derive(Debug, Default)]
pub(super) struct PushTally {
    pushed_entries: i64,
    pushed_fields: i64,
    conflicts: i64,
    /// Constraint violations that the database reported.
    violations: i64,
    errors: Vec<EntryError>,
    pub(super) reports: Vec<EntryReport>,
}

impl PushTally {
    /// Returns the run's counters.
    pub(super) fn counters(&self, requests: RequestCounters) -> RunCounters {
        RunCounters {
            pushed_entries: self.pushed_entries,
            pushed_fields: self.pushed_fields,
            push_conflicts: self.conflicts,
            requests: requests.requests,
            retries: requests.retries,
            token_refreshes: requests.token_refreshes,
            api_errors: requests.api_errors,
            constraint_violations: self.violations,
            // Counted by a sync only.
            anime_fetched: 0,
            anime_created: 0,
            anime_updated: 0,
            anime_unchanged: 0,
            user_lists_created: 0,
            user_lists_updated: 0,
            user_lists_unchanged: 0,
            user_lists_removed: 0,
            user_lists_settled: 0,
            conflicts_resolved: 0,
        }
    }

    pub(super) fn errors(&self) -> &[EntryError] {
        &self.errors
    }

    /// Returns true if every field was taken as it was sent.
    pub(super) const fn is_complete(&self) -> bool {
        self.errors.is_empty() && self.conflicts == 0
    }

    pub(super) const fn add_violations(&mut self, violations: i64) {
        self.violations += violations;
    }

    /// Records an error of an entry.
    pub(super) fn record_error(&mut self, mal_id: i32, title: Option<&str>, kind: EntryErrorKind, message: &str) {
        self.errors.push(EntryError::new(Some(mal_id.into()), title, kind, message));
    }

    /// Records the fields of a plan that cannot be sent.
    pub(super) fn record_invalid(&mut self, plan: &EntryPlan, title: Option<&str>) {
        for planned in &plan.fields {
            let Err(reason) = &planned.form_value else { continue };
            let message = format!("{} cannot be sent: {reason}", planned.field.as_str());
            self.record_error(plan.mal_id, title, EntryErrorKind::Invalid, &message);
            let (field, local, mal) = (planned.field, planned.local.clone(), planned.last_seen.clone());
            let result = FieldResult::Invalid(reason.clone());
            self.report_field(plan.mal_id, title, FieldReport { field, local, mal, result });
        }
    }

    /// Counts what became of an entry. In a dry run, what would be sent counts as sent.
    pub(super) fn record_pushed(&mut self, pushed: &PushedEntry, title: Option<&str>, refused: Option<&str>) {
        let mal_id = pushed.entry.mal_id;
        let altered = pushed.altered_fields();
        for (field, mal) in &altered {
            let sent = pushed.entry.values.field_json(*field);
            let (sent, mal) = (short_json(&sent), short_json(mal));
            let message = format!("{}: {sent} was sent, MAL took it as {mal}", field.as_str());
            self.record_error(mal_id, title, EntryErrorKind::Altered, &message);
        }
        if let Some(reason) = refused {
            self.record_error(mal_id, title, EntryErrorKind::Refused, reason);
        }
        let mut sent_count = 0;
        for decided in &pushed.decided.fields {
            let result = match (decided.decision, refused) {
                (FieldDecision::Send, Some(reason)) => FieldResult::Refused(reason.to_owned()),
                (FieldDecision::Send, None) => {
                    sent_count += 1;
                    let altered = altered.iter().find(|(field, _)| *field == decided.field);
                    altered.map_or(FieldResult::Sent, |(_, mal)| FieldResult::Altered(mal.clone()))
                }
                (FieldDecision::AlreadyOnMal, _) => FieldResult::AlreadyOnMal,
                (FieldDecision::Conflict, _) => {
                    self.conflicts += 1;
                    FieldResult::Conflict(pushed.conflict_cause())
                }
            };
            let (field, local, mal) = (decided.field, decided.local.clone(), decided.mal.clone());
            self.report_field(mal_id, title, FieldReport { field, local, mal, result });
        }
        self.pushed_fields += sent_count;
        self.pushed_entries += i64::from(sent_count > 0);
        if pushed.decided.adds_entry
            && let Some(report) = self.reports.last_mut()
        {
            report.is_created = refused.is_none();
        }
    }

    fn report_field(&mut self, mal_id: i32, title: Option<&str>, field: FieldReport) {
        match self.reports.last_mut().filter(|report| report.mal_id == mal_id) {
            Some(report) => report.fields.push(field),
            None => self.reports.push(EntryReport {
                mal_id,
                title: title.map(str::to_owned),
                is_created: false,
                fields: vec![field],
            }),
        }
    }
}

/// Returns a value for a message.
fn short_json(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        value => crate::domain::text::excerpt(&value.to_string()).into_owned(),
    }
}
