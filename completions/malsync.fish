# Asks malsync for values that only it, or its database, knows.
function __malsync_values
    command malsync __complete fish (commandline -cp | string collect) 2>/dev/null
end

function __malsync_has_values
    set -g __malsync_found (__malsync_values)
    test (count $__malsync_found) -gt 0
end

complete -c malsync -n __malsync_has_values -f -a '(printf "%s\n" $__malsync_found)'

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_malsync_global_optspecs
    string join \n v/verbose q/quiet config= color= no-progress h/help V/version
end

function __fish_malsync_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_malsync_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_malsync_using_subcommand
    set -l cmd (__fish_malsync_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c malsync -n "__fish_malsync_needs_command" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_needs_command" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_needs_command" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_needs_command" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_needs_command" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_needs_command" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_needs_command" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "login" -d 'Log in to MyAnimeList with your browser'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "sync" -d 'Download your list from MAL into the database'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "list" -d 'List and filter your anime'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "show" -d 'Show details of one anime: your entry, metadata, and history'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "edit" -d 'Edit entries (only locally, unless --push is given)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "status" -d 'Show login status, the last sync, and when the login expires'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "stats" -d 'Show statistics: scores, watch time, genres, studios and more'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "report" -d 'Write an HTML report with charts'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "export" -d 'Export the list as MAL XML, JSON or CSV'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "import" -d 'Import a list from a file (MAL XML, JSON or CSV)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "copy" -d 'Copy everything into an empty database (backup, restore, move)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "changes" -d 'Show what syncs changed and how conflicts were resolved'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "restore" -d 'Undo changes made by a sync or an edit'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "pin" -d 'Protect fields from being overwritten by syncs'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "unpin" -d 'Let syncs update pinned fields again'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "diff" -d 'Show how your list differs from MAL (as of the last sync)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "push" -d 'Send local edits to MAL, after confirmation'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "revert" -d 'Discard local edits: set fields back to MAL\'s values'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "runs" -d 'List past syncs, newest first'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "schedule" -d 'Manage automatic syncs'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "metrics" -d 'Print metrics in Prometheus format'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "doctor" -d 'Diagnose problems with configuration, database, login and MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "whoami" -d 'Show the MAL account you are logged in as'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "users" -d 'List, rename or delete the users of the database'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "token" -d 'Show, refresh or export the login tokens'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "logout" -d 'Log out: delete the stored tokens (your list is kept)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "config" -d 'View or edit the configuration'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "completions" -d 'Print a shell completion script'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s u -l user -d 'Store the login under this user (default: your MAL username)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l email -d 'Store this e-mail address with the user' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l timeout -d 'How long to wait for the login to finish, e.g. 90s, 5m or 1h30m' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand login" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-browser -d 'Print the login URL on standard output instead of opening a browser'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l paste -d 'Print the login URL, then read the URL that you are redirected to from standard input'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l qr -d 'Also show the URL as a QR code'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l with-token -d 'Read tokens from standard input (from `malsync token export`)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l force -d 'Replace a login that belongs to another MAL account'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l json -d 'Print the login as one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l max -d 'Maximum number of entries to send' -r
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l every -d 'Keep running and sync at this interval (at least 10m, e.g. 6h)' -r
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l all-users -d 'Sync all logged-in users'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l force-full -d 'Do a full sync even if the last one was recent [env: SYNC_MIN_INTERVAL, SYNC_FULL_EVERY]'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l push -d 'First send local edits to MAL, like `malsync push --yes`'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s n -l dry-run -d 'Show what would change, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l prune -d 'Do a full sync and delete entries that are no longer on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l allow-shrink -d 'Proceed even if the list is empty or shrank by more than 20 % (and more than 10 entries)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l json -d 'Print the result as JSON, one object per user'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l tell-once -d 'Report a recurring failure only once (for cron mail)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l sort -d 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated. Prefix with - for descending; separate several keys with commas' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l columns -d 'Comma-separated columns to show; use `--columns help` for a list (default: the most useful ones in the table, all in JSON and CSV)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s n -l limit -d 'Show at most N entries (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l removed -d 'Include entries that were removed from MAL (--removed=only: only those)' -r -f -a "also\t'Show them too'
only\t'Show only those'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand list" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l json -l ndjson -d 'Print JSON Lines, one object per entry'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l csv -d 'Print CSV with a header row'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l no-pager -d 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s n -l limit -d 'Show at most N lines of its history, newest first' -r
complete -c malsync -n "__fish_malsync_using_subcommand show" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand show" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand show" -l all -d 'Show the whole history'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l json -d 'Print one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l no-pager -d 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l where -d 'Edit all entries matching a `malsync list` filter, e.g. --where status=watching or --where edited; repeat to combine (AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s s -l status -d 'Set the status (the next sync sets it back to MAL\'s unless it is pinned or pushed)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l score -d 'Set the score (1-10; 0 clears it)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l episodes -d 'Set the number of watched episodes; +N and -N change it. While rewatching, applies to the rewatch' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l start-date -d 'Set the start date (YYYY[-MM[-DD]]; \'\' clears it)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l finish-date -d 'Set the finish date (YYYY[-MM[-DD]]; \'\' clears it)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l notes -d 'Set the notes (\'\' clears them)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l tags -d 'Set the tags, comma-separated (\'\' clears them)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l priority -d 'Set the priority (0-2)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l rewatch-value -d 'Set the rewatch value (0-5)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l times-rewatched -d 'Set the number of rewatches; +N and -N change it' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l rewatching -d 'Set whether you are rewatching it; true starts at episode 0 unless --episodes is given' -r -f -a "true\t''
false\t''"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l max -d 'Maximum number of entries to send' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l push -d 'Also send these changes to MAL, without asking'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s n -l dry-run -d 'Show what would change, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l yes -d 'Skip confirmation (required when not run from a terminal)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l json -d 'Print one JSON object per entry'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand status" -l run -d 'Show this sync instead (number from `malsync runs`)' -r
complete -c malsync -n "__fish_malsync_using_subcommand status" -l max-age -d 'Exit with status 9 if the last complete sync is older than this, e.g. 26h' -r
complete -c malsync -n "__fish_malsync_using_subcommand status" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand status" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand status" -l json -d 'Print one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand status" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l top -d 'Number of rows in each ranking' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l ascii -d 'Draw bars with # (default if the locale is not UTF-8)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l json -d 'Print all statistics as one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l no-pager -d 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l top -d 'Number of rows in each chart; tables always list everything' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -s o -l output -d 'Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with --open, otherwise standard output)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand report" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand report" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l open -d 'Open the report in the browser [env: BROWSER]'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l format -d 'Output format (default: from the file extension, otherwise mal-xml)' -r -f -a "mal-xml\t'XML in the format that MAL\'s importer accepts'
json\t'One JSON array with the objects of `list --json`'
ndjson\t'JSON Lines, as printed by `list --json`'
csv\t'CSV, as printed by `list --csv`'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -s o -l output -d 'Output file, written atomically; - for standard output (default: standard output)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand export" -l dir -d 'Write a compressed file named by user and date into this directory, e.g. malsync-alice-2026-11-22.xml.gz' -r -f -a "(__fish_complete_directories)"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l keep -d 'Keep only the newest N of these files in the directory (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l removed -d 'Include entries that were removed from MAL (--removed=only: only those)' -r -f -a "also\t'Show them too'
only\t'Show only those'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand export" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l gzip -d 'Compress with gzip (default if the file name ends with .gz)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s u -l user -d 'Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand import" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand import" -s n -l dry-run -d 'Show what would change, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l force -d 'Import even if the file belongs to another MAL account'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l json -d 'Print the result as one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l to -d 'Empty database to copy into: postgresql://…, sqlite:///absolute/path or sqlite://relative/path (a missing SQLite file is created)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l with-tokens -d 'Also copy the logins; afterwards, use only one of the two databases'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l json -d 'Print the tables with their row counts as one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand copy" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l run -d 'Show only the changes of this sync (number from `malsync runs`)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l anime -d 'Show only changes to this anime, by ID or title' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l since -d 'Show changes since this time: YYYY-MM-DD, 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l until -d 'Show changes until this time (a date includes the whole day)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l field -d 'Show only changes of this field (entry: created and deleted entries)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s n -l limit -d 'Show at most N changes, newest first (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l conflicts -d 'Show only conflicts'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l local -d 'Show local edits instead'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l json -d 'Print one JSON object per change'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l no-pager -d 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l run -d 'Undo the changes of this sync (number from `malsync runs`)' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l anime -d 'Undo only the changes to this anime, by ID or title (default sync: the last one that changed it)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l change -d 'Undo a single change (number from `malsync changes`)' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l edit -d 'Undo a local edit (number from `malsync changes --local`)' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l force -d 'Also overwrite values that have changed since'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s n -l dry-run -d 'Show what would change, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l yes -d 'Skip confirmation (required when not run from a terminal)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l json -d 'Print one JSON object per entry'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l json -d 'Print one JSON object per pin'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l all -d 'Unpin all fields'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l json -d 'Print one JSON object per pin'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l removed -d 'Include entries that were removed from MAL (--removed=only: only those)' -r -f -a "also\t'Show them too'
only\t'Show only those'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l json -d 'Print one JSON object per field'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l no-pager -d 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l max -d 'Maximum number of entries to send' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l removed -d 'Include entries that were removed from MAL (--removed=only: only those)' -r -f -a "also\t'Show them too'
only\t'Show only those'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l field -d 'Send only this field, edited or not, if it differs from MAL\'s; repeat for several (default: the edited fields)' -r -f -a "status\t''
score\t''
episodes_watched\t''
start_date\t''
finish_date\t''
notes\t''
is_rewatching\t''
rewatch_episodes\t''
times_rewatched\t''
rewatch_value\t''
priority\t''
tags\t''"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand push" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l add -d 'Also add entries that are not on MAL; those removed from MAL only if named or selected by --removed'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l force -d 'Also overwrite values that have changed on MAL since the last sync'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l yes -d 'Skip confirmation (required when not run from a terminal)'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s n -l dry-run -d 'Show what would be sent, but send and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l json -d 'Print the result as one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l field -d 'Revert only this field; repeat for several (default: all fields that differ)' -r -f -a "status\t''
score\t''
episodes_watched\t''
start_date\t''
finish_date\t''
notes\t''
is_rewatching\t''
rewatch_episodes\t''
times_rewatched\t''
rewatch_value\t''
priority\t''
tags\t''"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s s -l status -d 'Only entries with this status (comma-separated for several)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l search -d 'Only entries whose title contains TEXT (any language; ignores case and accents)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l score -d 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l mean -d 'Filter by MAL\'s mean score, e.g. 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l genre -d 'Only anime of this genre (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l studio -d 'Only anime by this studio (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l season -d 'Only anime that premiered in a season (spring-2019) or year (2019)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l type -d 'Only anime of this type: tv, movie, ova, ona, special, music, … (comma-separated for several)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l airing -d 'Filter by airing status' -r -f -a "finished\t'Finished airing'
airing\t'Currently airing'
upcoming\t'Not yet aired'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l tag -d 'Only entries with this tag (repeat to combine with AND)' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l started -d 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l finished -d 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l removed -d 'Include entries that were removed from MAL (--removed=only: only those)' -r -f -a "also\t'Show them too'
only\t'Show only those'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s n -l dry-run -d 'Show what would change, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l yes -d 'Skip confirmation (required when not run from a terminal)'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l json -d 'Print one JSON object per entry'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l edited -d 'Only entries with local changes that are not on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l pinned -d 'Only entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l rewatching -d 'Only entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s n -l limit -d 'Show at most N syncs (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l json -d 'Print one JSON object per sync'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "install" -d 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "status" -d 'Show the schedule and the next run'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "remove" -d 'Remove the schedule'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s u -l user -d 'Sync only this user, by name or id:N (default: all logged-in users)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l every -d 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d' -r
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l with -d 'Scheduler to use (default: launchd on macOS, task-scheduler on Windows, otherwise systemd if available, or cron)' -r -f -a "systemd\t'A timer in the user\'s systemd'
cron\t'A line in the user\'s crontab'
launchd\t'A launchd agent of the user'
task-scheduler\t'A task in the Windows Task Scheduler'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l push -d 'Send local edits to MAL before each sync'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s n -l dry-run -d 'Show what would be written, but write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Show what would be removed, but remove nothing'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "install" -d 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the schedule and the next run'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove the schedule'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l json -d 'Print one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l yes -d 'Skip confirmation (required when not run from a terminal)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "status" -d 'Show whether tokens exist, where they are stored, and when they expire'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "refresh" -d 'Refresh the tokens now'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "export" -d 'Print the login including its unencrypted tokens'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l json -d 'Print one JSON object'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l show -d 'Print even if standard output is a terminal'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether tokens exist, where they are stored, and when they expire'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "refresh" -d 'Refresh the tokens now'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print the login including its unencrypted tokens'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s u -l user -d 'User name or id:N (default: the user who logged in last)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l all -d 'Log out all users'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "show" -d 'Show all settings with their values and sources (secrets are masked)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "edit" -d 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "path" -d 'Print the path of the configuration file'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "check" -d 'Validate the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "init" -d 'Create a commented sample configuration file (never overwrites)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l json -d 'Print JSON, one object per line'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show all settings with their values and sources (secrets are masked)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the path of the configuration file'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "check" -d 'Validate the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Create a commented sample configuration file (never overwrites)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand man" -l out-dir -d 'Write one page per command into this directory (default: print malsync.1)' -r -f -a "(__fish_complete_directories)"
complete -c malsync -n "__fish_malsync_using_subcommand man" -l config -d 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand man" -l color -d 'When to use color: auto, always, never [env: NO_COLOR]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c malsync -n "__fish_malsync_using_subcommand man" -s v -l verbose -d 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s q -l quiet -d 'Suppress progress, warnings and success messages'
complete -c malsync -n "__fish_malsync_using_subcommand man" -l no-progress -d 'Hide the progress bar'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s h -l help -d 'Print help (-h for a summary)'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "login" -d 'Log in to MyAnimeList with your browser'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "sync" -d 'Download your list from MAL into the database'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "list" -d 'List and filter your anime'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "show" -d 'Show details of one anime: your entry, metadata, and history'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "edit" -d 'Edit entries (only locally, unless --push is given)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "status" -d 'Show login status, the last sync, and when the login expires'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "stats" -d 'Show statistics: scores, watch time, genres, studios and more'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "report" -d 'Write an HTML report with charts'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "export" -d 'Export the list as MAL XML, JSON or CSV'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "import" -d 'Import a list from a file (MAL XML, JSON or CSV)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "copy" -d 'Copy everything into an empty database (backup, restore, move)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "changes" -d 'Show what syncs changed and how conflicts were resolved'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "restore" -d 'Undo changes made by a sync or an edit'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "pin" -d 'Protect fields from being overwritten by syncs'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "unpin" -d 'Let syncs update pinned fields again'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "diff" -d 'Show how your list differs from MAL (as of the last sync)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "push" -d 'Send local edits to MAL, after confirmation'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "revert" -d 'Discard local edits: set fields back to MAL\'s values'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "runs" -d 'List past syncs, newest first'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "schedule" -d 'Manage automatic syncs'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "metrics" -d 'Print metrics in Prometheus format'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "doctor" -d 'Diagnose problems with configuration, database, login and MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "whoami" -d 'Show the MAL account you are logged in as'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "users" -d 'List, rename or delete the users of the database'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "token" -d 'Show, refresh or export the login tokens'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "logout" -d 'Log out: delete the stored tokens (your list is kept)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "config" -d 'View or edit the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "completions" -d 'Print a shell completion script'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login sync list show edit status stats report export import copy changes restore pin unpin diff push revert runs schedule metrics doctor whoami users token logout config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "install" -d 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "status" -d 'Show the schedule and the next run'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "remove" -d 'Remove the schedule'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "status" -d 'Show whether tokens exist, where they are stored, and when they expire'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "refresh" -d 'Refresh the tokens now'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "export" -d 'Print the login including its unencrypted tokens'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show all settings with their values and sources (secrets are masked)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "edit" -d 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print the path of the configuration file'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "check" -d 'Validate the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Create a commented sample configuration file (never overwrites)'
