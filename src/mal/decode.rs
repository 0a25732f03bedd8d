//! Decodes a page: its envelope, and each entry from its own raw JSON. A bad entry affects neither the page nor its
//! neighbours.
//!
//! A malformed envelope is an error, never an empty page.

use std::{borrow::Cow, panic, thread};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use self::anime_node::{AnimeNode, REQUESTED_NODE_FIELDS};
use super::anime_field_parsers::{self, RawField};
use crate::{
    domain::{
        entry::RemoteEntry,
        limits::MAL_IDS,
        list_status::ListStatus,
        list_status_parser,
        loose_json::UnreadableValues,
        run::{EntryError, EntryErrorKind},
        text,
    },
    failpoint::failpoint,
};

mod anime_node;
mod bounded;
mod surrogate;

/// Entries kept of a page. One more than any page may have, so an oversized page is noticed.
const MAX_RAW_ENTRIES: usize = 1001;
/// From this many entries on, decoding takes longer than starting a thread.
const PARALLEL_DECODE_THRESHOLD: usize = 100;
/// Longest unparsable entry that is searched for its id and title, in bytes.
const MAX_RECOVERABLE_ENTRY_BYTES: usize = 64 * 1024;
/// Longest `paging.next` that is parsed, in bytes.
const MAX_NEXT_URL_BYTES: usize = 16 * 1024;

/// A page whose entries are still raw JSON.
#[derive(Debug)]
pub struct PageEnvelope<'a> {
    /// Raw entries.
    pub data: Vec<&'a RawValue>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Returns the fields that a request for entries must name: what is decoded, and nothing else. Beyond its default
/// fields, MAL sends only those that are listed; braces list those of an object.
#[must_use]
pub fn requested_fields() -> String {
    let entry_fields = list_status_parser::documented_fields().collect::<Vec<_>>().join(",");
    format!("{},list_status{{{entry_fields}}}", REQUESTED_NODE_FIELDS.join(","))
}

/// Parses the envelope of a page.
///
/// # Errors
/// Fails if the body is not UTF-8, not JSON, has no `data` array, or `paging` is not an object.
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
        return Err("not a JSON object".to_owned());
    }
    let page: RawPage<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    // A real URL has a few hundred characters.
    let next = page.paging.and_then(|paging| paging.next).map(|next| match next.get() {
        long if long.len() > MAX_NEXT_URL_BYTES => Err("paging.next is too long".to_owned()),
        next => serde_json::from_str(next).map_err(|error| error.to_string()),
    });
    Ok(PageEnvelope { data: page.data.items, next: next.transpose()? })
}

/// A decoded page.
#[derive(Debug)]
pub struct DecodedPage {
    /// Valid entries, in the order of the page.
    pub entries: Vec<RemoteEntry>,
    /// Entries that cannot be stored.
    pub rejected: Vec<EntryError>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Decodes a page of at most `limit` entries.
///
/// # Errors
/// Fails if [`parse_envelope`] fails, or if the page has more entries.
pub fn decode_page(body: &[u8], limit: usize) -> Result<DecodedPage, String> {
    failpoint!("decode.page");
    let PageEnvelope { data, next } = parse_envelope(body)?;
    if data.len() > limit {
        return Err(format!("a page of {} entries although {limit} were requested", data.len()));
    }
    let (entries, rejected) = decode_entries(&data);
    Ok(DecodedPage { entries, rejected, next })
}

/// Decodes the entries in order, into valid and rejected ones. Many entries are split between two threads.
#[must_use]
pub fn decode_entries(data: &[&RawValue]) -> (Vec<RemoteEntry>, Vec<EntryError>) {
    if data.len() < PARALLEL_DECODE_THRESHOLD {
        return decode_chunk(data);
    }
    let (first, second) = data.split_at(data.len() / 2);
    thread::scope(|scope| {
        let second_half = scope.spawn(|| decode_chunk(second));
        let (mut valid, mut rejected) = decode_chunk(first);
        let (more_valid, more_rejected) = second_half.join().unwrap_or_else(|error| panic::resume_unwind(error));
        valid.extend(more_valid);
        rejected.extend(more_rejected);
        (valid, rejected)
    })
}

fn decode_chunk(data: &[&RawValue]) -> (Vec<RemoteEntry>, Vec<EntryError>) {
    let (mut valid, mut rejected) = (Vec::with_capacity(data.len()), Vec::new());
    for raw in data {
        match decode_entry(raw.get()) {
            Ok(remote) => valid.push(remote),
            Err(error) => rejected.push(error),
        }
    }
    (valid, rejected)
}

#[derive(Default, Deserialize)]
struct RawListEntry<'a> {
    /// Read in the same pass as the entry, because most of an entry's text is here.
    #[serde(borrow, default, deserialize_with = "bounded::object_or_default")]
    node: AnimeNode<'a>,
    #[serde(borrow)]
    list_status: RawField<'a>,
}

