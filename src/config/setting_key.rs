//! The keys of all settings, and what the table `settings` says about each.

use std::path::Path;

use super::{
    definition::{COMMON, SettingDefinition, SettingFallback, SettingSecrecy},
    settings::for_each_setting,
};
use crate::domain::text;

macro_rules! define_keys {
    ($($(#[doc = $doc:literal])* $field:ident: $type:ty = $key:ident, $parse:expr, $definition:expr;)*) => {
        /// The key of a setting. The order of the variants is that of the documentation and of `config show`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SettingKey {
            $($(#[doc = $doc])* $key,)*
        }

        const DEFINITIONS: &[SettingDefinition] = &[$($definition,)*];

        impl SettingKey {
            /// All keys.
            pub const ALL: [Self; DEFINITIONS.len()] = [$(Self::$key,)*];
        }
    };
}

for_each_setting!(define_keys);

/// Minimum length of a typed text for which [`SettingKey::closest_match`] suggests a name that has it as a part.
const MIN_NAME_PART: usize = 4;

impl SettingKey {
    const fn definition(self) -> &'static SettingDefinition {
        &DEFINITIONS[self as usize]
    }

    /// Returns the name of the environment variable.
    #[must_use]
    pub const fn variable_name(self) -> &'static str {
        self.definition().variable
    }

    /// Returns the default as typed. Returns `None` if the setting may be unset.
    #[must_use]
    pub const fn default_text(self) -> Option<&'static str> {
        match self.definition().fallback {
            SettingFallback::Default(text) => Some(text),
            SettingFallback::BuiltIn { value, .. } => value,
            SettingFallback::Unset { .. } => None,
        }
    }

    /// Returns the description, as in the documentation.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.definition().description
    }

    /// Returns the row of the setting in docs/configuration.md.
    #[must_use]
    pub fn documentation_row(self) -> String {
        let default = match self.definition().fallback {
            SettingFallback::Default(text) => format!("`{text}`"),
            SettingFallback::BuiltIn { .. } => "none".to_owned(),
            SettingFallback::Unset { documented, .. } => documented.to_owned(),
        };
        format!("| `{}` | {default} | {} |", self.variable_name(), self.description())
    }

    /// Returns the default, or an example value if there is no default.
    #[must_use]
    pub const fn example_text(self) -> &'static str {
        match self.definition().fallback {
            SettingFallback::Default(text)
            | SettingFallback::BuiltIn { example: text, .. }
            | SettingFallback::Unset { example: text, .. } => text,
        }
    }

    /// Returns what is used if the setting is not set, given the data directory. Returns `None` if nothing is.
    pub(super) fn describe_fallback(self, data_dir: Option<&Path>) -> Option<String> {
        match self.definition().fallback {
            SettingFallback::Default(text) => Some(text.to_owned()),
            SettingFallback::BuiltIn { value, .. } => value.map(str::to_owned),
            SettingFallback::Unset { describe, .. } => Some(describe?(data_dir?)),
        }
    }

    /// Returns the key in `config.toml`: the variable's name in lower case.
    #[must_use]
    pub fn file_key(self) -> String {
        self.variable_name().to_ascii_lowercase()
    }

    /// Returns the name of the environment variable that may name a file with the value.
    #[must_use]
    pub fn value_file_variable(self) -> String {
        format!("{}_FILE", self.variable_name())
    }

    /// Returns true if the variable of [`SettingKey::value_file_variable`] is read.
    #[must_use]
    pub const fn accepts_value_file(self) -> bool {
        self.definition().accepts_value_file
    }

    /// Returns the setting with this key in `config.toml`. Returns `None` if the key is unknown.
    #[must_use]
    pub fn from_file_key(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.file_key() == name)
    }

    /// Returns the setting with this name: the variable's, or the key in `config.toml`, in upper or lower case, with `-`
    /// or `_`. Returns `None` if there is none.
    #[must_use]
    pub fn from_typed_name(name: &str) -> Option<Self> {
        Self::from_file_key(&name.to_ascii_lowercase().replace('-', "_"))
    }

    /// Returns the setting whose name is most similar to `name`, else the only one whose name has it as a part. Returns
    /// `None` if there is neither.
    #[must_use]
    pub fn closest_match(name: &str) -> Option<Self> {
        let typed = name.to_ascii_lowercase().replace('-', "_");
        let names = Self::ALL.map(Self::file_key);
        if let Some(closest) = text::closest_match(&typed, names.iter().map(String::as_str)) {
            return Self::from_file_key(closest);
        }
        let is_part =
            |key: &Self| typed.len() >= MIN_NAME_PART && format!("{}_", key.file_key()).contains(&format!("_{typed}_"));
        let mut containing = Self::ALL.into_iter().filter(is_part);
        containing.next().filter(|_| containing.next().is_none())
    }

    /// Returns how much of the value may be shown.
    pub(super) const fn secrecy(self) -> SettingSecrecy {
        self.definition().secrecy
    }

    /// Returns true if the value must not be quoted in a message.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        !matches!(self.secrecy(), SettingSecrecy::Public)
    }

    /// Returns true if a sync uses the setting; false if only other commands, like `login`, do.
    #[must_use]
    pub const fn is_used_by_sync(self) -> bool {
        self.definition().is_used_by_sync
    }
}

