//! Which entries a command takes: `list`, `edit`, `export` and whoever else has the flags of [`args::Filter`].
//!
//! Decided here, on the rows, so that both databases fold letters alike.

use std::collections::BTreeSet;

use crate::{
    cli::{SeasonRef, Span, args},
    domain::{
        anime::{Anime, Named},
        list_item::ListItem,
        partial_date::PartialDate,
        text::{fold, nearest, short},
    },
    store::Sketched,
    sync::edit,
    ui::Ui,
};

/// A filter, made ready to be held against many entries.
pub(super) struct Filter<'a> {
    args: &'a args::Filter,
    search: Option<String>,
    genres: Vec<String>,
    studios: Vec<String>,
    tags: Vec<String>,
    types: Vec<String>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(args: &'a args::Filter) -> Self {
        let folded = |words: &[String]| words.iter().map(|word| fold(word)).collect();
        Self {
            args,
            search: args.search.as_deref().map(fold),
            genres: folded(&args.genre),
            studios: folded(&args.studio),
            tags: folded(&args.tag),
            types: args.media_type.iter().map(|word| fold(word).replace(['-', ' '], "_")).collect(),
        }
    }

    /// Leaves the entries that the filter takes. A genre, studio or tag that none of them has may be a slip, and is noted.
    pub(super) fn take(&self, ui: &Ui, items: &mut Vec<ListItem>) {
        self.unknown(items).iter().for_each(|what| ui.note(what));
        items.retain(|item| self.matches(item));
    }

    /// What is said of the genres, studios and tags that no entry has.
    fn unknown(&self, items: &[ListItem]) -> Vec<String> {
        let named = |of: fn(&Anime) -> &[Named]| {
            items.iter().flat_map(move |item| of(&item.anime)).map(|named| named.name.as_str()).collect::<BTreeSet<_>>()
        };
        let tags = || items.iter().flat_map(|item| &item.entry.values.tags).map(String::as_str).collect();
        let args = self.args;
        [
            (&args.genre, "genre", &(|| named(|anime| &anime.genres)) as &dyn Fn() -> BTreeSet<_>),
            (&args.studio, "studio", &|| named(|anime| &anime.studios)),
            (&args.tag, "tag", &tags),
        ]
        .into_iter()
        .filter(|(words, ..)| !words.is_empty())
        .flat_map(|(words, kind, there)| unknown(words, kind, &there()))
        .collect()
    }

    /// Whether every flag that was given holds. Marks of removal are not looked at.
    pub(super) fn matches(&self, item: &ListItem) -> bool {
        let (args, values, anime) = (self.args, &item.entry.values, &item.anime);
        let named = |wanted: &[String], there: &[Named]| {
            wanted.iter().all(|wanted| there.iter().any(|named| fold(&named.name) == *wanted))
        };
        (args.status.is_empty() || args.status.contains(&values.status))
            && args.score.is_none_or(|span| within(span, values.score.filter(|score| *score > 0)))
            && args.mean.is_none_or(|span| within(span, anime.mean))
            && args.started.is_none_or(|span| within_dates(span, values.start_date))
            && args.finished.is_none_or(|span| within_dates(span, values.finish_date))
            && args.airing.is_none_or(|airing| anime.status.as_deref() == Some(airing.as_str()))
            && (args.season.is_empty() || args.season.iter().any(|season| began(season, anime)))
            && (self.types.is_empty() || anime.media_type.as_ref().is_some_and(|kind| self.types.contains(kind)))
            && named(&self.genres, &anime.genres)
            && named(&self.studios, &anime.studios)
            && self.tags.iter().all(|wanted| values.tags.iter().any(|tag| fold(tag) == *wanted))
            && (!args.pinned || !item.entry.pinned.is_empty())
            && self.search.as_ref().is_none_or(|text| item.titles().any(|title| fold(title).contains(text)))
            && (!args.edited || edit::local_edits(&item.entry).is_none_or(|fields| !fields.is_empty()))
    }
}

fn unknown(words: &[String], kind: &str, there: &BTreeSet<&str>) -> Vec<String> {
    let is_there = |word: &str| there.iter().any(|name| fold(name) == fold(word));
    let told = |word: &String| {
        let meant = nearest(word, there.iter().copied()).map(|name| format!("; did you mean {name}?"));
        format!("no entry has the {kind} {}{}", short(word), meant.unwrap_or_default())
    };
    words.iter().filter(|word| !is_there(word)).map(told).collect()
}

/// What the flags look at, where a sketch of an entry has all of it.
pub(super) fn sketched(args: &args::Filter) -> Option<Vec<Sketched>> {
    // Each flag by name, so that a new one is thought of here.
    let args::Filter {
        status,
        score,
        mean,
        search,
        genre,
        studio,
        season,
        media_type,
        airing,
        tag,
        started,
        finished,
        edited,
        pinned,
    } = args;
    let none_beyond = search.is_none()
        && airing.is_none()
        && started.is_none()
        && finished.is_none()
        && !edited
        && !pinned
        && [genre, studio, media_type, tag].iter().all(|words| words.is_empty())
        && season.is_empty();
    let looked_at =
        [(!status.is_empty(), Sketched::Status), (score.is_some(), Sketched::Score), (mean.is_some(), Sketched::Mean)];
    none_beyond.then(|| looked_at.into_iter().filter_map(|(looks, what)| looks.then_some(what)).collect())
}

fn within<T: PartialOrd>(span: Span<T>, value: Option<T>) -> bool {
    match (span, value) {
        (Span::None, value) => value.is_none(),
        (Span::Within(..), None) => false,
        (Span::Within(from, to), Some(value)) => {
            from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
        }
    }
}

