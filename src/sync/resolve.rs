//! The conflict rules: what stands after a local entry and MAL's meet. Pure, and nowhere else.
//!
//! `local` is the row, `base` MAL's value as last seen, `remote` MAL's value now. Where local equals base, a difference is
//! MAL's news; where it does not, or where a rule keeps the local value, it is a conflict. The rules themselves are the
//! table of `rule_of` and the arms of `keep`. A pin is the one exception to them: a pinned field keeps its local value,
//! an empty one too, and wherever MAL's is another, that is a conflict, an empty side included: it is the only sign that
//! a pin holds something off.

use std::{borrow::Cow, fmt};

use serde_json::{Value, json};

use crate::domain::{
    change::{Field, Rule},
    entry::Values,
    partial_date::PartialDate,
};

use super::port::LastConflict;

/// One field's value, borrowed from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Number(i32),
    Flag(bool),
    Date(PartialDate),
    Tags(&'a [String]),
}

impl<'a> Cell<'a> {
    fn of(values: &'a Values, field: Field) -> Self {
        let text = |text: &'a Option<String>| text.as_deref().map_or(Self::Nothing, Self::Text);
        let number = |number: Option<i32>| number.map_or(Self::Nothing, Self::Number);
        let date = |date: Option<PartialDate>| date.map_or(Self::Nothing, Self::Date);
        match field {
            Field::Status => Self::Text(&values.status),
            Field::Score => number(values.score),
            Field::EpisodesWatched => number(values.episodes_watched),
            Field::StartDate => date(values.start_date),
            Field::FinishDate => date(values.finish_date),
            Field::Notes => text(&values.notes),
            Field::IsRewatching => Self::Flag(values.is_rewatching),
            Field::TimesRewatched => Self::Number(values.times_rewatched),
            Field::RewatchValue => Self::Number(values.rewatch_value),
            Field::Priority => Self::Number(values.priority),
            Field::Tags => Self::Tags(&values.tags),
            Field::Entry | Field::RemovedAt => Self::Nothing,
        }
    }

    /// Whether there is a value: not null, empty, 0 or false.
    fn is_set(self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => number != 0,
            Self::Flag(flag) => flag,
            Self::Date(_) => true,
            Self::Tags(tags) => !tags.is_empty(),
        }
    }

    const fn number(self) -> i32 {
        match self {
            Self::Number(number) => number,
            _ => 0,
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Flag(flag) => json!(flag),
            Self::Date(date) => json!(date.to_string()),
            Self::Tags(tags) => json!(tags),
        }
    }
}

/// Which rule settles a field, where these are pinned.
#[must_use]
pub fn rule_for(field: Field, pinned: &[Field]) -> Rule {
    if pinned.contains(&field) { Rule::Pinned } else { rule_of(field) }
}

/// Which rule settles a field that is not pinned.
const fn rule_of(field: Field) -> Rule {
    match field {
        Field::Score => Rule::MalIfScored,
        Field::EpisodesWatched => Rule::Higher,
        Field::StartDate | Field::FinishDate => Rule::MalIfSet,
        Field::Notes => Rule::LocalIfOwn,
        _ => Rule::Mal,
    }
}

/// The value that stands, by the rule.
fn keep<'a>(rule: Rule, local: Cell<'a>, base: Option<Cell<'_>>, remote: Cell<'a>) -> Cell<'a> {
    match rule {
        Rule::Mal => remote,
        Rule::MalIfScored | Rule::MalIfSet if remote.is_set() => remote,
        Rule::MalIfScored | Rule::MalIfSet => local,
        Rule::Higher if local.number() > remote.number() => local,
        Rule::Higher => remote,
        Rule::LocalIfOwn => {
            let differs = |from| !same(rule, local, from);
            let own = local.is_set() && differs(remote) && base.is_none_or(differs);
            if own || !remote.is_set() { local } else { remote }
        }
        Rule::Pinned => local,
    }
}

/// Whether two values are the same to a rule: notes are compared with their HTML entities resolved on both sides.
fn same(rule: Rule, a: Cell<'_>, b: Cell<'_>) -> bool {
    match (rule, a, b) {
        (Rule::LocalIfOwn, Cell::Text(a), Cell::Text(b)) => plain(a) == plain(b),
        _ => a == b,
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    html_escape::decode_html_entities(text)
}

/// A field that changes, or in which two values stand against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// Which.
    pub field: Field,
    /// The value here.
    pub local: Value,
    /// MAL's value.
    pub mal: Value,
    /// The value that stands.
    pub kept: Value,
    /// What settled it.
    pub rule: Rule,
    /// The row's column changes.
    pub changed: bool,
    /// Whether it is a conflict.
    pub conflict: Conflict,
}

