//! From a batch and the rows it meets to the writes that are needed. Pure: the store calls it on rows that it has read.
//!
//! Keeps the law of minimal writes: a row appears in a plan only if it differs. What a value should be is not decided here
//! but in `resolve`.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde_json::{Value, json};

use crate::domain::{
    base::Base,
    change::{Change, Field, Rule},
    entry::{Local, Remote, Values},
    run::Counters,
};

use super::{
    port::{EntryWrite, Fate, Item, Outcome, Plan, Planner, Rows, Traffic},
    report::Report,
    resolve::{self, Resolution},
};

/// The rules, applied to one batch of a run.
pub struct Rules<'a> {
    /// What the run did before this batch.
    pub report: &'a Report,
    /// What went over the wire so far.
    pub traffic: Traffic,
    /// The batch settles entries that MAL did not send.
    pub settling: bool,
}

impl Planner for Rules<'_> {
    fn wants_history(&self, items: &[Item], rows: &Rows) -> Vec<i32> {
        let wants = |item: &&Item| {
            let local = rows.locals.get(&item.mal_id());
            local.and_then(|local| resolution(item, local)).is_some_and(|resolution| resolution.wants_history())
        };
        items.iter().filter(wants).map(Item::mal_id).collect()
    }

    fn plan<'a>(&self, items: &'a [Item], rows: &'a Rows) -> Plan<'a> {
        let mut plan = Plan::default();
        for item in items {
            match (item, rows.locals.get(&item.mal_id())) {
                (Item::Fetched(remote), local) => plan_fetched(&mut plan, item, remote, local, rows),
                (Item::Settle(_), Some(local)) => plan_settle(&mut plan, item, local, rows),
                (Item::Settle(_), None) => {}
            }
        }
        plan
    }

    fn counters(&self, outcomes: &[Outcome], refused: usize) -> Counters {
        if self.settling {
            self.report.counters_with_settled(outcomes, self.traffic)
        } else {
            self.report.counters_with(outcomes, refused, self.traffic)
        }
    }
}

fn plan_fetched<'a>(plan: &mut Plan<'a>, item: &Item, remote: &'a Remote, local: Option<&Local>, rows: &Rows) {
    let mal_id = remote.mal_id();
    let anime = match rows.anime.get(&mal_id) {
        None => {
            plan.anime_new.push(&remote.anime);
            Fate::Created
        }
        Some((_, known)) if *known == remote.anime => Fate::Unchanged,
        Some((id, _)) => {
            plan.anime_changed.push((*id, &remote.anime));
            Fate::Updated
        }
    };
    let mal_updated_at = remote.list.updated_at.map(whole_seconds);
    let write = |id, values| EntryWrite { id, mal_id, values, base: &remote.list.raw, mal_updated_at };
    let mut outcome = Outcome { mal_id, anime, entry: Fate::Unchanged, joined: false, changes: Vec::new() };
    match local.and_then(|local| Some((local, resolution(item, local)?))) {
        None => {
            outcome.entry = Fate::Created;
            outcome.joined = true;
            outcome.changes.push(whole_entry(mal_id, None, Some(&remote.list.values)));
            plan.entries_new.push(write(None, remote.list.values.clone()));
        }
        Some((local, resolution)) => {
            outcome.joined = local.base.is_none() || local.removed_at.is_some();
            let news = local.base.as_ref() != Some(&remote.list.raw)
                || local.mal_updated_at.map(whole_seconds) != mal_updated_at
                || local.removed_at.is_some();
            outcome.changes = changes(local, &resolution, rows);
            outcome.changes.extend(local.removed_at.map(|at| removed_mark(mal_id, Some(at), None)));
            if news || resolution.changes_row() {
                outcome.entry = Fate::Updated;
                plan.entries_changed.push(write(Some(local.id), resolution.values));
            }
        }
    }
    plan.outcomes.push(outcome);
}

fn plan_settle<'a>(plan: &mut Plan<'a>, item: &Item, local: &'a Local, rows: &Rows) {
    let (Some(resolution), Some(base)) = (resolution(item, local), &local.base) else { return };
    let mal_id = local.mal_id;
    let changes = changes(local, &resolution, rows);
    let mut entry = Fate::Unchanged;
    if resolution.changes_row() {
        entry = Fate::Updated;
        let mal_updated_at = local.mal_updated_at;
        plan.entries_changed.push(EntryWrite {
            id: Some(local.id),
            mal_id,
            values: resolution.values,
            base,
            mal_updated_at,
        });
    }
    plan.outcomes.push(Outcome { mal_id, anime: Fate::Unchanged, entry, joined: false, changes });
}

/// The rules for one item; none where a settlement has no base to go by or the entry is gone from MAL.
fn resolution(item: &Item, local: &Local) -> Option<Resolution> {
    let base = || local.base.as_ref().and_then(Base::values);
    match item {
        Item::Fetched(remote) => {
            let remote = &remote.list.values;
            // What both sides agree on is settled, whatever it was before; so is most of a list, most of the time.
            let base = if local.values == *remote { None } else { base() };
            Some(resolve::resolve(&local.values, base.as_ref(), remote, &local.pinned))
        }
        Item::Settle(_) if local.removed_at.is_some() => None,
        Item::Settle(_) => base().map(|base| resolve::resolve(&local.values, Some(&base), &base, &local.pinned)),
    }
}

fn changes(local: &Local, resolution: &Resolution, rows: &Rows) -> Vec<Change> {
    let change = |settled: &resolve::Settled| {
        let conflict = settled.is_new_conflict(rows.history.get(&(local.mal_id, settled.field)));
        (settled.changed || conflict).then(|| Change {
            mal_id: local.mal_id,
            field: settled.field,
            local: settled.local.clone(),
            mal: settled.mal.clone(),
            kept: settled.kept.clone(),
            conflict,
            rule: settled.rule,
        })
    };
    resolution.settled.iter().filter_map(change).collect()
}

/// The line of an entry that is made (`kept`) or deleted (`local`): what it says in short.
#[must_use]
pub fn whole_entry(mal_id: i32, local: Option<&Values>, kept: Option<&Values>) -> Change {
    let short = |values: Option<&Values>| {
        values.map_or(Value::Null, |values| {
            json!({
                "status": values.status,
                "score": values.score,
                "episodes_watched": values.episodes_watched,
            })
        })
    };
    let (local, kept) = (short(local), short(kept));
    Change { mal_id, field: Field::Entry, local, mal: kept.clone(), kept, conflict: false, rule: Rule::Mal }
}

/// The line of an entry that is marked as removed, or whose mark goes.
#[must_use]
pub fn removed_mark(mal_id: i32, local: Option<DateTime<Utc>>, kept: Option<DateTime<Utc>>) -> Change {
    let time =
        |at: Option<DateTime<Utc>>| at.map_or(Value::Null, |at| json!(at.to_rfc3339_opts(SecondsFormat::Secs, true)));
    let (local, kept) = (time(local), time(kept));
    Change { mal_id, field: Field::RemovedAt, local, mal: Value::Null, kept, conflict: false, rule: Rule::Mal }
}

/// MAL's times have whole seconds, and so do the columns.
fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
