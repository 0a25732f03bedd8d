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
        Shape::Rows => rows(chart.shown()),
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

/// A row's height, and where its text and its bar stand in it.
const ROW: usize = 42;
const ROW_TEXT: usize = 17;
const ROW_BAR: usize = 25;
/// As many columns of text as a phone shows beside the numbers.
const LABEL: usize = 28;

fn rows(rows: &[Row]) -> (usize, String) {
    let most = most(rows);
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let (top, label) = (place * ROW, escaped(&fit(&clean(&row.label), LABEL)));
        let (text, bar, length) = (top + ROW_TEXT, top + ROW_BAR, percent(row.value.into(), most));
        let beside = escaped(&row.cells.join("  ·  "));
        writeln!(
            svg,
            "<text x=\"0\" y=\"{text}\">{label}</text><text class=\"end\" x=\"100%\" y=\"{text}\">{beside}</text>\
             <rect class=\"rail\" x=\"0\" y=\"{bar}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar\" x=\"0\" y=\"{bar}\" width=\"{length}\" height=\"8\" rx=\"2\"/>"
        )
        .expect("a String takes any text");
    }
    (rows.len() * ROW, svg)
}

/// The height of the longest column, and what stands above and below it.
const COLUMN: usize = 140;
const ABOVE: usize = 22;
const BELOW: usize = 26;
/// As many characters as a phone shows in a line of labels.
const LINE: usize = 40;

fn columns(rows: &[Row]) -> (usize, String) {
    let (most, number) = (most(rows), rows.len());
    let (slots, ground) = (u128::try_from(number).unwrap_or(1) * 20, ABOVE + COLUMN);
    let line = |text: fn(&Row) -> &str| {
        (rows.iter().map(|row| width(text(row)) + 1).max().unwrap_or(1) * number).div_ceil(LINE)
    };
    // Each so-many-th label; numbers above the columns where there is room for all.
    let every = line(|row| &row.label);
    let numbered = line(|row| row.cells.first().map_or("", String::as_str)) <= 1;
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let slot = u128::try_from(place).unwrap_or(0) * 20;
        let scaled = (u128::from(row.value) * u128::try_from(COLUMN).unwrap_or(0)).checked_div(most).unwrap_or(0);
        let height = usize::try_from(scaled).unwrap_or(0).max(usize::from(row.value > 0) * 2);
        let (left, center, top) = (percent(slot + 2, slots), percent(slot + 10, slots), ground - height);
        let width = percent(16, slots);
        writeln!(svg, "<rect class=\"bar\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"1\"/>")
            .expect("a String takes any text");
        if numbered && row.value > 0 {
            let (above, cell) = (top - 6, escaped(row.cells.first().map_or("", String::as_str)));
            writeln!(svg, "<text class=\"middle\" x=\"{center}\" y=\"{above}\">{cell}</text>")
                .expect("a String takes any text");
        }
        if place.is_multiple_of(every) {
            // A label at the edge begins or ends there.
            let (class, x) = match place {
                0 if every > 1 => ("quiet", left),
                _ if every > 1 && (place + every.div_ceil(2)) >= number => ("quiet end", percent(slot + 18, slots)),
                _ => ("quiet middle", center),
            };
            let (y, label) = (ground + 18, escaped(&row.label));
            writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{label}</text>")
                .expect("a String takes any text");
        }
    }
    writeln!(svg, "<rect class=\"rail\" x=\"0\" y=\"{ground}\" width=\"100%\" height=\"2\"/>")
        .expect("a String takes any text");
    (ABOVE + COLUMN + BELOW, svg)
}
