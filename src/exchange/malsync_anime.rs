//! Reads anime metadata from JSON and CSV that malsync wrote, where the keys are names of columns. For an anime that is
//! not stored yet.
//!
//! Invariants:
//!
//! 1. The metadata is not the user's data, and the next sync replaces it. Unreadable values are left out and never
//!    fail.
//! 2. Genres and studios are read only if there are as many ids as names. Unreadable pairs are left out.

use serde_json::{Map, Value};

use super::{cell::CellType, columns::OutputColumn};
use crate::domain::anime::{Anime, IdName, Season};

/// Returns the anime of this id and title from an object of `list --json`, including the fields that `export` adds.
pub(super) fn parse_anime(object: &Map<String, Value>, mal_id: i32, title: String) -> Anime {
    let mut anime = Anime { mal_id, title, ..Anime::default() };
    for column in OutputColumn::all() {
        if let Some(json) = object.get(column.name()) {
            column.set_in_anime(&mut anime, json);
        }
    }
    anime.genres = read_id_names(object, "genres", "genre_ids");
    anime.studios = read_id_names(object, "studios", "studio_ids");
    anime.start_season = read_value(object, "season_year")
        .zip(read_value(object, "season"))
        .map(|(year, season)| Season { year, season });
    anime
}

fn read_value<T>(object: &Map<String, Value>, name: &str) -> Option<T>
where
    Option<T>: CellType,
{
    object.get(name).and_then(CellType::from_json)
}

/// Returns names with their ids, sorted by id.
fn read_id_names(object: &Map<String, Value>, names: &str, ids: &str) -> Vec<IdName> {
    let array = |name: &str| object.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (names, ids) = (array(names), array(ids));
    if names.len() != ids.len() {
        return Vec::new();
    }
    let to_id_name = |(name, id)| {
        let (id, name): (Option<i32>, Option<String>) = (CellType::from_json(id), CellType::from_json(name));
        Some(IdName { id: id?, name: name? })
    };
    let mut id_names: Vec<IdName> = names.iter().zip(ids).filter_map(to_id_name).collect();
    id_names.sort();
    id_names.dedup_by_key(|id_name| id_name.id);
    id_names
}
