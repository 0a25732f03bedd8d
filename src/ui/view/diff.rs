//! Output of `diff`: what differs from MAL's last values, and why.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    NO_VALUE, display_cell, format_count, format_utc, id_cell, pluralize, pluralize_entries, push::ShownField,
    rule_text, title_cell,
};
use crate::{
    domain::{
        change::MergeRule,
        difference::{DifferenceReason, FieldDifference},
    },
    ui::{TableColumn, TextTable},
};

/// A difference with its anime.
#[derive(Clone, Debug)]
pub struct ShownDifference {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Title of the anime.
    pub title: String,
    /// Time of the edit that set the value. `None` if no command of malsync set it.
    pub edited_at: Option<DateTime<Utc>>,
    /// True if the entry was removed from MAL.
    pub is_removed: bool,
    /// The difference.
    pub difference: FieldDifference,
    /// What `push` would do with the field.
    pub forecast: PushForecast,
}

impl ShownDifference {
    /// Returns the field as it is shown.
    #[must_use]
    pub fn as_shown(&self) -> ShownField<'_> {
        (self.mal_id, &self.title, self.difference.field, &self.difference.mal)
    }
}

/// What `push`, without naming fields, would do with a field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushForecast {
    /// It sends the value.
    Sent,
    /// It would send the value, but cannot, for this reason.
    CannotSend(String),
    /// It sends the value only if it is asked for.
    NotAskedFor,
}

/// Maximum number of values that are listed because they cannot be sent.
const MAX_UNSENDABLE_SHOWN: usize = 10;

/// JSON object of a difference.
#[derive(Clone, Debug, Serialize)]
pub struct DifferenceJson<'a> {
    mal_id: i32,
    title: &'a str,
    field: &'static str,
    local: &'a Value,
    mal: &'a Value,
    why: &'static str,
    rule: Option<&'static str>,
    pinned: bool,
    edited_at: Option<String>,
}

/// Returns the difference as JSON.
#[must_use]
pub fn to_json(shown: &ShownDifference) -> DifferenceJson<'_> {
    let difference = &shown.difference;
    DifferenceJson {
        mal_id: shown.mal_id,
        title: &shown.title,
        field: difference.field.as_str(),
        local: &difference.local,
        mal: &difference.mal,
        why: difference.reason.as_str(),
        rule: difference.rule.map(MergeRule::as_str),
        pinned: difference.is_pinned,
        edited_at: shown.edited_at.map(format_utc),
    }
}

/// Returns the differences as a table.
#[must_use]
pub fn to_table(shown: &[ShownDifference]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("id").droppable(2),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::text("local"),
        TableColumn::text("MAL"),
        TableColumn::word("why").droppable(1),
    ]);
    for ShownDifference { mal_id, title, difference, is_removed, .. } in shown {
        let (mal, reason) = match is_removed {
            true => (NO_VALUE.to_owned(), "removed from MAL".to_owned()),
            false => (display_cell(&difference.mal), reason_text(difference)),
        };
        table.add_row([
            id_cell(*mal_id),
            title_cell(title, *mal_id),
            difference.field.as_str().into(),
            display_cell(&difference.local).into(),
            mal.into(),
            reason.into(),
        ]);
    }
    table
}

/// Returns the reason as the table shows it.
fn reason_text(difference: &FieldDifference) -> String {
    match (difference.reason, difference.is_pinned) {
        (DifferenceReason::OnlyHere, _) => "local only".to_owned(),
        (DifferenceReason::Edited, true) => "edited, pinned".to_owned(),
        (DifferenceReason::Kept, _) => match difference.rule {
            Some(MergeRule::HigherWins) => "kept (higher)".to_owned(),
            _ if display_cell(&difference.mal) == NO_VALUE => "kept (MAL empty)".to_owned(),
            Some(MergeRule::MalWins | MergeRule::MalWinsIfScored | MergeRule::MalWinsIfSet) => {
                "until the next sync".to_owned()
            }
            rule => format!("kept ({})", rule.map_or("", |rule| rule_text(rule.as_str()))),
        },
        (reason, _) => reason.as_str().to_owned(),
    }
}

/// Returns what can be done about the differences.
#[must_use]
pub fn summary_text(shown: &[ShownDifference]) -> String {
    let is_sent = |shown: &&ShownDifference| shown.forecast == PushForecast::Sent;
    let sent = shown.iter().filter(is_sent).count();
    let unsendable = shown.iter().filter(|shown| matches!(shown.forecast, PushForecast::CannotSend(_))).count();
    let is_only_here = |shown: &ShownDifference| shown.difference.reason == DifferenceReason::OnlyHere;
    let never_on_mal = list_entries(shown, |shown| is_only_here(shown) && !shown.is_removed).len();
    let removed = list_entries(shown, |shown| is_only_here(shown) && shown.is_removed);
    let mut parts = Vec::new();
    if sent > 0 {
        let entries = list_entries(shown, |shown| is_sent(&shown)).len();
        parts.push(format!("{} to send: malsync push", super::push::count_text(sent, entries)));
    }
    if unsendable > 0 {
        parts.push(format!("{} cannot be sent", pluralize(unsendable, "edited field", "edited fields")));
    }
    if never_on_mal > 0 {
        parts.push(format!("{} local only. {}", pluralize_entries(never_on_mal), super::push::CREATE_HINT));
    }
    if let Some(hint) = super::push::removed_hint(&removed) {
        parts.push(format!("{} removed from MAL. {hint}", pluralize_entries(removed.len())));
    }
    if parts.is_empty() {
        parts.push(format!("{} not edited here, sent only by: malsync push --field FIELD", format_count(shown.len())));
    }
    parts.join("; ")
}

