//! `config.toml`: which settings it has, and on which line each stands.
//!
//! The values stay text here: one reader per setting serves file and environment alike.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{error::Error, key::Key, origin::Origin};
use crate::{rights::Rights, secret::masked_url};

/// A value of the file as text, or what would be allowed in its place.
pub(super) type Text = Result<String, String>;

/// The configuration file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// Whether there is one.
    pub there: bool,
    /// Whether it holds what others must not read.
    pub holds_a_secret: bool,
}

/// What a file holds: settings, and what is wrong with it as a whole.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) settings: BTreeMap<Key, (Text, Origin)>,
    pub(super) errors: Vec<Error>,
    pub(super) warnings: Vec<String>,
    pub(super) there: bool,
}

impl File {
    pub(super) fn holds_a_secret(&self) -> bool {
        self.settings.iter().any(|(key, (text, _))| match (key, text) {
            (Key::DatabaseUrl, text) => text.as_ref().is_ok_and(|url| masked_url(url) != *url),
            (key, _) => key.is_secret(),
        })
    }
}

/// More is no configuration: a device, or the wrong file.
const MOST: u64 = 1 << 20;

/// Reads a file. One that is not there is an error only if it was asked for.
pub(super) fn read(path: &Path, asked_for: bool) -> File {
    match text_of(path) {
        Ok((text, rights)) => {
            let mut file = File { there: true, ..parse(path, &text) };
            file.warnings.extend(warning(path, rights.unwrap_or_default(), file.holds_a_secret()));
            file
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let missing = asked_for.then(|| Error::Missing(path.to_owned()));
            File { errors: missing.into_iter().collect(), ..File::default() }
        }
        Err(error) => {
            let error = Error::Unreadable { path: path.to_owned(), why: error.to_string() };
            File { errors: vec![error], there: true, ..File::default() }
        }
    }
}

/// What is to be said of who else may read or change the file.
fn warning(path: &Path, rights: Rights, secret: bool) -> Option<String> {
    if rights.others_write {
        return Some(format!("anybody may write to {}, and so send tokens elsewhere: chmod o-w it", path.display()));
    }
    let readable = Rights { others_read: rights.others_read && secret, ..rights };
    let holds = if readable.others_read { ", which holds a secret" } else { "" };
    readable.alarm(path).map(|(what, hint)| format!("{what}{holds}: {hint}"))
}

/// The file's text, and who else may read or change it, where it is a plain file.
fn text_of(path: &Path) -> io::Result<(String, Option<Rights>)> {
    let file = std::fs::File::open(path)?;
    let rights = Some(file.metadata()?).filter(Metadata::is_file).map(|file| Rights::of(&file));
    let mut text = Vec::new();
    file.take(MOST + 1).read_to_end(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MOST) {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    let text = String::from_utf8(text).map_err(|_| io::Error::other("it is not UTF-8"))?;
    Ok((text, rights))
}

fn parse(path: &Path, text: &str) -> File {
    let line_of = |offset: usize| text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
    let mut file = File::default();
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            // The parser's own rendering quotes the line, which may hold a secret.
            let (line, why) = (error.span().map_or(1, |span| line_of(span.start)), error.message().to_owned());
            file.errors.push(Error::NotToml { path: path.to_owned(), line, why });
            return file;
        }
    };
    for (name, value) in &table {
        let line = line_of(name.span().start);
        let path = path.to_owned();
        if let Some(key) = Key::from_file(name.get_ref()) {
            file.settings.insert(key, (as_text(key, value.get_ref()), Origin::File { path, line }));
        } else {
            let key = name.get_ref().to_string();
            file.errors.push(Error::Unknown { path, line, nearest: Key::nearest(&key), key });
        }
    }
    // By line, so that the first thing told is the first thing seen.
    file.errors.sort_by_key(|error| if let Error::Unknown { line, .. } = error { *line } else { 0 });
    file
}

fn as_text(key: Key, value: &DeValue<'_>) -> Text {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(on) if key == Key::MalsyncTokenSeal => Ok(if *on { "on" } else { "off" }.to_owned()),
        _ => Err("a text in quotes or a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        parse(Path::new("/c.toml"), text)
    }

    fn errors(text: &str) -> Vec<String> {
        file(text).errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn texts_numbers_and_the_switch_are_read_with_their_line() {
        let file = file(
            "# mine\nmal_client_id = 'abc'\n\nmal_page_size = 1_00\nmal_api_rate_limit = 0.5\nmalsync_token_seal = false\n",
        );
        let line = |line| Origin::File { path: "/c.toml".into(), line };
        assert_eq!(file.settings[&Key::MalClientId], (Ok("abc".into()), line(2)));
        assert_eq!(file.settings[&Key::MalPageSize], (Ok("100".into()), line(4)));
        assert_eq!(file.settings[&Key::MalApiRateLimit], (Ok("0.5".into()), line(5)));
        assert_eq!(file.settings[&Key::MalsyncTokenSeal], (Ok("off".into()), line(6)));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        assert_eq!(
            errors("\nmal_pagesize = 5\n[sync]\nx = 1"),
            ["/c.toml:2: unknown key `mal_pagesize`", "/c.toml:3: unknown key `sync`"]
        );
    }

    #[test]
    fn a_broken_file_is_told_without_its_text() {
        let errors = errors("mal_client_id = \"a\"\nmal_client_secret = hunter2\n");
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("/c.toml:2: ") && !errors[0].contains("hunter2"), "{errors:?}");
    }

    #[test]
    fn a_list_is_no_value() {
        assert!(file("mal_page_size = [1]").settings[&Key::MalPageSize].0.is_err());
    }
}
