//! The figures in words, rows and bars: what terminal and report have in common.
//!
//! Every bar has its numbers beside it, so that nothing is told by a picture alone. Labels and sentences are as they come:
//! whoever shows them cleans or escapes them.

use std::fmt::Display;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::super::{NONE, count, of, or_none};
use crate::domain::stats::{Against, Finished, Group, Rated, Stats, Tally};

/// Whose figures they are, and how much of them is wanted.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The user's name.
    pub username: &'a str,
    /// How many entries there were before a filter took some.
    pub of: usize,
    /// How many rows of a long ranking are shown.
    pub top: usize,
    /// The day of today.
    pub today: NaiveDate,
}

impl About<'_> {
    /// How many entries are told of, and of how many.
    pub(in crate::ui::view) fn entries(&self, stats: &Stats) -> String {
        let all = u64::try_from(self.of).unwrap_or(u64::MAX);
        if all == stats.entries { entries(all) } else { format!("{} of {}", count(stats.entries), entries(all)) }
    }
}

/// The line above all: whose figures, and of how many entries.
#[must_use]
pub fn head(about: &About<'_>, stats: &Stats) -> String {
    format!("{}: {}", about.username, about.entries(stats))
}

/// A part of the whole, under a heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading.
    pub heading: &'static str,
    /// What is to be said before the bars.
    pub told: Vec<String>,
    /// The bars.
    pub charts: Vec<Chart>,
}

/// How bars are best drawn where there is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One below the other.
    Rows,
    /// Side by side, in an order that means something.
    Columns,
}

/// Which rows are shown where there is not room for all.
#[derive(Clone, Copy, Debug)]
enum Room {
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
    pub key: &'static str,
    /// What the cells are.
    pub headers: &'static [&'static str],
    /// The place of the cell that the bar stands for.
    pub main: usize,
    /// All rows.
    pub rows: Vec<Row>,
    /// The better way to draw it.
    pub shape: Shape,
    room: Room,
}

/// A label, a number, and what stands beside it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The label.
    pub label: String,
    /// What the bar's length stands for.
    pub value: u64,
    /// The numbers in words, one a header.
    pub cells: Vec<String>,
}

impl Chart {
    const fn new(caption: &'static str, key: &'static str, headers: &'static [&'static str], rows: Vec<Row>) -> Self {
        Self { caption, key, headers, main: 0, rows, shape: Shape::Rows, room: Room::All }
    }

    /// The rows there is room for.
    #[must_use]
    pub fn shown(&self) -> &[Row] {
        let all = self.rows.len();
        match self.room {
            Room::All => &self.rows,
            Room::First(most) => &self.rows[..all.min(most)],
            Room::Last(most) => &self.rows[all.saturating_sub(most)..],
        }
    }

    /// What it shows, and how much of it where that is not all.
    #[must_use]
    pub fn title(&self) -> String {
        let (caption, shown, all) = (self.caption, self.shown().len(), self.rows.len());
        match self.room {
            Room::First(_) if shown < all => format!("{caption} (the first {shown} of {all})"),
            Room::Last(_) if shown < all => format!("{caption} (the last {shown} of {all})"),
            _ => caption.to_owned(),
        }
    }
}

/// The sections; none where there is no entry.
#[must_use]
pub fn sections(about: &About<'_>, stats: &Stats) -> Vec<Section> {
    if stats.entries == 0 {
        return Vec::new();
    }
    vec![
        watched(stats),
        scores(stats),
        against(about, &stats.against),
        finished(about, stats),
        times(about, stats),
        kinds(about, stats),
    ]
}

const ENTRIES: &[&str] = &["entries"];

fn plain(label: impl Display, entries: u64) -> Row {
    Row { label: label.to_string(), value: entries, cells: vec![count(entries)] }
}

/// A number as a figure for [`of`].
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn entries(entries: u64) -> String {
    of(number(entries), "entry", "entries")
}

