//! A list entry and its JSON on a page.
//!
//! An entry is one of three things: an anime of the catalogue with a status; the same with some keys changed or
//! removed; or any text. The last two let tests send malformed data.

use serde_json::{Map, Value};

use crate::anime_json::SimAnime;
use crate::field_selection::{DETAIL_FIELDS, EXTRA_STATUS_KEYS, FieldSelection, NODE_FIELDS, RequestedField};
use crate::php_json::{self, JsonObjectWriter};
use crate::watch_status::{DEFAULT_STATUS_KEYS, SimListStatus, WatchStatus};

/// A list entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimEntry {
    /// The status used by filters, sorting and statistics.
    pub(crate) status: SimListStatus,
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
    Overlaid(Box<EntryOverlay>),
    /// As this text, regardless of the requested fields.
    Raw(Box<RawSimEntry>),
}

/// Keys changed in an entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntryOverlay {
    /// Changed keys of `node`.
    pub(crate) node: Map<String, Value>,
    /// Changed keys of `list_status`.
    pub(crate) list_status: Map<String, Value>,
    /// Omitted keys: `node`, `list_status`, `node.mean`, ...
    pub(crate) remove: Vec<String>,
}

/// An entry that consists of any text.
#[derive(Clone, Debug)]
pub(crate) struct RawSimEntry {
    /// Sent unchanged; need not be JSON.
    pub(crate) text: String,
    /// The title for sorting, if the text has one.
    pub(crate) title: Option<String>,
    /// True if `nsfw` in the text is `gray` or `black`.
    pub(crate) is_gray: bool,
}

impl SimEntry {
    /// Creates an entry from any text. Values that can be parsed from it are used for filters and sorting;
    /// `default_updated_at` (seconds since 1970) replaces a missing `updated_at`.
    pub(crate) fn from_raw_text(text: String, default_updated_at: i64) -> Self {
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let node = &value["node"];
        let status_json = &value["list_status"];
        let status = status_json["status"].as_str().and_then(WatchStatus::parse);
        let score = status_json["score"].as_u64().and_then(|score| u8::try_from(score).ok());
        let updated_at = status_json["updated_at"].as_str().and_then(parse_timestamp);
        Self {
            status: SimListStatus {
                status: status.unwrap_or_default(),
                score: score.unwrap_or(0),
                is_rewatching: status_json["is_rewatching"].as_bool().unwrap_or(false),
                updated_at_seconds: updated_at.unwrap_or(default_updated_at),
                ..SimListStatus::default()
            },
            shape: EntryShape::Raw(Box::new(RawSimEntry {
                title: node["title"].as_str().map(str::to_owned),
                is_gray: matches!(node["nsfw"].as_str(), Some("gray" | "black")),
                text,
            })),
        }
    }

    /// Changes keys. A valid value of a `list_status` key becomes the entry's own; any other value is sent unchanged.
    pub(crate) fn apply_overlay(&mut self, patch: &EntryOverlay) {
        if matches!(self.shape, EntryShape::Raw(_)) {
            self.shape = EntryShape::Plain;
        }
        let mut overlay = match std::mem::take(&mut self.shape) {
            EntryShape::Overlaid(overlay) => *overlay,
            EntryShape::Plain | EntryShape::Raw(_) => EntryOverlay::default(),
        };
        for (key, value) in &patch.list_status {
            overlay.remove.retain(|removed_key| removed_key.strip_prefix("list_status.") != Some(key));
            if self.apply_status_value(key, value) {
                overlay.list_status.shift_remove(key);
            } else {
                overlay.list_status.insert(key.clone(), value.clone());
            }
        }
        for (key, value) in &patch.node {
            overlay.remove.retain(|removed_key| removed_key.strip_prefix("node.") != Some(key));
            overlay.node.insert(key.clone(), value.clone());
        }
        overlay.remove.extend(patch.remove.iter().cloned());
        self.shape = EntryShape::Overlaid(Box::new(overlay));
    }

    /// Sets a status field if the value has the right type and range. Returns true if it was set.
    fn apply_status_value(&mut self, key: &str, value: &Value) -> bool {
        let field = match key {
            "num_episodes_watched" => "num_watched_episodes",
            "num_watched_episodes" => return false,
            _ => key,
        };
        if key == "updated_at" {
            let text = value.as_str().unwrap_or_default();
            let seconds = parse_timestamp(text).filter(|seconds| crate::sim_clock::format_timestamp(*seconds) == text);
            self.status.updated_at_seconds = seconds.unwrap_or(self.status.updated_at_seconds);
            return seconds.is_some();
        }
        let text = match value {
            Value::String(text) if !NUMERIC_KEYS.contains(&key) && key != "tags" => text.clone(),
            Value::Bool(flag) if key == "is_rewatching" => flag.to_string(),
            Value::Number(number) if NUMERIC_KEYS.contains(&key) && number.is_u64() => number.to_string(),
            _ => return false,
        };
        self.status.apply_form(&[(field.to_owned(), text)]).is_ok()
    }

