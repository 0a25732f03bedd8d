//! Output of `config show`. Secrets are masked by the caller. For JSON each setting serializes itself.

use std::path::Path;

use super::{format_path, or_no_value};
use crate::ui::{TableColumn, TextTable, escape_controls};

/// A setting with its value and origin.
#[derive(Clone, Debug)]
pub struct SettingView<'a> {
    /// Name of the setting, as an environment variable.
    pub key: &'a str,
    /// Value. `None` if not set.
    pub value: Option<&'a str>,
    /// Source of the value: default, file or environment.
    pub origin: String,
}

/// Returns the settings as a table. Values are wrapped rather than truncated, so they can be copied.
#[must_use]
pub fn to_table<'a>(settings: impl IntoIterator<Item = SettingView<'a>>) -> TextTable {
    let mut table =
        TextTable::new([TableColumn::word("setting"), TableColumn::wrapped("value"), TableColumn::word("from")]);
    for setting in settings {
        table.add_row([setting.key, &or_no_value(setting.value), &setting.origin]);
    }
    table
}

/// Returns the text that reports a changed setting. `value` is masked if it is secret.
#[must_use]
pub fn stored_text(key: &str, value: &str, path: &Path) -> String {
    format!("Set {key} = {} in {}", escape_controls(value), format_path(path))
}

/// Returns the text that reports a removed setting. `default` is what is used now, unless the environment sets it.
#[must_use]
pub fn removed_text(key: &str, default: Option<&str>, path: &Path, was_set: bool) -> String {
    let now = default.map(|value| format!("; now {} (default)", escape_controls(value))).unwrap_or_default();
    let path = format_path(path);
    if was_set { format!("Removed {key} from {path}{now}") } else { format!("{key} is not set in {path}{now}") }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn unset_setting_shows_a_dash() {
        let setting = |key, value, origin: &str| SettingView { key, value, origin: origin.to_owned() };
        let rows = [setting("MAL_CLIENT_ID", None, "default"), setting("MAL_PAGE_SIZE", Some("9"), "c.toml:3")];
        assert_snapshot!(to_table(rows).render(Some(36)), @r#"
        setting        value  from
        MAL_CLIENT_ID  -      default
        MAL_PAGE_SIZE  9      c.toml:3
        "#);
    }
}
