//! One anime as JSON: ready-made text for each field, `None` if MAL omits the key.
//!
//! MAL omits these keys instead of sending null (observed): mean and rank of an anime without scores, unknown dates, a
//! missing picture, genres, broadcast. An `rx` anime has a mean but no rank (recorded).

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalogue::{self, AnimeFacts, SimAiringStatus};
use crate::php_encoding::{self, JsonObjectWriter};
use crate::rng::SeededRng;
use crate::sim_clock;
use crate::word_list;

/// The node fields except `id`, `title` and `main_picture`, in documented order.
pub(crate) const NODE_FIELDS: [&str; 21] = [
    "alternative_titles",
    "start_date",
    "end_date",
    "synopsis",
    "mean",
    "rank",
    "popularity",
    "num_list_users",
    "num_scoring_users",
    "nsfw",
    "created_at",
    "updated_at",
    "media_type",
    "status",
    "genres",
    "num_episodes",
    "start_season",
    "broadcast",
    "source",
    "average_episode_duration",
    "rating",
];

/// Index of `studios`, which follows [`NODE_FIELDS`].
pub(crate) const STUDIOS_INDEX: usize = NODE_FIELDS.len();

/// An anime with its fields serialized as JSON.
#[derive(Debug)]
pub(crate) struct SimAnime {
    /// Facts used for sorting, filtering and statistics.
    pub(crate) facts: AnimeFacts,
    /// The title as a JSON string.
    pub(crate) title_json: String,
    /// `main_picture`.
    pub(crate) picture_json: Option<String>,
    /// JSON of each field, indexed as in `NODE_FIELDS`; `studios` comes last.
    pub(crate) field_json: [Option<String>; STUDIOS_INDEX + 1],
}

/// Cache of generated anime, shared by all lists.
#[derive(Debug)]
pub(crate) struct AnimeCache {
    seed: u64,
    /// True if a few anime have no `alternative_titles`.
    titles_can_be_absent: bool,
    cached: HashMap<u32, Arc<SimAnime>>,
}

/// Limit of cached anime, about 150 MB of text. A larger cache is emptied.
const MAX_CACHED_ANIME: usize = 60_000;

impl AnimeCache {
    pub(crate) fn new(seed: u64, titles_can_be_absent: bool) -> Self {
        Self { seed, titles_can_be_absent, cached: HashMap::new() }
    }

    /// Sets whether a few anime have no `alternative_titles`. Returns true if this is a change.
    pub(crate) fn set_titles_can_be_absent(&mut self, can_be_absent: bool) -> bool {
        let is_change = self.titles_can_be_absent != can_be_absent;
        if is_change {
            *self = Self::new(self.seed, can_be_absent);
        }
        is_change
    }

    /// Returns the seed of all generated data.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the anime with this id, or `None` if the catalogue has no such anime.
    pub(crate) fn find(&mut self, id: u64) -> Option<Arc<SimAnime>> {
        let position = catalogue::position_of_id(self.seed, id)?;
        if self.cached.len() > MAX_CACHED_ANIME {
            self.cached.clear();
        }
        let (seed, can_be_absent) = (self.seed, self.titles_can_be_absent);
        let generate = || Arc::new(SimAnime::generate(seed, position, can_be_absent));
        let anime = self.cached.entry(position).or_insert_with(generate);
        Some(Arc::clone(anime))
    }
}

