//! Tests of a login by every method: what the user sees, and what is stored.

use std::{
    future, io,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{browser_login::CLIENT_CHECK_TIMEOUT, *};
use crate::{
    auth::{
        browser::Desktop,
        fakes::{FakeEndpointBehavior, FakeTokenEndpoint, FakeUsersTable, plaintext_storage},
        keyring::fake_keyrings,
        loopback,
        token_storage::TokenStorage,
    },
    domain::{
        token_store_mode::TokenStoreMode,
        user::{MalAccount, StoredLogin, UserId},
    },
    exit::Exit,
    failure::Failure,
    secret::Secret,
    sync::port::TokenProvider as _,
};

/// Query of a callback after the user granted access.
pub(super) const GRANTED: &str = "code=c&state={state}";

/// Collects the messages shown to the user.
struct FakePrompter(mpsc::UnboundedSender<String>);

impl LoginPrompter for FakePrompter {
    fn show_authorize_url(&self, url: &str) -> Result<(), Failure> {
        self.0.send(url.to_owned()).unwrap();
        Ok(())
    }
    fn show_message(&self, message: &str) {
        self.0.send(message.to_owned()).unwrap();
    }
}

/// Lines to paste. `{state}` is replaced by the state of the URL shown.
struct FakePastedLines {
    lines: Vec<&'static str>,
    is_terminal: bool,
    shown_messages: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    state: String,
}

impl PastedLines for FakePastedLines {
    fn next_line(&mut self) -> BoxFuture<'_, io::Result<Option<String>>> {
        if self.state.is_empty() {
            let mut messages = self.shown_messages.lock().unwrap();
            let url = std::iter::from_fn(|| messages.try_recv().ok()).filter(|text| text.contains("state=")).last();
            self.state = state_from_url(&url.unwrap());
        }
        let line = (!self.lines.is_empty()).then(|| self.lines.remove(0).replace("{state}", &self.state));
        Box::pin(future::ready(Ok(line)))
    }

    fn is_terminal(&self) -> bool {
        self.is_terminal
    }
}

fn state_from_url(url: &str) -> String {
    url.split("state=").nth(1).unwrap_or_else(|| panic!("no state in {url}")).to_owned()
}

pub(super) struct LoginFixture {
    pub(super) table: FakeUsersTable,
    endpoint: FakeTokenEndpoint,
    token_storage: TokenStorage,
    request: LoginRequest,
    shown_messages: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    prompter: FakePrompter,
    rejects_new_token: bool,
    cancel: CancellationToken,
}

pub(super) async fn new_fixture() -> LoginFixture {
    let (redirect, sockets) = loopback::bind_free_port().await;
    drop(sockets);
    let (sender, shown_messages) = mpsc::unbounded_channel();
    LoginFixture {
        table: FakeUsersTable::with_login(StoredLogin::default()),
        endpoint: FakeTokenEndpoint::new(3600),
        token_storage: plaintext_storage(TokenStoreMode::Both, fake_keyrings::working_keyring()),
        request: LoginRequest {
            client_id: "client".into(),
            redirect_uri: redirect.page_url("/auth/callback").parse().unwrap(),
            timeout: Duration::from_secs(60),
            user: None,
            force: false,
            email: Some("ann@example.org".into()),
            ssh_tunnel_command: None,
            is_in_container: false,
        },
        shown_messages: Arc::new(Mutex::new(shown_messages)),
        prompter: FakePrompter(sender),
        rejects_new_token: false,
        cancel: CancellationToken::new(),
    }
}

