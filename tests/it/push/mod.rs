//! Values that are sent to MAL: `diff`, `push`, `revert`, and the commands with `--push`.

mod before_a_sync;
mod conflicts;
mod crashes;
mod guards;
mod lost_responses;
mod many_edits;
mod output;
mod rewatching;
mod selection;
mod sending;
mod taking_back;
mod two_editors;

use serde_json::{Value, json};

use crate::support::test_env::{DatabaseKind, TestEnv};

/// A synced list, of which the first entries have the same values.
pub(super) struct PushedList {
    pub(super) env: TestEnv,
    /// MAL ids of the first entries.
    pub(super) ids: Vec<String>,
}

/// Values of the first entries that every push test begins with.
pub(super) fn plain_values() -> Value {
    json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "start_date": "2019-04-01", "comments": "",
        "priority": 0, "tags": []})
}

impl PushedList {
    /// Creates a synced environment with 12 entries.
    pub(super) fn new(kind: DatabaseKind) -> Self {
        Self::with_values(kind, &plain_values())
    }

    /// Creates a synced environment in which the first entries have these values on MAL, and 12 episodes each.
    pub(super) fn with_values(kind: DatabaseKind, keys: &Value) -> Self {
        let env = TestEnv::with_login(kind, 12);
        let ids: Vec<u64> = env.sim.control().entry_ids("alice").unwrap().into_iter().take(4).collect();
        let list = Self { env, ids: ids.iter().map(u64::to_string).collect() };
        for id in &list.ids {
            list.patch_mal(id, &json!({"list_status": keys, "node": {"num_episodes": 12}}));
        }
        assert_eq!(list.env.sync(&[])["status"], "SUCCESS");
        list.env.sim.control().clear_log();
        list
    }

    pub(super) fn id(&self) -> &str {
        &self.ids[0]
    }

    /// Changes an entry on MAL, as another client would.
    pub(super) fn edit_on_mal(&self, id: &str, keys: &Value) {
        self.patch_mal(id, &json!({ "list_status": keys }));
    }

    fn patch_mal(&self, id: &str, patch: &Value) {
        let patch = serde_json::from_value(patch.clone()).unwrap();
        self.env.sim.control().patch_entry("alice", id.parse().unwrap(), patch).unwrap();
    }

    /// Edits an entry here.
    pub(super) fn edit(&self, id: &str, flags: &[&str]) {
        self.env.run(&[&["edit", id][..], flags].concat()).expect_code(0);
    }

    /// Pushes with `--yes --json` and these flags. Returns the object of the run.
    #[track_caller]
    pub(super) fn push(&self, flags: &[&str], code: i32) -> Value {
        self.env.run(&[&["push", "--yes", "--json"][..], flags].concat()).expect_code(code).json()
    }

    /// Returns what MAL has of a field of an entry: plain values, with their names in MAL's responses.
    pub(super) fn on_mal(&self, id: &str, name: &str) -> Value {
        let list = self.env.sim.control().dump_list("alice").unwrap();
        let entry = list.into_iter().find(|entry| entry.id.to_string() == id).unwrap();
        serde_json::to_value(entry).unwrap()[name].clone()
    }

    /// Returns the column of an entry here.
    pub(super) fn here(&self, id: &str, name: &str) -> Value {
        let all = self.env.run(&["list", "--json", "--removed"]).expect_code(0).json_lines();
        all.into_iter().find(|entry| entry["mal_id"].as_i64() == id.parse().ok()).unwrap()[name].clone()
    }

    /// Returns the writes that MAL took or refused since the log was cleared: `ID name=value&…`.
    pub(super) fn writes(&self) -> Vec<String> {
        let writes = self.env.sim.control().logged_writes();
        let write = |write: &mal_sim::LoggedRequest| {
            assert_eq!(write.method, "PATCH");
            let pairs: Vec<String> = write.form_pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {}", write.written_anime_id().unwrap(), pairs.join("&"))
        };
        writes.iter().map(write).collect()
    }

    pub(super) fn clear_log(&self) {
        self.env.sim.control().clear_log();
    }

    /// Returns the lines of `diff --json` as `ID field why`.
    pub(super) fn diff(&self) -> Vec<String> {
        let lines = self.env.run(&["diff", "--json"]).expect_code(0).json_lines();
        let text = |name: &str, line: &Value| line[name].as_str().unwrap().to_owned();
        lines.iter().map(|line| format!("{} {} {}", line["mal_id"], text("field", line), text("why", line))).collect()
    }

    /// Returns the changes of a run as `field local mal kept conflict`.
    pub(super) fn changes(&self, run: &Value) -> Vec<String> {
        let lines = self.env.run(&["changes", "--json", "--run", &run["run_id"].to_string()]).expect_code(0);
        let mut lines: Vec<String> = lines
            .json_lines()
            .iter()
            .map(|line| {
                let field = line["field"].as_str().unwrap();
                format!("{field} {} {} {} {}", line["local"], line["mal"], line["kept"], line["conflict"])
            })
            .collect();
        lines.sort();
        lines
    }
}
