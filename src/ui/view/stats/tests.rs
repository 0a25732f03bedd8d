//! Tests of the complete output of `stats`.

use insta::assert_snapshot;
use serde_json::Value;

use super::*;
use crate::{
    domain::{
        anime::{Anime, IdName, Season},
        entry::StoredEntry,
        entry_fields::EntryValues,
        list_entry::ListEntry,
        stats::Stats,
    },
    json_line::to_json_line,
    ui::{display_width, style::strip_styles},
};

/// Twelve entries that together cover every statistic.
pub(in crate::ui::view) fn example_items() -> Vec<ListEntry> {
    let genres = ["Action", "Comedy", "Sci-Fi"];
    let statuses = ["completed", "completed", "completed", "watching", "plan_to_watch", "dropped"];
    (0..12_i32)
        .map(|n| {
            let index = usize::try_from(n).unwrap();
            let completed = statuses[index % 6] == "completed";
            ListEntry {
                anime: Anime {
                    mal_id: n + 1,
                    title: format!("Anime number {}", n + 1),
                    episodes: (n != 5).then_some(12),
                    average_episode_duration: (n != 2).then_some(1_440),
                    mean: (n % 5 != 4).then(|| rust_decimal::Decimal::new(650 + i64::from(n) * 17, 2)),
                    media_type: Some(if n % 4 == 3 { "movie" } else { "tv" }.into()),
                    genres: genres
                        .iter()
                        .take(index % 4)
                        .zip(1..)
                        .map(|(name, id)| IdName { id, name: (*name).into() })
                        .collect(),
                    studios: vec![IdName { id: 1 + n % 2, name: ["Bones", "Kyoto Animation"][index % 2].into() }],
                    start_season: (n != 7).then(|| Season { year: 1998 + n * 2, season: "spring".into() }),
                    ..Anime::default()
                },
                stored: StoredEntry {
                    mal_id: n + 1,
                    values: EntryValues {
                        status: statuses[index % 6].into(),
                        score: (n % 3 != 0).then_some(4 + n % 7),
                        episodes_watched: Some(if completed { 12 } else { n % 4 }),
                        finish_date: ["2025-12-24", "2026-11", "2024", ""][index % 4]
                            .parse()
                            .ok()
                            .filter(|_| completed),
                        times_rewatched: i32::from(n == 1) * 2,
                        ..EntryValues::default()
                    },
                    ..StoredEntry::default()
                },
                updated_at: None,
            }
        })
        .collect()
}

pub(in crate::ui::view) fn example_scope<'a>() -> StatsScope<'a> {
    StatsScope { username: "alice", total_entries: 12, top: 10, today: "2026-11-24".parse().unwrap() }
}

fn render_stats(items: &[ListEntry], scope: &StatsScope<'_>, style: TextStyle) -> String {
    let stats = Stats::compute(items);
    strip_styles(&to_text(&heading_line(scope, &stats), &build_sections(scope, &stats), style))
}

const DEFAULT_STYLE: TextStyle = TextStyle { columns: 80, ascii: false };

#[test]
fn stats_text_in_eighty_columns() {
    assert_snapshot!(render_stats(&example_items(), &example_scope(), DEFAULT_STYLE));
}

#[test]
fn text_fits_every_width_and_ascii_bars_are_ascii() {
    for columns in [1, 20, 40, 80, 120, 160, 200, 400] {
        for ascii in [false, true] {
            let text = render_stats(&example_items(), &example_scope(), TextStyle { columns, ascii });
            let widest = text.lines().map(display_width).max().unwrap();
            // Below 40 columns the numbers alone are wider.
            assert!(widest <= columns.max(40), "{widest} in {columns}:\n{text}");
            assert!(!ascii || columns < 80 || text.is_ascii(), "{text}");
        }
    }
    let wide = render_stats(&example_items(), &example_scope(), TextStyle { columns: 200, ..DEFAULT_STYLE });
    assert!(
        wide.lines().count() < render_stats(&example_items(), &example_scope(), DEFAULT_STYLE).lines().count() * 2 / 3,
        "two columns:\n{wide}"
    );
}

#[test]
fn ranking_is_limited_to_top_rows_and_says_so() {
    let scope = StatsScope { top: 2, total_entries: 20, ..example_scope() };
    let text = render_stats(&example_items(), &scope, DEFAULT_STYLE);
    for phrase in ["alice: 12 of 20 entries", "By genre (top 2 of 4)", "By year (last 2 of 23)"] {
        assert!(text.contains(phrase), "{phrase} in\n{text}");
    }
}

