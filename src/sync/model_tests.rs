//! Random histories: both sides of the list move, syncs run whole, in part or not at all. What every entry must then be is
//! said by an oracle of its own, written from the table of rules in prose and sharing no code with `resolve`.

use std::{collections::BTreeMap, time::Duration};

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    engine::{SyncEngine, SyncOutcome},
    in_memory::{FakeMalSource, InMemoryStore, StoreTables, remote_entry},
    mode::RunOptions,
    restore::{ChangeSource, RestoreStep as Recorded, SkipReason, plan_restore},
};
use crate::domain::{
    change::{Field, FieldChange},
    merge_base::MergeBase,
    partial_date::PartialDate,
    run::{RunStatus, SyncMode},
    user::{StoredLogin, User, UserId},
};

/// The fields of an entry that the histories move, in the simplest types that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ModelFields {
    status: String,
    score: Option<i32>,
    episodes: i32,
    start: Option<String>,
    notes: Option<String>,
}

/// What the oracle believes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ModelRow {
    local: ModelFields,
    base: ModelFields,
    removed: bool,
    /// Of status, score, episodes, start and notes: which are pinned.
    pins: [bool; 5],
}

/// The table of rules, row by row.
fn expected_fields(row: &ModelRow, mal: &ModelFields) -> ModelFields {
    let (ModelRow { local: here, base: seen, .. }, [status, score, episodes, start, notes]) = (row, row.pins);
    let ruled = apply_rules_without_pins(here, seen, mal);
    let pick = |pinned| if pinned { here } else { &ruled };
    ModelFields {
        status: pick(status).status.clone(),
        score: pick(score).score,
        episodes: pick(episodes).episodes,
        start: pick(start).start.clone(),
        notes: pick(notes).notes.clone(),
    }
}

fn apply_rules_without_pins(here: &ModelFields, seen: &ModelFields, mal: &ModelFields) -> ModelFields {
    let own = here.notes.as_ref().filter(|notes| seen.notes.as_ref() != Some(notes));
    ModelFields {
        status: mal.status.clone(),
        score: mal.score.or(here.score),
        episodes: here.episodes.max(mal.episodes),
        start: mal.start.clone().or_else(|| here.start.clone()),
        notes: own.or(mal.notes.as_ref()).or(here.notes.as_ref()).cloned(),
    }
}

#[derive(Clone, Debug)]
enum ModelStep {
    EditLocal(i32, ModelFields),
    EditRemote(i32, ModelFields),
    SetPins(i32, [bool; 5]),
    RemoveOnMal(i32),
    Sync {
        full: bool,
    },
    /// A page never comes.
    SyncWithMissingPage {
        full: bool,
        offset: u64,
    },
    /// The database goes away at this entry, or refuses its batch.
    SyncWithFailingBatch {
        full: bool,
        id: i32,
        is_store_unavailable: bool,
    },
}

fn to_restore_step(change: &FieldChange) -> Recorded {
    let (before, after) = (change.local.clone(), change.kept.clone());
    Recorded { mal_id: change.mal_id, field: change.field.as_str().to_owned(), before, after, base: Value::Null }
}

const PINNABLE_FIELDS: [Field; 5] =
    [Field::Status, Field::Score, Field::EpisodesWatched, Field::StartDate, Field::Notes];

const ENTRY_IDS: std::ops::RangeInclusive<i32> = 1..=10;

fn any_model_fields() -> impl Strategy<Value = ModelFields> {
    let date = select(vec!["2019-04-01", "2020-01-02"]);
    let notes = select(vec!["a", "b", "mine"]);
    let status = select(vec!["watching", "completed", "dropped"]);
    (status, option::of(1..=10), 0..13, option::of(date), option::of(notes)).prop_map(
        |(status, score, episodes, start, notes)| ModelFields {
            status: status.to_owned(),
            score,
            episodes,
            start: start.map(str::to_owned),
            notes: notes.map(str::to_owned),
        },
    )
}

