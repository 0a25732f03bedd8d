//! What the configuration stands for: the database, the wire to MAL, the vault, a user's session. The only glue.

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    auth::{
        endpoint::TokenEndpoint,
        keyring::Keyring,
        oauth::OAuth,
        seal::Seal,
        session::{Session, Who},
        vault::{self, Vault},
    },
    clock::SystemClock,
    config::{Config, Environment, Loaded, TokenStore},
    domain::user::{User, UserRef},
    exit::Exit,
    failure::Failure,
    mal::{
        self,
        wire::{Wire, WireSettings},
    },
    rights::Rights,
    store::{Database, Place, Schema},
    ui::{Bar, Ui},
};

use super::{
    choose::{self, Choice},
    login,
    monitor::Ends,
    pace::SharedPace,
    signals::Signals,
};

/// What a command works with.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) signals: Signals,
    pub(crate) environment: Environment,
    pub(crate) loaded: Loaded,
    /// How the syncs of this process ended.
    pub(crate) ends: Ends,
    file: Option<PathBuf>,
    vault: OnceLock<Arc<Vault>>,
}

/// The API client of one user.
pub(crate) type Client = mal::Client<Session<Database, OAuth>>;

/// How long nobody asks what goes on.
const MOMENT: Duration = Duration::from_millis(400);

impl<'a> Context<'a> {
    pub(crate) fn new(environment: Environment, file: Option<&Path>, ui: &'a Ui, signals: Signals) -> Self {
        let loaded = Loaded::read(&environment, file);
        loaded.warnings().iter().for_each(|warning| ui.warning(warning));
        let file = file.map(Path::to_owned);
        Self { ui, signals, environment, loaded, ends: Ends::default(), file, vault: OnceLock::new() }
    }

    /// The configuration file that `--config` names.
    pub(crate) fn asked_for(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The configuration, where nothing is wrong with it.
    pub(crate) fn config(&self) -> Result<&Config, Failure> {
        self.loaded.config()
    }

    /// Where the database is.
    pub(crate) fn place(&self) -> Result<Place, Failure> {
        let config = self.config()?;
        match &config.database_url {
            Some(url) => Ok(Place::parse(url.value.expose())?),
            None => Ok(Place::own_file(&config.folders.data()?.join("malsync.db"))),
        }
    }

    /// The database, opened and up to date.
    pub(crate) async fn open(&self) -> Result<Arc<Database>, Failure> {
        let place = self.place()?;
        let database = self.open_again().await?;
        if let Place::Sqlite { path, .. } = &place
            && let Some((what, hint)) = Rights::at(path).and_then(|rights| rights.alarm(path))
        {
            self.ui.warning(&format!("{what}: {hint}"));
        }
        Ok(database)
    }

    /// The database, where it was open before and what is to be said of it was said.
    pub(crate) async fn open_again(&self) -> Result<Arc<Database>, Failure> {
        Ok(Arc::new(Database::open(&self.place()?, Arc::new(SystemClock)).await?))
    }

    /// Asks, and waits for the answer; the end of input is none. Only where [`Ui::can_ask`].
    ///
    /// # Errors
    ///
    /// A signal came first: nothing that is typed afterwards counts.
    pub(crate) async fn ask(&self, question: &str) -> Result<Option<String>, Failure> {
        self.ui.prompt(question);
        let answer = tokio::select! {
            biased;
            () = self.signals.stop.cancelled() => None,
            answer = login::read_line() => answer.ok().flatten(),
        };
        match self.signals.exit() {
            Some(exit) => Err(Failure::text(exit, "stopped before an answer; nothing was done")),
            None => Ok(answer),
        }
    }

    /// Does a piece of work, and shows its progress where it takes longer than a moment. `doing` says what goes on.
    pub(crate) async fn watched<T>(&self, doing: &str, work: impl AsyncFnOnce(&Bar) -> T) -> T {
        let bar = self.ui.progress_of(doing);
        let mut done = pin!(work(&bar));
        tokio::select! {
            biased;
            done = &mut done => return done,
            () = tokio::time::sleep(MOMENT) => bar.appear(),
        }
        done.await
    }

    /// The user that a command is about, and a word about whom it took where there were several.
    pub(crate) async fn user(&self, database: &Database, asked: Option<&UserRef>) -> Result<User, Failure> {
        let users = database.users().await?;
        let Choice { user, picked } = choose::choose(&users, asked, &database.place().to_string())?;
        if picked {
            self.ui.note(&format!("user {} (of several; --user names another)", user.username));
        }
        Ok(user.clone())
    }

    /// The database, for a look: nothing is made, and nothing brought up to date. Says which schema it has.
    pub(crate) async fn look(&self) -> Result<(Arc<Database>, Schema), Failure> {
        let place = self.place()?;
        if let Place::Sqlite { path, .. } = &place
            && !path.exists()
        {
            let what = format!("there is no database {} yet", path.display());
            return Err(Failure::text(Exit::Database, what).hint("malsync login makes it"));
        }
        let (database, schema) = Database::look(&place, Arc::new(SystemClock)).await?;
        Ok((Arc::new(database), schema))
    }

    /// The one connection pool to MAL, with its pace, which all processes keep together that share the database.
    pub(crate) fn wire(&self, database: &Arc<Database>) -> Result<Wire, Failure> {
        let config = self.config()?;
        let wire = Self::wire_for(config);
        wire.share_pace(Arc::new(SharedPace::new(database, config.client_id()?)));
        Ok(wire)
    }

    /// The same by a configuration that may be broken elsewhere, at a pace of its own.
    pub(crate) fn wire_for(config: &Config) -> Wire {
        Wire::new(WireSettings {
            rate: config.mal_api_rate_limit.value,
            timeout: config.mal_http_timeout.value,
            max_retries: config.sync_max_retries.value,
            retry_base: config.sync_retry_base.value,
        })
    }

    /// The token endpoint.
    pub(crate) fn oauth(&self, wire: &Wire) -> Result<OAuth, Failure> {
        let config = self.config()?;
        let secret = config.mal_client_secret.as_ref().map(|secret| &secret.value);
        let redirect = &config.mal_redirect_uri.value.text;
        OAuth::new(config.client_id()?, secret, &config.mal_auth_url.value, redirect, wire.clone())
    }

    /// Where tokens rest: one vault for the whole process, so that a keyring that does not serve is waited for and noted once.
    pub(crate) fn vault(&self, database: &Database) -> Result<Arc<Vault>, Failure> {
        if let Some(vault) = self.vault.get() {
            return Ok(Arc::clone(vault));
        }
        let vault = Arc::new(self.make_vault(database)?);
        Ok(Arc::clone(self.vault.get_or_init(|| vault)))
    }

    fn make_vault(&self, database: &Database) -> Result<Vault, Failure> {
        let config = self.config()?;
        let mode = match config.malsync_token_store.value {
            TokenStore::Both => vault::TokenStore::Both,
            TokenStore::Keyring => vault::TokenStore::Keyring,
            TokenStore::Database => vault::TokenStore::Database,
        };
        let key = config.malsync_token_key.as_ref().map(|key| key.value.clone());
        let file = config.folders.data().map(|folder| folder.join("token.key")).unwrap_or_default();
        let key = key.map(|key| {
            crate::secret::Secret::new(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key.expose()))
        });
        let seal = Seal::new(key.as_ref(), file, config.malsync_token_seal.value)?;
        Ok(Vault::new(mode, seal, Keyring::platform(&database.identity())))
    }

