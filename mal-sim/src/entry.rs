//! A row of a list, and how it is written into a page.
//!
//! A row is an anime of the catalogue with a status, or that with some keys overlaid or taken away, or any text at
//! all: that is how tests send broken shapes.

use serde_json::{Map, Value};

use crate::anime::Anime;
use crate::encode::{self, Object};
use crate::fields::{DETAIL_FIELDS, NODE_FIELDS, STATUS_EXTRAS, Selection, Wanted};
use crate::status::{DEFAULT_KEYS, ListStatus, Status};

/// A row of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// What filters, sorting and statistics go by.
    pub(crate) status: ListStatus,
    /// How it is written.
    pub(crate) shape: Shape,
}

/// How a row is written.
#[derive(Clone, Debug, Default)]
pub(crate) enum Shape {
    /// As MAL would.
    #[default]
    Plain,
    /// As MAL would, with some keys changed.
    Overlaid(Box<Overlay>),
    /// This text instead, whatever the request asked for.
    Raw(Box<Raw>),
}

/// Keys changed in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlay {
    /// Keys of `node`.
    pub(crate) node: Map<String, Value>,
    /// Keys of `list_status`.
    pub(crate) list_status: Map<String, Value>,
    /// Keys left out: `node`, `list_status`, `node.mean`, ...
    pub(crate) remove: Vec<String>,
}

/// A row that is any text.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// Written as it is; need not be JSON.
    pub(crate) text: String,
    /// For sorting, if the text has one.
    pub(crate) title: Option<String>,
    /// Whether the text says `gray`.
    pub(crate) gray: bool,
}

impl Entry {
    /// A row that is any text; what can be read from it is used for filters and sorting.
    pub(crate) fn raw(text: String, updated: i64) -> Self {
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let node = &value["node"];
        let said = &value["list_status"];
        let word = said["status"].as_str().and_then(Status::parse);
        let score = said["score"].as_u64().and_then(|score| u8::try_from(score).ok());
        let when = said["updated_at"].as_str().and_then(seconds);
        Self {
            status: ListStatus {
                status: word.unwrap_or_default(),
                score: score.unwrap_or(0),
                rewatching: said["is_rewatching"].as_bool().unwrap_or(false),
                updated: when.unwrap_or(updated),
                ..ListStatus::default()
            },
            shape: Shape::Raw(Box::new(Raw {
                title: node["title"].as_str().map(str::to_owned),
                gray: matches!(node["nsfw"].as_str(), Some("gray" | "black")),
                text,
            })),
        }
    }

