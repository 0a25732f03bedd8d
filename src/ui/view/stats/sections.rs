//! Statistics as sentences, rows and bars, shared by the terminal and the HTML report.
//!
//! Invariants:
//! 1. Every bar has its numbers beside it, so nothing depends on the drawing.
//! 2. Labels and sentences are not escaped here: the renderers escape them.

use std::fmt::Display;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::super::{NO_VALUE, format_count, or_no_value, pluralize, pluralize_entries};
use crate::domain::stats::{FinishedByYear, GroupTotals, ScoreComparison, ScoredByBoth, Stats, StatsGroup};

/// Whose statistics are shown, and how much of them.
#[derive(Clone, Copy, Debug)]
pub struct StatsScope<'a> {
    /// Username.
    pub username: &'a str,
    /// Number of entries before filtering.
    pub total_entries: usize,
    /// Maximum number of rows of a long ranking.
    pub top: usize,
    /// Today.
    pub today: NaiveDate,
}

impl StatsScope<'_> {
    /// Returns the number of entries as text, and of how many if a filter removed some.
    pub(in crate::ui::view) fn entries_text(&self, stats: &Stats) -> String {
        let total = u64::try_from(self.total_entries).unwrap_or(u64::MAX);
        if total == stats.entries {
            pluralize_entries(total)
        } else {
            format!("{} of {}", format_count(stats.entries), pluralize_entries(total))
        }
    }
}

/// Returns the first line: whose statistics, and of how many entries.
#[must_use]
pub fn heading_line(scope: &StatsScope<'_>, stats: &Stats) -> String {
    format!("{}: {}", scope.username, scope.entries_text(stats))
}

/// A section with its heading.
#[derive(Clone, Debug)]
pub struct StatsSection {
    /// Heading.
    pub heading: &'static str,
    /// Sentences before the charts.
    pub sentences: Vec<String>,
    /// Bar charts.
    pub charts: Vec<Chart>,
}

/// Preferred direction of the bars, for renderers that support both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarDirection {
    /// Horizontal bars, one below the other.
    Horizontal,
    /// Vertical bars, side by side, in a meaningful order (time, score).
    Vertical,
}

/// Which rows are shown if there are too many.
#[derive(Clone, Copy, Debug)]
enum RowLimit {
    All,
    First(usize),
    Last(usize),
}

/// A bar chart: rows with one bar each.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Title without the row limit.
    pub caption: &'static str,
    /// Header of the label column.
    pub label_header: &'static str,
    /// Headers of the number columns.
    pub headers: &'static [&'static str],
    /// Index of the cell that the bar represents.
    pub bar_cell: usize,
    /// All rows, including those beyond the row limit.
    pub rows: Vec<ChartRow>,
    /// Preferred direction of the bars.
    pub bar_direction: BarDirection,
    /// True if the labels are statuses, for renderers that color them.
    pub has_status_labels: bool,
    row_limit: RowLimit,
}

/// A label, its bar, and the numbers beside it.
#[derive(Clone, Debug)]
pub struct ChartRow {
    /// Label, not escaped.
    pub label: String,
    /// Value of the bar.
    pub value: u64,
    /// Formatted numbers, one per header.
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
            has_status_labels: false,
            row_limit: RowLimit::All,
        }
    }

    /// Returns the rows within the row limit.
    #[must_use]
    pub fn visible_rows(&self) -> &[ChartRow] {
        let all = self.rows.len();
        match self.row_limit {
            RowLimit::All => &self.rows,
            RowLimit::First(most) => &self.rows[..all.min(most)],
            RowLimit::Last(most) => &self.rows[all.saturating_sub(most)..],
        }
    }

    /// Returns the title, with the number of visible rows if some are hidden.
    #[must_use]
    pub fn title(&self) -> String {
        let (caption, visible, all) = (self.caption, self.visible_rows().len(), self.rows.len());
        match self.row_limit {
            RowLimit::First(_) if visible < all => format!("{caption} (top {visible} of {all})"),
            RowLimit::Last(_) if visible < all => format!("{caption} (last {visible} of {all})"),
            _ => caption.to_owned(),
        }
    }
}