fn any_steps() -> impl Strategy<Value = Vec<ModelStep>> {
    let step = prop_oneof![
        4 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, facts)| ModelStep::EditLocal(id, facts)),
        6 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, facts)| ModelStep::EditRemote(id, facts)),
        2 => (ENTRY_IDS, any::<[bool; 5]>()).prop_map(|(id, pins)| ModelStep::SetPins(id, pins)),
        1 => ENTRY_IDS.prop_map(ModelStep::RemoveOnMal),
        4 => any::<bool>().prop_map(|full| ModelStep::Sync { full }),
        2 => (any::<bool>(), 0..10_u64).prop_map(|(full, offset)| ModelStep::SyncWithMissingPage { full, offset }),
        2 => (any::<bool>(), ENTRY_IDS, any::<bool>()).prop_map(|(full, id, gone)| ModelStep::SyncWithFailingBatch { full, id, is_store_unavailable: gone }),
    ];
    vec(step, 1..30)
}

struct ModelState {
    mal: FakeMalSource,
    store: InMemoryStore,
    batch_size: usize,
    remote_entries: BTreeMap<i32, ModelFields>,
    expected_rows: BTreeMap<i32, ModelRow>,
}

impl ModelState {
    fn new(page_size: usize, batch_size: usize) -> Self {
        let mal = FakeMalSource { page_size, ..FakeMalSource::with_entries(Vec::new()) };
        Self {
            mal,
            store: InMemoryStore::default(),
            batch_size,
            remote_entries: BTreeMap::new(),
            expected_rows: BTreeMap::new(),
        }
    }

    fn tables(&self) -> StoreTables {
        self.store.tables.lock().unwrap().clone()
    }

    /// What the table holds, in the oracle's words.
    fn stored_rows(&self) -> BTreeMap<i32, ModelRow> {
        let facts = |values: &crate::domain::entry::EntryValues| ModelFields {
            status: values.status.clone(),
            score: values.score,
            episodes: values.episodes_watched.unwrap_or(0),
            start: values.start_date.map(|date| date.to_string()),
            notes: values.notes.clone(),
        };
        let seen = |base: &Value| ModelFields {
            status: base["status"].as_str().unwrap().to_owned(),
            score: base["score"].as_i64().filter(|score| *score > 0).map(|score| i32::try_from(score).unwrap()),
            episodes: i32::try_from(base["num_episodes_watched"].as_i64().unwrap()).unwrap(),
            start: base["start_date"].as_str().map(str::to_owned),
            notes: base["comments"].as_str().filter(|text| !text.is_empty()).map(str::to_owned),
        };
        let locals = self.tables().entries;
        locals
            .into_iter()
            .map(|(id, local)| {
                let seen = seen(&local.base.as_ref().and_then(MergeBase::parse_json).unwrap());
                let pins = PINNABLE_FIELDS.map(|field| local.pinned.contains(&field));
                (id, ModelRow { local: facts(&local.values), base: seen, removed: local.removed_at.is_some(), pins })
            })
            .collect()
    }

    fn edit_local(&mut self, id: i32, facts: &ModelFields) {
        let Some(row) = self.expected_rows.get_mut(&id) else { return };
        row.local = facts.clone();
        self.store.edit_entry(id, |local| {
            local.values.status.clone_from(&facts.status);
            local.values.score = facts.score;
            local.values.episodes_watched = Some(facts.episodes);
            local.values.start_date = facts.start.as_ref().and_then(|date| date.parse::<PartialDate>().ok());
            local.values.notes.clone_from(&facts.notes);
        });
    }

    fn set_pins(&mut self, id: i32, pins: [bool; 5]) {
        let Some(row) = self.expected_rows.get_mut(&id) else { return };
        row.pins = pins;
        let pinned =
            PINNABLE_FIELDS.into_iter().zip(pins).filter(|(_, pinned)| *pinned).map(|(field, _)| field).collect();
        self.store.edit_entry(id, |local| local.pinned = pinned);
    }

    fn edit_remote(&mut self, id: i32, facts: ModelFields) {
        let keys = json!({"status": facts.status, "score": facts.score.unwrap_or(0),
            "num_episodes_watched": facts.episodes, "start_date": facts.start, "comments": facts.notes});
        // MAL's clock goes on with every edit, and never past the server's.
        self.store.now_seconds += 1000;
        self.mal.put_entry(remote_entry(id, self.store.now_seconds, &keys));
        self.remote_entries.insert(id, facts);
    }

