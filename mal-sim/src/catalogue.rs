//! The anime catalogue, generated from the seed on demand. An id means the same anime for all users and runs.
//!
//! The anime at position `k` has the id `2k + 1` or `2k + 2`. Nothing is stored here. [`AnimeFacts`] holds what
//! sorting, filtering and statistics need; `anime_json.rs` generates the JSON.

use crate::rng::SeededRng;
use crate::word_list;

/// Number of positions in the catalogue: more than any list needs.
pub(crate) const CATALOGUE_SIZE: u32 = 500_000;

/// Airing status of an anime.
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
    /// Returns MAL's name of the status.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FinishedAiring => "finished_airing",
            Self::CurrentlyAiring => "currently_airing",
            Self::NotYetAired => "not_yet_aired",
        }
    }
}

/// The facts of an anime used for sorting, filtering and statistics.
#[derive(Clone, Debug)]
pub(crate) struct AnimeFacts {
    /// MAL's id.
    pub(crate) id: u64,
    /// The main title.
    pub(crate) title: String,
    /// `tv`, `movie`, ...; also `tv_special`, `cm`, `pv`, which are not documented (observed).
    pub(crate) media_type: &'static str,
    /// Airing status.
    pub(crate) airing_status: SimAiringStatus,
    /// Rated `gray`: hidden unless `nsfw=true`.
    pub(crate) is_gray: bool,
    /// `g`, `pg`, `pg_13`, `r`, `r+`, `rx`.
    pub(crate) rating: &'static str,
    /// First day, month or year of airing; empty if unknown.
    pub(crate) start_date: String,
    /// Year of the first airing, set even if `start_date` is empty.
    pub(crate) start_year: u32,
    /// Month of the first airing, 1 to 12.
    pub(crate) start_month: u32,
    /// Number of episodes; 0 if unknown (documented).
    pub(crate) episodes: u32,
    /// Average length of an episode in seconds; 0 if unknown.
    pub(crate) episode_seconds: u32,
}

/// Returns the id at a position.
pub(crate) fn id_at_position(seed: u64, position: u32) -> u64 {
    1 + 2 * u64::from(position)
        + (SeededRng::from_parts(&[seed, crate::rng::ANIME_ID_STREAM, u64::from(position)]).next() & 1)
}

/// Returns the position of an id, or `None` if no anime has this id.
pub(crate) fn position_of_id(seed: u64, id: u64) -> Option<u32> {
    let position = u32::try_from(id.checked_sub(1)? / 2).ok()?;
    (position < CATALOGUE_SIZE && id_at_position(seed, position) == id).then_some(position)
}

/// Generates the facts of the anime at a position.
pub(crate) fn generate_facts(seed: u64, position: u32) -> AnimeFacts {
    let mut rng = SeededRng::from_parts(&[seed, crate::rng::ANIME_FACTS_STREAM, u64::from(position)]);
    let media_type = rng.pick_weighted(&[
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
    let airing_status = rng.pick_weighted(&[
        (940, SimAiringStatus::FinishedAiring),
        (30, SimAiringStatus::CurrentlyAiring),
        (30, SimAiringStatus::NotYetAired),
    ]);
    let start_year = match airing_status {
        SimAiringStatus::FinishedAiring => 2025 - rng.next_below(12) * rng.next_below(7),
        SimAiringStatus::CurrentlyAiring => 2025,
        SimAiringStatus::NotYetAired => 2026,
    };
    let start_month = rng.next_between(1, 12);
    let start_date = generate_start_date(&mut rng, start_year, start_month, airing_status);
    let rating = rng.pick_weighted(&[(180, "g"), (70, "pg"), (560, "pg_13"), (110, "r"), (50, "r+"), (30, "rx")]);
    AnimeFacts {
        id: id_at_position(seed, position),
        title: generate_title(&mut rng, position, media_type),
        media_type,
        airing_status,
        // Every `rx` anime is gray, and so are a few with other ratings (observed).
        is_gray: rating == "rx" || rng.chance_per_mille(if rating == "r+" { 300 } else { 8 }),
        rating,
        start_date,
        start_year,
        start_month,
        episodes: generate_episode_count(&mut rng, media_type, airing_status),
        episode_seconds: match media_type {
            "movie" => rng.next_between(45, 130) * 60,
            "music" | "cm" | "pv" => rng.next_between(15, 300),
            _ if rng.chance_per_mille(30) => 0,
            _ => rng.pick_weighted(&[(7, 1440), (2, 1500), (1, 240), (1, 720)]),
        },
    }
}

fn generate_episode_count(rng: &mut SeededRng, media_type: &str, airing_status: SimAiringStatus) -> u32 {
    if airing_status == SimAiringStatus::NotYetAired
        || rng.chance_per_mille(if airing_status == SimAiringStatus::CurrentlyAiring { 400 } else { 4 })
    {
        return 0;
    }
    match media_type {
        "tv" => rng.pick_weighted(&[(55, 12), (15, 13), (12, 24), (8, 26), (6, 50), (2, 110), (1, 11)]),
        "ona" => rng.pick_weighted(&[(5, 12), (3, 1), (2, 8)]),
        "ova" | "special" => rng.next_between(1, 6),
        _ => 1,
    }
}

fn generate_start_date(rng: &mut SeededRng, year: u32, month: u32, airing_status: SimAiringStatus) -> String {
    let day = rng.next_between(1, 28);
    let vague_per_mille = if airing_status == SimAiringStatus::NotYetAired { 350 } else { 30 };
    match rng.next_below(1000) {
        roll if roll < vague_per_mille => format!("{year}"),
        roll if roll < 2 * vague_per_mille => format!("{year}-{month:02}"),
        roll if roll < 2 * vague_per_mille + 20 => String::new(),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn generate_title(rng: &mut SeededRng, position: u32, media_type: &str) -> String {
    if let Some(awkward) = word_list::AWKWARD_TITLES.get(position as usize) {
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
    } else if media_type == "movie" {
        title.push_str(" Movie");
    }
    title
}

/// Generates a Japanese title.
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
        let mut previous = 0;
        for position in 0..2000 {
            let id = id_at_position(5, position);
            assert!(id > previous, "{id} after {previous}");
            assert_eq!(position_of_id(5, id), Some(position));
            previous = id;
        }
        assert_eq!(position_of_id(5, 0), None);
        let ids: BTreeSet<u64> = (0..500).map(|position| id_at_position(5, position)).collect();
        let gaps = (1..900).filter(|id| !ids.contains(id)).count();
        assert!(gaps > 300, "some ids must be unused: {gaps}");
        assert_eq!(position_of_id(5, u64::MAX), None);
    }

    #[test]
    fn catalogue_contains_every_unusual_case() {
        let all: Vec<AnimeFacts> = (0..3000).map(|position| generate_facts(1, position)).collect();
        let has = |what: &str, test: &dyn Fn(&AnimeFacts) -> bool| {
            let count = all.iter().filter(|anime| test(anime)).count();
            assert!(count > 0, "no anime with {what}");
            assert!(count < 2900, "nearly all with {what}");
        };
        for media_type in ["unknown", "tv_special", "cm", "pv", "tv"] {
            has(media_type, &|anime| anime.media_type == media_type);
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
