//! What the configuration stands for: the database, the wire to MAL, the vault, a user's session. The only glue.

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    auth::{
        keyring::Keyring,
        oauth::MalTokenEndpoint,
        token_cipher::TokenCipher,
        token_endpoint::TokenEndpoint,
        token_manager::{TokenManager, TokenOwner},
        token_storage::{self, TokenStorage},
    },
    clock::SystemClock,
    config::{Config, Environment, LoadedConfig, TokenStoreSetting},
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
    file_permissions::FilePermissions,
    mal::{
        self,
        transport::{HttpTransport, TransportSettings},
    },
    store::{Database, DatabaseUrl, SchemaVersions},
    ui::{ProgressReporter, Ui},
};

use super::{
    database_slots::DatabaseSlots,
    login,
    monitoring::ObservedOutcomes,
    select_user::{self, UserChoice},
    signals::Signals,
};

/// What a command works with.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) signals: Signals,
    pub(crate) environment: Environment,
    pub(crate) loaded: LoadedConfig,
    /// How the syncs of this process ended.
    pub(crate) outcomes: ObservedOutcomes,
    config_path: Option<PathBuf>,
    token_store: OnceLock<Arc<TokenStorage>>,
}

/// The API client of one user.
pub(crate) type UserApiClient = mal::MalApiClient<TokenManager<Database, MalTokenEndpoint>>;

/// How long nobody asks what goes on.
const PROGRESS_DELAY: Duration = Duration::from_millis(400);

impl<'a> Context<'a> {
    pub(crate) fn new(environment: Environment, file: Option<&Path>, ui: &'a Ui, signals: Signals) -> Self {
        let loaded = LoadedConfig::load(&environment, file);
        loaded.warnings().iter().for_each(|warning| ui.print_warning(warning));
        let config_path = file.map(Path::to_owned);
        Self {
            ui,
            signals,
            environment,
            loaded,
            outcomes: ObservedOutcomes::default(),
            config_path,
            token_store: OnceLock::new(),
        }
    }

    /// The configuration file that `--config` names.
    pub(crate) fn explicit_config_path(&self) -> Option<&Path> {
        self.config_path.as_deref()
    }

    /// The configuration, where nothing is wrong with it.
    pub(crate) fn config(&self) -> Result<&Config, Failure> {
        self.loaded.valid_config()
    }

