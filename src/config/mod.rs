//! Every setting, its layers, and where its value came from.
//!
//! Environment over `config.toml` over default. Reading never stops at the first fault: [`Loaded`] has every value and
//! every fault, so that `config show` works with a broken file, and [`Loaded::config`] is the one gate for whoever
//! needs a sound configuration. No `.env` file is read. Flags are not settings: none has a counterpart here.

mod environment;
mod error;
mod file;
mod folders;
mod key;
mod layers;
mod origin;
mod sample;
mod show;
mod value;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use environment::Environment;
pub use error::Error;
pub use file::Seen;
pub use folders::Folders;
pub use key::Key;
pub use origin::{Origin, Setting};
pub use sample::sample;
pub use show::Shown;
use url::Url;
pub use value::{RedirectUri, TokenKey, TokenStore, is_loopback};

use self::layers::Layers;
use crate::{failure::Failure, secret::Secret};

/// The settings. Each field is the variable of its name; ranges and defaults are those of the documentation.
#[derive(Clone, Debug)]
pub struct Config {
    /// `MAL_CLIENT_ID`: the app's client id at MAL. Use [`Config::client_id`] where it is needed.
    pub mal_client_id: Option<Setting<String>>,
    /// `MAL_CLIENT_SECRET`: for apps of type "web".
    pub mal_client_secret: Option<Setting<Secret>>,
    /// `MAL_REDIRECT_URI`: as it is registered at MAL.
    pub mal_redirect_uri: Setting<RedirectUri>,
    /// `DATABASE_URL`: none is `malsync.db` in the data folder. May hold a password.
    pub database_url: Option<Setting<Secret>>,
    /// `MAL_API_RATE_LIMIT`: requests per second to MAL, above 0 to 100000.
    pub mal_api_rate_limit: Setting<f64>,
    /// `MAL_PAGE_SIZE`: entries per request, 1 to 1000.
    pub mal_page_size: Setting<u32>,
    /// `SYNC_BATCH_SIZE`: entries per database transaction, 1 to 10000.
    pub sync_batch_size: Setting<u32>,
    /// `SYNC_MAX_RETRIES`: further tries after a 5xx, a time-out or a broken connection, 0 to 10.
    pub sync_max_retries: Setting<u32>,
    /// `SYNC_RETRY_BASE_MS`: the first back-off.
    pub sync_retry_base: Setting<Duration>,
    /// `SYNC_MIN_INTERVAL`: a sync sooner than this after a complete one is skipped.
    pub sync_min_interval: Setting<Duration>,
    /// `SYNC_FULL_EVERY`: an incremental sync turns into a full one when the last full one is older.
    pub sync_full_every: Setting<Duration>,
    /// `MAL_HTTP_TIMEOUT`: for each request, from connect to the last byte; 1 s or more.
    pub mal_http_timeout: Setting<Duration>,
    /// `MAL_API_URL`: https, or loopback.
    pub mal_api_url: Setting<Url>,
    /// `MAL_AUTH_URL`: likewise.
    pub mal_auth_url: Setting<Url>,
    /// `MALSYNC_TOKEN_STORE`: where tokens rest.
    pub malsync_token_store: Setting<TokenStore>,
    /// `MALSYNC_TOKEN_KEY`: none is the file `token.key` in the data folder.
    pub malsync_token_key: Option<Setting<TokenKey>>,
    /// `MALSYNC_TOKEN_SEAL`: whether tokens in the users table are sealed.
    pub malsync_token_seal: Setting<bool>,
    /// `BROWSER`: what `login` opens; none is the platform's.
    pub browser: Option<Setting<String>>,
    /// `MALSYNC_METRICS_FILE`: where every sync writes figures for Prometheus.
    pub malsync_metrics_file: Option<Setting<PathBuf>>,
    /// `MALSYNC_PING_URL`: what is told when a sync begins and ends. http or https; not to be shown.
    pub malsync_ping_url: Option<Setting<Secret>>,
    /// `MALSYNC_WEBHOOK_URL`: what is told when syncs begin to fail, and when they work again. Likewise.
    pub malsync_webhook_url: Option<Setting<Secret>>,
    /// `MALSYNC_NOTIFY_COMMAND`: what is started then.
    pub malsync_notify_command: Option<Setting<Vec<String>>>,
    /// Where configuration and data rest.
    pub folders: Folders,
}

