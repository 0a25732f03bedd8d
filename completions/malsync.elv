
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
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand login 'Log in to MyAnimeList with your browser'
            cand sync 'Download your list from MAL into the database'
            cand list 'List and filter your anime'
            cand show 'Show details of one anime: your entry, metadata, and history'
            cand open 'Open an anime''s page on MAL in your browser, or print its URL'
            cand edit 'Edit entries (only locally, unless --push is given)'
            cand status 'Show login status, the last sync, and when the login expires'
            cand stats 'Show statistics: scores, watch time, genres, studios and more'
            cand report 'Write an HTML report with charts'
            cand export 'Export the list as MAL XML, JSON or CSV'
            cand import 'Import a list from a file (MAL XML, JSON or CSV)'
            cand copy 'Copy everything into an empty database (backup, restore, move)'
            cand changes 'Show what syncs changed and how conflicts were resolved'
            cand restore 'Undo changes made by a sync, a push or an edit'
            cand undo 'Undo your last local edit; repeat it to undo the one before'
            cand pin 'Protect fields from being overwritten by syncs'
            cand unpin 'Let syncs update pinned fields again'
            cand diff 'Show how your list differs from MAL (as of the last sync)'
            cand push 'Send local edits to MAL, after confirmation'
            cand revert 'Discard local edits: set fields back to MAL''s values'
            cand runs 'List past syncs, newest first'
            cand schedule 'Manage automatic syncs'
            cand metrics 'Print metrics in Prometheus format'
            cand doctor 'Diagnose problems with configuration, database, login and MAL'
            cand whoami 'Show the MAL account you are logged in as'
            cand users 'List, rename or delete the users of the database'
            cand token 'Show, refresh or export the login tokens'
            cand logout 'Log out: delete the stored tokens (your list is kept)'
            cand config 'View or edit the configuration'
            cand completions 'Print a shell completion script'
            cand man 'Print or write the manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;login'= {
            cand -u 'Store the login under this user (default: your MAL username)'
            cand --user 'Store the login under this user (default: your MAL username)'
            cand --email 'Store this e-mail address with the user'
            cand --timeout 'How long to wait for the login to finish, e.g. 90s, 5m or 1h30m'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --no-browser 'Print the login URL on standard output instead of opening a browser'
            cand --paste 'Print the login URL, then read the URL that you are redirected to from standard input'
            cand --qr 'Also show the URL as a QR code'
            cand --with-token 'Read tokens from standard input (from `malsync token export`)'
            cand --force 'Replace a login that belongs to another MAL account'
            cand --json 'Print the login as one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;sync'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --max 'Maximum number of entries to send'
            cand --every 'Keep running and sync at this interval (at least 10m, e.g. 6h)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --all-users 'Sync all logged-in users'
            cand --force-full 'Do a full sync even if the last one was recent [env: SYNC_MIN_INTERVAL, SYNC_FULL_EVERY]'
            cand --push 'First send local edits to MAL, like `malsync push --yes`'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --prune 'Do a full sync and delete entries that are no longer on MAL'
            cand --allow-shrink 'Proceed even if the list is empty or shrank by more than 20 % (and more than 10 entries)'
            cand --json 'Print the result as JSON, one object per user'
            cand --tell-once 'Report a recurring failure only once (for cron mail)'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;list'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --sort 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated. Prefix with - for descending; separate several keys with commas'
            cand --columns 'Comma-separated columns to show; use `--columns help` for a list (default: the most useful ones in the table, all in JSON and CSV)'
            cand -n 'Show at most N entries (default: all)'
            cand --limit 'Show at most N entries (default: all)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --removed 'Include entries that were removed from MAL (--removed=only: only those)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON Lines, one object per entry'
            cand --ndjson 'Print JSON Lines, one object per entry'
            cand --csv 'Print CSV with a header row'
            cand --no-pager 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;show'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand -n 'Show at most N lines of its history, newest first'
            cand --limit 'Show at most N lines of its history, newest first'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --all 'Show the whole history'
            cand --json 'Print one JSON object'
            cand --no-pager 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;open'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;edit'= {
            cand --where 'Edit all entries matching a `malsync list` filter, e.g. --where status=watching or --where edited; repeat to combine (AND)'
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand -s 'Set the status (the next sync sets it back to MAL''s unless it is pinned or pushed)'
            cand --status 'Set the status (the next sync sets it back to MAL''s unless it is pinned or pushed)'
            cand --score 'Set the score (1-10; 0 clears it)'
            cand --episodes 'Set the number of watched episodes; +N and -N change it. While rewatching, applies to the rewatch'
            cand --start-date 'Set the start date (YYYY[-MM[-DD]], today or yesterday; '''' clears it)'
            cand --finish-date 'Set the finish date (YYYY[-MM[-DD]], today or yesterday; '''' clears it)'
            cand --notes 'Set the notes ('''' clears them)'
            cand --tags 'Replace the tags, comma-separated ('''' clears them)'
            cand --add-tags 'Add tags to those of the entry, comma-separated'
            cand --remove-tags 'Remove tags from those of the entry, comma-separated'
            cand --priority 'Set the priority (0-2)'
            cand --rewatch-value 'Set the rewatch value (0-5)'
            cand --times-rewatched 'Set the number of rewatches; +N and -N change it'
            cand --rewatching 'Set whether you are rewatching it; true starts at episode 0 unless --episodes is given'
            cand --max 'Maximum number of entries to send'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --pin 'Also pin what the edit sets, so that no sync replaces it (undo with malsync unpin)'
            cand --push 'Also send these changes to MAL, without asking'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --json 'Print one JSON object per entry'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;status'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --run 'Show this sync instead (number from `malsync runs`, or last)'
            cand --max-age 'Exit with status 9 if the last complete sync is older than this, e.g. 26h'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;stats'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --top 'Number of rows in each ranking'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --ascii 'Draw bars with # (default if the locale is not UTF-8)'
            cand --json 'Print all statistics as one JSON object'
            cand --no-pager 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;report'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --top 'Number of rows in each chart; tables always list everything'
            cand -o 'Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with --open, otherwise standard output)'
            cand --output 'Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with --open, otherwise standard output)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --open 'Open the report in the browser [env: BROWSER]'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;export'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --format 'Output format (default: from the file extension, otherwise mal-xml)'
            cand -o 'Output file, written atomically; - for standard output (default: standard output)'
            cand --output 'Output file, written atomically; - for standard output (default: standard output)'
            cand --dir 'Write a compressed file named by user and date into this directory, e.g. malsync-alice-2026-11-22.xml.gz'
            cand --keep 'Keep only the newest N of these files in the directory (default: all)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --removed 'Include entries that were removed from MAL (--removed=only: only those)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --gzip 'Compress with gzip (default if the file name ends with .gz)'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;import'= {
            cand -u 'Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)'
            cand --user 'Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --force 'Import even if the file belongs to another MAL account'
            cand --json 'Print the result as one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;copy'= {
            cand --to 'Empty database to copy into: postgresql://…, sqlite:///absolute/path or sqlite://relative/path (a missing SQLite file is created)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --with-tokens 'Also copy the logins; afterwards, use only one of the two databases'
            cand --json 'Print the tables with their row counts as one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;changes'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --run 'Show only the changes of this sync or push (number from `malsync runs`, or last)'
            cand --anime 'Show only changes to this anime, by ID or title'
            cand --since 'Show changes since this time: today, yesterday, YYYY-MM-DD, 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo'
            cand --until 'Show changes until this time (a date includes the whole day)'
            cand --field 'Show only changes of this field (entry: created and deleted entries)'
            cand -n 'Show at most N changes, newest first (default: all)'
            cand --limit 'Show at most N changes, newest first (default: all)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --conflicts 'Show only conflicts'
            cand --local 'Show local edits instead'
            cand --json 'Print one JSON object per change'
            cand --no-pager 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;restore'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --run 'Undo the changes of this sync or push (number from `malsync runs`, or last)'
            cand --anime 'Undo only the changes to this anime, by ID or title (default sync: the last one that changed it)'
            cand --change 'Undo a single change (number from `malsync changes`)'
            cand --edit 'Undo a local edit (number from `malsync changes --local`)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --force 'Also overwrite values that have changed since'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --json 'Print one JSON object per entry'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;undo'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --force 'Also undo values that were changed again since'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --json 'Print one JSON object per entry'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;pin'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object per pin'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;unpin'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --all 'Unpin all fields'
            cand --json 'Print one JSON object per pin'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;diff'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --removed 'Include entries that were removed from MAL (--removed=only: only those)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object per field'
            cand --no-pager 'Do not use a pager [env: MALSYNC_PAGER, PAGER]'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;push'= {
            cand --max 'Maximum number of entries to send'
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --removed 'Include entries that were removed from MAL (--removed=only: only those)'
            cand --field 'Send only this field, edited or not, if it differs from MAL''s; repeat for several (default: the edited fields)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --add 'Also add entries that are not on MAL; those removed from MAL only if named or selected by --removed'
            cand --force 'Also overwrite values that have changed on MAL since the last sync'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -n 'Show what would be sent, but send and write nothing'
            cand --dry-run 'Show what would be sent, but send and write nothing'
            cand --json 'Print the result as one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;revert'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --field 'Revert only this field; repeat for several (default: all fields that differ)'
            cand -s 'Only entries with this status (commas mean OR)'
            cand --status 'Only entries with this status (commas mean OR)'
            cand --search 'Only entries whose title contains TEXT (any language; ignores case and accents)'
            cand --score 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)'
            cand --mean 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)'
            cand --genre 'Only anime of this genre (commas mean OR; repeat for AND)'
            cand --studio 'Only anime by this studio (commas mean OR; repeat for AND)'
            cand --season 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR'
            cand --type 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)'
            cand --airing 'Filter by airing status: finished, airing or upcoming (commas mean OR)'
            cand --tag 'Only entries with this tag (commas mean OR; repeat for AND)'
            cand --started 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --finished 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)'
            cand --removed 'Include entries that were removed from MAL (--removed=only: only those)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -n 'Show what would change, but write nothing'
            cand --dry-run 'Show what would change, but write nothing'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --json 'Print one JSON object per entry'
            cand --edited 'Only entries with local changes that are not on MAL'
            cand --pinned 'Only entries with a pinned field'
            cand --rewatching 'Only entries that you are rewatching'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;runs'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand -n 'Show at most N syncs (default: all)'
            cand --limit 'Show at most N syncs (default: all)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object per sync'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;schedule'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand install 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
            cand status 'Show the schedule and the next run'
            cand remove 'Remove the schedule'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;schedule;install'= {
            cand -u 'Sync only this user, by name or id:N (default: all logged-in users)'
            cand --user 'Sync only this user, by name or id:N (default: all logged-in users)'
            cand --every 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d'
            cand --with 'Scheduler to use (default: launchd on macOS, task-scheduler on Windows, otherwise systemd if available, or cron)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --push 'Send local edits to MAL before each sync'
            cand -n 'Show what would be written, but write nothing'
            cand --dry-run 'Show what would be written, but write nothing'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;schedule;status'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;schedule;remove'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -n 'Show what would be removed, but remove nothing'
            cand --dry-run 'Show what would be removed, but remove nothing'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;schedule;help'= {
            cand install 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
            cand status 'Show the schedule and the next run'
            cand remove 'Remove the schedule'
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
        &'malsync;metrics'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;doctor'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;whoami'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;users'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'List the users with their login, last sync and number of entries'
            cand rename 'Rename a user in the database; nothing changes on MAL'
            cand delete 'Delete a user with the list, login and history; nothing is deleted on MAL'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;users;list'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;users;rename'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;users;delete'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --yes 'Skip confirmation (required when not run from a terminal)'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
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
        &'malsync;token'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand status 'Show whether tokens exist, where they are stored, and when they expire'
            cand refresh 'Refresh the tokens now'
            cand export 'Print the login including its unencrypted tokens'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;token;status'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token;refresh'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print one JSON object'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token;export'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --show 'Print even if standard output is a terminal'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;token;help'= {
            cand status 'Show whether tokens exist, where they are stored, and when they expire'
            cand refresh 'Refresh the tokens now'
            cand export 'Print the login including its unencrypted tokens'
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
        &'malsync;logout'= {
            cand -u 'User name or id:N (default: the user who logged in last)'
            cand --user 'User name or id:N (default: the user who logged in last)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --all 'Log out all users'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand show 'Show all settings with their values and sources (secrets are masked)'
            cand edit 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
            cand path 'Print the path of the configuration file'
            cand get 'Print the value of a setting (secrets are masked)'
            cand set 'Change a setting in the configuration file; comments are kept'
            cand unset 'Remove a setting from the configuration file, so that its default is used'
            cand check 'Validate the configuration'
            cand init 'Create a commented sample configuration file (never overwrites)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;config;show'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;edit'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;path'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;get'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;set'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;unset'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;check'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand --json 'Print JSON, one object per line'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;init'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;config;help'= {
            cand show 'Show all settings with their values and sources (secrets are masked)'
            cand edit 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
            cand path 'Print the path of the configuration file'
            cand get 'Print the value of a setting (secrets are masked)'
            cand set 'Change a setting in the configuration file; comments are kept'
            cand unset 'Remove a setting from the configuration file, so that its default is used'
            cand check 'Validate the configuration'
            cand init 'Create a commented sample configuration file (never overwrites)'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;config;help;show'= {
        }
        &'malsync;config;help;edit'= {
        }
        &'malsync;config;help;path'= {
        }
        &'malsync;config;help;get'= {
        }
        &'malsync;config;help;set'= {
        }
        &'malsync;config;help;unset'= {
        }
        &'malsync;config;help;check'= {
        }
        &'malsync;config;help;init'= {
        }
        &'malsync;config;help;help'= {
        }
        &'malsync;completions'= {
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;man'= {
            cand --out-dir 'Write one page per command into this directory (default: print malsync.1)'
            cand --config 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]'
            cand --color 'When to use color: auto, always, never [env: NO_COLOR]'
            cand -v 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand --verbose 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]'
            cand -q 'Suppress progress, warnings and success messages'
            cand --quiet 'Suppress progress, warnings and success messages'
            cand --no-progress 'Hide the progress bar'
            cand -h 'Print help (-h for a summary)'
            cand --help 'Print help (-h for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'malsync;help'= {
            cand login 'Log in to MyAnimeList with your browser'
            cand sync 'Download your list from MAL into the database'
            cand list 'List and filter your anime'
            cand show 'Show details of one anime: your entry, metadata, and history'
            cand open 'Open an anime''s page on MAL in your browser, or print its URL'
            cand edit 'Edit entries (only locally, unless --push is given)'
            cand status 'Show login status, the last sync, and when the login expires'
            cand stats 'Show statistics: scores, watch time, genres, studios and more'
            cand report 'Write an HTML report with charts'
            cand export 'Export the list as MAL XML, JSON or CSV'
            cand import 'Import a list from a file (MAL XML, JSON or CSV)'
            cand copy 'Copy everything into an empty database (backup, restore, move)'
            cand changes 'Show what syncs changed and how conflicts were resolved'
            cand restore 'Undo changes made by a sync, a push or an edit'
            cand undo 'Undo your last local edit; repeat it to undo the one before'
            cand pin 'Protect fields from being overwritten by syncs'
            cand unpin 'Let syncs update pinned fields again'
            cand diff 'Show how your list differs from MAL (as of the last sync)'
            cand push 'Send local edits to MAL, after confirmation'
            cand revert 'Discard local edits: set fields back to MAL''s values'
            cand runs 'List past syncs, newest first'
            cand schedule 'Manage automatic syncs'
            cand metrics 'Print metrics in Prometheus format'
            cand doctor 'Diagnose problems with configuration, database, login and MAL'
            cand whoami 'Show the MAL account you are logged in as'
            cand users 'List, rename or delete the users of the database'
            cand token 'Show, refresh or export the login tokens'
            cand logout 'Log out: delete the stored tokens (your list is kept)'
            cand config 'View or edit the configuration'
            cand completions 'Print a shell completion script'
            cand man 'Print or write the manual pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'malsync;help;login'= {
        }
        &'malsync;help;sync'= {
        }
        &'malsync;help;list'= {
        }
        &'malsync;help;show'= {
        }
        &'malsync;help;open'= {
        }
        &'malsync;help;edit'= {
        }
        &'malsync;help;status'= {
        }
        &'malsync;help;stats'= {
        }
        &'malsync;help;report'= {
        }
        &'malsync;help;export'= {
        }
        &'malsync;help;import'= {
        }
        &'malsync;help;copy'= {
        }
        &'malsync;help;changes'= {
        }
        &'malsync;help;restore'= {
        }
        &'malsync;help;undo'= {
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
        &'malsync;help;runs'= {
        }
        &'malsync;help;schedule'= {
            cand install 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler'
            cand status 'Show the schedule and the next run'
            cand remove 'Remove the schedule'
        }
        &'malsync;help;schedule;install'= {
        }
        &'malsync;help;schedule;status'= {
        }
        &'malsync;help;schedule;remove'= {
        }
        &'malsync;help;metrics'= {
        }
        &'malsync;help;doctor'= {
        }
        &'malsync;help;whoami'= {
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
        &'malsync;help;token'= {
            cand status 'Show whether tokens exist, where they are stored, and when they expire'
            cand refresh 'Refresh the tokens now'
            cand export 'Print the login including its unencrypted tokens'
        }
        &'malsync;help;token;status'= {
        }
        &'malsync;help;token;refresh'= {
        }
        &'malsync;help;token;export'= {
        }
        &'malsync;help;logout'= {
        }
        &'malsync;help;config'= {
            cand show 'Show all settings with their values and sources (secrets are masked)'
            cand edit 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed'
            cand path 'Print the path of the configuration file'
            cand get 'Print the value of a setting (secrets are masked)'
            cand set 'Change a setting in the configuration file; comments are kept'
            cand unset 'Remove a setting from the configuration file, so that its default is used'
            cand check 'Validate the configuration'
            cand init 'Create a commented sample configuration file (never overwrites)'
        }
        &'malsync;help;config;show'= {
        }
        &'malsync;help;config;edit'= {
        }
        &'malsync;help;config;path'= {
        }
        &'malsync;help;config;get'= {
        }
        &'malsync;help;config;set'= {
        }
        &'malsync;help;config;unset'= {
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
