//! What a list file of any format is read into: its entries, the entries that are invalid, or the error of the file.

use std::{
    collections::{HashMap, hash_map::Entry},
    io, iter,
};

use crate::domain::{
    anime::{Anime, IdName},
    entry_fields::EntryValues,
    imported_entry::ImportedEntry,
    left_out::LeftOut,
    run::{EntryError, EntryErrorKind},
};

/// Maximum number of invalid entries. A file with more is not a list worth importing.
const MAX_ENTRY_ERRORS: usize = 10_000;

/// Maximum number of entries, as for a list from MAL. They are held in memory.
const MAX_ENTRIES: usize = 100_000;

/// Maximum memory that the entries take, as estimated by [`held_bytes`]. It is enough for [`MAX_ENTRIES`] whose notes
/// are as long as those of real lists.
const MAX_HELD_BYTES: usize = 128 << 20;

/// Once the entries take this much, the metadata of further anime is left out, which the next sync brings.
const MAX_BYTES_WITH_METADATA: usize = 64 << 20;

/// The content of a list file.
#[derive(Debug, Default)]
pub struct ImportedList {
    /// `user_name`: the owner of the list.
    pub user_name: Option<String>,
    /// `user_id`: MAL's id of the owner.
    pub user_id: Option<i64>,
    /// The valid entries, in the file's order.
    pub entries: Vec<ImportedEntry>,
    /// The invalid entries.
    pub errors: Vec<EntryError>,
    /// What the file has and the entries lack.
    pub left_out: LeftOut,
}

/// Error for a file that is not a readable list.
#[derive(Debug, thiserror::Error)]
#[error("{}{message}", .position.map(|position| position.to_string()).unwrap_or_default())]
pub struct ImportFileError {
    /// Where the error is. `None` if it concerns the file as a whole.
    pub position: Option<FilePosition>,
    /// The error message.
    pub message: String,
    /// How to get a file that can be read. `None` for the usual hint.
    pub hint: Option<&'static str>,
}

/// A position in a list file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePosition {
    /// Line number, from 1.
    pub line: u64,
    /// Number of bytes read. `None` if unknown.
    pub byte: Option<u64>,
}

impl std::fmt::Display for FilePosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.byte {
            Some(byte) => write!(f, "line {}, byte {byte}: ", self.line),
            None => write!(f, "line {}: ", self.line),
        }
    }
}

impl ImportFileError {
    /// Returns an error at a position.
    pub(super) fn at(line: u64, byte: Option<u64>, message: String) -> Self {
        Self { position: Some(FilePosition { line, byte }), message, hint: None }
    }

    /// Returns an error of the file as a whole.
    pub(super) fn of_file(message: impl Into<String>, hint: Option<&'static str>) -> Self {
        Self { position: None, message: message.into(), hint }
    }
}

/// Message for a file that ends in the middle of a list.
pub(super) const TRUNCATED_FILE: &str = "unexpected end of file";

/// Returns the message for a file that cannot be read.
pub(super) fn io_error_message(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TRUNCATED_FILE.to_owned(),
        _ => error.to_string(),
    }
}

/// Collects the entries of a list file while it is read.
#[derive(Debug, Default)]
pub(super) struct ImportedListBuilder {
    list: ImportedList,
    /// Index of each entry by its id.
    indexes: HashMap<i32, usize>,
    total_entries: usize,
    held_bytes: usize,
}

