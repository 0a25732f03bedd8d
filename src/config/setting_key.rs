//! The table of all settings: names, defaults, descriptions, and which of them are secret.
//!
//! `config show`, the sample file and the documentation are made from this table.

use crate::domain::text;

/// The key of a setting. The order of the variants is that of the documentation and of `config show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each has the name of its variable and is documented at the field of Config")]
pub enum SettingKey {
    MalClientId,
    MalClientSecret,
    MalRedirectUri,
    DatabaseUrl,
    MalApiRateLimit,
    MalPageSize,
    SyncBatchSize,
    SyncMaxRetries,
    SyncRetryBaseMs,
    SyncMinInterval,
    SyncFullEvery,
    MalHttpTimeout,
    MalApiUrl,
    MalAuthUrl,
    MalsyncTokenStore,
    MalsyncTokenKey,
    MalsyncTokenSeal,
    Browser,
    MalsyncMetricsFile,
    MalsyncPingUrl,
    MalsyncWebhookUrl,
    MalsyncNotifyCommand,
}

impl SettingKey {
    /// All keys.
    pub const ALL: [Self; 22] = [
        Self::MalClientId,
        Self::MalClientSecret,
        Self::MalRedirectUri,
        Self::DatabaseUrl,
        Self::MalApiRateLimit,
        Self::MalPageSize,
        Self::SyncBatchSize,
        Self::SyncMaxRetries,
        Self::SyncRetryBaseMs,
        Self::SyncMinInterval,
        Self::SyncFullEvery,
        Self::MalHttpTimeout,
        Self::MalApiUrl,
        Self::MalAuthUrl,
        Self::MalsyncTokenStore,
        Self::MalsyncTokenKey,
        Self::MalsyncTokenSeal,
        Self::Browser,
        Self::MalsyncMetricsFile,
        Self::MalsyncPingUrl,
        Self::MalsyncWebhookUrl,
        Self::MalsyncNotifyCommand,
    ];

