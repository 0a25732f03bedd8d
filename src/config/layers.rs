//! The layers of a setting: environment over file over default.

use std::collections::BTreeMap;

use super::{
    environment::Environment,
    error::ConfigError,
    file::{ConfigFile, RawSetting},
    origin::{Setting, SettingOrigin},
    parsers::ParseResult,
    secret_files,
    setting_key::SettingKey,
};

/// What is allowed as a value of an environment variable.
const ALLOWED_VARIABLE_VALUE: &str = "UTF-8 text";

/// Looks up settings, and collects their errors.
#[derive(Debug)]
pub(super) struct ConfigLayers<'a> {
    environment: &'a Environment,
    value_files: BTreeMap<SettingKey, (RawSetting, SettingOrigin)>,
    file: ConfigFile,
    errors: Vec<ConfigError>,
}

impl<'a> ConfigLayers<'a> {
    pub(super) fn new(environment: &'a Environment, mut file: ConfigFile) -> Self {
        let errors = std::mem::take(&mut file.errors);
        Self { environment, value_files: secret_files::read_value_files(environment), file, errors }
    }

    /// Returns the text of a setting and its layer. Returns `None` if the setting is not set.
    pub(super) fn find_raw(&self, key: SettingKey) -> Option<(RawSetting, SettingOrigin)> {
        let value = self.environment.get_os(key.variable_name());
        let to_text = |value: &std::ffi::OsStr| {
            value.to_str().map(str::to_owned).ok_or_else(|| ALLOWED_VARIABLE_VALUE.to_owned())
        };
        // The value file comes first only for the error that both variables are set.
        self.value_files
            .get(&key)
            .cloned()
            .or_else(|| value.map(|value| (to_text(value), SettingOrigin::Environment)))
            .or_else(|| self.file.settings.get(&key).cloned())
    }

    /// Returns the settings that the environment sets and the file does not set to the same value.
    pub(super) fn settings_not_in_file(&self) -> Vec<SettingKey> {
        let text_in_file = |key: &SettingKey| self.file.settings.get(key).map(|(text, _)| text.as_deref());
        let text_in_environment = |key: &SettingKey| match self.value_files.get(key) {
            Some((text, _)) => Some(text.as_deref().ok()),
            None => self.environment.get_os(key.variable_name()).map(std::ffi::OsStr::to_str),
        };
        let differs_from_file = |key: &SettingKey| {
            text_in_environment(key).is_some_and(|text| text_in_file(key).and_then(Result::ok) != text)
        };
        SettingKey::ALL.into_iter().filter(differs_from_file).collect()
    }

    /// Parses a setting. Returns `None` if it is unset. For an invalid value, records an error and returns `None`.
    fn parse<T>(&mut self, key: SettingKey, parse: impl Fn(&str) -> ParseResult<T>) -> Option<Setting<T>> {
        let (text, origin) = self.find_raw(key)?;
        match text.as_deref().map_err(Clone::clone).and_then(&parse) {
            Ok(value) => Some(Setting { value, origin }),
            Err(allowed) => {
                let is_quotable = !key.is_secret() && !matches!(origin, SettingOrigin::ValueFile { .. });
                let value = text.ok().filter(|_| is_quotable);
                self.errors.push(ConfigError::InvalidValue { key, origin, value, allowed });
                None
            }
        }
    }

    /// Returns the error of this setting's value. Returns `None` if the value is valid.
    pub(super) fn error_for(&self, wanted: SettingKey) -> Option<&ConfigError> {
        self.errors.iter().find(|error| matches!(error, ConfigError::InvalidValue { key, .. } if *key == wanted))
    }

    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.errors
    }
}

/// The parsed value of a setting, with or without a default.
pub(super) trait ParsedSetting: Sized {
    /// The type of the value itself.
    type Value;

    /// Parses a setting. For an invalid value, records an error, and returns the value of a setting that is not set.
    fn from_layers(
        layers: &mut ConfigLayers<'_>,
        key: SettingKey,
        parse: impl Fn(&str) -> ParseResult<Self::Value>,
    ) -> Self;
}

impl<T> ParsedSetting for Option<Setting<T>> {
    type Value = T;

    fn from_layers(layers: &mut ConfigLayers<'_>, key: SettingKey, parse: impl Fn(&str) -> ParseResult<T>) -> Self {
        layers.parse(key, &parse).or_else(|| {
            let value = parse(key.default_text()?).ok()?;
            Some(Setting { value, origin: SettingOrigin::Default })
        })
    }
}

impl<T> ParsedSetting for Setting<T> {
    type Value = T;

    fn from_layers(layers: &mut ConfigLayers<'_>, key: SettingKey, parse: impl Fn(&str) -> ParseResult<T>) -> Self {
        layers.parse(key, &parse).unwrap_or_else(|| {
            let default = key.default_text().and_then(|text| parse(text).ok());
            Self { value: default.expect("a required setting has a valid default"), origin: SettingOrigin::Default }
        })
    }
}
