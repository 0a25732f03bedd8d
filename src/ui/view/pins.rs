//! Output of `pin` and `unpin`: pinned fields, their local value, and MAL's value.

use serde::Serialize;
use serde_json::Value;

use super::{display_value, edit_result::display_short_value};
use crate::{
    domain::{entry::StoredEntry, entry_fields::Field},
    sync::edit::{merge_base_fields, overwritten_by_next_sync},
    ui::{TableColumn, TextTable, escape_controls},
};

/// A field of an entry that is pinned, or that the command named.
#[derive(Clone, Debug)]
pub struct PinnedField {
    mal_id: i32,
    title: String,
    field: Field,
    local: Value,
    mal: Option<Value>,
    is_pinned: bool,
    has_changed: bool,
    survives_sync: bool,
}

/// JSON object of a pinned field.
#[derive(Clone, Debug, Serialize)]
pub struct PinJson<'a> {
    mal_id: i32,
    title: &'a str,
    field: &'static str,
    local: &'a Value,
    mal: Option<&'a Value>,
    differs: bool,
    pinned: bool,
    changed: bool,
    stays: bool,
}

/// Returns the state of these fields of an entry. `before` is the entry before the command, if it changed pins.
#[must_use]
pub fn from_entry(
    entry: &StoredEntry,
    title: &str,
    fields: &[Field],
    before: Option<&StoredEntry>,
) -> Vec<PinnedField> {
    let base = merge_base_fields(entry);
    let overwritten: Vec<Field> = overwritten_by_next_sync(entry).iter().map(|resolution| resolution.field).collect();
    let pinned_field = |field: &Field| {
        let is_pinned = entry.pinned.contains(field);
        PinnedField {
            mal_id: entry.mal_id,
            title: title.to_owned(),
            field: *field,
            local: entry.values.field_json(*field),
            mal: base.as_ref().map(|base| base.field_json(*field)),
            is_pinned,
            has_changed: before.is_some_and(|before| before.pinned.contains(field) != is_pinned),
            survives_sync: !overwritten.contains(field),
        }
    };
    Field::SYNCED_FIELDS.iter().filter(|field| fields.contains(field)).map(pinned_field).collect()
}

impl PinnedField {
    fn differs_from_mal(&self) -> bool {
        self.mal.as_ref().is_some_and(|mal| *mal != self.local)
    }
}

/// Returns the field as JSON.
#[must_use]
pub fn to_json(pin: &PinnedField) -> PinJson<'_> {
    PinJson {
        mal_id: pin.mal_id,
        title: &pin.title,
        field: pin.field.as_str(),
        local: &pin.local,
        mal: pin.mal.as_ref(),
        differs: pin.differs_from_mal(),
        pinned: pin.is_pinned,
        changed: pin.has_changed,
        stays: pin.survives_sync,
    }
}

/// Returns the fields as a table.
#[must_use]
pub fn to_table(pins: &[PinnedField]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("field"),
        TableColumn::Text("pinned to"),
        TableColumn::Text("MAL"),
    ]);
    for pin in pins {
        let mal = match &pin.mal {
            Some(mal) if pin.differs_from_mal() => display_value(mal),
            Some(_) => "the same".to_owned(),
            None => display_value(&Value::Null),
        };
        table.add_row([
            pin.mal_id.to_string(),
            pin.title.clone(),
            pin.field.as_str().to_owned(),
            display_value(&pin.local),
            mal,
        ]);
    }
    table
}

/// Returns what the command did to each field, one per line.
#[must_use]
pub fn to_text(pins: &[PinnedField]) -> String {
    pins.iter().map(|pin| format!("{}: {}\n", escape_controls(&pin.title), pin_text(pin))).collect()
}

fn pin_text(pin: &PinnedField) -> String {
    let (field, local) = (pin.field.as_str(), display_short_value(&pin.local));
    let mal = pin.mal.as_ref().filter(|_| pin.differs_from_mal()).map(display_short_value);
    let on_mal = mal.as_ref().map(|mal| format!(" (MAL has {mal})")).unwrap_or_default();
    match (pin.is_pinned, pin.has_changed) {
        (true, true) => format!("{field} is pinned to {local}{on_mal}"),
        (true, false) => format!("{field} was pinned already, to {local}{on_mal}"),
        (false, false) => format!("{field} was not pinned"),
        (false, true) => match mal {
            Some(mal) if !pin.survives_sync => {
                format!("{field} is no longer pinned; the next sync sets it back from {local} to {mal}")
            }
            _ => format!("{field} is no longer pinned; it stays {local}{on_mal}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{entry_fields::EntryValues, merge_base::MergeBase},
        ui::json::to_json_line,
    };

    fn entry(pinned: &[Field]) -> StoredEntry {
        let base = MergeBase::from(
            json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}),
        );
        let values = EntryValues { score: Some(9), ..base.parse_values().unwrap() };
        StoredEntry { id: 1, mal_id: 1, values, base: Some(base), pinned: pinned.to_vec(), ..StoredEntry::default() }
    }

    #[test]
    fn pin_and_unpin_texts_show_mal_value() {
        let both = [Field::Status, Field::Score];
        let (pinned, unpinned) = (entry(&both), entry(&[]));
        let text_after =
            |after: &StoredEntry, before: &StoredEntry| to_text(&from_entry(after, "Trigun", &both, Some(before)));
        assert_snapshot!(text_after(&pinned, &entry(&[Field::Status])), @r"
        Trigun: status was pinned already, to watching
        Trigun: score is pinned to 9 (MAL has 8)
        ");
        assert_snapshot!(text_after(&unpinned, &pinned), @r"
        Trigun: status is no longer pinned; it stays watching
        Trigun: score is no longer pinned; the next sync sets it back from 9 to 8
        ");
        assert_snapshot!(text_after(&unpinned, &unpinned), @r"
        Trigun: status was not pinned
        Trigun: score was not pinned
        ");
    }

    #[test]
    fn pins_table_and_json_show_local_and_mal_value() {
        let pins = from_entry(&entry(&[Field::Status, Field::Score]), "Trigun", &[Field::Status, Field::Score], None);
        assert_snapshot!(to_table(&pins).render(Some(80)), @r"
        id  title   field   pinned to  MAL
         1  Trigun  status  watching   the same
         1  Trigun  score   9          8
        ");
        assert_snapshot!(to_json_line(&to_json(&pins[1])), @r#"{"mal_id":1,"title":"Trigun","field":"score","local":9,"mal":8,"differs":true,"pinned":true,"changed":false,"stays":true}"#);
    }
}