impl ImportedListBuilder {
    /// Adds an entry, or its error. An identical repetition of an entry is passed over; one with other values is an
    /// error.
    ///
    /// # Errors
    /// Fails if the file has more than [`MAX_ENTRIES`] entries, or more than [`MAX_ENTRY_ERRORS`] invalid ones, or if its
    /// entries take more than [`MAX_HELD_BYTES`].
    pub(super) fn add_entry(&mut self, entry: Result<ImportedEntry, EntryError>) -> Result<(), String> {
        self.total_entries += 1;
        if self.total_entries > MAX_ENTRIES {
            return Err(format!("it has more than {MAX_ENTRIES} entries"));
        }
        match entry {
            Ok(mut entry) => match self.indexes.entry(entry.anime.mal_id) {
                Entry::Vacant(vacant) => {
                    if self.held_bytes > MAX_BYTES_WITH_METADATA {
                        entry.anime = essential_metadata(&entry.anime);
                    }
                    self.held_bytes += held_bytes(&entry);
                    if self.held_bytes > MAX_HELD_BYTES {
                        let mib = MAX_HELD_BYTES >> 20;
                        return Err(format!("its entries need more than {mib} MiB of memory"));
                    }
                    vacant.insert(self.list.entries.len());
                    self.list.entries.push(entry);
                }
                Entry::Occupied(index) if is_repeated(&self.list.entries[*index.get()], &entry) => {
                    self.list.left_out.repeated += 1;
                }
                Entry::Occupied(_) => {
                    let ImportedEntry { anime, .. } = entry;
                    let message = "duplicate entry with different values";
                    self.list.errors.push(invalid_entry(Some(anime.mal_id.into()), Some(&anime.title), message));
                }
            },
            Err(error) => self.list.errors.push(error),
        }
        if self.list.errors.len() > MAX_ENTRY_ERRORS {
            return Err(format!("more than {MAX_ENTRY_ERRORS} of its entries cannot be imported"));
        }
        Ok(())
    }

    /// Returns true if no entry was added, valid or not.
    pub(super) fn is_empty(&self) -> bool {
        self.total_entries == 0
    }

    /// Returns the counts of what was left out, to be increased.
    pub(super) fn left_out_mut(&mut self) -> &mut LeftOut {
        &mut self.list.left_out
    }

    /// Sets the owner of the list. An empty name is ignored.
    pub(super) fn set_user_name(&mut self, name: Option<&str>) {
        self.list.user_name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    }

    /// Sets MAL's id of the owner. A text that is no id is ignored; 0 stands for an unknown one.
    pub(super) fn set_user_id(&mut self, id: Option<&str>) {
        self.list.user_id = id.and_then(|id| id.trim().parse().ok()).filter(|id| *id > 0);
    }

    /// Returns the list.
    pub(super) fn finish(self) -> ImportedList {
        self.list
    }
}

/// Returns true if an entry repeats an earlier one, which may lack the metadata of its anime.
fn is_repeated(earlier: &ImportedEntry, entry: &ImportedEntry) -> bool {
    (&earlier.values, &earlier.fields) == (&entry.values, &entry.fields)
        && (earlier.anime == entry.anime || earlier.anime == essential_metadata(&entry.anime))
}

/// Returns the anime with the metadata that an entry of MAL's XML export has.
fn essential_metadata(anime: &Anime) -> Anime {
    let Anime { mal_id, title, episodes, media_type, .. } = anime;
    Anime {
        mal_id: *mal_id,
        title: title.clone(),
        episodes: *episodes,
        media_type: media_type.clone(),
        ..Anime::default()
    }
}

/// Estimates the memory that an entry takes.
fn held_bytes(entry: &ImportedEntry) -> usize {
    let ImportedEntry { anime, values, fields } = entry;
    size_of::<ImportedEntry>()
        + anime_text_bytes(anime)
        + values_text_bytes(values)
        + size_of_val(fields.as_slice())
        + ALLOCATION_BYTES
}

