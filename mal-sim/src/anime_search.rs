//! `GET /v2/anime?q=`: a search of the catalogue.

use crate::anime_details::write_anime_node;
use crate::catalogue;
use crate::field_selection::FieldSelection;
use crate::http_message::{SimRequest, SimResponse};
use crate::list_page::parse_flag;
use crate::paging::write_paging;
use crate::state::SimState;

/// Number of catalogue positions that a search covers.
const MAX_SEARCHED_ANIME: u32 = 20_000;

/// Number of results on a page without `limit` (observed).
const DEFAULT_RESULTS: usize = 10;

/// Maximum number of results on a page (documented).
const MAX_RESULTS: usize = 100;

/// Handles a search for titles that contain `q`. MAL's own search algorithm is not simulated.
pub(crate) fn handle_search(state: &mut SimState, request: &SimRequest, viewer: Option<&str>) -> SimResponse {
    let query = request.query_param("q").unwrap_or_default().to_lowercase();
    // Other lengths are refused (observed, counted in characters: inferred).
    if !(3..=64).contains(&query.chars().count()) {
        return SimResponse::bad_parameter("q");
    }
    let number_param = |name: &str, default: usize| {
        let value = request.query_param(name).and_then(|text| text.parse().ok());
        value.unwrap_or(default)
    };
    let (limit, offset) = (number_param("limit", DEFAULT_RESULTS).clamp(1, MAX_RESULTS), number_param("offset", 0));
    let includes_gray = request.query_param("nsfw").is_some_and(|flag| parse_flag(&flag) == Some(true));
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
        write_anime_node(state, &mut out, *id, &selection, viewer, &[]);
        out.push('}');
    }
    out.push_str("],\"paging\":");
    let next = (found.len() > limit).then_some(offset + limit);
    write_paging(&mut out, &state.base_url, request, offset, limit, next);
    out.push('}');
    SimResponse::json(200, out)
}
