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
complete -c malsync -n "__fish_malsync_needs_command" -f -a "show" -d 'Show everything that is known of one anime, its entry and its history'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "stats" -d 'Show figures of the list: scores, time, genres, studios, what was finished when'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "report" -d 'Write the figures of the list as one HTML page with charts'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "edit" -d 'Change entries in the database; only with --push also on MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "pin" -d 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "unpin" -d 'Leave fields of an entry to the rules again'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "diff" -d 'Show what differs from MAL as last seen, and why; asks MAL nothing'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "push" -d 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "revert" -d 'Give fields that differ MAL\'s value, as last seen'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "changes" -d 'Show what runs changed, and which conflicts they settled'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "restore" -d 'Set entries back to what they were before a run or an edit'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "export" -d 'Write the list into a file: as MAL\'s own XML export, JSON or CSV'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "import" -d 'Bring a list from a file, like MAL\'s XML export, into the database; nothing is sent to MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "users" -d 'List, rename or delete the users of the database'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "doctor" -d 'Check configuration, database, keyring, login and MAL'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "metrics" -d 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "schedule" -d 'Let a sync happen by itself'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "config" -d 'Look at the configuration, or change it'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l user -d 'Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l email -d 'Note this e-mail address in the row (MAL gives none)' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l timeout -d 'Wait this long for the browser to come back, like 90s, 5m or 1h30m' -r
complete -c malsync -n "__fish_malsync_using_subcommand login" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand login" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-browser -d 'Print the authorize URL on standard output, and open no browser'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l paste -d 'Print the URL, then read the redirected URL from standard input, without browser and listener'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l qr -d 'Show the URL as a QR code on standard error too'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l with-token -d 'Read a login that `malsync token export` printed on another machine from standard input'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l force -d 'Take the row over even if it belongs to another MAL account'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l json -d 'Print the login as one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand login" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand login" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand logout" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand whoami" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "export" -d 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
complete -c malsync -n "__fish_malsync_using_subcommand token; and not __fish_seen_subcommand_from status refresh export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from status" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from refresh" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l show -d 'Print it even onto a terminal, where others may see it'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
complete -c malsync -n "__fish_malsync_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l max -d 'Refuse to send more than so many entries' -r
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l every -d 'Stay, and sync again at this interval (10m or more, like 6h) until a signal comes' -r
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l all-users -d 'Sync every user who has a login, by name'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l force-full -d 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l push -d 'Send what was edited here to MAL first, as `malsync push --yes` does'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l prune -d 'Read the whole list, and delete every entry that is marked as removed from MAL'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l allow-shrink -d 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l json -d 'Print the run as one line of JSON, one line a user with --all-users'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l tell-once -d 'Say nothing of a failure that was told before and goes on: for cron, which mails what is printed'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand sync" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand status" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand runs" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
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
complete -c malsync -n "__fish_malsync_using_subcommand list" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l sort -d 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated; with a - before it from the highest down; several with commas, the first one counting most, as in --sort -score,title' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l columns -d 'Show these columns, by their names in JSON, with commas between; help lists them (default: the most useful ones in the table, all of them in JSON and CSV)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l limit -d 'Show the first N entries (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand list" -l removed -d 'Show also the entries that are no longer on MAL; with =only nothing else' -r -f -a "also\t'They are shown too'
only\t'They alone are shown'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand list" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand list" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l json -l ndjson -d 'Print one line of JSON an entry (which is NDJSON, or JSON Lines)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l csv -d 'Print CSV with a header row'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l no-pager -d 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand list" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand list" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l limit -d 'Show the newest N lines of its history' -r
complete -c malsync -n "__fish_malsync_using_subcommand show" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand show" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand show" -l all -d 'Show the whole history'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l json -d 'Print one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l no-pager -d 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand show" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand show" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l top -d 'Show so many genres, studios, years, seasons, and anime rated apart from MAL' -r
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l ascii -d 'Draw bars with # (default: where the locale is not UTF-8)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l json -d 'Print every figure as one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l no-pager -d 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand stats" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -l top -d 'Draw so many genres, studios, seasons, and anime rated apart from MAL; the tables have all' -r
complete -c malsync -n "__fish_malsync_using_subcommand report" -s o -l output -d 'Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with --open, else standard output)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand report" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand report" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand report" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l open -d 'Open the file in the browser (variable: BROWSER)'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand report" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand report" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l where -d 'Change every entry that this flag of `malsync list` takes, written without its dashes, as in --where status=watching or --where edited; given several times, all must hold' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l status -d 'Set the status (MAL\'s comes back with the next sync)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l score -d 'Set the score, 1 to 10; 0 takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l episodes -d 'Set the number of episodes watched; +N and -N change it. While rewatching, that of the rewatch' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l start-date -d 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; \'\' takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l finish-date -d 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; \'\' takes it out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l notes -d 'Set the notes; \'\' takes them out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l tags -d 'Set the tags, with commas between; \'\' takes them out' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l priority -d 'Set the priority, 0 to 2' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l rewatch-value -d 'Set how much it is worth watching again, 0 to 5' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l times-rewatched -d 'Set how often it was watched again; +N and -N change it' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l rewatching -d 'Set whether it is being watched again; true starts with episode 0 unless --episodes says otherwise' -r -f -a "true\t''
false\t''"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l max -d 'Refuse to send more than so many entries' -r
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l push -d 'Send the fields that are set here to MAL too, without asking'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l yes -d 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l json -d 'Print one line of JSON an entry'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand edit" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l json -d 'Print one line of JSON a pin'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand pin" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l all -d 'Leave every field to the rules again'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l json -d 'Print one line of JSON a pin'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand unpin" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l removed -d 'Take also the entries that are no longer on MAL; with =only nothing else' -r -f -a "also\t'They are shown too'
only\t'They alone are shown'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l json -d 'Print one line of JSON a field'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l no-pager -d 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand diff" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l removed -d 'Take also the entries that are no longer on MAL; with =only nothing else' -r -f -a "also\t'They are shown too'
only\t'They alone are shown'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l max -d 'Refuse to send more than so many entries' -r
complete -c malsync -n "__fish_malsync_using_subcommand push" -l field -d 'Send this field and no other, edited or not, where it differs from MAL\'s; can be given several times (default: the edited fields)' -r -f -a "status\t''
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
complete -c malsync -n "__fish_malsync_using_subcommand push" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand push" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand push" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l yes -d 'Do not ask; needed where there is no terminal to ask on'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l add -d 'Make the entries that are only here on MAL too; those removed from MAL only if they are named or asked for by --removed'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l force -d 'Send also what MAL has changed meanwhile'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l dry-run -d 'Read what MAL has and show what would be sent; send and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l json -d 'Print the run as one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand push" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand push" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l removed -d 'Take also the entries that are no longer on MAL; with =only nothing else' -r -f -a "also\t'They are shown too'
only\t'They alone are shown'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l field -d 'Take only this field; can be given several times (default: every field that differs)' -r -f -a "status\t''
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
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l yes -d 'Do not ask; needed where there is no terminal to ask on'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l json -d 'Print one line of JSON an entry'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand revert" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l run -d 'Show what this run did, by its id (default: every run)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l anime -d 'Show what happened to this anime: MAL\'s id, a title, or the beginning of one (default: every anime)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l since -d 'Show changes from this moment on: YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l until -d 'Show changes up to this moment, a day included' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l field -d 'Show changes of this field, by the column\'s name; entry: entries made or deleted' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l limit -d 'Show the newest N changes (default: all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l conflicts -d 'Show conflicts alone'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l local -d 'Show what commands here changed instead of what runs did'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l json -d 'Print one line of JSON a change'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l no-pager -d 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand changes" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l run -d 'Undo what this run changed, by its id' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l anime -d 'Undo what the run changed in this anime\'s entry (default run: the last one that changed it)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l change -d 'Undo this one change, by its id as `malsync changes` shows it' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l edit -d 'Undo what this command here did, by its number as `malsync changes --local` shows it' -r
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l force -d 'Set back also what has another value by now than the change left'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l yes -d 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l json -d 'Print one line of JSON an entry'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand restore" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l user -d 'Take this user: a name in the users table, or id:N for the row\'s id (default: the only one with a MAL login, else the one last logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l format -d 'Write in this format (default: by the file\'s name, else mal-xml)' -r -f -a "mal-xml\t'MAL\'s own XML export, which MAL\'s importer takes'
json\t'One JSON array of the objects that `list --json` prints'
ndjson\t'The same objects, one a line'
csv\t'What `list --csv` prints'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l output -d 'Write this file, which appears or is replaced as a whole (default, and -: standard output)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand export" -l dir -d 'Write a packed file named after user and day into this folder, like malsync-alice-2026-11-22.xml.gz' -r -f -a "(__fish_complete_directories)"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l keep -d 'Delete all but the newest N of those files in the folder (default: keep all)' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l status -d 'Take entries with this status; several with commas (default: any)' -r -f -a "watching\t''
completed\t''
on_hold\t''
dropped\t''
plan_to_watch\t''"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l search -d 'Take entries that have this text in any of their titles; accents, upper and lower case are the same' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l score -d 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l mean -d 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l genre -d 'Take entries of this genre, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l studio -d 'Take entries of this studio, by name' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l season -d 'Take anime that began in this season, like spring-2019, or this year, like 2019' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l type -d 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l airing -d 'Take anime in this state: finished, airing or upcoming' -r -f -a "finished\t'It is over'
airing\t'It is on air'
upcoming\t'It is still to come'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l tag -d 'Take entries with this tag of yours' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l started -d 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l finished -d 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none' -r
complete -c malsync -n "__fish_malsync_using_subcommand export" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand export" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand export" -l gzip -d 'Pack with gzip (default: where the file\'s name ends with .gz)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l edited -d 'Take entries with a value of your own that MAL does not have'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l pinned -d 'Take entries with a pinned field'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l rewatching -d 'Take entries that you are rewatching'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l removed -d 'Take also the entries that are no longer on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand export" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand export" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l user -d 'Bring it into this user\'s list: a name in the users table, which is made where it is missing, or id:N (default: the user whom the file names, made only where there is no user yet; where it names none, the one that other commands take)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand import" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand import" -l dry-run -d 'Show what would change, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l force -d 'Take the list of another MyAnimeList account too'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l json -d 'Print what was done as one line of JSON'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand import" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand import" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and not __fish_seen_subcommand_from list rename delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from rename" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l yes -d 'Delete without asking; required without a terminal'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand users; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
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
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "install" -d 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "status" -d 'Show what was installed, and when it runs next'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "remove" -d 'Take away what `schedule install` wrote, and nothing else'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and not __fish_seen_subcommand_from install status remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l user -d 'Sync this user alone: a name in the users table, or id:N for the row\'s id (default: all who are logged in)' -r -f -a '(__malsync_values)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l every -d 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d' -r
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l with -d 'Use this (default: launchd on macOS, task-scheduler on Windows; elsewhere systemd where the machine runs it, else cron)' -r -f -a "systemd\t'A timer of the user\'s systemd'
cron\t'A line in the user\'s crontab'
launchd\t'An agent of the user\'s launchd'
task-scheduler\t'A task of Windows\' Task Scheduler'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l push -d 'Let each sync send first what was edited here'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l dry-run -d 'Show what would be written, and write nothing'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from install" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l dry-run -d 'Show what would be taken away, and leave it'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "install" -d 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show what was installed, and when it runs next'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Take away what `schedule install` wrote, and nothing else'
complete -c malsync -n "__fish_malsync_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "edit" -d 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "path" -d 'Print where the configuration file is'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "check" -d 'Say what is wrong with the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "init" -d 'Make a configuration file with every setting commented out; one that is there stays'
complete -c malsync -n "__fish_malsync_using_subcommand config; and not __fish_seen_subcommand_from show edit path check init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
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
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from edit" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l json -d 'Print JSON, one object a line'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print where the configuration file is'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say what is wrong with the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Make a configuration file with every setting commented out; one that is there stays'
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
complete -c malsync -n "__fish_malsync_using_subcommand man" -l out-dir -d 'Write one page a command into this folder (default: print malsync.1)' -r -f -a "(__fish_complete_directories)"
complete -c malsync -n "__fish_malsync_using_subcommand man" -l config -d 'Read this configuration file (default: malsync/config.toml in the platform\'s config folder, variable: XDG_CONFIG_HOME)' -r -F
complete -c malsync -n "__fish_malsync_using_subcommand man" -l color -d 'Use colour (variable: NO_COLOR)' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c malsync -n "__fish_malsync_using_subcommand man" -s v -l verbose -d 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s q -l quiet -d 'Print answers and errors alone: no notes, progress or warnings'
complete -c malsync -n "__fish_malsync_using_subcommand man" -l no-progress -d 'Show no progress'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c malsync -n "__fish_malsync_using_subcommand man" -s V -l version -d 'Print version'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "login" -d 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "logout" -d 'Forget the tokens; user and list stay'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "whoami" -d 'Ask MAL whose login this is (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "token" -d 'Look at the tokens, or refresh them'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "sync" -d 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "status" -d 'Show login, last sync, and by when the next one must happen'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "runs" -d 'Show past runs, the newest first'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "list" -d 'Show the list'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "show" -d 'Show everything that is known of one anime, its entry and its history'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "stats" -d 'Show figures of the list: scores, time, genres, studios, what was finished when'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "report" -d 'Write the figures of the list as one HTML page with charts'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "edit" -d 'Change entries in the database; only with --push also on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "pin" -d 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "unpin" -d 'Leave fields of an entry to the rules again'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "diff" -d 'Show what differs from MAL as last seen, and why; asks MAL nothing'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "push" -d 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "revert" -d 'Give fields that differ MAL\'s value, as last seen'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "changes" -d 'Show what runs changed, and which conflicts they settled'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "restore" -d 'Set entries back to what they were before a run or an edit'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "export" -d 'Write the list into a file: as MAL\'s own XML export, JSON or CSV'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "import" -d 'Bring a list from a file, like MAL\'s XML export, into the database; nothing is sent to MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "users" -d 'List, rename or delete the users of the database'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "doctor" -d 'Check configuration, database, keyring, login and MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "metrics" -d 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "schedule" -d 'Let a sync happen by itself'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "config" -d 'Look at the configuration, or change it'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "man" -d 'Print or write the manual pages'
complete -c malsync -n "__fish_malsync_using_subcommand help; and not __fish_seen_subcommand_from login logout whoami token sync status runs list show stats report edit pin unpin diff push revert changes restore export import users doctor metrics schedule config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "status" -d 'Show whether there are tokens, where they rest, and when they end'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "refresh" -d 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "export" -d 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "list" -d 'List the users with their login, last sync and number of entries'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "rename" -d 'Rename a user in the database; nothing changes on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from users" -f -a "delete" -d 'Delete a user with the list, login and history; nothing is deleted on MAL'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "install" -d 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "status" -d 'Show what was installed, and when it runs next'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "remove" -d 'Take away what `schedule install` wrote, and nothing else'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show every setting with its value and where it came from, secrets masked'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "edit" -d 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print where the configuration file is'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "check" -d 'Say what is wrong with the configuration'
complete -c malsync -n "__fish_malsync_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Make a configuration file with every setting commented out; one that is there stays'
