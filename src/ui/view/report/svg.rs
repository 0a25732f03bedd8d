//! Draws charts as inline SVG: rectangles and texts positioned in percent of the width, so a chart takes any width and its
//! texts keep their size.
//!
//! For assistive technology a chart is one image with a title and a description; its numbers are in the table beside it.

use std::fmt::Write as _;

use super::{
    super::stats::{BarDirection, Chart, ChartRow},
    escape_html::escape_html,
};
use crate::ui::{display_width, escape_controls, truncate_to_width};

/// Returns the SVG of a chart. `number` is unique on the page and used for element ids.
pub(super) fn render_svg(number: usize, chart: &Chart) -> String {
    let (height, elements) = match chart.bar_direction {
        BarDirection::Horizontal => horizontal_bars(chart),
        // Vertical bars have room for all rows.
        BarDirection::Vertical => vertical_bars(&chart.rows),
    };
    format!(
        "<svg role=\"img\" height=\"{height}\" aria-labelledby=\"t{number}\" aria-describedby=\"d{number}\" \
         focusable=\"false\">\n<title id=\"t{number}\">{}</title>\n<desc id=\"d{number}\">{}</desc>\n{elements}</svg>",
        escape_html(&chart_title(chart)),
        escape_html(&chart_description(chart)),
    )
}

/// Returns the title. Vertical charts draw all rows, so theirs names no row limit.
pub(super) fn chart_title(chart: &Chart) -> String {
    match chart.bar_direction {
        BarDirection::Horizontal => chart.title(),
        BarDirection::Vertical => chart.caption.to_owned(),
    }
}

/// Returns the description for assistive technology: the number of bars and the longest one.
fn chart_description(chart: &Chart) -> String {
    let rows = match chart.bar_direction {
        BarDirection::Horizontal => chart.visible_rows(),
        BarDirection::Vertical => &chart.rows,
    };
    let describe_row = |row: &ChartRow| {
        let cells = row.cells.iter().zip(chart.headers).map(|(cell, header)| format!("{header} {cell}"));
        format!("{}, {}", row.label, cells.collect::<Vec<_>>().join(", "))
    };
    let Some(longest) = rows.iter().rev().max_by_key(|row| row.value) else { return String::new() };
    let bars = if rows.len() == 1 { "1 bar".to_owned() } else { format!("{} bars", rows.len()) };
    format!("{bars}. Longest: {}. The table below lists all numbers.", describe_row(longest))
}

