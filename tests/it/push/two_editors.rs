//! Two editors, here and on MAL, who edit the same entries, while malsync pushes, syncs, restores, imports and dies, in any
//! order.
//!
//! The oracle knows nothing of malsync's decisions. It holds three laws:
//! 1. After a push and a sync without faults, here and MAL agree in every field, except where a pin or the table of merge
//!    rules in the README lets them differ.
//! 2. Whatever value malsync replaced, on either side, stands in `changes`.
//! 3. A value that was typed on MAL, in a field that nobody touched here since both sides agreed, stays on MAL. Notes that
//!    were typed here, and that nobody touched on MAL, are on both sides.
//!
//! Every choice depends on a seed, which a failure prints. `EDITORS_SEED` replays it.

mod random_kills;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use fastrand::Rng;
use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{PushedList, plain_values};
use crate::support::test_env::DatabaseKind;

/// A field: its name here, its flag of `edit`, and its key on MAL.
type EditedField = (&'static str, &'static str, &'static str);

const FIELDS: [EditedField; 9] = [
    ("status", "--status", "status"),
    ("score", "--score", "score"),
    ("episodes_watched", "--episodes", "num_episodes_watched"),
    ("start_date", "--start-date", "start_date"),
    ("finish_date", "--finish-date", "finish_date"),
    ("notes", "--notes", "comments"),
    ("priority", "--priority", "priority"),
    ("tags", "--tags", "tags"),
    ("times_rewatched", "--times-rewatched", "num_times_rewatched"),
];

#[on_both]
fn two_editors_lose_nothing_and_agree_after_a_push_and_a_sync(kind: DatabaseKind) {
    edit_on_both_sides(kind, 3, 25);
}

#[on_both]
#[ignore = "nightly: takes minutes"]
fn two_editors_lose_nothing_and_agree_in_many_histories(kind: DatabaseKind) {
    edit_on_both_sides(kind, 20, 80);
}

#[expect(clippy::disallowed_methods, reason = "a failure is replayed with its seed")]
#[expect(clippy::print_stderr, reason = "the seed of a failure must be visible")]
fn edit_on_both_sides(kind: DatabaseKind, rounds: usize, steps: usize) {
    let seed = std::env::var("EDITORS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    eprintln!("two editors on {kind:?}: EDITORS_SEED={seed}");
    let mut editors = TwoEditors::new(kind, seed);
    for _ in 0..rounds {
        for _ in 0..steps {
            editors.take_step();
        }
        editors.assert_agreement();
    }
    editors.assert_nothing_is_lost();
}

/// The fields of which one stands for the other: MAL has one count of episodes, and a flag that says which.
fn count_names(field: &'static str) -> Vec<&'static str> {
    if field == "episodes_watched" { vec![field, "rewatch_episodes", "is_rewatching"] } else { vec![field] }
}

/// MAL id and field.
type EntryField = (String, &'static str);

/// The values of one side. Values that are not set are left out.
type ValuesBySide = BTreeMap<EntryField, Value>;

const HERE: usize = 0;
const MAL: usize = 1;

struct TwoEditors {
    list: PushedList,
    rng: Rng,
    /// What was done, for messages.
    history: Vec<String>,
    pins: BTreeSet<EntryField>,
    /// Values that malsync replaced, with the step that did.
    replaced: Vec<(EntryField, Value, String)>,
    /// Values that were typed since both sides agreed, by `HERE` and `MAL`. `None` if a pin, an import, a restore or a rewatch may
    /// have set the last one.
    typed: [BTreeMap<EntryField, Option<Value>>; 2],
    /// Unique texts, so that a lost one cannot be mistaken for another.
    texts: u32,
}

impl TwoEditors {
    fn new(kind: DatabaseKind, seed: u64) -> Self {
        let list = PushedList::with_values(kind, &plain_values());
        Self {
            list,
            rng: Rng::with_seed(seed),
            history: Vec::new(),
            pins: BTreeSet::new(),
            replaced: Vec::new(),
            typed: Default::default(),
            texts: 0,
        }
    }

    fn take_step(&mut self) {
        let id = self.rng.choice(self.list.ids.clone()).unwrap();
        match self.rng.u8(..30) {
            0..=6 => self.edit_here(&id),
            7..=12 => self.edit_on_mal(&id),
            13 => self.write_sql(&id),
            14 => self.change_pin(&id),
            15..=17 => self.run(&["push", "--yes"], &[0, 3]),
            18 => self.run(&["push", "--yes", "--force"], &[0, 3]),
            19 => self.run(&["push", "--dry-run"], &[0, 3]),
            20 | 21 => self.run(&["sync"], &[0]),
            22 => self.run(&["sync", "--push"], &[0]),
            23 => self.push_with_fault(),
            24 => self.restore(),
            25 => self.import(),
            26 | 27 => self.die_in_forced_push(&id),
            _ => self.die(),
        }
    }

    fn edit_here(&mut self, id: &str) {
        let edited = *self.rng.choice(&FIELDS).unwrap();
        self.edit_field_here(id, edited);
    }

    fn edit_field_here(&mut self, id: &str, (field, flag, key): EditedField) {
        if self.rng.u8(..8) == 0 {
            let rewatching = self.rng.bool();
            let episodes = self.rng.u8(..13).to_string();
            self.note_rewatch(id);
            self.run(&["edit", id, "--rewatching", &rewatching.to_string(), "--episodes", &episodes], &[0]);
            return;
        }
        let value = self.new_value(key, 'h');
        self.typed[HERE].insert((id.to_owned(), field), Some(value.clone()));
        let value = match value {
            Value::String(text) => text,
            Value::Array(tags) => tags.iter().map(|tag| tag.as_str().unwrap()).collect::<Vec<_>>().join(","),
            value => value.to_string(),
        };
        // The values before stand in the log of local edits.
        self.run(&["edit", id, flag, &value], &[0]);
    }

    fn edit_on_mal(&mut self, id: &str) {
        let edited = *self.rng.choice(&FIELDS).unwrap();
        self.edit_field_on_mal(id, edited);
    }

    fn edit_field_on_mal(&mut self, id: &str, (field, _, key): EditedField) {
        let value = self.new_value(key, 'm');
        let mut keys = json!({ key: value });
        if self.rng.u8(..8) > 0 {
            self.typed[MAL].insert((id.to_owned(), field), Some(value));
        } else {
            self.note_rewatch(id);
            keys = json!({"is_rewatching": self.rng.bool(), "num_episodes_watched": self.rng.u8(..13)});
        }
        self.history.push(format!("MAL {id} {keys}"));
        self.list.env.sim.control().advance_clock(Duration::from_secs(self.rng.u64(1..90)));
        self.list.edit_on_mal(id, &keys);
    }

    fn write_sql(&mut self, id: &str) {
        let Value::String(notes) = self.new_value("comments", 's') else { unreachable!() };
        self.history.push(format!("SQL {id} {notes}"));
        self.typed[HERE].insert((id.to_owned(), "notes"), Some(json!(notes)));
        self.list.env.execute_sql(&format!(
            "UPDATE user_anime_lists SET notes = '{notes}' WHERE anime_id = (SELECT id FROM anime WHERE mal_id = {id})"
        ));
    }

    fn change_pin(&mut self, id: &str) {
        let (field, ..) = *self.rng.choice(&FIELDS).unwrap();
        let pin = (id.to_owned(), field);
        let command = if self.pins.remove(&pin) { "unpin" } else { "pin" };
        // Pins decide what is kept and sent.
        self.typed.iter_mut().for_each(|typed| drop(typed.insert(pin.clone(), None)));
        if command == "pin" {
            self.pins.insert(pin);
        }
        self.run(&[command, id, field], &[0]);
    }

    fn new_value(&mut self, key: &str, side: char) -> Value {
        self.texts += 1;
        let text = format!("{side}{}", self.texts);
        let small = self.rng.u8(..11);
        match key {
            "status" => json!(self.rng.choice(["watching", "completed", "on_hold", "dropped"]).unwrap()),
            "score" => json!(small),
            "num_episodes_watched" => json!(self.rng.u8(..13)),
            "start_date" | "finish_date" => json!(format!("20{:02}-05-{:02}", 10 + small, 1 + self.rng.u8(..28))),
            "tags" => json!([text]),
            "priority" => json!(small % 3),
            "num_times_rewatched" => json!(small),
            _ => json!(text),
        }
    }

    fn push_with_fault(&mut self) {
        let faults = [
            json!({"close": true, "effect": true}),
            json!({"close": true}),
            json!({"status": 503}),
            json!({"status": 502, "effect": true}),
            json!({"cut_after_bytes": 20}),
        ];
        let mut rule = json!({"match": {"path": "/v2/anime/*/my_list_status", "method": "PATCH"}});
        let fault = self.rng.choice(&faults).unwrap();
        fault.as_object().unwrap().iter().for_each(|(key, value)| rule[key] = value.clone());
        self.history.push(format!("fault {fault}"));
        self.list.env.add_faults(&rule);
        let flags = if self.rng.bool() { &["push", "--yes"][..] } else { &["push", "--yes", "--force"] };
        self.run(flags, &[0, 3]);
        self.list.env.sim.control().clear_faults();
    }

    fn restore(&mut self) {
        let runs = self.list.env.query_value("SELECT CAST(max(id) AS TEXT) FROM sync_runs").unwrap();
        let run = self.rng.u32(1..=runs.parse().unwrap()).to_string();
        self.run_as_editor(&["restore", "--run", &run, "--yes"], &[0, 1]);
    }

    /// Imports what was exported some steps ago, or exports.
    fn import(&mut self) {
        let file = self.list.env.home().join("list.json");
        let file = file.to_str().unwrap().to_owned();
        if std::path::Path::new(&file).exists() && self.rng.bool() {
            self.run_as_editor(&["import", &file], &[0]);
        } else {
            self.run(&["export", "--format", "json", "--output", &file], &[0]);
        }
    }

    /// Notes that a rewatch began or ended on one side: then two counts of episodes are in play.
    fn note_rewatch(&mut self, id: &str) {
        self.typed.iter_mut().for_each(|typed| drop(typed.insert((id.to_owned(), "episodes_watched"), None)));
    }

    /// Runs a command that sets values here as an edit does.
    fn run_as_editor(&mut self, args: &[&str], codes: &[i32]) {
        let [before, _] = self.both_sides();
        self.run(args, codes);
        let [after, _] = self.both_sides();
        for (key, _) in before.iter().chain(&after).filter(|(key, _)| before.get(key) != after.get(key)) {
            self.typed[HERE].insert(key.clone(), None);
        }
    }

    fn run(&mut self, args: &[&str], codes: &[i32]) {
        let before = self.both_sides();
        let output = self.list.env.run(args);
        assert!(codes.contains(&output.code), "{args:?}: {} {}\n{:#?}", output.code, output.stderr, self.history);
        self.note_replaced(&before, &format!("{args:?}"));
    }

    /// Notes the values that a command replaced on either side.
    fn note_replaced(&mut self, before: &[ValuesBySide; 2], what: &str) {
        let after = self.both_sides();
        self.history.push(what.to_owned());
        for (before, after) in before.iter().zip(&after) {
            for (key, value) in before.iter().filter(|(key, value)| after.get(key) != Some(value)) {
                self.replaced.push((key.clone(), value.clone(), what.to_owned()));
            }
        }
    }

    /// Returns the values here and on MAL.
    fn both_sides(&self) -> [ValuesBySide; 2] {
        let (mut here, mut mal) = (ValuesBySide::new(), ValuesBySide::new());
        let is_set =
            |value: &Value| *value != Value::Null && *value != json!(0) && *value != json!("") && *value != json!([]);
        for entry in self.list.env.run(&["list", "--json", "--removed"]).expect_code(0).json_lines() {
            let id = entry["mal_id"].to_string();
            let names = FIELDS.iter().map(|field| field.0).chain(["is_rewatching", "rewatch_episodes"]);
            let values = names.map(|name| ((id.clone(), name), entry[name].clone()));
            here.extend(values.filter(|(_, value)| is_set(value)));
        }
        for entry in self.list.env.sim.control().dump_list("alice").unwrap() {
            let (id, entry) = (entry.id.to_string(), serde_json::to_value(entry).unwrap());
            let is_rewatching = entry["is_rewatching"] == true;
            for (name, _, key) in FIELDS {
                // MAL has one count: of the rewatch, while there is one.
                let name = if is_rewatching && name == "episodes_watched" { "rewatch_episodes" } else { name };
                mal.extend(Some(((id.clone(), name), entry[key].clone())).filter(|(_, value)| is_set(value)));
            }
            mal.insert((id, "is_rewatching"), json!(is_rewatching));
        }
        let is_edited = |key: &(String, &str)| self.list.ids.contains(&key.0);
        here.retain(|key, _| is_edited(key));
        mal.retain(|key, _| is_edited(key));
        [here, mal]
    }

    /// Law 1. Two pushes and syncs: what the rules of the first sync leave own, the second push sends.
    fn assert_agreement(&mut self) {
        for _ in 0..2 {
            self.run(&["push", "--yes"], &[0, 3]);
            self.run(&["sync", "--force-full"], &[0]);
        }
        let history = format!("{:#?}", self.history);
        let [here, mal] = self.both_sides();
        let mut differing = BTreeSet::new();
        for key in here.keys().chain(mal.keys()) {
            let (id, field) = key;
            let (local, remote) = (here.get(key), mal.get(key));
            // Of the two counts, MAL has the one of the present time.
            let is_other_count = match *field {
                "episodes_watched" => mal[&(id.clone(), "is_rewatching")] == true,
                "rewatch_episodes" => mal[&(id.clone(), "is_rewatching")] != true,
                _ => false,
            };
            if local == remote || is_other_count {
                continue;
            }
            let number = |value: Option<&Value>| value.and_then(Value::as_i64).unwrap_or_default();
            let may_differ = match *field {
                _ if self.pins.contains(key) => true,
                "score" | "start_date" | "finish_date" | "notes" => remote.is_none(),
                "episodes_watched" => number(local) > number(remote),
                _ => false,
            };
            assert!(may_differ, "{key:?}: {local:?} here, {remote:?} on MAL\n{history}");
            differing.insert(format!("{id} {field}"));
        }
        self.assert_typed_values_stay(&here, &mal, &history);
        let diff: BTreeSet<String> = self
            .list
            .diff()
            .iter()
            .filter(|line| self.list.ids.iter().any(|id| line.starts_with(&format!("{id} "))))
            .map(|line| {
                let (what, why) = line.rsplit_once(' ').unwrap();
                assert!(["kept", "pinned"].contains(&why), "{line}\n{history}");
                what.to_owned()
            })
            .collect();
        assert_eq!(diff, differing, "{history}");
        assert_eq!(self.list.push(&[], 0)["status"], "SKIPPED", "{history}");
        assert_eq!(self.list.env.sync(&["--force-full"])["user_lists_updated"], 0, "{history}");
    }

    /// Law 3.
    fn assert_typed_values_stay(&mut self, here: &ValuesBySide, mal: &ValuesBySide, history: &str) {
        let [typed_here, typed_on_mal] = std::mem::take(&mut self.typed);
        let is_set = |value: &&Value| **value != json!(0);
        for (key, value) in &typed_on_mal {
            let is_typed_here = count_names(key.1).iter().any(|name| typed_here.contains_key(&(key.0.clone(), *name)));
            let Some(value) = value.as_ref().filter(|_| !is_typed_here) else { continue };
            let is_rewatching = mal[&(key.0.clone(), "is_rewatching")] == true;
            let name = if is_rewatching && key.1 == "episodes_watched" { "rewatch_episodes" } else { key.1 };
            let kept = mal.get(&(key.0.clone(), name));
            assert_eq!(kept, Some(value).filter(is_set), "{key:?} was typed on MAL alone\n{history}");
        }
        for (key, value) in typed_here.iter().filter(|(key, _)| key.1 == "notes" && !typed_on_mal.contains_key(*key)) {
            let Some(value) = value.as_ref().filter(|_| !self.pins.contains(key)) else { continue };
            assert_eq!([here.get(key), mal.get(key)], [Some(value); 2], "{key:?} was typed here alone\n{history}");
        }
    }

    /// Law 2: each replaced value stands in a line of its field, or in the line of its entry.
    fn assert_nothing_is_lost(&self) {
        let mut recorded: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
        for flags in [&["changes", "--json"][..], &["changes", "--json", "--local"]] {
            for line in self.list.env.run(flags).expect_code(0).json_lines() {
                let (id, field) = (line["mal_id"].to_string(), line["field"].as_str().unwrap().to_owned());
                for value in ["local", "mal", "kept"].map(|name| &line[name]) {
                    let fields = value.as_object().filter(|_| field == "entry").into_iter().flatten();
                    for (name, value) in fields {
                        recorded.entry((id.clone(), name.clone())).or_default().push(value.clone());
                    }
                    recorded.entry((id.clone(), field.clone())).or_default().push(value.clone());
                }
            }
        }
        for ((id, field), value, what) in &self.replaced {
            let lines = recorded.get(&(id.clone(), (*field).to_owned()));
            assert!(
                lines.is_some_and(|values| values.contains(value)),
                "{what} lost {value} of {field} of {id}, of which changes has {lines:?}\n{:#?}",
                self.history
            );
        }
    }
}
