//! The settings: `config show`. What comes here is masked already.

use serde::Serialize;

use super::or_none;
use crate::ui::{Column, Table};

/// A setting, its value, and where it came from.
#[derive(Clone, Debug, Serialize)]
pub struct SettingView<'a> {
    /// The variable's name.
    pub key: &'a str,
    /// The value; none where it is not set.
    pub value: Option<&'a str>,
    /// The layer that it came from.
    pub origin: &'a str,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

/// The settings as people read them.
#[must_use]
pub fn table<'a>(settings: impl IntoIterator<Item = SettingView<'a>>) -> Table {
    let mut table = Table::new([Column::Word("setting"), Column::Text("value"), Column::Word("from")]);
    for setting in settings {
        table.row([setting.key.to_owned(), or_none(setting.value), setting.origin.to_owned()]);
    }
    table
}
