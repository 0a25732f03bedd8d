//! Arguments of the commands that change entries in the database or show changes.

use chrono::NaiveDate;
use clap::{ArgGroup, Args, FromArgMatches as _, ValueHint};

use super::{
    common_args::UserArgs,
    entries::FilterArgs,
    time_arg::TimeArg,
    value::{self, AnimeName, CountEdit, DateEdit, RunArg, TagsArg},
};
use crate::{
    domain::{
        entry_fields::{EntryValues, Field},
        field_names::canonical_name,
        limits::{PRIORITY_RANGE, REWATCH_VALUE_RANGE, SCORE_RANGE},
    },
    failure::Failure,
};

const UNPIN_USAGE: &str = "\
malsync unpin [OPTIONS] <ANIME> <FIELD>...
       malsync unpin [OPTIONS] <ANIME> --all";

const EDIT_USAGE: &str = "\
malsync edit [OPTIONS] <ANIME>
       malsync edit [OPTIONS] --where <KEY=VALUE>...";

/// `edit`
#[derive(Args, Clone, Debug)]
#[command(override_usage = EDIT_USAGE)]
#[command(group = ArgGroup::new("edits").required(true).multiple(true))]
#[command(group = ArgGroup::new("entries").required(true))]
pub struct EditArgs {
    /// MAL ID or title of an anime, or the beginning of a title. A number is tried as an ID first
    #[arg(value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_anime_name, group = "entries")]
    pub anime: Option<AnimeName>,
    /// Edit all entries matching a `malsync list` filter, e.g. --where status=watching or --where edited; repeat to combine
    /// (AND)
    #[arg(long = "where", value_name = "KEY=VALUE", group = "entries")]
    #[arg(id = "wheres")]
    pub where_flags: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Set the status (the next sync sets it back to MAL's unless it is pinned or pushed)
    #[arg(short, long, value_name = "STATUS", value_parser = value::status_parser(), group = "edits")]
    pub status: Option<String>,
    /// Set the score (1-10; 0 clears it)
    #[arg(long, value_name = "N", value_parser = value::integer_parser(&SCORE_RANGE, 8), allow_negative_numbers = true, group = "edits")]
    pub score: Option<i32>,
    /// Set the number of watched episodes; +N and -N change it. While rewatching, applies to the rewatch
    #[arg(long, aliases = ["watched", "progress", "episodes-watched", "episodes_watched"], value_name = "N", allow_negative_numbers = true, group = "edits")]
    pub episodes: Option<CountEdit>,
    /// Set the start date (YYYY[-MM[-DD]], today or yesterday; '' clears it)
    #[arg(long, aliases = ["start_date", "started"], value_name = "DATE", group = "edits")]
    pub start_date: Option<DateEdit>,
    /// Set the finish date (YYYY[-MM[-DD]], today or yesterday; '' clears it)
    #[arg(long, aliases = ["finish_date", "finished"], value_name = "DATE", group = "edits")]
    pub finish_date: Option<DateEdit>,
    /// Set the notes ('' clears them)
    #[arg(long, aliases = ["comments", "note"], value_name = "TEXT", allow_hyphen_values = true, group = "edits")]
    pub notes: Option<String>,
    /// Replace the tags, comma-separated ('' clears them)
    #[arg(long, value_name = "TAGS", value_parser = value::parse_tags, group = "edits")]
    pub tags: Option<TagsArg>,
    /// Add tags to those of the entry, comma-separated
    #[arg(long, aliases = ["add-tag", "tag"], value_name = "TAGS", value_parser = value::parse_tags, group = "edits")]
    pub add_tags: Option<TagsArg>,
    /// Remove tags from those of the entry, comma-separated
    #[arg(long, alias = "remove-tag", value_name = "TAGS", value_parser = value::parse_tags, group = "edits")]
    pub remove_tags: Option<TagsArg>,
    /// Set the priority (0-2)
    #[arg(long, value_name = "N", value_parser = value::integer_parser(&PRIORITY_RANGE, 1), allow_negative_numbers = true, group = "edits")]
    pub priority: Option<i32>,
    /// Set the rewatch value (0-5)
    #[arg(long, alias = "rewatch_value", value_name = "N", value_parser = value::integer_parser(&REWATCH_VALUE_RANGE, 3), allow_negative_numbers = true, group = "edits")]
    pub rewatch_value: Option<i32>,
    /// Set the number of rewatches; +N and -N change it
    #[arg(long, aliases = ["times_rewatched", "rewatched"], value_name = "N", allow_negative_numbers = true, group = "edits")]
    pub times_rewatched: Option<CountEdit>,
    /// Set whether you are rewatching it; true starts at episode 0 unless --episodes is given
    #[arg(long, aliases = ["is-rewatching", "is_rewatching"], value_name = "BOOL", group = "edits")]
    pub rewatching: Option<bool>,
    /// Also pin what the edit sets, so that no sync replaces it (undo with malsync unpin)
    #[arg(long)]
    pub pin: bool,
    /// Also send these changes to MAL, without asking
    #[arg(long)]
    pub push: bool,
    /// Maximum number of entries to send
    #[arg(long, value_name = "N", default_value_t = value::DEFAULT_MAX_PUSHED, requires = "push", value_parser = value::parse_positive_count)]
    pub max: u32,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub bulk: BulkArgs,
}

impl EditArgs {
    /// Returns the fields of an entry with these values that the flags name or set.
    #[must_use]
    pub fn named_fields(&self, values: &EntryValues) -> Vec<Field> {
        let is_rewatching = self.rewatching.unwrap_or(values.is_rewatching);
        let has_episodes = self.episodes.is_some();
        let named = [
            (Field::Status, self.status.is_some()),
            (Field::Score, self.score.is_some()),
            (Field::EpisodesWatched, has_episodes && !is_rewatching),
            (Field::StartDate, self.start_date.is_some()),
            (Field::FinishDate, self.finish_date.is_some()),
            (Field::Notes, self.notes.is_some()),
            (Field::IsRewatching, self.rewatching.is_some()),
            (Field::RewatchEpisodes, self.rewatching.is_some() || (has_episodes && is_rewatching)),
            (Field::TimesRewatched, self.times_rewatched.is_some()),
            (Field::RewatchValue, self.rewatch_value.is_some()),
            (Field::Priority, self.priority.is_some()),
            (Field::Tags, [&self.tags, &self.add_tags, &self.remove_tags].into_iter().any(Option::is_some)),
        ];
        named.into_iter().filter(|(_, is_named)| *is_named).map(|(field, _)| field).collect()
    }

