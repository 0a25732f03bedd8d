//! `GET /v2/anime/{id}` with its own fields, and `GET /v2/anime?q=`.

use crate::anime::{self, Anime};
use crate::api;
use crate::catalogue;
use crate::encode::Object;
use crate::exchange::{Answer, Request};
use crate::fields::{DETAIL_FIELDS, Selection, Wanted};
use crate::page;
use crate::rng::Rng;
use crate::world::World;

/// Answers with one anime.
pub(crate) fn answer(world: &mut World, request: &Request, id: &str, viewer: Option<&str>) -> Answer {
    let id = id.parse().unwrap_or(0);
    let Some(anime) = world.shelf.find(id) else {
        return Answer::not_found();
    };
    let selection = Selection::parse(&request.param("fields").unwrap_or_default());
    let details: Vec<Option<String>> = DETAIL_FIELDS
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let asked = selection.node.contains(&Wanted::Detail(place));
            if asked { extra(world, &anime, name) } else { None }
        })
        .collect();
    let mut out = String::new();
    api::write_anime(world, &mut out, id, &selection, viewer, &details);
    Answer::json(200, out)
}

fn extra(world: &mut World, anime: &Anime, name: &str) -> Option<String> {
    let seed = world.shelf.seed();
    let mut rng = Rng::of(&[seed, 5, anime.brief.id, crate::rng::hash(name)]);
    match name {
        "pictures" => {
            let pictures: Vec<String> = (0..rng.below(4)).map(|_| anime::picture(&mut rng, anime.brief.year)).collect();
            Some(format!("[{}]", pictures.join(",")))
        }
        "background" => Some(crate::encode::quoted(if rng.chance(700) { "" } else { "Adapted \"freely\"." })),
        "related_anime" => Some(neighbours(world, &mut rng, 3, |out, rng| {
            let (kind, shown) = rng.pick(&[("sequel", "Sequel"), ("prequel", "Prequel"), ("other", "Other")]);
            out.string("relation_type", kind);
            out.string("relation_type_formatted", shown);
        })),
        "related_manga" => Some("[]".to_owned()),
        "recommendations" => Some(neighbours(world, &mut rng, 6, |out, rng| {
            out.plain("num_recommendations", rng.between(1, 20));
        })),
        "statistics" => Some(statistics(anime)),
        _ => None,
    }
}

/// A list of up to `most` other anime, each with more keys.
fn neighbours(world: &mut World, rng: &mut Rng, most: u32, more: impl Fn(&mut Object<'_>, &mut Rng)) -> String {
    let seed = world.shelf.seed();
    let mut out = String::from("[");
    for n in 0..rng.below(most + 1) {
        if n > 0 {
            out.push(',');
        }
        let id = catalogue::id_at(seed, rng.below(5000));
        let mut object = Object::begin(&mut out);
        api::write_anime(world, object.key("node"), id, &Selection::default(), None, &[]);
        more(&mut object, rng);
        object.end();
    }
    out.push(']');
    out
}

/// Counts are strings here (recorded).
fn statistics(anime: &Anime) -> String {
    let users = anime::popularity(&anime.brief).1;
    let share = |percent: u64| (users * percent / 100).to_string();
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    let mut status = Object::begin(object.key("status"));
    for (name, percent) in [("watching", 5), ("completed", 70), ("on_hold", 3), ("dropped", 4), ("plan_to_watch", 18)] {
        status.string(name, &share(percent));
    }
    status.end();
    object.plain("num_list_users", users);
    object.end();
    out
}

/// How much of the catalogue a search looks through.
const SEARCHED: u32 = 20_000;

/// Answers a search: titles that contain `q`. MAL's own way of searching is not simulated.
pub(crate) fn search(world: &mut World, request: &Request, viewer: Option<&str>) -> Answer {
    let q = request.param("q").unwrap_or_default().to_lowercase();
    // Shorter ones are refused (observed body; the bound is what clients keep to).
    if q.chars().count() < 3 {
        return Answer::bad_parameter("q");
    }
    let number = |name: &str, default: usize| {
        let sent = request.param(name).and_then(|text| text.parse().ok());
        sent.unwrap_or(default)
    };
    let (limit, offset) = (number("limit", 100).clamp(1, 100), number("offset", 0));
    let nsfw = request.param("nsfw").is_some_and(|flag| crate::status::flag(&flag) == Some(true));
    let seed = world.shelf.seed();
    let found: Vec<u64> = (0..SEARCHED)
        .map(|k| catalogue::brief(seed, k))
        .filter(|anime| anime.title.to_lowercase().contains(&q) && (nsfw || !anime.gray))
        .skip(offset)
        .take(limit + 1)
        .map(|anime| anime.id)
        .collect();
    let selection = Selection::parse(&request.param("fields").unwrap_or_default());
    let mut out = String::from("{\"data\":[");
    for (place, id) in found.iter().take(limit).enumerate() {
        out.push_str(if place > 0 { ",{\"node\":" } else { "{\"node\":" });
        api::write_anime(world, &mut out, *id, &selection, viewer, &[]);
        out.push('}');
    }
    out.push_str("],\"paging\":");
    let next = (found.len() > limit).then_some(offset + limit);
    page::write_paging(world, &mut out, request, offset, limit, next);
    out.push('}');
    Answer::json(200, out)
}
