//! The figures in words, rows and bars: what terminal and report have in common.
//!
//! Every bar has its numbers beside it, so that nothing is told by a picture alone. Labels and sentences are as they come:
//! whoever shows them cleans or escapes them.

use std::fmt::Display;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::super::{NO_VALUE, format_count, or_no_value, pluralize};
use crate::domain::stats::{FinishedByYear, GroupTotals, ScoreComparison, ScoredByBoth, Stats, StatsGroup};

/// Whose figures they are, and how much of them is wanted.
#[derive(Clone, Copy, Debug)]
pub struct StatsScope<'a> {
    /// The user's name.
    pub username: &'a str,
    /// How many entries there were before a filter took some.
    pub total_entries: usize,
    /// How many rows of a long ranking are shown.
    pub top: usize,
    /// The day of today.
    pub today: NaiveDate,
}

impl StatsScope<'_> {
    /// How many entries are told of, and of how many.
    pub(in crate::ui::view) fn entries_text(&self, stats: &Stats) -> String {
        let all = u64::try_from(self.total_entries).unwrap_or(u64::MAX);
        if all == stats.entries {
            pluralize_entries(all)
        } else {
            format!("{} of {}", format_count(stats.entries), pluralize_entries(all))
        }
    }
}

/// The line above all: whose figures, and of how many entries.
#[must_use]
pub fn heading_line(about: &StatsScope<'_>, stats: &Stats) -> String {
    format!("{}: {}", about.username, about.entries_text(stats))
}

/// A part of the whole, under a heading.
#[derive(Clone, Debug)]
pub struct StatsSection {
    /// The heading.
    pub heading: &'static str,
    /// What is to be said before the bars.
    pub sentences: Vec<String>,
    /// The bars.
    pub charts: Vec<Chart>,
}

/// How bars are best drawn where there is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarDirection {
    /// One below the other.
    Horizontal,
    /// Side by side, in an order that means something.
    Vertical,
}

/// Which rows are shown where there is not room for all.
#[derive(Clone, Copy, Debug)]
enum RowLimit {
    All,
    First(usize),
    Last(usize),
}

/// Rows with a number each that becomes a bar.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows.
    pub caption: &'static str,
    /// What the labels are.
    pub label_header: &'static str,
    /// What the cells are.
    pub headers: &'static [&'static str],
    /// The place of the cell that the bar stands for.
    pub bar_cell: usize,
    /// All rows.
    pub rows: Vec<ChartRow>,
    /// The better way to draw it.
    pub bar_direction: BarDirection,
    row_limit: RowLimit,
}

/// A label, a number, and what stands beside it.
#[derive(Clone, Debug)]
pub struct ChartRow {
    /// The label.
    pub label: String,
    /// What the bar's length stands for.
    pub value: u64,
    /// The numbers in words, one a header.
    pub cells: Vec<String>,
}

impl Chart {
    const fn new(
        caption: &'static str,
        label_header: &'static str,
        headers: &'static [&'static str],
        rows: Vec<ChartRow>,
    ) -> Self {
        Self {
            caption,
            label_header,
            headers,
            bar_cell: 0,
            rows,
            bar_direction: BarDirection::Horizontal,
            row_limit: RowLimit::All,
        }
    }

    /// The rows there is room for.
    #[must_use]
    pub fn visible_rows(&self) -> &[ChartRow] {
        let all = self.rows.len();
        match self.row_limit {
            RowLimit::All => &self.rows,
            RowLimit::First(most) => &self.rows[..all.min(most)],
            RowLimit::Last(most) => &self.rows[all.saturating_sub(most)..],
        }
    }

    /// What it shows, and how much of it where that is not all.
    #[must_use]
    pub fn title(&self) -> String {
        let (caption, shown, all) = (self.caption, self.visible_rows().len(), self.rows.len());
        match self.row_limit {
            RowLimit::First(_) if shown < all => format!("{caption} (the first {shown} of {all})"),
            RowLimit::Last(_) if shown < all => format!("{caption} (the last {shown} of {all})"),
            _ => caption.to_owned(),
        }
    }
}

/// The sections; none where there is no entry.
#[must_use]
pub fn build_sections(about: &StatsScope<'_>, stats: &Stats) -> Vec<StatsSection> {
    if stats.entries == 0 {
        return Vec::new();
    }
    vec![
        watched_section(stats),
        scores_section(stats),
        comparison_section(about, &stats.score_comparison),
        finished_section(about, stats),
        start_time_section(about, stats),
        types_section(about, stats),
    ]
}

const ENTRIES_HEADER: &[&str] = &["entries"];

fn entries_row(label: impl Display, entries: u64) -> ChartRow {
    ChartRow { label: label.to_string(), value: entries, cells: vec![format_count(entries)] }
}

/// A number as a figure for [`of`].
fn saturating_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn pluralize_entries(entries: u64) -> String {
    pluralize(saturating_i64(entries), "entry", "entries")
}

