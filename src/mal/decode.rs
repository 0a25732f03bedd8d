//! What is on a page: its envelope, and each entry decoded by itself from its own raw JSON, so that one bad entry spoils
//! neither the page nor its neighbours.
//!
//! An envelope that is not the one promised is an error, never an empty page. Nothing is asked for or followed here.

use std::{borrow::Cow, panic, thread};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use self::node::Node;
use super::field::{self, Raw};
use crate::{
    domain::{
        entry::Remote,
        list_status::ListStatus,
        run::{EntryError, ErrorKind},
        text,
    },
    failpoint::failpoint,
};

mod bounded;
mod node;
mod surrogate;

/// More entries than any page may be asked for; of a page with more, so many are kept to tell it by.
const MOST_ENTRIES: usize = 1001;
/// So many entries take longer to decode than a thread to begin.
const MANY: usize = 100;
/// The longest entry that is searched for a name once it could not be read, in bytes.
const LONGEST_GUESS: usize = 64 * 1024;
/// The longest `paging.next` that is taken apart, in bytes.
const LONGEST_NEXT: usize = 16 * 1024;

/// A page as sent, its entries still raw.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The entries.
    pub data: Vec<&'a RawValue>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Takes a page apart.
///
/// # Errors
/// Why it is none: not UTF-8, not JSON, no `data` list, a `paging` that is no object.
pub fn envelope(body: &[u8]) -> Result<Envelope<'_>, String> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        data: bounded::First<'a, MOST_ENTRIES>,
        #[serde(borrow)]
        paging: Option<Paging<'a>>,
    }
    #[derive(Deserialize)]
    struct Paging<'a> {
        #[serde(borrow)]
        next: Option<&'a RawValue>,
    }
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err("it is no JSON object".to_owned());
    }
    let page: Page<'_> = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
    // An address has a few hundred characters; what is longer is not taken apart.
    let next = page.paging.and_then(|paging| paging.next).map(|next| match next.get() {
        long if long.len() > LONGEST_NEXT => Err("paging.next is too long".to_owned()),
        next => serde_json::from_str(next).map_err(|fault| fault.to_string()),
    });
    Ok(Envelope { data: page.data.items, next: next.transpose()? })
}

/// A page, decoded.
#[derive(Debug)]
pub struct Page {
    /// The entries that a row can hold, in order.
    pub entries: Vec<Remote>,
    /// Those that none can.
    pub rejected: Vec<EntryError>,
    /// `paging.next`.
    pub next: Option<Value>,
}

/// Decodes a page of at most `limit` entries.
///
/// # Errors
/// Why it is none, as [`envelope`] says, or that it has more.
pub fn page(body: &[u8], limit: usize) -> Result<Page, String> {
    failpoint!("decode.page");
    let Envelope { data, next } = envelope(body)?;
    if data.len() > limit {
        return Err(format!("a page of {} entries where {limit} were asked for", data.len()));
    }
    let (entries, rejected) = entries(&data);
    Ok(Page { entries, rejected, next })
}

/// Decodes the entries, in order: those that a row can hold, and those that none can. Of many, two threads take a half each.
#[must_use]
pub fn entries(data: &[&RawValue]) -> (Vec<Remote>, Vec<EntryError>) {
    if data.len() < MANY {
        return some(data);
    }
    let (first, second) = data.split_at(data.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| some(second));
        let (mut good, mut bad) = some(first);
        let (more_good, more_bad) = other.join().unwrap_or_else(|fault| panic::resume_unwind(fault));
        good.extend(more_good);
        bad.extend(more_bad);
        (good, bad)
    })
}

fn some(data: &[&RawValue]) -> (Vec<Remote>, Vec<EntryError>) {
    let (mut good, mut bad) = (Vec::with_capacity(data.len()), Vec::new());
    for raw in data {
        match entry(raw.get()) {
            Ok(remote) => good.push(remote),
            Err(error) => bad.push(error),
        }
    }
    (good, bad)
}

#[derive(Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow)]
    node: Raw<'a>,
    #[serde(borrow)]
    list_status: Raw<'a>,
}

/// One entry. Its id and title are read first, so that whatever else is wrong with it can be told by name.
fn entry(text: &str) -> Result<Remote, EntryError> {
    let mended = surrogate::mend(text);
    let mut known = Known { mal_id: None, title: None };
    read(&mended, &mut known)
        .map_err(|message| {
            if known.mal_id.is_none() && known.title.is_none() {
                known = Known::guess(&mended);
            }
            EntryError::new(known.mal_id, known.title.as_deref(), ErrorKind::Invalid, &message)
        })
        .inspect(|remote| {
            if matches!(mended, Cow::Owned(_)) {
                tracing::warn!("MAL ID {}: half a character pair, which is replaced", remote.mal_id());
            }
        })
}

/// What an entry can be told by.
struct Known {
    mal_id: Option<i64>,
    title: Option<String>,
}

impl Known {
    /// Looks into an entry that the strict reader refused as a whole (a name that stands twice).
    fn guess(text: &str) -> Self {
        // As a value it would take ten times its room.
        let value: Value =
            if text.len() > LONGEST_GUESS { None } else { serde_json::from_str(text).ok() }.unwrap_or_default();
        let title = value.pointer("/node/title").and_then(Value::as_str).filter(|title| !title.trim().is_empty());
        let title = title.map(|title| {
            let mut title = title.to_owned();
            text::mend(&mut title);
            title
        });
        Self { mal_id: value.pointer("/node/id").and_then(Value::as_i64), title }
    }
}

fn read(text: &str, known: &mut Known) -> Result<Remote, String> {
    if !text.starts_with('{') {
        return Err("the entry is no object".to_owned());
    }
    let sent: Sent<'_> = serde_json::from_str(text).map_err(|fault| format!("the entry cannot be read: {fault}"))?;
    let node: Node<'_> = field::object(sent.node, "node")?;
    known.mal_id = node.id.and_then(field::long);
    let mal_id = known.mal_id;
    let warn = &mut |what: &str| match mal_id {
        Some(mal_id) => tracing::warn!("MAL ID {mal_id}: {what}"),
        None => tracing::warn!("an entry without an id: {what}"),
    };
    let title = field::text(node.title, "title", warn).map(|title| title.filter(|title| !title.trim().is_empty()));
    known.title = title.as_ref().ok().cloned().flatten();
    let mal_id = field::whole(node.id, "id", 1..=i32::MAX)?.ok_or("no id")?;
    let title = title?.ok_or("no title")?;
    let sent = sent.list_status.ok_or("no list_status")?;
    let sent = bounded::list_status(sent, warn, &mut |what| tracing::debug!("MAL ID {mal_id}: {what}"))?;
    let list = ListStatus::read(sent, warn)?;
    Ok(Remote { anime: node::anime(mal_id, title, &node, warn)?, list })
}

#[cfg(test)]
mod tests;
