//! Arguments of the commands that show entries, and the entry filter.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use rust_decimal::Decimal;

use super::{
    common_args::{RemovedArgs, UserArgs},
    filter_values::{AiringStatus, RangeArg, SeasonArg},
    value::{self, ListSort},
};
use crate::domain::partial_date::PartialDate;

/// Entry filter. Every flag given must hold. Commas mean OR. A repeated flag means OR too; for --genre, --studio and --tag it
/// means AND.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Only entries with this status (commas mean OR)
    #[arg(short, long = "status", value_name = "STATUS", value_parser = value::status_parser(), value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only entries whose title contains TEXT (any language; ignores case and accents)
    #[arg(long, value_name = "TEXT", value_parser = value::parse_non_empty)]
    pub search: Option<String>,
    /// Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)
    #[arg(long = "score", value_name = "RANGE", value_parser = value::parse_score_range, allow_negative_numbers = true, value_delimiter = ',')]
    pub score: Vec<RangeArg<i32>>,
    /// Filter by MAL's mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)
    #[arg(long, value_name = "RANGE", value_parser = value::parse_mean_range, allow_negative_numbers = true, value_delimiter = ',')]
    pub mean: Vec<RangeArg<Decimal>>,
    /// Only anime of this genre (commas mean OR; repeat for AND)
    #[arg(long, value_name = "NAME", value_parser = value::parse_non_empty)]
    pub genre: Vec<String>,
    /// Only anime by this studio (commas mean OR; repeat for AND)
    #[arg(long, value_name = "NAME", value_parser = value::parse_non_empty)]
    pub studio: Vec<String>,
    /// Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR
    #[arg(long, value_name = "SEASON", value_delimiter = ',')]
    pub season: Vec<SeasonArg>,
    /// Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub media_type: Vec<String>,
    /// Filter by airing status: finished, airing or upcoming (commas mean OR)
    #[arg(long, value_name = "STATE", value_parser = value::airing_parser(), value_delimiter = ',')]
    pub airing: Vec<AiringStatus>,
    /// Only entries with this tag (commas mean OR; repeat for AND)
    #[arg(long, value_name = "TAG", value_parser = value::parse_non_empty)]
    pub tag: Vec<String>,
    /// Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)
    #[arg(long, value_name = "DATES", value_delimiter = ',')]
    pub started: Vec<RangeArg<PartialDate>>,
    /// Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)
    #[arg(long, value_name = "DATES", value_delimiter = ',')]
    pub finished: Vec<RangeArg<PartialDate>>,
    /// Only entries with local changes that are not on MAL
    #[arg(long)]
    pub edited: bool,
    /// Only entries with a pinned field
    #[arg(long)]
    pub pinned: bool,
    /// Only entries that you are rewatching
    #[arg(long)]
    pub rewatching: bool,
}

/// `list`
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// Only entries whose title contains TEXT, like --search; a mistyped title finds the nearest one
    #[arg(value_name = "TEXT", value_hint = ValueHint::Other, value_parser = value::parse_non_empty, conflicts_with = "search")]
    #[arg(id = "words")]
    pub text: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season,
    /// aired, type, studio, source, length, users, priority, rewatched or mal-updated. Prefix with - for descending;
    /// separate several keys with commas
    #[arg(long, value_name = "KEYS", value_hint = ValueHint::Other, default_value = "title", allow_hyphen_values = true, value_delimiter = ',')]
    pub sort: Vec<ListSort>,
    /// Comma-separated columns to show; use `--columns help` for a list (default: the most useful ones in the table, all in
    /// JSON and CSV)
    #[arg(long, value_name = "COLUMNS", value_hint = ValueHint::Other, value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Show at most N entries (default: all)
    #[arg(short = 'n', long, value_name = "N", value_parser = value::parse_limit)]
    pub limit: Option<u32>,
    /// Print JSON Lines, one object per entry
    #[arg(long, visible_alias = "ndjson", conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV with a header row
    #[arg(long)]
    pub csv: bool,
    /// Do not use a pager [env: MALSYNC_PAGER, PAGER]
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub removed: RemovedArgs,
}

/// `show`
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// MAL ID or title of an anime, or part of a title (ignores case and accents). A number is tried as an ID first
    #[arg(value_name = "MAL_ID|TITLE", value_hint = ValueHint::Other, required = true, value_parser = value::parse_non_empty)]
    #[arg(id = "which")]
    pub query: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show at most N lines of its history, newest first
    #[arg(short = 'n', long, value_name = "N", default_value = "20", value_parser = value::parse_limit, conflicts_with = "all")]
    pub limit: u32,
    /// Show the whole history
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Do not use a pager [env: MALSYNC_PAGER, PAGER]
    #[arg(long)]
    pub no_pager: bool,
}

/// `open`
#[derive(Args, Clone, Debug)]
pub struct OpenArgs {
    /// MAL ID or title of an anime, or part of a title (ignores case and accents). A number is tried as an ID first
    #[arg(value_name = "MAL_ID|TITLE", value_hint = ValueHint::Other, required = true, value_parser = value::parse_non_empty)]
    #[arg(id = "which")]
    pub query: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
}

/// `stats`
#[derive(Args, Clone, Debug)]
pub struct StatsArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Number of rows in each ranking
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value::parse_positive_count)]
    pub top: u32,
    /// Draw bars with # (default if the locale is not UTF-8)
    #[arg(long, conflicts_with = "json")]
    pub ascii: bool,
    /// Print all statistics as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Do not use a pager [env: MALSYNC_PAGER, PAGER]
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
}

/// `report`
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Number of rows in each chart; tables always list everything
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value::parse_positive_count)]
    pub top: u32,
    /// Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with
    /// --open, otherwise standard output)
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Open the report in the browser [env: BROWSER]
    #[arg(long)]
    pub open: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
}