    /// Returns the values with those that the flags name. `today` is the local day.
    #[must_use]
    pub fn apply_to(&self, values: &EntryValues, today: NaiveDate) -> EntryValues {
        let or_before = |new: Option<i32>, before: i32| new.unwrap_or(before);
        let date = |new: Option<DateEdit>, before| new.map_or(before, |edit| edit.to_date(today));
        let is_rewatching = self.rewatching.unwrap_or(values.is_rewatching);
        let rewatch_episodes = match (is_rewatching, self.rewatching, self.episodes) {
            (false, ..) => None,
            // A rewatch starts at 0.
            (true, Some(true), None) => Some(0),
            (true, _, None) => values.rewatch_episodes,
            (true, _, Some(edit)) => Some(edit.apply_to(values.rewatch_episodes.unwrap_or(0))),
        };
        let episodes_watched = match self.episodes.filter(|_| !is_rewatching) {
            Some(edit) => Some(edit.apply_to(values.episodes_watched.unwrap_or(0))),
            None => values.episodes_watched,
        };
        EntryValues {
            status: self.status.clone().unwrap_or_else(|| values.status.clone()),
            score: self.score.map_or(values.score, |score| (score > 0).then_some(score)),
            episodes_watched,
            start_date: date(self.start_date, values.start_date),
            finish_date: date(self.finish_date, values.finish_date),
            notes: match self.notes.as_deref() {
                None => values.notes.clone(),
                Some("") => None,
                // PostgreSQL rejects NUL in text.
                Some(notes) => Some(notes.replace('\0', "\u{fffd}")),
            },
            is_rewatching,
            rewatch_episodes,
            times_rewatched: self
                .times_rewatched
                .map_or(values.times_rewatched, |edit| edit.apply_to(values.times_rewatched)),
            rewatch_value: or_before(self.rewatch_value, values.rewatch_value),
            priority: or_before(self.priority, values.priority),
            tags: self.edit_tags(&values.tags),
        }
    }

    /// Returns the tags after `--tags`, `--remove-tags` and `--add-tags`, in this order. Case does not matter.
    fn edit_tags(&self, before: &[String]) -> Vec<String> {
        let mut tags = self.tags.as_ref().map_or_else(|| before.to_vec(), |tags| tags.0.clone());
        let is_same = |tag: &String, other: &String| tag.to_lowercase() == other.to_lowercase();
        let removed = self.remove_tags.iter().flat_map(|tags| &tags.0).collect::<Vec<_>>();
        tags.retain(|tag| !removed.iter().any(|other| is_same(tag, other)));
        for added in self.add_tags.iter().flat_map(|tags| &tags.0) {
            if !tags.iter().any(|tag| is_same(tag, added)) {
                tags.push(added.clone());
            }
        }
        tags
    }