    /// Overlays keys. A value that fits the key becomes the row's own; any other is written as given.
    pub(crate) fn patch(&mut self, patch: &Overlay) {
        if matches!(self.shape, Shape::Raw(_)) {
            self.shape = Shape::Plain;
        }
        let mut overlay = match std::mem::take(&mut self.shape) {
            Shape::Overlaid(overlay) => *overlay,
            Shape::Plain | Shape::Raw(_) => Overlay::default(),
        };
        for (key, value) in &patch.list_status {
            overlay.remove.retain(|gone| gone.strip_prefix("list_status.") != Some(key));
            if self.take(key, value) {
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
        self.shape = Shape::Overlaid(Box::new(overlay));
    }

    /// Takes a value over where it has the right type and range.
    fn take(&mut self, key: &str, value: &Value) -> bool {
        let field = match key {
            "num_episodes_watched" => "num_watched_episodes",
            "num_watched_episodes" => return false,
            _ => key,
        };
        if key == "updated_at" {
            let text = value.as_str().unwrap_or_default();
            let at = seconds(text).filter(|at| crate::clock::stamp(*at) == text);
            self.status.updated = at.unwrap_or(self.status.updated);
            return at.is_some();
        }
        let text = match value {
            Value::String(text) if !NUMBERS.contains(&key) && key != "tags" => text.clone(),
            Value::Bool(flag) if key == "is_rewatching" => flag.to_string(),
            Value::Number(number) if NUMBERS.contains(&key) && number.is_u64() => number.to_string(),
            _ => return false,
        };
        self.status.apply(&[(field.to_owned(), text)]).is_ok()
    }

    /// After a client's write the row says what was written, whatever a test had made it say.
    pub(crate) fn settle(&mut self) {
        match &mut self.shape {
            Shape::Plain => {}
            Shape::Overlaid(overlay) => overlay.list_status.clear(),
            Shape::Raw(_) => self.shape = Shape::Plain,
        }
    }

    /// The title to sort by, where the row has its own.
    pub(crate) fn own_title(&self) -> Option<&str> {
        match &self.shape {
            Shape::Plain => None,
            Shape::Overlaid(overlay) => overlay.node.get("title").and_then(Value::as_str),
            Shape::Raw(raw) => raw.title.as_deref(),
        }
    }

    /// Whether the row hides without `nsfw=true`, where it has its own opinion.
    pub(crate) fn own_gray(&self) -> Option<bool> {
        match &self.shape {
            Shape::Plain => None,
            Shape::Overlaid(overlay) => overlay.node.get("nsfw").map(|nsfw| nsfw == "gray"),
            Shape::Raw(raw) => Some(raw.gray),
        }
    }

    /// Appends the row as an element of `data`. `mine` is the asking user's own status of this anime.
    pub(crate) fn write(
        &self,
        out: &mut String,
        id: u64,
        anime: Option<&Anime>,
        selection: &Selection,
        mine: Option<&ListStatus>,
    ) {
        let overlay = match &self.shape {
            Shape::Raw(raw) => return out.push_str(&raw.text),
            Shape::Overlaid(overlay) => Some(&**overlay),
            Shape::Plain => None,
        };
        let gone = |key: &str| overlay.is_some_and(|o| o.remove.iter().any(|gone| gone == key));
        let mut row = Object::begin(out);
        if !gone("node") {
            let node = Node { id, anime, mine, overlay, details: &[] };
            node.write(row.key("node"), selection);
        }
        if let Some(extras) = &selection.list_status
            && !gone("list_status")
        {
            let out = row.key("list_status");
            match overlay {
                None => self.status.write(out, extras),
                Some(overlay) => self.write_overlaid(out, extras, overlay),
            }
        }
        row.end();
    }

    fn write_overlaid(&self, out: &mut String, extras: &[&str], overlay: &Overlay) {
        let keys = Keys::new("list_status", &overlay.list_status, &overlay.remove);
        let mut object = Object::begin(out);
        for key in DEFAULT_KEYS.iter().chain(extras) {
            keys.put(&mut object, key, self.status.key(key).as_deref());
        }
        keys.rest(&mut object, &STATUS_EXTRAS);
        object.end();
    }
}

const NUMBERS: [&str; 5] = ["score", "num_episodes_watched", "priority", "num_times_rewatched", "rewatch_value"];

fn seconds(text: &str) -> Option<i64> {
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.timestamp())
}

/// What a node is written from.
#[derive(Clone, Copy, Default)]
pub(crate) struct Node<'a> {
    /// The id, also where there is no such anime.
    pub(crate) id: u64,
    /// The anime.
    pub(crate) anime: Option<&'a Anime>,
    /// The asking user's own status of it.
    pub(crate) mine: Option<&'a ListStatus>,
    /// Keys that a test has changed.
    pub(crate) overlay: Option<&'a Overlay>,
    /// The matter of the detail-only fields; a list has none (documented).
    pub(crate) details: &'a [Option<String>],
}

impl Node<'_> {
    /// Appends the node: the defaults, then what was asked for in the order asked (observed).
    pub(crate) fn write(&self, out: &mut String, selection: &Selection) {
        let (no_keys, no_names) = (Map::new(), Vec::new());
        let changed = self.overlay.map_or(&no_keys, |overlay| &overlay.node);
        let gone = self.overlay.map_or(&no_names, |overlay| &overlay.remove);
        let keys = Keys::new("node", changed, gone);
        let anime = self.anime;
        let mut object = Object::begin(out);
        keys.put(&mut object, "id", Some(&self.id.to_string()));
        keys.put(&mut object, "title", Some(anime.map_or("\"\"", |anime| &anime.title)));
        keys.put(&mut object, "main_picture", anime.and_then(|anime| anime.picture.as_deref()));
        for wanted in &selection.node {
            match wanted {
                Wanted::Node(place) => {
                    let name = NODE_FIELDS.get(*place).copied().unwrap_or("studios");
                    let json = anime.and_then(|anime| anime.fields[*place].as_deref());
                    keys.put(&mut object, name, json);
                }
                Wanted::MyListStatus => {
                    if let Some(mine) = self.mine {
                        mine.write(object.key("my_list_status"), &selection.my_list_status);
                    }
                }
                Wanted::Detail(place) => {
                    let json = self.details.get(*place).and_then(Option::as_deref);
                    keys.put(&mut object, DETAIL_FIELDS[*place], json);
                }
            }
        }
        let mut known = vec!["studios", "id", "title", "main_picture"];
        known.extend(NODE_FIELDS);
        known.extend(DETAIL_FIELDS);
        keys.rest(&mut object, &known);
        object.end();
    }
}

