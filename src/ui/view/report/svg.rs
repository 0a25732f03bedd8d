//! Draws charts as inline SVG: rectangles and texts positioned in percent of the width, so a chart takes any width and its
//! texts keep their size.
//!
//! For assistive technology a chart is one image with a title and a description; its numbers are in the table beside it.

use std::fmt::Write as _;

use super::{
    super::stats::{BarDirection, Chart, ChartRow},
    escape_html::escape_html,
    highlights::status_class,
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
pub(super) fn format_percent(part: u128, whole: u128) -> String {
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
        let color = if chart.has_status_labels { format!(" {}", status_class(&row.label)) } else { String::new() };
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
             <rect class=\"bar{color}\" x=\"0\" y=\"{bar_y}\" width=\"{length}\" height=\"8\" rx=\"2\"/>",
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

/// Height of the longest column in pixels: of a chart in one band, and in several.
const MAX_COLUMN_HEIGHTS: (usize, usize) = (140, 70);
/// Space above the longest column, for its number.
const SPACE_ABOVE_COLUMN: usize = 22;
/// Space below the columns for their labels, if these are horizontal.
const SPACE_BELOW_COLUMN: usize = 26;
/// Space below the columns for each character of the longest label, if these are vertical.
const VERTICAL_CHAR_HEIGHT: usize = 8;
/// Maximum characters in a line: on a phone, and on a larger screen.
const MAX_LINE_CHARS: (usize, usize) = (40, 60);
/// Maximum columns beside each other on a phone, so that every one has room for its vertical label.
const MAX_BAND_COLUMNS: usize = 20;

/// Draws the columns in bands of equal length, so that every column has its label: horizontal ones if all fit on a phone,
/// vertical ones if not.
fn vertical_bars(rows: &[ChartRow]) -> (usize, String) {
    let bands = rows.len().div_ceil(MAX_BAND_COLUMNS).max(1);
    let columns = rows.len().div_ceil(bands).max(1);
    let line_chars =
        |text: fn(&ChartRow) -> &str| rows.iter().map(|row| display_width(text(row)) + 1).max().unwrap_or(1) * columns;
    let label_chars = rows.iter().map(|row| display_width(&row.label)).max().unwrap_or(0);
    let layout = BandLayout {
        columns,
        max: max_value(rows),
        column_height: if bands > 1 { MAX_COLUMN_HEIGHTS.1 } else { MAX_COLUMN_HEIGHTS.0 },
        has_vertical_labels: line_chars(|row| &row.label) > MAX_LINE_CHARS.0,
        // Show the numbers above the columns only if all of them fit.
        number_class: match line_chars(first_cell) {
            length if length <= MAX_LINE_CHARS.0 => Some("middle"),
            length if length <= MAX_LINE_CHARS.1 => Some("middle long"),
            _ => None,
        },
    };
    let below = if layout.has_vertical_labels { 12 + label_chars * VERTICAL_CHAR_HEIGHT } else { SPACE_BELOW_COLUMN };
    let (mut svg, mut bottom) = (String::new(), 0);
    for band in rows.chunks(columns) {
        // The bands have one scale, and each is as high as its own highest column.
        let highest = band.iter().map(|row| layout.scaled_height(row.value)).max().unwrap_or(0);
        let base_y = bottom + SPACE_ABOVE_COLUMN + highest;
        draw_band(&mut svg, band, &layout, base_y);
        bottom = base_y + below;
    }
    (bottom, svg)
}

/// What all bands of a chart have in common.
struct BandLayout {
    /// Columns that have room beside each other.
    columns: usize,
    /// Value of the highest column.
    max: u128,
    /// Height of the highest column in pixels.
    column_height: usize,
    has_vertical_labels: bool,
    /// CSS classes of the numbers above the columns. `None` if they have no room.
    number_class: Option<&'static str>,
}

impl BandLayout {
    /// Returns the height of a column in pixels. A value above 0 is always visible.
    fn scaled_height(&self, value: u64) -> usize {
        let column_height = u128::try_from(self.column_height).unwrap_or(0);
        let scaled = (u128::from(value) * column_height).checked_div(self.max).unwrap_or(0);
        usize::try_from(scaled).unwrap_or(0).max(usize::from(value > 0) * 2)
    }
}

/// Draws columns that stand on a line at `base_y`, with their labels below.
fn draw_band(svg: &mut String, rows: &[ChartRow], layout: &BandLayout, base_y: usize) {
    let total_width = u128::try_from(layout.columns).unwrap_or(1) * 20;
    for (index, row) in rows.iter().enumerate() {
        let slot_start = u128::try_from(index).unwrap_or(0) * 20;
        let height = layout.scaled_height(row.value);
        let (left, center, top) = (
            format_percent(slot_start + 2, total_width),
            format_percent(slot_start + 10, total_width),
            base_y - height,
        );
        let width = format_percent(16, total_width);
        writeln!(svg, "<rect class=\"bar\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"1\"/>")
            .expect("a String takes any text");
        if let Some(class) = layout.number_class.filter(|_| row.value > 0) {
            let (above, cell) = (top - 6, escape_html(first_cell(row)));
            writeln!(svg, "<text class=\"{class}\" x=\"{center}\" y=\"{above}\">{cell}</text>")
                .expect("a String takes any text");
        }
        let (class, y) =
            if layout.has_vertical_labels { ("quiet turned", base_y + 6) } else { ("quiet middle", base_y + 18) };
        let label = escape_html(&row.label);
        writeln!(svg, "<text class=\"{class}\" x=\"{center}\" y=\"{y}\">{label}</text>")
            .expect("a String takes any text");
    }
    writeln!(svg, "<rect class=\"rail\" x=\"0\" y=\"{base_y}\" width=\"100%\" height=\"2\"/>")
        .expect("a String takes any text");
}

fn first_cell(row: &ChartRow) -> &str {
    row.cells.first().map_or("", String::as_str)
}
