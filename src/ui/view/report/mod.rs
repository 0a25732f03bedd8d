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
    count,
    stats::{About, Chart, Section},
};
use crate::{domain::stats::Stats, ui::clean};

/// The frame.
const PAGE: &str = include_str!("page.html");

/// The whole page.
#[must_use]
pub fn page(about: &About<'_>, stats: &Stats, sections: &[Section]) -> String {
    let style = PAGE.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(css, _)| css);
    let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(style)));
    let user = escaped(about.username);
    filled(|place| match place {
        "style" => hash.clone(),
        "title" => format!("Anime list of {user} – malsync"),
        "heading" => format!("Anime list of <bdi>{user}</bdi>"),
        "about" => format!("{}, as of <time>{}</time>", about.entries(stats), about.today),
        "nav" => nav(sections),
        "main" => main(stats, sections),
        "foot" => format!(
            "Made by malsync {}; entries that are no longer on MyAnimeList are not counted.",
            env!("CARGO_PKG_VERSION")
        ),
        _ => String::new(),
    })
}

/// The frame with its places filled. What was filled in is not looked at again.
fn filled(value: impl Fn(&str) -> String) -> String {
    let mut page = String::new();
    let mut rest = PAGE;
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
fn escaped(text: &str) -> String {
    html_escape::encode_quoted_attribute(&clean(text)).into_owned()
}

fn nav(sections: &[Section]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let link =
        |(place, section): (usize, &Section)| format!("<li><a href=\"#s{place}\">{}</a></li>\n", section.heading);
    let links: String = sections.iter().enumerate().map(link).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{links}</ul>\n</nav>")
}

fn main(stats: &Stats, sections: &[Section]) -> String {
    if sections.is_empty() {
        return "<p>There is no entry to tell of.</p>".to_owned();
    }
    let mut html = facts(stats);
    let mut charts = 0;
    for (place, section) in sections.iter().enumerate() {
        let heading = section.heading;
        let told: String =
            section.told.iter().map(|told| format!("<p class=\"soft\">{}</p>\n", escaped(told))).collect();
        write!(
            html,
            "<section id=\"s{place}\" aria-labelledby=\"h{place}\">\n<h2 id=\"h{place}\">{heading}</h2>\n{told}"
        )
        .expect("a String takes any text");
        html.push_str("<div class=\"charts\">\n");
        for chart in &section.charts {
            html.push_str(&figure(charts, chart));
            charts += 1;
        }
        html.push_str("</div>\n</section>\n");
    }
    html
}

fn facts(stats: &Stats) -> String {
    let mean = stats.scores.mean().map_or_else(|| super::NONE.to_owned(), |mean| format!("{mean:.2}"));
    let completed = stats.statuses.iter().find(|(status, _)| status == "completed").map_or(0, |(_, entries)| *entries);
    let facts = [
        ("Entries", count(stats.entries)),
        ("Completed", count(completed)),
        ("Episodes watched", count(stats.watched.episodes)),
        ("Days watched", super::stats::tenths(stats.watched.seconds)),
        ("Mean score", mean),
    ];
    let fact = |(name, figure): &(&str, String)| format!("<div><dt>{name}</dt><dd>{figure}</dd></div>\n");
    format!("<dl class=\"facts\">\n{}</dl>\n", facts.iter().map(fact).collect::<String>())
}

/// A chart, and its rows as a table.
fn figure(number: usize, chart: &Chart) -> String {
    let title = svg::title(chart);
    format!(
        "<figure>\n<figcaption>{title}</figcaption>\n{}\n<details>\n<summary>As a table<span class=\"unseen\">: {}</span></summary>\n{}</details>\n</figure>\n",
        svg::draw(number, chart),
        chart.caption,
        table(chart)
    )
}

fn table(chart: &Chart) -> String {
    let heads = std::iter::once(&chart.key).chain(chart.headers);
    let heads: String = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let row = |row: &super::stats::Row| {
        let cells: String = row.cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<tr><th scope=\"row\"><bdi>{}</bdi></th>{cells}</tr>\n", escaped(&row.label))
    };
    let rows: String = chart.rows.iter().map(row).collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        chart.caption
    )
}

#[cfg(test)]
mod tests;
