//! Arguments of the commands that compare the list with MAL's and send values to MAL.

use clap::{Args, ValueHint};

use super::{
    common_args::UserArgs,
    entries::FilterArgs,
    filter_values::RemovedEntries,
    value::{self, DEFAULT_MAX_PUSHED},
};
use crate::domain::entry_fields::Field;

/// The entries of a command: those named, or those that pass the filter, or all.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct EntrySelectionArgs {
    /// Take this anime: MAL's id, a title, or the beginning of one; a number is an id first (default: every anime)
    #[arg(value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_non_empty)]
    #[arg(id = "which")]
    pub anime: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    /// Take also the entries that are no longer on MAL; with =only nothing else
    #[arg(
        long,
        value_name = "WHICH",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "also",
        hide_possible_values = true
    )]
    pub removed: Option<RemovedEntries>,
}

/// `diff`
#[derive(Args, Clone, Debug)]
pub struct DiffArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub selection: EntrySelectionArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one line of JSON a field
    #[arg(long)]
    pub json: bool,
    /// Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// Arguments of a command that changes entries on one side, after showing what it would change.
#[derive(Args, Clone, Debug)]
pub struct ConfirmedChangeArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub selection: EntrySelectionArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Take only this field; can be given several times (default: every field that differs)
    #[arg(long = "field", value_name = "FIELD", value_hint = ValueHint::Other, value_parser = value::field_parser())]
    pub fields: Vec<Field>,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask; needed where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
    /// Print one line of JSON an entry
    #[arg(long)]
    pub json: bool,
}

/// `push`
#[derive(Args, Clone, Debug)]
#[command(
    mut_arg("fields", |arg| arg.help(PUSH_FIELDS_HELP)),
    mut_arg("dry_run", |arg| arg.help("Read what MAL has and show what would be sent; send and write nothing")),
    mut_arg("json", |arg| arg.help("Print the run as one line of JSON")),
)]
pub struct PushArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub common: ConfirmedChangeArgs,
    /// Make the entries that are only here on MAL too; those removed from MAL only if they are named or asked for by --removed
    #[arg(long)]
    pub add: bool,
    /// Refuse to send more than so many entries
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_PUSHED, value_parser = value::parse_positive_count)]
    pub max: u32,
    /// Send also what MAL has changed meanwhile
    #[arg(long)]
    pub force: bool,
}

const PUSH_FIELDS_HELP: &str = "Send this field and no other, edited or not, where it differs from MAL's; can be given \
    several times (default: the edited fields)";
