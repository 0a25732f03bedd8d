use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

use super::*;
use crate::{
    auth::{
        fakes::{FakeEndpointBehavior, FakeTokenEndpoint, FakeUsersTable},
        keyring::fake_keyrings as keyrings,
        loopback,
        token_cipher::TokenCipher,
        token_storage::TokenStoreMode,
    },
    domain::user::{StoredLogin, UserId},
};

/// Hears what a person would.
struct FakePrompter(mpsc::UnboundedSender<String>);

impl LoginPrompter for FakePrompter {
    fn show_authorize_url(&self, url: &str) -> Result<(), Failure> {
        self.0.send(url.to_owned()).unwrap();
        Ok(())
    }
    fn show_message(&self, what: &str) {
        self.0.send(what.to_owned()).unwrap();
    }
}

/// Lines as they are pasted; `{state}` is the state of the address shown.
struct FakePastedLines {
    lines: Vec<&'static str>,
    is_terminal: bool,
    shown_messages: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    state: String,
}

impl PastedLines for FakePastedLines {
    async fn next_line(&mut self) -> io::Result<Option<String>> {
        if self.state.is_empty() {
            let mut heard = self.shown_messages.lock().unwrap();
            let shown = std::iter::from_fn(|| heard.try_recv().ok()).filter(|text| text.contains("state=")).last();
            self.state = state_from_url(&shown.unwrap());
        }
        if self.lines.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.lines.remove(0).replace("{state}", &self.state)))
    }
    fn is_terminal(&self) -> bool {
        self.is_terminal
    }
}

fn state_from_url(url: &str) -> String {
    url.split("state=").nth(1).unwrap_or_else(|| panic!("no state in {url}")).to_owned()
}

struct LoginFixture {
    table: FakeUsersTable,
    endpoint: FakeTokenEndpoint,
    token_storage: TokenStorage,
    request: LoginRequest,
    shown_messages: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    prompter: FakePrompter,
    rejects_new_token: bool,
    cancel: CancellationToken,
}

async fn new_fixture() -> LoginFixture {
    let (place, sockets) = loopback::bind_free_port().await;
    drop(sockets);
    let (voice, heard) = mpsc::unbounded_channel();
    let seal = TokenCipher::new(None, "/nowhere/token.key".into(), false).unwrap();
    LoginFixture {
        table: FakeUsersTable::with_login(StoredLogin::default()),
        endpoint: FakeTokenEndpoint::new(3600),
        token_storage: TokenStorage::new(TokenStoreMode::Both, seal, keyrings::working_keyring()),
        request: LoginRequest {
            client_id: "client".into(),
            redirect_uri: place.page_url("/auth/callback").parse().unwrap(),
            timeout: Duration::from_secs(60),
            user: None,
            force: false,
            email: Some("ann@example.org".into()),
            ssh_tunnel_command: None,
        },
        shown_messages: Arc::new(Mutex::new(heard)),
        prompter: FakePrompter(voice),
        rejects_new_token: false,
        cancel: CancellationToken::new(),
    }
}

impl LoginFixture {
    async fn run_login(&self, way: LoginMethod<'_, FakePastedLines>) -> Result<CompletedLogin, Failure> {
        let account = async |bearer: FixedToken| {
            assert_eq!(bearer.access_token().await?.token, Secret::new("a1"));
            if self.rejects_new_token {
                return bearer.refresh_after_rejection(0).await.map(|_| unreachable!());
            }
            Ok(MalAccount { id: 10, name: "ann".into(), joined_at: None, num_items: Some(3) })
        };
        let users = async || Ok(self.table.users.lock().unwrap().values().cloned().collect());
        let parts = LoginDeps {
            logins: &self.table,
            endpoint: &self.endpoint,
            token_storage: &self.token_storage,
            cancel: &self.cancel,
            prompter: &self.prompter,
            fetch_account: account,
            load_users: users,
        };
        log_in(&self.request, way, &parts).await
    }

