//! A list, read as a stream: MAL's XML export, the one of today and the older one. JSON, told by how it begins, is in `json`.
//!
//! Nothing is expanded or fetched: of a document's own entities none is known, so that `&x;` stays what it is. Elements that
//! are not known are passed over. A bad entry is an error of its own; what is no such list at all, or ends before its
//! time, is a [`Fault`] that says where.

use std::{
    collections::HashSet,
    io::{self, BufRead},
};

use quick_xml::{Reader, events::Event};

use crate::domain::{
    imported_entry::ImportedEntry,
    run::{EntryError, EntryErrorKind},
    text,
};

use super::{
    json_reader,
    xml_entry::{self, ElementTexts},
};

/// What a file holds.
#[derive(Debug, Default)]
pub struct ImportedList {
    /// `user_name`: whose list it is.
    pub user_name: Option<String>,
    /// The entries that a row can hold, in the file's order.
    pub entries: Vec<ImportedEntry>,
    /// Those that none can.
    pub errors: Vec<EntryError>,
}

/// Why a file is no list.
#[derive(Debug, thiserror::Error)]
#[error("line {line}{}: {what}", .byte.map(|byte| format!(", byte {byte}")).unwrap_or_default())]
pub struct ImportFileError {
    /// The line that was reached, from 1.
    pub line: u64,
    /// How many bytes had been read, where that is known.
    pub byte: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// Reads a list.
///
/// # Errors
/// It is no list of MAL's, or not a whole one.
pub fn read_list(mut source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let start = source.fill_buf().map_err(|error| ImportFileError {
        line: 1,
        byte: Some(0),
        what: io_error_message(&error),
    })?;
    match start.trim_ascii_start().first() {
        Some(b'[') => json_reader::read_json(source, false),
        Some(b'{') => json_reader::read_json(source, true),
        _ => read_xml(source),
    }
}

fn read_xml(source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let counted = LineCounter { inner: source, lines: 0 };
    let mut reader = Reader::from_reader(counted);
    let mut state = XmlListParser::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let done = match reader.read_event_into(&mut buffer) {
            Ok(event) => state.handle_event(event),
            Err(error) => Err(match error {
                quick_xml::Error::Io(error) => io_error_message(&error),
                other => other.to_string(),
            }),
        };
        match done {
            Ok(false) => {}
            Ok(true) => return Ok(state.list),
            Err(what) => {
                let byte = Some(reader.buffer_position());
                return Err(ImportFileError { line: reader.get_ref().lines + 1, byte, what });
            }
        }
    }
}

pub(super) fn io_error_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends before its time".to_owned(),
        _ => error.to_string(),
    }
}

