//! The report: the sections of [`stats`](super::stats) as one HTML page.
//!
//! The page stands alone: no script, nothing from elsewhere, and a policy that would let in nothing but its own style
//! sheet, by its hash. Every text from outside is cleaned and escaped (`escaped`); what the bars show stands in a
//! table as well. The frame is `page.html`, with marked places.

mod svg;

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::{
    format_count,
    stats::{Chart, StatsScope, StatsSection},
};
use crate::{domain::stats::Stats, ui::escape_controls};

/// The frame.
const PAGE_TEMPLATE: &str = include_str!("page.html");

/// The whole page.
#[must_use]
pub fn render_page(about: &StatsScope<'_>, stats: &Stats, sections: &[StatsSection]) -> String {
    let style = PAGE_TEMPLATE
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"))
        .map_or("", |(css, _)| css);
    let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(style)));
    let user = escape_html(about.username);
    fill_template(|place| match place {
        "style" => hash.clone(),
        "title" => format!("Anime list of {user} – malsync"),
        "heading" => format!("Anime list of <bdi>{user}</bdi>"),
        "about" => format!("{}, as of <time>{}</time>", about.entries_text(stats), about.today),
        "nav" => nav_html(sections),
        "main" => main_html(stats, sections),
        "foot" => format!(
            "Made by malsync {}; entries that are no longer on MyAnimeList are not counted.",
            env!("CARGO_PKG_VERSION")
        ),
        _ => String::new(),
    })
}

/// The frame with its places filled. What was filled in is not looked at again.
fn fill_template(value: impl Fn(&str) -> String) -> String {
    let mut page = String::new();
    let mut rest = PAGE_TEMPLATE;
    while let Some((before, (place, after))) =
        rest.split_once("{{").and_then(|(before, tail)| Some((before, tail.split_once("}}")?)))
    {
        page.push_str(before);
        page.push_str(&value(place));
        rest = after;
    }
    page + rest
}

/// A text from outside as HTML shows it, in text and in attributes.
fn escape_html(text: &str) -> String {
    html_escape::encode_quoted_attribute(&escape_controls(text)).into_owned()
}

fn nav_html(sections: &[StatsSection]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let link =
        |(place, section): (usize, &StatsSection)| format!("<li><a href=\"#s{place}\">{}</a></li>\n", section.heading);
    let links: String = sections.iter().enumerate().map(link).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{links}</ul>\n</nav>")
}

fn main_html(stats: &Stats, sections: &[StatsSection]) -> String {
    if sections.is_empty() {
        return "<p>There is no entry to tell of.</p>".to_owned();
    }
    let mut html = key_figures_html(stats);
    let mut charts = 0;
    for (place, section) in sections.iter().enumerate() {
        let heading = section.heading;
        let told: String =
            section.sentences.iter().map(|told| format!("<p class=\"soft\">{}</p>\n", escape_html(told))).collect();
        write!(
            html,
            "<section id=\"s{place}\" aria-labelledby=\"h{place}\">\n<h2 id=\"h{place}\">{heading}</h2>\n{told}"
        )
        .expect("a String takes any text");
        html.push_str("<div class=\"charts\">\n");
        for chart in &section.charts {
            html.push_str(&figure_html(charts, chart));
            charts += 1;
        }
        html.push_str("</div>\n</section>\n");
    }
    html
}

fn key_figures_html(stats: &Stats) -> String {
    let mean = stats.scores.mean().map_or_else(|| super::NO_VALUE.to_owned(), |mean| format!("{mean:.2}"));
    let completed = stats.statuses.iter().find(|(status, _)| status == "completed").map_or(0, |(_, entries)| *entries);
    let facts = [
        ("Entries", format_count(stats.entries)),
        ("Completed", format_count(completed)),
        ("Episodes watched", format_count(stats.watched.episodes)),
        ("Days watched", super::stats::format_days(stats.watched.seconds)),
        ("Mean score", mean),
    ];
    let fact = |(name, figure): &(&str, String)| format!("<div><dt>{name}</dt><dd>{figure}</dd></div>\n");
    format!("<dl class=\"facts\">\n{}</dl>\n", facts.iter().map(fact).collect::<String>())
}

/// A chart, and its rows as a table.
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
    let heads = std::iter::once(&chart.label_header).chain(chart.headers);
    let heads: String = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let row = |row: &super::stats::ChartRow| {
        let cells: String = row.cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<tr><th scope=\"row\"><bdi>{}</bdi></th>{cells}</tr>\n", escape_html(&row.label))
    };
    let rows: String = chart.rows.iter().map(row).collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        chart.caption
    )
}

#[cfg(test)]
mod tests;