/// Estimates the memory of the texts of an anime. Destructured in full, so that the compiler asks about a new field.
fn anime_text_bytes(anime: &Anime) -> usize {
    let Anime {
        title,
        title_english,
        title_japanese,
        synonyms,
        synopsis,
        status,
        image_url,
        media_type,
        nsfw,
        genres,
        studios,
        start_season,
        source,
        rating,
        broadcast,
        mal_id: _,
        episodes: _,
        mean: _,
        rank: _,
        popularity: _,
        aired_from: _,
        aired_to: _,
        average_episode_duration: _,
        num_list_users: _,
        num_scoring_users: _,
        created_at: _,
        updated_at: _,
    } = anime;
    let optional = [title_english, title_japanese, synopsis, status, image_url, media_type, nsfw, source, rating];
    let season = start_season.iter().map(|season| &season.season);
    let broadcast = broadcast.iter().flat_map(|slot| iter::once(&slot.day).chain(&slot.time));
    let single = iter::once(title).chain(optional.into_iter().flatten()).chain(season).chain(broadcast);
    let names = genres.iter().chain(studios).map(|item| size_of::<IdName>() + text_bytes(&item.name));
    single.map(text_bytes).sum::<usize>() + list_bytes(synonyms) + names.sum::<usize>()
}

/// Estimates the memory of the texts of an entry. Destructured in full, so that the compiler asks about a new field.
fn values_text_bytes(values: &EntryValues) -> usize {
    let EntryValues {
        status,
        notes,
        tags,
        score: _,
        episodes_watched: _,
        start_date: _,
        finish_date: _,
        is_rewatching: _,
        rewatch_episodes: _,
        times_rewatched: _,
        rewatch_value: _,
        priority: _,
    } = values;
    text_bytes(status) + notes.as_ref().map_or(0, text_bytes) + list_bytes(tags)
}

/// Memory that an allocation takes beside its content.
const ALLOCATION_BYTES: usize = 16;

fn text_bytes(text: &String) -> usize {
    text.capacity() + ALLOCATION_BYTES
}

fn list_bytes(texts: &[String]) -> usize {
    texts.iter().map(|text| size_of::<String>() + text_bytes(text)).sum()
}

/// Returns the error of an entry that no row can hold.
pub(super) fn invalid_entry(mal_id: Option<i64>, title: Option<&str>, message: &str) -> EntryError {
    EntryError::new(mal_id, title, EntryErrorKind::Invalid, message)
}

/// Returns the title of an anime that the file does not name. The next sync replaces it.
pub(super) fn placeholder_title(mal_id: i32) -> String {
    format!("MAL #{mal_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_with_texts(mal_id: i32, notes_bytes: usize) -> ImportedEntry {
        let anime = Anime {
            mal_id,
            title: format!("T{mal_id}"),
            episodes: Some(12),
            image_url: Some("https://example.org/x.jpg".into()),
            ..Anime::default()
        };
        let notes = Some("x".repeat(notes_bytes)).filter(|notes| !notes.is_empty());
        ImportedEntry { anime, values: EntryValues { notes, ..EntryValues::default() }, fields: Vec::new() }
    }

    #[test]
    fn metadata_is_left_out_before_entries_are_refused() {
        let mut builder = ImportedListBuilder { held_bytes: MAX_BYTES_WITH_METADATA, ..ImportedListBuilder::default() };
        builder.add_entry(Ok(entry_with_texts(1, 0))).unwrap();
        builder.add_entry(Ok(entry_with_texts(2, 0))).unwrap();
        builder.add_entry(Ok(entry_with_texts(2, 0))).unwrap();
        assert_eq!((builder.list.left_out.repeated, builder.list.errors.len()), (1, 0));
        builder.held_bytes = MAX_HELD_BYTES - 3_000;
        builder.add_entry(Ok(entry_with_texts(3, 0))).unwrap();
        let message = builder.add_entry(Ok(entry_with_texts(4, 4_000))).unwrap_err();
        assert_eq!(message, "its entries need more than 128 MiB of memory");
        let anime: Vec<_> = builder.finish().entries.into_iter().map(|entry| entry.anime).collect();
        let kept: Vec<_> = anime.iter().map(|anime| (anime.image_url.is_some(), anime.episodes)).collect();
        assert_eq!(kept, [(true, Some(12)), (false, Some(12)), (false, Some(12))]);
    }
}