fn watched_section(stats: &Stats) -> StatsSection {
    let watched = &stats.watched;
    let again = if watched.rewatched_episodes > 0 {
        format!(", {} of them again", format_count(watched.rewatched_episodes))
    } else {
        String::new()
    };
    let mut told = vec![
        format!("{} watched{again}", pluralize(saturating_i64(watched.episodes), "episode", "episodes")),
        format!("{} days watched", format_days(watched.seconds)),
    ];
    if watched.entries_without_duration > 0 {
        let episodes = pluralize(saturating_i64(watched.episodes_without_duration), "episode", "episodes");
        told.push(format!(
            "Not in the days: {episodes} of unknown length, of {}",
            pluralize_entries(watched.entries_without_duration)
        ));
    }
    if watched.entries_with_unknown_rewatches > 0 {
        let entries = pluralize_entries(watched.entries_with_unknown_rewatches);
        told.push(format!(
            "Seen again more than is told: {entries}, of which nobody knows how many episodes there are"
        ));
    }
    let rows = stats.statuses.iter().map(|(status, entries)| entries_row(status.replace('_', " "), *entries)).collect();
    StatsSection {
        heading: "Watched",
        sentences: told,
        charts: vec![Chart::new("Entries by status", "status", ENTRIES_HEADER, rows)],
    }
}

fn scores_section(stats: &Stats) -> StatsSection {
    let scores = &stats.scores;
    let mut told =
        vec![format!("{} of {} scored", format_count(scores.scored_count()), pluralize_entries(stats.entries))];
    if let Some((mean, median)) = scores.mean().zip(scores.median()) {
        told.push(format!("Mean {mean:.2}, median {median}"));
    }
    let rows = scores.histogram().map(|(score, entries)| entries_row(score, entries)).collect();
    let chart = Chart {
        bar_direction: BarDirection::Vertical,
        ..Chart::new("Entries by score", "score", ENTRIES_HEADER, rows)
    };
    let charts = if scores.scored_count() > 0 { vec![chart] } else { Vec::new() };
    StatsSection { heading: "Scores", sentences: told, charts }
}

