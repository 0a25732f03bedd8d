//! What a file of our own tells of an anime, for a row where there is none yet.
//!
//! The rule: none of it is the user's, and the next sync brings MAL's: what cannot be read is left out, and stops nothing.
//! Genres and studios are taken where their ids stand beside their names.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::domain::{
    anime::{Anime, Broadcast, IdName, Season},
    partial_date::PartialDate,
    text,
};

/// Reads what the object of `list --json`, with what `export` adds to it, says of the anime of this id and title.
pub(super) fn anime_from_json(object: &Map<String, Value>, mal_id: i32, title: String) -> Anime {
    let said = JsonFields(object);
    Anime {
        mal_id,
        title,
        title_english: said.get_text("title_english"),
        title_japanese: said.get_text("title_japanese"),
        synopsis: None,
        episodes: said.get_positive("episodes"),
        status: said.get_text("airing_status"),
        mean: said.get_mean(),
        rank: said.get_positive("rank"),
        popularity: said.get_positive("popularity"),
        aired_from: said.get_date("aired_from"),
        aired_to: said.get_date("aired_to"),
        image_url: said.get_text("image_url"),
        media_type: said.get_text("media_type"),
        nsfw: said.get_text("nsfw"),
        synonyms: said.get_array("synonyms").iter().filter_map(to_sanitized_text).collect(),
        genres: said.get_id_names("genres", "genre_ids"),
        studios: said.get_id_names("studios", "studio_ids"),
        start_season: said
            .get_positive("season_year")
            .zip(said.get_text("season"))
            .map(|(year, season)| Season { year, season }),
        source: said.get_text("source"),
        rating: said.get_text("rating"),
        average_episode_duration: said.get_positive("average_episode_duration"),
        broadcast: said.get_broadcast(),
        num_list_users: said.get_positive("num_list_users"),
        num_scoring_users: said.get_positive("num_scoring_users"),
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

    /// Names with their ids, by id.
    fn get_id_names(&self, names: &str, ids: &str) -> Vec<IdName> {
        let (names, ids) = (self.get_array(names), self.get_array(ids));
        if names.len() != ids.len() {
            return Vec::new();
        }
        let one = |(name, id)| Some(IdName { id: to_positive_i32(id)?, name: to_sanitized_text(name)? });
        let mut named: Vec<IdName> = names.iter().zip(ids).filter_map(one).collect();
        named.sort();
        named.dedup_by_key(|named| named.id);
        named
    }

    /// `saturday 18:30`, or the day alone.
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
