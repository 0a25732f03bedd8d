//! What an edit or a restore did, field by field, and what the next sync makes of it: `edit`, `restore`.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::{of, plain};
use crate::{
    domain::change::Field,
    sync::{
        edit::Outlook,
        restore::{Left, Why},
    },
    ui::clean,
};

/// An entry and what became of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Its title.
    pub title: String,
    /// What changed, or would.
    pub changes: Vec<Outlook>,
    /// What is left alone.
    pub left: Vec<Left>,
}

/// Entries that are told one by one.
const SHOWN: usize = 20;

/// One entry's object.
#[derive(Clone, Debug, Serialize)]
pub struct ToldJson<'a> {
    mal_id: i32,
    title: &'a str,
    changes: Vec<ChangeJson<'a>>,
    left: Vec<LeftJson<'a>>,
    edit_id: Option<i64>,
}

#[derive(Clone, Debug, Serialize)]
struct ChangeJson<'a> {
    field: &'static str,
    local: &'a Value,
    kept: &'a Value,
    mal: &'a Value,
    stays: bool,
    rule: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct LeftJson<'a> {
    field: &'a str,
    here: &'a Value,
    left: &'a Value,
    reason: &'static str,
}

/// The entry as scripts read it; no `edit_id` where nothing was written.
#[must_use]
pub fn json(told: &Told, edit_id: Option<i64>) -> ToldJson<'_> {
    let change = |change: &'_ Outlook| (change.field.as_str(), change.stays, change.rule.map(|rule| rule.as_str()));
    let changes = told.changes.iter().map(|outlook| {
        let (field, stays, rule) = change(outlook);
        ChangeJson { field, local: &outlook.local, kept: &outlook.kept, mal: &outlook.mal, stays, rule }
    });
    let left = told.left.iter().map(|left| LeftJson {
        field: &left.field,
        here: &left.here,
        left: &left.left,
        reason: left.why.as_str(),
    });
    ToldJson { mal_id: told.mal_id, title: &told.title, changes: changes.collect(), left: left.collect(), edit_id }
}

/// The entries as people read them: the first ones by name, then all in numbers.
#[must_use]
pub fn text(told: &[Told], dry_run: bool) -> String {
    let [one] = told else { return many(told, dry_run) };
    let mut text = if one.changes.is_empty() && one.left.is_empty() {
        format!("{}: nothing to change\n", clean(&one.title))
    } else {
        lines(one)
    };
    if dry_run {
        text.push_str("(dry run: nothing was written)\n");
    }
    text
}

fn many(told: &[Told], dry_run: bool) -> String {
    let moved: Vec<&Told> = told.iter().filter(|told| !told.changes.is_empty() || !told.left.is_empty()).collect();
    let mut text: String = moved.iter().take(SHOWN).map(|told| format!("{}  {}", told.mal_id, lines(told))).collect();
    if moved.len() > SHOWN {
        text.push_str(&format!("and {} more\n", moved.len() - SHOWN));
    }
    let changed = told.iter().filter(|told| !told.changes.is_empty()).count();
    let (same, left) = (told.len() - moved.len(), told.iter().filter(|told| !told.left.is_empty()).count());
    let mut sums = vec![format!("{} {}", entries(changed), if dry_run { "would change" } else { "changed" })];
    if same > 0 {
        sums.push(format!("{} the same already", super::count(same)));
    }
    if left > 0 {
        sums.push(format!("{} left alone in part or whole", super::count(left)));
    }
    let end = if dry_run { " (dry run: nothing was written)" } else { "" };
    text.push_str(&format!("{}{end}\n", sums.join(", ")));
    text
}

fn entries(number: usize) -> String {
    of(i64::try_from(number).unwrap_or(i64::MAX), "entry", "entries")
}

fn lines(told: &Told) -> String {
    let changes: Vec<String> = told.changes.iter().map(change).collect();
    let left: Vec<String> = told.left.iter().map(left).collect();
    let all = [changes, left].concat().join("; ");
    format!("{}: {all}\n", clean(&told.title))
}

fn change(change: &Outlook) -> String {
    let (field, from, to) = (change.field.as_str(), shown(&change.local), shown(&change.kept));
    match (change.field, &change.local) {
        (Field::Entry, Value::Null) => "made again, here alone".to_owned(),
        (Field::Entry, _) => "taken out of the list".to_owned(),
        (Field::RemovedAt, Value::Null) => "marked as removed again".to_owned(),
        (Field::RemovedAt, _) => "no longer marked as removed, an entry of this list alone".to_owned(),
        _ if change.stays => format!("{field} {from} → {to} (stays)"),
        _ if change.seen => format!("{field} {from} → {to} (until the next sync)"),
        _ => format!("{field} {from} → {to}"),
    }
}