/// Returns the sections. Returns none if there are no entries.
#[must_use]
pub fn build_sections(scope: &StatsScope<'_>, stats: &Stats) -> Vec<StatsSection> {
    if stats.entries == 0 {
        return Vec::new();
    }
    vec![
        watched_section(stats),
        scores_section(stats),
        comparison_section(scope, &stats.score_comparison),
        finished_section(scope, stats),
        premiere_section(scope, stats),
        types_section(scope, stats),
    ]
}

const ENTRIES_HEADER: &[&str] = &["entries"];

fn entries_row(label: impl Display, entries: u64) -> ChartRow {
    ChartRow { label: label.to_string(), value: entries, cells: vec![format_count(entries)] }
}

fn watched_section(stats: &Stats) -> StatsSection {
    let watched = &stats.watched;
    let again = if watched.rewatched_episodes > 0 {
        format!(" ({} rewatched)", format_count(watched.rewatched_episodes))
    } else {
        String::new()
    };
    let mut sentences = vec![
        format!("{} watched{again}", pluralize(watched.episodes, "episode", "episodes")),
        format!("{} days watched", format_days(watched.seconds)),
    ];
    if watched.entries_without_duration > 0 {
        let episodes = pluralize(watched.episodes_without_duration, "episode", "episodes");
        sentences.push(format!(
            "Excludes {episodes} of unknown length ({})",
            pluralize_entries(watched.entries_without_duration)
        ));
    }
    if watched.entries_with_unknown_rewatches > 0 {
        let entries = pluralize_entries(watched.entries_with_unknown_rewatches);
        sentences.push(format!("{entries} with rewatches not counted (unknown number of episodes)"));
    }
    // `list --status watching` has these entries too.
    sentences.extend(stats.rewatching.iter().map(|(status, rewatching)| {
        let all = stats.statuses.iter().find(|(name, _)| name == status).map_or(0, |(_, entries)| *entries);
        let (all, rewatching, status) = (format_count(all), format_count(rewatching), status.replace('_', " "));
        format!("{all} {status}, {rewatching} of them being rewatched (malsync list shows these as rewatching)")
    }));
    let rows = stats.statuses.iter().map(|(status, entries)| entries_row(status.replace('_', " "), *entries)).collect();
    let chart = Chart::new("Entries by status", "status", ENTRIES_HEADER, rows);
    StatsSection { heading: "Watched", sentences, charts: vec![Chart { has_status_labels: true, ..chart }] }
}

fn scores_section(stats: &Stats) -> StatsSection {
    let scores = &stats.scores;
    let mut sentences =
        vec![format!("{} of {} scored", format_count(scores.scored_count()), pluralize_entries(stats.entries))];
    if let Some((mean, median)) = scores.mean().zip(scores.median()) {
        sentences.push(format!("Mean {mean:.2}, median {median}"));
    }
    let rows = scores.histogram().map(|(score, entries)| entries_row(score, entries)).collect();
    let chart = Chart {
        bar_direction: BarDirection::Vertical,
        ..Chart::new("Entries by score", "score", ENTRIES_HEADER, rows)
    };
    let charts = if scores.scored_count() > 0 { vec![chart] } else { Vec::new() };
    StatsSection { heading: "Scores", sentences, charts }
}

