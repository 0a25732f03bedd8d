//! A local edit: what a command here did to an entry, against which value of MAL's.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{anime::Anime, change::Field, entry::StoredEntry, user::UserId};

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
}

impl EditCommand {
    /// The command's word, as `list_edits.command` holds it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Restore => "restore",
            Self::Import => "import",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
        }
    }
}

/// One field of one entry that was edited.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEdit {
    /// Which; [`Field::Entry`] for an entry that was made, [`Field::RemovedAt`] for the mark.
    pub field: Field,
    /// The value before, in the field's own JSON type.
    pub local: Value,
    /// MAL's value as last seen; null where MAL never had the entry.
    pub base: Value,
    /// The value now.
    pub kept: Value,
}

/// An entry that an edit is wanted of.
#[derive(Clone, Debug, PartialEq)]
pub struct EditTarget {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime, to be made where it is not known yet; one that is known is left as it is.
    pub anime: Option<Anime>,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryEdit {
    /// The entry as it stands afterwards.
    pub entry: StoredEntry,
    /// What is recorded of it.
    pub field_edits: Vec<FieldEdit>,
    /// The entry is deleted.
    pub is_deleted: bool,
}

/// What edits did, all in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditSummary {
    /// Whose they were; none where nothing was carried out.
    pub user: Option<UserId>,
    /// The number that the rows in `list_edits` share; none where nothing changed.
    pub edit_id: Option<i64>,
    /// The entries that were decided on, before (none: made) and after, in ascending order of MAL's id.
    pub entries: Vec<(Option<StoredEntry>, StoredEntry)>,
}

/// A local edit as it is read back from `list_edits`. The words are as stored: a newer malsync may have made some.
#[derive(Clone, Debug, PartialEq)]
pub struct EditRecord {
    /// The row.
    pub id: i64,
    /// Shared by the rows of one command.
    pub edit_id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// The anime's title today, if the anime is still known.
    pub title: Option<String>,
    /// `edit`, `restore`, `import`, `pin` or `unpin`.
    pub command: String,
    /// The column's name.
    pub field: String,
    /// The value before.
    pub local: Value,
    /// MAL's value as last seen then.
    pub base: Value,
    /// The value afterwards.
    pub kept: Value,
}
