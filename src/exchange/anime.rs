//! What a file of our own tells of an anime, for a row where there is none yet.
//!
//! The rule: none of it is the user's, and the next sync brings MAL's: what cannot be read is left out, and stops nothing.
//! Genres and studios are taken where their ids stand beside their names.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::domain::{
    anime::{Anime, Broadcast, Named, Season},
    partial_date::PartialDate,
    text,
};

/// Reads what the object of `list --json`, with what `export` adds to it, says of the anime of this id and title.
pub(super) fn read(object: &Map<String, Value>, mal_id: i32, title: String) -> Anime {
    let said = Said(object);
    Anime {
        mal_id,
        title,
        title_english: said.text("title_english"),
        title_japanese: said.text("title_japanese"),
        synopsis: None,
        episodes: said.number("episodes"),
        status: said.text("airing_status"),
        mean: said.mean(),
        rank: said.number("rank"),
        popularity: said.number("popularity"),
        aired_from: said.date("aired_from"),
        aired_to: said.date("aired_to"),
        image_url: said.text("image_url"),
        media_type: said.text("media_type"),
        nsfw: said.text("nsfw"),
        synonyms: said.list("synonyms").iter().filter_map(text).collect(),
        genres: said.named("genres", "genre_ids"),
        studios: said.named("studios", "studio_ids"),
        start_season: said.number("season_year").zip(said.text("season")).map(|(year, season)| Season { year, season }),
        source: said.text("source"),
        rating: said.text("rating"),
        average_episode_duration: said.number("average_episode_duration"),
        broadcast: said.broadcast(),
        num_list_users: said.number("num_list_users"),
        num_scoring_users: said.number("num_scoring_users"),
        created_at: None,
        updated_at: None,
    }
}

struct Said<'a>(&'a Map<String, Value>);

impl Said<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(text)
    }

    fn number(&self, name: &str) -> Option<i32> {
        self.0.get(name).and_then(positive)
    }

    fn date(&self, name: &str) -> Option<PartialDate> {
        self.0.get(name)?.as_str()?.parse().ok()
    }

    fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn mean(&self) -> Option<Decimal> {
        let mean: Decimal = self.0.get("mean").filter(|mean| mean.is_number())?.to_string().parse().ok()?;
        Some(mean.round_dp(2)).filter(|mean| (Decimal::ZERO..=Decimal::TEN).contains(mean))
    }

    /// Names with their ids, by id.
    fn named(&self, names: &str, ids: &str) -> Vec<Named> {
        let (names, ids) = (self.list(names), self.list(ids));
        if names.len() != ids.len() {
            return Vec::new();
        }
        let one = |(name, id)| Some(Named { id: positive(id)?, name: text(name)? });
        let mut named: Vec<Named> = names.iter().zip(ids).filter_map(one).collect();
        named.sort();
        named.dedup_by_key(|named| named.id);
        named
    }

    /// `saturday 18:30`, or the day alone.
    fn broadcast(&self) -> Option<Broadcast> {
        let broadcast = self.text("broadcast")?;
        let (day, time) = broadcast.split_once(' ').map_or((&*broadcast, None), |(day, time)| (day, Some(time)));
        Some(Broadcast { day: day.to_owned(), time: time.map(str::to_owned) })
    }
}

fn text(value: &Value) -> Option<String> {
    let mut text = value.as_str().filter(|text| !text.trim().is_empty())?.to_owned();
    text::mend(&mut text);
    Some(text)
}

fn positive(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| *number > 0)
}
