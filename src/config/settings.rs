//! The table of all settings: each is defined once, here.
//!
//! A row is the documentation of the value, its name and type in [`Config`](super::Config), its key, its parser, and its
//! [`SettingDefinition`](super::definition::SettingDefinition). From the rows follow [`Config`](super::Config),
//! [`SettingKey`](super::SettingKey), `config show`, the sample file of `config init`, and the table in
//! docs/configuration.md, which a test compares. The order is that of the documentation.
//!
//! A type of `Setting<T>` needs a default that always exists, `Option<Setting<T>>` must not have one.

/// Passes all settings to a macro.
macro_rules! for_each_setting {
    ($use_settings:ident) => {
        $use_settings! {
            /// The app's client id at MAL. Use `Config::client_id` if it is required.
            mal_client_id: Option<Setting<String>> = MalClientId, parsers::parse_word, SettingDefinition {
                variable: "MAL_CLIENT_ID",
                description: "client ID of your app at MAL",
                fallback: SettingFallback::built_in(
                    option_env!("MALSYNC_DEFAULT_CLIENT_ID"),
                    "0123456789abcdef0123456789abcdef",
                ),
                accepts_value_file: true,
                ..COMMON
            };
            /// The app's secret, for apps of type "web".
            mal_client_secret: Option<Setting<Secret>> = MalClientSecret, parsers::parse_secret_word, SettingDefinition {
                variable: "MAL_CLIENT_SECRET",
                description: "only for apps of type \"web\"",
                fallback: SettingFallback::unset_with_example("the-secret-that-MAL-shows"),
                secrecy: SettingSecrecy::Secret,
                accepts_value_file: true,
                ..COMMON
            };
            /// The redirect URI, exactly as registered at MAL.
            mal_redirect_uri: Setting<RedirectUri> = MalRedirectUri, parsers::parse_redirect_uri, SettingDefinition {
                variable: "MAL_REDIRECT_URI",
                description: "must match a redirect URL registered at MAL",
                fallback: SettingFallback::Default("http://localhost:3005/auth/callback"),
                is_used_by_sync: false,
                ..COMMON
            };
            /// The database. `None` means `malsync.db` in the data directory. May contain a password.
            database_url: Option<Setting<Secret>> = DatabaseUrl, parsers::parse_database_url, SettingDefinition {
                variable: "DATABASE_URL",
                description: "`postgresql://…`, `postgres://…`, `sqlite:///absolute/path`, `sqlite://relative/path`",
                fallback: SettingFallback::Unset {
                    example: "postgresql://me@localhost/anime",
                    documented: "`malsync.db` in the data directory",
                    describe: Some(|data_dir| format!("sqlite://{}", data_dir.join("malsync.db").display())),
                },
                secrecy: SettingSecrecy::UrlPassword,
                accepts_value_file: true,
                ..COMMON
            };
            /// Requests per second to MAL, above 0 to 100000.
            mal_api_rate_limit: Setting<f64> = MalApiRateLimit, parsers::parse_rate_limit, SettingDefinition {
                variable: "MAL_API_RATE_LIMIT",
                description: "requests per second, above 0 to 100000",
                fallback: SettingFallback::Default("1"),
                ..COMMON
            };
            /// Entries per request, 1 to 1000.
            mal_page_size: Setting<u32> = MalPageSize, parsers::integer_parser(1..=1_000), SettingDefinition {
                variable: "MAL_PAGE_SIZE",
                description: "entries per request, 1 to 1000",
                fallback: SettingFallback::Default("100"),
                ..COMMON
            };
            /// Entries per database transaction, 1 to 10000.
            sync_batch_size: Setting<u32> = SyncBatchSize, parsers::integer_parser(1..=10_000), SettingDefinition {
                variable: "SYNC_BATCH_SIZE",
                description: "entries per database transaction, 1 to 10000",
                fallback: SettingFallback::Default("100"),
                ..COMMON
            };
            /// Retries after a 5xx, a timeout or a broken connection, 0 to 10.
            sync_max_retries: Setting<u32> = SyncMaxRetries, parsers::integer_parser(0..=10), SettingDefinition {
                variable: "SYNC_MAX_RETRIES",
                description: "retries after a 5xx, a timeout or a broken connection, 0 to 10",
                fallback: SettingFallback::Default("3"),
                ..COMMON
            };
            /// The first backoff, 0 to 3600000 ms.
            sync_retry_base: Setting<Duration> = SyncRetryBaseMs, parsers::parse_milliseconds, SettingDefinition {
                variable: "SYNC_RETRY_BASE_MS",
                description: "first backoff in milliseconds; doubles with each retry, up to 16 times the first",
                fallback: SettingFallback::Default("1000"),
                ..COMMON
            };
            /// A sync is skipped if the last complete one is more recent than this.
            sync_min_interval: Setting<Duration> = SyncMinInterval, parsers::parse_duration, SettingDefinition {
                variable: "SYNC_MIN_INTERVAL",
                description: "a sync sooner than this after a complete one is skipped",
                fallback: SettingFallback::Default("1m"),
                ..COMMON
            };
            /// A sync is a full one if the last full one is older than this.
            sync_full_every: Setting<Duration> = SyncFullEvery, parsers::parse_duration, SettingDefinition {
                variable: "SYNC_FULL_EVERY",
                description: "a sync becomes a full one if the last full one is older than this",
                fallback: SettingFallback::Default("1d"),
                ..COMMON
            };
            /// The timeout of each request, from connect to the last byte; 1 s or more.
            mal_http_timeout: Setting<Duration> = MalHttpTimeout, parsers::parse_timeout, SettingDefinition {
                variable: "MAL_HTTP_TIMEOUT",
                description: "timeout of each request, from connecting to the last byte",
                fallback: SettingFallback::Default("30s"),
                ..COMMON
            };
            /// MAL's API: https, or http on a loopback host.
            mal_api_url: Setting<Url> = MalApiUrl, parsers::parse_mal_url, SettingDefinition {
                variable: "MAL_API_URL",
                description: "base URL of MAL's API: https, or http on a loopback host",
                fallback: SettingFallback::Default("https://api.myanimelist.net/v2"),
                ..COMMON
            };
            /// MAL's authorization server: https, or http on a loopback host.
            mal_auth_url: Setting<Url> = MalAuthUrl, parsers::parse_mal_url, SettingDefinition {
                variable: "MAL_AUTH_URL",
                description: "base URL of MAL's OAuth2 endpoints: https, or http on a loopback host",
                fallback: SettingFallback::Default("https://myanimelist.net/v1/oauth2"),
                ..COMMON
            };
            /// What MAL is told as the name of the client. `None` means malsync with its version.
            mal_user_agent: Option<Setting<String>> = MalUserAgent, parsers::parse_user_agent, SettingDefinition {
                variable: "MAL_USER_AGENT",
                description: "client name sent to MAL, for when MAL blocks the default; 1 to 200 printable ASCII characters",
                fallback: SettingFallback::Unset {
                    example: "my-anime-list/1.0",
                    documented: "`malsync/VERSION`",
                    describe: Some(|_| crate::domain::user_agent::DEFAULT_USER_AGENT.to_owned()),
                },
                ..COMMON
            };
            /// Where tokens are stored.
            malsync_token_store: Setting<TokenStoreMode> = MalsyncTokenStore, parsers::parse_token_store, SettingDefinition {
                variable: "MALSYNC_TOKEN_STORE",
                description: "where tokens are stored: `both`, `keyring` or `database`",
                fallback: SettingFallback::Default("both"),
                ..COMMON
            };
            /// The key that encrypts tokens. `None` means the file `token.key` in the data directory.
            malsync_token_key: Option<Setting<EncryptionKey>> = MalsyncTokenKey, parsers::parse_token_key, SettingDefinition {
                variable: "MALSYNC_TOKEN_KEY",
                description: "base64 of 32 bytes that encrypt the tokens; the same on hosts that share a database",
                fallback: SettingFallback::Unset {
                    example: "what openssl rand -base64 32 prints",
                    documented: "the file `token.key` in the data directory",
                    describe: Some(|data_dir| format!("the file {}", data_dir.join("token.key").display())),
                },
                secrecy: SettingSecrecy::Secret,
                accepts_value_file: true,
                ..COMMON
            };
            /// True if tokens in the `users` table are encrypted.
            malsync_token_seal: Setting<bool> = MalsyncTokenSeal, parsers::parse_on_off, SettingDefinition {
                variable: "MALSYNC_TOKEN_SEAL",
                description: "`off` stores the tokens unencrypted in the users table",
                fallback: SettingFallback::Default("on"),
                ..COMMON
            };
            /// The command that opens pages. `None` means the platform's browser.
            browser: Option<Setting<String>> = Browser, parsers::parse_non_empty, SettingDefinition {
                variable: "BROWSER",
                description: "the browser that `login` and `report --open` start",
                fallback: SettingFallback::Unset { example: "firefox", documented: "the platform's", describe: None },
                is_used_by_sync: false,
                ..COMMON
            };
            /// The file to which every sync writes Prometheus metrics.
            malsync_metrics_file: Option<Setting<PathBuf>> = MalsyncMetricsFile, parsers::parse_absolute_path, SettingDefinition {
                variable: "MALSYNC_METRICS_FILE",
                description: "file to which each sync writes Prometheus metrics, an absolute path",
                fallback: SettingFallback::unset_with_example("/var/lib/node_exporter/textfile/malsync.prom"),
                ..COMMON
            };
            /// Called when a sync begins and ends. http or https. Secret, because it allows sending messages as malsync.
            malsync_ping_url: Option<Setting<Secret>> = MalsyncPingUrl, parsers::parse_notify_url, SettingDefinition {
                variable: "MALSYNC_PING_URL",
                description: "URL called when a sync starts, succeeds or fails, as by healthchecks.io",
                fallback: SettingFallback::unset_with_example("https://hc-ping.com/your-check"),
                secrecy: SettingSecrecy::Secret,
                accepts_value_file: true,
                ..COMMON
            };
            /// Called when syncs begin to fail, and when they work again. http or https. Secret, because it allows sending
            /// messages as malsync.
            malsync_webhook_url: Option<Setting<Secret>> = MalsyncWebhookUrl, parsers::parse_notify_url, SettingDefinition {
                variable: "MALSYNC_WEBHOOK_URL",
                description: "URL that gets JSON when syncs start to fail, when they recover, and when a login expires within 7 days",
                fallback: SettingFallback::unset_with_example("https://example.org/hook"),
                secrecy: SettingSecrecy::Secret,
                accepts_value_file: true,
                ..COMMON
            };
            /// The program started on the same occasions as the webhook. Secret, because its arguments may hold a key.
            malsync_notify_command: Option<Setting<Vec<String>>> = MalsyncNotifyCommand, parsers::parse_notify_command, SettingDefinition {
                variable: "MALSYNC_NOTIFY_COMMAND",
                description: "command run on the same occasions, with the message as its last argument or in place of the word `%s`",
                fallback: SettingFallback::unset_with_example("notify-send malsync"),
                accepts_value_file: true,
                secrecy: SettingSecrecy::Secret,
                ..COMMON
            };
        }
    };
}

pub(super) use for_each_setting;
