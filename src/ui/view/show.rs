//! Output of `show`: one anime with everything known about it.

use serde::Serialize;
use serde_json::{Map, Value};

pub use super::show_view::ShowView;
use super::{
    field_state::FieldState, format_count, format_utc, key_value_lines, pluralize, show_entry, show_history,
    show_view::join_lines,
};
use crate::{
    domain::{anime::Anime, history::HistoryEvent},
    exchange::AllColumns,
    ui::{
        TableStyle,
        style::{BOLD, anime_url, paint},
        wrap_text,
    },
};

/// JSON object: the fields of `list`, then those of `show` alone.
#[derive(Serialize)]
pub struct ShowJson<'a> {
    #[serde(flatten)]
    columns: AllColumns<'a>,
    synopsis: Option<&'a str>,
    mal: Option<Map<String, Value>>,
    history: Vec<EventJson<'a>>,
    listed: bool,
    set_back: Vec<OverwriteJson<'a>>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    at: String,
    command: &'a str,
    run_id: Option<i64>,
    edit_id: Option<i64>,
    field: &'a str,
    local: &'a Value,
    mal: &'a Value,
    kept: &'a Value,
    conflict: bool,
    rule: Option<&'a str>,
}

#[derive(Serialize)]
struct OverwriteJson<'a> {
    field: &'static str,
    kept: &'a Value,
    rule: &'static str,
}

/// Returns the anime as JSON.
#[must_use]
pub fn to_json<'a>(view: &ShowView<'a>) -> ShowJson<'a> {
    let mal_value = |state: &FieldState| Some((state.field.as_str().to_owned(), state.mal.clone()?));
    let overwrite = |state: &'a FieldState| {
        let overwrite = state.overwrite.as_ref()?;
        Some(OverwriteJson { field: state.field.as_str(), kept: &overwrite.kept, rule: overwrite.rule.as_str() })
    };
    ShowJson {
        columns: AllColumns { row: view.row, is_listed: view.is_listed },
        synopsis: view.row.entry.anime.synopsis.as_deref(),
        mal: view.fields.iter().map(mal_value).collect(),
        history: view.history.iter().map(event_json).collect(),
        listed: view.is_listed,
        set_back: view.fields.iter().filter_map(overwrite).collect(),
    }
}

fn event_json(event: &HistoryEvent) -> EventJson<'_> {
    match event {
        HistoryEvent::Run(change) => EventJson {
            at: format_utc(change.at),
            command: "sync",
            run_id: Some(change.run_id.0),
            edit_id: None,
            field: &change.field,
            local: &change.local,
            mal: &change.mal,
            kept: &change.kept,
            conflict: change.is_conflict,
            rule: Some(&change.rule),
        },
        HistoryEvent::Edit(edit) => EventJson {
            at: format_utc(edit.at),
            command: &edit.command,
            run_id: None,
            edit_id: Some(edit.edit_id),
            field: &edit.field,
            local: &edit.local,
            mal: &edit.base,
            kept: &edit.kept,
            conflict: false,
            rule: None,
        },
    }
}

/// Returns the anime as text, wrapped to `columns`: the user's entry, then the anime, then the history. If `style`
/// has a width, the history fits into it.
#[must_use]
pub fn to_text(view: &ShowView<'_>, columns: usize, style: TableStyle) -> String {
    let anime = &view.row.entry.anime;
    let title_lines: Vec<String> = wrap_text(&anime.title, columns).iter().map(|line| paint(line, BOLD)).collect();
    let mut text = join_lines(title_lines);
    text.push_str(&show_entry::to_text(view, columns));
    text.push_str(&format!("\n{}\n", paint("Anime", BOLD)));
    text.push_str(&key_value_lines(&anime_facts(anime), Some(columns)));
    if let Some(synopsis) = &anime.synopsis {
        text.push('\n');
        text.push_str(&join_lines(wrap_text(synopsis, columns)));
    }
    if !view.history.is_empty() {
        text.push_str(&format!("\n{}\n", paint("History", BOLD)));
        text.push_str(&show_history::to_text(view.history, style));
    }
    if view.has_more_history {
        text.push_str("More: --all\n");
    }
    text
}

