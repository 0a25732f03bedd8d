//! Reads MAL's current and older XML export as a stream.
//!
//! Invariants:
//!
//! 1. Entities that the document defines are not expanded (`&x;` stays as it is), and nothing is fetched.
//! 2. Unknown elements are ignored.
//! 3. An invalid or broken entry is reported as its own error. A file that is not a list, or is truncated, fails with
//!    an [`ImportFileError`] that has the position.

use std::io::BufRead;

use quick_xml::{Reader, events::Event};

use super::{
    read_entry::{self, ElementTexts},
    replay_reader::ReplayReader,
};
use crate::{
    domain::text,
    exchange::{
        entry_size::{EntrySize, EntrySizeLimiter},
        imported_list::{ImportFileError, ImportedList, ImportedListBuilder, TRUNCATED_FILE, io_error_message},
        line_counter::LineCounter,
    },
};

/// Reads a list in MAL's XML format. After a broken entry, reading goes on at the next one.
pub(in crate::exchange) fn read_xml(source: impl BufRead) -> Result<ImportedList, ImportFileError> {
    let size = EntrySize::default();
    let source = EntrySizeLimiter { inner: source, size: size.clone() };
    let source = ReplayReader::new(LineCounter { inner: source, lines: 0 });
    let mut reader = Reader::from_reader(source);
    reader.config_mut().allow_dangling_amp = true;
    let mut state = XmlListParser::default();
    let mut buffer = Vec::new();
    // False from a broken entry until the next event. A second error at the same position skips a byte, so that the
    // search does not find that position again.
    let mut has_progress = true;
    loop {
        buffer.clear();
        let result = match reader.read_event_into(&mut buffer) {
            Ok(event) => state.handle_event(event),
            Err(quick_xml::Error::Io(error)) => Err(ParseFault::File(io_error_message(&error))),
            Err(other) => Err(ParseFault::Syntax(other.to_string())),
        };
        let error_at = |reader: &Reader<ReplayReader<LineCounter<_>>>, message: String| {
            ImportFileError::at(reader.get_ref().inner().lines + 1, Some(reader.buffer_position()), message)
        };
        match result {
            Ok(ParserProgress::Continued) => has_progress = true,
            Ok(ParserProgress::EntryEdge) => {
                has_progress = true;
                size.reset();
                reader.get_mut().mark();
            }
            Ok(ParserProgress::AtEnd) => return Ok(state.list.finish()),
            Err(ParseFault::Syntax(message)) if state.depth > 0 => {
                let error = error_at(&reader, message.clone());
                let mut source = reader.into_inner();
                if !source.seek_next_entry(usize::from(!has_progress)).unwrap_or(false) {
                    return Err(error);
                }
                has_progress = false;
                state.skip_broken_entry(&message).map_err(|message| ImportFileError { message, ..error })?;
                reader = Reader::from_reader(source);
                reader.config_mut().allow_dangling_amp = true;
                // The new reader has not seen the start tag of the root.
                reader.config_mut().allow_unmatched_ends = true;
            }
            Err(ParseFault::Syntax(message) | ParseFault::File(message)) => return Err(error_at(&reader, message)),
        }
    }
}

/// What the parser found.
enum ParserProgress {
    Continued,
    /// The start or the end of an element below the root.
    EntryEdge,
    AtEnd,
}

/// Error of the parser.
enum ParseFault {
    /// The XML is broken here; reading may go on at the next entry.
    Syntax(String),
    /// The file is not a list that can be read.
    File(String),
}

impl From<String> for ParseFault {
    fn from(message: String) -> Self {
        Self::File(message)
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
    /// Handles one XML event.
    fn handle_event(&mut self, event: Event<'_>) -> Result<ParserProgress, ParseFault> {
        let depth_before = self.depth;
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
                // A reference to a character that does not exist stays as it is.
                let resolved = name.resolve_char_ref().unwrap_or_default().map(String::from);
                let name = name.into_inner();
                let resolved = resolved.or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                self.append_text(&resolved.unwrap_or_else(|| format!("&{name};")), false)?;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if self.depth > 0 => return Err(ParseFault::File(TRUNCATED_FILE.to_owned())),
            Event::Eof if !self.has_root => return Err(ParseFault::File("it contains no list".to_owned())),
            Event::Eof if self.list.left_out_mut().manga > 0 && self.list.is_empty() => {
                return Err(ParseFault::File("manga lists are not supported".to_owned()));
            }
            Event::Eof => return Ok(ParserProgress::AtEnd),
        }
        // The depth goes from 1 to 2 or back.
        let is_edge =
            depth_before != self.depth && (depth_before == 2 || self.depth == 2) && depth_before.min(self.depth) < 2;
        Ok(if is_edge { ParserProgress::EntryEdge } else { ParserProgress::Continued })
    }

    fn open_element(&mut self, name: &str) -> Result<(), ParseFault> {
        self.depth += 1;
        match self.depth {
            1 if self.has_root || name != "myanimelist" => {
                let message = format!("not a MyAnimeList export: <{}> instead of <myanimelist>", text::excerpt(name));
                return Err(ParseFault::File(message));
            }
            1 => self.has_root = true,
            2 => {
                self.list.left_out_mut().manga += u64::from(name == "manga");
                self.section = match name {
                    "anime" => XmlSection::Anime,
                    "myinfo" => XmlSection::Info,
                    _ => XmlSection::None,
                };
                self.element_texts.clear();
            }
            _ if self.section == XmlSection::Anime && name == "anime" => {
                return Err(ParseFault::Syntax("the next entry starts before it ends".to_owned()));
            }
            3 if self.section != XmlSection::None => {
                self.open_field = Some((name.to_owned(), String::new()));
                self.has_cdata = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn close_element(&mut self) -> Result<(), ParseFault> {
        match (self.depth, self.section) {
            (3, _) => {
                if let Some((name, text)) = self.open_field.take() {
                    self.element_texts.insert(name, text);
                }
            }
            (2, XmlSection::Anime) => {
                let entry = read_entry::parse_entry(&self.element_texts, self.list.left_out_mut());
                self.list.add_entry(entry)?;
            }
            (2, XmlSection::Info) => {
                self.list.set_user_name(self.element_texts.get("user_name").map(String::as_str));
                self.list.set_user_id(self.element_texts.get("user_id").map(String::as_str));
            }
            _ => {}
        }
        if self.depth == 2 {
            self.section = XmlSection::None;
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Reports the open entry as broken and returns to the state before an entry.
    fn skip_broken_entry(&mut self, message: &str) -> Result<(), String> {
        let is_entry = self.section == XmlSection::Anime;
        self.section = XmlSection::None;
        self.open_field = None;
        self.depth = 1;
        if is_entry {
            self.list.add_entry(Err(read_entry::broken_entry(&self.element_texts, message)))
        } else {
            tracing::warn!("the file is broken outside the entries: {message}");
            Ok(())
        }
    }

    fn append_text(&mut self, text: &str, is_cdata: bool) -> Result<(), ParseFault> {
        if self.depth == 0 && !text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(ParseFault::File(
                "not a MAL XML export or malsync JSON file: text outside of every element".to_owned(),
            ));
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
