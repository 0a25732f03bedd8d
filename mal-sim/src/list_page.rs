//! `GET /v2/users/{name}/animelist`: a page of a list, and `paging`.
//!
//! Facts (observed): `paging` is `{}` where there is one page; `next` is absent on the last page, `previous` on the
//! first; both are absolute, `offset` first, the other parameters echoed in the order sent and percent-encoded; steps
//! are the page's limit, without a snapshot.

use std::collections::HashMap;

use hyper::body::Bytes;

use crate::field_selection::{FieldSelection, RequestedField};
use crate::gzip_encoder;
use crate::http_message::{SimRequest, SimResponse};
use crate::php_json::{self, JsonObjectWriter};
use crate::sim_config::OverLimit;
use crate::sim_list::{SimListOrder, SimListView};
use crate::state::SimState;
use crate::watch_status::{self, WatchStatus};

/// The largest page (documented).
const MAX_PAGE_ENTRIES: usize = 1000;

/// Pages written before, for as long as their lists stay the same.
#[derive(Debug, Default)]
pub(crate) struct PageCache {
    pages: HashMap<PageCacheKey, (Bytes, Option<Bytes>)>,
    size_bytes: usize,
}

/// Bytes of pages that are kept.
const MAX_CACHE_BYTES: usize = 192 << 20;

/// Owner, owner's version, viewer, viewer's version; limit, path and query.
type PageCacheKey = (String, u64, String, u64, String);

impl PageCache {
    fn insert(&mut self, key: PageCacheKey, body: &Bytes, gzip: Option<&Bytes>) {
        if self.size_bytes > MAX_CACHE_BYTES {
            self.pages.clear();
            self.size_bytes = 0;
        }
        let size = |page: &(Bytes, Option<Bytes>)| page.0.len() + page.1.as_ref().map_or(0, Bytes::len);
        let page = (body.clone(), gzip.cloned());
        self.size_bytes += size(&page);
        if let Some(old) = self.pages.insert(key, page) {
            self.size_bytes -= size(&old);
        }
    }
}

/// What a request for a page asks.
#[derive(Clone, Debug)]
struct PageRequest {
    view: SimListView,
    limit: usize,
    offset: usize,
    selection: FieldSelection,
}

/// Answers with a page of `owner`'s list.
pub(crate) fn handle_list_page(
    world: &mut SimState,
    request: &SimRequest,
    owner: &str,
    viewer: Option<&str>,
) -> SimResponse {
    let asked = match parse_page_request(world, request) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(user) = world.find_user(owner) else {
        return SimResponse::not_found();
    };
    let version = |name: &str| world.find_user(name).map_or(0, |user| user.list.version());
    let key = (
        user.name.clone(),
        user.list.version(),
        viewer.unwrap_or_default().to_owned(),
        viewer.map_or(0, version),
        format!("{} {}?{}", asked.limit, request.path, request.query),
    );
    let wanted = request.accepts_gzip() && world.config.gzip;
    let kept = world.page_cache.pages.get(&key).cloned();
    let (body, mut gzip) = match kept {
        Some(kept) => kept,
        None => (Bytes::from(render_page(world, request, owner, viewer, &asked)), None),
    };
    if wanted && gzip.is_none() {
        gzip = Some(gzip_encoder::compress(&body).into());
    }
    world.page_cache.insert(key, &body, gzip.as_ref());
    let mut answer = SimResponse::json(200, body);
    answer.gzip_body = gzip;
    answer
}

fn parse_page_request(world: &SimState, request: &SimRequest) -> Result<PageRequest, SimResponse> {
    let word = |name: &'static str| request.query_param(name).filter(|value| !value.is_empty());
    let bad = SimResponse::bad_parameter;
    let number = |name: &'static str, default: usize| match word(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| bad(name)),
    };
    let status = word("status").map(|word| WatchStatus::parse(&word).ok_or_else(|| bad("status")));
    let sort = word("sort").map(|word| SimListOrder::parse(&word).ok_or_else(|| bad("sort")));
    let nsfw = word("nsfw").map(|word| watch_status::parse_flag(&word).ok_or_else(|| bad("nsfw")));
    let limit = number("limit", world.config.default_limit)?;
    if limit == 0 || (limit > MAX_PAGE_ENTRIES && world.config.over_limit == OverLimit::BadRequest) {
        return Err(bad("limit"));
    }
    Ok(PageRequest {
        view: SimListView {
            sort: sort.transpose()?.unwrap_or_default(),
            status: status.transpose()?,
            includes_gray: nsfw.transpose()?.unwrap_or(false),
        },
        limit: limit.min(MAX_PAGE_ENTRIES),
        offset: number("offset", 0)?,
        selection: FieldSelection::parse(&request.query_param("fields").unwrap_or_default()),
    })
}

fn render_page(
    world: &mut SimState,
    request: &SimRequest,
    owner: &str,
    viewer: Option<&str>,
    asked: &PageRequest,
) -> String {
    let order = world.find_user_mut(owner).map(|user| user.list.ordered_ids(asked.view)).unwrap_or_default();
    let start = asked.offset.min(order.len());
    let end = start.saturating_add(asked.limit).min(order.len());
    let mut out = String::with_capacity(256 + (end - start) * 1024);
    out.push_str("{\"data\":[");
    let asks_mine = asked.selection.node_fields.contains(&RequestedField::MyListStatus);
    for (place, id) in order[start..end].iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let anime = world.anime_cache.find(*id);
        let Some(entry) = world.find_user(owner).and_then(|user| user.list.get(*id)) else {
            continue;
        };
        let mine = viewer
            .filter(|_| asks_mine)
            .and_then(|name| world.find_user(name)?.list.get(*id))
            .map(|entry| &entry.status);
        entry.write_json(&mut out, *id, anime.as_deref(), &asked.selection, mine);
    }
    out.push_str("],\"paging\":");
    let next = (end < order.len()).then_some(asked.offset + asked.limit);
    write_paging(world, &mut out, request, asked.offset, asked.limit, next);
    out.push('}');
    out
}

/// Appends `paging`; `next` is the offset of the next page, if there is one.
pub(crate) fn write_paging(
    world: &SimState,
    out: &mut String,
    request: &SimRequest,
    offset: usize,
    limit: usize,
    next: Option<usize>,
) {
    let link = |offset: usize| {
        let offset = offset.to_string();
        let params = request.query_params();
        let others = params.iter().filter(|(name, _)| name != "offset");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        let query = php_json::build_query(std::iter::once(("offset", offset.as_str())).chain(others));
        format!("{}{}?{query}", world.base_url, request.path)
    };
    let mut paging = JsonObjectWriter::begin(out);
    if offset > 0 {
        paging.write_string("previous", &link(offset.saturating_sub(limit)));
    }
    if let Some(next) = next {
        paging.write_string("next", &link(next));
    }
    paging.end();
}