#[cfg(test)]
mod tests {
    use super::{SettingFallback, SettingKey};
    use crate::secret::SECRET_ENV_VARS;

    #[test]
    fn every_definition_is_complete() {
        for key in SettingKey::ALL {
            let example = key.example_text();
            assert!(!key.description().is_empty() && !example.is_empty(), "{key:?}");
            assert!(key.variable_name().bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{key:?}");
            let has_default = matches!(key.definition().fallback, SettingFallback::Default(_));
            assert_eq!(key.default_text(), has_default.then_some(example));
        }
    }

    #[test]
    fn empty_value_of_the_build_counts_as_none() {
        for (value, expected) in [(None, None), (Some(""), None), (Some("abc"), Some("abc"))] {
            let SettingFallback::BuiltIn { value, .. } = SettingFallback::built_in(value, "x") else { panic!() };
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn no_child_process_inherits_a_secret_setting() {
        for key in SettingKey::ALL.into_iter().filter(|key| key.is_secret()) {
            assert!(SECRET_ENV_VARS.contains(&key.variable_name()), "{key:?} is not in SECRET_ENV_VARS");
        }
    }

    #[test]
    fn every_secret_setting_accepts_a_value_file() {
        let accepting: Vec<_> = SettingKey::ALL.into_iter().filter(|key| key.accepts_value_file()).collect();
        assert!(SettingKey::ALL.into_iter().filter(|key| key.is_secret()).all(|key| accepting.contains(&key)));
        let variables = SettingKey::ALL.map(SettingKey::variable_name);
        assert!(accepting.iter().all(|key| !variables.contains(&key.value_file_variable().as_str())));
    }

    #[test]
    fn file_key_round_trips() {
        for key in SettingKey::ALL {
            assert_eq!(SettingKey::from_file_key(&key.file_key()), Some(key));
        }
    }

    #[test]
    fn typed_name_is_found_in_any_case() {
        for name in ["mal_page_size", "MAL_PAGE_SIZE", "mal-page-size", "Mal_Page-Size"] {
            assert_eq!(SettingKey::from_typed_name(name), Some(SettingKey::MalPageSize), "{name}");
        }
        assert_eq!(SettingKey::from_typed_name("mal_pagesize"), None);
    }

    #[test]
    fn every_default_passes_the_check_of_its_setting() {
        for key in SettingKey::ALL {
            assert_eq!(key.default_text().map_or(Ok(()), |text| key.check_value(text)), Ok(()), "{key:?}");
        }
        assert!(SettingKey::MalPageSize.check_value("0").is_err());
        assert!(SettingKey::DatabaseUrl.check_value("sqlite://x.db ").is_err());
    }

    #[test]
    fn misspelt_name_has_a_closest_match_and_foreign_name_has_none() {
        for (typed, expected) in [
            ("mal_pagesize", Some(SettingKey::MalPageSize)),
            ("MAL_PAGE_SIZE", Some(SettingKey::MalPageSize)),
            ("database-url", Some(SettingKey::DatabaseUrl)),
            ("database", Some(SettingKey::DatabaseUrl)),
            ("sync_max_retires", Some(SettingKey::SyncMaxRetries)),
            ("page_size", Some(SettingKey::MalPageSize)),
            ("PAGE-SIZE", Some(SettingKey::MalPageSize)),
            ("client_id", Some(SettingKey::MalClientId)),
            ("rate_limit", Some(SettingKey::MalApiRateLimit)),
            ("token", None),
            ("redis_url", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(SettingKey::closest_match(typed), expected, "{typed}");
        }
    }
}
