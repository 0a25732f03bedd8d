//! `GET /v2/anime/{id}` with its own fields, and `GET /v2/anime?q=`.

use crate::anime_json::{self, SimAnime};
use crate::api;
use crate::catalogue;
use crate::field_selection::{DETAIL_FIELDS, FieldSelection, RequestedField};
use crate::http_message::{SimRequest, SimResponse};
use crate::list_page;
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
    api::write_anime_node(state, &mut out, id, &selection, viewer, &details);
    SimResponse::json(200, out)
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
        api::write_anime_node(state, object.write_key("node"), id, &FieldSelection::default(), None, &[]);
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

/// Number of catalogue positions that a search covers.
const MAX_SEARCHED_ANIME: u32 = 20_000;

/// Handles a search for titles that contain `q`. MAL's own search algorithm is not simulated.
pub(crate) fn handle_search(state: &mut SimState, request: &SimRequest, viewer: Option<&str>) -> SimResponse {
    let query = request.query_param("q").unwrap_or_default().to_lowercase();
    // Shorter queries are refused. The body is observed; the limit is the one that clients respect.
    if query.chars().count() < 3 {
        return SimResponse::bad_parameter("q");
    }
    let number_param = |name: &str, default: usize| {
        let value = request.query_param(name).and_then(|text| text.parse().ok());
        value.unwrap_or(default)
    };
    let (limit, offset) = (number_param("limit", 100).clamp(1, 100), number_param("offset", 0));
    let includes_gray =
        request.query_param("nsfw").is_some_and(|flag| crate::watch_status::parse_flag(&flag) == Some(true));
    let seed = state.anime_cache.seed();
    let found: Vec<u64> = (0..MAX_SEARCHED_ANIME)
        .map(|position| catalogue::generate_facts(seed, position))
        .filter(|anime| anime.title.to_lowercase().contains(&query) && (includes_gray || !anime.is_gray))
        .skip(offset)
        .take(limit + 1)
        .map(|anime| anime.id)
        .collect();
    let selection = FieldSelection::parse(&request.query_param("fields").unwrap_or_default());
    let mut out = String::from("{\"data\":[");
    for (index, id) in found.iter().take(limit).enumerate() {
        out.push_str(if index > 0 { ",{\"node\":" } else { "{\"node\":" });
        api::write_anime_node(state, &mut out, *id, &selection, viewer, &[]);
        out.push('}');
    }
    out.push_str("],\"paging\":");
    let next = (found.len() > limit).then_some(offset + limit);
    list_page::write_paging(state, &mut out, request, offset, limit, next);
    out.push('}');
    SimResponse::json(200, out)
}
