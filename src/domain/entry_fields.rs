//! The synced fields of an entry: each is defined once, in `FIELD_DEFINITIONS`.
//!
//! To add a field: a member of [`EntryValues`], a variant of [`Field`], and a row of `FIELD_DEFINITIONS`. Its JSON, its
//! comparison, `resolve`, `restore` and the import of JSON of MAL's API follow from the row. What does not follow:
//!
//! - how MAL's value is parsed: `list_status_parser`; how it is sent: `sync::push::form_value`
//! - the rule of the field, if it is not that MAL wins: `sync::resolve`
//! - the column in the database and in the index of `differing_entries`
//! - the column in `list`, the import of malsync's own files (`malsync_entry`) and MAL's XML, and the flag of `edit`

use serde_json::Value;

use super::{
    comment_text,
    field_value::{FieldType, FieldValue},
    partial_date::PartialDate,
};

/// Values of the `user_anime_lists` columns that the merge rules cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryValues {
    /// One of MAL's five statuses. A row written by another program may hold any text.
    pub status: String,
    /// 1 to 10; `None` if there is no score.
    pub score: Option<i32>,
    /// Number of episodes watched; `None` if the column is null. MAL's values have none while MAL's entry is being
    /// rewatched, because MAL's count is then that of the rewatch.
    pub episodes_watched: Option<i32>,
    /// Date on which the user started watching.
    pub start_date: Option<PartialDate>,
    /// Date on which the user finished watching.
    pub finish_date: Option<PartialDate>,
    /// The user's notes; MAL calls them comments, which `comment_text` decodes. `None` if empty.
    pub notes: Option<String>,
    /// True while the user is rewatching the anime.
    pub is_rewatching: bool,
    /// Number of episodes watched in the rewatch. `None` unless the entry is being rewatched.
    pub rewatch_episodes: Option<i32>,
    /// Number of completed rewatches.
    pub times_rewatched: i32,
    /// 0 to 5.
    pub rewatch_value: i32,
    /// 0 to 2.
    pub priority: i32,
    /// The user's tags, in MAL's order.
    pub tags: Vec<String>,
}

/// A column of `user_anime_lists` that change records can name. The synced fields come first, in the order of
/// `FIELD_DEFINITIONS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `status`
    Status,
    /// `score`
    Score,
    /// `episodes_watched`
    EpisodesWatched,
    /// `start_date`
    StartDate,
    /// `finish_date`
    FinishDate,
    /// `notes`
    Notes,
    /// `is_rewatching`
    IsRewatching,
    /// `rewatch_episodes`
    RewatchEpisodes,
    /// `times_rewatched`
    TimesRewatched,
    /// `rewatch_value`
    RewatchValue,
    /// `priority`
    Priority,
    /// `tags`
    Tags,
    /// The whole entry was created or deleted.
    Entry,
    /// `removed_at`: the mark of an entry that is no longer on MAL.
    RemovedAt,
}

/// The definition of a synced field.
struct FieldDefinition {
    field: Field,
    /// The name of the column, and of the field in malsync's JSON.
    name: &'static str,
    /// The name in MAL's `list_status`. `None` if MAL has no such field.
    mal_name: Option<&'static str>,
    get: for<'a> fn(&'a EntryValues) -> FieldValue<'a>,
    set_json: fn(&mut EntryValues, &Value) -> Option<()>,
    copy: fn(&mut EntryValues, &EntryValues),
}

/// Defines a field by its variant, its member of [`EntryValues`], which has the column's name, and MAL's name.
macro_rules! define_field {
    ($field:ident, $member:ident, $mal_name:expr) => {
        FieldDefinition {
            field: Field::$field,
            name: stringify!($member),
            mal_name: $mal_name,
            get: |values| values.$member.to_field_value(),
            set_json: |values, json| {
                values.$member = FieldType::from_json(json)?;
                Some(())
            },
            copy: |values, from| values.$member.clone_from(&from.$member),
        }
    };
}

