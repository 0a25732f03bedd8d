//! Reads a list file as a stream: MAL's current and older XML export. JSON is detected here and parsed by
//! `json_reader`.
//!
//! Invariants:
//!
//! 1. Entities that the document defines are not expanded (`&x;` stays as it is), and nothing is fetched.
//! 2. Unknown elements are ignored.
//! 3. An invalid entry is reported as its own error. A file that is not a list, or is truncated, fails with an
//!    [`ImportFileError`] that has the position.

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

/// The content of a list file.
#[derive(Debug, Default)]
pub struct ImportedList {
    /// `user_name`: the owner of the list.
    pub user_name: Option<String>,
    /// The valid entries, in the file's order.
    pub entries: Vec<ImportedEntry>,
    /// The invalid entries.
    pub errors: Vec<EntryError>,
}

/// Error for a file that is not a readable list.
#[derive(Debug, thiserror::Error)]
#[error("line {line}{}: {message}", .byte.map(|byte| format!(", byte {byte}")).unwrap_or_default())]
pub struct ImportFileError {
    /// Line number of the error, from 1.
    pub line: u64,
    /// Number of bytes read. `None` if unknown.
    pub byte: Option<u64>,
    /// The error message.
    pub message: String,
}

/// Reads a list in XML, JSON or JSON Lines; the first character decides.
///
/// # Errors
/// Fails if the file is not a list, or is truncated.
pub fn read_list(mut source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let start = source.fill_buf().map_err(|error| ImportFileError {
        line: 1,
        byte: Some(0),
        message: io_error_message(&error),
    })?;
    match start.trim_ascii_start().first() {
        Some(b'[') => json_reader::read_json(source, false),
        Some(b'{') => json_reader::read_json(source, true),
        _ => read_xml(source),
    }
}

fn read_xml(source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let line_counter = LineCounter { inner: source, lines: 0 };
    let mut reader = Reader::from_reader(line_counter);
    let mut state = XmlListParser::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let result = match reader.read_event_into(&mut buffer) {
            Ok(event) => state.handle_event(event),
            Err(error) => Err(match error {
                quick_xml::Error::Io(error) => io_error_message(&error),
                other => other.to_string(),
            }),
        };
        match result {
            Ok(false) => {}
            Ok(true) => return Ok(state.list),
            Err(message) => {
                let byte = Some(reader.buffer_position());
                return Err(ImportFileError { line: reader.get_ref().lines + 1, byte, message });
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
    /// Number of open elements, including the root.
    depth: usize,
    /// True after the root element of a list was opened.
    has_root: bool,
    /// The open element below the root.
    section: XmlSection,
    element_texts: ElementTexts,
    /// Name and text so far of the open element below the section.
    open_field: Option<(String, String)>,
    /// True if the open element had CDATA. Whitespace around CDATA is not part of the text.
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
    /// Handles one XML event. Returns true at the end of the file.
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
                let resolved = name.resolve_char_ref().map_err(|error| error.to_string())?;
                let name = name.into_inner();
                let resolved = resolved.map(String::from);
                let resolved = resolved.or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                self.append_text(&resolved.unwrap_or_else(|| format!("&{name};")), false)?;
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

    fn append_text(&mut self, text: &str, is_cdata: bool) -> Result<(), String> {
        if self.depth == 0 && !text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err("it is no XML: text outside of every element".to_owned());
        }
        let Some((_, text_so_far)) = self.open_field.as_mut().filter(|_| self.depth == 3) else { return Ok(()) };
        let is_blank = text.trim().is_empty();
        if is_cdata {
            if !self.has_cdata && text_so_far.trim().is_empty() {
                text_so_far.clear();
            }
            self.has_cdata = true;
        }
        if is_cdata || !(is_blank && self.has_cdata) {
            text_so_far.push_str(text);
        }
        Ok(())
    }

    fn finish_entry(&mut self) {
        add_entry(&mut self.list, &mut self.seen_ids, xml_entry::parse_entry(&self.element_texts));
    }
}

/// Maximum number of invalid entries. A file with more is not a list worth importing.
const MAX_ENTRY_ERRORS: usize = 10_000;

/// Fails if more than [`MAX_ENTRY_ERRORS`] entries are invalid.
pub(super) fn check_error_limit(list: &ImportedList) -> Result<(), String> {
    if list.errors.len() > MAX_ENTRY_ERRORS {
        return Err(format!("more than {MAX_ENTRY_ERRORS} of its entries cannot be taken"));
    }
    Ok(())
}

/// Adds an entry or its error to the list. A second entry with the same id is an error.
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

/// Reader that counts the lines read.
pub(super) struct LineCounter<R> {
    pub(super) inner: R,
    pub(super) lines: u64,
}

impl<R: BufRead> io::Read for LineCounter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let bytes = available.len().min(into.len());
        into[..bytes].copy_from_slice(&available[..bytes]);
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
            && let Ok(available) = self.inner.fill_buf()
        {
            let available = &available[..bytes.min(available.len())];
            self.lines += available.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        self.inner.consume(bytes);
    }
}
