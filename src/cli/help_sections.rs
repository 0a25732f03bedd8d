//! Sections that follow the options: in the help of some commands, and in the manual pages.

/// Exit codes and their meaning.
pub(super) const EXIT_CODES: &[(&str, &str)] = &[
    ("0", "success, or nothing to do"),
    ("1", "general error"),
    ("2", "wrong usage or configuration"),
    ("3", "completed, but some entries could not be stored or sent"),
    ("4", "not logged in, access denied, or a new login is required"),
    ("5", "MAL or the network is unreachable, or the login timed out"),
    ("6", "database unreachable, access denied, or newer than this version"),
    ("7", "another sync of the same user is running"),
    ("8", "aborted by a safety check (--allow-shrink, --force, --max)"),
    ("9", "status --max-age: the last complete sync is too old"),
    ("130, 143", "stopped by a signal; committed changes are kept"),
];

/// Where settings come from.
pub(super) const SETTING_SOURCES: &str = "\
Flags override environment variables, which override config.toml, which overrides defaults. `malsync config show` prints \
the effective settings.";

/// JSON of `stats`.
pub(super) const STATS_JSON: &str = "\
JSON output:
One object. Unknown values are null. Numbers are not rounded.
  username, entries, of (entries before the filters)
  statuses     [{status, entries}]
  scores       scored, unscored, mean, median,
               distribution [{score, entries}]
  against_mal  compared, mean_difference (yours minus MAL's),
               distribution [{from, below, entries}],
               rated_higher and rated_lower, --top of each
               [{mal_id, title, score, mean, difference}]
  watched      episodes, episodes_again (rewatched ones of these),
               seconds, days,
               unknown_length {entries, episodes} (not in seconds),
               unknown_rewatches (entries, rewatches not counted)
  types, decades, years, seasons, genres, studios
               all of them, [{KEY, entries, scored, mean_score,
               episodes, seconds, days}]; KEY is type, decade, year,
               year and season, or id and name. An anime counts in
               each of its genres and studios
  finished     dated, undated (completed entries),
               years [{year, entries, month_unknown}],
               months [{year, month, entries}], non-empty ones

While rewatching, the first viewing counts in full and the current
progress counts as rewatched.";

/// Settings of notifications, for `schedule`.
pub(super) const NOTIFICATION_SETTINGS: &str = "\
Notifications:
To be notified about syncs, set in config.toml or the environment:
  MALSYNC_METRICS_FILE    file for Prometheus with the output of
                          `malsync metrics`, written after each sync
  MALSYNC_PING_URL        healthchecks.io-style URL: called with /start,
                          then as it is or with /fail and the log's end
  MALSYNC_WEBHOOK_URL     gets JSON when syncs start failing, when they
                          recover, and 7 days before a login expires
  MALSYNC_NOTIFY_COMMAND  runs on the same events, with the message as
                          last argument or in place of %s, and the JSON
                          on stdin
Errors in any of these never fail a sync. Examples: docs/cron-and-systemd.md";

/// Returns the text after the examples in the long help of a command, which is named as in
/// [`find_examples`](super::examples::find_examples).
pub(super) fn long_help_section(command_path: &str) -> Option<String> {
    match command_path {
        "" => Some(format!("{}\n\n{SETTING_SOURCES}", list_exit_codes())),
        "stats" => Some(STATS_JSON.to_owned()),
        "schedule" => Some(NOTIFICATION_SETTINGS.to_owned()),
        _ => None,
    }
}

/// Returns the exit codes as a section of the help.
fn list_exit_codes() -> String {
    let lines = EXIT_CODES.iter().map(|(code, meaning)| format!("\n  {code:<8}  {meaning}"));
    format!("Exit codes:{}", lines.collect::<String>())
}

/// A variable of the environment and its meaning.
pub(super) type Variable = (&'static str, &'static str);

/// Variables that matter for every command.
const COMMON_VARIABLES: &[Variable] = &[
    (
        "DATABASE_URL",
        "Database to use: postgresql://…, or sqlite:///absolute/path (default: malsync.db in the data directory)",
    ),
    ("NO_COLOR", "If set and not empty, disable color"),
    ("RUST_LOG", "Log filter, overridden by -v"),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME", "Base directories of the configuration file and of the data directory"),
];

/// Variables of the commands that use MAL.
const MAL_VARIABLES: &[Variable] = &[
    ("MAL_CLIENT_ID", "Client ID of your app at MAL (required)"),
    ("MAL_CLIENT_SECRET", "Client secret, only for apps of type \"web\""),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "Proxy for requests to MAL, and hosts to reach without it"),
];

