//! The layers of a setting: environment over file over default.

use super::{
    environment::Environment,
    error::ConfigError,
    file::{ConfigFile, RawSetting},
    origin::{Setting, SettingOrigin},
    setting_key::SettingKey,
    value::ParseResult,
};

/// Looks settings up, and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct ConfigLayers<'a> {
    environment: &'a Environment,
    file: ConfigFile,
    errors: Vec<ConfigError>,
}

impl<'a> ConfigLayers<'a> {
    pub(super) fn new(environment: &'a Environment, mut file: ConfigFile) -> Self {
        let errors = std::mem::take(&mut file.errors);
        Self { environment, file, errors }
    }

    /// The text of a setting and its layer, where anybody set it.
    pub(super) fn find_raw(&self, key: SettingKey) -> Option<(RawSetting, SettingOrigin)> {
        let variable = self.environment.get_os(key.variable_name());
        let text = |raw: &std::ffi::OsStr| raw.to_str().map(str::to_owned).ok_or_else(|| "UTF-8 text".to_owned());
        variable.map(|raw| (text(raw), SettingOrigin::Environment)).or_else(|| self.file.settings.get(&key).cloned())
    }

    /// The settings that the environment alone has, or has otherwise than the file.
    pub(super) fn env_only_settings(&self) -> Vec<SettingKey> {
        let in_file = |key: &SettingKey| self.file.settings.get(key).map(|(text, _)| text.as_deref());
        let here = |key: &SettingKey| match self.environment.get_os(key.variable_name()) {
            Some(value) => in_file(key).and_then(Result::ok) != value.to_str(),
            None => false,
        };
        SettingKey::ALL.into_iter().filter(here).collect()
    }

    /// A setting that may be left unset. A broken value is noted as an error, and left out.
    pub(super) fn parse_optional<T>(
        &mut self,
        key: SettingKey,
        read: impl Fn(&str) -> ParseResult<T>,
    ) -> Option<Setting<T>> {
        let (text, origin) = self.find_raw(key)?;
        match text.as_deref().map_err(Clone::clone).and_then(&read) {
            Ok(value) => Some(Setting { value, origin }),
            Err(allowed) => {
                let value = text.ok().filter(|_| !key.is_secret());
                self.errors.push(ConfigError::InvalidValue { key, origin, value, allowed });
                None
            }
        }
    }

    /// A setting that has a default. A broken value is noted as an error, and the default stands in.
    pub(super) fn parse_required<T>(&mut self, key: SettingKey, read: impl Fn(&str) -> ParseResult<T>) -> Setting<T> {
        self.parse_optional(key, &read).unwrap_or_else(|| {
            let default = key.default_text().and_then(|text| read(text).ok());
            Setting { value: default.expect("a required setting has a sound default"), origin: SettingOrigin::Default }
        })
    }

    /// What is wrong with the value of this setting.
    pub(super) fn error_for(&self, wanted: SettingKey) -> Option<&ConfigError> {
        self.errors.iter().find(|error| matches!(error, ConfigError::InvalidValue { key, .. } if *key == wanted))
    }

    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.errors
    }
}
