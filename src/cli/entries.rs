//! Arguments of the commands that show entries, and the entry filter.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use rust_decimal::Decimal;

use super::{
    common_args::UserArgs,
    filter_values::{AiringStatus, RangeArg, RemovedEntries, SeasonArg},
    value::{self, ListSort},
};
use crate::domain::partial_date::PartialDate;

/// Entry filter. Every flag given must hold. A repeated flag holds if one of its values does; for --genre, --studio and
/// --tag all values must hold.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Which entries")]
pub struct FilterArgs {
    /// Take entries with this status; several with commas (default: any)
    #[arg(long = "status", value_name = "S", value_parser = value::status_parser(), value_delimiter = ',')]
    pub status: Vec<String>,
    /// Take entries that have this text in any of their titles; accents, upper and lower case are the same
    #[arg(long, value_name = "TEXT", value_parser = value::parse_non_empty)]
    pub search: Option<String>,
    /// Take entries with this score of yours: 8, 7..9, 7.., ..5 or none
    #[arg(long = "score", value_name = "RANGE")]
    pub score: Option<RangeArg<i32>>,
    /// Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none
    #[arg(long, value_name = "RANGE")]
    pub mean: Option<RangeArg<Decimal>>,
    /// Take entries of this genre, by name
    #[arg(long, value_name = "NAME", value_parser = value::parse_non_empty)]
    pub genre: Vec<String>,
    /// Take entries of this studio, by name
    #[arg(long, value_name = "NAME", value_parser = value::parse_non_empty)]
    pub studio: Vec<String>,
    /// Take anime that began in this season, like spring-2019, or this year, like 2019
    #[arg(long, value_name = "SEASON")]
    pub season: Vec<SeasonArg>,
    /// Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub media_type: Vec<String>,
    /// Take anime in this state: finished, airing or upcoming
    #[arg(long, value_name = "STATE", value_enum)]
    pub airing: Option<AiringStatus>,
    /// Take entries with this tag of yours
    #[arg(long, value_name = "TAG", value_parser = value::parse_non_empty)]
    pub tag: Vec<String>,
    /// Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none
    #[arg(long, value_name = "DATES")]
    pub started: Option<RangeArg<PartialDate>>,
    /// Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none
    #[arg(long, value_name = "DATES")]
    pub finished: Option<RangeArg<PartialDate>>,
    /// Take entries with a value of your own that MAL does not have
    #[arg(long)]
    pub edited: bool,
    /// Take entries with a pinned field
    #[arg(long)]
    pub pinned: bool,
    /// Take entries that you are rewatching
    #[arg(long)]
    pub rewatching: bool,
}

/// `list`
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    /// Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season,
    /// aired, type, studio, source, length, users, priority, rewatched or mal-updated; with a - before it from the highest
    /// down; several with commas, the first one counting most, as in --sort -score,title
    #[arg(long, value_name = "KEYS", value_hint = ValueHint::Other, default_value = "title", allow_hyphen_values = true, value_delimiter = ',')]
    pub sort: Vec<ListSort>,
    /// Show these columns, by their names in JSON, with commas between; help lists them (default: the most useful ones in
    /// the table, all of them in JSON and CSV)
    #[arg(long, value_name = "COLUMNS", value_hint = ValueHint::Other, value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Show the first N entries (default: all)
    #[arg(long, value_name = "N", value_parser = value::parse_limit)]
    pub limit: Option<u32>,
    /// Show also the entries that are no longer on MAL; with =only nothing else
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
    /// Print one line of JSON an entry (which is NDJSON, or JSON Lines)
    #[arg(long, visible_alias = "ndjson", conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV with a header row
    #[arg(long)]
    pub csv: bool,
    /// Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// `show`
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// The anime: MAL's id, or a title or a part of one; accents, upper and lower case are the same. A number is an id first
    #[arg(value_name = "MAL_ID|TITLE", value_hint = ValueHint::Other, required = true, value_parser = value::parse_non_empty)]
    #[arg(id = "which")]
    pub query: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show the newest N lines of its history
    #[arg(long, value_name = "N", default_value = "20", value_parser = value::parse_limit, conflicts_with = "all")]
    pub limit: u32,
    /// Show the whole history
    #[arg(long)]
    pub all: bool,
    /// Print one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// `stats`
#[derive(Args, Clone, Debug)]
pub struct StatsArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    /// Show so many genres, studios, years, seasons, and anime rated apart from MAL
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value::parse_positive_count)]
    pub top: u32,
    /// Draw bars with # (default: where the locale is not UTF-8)
    #[arg(long, conflicts_with = "json")]
    pub ascii: bool,
    /// Print every figure as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)
    #[arg(long)]
    pub no_pager: bool,
}

/// `report`
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    /// Draw so many genres, studios, seasons, and anime rated apart from MAL; the tables have all
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value::parse_positive_count)]
    pub top: u32,
    /// Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with
    /// --open, else standard output)
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Open the file in the browser (variable: BROWSER)
    #[arg(long)]
    pub open: bool,
}
