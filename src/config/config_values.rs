//! The parsed values of all settings.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::{
    app_directories::AppDirectories,
    layers::{ConfigLayers, ParsedSetting},
    origin::Setting,
    parsers::{self, ParseResult, RedirectUri},
    setting_key::SettingKey,
    settings::for_each_setting,
};
use crate::{
    domain::{encryption_key::EncryptionKey, token_store_mode::TokenStoreMode},
    failure::Failure,
    secret::Secret,
};

macro_rules! define_config {
    ($($(#[doc = $doc:literal])* $field:ident: $type:ty = $key:ident, $parse:expr, $definition:expr;)*) => {
        /// The settings. Ranges and defaults are those of the documentation.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $doc])* pub $field: $type,)*
            /// The directories of configuration and data.
            pub directories: AppDirectories,
        }

        impl Config {
            /// Parses all settings. Records the errors in `layers`.
            pub(super) fn from_layers(layers: &mut ConfigLayers<'_>, directories: AppDirectories) -> Self {
                Self { $($field: <$type>::from_layers(layers, SettingKey::$key, $parse),)* directories }
            }
        }
    };
}

for_each_setting!(define_config);

macro_rules! define_value_check {
    ($($(#[doc = $doc:literal])* $field:ident: $type:ty = $key:ident, $parse:expr, $definition:expr;)*) => {
        impl SettingKey {
            /// Checks a value with the setting's parser.
            ///
            /// # Errors
            ///
            /// The value is invalid. The error says what is allowed, as a phrase that completes "it must be".
            pub fn check_value(self, text: &str) -> Result<(), String> {
                match self {
                    $(Self::$key => {
                        let parsed: ParseResult<<$type as ParsedSetting>::Value> = ($parse)(text);
                        parsed.map(drop)
                    })*
                }
            }
        }
    };
}

for_each_setting!(define_value_check);

impl Config {
    /// Returns the client id.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 if `MAL_CLIENT_ID` is not set. The hint says where to get one.
    pub fn client_id(&self) -> Result<&str, Failure> {
        self.mal_client_id.as_ref().map(|setting| setting.value.as_str()).ok_or_else(|| {
            Failure::usage_error("MAL_CLIENT_ID is not set").with_hint(format!(
                "register an app of type \"other\" at https://myanimelist.net/apiconfig with the redirect URL {}, then run \
                 malsync login in a terminal, which asks for the client ID, or malsync config set mal_client_id ID, or set MAL_CLIENT_ID",
                self.mal_redirect_uri.value.text
            ))
        })
    }
}
