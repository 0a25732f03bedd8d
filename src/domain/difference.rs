//! Differences between a local entry and MAL's last values.

use serde_json::Value;

use super::{change::MergeRule, entry_fields::Field};

/// Why a field differs from MAL's last value. The first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceReason {
    /// MAL does not have the entry: it was never there, or it is marked as removed.
    OnlyHere,
    /// The value is the user's own.
    Edited,
    /// A pin keeps the value.
    Pinned,
    /// A merge rule keeps the value.
    Kept,
}

impl DifferenceReason {
    /// Returns the reason's JSON value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnlyHere => "only_here",
            Self::Edited => "edited",
            Self::Pinned => "pinned",
            Self::Kept => "kept",
        }
    }
}

/// A field that differs from MAL's last value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDifference {
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's last value. JSON `null` if MAL never had the entry.
    pub mal: Value,
    /// Why the values differ.
    pub reason: DifferenceReason,
    /// The rule of the next sync. `None` if MAL does not have the entry.
    pub rule: Option<MergeRule>,
    /// True if the field is pinned.
    pub is_pinned: bool,
}