    /// Parses the `--where` values as a filter, with the parser of `list`'s flags.
    ///
    /// # Errors
    ///
    /// Exit code 2 if a value is not such a flag, or the flag's value is invalid.
    pub fn parse_filter(&self) -> Result<FilterArgs, Failure> {
        let command =
            FilterArgs::augment_args(clap::Command::new("where").no_binary_name(true).disable_help_flag(true));
        let flag_names: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        let (mut keys, mut flags) = (Vec::new(), Vec::new());
        for flag in &self.where_flags {
            let (typed, value) = match flag.split_once('=') {
                Some((typed, value)) => (typed, Some(value)),
                None => (flag.as_str(), None),
            };
            let canonical = canonical_name(typed);
            let Some(key) = flag_names.iter().copied().find(|name| canonical_name(name) == canonical) else {
                let message = format!("unknown --where key {typed:?}");
                let suggestion = value::did_you_mean(typed, flag_names.iter().copied());
                return Err(Failure::usage_error(message)
                    .with_hint(format!("{suggestion}use KEY=VALUE with one of {}", flag_names.join(", "))));
            };
            // For `list` a repeated flag means "any of"; here all must hold.
            if keys.contains(&key) && !["genre", "studio", "tag"].contains(&key) {
                let message = format!("--where {key} is given twice");
                return Err(
                    Failure::usage_error(message).with_hint(format!("for one of several values use --where {key}=A,B"))
                );
            }
            keys.push(key);
            flags.push(value.map_or_else(|| format!("--{key}"), |value| format!("--{key}={value}")));
        }
        let filter = command.try_get_matches_from(flags).and_then(|matches| FilterArgs::from_arg_matches(&matches));
        filter.map_err(|error| super::clap_error::where_filter_failure(&error))
    }
}

/// Flags of commands that may change many entries at once.
#[derive(Args, Clone, Copy, Debug)]
pub struct BulkArgs {
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Skip confirmation (required when not run from a terminal)
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object per entry
    #[arg(long)]
    pub json: bool,
}

/// `pin`
#[derive(Args, Clone, Debug)]
pub struct PinArgs {
    /// MAL ID or title of an anime, or the beginning of a title (default: list the pins of all entries)
    #[arg(value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_anime_name)]
    pub anime: Option<AnimeName>,
    /// Field to pin (default: list the pins of the entry)
    #[arg(value_name = "FIELD", value_parser = value::field_parser())]
    pub fields: Vec<Field>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one JSON object per pin
    #[arg(long)]
    pub json: bool,
}

/// `unpin`
#[derive(Args, Clone, Debug)]
#[command(override_usage = UNPIN_USAGE)]
#[command(group = ArgGroup::new("what").required(true))]
pub struct UnpinArgs {
    /// MAL ID or title of an anime, or the beginning of a title
    #[arg(value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_anime_name)]
    pub anime: AnimeName,
    /// Field to unpin
    #[arg(value_name = "FIELD", value_parser = value::field_parser(), group = "what")]
    pub fields: Vec<Field>,
    /// Unpin all fields
    #[arg(long, group = "what")]
    pub all: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Print one JSON object per pin
    #[arg(long)]
    pub json: bool,
}

/// `restore`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub struct RestoreArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Undo the changes of this sync or push (number from `malsync runs`, or last)
    #[arg(long, value_name = "ID", group = "what")]
    pub run: Option<RunArg>,
    /// Undo only the changes to this anime, by ID or title (default sync: the last one that changed it)
    #[arg(long, value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_anime_name, group = "what")]
    pub anime: Option<AnimeName>,
    /// Undo a single change (number from `malsync changes`)
    #[arg(long, value_name = "ID", value_parser = value::parse_row_id, group = "what",
        conflicts_with_all = ["run", "anime", "edit"])]
    pub change: Option<i64>,
    /// Undo a local edit (number from `malsync changes --local`)
    #[arg(long, value_name = "ID", value_parser = value::parse_row_id, group = "what",
        conflicts_with_all = ["run", "anime"])]
    pub edit: Option<i64>,
    /// Also overwrite values that have changed since
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub bulk: BulkArgs,
}

/// `undo`
#[derive(Args, Clone, Debug)]
pub struct UndoArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Also undo values that were changed again since
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub bulk: BulkArgs,
}

/// `changes`
#[derive(Args, Clone, Debug)]
pub struct ChangesArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Show only the changes of this sync or push (number from `malsync runs`, or last)
    #[arg(long, value_name = "ID")]
    pub run: Option<RunArg>,
    /// Show only changes to this anime, by ID or title
    #[arg(long, value_name = "ANIME", value_hint = ValueHint::Other, value_parser = value::parse_anime_name)]
    pub anime: Option<AnimeName>,
    /// Show only conflicts
    #[arg(long)]
    pub conflicts: bool,
    /// Show changes since this time: today, yesterday, YYYY-MM-DD, 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo
    #[arg(long, value_name = "WHEN")]
    pub since: Option<TimeArg>,
    /// Show changes until this time (a date includes the whole day)
    #[arg(long, value_name = "WHEN")]
    pub until: Option<TimeArg>,
    /// Show only changes of this field (entry: created and deleted entries)
    #[arg(long, value_name = "FIELD", value_hint = ValueHint::Other, value_parser = value::parse_any_field)]
    pub field: Option<Field>,
    /// Show local edits instead
    #[arg(long, conflicts_with_all = ["run", "conflicts"])]
    pub local: bool,
    /// Show at most N changes, newest first (default: all)
    #[arg(short = 'n', long, value_name = "N", value_parser = value::parse_limit)]
    pub limit: Option<u32>,
    /// Print one JSON object per change
    #[arg(long)]
    pub json: bool,
    /// Do not use a pager [env: MALSYNC_PAGER, PAGER]
    #[arg(long)]
    pub no_pager: bool,
}