/// A difference with its sign.
fn format_signed(difference: Decimal) -> String {
    let rounded = difference.round_dp(2);
    if rounded.is_zero() { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

fn comparison_section(about: &StatsScope<'_>, against: &ScoreComparison) -> StatsSection {
    let mean = against.mean_difference().map(|mean| format!("Mean difference {}", format_signed(mean)));
    let compared = format!("{} scored by both", pluralize_entries(against.compared_count()));
    let label = |bin: i32| if bin == 0 { "0".to_owned() } else { format!("{bin:+}") };
    let bins = against.histogram.iter().map(|(bin, entries)| entries_row(label(*bin), *entries)).collect();
    let bins =
        Chart::new("Your score less MAL's mean, to the nearest whole number", "difference", ENTRIES_HEADER, bins);
    let mut charts = vec![Chart { bar_direction: BarDirection::Vertical, ..bins }];
    let row = |rated: &ScoredByBoth| ChartRow {
        label: rated.title.clone(),
        value: (rated.difference().abs() * Decimal::ONE_HUNDRED).try_into().unwrap_or(0),
        cells: vec![rated.score.to_string(), format!("{:.2}", rated.mean), format_signed(rated.difference())],
    };
    let headers = &["score", "mean", "difference"];
    let (higher, lower) = (against.above_mal().map(row).collect(), against.below_mal().map(row).collect());
    for (caption, rows) in [("Rated above MAL the most", higher), ("Rated below MAL the most", lower)] {
        charts.push(Chart {
            bar_cell: 2,
            row_limit: RowLimit::First(about.top),
            ..Chart::new(caption, "anime", headers, rows)
        });
    }
    charts.retain(|chart| !chart.rows.is_empty());
    StatsSection { heading: "Scores against MAL", sentences: std::iter::once(compared).chain(mean).collect(), charts }
}

/// How many months are shown, this one included.
const MONTHS_SHOWN: i32 = 12;

fn finished_section(about: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let finished: &FinishedByYear = &stats.finished;
    let unknown: u64 = finished.years.iter().map(|year| year.month_unknown).sum();
    let mut told = vec![format!("{} with a date of their end", pluralize_entries(finished.dated_count()))];
    if unknown > 0 {
        told.push(format!("Of {} of them the year alone is known, not the month", format_count(unknown)));
    }
    if finished.undated > 0 {
        told.push(format!("{} completed without a date", pluralize_entries(finished.undated)));
    }
    let years = finished.years.iter().map(|year| (year.year, entries_row(year.year, year.entry_count())));
    let years =
        Chart::new("Finished by year", "year", ENTRIES_HEADER, fill_year_gaps(years, |year| entries_row(year, 0)));
    let this = about.today.year() * 12 + about.today.month0().cast_signed();
    let months = (this - MONTHS_SHOWN + 1..=this).map(|month| {
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        entries_row(format!("{year}-{month:02}"), finished.count_in_month(year, month.unsigned_abs()))
    });
    let months = Chart::new("Finished in the last 12 months", "month", ENTRIES_HEADER, months.collect());
    let columns = |chart, room| Chart { bar_direction: BarDirection::Vertical, row_limit: room, ..chart };
    let mut charts = vec![columns(years, RowLimit::Last(about.top)), columns(months, RowLimit::All)];
    charts.retain(|chart| chart.rows.iter().any(|row| row.value > 0));
    StatsSection { heading: "Finished when", sentences: told, charts }
}

/// The years from the first to the last, as long as a person could have seen them.
fn fill_year_gaps(rows: impl Iterator<Item = (i32, ChartRow)>, empty: impl Fn(i32) -> ChartRow) -> Vec<ChartRow> {
    let mut filled: Vec<ChartRow> = Vec::new();
    let mut next = None;
    for (year, row) in rows {
        let missing = next.map_or(year..year, |next| next..year);
        if missing.len() < MAX_GAP_YEARS {
            filled.extend(missing.map(&empty));
        }
        filled.push(row);
        next = year.checked_add(1);
    }
    filled
}

const MAX_GAP_YEARS: usize = 150;

const TALLY_HEADERS: &[&str] = &["entries", "mean score", "days"];

fn tally_row(label: String, tally: &GroupTotals) -> ChartRow {
    let mean = or_no_value(tally.mean_score().map(|mean| format!("{mean:.2}")));
    ChartRow { label, value: tally.entries, cells: vec![format_count(tally.entries), mean, days_cell(tally.seconds)] }
}

fn group_rows<K>(groups: &[StatsGroup<K>], none: &str, label: impl Fn(&K) -> String) -> Vec<ChartRow> {
    let label = |group: &StatsGroup<K>| group.key.as_ref().map_or_else(|| none.to_owned(), &label);
    groups.iter().map(|group| tally_row(label(group), &group.totals)).collect()
}

fn start_time_section(about: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let chart = |caption, key, rows, room| Chart { row_limit: room, ..Chart::new(caption, key, TALLY_HEADERS, rows) };
    let last = RowLimit::Last(about.top);
    let decades = group_rows(&stats.decades, "unknown", |decade| format!("{decade}s"));
    // What is not known has no place in time: it is told in words.
    let years =
        stats.years.iter().filter_map(|group| Some((group.key?, tally_row(group.key?.to_string(), &group.totals))));
    let years = fill_year_gaps(years, |year| tally_row(year.to_string(), &GroupTotals::default()));
    let seasons =
        stats.seasons.iter().filter_map(|group| Some(tally_row(group.key.as_ref()?.to_string(), &group.totals)));
    let mut charts = vec![
        chart("By decade", "decade", decades, RowLimit::All),
        Chart { bar_direction: BarDirection::Vertical, ..chart("By year", "year", years, last) },
        chart("By season", "season", seasons.collect(), last),
    ];
    // One decade says no more than its years do.
    charts.retain(|chart| chart.rows.len() > usize::from(chart.label_header == "decade"));
    let unknown = |what: &str, entries: u64| {
        (entries > 0).then(|| format!("Unknown {what}: {}", self::pluralize_entries(entries)))
    };
    let told = [unknown("year", count_without_key(&stats.years)), unknown("season", count_without_key(&stats.seasons))];
    StatsSection { heading: "When the anime began", sentences: told.into_iter().flatten().collect(), charts }
}

/// How many entries are in no known group.
fn count_without_key<K>(groups: &[StatsGroup<K>]) -> u64 {
    groups.iter().filter(|group| group.key.is_none()).map(|group| group.totals.entries).sum()
}

fn types_section(about: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let word = |word: &str| {
        if matches!(word, "tv" | "ova" | "ona" | "pv" | "cm") { word.to_uppercase() } else { word.to_owned() }
    };
    let kind = |kind: &String| kind.split('_').map(word).collect::<Vec<_>>().join(" ");
    let first = RowLimit::First(about.top);
    let chart = |caption, key, rows, room| Chart { row_limit: room, ..Chart::new(caption, key, TALLY_HEADERS, rows) };
    StatsSection {
        heading: "Types, genres and studios",
        sentences: vec!["An anime with several genres or studios counts in each".to_owned()],
        charts: vec![
            chart("By type", "type", group_rows(&stats.types, "unknown", kind), RowLimit::All),
            chart("By genre", "genre", group_rows(&stats.genres, "none", |named| named.name.clone()), first),
            chart("By studio", "studio", group_rows(&stats.studios, "none", |named| named.name.clone()), first),
        ],
    }
}

/// Seconds as days in a cell; nothing as nothing.
fn days_cell(seconds: u64) -> String {
    if seconds == 0 { NO_VALUE.to_owned() } else { format_days(seconds) }
}

/// Seconds as days, to a tenth.
pub(in crate::ui::view) fn format_days(seconds: u64) -> String {
    let tenths = (u128::from(seconds) * 10 + 43_200) / 86_400;
    format!("{}.{}", format_count(tenths / 10), tenths % 10)
}