const SYNC_VARIABLES: &[Variable] = &[
    ("SYNC_MIN_INTERVAL", "Skip a sync if the last one is not older than this (default: 1m)"),
    ("SYNC_FULL_EVERY", "Do a full sync if the last one is older than this (default: 1d)"),
    ("MAL_API_RATE_LIMIT", "Requests per second (default: 1)"),
];

/// Variables that only the page of the program lists.
const OTHER_VARIABLES: &[Variable] = &[
    ("MAL_REDIRECT_URI", "Redirect URL registered at MAL (default: http://localhost:3005/auth/callback)"),
    ("MAL_PAGE_SIZE", "Entries per request (default: 100)"),
    ("MAL_HTTP_TIMEOUT", "Timeout of each request (default: 30s)"),
    ("MAL_API_URL, MAL_AUTH_URL", "Base URLs of MAL's API and of its OAuth2 endpoints"),
    ("MAL_USER_AGENT", "Client name sent to MAL"),
    ("SYNC_BATCH_SIZE", "Entries per database transaction (default: 100)"),
    ("SYNC_MAX_RETRIES, SYNC_RETRY_BASE_MS", "Retries after an error of MAL, and the first delay (default: 3, 1000)"),
    ("MALSYNC_TOKEN_STORE", "Where tokens are stored: both, keyring or database (default: both)"),
    ("MALSYNC_TOKEN_KEY, MALSYNC_TOKEN_SEAL", "Key that encrypts the stored tokens; off stores them unencrypted"),
    ("MALSYNC_METRICS_FILE", "File to which each sync writes Prometheus metrics"),
    ("MALSYNC_PING_URL", "URL to call when a sync starts, succeeds or fails"),
    ("MALSYNC_WEBHOOK_URL", "URL that gets JSON when syncs start failing or recover, and before a login expires"),
    ("MALSYNC_NOTIFY_COMMAND", "Command to run on the same events"),
];

const BROWSER_VARIABLE: &[Variable] = &[("BROWSER", "Browser to start")];

const PAGER_VARIABLES: &[Variable] =
    &[("MALSYNC_PAGER, PAGER", "Pager for long output (default: less); if empty or \"cat\", no pager is used")];

const EDITOR_VARIABLES: &[Variable] = &[("VISUAL, EDITOR", "Editor to start")];

/// Returns the variables that matter for a command.
pub(super) fn variables_of(command_path: &str) -> Vec<Variable> {
    let own: &[&[Variable]] = match command_path {
        "" => &[MAL_VARIABLES, SYNC_VARIABLES, OTHER_VARIABLES, BROWSER_VARIABLE, PAGER_VARIABLES, EDITOR_VARIABLES],
        "sync" => &[MAL_VARIABLES, SYNC_VARIABLES],
        "login" => &[MAL_VARIABLES, BROWSER_VARIABLE],
        "push" | "whoami" | "token" | "token refresh" | "doctor" => &[MAL_VARIABLES],
        "open" | "report" => &[BROWSER_VARIABLE],
        "list" | "show" | "stats" | "changes" | "diff" => &[PAGER_VARIABLES],
        "config edit" => &[EDITOR_VARIABLES],
        _ => &[],
    };
    own.iter().copied().chain([COMMON_VARIABLES]).flatten().copied().collect()
}

/// Files that malsync uses, by their paths on Linux.
pub(super) const FILES: &[(&str, &str)] = &[
    ("~/.config/malsync/config.toml", "Configuration; `malsync config path` prints its path on this platform"),
    ("~/.local/share/malsync/malsync.db", "SQLite database, unless DATABASE_URL is set"),
    ("~/.local/share/malsync/token.key", "Key that encrypts the stored tokens"),
];