    /// Where the database is.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        let config = self.config()?;
        match &config.database_url {
            Some(url) => Ok(DatabaseUrl::parse(url.value.expose())?),
            None => Ok(DatabaseUrl::default_sqlite(&config.directories.data_dir()?.join("malsync.db"))),
        }
    }

    /// The database, opened and up to date.
    pub(crate) async fn open_database(&self) -> Result<Arc<Database>, Failure> {
        let place = self.database_url()?;
        let database = self.reopen_database().await?;
        if let DatabaseUrl::Sqlite { path, .. } = &place
            && let Some((what, hint)) = FilePermissions::for_path(path).and_then(|rights| rights.warning(path))
        {
            self.ui.print_warning(&format!("{what}: {hint}"));
        }
        Ok(database)
    }

    /// The database, where it was open before and what is to be said of it was said.
    pub(crate) async fn reopen_database(&self) -> Result<Arc<Database>, Failure> {
        Ok(Arc::new(Database::open(&self.database_url()?, Arc::new(SystemClock)).await?))
    }

    /// Asks, and waits for the answer; the end of input is none. Only where [`Ui::can_ask`].
    ///
    /// # Errors
    ///
    /// A signal came first: nothing that is typed afterwards counts.
    pub(crate) async fn prompt(&self, question: &str) -> Result<Option<String>, Failure> {
        self.ui.print_prompt(question);
        let answer = tokio::select! {
            biased;
            () = self.signals.stop.cancelled() => None,
            answer = login::read_stdin_line() => answer.ok().flatten(),
        };
        match self.signals.first_signal_exit() {
            Some(exit) => Err(Failure::from_text(exit, "stopped before an answer; nothing was done")),
            None => Ok(answer),
        }
    }

    /// Does a piece of work, and shows its progress where it takes longer than a moment. `doing` says what goes on.
    pub(crate) async fn with_progress<T>(&self, doing: &str, work: impl AsyncFnOnce(&ProgressReporter) -> T) -> T {
        let bar = self.ui.task_progress(doing);
        let mut done = pin!(work(&bar));
        tokio::select! {
            biased;
            done = &mut done => return done,
            () = tokio::time::sleep(PROGRESS_DELAY) => bar.show_bar(),
        }
        done.await
    }

    /// The user that a command is about, and a word about whom it took where there were several.
    pub(crate) async fn select_user(&self, database: &Database, asked: Option<&UserRef>) -> Result<User, Failure> {
        let users = database.load_users().await?;
        let UserChoice { user, is_ambiguous: picked } =
            select_user::select_user(&users, asked, &database.url().to_string())?;
        if picked {
            self.ui.print_note(&format!("user {} (of several; --user names another)", user.username));
        }
        Ok(user.clone())
    }

    /// The database, for a look: nothing is made, and nothing brought up to date. Says which schema it has.
    pub(crate) async fn open_read_only(&self) -> Result<(Arc<Database>, SchemaVersions), Failure> {
        let place = self.database_url()?;
        if let DatabaseUrl::Sqlite { path, .. } = &place
            && !path.exists()
        {
            let what = format!("there is no database {} yet", path.display());
            return Err(Failure::from_text(Exit::Database, what).with_hint("malsync login makes it"));
        }
        let (database, schema) = Database::open_read_only(&place, Arc::new(SystemClock)).await?;
        Ok((Arc::new(database), schema))
    }

    /// The one connection pool to MAL, with its pace, which all processes keep together that share the database.
    pub(crate) fn transport(&self, database: &Arc<Database>) -> Result<HttpTransport, Failure> {
        let config = self.config()?;
        let wire = Self::transport_for(config);
        wire.use_shared_slots(Arc::new(DatabaseSlots::new(database, config.client_id()?)));
        Ok(wire)
    }

    /// The same by a configuration that may be broken elsewhere, at a pace of its own.
    pub(crate) fn transport_for(config: &Config) -> HttpTransport {
        HttpTransport::new(TransportSettings {
            requests_per_second: config.mal_api_rate_limit.value,
            timeout: config.mal_http_timeout.value,
            max_retries: config.sync_max_retries.value,
            retry_base: config.sync_retry_base.value,
        })
    }

    /// The token endpoint.
    pub(crate) fn oauth_client(&self, wire: &HttpTransport) -> Result<MalTokenEndpoint, Failure> {
        let config = self.config()?;
        let secret = config.mal_client_secret.as_ref().map(|secret| &secret.value);
        let redirect = &config.mal_redirect_uri.value.text;
        MalTokenEndpoint::new(config.client_id()?, secret, &config.mal_auth_url.value, redirect, wire.clone())
    }

    /// Where tokens rest: one vault for the whole process, so that a keyring that does not serve is waited for and noted once.
    pub(crate) fn token_store(&self, database: &Database) -> Result<Arc<TokenStorage>, Failure> {
        if let Some(vault) = self.token_store.get() {
            return Ok(Arc::clone(vault));
        }
        let vault = Arc::new(self.create_token_store(database)?);
        Ok(Arc::clone(self.token_store.get_or_init(|| vault)))
    }

    fn create_token_store(&self, database: &Database) -> Result<TokenStorage, Failure> {
        let config = self.config()?;
        let mode = match config.malsync_token_store.value {
            TokenStoreSetting::Both => token_storage::TokenStoreMode::Both,
            TokenStoreSetting::Keyring => token_storage::TokenStoreMode::Keyring,
            TokenStoreSetting::Database => token_storage::TokenStoreMode::Database,
        };
        let key = config.malsync_token_key.as_ref().map(|key| key.value.clone());
        let file = config.directories.data_dir().map(|folder| folder.join("token.key")).unwrap_or_default();
        let key = key.map(|key| {
            crate::secret::Secret::new(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key.expose()))
        });
        let seal = TokenCipher::new(key.as_ref(), file, config.malsync_token_seal.value)?;
        Ok(TokenStorage::new(mode, seal, Keyring::for_platform(&database.stable_id())))
    }

    /// Whether tokens of this user are to be found: in the row, or, where it says that they are elsewhere, in the keyring.
    pub(crate) async fn has_tokens(&self, database: &Database, user: &User) -> Result<bool, Failure> {
        let login = &user.login;
        if login.access_token.is_some() || login.refresh_token.is_some() || !login.is_present() {
            return Ok(login.is_present());
        }
        Ok(!self.token_store(database)?.stored_in(user.id, login).await.is_empty())
    }

    /// The tokens of one user, refreshed where they have to be.
    pub(crate) fn token_manager<E: TokenEndpoint>(
        &self,
        database: &Arc<Database>,
        vault: &Arc<TokenStorage>,
        endpoint: E,
        user: &User,
    ) -> Result<TokenManager<Database, E>, Failure> {
        let who = TokenOwner {
            user: user.id,
            username: user.username.clone(),
            account: user.mal_user_id,
            client_id: self.config()?.client_id()?.to_owned(),
            database: database.url().to_string(),
        };
        Ok(TokenManager::new(who, Arc::clone(database), Arc::clone(vault), endpoint))
    }

    /// The API, as this user.
    pub(crate) fn api_client(
        &self,
        database: &Arc<Database>,
        wire: &HttpTransport,
        user: &User,
    ) -> Result<UserApiClient, Failure> {
        let config = self.config()?;
        let session = self.token_manager(database, &self.token_store(database)?, self.oauth_client(wire)?, user)?;
        Ok(mal::MalApiClient::new(wire.clone(), session, &config.mal_api_url.value, config.mal_page_size.value)?)
    }
}

/// Ends the database's connections in good order.
pub(crate) async fn close_database(database: Arc<Database>) {
    if let Some(database) = Arc::into_inner(database) {
        // A database that does not answer is not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(2), database.close()).await;
    }
}

/// The failure of a command that needs a login where there is none.
pub(crate) fn not_logged_in_failure(user: &User, database: &Database) -> Failure {
    let what =
        if user.login.needs_login { "MyAnimeList wants a new login" } else { "user has no MyAnimeList access token" };
    Failure::from_text(Exit::Login, format!("{what} (user {}, database {})", user.username, database.url()))
        .with_hint(format!("malsync login {}", user.as_cli_arg()))
}