    fn run_sync(&mut self, full: bool) -> SyncOutcome {
        self.store.now_seconds += 1000;
        let marks = self.store.tables.lock().unwrap().checkpoint;
        let watermark = marks.and_then(|marks| marks.watermark);
        let user = User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: watermark,
            watermark,
            drift: Some(0),
            last_full_sync: watermark,
        };
        let full_every = Duration::from_secs(86_400_000);
        let request = RunOptions {
            force_full: full,
            full_sync_interval: full_every,
            batch_size: self.batch_size,
            ..RunOptions::default()
        };
        let (store, source, stop) = (&self.store, &self.mal, &CancellationToken::new());
        let engine = SyncEngine { store, source, progress: &(), cancellation: stop };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ended = runtime.block_on(engine.sync_user(&user, &request)).expect("a run exists");
        let counters = ended.run.counters;
        let errors = i64::try_from(ended.run.errors.len()).unwrap();
        let met = counters.user_lists_created + counters.user_lists_updated + counters.user_lists_unchanged + errors;
        assert_eq!(met, counters.anime_fetched, "conservation");
        let complete = ended.run.status == RunStatus::Success;
        assert!(complete || self.tables().checkpoint == marks, "the marks move with a complete run alone");
        ended
    }

    /// What an entry is once it has met MAL; none where it is on neither side.
    fn expected_row(&self, id: i32, mode: SyncMode) -> Option<ModelRow> {
        match (self.expected_rows.get(&id), self.remote_entries.get(&id)) {
            (None, None) => None,
            (None, Some(mal)) => {
                Some(ModelRow { local: mal.clone(), base: mal.clone(), removed: false, pins: [false; 5] })
            }
            (Some(row), Some(mal)) => {
                Some(ModelRow { local: expected_fields(row, mal), base: mal.clone(), removed: false, pins: row.pins })
            }
            (Some(row), None) if row.removed => Some(row.clone()),
            // Gone, which a full run alone can know; until then the rules hold with what MAL had last.
            (Some(row), None) if mode == SyncMode::Full => Some(ModelRow { removed: true, ..row.clone() }),
            (Some(row), None) => Some(ModelRow { local: expected_fields(row, &row.base), ..row.clone() }),
        }
    }

    /// After a complete run every entry is as the oracle says; after any other each is so, or as it was.
    fn check_rows(&mut self, ended: &SyncOutcome) {
        let stored = self.stored_rows();
        for id in ENTRY_IDS {
            let (was, becomes) = (self.expected_rows.get(&id).cloned(), self.expected_row(id, ended.run.mode));
            let is = stored.get(&id).cloned();
            if ended.run.status == RunStatus::Success {
                assert_eq!(is, becomes, "entry {id} after a complete run");
            } else {
                // A run that lost a batch marks nothing as gone; the rules then hold with what MAL had last.
                let still_there = self.expected_row(id, SyncMode::Incremental);
                assert!(
                    is == was || is == becomes || is == still_there,
                    "entry {id}: {was:?}, {becomes:?} made {is:?}"
                );
            }
        }
        self.expected_rows = stored;
    }

    fn apply_step(&mut self, step: ModelStep) {
        let ended = match step {
            ModelStep::EditLocal(id, facts) => return self.edit_local(id, &facts),
            ModelStep::EditRemote(id, facts) => return self.edit_remote(id, facts),
            ModelStep::SetPins(id, pins) => return self.set_pins(id, pins),
            ModelStep::RemoveOnMal(id) => {
                self.mal.remove_entry(id);
                self.remote_entries.remove(&id);
                return;
            }
            ModelStep::Sync { full } => self.run_sync(full),
            ModelStep::SyncWithMissingPage { full, offset } => {
                let page = u64::try_from(self.mal.page_size).unwrap();
                self.mal.failing_offset = Some(offset / page * page);
                self.run_sync(full)
            }
            ModelStep::SyncWithFailingBatch { full, id, is_store_unavailable: gone } => {
                *(if gone { &mut self.store.unavailable_at_id } else { &mut self.store.failing_batch_id }) = Some(id);
                self.run_sync(full)
            }
        };
        self.check_rows(&ended);
        (self.mal.failing_offset, self.store.unavailable_at_id, self.store.failing_batch_id) = (None, None, None);
    }

    /// What the last sync changed, set back: every entry that was there is what it was.
    fn restore_last_sync(&mut self, before: &StoreTables) {
        let after = self.tables();
        let steps: Vec<Recorded> = after.changes[before.changes.len()..].iter().map(to_restore_step).collect();
        for (id, was) in &before.entries {
            let mine: Vec<&Recorded> = steps.iter().filter(|step| step.mal_id == *id).collect();
            let restored = plan_restore(*id, after.entries.get(id), &mine, ChangeSource::Run, false);
            let came_back = was.removed_at.is_some() && after.entries[id].removed_at.is_none();
            assert!(
                restored.skipped.iter().all(|left| came_back && left.reason == SkipReason::OnMal),
                "{:?}",
                restored.skipped
            );
            let is = restored.edit.map_or_else(|| after.entries[id].clone(), |edited| edited.entry);
            assert_eq!((&is.values, &is.pinned), (&was.values, &was.pinned), "entry {id}");
            assert!(is.removed_at.is_none() || was.removed_at.is_some(), "a mark of this run goes");
            self.store.edit_entry(*id, |local| *local = is);
        }
    }

    /// Two whole runs more: the first makes everything good, the second finds nothing to do.
    fn sync_until_stable(&mut self) {
        for _ in 0..2 {
            let ended = self.run_sync(true);
            self.check_rows(&ended);
        }
        let before = self.tables();
        let ended = self.run_sync(true);
        self.check_rows(&ended);
        assert_eq!(self.tables().rows_written, before.rows_written, "nothing is left to do");
        assert_eq!(self.tables().changes, before.changes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_history_ends_as_the_rules_say(steps in any_steps(), page in 1_usize..12, batch in 1_usize..12) {
        let mut world = ModelState::new(page, batch);
        steps.into_iter().for_each(|step| world.apply_step(step));
        world.sync_until_stable();
    }

    #[test]
    fn restoring_a_sync_brings_back_the_values_before_it(steps in any_steps(), full in any::<bool>()) {
        let mut world = ModelState::new(10, 4);
        steps.into_iter().for_each(|step| world.apply_step(step));
        let before = world.tables();
        world.run_sync(full);
        world.restore_last_sync(&before);
    }

    #[test]
    fn page_size_batch_size_and_order_do_not_change_the_result(steps in any_steps(), page in 1_usize..12, batch in 1_usize..12) {
        let (mut one, mut other) = (ModelState::new(10, 4), ModelState::new(page, batch));
        for step in steps {
            // Where a fault strikes depends on pages and batches; what a whole run leaves does not.
            let whole = match step {
                ModelStep::SyncWithMissingPage { full, .. } | ModelStep::SyncWithFailingBatch { full, .. } => ModelStep::Sync { full },
                other => other,
            };
            other.mal.list.lock().unwrap().reverse();
            one.apply_step(whole.clone());
            other.apply_step(whole);
        }
        one.sync_until_stable();
        other.sync_until_stable();
        prop_assert_eq!(one.tables().entries, other.tables().entries);
        prop_assert_eq!(one.tables().anime, other.tables().anime);
        prop_assert_eq!(one.tables().checkpoint, other.tables().checkpoint);
    }
}

/// The nightly gate takes more histories.
#[test]
#[ignore = "nightly: ten thousand histories"]
fn ten_thousand_histories() {
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 10_000, ..ProptestConfig::default() });
    runner
        .run(&(any_steps(), 1_usize..12, 1_usize..12), |(steps, page, batch)| {
            let mut world = ModelState::new(page, batch);
            steps.into_iter().for_each(|step| world.apply_step(step));
            world.sync_until_stable();
            Ok(())
        })
        .unwrap();
}
