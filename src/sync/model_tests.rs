//! Model test: random edits on both sides and syncs that complete, fail midway or fail at once.
//!
//! The expected rows come from `model_oracle`, a second implementation of the rules.

use std::{collections::BTreeMap, time::Duration};

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    edit::plan_user_edit,
    engine::SyncEngine,
    import::plan_import,
    in_memory::{FakeMalSource, InMemoryStore, StoreTables, anime_with_id, remote_entry},
    mode::RunOptions,
    model_oracle::{FieldFlags, MODEL_FIELDS, ModelFields, ModelRow},
    restore::{ChangeSource, RestoreStep, plan_restore},
    run_outcome::SyncOutcome,
};
use crate::domain::{
    change::FieldChange,
    edit::SkipReason,
    entry::StoredEntry,
    run::{RunStatus, SyncMode},
    user::{StoredLogin, User, UserId},
};

#[derive(Clone, Debug)]
enum ModelStep {
    /// Another program writes all values of a row, or inserts one.
    WriteSql(i32, ModelFields),
    /// `malsync edit` names all values.
    EditByCommand(i32, ModelFields),
    Import(i32, ModelFields),
    EditRemote(i32, ModelFields),
    SetPins(i32, FieldFlags),
    RemoveOnMal(i32),
    Sync {
        full: bool,
    },
    /// The request for the page at this offset fails.
    SyncWithMissingPage {
        full: bool,
        offset: u64,
    },
    /// The database becomes unavailable at the batch with this entry, or rolls that batch back.
    SyncWithFailingBatch {
        full: bool,
        id: i32,
        is_store_unavailable: bool,
    },
}

fn to_restore_step(change: &FieldChange) -> RestoreStep {
    let (before, after) = (change.local.clone(), change.kept.clone());
    RestoreStep { mal_id: change.mal_id, field: change.field.as_str().to_owned(), before, after, base: Value::Null }
}

const ENTRY_IDS: std::ops::RangeInclusive<i32> = 1..=10;

fn any_model_fields() -> impl Strategy<Value = ModelFields> {
    let date = select(vec!["2019-04-01", "2020-01-02"]);
    let notes = select(vec!["a", "b", "mine"]);
    let status = select(vec!["watching", "completed", "dropped"]);
    (status, option::of(1..=10), 0..13, option::of(date), option::of(notes), option::of(0..4)).prop_map(
        |(status, score, episodes, start, notes, rewatch_episodes)| ModelFields {
            status: status.to_owned(),
            score,
            episodes: Some(episodes),
            start: start.map(str::to_owned),
            notes: notes.map(str::to_owned),
            rewatching: rewatch_episodes.is_some(),
            rewatch_episodes,
        },
    )
}

