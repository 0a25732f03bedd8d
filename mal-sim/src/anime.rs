//! One anime as JSON, a ready-made piece of text for each field, absent where MAL leaves the key out.
//!
//! Absent rather than null (observed): mean and rank of what nobody scored, unknown dates, a missing picture,
//! genres, broadcast. An `rx` title has a mean but no rank (recorded).

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalogue::{self, Airing, Brief};
use crate::clock;
use crate::encode::{self, Object};
use crate::fields::{NODE_FIELDS, STUDIOS};
use crate::rng::Rng;
use crate::words;

/// An anime with its fields, written.
#[derive(Debug)]
pub(crate) struct Anime {
    /// What is known without the JSON.
    pub(crate) brief: Brief,
    /// The title as a JSON string.
    pub(crate) title: String,
    /// `main_picture`.
    pub(crate) picture: Option<String>,
    /// By the index in `NODE_FIELDS`, then `studios`.
    pub(crate) fields: [Option<String>; STUDIOS + 1],
}

/// The anime made so far; all lists share them.
#[derive(Debug)]
pub(crate) struct Shelf {
    seed: u64,
    made: HashMap<u32, Arc<Anime>>,
}

/// About 150 MB of text at most; then the shelf is emptied.
const SHELF_LIMIT: usize = 60_000;

impl Shelf {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, made: HashMap::new() }
    }

    /// The seed that everything is made from.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The anime with an id, if there is one.
    pub(crate) fn find(&mut self, id: u64) -> Option<Arc<Anime>> {
        let k = catalogue::position(self.seed, id)?;
        if self.made.len() > SHELF_LIMIT {
            self.made.clear();
        }
        let seed = self.seed;
        let anime = self.made.entry(k).or_insert_with(|| Arc::new(Anime::make(seed, k)));
        Some(Arc::clone(anime))
    }
}

impl Anime {
    fn make(seed: u64, k: u32) -> Self {
        let brief = catalogue::brief(seed, k);
        let mut rng = Rng::of(&[seed, 3, u64::from(k)]);
        let mut fields = [const { None }; STUDIOS + 1];
        for (place, name) in NODE_FIELDS.iter().chain(&["studios"]).enumerate() {
            fields[place] = field(name, &brief, &mut rng);
        }
        Self {
            title: encode::quoted(&brief.title),
            picture: (!rng.chance(12)).then(|| picture(&mut rng, brief.year)),
            brief,
            fields,
        }
    }
}

/// A picture object. Older files stand on api-cdn., newer ones on cdn. (observed).
pub(crate) fn picture(rng: &mut Rng, year: u32) -> String {
    let host = if year < 2015 { "api-cdn" } else { "cdn" };
    let (folder, file) = (rng.between(1, 1999), rng.between(10_000, 160_000));
    let url = format!("https://{host}.myanimelist.net/images/anime/{folder}/{file}");
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.string("medium", &format!("{url}.jpg"));
    object.string("large", &format!("{url}l.jpg"));
    object.end();
    out
}

fn field(name: &str, brief: &Brief, rng: &mut Rng) -> Option<String> {
    let unseen = brief.airing == Airing::NotYet;
    let users = popularity(brief).1;
    match name {
        "alternative_titles" => (!rng.chance(10)).then(|| alternative_titles(brief, rng)),
        "start_date" => (!brief.start.is_empty()).then(|| encode::quoted(&brief.start)),
        "end_date" => end_date(brief).map(|date| encode::quoted(&date)),
        "synopsis" => (!rng.chance(15)).then(|| encode::quoted(&synopsis(rng))),
        "mean" => (!unseen && !rng.chance(20)).then(|| {
            let cents = 400 + rng.below(260) + rng.below(250);
            format!("{}.{:02}", cents / 100, cents % 100)
        }),
        "rank" => (!unseen && brief.rating != "rx" && !rng.chance(20)).then(|| rng.between(1, 15_000).to_string()),
        "popularity" => Some(popularity(brief).0.to_string()),
        "num_list_users" => Some(users.to_string()),
        "num_scoring_users" => Some(if unseen { 0 } else { users / 2 }.to_string()),
        "nsfw" => Some(encode::quoted(if brief.gray { "gray" } else { "white" })),
        "created_at" => {
            let years = i64::from(2026 - brief.year.max(2005));
            let at = clock::EPOCH - years * 31_557_600 - i64::from(rng.below(20_000_000)) - 3_000_000;
            Some(encode::quoted(&clock::stamp(at)))
        }
        "updated_at" => {
            let at = clock::EPOCH - i64::from(rng.below(3_000_000));
            Some(encode::quoted(&clock::stamp(at)))
        }
        "media_type" => Some(encode::quoted(brief.media)),
        "status" => Some(encode::quoted(brief.airing.name())),
        "genres" => (!rng.chance(20)).then(|| genres(brief, rng)),
        "num_episodes" => Some(brief.episodes.to_string()),
        _ => rarer_field(name, brief, rng),
    }
}

