//! The figures in a terminal: a heading, what is to be said, and bars behind their numbers.
//!
//! Without colour nothing is lost. Where there is room for two columns, the sections stand in two.

use std::iter;

use super::{Chart, Section};
use crate::ui::{
    clean,
    clean::{close, steady},
    fit, width,
};

/// How it is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// How many columns there are.
    pub columns: usize,
    /// Whether bars are drawn with `#` rather than with blocks.
    pub ascii: bool,
    /// Whether headings may be bold.
    pub bold: bool,
}

/// A terminal this wide takes two columns of sections.
const WIDE: usize = 160;
const BETWEEN: usize = 4;
const GAP: &str = "  ";
/// A bar that is longer says no more.
const LONGEST_BAR: usize = 60;
const SHORTEST_BAR: usize = 4;

/// The whole answer.
#[must_use]
pub fn text(head: &str, sections: &[Section], look: Look) -> String {
    let two = look.columns >= WIDE;
    let columns = if two { (look.columns - BETWEEN) / 2 } else { look.columns };
    let blocks: Vec<Vec<String>> =
        sections.iter().flat_map(|section| blocks(section, Look { columns, ..look })).collect();
    let lines = if two { side_by_side(blocks, columns) } else { blocks.concat() };
    let head = fit(&clean(head), look.columns).into_owned();
    iter::once(head).chain(lines).map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The lines of a section, in pieces that stay together; each begins with an empty line.
fn blocks(section: &Section, look: Look) -> Vec<Vec<String>> {
    // Told from the charts' titles without colour as well.
    let heading = section.heading.to_uppercase();
    let heading = fit(&heading, look.columns);
    let heading = if look.bold { format!("\x1b[1m{heading}\x1b[0m") } else { heading.into_owned() };
    let told = section.told.iter().flat_map(|told| wrapped(&clean(told), look.columns));
    let after_blank = |lines: Vec<String>| iter::once(String::new()).chain(lines);
    let mut charts = section.charts.iter().map(|chart| chart_lines(chart, look));
    let mut first: Vec<String> = after_blank(iter::once(heading).chain(told).collect()).collect();
    // A heading does not stand alone at the end of a column.
    first.extend(charts.next().into_iter().flat_map(after_blank));
    iter::once(first).chain(charts.map(|lines| after_blank(lines).collect())).collect()
}

/// A sentence on as many lines as it takes.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(word, columns).into_owned()),
        }
    }
    lines
}

fn chart_lines(chart: &Chart, look: Look) -> Vec<String> {
    let rows = chart.shown();
    let title = fit(&chart.title(), look.columns).into_owned();
    let labels: Vec<String> = rows.iter().map(|row| steady(&clean(&row.label)).into_owned()).collect();
    let widest = labels.iter().map(|label| width(label)).chain([width(chart.key)]).max().unwrap_or(0);
    let cells = |place: usize| rows.iter().filter_map(move |row| row.cells.get(place)).map(|cell| width(cell));
    let numbers: Vec<usize> = chart
        .headers
        .iter()
        .enumerate()
        .map(|(place, name)| cells(place).chain([width(name)]).max().unwrap_or(0))
        .collect();
    let taken: usize = numbers.iter().map(|number| number + GAP.len()).sum::<usize>() + GAP.len() * 2;
    let label = widest.min(look.columns * 2 / 5).min(look.columns.saturating_sub(taken + SHORTEST_BAR)).max(1);
    let longest = look.columns.saturating_sub(taken + label).min(LONGEST_BAR);
    let most = rows.iter().map(|row| row.value).max().unwrap_or(0);
    let line = |text: &str, cells: &mut dyn Iterator<Item = &str>, bar: &str| {
        let mut text = fit(text, label).into_owned();
        close(&mut text);
        let mut line = format!("{GAP}{text}{}", " ".repeat(label.saturating_sub(width(&text))));
        for (cell, number) in cells.zip(&numbers) {
            line.push_str(&format!("{GAP}{cell:>number$}"));
        }
        format!("{line}{GAP}{bar}")
    };
    let head = line(chart.key, &mut chart.headers.iter().copied(), "");
    let rows = rows.iter().zip(&labels).map(|(row, label)| {
        line(label, &mut row.cells.iter().map(String::as_str), &bar(row.value, most, longest, look.ascii))
    });
    [title, head].into_iter().chain(rows).collect()
}

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar for this value, where the largest is as long as `longest`. What is there is seen, however little it is.
fn bar(value: u64, most: u64, longest: usize, ascii: bool) -> String {
    let units = if ascii { 1 } else { 8 };
    let full = u128::try_from(longest * units).unwrap_or(0);
    let scaled = (u128::from(value) * full).checked_div(u128::from(most)).unwrap_or(0);
    let length = usize::try_from(scaled).unwrap_or(0).max(usize::from(value > 0 && longest > 0));
    if ascii { "#".repeat(length) } else { "█".repeat(length / 8) + EIGHTHS[length % 8] }
}

/// Two columns, read down the left one first.
fn side_by_side(blocks: Vec<Vec<String>>, columns: usize) -> Vec<String> {
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
            let shown = width(&left.replace("\x1b[1m", "").replace("\x1b[0m", ""));
            format!("{left}{}{}", " ".repeat((columns + BETWEEN).saturating_sub(shown)), at(&right, row))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_vanishes() {
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
            assert_eq!(bar(value, most, longest, ascii), expected, "{value} of {most}");
        }
    }
}
