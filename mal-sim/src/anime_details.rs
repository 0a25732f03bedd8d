//! `GET /v2/anime/{id}` with the fields that only this request returns.

use crate::anime_json::{self, SimAnime};
use crate::anime_node::SimNode;
use crate::catalogue;
use crate::field_selection::{DETAIL_FIELDS, FieldSelection, RequestedField};
use crate::http_message::{SimRequest, SimResponse};
use crate::php_json::JsonObjectWriter;
use crate::rng::SeededRng;
use crate::state::SimState;

/// Handles `GET /v2/anime/{id}`.
pub(crate) fn handle_anime_details(
    state: &mut SimState,
    request: &SimRequest,
    id: &str,
    viewer: Option<&str>,
) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let Some(anime) = state.anime_cache.find(id) else {
        return SimResponse::not_found();
    };
    let selection = FieldSelection::parse(&request.query_param("fields").unwrap_or_default());
    let details: Vec<Option<String>> = DETAIL_FIELDS
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let is_requested = selection.node_fields.contains(&RequestedField::Detail(index));
            if is_requested { generate_detail_field(state, &anime, name) } else { None }
        })
        .collect();
    let mut out = String::new();
    write_anime_node(state, &mut out, id, &selection, viewer, &details);
    SimResponse::json(200, out)
}

/// Appends the node of an anime outside a list. Returns false if there is no such anime.
pub(crate) fn write_anime_node(
    state: &mut SimState,
    out: &mut String,
    id: u64,
    selection: &FieldSelection,
    viewer: Option<&str>,
    details: &[Option<String>],
) -> bool {
    let Some(anime) = state.anime_cache.find(id) else {
        return false;
    };
    let my_status = viewer.and_then(|name| state.find_user(name)?.list.get(id)).map(|entry| &entry.status);
    let node = SimNode { id, anime: Some(&anime), my_status, overlay: None, detail_json: details };
    node.write_json(out, selection);
    true
}

fn generate_detail_field(state: &mut SimState, anime: &SimAnime, name: &str) -> Option<String> {
    let seed = state.anime_cache.seed();
    let mut rng = SeededRng::from_parts(&[seed, 5, anime.facts.id, crate::rng::hash_name(name)]);
    match name {
        "pictures" => {
            let pictures: Vec<String> = (0..rng.next_below(4))
                .map(|_| anime_json::generate_picture(&mut rng, anime.facts.start_year))
                .collect();
            Some(format!("[{}]", pictures.join(",")))
        }
        "background" => {
            Some(crate::php_json::quote_string(if rng.chance_per_mille(700) { "" } else { "Adapted \"freely\"." }))
        }
        "related_anime" => Some(generate_related_anime(state, &mut rng, 3, |out, rng| {
            let (relation, label) = rng.pick_item(&[("sequel", "Sequel"), ("prequel", "Prequel"), ("other", "Other")]);
            out.write_string("relation_type", relation);
            out.write_string("relation_type_formatted", label);
        })),
        "related_manga" => Some("[]".to_owned()),
        "recommendations" => Some(generate_related_anime(state, &mut rng, 6, |out, rng| {
            out.write_display("num_recommendations", rng.next_between(1, 20));
        })),
        "statistics" => Some(statistics_json(anime)),
        _ => None,
    }
}

/// Generates a list of up to `max_count` other anime. `write_more_keys` adds keys to each.
fn generate_related_anime(
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
    for (name, percent) in [("watching", 5), ("completed", 70), ("on_hold", 3), ("dropped", 4), ("plan_to_watch", 18)] {
        status.write_string(name, &share(percent));
    }
    status.end();
    object.write_display("num_list_users", user_count);
    object.end();
    out
}
