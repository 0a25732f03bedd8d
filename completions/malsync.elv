
use builtin;
use str;

set edit:completion:arg-completer[malsync] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'malsync'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'malsync'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand login 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)'
            cand logout 'Forget the tokens; user and list stay'
            cand whoami 'Ask MAL whose login this is (needs MAL_CLIENT_ID)'
            cand token 'Look at the tokens, or refresh them'
            cand sync 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)'
            cand status 'Show login, last sync, and by when the next one must happen'
            cand runs 'Show past runs, the newest first'
            cand list 'Show the list'
            cand edit 'Change an entry in the database; nothing is sent to MAL'
            cand changes 'Show what runs changed, and which conflicts they settled'
            cand doctor 'Check configuration, database, keyring, login and MAL'
            cand metrics 'Print figures for Prometheus'
            cand config 'Look at the configuration'
            cand completions 'Print a shell''s completion script'
            cand man 'Print or write the manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;login'= {
            cand --user 'Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)'
            cand --email 'Note this e-mail address in the row (MAL gives none)'
            cand --timeout 'Wait this long for the browser to come back, like 90s, 5m or 1h30m'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --no-browser 'Print the authorize URL on standard output, and open no browser'
            cand --paste 'Print the URL, then read the redirected URL from standard input, without browser and listener'
            cand --force 'Take the row over even if it belongs to another MAL account'
            cand --json 'Print the login as one line of JSON'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;logout'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --all 'Log every user out'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;whoami'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand status 'Show whether there are tokens, where they rest, and when they end'
            cand refresh 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;token;status'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token;refresh'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token;help'= {
            cand status 'Show whether there are tokens, where they rest, and when they end'
            cand refresh 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;token;help;status'= {
        }
        &'malsync;token;help;refresh'= {
        }
        &'malsync;token;help;help'= {
        }
        &'malsync;sync'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --all-users 'Sync every user who has a login, by name'
            cand --force-full 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)'
            cand --dry-run 'Show what would change, and write nothing'
            cand --prune 'Read the whole list, and delete every entry that is marked as removed from MAL'
            cand --allow-shrink 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone'
            cand --json 'Print the run as one line of JSON, one line a user with --all-users'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;status'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --run 'Show this run instead, by its id'
            cand --max-age 'Exit with 9 if the last complete sync is older than this, like 26h (default: no limit)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;runs'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --limit 'Show the newest N runs (default: all)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON a run'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;list'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --status 'Show entries with this status (default: any)'
            cand --search 'Show entries that have this text in a title, in upper or lower case'
            cand --sort 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity or id; with a - before it from the highest down, as in --sort -score'
            cand --limit 'Show the first N entries (default: all)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --removed 'Show also the entries that are no longer on MAL'
            cand --json 'Print one line of JSON an entry'
            cand --csv 'Print CSV with a header row'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;edit'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --status 'Set the status (MAL''s comes back with the next sync)'
            cand --score 'Set the score, 1 to 10; 0 takes it out'
            cand --episodes 'Set the number of episodes watched, 0 to 2147483647'
            cand --start-date 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out'
            cand --finish-date 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out'
            cand --notes 'Set the notes; '''' takes them out'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;changes'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --run 'Show what this run did, by its id (default: every run)'
            cand --anime 'Show what happened to this anime, by MAL''s id (default: every anime)'
            cand --limit 'Show the newest N changes (default: all)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --conflicts 'Show conflicts alone'
            cand --json 'Print one line of JSON a change'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;doctor'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print JSON, one object a line'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;metrics'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand show 'Show every setting with its value and where it came from, secrets masked'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;config;show'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print JSON, one object a line'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;help'= {
            cand show 'Show every setting with its value and where it came from, secrets masked'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;config;help;show'= {
        }
        &'malsync;config;help;help'= {
        }
        &'malsync;completions'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;man'= {
            cand --out-dir 'Write one page a command into this folder (default: print malsync.1)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand -v 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand --verbose 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)'
            cand -q 'Print answers and errors alone: no notes, progress or warnings'
            cand --quiet 'Print answers and errors alone: no notes, progress or warnings'
            cand --no-progress 'Show no progress'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;help'= {
            cand login 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)'
            cand logout 'Forget the tokens; user and list stay'
            cand whoami 'Ask MAL whose login this is (needs MAL_CLIENT_ID)'
            cand token 'Look at the tokens, or refresh them'
            cand sync 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)'
            cand status 'Show login, last sync, and by when the next one must happen'
            cand runs 'Show past runs, the newest first'
            cand list 'Show the list'
            cand edit 'Change an entry in the database; nothing is sent to MAL'
            cand changes 'Show what runs changed, and which conflicts they settled'
            cand doctor 'Check configuration, database, keyring, login and MAL'
            cand metrics 'Print figures for Prometheus'
            cand config 'Look at the configuration'
            cand completions 'Print a shell''s completion script'
            cand man 'Print or write the manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;help;login'= {
        }
        &'malsync;help;logout'= {
        }
        &'malsync;help;whoami'= {
        }
        &'malsync;help;token'= {
            cand status 'Show whether there are tokens, where they rest, and when they end'
            cand refresh 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)'
        }
        &'malsync;help;token;status'= {
        }
        &'malsync;help;token;refresh'= {
        }
        &'malsync;help;sync'= {
        }
        &'malsync;help;status'= {
        }
        &'malsync;help;runs'= {
        }
        &'malsync;help;list'= {
        }
        &'malsync;help;edit'= {
        }
        &'malsync;help;changes'= {
        }
        &'malsync;help;doctor'= {
        }
        &'malsync;help;metrics'= {
        }
        &'malsync;help;config'= {
            cand show 'Show every setting with its value and where it came from, secrets masked'
        }
        &'malsync;help;config;show'= {
        }
        &'malsync;help;completions'= {
        }
        &'malsync;help;man'= {
        }
        &'malsync;help;help'= {
        }
    ]
    $completions[$command]
}
