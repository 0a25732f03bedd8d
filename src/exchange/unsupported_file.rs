//! Errors for files that are not a list: says what the file is instead, judged by its content.

use super::imported_list::ImportFileError;

const UNPACK_HINT: &str = "unpack it and import the file inside (malsync unpacks gzip by itself)";
const SPREADSHEET_HINT: &str = "save it as CSV with the column names of malsync export --format csv, and import that";
const LIST_HINT: &str = "supported: MAL's export (https://myanimelist.net/panel.php?go=export), JSON of MAL's \
    API, and files written by malsync export";
const WEB_PAGE_HINT: &str = "log in to MAL and download the export file from \
    https://myanimelist.net/panel.php?go=export, not the page itself";

/// The first bytes of a kind of file, what it is, and what to do.
const BINARY_KINDS: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "it is a ZIP archive", UNPACK_HINT),
    (b"PK\x05\x06", "it is an empty ZIP archive", UNPACK_HINT),
    (b"BZh", "it is compressed with bzip2", UNPACK_HINT),
    (b"\xfd7zXZ\0", "it is compressed with xz", UNPACK_HINT),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", UNPACK_HINT),
    (b"\x04\x22\x4d\x18", "it is compressed with lz4", UNPACK_HINT),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive", UNPACK_HINT),
    (b"Rar!\x1a\x07", "it is a RAR archive", UNPACK_HINT),
    (b"\x1f\x8b", "it is compressed with gzip twice", UNPACK_HINT),
    (b"\x1f\x9d", "it is compressed with compress", UNPACK_HINT),
    (
        b"SQLite format 3\0",
        "it is an SQLite database",
        "set DATABASE_URL to it, and write its list to a file with \
        malsync export",
    ),
    (
        b"PGDMP",
        "it is a dump of PostgreSQL",
        "restore it with pg_restore, and write the list to a file with \
        malsync export",
    ),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is an Excel workbook", SPREADSHEET_HINT),
    (b"%PDF-", "it is a PDF document", LIST_HINT),
    (b"\x89PNG", "it is an image", LIST_HINT),
    (b"\xff\xd8\xff", "it is an image", LIST_HINT),
    (b"GIF8", "it is an image", LIST_HINT),
];

/// Names of files in a ZIP archive that tell a spreadsheet.
const SPREADSHEET_PARTS: [(&[u8], &str); 3] = [
    (b"[Content_Types].xml", "it is an Excel workbook"),
    (b"xl/", "it is an Excel workbook"),
    (b"opendocument.spreadsheet", "it is an OpenDocument spreadsheet"),
];

/// Position and text of the mark of a tar archive.
const TAR_MARK: (usize, &[u8]) = (257, b"ustar");

/// Returns the error of a file that is no text. `head` is the start of the file.
pub(super) fn binary_file_error(head: &[u8]) -> Option<ImportFileError> {
    let error = |message: &str, hint| Some(ImportFileError::of_file(message, Some(hint)));
    if head.get(TAR_MARK.0..).is_some_and(|behind| behind.starts_with(TAR_MARK.1)) {
        return error("it is a tar archive", UNPACK_HINT);
    }
    let (_, message, hint) = *BINARY_KINDS.iter().find(|(start, ..)| head.starts_with(start))?;
    let contains = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    match SPREADSHEET_PARTS.iter().find(|(part, _)| head.starts_with(b"PK") && contains(part)) {
        Some((_, message)) => error(message, SPREADSHEET_HINT),
        None => error(message, hint),
    }
}

/// Returns the error of a web page. `head` is the start of a text that begins with `<`.
pub(super) fn web_page_error(head: &str) -> Option<ImportFileError> {
    let start = head.trim_start().to_ascii_lowercase();
    // A page may begin with a comment or with the declaration of XML.
    let is_page = ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
        || (!start.contains("<myanimelist") && start.contains("<html"));
    is_page.then(|| ImportFileError::of_file("it is a web page", Some(WEB_PAGE_HINT)))
}

/// Returns the error of a text that is neither XML nor JSON nor a CSV list.
pub(super) fn other_text_error(head: &str) -> ImportFileError {
    let message = if head.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        "it is not a text file and not a supported list"
    } else if looks_like_csv(head) {
        return ImportFileError::of_file("it is CSV without the columns mal_id and status", Some(SPREADSHEET_HINT));
    } else {
        "it is neither XML, JSON nor CSV"
    };
    ImportFileError::of_file(message, Some(LIST_HINT))
}

/// Returns true if the first line has at least three cells, and the second one, if there is one, no fewer.
fn looks_like_csv(head: &str) -> bool {
    let mut lines = head.lines();
    let (Some(first), second) = (lines.next(), lines.next()) else { return false };
    [',', ';', '\t'].iter().any(|separator| {
        let count = |line: &str| line.matches(*separator).count();
        count(first) > 1 && second.is_none_or(|second| count(second) >= count(first))
    })
}

#[cfg(test)]
mod tests {
    use super::super::read_list;

    /// Returns the message and the hint for a file that is no list.
    fn refusal(bytes: &[u8]) -> (String, &'static str) {
        let error = read_list(bytes).unwrap_err();
        assert!(error.position.is_none(), "{error}");
        (error.to_string(), error.hint.unwrap())
    }

    #[test]
    fn files_that_are_no_text_are_named() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (bytes, message) in [
            (&include_bytes!("samples/faults/animelist.zip")[..], "it is a ZIP archive"),
            (b"PK\x05\x06\0\0", "it is an empty ZIP archive"),
            (b"PK\x03\x04\x14\0[Content_Types].xml", "it is an Excel workbook"),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "it is an OpenDocument spreadsheet"),
            (b"BZh91AY&SY", "it is compressed with bzip2"),
            (b"\xfd7zXZ\0\0", "it is compressed with xz"),
            (b"\x28\xb5\x2f\xfd\x24", "it is compressed with zstd"),
            (b"\x1f\x8b\x08\0", "it is compressed with gzip twice"),
            (b"SQLite format 3\0\x10", "it is an SQLite database"),
            (b"%PDF-1.4", "it is a PDF document"),
            (b"\x89PNG\r\n", "it is an image"),
            (&tar, "it is a tar archive"),
            (b"\0\0\x01\xff", "it is not a text file and not a supported list"),
        ] {
            assert_eq!(refusal(bytes).0, message);
        }
    }

    #[test]
    fn texts_that_are_no_list_are_named() {
        for (text, message) in [
            ("<!DOCTYPE html>\n<html lang=\"en\">", "it is a web page"),
            ("\u{feff} <HTML><head>", "it is a web page"),
            ("<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"x\"><html xmlns=\"y\">", "it is a web page"),
            ("<!-- saved --><html>", "it is a web page"),
            ("Title,Year,Rating\nx,1998,9\n", "it is CSV without the columns mal_id and status"),
            ("Title;Year;Rating\nx;1998;9\n", "it is CSV without the columns mal_id and status"),
            ("hello, world", "it is neither XML, JSON nor CSV"),
            ("MAL_CLIENT_ID=1\n", "it is neither XML, JSON nor CSV"),
        ] {
            let (named, hint) = refusal(text.as_bytes());
            assert_eq!(named, message, "{text}");
            assert!(hint.contains("malsync") || hint.contains("MAL"), "{hint}");
        }
    }
}