/// Whether the two values of a field are in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// They are not: one has no value, or it is MAL's news.
    No,
    /// They are, and were not when MAL was last seen.
    New,
    /// They are, and perhaps stood so when MAL was last seen: it is new unless it was the last one recorded.
    Standing,
}

impl Settled {
    /// Whether this is a conflict that is met for the first time, given the last one that was recorded for the field.
    #[must_use]
    pub fn is_new_conflict(&self, last: Option<&LastConflict>) -> bool {
        match self.conflict {
            Conflict::No => false,
            Conflict::New => true,
            // Where MAL's was kept the last time, the pair did not stand on: somebody made it anew.
            Conflict::Standing => {
                last.is_none_or(|last| last.local != self.local || last.mal != self.mal || last.kept != self.local)
            }
        }
    }
}

/// What stands after the two have met.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The row's values now.
    pub values: Values,
    /// The fields that change or are in conflict, in the order of [`Field::RULED`].
    pub settled: Vec<Settled>,
}

impl Resolution {
    /// Whether a column changes.
    #[must_use]
    pub fn changes_row(&self) -> bool {
        self.settled.iter().any(|settled| settled.changed)
    }

    /// Whether the last recorded conflicts are needed to tell an old conflict from a new one.
    #[must_use]
    pub fn wants_history(&self) -> bool {
        self.settled.iter().any(|settled| settled.conflict == Conflict::Standing)
    }
}

/// Applies the rules to every field of an entry; those that are pinned stay as they are here.
#[must_use]
pub fn resolve(local: &Values, base: Option<&Values>, remote: &Values, pinned: &[Field]) -> Resolution {
    let mut values = local.clone();
    let mut settled = Vec::new();
    for field in Field::RULED {
        let rule = rule_for(field, pinned);
        let (here, mal) = (Cell::of(local, field), Cell::of(remote, field));
        if here == mal {
            continue;
        }
        let before = base.map(|base| Cell::of(base, field));
        let kept = keep(rule, here, before, mal);
        let conflict = conflict(field, rule, here, before, mal, kept);
        let changed = kept != here;
        if changed {
            take(&mut values, field, remote);
        }
        if changed || conflict != Conflict::No {
            let (local, mal, kept) = (here.json(), mal.json(), kept.json());
            settled.push(Settled { field, local, mal, kept, rule, changed, conflict });
        }
    }
    Resolution { values, settled }
}

fn conflict(
    field: Field,
    rule: Rule,
    local: Cell<'_>,
    base: Option<Cell<'_>>,
    mal: Cell<'_>,
    kept: Cell<'_>,
) -> Conflict {
    let same = |a, b| same(rule_of(field), a, b);
    let stand = match rule {
        Rule::Pinned => local.is_set() || mal.is_set(),
        _ => local.is_set() && mal.is_set(),
    };
    if !stand || same(local, mal) {
        return Conflict::No;
    }
    let mal_taken = kept == mal;
    let is_base = |value| base.is_some_and(|base| same(value, base));
    if mal_taken && is_base(local) {
        Conflict::No
    } else if is_base(mal) {
        // Be it kept or set back: what is set back now may have stood so far, by a pin that was let go.
        Conflict::Standing
    } else {
        Conflict::New
    }
}

/// Takes MAL's value of a field: whatever is not kept as it was is MAL's.
pub(super) fn take(values: &mut Values, field: Field, remote: &Values) {
    match field {
        Field::Status => values.status.clone_from(&remote.status),
        Field::Score => values.score = remote.score,
        Field::EpisodesWatched => values.episodes_watched = remote.episodes_watched,
        Field::StartDate => values.start_date = remote.start_date,
        Field::FinishDate => values.finish_date = remote.finish_date,
        Field::Notes => values.notes.clone_from(&remote.notes),
        Field::IsRewatching => values.is_rewatching = remote.is_rewatching,
        Field::TimesRewatched => values.times_rewatched = remote.times_rewatched,
        Field::RewatchValue => values.rewatch_value = remote.rewatch_value,
        Field::Priority => values.priority = remote.priority,
        Field::Tags => values.tags.clone_from(&remote.tags),
        Field::Entry | Field::RemovedAt => {}
    }
}

/// A field's value in its own JSON type: a date as MAL gives it, an absent value as null.
#[must_use]
pub fn value_of(values: &Values, field: Field) -> Value {
    Cell::of(values, field).json()
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} here, {} on MAL, kept {}", self.field.as_str(), self.local, self.mal, self.kept)
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