impl SimAnime {
    fn generate(seed: u64, position: u32, titles_can_be_absent: bool) -> Self {
        let facts = catalogue::generate_facts(seed, position);
        let mut rng = SeededRng::from_parts(&[seed, crate::rng::ANIME_FIELDS_STREAM, u64::from(position)]);
        let mut field_json = [const { None }; STUDIOS_INDEX + 1];
        for (index, name) in NODE_FIELDS.iter().chain(&["studios"]).enumerate() {
            field_json[index] = generate_field(name, &facts, &mut rng);
            if *name == "alternative_titles" && field_json[index].is_none() && !titles_can_be_absent {
                // These titles have a random stream of their own. The other fields are thus the same, whether or not
                // titles can be absent.
                let mut titles_rng =
                    SeededRng::from_parts(&[seed, crate::rng::ANIME_TITLES_STREAM, u64::from(position)]);
                field_json[index] = Some(generate_alternative_titles(&facts, &mut titles_rng));
            }
        }
        Self {
            title_json: php_encoding::quote_string(&facts.title),
            picture_json: (!rng.chance_per_mille(12)).then(|| generate_picture(&mut rng, facts.start_year)),
            facts,
            field_json,
        }
    }
}

/// Generates a picture object. Host and format depend on the year: MAL moved newer pictures (observed).
pub(crate) fn generate_picture(rng: &mut SeededRng, year: u32) -> String {
    let (host, format) = match year {
        ..2015 => ("api-cdn.myanimelist.net", "jpg"),
        2015..2025 => ("cdn.myanimelist.net", "jpg"),
        2025.. => ("myanimelist.net", "webp"),
    };
    let (folder, file) = (rng.next_between(1, 1999), rng.next_between(10_000, 160_000));
    let url = format!("https://{host}/images/anime/{folder}/{file}");
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    object.write_string("medium", &format!("{url}.{format}"));
    object.write_string("large", &format!("{url}l.{format}"));
    object.end();
    out
}

fn generate_field(name: &str, facts: &AnimeFacts, rng: &mut SeededRng) -> Option<String> {
    let is_unaired = facts.airing_status == SimAiringStatus::NotYetAired;
    let user_count = popularity_and_users(facts).1;
    match name {
        "alternative_titles" => (!rng.chance_per_mille(10)).then(|| generate_alternative_titles(facts, rng)),
        "start_date" => (!facts.start_date.is_empty()).then(|| php_encoding::quote_string(&facts.start_date)),
        "end_date" => compute_end_date(facts).map(|date| php_encoding::quote_string(&date)),
        "synopsis" => (!rng.chance_per_mille(15)).then(|| php_encoding::quote_string(&generate_synopsis(rng))),
        "mean" => (!is_unaired && !rng.chance_per_mille(20)).then(|| {
            let cents = 400 + rng.next_below(260) + rng.next_below(250);
            format!("{}.{:02}", cents / 100, cents % 100)
        }),
        "rank" => (!is_unaired && facts.rating != "rx" && !rng.chance_per_mille(20))
            .then(|| rng.next_between(1, 15_000).to_string()),
        "popularity" => Some(popularity_and_users(facts).0.to_string()),
        "num_list_users" => Some(user_count.to_string()),
        "num_scoring_users" => Some(if is_unaired { 0 } else { user_count / 2 }.to_string()),
        "nsfw" => Some(php_encoding::quote_string(if facts.is_gray { "gray" } else { "white" })),
        "created_at" => {
            let years = i64::from(2026 - facts.start_year.max(2005));
            let at = sim_clock::REFERENCE_TIME_SECONDS
                - years * 31_557_600
                - i64::from(rng.next_below(20_000_000))
                - 3_000_000;
            Some(php_encoding::quote_string(&sim_clock::format_timestamp(at)))
        }
        "updated_at" => {
            let at = sim_clock::REFERENCE_TIME_SECONDS - i64::from(rng.next_below(3_000_000));
            Some(php_encoding::quote_string(&sim_clock::format_timestamp(at)))
        }
        "media_type" => Some(php_encoding::quote_string(facts.media_type)),
        "status" => Some(php_encoding::quote_string(facts.airing_status.as_str())),
        "genres" => (!rng.chance_per_mille(20)).then(|| generate_genres(facts, rng)),
        "num_episodes" => Some(facts.episodes.to_string()),
        _ => generate_remaining_field(name, facts, rng),
    }
}

