//! The figures in a terminal: a heading, what is to be said, and bars behind their numbers.
//!
//! Without colour nothing is lost. Where there is room for two columns, the sections stand in two.

use std::iter;

use super::{Chart, StatsSection};
use crate::ui::{
    display_width, escape_controls,
    terminal_text::{strip_ambiguous_width, terminate_rtl},
    truncate_to_width,
};

/// How it is to look.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// How many columns there are.
    pub columns: usize,
    /// Whether bars are drawn with `#` rather than with blocks.
    pub ascii: bool,
    /// Whether headings may be bold.
    pub bold: bool,
}

/// A terminal this wide takes two columns of sections.
const MIN_TWO_COLUMN_WIDTH: usize = 160;
const COLUMN_GAP_CHARS: usize = 4;
const CELL_SEPARATOR: &str = "  ";
/// A bar that is longer says no more.
const MAX_BAR_CHARS: usize = 60;
const MIN_BAR_CHARS: usize = 4;

/// The whole answer.
#[must_use]
pub fn to_text(head: &str, sections: &[StatsSection], look: TextStyle) -> String {
    let two = look.columns >= MIN_TWO_COLUMN_WIDTH;
    let columns = if two { (look.columns - COLUMN_GAP_CHARS) / 2 } else { look.columns };
    let blocks: Vec<Vec<String>> =
        sections.iter().flat_map(|section| section_blocks(section, TextStyle { columns, ..look })).collect();
    let lines = if two { join_side_by_side(blocks, columns) } else { blocks.concat() };
    let head = truncate_to_width(&escape_controls(head), look.columns).into_owned();
    iter::once(head).chain(lines).map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The lines of a section, in pieces that stay together; each begins with an empty line.
fn section_blocks(section: &StatsSection, look: TextStyle) -> Vec<Vec<String>> {
    // Told from the charts' titles without colour as well.
    let heading = section.heading.to_uppercase();
    let heading = truncate_to_width(&heading, look.columns);
    let heading = if look.bold { format!("\x1b[1m{heading}\x1b[0m") } else { heading.into_owned() };
    let told = section.sentences.iter().flat_map(|told| wrap_sentence(&escape_controls(told), look.columns));
    let after_blank = |lines: Vec<String>| iter::once(String::new()).chain(lines);
    let mut charts = section.charts.iter().map(|chart| chart_lines(chart, look));
    let mut first: Vec<String> = after_blank(iter::once(heading).chain(told).collect()).collect();
    // A heading does not stand alone at the end of a column.
    first.extend(charts.next().into_iter().flat_map(after_blank));
    iter::once(first).chain(charts.map(|lines| after_blank(lines).collect())).collect()
}

/// A sentence on as many lines as it takes.
fn wrap_sentence(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if display_width(line) + 1 + display_width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(truncate_to_width(word, columns).into_owned()),
        }
    }
    lines
}

fn chart_lines(chart: &Chart, look: TextStyle) -> Vec<String> {
    let rows = chart.visible_rows();
    let title = truncate_to_width(&chart.title(), look.columns).into_owned();
    let labels: Vec<String> =
        rows.iter().map(|row| strip_ambiguous_width(&escape_controls(&row.label)).into_owned()).collect();
    let widest =
        labels.iter().map(|label| display_width(label)).chain([display_width(chart.label_header)]).max().unwrap_or(0);
    let cells = |place: usize| rows.iter().filter_map(move |row| row.cells.get(place)).map(|cell| display_width(cell));
    let numbers: Vec<usize> = chart
        .headers
        .iter()
        .enumerate()
        .map(|(place, name)| cells(place).chain([display_width(name)]).max().unwrap_or(0))
        .collect();
    let taken: usize =
        numbers.iter().map(|number| number + CELL_SEPARATOR.len()).sum::<usize>() + CELL_SEPARATOR.len() * 2;
    let label = widest.min(look.columns * 2 / 5).min(look.columns.saturating_sub(taken + MIN_BAR_CHARS)).max(1);
    let longest = look.columns.saturating_sub(taken + label).min(MAX_BAR_CHARS);
    let most = rows.iter().map(|row| row.value).max().unwrap_or(0);
    let line = |text: &str, cells: &mut dyn Iterator<Item = &str>, bar: &str| {
        let mut text = truncate_to_width(text, label).into_owned();
        terminate_rtl(&mut text);
        let mut line = format!("{CELL_SEPARATOR}{text}{}", " ".repeat(label.saturating_sub(display_width(&text))));
        for (cell, number) in cells.zip(&numbers) {
            line.push_str(&format!("{CELL_SEPARATOR}{cell:>number$}"));
        }
        format!("{line}{CELL_SEPARATOR}{bar}")
    };
    let head = line(chart.label_header, &mut chart.headers.iter().copied(), "");
    let rows = rows.iter().zip(&labels).map(|(row, label)| {
        line(label, &mut row.cells.iter().map(String::as_str), &render_bar(row.value, most, longest, look.ascii))
    });
    [title, head].into_iter().chain(rows).collect()
}

const BAR_EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar for this value, where the largest is as long as `longest`. What is there is seen, however little it is.
fn render_bar(value: u64, most: u64, longest: usize, ascii: bool) -> String {
    let units = if ascii { 1 } else { 8 };
    let full = u128::try_from(longest * units).unwrap_or(0);
    let scaled = (u128::from(value) * full).checked_div(u128::from(most)).unwrap_or(0);
    let length = usize::try_from(scaled).unwrap_or(0).max(usize::from(value > 0 && longest > 0));
    if ascii { "#".repeat(length) } else { "█".repeat(length / 8) + BAR_EIGHTHS[length % 8] }
}

/// Two columns, read down the left one first.
fn join_side_by_side(blocks: Vec<Vec<String>>, columns: usize) -> Vec<String> {
    let all: usize = blocks.iter().map(Vec::len).sum();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for block in blocks {
        let here = if right.is_empty() && left.len() + block.len() / 2 < all / 2 { &mut left } else { &mut right };
        here.extend(block);
    }
    let rows = left.len().max(right.len());
    let at = |lines: &[String], row: usize| lines.get(row).cloned().unwrap_or_default();
    (0..rows)
        .map(|row| {
            let left = at(&left, row);
            let shown = display_width(&left.replace("\x1b[1m", "").replace("\x1b[0m", ""));
            format!("{left}{}{}", " ".repeat((columns + COLUMN_GAP_CHARS).saturating_sub(shown)), at(&right, row))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_length_is_proportional_and_positive_values_are_visible() {
        for (value, most, longest, ascii, expected) in [
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
            assert_eq!(render_bar(value, most, longest, ascii), expected, "{value} of {most}");
        }
    }
}
