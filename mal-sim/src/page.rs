//! `GET /v2/users/{name}/animelist`: a page of a list, and `paging`.
//!
//! Facts (observed): `paging` is `{}` where there is one page; `next` is absent on the last page, `previous` on the
//! first; both are absolute, `offset` first, the other parameters echoed in the order sent and percent-encoded; steps
//! are the page's limit, without a snapshot.

use std::collections::HashMap;

use hyper::body::Bytes;

use crate::config::OverLimit;
use crate::encode::{self, Object};
use crate::exchange::{Answer, Request};
use crate::fields::{Selection, Wanted};
use crate::gzip;
use crate::list::{Sort, View};
use crate::status::{self, Status};
use crate::world::World;

/// The largest page (documented).
const MOST: usize = 1000;

/// Pages written before, for as long as their lists stay the same.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    kept: HashMap<Key, (Bytes, Option<Bytes>)>,
    size: usize,
}

/// Bytes of pages that are kept.
const KEPT: usize = 192 << 20;

/// Owner, owner's version, viewer, viewer's version; limit, path and query.
type Key = (String, u64, String, u64, String);

impl Pages {
    fn keep(&mut self, key: Key, body: &Bytes, gzip: Option<&Bytes>) {
        if self.size > KEPT {
            self.kept.clear();
            self.size = 0;
        }
        let size = |page: &(Bytes, Option<Bytes>)| page.0.len() + page.1.as_ref().map_or(0, Bytes::len);
        let page = (body.clone(), gzip.cloned());
        self.size += size(&page);
        if let Some(old) = self.kept.insert(key, page) {
            self.size -= size(&old);
        }
    }
}

/// What a request for a page asks.
#[derive(Clone, Debug)]
struct Asked {
    view: View,
    limit: usize,
    offset: usize,
    selection: Selection,
}

/// Answers with a page of `owner`'s list.
pub(crate) fn answer(world: &mut World, request: &Request, owner: &str, viewer: Option<&str>) -> Answer {
    let asked = match asked(world, request) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(user) = world.user(owner) else {
        return Answer::not_found();
    };
    let version = |name: &str| world.user(name).map_or(0, |user| user.list.version());
    let key = (
        user.name.clone(),
        user.list.version(),
        viewer.unwrap_or_default().to_owned(),
        viewer.map_or(0, version),
        format!("{} {}?{}", asked.limit, request.path, request.query),
    );
    let wanted = request.takes_gzip() && world.config.gzip;
    let kept = world.pages.kept.get(&key).cloned();
    let (body, mut gzip) = match kept {
        Some(kept) => kept,
        None => (Bytes::from(write(world, request, owner, viewer, &asked)), None),
    };
    if wanted && gzip.is_none() {
        gzip = Some(gzip::compress(&body).into());
    }
    world.pages.keep(key, &body, gzip.as_ref());
    let mut answer = Answer::json(200, body);
    answer.gzip = gzip;
    answer
}

fn asked(world: &World, request: &Request) -> Result<Asked, Answer> {
    let word = |name: &'static str| request.param(name).filter(|value| !value.is_empty());
    let bad = Answer::bad_parameter;
    let number = |name: &'static str, default: usize| match word(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| bad(name)),
    };
    let status = word("status").map(|word| Status::parse(&word).ok_or_else(|| bad("status")));
    let sort = word("sort").map(|word| Sort::parse(&word).ok_or_else(|| bad("sort")));
    let nsfw = word("nsfw").map(|word| status::flag(&word).ok_or_else(|| bad("nsfw")));
    let limit = number("limit", world.config.default_limit)?;
    if limit == 0 || (limit > MOST && world.config.over_limit == OverLimit::BadRequest) {
        return Err(bad("limit"));
    }
    Ok(Asked {
        view: View {
            sort: sort.transpose()?.unwrap_or_default(),
            status: status.transpose()?,
            nsfw: nsfw.transpose()?.unwrap_or(false),
        },
        limit: limit.min(MOST),
        offset: number("offset", 0)?,
        selection: Selection::parse(&request.param("fields").unwrap_or_default()),
    })
}

fn write(world: &mut World, request: &Request, owner: &str, viewer: Option<&str>, asked: &Asked) -> String {
    let order = world.user_mut(owner).map(|user| user.list.order(asked.view)).unwrap_or_default();
    let start = asked.offset.min(order.len());
    let end = start.saturating_add(asked.limit).min(order.len());
    let mut out = String::with_capacity(256 + (end - start) * 1024);
    out.push_str("{\"data\":[");
    let asks_mine = asked.selection.node.contains(&Wanted::MyListStatus);
    for (place, id) in order[start..end].iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let anime = world.shelf.find(*id);
        let Some(entry) = world.user(owner).and_then(|user| user.list.get(*id)) else {
            continue;
        };
        let mine =
            viewer.filter(|_| asks_mine).and_then(|name| world.user(name)?.list.get(*id)).map(|entry| &entry.status);
        entry.write(&mut out, *id, anime.as_deref(), &asked.selection, mine);
    }
    out.push_str("],\"paging\":");
    let next = (end < order.len()).then_some(asked.offset + asked.limit);
    write_paging(world, &mut out, request, asked.offset, asked.limit, next);
    out.push('}');
    out
}

/// Appends `paging`; `next` is the offset of the next page, if there is one.
pub(crate) fn write_paging(
    world: &World,
    out: &mut String,
    request: &Request,
    offset: usize,
    limit: usize,
    next: Option<usize>,
) {
    let link = |offset: usize| {
        let offset = offset.to_string();
        let params = request.params();
        let others = params.iter().filter(|(name, _)| name != "offset");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        let query = encode::query(std::iter::once(("offset", offset.as_str())).chain(others));
        format!("{}{}?{query}", world.base, request.path)
    };
    let mut paging = Object::begin(out);
    if offset > 0 {
        paging.string("previous", &link(offset.saturating_sub(limit)));
    }
    if let Some(next) = next {
        paging.string("next", &link(next));
    }
    paging.end();
}