/// Returns label and value of everything known about the anime. Omits unknown values.
fn anime_facts(anime: &Anime) -> Vec<(&'static str, String)> {
    let names = |named: &[crate::domain::anime::IdName]| {
        named.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let spaced = |text: &Option<String>| text.as_deref().unwrap_or_default().replace('_', " ");
    let facts = [
        ("English", anime.title_english.clone().filter(|title| *title != anime.title).unwrap_or_default()),
        ("Japanese", anime.title_japanese.clone().unwrap_or_default()),
        ("synonyms", anime.synonyms.join("; ")),
        ("page", anime_url(anime.mal_id)),
        ("type", type_text(anime)),
        ("aired", airing_text(anime)),
        (
            "season",
            anime.start_season.as_ref().map(|season| format!("{} {}", season.season, season.year)).unwrap_or_default(),
        ),
        ("studios", names(&anime.studios)),
        ("genres", names(&anime.genres)),
        ("source", spaced(&anime.source)),
        ("rating", spaced(&anime.rating)),
        ("nsfw", anime.nsfw.clone().filter(|word| word != "white").unwrap_or_default()),
        ("on MAL", community_rating(anime)),
        ("image", anime.image_url.clone().unwrap_or_default()),
    ];
    facts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// Returns type, episodes and episode length: `tv, 26 episodes of 24 min`.
fn type_text(anime: &Anime) -> String {
    let length = anime.average_episode_duration.map(|seconds| match seconds {
        0..60 => format!("{seconds} s"),
        _ => format!("{} min", (seconds + 30) / 60),
    });
    let episodes = match (anime.episodes, length) {
        (Some(number), Some(length)) => Some(format!("{} of {length}", pluralize(number, "episode", "episodes"))),
        (Some(number), None) => Some(pluralize(number, "episode", "episodes")),
        (None, Some(length)) => Some(format!("episodes of {length}")),
        (None, None) => None,
    };
    let media_type = anime.media_type.as_ref().map(|media_type| media_type.replace('_', " "));
    media_type.into_iter().chain(episodes).collect::<Vec<_>>().join(", ")
}

/// Returns air dates, status and broadcast time:
/// `1998-04-03 to 1999-04-24, finished airing, saturday 01:00 in Japan`.
fn airing_text(anime: &Anime) -> String {
    let dates = match (anime.aired_from, anime.aired_to) {
        (None, None) => None,
        (Some(from), Some(to)) if from == to => Some(from.to_string()),
        (from, to) => Some(format!(
            "{} to {}",
            from.map_or("?".into(), |from| from.to_string()),
            to.map_or("?".into(), |to| to.to_string())
        )),
    };
    let status = anime.status.as_ref().map(|status| status.replace('_', " "));
    let broadcast_text = anime.broadcast.as_ref().map(|broadcast| {
        let time = broadcast.time.as_ref().map(|time| format!(" {time}")).unwrap_or_default();
        format!("{}{time} in Japan", broadcast.day)
    });
    dates.into_iter().chain(status).chain(broadcast_text).collect::<Vec<_>>().join(", ")
}

/// Returns mean score, rank, popularity and number of lists on MAL.
fn community_rating(anime: &Anime) -> String {
    let mean = anime.mean.map(|mean| match anime.num_scoring_users {
        Some(users) => format!("score {mean:.2} ({})", pluralize(users, "vote", "votes")),
        None => format!("score {mean:.2}"),
    });
    let rank = anime.rank.map(|rank| format!("rank {}", format_count(rank)));
    let popularity = anime.popularity.map(|popularity| format!("popularity {}", format_count(popularity)));
    let users = anime.num_list_users.map(|users| pluralize(users, "member", "members"));
    [mean, rank, popularity, users].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "show_tests.rs"]
mod tests;
