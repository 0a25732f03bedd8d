//! Reads `config.toml`: its settings, each with its line.
//!
//! The values stay text, because one parser per setting serves both file and environment.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{
    definition::SettingSecrecy, error::ConfigError, origin::SettingOrigin, setting_key::SettingKey, trusted_paths,
};
use crate::{file_permissions::FilePermissions, private_file::open_without_waiting, secret::mask_url_password};

/// A setting before its text is parsed: the text, or, if the value is not text, a phrase that says what is allowed.
/// The phrase completes "it must be".
pub(super) type RawSetting = Result<String, String>;

/// Where the configuration file is, and whether it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFileInfo {
    /// The path of the file, existing or not.
    pub path: PathBuf,
    /// True if the file exists.
    pub exists: bool,
    /// True if the file contains a value that others must not read.
    pub contains_secret: bool,
}

/// The content of the file: its settings, and the errors of the file as a whole.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub(super) settings: BTreeMap<SettingKey, (RawSetting, SettingOrigin)>,
    pub(super) errors: Vec<ConfigError>,
    pub(super) warnings: Vec<String>,
    pub(super) exists: bool,
}

impl ConfigFile {
    /// Returns true if a setting of the file is secret.
    pub(super) fn contains_secret(&self) -> bool {
        self.settings.iter().any(|(key, (text, _))| match key.secrecy() {
            SettingSecrecy::Public => false,
            SettingSecrecy::UrlPassword => text.as_ref().is_ok_and(|url| mask_url_password(url) != *url),
            SettingSecrecy::Secret => true,
        })
    }
}

/// The largest file that is read. Anything larger is a device or the wrong file.
const MAX_CONFIG_FILE_BYTES: u64 = 1 << 20;

/// Reads a file. A missing file is an error only if it was requested.
pub(super) fn read_config_file(path: &Path, is_requested: bool) -> ConfigFile {
    match read_text(path, is_requested) {
        Ok((text, permissions)) => {
            if let Some(error) = permissions.and_then(|permissions| trusted_paths::check_file(path, permissions)) {
                // None of its settings is used.
                return ConfigFile { errors: vec![error], exists: true, ..ConfigFile::default() };
            }
            let mut file = ConfigFile { exists: true, ..parse(path, &text) };
            file.warnings.extend(permission_warning(path, permissions.unwrap_or_default(), file.contains_secret()));
            file
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let missing = is_requested.then(|| ConfigError::FileMissing(path.to_owned()));
            ConfigFile { errors: missing.into_iter().collect(), ..ConfigFile::default() }
        }
        Err(error) => {
            let error = ConfigError::FileUnreadable { path: path.to_owned(), reason: error.to_string() };
            ConfigFile { errors: vec![error], exists: true, ..ConfigFile::default() }
        }
    }
}

/// Returns a warning if other accounts may read a secret in the file.
fn permission_warning(path: &Path, permissions: FilePermissions, contains_secret: bool) -> Option<String> {
    let relevant = FilePermissions { others_can_read: permissions.others_can_read && contains_secret, ..permissions };
    relevant.warning(path).map(|(warning, hint)| format!("{warning}, which holds a secret: {hint}"))
}

/// Returns the text of the file, and its permissions if it is a regular file. Waits for a named pipe only if the file
/// was requested.
fn read_text(path: &Path, is_requested: bool) -> io::Result<(String, Option<FilePermissions>)> {
    let file = if is_requested { std::fs::File::open(path)? } else { open_without_waiting(path)? };
    let permissions =
        Some(file.metadata()?).filter(Metadata::is_file).map(|file| FilePermissions::from_metadata(&file));
    let mut text = Vec::new();
    file.take(MAX_CONFIG_FILE_BYTES + 1).read_to_end(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_CONFIG_FILE_BYTES) {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    let text = String::from_utf8(text).map_err(|_| io::Error::other("it is not UTF-8"))?;
    Ok((text, permissions))
}

/// Parses the text of the file.
fn parse(path: &Path, text: &str) -> ConfigFile {
    let line_of = |offset: usize| text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
    let mut file = ConfigFile::default();
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            // The parser's own rendering quotes the line, which may contain a secret.
            let (line, reason) = (error.span().map_or(1, |span| line_of(span.start)), error.message().to_owned());
            file.errors.push(ConfigError::InvalidToml { path: path.to_owned(), line, reason });
            return file;
        }
    };
    for (name, value) in &table {
        let line = line_of(name.span().start);
        let path = path.to_owned();
        if let Some(key) = SettingKey::from_file_key(name.get_ref()) {
            file.settings.insert(key, (raw_setting(key, value.get_ref()), SettingOrigin::File { path, line }));
        } else {
            let key = name.get_ref().to_string();
            file.errors.push(ConfigError::UnknownKey { path, line, suggestion: SettingKey::closest_match(&key), key });
        }
    }
    // Sort by line, so that the first error is the first in the file.
    file.errors.sort_by_key(|error| if let ConfigError::UnknownKey { line, .. } = error { *line } else { 0 });
    file
}

/// Returns the text of a TOML value.
fn raw_setting(key: SettingKey, value: &DeValue<'_>) -> RawSetting {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(is_on) if key == SettingKey::MalsyncTokenSeal => {
            Ok(if *is_on { "on" } else { "off" }.to_owned())
        }
        _ => Err("a string in quotes or a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> ConfigFile {
        parse(Path::new("/c.toml"), text)
    }

    fn error_messages(text: &str) -> Vec<String> {
        parse_text(text).errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn strings_numbers_and_booleans_are_read_with_their_line() {
        let file = parse_text(
            "# mine\nmal_client_id = 'abc'\n\nmal_page_size = 1_00\nmal_api_rate_limit = 0.5\nmalsync_token_seal = false\n",
        );
        let line = |line| SettingOrigin::File { path: "/c.toml".into(), line };
        assert_eq!(file.settings[&SettingKey::MalClientId], (Ok("abc".into()), line(2)));
        assert_eq!(file.settings[&SettingKey::MalPageSize], (Ok("100".into()), line(4)));
        assert_eq!(file.settings[&SettingKey::MalApiRateLimit], (Ok("0.5".into()), line(5)));
        assert_eq!(file.settings[&SettingKey::MalsyncTokenSeal], (Ok("off".into()), line(6)));
    }

    #[test]
    fn file_of_a_windows_editor_is_read_with_its_lines() {
        let file = parse_text("\u{feff}# mine\r\nmal_client_id = \"abc\"\r\nmal_page_size = 7\r\n");
        assert_eq!(file.errors, []);
        assert_eq!(file.settings[&SettingKey::MalClientId].0, Ok("abc".into()));
        assert_eq!(file.settings[&SettingKey::MalPageSize].1, SettingOrigin::File { path: "/c.toml".into(), line: 3 });
    }

    #[test]
    fn unknown_key_is_reported_with_its_line() {
        assert_eq!(
            error_messages("\nmal_pagesize = 5\n[sync]\nx = 1"),
            ["/c.toml:2: unknown key `mal_pagesize`", "/c.toml:3: unknown key `sync`"]
        );
    }

    #[test]
    fn syntax_error_does_not_quote_the_file() {
        let errors = error_messages("mal_client_id = \"a\"\nmal_client_secret = hunter2\n");
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("/c.toml:2: ") && !errors[0].contains("hunter2"), "{errors:?}");
    }

    #[test]
    fn array_is_not_a_valid_value() {
        assert!(parse_text("mal_page_size = [1]").settings[&SettingKey::MalPageSize].0.is_err());
    }
}