/// The synced fields, in the order in which they are reported.
const FIELD_DEFINITIONS: &[FieldDefinition] = &[
    define_field!(Status, status, Some("status")),
    define_field!(Score, score, Some("score")),
    define_field!(EpisodesWatched, episodes_watched, Some("num_episodes_watched")),
    define_field!(StartDate, start_date, Some("start_date")),
    define_field!(FinishDate, finish_date, Some("finish_date")),
    define_field!(Notes, notes, Some("comments")),
    define_field!(IsRewatching, is_rewatching, Some("is_rewatching")),
    define_field!(RewatchEpisodes, rewatch_episodes, None),
    define_field!(TimesRewatched, times_rewatched, Some("num_times_rewatched")),
    define_field!(RewatchValue, rewatch_value, Some("rewatch_value")),
    define_field!(Priority, priority, Some("priority")),
    define_field!(Tags, tags, Some("tags")),
];

impl Field {
    /// The fields that a merge rule covers, in the order in which they are reported.
    pub const SYNCED_FIELDS: [Self; FIELD_DEFINITIONS.len()] = {
        let mut fields = [Self::Status; FIELD_DEFINITIONS.len()];
        let mut index = 0;
        while index < fields.len() {
            fields[index] = FIELD_DEFINITIONS[index].field;
            assert!(fields[index] as usize == index, "the variants are in the order of the definitions");
            index += 1;
        }
        fields
    };

    /// Returns all fields that change records can name.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::SYNCED_FIELDS.into_iter().chain([Self::Entry, Self::RemovedAt])
    }

    /// Returns the field with this column name. Returns `None` if the name is unknown.
    #[must_use]
    pub fn parse_name(name: &str) -> Option<Self> {
        Self::all().find(|field| field.as_str() == name)
    }

    /// Returns the column's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::RemovedAt => "removed_at",
            synced => FIELD_DEFINITIONS[synced as usize].name,
        }
    }

    /// Returns the name in MAL's `list_status`. Returns `None` if MAL has no such field.
    #[must_use]
    pub fn mal_name(self) -> Option<&'static str> {
        self.definition().and_then(|definition| definition.mal_name)
    }

    /// Returns true if two values of this field are the same. Notes are the same if they differ only in the spelling of
    /// line breaks and in white space at the end.
    #[must_use]
    pub fn is_same(self, a: FieldValue<'_>, b: FieldValue<'_>) -> bool {
        let text = |value| match value {
            FieldValue::Text(text) => Some(text),
            FieldValue::Null => Some(""),
            _ => None,
        };
        a == b || self == Self::Notes && text(a).zip(text(b)).is_some_and(|(a, b)| comment_text::is_same_text(a, b))
    }

    /// Returns true if two JSON values of this field, as [`EntryValues::field_json`] writes them, are the same.
    #[must_use]
    pub fn is_same_json(self, a: &Value, b: &Value) -> bool {
        let text =
            |value: &Value| if value.is_null() { Some(String::new()) } else { value.as_str().map(str::to_owned) };
        a == b || self == Self::Notes && text(a).zip(text(b)).is_some_and(|(a, b)| comment_text::is_same_text(&a, &b))
    }

    /// Returns the definition. Returns `None` if the field is not synced.
    fn definition(self) -> Option<&'static FieldDefinition> {
        FIELD_DEFINITIONS.get(self as usize)
    }
}