/// The keys of one object under an overlay.
struct Keys<'a> {
    object: &'static str,
    changed: &'a Map<String, Value>,
    gone: &'a [String],
}

impl<'a> Keys<'a> {
    fn new(object: &'static str, changed: &'a Map<String, Value>, gone: &'a [String]) -> Self {
        Self { object, changed, gone }
    }

    /// Writes a key: not where it is taken away, changed where it is changed, left out where it is unknown.
    fn put(&self, out: &mut Object<'_>, key: &str, json: Option<&str>) {
        let gone = |name: &String| name.strip_prefix(self.object).and_then(|rest| rest.strip_prefix('.')) == Some(key);
        if self.gone.iter().any(gone) {
            return;
        }
        match (self.changed.get(key), json) {
            (Some(value), _) => encode::value(out.key(key), value),
            (None, Some(json)) => out.raw(key, json),
            (None, None) => {}
        }
    }

    /// Writes the changed keys that MAL does not know: those come unasked.
    fn rest(&self, out: &mut Object<'_>, known: &[&str]) {
        for (key, value) in self.changed {
            if !known.contains(&key.as_str()) && !DEFAULT_KEYS.contains(&key.as_str()) {
                encode::value(out.key(key), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(entry: &Entry, fields: &str) -> String {
        let mut out = String::new();
        entry.write(&mut out, 5, None, &Selection::parse(fields), None);
        out
    }

    fn overlay(patch: &Value) -> Overlay {
        let map = |key: &str| patch[key].as_object().cloned().unwrap_or_default();
        let remove = patch["remove"].as_array().cloned().unwrap_or_default();
        Overlay {
            node: map("node"),
            list_status: map("list_status"),
            remove: remove.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    #[test]
    fn a_fitting_value_becomes_the_rows_own_and_another_is_sent_as_it_is() {
        let mut entry = Entry::default();
        entry.patch(&overlay(&json!({"list_status": {
            "status": "completed", "score": 9, "num_episodes_watched": -1, "updated_at": "2020-01-02T03:04:05+00:00",
            "new_key": null,
        }})));
        assert_eq!(entry.status.status, Status::Completed);
        assert_eq!(entry.status.score, 9);
        assert_eq!(entry.status.watched, 0);
        assert_eq!(
            written(&entry, "list_status"),
            r#"{"node":{"id":5,"title":""},"list_status":{"status":"completed","score":9,"num_episodes_watched":-1,"is_rewatching":false,"updated_at":"2020-01-02T03:04:05+00:00","new_key":null}}"#
        );
    }

    #[test]
    fn overlaid_node_keys_keep_to_the_selection_unless_unknown() {
        let mut entry = Entry::default();
        entry.patch(&overlay(&json!({"node": {"mean": "high", "id": "5", "fresh": 1}, "remove": ["node.title"]})));
        assert_eq!(written(&entry, ""), r#"{"node":{"id":"5","fresh":1}}"#);
        assert_eq!(written(&entry, "mean"), r#"{"node":{"id":"5","mean":"high","fresh":1}}"#);
        entry.patch(&overlay(&json!({"node": {"title": "Back"}})));
        assert_eq!(written(&entry, ""), r#"{"node":{"id":"5","title":"Back","fresh":1}}"#);
        entry.patch(&overlay(&json!({"remove": ["node"]})));
        assert_eq!(written(&entry, ""), "{}");
    }

    #[test]
    fn raw_rows_are_written_as_they_are_and_read_where_they_can_be() {
        let text = r#"{"node":{"id":1,"id":2,"title":"T","nsfw":"gray"},"list_status":{"status":"dropped","score":3}}"#;
        let entry = Entry::raw(text.to_owned(), 9);
        assert_eq!(written(&entry, "whatever"), text);
        assert_eq!(entry.status.status, Status::Dropped);
        assert_eq!(entry.own_title(), Some("T"));
        assert_eq!(entry.own_gray(), Some(true));
        let broken = Entry::raw("{not json".to_owned(), 9);
        assert_eq!(written(&broken, ""), "{not json");
        assert_eq!(broken.status.updated, 9);
    }
}