#[test]
fn entries_being_rewatched_are_counted_beside_their_status() {
    let mut items = example_items();
    for index in [0, 1, 3] {
        items[index].stored.values.is_rewatching = true;
    }
    let text = render_stats(&items, &example_scope(), DEFAULT_STYLE);
    assert!(
        text.contains("\n6 completed, 2 of them being rewatched (malsync list shows these as rewatching)\n"),
        "{text}"
    );
    assert!(!text.contains(" watching, "), "{text}");
}

#[test]
fn bars_stay_aligned_for_every_script() {
    let mut items = example_items();
    let names = ["שלום", "مسلسل", "❤\u{fe0f} love", "進撃の巨人", "👨\u{200d}👩\u{200d}👧", "Action"];
    for (item, (id, name)) in items.iter_mut().zip((1..).zip(names)) {
        item.anime.genres = vec![IdName { id, name: name.into() }];
    }
    let text = render_stats(&items, &example_scope(), DEFAULT_STYLE);
    let chart = text.split_once("By genre").unwrap().1.lines().skip(2).take(names.len());
    let bars: Vec<usize> =
        chart.map(|line| display_width(line.split(['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉']).next().unwrap())).collect();
    assert!(bars.iter().all(|at| *at == bars[0]), "{bars:?}\n{text}");
    assert!(text.contains("\u{200e}") && text.contains("❤ love") && !text.contains('\u{fe0f}'), "{text}");
}

#[test]
fn control_characters_in_names_are_escaped() {
    let mut items = example_items();
    for (index, item) in items.iter_mut().enumerate() {
        let hostile = format!("\x1b[2J\u{202e}\r\n{index}\u{7}");
        item.anime.title.clone_from(&hostile);
        item.anime.genres = vec![IdName { id: 1, name: hostile.clone() }];
        item.anime.studios = vec![IdName { id: 1, name: hostile.clone() }];
        item.anime.media_type = Some(hostile.clone());
        item.anime.start_season = Some(Season { year: 2000, season: hostile.clone() });
        item.stored.values.status = hostile;
    }
    let scope = StatsScope { username: "\x1b[31mmallory", ..example_scope() };
    let text = render_stats(&items, &scope, DEFAULT_STYLE);
    assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
}

#[test]
fn year_gaps_are_filled_unless_too_long() {
    let years = |years: &[i32]| {
        let mut items: Vec<_> = example_items().into_iter().take(years.len()).collect();
        for (item, year) in items.iter_mut().zip(years) {
            item.anime.start_season = Some(Season { year: *year, season: "fall".into() });
        }
        let sections = build_sections(&example_scope(), &Stats::compute(&items));
        let charts = sections.into_iter().flat_map(|section| section.charts);
        charts
            .filter(|chart| chart.label_header == "year" && chart.caption == "By year")
            .flat_map(|chart| chart.rows)
            .count()
    };
    assert_eq!((years(&[2000, 2003]), years(&[1, i32::MAX]), years(&[i32::MIN, i32::MAX])), (4, 2, 2));
}

#[test]
fn empty_list_has_no_sections_and_no_mean() {
    assert!(build_sections(&example_scope(), &Stats::compute(&[])).is_empty());
    let object: Value = serde_json::from_str(&to_json_line(&to_json(&example_scope(), &Stats::compute(&[])))).unwrap();
    assert_eq!(
        (&object["entries"], &object["scores"]["mean"], &object["genres"]),
        (&0.into(), &Value::Null, &Value::Array(vec![]))
    );
}

#[test]
fn entry_without_values_renders_without_gaps() {
    let item = ListEntry {
        anime: Anime { mal_id: 1, title: "A".into(), ..Anime::default() },
        stored: StoredEntry {
            mal_id: 1,
            values: EntryValues { status: "plan_to_watch".into(), ..EntryValues::default() },
            ..StoredEntry::default()
        },
        updated_at: None,
    };
    assert_snapshot!(render_stats(&[item], &StatsScope { total_entries: 1, ..example_scope() }, DEFAULT_STYLE));
}

/// Collects the paths of all fields of an object, including nested ones.
fn collect_field_paths(value: &Value, path: &str, paths: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{path}.{name}");
                paths.push(path.clone());
                collect_field_paths(value, &path, paths);
            }
        }
        Value::Array(items) => {
            items.iter().take(1).for_each(|item| collect_field_paths(item, &format!("{path}[]"), paths));
        }
        _ => {}
    }
}

#[test]
fn stats_object_has_the_documented_fields_in_their_order() {
    let object: Value =
        serde_json::from_str(&to_json_line(&to_json(&example_scope(), &Stats::compute(&example_items())))).unwrap();
    let mut paths = Vec::new();
    collect_field_paths(&object, "", &mut paths);
    assert_snapshot!(paths.join("\n"));
    let days = object["watched"]["days"].as_f64().unwrap();
    assert!((days * 86_400.0 - object["watched"]["seconds"].as_f64().unwrap()).abs() < 0.001, "{days}");
}
