//! The user's entry in the output of `show`: only fields that are set or differ from MAL's value.

use serde_json::Value;

use super::{
    StyledValue, display_cell, field_label,
    field_state::FieldState,
    format_time, rewatch_text,
    show_view::{ShowView, join_lines},
    status_text, styled_key_value_lines, yes_or_no,
};
use crate::{
    domain::{entry_fields::Field, list_entry::ListEntry},
    ui::{
        escape_controls,
        style::{BOLD, PLAIN, paint, score_style, status_style},
        wrap_text,
    },
};

/// Notes of at most this length stand on the line of their field.
const MAX_SHORT_NOTES: usize = 40;

/// Returns the entry: one line per field, with MAL's value and what the next sync does if they differ.
pub(super) fn to_text(view: &ShowView<'_>, columns: usize) -> String {
    let item = view.row.entry;
    let user = escape_controls(view.username);
    if !view.is_listed {
        return format!("\nNot in the list of {user}\n");
    }
    let state = match (item.stored.removed_at, &item.stored.base) {
        (Some(at), _) => format!(", removed from MAL on {}", format_time(at)),
        (None, None) => ", local only".to_owned(),
        (None, Some(_)) => String::new(),
    };
    let mut text = format!("\n{}{state}\n", paint(format!("Entry of {user}"), BOLD));
    let lines: Vec<(String, StyledValue)> = view
        .fields
        .iter()
        .filter(|state| is_shown(state))
        .map(|state| (field_label(state.field.as_str()), field_text(state, item)))
        .collect();
    let pairs: Vec<(&str, StyledValue)> = lines.iter().map(|(label, text)| (label.as_str(), text.clone())).collect();
    text.push_str(&styled_key_value_lines(&pairs, Some(columns)));
    if let Some(notes) = item.stored.values.notes.as_deref().filter(|notes| is_long(notes)) {
        text.push_str(&format!("\n{}\n", paint("Notes", BOLD)));
        text.push_str(&join_lines(wrap_text(notes, columns)));
    }
    text
}

fn is_long(notes: &str) -> bool {
    notes.chars().count() > MAX_SHORT_NOTES || notes.contains('\n')
}

/// Returns true if a field has a value, or if there is something to report about it.
fn is_shown(state: &FieldState) -> bool {
    let is_set = match &state.local {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(true) | Value::Object(_) => true,
    };
    is_set || state.differs_from_mal || state.is_pinned || matches!(state.field, Field::Status | Field::EpisodesWatched)
}

/// Returns the value of a field, in its color in `list`, and in brackets what is special about it.
fn field_text(state: &FieldState, item: &ListEntry) -> StyledValue {
    let value = match (state.field, &state.local) {
        (Field::Status, value) => {
            let status = status_text(&display_cell(value));
            rewatch_text(item).map_or_else(|| status.clone(), |rewatch| format!("{status}, {rewatch}"))
        }
        (Field::EpisodesWatched, value) => match item.anime.episodes {
            Some(episodes) => format!("{} of {episodes}", display_cell(value)),
            None => display_cell(value),
        },
        (Field::Notes, Value::String(notes)) if is_long(notes) => "see below".to_owned(),
        (_, value) => display_field(value),
    };
    let remarks = remarks(state, item);
    let style = match (state.field, &state.local) {
        (Field::Status, Value::String(_)) if item.stored.values.is_rewatching => status_style("watching"),
        (Field::Status, Value::String(status)) => status_style(status),
        (Field::Score, Value::Number(score)) => {
            score_style(score.as_i64().and_then(|score| score.try_into().ok()).unwrap_or(0))
        }
        _ => PLAIN,
    };
    let rest = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
    StyledValue { start: value, style, rest }
}

/// Returns MAL's value if it differs, who decided the local value, and what the next sync does.
fn remarks(state: &FieldState, item: &ListEntry) -> Vec<String> {
    let mut remarks = Vec::new();
    let mal = state.mal.as_ref().filter(|_| state.differs_from_mal);
    remarks.extend(mal.map(|mal| format!("MAL: {}", display_field(mal))));
    if state.is_own {
        remarks.push("edited".to_owned());
    }
    if state.is_pinned {
        remarks.push("pinned, no sync changes it".to_owned());
    } else if let Some(overwrite) = &state.overwrite {
        let kept = display_field(&overwrite.kept);
        remarks.push(format!("the next sync will overwrite it with {kept}"));
    } else if (state.is_own || state.differs_from_mal) && !item.is_removed() && item.stored.base.is_some() {
        remarks.push("kept by the next sync".to_owned());
    }
    remarks
}

fn display_field(value: &Value) -> String {
    match value {
        Value::Bool(flag) => yes_or_no(*flag).to_owned(),
        value => display_cell(value),
    }
}
