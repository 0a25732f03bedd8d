//! Writes MAL's XML export in its current form: same elements, order and layout.
//!
//! Four differences:
//!
//! 1. The comment at the top names malsync as the author.
//! 2. `update_on_import` is 1. With 0, MAL's importer does not change existing entries, but a restored copy should.
//! 3. In a partial date, zeros stand for the unknown month or day, as the format uses zeros for an unknown date.
//! 4. Elements whose values malsync does not know (storage, discussion, posting) are left out: MAL's importer would take
//!    them for the user's.

use std::{borrow::Cow, fmt::Write as _};

use crate::domain::{
    comment_text,
    list_entry::ListEntry,
    partial_date::{DatePrecision, PartialDate},
    vocabulary::LIST_STATUSES,
};

use super::vocabulary;

/// The owner of the exported list.
#[derive(Clone, Copy, Debug)]
pub struct ListOwner<'a> {
    /// The name of the user's row.
    pub name: &'a str,
    /// MAL's id of the account. `None` if unknown.
    pub mal_user_id: Option<i64>,
}

/// Returns the entries as MAL's XML export, in the given order.
#[must_use]
pub fn encode_mal_xml(owner: ListOwner<'_>, entries: &[ListEntry]) -> Vec<u8> {
    let mut text = String::with_capacity(1024 + entries.len() * 1400);
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n\t\t<!--\n\t\t Created by malsync {}, in the form of MyAnimeList's XML \
        Export\n\t\t Version 1.1.0\n\t\t-->\n\t\t\n\t\t<myanimelist>\n\t\t\n",
        env!("CARGO_PKG_VERSION")
    );
    write_info(&mut text, owner, entries);
    for entry in entries {
        write_entry(&mut text, entry);
    }
    text.push_str("\t\t</myanimelist>\n");
    text.into_bytes()
}

fn write_info(text: &mut String, owner: ListOwner<'_>, entries: &[ListEntry]) {
    let total = |status: &str| entries.iter().filter(|entry| entry.stored.values.status == status).count().to_string();
    let [watching, completed, on_hold, dropped, planned] = LIST_STATUSES.map(total);
    text.push_str("\t\t\t<myinfo>\n");
    for (name, value) in [
        ("user_id", owner.mal_user_id.unwrap_or(0).to_string()),
        ("user_name", escape_text(owner.name).into_owned()),
        ("user_export_type", "1".to_owned()),
        ("user_total_anime", entries.len().to_string()),
        ("user_total_watching", watching),
        ("user_total_completed", completed),
        ("user_total_onhold", on_hold),
        ("user_total_dropped", dropped),
        ("user_total_plantowatch", planned),
    ] {
        let _ = writeln!(text, "\t\t\t\t<{name}>{value}</{name}>");
    }
    text.push_str("\t\t\t</myinfo>\n\t\t\n\t\t\n");
}

fn write_entry(text: &mut String, entry: &ListEntry) {
    let (anime, values) = (&entry.anime, &entry.stored.values);
    text.push_str("\t\t\t\t<anime>\n");
    let number = |number: Option<i32>| Cow::from(number.unwrap_or(0).to_string());
    let fixed = |text: &'static str| Cow::from(text);
    for (name, value) in [
        ("series_animedb_id", number(Some(anime.mal_id))),
        ("series_title", to_cdata(&anime.title)),
        ("series_type", escape_text(vocabulary::type_to_mal(anime.media_type.as_deref()))),
        ("series_episodes", number(anime.episodes)),
        ("my_id", fixed("0")),
        ("my_watched_episodes", number(values.episodes_watched)),
        ("my_start_date", format_date(values.start_date).into()),
        ("my_finish_date", format_date(values.finish_date).into()),
        ("my_rated", fixed("")),
        ("my_score", number(values.score)),
        ("my_status", escape_text(vocabulary::status_to_mal(&values.status))),
        ("my_comments", to_cdata(&encode_comments(values.notes.as_deref().unwrap_or_default()))),
        ("my_times_watched", number(Some(values.times_rewatched))),
        ("my_rewatch_value", vocabulary::rewatch_value_to_mal(values.rewatch_value).into()),
        ("my_priority", vocabulary::priority_to_mal(values.priority).into()),
        ("my_tags", to_cdata(&values.tags.join(", "))),
        ("my_rewatching", number(Some(values.is_rewatching.into()))),
        ("my_rewatching_ep", number(values.rewatch_episodes)),
        ("update_on_import", fixed("1")),
    ] {
        let _ = writeln!(text, "\t\t\t\t\t<{name}>{value}</{name}>");
    }
    text.push_str("\t\t\t\t</anime>\n\t\t\t\n");
}

fn format_date(date: Option<PartialDate>) -> String {
    match date.map(|date| (date, date.precision())) {
        None => "0000-00-00".to_owned(),
        Some((date, DatePrecision::Year)) => format!("{date}-00-00"),
        Some((date, DatePrecision::Month)) => format!("{date}-00"),
        Some((date, DatePrecision::Day)) => date.to_string(),
    }
}

/// Returns notes for `my_comments`. Importers decode comments there, as those of MAL's API. If that would change the
/// notes, `&`, `<` and `>` are written as entities, so that decoding returns the notes.
fn encode_comments(notes: &str) -> Cow<'_, str> {
    if comment_text::decode_comments(notes) == notes { notes.into() } else { escape_markup(notes) }
}

/// Returns the text as CDATA. An end mark in the text is split into two sections.
fn to_cdata(text: &str) -> Cow<'static, str> {
    format!("<![CDATA[{}]]>", replace_non_xml_chars(text).replace("]]>", "]]]]><![CDATA[>")).into()
}

/// Returns the text with `&`, `<` and `>` escaped.
fn escape_text(text: &str) -> Cow<'_, str> {
    match replace_non_xml_chars(text) {
        Cow::Borrowed(valid) => escape_markup(valid),
        Cow::Owned(valid) => escape_markup(&valid).into_owned().into(),
    }
}

fn escape_markup(text: &str) -> Cow<'_, str> {
    if text.contains(['&', '<', '>']) {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").into()
    } else {
        text.into()
    }
}

/// Replaces characters that XML cannot represent by U+FFFD.
fn replace_non_xml_chars(text: &str) -> Cow<'_, str> {
    let is_invalid = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(is_invalid) { text.replace(is_invalid, "\u{fffd}").into() } else { text.into() }
}
