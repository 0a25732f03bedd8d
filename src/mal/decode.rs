//! What is on a page: its envelope, and each entry decoded by itself from its own raw JSON, so that one bad entry spoils
//! neither the page nor its neighbours.
//!
//! An envelope that is not the one promised is an error, never an empty page. Nothing is asked for or followed here.

use std::{borrow::Cow, panic, thread};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use self::anime_node::AnimeNode;
use super::json_value::{self, RawField};
use crate::{
    domain::{
        entry::RemoteEntry,
        list_status::ListStatus,
        run::{EntryError, EntryErrorKind},
        text,
    },
    failpoint::failpoint,
};

mod anime_node;
mod bounded;
mod surrogate;

/// More entries than any page may be asked for; of a page with more, so many are kept to tell it by.
const MAX_RAW_ENTRIES: usize = 1001;
/// So many entries take longer to decode than a thread to begin.
const PARALLEL_DECODE_THRESHOLD: usize = 100;
/// The longest entry that is searched for a name once it could not be read, in bytes.
const MAX_RECOVERABLE_ENTRY_BYTES: usize = 64 * 1024;
/// The longest `paging.next` that is taken apart, in bytes.
const MAX_NEXT_URL_BYTES: usize = 16 * 1024;

/// A page as sent, its entries still raw.
#[derive(Debug)]
pub struct PageEnvelope<'a> {
    /// The entries.
    pub data: Vec<&'a RawValue>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Takes a page apart.
///
/// # Errors
/// Why it is none: not UTF-8, not JSON, no `data` list, a `paging` that is no object.
pub fn parse_envelope(body: &[u8]) -> Result<PageEnvelope<'_>, String> {
    #[derive(Deserialize)]
    struct RawPage<'a> {
        #[serde(borrow)]
        data: bounded::BoundedList<'a, MAX_RAW_ENTRIES>,
        #[serde(borrow)]
        paging: Option<RawPaging<'a>>,
    }
    #[derive(Deserialize)]
    struct RawPaging<'a> {
        #[serde(borrow)]
        next: Option<&'a RawValue>,
    }
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err("it is no JSON object".to_owned());
    }
    let page: RawPage<'_> = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
    // An address has a few hundred characters; what is longer is not taken apart.
    let next = page.paging.and_then(|paging| paging.next).map(|next| match next.get() {
        long if long.len() > MAX_NEXT_URL_BYTES => Err("paging.next is too long".to_owned()),
        next => serde_json::from_str(next).map_err(|fault| fault.to_string()),
    });
    Ok(PageEnvelope { data: page.data.items, next: next.transpose()? })
}

/// A page, decoded.
#[derive(Debug)]
pub struct DecodedPage {
    /// The entries that a row can hold, in order.
    pub entries: Vec<RemoteEntry>,
    /// Those that none can.
    pub rejected: Vec<EntryError>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Decodes a page of at most `limit` entries.
///
/// # Errors
/// Why it is none, as [`envelope`] says, or that it has more.
pub fn decode_page(body: &[u8], limit: usize) -> Result<DecodedPage, String> {
    failpoint!("decode.page");
    let PageEnvelope { data, next } = parse_envelope(body)?;
    if data.len() > limit {
        return Err(format!("a page of {} entries where {limit} were asked for", data.len()));
    }
    let (entries, rejected) = decode_entries(&data);
    Ok(DecodedPage { entries, rejected, next })
}

/// Decodes the entries, in order: those that a row can hold, and those that none can. Of many, two threads take a half each.
#[must_use]
pub fn decode_entries(data: &[&RawValue]) -> (Vec<RemoteEntry>, Vec<EntryError>) {
    if data.len() < PARALLEL_DECODE_THRESHOLD {
        return decode_chunk(data);
    }
    let (first, second) = data.split_at(data.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| decode_chunk(second));
        let (mut good, mut bad) = decode_chunk(first);
        let (more_good, more_bad) = other.join().unwrap_or_else(|fault| panic::resume_unwind(fault));
        good.extend(more_good);
        bad.extend(more_bad);
        (good, bad)
    })
}

