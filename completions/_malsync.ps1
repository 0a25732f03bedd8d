
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
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget the tokens; user and list stay')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Ask MAL whose login this is (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Look at the tokens, or refresh them')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show login, last sync, and by when the next one must happen')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'Show past runs, the newest first')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the list')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything that is known of one anime, its entry and its history')
            [CompletionResult]::new('stats', 'stats', [CompletionResultType]::ParameterValue, 'Show figures of the list: scores, time, genres, studios, what was finished when')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write the figures of the list as one HTML page with charts')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change entries in the database; only with --push also on MAL')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned')
            [CompletionResult]::new('unpin', 'unpin', [CompletionResultType]::ParameterValue, 'Leave fields of an entry to the rules again')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what differs from MAL as last seen, and why; asks MAL nothing')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('revert', 'revert', [CompletionResultType]::ParameterValue, 'Give fields that differ MAL''s value, as last seen')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what runs changed, and which conflicts they settled')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Set entries back to what they were before a run or an edit')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the list into a file: as MAL''s own XML export, JSON or CSV')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Bring a list from a file, like MAL''s XML export, into the database; nothing is sent to MAL')
            [CompletionResult]::new('users', 'users', [CompletionResultType]::ParameterValue, 'List, rename or delete the users of the database')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check configuration, database, keyring, login and MAL')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Let a sync happen by itself')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look at the configuration, or change it')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print or write the manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;login' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Log in to this row of the users table: a name, or id:N (default: the row of the MAL name, made when missing)')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'Note this e-mail address in the row (MAL gives none)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait this long for the browser to come back, like 90s, 5m or 1h30m')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the authorize URL on standard output, and open no browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Print the URL, then read the redirected URL from standard input, without browser and listener')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Show the URL as a QR code on standard error too')
            [CompletionResult]::new('--with-token', '--with-token', [CompletionResultType]::ParameterName, 'Read a login that `malsync token export` printed on another machine from standard input')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take the row over even if it belongs to another MAL account')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the login as one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;logout' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Log every user out')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;whoami' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether there are tokens, where they rest, and when they end')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;token;status' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;refresh' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;export' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Print it even onto a terminal, where others may see it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;token;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether there are tokens, where they rest, and when they end')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine')
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
        'malsync;sync' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Refuse to send more than so many entries')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Stay, and sync again at this interval (10m or more, like 6h) until a signal comes')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Sync every user who has a login, by name')
            [CompletionResult]::new('--force-full', '--force-full', [CompletionResultType]::ParameterName, 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Send what was edited here to MAL first, as `malsync push --yes` does')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Read the whole list, and delete every entry that is marked as removed from MAL')
            [CompletionResult]::new('--allow-shrink', '--allow-shrink', [CompletionResultType]::ParameterName, 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the run as one line of JSON, one line a user with --all-users')
            [CompletionResult]::new('--tell-once', '--tell-once', [CompletionResultType]::ParameterName, 'Say nothing of a failure that was told before and goes on: for cron, which mails what is printed')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;status' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Show this run instead, by its id')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Exit with 9 if the last complete sync is older than this, like 26h (default: no limit)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;runs' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the newest N runs (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a run')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;list' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity, id, season, aired, type, studio, source, length, users, priority, rewatched or mal-updated; with a - before it from the highest down; several with commas, the first one counting most, as in --sort -score,title')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Show these columns, by their names in JSON, with commas between; help lists them (default: the most useful ones in the table, all of them in JSON and CSV)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the first N entries (default: all)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Show also the entries that are no longer on MAL; with =only nothing else')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry (which is NDJSON, or JSON Lines)')
            [CompletionResult]::new('--ndjson', '--ndjson', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry (which is NDJSON, or JSON Lines)')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print CSV with a header row')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;show' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the newest N lines of its history')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show the whole history')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;stats' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Show so many genres, studios, years, seasons, and anime rated apart from MAL')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw bars with # (default: where the locale is not UTF-8)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print every figure as one line of JSON')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Print a long answer as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;report' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Draw so many genres, studios, seasons, and anime rated apart from MAL; the tables have all')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with --open, else standard output)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, - for standard output (default: malsync-report.html in the current folder on a terminal or with --open, else standard output)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--open', '--open', [CompletionResultType]::ParameterName, 'Open the file in the browser (variable: BROWSER)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;edit' {
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Change every entry that this flag of `malsync list` takes, written without its dashes, as in --where status=watching or --where edited; given several times, all must hold')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Set the status (MAL''s comes back with the next sync)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Set the score, 1 to 10; 0 takes it out')
            [CompletionResult]::new('--episodes', '--episodes', [CompletionResultType]::ParameterName, 'Set the number of episodes watched; +N and -N change it. While rewatching, that of the rewatch')
            [CompletionResult]::new('--start-date', '--start-date', [CompletionResultType]::ParameterName, 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out')
            [CompletionResult]::new('--finish-date', '--finish-date', [CompletionResultType]::ParameterName, 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out')
            [CompletionResult]::new('--notes', '--notes', [CompletionResultType]::ParameterName, 'Set the notes; '''' takes them out')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Set the tags, with commas between; '''' takes them out')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'Set the priority, 0 to 2')
            [CompletionResult]::new('--rewatch-value', '--rewatch-value', [CompletionResultType]::ParameterName, 'Set how much it is worth watching again, 0 to 5')
            [CompletionResult]::new('--times-rewatched', '--times-rewatched', [CompletionResultType]::ParameterName, 'Set how often it was watched again; +N and -N change it')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Set whether it is being watched again; true starts with episode 0 unless --episodes says otherwise')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Refuse to send more than so many entries')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Send the fields that are set here to MAL too, without asking')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;pin' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a pin')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;unpin' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Leave every field to the rules again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a pin')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;diff' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Take also the entries that are no longer on MAL; with =only nothing else')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a field')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;push' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Take also the entries that are no longer on MAL; with =only nothing else')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Refuse to send more than so many entries')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Send this field and no other, edited or not, where it differs from MAL''s; can be given several times (default: the edited fields)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; needed where there is no terminal to ask on')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Make the entries that are only here on MAL too; those removed from MAL only if they are named or asked for by --removed')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Send also what MAL has changed meanwhile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Read what MAL has and show what would be sent; send and write nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the run as one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;revert' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Take also the entries that are no longer on MAL; with =only nothing else')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Take only this field; can be given several times (default: every field that differs)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask; needed where there is no terminal to ask on')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;changes' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Show what this run did, by its id (default: every run)')
            [CompletionResult]::new('--anime', '--anime', [CompletionResultType]::ParameterName, 'Show what happened to this anime: MAL''s id, a title, or the beginning of one (default: every anime)')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Show changes from this moment on: YYYY-MM-DD, a time like 2026-01-02T03:04:05Z, or an age like 7d, 2w or 3mo')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Show changes up to this moment, a day included')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Show changes of this field, by the column''s name; entry: entries made or deleted')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the newest N changes (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--conflicts', '--conflicts', [CompletionResultType]::ParameterName, 'Show conflicts alone')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Show what commands here changed instead of what runs did')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a change')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Print a long table as it is (default: through a pager on a terminal; variables: MALSYNC_PAGER, PAGER, LESS)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;restore' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Undo what this run changed, by its id')
            [CompletionResult]::new('--anime', '--anime', [CompletionResultType]::ParameterName, 'Undo what the run changed in this anime''s entry (default run: the last one that changed it)')
            [CompletionResult]::new('--change', '--change', [CompletionResultType]::ParameterName, 'Undo this one change, by its id as `malsync changes` shows it')
            [CompletionResult]::new('--edit', '--edit', [CompletionResultType]::ParameterName, 'Undo what this command here did, by its number as `malsync changes --local` shows it')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Set back also what has another value by now than the change left')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before more than one entry is changed; needed where there is no terminal to ask on')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;export' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Write in this format (default: by the file''s name, else mal-xml)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write this file, which appears or is replaced as a whole (default, and -: standard output)')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write a packed file named after user and day into this folder, like malsync-alice-2026-11-22.xml.gz')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Delete all but the newest N of those files in the folder (default: keep all)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Take entries with this status; several with commas (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Take entries that have this text in any of their titles; accents, upper and lower case are the same')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Take entries with this score of yours: 8, 7..9, 7.., ..5 or none')
            [CompletionResult]::new('--mean', '--mean', [CompletionResultType]::ParameterName, 'Take entries with this mean score on MAL: 7.5..8, 8.., ..6.5 or none')
            [CompletionResult]::new('--genre', '--genre', [CompletionResultType]::ParameterName, 'Take entries of this genre, by name')
            [CompletionResult]::new('--studio', '--studio', [CompletionResultType]::ParameterName, 'Take entries of this studio, by name')
            [CompletionResult]::new('--season', '--season', [CompletionResultType]::ParameterName, 'Take anime that began in this season, like spring-2019, or this year, like 2019')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Take anime of this type: tv, movie, ova, ona, special, music, …; several with commas')
            [CompletionResult]::new('--airing', '--airing', [CompletionResultType]::ParameterName, 'Take anime in this state: finished, airing or upcoming')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Take entries with this tag of yours')
            [CompletionResult]::new('--started', '--started', [CompletionResultType]::ParameterName, 'Take entries begun in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--finished', '--finished', [CompletionResultType]::ParameterName, 'Take entries finished in this time: 2019, 2019-04.., ..2019-04-30, 2019..2020 or none')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--gzip', '--gzip', [CompletionResultType]::ParameterName, 'Pack with gzip (default: where the file''s name ends with .gz)')
            [CompletionResult]::new('--edited', '--edited', [CompletionResultType]::ParameterName, 'Take entries with a value of your own that MAL does not have')
            [CompletionResult]::new('--pinned', '--pinned', [CompletionResultType]::ParameterName, 'Take entries with a pinned field')
            [CompletionResult]::new('--rewatching', '--rewatching', [CompletionResultType]::ParameterName, 'Take entries that you are rewatching')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Take also the entries that are no longer on MAL')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;import' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Bring it into this user''s list: a name in the users table, which is made where it is missing, or id:N (default: the user whom the file names, made only where there is no user yet; where it names none, the one that other commands take)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take the list of another MyAnimeList account too')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print what was done as one line of JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the users with their login, last sync and number of entries')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Rename a user in the database; nothing changes on MAL')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a user with the list, login and history; nothing is deleted on MAL')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;users;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users;rename' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;users;delete' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Delete without asking; required without a terminal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
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
        'malsync;doctor' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;metrics' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what was installed, and when it runs next')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take away what `schedule install` wrote, and nothing else')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;schedule;install' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Sync this user alone: a name in the users table, or id:N for the row''s id (default: all who are logged in)')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'How often: 5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'Use this (default: launchd on macOS, task-scheduler on Windows; elsewhere systemd where the machine runs it, else cron)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--push', '--push', [CompletionResultType]::ParameterName, 'Let each sync send first what was edited here')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be written, and write nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;status' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;remove' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be taken away, and leave it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;schedule;help' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what was installed, and when it runs next')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take away what `schedule install` wrote, and nothing else')
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
        'malsync;config' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting with its value and where it came from, secrets masked')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the configuration file is')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say what is wrong with the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a configuration file with every setting commented out; one that is there stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;config;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;edit' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;path' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;check' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON, one object a line')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;init' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting with its value and where it came from, secrets masked')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the configuration file is')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say what is wrong with the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a configuration file with every setting commented out; one that is there stays')
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
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;man' {
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Write one page a command into this folder (default: print malsync.1)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log more on standard error: -v INFO, -vv DEBUG, -vvv TRACE (variable: RUST_LOG; default: warnings)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print answers and errors alone: no notes, progress or warnings')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'malsync;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to MyAnimeList in the browser (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget the tokens; user and list stay')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Ask MAL whose login this is (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Look at the tokens, or refresh them')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'Bring the list from MAL into the database (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show login, last sync, and by when the next one must happen')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'Show past runs, the newest first')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the list')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything that is known of one anime, its entry and its history')
            [CompletionResult]::new('stats', 'stats', [CompletionResultType]::ParameterValue, 'Show figures of the list: scores, time, genres, studios, what was finished when')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Write the figures of the list as one HTML page with charts')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change entries in the database; only with --push also on MAL')
            [CompletionResult]::new('pin', 'pin', [CompletionResultType]::ParameterValue, 'Keep fields of an entry as they are here, whatever MAL says; alone: show what is pinned')
            [CompletionResult]::new('unpin', 'unpin', [CompletionResultType]::ParameterValue, 'Leave fields of an entry to the rules again')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what differs from MAL as last seen, and why; asks MAL nothing')
            [CompletionResult]::new('push', 'push', [CompletionResultType]::ParameterValue, 'Send what was edited here to MAL, after showing it (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('revert', 'revert', [CompletionResultType]::ParameterValue, 'Give fields that differ MAL''s value, as last seen')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what runs changed, and which conflicts they settled')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Set entries back to what they were before a run or an edit')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the list into a file: as MAL''s own XML export, JSON or CSV')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Bring a list from a file, like MAL''s XML export, into the database; nothing is sent to MAL')
            [CompletionResult]::new('users', 'users', [CompletionResultType]::ParameterValue, 'List, rename or delete the users of the database')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check configuration, database, keyring, login and MAL')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print figures for Prometheus (MALSYNC_METRICS_FILE has every sync write them)')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Let a sync happen by itself')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look at the configuration, or change it')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print or write the manual pages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;help;login' {
            break
        }
        'malsync;help;logout' {
            break
        }
        'malsync;help;whoami' {
            break
        }
        'malsync;help;token' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether there are tokens, where they rest, and when they end')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the login, tokens in the clear, for `malsync login --with-token` on another machine')
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
        'malsync;help;sync' {
            break
        }
        'malsync;help;status' {
            break
        }
        'malsync;help;runs' {
            break
        }
        'malsync;help;list' {
            break
        }
        'malsync;help;show' {
            break
        }
        'malsync;help;stats' {
            break
        }
        'malsync;help;report' {
            break
        }
        'malsync;help;edit' {
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
        'malsync;help;changes' {
            break
        }
        'malsync;help;restore' {
            break
        }
        'malsync;help;export' {
            break
        }
        'malsync;help;import' {
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
        'malsync;help;doctor' {
            break
        }
        'malsync;help;metrics' {
            break
        }
        'malsync;help;schedule' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Let a sync happen by itself: a timer of systemd, a line for cron, a job of launchd, a task of Windows')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what was installed, and when it runs next')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Take away what `schedule install` wrote, and nothing else')
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
        'malsync;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting with its value and where it came from, secrets masked')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change the configuration file in $VISUAL or $EDITOR, and check it; one is made where there is none')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the configuration file is')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say what is wrong with the configuration')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a configuration file with every setting commented out; one that is there stays')
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
