//! What is known about a setting, apart from its type and its parser.

use std::path::Path;

/// The definition of a setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct SettingDefinition {
    /// The name of the environment variable. In lower case it is the key in `config.toml`.
    pub(super) variable: &'static str,
    /// The description, for the documentation and the sample file.
    pub(super) description: &'static str,
    /// What is used if the setting is not set.
    pub(super) fallback: SettingFallback,
    /// How much of the value may be shown.
    pub(super) secrecy: SettingSecrecy,
    /// True if a sync uses the setting; false if only other commands, like `login`, do.
    pub(super) is_used_by_sync: bool,
    /// True if the environment variable with the suffix `_FILE` may name a file with the value.
    pub(super) accepts_value_file: bool,
}

/// What is used if a setting is not set.
#[derive(Clone, Copy, Debug)]
pub(super) enum SettingFallback {
    /// This default, as typed.
    Default(&'static str),
    /// The value that the build brings along (`MALSYNC_DEFAULT_CLIENT_ID`), if any. The sample file shows the example.
    BuiltIn {
        /// The value.
        value: Option<&'static str>,
        /// A value to show in the sample file.
        example: &'static str,
    },
    /// No value. The sample file shows the example.
    Unset {
        /// A value to show in the sample file.
        example: &'static str,
        /// What is used instead, for the documentation.
        documented: &'static str,
        /// Returns what is used instead, given the data directory. `None` if `config show` shows nothing.
        describe: Option<fn(&Path) -> String>,
    },
}

impl SettingFallback {
    /// Returns the fallback of a setting with a value from the build. An empty value counts as none.
    pub(super) const fn built_in(value: Option<&'static str>, example: &'static str) -> Self {
        let value = match value {
            Some(text) if !text.is_empty() => Some(text),
            _ => None,
        };
        Self::BuiltIn { value, example }
    }

    /// Returns the fallback of a setting that has no default. The example is shown in the sample file.
    pub(super) const fn unset_with_example(example: &'static str) -> Self {
        Self::Unset { example, documented: "none", describe: None }
    }
}

/// How much of a setting's value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingSecrecy {
    /// All of it.
    Public,
    /// All but the password in a URL.
    UrlPassword,
    /// Nothing.
    Secret,
}

/// The values of a definition that most settings share. Variable, description and fallback must be given.
pub(super) const COMMON: SettingDefinition = SettingDefinition {
    variable: "",
    description: "",
    fallback: SettingFallback::unset_with_example(""),
    secrecy: SettingSecrecy::Public,
    is_used_by_sync: true,
    accepts_value_file: false,
};
