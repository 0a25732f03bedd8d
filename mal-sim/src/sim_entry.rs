//! A row of a list, and how it is written into a page.
//!
//! A row is an anime of the catalogue with a status, or that with some keys overlaid or taken away, or any text at
//! all: that is how tests send broken shapes.

use serde_json::{Map, Value};

use crate::anime_json::SimAnime;
use crate::field_selection::{DETAIL_FIELDS, EXTRA_STATUS_KEYS, FieldSelection, NODE_FIELDS, RequestedField};
use crate::php_json::{self, JsonObjectWriter};
use crate::watch_status::{DEFAULT_STATUS_KEYS, SimListStatus, WatchStatus};

/// A row of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimEntry {
    /// What filters, sorting and statistics go by.
    pub(crate) status: SimListStatus,
    /// How it is written.
    pub(crate) shape: EntryShape,
}

/// How a row is written.
#[derive(Clone, Debug, Default)]
pub(crate) enum EntryShape {
    /// As MAL would.
    #[default]
    Plain,
    /// As MAL would, with some keys changed.
    Overlaid(Box<EntryOverlay>),
    /// This text instead, whatever the request asked for.
    Raw(Box<RawSimEntry>),
}

/// Keys changed in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntryOverlay {
    /// Keys of `node`.
    pub(crate) node: Map<String, Value>,
    /// Keys of `list_status`.
    pub(crate) list_status: Map<String, Value>,
    /// Keys left out: `node`, `list_status`, `node.mean`, ...
    pub(crate) remove: Vec<String>,
}

/// A row that is any text.
#[derive(Clone, Debug)]
pub(crate) struct RawSimEntry {
    /// Written as it is; need not be JSON.
    pub(crate) text: String,
    /// For sorting, if the text has one.
    pub(crate) title: Option<String>,
    /// Whether the text says `gray`.
    pub(crate) is_gray: bool,
}

impl SimEntry {
    /// A row that is any text; what can be read from it is used for filters and sorting.
    pub(crate) fn from_raw_text(text: String, updated: i64) -> Self {
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let node = &value["node"];
        let said = &value["list_status"];
        let word = said["status"].as_str().and_then(WatchStatus::parse);
        let score = said["score"].as_u64().and_then(|score| u8::try_from(score).ok());
        let when = said["updated_at"].as_str().and_then(parse_timestamp);
        Self {
            status: SimListStatus {
                status: word.unwrap_or_default(),
                score: score.unwrap_or(0),
                is_rewatching: said["is_rewatching"].as_bool().unwrap_or(false),
                updated_at_seconds: when.unwrap_or(updated),
                ..SimListStatus::default()
            },
            shape: EntryShape::Raw(Box::new(RawSimEntry {
                title: node["title"].as_str().map(str::to_owned),
                is_gray: matches!(node["nsfw"].as_str(), Some("gray" | "black")),
                text,
            })),
        }
    }

    /// Overlays keys. A value that fits the key becomes the row's own; any other is written as given.
    pub(crate) fn apply_overlay(&mut self, patch: &EntryOverlay) {
        if matches!(self.shape, EntryShape::Raw(_)) {
            self.shape = EntryShape::Plain;
        }
        let mut overlay = match std::mem::take(&mut self.shape) {
            EntryShape::Overlaid(overlay) => *overlay,
            EntryShape::Plain | EntryShape::Raw(_) => EntryOverlay::default(),
        };
        for (key, value) in &patch.list_status {
            overlay.remove.retain(|gone| gone.strip_prefix("list_status.") != Some(key));
            if self.apply_status_value(key, value) {
                overlay.list_status.shift_remove(key);
            } else {
                overlay.list_status.insert(key.clone(), value.clone());
            }
        }
        for (key, value) in &patch.node {
            overlay.remove.retain(|gone| gone.strip_prefix("node.") != Some(key));
            overlay.node.insert(key.clone(), value.clone());
        }
        overlay.remove.extend(patch.remove.iter().cloned());
        self.shape = EntryShape::Overlaid(Box::new(overlay));
    }

    /// Takes a value over where it has the right type and range.
    fn apply_status_value(&mut self, key: &str, value: &Value) -> bool {
        let field = match key {
            "num_episodes_watched" => "num_watched_episodes",
            "num_watched_episodes" => return false,
            _ => key,
        };
        if key == "updated_at" {
            let text = value.as_str().unwrap_or_default();
            let at = parse_timestamp(text).filter(|at| crate::sim_clock::format_timestamp(*at) == text);
            self.status.updated_at_seconds = at.unwrap_or(self.status.updated_at_seconds);
            return at.is_some();
        }
        let text = match value {
            Value::String(text) if !NUMERIC_KEYS.contains(&key) && key != "tags" => text.clone(),
            Value::Bool(flag) if key == "is_rewatching" => flag.to_string(),
            Value::Number(number) if NUMERIC_KEYS.contains(&key) && number.is_u64() => number.to_string(),
            _ => return false,
        };
        self.status.apply_form(&[(field.to_owned(), text)]).is_ok()
    }

    /// After a client's write the row says what was written, whatever a test had made it say.
    pub(crate) fn discard_status_overrides(&mut self) {
        match &mut self.shape {
            EntryShape::Plain => {}
            EntryShape::Overlaid(overlay) => overlay.list_status.clear(),
            EntryShape::Raw(_) => self.shape = EntryShape::Plain,
        }
    }