    /// Drops the overrides of `list_status`, so that the entry shows what a client wrote.
    pub(crate) fn discard_status_overrides(&mut self) {
        match &mut self.shape {
            EntryShape::Plain => {}
            EntryShape::Overlaid(overlay) => overlay.list_status.clear(),
            EntryShape::Raw(_) => self.shape = EntryShape::Plain,
        }
    }

    /// Returns the title to sort by, or `None` if the entry does not override it.
    pub(crate) fn title_override(&self) -> Option<&str> {
        match &self.shape {
            EntryShape::Plain => None,
            EntryShape::Overlaid(overlay) => overlay.node.get("title").and_then(Value::as_str),
            EntryShape::Raw(raw) => raw.title.as_deref(),
        }
    }

    /// Returns whether the entry is hidden without `nsfw=true`, or `None` if the entry does not override it.
    pub(crate) fn gray_override(&self) -> Option<bool> {
        match &self.shape {
            EntryShape::Plain => None,
            EntryShape::Overlaid(overlay) => overlay.node.get("nsfw").map(|nsfw| nsfw == "gray"),
            EntryShape::Raw(raw) => Some(raw.is_gray),
        }
    }

    /// Appends the entry as an element of `data`. `my_status` is the requesting user's own status of this anime.
    pub(crate) fn write_json(
        &self,
        out: &mut String,
        id: u64,
        anime: Option<&SimAnime>,
        selection: &FieldSelection,
        my_status: Option<&SimListStatus>,
    ) {
        let overlay = match &self.shape {
            EntryShape::Raw(raw) => return out.push_str(&raw.text),
            EntryShape::Overlaid(overlay) => Some(&**overlay),
            EntryShape::Plain => None,
        };
        let is_removed =
            |key: &str| overlay.is_some_and(|overlay| overlay.remove.iter().any(|removed_key| removed_key == key));
        let mut object = JsonObjectWriter::begin(out);
        if !is_removed("node") {
            let node = SimNode { id, anime, my_status, overlay, detail_json: &[] };
            node.write_json(object.write_key("node"), selection);
        }
        if let Some(extras) = &selection.list_status_extras
            && !is_removed("list_status")
        {
            let out = object.write_key("list_status");
            match overlay {
                None => self.status.write_json(out, extras),
                Some(overlay) => self.write_overlaid_status(out, extras, overlay),
            }
        }
        object.end();
    }

    fn write_overlaid_status(&self, out: &mut String, extras: &[&str], overlay: &EntryOverlay) {
        let keys = OverlaidKeys::new("list_status", &overlay.list_status, &overlay.remove);
        let mut object = JsonObjectWriter::begin(out);
        for key in DEFAULT_STATUS_KEYS.iter().chain(extras) {
            keys.write_key(&mut object, key, self.status.key_json(key).as_deref());
        }
        keys.write_unknown_keys(&mut object, &EXTRA_STATUS_KEYS);
        object.end();
    }
}

const NUMERIC_KEYS: [&str; 5] = ["score", "num_episodes_watched", "priority", "num_times_rewatched", "rewatch_value"];

fn parse_timestamp(text: &str) -> Option<i64> {
    let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.timestamp())
}

/// Input for the JSON of a node.
#[derive(Clone, Copy, Default)]
pub(crate) struct SimNode<'a> {
    /// The id, set even if there is no such anime.
    pub(crate) id: u64,
    /// The anime, if it is in the catalogue.
    pub(crate) anime: Option<&'a SimAnime>,
    /// The requesting user's own status of the anime.
    pub(crate) my_status: Option<&'a SimListStatus>,
    /// Keys changed by a test.
    pub(crate) overlay: Option<&'a EntryOverlay>,
    /// JSON of the detail-only fields; empty in a list (documented).
    pub(crate) detail_json: &'a [Option<String>],
}

impl SimNode<'_> {
    /// Appends the node: the default fields, then the requested ones in the requested order (observed).
    pub(crate) fn write_json(&self, out: &mut String, selection: &FieldSelection) {
        let (no_keys, no_names) = (Map::new(), Vec::new());
        let changed = self.overlay.map_or(&no_keys, |overlay| &overlay.node);
        let removed = self.overlay.map_or(&no_names, |overlay| &overlay.remove);
        let keys = OverlaidKeys::new("node", changed, removed);
        let anime = self.anime;
        let mut object = JsonObjectWriter::begin(out);
        keys.write_key(&mut object, "id", Some(&self.id.to_string()));
        keys.write_key(&mut object, "title", Some(anime.map_or("\"\"", |anime| &anime.title_json)));
        keys.write_key(&mut object, "main_picture", anime.and_then(|anime| anime.picture_json.as_deref()));
        for field in &selection.node_fields {
            match field {
                RequestedField::Node(index) => {
                    let name = NODE_FIELDS.get(*index).copied().unwrap_or("studios");
                    let json = anime.and_then(|anime| anime.field_json[*index].as_deref());
                    keys.write_key(&mut object, name, json);
                }
                RequestedField::MyListStatus => {
                    if let Some(my_status) = self.my_status {
                        my_status.write_json(object.write_key("my_list_status"), &selection.my_list_status_extras);
                    }
                }
                RequestedField::Detail(index) => {
                    let json = self.detail_json.get(*index).and_then(Option::as_deref);
                    keys.write_key(&mut object, DETAIL_FIELDS[*index], json);
                }
            }
        }
        let mut known_keys = vec!["studios", "id", "title", "main_picture"];
        known_keys.extend(NODE_FIELDS);
        known_keys.extend(DETAIL_FIELDS);
        keys.write_unknown_keys(&mut object, &known_keys);
        object.end();
    }
}

