//! Sets or removes one setting in the text of a configuration file. Pure.
//!
//! Invariant: everything but the setting's own value stays as it is, byte for byte: comments, order, line ends.

use toml::de::{DeTable, DeValue};

use super::setting_key::SettingKey;

/// Byte order mark of a file from a Windows editor.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns the text with this value of the setting. The value replaces the old one, else the commented-out line of the
/// sample file, else it is added at the end. Returns `None` if the text is not valid TOML.
pub(super) fn set_value(text: &str, key: SettingKey, value: &str) -> Option<String> {
    let (mark, text) = text.strip_prefix(BYTE_ORDER_MARK).map_or(("", text), |rest| ("\u{feff}", rest));
    let table = DeTable::parse(text).ok()?.into_inner();
    let name = key.file_key();
    let literal = toml_literal(value);
    let old = table.iter().find(|(found, _)| found.get_ref() == name.as_str());
    let edited = if let Some((_, old)) = old {
        replace_range(text, old.span(), &literal)
    } else {
        // A line after the first section would belong to that section.
        let sections = table.iter().filter(|(_, value)| matches!(value.get_ref(), DeValue::Table(_)));
        let first_section = sections.map(|(name, _)| line_start(text, name.span().start)).min();
        let top = first_section.map_or(text, |end| text.get(..end).unwrap_or(text));
        add_line(text, top, &name, &format!("{name} = {literal}"))
    };
    Some(format!("{mark}{edited}"))
}

/// Returns the text without the lines of this setting. Returns `None` if the text is not valid TOML.
pub(super) fn remove_value(text: &str, key: SettingKey) -> Option<String> {
    let (mark, text) = text.strip_prefix(BYTE_ORDER_MARK).map_or(("", text), |rest| ("\u{feff}", rest));
    let table = DeTable::parse(text).ok()?.into_inner();
    let old = table.iter().find(|(found, _)| found.get_ref() == key.file_key().as_str());
    let edited = old.map_or_else(
        || text.to_owned(),
        |(name, value)| replace_range(text, line_start(text, name.span().start)..line_end(text, value.span().end), ""),
    );
    Some(format!("{mark}{edited}"))
}

/// Adds a line to `top`, the part of the text before its first section.
fn add_line(text: &str, top: &str, name: &str, line: &str) -> String {
    let ending = if top.contains("\r\n") { "\r\n" } else { "\n" };
    let sample = format!("#{name} = ");
    let mut offset = 0;
    for old_line in top.split_inclusive('\n') {
        if old_line.starts_with(&sample) {
            let length = old_line.trim_end_matches(['\r', '\n']).len();
            return replace_range(text, offset..offset + length, line);
        }
        offset += old_line.len();
    }
    let before = if top.is_empty() || top.ends_with('\n') { "" } else { ending };
    replace_range(text, top.len()..top.len(), &format!("{before}{line}{ending}"))
}

fn replace_range(text: &str, range: std::ops::Range<usize>, replacement: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(range, replacement);
    text
}

/// Returns where the line of this byte begins.
fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |line_break| line_break + 1)
}

/// Returns where the line of this byte ends, after its line break.
fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |line_break| offset + line_break + 1)
}

/// Returns a TOML literal: a plain decimal number as it is, any other text in quotes.
fn toml_literal(text: &str) -> String {
    let is_integer = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    let is_decimal = text.parse::<f64>().is_ok_and(|number| number.is_finite() && number.to_string() == text);
    if is_integer || is_decimal { text.to_owned() } else { toml::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::render_sample_config;

    fn set(text: &str, key: SettingKey, value: &str) -> String {
        set_value(text, key, value).unwrap()
    }

    /// Returns the value that a file with this content has.
    fn read_back(text: &str, key: SettingKey) -> Option<String> {
        let table: toml::Table = text.parse().unwrap();
        let value = table.get(&key.file_key())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    #[test]
    fn value_is_replaced_and_all_else_stays() {
        let text = "# mine\nsync_batch_size  =  50   # why\r\n\nmal_page_size = '7'\n[x]\ny = 1";
        for (key, value, expected) in [
            (
                SettingKey::SyncBatchSize,
                "60",
                "# mine\nsync_batch_size  =  60   # why\r\n\nmal_page_size = '7'\n[x]\ny = 1",
            ),
            (SettingKey::MalPageSize, "8", "# mine\nsync_batch_size  =  50   # why\r\n\nmal_page_size = 8\n[x]\ny = 1"),
            (
                SettingKey::SyncMinInterval,
                "5m",
                "# mine\nsync_batch_size  =  50   # why\r\n\nmal_page_size = '7'\nsync_min_interval = \"5m\"\r\n[x]\ny = 1",
            ),
        ] {
            assert_eq!(set(text, key, value), expected);
        }
    }

    #[test]
    fn new_value_takes_the_place_of_the_sample_line() {
        let sample = render_sample_config();
        for key in SettingKey::ALL {
            let edited = set(&sample, key, "5");
            let old_line = sample.lines().position(|line| line.starts_with(&format!("#{} = ", key.file_key())));
            let new_line = edited.lines().position(|line| line == format!("{} = 5", key.file_key()));
            assert_eq!(new_line, old_line, "{key:?}");
            assert_eq!(edited.lines().count(), sample.lines().count());
        }
    }

    #[test]
    fn new_value_is_added_at_the_end() {
        for (text, expected) in [
            ("", "mal_page_size = 5\n"),
            ("# x", "# x\nmal_page_size = 5\n"),
            ("a = 1\r\n", "a = 1\r\nmal_page_size = 5\r\n"),
            ("\u{feff}a = 1\n", "\u{feff}a = 1\nmal_page_size = 5\n"),
        ] {
            assert_eq!(set(text, SettingKey::MalPageSize, "5"), expected);
        }
        assert_eq!(set_value("a = ", SettingKey::MalPageSize, "5"), None);
    }

    #[test]
    fn removed_value_leaves_all_other_lines() {
        for (text, expected) in [
            ("# mine\r\nmal_page_size = 7 # why\r\n\r\n# end", "# mine\r\n\r\n# end"),
            ("a = 1\nmal_page_size = \"\"\"\n7\"\"\"\nb = 2\n", "a = 1\nb = 2\n"),
            ("\u{feff}\"mal_page_size\" = 7", "\u{feff}"),
            ("#mal_page_size = 7\n[x]\nmal_page_size = 1\n", "#mal_page_size = 7\n[x]\nmal_page_size = 1\n"),
        ] {
            assert_eq!(remove_value(text, SettingKey::MalPageSize).as_deref(), Some(expected), "{text:?}");
        }
        assert_eq!(remove_value("a = ", SettingKey::MalPageSize), None);
    }

    #[test]
    fn literal_is_a_number_only_if_it_reads_back_as_typed() {
        for (text, literal) in [
            ("7", "7"),
            ("0.5", "0.5"),
            ("-3", "-3"),
            ("007", "\"007\""),
            ("12e3", "\"12e3\""),
            ("inf", "\"inf\""),
            ("+1", "\"+1\""),
            ("off", "\"off\""),
        ] {
            assert_eq!(toml_literal(text), literal);
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_typed(value in "\\PC*|[ -~]*|[0-9a-f]{32}") {
            let edited = set(&render_sample_config(), SettingKey::MalClientId, &value);
            prop_assert_eq!(read_back(&edited, SettingKey::MalClientId), Some(value.clone()));
            let again = set(&edited, SettingKey::MalClientId, "x");
            prop_assert_eq!(set(&again, SettingKey::MalClientId, &value), edited);
        }
    }
}