fn watched(stats: &Stats) -> Section {
    let watched = &stats.watched;
    let again = if watched.again > 0 { format!(", {} of them again", count(watched.again)) } else { String::new() };
    let mut told = vec![
        format!("{} watched{again}", of(number(watched.episodes), "episode", "episodes")),
        format!("{} days watched", tenths(watched.seconds)),
    ];
    if watched.unknown_entries > 0 {
        let episodes = of(number(watched.unknown_episodes), "episode", "episodes");
        told.push(format!("Not in the days: {episodes} of unknown length, of {}", entries(watched.unknown_entries)));
    }
    if watched.unknown_rewatches > 0 {
        let entries = entries(watched.unknown_rewatches);
        told.push(format!(
            "Seen again more than is told: {entries}, of which nobody knows how many episodes there are"
        ));
    }
    let rows = stats.statuses.iter().map(|(status, entries)| plain(status.replace('_', " "), *entries)).collect();
    Section { heading: "Watched", told, charts: vec![Chart::new("Entries by status", "status", ENTRIES, rows)] }
}

fn scores(stats: &Stats) -> Section {
    let scores = &stats.scores;
    let mut told = vec![format!("{} of {} scored", count(scores.scored()), entries(stats.entries))];
    if let Some((mean, median)) = scores.mean().zip(scores.median()) {
        told.push(format!("Mean {mean:.2}, median {median}"));
    }
    let rows = scores.each().map(|(score, entries)| plain(score, entries)).collect();
    let chart = Chart { shape: Shape::Columns, ..Chart::new("Entries by score", "score", ENTRIES, rows) };
    let charts = if scores.scored() > 0 { vec![chart] } else { Vec::new() };
    Section { heading: "Scores", told, charts }
}