    /// Whether tokens of this user are to be found: in the row, or, where it says that they are elsewhere, in the keyring.
    pub(crate) async fn has_tokens(&self, database: &Database, user: &User) -> Result<bool, Failure> {
        let login = &user.login;
        if login.access.is_some() || login.refresh.is_some() || !login.exists() {
            return Ok(login.exists());
        }
        Ok(!self.vault(database)?.stored_in(user.id, login).await.is_empty())
    }

    /// The tokens of one user, refreshed where they have to be.
    pub(crate) fn session<E: TokenEndpoint>(
        &self,
        database: &Arc<Database>,
        vault: &Arc<Vault>,
        endpoint: E,
        user: &User,
    ) -> Result<Session<Database, E>, Failure> {
        let who = Who {
            user: user.id,
            username: user.username.clone(),
            account: user.mal_user_id,
            client_id: self.config()?.client_id()?.to_owned(),
            database: database.place().to_string(),
        };
        Ok(Session::new(who, Arc::clone(database), Arc::clone(vault), endpoint))
    }

    /// The API, as this user.
    pub(crate) fn client(&self, database: &Arc<Database>, wire: &Wire, user: &User) -> Result<Client, Failure> {
        let config = self.config()?;
        let session = self.session(database, &self.vault(database)?, self.oauth(wire)?, user)?;
        Ok(mal::Client::new(wire.clone(), session, &config.mal_api_url.value, config.mal_page_size.value)?)
    }
}

/// Ends the database's connections in good order.
pub(crate) async fn close(database: Arc<Database>) {
    if let Some(database) = Arc::into_inner(database) {
        // A database that does not answer is not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(2), database.close()).await;
    }
}

/// The failure of a command that needs a login where there is none.
pub(crate) fn not_logged_in(user: &User, database: &Database) -> Failure {
    let what =
        if user.login.needs_login { "MyAnimeList wants a new login" } else { "user has no MyAnimeList access token" };
    Failure::text(Exit::Login, format!("{what} (user {}, database {})", user.username, database.place()))
        .hint(format!("malsync login {}", user.typed()))
}
