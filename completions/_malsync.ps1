
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
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change an entry in the database; nothing is sent to MAL')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what runs changed, and which conflicts they settled')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check configuration, database, keyring, login and MAL')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print figures for Prometheus')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look at the configuration')
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
        'malsync;token;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether there are tokens, where they rest, and when they end')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Get a new pair of tokens from MAL now (needs MAL_CLIENT_ID)')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;token;help;status' {
            break
        }
        'malsync;token;help;refresh' {
            break
        }
        'malsync;token;help;help' {
            break
        }
        'malsync;sync' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Sync every user who has a login, by name')
            [CompletionResult]::new('--force-full', '--force-full', [CompletionResultType]::ParameterName, 'Read the whole list, however recent the last sync is (variables: SYNC_MIN_INTERVAL, default 1m, and SYNC_FULL_EVERY, default 1d)')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and write nothing')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Read the whole list, and delete every entry that is marked as removed from MAL')
            [CompletionResult]::new('--allow-shrink', '--allow-shrink', [CompletionResultType]::ParameterName, 'Believe MAL even if more than 20 % and more than 10 of the entries, or all, are gone')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the run as one line of JSON, one line a user with --all-users')
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
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Show entries with this status (default: any)')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'Show entries that have this text in a title, in upper or lower case')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Sort by title, score, mean, status, episodes, watched, start-date, finish-date, updated, rank, popularity or id; with a - before it from the highest down, as in --sort -score')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the first N entries (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--removed', '--removed', [CompletionResultType]::ParameterName, 'Show also the entries that are no longer on MAL')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON an entry')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print CSV with a header row')
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
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Set the status (MAL''s comes back with the next sync)')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'Set the score, 1 to 10; 0 takes it out')
            [CompletionResult]::new('--episodes', '--episodes', [CompletionResultType]::ParameterName, 'Set the number of episodes watched, 0 to 2147483647')
            [CompletionResult]::new('--start-date', '--start-date', [CompletionResultType]::ParameterName, 'Set the day of the start: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out')
            [CompletionResult]::new('--finish-date', '--finish-date', [CompletionResultType]::ParameterName, 'Set the day of the end: YYYY-MM-DD, YYYY-MM or YYYY; '''' takes it out')
            [CompletionResult]::new('--notes', '--notes', [CompletionResultType]::ParameterName, 'Set the notes; '''' takes them out')
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
        'malsync;changes' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Take this user: a name in the users table, or id:N for the row''s id (default: the only one with a MAL login, else the one last logged in)')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Show what this run did, by its id (default: every run)')
            [CompletionResult]::new('--anime', '--anime', [CompletionResultType]::ParameterName, 'Show what happened to this anime, by MAL''s id (default: every anime)')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show the newest N changes (default: all)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file (default: malsync/config.toml in the platform''s config folder, variable: XDG_CONFIG_HOME)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour (variable: NO_COLOR)')
            [CompletionResult]::new('--conflicts', '--conflicts', [CompletionResultType]::ParameterName, 'Show conflicts alone')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one line of JSON a change')
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
        'malsync;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting with its value and where it came from, secrets masked')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'malsync;config;help;show' {
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
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change an entry in the database; nothing is sent to MAL')
            [CompletionResult]::new('changes', 'changes', [CompletionResultType]::ParameterValue, 'Show what runs changed, and which conflicts they settled')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check configuration, database, keyring, login and MAL')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Print figures for Prometheus')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Look at the configuration')
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
            break
        }
        'malsync;help;token;status' {
            break
        }
        'malsync;help;token;refresh' {
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
        'malsync;help;edit' {
            break
        }
        'malsync;help;changes' {
            break
        }
        'malsync;help;doctor' {
            break
        }
        'malsync;help;metrics' {
            break
        }
        'malsync;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting with its value and where it came from, secrets masked')
            break
        }
        'malsync;help;config;show' {
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
