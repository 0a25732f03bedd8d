//! A simple planner for the tests: MAL's value always wins, and a difference is a conflict unless it was recorded
//! before.
//!
//! It can call a hook between the store's reads and its writes.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use malsync::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        change::{FieldChange, MergeRule},
        entry::{RemoteEntry, StoredEntry},
        entry_fields::{EntryValues, Field},
        list_status::ListStatus,
        run::{RunCounters, RunId, SyncMode},
        user::UserId,
    },
    store::{Database, Error},
    sync::port::{
        BatchItem, BatchPlanner, BatchResult, EntryBatch, EntryOutcome, ExistingRows, NewRun, RowOutcome,
        SyncStore as _, WritePlan,
    },
};
use serde_json::{Value, json};

type PlanHook = Box<dyn Fn(&ExistingRows) + Send + Sync>;

/// The planner. It records how often it planned, and the rows that it saw last.
#[derive(Default)]
pub(super) struct MalWinsPlanner {
    hook: Option<(usize, PlanHook)>,
    /// True if the change records of an entry replace its earlier ones of the run.
    records_anew: bool,
    pub(super) plan_count: AtomicUsize,
    pub(super) last_rows: Mutex<ExistingRows>,
}

impl MalWinsPlanner {
    /// Calls the hook at the first plan.
    pub(super) fn with_hook(between: impl Fn(&ExistingRows) + Send + Sync + 'static) -> Self {
        Self::with_hook_at(0, between)
    }

    /// Replaces the change records that an entry has of the run.
    pub(super) fn recording_anew() -> Self {
        Self { records_anew: true, ..Self::default() }
    }

    /// Calls the hook at the plan with this index.
    pub(super) fn with_hook_at(plans: usize, between: impl Fn(&ExistingRows) + Send + Sync + 'static) -> Self {
        Self { hook: Some((plans, Box::new(between))), ..Self::default() }
    }
}

impl BatchPlanner for MalWinsPlanner {
    fn ids_needing_conflict_history(&self, _: &[BatchItem], rows: &ExistingRows) -> Vec<i32> {
        let mut ids: Vec<i32> = rows.entries.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn plan_writes<'a>(&self, items: &'a [BatchItem], rows: &'a ExistingRows) -> WritePlan<'a> {
        let before = self.plan_count.fetch_add(1, Ordering::SeqCst);
        if let Some((_, between)) = self.hook.as_ref().filter(|(plans, _)| *plans == before) {
            between(rows);
        }
        *self.last_rows.lock().unwrap() = rows.clone();
        let mut plan = WritePlan::default();
        for item in items {
            if let BatchItem::Fetched(remote) = item {
                let outcome = plan_entry(&mut plan, remote, rows);
                plan.outcomes.push(outcome);
                plan.ids_to_record_anew.extend(self.records_anew.then_some(remote.mal_id()));
            }
        }
        plan
    }

    fn projected_counters(&self, outcomes: &[EntryOutcome], refused: usize) -> RunCounters {
        let count = |fate| i64::try_from(outcomes.iter().filter(|outcome| outcome.entry == fate).count()).unwrap();
        RunCounters {
            anime_fetched: i64::try_from(outcomes.len() + refused).unwrap(),
            user_lists_created: count(RowOutcome::Created),
            user_lists_updated: count(RowOutcome::Updated),
            user_lists_unchanged: count(RowOutcome::Unchanged),
            ..RunCounters::default()
        }
    }
}

fn is_as_sent(local: &StoredEntry, remote: &RemoteEntry) -> bool {
    local.values == remote.list_status.values
        && local.base.as_ref() == Some(&remote.list_status.base)
        && local.removed_at.is_none()
}

fn plan_entry<'a>(plan: &mut WritePlan<'a>, remote: &'a RemoteEntry, rows: &'a ExistingRows) -> EntryOutcome {
    let mal_id = remote.mal_id();
    let anime = match rows.anime.get(&mal_id) {
        None => {
            plan.new_anime.push(&remote.anime);
            RowOutcome::Created
        }
        Some((_, here)) if *here == remote.anime => RowOutcome::Unchanged,
        Some((id, _)) => {
            plan.changed_anime.push((*id, &remote.anime));
            RowOutcome::Updated
        }
    };
    let local = rows.entries.get(&mal_id);
    let same = local.is_some_and(|local| is_as_sent(local, remote));
    let mut outcome = EntryOutcome {
        mal_id,
        anime,
        entry: RowOutcome::Unchanged,
        newly_listed: local.is_none(),
        rewrites_record: false,
        changes: Vec::new(),
    };
    if same {
        return outcome;
    }
    let write = StoredEntry {
        mal_id,
        values: remote.list_status.values.clone(),
        base: Some(remote.list_status.base.clone()),
        mal_updated_at: remote.list_status.updated_at,
        removed_at: None,
        ..local.cloned().unwrap_or_default()
    };
    let change = |field, local: Value, mal: Value, conflict| FieldChange {
        mal_id,
        field,
        local,
        kept: mal.clone(),
        mal,
        is_conflict: conflict,
        rule: MergeRule::MalWins,
    };
    if let Some(local) = local {
        outcome.entry = RowOutcome::Updated;
        let (here, there) = (json!(local.values.score), json!(remote.list_status.values.score));
        let told = rows
            .last_conflicts
            .get(&(mal_id, Field::Score))
            .is_some_and(|last| last.local == here && last.mal == there);
        outcome.changes.push(change(Field::Score, here, there, !told));
        plan.changed_entries.push(write);
    } else {
        outcome.entry = RowOutcome::Created;
        outcome.changes.push(change(Field::Entry, Value::Null, json!(remote.list_status.values.status), false));
        plan.new_entries.push(write);
    }
    outcome
}

