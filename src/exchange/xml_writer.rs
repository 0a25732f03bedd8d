//! MAL's XML export, as MAL makes it today: the same elements in the same order, set out alike.
//!
//! Three things are malsync's own. The comment at the head names who wrote it. `update_on_import` is 1: MAL's importer
//! leaves entries that it has already as they are where it is 0, and whoever imports a copy wants them to become as in the
//! copy. A date that is known in part has zeros for what is not known, as the format has them for a date not known at all.

use std::{borrow::Cow, fmt::Write as _};

use crate::domain::{
    list_entry::ListEntry,
    list_status::LIST_STATUSES,
    partial_date::{DatePrecision, PartialDate},
};

use super::mal_vocabulary;

/// Whose list it is.
#[derive(Clone, Copy, Debug)]
pub struct ListOwner<'a> {
    /// The name of the user's row.
    pub name: &'a str,
    /// MAL's id of the account, once known.
    pub mal_user_id: Option<i64>,
}

/// The entries as MAL's export has them, in the order given.
#[must_use]
pub fn encode_mal_xml(owner: ListOwner<'_>, items: &[ListEntry]) -> Vec<u8> {
    let mut text = String::with_capacity(1024 + items.len() * 1400);
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n\t\t<!--\n\t\t Created by malsync {}, in the form of MyAnimeList's XML \
        Export\n\t\t Version 1.1.0\n\t\t-->\n\t\t\n\t\t<myanimelist>\n\t\t\n",
        env!("CARGO_PKG_VERSION")
    );
    write_info(&mut text, owner, items);
    for item in items {
        write_entry(&mut text, item);
    }
    text.push_str("\t\t</myanimelist>\n");
    text.into_bytes()
}

fn write_info(text: &mut String, owner: ListOwner<'_>, items: &[ListEntry]) {
    let total = |status: &str| items.iter().filter(|item| item.stored.values.status == status).count().to_string();
    let [watching, completed, on_hold, dropped, planned] = LIST_STATUSES.map(total);
    text.push_str("\t\t\t<myinfo>\n");
    for (name, value) in [
        ("user_id", owner.mal_user_id.unwrap_or(0).to_string()),
        ("user_name", escape_text(owner.name).into_owned()),
        ("user_export_type", "1".to_owned()),
        ("user_total_anime", items.len().to_string()),
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

fn write_entry(text: &mut String, item: &ListEntry) {
    let (anime, values) = (&item.anime, &item.stored.values);
    text.push_str("\t\t\t\t<anime>\n");
    let number = |number: Option<i32>| Cow::from(number.unwrap_or(0).to_string());
    let fixed = |text: &'static str| Cow::from(text);
    for (name, value) in [
        ("series_animedb_id", number(Some(anime.mal_id))),
        ("series_title", to_cdata(&anime.title)),
        ("series_type", escape_text(mal_vocabulary::type_to_mal(anime.media_type.as_deref()))),
        ("series_episodes", number(anime.episodes)),
        ("my_id", fixed("0")),
        ("my_watched_episodes", number(values.episodes_watched)),
        ("my_start_date", format_date(values.start_date).into()),
        ("my_finish_date", format_date(values.finish_date).into()),
        ("my_rated", fixed("")),
        ("my_score", number(values.score)),
        ("my_storage", fixed("")),
        ("my_storage_value", fixed("0.00")),
        ("my_status", escape_text(mal_vocabulary::status_to_mal(&values.status))),
        ("my_comments", to_cdata(&encode_comments(values.notes.as_deref().unwrap_or_default()))),
        ("my_times_watched", number(Some(values.times_rewatched))),
        ("my_rewatch_value", mal_vocabulary::rewatch_value_to_mal(values.rewatch_value).into()),
        ("my_priority", mal_vocabulary::priority_to_mal(values.priority).into()),
        ("my_tags", to_cdata(&values.tags.join(", "))),
        ("my_rewatching", number(Some(values.is_rewatching.into()))),
        ("my_rewatching_ep", fixed("0")),
        ("my_discuss", fixed("1")),
        ("my_sns", fixed("default")),
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

/// Comments are read with their HTML entities resolved, as MAL's API has them: where these notes would then read otherwise,
/// their ampersands are written as entities.
fn encode_comments(notes: &str) -> Cow<'_, str> {
    if html_escape::decode_html_entities(notes) == notes { notes.into() } else { notes.replace('&', "&amp;").into() }
}

/// A text between CDATA marks, in which the end mark itself is split in two.
fn to_cdata(text: &str) -> Cow<'static, str> {
    format!("<![CDATA[{}]]>", replace_non_xml_chars(text).replace("]]>", "]]]]><![CDATA[>")).into()
}

/// A text between tags.
fn escape_text(text: &str) -> Cow<'_, str> {
    let fit = replace_non_xml_chars(text);
    if fit.contains(['&', '<', '>']) {
        fit.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").into()
    } else {
        fit
    }
}

/// Characters that no XML can hold become U+FFFD.
fn replace_non_xml_chars(text: &str) -> Cow<'_, str> {
    let unfit = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(unfit) { text.replace(unfit, "\u{fffd}").into() } else { text.into() }
}
