//! Loads the configuration: every setting, its layers, and where its value came from.
//!
//! Entry points: [`LoadedConfig::load`], then [`LoadedConfig::valid_config`] for commands that need a valid
//! configuration.
//!
//! Invariants:
//! 1. Precedence: environment, then `config.toml`, then default. No `.env` file is read. No command-line flag is a
//!    setting.
//! 2. Loading never stops at the first error. [`LoadedConfig`] has every value and every error, so that `config show`
//!    works with a broken file.

mod app_directories;
mod environment;
mod error;
mod file;
mod layers;
mod origin;
mod sample;
mod setting_key;
mod show;
mod value;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use app_directories::AppDirectories;
pub use environment::Environment;
pub use error::ConfigError;
pub use file::ConfigFileInfo;
pub use origin::{Setting, SettingOrigin};
pub use sample::render_sample_config;
pub use setting_key::SettingKey;
pub use show::DisplayedSetting;
use url::Url;
pub use value::RedirectUri;

use self::layers::ConfigLayers;
use crate::{
    domain::{encryption_key::EncryptionKey, token_store_mode::TokenStoreMode},
    failure::Failure,
    secret::Secret,
};

/// The settings. Each field has the name of its variable. Ranges and defaults are those of the documentation.
#[derive(Clone, Debug)]
pub struct Config {
    /// `MAL_CLIENT_ID`: the app's client id at MAL. Use [`Config::client_id`] if it is required.
    pub mal_client_id: Option<Setting<String>>,
    /// `MAL_CLIENT_SECRET`: for apps of type "web".
    pub mal_client_secret: Option<Setting<Secret>>,
    /// `MAL_REDIRECT_URI`: exactly as registered at MAL.
    pub mal_redirect_uri: Setting<RedirectUri>,
    /// `DATABASE_URL`: `None` means `malsync.db` in the data directory. May contain a password.
    pub database_url: Option<Setting<Secret>>,
    /// `MAL_API_RATE_LIMIT`: requests per second to MAL, above 0 to 100000.
    pub mal_api_rate_limit: Setting<f64>,
    /// `MAL_PAGE_SIZE`: entries per request, 1 to 1000.
    pub mal_page_size: Setting<u32>,
    /// `SYNC_BATCH_SIZE`: entries per database transaction, 1 to 10000.
    pub sync_batch_size: Setting<u32>,
    /// `SYNC_MAX_RETRIES`: retries after a 5xx, a timeout or a broken connection, 0 to 10.
    pub sync_max_retries: Setting<u32>,
    /// `SYNC_RETRY_BASE_MS`: the first backoff, 0 to 3600000 ms.
    pub sync_retry_base: Setting<Duration>,
    /// `SYNC_MIN_INTERVAL`: a sync is skipped if the last complete one is more recent than this.
    pub sync_min_interval: Setting<Duration>,
    /// `SYNC_FULL_EVERY`: a sync is a full one if the last full one is older than this.
    pub sync_full_every: Setting<Duration>,
    /// `MAL_HTTP_TIMEOUT`: the timeout of each request, from connect to the last byte; 1 s or more.
    pub mal_http_timeout: Setting<Duration>,
    /// `MAL_API_URL`: https, or http on a loopback host.
    pub mal_api_url: Setting<Url>,
    /// `MAL_AUTH_URL`: https, or http on a loopback host.
    pub mal_auth_url: Setting<Url>,
    /// `MALSYNC_TOKEN_STORE`: where tokens are stored.
    pub malsync_token_store: Setting<TokenStoreMode>,
    /// `MALSYNC_TOKEN_KEY`: `None` means the file `token.key` in the data directory.
    pub malsync_token_key: Option<Setting<EncryptionKey>>,
    /// `MALSYNC_TOKEN_SEAL`: whether tokens in the `users` table are encrypted.
    pub malsync_token_seal: Setting<bool>,
    /// `BROWSER`: the command that opens pages. `None` means the platform's browser.
    pub browser: Option<Setting<String>>,
    /// `MALSYNC_METRICS_FILE`: the file to which every sync writes Prometheus metrics.
    pub malsync_metrics_file: Option<Setting<PathBuf>>,
    /// `MALSYNC_PING_URL`: called when a sync begins and ends. http or https; secret.
    pub malsync_ping_url: Option<Setting<Secret>>,
    /// `MALSYNC_WEBHOOK_URL`: called when syncs begin to fail, and when they work again. http or https; secret.
    pub malsync_webhook_url: Option<Setting<Secret>>,
    /// `MALSYNC_NOTIFY_COMMAND`: the program started on the same occasions as the webhook.
    pub malsync_notify_command: Option<Setting<Vec<String>>>,
    /// The directories of configuration and data.
    pub directories: AppDirectories,
}