fn decode_chunk(data: &[&RawValue]) -> (Vec<RemoteEntry>, Vec<EntryError>) {
    let (mut good, mut bad) = (Vec::with_capacity(data.len()), Vec::new());
    for raw in data {
        match decode_entry(raw.get()) {
            Ok(remote) => good.push(remote),
            Err(error) => bad.push(error),
        }
    }
    (good, bad)
}

#[derive(Default, Deserialize)]
struct RawListEntry<'a> {
    #[serde(borrow)]
    node: RawField<'a>,
    #[serde(borrow)]
    list_status: RawField<'a>,
}

/// One entry. Its id and title are read first, so that whatever else is wrong with it can be told by name.
fn decode_entry(text: &str) -> Result<RemoteEntry, EntryError> {
    let mended = surrogate::replace_lone_surrogates(text);
    let mut known = EntryIdentity { mal_id: None, title: None };
    parse_entry(&mended, &mut known)
        .map_err(|message| {
            if known.mal_id.is_none() && known.title.is_none() {
                known = EntryIdentity::recover_from_invalid_entry(&mended);
            }
            EntryError::new(known.mal_id, known.title.as_deref(), EntryErrorKind::Invalid, &message)
        })
        .inspect(|remote| {
            if matches!(mended, Cow::Owned(_)) {
                tracing::warn!("MAL ID {}: half a character pair, which is replaced", remote.mal_id());
            }
        })
}

/// What an entry can be told by.
struct EntryIdentity {
    mal_id: Option<i64>,
    title: Option<String>,
}

impl EntryIdentity {
    /// Looks into an entry that the strict reader refused as a whole (a name that stands twice).
    fn recover_from_invalid_entry(text: &str) -> Self {
        // As a value it would take ten times its room.
        let value: Value =
            if text.len() > MAX_RECOVERABLE_ENTRY_BYTES { None } else { serde_json::from_str(text).ok() }
                .unwrap_or_default();
        let title = value.pointer("/node/title").and_then(Value::as_str).filter(|title| !title.trim().is_empty());
        let title = title.map(|title| {
            let mut title = title.to_owned();
            text::sanitize(&mut title);
            title
        });
        Self { mal_id: value.pointer("/node/id").and_then(Value::as_i64), title }
    }
}

fn parse_entry(text: &str, known: &mut EntryIdentity) -> Result<RemoteEntry, String> {
    if !text.starts_with('{') {
        return Err("the entry is no object".to_owned());
    }
    let sent: RawListEntry<'_> =
        serde_json::from_str(text).map_err(|fault| format!("the entry cannot be read: {fault}"))?;
    let node: AnimeNode<'_> = json_value::parse_object(sent.node, "node")?;
    known.mal_id = node.id.and_then(json_value::parse_i64);
    let mal_id = known.mal_id;
    let warn = &mut |what: &str| match mal_id {
        Some(mal_id) => tracing::warn!("MAL ID {mal_id}: {what}"),
        None => tracing::warn!("an entry without an id: {what}"),
    };
    let title =
        json_value::parse_text(node.title, "title", warn).map(|title| title.filter(|title| !title.trim().is_empty()));
    known.title = title.as_ref().ok().cloned().flatten();
    let mal_id = json_value::parse_integer(node.id, "id", 1..=i32::MAX)?.ok_or("no id")?;
    let title = title?.ok_or("no title")?;
    let sent = sent.list_status.ok_or("no list_status")?;
    let sent = bounded::parse_list_status(sent, warn, &mut |what| tracing::debug!("MAL ID {mal_id}: {what}"))?;
    let list = ListStatus::parse(sent, warn)?;
    Ok(RemoteEntry { anime: anime_node::build_anime(mal_id, title, &node, warn)?, list_status: list })
}

#[cfg(test)]
mod tests;
