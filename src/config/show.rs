//! The rows of `config show`: each setting with its value and where it came from.
//!
//! Invariant: secrets of the configuration are masked here and nowhere else.

use serde::Serialize;

use super::{
    app_directories::AppDirectories, definition::SettingSecrecy, layers::ConfigLayers, origin::SettingOrigin,
    setting_key::SettingKey,
};
use crate::secret::{PASSWORD_MASK, mask_url_password};

/// One setting as `config show` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisplayedSetting {
    /// The variable's name.
    pub key: &'static str,
    /// The value as typed, masked if secret. `None` if the setting is not set.
    pub value: Option<String>,
    /// `default`, `environment`, or `file PATH:LINE`.
    pub origin: SettingOrigin,
    /// The error of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Returns a setting for `config show`.
pub(super) fn display_setting(
    key: SettingKey,
    layers: &ConfigLayers<'_>,
    directories: &AppDirectories,
) -> DisplayedSetting {
    let (value, origin) = match layers.find_raw(key) {
        Some((text, origin)) => (text.ok().map(|text| key.masked(&text)), origin),
        None => (key.describe_fallback(directories.data_dir().ok()), SettingOrigin::Default),
    };
    let error = layers.error_for(key).map(ToString::to_string);
    DisplayedSetting { key: key.variable_name(), value, origin, error }
}

impl SettingKey {
    /// Returns a value of the setting as it may be shown: masked if it is secret.
    #[must_use]
    pub fn masked(self, text: &str) -> String {
        match self.secrecy() {
            SettingSecrecy::Public => text.to_owned(),
            SettingSecrecy::UrlPassword => mask_url_password(text),
            SettingSecrecy::Secret => PASSWORD_MASK.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_masked_anywhere_in_the_url() {
        for (url, expected) in [
            ("postgresql://me:pw@db.example.org/anime", "postgresql://me:****@db.example.org/anime"),
            ("postgres://me@db/anime", "postgres://me@db/anime"),
            ("postgres://db/anime", "postgres://db/anime"),
            ("postgres://me:p/w?@x@db/anime", "postgres://me:****@db/anime"),
            ("postgres://me:pw@[::1]:x/", "postgres://me:****@[::1]:x/"),
            (
                "postgres://db/a?user=me&password=pw&sslmode=require",
                "postgres://db/a?user=me&password=****&sslmode=require",
            ),
            ("postgres:///a?host=/run&PassWord=pw", "postgres:///a?host=/run&PassWord=****"),
            ("sqlite:///var/lib/a@b:c.db", "sqlite:///var/lib/a@b:c.db"),
            ("me:pw@db", "****"),
        ] {
            assert_eq!(mask_url_password(url), expected);
        }
    }
}
