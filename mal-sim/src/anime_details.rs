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

/// Answers with one anime.
pub(crate) fn handle_anime_details(
    world: &mut SimState,
    request: &SimRequest,
    id: &str,
    viewer: Option<&str>,
) -> SimResponse {
    let id = id.parse().unwrap_or(0);
    let Some(anime) = world.anime_cache.find(id) else {
        return SimResponse::not_found();
    };
    let selection = FieldSelection::parse(&request.query_param("fields").unwrap_or_default());
    let details: Vec<Option<String>> = DETAIL_FIELDS
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let asked = selection.node_fields.contains(&RequestedField::Detail(place));
            if asked { generate_detail_field(world, &anime, name) } else { None }
        })
        .collect();
    let mut out = String::new();
    api::write_anime_node(world, &mut out, id, &selection, viewer, &details);
    SimResponse::json(200, out)
}

fn generate_detail_field(world: &mut SimState, anime: &SimAnime, name: &str) -> Option<String> {
    let seed = world.anime_cache.seed();
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
        "related_anime" => Some(generate_related_anime(world, &mut rng, 3, |out, rng| {
            let (kind, shown) = rng.pick_item(&[("sequel", "Sequel"), ("prequel", "Prequel"), ("other", "Other")]);
            out.write_string("relation_type", kind);
            out.write_string("relation_type_formatted", shown);
        })),
        "related_manga" => Some("[]".to_owned()),
        "recommendations" => Some(generate_related_anime(world, &mut rng, 6, |out, rng| {
            out.write_display("num_recommendations", rng.next_between(1, 20));
        })),
        "statistics" => Some(statistics_json(anime)),
        _ => None,
    }
}

/// A list of up to `most` other anime, each with more keys.
fn generate_related_anime(
    world: &mut SimState,
    rng: &mut SeededRng,
    most: u32,
    more: impl Fn(&mut JsonObjectWriter<'_>, &mut SeededRng),
) -> String {
    let seed = world.anime_cache.seed();
    let mut out = String::from("[");
    for n in 0..rng.next_below(most + 1) {
        if n > 0 {
            out.push(',');
        }
        let id = catalogue::id_at_position(seed, rng.next_below(5000));
        let mut object = JsonObjectWriter::begin(&mut out);
        api::write_anime_node(world, object.write_key("node"), id, &FieldSelection::default(), None, &[]);
        more(&mut object, rng);
        object.end();
    }
    out.push(']');
    out
}

/// Counts are strings here (recorded).
fn statistics_json(anime: &SimAnime) -> String {
    let users = anime_json::popularity_and_users(&anime.facts).1;
    let share = |percent: u64| (users * percent / 100).to_string();
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    let mut status = JsonObjectWriter::begin(object.write_key("status"));
    for (name, percent) in [("watching", 5), ("completed", 70), ("on_hold", 3), ("dropped", 4), ("plan_to_watch", 18)] {
        status.write_string(name, &share(percent));
    }
    status.end();
    object.write_display("num_list_users", users);
    object.end();
    out
}

/// How much of the catalogue a search looks through.
const MAX_SEARCHED_ANIME: u32 = 20_000;

/// Answers a search: titles that contain `q`. MAL's own way of searching is not simulated.
pub(crate) fn handle_search(world: &mut SimState, request: &SimRequest, viewer: Option<&str>) -> SimResponse {
    let q = request.query_param("q").unwrap_or_default().to_lowercase();
    // Shorter ones are refused (observed body; the bound is what clients keep to).
    if q.chars().count() < 3 {
        return SimResponse::bad_parameter("q");
    }
    let number = |name: &str, default: usize| {
        let sent = request.query_param(name).and_then(|text| text.parse().ok());
        sent.unwrap_or(default)
    };
    let (limit, offset) = (number("limit", 100).clamp(1, 100), number("offset", 0));
    let nsfw = request.query_param("nsfw").is_some_and(|flag| crate::watch_status::parse_flag(&flag) == Some(true));
    let seed = world.anime_cache.seed();
    let found: Vec<u64> = (0..MAX_SEARCHED_ANIME)
        .map(|k| catalogue::generate_facts(seed, k))
        .filter(|anime| anime.title.to_lowercase().contains(&q) && (nsfw || !anime.is_gray))
        .skip(offset)
        .take(limit + 1)
        .map(|anime| anime.id)
        .collect();
    let selection = FieldSelection::parse(&request.query_param("fields").unwrap_or_default());
    let mut out = String::from("{\"data\":[");
    for (place, id) in found.iter().take(limit).enumerate() {
        out.push_str(if place > 0 { ",{\"node\":" } else { "{\"node\":" });
        api::write_anime_node(world, &mut out, *id, &selection, viewer, &[]);
        out.push('}');
    }
    out.push_str("],\"paging\":");
    let next = (found.len() > limit).then_some(offset + limit);
    list_page::write_paging(world, &mut out, request, offset, limit, next);
    out.push('}');
    SimResponse::json(200, out)
}
