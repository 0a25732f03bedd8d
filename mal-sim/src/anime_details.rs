//! `GET /v2/anime/{id}` with the fields that only this request returns.

use crate::anime_json::{self, SimAnime};
use crate::anime_node::SimNode;
use crate::catalogue;
use crate::field_selection::{DETAIL_FIELDS, FieldSelection, RequestedField};
use crate::http_message::{SimRequest, SimResponse};
use crate::list_status::WatchStatus;
use crate::php_encoding::JsonObjectWriter;
use crate::rng::SeededRng;
use crate::sim_entry::SimEntry;
use crate::state::SimState;

/// Handles `GET /v2/anime/{id}`.
pub(crate) fn handle_anime_details(
    state: &mut SimState,
    request: &SimRequest,
    id: &str,
    viewer: Option<&str>,
) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let selection = FieldSelection::parse(&request.query_param("fields").unwrap_or_default());
    let mut details: Vec<Option<String>> = Vec::new();
    if let Some(anime) = state.anime_cache.find(id) {
        for (index, name) in DETAIL_FIELDS.iter().enumerate() {
            let is_requested = selection.node_fields.contains(&RequestedField::Detail(index));
            details.push(if is_requested { generate_detail_field(state, &anime, name) } else { None });
        }
    }
    let mut out = String::new();
    if write_anime_node(state, &mut out, id, &selection, viewer, &details) {
        return SimResponse::json(200, out);
    }
    SimResponse::not_found()
}

/// Appends the node of an anime outside a list, with what a test changed in the viewer's entry. Returns false if there
/// is no such anime, neither in the catalogue nor in the viewer's list.
pub(crate) fn write_anime_node(
    state: &mut SimState,
    out: &mut String,
    id: u64,
    selection: &FieldSelection,
    viewer: Option<&str>,
    details: &[Option<String>],
) -> bool {
    let anime = state.anime_cache.find(id);
    let entry = viewer.and_then(|name| state.find_user(name)?.list.get(id));
    if anime.is_none() && entry.is_none() {
        return false;
    }
    let needs_my_status = selection.node_fields.contains(&RequestedField::MyListStatus);
    let my_entry = entry.filter(|_| needs_my_status);
    let my_status_json = my_entry.and_then(|entry| entry.status_json(&selection.my_list_status_extras));
    let node = SimNode {
        id,
        anime: anime.as_deref(),
        my_status_json: my_status_json.as_deref(),
        patch: entry.and_then(SimEntry::node_patch),
        detail_json: details,
    };
    node.write_json(out, selection);
    true
}

fn generate_detail_field(state: &mut SimState, anime: &SimAnime, name: &str) -> Option<String> {
    let seed = state.anime_cache.seed();
    let mut rng =
        SeededRng::from_parts(&[seed, crate::rng::ANIME_DETAILS_STREAM, anime.facts.id, crate::rng::hash_name(name)]);
    match name {
        "pictures" => {
            let pictures: Vec<String> = (0..rng.next_below(4))
                .map(|_| anime_json::generate_picture(&mut rng, anime.facts.start_year))
                .collect();
            Some(format!("[{}]", pictures.join(",")))
        }
        "background" => {
            Some(crate::php_encoding::quote_string(if rng.chance_per_mille(700) { "" } else { "Adapted \"freely\"." }))
        }
        "related_anime" => Some(generate_other_anime(state, &mut rng, 3, |out, rng| {
            let (relation, label) = rng.pick_item(&[("sequel", "Sequel"), ("prequel", "Prequel"), ("other", "Other")]);
            out.write_string("relation_type", relation);
            out.write_string("relation_type_formatted", label);
        })),
        "related_manga" => Some("[]".to_owned()),
        "recommendations" => Some(generate_other_anime(state, &mut rng, 6, |out, rng| {
            out.write_display("num_recommendations", rng.next_between(1, 20));
        })),
        "statistics" => Some(statistics_json(anime)),
        _ => None,
    }
}

/// Generates a list of up to `max_count` other anime. `write_more_keys` adds keys to each.
fn generate_other_anime(
    state: &mut SimState,
    rng: &mut SeededRng,
    max_count: u32,
    write_more_keys: impl Fn(&mut JsonObjectWriter<'_>, &mut SeededRng),
) -> String {
    let seed = state.anime_cache.seed();
    let mut out = String::from("[");
    for count in 0..rng.next_below(max_count + 1) {
        if count > 0 {
            out.push(',');
        }
        let id = catalogue::id_at_position(seed, rng.next_below(5000));
        let mut object = JsonObjectWriter::begin(&mut out);
        write_anime_node(state, object.write_key("node"), id, &FieldSelection::default(), None, &[]);
        write_more_keys(&mut object, rng);
        object.end();
    }
    out.push(']');
    out
}

/// Returns the statistics of an anime. The counts are strings (recorded).
fn statistics_json(anime: &SimAnime) -> String {
    let user_count = anime_json::popularity_and_users(&anime.facts).1;
    let share = |percent: u64| (user_count * percent / 100).to_string();
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    let mut status = JsonObjectWriter::begin(object.write_key("status"));
    for (watch_status, percent) in WatchStatus::ALL.into_iter().zip([5, 70, 3, 4, 18]) {
        status.write_string(watch_status.as_str(), &share(percent));
    }
    status.end();
    object.write_display("num_list_users", user_count);
    object.end();
    out
}
