//! Tests of the entry filter.

use clap::{Args as _, FromArgMatches as _};
use serde_json::json;

use super::*;
use crate::domain::{anime::Season, entry::StoredEntry, merge_base::MergeBase};

fn sample_item() -> ListEntry {
    let base =
        MergeBase::from(json!({"status": "watching", "score": 8, "start_date": "2019-04", "tags": ["Favourite"]}));
    let values = base.parse_values().unwrap();
    let named = |id, name: &str| IdName { id, name: name.into() };
    ListEntry {
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
        stored: StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() },
        updated_at: None,
    }
}

fn parse_filter(flags: &str) -> args::FilterArgs {
    let command = args::FilterArgs::augment_args(clap::Command::new("x").no_binary_name(true));
    let matches = command.try_get_matches_from(shlex::split(flags).unwrap()).unwrap();
    args::FilterArgs::from_arg_matches(&matches).unwrap()
}

fn filter_matches(flags: &str, item: &ListEntry) -> bool {
    matches_with(&parse_filter(flags), FilterPurpose::Reading, item)
}

fn matches_with(args: &args::FilterArgs, purpose: FilterPurpose, item: &ListEntry) -> bool {
    let filter = EntryFilter::new(args, purpose);
    filter.matches_search(item) && filter.matches_flags(item)
}

#[test]
fn mistyped_search_finds_the_nearest_title_only_for_list() {
    let nearest = |flags: &str, purpose| EntryFilter::new(&parse_filter(flags), purpose).find_nearest(&[sample_item()]);
    assert_eq!(nearest("--search pokemno", FilterPurpose::Listing), [1]);
    assert!(nearest("--search pokem", FilterPurpose::Listing).is_empty(), "a title contains it");
    assert!(nearest("--search pokemno", FilterPurpose::Reading).is_empty());
    assert!(nearest("", FilterPurpose::Listing).is_empty());
}

#[test]
fn unknown_value_is_refused_with_the_nearest_or_the_known_ones() {
    let check = |flags: &str, items: &[ListEntry]| {
        let failure = EntryFilter::new(&parse_filter(flags), FilterPurpose::Reading).check_values(items).err()?;
        assert_eq!(failure.exit.code(), 2, "{flags}");
        Some(format!("{}; {}", failure.message(), failure.hints.join(" ")))
    };
    for (flags, expected) in [
        ("--genre ACTION --studio olm --tag favourite", None),
        ("--genre action,sci-fi", None),
        ("--genre horror", None),
        ("--genre acton", Some("unknown genre acton; did you mean Action?")),
        ("--genre horor", Some("unknown genre horor; did you mean Horror?")),
        ("--genre action,zzz", Some("unknown genre zzz; genres in your list: Action, Sci-Fi")),
        ("--studio OLMS", Some("unknown studio OLMS; did you mean OLM?")),
        ("--tag favorite", Some("unknown tag favorite; did you mean Favourite?")),
        ("--tag zzz", Some("unknown tag zzz; tags in your list: Favourite")),
    ] {
        assert_eq!(check(flags, &[sample_item()]).as_deref(), expected, "{flags}");
        assert_eq!(check(flags, &[]), None, "an empty list knows no value");
    }
}

#[test]
fn unknown_type_is_refused_with_the_nearest() {
    let check = |flags: &str| {
        EntryFilter::new(&parse_filter(flags), FilterPurpose::Reading).check_media_types(&[sample_item()])
    };
    assert!(check("--type tv,'TV Special',OVA").is_ok());
    let failure = check("--type movie,tvv").unwrap_err();
    assert_eq!((failure.exit.code(), failure.message().as_str()), (2, "unknown anime type tvv"));
    assert!(failure.hints[0].starts_with("did you mean tv? available types: "), "{:?}", failure.hints);
}