impl Config {
    fn read(layers: &mut Layers<'_>, folders: Folders) -> Self {
        let milliseconds =
            |text: &str| value::whole(text, &(0..=3_600_000)).map(|number| Duration::from_millis(number.into()));
        Self {
            mal_client_id: layers.optional(Key::MalClientId, value::word),
            mal_client_secret: layers.optional(Key::MalClientSecret, |text| value::word(text).map(Secret::new)),
            mal_redirect_uri: layers.required(Key::MalRedirectUri, value::redirect),
            database_url: layers.optional(Key::DatabaseUrl, value::database),
            mal_api_rate_limit: layers.required(Key::MalApiRateLimit, value::rate),
            mal_page_size: layers.required(Key::MalPageSize, |text| value::whole(text, &(1..=1_000))),
            sync_batch_size: layers.required(Key::SyncBatchSize, |text| value::whole(text, &(1..=10_000))),
            sync_max_retries: layers.required(Key::SyncMaxRetries, |text| value::whole(text, &(0..=10))),
            sync_retry_base: layers.required(Key::SyncRetryBaseMs, milliseconds),
            sync_min_interval: layers.required(Key::SyncMinInterval, value::span),
            sync_full_every: layers.required(Key::SyncFullEvery, value::span),
            mal_http_timeout: layers.required(Key::MalHttpTimeout, value::time_out),
            mal_api_url: layers.required(Key::MalApiUrl, value::endpoint),
            mal_auth_url: layers.required(Key::MalAuthUrl, value::endpoint),
            malsync_token_store: layers.required(Key::MalsyncTokenStore, value::token_store),
            malsync_token_key: layers.optional(Key::MalsyncTokenKey, value::token_key),
            malsync_token_seal: layers.required(Key::MalsyncTokenSeal, value::switch),
            browser: layers.optional(Key::Browser, value::filled),
            malsync_metrics_file: layers.optional(Key::MalsyncMetricsFile, value::whole_path),
            malsync_ping_url: layers.optional(Key::MalsyncPingUrl, value::listener),
            malsync_webhook_url: layers.optional(Key::MalsyncWebhookUrl, value::listener),
            malsync_notify_command: layers.optional(Key::MalsyncNotifyCommand, value::words),
            folders,
        }
    }

    /// The client id, for what cannot do without.
    ///
    /// # Errors
    ///
    /// Exit code 2 where `MAL_CLIENT_ID` is not set, with a hint that says where to get one.
    pub fn client_id(&self) -> Result<&str, Failure> {
        self.mal_client_id.as_ref().map(|setting| setting.value.as_str()).ok_or_else(|| {
            Failure::usage("MAL_CLIENT_ID is not set").hint(format!(
                "register an app of type \"other\" at https://myanimelist.net/apiconfig with the redirect URL {}, and set \
                 MAL_CLIENT_ID, or mal_client_id in the file that `malsync config init` makes, to its client id",
                self.mal_redirect_uri.value.text
            ))
        })
    }
}

/// The configuration as far as it could be read, with everything that is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    config: Config,
    shown: Vec<Shown>,
    only_here: Vec<Key>,
    errors: Vec<Error>,
    warnings: Vec<String>,
    file: Option<Seen>,
}

impl Loaded {
    /// Reads the settings from the environment and from `file` (`--config`), or else the default file, where there is one.
    #[must_use]
    pub fn read(environment: &Environment, file: Option<&Path>) -> Self {
        Self::read_with(environment, file, Folders::new(environment))
    }

    fn read_with(environment: &Environment, asked_for: Option<&Path>, folders: Folders) -> Self {
        let path = asked_for.map(Path::to_owned).or_else(|| folders.config_file());
        let mut file = path.as_deref().map(|path| file::read(path, asked_for.is_some())).unwrap_or_default();
        let warnings = std::mem::take(&mut file.warnings);
        let seen = path.map(|path| Seen { there: file.there, holds_a_secret: file.holds_a_secret(), path });
        let mut layers = Layers::new(environment, file);
        let config = Config::read(&mut layers, folders);
        let shown = Key::ALL.map(|key| show::shown(key, &layers, &config.folders)).into();
        let only_here = layers.only_here();
        Self { config, shown, only_here, errors: layers.into_errors(), warnings, file: seen }
    }

    /// The configuration, where nothing is wrong with it.
    ///
    /// # Errors
    ///
    /// Exit code 2 with the first thing that is wrong: the file as a whole before single values.
    pub fn config(&self) -> Result<&Config, Failure> {
        self.errors.first().map_or(Ok(&self.config), |error| Err(error.clone().into()))
    }

    /// Every setting for `config show`, in the documentation's order, secrets masked.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The configuration file, there or not; none where no folder for it is known.
    #[must_use]
    pub const fn file(&self) -> Option<&Seen> {
        self.file.as_ref()
    }

    /// The settings that whoever is started without this environment does not see, or sees otherwise.
    #[must_use]
    pub fn only_here(&self) -> &[Key] {
        &self.only_here
    }

    /// What is not as it should be, and stops nothing.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Everything that is wrong.
    #[must_use]
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }

    /// The values as far as they could be read, defaults in place of the broken ones: for what only looks.
    #[must_use]
    pub fn as_far_as_read(&self) -> &Config {
        &self.config
    }
}

#[cfg(test)]
mod tests;
