//! Reads MAL's current and older XML export as a stream.
//!
//! Invariants:
//!
//! 1. Entities that the document defines are not expanded (`&x;` stays as it is), and nothing is fetched.
//! 2. Unknown elements are ignored.
//! 3. An invalid entry is reported as its own error. A file that is not a list, or is truncated, fails with an
//!    [`ImportFileError`] that has the position.

use std::io::BufRead;

use quick_xml::{Reader, events::Event};

use super::read_entry::{self, ElementTexts};
use crate::{
    domain::text,
    exchange::{
        imported_list::{ImportFileError, ImportedList, ImportedListBuilder, TRUNCATED_FILE, io_error_message},
        line_counter::LineCounter,
    },
};

/// Reads a list in MAL's XML format.
pub(in crate::exchange) fn read_xml(source: impl BufRead) -> Result<ImportedList, ImportFileError> {
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
            Ok(true) => return Ok(state.list.finish()),
            Err(message) => {
                let byte = Some(reader.buffer_position());
                return Err(ImportFileError { line: reader.get_ref().lines + 1, byte, message });
            }
        }
    }
}

#[derive(Default)]
struct XmlListParser {
    list: ImportedListBuilder,
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
                self.close_element()?;
            }
            Event::End(_) => self.close_element()?,
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
            Event::Eof if self.depth > 0 => return Err(TRUNCATED_FILE.to_owned()),
            Event::Eof if !self.has_root => return Err("there is no list in it".to_owned()),
            Event::Eof => return Ok(true),
        }
        Ok(false)
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

    fn close_element(&mut self) -> Result<(), String> {
        match (self.depth, self.section) {
            (3, _) => {
                if let Some((name, text)) = self.open_field.take() {
                    self.element_texts.insert(name, text);
                }
            }
            (2, XmlSection::Anime) => self.list.add_entry(read_entry::parse_entry(&self.element_texts))?,
            (2, XmlSection::Info) => self.list.set_user_name(self.element_texts.get("user_name").map(String::as_str)),
            _ => {}
        }
        if self.depth == 2 {
            self.section = XmlSection::None;
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
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
}
