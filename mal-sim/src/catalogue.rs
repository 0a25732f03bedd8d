//! Every anime there is, made from the seed on demand: the same id is the same anime for all users and all runs.
//!
//! Position `k` of the catalogue has an id near `2k`; nothing is stored but what was asked for. [`Brief`] is what
//! sorting, filtering and statistics need; the JSON of an anime is made in `anime.rs`.

use crate::rng::SeededRng;
use crate::word_list;

/// Positions in the catalogue: more than any list needs.
pub(crate) const CATALOGUE_SIZE: u32 = 500_000;

/// Whether an anime has been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SimAiringStatus {
    /// `finished_airing`.
    FinishedAiring,
    /// `currently_airing`.
    CurrentlyAiring,
    /// `not_yet_aired`.
    NotYetAired,
}

impl SimAiringStatus {
    /// MAL's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FinishedAiring => "finished_airing",
            Self::CurrentlyAiring => "currently_airing",
            Self::NotYetAired => "not_yet_aired",
        }
    }
}

/// The facts of an anime that lists are sorted, filtered and counted by.
#[derive(Clone, Debug)]
pub(crate) struct AnimeFacts {
    /// MAL's id.
    pub(crate) id: u64,
    /// The main title.
    pub(crate) title: String,
    /// `tv`, `movie`, ...; also `tv_special`, `cm`, `pv`, which the documentation lacks (observed).
    pub(crate) media_type: &'static str,
    /// Whether it has been shown.
    pub(crate) airing_status: SimAiringStatus,
    /// Rated `gray`: hidden unless `nsfw=true`.
    pub(crate) is_gray: bool,
    /// `g`, `pg`, `pg_13`, `r`, `r+`, `rx`.
    pub(crate) rating: &'static str,
    /// First day, month or year of showing; empty where unknown.
    pub(crate) start_date: String,
    /// Year of the first showing, also where `start` is empty.
    pub(crate) start_year: u32,
    /// Month of the first showing.
    pub(crate) start_month: u32,
    /// Number of episodes; 0 where unknown (documented).
    pub(crate) episodes: u32,
    /// Average length of an episode in seconds; 0 where unknown.
    pub(crate) episode_seconds: u32,
}

/// The id at a position.
pub(crate) fn id_at_position(seed: u64, k: u32) -> u64 {
    1 + 2 * u64::from(k) + (SeededRng::from_parts(&[seed, 1, u64::from(k)]).next() & 1)
}

/// The position of an id, if that id is an anime.
pub(crate) fn position_of_id(seed: u64, id: u64) -> Option<u32> {
    let k = u32::try_from(id.checked_sub(1)? / 2).ok()?;
    (k < CATALOGUE_SIZE && id_at_position(seed, k) == id).then_some(k)
}

/// The facts at a position.
pub(crate) fn generate_facts(seed: u64, k: u32) -> AnimeFacts {
    let mut rng = SeededRng::from_parts(&[seed, 2, u64::from(k)]);
    let media = rng.pick_weighted(&[
        (350, "tv"),
        (140, "ova"),
        (130, "movie"),
        (100, "special"),
        (140, "ona"),
        (80, "music"),
        (35, "tv_special"),
        (8, "cm"),
        (8, "pv"),
        (9, "unknown"),
    ]);
    let airing = rng.pick_weighted(&[
        (940, SimAiringStatus::FinishedAiring),
        (30, SimAiringStatus::CurrentlyAiring),
        (30, SimAiringStatus::NotYetAired),
    ]);
    let year = match airing {
        SimAiringStatus::FinishedAiring => 2025 - rng.next_below(12) * rng.next_below(7),
        SimAiringStatus::CurrentlyAiring => 2025,
        SimAiringStatus::NotYetAired => 2026,
    };
    let month = rng.next_between(1, 12);
    let start = generate_start_date(&mut rng, year, month, airing);
    let rating = rng.pick_weighted(&[(180, "g"), (70, "pg"), (560, "pg_13"), (110, "r"), (50, "r+"), (30, "rx")]);
    AnimeFacts {
        id: id_at_position(seed, k),
        title: generate_title(&mut rng, k, media),
        media_type: media,
        airing_status: airing,
        // Everything rx is gray; and, as observed, a few titles that anyone may see.
        is_gray: rating == "rx" || rng.chance_per_mille(if rating == "r+" { 300 } else { 8 }),
        rating,
        start_date: start,
        start_year: year,
        start_month: month,
        episodes: generate_episode_count(&mut rng, media, airing),
        episode_seconds: match media {
            "movie" => rng.next_between(45, 130) * 60,
            "music" | "cm" | "pv" => rng.next_between(15, 300),
            _ if rng.chance_per_mille(30) => 0,
            _ => rng.pick_weighted(&[(7, 1440), (2, 1500), (1, 240), (1, 720)]),
        },
    }
}

