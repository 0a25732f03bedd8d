//! The node of an anime: its JSON on a page, in a search result and in `GET /v2/anime/{id}`.

use serde_json::Map;

use crate::anime_json::{NODE_FIELDS, SimAnime};
use crate::entry_patch::{EntryPatch, PatchedKeys};
use crate::field_selection::{DETAIL_FIELDS, FieldSelection, RequestedField};
use crate::php_encoding::JsonObjectWriter;

/// Input for the JSON of a node.
#[derive(Clone, Copy, Default)]
pub(crate) struct SimNode<'a> {
    /// The id, set even if there is no such anime.
    pub(crate) id: u64,
    /// The anime, if it is in the catalogue.
    pub(crate) anime: Option<&'a SimAnime>,
    /// JSON of the requesting user's own status of the anime.
    pub(crate) my_status_json: Option<&'a str>,
    /// Keys changed by a test.
    pub(crate) patch: Option<&'a EntryPatch>,
    /// JSON of the detail-only fields; empty in a list (documented).
    pub(crate) detail_json: &'a [Option<String>],
}

impl SimNode<'_> {
    /// Appends the node: the default fields, then the requested ones in the requested order (observed).
    pub(crate) fn write_json(&self, out: &mut String, selection: &FieldSelection) {
        let (no_keys, no_names) = (Map::new(), Vec::new());
        let changed = self.patch.map_or(&no_keys, |patch| &patch.node);
        let removed = self.patch.map_or(&no_names, |patch| &patch.remove);
        let keys = PatchedKeys::new("node", changed, removed);
        let anime = self.anime;
        let mut object = JsonObjectWriter::begin(out);
        keys.write_key(&mut object, "id", Some(&self.id.to_string()));
        keys.write_key(&mut object, "title", Some(anime.map_or("\"\"", |anime| &anime.title_json)));
        keys.write_key(&mut object, "main_picture", anime.and_then(|anime| anime.picture_json.as_deref()));
        for field in &selection.node_fields {
            match field {
                RequestedField::Node(index) => {
                    // `studios` follows the others, at `STUDIOS_INDEX`.
                    let name = NODE_FIELDS.get(*index).copied().unwrap_or("studios");
                    let json = anime.and_then(|anime| anime.field_json[*index].as_deref());
                    keys.write_key(&mut object, name, json);
                }
                RequestedField::MyListStatus => {
                    if let Some(json) = self.my_status_json {
                        object.write_raw("my_list_status", json);
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