    /// Returns the name of the environment variable.
    #[must_use]
    pub const fn variable_name(self) -> &'static str {
        match self {
            Self::MalClientId => "MAL_CLIENT_ID",
            Self::MalClientSecret => "MAL_CLIENT_SECRET",
            Self::MalRedirectUri => "MAL_REDIRECT_URI",
            Self::DatabaseUrl => "DATABASE_URL",
            Self::MalApiRateLimit => "MAL_API_RATE_LIMIT",
            Self::MalPageSize => "MAL_PAGE_SIZE",
            Self::SyncBatchSize => "SYNC_BATCH_SIZE",
            Self::SyncMaxRetries => "SYNC_MAX_RETRIES",
            Self::SyncRetryBaseMs => "SYNC_RETRY_BASE_MS",
            Self::SyncMinInterval => "SYNC_MIN_INTERVAL",
            Self::SyncFullEvery => "SYNC_FULL_EVERY",
            Self::MalHttpTimeout => "MAL_HTTP_TIMEOUT",
            Self::MalApiUrl => "MAL_API_URL",
            Self::MalAuthUrl => "MAL_AUTH_URL",
            Self::MalsyncTokenStore => "MALSYNC_TOKEN_STORE",
            Self::MalsyncTokenKey => "MALSYNC_TOKEN_KEY",
            Self::MalsyncTokenSeal => "MALSYNC_TOKEN_SEAL",
            Self::Browser => "BROWSER",
            Self::MalsyncMetricsFile => "MALSYNC_METRICS_FILE",
            Self::MalsyncPingUrl => "MALSYNC_PING_URL",
            Self::MalsyncWebhookUrl => "MALSYNC_WEBHOOK_URL",
            Self::MalsyncNotifyCommand => "MALSYNC_NOTIFY_COMMAND",
        }
    }

    /// Returns the default as typed. Returns `None` if the setting may be unset.
    #[must_use]
    pub const fn default_text(self) -> Option<&'static str> {
        match self {
            Self::MalRedirectUri => Some("http://localhost:3005/auth/callback"),
            Self::MalApiRateLimit => Some("1"),
            Self::MalPageSize | Self::SyncBatchSize => Some("100"),
            Self::SyncMaxRetries => Some("3"),
            Self::SyncRetryBaseMs => Some("1000"),
            Self::SyncMinInterval => Some("1m"),
            Self::SyncFullEvery => Some("1d"),
            Self::MalHttpTimeout => Some("30s"),
            Self::MalApiUrl => Some("https://api.myanimelist.net/v2"),
            Self::MalAuthUrl => Some("https://myanimelist.net/v1/oauth2"),
            Self::MalsyncTokenStore => Some("both"),
            Self::MalsyncTokenSeal => Some("on"),
            Self::MalClientId | Self::MalClientSecret | Self::DatabaseUrl | Self::MalsyncTokenKey | Self::Browser => {
                None
            }
            Self::MalsyncMetricsFile | Self::MalsyncPingUrl | Self::MalsyncWebhookUrl | Self::MalsyncNotifyCommand => {
                None
            }
        }
    }

    /// Returns the description, as in the documentation.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::MalClientId => "your app's client id at MAL",
            Self::MalClientSecret => "only for apps of type \"web\"",
            Self::MalRedirectUri => "must equal one that is registered at MAL",
            Self::DatabaseUrl => {
                "`postgresql://…`, `postgres://…`, `sqlite:///absolute/path`, `sqlite://relative/path`"
            }
            Self::MalApiRateLimit => "requests per second, above 0 to 100000",
            Self::MalPageSize => "entries per request, 1 to 1000",
            Self::SyncBatchSize => "entries per database transaction, 1 to 10000",
            Self::SyncMaxRetries => "0 to 10 further tries after a 5xx, a time-out or a broken connection",
            Self::SyncRetryBaseMs => "first back-off; doubles, at most 16 times as long",
            Self::SyncMinInterval => "a sync sooner than this after a complete one is skipped",
            Self::SyncFullEvery => "an incremental sync becomes a full one when the last full one is older",
            Self::MalHttpTimeout => "for each request, from connect to the last byte",
            Self::MalApiUrl => "another host must be https, or loopback",
            Self::MalAuthUrl => "likewise",
            Self::MalsyncTokenStore => "`both`, `keyring` or `database`",
            Self::MalsyncTokenKey => "base64 of 32 bytes: seals the tokens; the same on hosts that share a database",
            Self::MalsyncTokenSeal => "`off` leaves the tokens readable in the users table",
            Self::Browser => "what `login` and `report --open` open",
            Self::MalsyncMetricsFile => "where each sync writes its figures for Prometheus, a whole path",
            Self::MalsyncPingUrl => "told of each sync's start, success and failure, as healthchecks.io has it",
            Self::MalsyncWebhookUrl => "sent a JSON object on failure, recovery, and when a login is due within 7 days",
            Self::MalsyncNotifyCommand => "started on the same occasions, with the message as its last argument",
        }
    }

    /// Returns the default, or an example value if there is no default.
    #[must_use]
    pub const fn example_text(self) -> &'static str {
        match (self.default_text(), self) {
            (Some(text), _) => text,
            (None, Self::MalClientId) => "0123456789abcdef0123456789abcdef",
            (None, Self::DatabaseUrl) => "postgresql://me@localhost/anime",
            (None, Self::MalsyncTokenKey) => "what openssl rand -base64 32 prints",
            (None, Self::Browser) => "firefox",
            (None, Self::MalsyncMetricsFile) => "/var/lib/node_exporter/textfile/malsync.prom",
            (None, Self::MalsyncPingUrl) => "https://hc-ping.com/your-check",
            (None, Self::MalsyncWebhookUrl) => "https://example.org/hook",
            (None, Self::MalsyncNotifyCommand) => "notify-send malsync",
            (None, _) => "the-secret-that-MAL-shows",
        }
    }

    /// Returns the key in `config.toml`: the variable's name in lower case.
    #[must_use]
    pub fn file_key(self) -> String {
        self.variable_name().to_ascii_lowercase()
    }

    /// Returns the setting with this key in `config.toml`. Returns `None` if the key is unknown.
    #[must_use]
    pub fn from_file_key(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.file_key() == name)
    }

    /// Returns the setting whose name is most similar to `name`. Returns `None` if none is similar enough.
    #[must_use]
    pub fn closest_match(name: &str) -> Option<Self> {
        let names = Self::ALL.map(Self::file_key);
        let closest = text::closest_match(&name.replace('-', "_"), names.iter().map(String::as_str))?;
        Self::from_file_key(closest)
    }

    /// Returns true if the value must not be shown. `DATABASE_URL` is shown without its password. The ping and webhook
    /// URLs are secret because they allow sending messages as malsync.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::MalClientSecret
                | Self::MalsyncTokenKey
                | Self::DatabaseUrl
                | Self::MalsyncPingUrl
                | Self::MalsyncWebhookUrl
        )
    }

    /// Returns true if a sync uses the setting; false if only other commands, like `login`, do.
    #[must_use]
    pub const fn is_used_by_sync(self) -> bool {
        !matches!(self, Self::MalRedirectUri | Self::Browser)
    }
}

#[cfg(test)]
mod tests {
    use super::SettingKey;

    #[test]
    fn file_key_round_trips() {
        for key in SettingKey::ALL {
            assert_eq!(SettingKey::from_file_key(&key.file_key()), Some(key));
        }
    }

    #[test]
    fn misspelt_name_has_a_closest_match_and_foreign_name_has_none() {
        for (typed, expected) in [
            ("mal_pagesize", Some(SettingKey::MalPageSize)),
            ("MAL_PAGE_SIZE", Some(SettingKey::MalPageSize)),
            ("database-url", Some(SettingKey::DatabaseUrl)),
            ("database", Some(SettingKey::DatabaseUrl)),
            ("sync_max_retires", Some(SettingKey::SyncMaxRetries)),
            ("redis_url", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(SettingKey::closest_match(typed), expected, "{typed}");
        }
    }
}