/// Formats a difference with its sign and two decimals.
fn format_signed(difference: Decimal) -> String {
    let rounded = difference.round_dp(2);
    if rounded.is_zero() { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

fn comparison_section(scope: &StatsScope<'_>, comparison: &ScoreComparison) -> StatsSection {
    let mean = comparison.mean_difference().map(|mean| format!("Mean difference {}", format_signed(mean)));
    let compared = format!("{} scored by both", pluralize_entries(comparison.compared_count()));
    let label = |bin: i32| if bin == 0 { "0".to_owned() } else { format!("{bin:+}") };
    let histogram = comparison.histogram.iter().map(|(bin, entries)| entries_row(label(*bin), *entries)).collect();
    let histogram = Chart::new("Your score minus MAL's mean, rounded", "difference", ENTRIES_HEADER, histogram);
    let mut charts = vec![Chart { bar_direction: BarDirection::Vertical, ..histogram }];
    let row = |rated: &ScoredByBoth| ChartRow {
        label: rated.title.clone(),
        value: (rated.difference().abs() * Decimal::ONE_HUNDRED).try_into().unwrap_or(0),
        cells: vec![rated.score.to_string(), format!("{:.2}", rated.mean), format_signed(rated.difference())],
    };
    let headers = &["score", "mean", "difference"];
    let (higher, lower) = (comparison.above_mal().map(row).collect(), comparison.below_mal().map(row).collect());
    for (caption, rows) in [("You rated higher than MAL", higher), ("You rated lower than MAL", lower)] {
        charts.push(Chart {
            bar_cell: 2,
            row_limit: RowLimit::First(scope.top),
            ..Chart::new(caption, "anime", headers, rows)
        });
    }
    charts.retain(|chart| !chart.rows.is_empty());
    StatsSection { heading: "Your scores vs. MAL", sentences: std::iter::once(compared).chain(mean).collect(), charts }
}

/// Heading of the section with completed entries by year and month.
pub(in crate::ui::view) const FINISHED_HEADING: &str = "Completed over time";

/// Number of months shown, including the current one.
const MONTHS_SHOWN: i32 = 12;

fn finished_section(scope: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let finished: &FinishedByYear = &stats.finished;
    let unknown: u64 = finished.years.iter().map(|year| year.month_unknown).sum();
    let mut sentences = vec![format!("{} with a finish date", pluralize_entries(finished.dated_count()))];
    if unknown > 0 {
        sentences.push(format!("{} have only a year", format_count(unknown)));
    }
    if finished.undated > 0 {
        sentences.push(format!("{} completed without a finish date", pluralize_entries(finished.undated)));
    }
    let years = finished.years.iter().map(|year| (year.year, entries_row(year.year, year.entry_count())));
    let years =
        Chart::new("Completed by year", "year", ENTRIES_HEADER, fill_year_gaps(years, |year| entries_row(year, 0)));
    let this_month = scope.today.year() * 12 + scope.today.month0().cast_signed();
    let months = (this_month - MONTHS_SHOWN + 1..=this_month).map(|month| {
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        entries_row(format!("{year}-{month:02}"), finished.count_in_month(year, month.unsigned_abs()))
    });
    let months = Chart::new("Completed in the last 12 months", "month", ENTRIES_HEADER, months.collect());
    let vertical = |chart, row_limit| Chart { bar_direction: BarDirection::Vertical, row_limit, ..chart };
    let mut charts = vec![vertical(years, RowLimit::Last(scope.top)), vertical(months, RowLimit::All)];
    charts.retain(|chart| chart.rows.iter().any(|row| row.value > 0));
    StatsSection { heading: FINISHED_HEADING, sentences, charts }
}

/// Inserts empty rows for missing years between the first and the last year. Leaves gaps of [`MAX_GAP_YEARS`] or more.
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

/// Shortest gap between two years that is not filled. A longer one comes from wrong data.
const MAX_GAP_YEARS: usize = 150;

const TOTALS_HEADERS: &[&str] = &["entries", "mean score", "days"];

fn totals_row(label: String, totals: &GroupTotals) -> ChartRow {
    let mean = or_no_value(totals.mean_score().map(|mean| format!("{mean:.2}")));
    ChartRow {
        label,
        value: totals.entries,
        cells: vec![format_count(totals.entries), mean, days_cell(totals.seconds)],
    }
}

fn group_rows<K>(groups: &[StatsGroup<K>], keyless_label: &str, label: impl Fn(&K) -> String) -> Vec<ChartRow> {
    let label = |group: &StatsGroup<K>| group.key.as_ref().map_or_else(|| keyless_label.to_owned(), &label);
    groups.iter().map(|group| totals_row(label(group), &group.totals)).collect()
}

fn premiere_section(scope: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let chart = |caption, label_header, rows, row_limit| Chart {
        row_limit,
        ..Chart::new(caption, label_header, TOTALS_HEADERS, rows)
    };
    let last_rows = RowLimit::Last(scope.top);
    let decades = group_rows(&stats.decades, "unknown", |decade| format!("{decade}s"));
    // Unknown years have no place on a time axis: a sentence reports them.
    let years =
        stats.years.iter().filter_map(|group| Some((group.key?, totals_row(group.key?.to_string(), &group.totals))));
    let years = fill_year_gaps(years, |year| totals_row(year.to_string(), &GroupTotals::default()));
    let seasons =
        stats.seasons.iter().filter_map(|group| Some(totals_row(group.key.as_ref()?.to_string(), &group.totals)));
    let mut charts = vec![
        chart("By decade", "decade", decades, RowLimit::All),
        Chart { bar_direction: BarDirection::Vertical, ..chart("By year", "year", years, last_rows) },
        chart("By season", "season", seasons.collect(), last_rows),
    ];
    // A single decade adds nothing to its years.
    charts.retain(|chart| chart.rows.len() > usize::from(chart.label_header == "decade"));
    let unknown_sentence =
        |what: &str, entries: u64| (entries > 0).then(|| format!("Unknown {what}: {}", pluralize_entries(entries)));
    let sentences = [
        unknown_sentence("year", count_without_key(&stats.years)),
        unknown_sentence("season", count_without_key(&stats.seasons)),
    ];
    StatsSection { heading: "By premiere date", sentences: sentences.into_iter().flatten().collect(), charts }
}

/// Returns the number of entries without a group key.
fn count_without_key<K>(groups: &[StatsGroup<K>]) -> u64 {
    groups.iter().filter(|group| group.key.is_none()).map(|group| group.totals.entries).sum()
}

fn types_section(scope: &StatsScope<'_>, stats: &Stats) -> StatsSection {
    let format_word = |word: &str| {
        if matches!(word, "tv" | "ova" | "ona" | "pv" | "cm") { word.to_uppercase() } else { word.to_owned() }
    };
    let format_type = |media_type: &String| media_type.split('_').map(format_word).collect::<Vec<_>>().join(" ");
    let first_rows = RowLimit::First(scope.top);
    let chart = |caption, label_header, rows, row_limit| Chart {
        row_limit,
        ..Chart::new(caption, label_header, TOTALS_HEADERS, rows)
    };
    StatsSection {
        heading: "Types, genres and studios",
        sentences: vec!["Anime with several genres or studios are counted in each".to_owned()],
        charts: vec![
            chart("By type", "type", group_rows(&stats.types, "unknown", format_type), RowLimit::All),
            chart("By genre", "genre", group_rows(&stats.genres, "none", |named| named.name.clone()), first_rows),
            chart("By studio", "studio", group_rows(&stats.studios, "none", |named| named.name.clone()), first_rows),
        ],
    }
}

/// Formats seconds as days for a cell. Zero becomes [`NO_VALUE`].
fn days_cell(seconds: u64) -> String {
    if seconds == 0 { NO_VALUE.to_owned() } else { format_days(seconds) }
}

/// Formats seconds as days, rounded to a tenth.
pub(in crate::ui::view) fn format_days(seconds: u64) -> String {
    let tenths = (u128::from(seconds) * 10 + 43_200) / 86_400;
    format!("{}.{}", format_count(tenths / 10), tenths % 10)
}