impl LoginFixture {
    fn flow<'a>(&'a self, fetch_account: &'a AccountRequest<'a>) -> LoginFlow<'a, FakeUsersTable, FakeTokenEndpoint> {
        LoginFlow {
            request: self.request.clone(),
            logins: &self.table,
            endpoint: &self.endpoint,
            token_storage: &self.token_storage,
            cancel: &self.cancel,
            prompter: &self.prompter,
            fetch_account,
        }
    }

    pub(super) async fn run_login(&self, method: LoginMethod<'_>) -> Result<CompletedLogin, Failure> {
        let fetch_account = |token: FixedToken| -> BoxFuture<'_, _> {
            Box::pin(async move {
                assert_eq!(token.access_token().await?.token, Secret::new("a1"));
                if self.rejects_new_token {
                    return token.refresh_after_rejection(0).await.map(|_| unreachable!());
                }
                Ok(MalAccount { id: 10, name: "ann".into(), joined_at: None, num_items: Some(3) })
            })
        };
        self.flow(&fetch_account).log_in(method).await
    }

    async fn run_paste_login(&self, lines: &[&'static str], is_terminal: bool) -> Result<CompletedLogin, Failure> {
        let mut lines = FakePastedLines {
            lines: lines.to_vec(),
            is_terminal,
            shown_messages: Arc::clone(&self.shown_messages),
            state: String::new(),
        };
        self.run_login(LoginMethod::Paste(&mut lines)).await
    }

    /// Requests the redirect URI with this query, like the browser, and returns the response.
    pub(super) async fn open_callback(&self, query: &str) -> String {
        let url = loop {
            let message = self.shown_messages.lock().unwrap().try_recv();
            match message {
                Ok(text) => break text,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        let redirect = &self.request.redirect_uri;
        http_get(redirect, &format!("{}?{}", redirect.path(), query.replace("{state}", &state_from_url(&url)))).await
    }
}

async fn http_get(redirect_uri: &Url, target: &str) -> String {
    let host = format!("localhost:{}", redirect_uri.port().unwrap());
    let mut stream = TcpStream::connect(("127.0.0.1", redirect_uri.port().unwrap())).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn success_page_is_shown_after_tokens_are_stored() {
    let fixture = new_fixture().await;
    let (result, page) = tokio::join!(fixture.run_login(LoginMethod::NoBrowser), fixture.open_callback(GRANTED));
    let result = result.unwrap();
    assert!(page.contains("You are logged in"));
    assert_eq!((result.user.id, result.user.mal_user_id, result.account.name.as_str()), (UserId(1), Some(10), "ann"));
    assert_eq!(result.expires_at.to_rfc3339(), "2026-03-01T13:00:00+00:00");
    let row = fixture.table.stored_login();
    assert_eq!(
        (row.access_token, row.refresh_token, row.generation),
        (Some(Secret::new("a1")), Some(Secret::new("r1")), 1)
    );
    assert_eq!(row.client_id.as_deref(), Some("client"));
    assert!(TcpStream::connect(("127.0.0.1", fixture.request.redirect_uri.port().unwrap())).await.is_err(), "closed");
}

#[tokio::test]
async fn failed_login_shows_failure_page_and_stores_nothing() {
    type FixtureChange = fn(&mut LoginFixture);
    let cases: [(FixtureChange, u8, &str, &str); 7] = [
        (|fixture| fixture.endpoint.set_behavior(FakeEndpointBehavior::RefusesTokens), 4, GRANTED, "not finished"),
        (|fixture| fixture.endpoint.set_behavior(FakeEndpointBehavior::RefusesClient), 2, GRANTED, "not finished"),
        (|fixture| fixture.endpoint.set_behavior(FakeEndpointBehavior::Unavailable), 5, GRANTED, "not finished"),
        (|fixture| fixture.table.failing_writes = 1.into(), 6, GRANTED, "not finished"),
        (|fixture| fixture.rejects_new_token = true, 4, GRANTED, "not finished"),
        (
            |fixture| fixture.table.users.lock().unwrap().get_mut(&1).unwrap().mal_user_id = Some(11),
            8,
            GRANTED,
            "not finished",
        ),
        (|_| {}, 4, "error=access_denied&state={state}", "Access denied"),
    ];
    for (prepare, code, query, expected) in cases {
        let mut fixture = new_fixture().await;
        prepare(&mut fixture);
        let (result, response) = tokio::join!(fixture.run_login(LoginMethod::NoBrowser), fixture.open_callback(query));
        assert_eq!(result.unwrap_err().exit.code(), code);
        assert!(response.contains(expected), "{response}");
        assert!(fixture.table.stored_login().access_token.is_none());
    }
}

#[tokio::test]
async fn timeout_hints_at_another_way_to_log_in() {
    let mut fixture = new_fixture().await;
    fixture.request.timeout = Duration::from_millis(1);
    let failure = fixture.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().starts_with("login timed out after") && failure.hints[0].contains("--paste"));
    assert_eq!(failure.hints.len(), 1, "not at the way that was tried");
}

#[tokio::test]
async fn occupied_port_fails_before_url_is_shown() {
    let fixture = new_fixture().await;
    let _listener =
        tokio::net::TcpListener::bind(("127.0.0.1", fixture.request.redirect_uri.port().unwrap())).await.unwrap();
    let failure = fixture.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("in use") && failure.hints[0].contains("--paste"));
    assert!(fixture.shown_messages.lock().unwrap().try_recv().is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn browser_argument_is_start_page_not_authorize_url() {
    let dir = tempfile::tempdir().unwrap();
    let (fixture, argv_file) = (new_fixture().await, dir.path().join("argv"));
    let browser = format!("sh -c 'printf \"%s\\n\" \"$@\" > {}' sh", argv_file.display());
    let desktop = Desktop { browser: Some(browser), has_display: false };
    let user = async {
        let argv = loop {
            match std::fs::read_to_string(&argv_file) {
                Ok(argv) if argv.ends_with('\n') => break argv,
                _ => tokio::task::yield_now().await,
            }
        };
        let start_url: Url = argv.trim().parse().unwrap();
        assert!(start_url.path().starts_with("/login/") && start_url.query().is_none());
        let response = http_get(&fixture.request.redirect_uri, start_url.path()).await;
        assert!(response.starts_with("HTTP/1.1 302 "));
        let location = response.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        let target = format!("/auth/callback?code=c&state={}", state_from_url(location));
        http_get(&fixture.request.redirect_uri, &target).await
    };
    let (result, page) = tokio::join!(fixture.run_login(LoginMethod::Browser(&desktop)), user);
    assert!(result.is_ok() && page.contains("You are logged in"));
}

#[tokio::test]
async fn pasted_url_passes_the_same_checks() {
    let mut fixture = new_fixture().await;
    fixture.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let valid_url = "https://app.example/cb?code=c&state={state}";
    assert!(fixture.run_paste_login(&["", valid_url], false).await.is_ok());
    for invalid_url in [
        "https://app.example/cb?code=c&state=wrong",
        "https://evil.example/cb?code=c&state={state}",
        "https://app.example/cb/?code=c&state={state}",
        "c",
        "https://app.example/cb?error=access_denied&state={state}",
    ] {
        assert_eq!(
            fixture.run_paste_login(&[invalid_url, valid_url], false).await.unwrap_err().exit,
            Exit::Login,
            "{invalid_url}"
        );
    }
    assert_eq!(fixture.run_paste_login(&[], true).await.unwrap_err().exit, Exit::Login, "end of input");
}

#[tokio::test]
async fn wrong_pasted_url_is_asked_again_on_a_terminal() {
    let mut fixture = new_fixture().await;
    fixture.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let lines =
        ["nonsense", "https://app.example/cb?code=c&state=wrong", "https://app.example/cb?code=c&state={state}"];
    assert!(fixture.run_paste_login(&lines, true).await.is_ok());
}

#[tokio::test]
async fn pasted_url_may_be_quoted_and_broken_into_lines() {
    let mut fixture = new_fixture().await;
    fixture.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    for lines in [
        &["  <https://app.example/cb?code=c&state={state}>"][..],
        &["\"https://app.example/cb?code=c&state={state}\""],
        &["'https://app.example/cb?co de=c&state={state}'"],
        &["https://app.example/cb?code=c", "c&state={state}"],
        &["https://app.example/cb?code=c", " ", "c&", "state={state}"],
        &["https://app.example/cb?code=c", "https://app.example/cb?code=c&state={state}"],
    ] {
        for is_terminal in [false, true] {
            assert!(fixture.run_paste_login(lines, is_terminal).await.is_ok(), "{lines:?}");
        }
    }
    let failure = fixture.run_paste_login(&["https://app.example/cb?code=c"], false).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
}

#[tokio::test]
async fn non_loopback_redirect_hints_at_paste() {
    let mut fixture = new_fixture().await;
    fixture.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    let failure = fixture.run_login(LoginMethod::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.hints[0].contains("--paste"));
}

#[tokio::test]
async fn unusable_keyring_in_keyring_mode_fails_before_url_is_shown() {
    let mut fixture = new_fixture().await;
    fixture.token_storage = plaintext_storage(TokenStoreMode::Keyring, fake_keyrings::missing_keyring());
    assert_eq!(fixture.run_login(LoginMethod::NoBrowser).await.unwrap_err().exit, Exit::Failed);
    assert!(fixture.shown_messages.lock().unwrap().try_recv().is_err());
}

#[tokio::test]
async fn logout_deletes_tokens_from_database_and_keyring() {
    let fixture = new_fixture().await;
    let (result, _) = tokio::join!(fixture.run_login(LoginMethod::NoBrowser), fixture.open_callback(GRANTED));
    let user = result.unwrap().user.id;
    assert_eq!(fixture.token_storage.stored_in(user, &fixture.table.stored_login()).await.len(), 2);
    crate::auth::logout::log_out(&fixture.table, &fixture.token_storage, user).await.unwrap();
    assert!(!fixture.table.stored_login().is_present());
    assert!(fixture.token_storage.stored_in(user, &fixture.table.stored_login()).await.is_empty());
}

#[tokio::test]
async fn unregistered_client_fails_before_url_is_shown() {
    let desktop = Desktop { browser: Some("false".into()), has_display: false };
    for method in [Some(LoginMethod::Browser(&desktop)), Some(LoginMethod::NoBrowser), None] {
        let fixture = new_fixture().await;
        fixture.endpoint.set_behavior(FakeEndpointBehavior::ClientUnregistered);
        let failure = match method {
            Some(method) => fixture.run_login(method).await.unwrap_err(),
            None => fixture.run_paste_login(&["never read"], false).await.unwrap_err(),
        };
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
        assert!(fixture.shown_messages.lock().unwrap().try_recv().is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_client_check_delays_login_by_at_most_five_seconds() {
    let mut fixture = new_fixture().await;
    fixture.request.redirect_uri = "https://app.example/cb".parse().unwrap();
    fixture.endpoint.set_behavior(FakeEndpointBehavior::HangsOnClientCheck);
    let started = tokio::time::Instant::now();
    fixture.run_paste_login(&["https://app.example/cb?code=c&state={state}"], false).await.unwrap();
    let delay = started.elapsed();
    // The keyring call has a thread of its own, so on a paused clock its three-second timeout may elapse as well.
    assert!(delay >= CLIENT_CHECK_TIMEOUT && delay < CLIENT_CHECK_TIMEOUT + Duration::from_secs(4), "{delay:?}");
}

#[tokio::test]
async fn f_l24_cancelled_login_releases_the_port() {
    let fixture = new_fixture().await;
    let (result, ()) = tokio::join!(fixture.run_login(LoginMethod::NoBrowser), async {
        while fixture.shown_messages.lock().unwrap().try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        fixture.cancel.cancel();
    });
    assert_eq!(result.unwrap_err().exit, Exit::Interrupt);
    while TcpStream::connect(("127.0.0.1", fixture.request.redirect_uri.port().unwrap())).await.is_ok() {}
}