fn any_steps() -> impl Strategy<Value = Vec<ModelStep>> {
    let step = prop_oneof![
        4 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, fields)| ModelStep::WriteSql(id, fields)),
        2 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, fields)| ModelStep::EditByCommand(id, fields)),
        3 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, fields)| ModelStep::Import(id, fields)),
        6 => (ENTRY_IDS, any_model_fields()).prop_map(|(id, fields)| ModelStep::EditRemote(id, fields)),
        2 => (ENTRY_IDS, any::<FieldFlags>()).prop_map(|(id, pins)| ModelStep::SetPins(id, pins)),
        1 => ENTRY_IDS.prop_map(ModelStep::RemoveOnMal),
        4 => any::<bool>().prop_map(|full| ModelStep::Sync { full }),
        2 => (any::<bool>(), 0..10_u64).prop_map(|(full, offset)| ModelStep::SyncWithMissingPage { full, offset }),
        2 => (any::<bool>(), ENTRY_IDS, any::<bool>()).prop_map(|(full, id, is_store_unavailable)| {
            ModelStep::SyncWithFailingBatch { full, id, is_store_unavailable }
        }),
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

    /// Returns the stored rows in the model's types.
    fn stored_rows(&self) -> BTreeMap<i32, ModelRow> {
        let to_row =
            |(id, entry): (&i32, &StoredEntry)| (*id, ModelRow::from_stored(entry, self.expected_rows.get(id)));
        self.tables().entries.iter().map(to_row).collect()
    }

    fn write_sql(&mut self, id: i32, fields: &ModelFields) {
        let Some(row) = self.expected_rows.get_mut(&id) else {
            self.expected_rows.insert(id, ModelRow::created_by_another_application(fields));
            let mut entry = StoredEntry { id: i64::from(id), mal_id: id, ..StoredEntry::default() };
            fields.write_to(&mut entry.values);
            self.store.tables.lock().unwrap().entries.insert(id, entry);
            return;
        };
        row.local = fields.clone();
        self.store.edit_entry(id, |entry| fields.write_to(&mut entry.values));
    }

    fn edit_by_command(&mut self, id: i32, fields: &ModelFields) {
        let Some(row) = self.expected_rows.get_mut(&id) else { return };
        *row = row.edited(fields);
        self.store.edit_entry(id, |entry| {
            let mut values = entry.values.clone();
            fields.write_to(&mut values);
            if let Some(edit) = plan_user_edit(entry, values, &MODEL_FIELDS) {
                *entry = edit.entry;
            }
        });
    }

    fn import(&mut self, id: i32, file: &ModelFields) {
        let imported = file.to_imported_entry(anime_with_id(id));
        let mut tables = self.store.tables.lock().unwrap();
        let entry = plan_import(tables.entries.get(&id), &imported).entry;
        tables.entries.insert(id, StoredEntry { id: i64::from(id), ..entry });
        let row = self.expected_rows.get(&id);
        let row = row.map_or_else(|| ModelRow::created_by_import(file), |row| row.imported(file));
        self.expected_rows.insert(id, row);
    }

    fn set_pins(&mut self, id: i32, pins: FieldFlags) {
        let Some(row) = self.expected_rows.get_mut(&id) else { return };
        row.pins = pins;
        let pinned = MODEL_FIELDS.into_iter().zip(pins).filter(|(_, pinned)| *pinned).map(|(field, _)| field).collect();
        self.store.edit_entry(id, |entry| entry.pinned = pinned);
    }

    fn edit_remote(&mut self, id: i32, fields: ModelFields) {
        let fields = fields.with_one_count();
        let keys = json!({"status": fields.status, "score": fields.score.unwrap_or(0),
            "num_episodes_watched": fields.episodes.or(fields.rewatch_episodes), "start_date": fields.start,
            "comments": fields.notes, "is_rewatching": fields.rewatching});
        // MAL's clock advances with every edit, and never passes the database's.
        self.store.now_seconds += 1000;
        self.mal.put_entry(remote_entry(id, self.store.now_seconds, &keys));
        self.remote_entries.insert(id, fields);
    }

    fn run_sync(&mut self, full: bool) -> SyncOutcome {
        self.store.now_seconds += 1000;
        let checkpoint = self.store.tables.lock().unwrap().checkpoint;
        let watermark = checkpoint.and_then(|checkpoint| checkpoint.watermark);
        let user = User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: watermark,
            watermark,
            drift: Some(0),
            listing_gap: None,
            missing_entries: self.tables().missing_entries,
            last_full_sync: watermark,
        };
        let options = RunOptions {
            force_full: full,
            full_sync_interval: Duration::from_secs(86_400_000),
            batch_size: self.batch_size,
            ..RunOptions::default()
        };
        let (store, source, cancellation) = (&self.store, &self.mal, &CancellationToken::new());
        let engine = SyncEngine { store, source, progress: &(), cancellation };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(engine.sync_user(&user, &options)).expect("a run exists");
        let counters = outcome.run.counters;
        let errors = i64::try_from(outcome.run.errors.len()).unwrap();
        let counted =
            counters.user_lists_created + counters.user_lists_updated + counters.user_lists_unchanged + errors;
        assert_eq!(counted, counters.anime_fetched, "counters are conserved");
        let is_complete = outcome.run.status == RunStatus::Success;
        assert!(is_complete || self.tables().checkpoint == checkpoint, "only a complete run moves the checkpoint");
        outcome
    }

    /// Returns the row of an entry after a complete run. Returns `None` if the entry is on neither side.
    fn expected_row(&self, id: i32, mode: SyncMode) -> Option<ModelRow> {
        match (self.expected_rows.get(&id), self.remote_entries.get(&id)) {
            (None, None) => None,
            (None, Some(mal)) => Some(ModelRow::created_by_sync(mal)),
            (Some(row), Some(mal)) => Some(row.merged(mal)),
            (Some(row), None) if row.removed || row.base.is_none() => Some(row.clone()),
            // Only a full run finds that MAL does not list an entry. Until then the rules apply with the merge base.
            (Some(row), None) if mode == SyncMode::Full => Some(row.marked_as_removed()),
            (Some(row), None) => row.base.as_ref().map(|base| row.merged(base)),
        }
    }

    /// Checks that after a complete run every row is as the model says. After any other run a row may also be
    /// unchanged.
    fn check_rows(&mut self, outcome: &SyncOutcome) {
        let stored = self.stored_rows();
        for id in ENTRY_IDS {
            let comparable = |row: Option<&ModelRow>| row.map(ModelRow::to_comparable);
            let before = comparable(self.expected_rows.get(&id));
            let expected = comparable(self.expected_row(id, outcome.run.mode).as_ref());
            let actual = comparable(stored.get(&id));
            if outcome.run.status == RunStatus::Success {
                assert_eq!(actual, expected, "entry {id} after a complete run");
            } else {
                // A run that lost a batch marks nothing as removed. The rules then apply with the merge base.
                let not_removed = comparable(self.expected_row(id, SyncMode::Incremental).as_ref());
                assert!(
                    actual == before || actual == expected || actual == not_removed,
                    "entry {id}: before {before:?}, expected {expected:?}, actual {actual:?}"
                );
            }
        }
        self.expected_rows = stored;
    }

    fn apply_step(&mut self, step: ModelStep) {
        let outcome = match step {
            ModelStep::WriteSql(id, fields) => return self.write_sql(id, &fields),
            ModelStep::EditByCommand(id, fields) => return self.edit_by_command(id, &fields),
            ModelStep::Import(id, fields) => return self.import(id, &fields),
            ModelStep::EditRemote(id, fields) => return self.edit_remote(id, fields),
            ModelStep::SetPins(id, pins) => return self.set_pins(id, pins),
            ModelStep::RemoveOnMal(id) => {
                self.mal.remove_entry(id);
                self.remote_entries.remove(&id);
                return;
            }
            ModelStep::Sync { full } => self.run_sync(full),
            ModelStep::SyncWithMissingPage { full, offset } => {
                let page_size = u64::try_from(self.mal.page_size).unwrap();
                self.mal.failing_offset = Some(offset / page_size * page_size);
                self.run_sync(full)
            }
            ModelStep::SyncWithFailingBatch { full, id, is_store_unavailable } => {
                let failing_id = if is_store_unavailable {
                    &mut self.store.unavailable_at_id
                } else {
                    &mut self.store.id_in_failing_batch
                };
                *failing_id = Some(id);
                self.run_sync(full)
            }
        };
        self.check_rows(&outcome);
        (self.mal.failing_offset, self.store.unavailable_at_id, self.store.id_in_failing_batch) = (None, None, None);
    }

    /// Restores what the last sync changed, and checks that every earlier entry has its values from before.
    fn restore_last_sync(&mut self, before: &StoreTables) {
        let after = self.tables();
        let steps: Vec<RestoreStep> = after.changes[before.changes.len()..].iter().map(to_restore_step).collect();
        for (id, entry) in &before.entries {
            let entry_steps: Vec<&RestoreStep> = steps.iter().filter(|step| step.mal_id == *id).collect();
            let plan = plan_restore(*id, after.entries.get(id), &entry_steps, ChangeSource::Run, false);
            let is_listed_again = entry.removed_at.is_some() && after.entries[id].removed_at.is_none();
            assert!(
                plan.skipped.iter().all(|field| is_listed_again && field.reason == SkipReason::OnMal),
                "{:?}",
                plan.skipped
            );
            let restored = plan.edit.map_or_else(|| after.entries[id].clone(), |edit| edit.entry);
            assert_eq!((&restored.values, &restored.pinned), (&entry.values, &entry.pinned), "entry {id}");
            assert!(
                restored.removed_at.is_none() || entry.removed_at.is_some(),
                "`removed_at` set by this run is cleared"
            );
            self.store.edit_entry(*id, |stored| *stored = restored);
        }
    }

    /// Runs two full syncs, which complete what failed before, and checks that a third sync changes nothing.
    fn sync_until_stable(&mut self) {
        for _ in 0..2 {
            let outcome = self.run_sync(true);
            self.check_rows(&outcome);
        }
        let before = self.tables();
        let outcome = self.run_sync(true);
        self.check_rows(&outcome);
        assert_eq!(self.tables().rows_written, before.rows_written, "a stable list is not written");
        assert_eq!(self.tables().changes, before.changes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_history_ends_as_the_rules_say(
        steps in any_steps(), page_size in 1_usize..12, batch_size in 1_usize..12
    ) {
        let mut model = ModelState::new(page_size, batch_size);
        steps.into_iter().for_each(|step| model.apply_step(step));
        model.sync_until_stable();
    }

    #[test]
    fn restoring_a_sync_brings_back_the_values_before_it(steps in any_steps(), full in any::<bool>()) {
        let mut model = ModelState::new(10, 4);
        steps.into_iter().for_each(|step| model.apply_step(step));
        let before = model.tables();
        model.run_sync(full);
        model.restore_last_sync(&before);
    }

    #[test]
    fn page_size_batch_size_and_order_do_not_change_the_result(
        steps in any_steps(), page_size in 1_usize..12, batch_size in 1_usize..12
    ) {
        let (mut reference, mut varied) = (ModelState::new(10, 4), ModelState::new(page_size, batch_size));
        for step in steps {
            // Where a run fails depends on pages and batches, so replace failing syncs by complete ones.
            let complete_step = match step {
                ModelStep::SyncWithMissingPage { full, .. } | ModelStep::SyncWithFailingBatch { full, .. } => {
                    ModelStep::Sync { full }
                }
                step => step,
            };
            varied.mal.list.lock().unwrap().reverse();
            reference.apply_step(complete_step.clone());
            varied.apply_step(complete_step);
        }
        reference.sync_until_stable();
        varied.sync_until_stable();
        prop_assert_eq!(reference.tables().entries, varied.tables().entries);
        prop_assert_eq!(reference.tables().anime, varied.tables().anime);
        prop_assert_eq!(reference.tables().checkpoint, varied.tables().checkpoint);
    }
}

/// The nightly gate runs more histories.
#[test]
#[ignore = "nightly: ten thousand histories"]
fn ten_thousand_histories() {
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 10_000, ..ProptestConfig::default() });
    runner
        .run(&(any_steps(), 1_usize..12, 1_usize..12), |(steps, page_size, batch_size)| {
            let mut model = ModelState::new(page_size, batch_size);
            steps.into_iter().for_each(|step| model.apply_step(step));
            model.sync_until_stable();
            Ok(())
        })
        .unwrap();
}
