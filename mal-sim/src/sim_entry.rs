//! A list entry and its JSON on a page.
//!
//! An entry is one of three things: an anime of the catalogue with a status; the same with some keys changed or
//! removed; or any text. The last two let tests send malformed data.

use serde_json::Value;

use crate::anime_json::SimAnime;
use crate::anime_node::SimNode;
use crate::catalogue::AnimeFacts;
use crate::comment_text::decode_comments;
use crate::entry_patch::{EntryPatch, PatchedKeys};
use crate::field_selection::FieldSelection;
use crate::list_status::{DEFAULT_STATUS_KEYS, EXTRA_STATUS_KEYS, SimListStatus};
use crate::php_encoding::JsonObjectWriter;

/// A list entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimEntry {
    /// The status used by filters, sorting and statistics.
    pub(crate) list_status: SimListStatus,
    /// How the entry is serialized.
    pub(crate) shape: EntryShape,
}

/// How an entry is serialized.
#[derive(Clone, Debug, Default)]
pub(crate) enum EntryShape {
    /// As MAL does.
    #[default]
    Plain,
    /// As MAL does, with some keys changed.
    Patched(Box<EntryPatch>),
    /// As this text, regardless of the requested fields.
    Raw(Box<RawSimEntry>),
}

/// An entry that consists of any text.
#[derive(Clone, Debug)]
pub(crate) struct RawSimEntry {
    /// Sent unchanged on a page; need not be JSON.
    pub(crate) text: String,
    /// The keys of `node` that can be parsed from the text.
    pub(crate) parsed: EntryPatch,
}

impl SimEntry {
    /// Creates an entry from any text. Values that can be parsed from it are used for filters and sorting;
    /// `default_updated_at` (seconds since 1970) replaces a missing `updated_at`.
    pub(crate) fn from_raw_text(text: String, default_updated_at: i64) -> Self {
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let mut list_status = SimListStatus { updated_at_seconds: default_updated_at, ..SimListStatus::default() };
        for (key, value) in value["list_status"].as_object().into_iter().flatten() {
            list_status.set_key(key, value);
        }
        list_status.comments = decode_comments(&list_status.comments);
        let node = value["node"].as_object().cloned().unwrap_or_default();
        let parsed = EntryPatch { node, ..EntryPatch::default() };
        Self { list_status, shape: EntryShape::Raw(Box::new(RawSimEntry { text, parsed })) }
    }

    /// Changes keys. A valid value of a `list_status` key replaces the entry's value; any other value is sent
    /// unchanged.
    pub(crate) fn apply_patch(&mut self, added: EntryPatch) {
        if matches!(self.shape, EntryShape::Raw(_)) {
            self.shape = EntryShape::Plain;
        }
        let mut patch = match std::mem::take(&mut self.shape) {
            EntryShape::Patched(patch) => *patch,
            EntryShape::Plain | EntryShape::Raw(_) => EntryPatch::default(),
        };
        for (key, value) in added.list_status {
            patch.remove.retain(|removed_key| removed_key.strip_prefix("list_status.") != Some(&key));
            if self.list_status.set_key(&key, &value) {
                patch.list_status.shift_remove(&key);
            } else {
                patch.list_status.insert(key, value);
            }
        }
        for (key, value) in added.node {
            patch.remove.retain(|removed_key| removed_key.strip_prefix("node.") != Some(&key));
            patch.node.insert(key, value);
        }
        patch.remove.extend(added.remove);
        self.shape = EntryShape::Patched(Box::new(patch));
    }

    /// Drops the patched values of `list_status`, because a client wrote the entry. Keys that a test removed stay removed.
    pub(crate) fn discard_patched_status(&mut self) {
        match &mut self.shape {
            EntryShape::Plain => {}
            EntryShape::Patched(patch) => patch.list_status.clear(),
            EntryShape::Raw(_) => self.shape = EntryShape::Plain,
        }
    }

    /// Returns the keys of `node` that differ from those of the anime.
    pub(crate) fn node_patch(&self) -> Option<&EntryPatch> {
        match &self.shape {
            EntryShape::Plain => None,
            EntryShape::Patched(patch) => Some(patch),
            EntryShape::Raw(raw) => Some(&raw.parsed),
        }
    }

    fn node_value(&self, key: &str) -> Option<&Value> {
        self.node_patch()?.node.get(key)
    }

    /// Returns the title that clients see.
    pub(crate) fn title<'a>(&'a self, facts: Option<&'a AnimeFacts>) -> &'a str {
        let title = self.node_value("title").and_then(Value::as_str);
        title.or(facts.map(|facts| facts.title.as_str())).unwrap_or_default()
    }