/// Decodes one entry. Its id and title are read first, so that any later error can name the entry.
fn decode_entry(text: &str) -> Result<RemoteEntry, EntryError> {
    let json = surrogate::replace_lone_surrogates(text);
    let mut identity = EntryIdentity { mal_id: None, title: None };
    parse_entry(&json, &mut identity)
        .map_err(|message| {
            if identity.mal_id.is_none() && identity.title.is_none() {
                identity = EntryIdentity::recover_from_invalid_entry(&json);
            }
            EntryError::new(identity.mal_id, identity.title.as_deref(), EntryErrorKind::Invalid, &message)
        })
        .inspect(|remote| {
            if matches!(json, Cow::Owned(_)) {
                tracing::warn!("MAL ID {}: replaced a lone surrogate escape", remote.mal_id());
            }
        })
}

/// What identifies an entry in messages.
struct EntryIdentity {
    mal_id: Option<i64>,
    title: Option<String>,
}

impl EntryIdentity {
    /// Extracts id and title from an entry that the strict parser rejected as a whole (a duplicate name).
    fn recover_from_invalid_entry(json: &str) -> Self {
        // A parsed `Value` takes about ten times the memory of its text.
        let value: Value =
            if json.len() > MAX_RECOVERABLE_ENTRY_BYTES { None } else { serde_json::from_str(json).ok() }
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

/// Returns the message for an entry that cannot be read: it names `node` if that is the part at fault.
fn explain_unreadable_entry(text: &str, error: &serde_json::Error) -> String {
    #[derive(Deserialize)]
    struct RawNode<'a> {
        #[serde(borrow)]
        node: RawField<'a>,
    }
    let node = serde_json::from_str::<RawNode<'_>>(text).ok().and_then(|entry| entry.node);
    let read: Result<AnimeNode<'_>, _> = anime_field_parsers::parse_object(node, "node");
    read.err().unwrap_or_else(|| format!("the entry cannot be read: {error}"))
}

fn parse_entry(text: &str, identity: &mut EntryIdentity) -> Result<RemoteEntry, String> {
    if !text.starts_with('{') {
        return Err("the entry is not an object".to_owned());
    }
    let sent: RawListEntry<'_> = serde_json::from_str(text).map_err(|error| explain_unreadable_entry(text, &error))?;
    let node = sent.node;
    identity.mal_id = node.id.and_then(anime_field_parsers::parse_i64);
    let mal_id = identity.mal_id;
    let warn = &mut |message: &str| match mal_id {
        Some(mal_id) => tracing::warn!("MAL ID {mal_id}: {message}"),
        None => tracing::warn!("an entry without an ID: {message}"),
    };
    let title = anime_field_parsers::parse_text(node.title, "title", warn)
        .map(|title| title.filter(|title| !title.trim().is_empty()));
    identity.title = title.as_ref().ok().cloned().flatten();
    let mal_id = anime_field_parsers::parse_integer(node.id, "id", MAL_IDS)?.ok_or("no id")?;
    let title = title?.ok_or("no title")?;
    let sent = sent.list_status.ok_or("no list_status")?;
    let note = &mut |message: &str| tracing::debug!("MAL ID {mal_id}: {message}");
    let mut unreadable = UnreadableValues::default();
    let sent = bounded::parse_list_status(sent, warn, note, &mut unreadable)?;
    let list_status = ListStatus::parse(sent, warn, &mut unreadable)?;
    let anime = anime_node::build_anime(mal_id, title, &node, warn, &mut unreadable);
    // The run warns once, with the count.
    unreadable.messages().iter().for_each(|message| tracing::info!("MAL ID {mal_id}: {message}; ignored"));
    Ok(RemoteEntry { anime, list_status, unreadable_values: unreadable.messages().len() as u64 })
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
