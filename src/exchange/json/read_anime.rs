//! Anime metadata in malsync's JSON export, for an anime that is not stored yet.
//!
//! Invariants:
//!
//! 1. The metadata is not the user's data, and the next sync replaces it. Unreadable values are left out and never
//!    fail.
//! 2. Genres and studios are read only if every name has an id.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::domain::{
    anime::{Anime, Broadcast, IdName, Season},
    partial_date::PartialDate,
    text,
};

/// Returns the anime of this id and title from an object of `list --json`, including the fields that `export` adds.
pub(super) fn anime_from_json(object: &Map<String, Value>, mal_id: i32, title: String) -> Anime {
    let fields = JsonFields(object);
    Anime {
        mal_id,
        title,
        title_english: fields.get_text("title_english"),
        title_japanese: fields.get_text("title_japanese"),
        synopsis: None,
        episodes: fields.get_positive("episodes"),
        status: fields.get_text("airing_status"),
        mean: fields.get_mean(),
        rank: fields.get_positive("rank"),
        popularity: fields.get_positive("popularity"),
        aired_from: fields.get_date("aired_from"),
        aired_to: fields.get_date("aired_to"),
        image_url: fields.get_text("image_url"),
        media_type: fields.get_text("media_type"),
        nsfw: fields.get_text("nsfw"),
        synonyms: fields.get_array("synonyms").iter().filter_map(to_sanitized_text).collect(),
        genres: fields.get_id_names("genres", "genre_ids"),
        studios: fields.get_id_names("studios", "studio_ids"),
        start_season: fields
            .get_positive("season_year")
            .zip(fields.get_text("season"))
            .map(|(year, season)| Season { year, season }),
        source: fields.get_text("source"),
        rating: fields.get_text("rating"),
        average_episode_duration: fields.get_positive("average_episode_duration"),
        broadcast: fields.get_broadcast(),
        num_list_users: fields.get_positive("num_list_users"),
        num_scoring_users: fields.get_positive("num_scoring_users"),
        created_at: None,
        updated_at: None,
    }
}

struct JsonFields<'a>(&'a Map<String, Value>);

impl JsonFields<'_> {
    fn get_text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(to_sanitized_text)
    }

    fn get_positive(&self, name: &str) -> Option<i32> {
        self.0.get(name).and_then(to_positive_i32)
    }

    fn get_date(&self, name: &str) -> Option<PartialDate> {
        self.0.get(name)?.as_str()?.parse().ok()
    }

    fn get_array(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn get_mean(&self) -> Option<Decimal> {
        let mean: Decimal = self.0.get("mean").filter(|mean| mean.is_number())?.to_string().parse().ok()?;
        Some(mean.round_dp(2)).filter(|mean| (Decimal::ZERO..=Decimal::TEN).contains(mean))
    }

    /// Returns names with their ids, sorted by id.
    fn get_id_names(&self, names: &str, ids: &str) -> Vec<IdName> {
        let (names, ids) = (self.get_array(names), self.get_array(ids));
        if names.len() != ids.len() {
            return Vec::new();
        }
        let to_id_name = |(name, id)| Some(IdName { id: to_positive_i32(id)?, name: to_sanitized_text(name)? });
        let mut id_names: Vec<IdName> = names.iter().zip(ids).filter_map(to_id_name).collect();
        id_names.sort();
        id_names.dedup_by_key(|id_name| id_name.id);
        id_names
    }

    /// Parses `saturday 18:30` or `saturday`.
    fn get_broadcast(&self) -> Option<Broadcast> {
        let broadcast = self.get_text("broadcast")?;
        let (day, time) = broadcast.split_once(' ').map_or((&*broadcast, None), |(day, time)| (day, Some(time)));
        Some(Broadcast { day: day.to_owned(), time: time.map(str::to_owned) })
    }
}

fn to_sanitized_text(value: &Value) -> Option<String> {
    let mut text = value.as_str().filter(|text| !text.trim().is_empty())?.to_owned();
    text::sanitize(&mut text);
    Some(text)
}

fn to_positive_i32(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| *number > 0)
}
