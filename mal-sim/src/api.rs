//! The API under `/v2`: who asks, and for what.
//!
//! Facts (observed): without credentials 403 `forbidden`; a bad token 401 with `WWW-Authenticate`; a client id alone
//! is enough for anime and other users' lists, not for `@me`; a wrong client id is a 400.

use crate::entry::Node;
use crate::exchange::{Answer, Request};
use crate::fields::Selection;
use crate::status::FormError;
use crate::tokens::Worth;
use crate::world::World;
use crate::{detail, page, person};

/// Who asks: a user by token, or nobody in particular by client id.
pub(crate) type Viewer = Option<String>;

/// Answers a request whose path begins with `/v2`.
pub(crate) fn answer(world: &mut World, request: &Request, parts: &[&str]) -> Answer {
    let viewer = match viewer(world, request) {
        Ok(viewer) => viewer,
        Err(answer) => return answer,
    };
    match (request.method.as_str(), parts, viewer) {
        ("GET", ["users", "@me", ..], None) => Answer::forbidden(),
        ("GET", ["users", "@me"], Some(me)) => person::answer(world, request, &me),
        ("GET", ["users", "@me", "animelist"], Some(me)) => page::answer(world, request, &me, Some(&me)),
        ("GET", ["users", name, "animelist"], viewer) => page::answer(world, request, name, viewer.as_deref()),
        ("GET", ["anime"], viewer) => detail::search(world, request, viewer.as_deref()),
        ("GET", ["anime", id], viewer) => detail::answer(world, request, id, viewer.as_deref()),
        (_, ["anime", _, "my_list_status"], None) => Answer::forbidden(),
        ("PATCH" | "PUT", ["anime", id, "my_list_status"], Some(me)) => write(world, request, id, &me),
        ("DELETE", ["anime", id, "my_list_status"], Some(me)) => delete(world, id, &me),
        _ => Answer::not_found(),
    }
}

fn viewer(world: &mut World, request: &Request) -> Result<Viewer, Answer> {
    if let Some(token) = request.bearer() {
        if let Some(user) = world.token_user(request) {
            world.used(&user);
        }
        return match world.vault.worth(token, world.now_ms()) {
            Worth::Valid => Ok(world.token_user(request)),
            Worth::Expired => Err(Answer::invalid_token(true)),
            Worth::Invalid => Err(Answer::invalid_token(false)),
        };
    }
    match request.header("x-mal-client-id") {
        Some(id) if !id.is_empty() && world.knows_client(id) => Ok(None),
        Some(_) => Err(Answer::bad_request("Invalid client id")),
        None => Err(Answer::forbidden()),
    }
}

/// A write; the entry is made where it is absent (documented and observed).
fn write(world: &mut World, request: &Request, id: &str, me: &str) -> Answer {
    let id = id.parse().unwrap_or(0);
    let known = world.shelf.find(id).is_some();
    let kind = request.header("content-type").unwrap_or_default();
    if kind.starts_with("application/json") {
        // Seen live as a bare 500.
        return Answer::strings(500, &[("message", ""), ("error", "internal_server_error")]);
    }
    let now = world.clock.now().timestamp();
    let Some(user) = world.user_mut(me) else {
        return Answer::invalid_token(false);
    };
    let old = user.list.get(id).map(|entry| entry.status.clone());
    if !known && old.is_none() {
        return Answer::not_found();
    }
    let mut status = old.unwrap_or_default();
    match status.apply(&request.form()) {
        Ok(()) => {}
        Err(FormError::Extra) => {
            return Answer::bad_request("This form should not contain extra fields.");
        }
        Err(FormError::Invalid(name)) => return Answer::bad_parameter(&name),
    }
    status.updated = now;
    let answer = Answer::json(200, status.full());
    let entry = user.list.edit(id);
    entry.status = status;
    entry.settle();
    answer
}

fn delete(world: &mut World, id: &str, me: &str) -> Answer {
    let id = id.parse().unwrap_or(0);
    let lenient = world.config.delete_absent == crate::config::DeleteAbsent::Ok;
    let removed = world.user_mut(me).is_some_and(|user| user.list.get(id).is_some() && user.list.remove(id));
    if removed || lenient {
        return Answer::json(200, "[]");
    }
    Answer::not_found()
}

/// Appends the node of an anime for somebody who asks outside a list; false where there is none.
pub(crate) fn write_anime(
    world: &mut World,
    out: &mut String,
    id: u64,
    selection: &Selection,
    viewer: Option<&str>,
    details: &[Option<String>],
) -> bool {
    let Some(anime) = world.shelf.find(id) else {
        return false;
    };
    let mine = viewer.and_then(|name| world.user(name)?.list.get(id)).map(|entry| &entry.status);
    let node = Node { id, anime: Some(&anime), mine, overlay: None, details };
    node.write(out, selection);
    true
}
