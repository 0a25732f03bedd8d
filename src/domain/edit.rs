//! Local edits: what a malsync command did to an entry, with the merge base at that time.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{anime::Anime, change::MergeRule, entry::StoredEntry, entry_fields::Field, user::UserId};

/// The command that made an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditCommand {
    /// `malsync edit`
    Edit,
    /// `malsync restore`
    Restore,
    /// `malsync import`
    Import,
    /// `malsync pin`
    Pin,
    /// `malsync unpin`
    Unpin,
    /// `malsync revert`
    Revert,
    /// `malsync undo` of the edit with this id.
    Undo(i64),
    /// `malsync undo` of the `pin` with this id.
    UndoPin(i64),
    /// `malsync undo` of the `unpin` with this id.
    UndoUnpin(i64),
}

impl EditCommand {
    /// Returns the name of the command, or of the one that does the same.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Restore | Self::Undo(_) => "restore",
            Self::Import => "import",
            Self::Pin | Self::UndoUnpin(_) => "pin",
            Self::Unpin | Self::UndoPin(_) => "unpin",
            Self::Revert => "revert",
        }
    }

    /// Returns the text of `list_edits.command`: the name, and after a colon the id of the edit that was undone.
    #[must_use]
    pub fn stored_text(self) -> Cow<'static, str> {
        match self {
            Self::Undo(id) | Self::UndoPin(id) | Self::UndoUnpin(id) => format!("{}:{id}", self.as_str()).into(),
            _ => self.as_str().into(),
        }
    }
}

/// One edited field of one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEdit {
    /// The field. [`Field::Entry`] if the entry was created, [`Field::RemovedAt`] if its mark changed.
    pub field: Field,
    /// The local value before the edit, in the field's own JSON type.
    pub local: Value,
    /// The base: MAL's value when a sync or a push last saw it. JSON `null` if MAL never had the entry.
    pub base: Value,
    /// The local value after the edit.
    pub kept: Value,
}

/// An entry to which an edit applies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EditTarget<'a> {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime, inserted if it is not stored yet. A stored anime is left unchanged.
    pub anime: Option<&'a Anime>,
}

/// The result of an edit of one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryEdit {
    /// The entry after the edit.
    pub entry: StoredEntry,
    /// The field edits to record.
    pub field_edits: Vec<FieldEdit>,
    /// True if the entry is deleted.
    pub is_deleted: bool,
}

/// The result of all edits of one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditSummary {
    /// The user whose entries were edited. `None` if no transaction ran, as in a dry run.
    pub user: Option<UserId>,
    /// The id shared by the rows in `list_edits`. `None` if nothing changed.
    pub edit_id: Option<i64>,
    /// The selected entries before (`None` if created) and after the edit, in ascending order of MAL id. Empty if the
    /// caller did not ask for them.
    pub entries: Vec<(Option<StoredEntry>, StoredEntry)>,
}

/// A row of `list_edits`. Command and field names stay text because a newer malsync may have written unknown ones.
#[derive(Clone, Debug, PartialEq)]
pub struct EditRecord {
    /// The row's id.
    pub id: i64,
    /// The id shared by all rows of one command.
    pub edit_id: i64,
    /// Time of the edit.
    pub at: DateTime<Utc>,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime's current title. `None` if the anime is no longer stored.
    pub title: Option<String>,
    /// `edit`, `restore`, `import`, `revert`, `pin` or `unpin`.
    pub command: String,
    /// The id of the edit that this one undid.
    pub undone_edit_id: Option<i64>,
    /// The column's name.
    pub field: String,
    /// The local value before the edit.
    pub local: Value,
    /// The base before the edit: MAL's value when a sync or a push last saw it.
    pub base: Value,
    /// The local value after the edit.
    pub kept: Value,
}

/// What the next sync does to one edited field.
#[derive(Clone, Debug, PartialEq)]
pub struct EditForecast {
    /// The field.
    pub field: Field,
    /// The value before the edit.
    pub local: Value,
    /// The value after the edit.
    pub kept: Value,
    /// The base: MAL's value when a sync or a push last saw it.
    pub mal: Value,
    /// True if the entry was on MAL at the last sync.
    pub known_on_mal: bool,
    /// True if the next sync keeps this edit, assuming that MAL's value has not changed. For an entry not known on MAL,
    /// fields under [`MergeRule::MalWins`] do not survive: if MAL has the entry, its values win.
    pub survives_sync: bool,
    /// The rule that decides. `None` for a created or deleted entry, and for `removed_at`.
    pub rule: Option<MergeRule>,
}

/// Why a field is not restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The field was changed since.
    ChangedSince,
    /// The entry is not in the list.
    NotInList,
    /// The run created the entry, and the next run would create it again.
    CreatedByRun,
    /// The entry is on MAL now.
    OnMal,
    /// A push did not send the field, because MAL had a third value.
    Conflict,
    /// The field is `is_rewatching`. It stays true, because the entry keeps or regains the count of its rewatch.
    CountOfRewatch,
    /// The record cannot be interpreted.
    Unknown,
}

impl SkipReason {
    /// Returns the reason's JSON value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedSince => "changed_since",
            Self::NotInList => "not_in_list",
            Self::CreatedByRun => "made_by_run",
            Self::OnMal => "on_mal",
            Self::Conflict => "conflict",
            Self::CountOfRewatch => "count_of_rewatch",
            Self::Unknown => "unknown",
        }
    }
}

/// A field that is not restored.
#[derive(Clone, Debug, PartialEq)]
pub struct SkippedField {
    /// The field.
    pub field: String,
    /// The current value.
    pub current_value: Value,
    /// The value after the recorded change.
    pub recorded_value: Value,
    /// Why the field is not restored.
    pub reason: SkipReason,
}
