//! Bars as inline SVG, by hand: rectangles and texts, placed in percents of the width, so that a chart takes whatever room
//! it gets and its words keep their size.
//!
//! To assistive technology a chart is one picture with a title and a description; its numbers are in the table beside it.

use std::fmt::Write as _;

use super::{
    super::stats::{BarDirection, Chart, ChartRow},
    escape_html,
};
use crate::ui::{display_width, escape_controls, truncate_to_width};

/// The chart with this number on its page.
pub(super) fn render_svg(number: usize, chart: &Chart) -> String {
    let (height, drawn) = match chart.bar_direction {
        BarDirection::Horizontal => horizontal_bars(chart),
        // Side by side there is room for all of them.
        BarDirection::Vertical => vertical_bars(&chart.rows),
    };
    format!(
        "<svg role=\"img\" height=\"{height}\" aria-labelledby=\"t{number}\" aria-describedby=\"d{number}\" \
         focusable=\"false\">\n<title id=\"t{number}\">{}</title>\n<desc id=\"d{number}\">{}</desc>\n{drawn}</svg>",
        escape_html(&chart_title(chart)),
        escape_html(&chart_description(chart)),
    )
}

/// What the chart shows; side by side all rows are drawn.
pub(super) fn chart_title(chart: &Chart) -> String {
    match chart.bar_direction {
        BarDirection::Horizontal => chart.title(),
        BarDirection::Vertical => chart.caption.to_owned(),
    }
}

/// What is seen at a glance.
fn chart_description(chart: &Chart) -> String {
    let all = match chart.bar_direction {
        BarDirection::Horizontal => chart.visible_rows(),
        BarDirection::Vertical => &chart.rows,
    };
    let told = |row: &ChartRow| {
        let cells = row.cells.iter().zip(chart.headers).map(|(cell, header)| format!("{header} {cell}"));
        format!("{}, {}", row.label, cells.collect::<Vec<_>>().join(", "))
    };
    let Some(longest) = all.iter().rev().max_by_key(|row| row.value) else { return String::new() };
    let bars = if all.len() == 1 { "1 bar".to_owned() } else { format!("{} bars", all.len()) };
    format!("{bars}; the longest: {}. All the numbers are in the table below.", told(longest))
}

/// A share in percent, to a hundredth.
fn format_percent(part: u128, whole: u128) -> String {
    let hundredths = (part * 10_000).checked_div(whole).unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn max_value(rows: &[ChartRow]) -> u128 {
    rows.iter().map(|row| row.value).max().unwrap_or(0).into()
}

/// A row's height with one number and with more, and where its texts and its bar stand in it.
const ROW_HEIGHTS: (usize, usize) = (42, 62);
const FIRST_TEXT_Y: usize = 17;
const BAR_Y: usize = 25;
const SECOND_TEXT_Y: usize = 50;
/// As many columns of text as a phone, and as a larger screen, shows beside the number.
const MAX_LABEL_CHARS: (usize, usize) = (28, 48);

fn horizontal_bars(chart: &Chart) -> (usize, String) {
    let rows = chart.visible_rows();
    let most = max_value(rows);
    let height = if chart.headers.len() > 1 { ROW_HEIGHTS.1 } else { ROW_HEIGHTS.0 };
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let top = place * height;
        let (text, bar, length) = (top + FIRST_TEXT_Y, top + BAR_Y, format_percent(row.value.into(), most));
        let main = escape_html(row.cells.get(chart.bar_cell).map_or("", String::as_str));
        let more: Vec<String> = row
            .cells
            .iter()
            .zip(chart.headers)
            .enumerate()
            .filter(|(place, _)| *place != chart.bar_cell)
            .map(|(_, (cell, header))| format!("{header} {}", escape_html(cell)))
            .collect();
        writeln!(
            svg,
            "{}<text class=\"end\" x=\"100%\" y=\"{text}\">{main}</text>\
             <rect class=\"rail\" x=\"0\" y=\"{bar}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar\" x=\"0\" y=\"{bar}\" width=\"{length}\" height=\"8\" rx=\"2\"/>",
            label_svg(&escape_controls(&row.label), text)
        )
        .expect("a String takes any text");
        if !more.is_empty() {
            let (below, more) = (top + SECOND_TEXT_Y, more.join(" · "));
            writeln!(svg, "<text class=\"quiet\" x=\"0\" y=\"{below}\">{more}</text>")
                .expect("a String takes any text");
        }
    }
    (rows.len() * height, svg)
}

