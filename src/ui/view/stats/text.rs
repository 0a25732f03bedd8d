//! Statistics on a terminal: headings, sentences, and bars beside their numbers.
//!
//! Bars have the colors of their statuses. Nothing depends on color. A wide terminal shows the sections in two columns.

use std::iter;

use super::{Chart, StatsSection};
use crate::ui::{
    display_width, escape_controls,
    style::{self, BAR, BOLD, DIM, status_style, strip_styles},
    terminal_text::{strip_ambiguous_width, terminate_rtl},
    truncate_to_width, wrap_text,
};

/// Layout of the statistics on a terminal.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// Width in terminal columns.
    pub columns: usize,
    /// True if bars are drawn with `#` instead of block characters.
    pub ascii: bool,
}

/// From this width on, the sections are laid out in two columns.
const MIN_TWO_COLUMN_WIDTH: usize = 160;
/// Spaces between the two columns of sections.
const COLUMN_GAP_CHARS: usize = 4;
const CELL_SEPARATOR: &str = "  ";
/// Maximum bar length: longer bars are not more readable.
const MAX_BAR_CHARS: usize = 60;
const MIN_BAR_CHARS: usize = 4;
/// Labels are not truncated to fewer columns while there are bars.
const MIN_LABEL_CHARS: usize = 30;