/// Returns why edited values cannot be sent, a line each.
#[must_use]
pub fn unsendable_texts(shown: &[ShownDifference]) -> Vec<String> {
    let text = |shown: &ShownDifference| {
        let PushForecast::CannotSend(reason) = &shown.forecast else { return None };
        Some(format!(
            "{} ({}): {} cannot be sent: {reason}",
            shown.title,
            shown.mal_id,
            shown.difference.field.as_str()
        ))
    };
    let mut texts: Vec<String> = shown.iter().filter_map(text).collect();
    let more = texts.len().saturating_sub(MAX_UNSENDABLE_SHOWN);
    texts.truncate(MAX_UNSENDABLE_SHOWN);
    texts.extend((more > 0).then(|| format!("and {} more", format_count(more))));
    texts
}

/// Returns the MAL ids of the entries of these differences.
fn list_entries(shown: &[ShownDifference], is_wanted: impl Fn(&ShownDifference) -> bool) -> Vec<i32> {
    let mut ids: Vec<i32> = shown.iter().filter(|shown| is_wanted(shown)).map(|shown| shown.mal_id).collect();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{domain::entry_fields::Field, json_line::to_json_line};

    fn shown(field: Field, local: Value, mal: Value, reason: DifferenceReason) -> ShownDifference {
        let rule = (reason != DifferenceReason::OnlyHere).then_some(MergeRule::HigherWins);
        let difference = FieldDifference { field, local, mal, reason, rule, is_pinned: false };
        let edited_at = (reason == DifferenceReason::Edited).then(|| "2026-11-22T19:00:00Z".parse().unwrap());
        let title = "Cowboy Bebop: Tengoku no Tobira".to_owned();
        let is_edited = reason == DifferenceReason::Edited;
        let forecast = if is_edited { PushForecast::Sent } else { PushForecast::NotAskedFor };
        ShownDifference { mal_id: 1, title, edited_at, is_removed: false, difference, forecast }
    }

    #[test]
    fn difference_object_has_the_documented_fields_in_their_order() {
        let difference = shown(Field::EpisodesWatched, json!(7), json!(5), DifferenceReason::Edited);
        assert_snapshot!(to_json_line(&to_json(&difference)), @r#"{"mal_id":1,"title":"Cowboy Bebop: Tengoku no Tobira","field":"episodes_watched","local":7,"mal":5,"why":"edited","rule":"higher","pinned":false,"edited_at":"2026-11-22T19:00:00Z"}"#);
    }

    #[test]
    fn table_fits_80_columns() {
        let long = "A note that is far too long for the column of a table that has to fit a terminal";
        let shown = [
            shown(Field::EpisodesWatched, json!(7), json!(5), DifferenceReason::Edited),
            shown(Field::Notes, json!(long), json!(null), DifferenceReason::Kept),
            shown(Field::Tags, json!(["a", "b"]), json!([]), DifferenceReason::OnlyHere),
        ];
        let text = to_table(&shown).render(Some(80));
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert_snapshot!(text, @r#"
        title                           field             local       MAL  why
        Cowboy Bebop: Tengoku no Tobi…  episodes_watched  7           5    edited
        Cowboy Bebop: Tengoku no Tobi…  notes             A note th…  -    kept (higher)
        Cowboy Bebop: Tengoku no Tobi…  tags              a, b        -    local only
        "#);
        assert_snapshot!(summary_text(&shown), @"1 field of 1 entry to send: malsync push; 1 entry local only. To create on MAL: malsync push --add");
        let removed = ShownDifference { is_removed: true, ..shown[2].clone() };
        let text = to_table(std::slice::from_ref(&removed)).render(Some(80));
        assert!(text.contains("-    removed from MAL"), "{text}");
        assert_snapshot!(summary_text(&[removed]), @"1 entry removed from MAL. To create it again: malsync push 1 --add");
    }

    #[test]
    fn values_that_cannot_be_sent_are_not_promised() {
        let date = shown(Field::StartDate, json!("2024"), json!(null), DifferenceReason::Edited);
        let date = ShownDifference { forecast: PushForecast::CannotSend("MAL takes a full date".into()), ..date };
        assert_snapshot!(summary_text(std::slice::from_ref(&date)), @"1 edited field cannot be sent");
        assert_snapshot!(unsendable_texts(std::slice::from_ref(&date)).join("\n"), @"Cowboy Bebop: Tengoku no Tobira (1): start_date cannot be sent: MAL takes a full date");
        let many = vec![date; 12];
        assert_eq!(unsendable_texts(&many).last().map(String::as_str), Some("and 2 more"));
    }
}
