//! Output of `pin` and `unpin`: pinned fields, their local value, and MAL's value.

use serde::Serialize;
use serde_json::Value;

use super::{display_short_value, display_value, field_state::FieldState};
use crate::ui::{TableColumn, TextTable, escape_controls};

/// A pinned field of an entry, or a field that the command named.
#[derive(Clone, Debug)]
pub struct FieldPin {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Title of the anime.
    pub title: String,
    /// State of the field after the command.
    pub state: FieldState,
    /// True if the command pinned or unpinned the field.
    pub has_changed: bool,
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

/// Returns the field as JSON.
#[must_use]
pub fn to_json(pin: &FieldPin) -> PinJson<'_> {
    PinJson {
        mal_id: pin.mal_id,
        title: &pin.title,
        field: pin.state.field.as_str(),
        local: &pin.state.local,
        mal: pin.state.mal.as_ref(),
        differs: pin.state.differs_from_mal,
        pinned: pin.state.is_pinned,
        changed: pin.has_changed,
        stays: pin.state.overwrite.is_none(),
    }
}

/// Returns the fields as a table.
#[must_use]
pub fn to_table(pins: &[FieldPin]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("id").droppable(2),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::text("pinned to"),
        TableColumn::text("MAL").droppable(1),
    ]);
    for FieldPin { mal_id, title, state, .. } in pins {
        let mal = match &state.mal {
            Some(mal) if state.differs_from_mal => display_value(mal),
            Some(_) => "same".to_owned(),
            None => display_value(&Value::Null),
        };
        table.add_row([
            mal_id.to_string(),
            title.clone(),
            state.field.as_str().to_owned(),
            display_value(&state.local),
            mal,
        ]);
    }
    table
}

/// Returns what the command did to each field, one per line.
#[must_use]
pub fn to_text(pins: &[FieldPin]) -> String {
    pins.iter().map(|pin| format!("{}: {}\n", escape_controls(&pin.title), pin_text(pin))).collect()
}

fn pin_text(pin: &FieldPin) -> String {
    let state = &pin.state;
    let (field, local) = (state.field.as_str(), display_short_value(&state.local));
    let mal = state.mal.as_ref().filter(|_| state.differs_from_mal).map(display_short_value);
    let on_mal = mal.as_ref().map(|mal| format!(" (MAL has {mal})")).unwrap_or_default();
    match (state.is_pinned, pin.has_changed) {
        (true, true) => format!("{field} is pinned to {local}{on_mal}"),
        (true, false) => format!("{field} is already pinned to {local}{on_mal}"),
        (false, false) => format!("{field} was not pinned"),
        (false, true) => match mal {
            Some(mal) if state.overwrite.is_some() => {
                format!("{field} is no longer pinned. The next sync will overwrite {local} with {mal} (MAL's value)")
            }
            _ => format!("{field} is no longer pinned and keeps {local}{on_mal}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{change::MergeRule, entry_fields::Field},
        json_line::to_json_line,
        ui::view::field_state::PendingOverwrite,
    };

    /// Returns the state after a command: status is as on MAL, the score is 9 and MAL has 8.
    fn pinned_field(field: Field, is_pinned: bool, has_changed: bool) -> FieldPin {
        let (local, mal) = match field {
            Field::Score => (json!(9), json!(8)),
            _ => (json!("watching"), json!("watching")),
        };
        let overwrite = (!is_pinned && local != mal)
            .then(|| PendingOverwrite { kept: mal.clone(), rule: MergeRule::MalWinsIfScored });
        let differs_from_mal = local != mal;
        let is_own = differs_from_mal;
        let state = FieldState { field, local, mal: Some(mal), differs_from_mal, is_own, is_pinned, overwrite };
        FieldPin { mal_id: 1, title: "Trigun".into(), state, has_changed }
    }

    #[test]
    fn pin_and_unpin_texts_show_mal_value() {
        let text = |status: (bool, bool), score: (bool, bool)| {
            to_text(&[pinned_field(Field::Status, status.0, status.1), pinned_field(Field::Score, score.0, score.1)])
        };
        assert_snapshot!(text((true, false), (true, true)), @r"
        Trigun: status is already pinned to watching
        Trigun: score is pinned to 9 (MAL has 8)
        ");
        assert_snapshot!(text((false, true), (false, true)), @r#"
        Trigun: status is no longer pinned and keeps watching
        Trigun: score is no longer pinned. The next sync will overwrite 9 with 8 (MAL's value)
        "#);
        assert_snapshot!(text((false, false), (false, false)), @r"
        Trigun: status was not pinned
        Trigun: score was not pinned
        ");
    }

    #[test]
    fn pins_table_and_json_show_local_and_mal_value() {
        let pins = [Field::Status, Field::Score].map(|field| pinned_field(field, true, false));
        assert_snapshot!(to_table(&pins).render(Some(80)), @r#"
        id  title   field   pinned to  MAL
         1  Trigun  status  watching   same
         1  Trigun  score   9          8
        "#);
        assert_snapshot!(to_json_line(&to_json(&pins[1])), @r#"{"mal_id":1,"title":"Trigun","field":"score","local":9,"mal":8,"differs":true,"pinned":true,"changed":false,"stays":true}"#);
    }
}