/// A label, cut to what a phone shows, and to what a larger screen shows where that is more.
fn label_svg(text: &str, y: usize) -> String {
    let (short, long) = (truncate_to_width(text, MAX_LABEL_CHARS.0), truncate_to_width(text, MAX_LABEL_CHARS.1));
    if short == long {
        return format!("<text x=\"0\" y=\"{y}\">{}</text>", escape_html(&short));
    }
    let cut =
        |class: &str, text: &str| format!("<text class=\"{class}\" x=\"0\" y=\"{y}\">{}</text>", escape_html(text));
    cut("short", &short) + &cut("long", &long)
}

/// The height of the longest column, and what stands above and below it.
const MAX_COLUMN_HEIGHT: usize = 140;
const SPACE_ABOVE_COLUMN: usize = 22;
const SPACE_BELOW_COLUMN: usize = 26;
/// As many characters as a phone, and as a larger screen, shows in a line.
const MAX_LINE_CHARS: (usize, usize) = (38, 60);

fn vertical_bars(rows: &[ChartRow]) -> (usize, String) {
    let (most, number) = (max_value(rows), rows.len());
    let (slots, ground) = (u128::try_from(number).unwrap_or(1) * 20, SPACE_ABOVE_COLUMN + MAX_COLUMN_HEIGHT);
    let line =
        |text: fn(&ChartRow) -> &str| rows.iter().map(|row| display_width(text(row)) + 1).max().unwrap_or(1) * number;
    // Each so-many-th label; numbers above the columns where there is room for all.
    let every = line(|row| &row.label).div_ceil(MAX_LINE_CHARS.0);
    let numbers = match line(first_cell) {
        length if length <= MAX_LINE_CHARS.0 => Some("middle"),
        length if length <= MAX_LINE_CHARS.1 => Some("middle long"),
        _ => None,
    };
    let mut svg = String::new();
    for (place, row) in rows.iter().enumerate() {
        let slot = u128::try_from(place).unwrap_or(0) * 20;
        let scaled =
            (u128::from(row.value) * u128::try_from(MAX_COLUMN_HEIGHT).unwrap_or(0)).checked_div(most).unwrap_or(0);
        let height = usize::try_from(scaled).unwrap_or(0).max(usize::from(row.value > 0) * 2);
        let (left, center, top) = (format_percent(slot + 2, slots), format_percent(slot + 10, slots), ground - height);
        let width = format_percent(16, slots);
        writeln!(svg, "<rect class=\"bar\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"1\"/>")
            .expect("a String takes any text");
        if let Some(class) = numbers.filter(|_| row.value > 0) {
            let (above, cell) = (top - 6, escape_html(first_cell(row)));
            writeln!(svg, "<text class=\"{class}\" x=\"{center}\" y=\"{above}\">{cell}</text>")
                .expect("a String takes any text");
        }
        // Where there is not room for every label, those that stand begin with their column, and end before the next.
        if place.is_multiple_of(every) && place + every <= number {
            let (class, x) = if every > 1 { ("quiet", left) } else { ("quiet middle", center) };
            let (y, label) = (ground + 18, escape_html(&row.label));
            writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{label}</text>")
                .expect("a String takes any text");
        }
    }
    writeln!(svg, "<rect class=\"rail\" x=\"0\" y=\"{ground}\" width=\"100%\" height=\"2\"/>")
        .expect("a String takes any text");
    (SPACE_ABOVE_COLUMN + MAX_COLUMN_HEIGHT + SPACE_BELOW_COLUMN, svg)
}

fn first_cell(row: &ChartRow) -> &str {
    row.cells.first().map_or("", String::as_str)
}
