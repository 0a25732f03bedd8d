
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'malsync' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'malsync'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'malsync' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to MyAnimeList with your browser')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'Download your list from MAL into the database')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List and filter your anime')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show details of one anime: your entry, metadata, and history')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Open an anime''s page on MAL in your browser, or print its URL')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit entries (only locally, unless --push is given)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show login status, the last sync, and when the login expires')
            [CompletionResult]::new('stats', 'stats', [CompletionResultType]::ParameterValue, 'Show statistics: scores, watch time, genres, studios and more')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write an HTML report with charts')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export the list as MAL XML, JSON or CSV')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import a list from a file (MAL XML, JSON or CSV)')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy everything into an empty database (backup, restore, move)')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what syncs changed and how conflicts were resolved')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Undo changes made by a sync, a push or an edit')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Undo your last local edit; repeat it to undo the one before')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Protect fields from being overwritten by syncs')
            [CompletionResult]::new('unpin', 'unpin', [CompletionResultType]::ParameterValue, 'Let syncs update pinned fields again')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show how your list differs from MAL (as of the last sync)')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Send local edits to MAL, after confirmation')
            [CompletionResult]::new('revert', 'revert', [CompletionResultType]::ParameterValue, 'Discard local edits: set fields back to MAL''s values')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'List past syncs, newest first')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Manage automatic syncs')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print metrics in Prometheus format')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Diagnose problems with configuration, database, login and MAL')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show the MAL account you are logged in as')
            [CompletionResult]::new('users', 'users', [CompletionResultType]::ParameterValue, 'List, rename or delete the users of the database')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Show, refresh or export the login tokens')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Log out: delete the stored tokens (your list is kept)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'View or edit the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print or write the manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;login' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Store the login under this user (default: your MAL username)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Store the login under this user (default: your MAL username)')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'Store this e-mail address with the user')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for the login to finish, e.g. 90s, 5m or 1h30m')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the login URL on standard output instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Print the login URL, then read the URL that you are redirected to from standard input')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Also show the URL as a QR code')
            [CompletionResult]::new('--with-token', '--with-token', [CompletionResultType]::ParameterName, 'Read tokens from standard input (from `malsync token export`)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a login that belongs to another MAL account')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the login as one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;sync' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Maximum number of entries to send')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Keep running and sync at this interval (at least 10m, e.g. 6h)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Sync all logged-in users')
            [CompletionResult]::new('--force-full', '--force-full', [CompletionResultType]::ParameterName, 'Do a full sync even if the last one was recent [env: SYNC_MIN_INTERVAL, SYNC_FULL_EVERY]')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'First send local edits to MAL, like `malsync push --yes`')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Do a full sync and delete entries that are no longer on MAL')
            [CompletionResult]::new('--allow-shrink', '--allow-shrink', [CompletionResultType]::ParameterName, 'Proceed even if the list is empty or shrank by more than 20 % (and more than 10 entries)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as JSON, one object per user')
            [CompletionResult]::new('--tell-once', '--tell-once', [CompletionResultType]::ParameterName, 'Report a recurring failure only once (for cron mail)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;list' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated. Prefix with - for descending; separate several keys with commas')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Comma-separated columns to show; use `--columns help` for a list (default: the most useful ones in the table, all in JSON and CSV)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show at most N entries (default: all)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most N entries (default: all)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Include entries that were removed from MAL (--removed=only: only those)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines, one object per entry')
            [CompletionResult]::new('--ndjson', '--ndjson', [CompletionResultType]::ParameterName, 'Print JSON Lines, one object per entry')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print CSV with a header row')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use a pager [env: MALSYNC_PAGER, PAGER]')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;show' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show at most N lines of its history, newest first')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most N lines of its history, newest first')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show the whole history')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use a pager [env: MALSYNC_PAGER, PAGER]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;open' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;edit' {
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Edit all entries matching a `malsync list` filter, e.g. --where status=watching or --where edited; repeat to combine (AND)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Set the status (the next sync sets it back to MAL''s unless it is pinned or pushed)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Set the status (the next sync sets it back to MAL''s unless it is pinned or pushed)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Set the score (1-10; 0 clears it)')
            [CompletionResult]::new('--episodes', '--episodes', [CompletionResultType]::ParameterName, 'Set the number of watched episodes; +N and -N change it. While rewatching, applies to the rewatch')
            [CompletionResult]::new('--start-date', '--start-date', [CompletionResultType]::ParameterName, 'Set the start date (YYYY[-MM[-DD]], today or yesterday; '''' clears it)')
            [CompletionResult]::new('--finish-date', '--finish-date', [CompletionResultType]::ParameterName, 'Set the finish date (YYYY[-MM[-DD]], today or yesterday; '''' clears it)')
            [CompletionResult]::new('--notes', '--notes', [CompletionResultType]::ParameterName, 'Set the notes ('''' clears them)')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Replace the tags, comma-separated ('''' clears them)')
            [CompletionResult]::new('--add-tags', '--add-tags', [CompletionResultType]::ParameterName, 'Add tags to those of the entry, comma-separated')
            [CompletionResult]::new('--remove-tags', '--remove-tags', [CompletionResultType]::ParameterName, 'Remove tags from those of the entry, comma-separated')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'Set the priority (0-2)')
            [CompletionResult]::new('--rewatch-value', '--rewatch-value', [CompletionResultType]::ParameterName, 'Set the rewatch value (0-5)')
            [CompletionResult]::new('--times-rewatched', '--times-rewatched', [CompletionResultType]::ParameterName, 'Set the number of rewatches; +N and -N change it')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Set whether you are rewatching it; true starts at episode 0 unless --episodes is given')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Maximum number of entries to send')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Also pin what the edit sets, so that no sync replaces it (undo with malsync unpin)')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Also send these changes to MAL, without asking')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;status' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Show this sync instead (number from `malsync runs`, or last)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Exit with status 9 if the last complete sync is older than this, e.g. 26h')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;stats' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Number of rows in each ranking')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw bars with # (default if the locale is not UTF-8)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print all statistics as one JSON object')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use a pager [env: MALSYNC_PAGER, PAGER]')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;report' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Number of rows in each chart; tables always list everything')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with --open, otherwise standard output)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output file; - for standard output (default: malsync-report.html in the current directory on a terminal or with --open, otherwise standard output)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--open', '--open', [CompletionResultType]::ParameterName, 'Open the report in the browser [env: BROWSER]')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;export' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (default: from the file extension, otherwise mal-xml)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output file, written atomically; - for standard output (default: standard output)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output file, written atomically; - for standard output (default: standard output)')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write a compressed file named by user and date into this directory, e.g. malsync-alice-2026-11-22.xml.gz')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep only the newest N of these files in the directory (default: all)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Include entries that were removed from MAL (--removed=only: only those)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--gzip', '--gzip', [CompletionResultType]::ParameterName, 'Compress with gzip (default if the file name ends with .gz)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;import' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Import even if the file belongs to another MAL account')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;copy' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Empty database to copy into: postgresql://…, sqlite:///absolute/path or sqlite://relative/path (a missing SQLite file is created)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--with-tokens', '--with-tokens', [CompletionResultType]::ParameterName, 'Also copy the logins; afterwards, use only one of the two databases')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the tables with their row counts as one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;changes' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Show only the changes of this sync or push (number from `malsync runs`, or last)')
            [CompletionResult]::new('--anime', '--anime', [CompletionResultType]::ParameterName, 'Show only changes to this anime, by ID or title')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Show changes since this time: today, yesterday, YYYY-MM-DD, 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Show changes until this time (a date includes the whole day)')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Show only changes of this field (entry: created and deleted entries)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show at most N changes, newest first (default: all)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most N changes, newest first (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--conflicts', '--conflicts', [CompletionResultType]::ParameterName, 'Show only conflicts')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Show local edits instead')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per change')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use a pager [env: MALSYNC_PAGER, PAGER]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;restore' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Undo the changes of this sync or push (number from `malsync runs`, or last)')
            [CompletionResult]::new('--anime', '--anime', [CompletionResultType]::ParameterName, 'Undo only the changes to this anime, by ID or title (default sync: the last one that changed it)')
            [CompletionResult]::new('--change', '--change', [CompletionResultType]::ParameterName, 'Undo a single change (number from `malsync changes`)')
            [CompletionResult]::new('--edit', '--edit', [CompletionResultType]::ParameterName, 'Undo a local edit (number from `malsync changes --local`)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also overwrite values that have changed since')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;undo' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also undo values that were changed again since')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;pin' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per pin')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;unpin' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Unpin all fields')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per pin')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;diff' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Include entries that were removed from MAL (--removed=only: only those)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per field')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Do not use a pager [env: MALSYNC_PAGER, PAGER]')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;push' {
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Maximum number of entries to send')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Include entries that were removed from MAL (--removed=only: only those)')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Send only this field, edited or not, if it differs from MAL''s; repeat for several (default: the edited fields)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Also add entries that are not on MAL; those removed from MAL only if named or selected by --removed')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also overwrite values that have changed on MAL since the last sync')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be sent, but send and write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be sent, but send and write nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;revert' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Revert only this field; repeat for several (default: all fields that differ)')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Only entries with this status (commas mean OR)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Only entries whose title contains TEXT (any language; ignores case and accents)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Filter by your score, e.g. 8, 7..9, 7.., ..5 or none (commas mean OR)')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Filter by MAL''s mean score, e.g. 7.5..8, 8.., ..6.5 or none (commas mean OR)')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Only anime of this genre (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Only anime by this studio (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Only anime that premiered in a season (spring-2019), a year (2019) or years (1990..1999, 1990s); commas mean OR')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only anime of this type: tv, movie, ova, ona, special, music, … (commas mean OR)')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Filter by airing status: finished, airing or upcoming (commas mean OR)')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only entries with this tag (commas mean OR; repeat for AND)')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Only entries that you started in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Only entries that you finished in this date range, e.g. 2019, 2019-04.., ..2019-04-30, 2019..2020 or none (commas mean OR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Include entries that were removed from MAL (--removed=only: only those)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, but write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per entry')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Only entries with local changes that are not on MAL')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Only entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Only entries that you are rewatching')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;runs' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show at most N syncs (default: all)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most N syncs (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object per sync')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the schedule and the next run')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove the schedule')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;schedule;install' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Sync only this user, by name or id:N (default: all logged-in users)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Sync only this user, by name or id:N (default: all logged-in users)')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'Scheduler to use (default: launchd on macOS, task-scheduler on Windows, otherwise systemd if available, or cron)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Send local edits to MAL before each sync')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be written, but write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be written, but write nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;status' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;remove' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be removed, but remove nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be removed, but remove nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;help' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the schedule and the next run')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove the schedule')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;schedule;help;install' {
            break
        }
        'malsync;schedule;help;status' {
            break
        }
        'malsync;schedule;help;remove' {
            break
        }
        'malsync;schedule;help;help' {
            break
        }
        'malsync;metrics' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;doctor' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;whoami' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users with their login, last sync and number of entries')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Rename a user in the database; nothing changes on MAL')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a user with the list, login and history; nothing is deleted on MAL')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;users;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users;rename' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users;delete' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip confirmation (required when not run from a terminal)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users with their login, last sync and number of entries')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Rename a user in the database; nothing changes on MAL')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a user with the list, login and history; nothing is deleted on MAL')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;users;help;list' {
            break
        }
        'malsync;users;help;rename' {
            break
        }
        'malsync;users;help;delete' {
            break
        }
        'malsync;users;help;help' {
            break
        }
        'malsync;token' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether tokens exist, where they are stored, and when they expire')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh the tokens now')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login including its unencrypted tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;token;status' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;refresh' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;export' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Print even if standard output is a terminal')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether tokens exist, where they are stored, and when they expire')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh the tokens now')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login including its unencrypted tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;token;help;status' {
            break
        }
        'malsync;token;help;refresh' {
            break
        }
        'malsync;token;help;export' {
            break
        }
        'malsync;token;help;help' {
            break
        }
        'malsync;logout' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'User name or id:N (default: the user who logged in last)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Log out all users')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all settings with their values and sources (secrets are masked)')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the value of a setting (secrets are masked)')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the configuration file; comments are kept')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Remove a setting from the configuration file, so that its default is used')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Validate the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create a commented sample configuration file (never overwrites)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;config;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;edit' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;path' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;get' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;set' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;unset' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;check' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object per line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;init' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all settings with their values and sources (secrets are masked)')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the value of a setting (secrets are masked)')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the configuration file; comments are kept')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Remove a setting from the configuration file, so that its default is used')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Validate the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create a commented sample configuration file (never overwrites)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;config;help;show' {
            break
        }
        'malsync;config;help;edit' {
            break
        }
        'malsync;config;help;path' {
            break
        }
        'malsync;config;help;get' {
            break
        }
        'malsync;config;help;set' {
            break
        }
        'malsync;config;help;unset' {
            break
        }
        'malsync;config;help;check' {
            break
        }
        'malsync;config;help;init' {
            break
        }
        'malsync;config;help;help' {
            break
        }
        'malsync;completions' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;man' {
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Write one page per command into this directory (default: print malsync.1)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file (default: malsync/config.toml in the configuration directory) [env: XDG_CONFIG_HOME]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use color: auto, always, never [env: NO_COLOR]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase log verbosity: -v info, -vv debug, -vvv trace [env: RUST_LOG]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress progress, warnings and success messages')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Hide the progress bar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (-h for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to MyAnimeList with your browser')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'Download your list from MAL into the database')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List and filter your anime')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show details of one anime: your entry, metadata, and history')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Open an anime''s page on MAL in your browser, or print its URL')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit entries (only locally, unless --push is given)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show login status, the last sync, and when the login expires')
            [CompletionResult]::new('stats', 'stats', [CompletionResultType]::ParameterValue, 'Show statistics: scores, watch time, genres, studios and more')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write an HTML report with charts')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export the list as MAL XML, JSON or CSV')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import a list from a file (MAL XML, JSON or CSV)')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy everything into an empty database (backup, restore, move)')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what syncs changed and how conflicts were resolved')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Undo changes made by a sync, a push or an edit')
            [CompletionResult]::new('undo', 'undo', [CompletionResultType]::ParameterValue, 'Undo your last local edit; repeat it to undo the one before')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Protect fields from being overwritten by syncs')
            [CompletionResult]::new('unpin', 'unpin', [CompletionResultType]::ParameterValue, 'Let syncs update pinned fields again')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show how your list differs from MAL (as of the last sync)')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Send local edits to MAL, after confirmation')
            [CompletionResult]::new('revert', 'revert', [CompletionResultType]::ParameterValue, 'Discard local edits: set fields back to MAL''s values')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'List past syncs, newest first')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Manage automatic syncs')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print metrics in Prometheus format')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Diagnose problems with configuration, database, login and MAL')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show the MAL account you are logged in as')
            [CompletionResult]::new('users', 'users', [CompletionResultType]::ParameterValue, 'List, rename or delete the users of the database')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Show, refresh or export the login tokens')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Log out: delete the stored tokens (your list is kept)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'View or edit the configuration')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print or write the manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;help;login' {
            break
        }
        'malsync;help;sync' {
            break
        }
        'malsync;help;list' {
            break
        }
        'malsync;help;show' {
            break
        }
        'malsync;help;open' {
            break
        }
        'malsync;help;edit' {
            break
        }
        'malsync;help;status' {
            break
        }
        'malsync;help;stats' {
            break
        }
        'malsync;help;report' {
            break
        }
        'malsync;help;export' {
            break
        }
        'malsync;help;import' {
            break
        }
        'malsync;help;copy' {
            break
        }
        'malsync;help;changes' {
            break
        }
        'malsync;help;restore' {
            break
        }
        'malsync;help;undo' {
            break
        }
        'malsync;help;pin' {
            break
        }
        'malsync;help;unpin' {
            break
        }
        'malsync;help;diff' {
            break
        }
        'malsync;help;push' {
            break
        }
        'malsync;help;revert' {
            break
        }
        'malsync;help;runs' {
            break
        }
        'malsync;help;schedule' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Install automatic syncs with a systemd timer, cron, launchd or the Windows Task Scheduler')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the schedule and the next run')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove the schedule')
            break
        }
        'malsync;help;schedule;install' {
            break
        }
        'malsync;help;schedule;status' {
            break
        }
        'malsync;help;schedule;remove' {
            break
        }
        'malsync;help;metrics' {
            break
        }
        'malsync;help;doctor' {
            break
        }
        'malsync;help;whoami' {
            break
        }
        'malsync;help;users' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users with their login, last sync and number of entries')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Rename a user in the database; nothing changes on MAL')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a user with the list, login and history; nothing is deleted on MAL')
            break
        }
        'malsync;help;users;list' {
            break
        }
        'malsync;help;users;rename' {
            break
        }
        'malsync;help;users;delete' {
            break
        }
        'malsync;help;token' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether tokens exist, where they are stored, and when they expire')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh the tokens now')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login including its unencrypted tokens')
            break
        }
        'malsync;help;token;status' {
            break
        }
        'malsync;help;token;refresh' {
            break
        }
        'malsync;help;token;export' {
            break
        }
        'malsync;help;logout' {
            break
        }
        'malsync;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all settings with their values and sources (secrets are masked)')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Edit the configuration file in $VISUAL or $EDITOR and validate it; creates the file if needed')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of the configuration file')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print the value of a setting (secrets are masked)')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change a setting in the configuration file; comments are kept')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Remove a setting from the configuration file, so that its default is used')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Validate the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create a commented sample configuration file (never overwrites)')
            break
        }
        'malsync;help;config;show' {
            break
        }
        'malsync;help;config;edit' {
            break
        }
        'malsync;help;config;path' {
            break
        }
        'malsync;help;config;get' {
            break
        }
        'malsync;help;config;set' {
            break
        }
        'malsync;help;config;unset' {
            break
        }
        'malsync;help;config;check' {
            break
        }
        'malsync;help;config;init' {
            break
        }
        'malsync;help;completions' {
            break
        }
        'malsync;help;man' {
            break
        }
        'malsync;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
