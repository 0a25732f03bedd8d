//! What a test changes in the JSON that the simulator sends for an entry: keys with other values, and keys left out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::php_encoding::{self, JsonObjectWriter};

/// Changes to an entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryPatch {
    /// Keys of `list_status`. A value that is valid for its key replaces the stored value of the entry. Any other value
    /// is not stored: it goes into the response as it is.
    pub list_status: Map<String, Value>,
    /// Keys of `node`. Known keys are still sent only if requested.
    pub node: Map<String, Value>,
    /// Keys to omit: `node`, `list_status`, `node.title`, `list_status.updated_at`, ...
    pub remove: Vec<String>,
}

/// The changed and removed keys of one object.
pub(crate) struct PatchedKeys<'a> {
    object_name: &'static str,
    changed: &'a Map<String, Value>,
    removed: &'a [String],
}

impl<'a> PatchedKeys<'a> {
    /// Creates the keys of the object `object_name` (`node` or `list_status`).
    pub(crate) fn new(object_name: &'static str, changed: &'a Map<String, Value>, removed: &'a [String]) -> Self {
        Self { object_name, changed, removed }
    }

    /// Writes a key with its changed value if there is one, else with `json`. Omits the key if it is removed or has no
    /// value.
    pub(crate) fn write_key(&self, out: &mut JsonObjectWriter<'_>, key: &str, json: Option<&str>) {
        let is_this_key = |name: &String| {
            name.strip_prefix(self.object_name).and_then(|suffix| suffix.strip_prefix('.')) == Some(key)
        };
        if self.removed.iter().any(is_this_key) {
            return;
        }
        match (self.changed.get(key), json) {
            (Some(value), _) => php_encoding::write_value(out.write_key(key), value),
            (None, Some(json)) => out.write_raw(key, json),
            (None, None) => {}
        }
    }

    /// Writes the changed keys that are none of `known_keys`, those that MAL has. These are sent without being requested.
    pub(crate) fn write_unknown_keys(&self, out: &mut JsonObjectWriter<'_>, known_keys: &[&str]) {
        for (key, value) in self.changed {
            if !known_keys.contains(&key.as_str()) {
                php_encoding::write_value(out.write_key(key), value);
            }
        }
    }
}