fn generate_episode_count(rng: &mut SeededRng, media: &str, airing: SimAiringStatus) -> u32 {
    if airing == SimAiringStatus::NotYetAired
        || rng.chance_per_mille(if airing == SimAiringStatus::CurrentlyAiring { 400 } else { 4 })
    {
        return 0;
    }
    match media {
        "tv" => rng.pick_weighted(&[(55, 12), (15, 13), (12, 24), (8, 26), (6, 50), (2, 110), (1, 11)]),
        "ona" => rng.pick_weighted(&[(5, 12), (3, 1), (2, 8)]),
        "ova" | "special" => rng.next_between(1, 6),
        _ => 1,
    }
}

fn generate_start_date(rng: &mut SeededRng, year: u32, month: u32, airing: SimAiringStatus) -> String {
    let day = rng.next_between(1, 28);
    let vague = if airing == SimAiringStatus::NotYetAired { 350 } else { 30 };
    match rng.next_below(1000) {
        n if n < vague => format!("{year}"),
        n if n < 2 * vague => format!("{year}-{month:02}"),
        n if n < 2 * vague + 20 => String::new(),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn generate_title(rng: &mut SeededRng, k: u32, media: &str) -> String {
    if let Some(awkward) = word_list::AWKWARD_TITLES.get(k as usize) {
        return (*awkward).to_owned();
    }
    if rng.chance_per_mille(15) {
        return generate_japanese_title(rng);
    }
    let mut title =
        format!("{} {}", rng.pick_item(&word_list::TITLE_FIRST_HALVES), rng.pick_item(&word_list::TITLE_SECOND_HALVES));
    if rng.chance_per_mille(350) {
        title = format!(
            "{title}: {} {}",
            rng.pick_item(&word_list::TITLE_FIRST_HALVES),
            rng.pick_item(&word_list::TITLE_SECOND_HALVES)
        );
    }
    if rng.chance_per_mille(400) {
        title.push_str(rng.pick_item(&word_list::TITLE_SUFFIXES));
    } else if media == "movie" {
        title.push_str(" Movie");
    }
    title
}

/// A title in Japanese.
pub(crate) fn generate_japanese_title(rng: &mut SeededRng) -> String {
    let parts = rng.next_between(2, 4);
    (0..parts).map(|_| rng.pick_item(&word_list::JAPANESE_TITLE_PARTS)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_increase_and_map_back_to_their_position() {
        let mut last = 0;
        for k in 0..2000 {
            let id = id_at_position(5, k);
            assert!(id > last, "{id} after {last}");
            assert_eq!(position_of_id(5, id), Some(k));
            last = id;
        }
        assert_eq!(position_of_id(5, 0), None);
        let ids: BTreeSet<u64> = (0..500).map(|k| id_at_position(5, k)).collect();
        let gaps = (1..900).filter(|id| !ids.contains(id)).count();
        assert!(gaps > 300, "some ids must be nobody's: {gaps}");
        assert_eq!(position_of_id(5, u64::MAX), None);
    }

    #[test]
    fn catalogue_contains_every_unusual_case() {
        let all: Vec<AnimeFacts> = (0..3000).map(|k| generate_facts(1, k)).collect();
        let has = |what: &str, test: &dyn Fn(&AnimeFacts) -> bool| {
            let n = all.iter().filter(|anime| test(anime)).count();
            assert!(n > 0, "no anime with {what}");
            assert!(n < 2900, "nearly all with {what}");
        };
        for media in ["unknown", "tv_special", "cm", "pv", "tv"] {
            has(media, &|anime| anime.media_type == media);
        }
        has("no start date", &|anime| anime.start_date.is_empty());
        has("a year only", &|anime| anime.start_date.len() == 4);
        has("a month", &|anime| anime.start_date.len() == 7);
        has("a gray rating", &|anime| anime.is_gray);
        has("gray and for everyone", &|anime| anime.is_gray && anime.rating == "g");
        has("unknown episodes", &|anime| anime.episodes == 0);
        has("a quoted title", &|anime| anime.title.contains('"'));
        has("a Japanese title", &|anime| !anime.title.is_ascii());
    }
}