/// Continues [`generate_field`] with the fields after `num_episodes` in [`NODE_FIELDS`], and with `studios`.
fn generate_remaining_field(name: &str, facts: &AnimeFacts, rng: &mut SeededRng) -> Option<String> {
    match name {
        "start_season" => (facts.start_date.len() >= 7).then(|| season_json(facts)),
        "broadcast" => (facts.media_type == "tv" && rng.chance_per_mille(700)).then(|| generate_broadcast(rng)),
        "source" => (!rng.chance_per_mille(40)).then(|| {
            php_encoding::quote_string(rng.pick_weighted(&[
                (40, "manga"),
                (30, "original"),
                (14, "light_novel"),
                (6, "game"),
                (5, "visual_novel"),
                (3, "web_manga"),
                (2, "other"),
            ]))
        }),
        "average_episode_duration" => (facts.episode_seconds > 0).then(|| facts.episode_seconds.to_string()),
        "rating" => (!rng.chance_per_mille(20)).then(|| php_encoding::quote_string(facts.rating)),
        "studios" => Some(generate_studios(rng)),
        _ => None,
    }
}

/// Returns the popularity rank and the number of users. Both derive from the title, so they agree with each other.
pub(crate) fn popularity_and_users(facts: &AnimeFacts) -> (u64, u64) {
    let rank = 1 + crate::rng::hash_name(&facts.title) % 20_000;
    (rank, 40 + 2_000_000 / (rank + 3))
}

fn generate_alternative_titles(facts: &AnimeFacts, rng: &mut SeededRng) -> String {
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    let synonyms: Vec<String> = (0..rng.next_below(3))
        .map(|_| {
            php_encoding::quote_string(&format!(
                "{} {}",
                rng.pick_item(&word_list::TITLE_FIRST_HALVES),
                rng.pick_item(&word_list::TITLE_SECOND_HALVES)
            ))
        })
        .collect();
    object.write_raw("synonyms", &format!("[{}]", synonyms.join(",")));
    object.write_string("en", if rng.chance_per_mille(400) { "" } else { &facts.title });
    object.write_string(
        "ja",
        &if rng.chance_per_mille(30) { String::new() } else { catalogue::generate_japanese_title(rng) },
    );
    object.end();
    out
}

fn compute_end_date(facts: &AnimeFacts) -> Option<String> {
    if facts.airing_status != SimAiringStatus::FinishedAiring || facts.start_date.is_empty() {
        return None;
    }
    let months = facts.start_month - 1 + facts.episodes / 4;
    let (year, month) = (facts.start_year + months / 12, months % 12 + 1);
    match facts.start_date.len() {
        4 => Some(format!("{year}")),
        7 => Some(format!("{year}-{month:02}")),
        _ if facts.episodes == 1 => Some(facts.start_date.clone()),
        _ => Some(format!("{year}-{month:02}-28")),
    }
}

fn generate_synopsis(rng: &mut SeededRng) -> String {
    let mut text = String::new();
    for sentence in 0..rng.next_between(3, 12) {
        if sentence > 0 {
            text.push_str(if rng.chance_per_mille(150) { "\n\n" } else { " " });
        }
        text.push_str(rng.pick_item(&word_list::SYNOPSIS_SENTENCES));
    }
    text.push_str(if rng.chance_per_mille(600) {
        "\n\n[Written by MAL Rewrite]"
    } else {
        "\n\n(Source: publisher, translated)"
    });
    text
}

fn generate_genres(facts: &AnimeFacts, rng: &mut SeededRng) -> String {
    let start = rng.next_below(18);
    let mut pieces = Vec::new();
    if facts.rating == "rx" {
        pieces.push(id_name_json(12, "Hentai"));
    }
    for step in 0..rng.next_between(1, 5) {
        let (id, name) = word_list::GENRE_NAMES[((start + step * 5) % 18) as usize];
        pieces.push(id_name_json(id, name));
    }
    format!("[{}]", pieces.join(","))
}

