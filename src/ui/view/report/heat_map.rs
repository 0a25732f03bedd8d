//! Draws completed entries by day: one figure a year, each half of the year a grid of weeks.
//!
//! The grid is positioned in percent of the width, like the bars of [`super::svg`]. For assistive technology each half is one
//! image with a title and a description; the table below it lists every day with a completed entry.

use std::{collections::BTreeMap, fmt::Write as _, ops::RangeInclusive};

use chrono::{Datelike as _, Days, NaiveDate};

use super::{
    super::{format_count, pluralize},
    svg::format_percent,
};

/// Number of completed entries by day.
type DayCounts = BTreeMap<NaiveDate, u64>;

/// First words of the section.
const WHAT_COUNTS: &str = "Entries with a full finish date";
/// Maximum number of years drawn, the latest ones.
const MAX_YEARS: usize = 3;
/// Counts of a day are drawn in as many colors; the last one means this many or more.
const MAX_LEVEL: u64 = 4;
/// Two letters of each day of the week, Monday first.
const WEEKDAY_LABELS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MONTH_LABELS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Baseline of the month labels in pixels.
const MONTH_Y: usize = 12;
/// Top of the first row of days in pixels.
const GRID_TOP: usize = 20;
/// Distance from one row of days to the next in pixels, and the height of a day.
const ROW_PITCH: usize = 15;
const DAY_HEIGHT: usize = 13;
/// Width of a half year: the labels of the weekdays, then 27 weeks. A week is 100 units.
const LABEL_UNITS: u128 = 250;
const TOTAL_UNITS: u128 = LABEL_UNITS + 27 * 100;

/// Returns the figures of the latest years until today. Returns an empty text if no day of completion is known.
pub(super) fn heat_maps_html(days: &DayCounts, today: NaiveDate) -> String {
    let mut years: Vec<i32> = days.keys().map(|day| day.year()).filter(|year| *year <= today.year()).collect();
    years.dedup();
    let figures: String = years.iter().rev().take(MAX_YEARS).map(|year| year_html(days, *year)).collect();
    match years.len() {
        0 => String::new(),
        1..=MAX_YEARS => format!("<p class=\"soft\">{WHAT_COUNTS}</p>\n{figures}"),
        all => format!("<p class=\"soft\">{WHAT_COUNTS} (last {MAX_YEARS} of {all} years)</p>\n{figures}"),
    }
}

fn year_html(days: &DayCounts, year: i32) -> String {
    let days: DayCounts =
        days.iter().filter(|(day, _)| day.year() == year).map(|(day, count)| (*day, *count)).collect();
    let total = format_count(days.values().sum::<u64>());
    let halves: String = [1, 7].into_iter().filter_map(|month| half_year_svg(&days, year, month)).collect();
    let row = |(day, count): (&NaiveDate, &u64)| {
        format!("<tr><th scope=\"row\">{day}</th><td>{}</td></tr>\n", format_count(*count))
    };
    let rows: String = days.iter().map(row).collect();
    let legend: String = (1..=MAX_LEVEL)
        .map(|level| {
            let more = if level == MAX_LEVEL { " or more" } else { "" };
            format!("<li><span class=\"dot level-{level}\"></span>{level}{more}</li>")
        })
        .collect();
    format!(
        "<figure>\n<figcaption>Completed in {year}: {total}</figcaption>\n<div class=\"halves\">\n{halves}</div>\n\
         <ul class=\"legend\" aria-label=\"Completed per day\">{legend}</ul>\n\
         <details>\n<summary>Show data<span class=\"unseen\">: Completed in {year}, by day</span></summary>\n\
         <table>\n<caption>Completed in {year}, by day</caption>\n\
         <thead><tr><th scope=\"col\">day</th><th scope=\"col\">entries</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</details>\n</figure>\n"
    )
}

