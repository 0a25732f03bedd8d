//! What the configuration stands for: the database, the transport to MAL, the token storage, a user's token manager.
//! Connects the modules `auth`, `mal` and `store`.

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use crate::{
    auth::{
        browser::Desktop,
        keyring::Keyring,
        oauth::MalTokenEndpoint,
        token_cipher::TokenCipher,
        token_endpoint::TokenEndpoint,
        token_manager::{TokenManager, TokenOwner},
        token_storage::TokenStorage,
    },
    clock::SystemClock,
    config::{Config, Environment, LoadedConfig},
    domain::{
        user::{User, UserRef},
        user_agent::DEFAULT_USER_AGENT,
    },
    exit::Exit,
    failure::Failure,
    file_permissions::FilePermissions,
    http::{HttpTransport, TransportSettings, proxy::ProxyVariables},
    mal,
    store::{Database, DatabaseAccess, DatabaseUrl, MissingSchema, SchemaVersions},
    ui::{ProgressReporter, TextTable, Ui},
};

use super::{
    database_slots::DatabaseSlots,
    observed_outcomes::ObservedOutcomes,
    select_user::select_user,
    signals::Signals,
    terminal_input::{self, DefaultAnswer},
};

/// Everything a command works with.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) signals: Signals,
    pub(crate) environment: Environment,
    pub(crate) loaded: LoadedConfig,
    /// Outcomes of all syncs of this process.
    pub(crate) outcomes: ObservedOutcomes,
    /// The file named by `--config`.
    config_path: Option<PathBuf>,
    token_storage: OnceLock<Arc<TokenStorage>>,
    /// The databases that [`Context::close_databases`] closes.
    open_databases: Mutex<Vec<Arc<Database>>>,
}

/// The API client of one user.
pub(crate) type UserApiClient = mal::MalApiClient<TokenManager<Database, MalTokenEndpoint>>;

/// Maximum wait for a database to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Delay before a progress bar appears.
const PROGRESS_DELAY: Duration = Duration::from_millis(400);

impl<'a> Context<'a> {
    pub(crate) fn new(environment: Environment, config_file: Option<&Path>, ui: &'a Ui, signals: Signals) -> Self {
        let loaded = LoadedConfig::load(&environment, config_file);
        ProxyVariables::read(|name| environment.get_text(name).map(str::to_owned)).install();
        loaded.warnings().iter().for_each(|warning| ui.print_warning(warning));
        let config_path = config_file.map(Path::to_owned);
        Self {
            ui,
            signals,
            environment,
            loaded,
            outcomes: ObservedOutcomes::default(),
            config_path,
            token_storage: OnceLock::new(),
            open_databases: Mutex::default(),
        }
    }

    /// Returns the configuration file named by `--config`.
    pub(crate) fn explicit_config_path(&self) -> Option<&Path> {
        self.config_path.as_deref()
    }

    /// Returns the configuration. Fails if a setting is invalid.
    pub(crate) fn config(&self) -> Result<&Config, Failure> {
        self.loaded.valid_config()
    }