    /// Returns the number of episodes that clients see; 0 if unknown.
    pub(crate) fn episodes(&self, facts: Option<&AnimeFacts>) -> u32 {
        match self.node_value("num_episodes") {
            Some(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
            None => facts.map_or(0, |facts| facts.episodes),
        }
    }

    /// Returns true if the entry's anime is gray: hidden unless `nsfw=true`.
    pub(crate) fn is_gray(&self, facts: Option<&AnimeFacts>) -> bool {
        match (self.node_value("nsfw"), &self.shape) {
            (Some(nsfw), _) => nsfw == "gray" || nsfw == "black",
            (None, EntryShape::Raw(_)) => false,
            (None, _) => facts.is_some_and(|facts| facts.is_gray),
        }
    }

    /// Appends the entry as an element of `data`. `my_status_json` is the requesting user's own status of this anime.
    pub(crate) fn write_json(
        &self,
        out: &mut String,
        id: u64,
        anime: Option<&SimAnime>,
        selection: &FieldSelection,
        my_status_json: Option<&str>,
    ) {
        let patch = match &self.shape {
            EntryShape::Raw(raw) => return out.push_str(&raw.text),
            EntryShape::Patched(patch) => Some(&**patch),
            EntryShape::Plain => None,
        };
        let is_node_removed = patch.is_some_and(|patch| patch.remove.iter().any(|key| key == "node"));
        let mut object = JsonObjectWriter::begin(out);
        if !is_node_removed {
            let node = SimNode { id, anime, my_status_json, patch, detail_json: &[] };
            node.write_json(object.write_key("node"), selection);
        }
        if let Some(extras) = &selection.list_status_extras
            && let Some(json) = self.status_json(extras)
        {
            object.write_raw("list_status", &json);
        }
        object.end();
    }

    /// Returns the list status with the requested extra keys, or `None` if a test removed it.
    pub(crate) fn status_json(&self, extras: &[&str]) -> Option<String> {
        let mut out = String::new();
        match &self.shape {
            EntryShape::Plain | EntryShape::Raw(_) => self.list_status.write_json(&mut out, extras),
            EntryShape::Patched(patch) if patch.remove.iter().any(|key| key == "list_status") => return None,
            EntryShape::Patched(patch) => self.write_patched_status(&mut out, extras, patch),
        }
        Some(out)
    }

    fn write_patched_status(&self, out: &mut String, extras: &[&str], patch: &EntryPatch) {
        let keys = PatchedKeys::new("list_status", &patch.list_status, &patch.remove);
        let mut object = JsonObjectWriter::begin(out);
        for key in DEFAULT_STATUS_KEYS.iter().chain(extras) {
            keys.write_key(&mut object, key, self.list_status.key_json(key).as_deref());
        }
        let known_keys: Vec<&str> = DEFAULT_STATUS_KEYS.iter().chain(&EXTRA_STATUS_KEYS).copied().collect();
        keys.write_unknown_keys(&mut object, &known_keys);
        object.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list_status::WatchStatus;
    use serde_json::json;

    fn entry_json(entry: &SimEntry, fields: &str) -> String {
        let mut out = String::new();
        entry.write_json(&mut out, 5, None, &FieldSelection::parse(fields), None);
        out
    }

    fn parse_patch(patch: Value) -> EntryPatch {
        serde_json::from_value(patch).unwrap()
    }

    #[test]
    fn valid_patch_value_updates_entry_and_invalid_value_is_sent_unchanged() {
        let mut entry = SimEntry::default();
        entry.apply_patch(parse_patch(json!({"list_status": {
            "status": "completed", "score": 9, "num_episodes_watched": -1, "updated_at": "2020-01-02T03:04:05+00:00",
            "new_key": null,
        }})));
        assert_eq!(entry.list_status.watch_status, WatchStatus::Completed);
        assert_eq!(entry.list_status.score, 9);
        assert_eq!(entry.list_status.episodes_watched, 0);
        assert_eq!(
            entry_json(&entry, "list_status"),
            r#"{"node":{"id":5,"title":""},"list_status":{"status":"completed","score":9,"num_episodes_watched":-1,"is_rewatching":false,"updated_at":"2020-01-02T03:04:05+00:00","new_key":null}}"#
        );
    }

    #[test]
    fn known_node_keys_follow_selection_and_unknown_keys_are_always_sent() {
        let mut entry = SimEntry::default();
        entry.apply_patch(parse_patch(
            json!({"node": {"mean": "high", "id": "5", "score": 3, "fresh": 1}, "remove": ["node.title"]}),
        ));
        assert_eq!(entry_json(&entry, ""), r#"{"node":{"id":"5","score":3,"fresh":1}}"#);
        assert_eq!(entry_json(&entry, "mean"), r#"{"node":{"id":"5","mean":"high","score":3,"fresh":1}}"#);
        entry.apply_patch(parse_patch(json!({"node": {"title": "Back"}})));
        assert_eq!(entry_json(&entry, ""), r#"{"node":{"id":"5","title":"Back","score":3,"fresh":1}}"#);
        entry.apply_patch(parse_patch(json!({"remove": ["node"]})));
        assert_eq!(entry_json(&entry, ""), "{}");
    }

    #[test]
    fn raw_entry_is_written_unchanged_and_parsed_for_sorting() {
        let text = r#"{"node":{"id":1,"id":2,"title":"T","nsfw":"gray"},"list_status":{"status":"dropped","score":3}}"#;
        let entry = SimEntry::from_raw_text(text.to_owned(), 9);
        assert_eq!(entry_json(&entry, "whatever"), text);
        assert_eq!(entry.list_status.watch_status, WatchStatus::Dropped);
        assert_eq!(entry.title(None), "T");
        assert!(entry.is_gray(None));
        let broken = SimEntry::from_raw_text("{not json".to_owned(), 9);
        assert_eq!(entry_json(&broken, ""), "{not json");
        assert_eq!(broken.list_status.updated_at_seconds, 9);
    }
}
