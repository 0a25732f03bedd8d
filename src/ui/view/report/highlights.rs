//! Renders the entries being watched and the favorites as lists of cards.

use super::{
    super::{format_count, pluralize},
    escape_html::escape_html,
};
use crate::domain::stats::{FavoriteEntry, MIN_FAVORITE_SCORE, WatchingEntry};

/// Returns the list of entries being watched. The first `top` are visible at once.
pub(super) fn watching_html(entries: &[WatchingEntry], top: usize) -> String {
    let card = |entry: &WatchingEntry| {
        let again = if entry.is_rewatching { "rewatching · " } else { "" };
        let (watched, progress) = match entry.episodes {
            Some(episodes) => (
                format!("{} of {}", format_count(entry.episodes_watched), pluralize(episodes, "episode", "episodes")),
                // The text beside it has the same numbers.
                format!(
                    "<progress aria-hidden=\"true\" value=\"{}\" max=\"{episodes}\"></progress>",
                    entry.episodes_watched.min(episodes)
                ),
            ),
            None => (format!("{} watched", pluralize(entry.episodes_watched, "episode", "episodes")), String::new()),
        };
        let score = entry.score.map(score_html).unwrap_or_default();
        card_html(&entry.title, &score, &format!("{again}{watched}"), &progress)
    };
    let (first, others) = entries.split_at(entries.len().min(top));
    if others.is_empty() {
        return cards_html(first, card);
    }
    format!(
        "{}<details>\n<summary>Show {} more<span class=\"unseen\">: Currently watching</span></summary>\n{}</details>\n",
        cards_html(first, card),
        format_count(entries.len() - first.len()),
        cards_html(others, card)
    )
}

/// Returns the list of the first `top` favorites.
pub(super) fn favorites_html(entries: &[FavoriteEntry], top: usize) -> String {
    let card = |entry: &FavoriteEntry| {
        let status = entry.status.replace('_', " ");
        let class = status_class(&status);
        let mean = entry.mean.map(|mean| format!(" · MAL {mean:.2}")).unwrap_or_default();
        let about = format!("<span class=\"dot {class}\"></span>{}{mean}", escape_html(&status));
        card_html(&entry.title, &score_html(entry.score), &about, "")
    };
    let first = entries.get(..top).unwrap_or(entries);
    let all = format_count(entries.len());
    let limit = if first.len() < entries.len() { format!(" (top {} of {all})", first.len()) } else { String::new() };
    format!(
        "<p class=\"soft\">Your highest scores, from {MIN_FAVORITE_SCORE} up{limit}</p>\n{}",
        cards_html(first, card)
    )
}

/// Returns the CSS class with the color of a status, as MAL shows it. Accepts `on_hold` and `on hold`.
pub(super) fn status_class(status: &str) -> &'static str {
    match status {
        "watching" => "watching",
        "completed" => "completed",
        "on_hold" | "on hold" => "held",
        "dropped" => "dropped",
        "plan_to_watch" | "plan to watch" => "plan-to-watch",
        _ => "other-status",
    }
}

fn score_html(score: u64) -> String {
    format!("<span class=\"score\"><span class=\"unseen\">Your score: </span>{score}</span>")
}

/// Returns a card. `title` is escaped here, the others are HTML.
fn card_html(title: &str, score: &str, about: &str, progress: &str) -> String {
    let title = escape_html(title);
    format!("<li><bdi class=\"name\">{title}</bdi>{score}<span class=\"about\">{about}</span>{progress}</li>\n")
}

fn cards_html<T>(entries: &[T], card: impl Fn(&T) -> String) -> String {
    format!("<ul class=\"cards\">\n{}</ul>\n", entries.iter().map(card).collect::<String>())
}