impl Config {
    fn from_layers(layers: &mut ConfigLayers<'_>, directories: AppDirectories) -> Self {
        let milliseconds = |text: &str| {
            value::parse_integer(text, &(0..=3_600_000)).map(|number| Duration::from_millis(number.into()))
        };
        Self {
            mal_client_id: layers.parse_optional(SettingKey::MalClientId, value::parse_word),
            mal_client_secret: layers
                .parse_optional(SettingKey::MalClientSecret, |text| value::parse_word(text).map(Secret::new)),
            mal_redirect_uri: layers.parse_required(SettingKey::MalRedirectUri, value::parse_redirect_uri),
            database_url: layers.parse_optional(SettingKey::DatabaseUrl, value::parse_database_url),
            mal_api_rate_limit: layers.parse_required(SettingKey::MalApiRateLimit, value::parse_rate_limit),
            mal_page_size: layers
                .parse_required(SettingKey::MalPageSize, |text| value::parse_integer(text, &(1..=1_000))),
            sync_batch_size: layers
                .parse_required(SettingKey::SyncBatchSize, |text| value::parse_integer(text, &(1..=10_000))),
            sync_max_retries: layers
                .parse_required(SettingKey::SyncMaxRetries, |text| value::parse_integer(text, &(0..=10))),
            sync_retry_base: layers.parse_required(SettingKey::SyncRetryBaseMs, milliseconds),
            sync_min_interval: layers.parse_required(SettingKey::SyncMinInterval, value::parse_duration),
            sync_full_every: layers.parse_required(SettingKey::SyncFullEvery, value::parse_duration),
            mal_http_timeout: layers.parse_required(SettingKey::MalHttpTimeout, value::parse_timeout),
            mal_api_url: layers.parse_required(SettingKey::MalApiUrl, value::parse_mal_url),
            mal_auth_url: layers.parse_required(SettingKey::MalAuthUrl, value::parse_mal_url),
            malsync_token_store: layers.parse_required(SettingKey::MalsyncTokenStore, value::parse_token_store),
            malsync_token_key: layers.parse_optional(SettingKey::MalsyncTokenKey, value::parse_token_key),
            malsync_token_seal: layers.parse_required(SettingKey::MalsyncTokenSeal, value::parse_on_off),
            browser: layers.parse_optional(SettingKey::Browser, value::parse_non_empty),
            malsync_metrics_file: layers.parse_optional(SettingKey::MalsyncMetricsFile, value::parse_absolute_path),
            malsync_ping_url: layers.parse_optional(SettingKey::MalsyncPingUrl, value::parse_notify_url),
            malsync_webhook_url: layers.parse_optional(SettingKey::MalsyncWebhookUrl, value::parse_notify_url),
            malsync_notify_command: layers.parse_optional(SettingKey::MalsyncNotifyCommand, value::parse_command_line),
            directories,
        }
    }

    /// Returns the client id.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 if `MAL_CLIENT_ID` is not set. The hint says where to get one.
    pub fn client_id(&self) -> Result<&str, Failure> {
        self.mal_client_id.as_ref().map(|setting| setting.value.as_str()).ok_or_else(|| {
            Failure::usage_error("MAL_CLIENT_ID is not set").with_hint(format!(
                "register an app of type \"other\" at https://myanimelist.net/apiconfig with the redirect URL {}, and set \
                 MAL_CLIENT_ID, or mal_client_id in the file that `malsync config init` makes, to its client id",
                self.mal_redirect_uri.value.text
            ))
        })
    }
}

/// The configuration as far as it could be read, with all its errors.
#[derive(Debug)]
pub struct LoadedConfig {
    config: Config,
    displayed_settings: Vec<DisplayedSetting>,
    env_only_settings: Vec<SettingKey>,
    errors: Vec<ConfigError>,
    warnings: Vec<String>,
    config_file: Option<ConfigFileInfo>,
}

impl LoadedConfig {
    /// Loads the settings from the environment and from `file` (`--config`). Without `file`, reads the default file if
    /// it exists.
    #[must_use]
    pub fn load(environment: &Environment, file: Option<&Path>) -> Self {
        Self::load_with_directories(environment, file, AppDirectories::new(environment))
    }

    fn load_with_directories(environment: &Environment, requested: Option<&Path>, directories: AppDirectories) -> Self {
        let path = requested.map(Path::to_owned).or_else(|| directories.config_file());
        let mut file =
            path.as_deref().map(|path| file::read_config_file(path, requested.is_some())).unwrap_or_default();
        let warnings = std::mem::take(&mut file.warnings);
        let config_file =
            path.map(|path| ConfigFileInfo { exists: file.exists, contains_secret: file.contains_secret(), path });
        let mut layers = ConfigLayers::new(environment, file);
        let config = Config::from_layers(&mut layers, directories);
        let displayed_settings =
            SettingKey::ALL.map(|key| show::display_setting(key, &layers, &config.directories)).into();
        let env_only_settings = layers.env_only_settings();
        Self { config, displayed_settings, env_only_settings, errors: layers.into_errors(), warnings, config_file }
    }

    /// Returns the configuration if it has no errors.
    ///
    /// # Errors
    ///
    /// Fails with exit code 2 and the first error. Errors of the file as a whole come before those of single values.
    pub fn valid_config(&self) -> Result<&Config, Failure> {
        self.errors.first().map_or(Ok(&self.config), |error| Err(error.clone().into()))
    }

    /// Returns every setting for `config show`, in the order of the documentation, with secrets masked.
    #[must_use]
    pub fn displayed_settings(&self) -> &[DisplayedSetting] {
        &self.displayed_settings
    }

    /// Returns the configuration file, existing or not. Returns `None` if no directory for it is known.
    #[must_use]
    pub const fn config_file(&self) -> Option<&ConfigFileInfo> {
        self.config_file.as_ref()
    }

    /// Returns the settings that a process without this environment would not see, or see with another value.
    #[must_use]
    pub fn env_only_settings(&self) -> &[SettingKey] {
        &self.env_only_settings
    }

    /// Returns problems that do not make the configuration invalid.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns all errors.
    #[must_use]
    pub fn errors(&self) -> &[ConfigError] {
        &self.errors
    }

    /// Returns the values with defaults in place of invalid ones, for commands that only display.
    #[must_use]
    pub fn best_effort_config(&self) -> &Config {
        &self.config
    }
}

#[cfg(test)]
mod tests;
