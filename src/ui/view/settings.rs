//! The settings: `config show`. What comes here is masked already; as JSON each setting serialises itself.

use super::or_no_value;
use crate::ui::{TableColumn, TextTable};

/// A setting, its value, and where it came from.
#[derive(Clone, Debug)]
pub struct SettingView<'a> {
    /// The variable's name.
    pub key: &'a str,
    /// The value; none where it is not set.
    pub value: Option<&'a str>,
    /// The layer that it came from.
    pub origin: String,
}

/// The settings as people read them. Values are not cut: they are there to be copied.
#[must_use]
pub fn to_table<'a>(settings: impl IntoIterator<Item = SettingView<'a>>) -> TextTable {
    let mut table =
        TextTable::new([TableColumn::Word("setting"), TableColumn::Word("value"), TableColumn::Word("from")]);
    for setting in settings {
        table.add_row([setting.key, &or_no_value(setting.value), &setting.origin]);
    }
    table
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn unset_setting_shows_a_dash() {
        let setting = |key, value, origin: &str| SettingView { key, value, origin: origin.to_owned() };
        let rows = [setting("MAL_CLIENT_ID", None, "default"), setting("MAL_PAGE_SIZE", Some("9"), "file /c.toml:3")];
        assert_snapshot!(to_table(rows).render(Some(20)), @r#"
        setting        value  from
        MAL_CLIENT_ID  -      default
        MAL_PAGE_SIZE  9      file /c.toml:3
        "#);
    }
}