/// Formats a share in percent with two decimals.
fn format_percent(part: u128, whole: u128) -> String {
    let hundredths = (part * 10_000).checked_div(whole).unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn max_value(rows: &[ChartRow]) -> u128 {
    rows.iter().map(|row| row.value).max().unwrap_or(0).into()
}

/// Height of a row in pixels: with one number, and with several.
const ROW_HEIGHTS: (usize, usize) = (42, 62);
/// Vertical offset of the label and the main number in a row.
const FIRST_TEXT_Y: usize = 17;
/// Vertical offset of the bar in a row.
const BAR_Y: usize = 25;
/// Vertical offset of the second line of text, with the other numbers.
const SECOND_TEXT_Y: usize = 50;
/// Maximum label width in characters beside the number: on a phone, and on a larger screen.
const MAX_LABEL_CHARS: (usize, usize) = (28, 48);

fn horizontal_bars(chart: &Chart) -> (usize, String) {
    let rows = chart.visible_rows();
    let max = max_value(rows);
    let height = if chart.headers.len() > 1 { ROW_HEIGHTS.1 } else { ROW_HEIGHTS.0 };
    let mut svg = String::new();
    for (index, row) in rows.iter().enumerate() {
        let top = index * height;
        let (text_y, bar_y, length) = (top + FIRST_TEXT_Y, top + BAR_Y, format_percent(row.value.into(), max));
        let main_number = escape_html(row.cells.get(chart.bar_cell).map_or("", String::as_str));
        let other_numbers: Vec<String> = row
            .cells
            .iter()
            .zip(chart.headers)
            .enumerate()
            .filter(|(index, _)| *index != chart.bar_cell)
            .map(|(_, (cell, header))| format!("{header} {}", escape_html(cell)))
            .collect();
        writeln!(
            svg,
            "{}<text class=\"end\" x=\"100%\" y=\"{text_y}\">{main_number}</text>\
             <rect class=\"rail\" x=\"0\" y=\"{bar_y}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar\" x=\"0\" y=\"{bar_y}\" width=\"{length}\" height=\"8\" rx=\"2\"/>",
            label_svg(&escape_controls(&row.label), text_y)
        )
        .expect("a String takes any text");
        if !other_numbers.is_empty() {
            let (second_y, other_numbers) = (top + SECOND_TEXT_Y, other_numbers.join(" · "));
            writeln!(svg, "<text class=\"quiet\" x=\"0\" y=\"{second_y}\">{other_numbers}</text>")
                .expect("a String takes any text");
        }
    }
    (rows.len() * height, svg)
}

/// Returns the label, truncated for a phone, and a second, longer version for larger screens if needed.
fn label_svg(text: &str, y: usize) -> String {
    let (phone_label, wide_label) =
        (truncate_to_width(text, MAX_LABEL_CHARS.0), truncate_to_width(text, MAX_LABEL_CHARS.1));
    if phone_label == wide_label {
        return format!("<text x=\"0\" y=\"{y}\">{}</text>", escape_html(&phone_label));
    }
    let text_element =
        |class: &str, text: &str| format!("<text class=\"{class}\" x=\"0\" y=\"{y}\">{}</text>", escape_html(text));
    text_element("short", &phone_label) + &text_element("long", &wide_label)
}

/// Height of the longest column in pixels.
const MAX_COLUMN_HEIGHT: usize = 140;
/// Space above the longest column, for its number.
const SPACE_ABOVE_COLUMN: usize = 22;
/// Space below the columns, for their labels.
const SPACE_BELOW_COLUMN: usize = 26;
/// Maximum characters in a line: on a phone, and on a larger screen.
const MAX_LINE_CHARS: (usize, usize) = (38, 60);

fn vertical_bars(rows: &[ChartRow]) -> (usize, String) {
    let (max, count) = (max_value(rows), rows.len());
    let (total_width, base_y) = (u128::try_from(count).unwrap_or(1) * 20, SPACE_ABOVE_COLUMN + MAX_COLUMN_HEIGHT);
    let line_chars =
        |text: fn(&ChartRow) -> &str| rows.iter().map(|row| display_width(text(row)) + 1).max().unwrap_or(1) * count;
    // Show every n-th label. Show the numbers above the columns only if all of them fit.
    let label_step = line_chars(|row| &row.label).div_ceil(MAX_LINE_CHARS.0);
    let number_class = match line_chars(first_cell) {
        length if length <= MAX_LINE_CHARS.0 => Some("middle"),
        length if length <= MAX_LINE_CHARS.1 => Some("middle long"),
        _ => None,
    };
    let mut svg = String::new();
    for (index, row) in rows.iter().enumerate() {
        let slot_start = u128::try_from(index).unwrap_or(0) * 20;
        let scaled =
            (u128::from(row.value) * u128::try_from(MAX_COLUMN_HEIGHT).unwrap_or(0)).checked_div(max).unwrap_or(0);
        let height = usize::try_from(scaled).unwrap_or(0).max(usize::from(row.value > 0) * 2);
        let (left, center, top) = (
            format_percent(slot_start + 2, total_width),
            format_percent(slot_start + 10, total_width),
            base_y - height,
        );
        let width = format_percent(16, total_width);
        writeln!(svg, "<rect class=\"bar\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"1\"/>")
            .expect("a String takes any text");
        if let Some(class) = number_class.filter(|_| row.value > 0) {
            let (above, cell) = (top - 6, escape_html(first_cell(row)));
            writeln!(svg, "<text class=\"{class}\" x=\"{center}\" y=\"{above}\">{cell}</text>")
                .expect("a String takes any text");
        }
        // If only some labels fit, they are aligned with the left edge of their column and end before the next label.
        if index.is_multiple_of(label_step) && index + label_step <= count {
            let (class, x) = if label_step > 1 { ("quiet", left) } else { ("quiet middle", center) };
            let (y, label) = (base_y + 18, escape_html(&row.label));
            writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{label}</text>")
                .expect("a String takes any text");
        }
    }
    writeln!(svg, "<rect class=\"rail\" x=\"0\" y=\"{base_y}\" width=\"100%\" height=\"2\"/>")
        .expect("a String takes any text");
    (SPACE_ABOVE_COLUMN + MAX_COLUMN_HEIGHT + SPACE_BELOW_COLUMN, svg)
}

fn first_cell(row: &ChartRow) -> &str {
    row.cells.first().map_or("", String::as_str)
}