impl EntryValues {
    /// Returns the value of a field. Returns [`FieldValue::Null`] if the field is not synced.
    #[must_use]
    pub fn get(&self, field: Field) -> FieldValue<'_> {
        field.definition().map_or(FieldValue::Null, |definition| (definition.get)(self))
    }

    /// Returns the value of a field as JSON in its own type: a date as MAL writes it, an absent value as null.
    #[must_use]
    pub fn field_json(&self, field: Field) -> Value {
        self.get(field).to_json()
    }

    /// Returns true if a field has the same value in both, as [`Field::is_same`] compares it.
    #[must_use]
    pub fn has_same(&self, field: Field, other: &Self) -> bool {
        field.is_same(self.get(field), other.get(field))
    }

    /// Returns the fields whose values are not the same in both.
    pub fn differing_fields<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Field> + 'a {
        Field::SYNCED_FIELDS.into_iter().filter(|field| !self.has_same(*field, other))
    }

    /// Sets a field to a value that [`EntryValues::field_json`] returned. Returns `None` if the value is not one of this
    /// field.
    #[must_use]
    pub fn set_field_json(&mut self, field: Field, json: &Value) -> Option<()> {
        (field.definition()?.set_json)(self, json)
    }

    /// Copies a field from other values. A field that is not synced is ignored.
    pub fn copy_field(&mut self, field: Field, from: &Self) {
        if let Some(definition) = field.definition() {
            (definition.copy)(self, from);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::test_values::every_field_set;

    #[test]
    fn set_field_json_restores_every_field_from_its_json() {
        for values in [every_field_set(), EntryValues::default()] {
            let mut read = EntryValues { status: "dropped".into(), ..EntryValues::default() };
            for field in Field::SYNCED_FIELDS {
                assert_eq!(read.set_field_json(field, &values.field_json(field)), Some(()), "{field:?}");
            }
            assert_eq!(read, values);
        }
    }

    #[test]
    fn notes_are_the_same_up_to_line_breaks_and_white_space_at_the_end() {
        let with = |notes: Option<&str>| EntryValues { notes: notes.map(Into::into), ..EntryValues::default() };
        for (a, b, is_same) in [
            (Some("a\nb"), Some("a<br />\r\nb\r\n"), true),
            (None, Some(" \n"), true),
            (Some("a & b"), Some("a &amp; b"), false),
        ] {
            assert_eq!(with(a).has_same(Field::Notes, &with(b)), is_same, "{a:?} {b:?}");
            assert_eq!(Field::Notes.is_same_json(&json!(a), &json!(b)), is_same, "{a:?} {b:?}");
            assert_eq!(with(a).differing_fields(&with(b)).count(), usize::from(!is_same));
        }
        assert!(
            !Field::Status.is_same_json(&json!("a"), &json!("a "))
                && !Field::Score.is_same_json(&json!(null), &json!(0))
        );
    }

    #[test]
    fn copy_field_copies_that_field_only() {
        let mut values = EntryValues::default();
        for field in Field::SYNCED_FIELDS {
            let mut one = EntryValues::default();
            one.copy_field(field, &every_field_set());
            let differing = Field::SYNCED_FIELDS.into_iter().filter(|other| one.get(*other).is_set());
            assert_eq!(differing.collect::<Vec<_>>(), [field]);
            values.copy_field(field, &every_field_set());
        }
        assert_eq!(values, every_field_set());
    }

    #[test]
    fn set_field_json_rejects_value_of_another_type() {
        for (field, json) in [
            (Field::Status, json!(null)),
            (Field::Score, json!("8")),
            (Field::Score, json!(1_u64 << 40)),
            (Field::StartDate, json!("2019-13")),
            (Field::IsRewatching, json!(null)),
            (Field::Priority, json!(null)),
            (Field::Tags, json!(["a", 1])),
            (Field::Entry, json!({})),
            (Field::RemovedAt, json!(null)),
        ] {
            let mut values = every_field_set();
            assert_eq!(values.set_field_json(field, &json), None, "{field:?} {json}");
            assert_eq!(values, every_field_set());
        }
    }

    #[test]
    fn parse_name_returns_field_of_each_name() {
        for field in Field::all() {
            assert_eq!(Field::parse_name(field.as_str()), Some(field));
        }
        assert_eq!(Field::parse_name("comments"), None);
        assert_eq!((Field::Notes.mal_name(), Field::Entry.mal_name()), (Some("comments"), None));
    }
}
