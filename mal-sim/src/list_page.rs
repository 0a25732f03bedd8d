//! `GET /v2/users/{name}/animelist`: a page of a list.

use hyper::body::Bytes;

use crate::field_selection::{FieldSelection, RequestedField};
use crate::gzip_encoder;
use crate::http_message::{SimRequest, SimResponse};
use crate::list_status::WatchStatus;
use crate::paging::write_paging;
use crate::sim_config::OverLimit;
use crate::sim_list::{SimListOrder, SimListView};
use crate::state::SimState;

/// Maximum number of entries on a page (documented).
const MAX_PAGE_ENTRIES: usize = 1000;

/// The parameters of a request for a page.
#[derive(Clone, Debug)]
struct PageRequest {
    view: SimListView,
    limit: usize,
    offset: usize,
    selection: FieldSelection,
}

/// Handles a request for a page of `owner`'s list. `viewer` is the user whose token was sent, if any.
pub(crate) fn handle_list_page(
    state: &mut SimState,
    request: &SimRequest,
    owner: &str,
    viewer: Option<&str>,
) -> SimResponse {
    let page_request = match parse_page_request(state, request) {
        Ok(page_request) => page_request,
        Err(response) => return response,
    };
    let Some(user) = state.find_user(owner) else {
        return SimResponse::not_found();
    };
    let version = |name: &str| state.find_user(name).map_or(0, |user| user.list.version());
    let key = (
        user.name.clone(),
        user.list.version(),
        viewer.unwrap_or_default().to_owned(),
        viewer.map_or(0, version),
        format!("{} {}?{}", page_request.limit, request.path, request.query),
    );
    let wants_gzip = request.accepts_gzip() && state.config.gzip;
    let cached = state.page_cache.get(&key);
    let (body, mut gzip) = match cached {
        Some(cached) => cached,
        None => (Bytes::from(render_page(state, request, owner, viewer, &page_request)), None),
    };
    if wants_gzip && gzip.is_none() {
        gzip = Some(gzip_encoder::compress(&body).into());
    }
    state.page_cache.insert(key, &body, gzip.as_ref());
    let mut response = SimResponse::json(200, body);
    response.gzip_body = gzip;
    response
}

fn parse_page_request(state: &SimState, request: &SimRequest) -> Result<PageRequest, SimResponse> {
    let param = |name: &'static str| request.query_param(name).filter(|value| !value.is_empty());
    let invalid = SimResponse::bad_parameter;
    let number_param = |name: &'static str, default: usize| match param(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| invalid(name)),
    };
    let status = param("status").map(|param| WatchStatus::parse(&param).ok_or_else(|| invalid("status")));
    let sort = param("sort").map(|param| SimListOrder::parse(&param).ok_or_else(|| invalid("sort")));
    let nsfw = param("nsfw").map(|param| parse_flag(&param).ok_or_else(|| invalid("nsfw")));
    let limit = number_param("limit", state.config.default_limit)?;
    if limit == 0 || (limit > MAX_PAGE_ENTRIES && state.config.over_limit == OverLimit::BadRequest) {
        return Err(invalid("limit"));
    }
    Ok(PageRequest {
        view: SimListView {
            sort: sort.transpose()?.unwrap_or_default(),
            status: status.transpose()?,
            includes_gray: nsfw.transpose()?.unwrap_or(false),
        },
        limit: limit.min(MAX_PAGE_ENTRIES),
        offset: number_param("offset", 0)?,
        selection: FieldSelection::parse(&request.query_param("fields").unwrap_or_default()),
    })
}

fn render_page(
    state: &mut SimState,
    request: &SimRequest,
    owner: &str,
    viewer: Option<&str>,
    page_request: &PageRequest,
) -> String {
    let order = state.find_user_mut(owner).map(|user| user.list.ordered_ids(page_request.view)).unwrap_or_default();
    let start = page_request.offset.min(order.len());
    let end = start.saturating_add(page_request.limit).min(order.len());
    let mut out = String::with_capacity(256 + (end - start) * 1024);
    out.push_str("{\"data\":[");
    let needs_my_status = page_request.selection.node_fields.contains(&RequestedField::MyListStatus);
    for (index, id) in order[start..end].iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let anime = state.anime_cache.find(*id);
        let Some(entry) = state.find_user(owner).and_then(|user| user.list.get(*id)) else {
            continue;
        };
        let my_status_json = viewer
            .filter(|_| needs_my_status)
            .and_then(|name| state.find_user(name)?.list.get(*id))
            .and_then(|entry| entry.status_json(&page_request.selection.my_list_status_extras));
        entry.write_json(&mut out, *id, anime.as_deref(), &page_request.selection, my_status_json.as_deref());
    }
    out.push_str("],\"paging\":");
    let next_offset = (end < order.len()).then_some(page_request.offset + page_request.limit);
    write_paging(&mut out, &state.base_url, request, page_request.offset, page_request.limit, next_offset);
    out.push('}');
    out
}
/// Parses the parameter `nsfw`: `true`, `false`, `1` or `0`, case-insensitively. Live clients send all of these.
pub(crate) fn parse_flag(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
