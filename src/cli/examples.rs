//! Examples in the help and in the manual page of each command. A test runs every line as it stands.

/// An example: a command line and what it does.
#[derive(Clone, Copy, Debug)]
pub struct CommandExample {
    /// What the line does, imperative, without a full stop.
    pub purpose: &'static str,
    /// Line for a shell.
    pub line: &'static str,
}

/// Returns the examples of a command, which is named without the program: `sync`, `token export`. The program itself has
/// an empty name.
#[must_use]
pub fn find_examples(command_path: &str) -> &'static [CommandExample] {
    COMMAND_EXAMPLES.iter().find(|(path, _)| *path == command_path).map_or(&[], |(_, examples)| *examples)
}

const fn to(purpose: &'static str, line: &'static str) -> CommandExample {
    CommandExample { purpose, line }
}

/// The examples of each command.
pub const COMMAND_EXAMPLES: &[(&str, &[CommandExample])] = &[
    (
        "",
        &[
            to("Log in, then download your list", "malsync login && malsync sync"),
            to("List what you are watching, best score first", "malsync list --status watching --sort -score"),
            to("Show one anime and its history", "malsync show cowboy bebop"),
            to("Find out why something does not work", "malsync doctor"),
        ],
    ),
    (
        "login",
        &[
            to("Log in with your browser", "malsync login"),
            to("Log in on a server, with a browser on another device", "malsync login --paste"),
            to("Move a login to another machine", "malsync token export | ssh server malsync login --with-token"),
        ],
    ),
    (
        "sync",
        &[
            to("Download what has changed on MAL", "malsync sync"),
            to("Show what a sync would change", "malsync sync --dry-run"),
            to("Send local edits to MAL, then sync", "malsync sync --push"),
            to("Download the whole list now, for all users", "malsync sync --all-users --force-full"),
        ],
    ),
    (
        "list",
        &[
            to("List what you are watching, best score first", "malsync list --status watching --sort -score"),
            to("Find anime by title and genre", "malsync list bebop --genre Action"),
            to(
                "List highly rated anime of one year",
                "malsync list --season 2019 --score 8.. --columns title,score,mean",
            ),
            to("List the ten entries that changed last", "malsync list --sort -updated -n 10"),
            to("Save the list for a spreadsheet", "malsync list --csv > list.csv"),
        ],
    ),
    (
        "show",
        &[
            to("Show an anime by title, or by MAL ID", "malsync show cowboy bebop"),
            to("Show the whole history of an anime", "malsync show 1 --all"),
            to("Print the entry as JSON", "malsync show 1 --json"),
        ],
    ),
    (
        "open",
        &[
            to("Open the page of an anime on MAL", "malsync open cowboy bebop"),
            to("Open a page by MAL ID", "malsync open 1"),
        ],
    ),
    (
        "edit",
        &[
            to("Set the score of an anime", "malsync edit \"cowboy bebop\" --score 9"),
            to("Count one more episode, also on MAL", "malsync edit 1 --episodes +1 --push"),
            to(
                "Show what a change to many entries would do",
                "malsync edit --where status=on_hold -s dropped --dry-run",
            ),
            to("Set the priority of all entries of a genre", "malsync edit --where genre=Action --priority 2 --yes"),
        ],
    ),
    (
        "status",
        &[
            to("Show whether everything works", "malsync status"),
            to("Show how sync 1 went", "malsync status --run 1"),
            to("Fail in a monitor if the last sync is too old", "malsync status --max-age 26h --quiet"),
        ],
    ),
    (
        "stats",
        &[
            to("Show your statistics", "malsync stats"),
            to("Show the statistics of movies, with longer rankings", "malsync stats --type movie --top 20"),
            to("Print all numbers as JSON", "malsync stats --json"),
        ],
    ),
    (
        "report",
        &[
            to("Write a report and open it in the browser", "malsync report --open"),
            to("Write a report on what you completed", "malsync report --status completed -o completed.html"),
        ],
    ),
    (
        "export",
        &[
            to("Export a file that MAL's importer accepts", "malsync export -o list.xml"),
            to("Export completed anime as CSV", "malsync export --status completed -o completed.csv"),
            to("Keep one backup per day, the last seven", "malsync export --dir backups --keep 7"),
        ],
    ),
    (
        "import",
        &[
            to("Show what an import would change", "malsync import list.xml --dry-run"),
            to("Import MAL's XML export", "malsync import list.xml"),
            to("Import from standard input", "gunzip -c list.xml.gz | malsync import -"),
        ],
    ),
    (
        "copy",
        &[
            to("Back up everything", "malsync copy --to sqlite://backup.db"),
            to("Move to another database, with the login", "malsync copy --to sqlite://moved.db --with-tokens"),
        ],
    ),
    (
        "changes",
        &[
            to("Show the changes of the last week", "malsync changes --since 7d"),
            to("Show what the last sync or push changed", "malsync changes --run last"),
            to("Show how the score of an anime changed", "malsync changes --anime \"cowboy bebop\" --field score"),
            to("Show your local edits", "malsync changes --local"),
        ],
    ),
    (
        "restore",
        &[
            to("Show what undoing sync 1 would change", "malsync restore --run 1 --dry-run"),
            to("Undo what the last sync changed in an anime", "malsync restore --anime \"cowboy bebop\""),
            to("Undo local edit 1", "malsync restore --edit 1"),
        ],
    ),
    (
        "undo",
        &[
            to("Show what undoing the last edit would change", "malsync undo --dry-run"),
            to("Undo the last edit", "malsync undo --yes"),
        ],
    ),
    (
        "pin",
        &[
            to("Keep the score of an anime, even if MAL differs", "malsync pin \"cowboy bebop\" score"),
            to("List all pinned fields", "malsync pin"),
        ],
    ),
    (
        "unpin",
        &[
            to("Let syncs update the score again", "malsync unpin \"cowboy bebop\" score"),
            to("Unpin all fields of an anime", "malsync unpin 1 --all"),
        ],
    ),
    (
        "diff",
        &[
            to("Show all differences", "malsync diff"),
            to("Show the differences of one anime", "malsync diff \"cowboy bebop\""),
            to("Print local edits as JSON", "malsync diff --edited --json"),
        ],
    ),
    (
        "push",
        &[
            to("Show what would be sent", "malsync push --dry-run"),
            to("Send the edits of one anime", "malsync push \"cowboy bebop\" --yes"),
            to("Send only scores", "malsync push --field score --yes"),
        ],
    ),
    (
        "revert",
        &[
            to("Show which local edits would be discarded", "malsync revert --dry-run"),
            to("Set the score of an anime back to MAL's", "malsync revert \"cowboy bebop\" --field score --yes"),
        ],
    ),
    (
        "runs",
        &[to("List the last ten syncs", "malsync runs -n 10"), to("Print all syncs as JSON", "malsync runs --json")],
    ),
    (
        "schedule",
        &[
            to("Sync once a day", "malsync schedule install"),
            to("Show the schedule and the next run", "malsync schedule status"),
        ],
    ),
    (
        "schedule install",
        &[
            to("Sync once a day", "malsync schedule install"),
            to("Sync every six hours with cron", "malsync schedule install --every 6h --with cron"),
            to("Show what would be installed", "malsync schedule install --dry-run"),
        ],
    ),
    ("schedule status", &[to("Show the schedule and the next run", "malsync schedule status")]),
    (
        "schedule remove",
        &[
            to("Show what would be removed", "malsync schedule remove --dry-run"),
            to("Stop syncing automatically", "malsync schedule remove"),
        ],
    ),
    ("metrics", &[to("Write a file for node_exporter's textfile collector", "malsync metrics > malsync.prom")]),
    ("doctor", &[to("Check everything", "malsync doctor"), to("Print the checks as JSON", "malsync doctor --json")]),
    (
        "whoami",
        &[to("Show the MAL account", "malsync whoami"), to("Print the account as JSON", "malsync whoami --json")],
    ),
    (
        "users",
        &[
            to("List the users of the database", "malsync users"),
            to("Delete a user without asking", "malsync users delete bob --yes"),
        ],
    ),
    ("users list", &[to("List the users of the database", "malsync users list")]),
    ("users rename", &[to("Rename a user", "malsync users rename bob robert")]),
    ("users delete", &[to("Delete a user, after confirmation", "malsync users delete bob")]),
    (
        "token",
        &[
            to("Show when the login expires", "malsync token status"),
            to("Move the login to another machine", "malsync token export | ssh server malsync login --with-token"),
        ],
    ),
    (
        "token status",
        &[
            to("Show when the login expires", "malsync token status"),
            to("Print the token status as JSON", "malsync token status --json"),
        ],
    ),
    ("token refresh", &[to("Refresh the tokens now", "malsync token refresh")]),
    (
        "token export",
        &[to("Move the login to another machine", "malsync token export | ssh server malsync login --with-token")],
    ),
    ("logout", &[to("Log out", "malsync logout"), to("Log out all users", "malsync logout --all")]),
    (
        "config",
        &[
            to("Create a configuration file and edit it", "malsync config init && malsync config edit"),
            to("Show all settings and their sources", "malsync config show"),
        ],
    ),
    ("config get", &[to("Print the number of entries per request", "malsync config get mal_page_size")]),
    (
        "config set",
        &[
            to("Request fewer entries at a time", "malsync config set mal_page_size 50"),
            to("Sync at most every ten minutes", "malsync config set sync_min_interval 10m"),
        ],
    ),
    (
        "config unset",
        &[to("Use the default number of entries per request again", "malsync config unset mal_page_size")],
    ),
    (
        "config show",
        &[
            to("Show all settings and their sources", "malsync config show"),
            to("Print the settings as JSON", "malsync config show --json"),
        ],
    ),
    (
        "config edit",
        &[
            to("Edit the configuration file", "malsync config edit"),
            to("Choose the editor", "EDITOR=nano malsync config edit"),
        ],
    ),
    ("config path", &[to("Print the configuration file", "cat \"$(malsync config path)\"")]),
    (
        "config check",
        &[
            to("Validate the configuration", "malsync config check"),
            to("Validate another file", "malsync --config other.toml config check"),
        ],
    ),
    ("config init", &[to("Create a configuration file", "malsync config init")]),
    (
        "completions",
        &[
            to("Load completions in bash", "source <(malsync completions bash)"),
            to("Install completions for fish", "malsync completions fish > ~/.config/fish/completions/malsync.fish"),
        ],
    ),
    (
        "man",
        &[
            to("Read the manual", "malsync man | man -l -"),
            to("Write all pages into a directory", "malsync man --out-dir man"),
        ],
    ),
];