/// A difference with its sign.
fn signed(difference: Decimal) -> String {
    let rounded = difference.round_dp(2);
    if rounded.is_zero() { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

fn against(about: &About<'_>, against: &Against) -> Section {
    let mean = against.mean_difference().map(|mean| format!("Mean difference {}", signed(mean)));
    let compared = format!("{} scored by both", entries(against.compared()));
    let label = |bin: i32| if bin == 0 { "0".to_owned() } else { format!("{bin:+}") };
    let bins = against.bins.iter().map(|(bin, entries)| plain(label(*bin), *entries)).collect();
    let bins = Chart::new("Your score less MAL's mean, to the nearest whole number", "difference", ENTRIES, bins);
    let mut charts = vec![Chart { shape: Shape::Columns, ..bins }];
    let row = |rated: &Rated| Row {
        label: rated.title.clone(),
        value: (rated.difference().abs() * Decimal::ONE_HUNDRED).try_into().unwrap_or(0),
        cells: vec![rated.score.to_string(), format!("{:.2}", rated.mean), signed(rated.difference())],
    };
    let headers = &["score", "mean", "difference"];
    let (higher, lower) = (against.higher().map(row).collect(), against.lower().map(row).collect());
    for (caption, rows) in [("Rated above MAL the most", higher), ("Rated below MAL the most", lower)] {
        charts.push(Chart { main: 2, room: Room::First(about.top), ..Chart::new(caption, "anime", headers, rows) });
    }
    charts.retain(|chart| !chart.rows.is_empty());
    Section { heading: "Scores against MAL", told: std::iter::once(compared).chain(mean).collect(), charts }
}

/// How many months are shown, this one included.
const MONTHS: i32 = 12;

fn finished(about: &About<'_>, stats: &Stats) -> Section {
    let finished: &Finished = &stats.finished;
    let unknown: u64 = finished.years.iter().map(|year| year.month_unknown).sum();
    let mut told = vec![format!("{} with a date of their end", entries(finished.dated()))];
    if unknown > 0 {
        told.push(format!("Of {} of them the year alone is known, not the month", count(unknown)));
    }
    if finished.undated > 0 {
        told.push(format!("{} completed without a date", entries(finished.undated)));
    }
    let years = finished.years.iter().map(|year| (year.year, plain(year.year, year.entries())));
    let years = Chart::new("Finished by year", "year", ENTRIES, without_gaps(years, |year| plain(year, 0)));
    let this = about.today.year() * 12 + about.today.month0().cast_signed();
    let months = (this - MONTHS + 1..=this).map(|month| {
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        plain(format!("{year}-{month:02}"), finished.in_month(year, month.unsigned_abs()))
    });
    let months = Chart::new("Finished in the last 12 months", "month", ENTRIES, months.collect());
    let columns = |chart, room| Chart { shape: Shape::Columns, room, ..chart };
    let mut charts = vec![columns(years, Room::Last(about.top)), columns(months, Room::All)];
    charts.retain(|chart| chart.rows.iter().any(|row| row.value > 0));
    Section { heading: "Finished when", told, charts }
}

/// The years from the first to the last, as long as a person could have seen them.
fn without_gaps(rows: impl Iterator<Item = (i32, Row)>, empty: impl Fn(i32) -> Row) -> Vec<Row> {
    let mut filled: Vec<Row> = Vec::new();
    let mut next = None;
    for (year, row) in rows {
        let missing = next.map_or(year..year, |next| next..year);
        if missing.len() < MOST_YEARS {
            filled.extend(missing.map(&empty));
        }
        filled.push(row);
        next = year.checked_add(1);
    }
    filled
}

const MOST_YEARS: usize = 150;

const FIGURES: &[&str] = &["entries", "mean score", "days"];

fn figures(label: String, tally: &Tally) -> Row {
    let mean = or_none(tally.mean().map(|mean| format!("{mean:.2}")));
    Row { label, value: tally.entries, cells: vec![count(tally.entries), mean, days(tally.seconds)] }
}

fn group<K>(groups: &[Group<K>], none: &str, label: impl Fn(&K) -> String) -> Vec<Row> {
    let label = |group: &Group<K>| group.key.as_ref().map_or_else(|| none.to_owned(), &label);
    groups.iter().map(|group| figures(label(group), &group.tally)).collect()
}

fn times(about: &About<'_>, stats: &Stats) -> Section {
    let chart = |caption, key, rows, room| Chart { room, ..Chart::new(caption, key, FIGURES, rows) };
    let last = Room::Last(about.top);
    let decades = group(&stats.decades, "unknown", |decade| format!("{decade}s"));
    // What is not known has no place in time: it is told in words.
    let years =
        stats.years.iter().filter_map(|group| Some((group.key?, figures(group.key?.to_string(), &group.tally))));
    let years = without_gaps(years, |year| figures(year.to_string(), &Tally::default()));
    let seasons = stats.seasons.iter().filter_map(|group| Some(figures(group.key.as_ref()?.to_string(), &group.tally)));
    let mut charts = vec![
        chart("By decade", "decade", decades, Room::All),
        Chart { shape: Shape::Columns, ..chart("By year", "year", years, last) },
        chart("By season", "season", seasons.collect(), last),
    ];
    // One decade says no more than its years do.
    charts.retain(|chart| chart.rows.len() > usize::from(chart.key == "decade"));
    let unknown =
        |what: &str, entries: u64| (entries > 0).then(|| format!("Unknown {what}: {}", self::entries(entries)));
    let told = [unknown("year", unknown_in(&stats.years)), unknown("season", unknown_in(&stats.seasons))];
    Section { heading: "When the anime began", told: told.into_iter().flatten().collect(), charts }
}

/// How many entries are in no known group.
fn unknown_in<K>(groups: &[Group<K>]) -> u64 {
    groups.iter().filter(|group| group.key.is_none()).map(|group| group.tally.entries).sum()
}

fn kinds(about: &About<'_>, stats: &Stats) -> Section {
    let word = |word: &str| {
        if matches!(word, "tv" | "ova" | "ona" | "pv" | "cm") { word.to_uppercase() } else { word.to_owned() }
    };
    let kind = |kind: &String| kind.split('_').map(word).collect::<Vec<_>>().join(" ");
    let first = Room::First(about.top);
    let chart = |caption, key, rows, room| Chart { room, ..Chart::new(caption, key, FIGURES, rows) };
    Section {
        heading: "Types, genres and studios",
        told: vec!["An anime with several genres or studios counts in each".to_owned()],
        charts: vec![
            chart("By type", "type", group(&stats.types, "unknown", kind), Room::All),
            chart("By genre", "genre", group(&stats.genres, "none", |named| named.name.clone()), first),
            chart("By studio", "studio", group(&stats.studios, "none", |named| named.name.clone()), first),
        ],
    }
}

/// Seconds as days in a cell; nothing as nothing.
fn days(seconds: u64) -> String {
    if seconds == 0 { NONE.to_owned() } else { tenths(seconds) }
}

/// Seconds as days, to a tenth.
pub(in crate::ui::view) fn tenths(seconds: u64) -> String {
    let tenths = (u128::from(seconds) * 10 + 43_200) / 86_400;
    format!("{}.{}", count(tenths / 10), tenths % 10)
}
