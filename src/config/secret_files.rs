//! Settings whose value is in a file: `DATABASE_URL_FILE` names a file with the value of `DATABASE_URL`, as container
//! runtimes provide secrets.
//!
//! Invariants:
//! 1. Only settings with `accepts_value_file` in the table `settings` have such a variable.
//! 2. The content of a file is never quoted in an error: the variable may name a wrong file.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{environment::Environment, file::RawSetting, origin::SettingOrigin, setting_key::SettingKey};

/// The largest value that a file may hold.
const MAX_VALUE_BYTES: u64 = 64 * 1024;

/// Reads the value of every setting whose variable with the suffix `_FILE` is set.
pub(super) fn read_value_files(environment: &Environment) -> BTreeMap<SettingKey, (RawSetting, SettingOrigin)> {
    let read_setting = |key: SettingKey| {
        let path = PathBuf::from(find_value_file(environment, key)?);
        let value = if environment.get_os(key.variable_name()).is_some() {
            Err(format!("removed because {} is set too", key.variable_name()))
        } else {
            read_value(&path).map_err(|error| format!("the path of a readable file ({error})"))
        };
        Some((key, (value, SettingOrigin::ValueFile { path })))
    };
    SettingKey::ALL.into_iter().filter_map(read_setting).collect()
}

/// Returns the path in the setting's variable with the suffix `_FILE`. Returns `None` if it is unset or does not exist
/// for this setting.
pub(super) fn find_value_file(environment: &Environment, key: SettingKey) -> Option<&OsStr> {
    key.accepts_value_file().then(|| environment.get_os(&key.value_file_variable()))?
}

/// Returns the content of the file without the line break at its end.
fn read_value(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_VALUE_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_VALUE_BYTES) {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() { Err(io::Error::other("it is empty")) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LoadedConfig;

    fn load(variables: &[(&str, &str)]) -> LoadedConfig {
        LoadedConfig::load(&Environment::from_pairs(variables.iter().copied()), Some(Path::new("Cargo.toml")))
    }

    fn config_with_file(content: &str, variable: &str) -> (tempfile::TempDir, String, LoadedConfig) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        std::fs::write(&path, content).unwrap();
        let empty = directory.path().join("config.toml");
        std::fs::write(&empty, "").unwrap();
        let path = path.to_str().unwrap().to_owned();
        let loaded = LoadedConfig::load(&Environment::from_pairs([(variable, path.as_str())]), Some(&empty));
        (directory, path, loaded)
    }

    #[test]
    fn value_of_file_is_used_without_its_final_line_break() {
        for ending in ["", "\n", "\r\n"] {
            let (_directory, path, loaded) = config_with_file(&format!("abc{ending}"), "MAL_CLIENT_ID_FILE");
            let setting = loaded.valid_config().unwrap().mal_client_id.clone().unwrap();
            assert_eq!((setting.value.as_str(), setting.origin.to_string()), ("abc", format!("file {path}")));
            assert_eq!(loaded.settings_not_in_file(), [SettingKey::MalClientId]);
        }
    }

    #[test]
    fn value_file_wins_over_config_file() {
        let directory = tempfile::tempdir().unwrap();
        let [config, secret] = ["config.toml", "secret"].map(|name| directory.path().join(name));
        std::fs::write(&config, "database_url = 'sqlite://a.db'\n").unwrap();
        std::fs::write(&secret, "sqlite://b.db\n").unwrap();
        let environment = Environment::from_pairs([("DATABASE_URL_FILE", secret.as_os_str())]);
        let loaded = LoadedConfig::load(&environment, Some(&config));
        assert_eq!(loaded.valid_config().unwrap().database_url.as_ref().unwrap().value.expose(), "sqlite://b.db");
    }

    #[test]
    fn invalid_content_of_file_is_not_quoted() {
        let (_directory, _, loaded) = config_with_file("two words", "MAL_CLIENT_ID_FILE");
        let failure = loaded.valid_config().unwrap_err();
        assert_eq!(failure.exit.code(), 2);
        assert_eq!(failure.message(), "MAL_CLIENT_ID_FILE is not valid: must be a string without spaces");
    }

    #[test]
    fn missing_or_empty_file_is_an_error() {
        let message = |loaded: &LoadedConfig| loaded.errors().last().unwrap().to_string();
        let loaded = load(&[("DATABASE_URL_FILE", "/nowhere/secret")]);
        assert!(message(&loaded).starts_with("DATABASE_URL_FILE is not valid: must be the path of a readable file ("));
        let (_directory, _, loaded) = config_with_file("\n", "MALSYNC_TOKEN_KEY_FILE");
        assert!(message(&loaded).ends_with("(it is empty)"), "{}", message(&loaded));
    }

    #[test]
    fn variable_and_its_file_at_once_are_an_error() {
        let loaded = load(&[("MAL_CLIENT_SECRET", "a"), ("MAL_CLIENT_SECRET_FILE", "/nowhere")]);
        assert_eq!(
            loaded.errors().last().unwrap().to_string(),
            "MAL_CLIENT_SECRET_FILE is not valid: must be removed because MAL_CLIENT_SECRET is set too"
        );
    }

    #[test]
    fn setting_that_accepts_no_file_ignores_the_variable() {
        let (_directory, _, loaded) = config_with_file("7", "MAL_PAGE_SIZE_FILE");
        assert_eq!(loaded.valid_config().unwrap().mal_page_size.value, 100);
    }
}
