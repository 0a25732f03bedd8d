//! Arguments of the commands that compare the list with MAL's and send values to MAL.

use clap::{Args, ValueHint};

use super::{
    common_args::{RemovedArgs, UserArgs},
    entries::FilterArgs,
    value::{self, DEFAULT_MAX_PUSHED},
};
use crate::domain::entry_fields::Field;

/// The entries of a command: those named, or those that pass the filter, or all.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct EntrySelectionArgs {
    /// MAL ID or title of an anime, or the beginning of a title. A number is tried as an ID first (default: all anime)
    #[arg(value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_non_empty)]
    #[arg(id = "which")]
    pub anime: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub removed: RemovedArgs,
}

/// `diff`
#[derive(Args, Clone, Debug)]
pub struct DiffArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one JSON object per field
    #[arg(long)]
    pub json: bool,
    /// Do not use a pager [env: MALSYNC_PAGER, PAGER]
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub selection: EntrySelectionArgs,
}

/// Arguments of a command that changes entries on one side, after showing what it would change.
#[derive(Args, Clone, Debug)]
pub struct ConfirmedChangeArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Revert only this field; repeat for several (default: all fields that differ)
    #[arg(long = "field", value_name = "FIELD", value_hint = ValueHint::Other, value_parser = value::field_parser())]
    pub fields: Vec<Field>,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Skip confirmation (required when not run from a terminal)
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object per entry
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub selection: EntrySelectionArgs,
}

/// `push`
#[derive(Args, Clone, Debug)]
#[command(
    mut_arg("fields", |arg| arg.help(PUSH_FIELDS_HELP)),
    mut_arg("dry_run", |arg| arg.help("Show what would be sent, but send and write nothing")),
    mut_arg("json", |arg| arg.help("Print the result as one JSON object")),
)]
pub struct PushArgs {
    /// Also add entries that are not on MAL; those removed from MAL only if named or selected by --removed
    #[arg(long)]
    pub add: bool,
    /// Maximum number of entries to send
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_PUSHED, value_parser = value::parse_positive_count)]
    pub max: u32,
    /// Also overwrite values that have changed on MAL since the last sync
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub common: ConfirmedChangeArgs,
}

const PUSH_FIELDS_HELP: &str =
    "Send only this field, edited or not, if it differs from MAL's; repeat for several (default: the edited fields)";
