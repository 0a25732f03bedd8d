//! The settings: `config show`. What comes here is masked already; as JSON each setting serialises itself.

use super::or_none;
use crate::ui::{Column, Table};

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
pub fn table<'a>(settings: impl IntoIterator<Item = SettingView<'a>>) -> Table {
    let mut table = Table::new([Column::Word("setting"), Column::Word("value"), Column::Word("from")]);
    for setting in settings {
        table.row([setting.key, &or_none(setting.value), &setting.origin]);
    }
    table
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn a_setting_that_nobody_set_has_a_dash() {
        let setting = |key, value, origin: &str| SettingView { key, value, origin: origin.to_owned() };
        let rows = [setting("MAL_CLIENT_ID", None, "default"), setting("MAL_PAGE_SIZE", Some("9"), "file /c.toml:3")];
        assert_snapshot!(table(rows).render(Some(20)), @r#"
        setting        value  from
        MAL_CLIENT_ID  -      default
        MAL_PAGE_SIZE  9      file /c.toml:3
        "#);
    }
}
