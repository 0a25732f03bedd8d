//! Bars as inline SVG, by hand: rectangles and texts, placed in percents of the width, so that a chart takes whatever room
//! it gets and its words keep their size.
//!
//! To assistive technology a chart is one picture with a title and a description; its numbers are in the table beside it.

use std::fmt::Write as _;

use super::{
    super::stats::{Chart, Row, Shape},
    escaped,
};
use crate::ui::{clean, fit, width};

/// The chart with this number on its page.
pub(super) fn draw(number: usize, chart: &Chart) -> String {
    let (height, drawn) = match chart.shape {
        Shape::Rows => rows(chart),
        // Side by side there is room for all of them.
        Shape::Columns => columns(&chart.rows),
    };
    format!(
        "<svg role=\"img\" height=\"{height}\" aria-labelledby=\"t{number}\" aria-describedby=\"d{number}\" \
         focusable=\"false\">\n<title id=\"t{number}\">{}</title>\n<desc id=\"d{number}\">{}</desc>\n{drawn}</svg>",
        escaped(&title(chart)),
        escaped(&description(chart)),
    )
}

/// What the chart shows; side by side all rows are drawn.
pub(super) fn title(chart: &Chart) -> String {
    match chart.shape {
        Shape::Rows => chart.title(),
        Shape::Columns => chart.caption.to_owned(),
    }
}

/// What is seen at a glance.
fn description(chart: &Chart) -> String {
    let all = match chart.shape {
        Shape::Rows => chart.shown(),
        Shape::Columns => &chart.rows,
    };
    let told = |row: &Row| {
        let cells = row.cells.iter().zip(chart.headers).map(|(cell, header)| format!("{header} {cell}"));
        format!("{}, {}", row.label, cells.collect::<Vec<_>>().join(", "))
    };
    let Some(longest) = all.iter().rev().max_by_key(|row| row.value) else { return String::new() };
    let bars = if all.len() == 1 { "1 bar".to_owned() } else { format!("{} bars", all.len()) };
    format!("{bars}; the longest: {}. All the numbers are in the table below.", told(longest))
}

/// A share in percent, to a hundredth.
fn percent(part: u128, whole: u128) -> String {
    let hundredths = (part * 10_000).checked_div(whole).unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn most(rows: &[Row]) -> u128 {
    rows.iter().map(|row| row.value).max().unwrap_or(0).into()
}

/// A row's height with one number and with more, and where its texts and its bar stand in it.
const ROW: (usize, usize) = (42, 62);
const TEXT: usize = 17;
const BAR: usize = 25;
const MORE: usize = 50;
/// As many columns of text as a phone, and as a larger screen, shows beside the number.
const LABEL: (usize, usize) = (28, 48);

fn rows(chart: &Chart) -> (usize, String) {
    let rows = chart.shown();
    let most = most(rows);
    let height = if chart.headers.len() > 1 { ROW.1 } else { ROW.0 };
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let top = place * height;
        let (text, bar, length) = (top + TEXT, top + BAR, percent(row.value.into(), most));
        let main = escaped(row.cells.get(chart.main).map_or("", String::as_str));
        let more: Vec<String> = row
            .cells
            .iter()
            .zip(chart.headers)
            .enumerate()
            .filter(|(place, _)| *place != chart.main)
            .map(|(_, (cell, header))| format!("{header} {}", escaped(cell)))
            .collect();
        writeln!(
            svg,
            "{}<text class=\"end\" x=\"100%\" y=\"{text}\">{main}</text>\
             <rect class=\"rail\" x=\"0\" y=\"{bar}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar\" x=\"0\" y=\"{bar}\" width=\"{length}\" height=\"8\" rx=\"2\"/>",
            label(&clean(&row.label), text)
        )
        .expect("a String takes any text");
        if !more.is_empty() {
            let (below, more) = (top + MORE, more.join(" · "));
            writeln!(svg, "<text class=\"quiet\" x=\"0\" y=\"{below}\">{more}</text>")
                .expect("a String takes any text");
        }
    }
    (rows.len() * height, svg)
}

/// A label, cut to what a phone shows, and to what a larger screen shows where that is more.
fn label(text: &str, y: usize) -> String {
    let (short, long) = (fit(text, LABEL.0), fit(text, LABEL.1));
    if short == long {
        return format!("<text x=\"0\" y=\"{y}\">{}</text>", escaped(&short));
    }
    let cut = |class: &str, text: &str| format!("<text class=\"{class}\" x=\"0\" y=\"{y}\">{}</text>", escaped(text));
    cut("short", &short) + &cut("long", &long)
}

/// The height of the longest column, and what stands above and below it.
const COLUMN: usize = 140;
const ABOVE: usize = 22;
const BELOW: usize = 26;
/// As many characters as a phone, and as a larger screen, shows in a line.
const LINE: (usize, usize) = (38, 60);

fn columns(rows: &[Row]) -> (usize, String) {
    let (most, number) = (most(rows), rows.len());
    let (slots, ground) = (u128::try_from(number).unwrap_or(1) * 20, ABOVE + COLUMN);
    let line = |text: fn(&Row) -> &str| rows.iter().map(|row| width(text(row)) + 1).max().unwrap_or(1) * number;
    // Each so-many-th label; numbers above the columns where there is room for all.
    let every = line(|row| &row.label).div_ceil(LINE.0);
    let numbers = match line(first_cell) {
        length if length <= LINE.0 => Some("middle"),
        length if length <= LINE.1 => Some("middle long"),
        _ => None,
    };
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let slot = u128::try_from(place).unwrap_or(0) * 20;
        let scaled = (u128::from(row.value) * u128::try_from(COLUMN).unwrap_or(0)).checked_div(most).unwrap_or(0);
        let height = usize::try_from(scaled).unwrap_or(0).max(usize::from(row.value > 0) * 2);
        let (left, center, top) = (percent(slot + 2, slots), percent(slot + 10, slots), ground - height);
        let width = percent(16, slots);
        writeln!(svg, "<rect class=\"bar\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"1\"/>")
            .expect("a String takes any text");
        if let Some(class) = numbers.filter(|_| row.value > 0) {
            let (above, cell) = (top - 6, escaped(first_cell(row)));
            writeln!(svg, "<text class=\"{class}\" x=\"{center}\" y=\"{above}\">{cell}</text>")
                .expect("a String takes any text");
        }
        // Where there is not room for every label, those that stand begin with their column, and end before the next.
        if place.is_multiple_of(every) && place + every <= number {
            let (class, x) = if every > 1 { ("quiet", left) } else { ("quiet middle", center) };
            let (y, label) = (ground + 18, escaped(&row.label));
            writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{label}</text>")
                .expect("a String takes any text");
        }
    }
    writeln!(svg, "<rect class=\"rail\" x=\"0\" y=\"{ground}\" width=\"100%\" height=\"2\"/>")
        .expect("a String takes any text");
    (ABOVE + COLUMN + BELOW, svg)
}

fn first_cell(row: &Row) -> &str {
    row.cells.first().map_or("", String::as_str)
}