    /// The title to sort by, where the row has its own.
    pub(crate) fn title_override(&self) -> Option<&str> {
        match &self.shape {
            EntryShape::Plain => None,
            EntryShape::Overlaid(overlay) => overlay.node.get("title").and_then(Value::as_str),
            EntryShape::Raw(raw) => raw.title.as_deref(),
        }
    }

    /// Whether the row hides without `nsfw=true`, where it has its own opinion.
    pub(crate) fn gray_override(&self) -> Option<bool> {
        match &self.shape {
            EntryShape::Plain => None,
            EntryShape::Overlaid(overlay) => overlay.node.get("nsfw").map(|nsfw| nsfw == "gray"),
            EntryShape::Raw(raw) => Some(raw.is_gray),
        }
    }

    /// Appends the row as an element of `data`. `mine` is the asking user's own status of this anime.
    pub(crate) fn write_json(
        &self,
        out: &mut String,
        id: u64,
        anime: Option<&SimAnime>,
        selection: &FieldSelection,
        mine: Option<&SimListStatus>,
    ) {
        let overlay = match &self.shape {
            EntryShape::Raw(raw) => return out.push_str(&raw.text),
            EntryShape::Overlaid(overlay) => Some(&**overlay),
            EntryShape::Plain => None,
        };
        let gone = |key: &str| overlay.is_some_and(|o| o.remove.iter().any(|gone| gone == key));
        let mut row = JsonObjectWriter::begin(out);
        if !gone("node") {
            let node = SimNode { id, anime, my_status: mine, overlay, detail_json: &[] };
            node.write_json(row.write_key("node"), selection);
        }
        if let Some(extras) = &selection.list_status_extras
            && !gone("list_status")
        {
            let out = row.write_key("list_status");
            match overlay {
                None => self.status.write_json(out, extras),
                Some(overlay) => self.write_overlaid_status(out, extras, overlay),
            }
        }
        row.end();
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
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.timestamp())
}

/// What a node is written from.
#[derive(Clone, Copy, Default)]
pub(crate) struct SimNode<'a> {
    /// The id, also where there is no such anime.
    pub(crate) id: u64,
    /// The anime.
    pub(crate) anime: Option<&'a SimAnime>,
    /// The asking user's own status of it.
    pub(crate) my_status: Option<&'a SimListStatus>,
    /// Keys that a test has changed.
    pub(crate) overlay: Option<&'a EntryOverlay>,
    /// The matter of the detail-only fields; a list has none (documented).
    pub(crate) detail_json: &'a [Option<String>],
}

impl SimNode<'_> {
    /// Appends the node: the defaults, then what was asked for in the order asked (observed).
    pub(crate) fn write_json(&self, out: &mut String, selection: &FieldSelection) {
        let (no_keys, no_names) = (Map::new(), Vec::new());
        let changed = self.overlay.map_or(&no_keys, |overlay| &overlay.node);
        let gone = self.overlay.map_or(&no_names, |overlay| &overlay.remove);
        let keys = OverlaidKeys::new("node", changed, gone);
        let anime = self.anime;
        let mut object = JsonObjectWriter::begin(out);
        keys.write_key(&mut object, "id", Some(&self.id.to_string()));
        keys.write_key(&mut object, "title", Some(anime.map_or("\"\"", |anime| &anime.title_json)));
        keys.write_key(&mut object, "main_picture", anime.and_then(|anime| anime.picture_json.as_deref()));
        for wanted in &selection.node_fields {
            match wanted {
                RequestedField::Node(place) => {
                    let name = NODE_FIELDS.get(*place).copied().unwrap_or("studios");
                    let json = anime.and_then(|anime| anime.field_json[*place].as_deref());
                    keys.write_key(&mut object, name, json);
                }
                RequestedField::MyListStatus => {
                    if let Some(mine) = self.my_status {
                        mine.write_json(object.write_key("my_list_status"), &selection.my_list_status_extras);
                    }
                }
                RequestedField::Detail(place) => {
                    let json = self.detail_json.get(*place).and_then(Option::as_deref);
                    keys.write_key(&mut object, DETAIL_FIELDS[*place], json);
                }
            }
        }
        let mut known = vec!["studios", "id", "title", "main_picture"];
        known.extend(NODE_FIELDS);
        known.extend(DETAIL_FIELDS);
        keys.write_unknown_keys(&mut object, &known);
        object.end();
    }
}

/// The keys of one object under an overlay.
struct OverlaidKeys<'a> {
    object_name: &'static str,
    changed: &'a Map<String, Value>,
    removed: &'a [String],
}

impl<'a> OverlaidKeys<'a> {
    fn new(object_name: &'static str, changed: &'a Map<String, Value>, removed: &'a [String]) -> Self {
        Self { object_name, changed, removed }
    }

    /// Writes a key: not where it is taken away, changed where it is changed, left out where it is unknown.
    fn write_key(&self, out: &mut JsonObjectWriter<'_>, key: &str, json: Option<&str>) {
        let gone =
            |name: &String| name.strip_prefix(self.object_name).and_then(|rest| rest.strip_prefix('.')) == Some(key);
        if self.removed.iter().any(gone) {
            return;
        }
        match (self.changed.get(key), json) {
            (Some(value), _) => php_json::write_value(out.write_key(key), value),
            (None, Some(json)) => out.write_raw(key, json),
            (None, None) => {}
        }
    }

    /// Writes the changed keys that MAL does not know: those come unasked.
    fn write_unknown_keys(&self, out: &mut JsonObjectWriter<'_>, known: &[&str]) {
        for (key, value) in self.changed {
            if !known.contains(&key.as_str()) && !DEFAULT_STATUS_KEYS.contains(&key.as_str()) {
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