#[derive(Default)]
struct XmlListParser {
    list: ImportedList,
    /// The open elements' count; the root is the first.
    depth: usize,
    /// A list's root was there.
    has_root: bool,
    /// What is open below the root.
    section: XmlSection,
    element_texts: ElementTexts,
    /// The element below the section, and its text so far.
    open_field: Option<(String, String)>,
    /// The text so far was between CDATA marks: blanks around them are none of it.
    has_cdata: bool,
    seen_ids: HashSet<i32>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum XmlSection {
    #[default]
    None,
    Info,
    Anime,
}

impl XmlListParser {
    /// Whether that was the end.
    fn handle_event(&mut self, event: Event<'_>) -> Result<bool, String> {
        match event {
            Event::Start(start) => self.open_element(start.local_name().into_inner())?,
            Event::Empty(start) => {
                self.open_element(start.local_name().into_inner())?;
                self.close_element();
            }
            Event::End(_) => self.close_element(),
            Event::Text(text) => self.append_text(&text.into_inner(), false)?,
            Event::CData(text) => self.append_text(&text.into_inner(), true)?,
            Event::GeneralRef(name) => {
                let known = name.resolve_char_ref().map_err(|error| error.to_string())?;
                let name = name.into_inner();
                let known = known.map(String::from);
                let known = known.or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                self.append_text(&known.unwrap_or_else(|| format!("&{name};")), false)?;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if self.depth > 0 => return Err("it ends before its time".to_owned()),
            Event::Eof if !self.has_root => return Err("there is no list in it".to_owned()),
            Event::Eof => return Ok(true),
        }
        check_error_limit(&self.list).map(|()| false)
    }

    fn open_element(&mut self, name: &str) -> Result<(), String> {
        self.depth += 1;
        match self.depth {
            1 if self.has_root || name != "myanimelist" => {
                return Err(format!("it is no MyAnimeList export: <{}> instead of <myanimelist>", text::excerpt(name)));
            }
            1 => self.has_root = true,
            2 if name == "manga" => return Err("it is a list of manga, and malsync keeps anime".to_owned()),
            2 => {
                self.section = match name {
                    "anime" => XmlSection::Anime,
                    "myinfo" => XmlSection::Info,
                    _ => XmlSection::None,
                };
                self.element_texts.clear();
            }
            3 if self.section != XmlSection::None => {
                self.open_field = Some((name.to_owned(), String::new()));
                self.has_cdata = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn close_element(&mut self) {
        match (self.depth, self.section) {
            (3, _) => {
                if let Some((name, text)) = self.open_field.take() {
                    self.element_texts.insert(name, text);
                }
            }
            (2, XmlSection::Anime) => self.finish_entry(),
            (2, XmlSection::Info) => {
                let name = self.element_texts.get("user_name").map(|name| name.trim().to_owned());
                self.list.user_name = name.filter(|name| !name.is_empty());
            }
            _ => {}
        }
        if self.depth == 2 {
            self.section = XmlSection::None;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn append_text(&mut self, text: &str, marked: bool) -> Result<(), String> {
        if self.depth == 0 && !text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err("it is no XML: text outside of every element".to_owned());
        }
        let Some((_, so_far)) = self.open_field.as_mut().filter(|_| self.depth == 3) else { return Ok(()) };
        let blank = text.trim().is_empty();
        if marked {
            if !self.has_cdata && so_far.trim().is_empty() {
                so_far.clear();
            }
            self.has_cdata = true;
        }
        if marked || !(blank && self.has_cdata) {
            so_far.push_str(text);
        }
        Ok(())
    }

    fn finish_entry(&mut self) {
        add_entry(&mut self.list, &mut self.seen_ids, xml_entry::parse_entry(&self.element_texts));
    }
}

/// More errors than this, and the file is no list that somebody wants to bring in.
const MAX_ENTRY_ERRORS: usize = 10_000;

/// Whether so many entries could not be taken that the rest is not worth reading.
pub(super) fn check_error_limit(list: &ImportedList) -> Result<(), String> {
    if list.errors.len() > MAX_ENTRY_ERRORS {
        return Err(format!("more than {MAX_ENTRY_ERRORS} of its entries cannot be taken"));
    }
    Ok(())
}

/// Puts an entry where it belongs: each id stands once among those that are taken.
pub(super) fn add_entry(list: &mut ImportedList, seen: &mut HashSet<i32>, entry: Result<ImportedEntry, EntryError>) {
    match entry {
        Ok(entry) if seen.insert(entry.anime.mal_id) => list.entries.push(entry),
        Ok(entry) => list.errors.push(EntryError {
            mal_id: Some(entry.anime.mal_id.into()),
            title: Some(entry.anime.title),
            kind: EntryErrorKind::Invalid,
            message: "it stands in the file a second time".to_owned(),
        }),
        Err(error) => list.errors.push(error),
    }
}

/// Counts lines as they are read.
pub(super) struct LineCounter<R> {
    pub(super) inner: R,
    pub(super) lines: u64,
}

impl<R: BufRead> io::Read for LineCounter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let bytes = there.len().min(into.len());
        into[..bytes].copy_from_slice(&there[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}

impl<R: BufRead> BufRead for LineCounter<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if bytes > 0
            && let Ok(there) = self.inner.fill_buf()
        {
            let there = &there[..bytes.min(there.len())];
            self.lines += there.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        self.inner.consume(bytes);
    }
}
