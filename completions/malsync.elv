
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
            cand show 'Show everything that is known of one anime, its entry and its history'
            cand stats 'Show figures of the list: scores, time, genres, studios, what was finished when'
            cand report 'Write the figures of the list as one HTML page with charts'
            cand edit 'Change entries in the database; only with --push also on MAL'
            cand pin 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned'
            cand unpin 'Leave fields of an entry to the rules again'
            cand diff 'Show what differs from MAL as last seen, and why; asks MAL nothing'
            cand push 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)'
            cand revert 'Give fields that differ MAL''s value, as last seen'
            cand changes 'Show what runs changed, and which conflicts they settled'
            cand restore 'Set entries back to what they were before a run or an edit'
            cand export 'Write the list into a file: as MAL''s own XML export, JSON or CSV'
            cand import 'Bring a list from a file, like MAL''s XML export, into the database; nothing is sent to MAL'
            cand users 'List, rename or delete the users of the database'
            cand doctor 'Check configuration, database, keyring, login and MAL'
            cand metrics 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)'
            cand schedule 'Let a sync happen by itself'
            cand config 'Look at the configuration, or change it'
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
            cand --qr 'Show the URL as a QR code on standard error too'
            cand --with-token 'Read a login that `malsync token export` printed on another machine from standard input'
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
            cand export 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
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
        &'malsync;token;export'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --show 'Print it even onto a terminal, where others may see it'
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
            cand export 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;token;help;status'= {
        }
        &'malsync;token;help;refresh'= {
        }
        &'malsync;token;help;export'= {
        }
        &'malsync;token;help;help'= {
        }
        &'malsync;sync'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --max 'Refuse to send more than so many entries'
            cand --every 'Stay, and sync again at this interval (10m or more, like 6h) until a signal comes'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --all-users 'Sync every user who has a login, by name'
            cand --force-full 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)'
            cand --push 'Send what was edited here to MAL first, as `malsync push --yes` does'
            cand --dry-run 'Show what would change, and write nothing'
            cand --prune 'Read the whole list, and delete every entry that is marked as removed from MAL'
            cand --allow-shrink 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone'
            cand --json 'Print the run as one line of JSON, one line a user with --all-users'
            cand --tell-once 'Say nothing of a failure that was told before and goes on: for cron, which mails what is printed'
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
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --sort 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated; with a - before it from the highest down; several with commas, the first one counting most, as in --sort -score,title'
            cand --columns 'Show these columns, by their names in JSON, with commas between; help lists them (default: the most useful ones in the table, all of them in JSON and CSV)'
            cand --limit 'Show the first N entries (default: all)'
            cand --removed 'Show also the entries that are no longer on MAL; with =only nothing else'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --json 'Print one line of JSON an entry (which is NDJSON, or JSON Lines)'
            cand --ndjson 'Print one line of JSON an entry (which is NDJSON, or JSON Lines)'
            cand --csv 'Print CSV with a header row'
            cand --no-pager 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
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
        &'malsync;show'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --limit 'Show the newest N lines of its history'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --all 'Show the whole history'
            cand --json 'Print one line of JSON'
            cand --no-pager 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
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
        &'malsync;stats'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --top 'Show so many genres, studios, years, seasons, and anime rated apart from MAL'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --ascii 'Draw bars with # (default: where the locale is not UTF-8)'
            cand --json 'Print every figure as one line of JSON'
            cand --no-pager 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
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
        &'malsync;report'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --top 'Draw so many genres, studios, seasons, and anime rated apart from MAL; the tables have all'
            cand -o 'Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with --open, else standard output)'
            cand --output 'Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with --open, else standard output)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --open 'Open the file in the browser (variable: BROWSER)'
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
            cand --where 'Change every entry that this flag of `malsync list` takes, written without its dashes, as in --where status=watching or --where edited; given several times, all must hold'
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --status 'Set the status (MAL''s comes back with the next sync)'
            cand --score 'Set the score, 1 to 10; 0 takes it out'
            cand --episodes 'Set the number of episodes watched; +N and -N change it. While rewatching, that of the rewatch'
            cand --start-date 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out'
            cand --finish-date 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out'
            cand --notes 'Set the notes; '''' takes them out'
            cand --tags 'Set the tags, with commas between; '''' takes them out'
            cand --priority 'Set the priority, 0 to 2'
            cand --rewatch-value 'Set how much it is worth watching again, 0 to 5'
            cand --times-rewatched 'Set how often it was watched again; +N and -N change it'
            cand --rewatching 'Set whether it is being watched again; true starts with episode 0 unless --episodes says otherwise'
            cand --max 'Refuse to send more than so many entries'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --push 'Send the fields that are set here to MAL too, without asking'
            cand --dry-run 'Show what would change, and write nothing'
            cand --yes 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on'
            cand --json 'Print one line of JSON an entry'
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
        &'malsync;pin'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --json 'Print one line of JSON a pin'
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
        &'malsync;unpin'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --all 'Leave every field to the rules again'
            cand --json 'Print one line of JSON a pin'
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
        &'malsync;diff'= {
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --removed 'Take also the entries that are no longer on MAL; with =only nothing else'
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --json 'Print one line of JSON a field'
            cand --no-pager 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
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
        &'malsync;push'= {
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --removed 'Take also the entries that are no longer on MAL; with =only nothing else'
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --max 'Refuse to send more than so many entries'
            cand --field 'Send this field and no other, edited or not, where it differs from MAL''s; can be given several times (default: the edited fields)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --yes 'Do not ask; needed where there is no terminal to ask on'
            cand --add 'Make the entries that are only here on MAL too; those removed from MAL only if they are named or asked for by --removed'
            cand --force 'Send also what MAL has changed meanwhile'
            cand --dry-run 'Read what MAL has and show what would be sent; send and write nothing'
            cand --json 'Print the run as one line of JSON'
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
        &'malsync;revert'= {
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --removed 'Take also the entries that are no longer on MAL; with =only nothing else'
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --field 'Take only this field; can be given several times (default: every field that differs)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --dry-run 'Show what would change, and write nothing'
            cand --yes 'Do not ask; needed where there is no terminal to ask on'
            cand --json 'Print one line of JSON an entry'
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
            cand --anime 'Show what happened to this anime: MAL''s id, a title, or the beginning of one (default: every anime)'
            cand --since 'Show changes from this moment on: YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo'
            cand --until 'Show changes up to this moment, a day included'
            cand --field 'Show changes of this field, by the column''s name; entry: entries made or deleted'
            cand --limit 'Show the newest N changes (default: all)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --conflicts 'Show conflicts alone'
            cand --local 'Show what commands here changed instead of what runs did'
            cand --json 'Print one line of JSON a change'
            cand --no-pager 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)'
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
        &'malsync;restore'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --run 'Undo what this run changed, by its id'
            cand --anime 'Undo what the run changed in this anime''s entry (default run: the last one that changed it)'
            cand --change 'Undo this one change, by its id as `malsync changes` shows it'
            cand --edit 'Undo what this command here did, by its number as `malsync changes --local` shows it'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --force 'Set back also what has another value by now than the change left'
            cand --dry-run 'Show what would change, and write nothing'
            cand --yes 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on'
            cand --json 'Print one line of JSON an entry'
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
        &'malsync;export'= {
            cand --user 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)'
            cand --format 'Write in this format (default: by the file''s name, else mal-xml)'
            cand --output 'Write this file, which appears or is replaced as a whole (default, and -: standard output)'
            cand --dir 'Write a packed file named after user and day into this folder, like malsync-alice-2026-11-22.xml.gz'
            cand --keep 'Delete all but the newest N of those files in the folder (default: keep all)'
            cand --status 'Take entries with this status; several with commas (default: any)'
            cand --search 'Take entries that have this text in any of their titles; accents, upper and lower case are the same'
            cand --score 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none'
            cand --mean 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none'
            cand --genre 'Take entries of this genre, by name'
            cand --studio 'Take entries of this studio, by name'
            cand --season 'Take anime that began in this season, like spring-2019, or this year, like 2019'
            cand --type 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas'
            cand --airing 'Take anime in this state: finished, airing or upcoming'
            cand --tag 'Take entries with this tag of yours'
            cand --started 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --finished 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --gzip 'Pack with gzip (default: where the file''s name ends with .gz)'
            cand --edited 'Take entries with a value of your own that MAL does not have'
            cand --pinned 'Take entries with a pinned field'
            cand --rewatching 'Take entries that you are rewatching'
            cand --removed 'Take also the entries that are no longer on MAL'
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
        &'malsync;import'= {
            cand --user 'Bring it into this user''s list: a name in the users table, which is made where it is missing, or id:N (default: the user whom the file names, made only where there is no user yet; where it names none, the one that other commands take)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --dry-run 'Show what would change, and write nothing'
            cand --force 'Take the list of another MyAnimeList account too'
            cand --json 'Print what was done as one line of JSON'
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
        &'malsync;users'= {
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
            cand list 'List the users with their login, last sync and number of entries'
            cand rename 'Rename a user in the database; nothing changes on MAL'
            cand delete 'Delete a user with the list, login and history; nothing is deleted on MAL'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;users;list'= {
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
        &'malsync;users;rename'= {
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
        &'malsync;users;delete'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --yes 'Delete without asking; required without a terminal'
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
        &'malsync;users;help'= {
            cand list 'List the users with their login, last sync and number of entries'
            cand rename 'Rename a user in the database; nothing changes on MAL'
            cand delete 'Delete a user with the list, login and history; nothing is deleted on MAL'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;users;help;list'= {
        }
        &'malsync;users;help;rename'= {
        }
        &'malsync;users;help;delete'= {
        }
        &'malsync;users;help;help'= {
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
        &'malsync;schedule'= {
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
            cand install 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
            cand status 'Show what was installed, and when it runs next'
            cand remove 'Take away what `schedule install` wrote, and nothing else'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;schedule;install'= {
            cand --user 'Sync this user alone: a name in the users table, or id:N for the row''s id (default: all who are logged in)'
            cand --every 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d'
            cand --with 'Use this (default: launchd on macOS, task-scheduler on Windows; elsewhere systemd where the machine runs it, else cron)'
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --push 'Let each sync send first what was edited here'
            cand --dry-run 'Show what would be written, and write nothing'
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
        &'malsync;schedule;status'= {
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
        &'malsync;schedule;remove'= {
            cand --config 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)'
            cand --color 'Use colour (variable: NO_COLOR)'
            cand --dry-run 'Show what would be taken away, and leave it'
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
        &'malsync;schedule;help'= {
            cand install 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
            cand status 'Show what was installed, and when it runs next'
            cand remove 'Take away what `schedule install` wrote, and nothing else'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;schedule;help;install'= {
        }
        &'malsync;schedule;help;status'= {
        }
        &'malsync;schedule;help;remove'= {
        }
        &'malsync;schedule;help;help'= {
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
            cand edit 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
            cand path 'Print where the configuration file is'
            cand check 'Say what is wrong with the configuration'
            cand init 'Make a configuration file with every setting commented out; one that is there stays'
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
        &'malsync;config;edit'= {
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
        &'malsync;config;path'= {
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
        &'malsync;config;check'= {
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
        &'malsync;config;init'= {
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
        &'malsync;config;help'= {
            cand show 'Show every setting with its value and where it came from, secrets masked'
            cand edit 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
            cand path 'Print where the configuration file is'
            cand check 'Say what is wrong with the configuration'
            cand init 'Make a configuration file with every setting commented out; one that is there stays'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;config;help;show'= {
        }
        &'malsync;config;help;edit'= {
        }
        &'malsync;config;help;path'= {
        }
        &'malsync;config;help;check'= {
        }
        &'malsync;config;help;init'= {
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
            cand show 'Show everything that is known of one anime, its entry and its history'
            cand stats 'Show figures of the list: scores, time, genres, studios, what was finished when'
            cand report 'Write the figures of the list as one HTML page with charts'
            cand edit 'Change entries in the database; only with --push also on MAL'
            cand pin 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned'
            cand unpin 'Leave fields of an entry to the rules again'
            cand diff 'Show what differs from MAL as last seen, and why; asks MAL nothing'
            cand push 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)'
            cand revert 'Give fields that differ MAL''s value, as last seen'
            cand changes 'Show what runs changed, and which conflicts they settled'
            cand restore 'Set entries back to what they were before a run or an edit'
            cand export 'Write the list into a file: as MAL''s own XML export, JSON or CSV'
            cand import 'Bring a list from a file, like MAL''s XML export, into the database; nothing is sent to MAL'
            cand users 'List, rename or delete the users of the database'
            cand doctor 'Check configuration, database, keyring, login and MAL'
            cand metrics 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)'
            cand schedule 'Let a sync happen by itself'
            cand config 'Look at the configuration, or change it'
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
            cand export 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine'
        }
        &'malsync;help;token;status'= {
        }
        &'malsync;help;token;refresh'= {
        }
        &'malsync;help;token;export'= {
        }
        &'malsync;help;sync'= {
        }
        &'malsync;help;status'= {
        }
        &'malsync;help;runs'= {
        }
        &'malsync;help;list'= {
        }
        &'malsync;help;show'= {
        }
        &'malsync;help;stats'= {
        }
        &'malsync;help;report'= {
        }
        &'malsync;help;edit'= {
        }
        &'malsync;help;pin'= {
        }
        &'malsync;help;unpin'= {
        }
        &'malsync;help;diff'= {
        }
        &'malsync;help;push'= {
        }
        &'malsync;help;revert'= {
        }
        &'malsync;help;changes'= {
        }
        &'malsync;help;restore'= {
        }
        &'malsync;help;export'= {
        }
        &'malsync;help;import'= {
        }
        &'malsync;help;users'= {
            cand list 'List the users with their login, last sync and number of entries'
            cand rename 'Rename a user in the database; nothing changes on MAL'
            cand delete 'Delete a user with the list, login and history; nothing is deleted on MAL'
        }
        &'malsync;help;users;list'= {
        }
        &'malsync;help;users;rename'= {
        }
        &'malsync;help;users;delete'= {
        }
        &'malsync;help;doctor'= {
        }
        &'malsync;help;metrics'= {
        }
        &'malsync;help;schedule'= {
            cand install 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows'
            cand status 'Show what was installed, and when it runs next'
            cand remove 'Take away what `schedule install` wrote, and nothing else'
        }
        &'malsync;help;schedule;install'= {
        }
        &'malsync;help;schedule;status'= {
        }
        &'malsync;help;schedule;remove'= {
        }
        &'malsync;help;config'= {
            cand show 'Show every setting with its value and where it came from, secrets masked'
            cand edit 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none'
            cand path 'Print where the configuration file is'
            cand check 'Say what is wrong with the configuration'
            cand init 'Make a configuration file with every setting commented out; one that is there stays'
        }
        &'malsync;help;config;show'= {
        }
        &'malsync;help;config;edit'= {
        }
        &'malsync;help;config;path'= {
        }
        &'malsync;help;config;check'= {
        }
        &'malsync;help;config;init'= {
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