    /// Returns the location of the database.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        let config = self.config()?;
        match &config.database_url {
            Some(url) => Ok(DatabaseUrl::parse(url.value.expose())?),
            None => Ok(DatabaseUrl::default_sqlite(&config.directories.data_dir()?.join("malsync.db"))),
        }
    }

    /// Opens the database, creates or migrates it if needed, and warns about its file permissions. The database is closed
    /// when the command has ended.
    pub(crate) async fn open_database(&self) -> Result<Arc<Database>, Failure> {
        self.open_or_create(&self.database_url()?).await
    }

    /// Opens a database, as [`Context::open_database`] does with the configured one.
    pub(crate) async fn open_or_create(&self, url: &DatabaseUrl) -> Result<Arc<Database>, Failure> {
        let database = self.register_database(Database::open(url, Arc::new(SystemClock)).await?);
        self.warn_about_file_permissions(url);
        Ok(database)
    }

    /// Opens the database to read it, and migrates an outdated schema. If it has no tables of malsync, returns an empty
    /// database in memory and creates nothing.
    pub(crate) async fn open_to_read(&self) -> Result<Arc<Database>, Failure> {
        self.open_existing(DatabaseAccess::Read).await
    }

    /// Opens a database that the command does not create. Migrates it if needed, and warns about its file permissions.
    pub(crate) async fn open_existing(&self, access: DatabaseAccess) -> Result<Arc<Database>, Failure> {
        let database = self.open_existing_silently(access).await?;
        self.warn_about_file_permissions(database.url());
        Ok(database)
    }

    /// Opens the database at a URL for reading, and migrates nothing. Returns `None` if it is a file that does not exist.
    pub(crate) async fn open_unchanged(&self, url: &DatabaseUrl) -> Result<Option<Arc<Database>>, Failure> {
        if let DatabaseUrl::Sqlite { path, .. } = url
            && !path.exists()
        {
            return Ok(None);
        }
        let (database, _) = Database::open_read_only(url, Arc::new(SystemClock)).await?;
        Ok(Some(self.register_database(database)))
    }

    fn warn_about_file_permissions(&self, url: &DatabaseUrl) {
        if let DatabaseUrl::Sqlite { path, .. } = url
            && let Some((what, hint)) =
                FilePermissions::for_path(path).and_then(|permissions| permissions.warning(path))
        {
            self.ui.print_warning(&format!("{what}: {hint}"));
        }
    }

    /// Opens an existing database, without the warnings that a command prints once.
    pub(crate) async fn open_existing_silently(&self, access: DatabaseAccess) -> Result<Arc<Database>, Failure> {
        let database = Database::open_existing(&self.database_url()?, access, Arc::new(SystemClock)).await?;
        Ok(self.register_database(database))
    }

    /// Adds a database to those that [`Context::close_databases`] closes.
    fn register_database(&self, database: Database) -> Arc<Database> {
        let database = Arc::new(database);
        self.lock_open_databases().push(Arc::clone(&database));
        database
    }

    fn lock_open_databases(&self) -> MutexGuard<'_, Vec<Arc<Database>>> {
        self.open_databases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes all databases that were opened through this context. Called when a command has ended, in whatever way.
    /// Closing releases the locks, and lets SQLite remove the `-wal` and `-shm` files.
    pub(crate) async fn close_databases(&self) {
        let databases = std::mem::take(&mut *self.lock_open_databases());
        for database in databases {
            // Do not wait for a database that does not respond.
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, database.close()).await;
        }
    }

    /// Closes the database and prints text through a pager, in which the user may stay for hours.
    pub(crate) async fn print_paged(&self, text: &str, use_pager: bool) -> Result<(), Failure> {
        self.close_databases().await;
        self.ui.print_paged(text, use_pager)
    }

    /// Prints a table to stdout as [`Self::print_paged`] does. Its header stays visible if the pager can keep it.
    pub(crate) async fn print_paged_table(&self, table: &TextTable, use_pager: bool) -> Result<(), Failure> {
        self.close_databases().await;
        self.ui.print_paged_table(table, use_pager)
    }

    /// Prints a question and waits for the answer yes or no. Call only if [`Ui::is_interactive`].
    ///
    /// # Errors
    ///
    /// Fails if a signal comes first; later input is ignored.
    pub(crate) async fn confirm(&self, question: &str, default: DefaultAnswer) -> Result<bool, Failure> {
        terminal_input::confirm(self.ui, &self.signals, question, default).await
    }

    /// Asks a question as [`terminal_input::ask_line`] does.
    pub(crate) async fn ask_line(&self, question: &str) -> Result<Option<String>, Failure> {
        terminal_input::ask_line(self.ui, &self.signals, question).await
    }

    /// Runs `work` and shows a progress bar if it takes longer than [`PROGRESS_DELAY`]. `label` describes the work.
    pub(crate) async fn with_progress<T>(&self, label: &str, work: impl AsyncFnOnce(&ProgressReporter) -> T) -> T {
        Self::with_progress_bar(&self.ui.task_progress(label), work).await
    }

    /// Runs `work` and shows `bar` if it takes longer than [`PROGRESS_DELAY`].
    pub(crate) async fn with_progress_bar<T>(
        bar: &ProgressReporter,
        work: impl AsyncFnOnce(&ProgressReporter) -> T,
    ) -> T {
        let mut done = pin!(work(bar));
        tokio::select! {
            biased;
            done = &mut done => return done,
            () = tokio::time::sleep(PROGRESS_DELAY) => bar.show_bar(),
        }
        done.await
    }

    /// Selects the user that the command is about. Prints a note if there were several candidates.
    pub(crate) async fn select_user(&self, database: &Database, requested: Option<&UserRef>) -> Result<User, Failure> {
        let users = database.load_users().await?;
        self.select_from(&users, database, requested).cloned()
    }

    /// Selects one of these users, as [`Self::select_user`] does.
    pub(crate) fn select_from<'u>(
        &self,
        users: &'u [User],
        database: &Database,
        requested: Option<&UserRef>,
    ) -> Result<&'u User, Failure> {
        let choice = select_user(users, requested, &database.url().to_string())
            .map_err(|failure| explain_missing_schema(failure, database))?;
        if choice.is_ambiguous {
            self.ui.print_note(&format!("Using user {}. Choose another with --user.", choice.user.username));
        }
        Ok(choice.user)
    }

    /// Opens the database read-only: creates and migrates nothing. Also returns its schema versions.
    pub(crate) async fn open_read_only(&self) -> Result<(Arc<Database>, SchemaVersions), Failure> {
        let url = self.database_url()?;
        if let DatabaseUrl::Sqlite { path, .. } = &url
            && !path.exists()
        {
            let message = format!("no database {} yet", path.display());
            return Err(Failure::from_text(Exit::Database, message).with_hint("create it with malsync login"));
        }
        let (database, schema) = Database::open_read_only(&url, Arc::new(SystemClock)).await?;
        Ok((self.register_database(database), schema))
    }

    /// Returns what is known about the desktop, to open a browser.
    pub(crate) fn desktop(&self) -> Desktop {
        let browser = self.config().ok().and_then(|config| config.browser.as_ref());
        let browser = browser.map(|browser| browser.value.clone());
        Desktop { browser, has_display: self.environment.has_display() }
    }

    /// Creates the HTTP transport to MAL. All processes that use the database share its rate limit.
    pub(crate) fn transport(&self, database: &Arc<Database>) -> Result<HttpTransport, Failure> {
        let config = self.config()?;
        let transport = Self::transport_for(config);
        transport.use_shared_slots(Arc::new(DatabaseSlots::new(database, config.client_id()?)));
        Ok(transport)
    }

    /// Creates a transport with its own rate limit, from a configuration that may be invalid elsewhere.
    pub(crate) fn transport_for(config: &Config) -> HttpTransport {
        HttpTransport::new(TransportSettings {
            requests_per_second: config.mal_api_rate_limit.value,
            timeout: config.mal_http_timeout.value,
            max_retries: config.sync_max_retries.value,
            retry_base: config.sync_retry_base.value,
            user_agent: config.mal_user_agent.as_ref().map_or(DEFAULT_USER_AGENT, |name| &name.value).to_owned(),
        })
    }

    /// Returns a client of MAL's token endpoint.
    pub(crate) fn oauth_client(&self, transport: &HttpTransport) -> Result<MalTokenEndpoint, Failure> {
        let config = self.config()?;
        let secret = config.mal_client_secret.as_ref().map(|secret| &secret.value);
        let redirect_uri = &config.mal_redirect_uri.value.text;
        MalTokenEndpoint::new(config.client_id()?, secret, &config.mal_auth_url.value, redirect_uri, transport.clone())
    }

    /// Returns the token storage. There is one per process, so that an unusable keyring is waited for and reported only
    /// once.
    pub(crate) fn token_storage(&self, database: &Database) -> Result<Arc<TokenStorage>, Failure> {
        if let Some(token_storage) = self.token_storage.get() {
            return Ok(Arc::clone(token_storage));
        }
        let token_storage = Arc::new(self.token_storage_for(database)?);
        Ok(Arc::clone(self.token_storage.get_or_init(|| token_storage)))
    }

    /// Returns a token storage for a database. Commands with one database use [`Context::token_storage`].
    pub(crate) fn token_storage_for(&self, database: &Database) -> Result<TokenStorage, Failure> {
        let config = self.config()?;
        let key = config.malsync_token_key.as_ref().map(|key| key.value.clone());
        let key_file = config.directories.data_dir().map(|directory| directory.join("token.key")).unwrap_or_default();
        let cipher = TokenCipher::new(key, key_file, config.malsync_token_seal.value);
        Ok(TokenStorage::new(config.malsync_token_store.value, cipher, Keyring::for_platform(&database.stable_id())))
    }

    /// Returns true if the user's tokens exist: in the row, or in the keyring if the row says so.
    pub(crate) async fn has_tokens(&self, database: &Database, user: &User) -> Result<bool, Failure> {
        let login = &user.login;
        if login.has_tokens_in_row() || !login.is_present() {
            return Ok(login.is_present());
        }
        Ok(!self.token_storage(database)?.stored_in(user.id, login).await.is_empty())
    }

    /// Returns why this host cannot read the tokens in the user's row: they are encrypted with another host's key.
    pub(crate) async fn find_unreadable_login(
        &self,
        database: &Database,
        user: &User,
    ) -> Result<Option<Failure>, Failure> {
        if !user.login.has_tokens_in_row() {
            return Ok(None);
        }
        let loaded = self.token_storage(database)?.load_tokens(user.id, &user.login).await;
        let failure = loaded.err().filter(|failure| failure.exit == Exit::Login);
        Ok(failure.map(|failure| failure.context(format!("this host cannot decrypt the tokens of {}", user.username))))
    }

    /// Returns a token manager for one user, which refreshes the tokens when needed.
    pub(crate) fn token_manager<E: TokenEndpoint>(
        &self,
        database: &Arc<Database>,
        token_storage: &Arc<TokenStorage>,
        endpoint: E,
        user: &User,
    ) -> Result<TokenManager<Database, E>, Failure> {
        let owner = TokenOwner {
            user: user.id,
            username: user.username.clone(),
            account: user.mal_user_id,
            client_id: self.config()?.client_id()?.to_owned(),
            database: database.url().to_string(),
        };
        Ok(TokenManager::new(owner, Arc::clone(database), Arc::clone(token_storage), endpoint))
    }

    /// Returns an API client with the user's tokens. With [`DatabaseAccess::Read`] it uses a valid token also where the
    /// database does not take the new pair of a refresh that is due.
    pub(crate) fn api_client(
        &self,
        database: &Arc<Database>,
        transport: &HttpTransport,
        user: &User,
        access: DatabaseAccess,
    ) -> Result<UserApiClient, Failure> {
        let config = self.config()?;
        let token_manager =
            self.token_manager(database, &self.token_storage(database)?, self.oauth_client(transport)?, user)?;
        let token_manager = match access {
            DatabaseAccess::Read => token_manager.for_reading(),
            DatabaseAccess::Write => token_manager,
        };
        Ok(mal::MalApiClient::new(
            transport.clone(),
            token_manager,
            &config.mal_api_url.value,
            config.mal_page_size.value,
        )?)
    }
}

/// Adds to the failure of a missing user that the tables in the database are an application's.
pub(crate) fn explain_missing_schema(failure: Failure, database: &Database) -> Failure {
    match database.missing_schema() {
        Some(MissingSchema::ApplicationTables { has_tokens }) => {
            let command = if has_tokens { "malsync sync" } else { "malsync login" };
            failure.with_hint(format!(
                "the existing tables belong to an application; the first {command} adds \
                malsync's to them"
            ))
        }
        Some(MissingSchema::NoTables) | None => failure,
    }
}

/// Returns the failure of a command that needs a login of the user.
pub(crate) fn not_logged_in_failure(user: &User, database: &Database) -> Failure {
    let reason = if user.login.needs_login {
        "login required: the MyAnimeList login is no longer valid"
    } else {
        "user has no MyAnimeList access token"
    };
    Failure::from_text(Exit::Login, format!("{reason} (user {}, database {})", user.username, database.url()))
        .with_hint(format!("malsync login {}", user.as_cli_arg()))
}
