//! Every anime there is, made from the seed on demand: the same id is the same anime for all users and all runs.
//!
//! Position `k` of the catalogue has an id near `2k`; nothing is stored but what was asked for. [`Brief`] is what
//! sorting, filtering and statistics need; the JSON of an anime is made in `anime.rs`.

use crate::rng::Rng;
use crate::words;

/// Positions in the catalogue: more than any list needs.
pub(crate) const SIZE: u32 = 500_000;

/// Whether an anime has been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Airing {
    /// `finished_airing`.
    Finished,
    /// `currently_airing`.
    Current,
    /// `not_yet_aired`.
    NotYet,
}

impl Airing {
    /// MAL's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished_airing",
            Self::Current => "currently_airing",
            Self::NotYet => "not_yet_aired",
        }
    }
}

/// The facts of an anime that lists are sorted, filtered and counted by.
#[derive(Clone, Debug)]
pub(crate) struct Brief {
    /// MAL's id.
    pub(crate) id: u64,
    /// The main title.
    pub(crate) title: String,
    /// `tv`, `movie`, ...; also `tv_special`, `cm`, `pv`, which the documentation lacks (observed).
    pub(crate) media: &'static str,
    /// Whether it has been shown.
    pub(crate) airing: Airing,
    /// Rated `gray`: hidden unless `nsfw=true`.
    pub(crate) gray: bool,
    /// `g`, `pg`, `pg_13`, `r`, `r+`, `rx`.
    pub(crate) rating: &'static str,
    /// First day, month or year of showing; empty where unknown.
    pub(crate) start: String,
    /// Year of the first showing, also where `start` is empty.
    pub(crate) year: u32,
    /// Month of the first showing.
    pub(crate) month: u32,
    /// Number of episodes; 0 where unknown (documented).
    pub(crate) episodes: u32,
    /// Average length of an episode in seconds; 0 where unknown.
    pub(crate) seconds: u32,
}

/// The id at a position.
pub(crate) fn id_at(seed: u64, k: u32) -> u64 {
    1 + 2 * u64::from(k) + (Rng::of(&[seed, 1, u64::from(k)]).next() & 1)
}

/// The position of an id, if that id is an anime.
pub(crate) fn position(seed: u64, id: u64) -> Option<u32> {
    let k = u32::try_from(id.checked_sub(1)? / 2).ok()?;
    (k < SIZE && id_at(seed, k) == id).then_some(k)
}

/// The facts at a position.
pub(crate) fn brief(seed: u64, k: u32) -> Brief {
    let mut rng = Rng::of(&[seed, 2, u64::from(k)]);
    let media = rng.weighted(&[
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
    let airing = rng.weighted(&[(940, Airing::Finished), (30, Airing::Current), (30, Airing::NotYet)]);
    let year = match airing {
        Airing::Finished => 2025 - rng.below(12) * rng.below(7),
        Airing::Current => 2025,
        Airing::NotYet => 2026,
    };
    let month = rng.between(1, 12);
    let start = partial_date(&mut rng, year, month, airing);
    let rating = rng.weighted(&[(180, "g"), (70, "pg"), (560, "pg_13"), (110, "r"), (50, "r+"), (30, "rx")]);
    Brief {
        id: id_at(seed, k),
        title: title(&mut rng, k, media),
        media,
        airing,
        // Everything rx is gray; and, as observed, a few titles that anyone may see.
        gray: rating == "rx" || rng.chance(if rating == "r+" { 300 } else { 8 }),
        rating,
        start,
        year,
        month,
        episodes: episodes(&mut rng, media, airing),
        seconds: match media {
            "movie" => rng.between(45, 130) * 60,
            "music" | "cm" | "pv" => rng.between(15, 300),
            _ if rng.chance(30) => 0,
            _ => rng.weighted(&[(7, 1440), (2, 1500), (1, 240), (1, 720)]),
        },
    }
}

fn episodes(rng: &mut Rng, media: &str, airing: Airing) -> u32 {
    if airing == Airing::NotYet || rng.chance(if airing == Airing::Current { 400 } else { 4 }) {
        return 0;
    }
    match media {
        "tv" => rng.weighted(&[(55, 12), (15, 13), (12, 24), (8, 26), (6, 50), (2, 110), (1, 11)]),
        "ona" => rng.weighted(&[(5, 12), (3, 1), (2, 8)]),
        "ova" | "special" => rng.between(1, 6),
        _ => 1,
    }
}

fn partial_date(rng: &mut Rng, year: u32, month: u32, airing: Airing) -> String {
    let day = rng.between(1, 28);
    let vague = if airing == Airing::NotYet { 350 } else { 30 };
    match rng.below(1000) {
        n if n < vague => format!("{year}"),
        n if n < 2 * vague => format!("{year}-{month:02}"),
        n if n < 2 * vague + 20 => String::new(),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn title(rng: &mut Rng, k: u32, media: &str) -> String {
    if let Some(awkward) = words::AWKWARD.get(k as usize) {
        return (*awkward).to_owned();
    }
    if rng.chance(15) {
        return japanese(rng);
    }
    let mut title = format!("{} {}", rng.pick(&words::FIRST), rng.pick(&words::SECOND));
    if rng.chance(350) {
        title = format!("{title}: {} {}", rng.pick(&words::FIRST), rng.pick(&words::SECOND));
    }
    if rng.chance(400) {
        title.push_str(rng.pick(&words::TAILS));
    } else if media == "movie" {
        title.push_str(" Movie");
    }
    title
}

/// A title in Japanese.
pub(crate) fn japanese(rng: &mut Rng) -> String {
    let parts = rng.between(2, 4);
    (0..parts).map(|_| rng.pick(&words::JAPANESE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_grow_and_lead_back_to_their_position() {
        let mut last = 0;
        for k in 0..2000 {
            let id = id_at(5, k);
            assert!(id > last, "{id} after {last}");
            assert_eq!(position(5, id), Some(k));
            last = id;
        }
        assert_eq!(position(5, 0), None);
        let ids: BTreeSet<u64> = (0..500).map(|k| id_at(5, k)).collect();
        let gaps = (1..900).filter(|id| !ids.contains(id)).count();
        assert!(gaps > 300, "some ids must be nobody's: {gaps}");
        assert_eq!(position(5, u64::MAX), None);
    }

    #[test]
    fn the_catalogue_has_every_oddity() {
        let all: Vec<Brief> = (0..3000).map(|k| brief(1, k)).collect();
        let has = |what: &str, test: &dyn Fn(&Brief) -> bool| {
            let n = all.iter().filter(|anime| test(anime)).count();
            assert!(n > 0, "no anime with {what}");
            assert!(n < 2900, "nearly all with {what}");
        };
        for media in ["unknown", "tv_special", "cm", "pv", "tv"] {
            has(media, &|anime| anime.media == media);
        }
        has("no start date", &|anime| anime.start.is_empty());
        has("a year only", &|anime| anime.start.len() == 4);
        has("a month", &|anime| anime.start.len() == 7);
        has("a gray rating", &|anime| anime.gray);
        has("gray and for everyone", &|anime| anime.gray && anime.rating == "g");
        has("unknown episodes", &|anime| anime.episodes == 0);
        has("a quoted title", &|anime| anime.title.contains('"'));
        has("a Japanese title", &|anime| !anime.title.is_ascii());
    }
}