fn left(left: &Left) -> String {
    let (field, here) = (clean(&left.field), shown(&left.here));
    match left.why {
        Why::ChangedSince if left.field == "entry" => {
            "left alone: it was changed since (--force deletes it)".to_owned()
        }
        Why::ChangedSince => format!("{field} left alone: it is {here} by now, not {} (--force)", shown(&left.left)),
        Why::NotInList => format!("{field} left alone: the entry is not in the list"),
        Why::ThereAgain => "left alone: the entry is there again".to_owned(),
        Why::Made => "stays: the run found it on MAL, and the next one would bring it back".to_owned(),
        Why::OnMal => format!("{field} left alone: the entry is on MAL"),
        Why::Unknown => format!("{field} left alone: what was recorded is not understood"),
    }
}

/// What is said where more episodes are set as watched than there are; `fewer` has how many there are.
#[must_use]
pub fn beyond(told: &[Told], fewer: &HashMap<i32, i32>) -> Option<String> {
    let mut found = told.iter().filter_map(|told| {
        let set = told.changes.iter().find(|change| change.field == Field::EpisodesWatched)?;
        Some((told, set, fewer.get(&told.mal_id)?))
    });
    let (told, change, episodes) = found.next()?;
    let watched = shown(&change.kept);
    Some(match found.count() {
        0 => format!("{} has {episodes} episodes, and {watched} are set as watched", clean(&told.title)),
        more => format!("{} have fewer episodes than {watched}, which are set as watched", entries(more + 1)),
    })
}

/// Why nothing of many entries was changed, in numbers of entries; nothing where there are none.
#[must_use]
pub fn why(told: &[Told]) -> String {
    let reasons = [
        (Why::Made, "that the run found on MAL (the next one would bring them back)"),
        (Why::OnMal, "on MAL"),
        (Why::ChangedSince, "changed since (--force)"),
        (Why::ThereAgain, "there again"),
        (Why::NotInList, "not in the list"),
        (Why::Unknown, "of which the record is not understood"),
    ];
    let counted = |(why, what): (Why, &str)| {
        let number = told.iter().filter(|told| told.left.iter().any(|left| left.why == why)).count();
        (number > 0).then(|| format!("{} {what}", entries(number)))
    };
    let reasons: Vec<String> = reasons.into_iter().filter_map(counted).collect();
    if told.len() < 2 { String::new() } else { format!("; left alone: {}", reasons.join(", ")) }
}

/// What the next sync will set back, in a line a field, and how to keep it.
#[must_use]
pub fn warnings(told: &[Told]) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut words = Vec::new();
    for field in Field::RULED {
        let lost: Vec<(&Told, &Outlook)> = told
            .iter()
            .flat_map(|told| told.changes.iter().map(move |change| (told, change)))
            .filter(|(_, change)| change.field == field && !change.stays)
            .collect();
        let Some((_, first)) = lost.first() else { continue };
        let (name, rule) = (field.as_str(), first.rule.map_or("", |rule| rule.as_str()));
        warnings.push(match (&lost[..], first.seen) {
            ([_], true) => {
                format!("the next sync sets {name} back to {}, which MAL has (rule {rule})", shown(&first.mal))
            }
            ([_], false) => format!("the next sync sets {name} to MAL's, should the entry be on MAL (rule {rule})"),
            (all, _) => {
                let number = entries(all.len());
                format!("the next sync sets {name} back to what MAL has in {number} (rule {rule})")
            }
        });
        words.push(name);
    }
    if let Some(last) = warnings.last_mut() {
        let lost = |told: &&Told| told.changes.iter().any(|change| !change.stays);
        let mut ids = told.iter().filter(lost).map(|told| told.mal_id.to_string());
        let id = match (ids.next(), ids.next()) {
            (Some(one), None) => one,
            _ => "MAL_ID".to_owned(),
        };
        last.push_str(&format!("; malsync pin {id} {} keeps it", words.join(" ")));
    }
    warnings
}

/// A value in a sentence: nothing has a name, and a long text is cut.
pub(super) fn shown(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        value => crate::ui::fit(&clean(&plain(value)), LONGEST).into_owned(),
    }
}

#[cfg(test)]
#[path = "edited_tests.rs"]
mod tests;