/// The changed and removed keys of one object.
struct OverlaidKeys<'a> {
    object_name: &'static str,
    changed: &'a Map<String, Value>,
    removed: &'a [String],
}

impl<'a> OverlaidKeys<'a> {
    fn new(object_name: &'static str, changed: &'a Map<String, Value>, removed: &'a [String]) -> Self {
        Self { object_name, changed, removed }
    }

    /// Writes a key with its changed value if there is one, else with `json`. Omits the key if it is removed or has no
    /// value.
    fn write_key(&self, out: &mut JsonObjectWriter<'_>, key: &str, json: Option<&str>) {
        let is_this_key = |name: &String| {
            name.strip_prefix(self.object_name).and_then(|suffix| suffix.strip_prefix('.')) == Some(key)
        };
        if self.removed.iter().any(is_this_key) {
            return;
        }
        match (self.changed.get(key), json) {
            (Some(value), _) => php_json::write_value(out.write_key(key), value),
            (None, Some(json)) => out.write_raw(key, json),
            (None, None) => {}
        }
    }

    /// Writes the changed keys that MAL does not have. These are sent without being requested.
    fn write_unknown_keys(&self, out: &mut JsonObjectWriter<'_>, known_keys: &[&str]) {
        for (key, value) in self.changed {
            if !known_keys.contains(&key.as_str()) && !DEFAULT_STATUS_KEYS.contains(&key.as_str()) {
                php_json::write_value(out.write_key(key), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry_json(entry: &SimEntry, fields: &str) -> String {
        let mut out = String::new();
        entry.write_json(&mut out, 5, None, &FieldSelection::parse(fields), None);
        out
    }

    fn overlay_from_json(patch: &Value) -> EntryOverlay {
        let map = |key: &str| patch[key].as_object().cloned().unwrap_or_default();
        let remove = patch["remove"].as_array().cloned().unwrap_or_default();
        EntryOverlay {
            node: map("node"),
            list_status: map("list_status"),
            remove: remove.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    #[test]
    fn valid_patch_value_updates_entry_and_invalid_value_is_sent_unchanged() {
        let mut entry = SimEntry::default();
        entry.apply_overlay(&overlay_from_json(&json!({"list_status": {
            "status": "completed", "score": 9, "num_episodes_watched": -1, "updated_at": "2020-01-02T03:04:05+00:00",
            "new_key": null,
        }})));
        assert_eq!(entry.status.status, WatchStatus::Completed);
        assert_eq!(entry.status.score, 9);
        assert_eq!(entry.status.episodes_watched, 0);
        assert_eq!(
            entry_json(&entry, "list_status"),
            r#"{"node":{"id":5,"title":""},"list_status":{"status":"completed","score":9,"num_episodes_watched":-1,"is_rewatching":false,"updated_at":"2020-01-02T03:04:05+00:00","new_key":null}}"#
        );
    }

    #[test]
    fn known_node_keys_follow_selection_and_unknown_keys_are_always_sent() {
        let mut entry = SimEntry::default();
        entry.apply_overlay(&overlay_from_json(
            &json!({"node": {"mean": "high", "id": "5", "fresh": 1}, "remove": ["node.title"]}),
        ));
        assert_eq!(entry_json(&entry, ""), r#"{"node":{"id":"5","fresh":1}}"#);
        assert_eq!(entry_json(&entry, "mean"), r#"{"node":{"id":"5","mean":"high","fresh":1}}"#);
        entry.apply_overlay(&overlay_from_json(&json!({"node": {"title": "Back"}})));
        assert_eq!(entry_json(&entry, ""), r#"{"node":{"id":"5","title":"Back","fresh":1}}"#);
        entry.apply_overlay(&overlay_from_json(&json!({"remove": ["node"]})));
        assert_eq!(entry_json(&entry, ""), "{}");
    }

    #[test]
    fn raw_entry_is_written_unchanged_and_parsed_for_sorting() {
        let text = r#"{"node":{"id":1,"id":2,"title":"T","nsfw":"gray"},"list_status":{"status":"dropped","score":3}}"#;
        let entry = SimEntry::from_raw_text(text.to_owned(), 9);
        assert_eq!(entry_json(&entry, "whatever"), text);
        assert_eq!(entry.status.status, WatchStatus::Dropped);
        assert_eq!(entry.title_override(), Some("T"));
        assert_eq!(entry.gray_override(), Some(true));
        let broken = SimEntry::from_raw_text("{not json".to_owned(), 9);
        assert_eq!(entry_json(&broken, ""), "{not json");
        assert_eq!(broken.status.updated_at_seconds, 9);
    }
}