/// Returns six months beginning with this one.
fn half_year_svg(days: &DayCounts, year: i32, month: u32) -> Option<String> {
    let (first, last_month) = (NaiveDate::from_ymd_opt(year, month, 1)?, month + 5);
    let last = NaiveDate::from_ymd_opt(year, last_month, if last_month == 6 { 30 } else { 31 })?;
    let grid = WeekGrid { monday: first.checked_sub_days(Days::new(first.weekday().num_days_from_monday().into()))? };
    let half: Vec<(NaiveDate, u64)> = days.range(first..=last).map(|(day, count)| (*day, *count)).collect();
    let mut svg = String::new();
    grid.draw_background(&mut svg, first, last);
    for (day, count) in &half {
        let (level, count) = ((*count).min(MAX_LEVEL), format_count(*count));
        let (x, y, width) = (grid.x(*day), row_top(weekday_row(*day)), format_percent(100, TOTAL_UNITS));
        writeln!(
            svg,
            "<rect class=\"level-{level}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{DAY_HEIGHT}\">\
             <title>{day}: {count} completed</title></rect>"
        )
        .expect("a String takes any text");
    }
    grid.draw_gaps(&mut svg, last);
    grid.draw_month_labels(&mut svg, year, month..=last_month);
    let height = GRID_TOP + WEEKDAY_LABELS.len() * ROW_PITCH;
    let id = format!("{year}-{month:02}");
    Some(format!(
        "<svg role=\"img\" height=\"{height}\" aria-labelledby=\"t{id}\" aria-describedby=\"d{id}\" focusable=\"false\">\n\
         <title id=\"t{id}\">Completed by day, {id} to {year}-{last_month:02}</title>\n\
         <desc id=\"d{id}\">{}</desc>\n{svg}</svg>\n",
        describe_days(&half)
    ))
}

/// Returns the description for assistive technology.
fn describe_days(days: &[(NaiveDate, u64)]) -> String {
    // Of days with equal counts, the first one.
    let Some((day, most)) = days.iter().rev().max_by_key(|(_, count)| *count) else {
        return "Nothing completed.".to_owned();
    };
    let total = format_count(days.iter().map(|(_, count)| count).sum::<u64>());
    let day_count = pluralize(u64::try_from(days.len()).unwrap_or(u64::MAX), "day", "days");
    format!("{total} completed on {day_count}. Most: {most} on {day}. The table below lists all days.")
}

/// A grid with a column for each week and a row for each day of the week.
struct WeekGrid {
    /// The Monday of the first week.
    monday: NaiveDate,
}

impl WeekGrid {
    fn week(&self, day: NaiveDate) -> u128 {
        u128::try_from((day - self.monday).num_days() / 7).unwrap_or(0)
    }

    fn x(&self, day: NaiveDate) -> String {
        format_percent(LABEL_UNITS + self.week(day) * 100, TOTAL_UNITS)
    }

    /// Draws the label of each weekday, and a strip for its days from `first` to `last`.
    fn draw_background(&self, svg: &mut String, first: NaiveDate, last: NaiveDate) {
        for (row, label) in WEEKDAY_LABELS.iter().enumerate() {
            let start = u128::from(row < weekday_row(first));
            let end = self.week(last) + u128::from(row <= weekday_row(last));
            let (x, width) = (LABEL_UNITS + start * 100, end.saturating_sub(start) * 100);
            let (x, width) = (format_percent(x, TOTAL_UNITS), format_percent(width, TOTAL_UNITS));
            let (y, text_y) = (row_top(row), row_top(row) + DAY_HEIGHT - 2);
            writeln!(
                svg,
                "<text class=\"tiny\" x=\"0\" y=\"{text_y}\">{label}</text>\
                 <rect class=\"rail\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{DAY_HEIGHT}\"/>"
            )
            .expect("a String takes any text");
        }
    }

    /// Draws the lines between the weeks.
    fn draw_gaps(&self, svg: &mut String, last: NaiveDate) {
        let height = WEEKDAY_LABELS.len() * ROW_PITCH;
        for week in 1..=self.week(last) + 1 {
            let x = format_percent(LABEL_UNITS + week * 100, TOTAL_UNITS);
            writeln!(svg, "<line class=\"gap\" x1=\"{x}\" x2=\"{x}\" y1=\"{GRID_TOP}\" y2=\"{}\"/>", GRID_TOP + height)
                .expect("a String takes any text");
        }
    }

    fn draw_month_labels(&self, svg: &mut String, year: i32, months: RangeInclusive<u32>) {
        for (month, label) in (1..).zip(MONTH_LABELS).filter(|(month, _)| months.contains(month)) {
            let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else { continue };
            let x = self.x(first);
            writeln!(svg, "<text class=\"tiny\" x=\"{x}\" y=\"{MONTH_Y}\">{label}</text>")
                .expect("a String takes any text");
        }
    }
}

fn weekday_row(day: NaiveDate) -> usize {
    usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0)
}

/// Returns the top of a row of days in pixels.
const fn row_top(row: usize) -> usize {
    GRID_TOP + row * ROW_PITCH
}