/// Of a date that is known in part, what is known decides: 2019 lies within 2019, but not from 2019-04 on.
fn within_dates(span: Span<PartialDate>, date: Option<PartialDate>) -> bool {
    match (span, date) {
        (Span::None, date) => date.is_none(),
        (Span::Within(..), None) => false,
        (Span::Within(from, to), Some(date)) => {
            // Dates as MAL writes them stand in order, and a whole year is the beginning of its days.
            let text = date.to_string();
            from.is_none_or(|from| from.to_string() <= text)
                && to.map(|to| to.to_string()).is_none_or(|to| text <= to || text.starts_with(&to))
        }
    }
}

fn began(wanted: &SeasonRef, anime: &Anime) -> bool {
    match (&anime.start_season, wanted.season) {
        (Some(start), Some(season)) => start.year == wanted.year && start.season == season,
        (Some(start), None) => start.year == wanted.year,
        (None, Some(_)) => false,
        (None, None) => {
            anime.aired_from.is_some_and(|from| from.to_string().starts_with(&format!("{:04}", wanted.year)))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};
    use serde_json::json;

    use super::*;
    use crate::domain::{
        anime::Season,
        base::Base,
        entry::{Local, Values},
    };

    fn item() -> ListItem {
        let base =
            Base::from(json!({"status": "watching", "score": 8, "start_date": "2019-04", "tags": ["Favourite"]}));
        let values = base.values().unwrap();
        let named = |id, name: &str| Named { id, name: name.into() };
        ListItem {
            anime: Anime {
                mal_id: 1,
                title: "Pokémon".into(),
                title_japanese: Some("ポケットモンスター".into()),
                synonyms: vec!["ＰＯＫＥＴＴＯ".into()],
                mean: "7.35".parse().ok(),
                media_type: Some("tv_special".into()),
                status: Some("finished_airing".into()),
                genres: vec![named(1, "Action"), named(24, "Sci-Fi")],
                studios: vec![named(5, "OLM")],
                start_season: Some(Season { year: 1997, season: "spring".into() }),
                ..Anime::default()
            },
            entry: Local { id: 1, mal_id: 1, values, base: Some(base), ..Local::default() },
            updated_at: None,
        }
    }

    fn filter(flags: &str) -> args::Filter {
        let command = args::Filter::augment_args(clap::Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(shlex::split(flags).unwrap()).unwrap();
        args::Filter::from_arg_matches(&matches).unwrap()
    }

    fn takes(flags: &str, item: &ListItem) -> bool {
        Filter::new(&filter(flags)).matches(item)
    }

    #[test]
    fn what_no_entry_has_is_said_with_what_may_have_been_meant() {
        for (flags, expected) in [
            ("--genre ACTION --studio olm --tag favourite", &[][..]),
            ("--genre acton", &["no entry has the genre acton; did you mean Action?"]),
            (
                "--genre x --studio OLMS --tag favorite",
                &[
                    "no entry has the genre x",
                    "no entry has the studio OLMS; did you mean OLM?",
                    "no entry has the tag favorite; did you mean Favourite?",
                ],
            ),
        ] {
            assert_eq!(Filter::new(&filter(flags)).unknown(&[item()]), expected, "{flags}");
        }
    }

    #[test]
    fn each_flag_takes_and_leaves() {
        for (taking, leaving) in [
            ("--status watching,dropped", "--status dropped"),
            ("--status plan-to-watch --status watching", "--status plan-to-watch"),
            ("--search POKEMON", "--search pokemonk"),
            ("--search ﾓﾝｽﾀｰ", "--search ホケット"),
            ("--search poketto", "--search pókettoo"),
            ("--score 8", "--score 7"),
            ("--score 7..9", "--score ..7"),
            ("--score 8..", "--score none"),
            ("--mean 7.35..7.4", "--mean 7.36.."),
            ("--genre action --genre 'SCI-FI'", "--genre action --genre drama"),
            ("--studio olm", "--studio ol"),
            ("--season spring-1997", "--season fall-1997"),
            ("--season 1998 --season 1997", "--season 1998"),
            ("--type tv,tv-special", "--type tv"),
            ("--airing finished", "--airing airing"),
            ("--tag favourite", "--tag favour"),
            ("--started 2019", "--started 2018"),
            ("--started 2019-04..", "--started 2019-04-02.."),
            ("--started ..2019", "--started ..2019-03-31"),
            ("--finished none", "--finished 2019.."),
            ("--score 8 --status watching", "--score 8 --status completed"),
        ] {
            assert!(takes(taking, &item()), "{taking}");
            assert!(!takes(leaving, &item()), "{leaving}");
        }
        assert!(takes("", &item()));
    }

    #[test]
    fn a_local_edit_is_what_differs_from_mal_s_or_mal_never_had() {
        let with = |values: Values| ListItem { entry: Local { values, ..item().entry }, ..item() };
        assert!(!takes("--edited", &item()));
        assert!(takes("--edited", &with(Values { notes: Some("x".into()), ..item().entry.values })));
        assert!(takes("--edited", &ListItem { entry: Local { base: None, ..item().entry }, ..item() }));
    }

    #[test]
    fn pinned_entries_are_found() {
        let pinned = vec![crate::domain::change::Field::Score];
        assert!(!takes("--pinned", &item()));
        assert!(takes("--pinned", &ListItem { entry: Local { pinned, ..item().entry }, ..item() }));
    }
}