/// Returns an entry of MAL with every field filled.
pub(super) fn remote_entry(mal_id: i32, score: i32) -> RemoteEntry {
    RemoteEntry {
        anime: Anime {
            mal_id,
            title: format!("Title {mal_id} 日本語 'quoted'"),
            title_english: Some("English".into()),
            title_japanese: Some("日本語".into()),
            synopsis: Some("Long.\nLonger.".into()),
            episodes: Some(12),
            status: Some("finished_airing".into()),
            mean: Some("10.00".parse().unwrap()),
            rank: Some(1),
            popularity: Some(2),
            aired_from: "2019-04".parse().ok(),
            aired_to: "2019-06-30".parse().ok(),
            image_url: Some("https://example.org/a.jpg".into()),
            media_type: Some("tv".into()),
            nsfw: Some("white".into()),
            synonyms: vec!["Other".into(), "別名".into()],
            genres: vec![IdName { id: 1, name: "Action".into() }, IdName { id: 8, name: "Drama".into() }],
            studios: vec![IdName { id: 14, name: "Sunrise".into() }],
            start_season: Some(Season { year: 2019, season: "spring".into() }),
            source: Some("manga".into()),
            rating: Some("pg_13".into()),
            average_episode_duration: Some(1440),
            broadcast: Some(Broadcast { day: "sunday".into(), time: Some("17:00".into()) }),
            num_list_users: Some(1000),
            num_scoring_users: Some(500),
            created_at: "2015-08-02T06:03:11Z".parse().ok(),
            updated_at: "2024-04-30T15:00:00Z".parse().ok(),
        },
        unreadable_values: 0,
        list_status: ListStatus {
            values: EntryValues {
                status: "watching".into(),
                score: Some(score),
                episodes_watched: Some(3),
                start_date: "2019".parse().ok(),
                finish_date: "2020-02-29".parse().ok(),
                notes: Some("a \"note\"\n".into()),
                is_rewatching: true,
                rewatch_episodes: Some(3),
                times_rewatched: 2,
                rewatch_value: 3,
                priority: 1,
                tags: vec!["one, two".into(), "drei".into()],
            },
            updated_at: "2026-01-02T03:04:05Z".parse().ok(),
            base: json!({"status": "watching", "score": score, "nested": {"z": 1, "a": [null, true]}}).into(),
        },
    }
}

/// Returns a batch of entries as fetched from MAL.
pub(super) fn fetched_items(remotes: impl IntoIterator<Item = RemoteEntry>) -> Vec<BatchItem> {
    remotes.into_iter().map(|remote| BatchItem::Fetched(Box::new(remote))).collect()
}

pub(super) async fn begin_run(database: &Database, user: UserId) -> RunId {
    database.begin_run(&NewRun { user, mode: SyncMode::Full, force_full: false }).await.unwrap().0
}

/// Begins a run and merges the items in it.
pub(super) async fn merge(
    database: &Database,
    user: UserId,
    planner: &MalWinsPlanner,
    items: &[BatchItem],
) -> BatchResult {
    try_merge(database, user, planner, items).await.unwrap()
}

/// Merges the items in a run that has begun, and stores its counters.
pub(super) async fn merge_in_run(
    database: &Database,
    user: UserId,
    run: RunId,
    planner: &MalWinsPlanner,
    items: &[BatchItem],
) -> Result<BatchResult, Error> {
    database
        .merge_batch(&EntryBatch { user, account_id: None, run: Some(run), items, planner, flush_counters: true })
        .await
}

pub(super) async fn try_merge(
    database: &Database,
    user: UserId,
    planner: &MalWinsPlanner,
    items: &[BatchItem],
) -> Result<BatchResult, Error> {
    let run = begin_run(database, user).await;
    database
        .merge_batch(&EntryBatch { user, account_id: None, run: Some(run), items, planner, flush_counters: false })
        .await
}
