//! The whole answer, as it is read.

use insta::assert_snapshot;
use serde_json::Value;

use super::*;
use crate::{
    domain::{
        anime::{Anime, Named, Season},
        entry::{Local, Values},
        list_item::ListItem,
        stats::Stats,
    },
    ui::{json::line, width},
};

/// Twelve entries that between them have something of everything.
pub(in crate::ui::view) fn items() -> Vec<ListItem> {
    let genres = ["Action", "Comedy", "Sci-Fi"];
    let statuses = ["completed", "completed", "completed", "watching", "plan_to_watch", "dropped"];
    (0..12_i32)
        .map(|n| {
            let place = usize::try_from(n).unwrap();
            let completed = statuses[place % 6] == "completed";
            ListItem {
                anime: Anime {
                    mal_id: n + 1,
                    title: format!("Anime number {}", n + 1),
                    episodes: (n != 5).then_some(12),
                    average_episode_duration: (n != 2).then_some(1_440),
                    mean: (n % 5 != 4).then(|| rust_decimal::Decimal::new(650 + i64::from(n) * 17, 2)),
                    media_type: Some(if n % 4 == 3 { "movie" } else { "tv" }.into()),
                    genres: genres
                        .iter()
                        .take(place % 4)
                        .zip(1..)
                        .map(|(name, id)| Named { id, name: (*name).into() })
                        .collect(),
                    studios: vec![Named { id: 1 + n % 2, name: ["Bones", "Kyoto Animation"][place % 2].into() }],
                    start_season: (n != 7).then(|| Season { year: 1998 + n * 2, season: "spring".into() }),
                    ..Anime::default()
                },
                entry: Local {
                    mal_id: n + 1,
                    values: Values {
                        status: statuses[place % 6].into(),
                        score: (n % 3 != 0).then_some(4 + n % 7),
                        episodes_watched: Some(if completed { 12 } else { n % 4 }),
                        finish_date: ["2025-12-24", "2026-11", "2024", ""][place % 4]
                            .parse()
                            .ok()
                            .filter(|_| completed),
                        times_rewatched: i32::from(n == 1) * 2,
                        ..Values::default()
                    },
                    ..Local::default()
                },
                updated_at: None,
            }
        })
        .collect()
}

pub(in crate::ui::view) fn about<'a>() -> About<'a> {
    About { username: "alice", of: 12, top: 10, today: "2026-11-24".parse().unwrap() }
}

fn told(items: &[ListItem], about: &About<'_>, look: Look) -> String {
    let stats = Stats::of(items);
    text(&head(about, &stats), &sections(about, &stats), look)
}

const USUAL: Look = Look { columns: 80, ascii: false, bold: false };

#[test]
fn the_figures_in_a_terminal() {
    assert_snapshot!(told(&items(), &about(), USUAL));
}

#[test]
fn every_width_is_kept_and_ascii_is_ascii() {
    for columns in [1, 20, 40, 80, 120, 160, 200, 400] {
        for (ascii, bold) in [(false, false), (true, true)] {
            let text = told(&items(), &about(), Look { columns, ascii, bold });
            let plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "");
            let widest = plain.lines().map(width).max().unwrap();
            // Below this the numbers alone take more.
            assert!(widest <= columns.max(40), "{widest} in {columns}:\n{text}");
            assert!(!ascii || columns < 80 || plain.is_ascii(), "{plain}");
        }
    }
    let wide = told(&items(), &about(), Look { columns: 200, ..USUAL });
    assert!(wide.lines().count() < told(&items(), &about(), USUAL).lines().count() * 2 / 3, "two columns:\n{wide}");
}