    async fn run_paste_login(&self, lines: &[&'static str], terminal: bool) -> Result<CompletedLogin, Failure> {
        let lines = FakePastedLines {
            lines: lines.to_vec(),
            is_terminal: terminal,
            shown_messages: Arc::clone(&self.shown_messages),
            state: String::new(),
        };
        self.run_login(LoginMethod::Paste(lines)).await
    }

    /// What the browser gets when it is sent to the redirect address with this query.
    async fn open_callback(&self, query: &str) -> String {
        let shown = loop {
            let heard = self.shown_messages.lock().unwrap().try_recv();
            match heard {
                Ok(text) => break text,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        let redirect = &self.request.redirect_uri;
        http_get(redirect, &format!("{}?{}", redirect.path(), query.replace("{state}", &state_from_url(&shown)))).await
    }
}

async fn http_get(at: &Url, target: &str) -> String {
    let host = format!("localhost:{}", at.port().unwrap());
    let mut stream = TcpStream::connect(("127.0.0.1", at.port().unwrap())).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn success_page_is_shown_after_tokens_are_stored() {
    let world = new_fixture().await;
    let (done, page) =
        tokio::join!(world.run_login(LoginMethod::NoBrowser), world.open_callback("code=c&state={state}"));
    let done = done.unwrap();
    assert!(page.contains("You are logged in"));
    assert_eq!((done.user.id, done.user.mal_user_id, done.account.name.as_str()), (UserId(1), Some(10), "ann"));
    assert_eq!(done.expires_at.to_rfc3339(), "2026-03-01T13:00:00+00:00");
    let row = world.table.stored_login();
    assert_eq!(
        (row.access_token, row.refresh_token, row.generation),
        (Some(Secret::new("a1")), Some(Secret::new("r1")), 1)
    );
    assert_eq!(row.client_id.as_deref(), Some("client"));
    assert!(TcpStream::connect(("127.0.0.1", world.request.redirect_uri.port().unwrap())).await.is_err(), "closed");
}

#[tokio::test]
async fn failed_login_shows_failure_page_and_stores_nothing() {
    type FixtureChange = fn(&mut LoginFixture);
    let table: [(FixtureChange, u8, &str, &str); 7] = [
        (
            |world| world.endpoint.set_behavior(FakeEndpointBehavior::RefusesTokens),
            4,
            "code=c&state={state}",
            "not finished",
        ),
        (
            |world| world.endpoint.set_behavior(FakeEndpointBehavior::RejectsClient),
            2,
            "code=c&state={state}",
            "not finished",
        ),
        (
            |world| world.endpoint.set_behavior(FakeEndpointBehavior::Unavailable),
            5,
            "code=c&state={state}",
            "not finished",
        ),
        (|world| world.table.failing_writes = 1.into(), 6, "code=c&state={state}", "not finished"),
        (|world| world.rejects_new_token = true, 4, "code=c&state={state}", "not finished"),
        (
            |world| world.table.users.lock().unwrap().get_mut(&1).unwrap().mal_user_id = Some(11),
            8,
            "code=c&state={state}",
            "not finished",
        ),
        (|_| {}, 4, "error=access_denied&state={state}", "You refused access"),
    ];
    for (change, code, query, page) in table {
        let mut world = new_fixture().await;
        change(&mut world);
        let (done, shown) = tokio::join!(world.run_login(LoginMethod::NoBrowser), world.open_callback(query));
        assert_eq!(done.unwrap_err().exit.code(), code);
        assert!(shown.contains(page), "{shown}");
        assert!(world.table.stored_login().access_token.is_none());
    }
}

#[tokio::test]
async fn timeout_hints_at_paste_and_no_browser() {
    let mut world = new_fixture().await;
    world.request.timeout = Duration::from_millis(1);
    let failure = world.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.hints[0].contains("--paste") && failure.hints[0].contains("--no-browser"));
}

#[tokio::test]
async fn occupied_port_fails_before_url_is_shown() {
    let world = new_fixture().await;
    let _held = tokio::net::TcpListener::bind(("127.0.0.1", world.request.redirect_uri.port().unwrap())).await.unwrap();
    let failure = world.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("in use") && failure.hints[0].contains("--paste"));
    assert!(world.shown_messages.lock().unwrap().try_recv().is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn browser_argument_is_start_page_not_authorize_url() {
    let folder = tempfile::tempdir().unwrap();
    let (world, out) = (new_fixture().await, folder.path().join("argv"));
    let browser = format!("sh -c 'printf \"%s\\n\" \"$@\" > {}' sh", out.display());
    let desktop = Desktop { browser: Some(browser), has_display: false };
    let user = async {
        let argv = loop {
            match std::fs::read_to_string(&out) {
                Ok(argv) if argv.ends_with('\n') => break argv,
                _ => tokio::task::yield_now().await,
            }
        };
        let start: Url = argv.trim().parse().unwrap();
        assert!(start.path().starts_with("/login/") && start.query().is_none());
        let sent_on = http_get(&world.request.redirect_uri, start.path()).await;
        assert!(sent_on.starts_with("HTTP/1.1 302 "));
        let to = sent_on.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        let target = format!("/auth/callback?code=c&state={}", state_from_url(to));
        http_get(&world.request.redirect_uri, &target).await
    };
    let (done, page) = tokio::join!(world.run_login(LoginMethod::Browser(&desktop)), user);
    assert!(done.is_ok() && page.contains("You are logged in"));
}

#[tokio::test]
async fn pasted_url_passes_the_same_checks() {
    let mut world = new_fixture().await;
    world.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let good = "https://app.example/cb?code=c&state={state}";
    assert!(world.run_paste_login(&["", good], false).await.is_ok());
    for wrong in [
        "https://app.example/cb?code=c&state=wrong",
        "https://evil.example/cb?code=c&state={state}",
        "https://app.example/cb/?code=c&state={state}",
        "c",
        "https://app.example/cb?error=access_denied&state={state}",
    ] {
        assert_eq!(world.run_paste_login(&[wrong, good], false).await.unwrap_err().exit, Exit::Login, "{wrong}");
    }
    assert_eq!(world.run_paste_login(&[], true).await.unwrap_err().exit, Exit::Login, "the end of input");
}

#[tokio::test]
async fn wrong_pasted_url_is_asked_again_on_a_terminal() {
    let mut world = new_fixture().await;
    world.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let lines =
        ["nonsense", "https://app.example/cb?code=c&state=wrong", "https://app.example/cb?code=c&state={state}"];
    assert!(world.run_paste_login(&lines, true).await.is_ok());
}

#[tokio::test]
async fn non_loopback_redirect_hints_at_paste() {
    let mut world = new_fixture().await;
    world.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let failure = world.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.hints[0].contains("--paste"));
}

#[tokio::test]
async fn unusable_keyring_in_keyring_mode_fails_before_url_is_shown() {
    let mut world = new_fixture().await;
    let seal = TokenCipher::new(None, "/nowhere/token.key".into(), true).unwrap();
    world.token_storage = TokenStorage::new(TokenStoreMode::Keyring, seal, keyrings::missing_keyring());
    assert_eq!(world.run_login(LoginMethod::NoBrowser).await.unwrap_err().exit, Exit::Failed);
    assert!(world.shown_messages.lock().unwrap().try_recv().is_err());
}

#[tokio::test]
async fn logout_deletes_tokens_from_database_and_keyring() {
    let world = new_fixture().await;
    let (done, _) = tokio::join!(world.run_login(LoginMethod::NoBrowser), world.open_callback("code=c&state={state}"));
    let user = done.unwrap().user.id;
    assert_eq!(world.token_storage.stored_in(user, &world.table.stored_login()).await.len(), 2);
    crate::auth::logout::log_out(&world.table, &world.token_storage, user).await.unwrap();
    assert!(!world.table.stored_login().is_present());
    assert!(world.token_storage.stored_in(user, &world.table.stored_login()).await.is_empty());
}

#[tokio::test]
async fn unregistered_client_fails_before_url_is_shown() {
    let desktop = Desktop { browser: Some("false".into()), has_display: false };
    for way in [Some(LoginMethod::Browser(&desktop)), Some(LoginMethod::NoBrowser), None] {
        let world = new_fixture().await;
        world.endpoint.set_behavior(FakeEndpointBehavior::ClientUnregistered);
        let failure = match way {
            Some(way) => world.run_login(way).await.unwrap_err(),
            None => world.run_paste_login(&["never read"], false).await.unwrap_err(),
        };
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
        assert!(world.shown_messages.lock().unwrap().try_recv().is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_client_check_delays_login_by_at_most_five_seconds() {
    let mut world = new_fixture().await;
    world.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    world.endpoint.set_behavior(FakeEndpointBehavior::HangsOnClientCheck);
    let begun = tokio::time::Instant::now();
    world.run_paste_login(&["https://app.example/cb?code=c&state={state}"], false).await.unwrap();
    let held = begun.elapsed();
    // The keyring has a thread of its own, so on a paused clock its three seconds may pass as well.
    assert!(held >= CLIENT_CHECK_TIMEOUT && held < CLIENT_CHECK_TIMEOUT + Duration::from_secs(4), "{held:?}");
}

#[tokio::test]
async fn f_l24_cancelled_login_releases_the_port() {
    let world = new_fixture().await;
    let (done, ()) = tokio::join!(world.run_login(LoginMethod::NoBrowser), async {
        while world.shown_messages.lock().unwrap().try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        world.cancel.cancel();
    });
    assert_eq!(done.unwrap_err().exit, Exit::Interrupt);
    while TcpStream::connect(("127.0.0.1", world.request.redirect_uri.port().unwrap())).await.is_ok() {}
}

/// A login that found its row, and waits for the refresh lock while this is done; the lock is let go of then.
async fn login_while_lock_is_held(
    world: &LoginFixture,
    done: impl FnOnce(),
) -> (Result<CompletedLogin, Failure>, String) {
    let lock = world.table.lock_refresh(UserId(1)).await.unwrap();
    let locked = async {
        // Whoever does not wait for the lock stores, or is told of what is done too late.
        while world.table.lock_requests.load(std::sync::atomic::Ordering::SeqCst) < 2
            && !world.table.stored_login().is_present()
        {
            tokio::task::yield_now().await;
        }
        done();
        drop(lock);
    };
    let (logged_in, page, ()) =
        tokio::join!(world.run_login(LoginMethod::NoBrowser), world.open_callback("code=c&state={state}"), locked);
    (logged_in, page)
}

#[tokio::test]
async fn f_t12_login_waits_for_a_running_refresh() {
    let world = new_fixture().await;
    let (done, _) = login_while_lock_is_held(&world, || {
        assert!(!world.table.stored_login().is_present(), "not before it has the lock")
    })
    .await;
    assert!(done.is_ok() && world.table.stored_login().is_present());
}

#[tokio::test]
async fn f_t12_login_without_the_refresh_lock_reports_it() {
    let mut world = new_fixture().await;
    world.table.is_lock_unavailable = true;
    let (done, page) =
        tokio::join!(world.run_login(LoginMethod::NoBrowser), world.open_callback("code=c&state={state}"));
    let failure = done.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    let told = "logged in but could not store the tokens: another malsync is refreshing the tokens";
    assert!(failure.message().starts_with(told), "{}", failure.message());
    assert!(failure.hints[0].contains("look for a malsync that hangs"), "{:?}", failure.hints);
    assert!(failure.hints.iter().all(|hint| !hint.contains("mend the database")), "{:?}", failure.hints);
    assert!(page.contains("not finished") && !world.table.stored_login().is_present());
}

#[tokio::test]
async fn f_l32_row_taken_by_another_login_is_reported() {
    let world = new_fixture().await;
    let (done, page) = login_while_lock_is_held(&world, || world.table.set_account(99)).await;
    let failure = done.unwrap_err();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("user ann belongs to another MyAnimeList account"), "{}", failure.message());
    assert!(failure.hints[0].contains("--force"));
    assert!(page.contains("not finished") && !world.table.stored_login().is_present());
}
