//! A user with a list.

use serde_json::{Map, Value};

use crate::catalogue;
use crate::list_totals::ListTotals;
use crate::rng::{self, SeededRng};
use crate::sim_list::SimList;

/// A user with a list.
#[derive(Debug)]
pub(crate) struct SimUser {
    /// Name as in paths; compared case-insensitively.
    pub(crate) name: String,
    /// MAL's id.
    pub(crate) id: u64,
    /// The list.
    pub(crate) list: SimList,
    /// Keys of `anime_statistics` that a test has overridden.
    pub(crate) statistics_overrides: Map<String, Value>,
    /// Version of the list and its totals at that version.
    cached_totals: Option<(u64, ListTotals)>,
}

impl SimUser {
    /// Creates a user whose list has `entries` entries. The same seed and name give the same user.
    pub(crate) fn generate(seed: u64, name: &str, entries: usize) -> Self {
        Self {
            name: name.to_owned(),
            id: 1000 + SeededRng::from_parts(&[seed, rng::hash_name(name)]).next() % 20_000_000,
            list: SimList::generate(seed, name, entries),
            statistics_overrides: Map::new(),
            cached_totals: None,
        }
    }

    /// Returns the totals of the list. Computes them only if the list changed.
    pub(crate) fn totals(&mut self) -> ListTotals {
        let version = self.list.version();
        if let Some((counted_version, totals)) = self.cached_totals
            && counted_version == version
        {
            return totals;
        }
        let seed = self.list.seed();
        let totals = ListTotals::compute(&self.list, |id| {
            let facts = catalogue::generate_facts(seed, catalogue::position_of_id(seed, id)?);
            Some(f64::from(facts.episode_seconds) / 86_400.0)
        });
        self.cached_totals = Some((version, totals));
        totals
    }
}