/// Returns the heading line and all sections as text.
#[must_use]
pub fn to_text(heading_line: &str, sections: &[StatsSection], style: TextStyle) -> String {
    let two_columns = style.columns >= MIN_TWO_COLUMN_WIDTH;
    let columns = if two_columns { (style.columns - COLUMN_GAP_CHARS) / 2 } else { style.columns };
    let blocks: Vec<Vec<String>> =
        sections.iter().flat_map(|section| section_blocks(section, TextStyle { columns, ..style })).collect();
    let lines = if two_columns { join_side_by_side(blocks, columns) } else { blocks.concat() };
    let heading_line = truncate_to_width(&escape_controls(heading_line), style.columns).into_owned();
    iter::once(heading_line).chain(lines).map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Returns the lines of a section in blocks that are not split. Each block begins with an empty line.
fn section_blocks(section: &StatsSection, style: TextStyle) -> Vec<Vec<String>> {
    // Upper case sets the heading apart from chart titles without bold.
    let heading = section.heading.to_uppercase();
    let heading = truncate_to_width(&heading, style.columns);
    let heading = style::paint(heading, BOLD);
    let sentences = section.sentences.iter().flat_map(|sentence| wrap_text(sentence, style.columns));
    let with_blank_line = |lines: Vec<String>| iter::once(String::new()).chain(lines);
    let mut charts = section.charts.iter().map(|chart| chart_lines(chart, style));
    let mut first_block: Vec<String> = with_blank_line(iter::once(heading).chain(sentences).collect()).collect();
    // Keep the heading and the first chart together.
    first_block.extend(charts.next().into_iter().flat_map(with_blank_line));
    iter::once(first_block).chain(charts.map(|lines| with_blank_line(lines).collect())).collect()
}

fn chart_lines(chart: &Chart, style: TextStyle) -> Vec<String> {
    let rows = chart.visible_rows();
    let title = truncate_to_width(&chart.title(), style.columns).into_owned();
    let labels: Vec<String> =
        rows.iter().map(|row| strip_ambiguous_width(&escape_controls(&row.label)).into_owned()).collect();
    let widest_label =
        labels.iter().map(|label| display_width(label)).chain([display_width(chart.label_header)]).max().unwrap_or(0);
    let cells = |index: usize| rows.iter().filter_map(move |row| row.cells.get(index)).map(|cell| display_width(cell));
    let number_widths: Vec<usize> = chart
        .headers
        .iter()
        .enumerate()
        .map(|(index, name)| cells(index).chain([display_width(name)]).max().unwrap_or(0))
        .collect();
    let fixed_width: usize =
        number_widths.iter().map(|width| width + CELL_SEPARATOR.len()).sum::<usize>() + CELL_SEPARATOR.len() * 2;
    let label_width = label_width(widest_label, fixed_width, style.columns);
    let bar_width = style.columns.saturating_sub(fixed_width + label_width).min(MAX_BAR_CHARS);
    let max_value = rows.iter().map(|row| row.value).max().unwrap_or(0);
    let line = |text: &str, cells: &mut dyn Iterator<Item = &str>, bar: &str| {
        let mut text = truncate_to_width(text, label_width).into_owned();
        terminate_rtl(&mut text);
        let mut line =
            format!("{CELL_SEPARATOR}{text}{}", " ".repeat(label_width.saturating_sub(display_width(&text))));
        for (cell, width) in cells.zip(&number_widths) {
            line.push_str(&format!("{CELL_SEPARATOR}{cell:>width$}"));
        }
        format!("{line}{CELL_SEPARATOR}{bar}")
    };
    let head = style::paint(line(chart.label_header, &mut chart.headers.iter().copied(), "").trim_end(), DIM);
    let rows = rows.iter().zip(&labels).map(|(row, label)| {
        let bar = render_bar(row.value, max_value, bar_width, style.ascii);
        let color = if chart.has_status_labels { status_style(&row.label.replace(' ', "_")) } else { BAR };
        let bar = if bar.is_empty() { bar } else { style::paint(bar, color) };
        line(label, &mut row.cells.iter().map(String::as_str), &bar)
    });
    [title, head].into_iter().chain(rows).collect()
}

/// Returns the width of the labels. Long labels leave the bars two fifths of the width, but get at least 30 columns: below
/// that the bars give way, because a bar repeats a number that stands beside it.
fn label_width(widest: usize, fixed_width: usize, columns: usize) -> usize {
    let comfortable = (columns * 2 / 5).max(MIN_LABEL_CHARS);
    let free = columns.saturating_sub(fixed_width);
    let beside_bar = widest.min(comfortable).min(free.saturating_sub(MIN_BAR_CHARS));
    if beside_bar < widest.min(MIN_LABEL_CHARS) {
        return widest.min(MIN_LABEL_CHARS).min(free + CELL_SEPARATOR.len()).max(1);
    }
    beside_bar.max(1)
}

/// Block characters that fill 0 to 7 eighths of a column.
const BAR_EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Returns the bar for `value`, scaled so that `max_value` is `max_chars` long. A value above 0 is always visible.
fn render_bar(value: u64, max_value: u64, max_chars: usize, ascii: bool) -> String {
    let units = if ascii { 1 } else { 8 };
    let full_units = u128::try_from(max_chars * units).unwrap_or(0);
    let scaled = (u128::from(value) * full_units).checked_div(u128::from(max_value)).unwrap_or(0);
    let length = usize::try_from(scaled).unwrap_or(0).max(usize::from(value > 0 && max_chars > 0));
    if ascii { "#".repeat(length) } else { "█".repeat(length / 8) + BAR_EIGHTHS[length % 8] }
}

/// Lays the blocks out in two columns, filling the left one first.
fn join_side_by_side(blocks: Vec<Vec<String>>, columns: usize) -> Vec<String> {
    let total: usize = blocks.iter().map(Vec::len).sum();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for block in blocks {
        let target = if right.is_empty() && left.len() + block.len() / 2 < total / 2 { &mut left } else { &mut right };
        target.extend(block);
    }
    let rows = left.len().max(right.len());
    let line_at = |lines: &[String], row: usize| lines.get(row).cloned().unwrap_or_default();
    (0..rows)
        .map(|row| {
            let left = line_at(&left, row);
            let left_width = display_width(&strip_styles(&left));
            format!(
                "{left}{}{}",
                " ".repeat((columns + COLUMN_GAP_CHARS).saturating_sub(left_width)),
                line_at(&right, row)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_length_is_proportional_and_positive_values_are_visible() {
        for (value, max_value, max_chars, ascii, expected) in [
            (10, 10, 4, false, "████"),
            (5, 10, 4, false, "██"),
            (9, 16, 2, false, "█▏"),
            (1, 1_000, 4, false, "▏"),
            (0, 10, 4, false, ""),
            (0, 0, 4, false, ""),
            (5, 10, 0, false, ""),
            (10, 10, 4, true, "####"),
            (1, 1_000, 4, true, "#"),
            (u64::MAX, u64::MAX, 3, true, "###"),
        ] {
            assert_eq!(render_bar(value, max_value, max_chars, ascii), expected, "{value} of {max_value}");
        }
    }
}