fn generate_studios(rng: &mut SeededRng) -> String {
    let count = rng.pick_weighted(&[(15, 0), (75, 1), (10, 2)]);
    let start = rng.next_below(12);
    let pieces: Vec<String> = (0..count)
        .map(|offset| {
            let index = (start + offset) % 12;
            id_name_json(100 + index, word_list::STUDIO_NAMES[index as usize])
        })
        .collect();
    format!("[{}]", pieces.join(","))
}

fn id_name_json(id: u32, name: &str) -> String {
    let mut out = String::new();
    let mut object = JsonObjectWriter::begin(&mut out);
    object.write_display("id", id);
    object.write_string("name", name);
    object.end();
    out
}

fn season_json(facts: &AnimeFacts) -> String {
    let season = ["winter", "spring", "summer", "fall"][((facts.start_month - 1) / 3) as usize];
    format!("{{\"year\":{},\"season\":\"{season}\"}}", facts.start_year)
}

fn generate_broadcast(rng: &mut SeededRng) -> String {
    let day = rng.pick_item(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "other"]);
    // `start_time` is optional, as in the documented type.
    if rng.chance_per_mille(150) {
        return format!("{{\"day_of_the_week\":\"{day}\"}}");
    }
    let (hour, minute) = (rng.next_between(0, 23), rng.pick_item(&["00", "25", "30", "55"]));
    format!("{{\"day_of_the_week\":\"{day}\",\"start_time\":\"{hour:02}:{minute}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_valid_json_and_optional_fields_are_sometimes_absent() {
        let mut present = [0_u32; STUDIOS_INDEX + 1];
        for position in 0..1500 {
            let anime = SimAnime::generate(1, position, true);
            for (index, text) in anime.field_json.iter().enumerate() {
                if let Some(text) = text {
                    present[index] += 1;
                    serde_json::from_str::<serde_json::Value>(text).unwrap();
                }
            }
            serde_json::from_str::<String>(&anime.title_json).unwrap();
        }
        let count = |name: &str| present[NODE_FIELDS.iter().position(|field| *field == name).unwrap_or(STUDIOS_INDEX)];
        for always in ["popularity", "nsfw", "media_type", "status", "num_episodes", "studios"] {
            assert_eq!(count(always), 1500, "{always}");
        }
        for sometimes in [
            "mean",
            "rank",
            "start_date",
            "end_date",
            "genres",
            "broadcast",
            "start_season",
            "alternative_titles",
            "synopsis",
            "rating",
            "source",
            "average_episode_duration",
        ] {
            assert!((1..1500).contains(&count(sometimes)), "{sometimes}: {}", count(sometimes));
        }
    }

    #[test]
    fn pictures_are_where_mal_has_them() {
        for (year, start, end) in [
            (2014, "{\"medium\":\"https:\\/\\/api-cdn.myanimelist.net\\/images\\/anime\\/", "l.jpg\"}"),
            (2024, "{\"medium\":\"https:\\/\\/cdn.myanimelist.net\\/images\\/anime\\/", "l.jpg\"}"),
            (2026, "{\"medium\":\"https:\\/\\/myanimelist.net\\/images\\/anime\\/", "l.webp\"}"),
        ] {
            let picture = generate_picture(&mut SeededRng::from_parts(&[1]), year);
            assert!(picture.starts_with(start) && picture.ends_with(end), "{picture}");
        }
    }

    #[test]
    fn rx_anime_has_no_rank_and_is_gray() {
        let rank = NODE_FIELDS.iter().position(|field| *field == "rank").unwrap();
        let mut rx_count = 0;
        for position in 0..1500 {
            let anime = SimAnime::generate(1, position, true);
            if anime.facts.rating == "rx" {
                rx_count += 1;
                assert!(anime.facts.is_gray);
                assert_eq!(anime.field_json[rank], None);
            }
        }
        assert!(rx_count > 10);
    }
}