fn rarer_field(name: &str, brief: &Brief, rng: &mut Rng) -> Option<String> {
    match name {
        "start_season" => (brief.start.len() >= 7).then(|| season(brief)),
        "broadcast" => (brief.media == "tv" && rng.chance(700)).then(|| broadcast(rng)),
        "source" => (!rng.chance(40)).then(|| {
            encode::quoted(rng.weighted(&[
                (40, "manga"),
                (30, "original"),
                (14, "light_novel"),
                (6, "game"),
                (5, "visual_novel"),
                (3, "web_manga"),
                (2, "other"),
            ]))
        }),
        "average_episode_duration" => (brief.seconds > 0).then(|| brief.seconds.to_string()),
        "rating" => (!rng.chance(20)).then(|| encode::quoted(brief.rating)),
        "studios" => Some(studios(rng)),
        _ => None,
    }
}

/// Popularity rank and number of users; both follow from the id, so that they agree with each other.
pub(crate) fn popularity(brief: &Brief) -> (u64, u64) {
    let rank = 1 + crate::rng::hash(&brief.title) % 20_000;
    (rank, 40 + 2_000_000 / (rank + 3))
}

fn alternative_titles(brief: &Brief, rng: &mut Rng) -> String {
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    let synonyms: Vec<String> = (0..rng.below(3))
        .map(|_| encode::quoted(&format!("{} {}", rng.pick(&words::FIRST), rng.pick(&words::SECOND))))
        .collect();
    object.raw("synonyms", &format!("[{}]", synonyms.join(",")));
    object.string("en", if rng.chance(400) { "" } else { &brief.title });
    object.string("ja", &if rng.chance(30) { String::new() } else { catalogue::japanese(rng) });
    object.end();
    out
}

fn end_date(brief: &Brief) -> Option<String> {
    if brief.airing != Airing::Finished || brief.start.is_empty() {
        return None;
    }
    let months = brief.month - 1 + brief.episodes / 4;
    let (year, month) = (brief.year + months / 12, months % 12 + 1);
    match brief.start.len() {
        4 => Some(format!("{year}")),
        7 => Some(format!("{year}-{month:02}")),
        _ if brief.episodes == 1 => Some(brief.start.clone()),
        _ => Some(format!("{year}-{month:02}-28")),
    }
}

fn synopsis(rng: &mut Rng) -> String {
    let mut text = String::new();
    for n in 0..rng.between(3, 12) {
        if n > 0 {
            text.push_str(if rng.chance(150) { "\n\n" } else { " " });
        }
        text.push_str(rng.pick(&words::SENTENCES));
    }
    text.push_str(if rng.chance(600) { "\n\n[Written by MAL Rewrite]" } else { "\n\n(Source: publisher, translated)" });
    text
}

fn genres(brief: &Brief, rng: &mut Rng) -> String {
    let start = rng.below(18);
    let mut pieces = Vec::new();
    if brief.rating == "rx" {
        pieces.push(named(12, "Hentai"));
    }
    for step in 0..rng.between(1, 5) {
        let (id, name) = words::GENRES[((start + step * 5) % 18) as usize];
        pieces.push(named(id, name));
    }
    format!("[{}]", pieces.join(","))
}

fn studios(rng: &mut Rng) -> String {
    let count = rng.weighted(&[(15, 0), (75, 1), (10, 2)]);
    let start = rng.below(12);
    let pieces: Vec<String> = (0..count)
        .map(|n| {
            let place = (start + n) % 12;
            named(100 + place, words::STUDIOS[place as usize])
        })
        .collect();
    format!("[{}]", pieces.join(","))
}

fn named(id: u32, name: &str) -> String {
    let mut out = String::new();
    let mut object = Object::begin(&mut out);
    object.plain("id", id);
    object.string("name", name);
    object.end();
    out
}

fn season(brief: &Brief) -> String {
    let season = ["winter", "spring", "summer", "fall"][((brief.month - 1) / 3) as usize];
    format!("{{\"year\":{},\"season\":\"{season}\"}}", brief.year)
}

fn broadcast(rng: &mut Rng) -> String {
    let day = rng.pick(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "other"]);
    // The start time is absent for some, as in the documentation's type.
    if rng.chance(150) {
        return format!("{{\"day_of_the_week\":\"{day}\"}}");
    }
    let (hour, minute) = (rng.between(0, 23), rng.pick(&["00", "25", "30", "55"]));
    format!("{{\"day_of_the_week\":\"{day}\",\"start_time\":\"{hour:02}:{minute}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_json_or_absent_and_every_optional_one_is_both() {
        let mut present = [0_u32; STUDIOS + 1];
        for k in 0..1500 {
            let anime = Anime::make(1, k);
            for (place, text) in anime.fields.iter().enumerate() {
                if let Some(text) = text {
                    present[place] += 1;
                    serde_json::from_str::<serde_json::Value>(text).unwrap();
                }
            }
            serde_json::from_str::<String>(&anime.title).unwrap();
        }
        let count = |name: &str| present[NODE_FIELDS.iter().position(|field| *field == name).unwrap_or(STUDIOS)];
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
    fn an_rx_title_has_no_rank_and_is_gray() {
        let rank = NODE_FIELDS.iter().position(|field| *field == "rank").unwrap();
        let mut seen = 0;
        for k in 0..1500 {
            let anime = Anime::make(1, k);
            if anime.brief.rating == "rx" {
                seen += 1;
                assert!(anime.brief.gray);
                assert_eq!(anime.fields[rank], None);
            }
        }
        assert!(seen > 10);
    }
}
