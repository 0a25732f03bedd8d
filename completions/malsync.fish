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

complete -c malsync -n "__fish_malsync_needs_command" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_needs_command" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_needs_command" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_needs_command" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_needs_command" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_needs_command" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "login" -d 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "logout" -d 'Forget the tokens; user and list stay'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "whoami" -d 'Ask MAL whose login this is (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "token" -d 'Look at the tokens, or refresh them'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "sync" -d 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "status" -d 'Show login, last sync, and by when the next one must happen'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "runs" -d 'Show past runs, the newest first'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "list" -d 'Show the list'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "edit" -d 'Change an entry in the database; nothing is sent to MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "changes" -d 'Show what runs changed, and which conflicts they settled'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "doctor" -d 'Check configuration, database, keyring, login and MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "metrics" -d 'Print figures for Prometheus'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "config" -d 'Look at the configuration'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l user -d 'Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l email -d 'Note this e-mail address in the row (MAL gives none)' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l timeout -d 'Wait this long for the browser to come back, like 90s, 5m or 1h30m' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand login" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-browser -d 'Print the authorize URL on standard output, and open no browser'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l paste -d 'Print the URL, then read the redirected URL from standard input, without browser and listener'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l force -d 'Take the row over even if it belongs to another MAL account'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l json -d 'Print the login as one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l all -d 'Log every user out'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l json -d 'Print one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l json -d 'Print one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l json -d 'Print one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l all-users -d 'Sync every user who has a login, by name'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l force-full -d 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l prune -d 'Read the whole list, and delete every entry that is marked as removed from MAL'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l allow-shrink -d 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l json -d 'Print the run as one line of JSON, one line a user with --all-users'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand status" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand status" -l run -d 'Show this run instead, by its id' -r
complete -c malsync -n "__fish_malsync_using_subcommand status" -l max-age -d 'Exit with 9 if the last complete sync is older than this, like 26h (default: no limit)' -r
complete -c malsync -n "__fish_malsync_using_subcommand status" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand status" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand status" -l json -d 'Print one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand status" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l limit -d 'Show the newest N runs (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l json -d 'Print one line of JSON a run'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand runs" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l status -d 'Show entries with this status (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l search -d 'Show entries that have this text in a title, in upper or lower case' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l sort -d 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity or id; with a - before it from the highest down, as in --sort -score' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l limit -d 'Show the first N entries (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand list" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l removed -d 'Show also the entries that are no longer on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l json -d 'Print one line of JSON an entry'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l csv -d 'Print CSV with a header row'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l status -d 'Set the status (MAL\'s comes back with the next sync)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l score -d 'Set the score, 1 to 10; 0 takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l episodes -d 'Set the number of episodes watched, 0 to 2147483647' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l start-date -d 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; \'\' takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l finish-date -d 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; \'\' takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l notes -d 'Set the notes; \'\' takes them out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l run -d 'Show what this run did, by its id (default: every run)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l anime -d 'Show what happened to this anime, by MAL\'s id (default: every anime)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l limit -d 'Show the newest N changes (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l conflicts -d 'Show conflicts alone'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l json -d 'Print one line of JSON a change'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand metrics" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand completions" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand man" -l out-dir -d 'Write one page a command into this folder (default: print malsync.1)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand man" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand man" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand man" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand man" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "login" -d 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "logout" -d 'Forget the tokens; user and list stay'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "whoami" -d 'Ask MAL whose login this is (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "token" -d 'Look at the tokens, or refresh them'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "sync" -d 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "status" -d 'Show login, last sync, and by when the next one must happen'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "runs" -d 'Show past runs, the newest first'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "list" -d 'Show the list'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "edit" -d 'Change an entry in the database; nothing is sent to MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "changes" -d 'Show what runs changed, and which conflicts they settled'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "doctor" -d 'Check configuration, database, keyring, login and MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "metrics" -d 'Print figures for Prometheus'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "config" -d 'Look at the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list edit changes doctor metrics config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