#[test]
fn a_ranking_is_cut_where_it_is_asked_to_be_and_says_so() {
    let about = About { top: 2, of: 20, ..about() };
    let text = told(&items(), &about, USUAL);
    for words in ["alice: 12 of 20 entries", "By genre (the first 2 of 4)", "By year (the last 2 of 23)"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn names_of_every_script_keep_the_bars_in_line() {
    let mut items = items();
    let names = ["שלום", "مسلسل", "❤\u{fe0f} love", "進撃の巨人", "👨\u{200d}👩\u{200d}👧", "Action"];
    for (item, (id, name)) in items.iter_mut().zip((1..).zip(names)) {
        item.anime.genres = vec![Named { id, name: name.into() }];
    }
    let text = told(&items, &about(), USUAL);
    let chart = text.split_once("By genre").unwrap().1.lines().skip(2).take(names.len());
    let bars: Vec<usize> =
        chart.map(|line| width(line.split(['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉']).next().unwrap())).collect();
    assert!(bars.iter().all(|at| *at == bars[0]), "{bars:?}\n{text}");
    assert!(text.contains("\u{200e}") && text.contains("❤ love") && !text.contains('\u{fe0f}'), "{text}");
}

#[test]
fn names_from_outside_steer_no_terminal() {
    let mut items = items();
    for (place, item) in items.iter_mut().enumerate() {
        let hostile = format!("\x1b[2J\u{202e}\r\n{place}\u{7}");
        item.anime.title.clone_from(&hostile);
        item.anime.genres = vec![Named { id: 1, name: hostile.clone() }];
        item.anime.studios = vec![Named { id: 1, name: hostile.clone() }];
        item.anime.media_type = Some(hostile.clone());
        item.anime.start_season = Some(Season { year: 2000, season: hostile.clone() });
        item.entry.values.status = hostile;
    }
    let about = About { username: "\x1b[31mmallory", ..about() };
    let text = told(&items, &about, USUAL);
    assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
}

#[test]
fn a_time_axis_has_no_gaps_unless_they_are_absurd() {
    let years = |years: &[i32]| {
        let mut items: Vec<_> = items().into_iter().take(years.len()).collect();
        for (item, year) in items.iter_mut().zip(years) {
            item.anime.start_season = Some(Season { year: *year, season: "fall".into() });
        }
        let sections = sections(&about(), &Stats::of(&items));
        let charts = sections.into_iter().flat_map(|section| section.charts);
        charts.filter(|chart| chart.key == "year" && chart.caption == "By year").flat_map(|chart| chart.rows).count()
    };
    assert_eq!((years(&[2000, 2003]), years(&[1, i32::MAX]), years(&[i32::MIN, i32::MAX])), (4, 2, 2));
}

#[test]
fn nothing_is_told_of_an_empty_list() {
    assert!(sections(&about(), &Stats::of(&[])).is_empty());
    let object: Value = serde_json::from_str(&line(&json(&about(), &Stats::of(&[])))).unwrap();
    assert_eq!(
        (&object["entries"], &object["scores"]["mean"], &object["genres"]),
        (&0.into(), &Value::Null, &Value::Array(vec![]))
    );
}

#[test]
fn one_entry_that_says_nothing_is_told_without_a_gap() {
    let bare = ListItem {
        anime: Anime { mal_id: 1, title: "A".into(), ..Anime::default() },
        entry: Local {
            mal_id: 1,
            values: Values { status: "plan_to_watch".into(), ..Values::default() },
            ..Local::default()
        },
        updated_at: None,
    };
    assert_snapshot!(told(&[bare], &About { of: 1, ..about() }, USUAL));
}

/// The names of an object's fields, with those of the objects within.
fn names(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{path}.{name}");
                found.push(path.clone());
                names(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().take(1).for_each(|item| names(item, &format!("{path}[]"), found)),
        _ => {}
    }
}

#[test]
fn the_object_has_the_documented_fields_in_their_order() {
    let object: Value = serde_json::from_str(&line(&json(&about(), &Stats::of(&items())))).unwrap();
    let mut found = Vec::new();
    names(&object, "", &mut found);
    assert_snapshot!(found.join("\n"));
    let days = object["watched"]["days"].as_f64().unwrap();
    assert!((days * 86_400.0 - object["watched"]["seconds"].as_f64().unwrap()).abs() < 0.001, "{days}");
}
