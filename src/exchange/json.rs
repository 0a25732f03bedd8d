//! The JSON that `export` writes, read: one array, or one object a line.
//!
//! An object is checked as an entry from MAL is, by the same reader under MAL's names. Whose list it is, JSON does not say.

use std::{
    fmt,
    io::{BufRead, BufReader},
    ops::RangeInclusive,
};

use serde::{
    Deserializer as _,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::{Deserializer, Error, Map, Value, value::RawValue};

use crate::domain::{
    change::Field,
    import::Imported,
    list_status::{self, PRIORITIES, REWATCH_VALUES},
    run::{EntryError, ErrorKind},
    text,
};

use super::{
    anime,
    read::{Counted, Fault, List, enough, put, unreadable},
};

/// Reads a list; `lines` tells that it does not begin with `[`.
pub(super) fn read(source: impl BufRead, lines: bool) -> Result<List, Fault> {
    let mut list = List::default();
    let mut seen = std::collections::HashSet::new();
    let mut take = |raw: Box<RawValue>| {
        put(&mut list, &mut seen, bounded(&raw));
        enough(&list)
    };
    let mut counted = Counted { inner: source, lines: 0 };
    // Read in pieces, so that lines are not counted byte by byte.
    let mut reader = Deserializer::from_reader(BufReader::new(&mut counted));
    let read = if lines {
        reader.into_iter::<Box<RawValue>>().try_for_each(|raw| raw.and_then(|raw| take(raw).map_err(Error::custom)))
    } else {
        reader.deserialize_seq(Each(&mut take)).and_then(|()| reader.end())
    };
    match read {
        Ok(()) => Ok(list),
        // The reader knows no line where it was given nothing to read.
        Err(error) if error.is_io() => {
            Err(Fault { line: counted.lines + 1, byte: None, what: unreadable(&error.into()) })
        }
        Err(error) if error.is_eof() => Err(at(&error, "it ends before its time".to_owned())),
        Err(error) => Err(at(&error, format!("it is no list that export writes: {error}"))),
    }
}

fn at(error: &serde_json::Error, what: String) -> Fault {
    Fault { line: error.line() as u64, byte: None, what }
}

/// Hands on each element of an array as it comes.
struct Each<F>(F);

impl<'de, F: FnMut(Box<RawValue>) -> Result<(), String>> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element()? {
            (self.0)(raw).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// The fields with the name that each has in `list --json`, and MAL's.
const NAMES: [(Field, &str, &str); 10] = [
    (Field::Status, "status", "status"),
    (Field::Score, "score", "score"),
    (Field::EpisodesWatched, "episodes_watched", "num_episodes_watched"),
    (Field::StartDate, "start_date", "start_date"),
    (Field::FinishDate, "finish_date", "finish_date"),
    (Field::IsRewatching, "is_rewatching", "is_rewatching"),
    (Field::TimesRewatched, "times_rewatched", "num_times_rewatched"),
    (Field::RewatchValue, "rewatch_value", "rewatch_value"),
    (Field::Priority, "priority", "priority"),
    (Field::Tags, "tags", "tags"),
];

/// The longest entry, in bytes. A value in memory takes many times the room of its text.
const LONGEST: usize = 1024 * 1024;

fn bounded(raw: &RawValue) -> Result<Imported, EntryError> {
    let refused = |message: String| EntryError { mal_id: None, title: None, kind: ErrorKind::Invalid, message };
    if raw.get().len() > LONGEST {
        return Err(refused(format!("an entry of {} MiB, and none has more than one", raw.get().len() >> 20)));
    }
    let object = serde_json::from_str(raw.get()).map_err(|fault| refused(format!("it cannot be read: {fault}")))?;
    entry(&object)
}

fn entry(object: &Value) -> Result<Imported, EntryError> {
    let mal_id = object["mal_id"].as_i64();
    let title = object["title"].as_str().filter(|title| !title.trim().is_empty()).map(|title| {
        let mut title = title.to_owned();
        text::mend(&mut title);
        title
    });
    let Some(object) = object.as_object() else {
        let message = format!("it is no object: {}", text::short(&object.to_string()));
        return Err(EntryError { mal_id, title, kind: ErrorKind::Invalid, message });
    };
    checked(object, mal_id, title.clone()).map_err(|message| EntryError {
        mal_id,
        title,
        kind: ErrorKind::Invalid,
        message,
    })
}

fn checked(object: &Map<String, Value>, mal_id: Option<i64>, title: Option<String>) -> Result<Imported, String> {
    let positive = |number: i64| i32::try_from(number).ok().filter(|number| *number > 0);
    let mal_id = mal_id.and_then(positive).ok_or("no mal_id from 1 to 2147483647")?;
    let warn = &mut |what: &str| tracing::warn!("MAL ID {mal_id}: {what}");
    let mut status = Map::new();
    let mut fields = Vec::new();
    for (field, ours, theirs) in NAMES {
        if let Some(value) = object.get(ours) {
            status.insert(theirs.to_owned(), value.clone());
            // An absent number of episodes is none, and not 0.
            fields.extend((field != Field::EpisodesWatched || !value.is_null()).then_some(field));
        }
    }
    let mut values = list_status::values(Value::Object(status), warn)?;
    within("priority", values.priority, PRIORITIES)?;
    within("rewatch_value", values.rewatch_value, REWATCH_VALUES)?;
    if let Some(notes) = object.get("notes") {
        values.notes = notes.as_str().filter(|notes| !notes.is_empty()).map(|notes| {
            let mut notes = notes.to_owned();
            text::mend(&mut notes).say("notes", warn);
            notes
        });
        fields.push(Field::Notes);
    }
    let anime = anime::read(object, mal_id, title.ok_or("no title")?);
    Ok(Imported { anime, values, fields })
}

/// What MAL would send is taken as it is; what a file says may be anything.
fn within(name: &str, number: i32, range: RangeInclusive<i32>) -> Result<(), String> {
    let wrong = || format!("{name} is {number}, not within {} to {}", range.start(), range.end());
    if range.contains(&number) { Ok(()) } else { Err(wrong()) }
}
