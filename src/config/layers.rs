//! The layers of a setting: environment over file over default.

use super::{
    environment::Environment,
    error::Error,
    file::{File, Text},
    key::Key,
    origin::{Origin, Setting},
    value::Read,
};

/// Looks settings up, and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    environment: &'a Environment,
    file: File,
    errors: Vec<Error>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(environment: &'a Environment, mut file: File) -> Self {
        let errors = std::mem::take(&mut file.errors);
        Self { environment, file, errors }
    }

    /// The text of a setting and its layer, where anybody set it.
    pub(super) fn find(&self, key: Key) -> Option<(Text, Origin)> {
        let variable = self.environment.raw(key.variable());
        let text = |raw: &std::ffi::OsStr| raw.to_str().map(str::to_owned).ok_or_else(|| "UTF-8 text".to_owned());
        variable.map(|raw| (text(raw), Origin::Environment)).or_else(|| self.file.settings.get(&key).cloned())
    }

    /// The settings that the environment alone has, or has otherwise than the file.
    pub(super) fn only_here(&self) -> Vec<Key> {
        let in_file = |key: &Key| self.file.settings.get(key).map(|(text, _)| text.as_deref());
        let here = |key: &Key| match self.environment.raw(key.variable()) {
            Some(value) => in_file(key).and_then(Result::ok) != value.to_str(),
            None => false,
        };
        Key::ALL.into_iter().filter(here).collect()
    }

    /// A setting that may be left unset. A broken value is noted as an error, and left out.
    pub(super) fn optional<T>(&mut self, key: Key, read: impl Fn(&str) -> Read<T>) -> Option<Setting<T>> {
        let (text, origin) = self.find(key)?;
        match text.as_deref().map_err(Clone::clone).and_then(&read) {
            Ok(value) => Some(Setting { value, origin }),
            Err(allowed) => {
                let value = text.ok().filter(|_| !key.is_secret());
                self.errors.push(Error::Value { key, origin, value, allowed });
                None
            }
        }
    }

    /// A setting that has a default. A broken value is noted as an error, and the default stands in.
    pub(super) fn required<T>(&mut self, key: Key, read: impl Fn(&str) -> Read<T>) -> Setting<T> {
        self.optional(key, &read).unwrap_or_else(|| {
            let default = key.default_text().and_then(|text| read(text).ok());
            Setting { value: default.expect("a required setting has a sound default"), origin: Origin::Default }
        })
    }

    /// What is wrong with the value of this setting.
    pub(super) fn error(&self, wanted: Key) -> Option<&Error> {
        self.errors.iter().find(|error| matches!(error, Error::Value { key, .. } if *key == wanted))
    }

    pub(super) fn into_errors(self) -> Vec<Error> {
        self.errors
    }
}