#[test]
fn each_flag_matches_and_rejects() {
    for (matching, rejecting) in [
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
        ("--genre drama,action", "--genre drama,comedy"),
        ("--genre action,drama --genre sci-fi", "--genre action,drama --genre comedy"),
        ("--score 3,8", "--score 3,none"),
        ("--mean none,7..", "--mean none,9.."),
        ("--airing airing,'Finished Airing'", "--airing airing,upcoming"),
        ("--started 2018,2019", "--started 2018,none"),
        ("--season fall-1997,spring-1997", "--season fall-1997,1998"),
        ("--type ova,'TV Special'", "--type ova,TV"),
        ("--status 'Plan to Watch,Currently Watching'", "--status ptw"),
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
        assert!(filter_matches(matching, &sample_item()), "{matching}");
        assert!(!filter_matches(rejecting, &sample_item()), "{rejecting}");
    }
    assert!(filter_matches("", &sample_item()));
}

#[test]
fn edited_matches_entries_with_an_own_value_on_mal_or_not() {
    let with = |stored: StoredEntry| ListEntry { stored, ..sample_item() };
    let (stored, values) = (sample_item().stored, sample_item().stored.values);
    let noted = EntryValues { notes: Some("x".into()), ..values.clone() };
    assert!(!filter_matches("--edited", &sample_item()));
    assert!(filter_matches("--edited", &with(StoredEntry { values: noted.clone(), ..stored.clone() })));
    let kept = own_values::record_kept_values(&noted, None, |_| false);
    let imported = StoredEntry { values: noted.clone(), kept, base: None, ..stored.clone() };
    assert!(!filter_matches("--edited", &with(imported)));
    assert!(filter_matches("--edited", &with(StoredEntry { values: noted, base: None, ..stored.clone() })));
    assert!(!filter_matches("--edited", &with(StoredEntry { values, base: None, ..stored })));
}

#[test]
fn watching_has_rewatched_entries_only_in_commands_that_read() {
    let values = EntryValues { status: "completed".into(), is_rewatching: true, ..EntryValues::default() };
    let rewatched = ListEntry { stored: StoredEntry { values, ..sample_item().stored }, ..sample_item() };
    assert!(filter_matches("--rewatching", &rewatched) && !filter_matches("--rewatching", &sample_item()));
    for flags in ["--status watching", "--status completed", "--status dropped,watching"] {
        assert!(filter_matches(flags, &rewatched), "{flags}");
    }
    assert!(!filter_matches("--status dropped", &rewatched));
    let filter = parse_filter("--status watching");
    assert!(!matches_with(&filter, FilterPurpose::Changing, &rewatched));
    assert!(matches_with(&filter, FilterPurpose::Changing, &sample_item()));
}

#[test]
fn pinned_matches_entries_with_pins() {
    let pinned = vec![crate::domain::entry_fields::Field::Score];
    assert!(!filter_matches("--pinned", &sample_item()));
    assert!(filter_matches(
        "--pinned",
        &ListEntry { stored: StoredEntry { pinned, ..sample_item().stored }, ..sample_item() }
    ));
}

#[test]
fn unknown_value_suggests_a_similar_one_or_the_only_one_that_contains_it() {
    let studios = BTreeSet::from(["Studio Lantern", "Studio Mir", "Sunrise Hill Pictures"]);
    for (typed, expected) in [
        ("lantern", Some("Studio Lantern")),
        ("hill", Some("Sunrise Hill Pictures")),
        ("studio lanten", Some("Studio Lantern")),
        ("i", None),
        ("nobody", None),
    ] {
        assert_eq!(find_nearest_value(typed, &studios, &[]), expected, "{typed}");
    }
}

#[test]
fn season_filter_takes_years() {
    let anime = |year| Anime { start_season: Some(Season { year, season: "spring".into() }), ..Anime::default() };
    for (season, expected) in
        [("1990s", [true, true, false]), ("1995..2000", [false, true, true]), ("1990", [true, false, false])]
    {
        let wanted: SeasonArg = season.parse().unwrap();
        assert_eq!([1990, 1999, 2000].map(|year| matches_season(&wanted, &anime(year))), expected, "{season}");
    }
}
