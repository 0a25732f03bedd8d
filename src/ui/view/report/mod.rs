//! Renders the statistics of [`stats`](super::stats) as one HTML page.
//!
//! Invariants:
//! 1. The page is self-contained: no scripts, no external resources. Its content security policy allows only its own style
//!    sheet, by hash.
//! 2. Text from outside is escaped (`escape_html`).
//! 3. Every chart has a table with the same numbers.
//!
//! `page.html` is the template; its placeholders are `{{name}}`.

mod escape_html;
mod svg;

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use self::escape_html::escape_html;
use super::{
    format_count,
    stats::{Chart, StatsScope, StatsSection},
};
use crate::domain::stats::Stats;

/// Template of the page.
const PAGE_TEMPLATE: &str = include_str!("page.html");

/// Returns the complete page.
#[must_use]
pub fn render_page(scope: &StatsScope<'_>, stats: &Stats, sections: &[StatsSection]) -> String {
    let style = PAGE_TEMPLATE
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"))
        .map_or("", |(css, _)| css);
    let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(style)));
    let username = escape_html(scope.username);
    fill_template(|placeholder| match placeholder {
        "style" => hash.clone(),
        "title" => format!("Anime list of {username} – malsync"),
        "heading" => format!("Anime list of <bdi>{username}</bdi>"),
        "about" => format!("{}, as of <time>{}</time>", scope.entries_text(stats), scope.today),
        "nav" => nav_html(sections),
        "main" => main_html(stats, sections),
        "foot" => format!(
            "Made by malsync {}; entries that are no longer on MyAnimeList are not counted.",
            env!("CARGO_PKG_VERSION")
        ),
        _ => String::new(),
    })
}

/// Returns the template with its placeholders replaced. Replaced values are not scanned for placeholders.
fn fill_template(value: impl Fn(&str) -> String) -> String {
    let mut page = String::new();
    let mut rest = PAGE_TEMPLATE;
    while let Some((before, (placeholder, after))) =
        rest.split_once("{{").and_then(|(before, tail)| Some((before, tail.split_once("}}")?)))
    {
        page.push_str(before);
        page.push_str(&value(placeholder));
        rest = after;
    }
    page + rest
}

fn nav_html(sections: &[StatsSection]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let link =
        |(index, section): (usize, &StatsSection)| format!("<li><a href=\"#s{index}\">{}</a></li>\n", section.heading);
    let links: String = sections.iter().enumerate().map(link).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{links}</ul>\n</nav>")
}

fn main_html(stats: &Stats, sections: &[StatsSection]) -> String {
    if sections.is_empty() {
        return "<p>There is no entry to tell of.</p>".to_owned();
    }
    let mut html = key_figures_html(stats);
    let mut chart_number = 0;
    for (index, section) in sections.iter().enumerate() {
        let heading = section.heading;
        let sentences: String = section
            .sentences
            .iter()
            .map(|sentence| format!("<p class=\"soft\">{}</p>\n", escape_html(sentence)))
            .collect();
        write!(
            html,
            "<section id=\"s{index}\" aria-labelledby=\"h{index}\">\n<h2 id=\"h{index}\">{heading}</h2>\n{sentences}"
        )
        .expect("a String takes any text");
        html.push_str("<div class=\"charts\">\n");
        for chart in &section.charts {
            html.push_str(&figure_html(chart_number, chart));
            chart_number += 1;
        }
        html.push_str("</div>\n</section>\n");
    }
    html
}

fn key_figures_html(stats: &Stats) -> String {
    let mean = stats.scores.mean().map_or_else(|| super::NO_VALUE.to_owned(), |mean| format!("{mean:.2}"));
    let completed = stats.statuses.iter().find(|(status, _)| status == "completed").map_or(0, |(_, entries)| *entries);
    let figures = [
        ("Entries", format_count(stats.entries)),
        ("Completed", format_count(completed)),
        ("Episodes watched", format_count(stats.watched.episodes)),
        ("Days watched", super::stats::format_days(stats.watched.seconds)),
        ("Mean score", mean),
    ];
    let fact = |(name, value): &(&str, String)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    format!("<dl class=\"facts\">\n{}</dl>\n", figures.iter().map(fact).collect::<String>())
}

/// Returns a chart and a table of its rows.
fn figure_html(number: usize, chart: &Chart) -> String {
    let title = svg::chart_title(chart);
    format!(
        "<figure>\n<figcaption>{title}</figcaption>\n{}\n<details>\n<summary>As a table<span class=\"unseen\">: {}</span></summary>\n{}</details>\n</figure>\n",
        svg::render_svg(number, chart),
        chart.caption,
        table_html(chart)
    )
}

fn table_html(chart: &Chart) -> String {
    let headers = std::iter::once(&chart.label_header).chain(chart.headers);
    let headers: String = headers.map(|header| format!("<th scope=\"col\">{header}</th>")).collect();
    let row = |row: &super::stats::ChartRow| {
        let cells: String = row.cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<tr><th scope=\"row\"><bdi>{}</bdi></th>{cells}</tr>\n", escape_html(&row.label))
    };
    let rows: String = chart.rows.iter().map(row).collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead><tr>{headers}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        chart.caption
    )
}

#[cfg(test)]
mod tests;
