use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

use super::*;
use crate::{
    auth::{
        fake::{Endpoint, Mood, Table},
        keyring::fake as keyrings,
        loopback,
        seal::Seal,
        vault::TokenStore,
    },
    domain::user::{Login, UserId},
};

/// Hears what a person would.
struct Voice(mpsc::UnboundedSender<String>);

impl LoginVoice for Voice {
    fn authorize_url(&self, url: &str) -> Result<(), Failure> {
        self.0.send(url.to_owned()).unwrap();
        Ok(())
    }
    fn waiting(&self, what: &str) {
        self.0.send(what.to_owned()).unwrap();
    }
}

/// Lines as they are pasted; `{state}` is the state of the address shown.
struct Lines {
    lines: Vec<&'static str>,
    terminal: bool,
    heard: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    state: String,
}

impl PastedLines for Lines {
    async fn next_line(&mut self) -> io::Result<Option<String>> {
        if self.state.is_empty() {
            let mut heard = self.heard.lock().unwrap();
            let shown = std::iter::from_fn(|| heard.try_recv().ok()).filter(|text| text.contains("state=")).last();
            self.state = state(&shown.unwrap());
        }
        if self.lines.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.lines.remove(0).replace("{state}", &self.state)))
    }
    fn is_terminal(&self) -> bool {
        self.terminal
    }
}

fn state(url: &str) -> String {
    url.split("state=").nth(1).unwrap_or_else(|| panic!("no state in {url}")).to_owned()
}

struct World {
    table: Table,
    endpoint: Endpoint,
    vault: Vault,
    request: Request,
    heard: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    voice: Voice,
    denies_account: bool,
    stop: CancellationToken,
}

async fn world() -> World {
    let (place, sockets) = loopback::free().await;
    drop(sockets);
    let (voice, heard) = mpsc::unbounded_channel();
    let seal = Seal::new(None, "/nowhere/token.key".into(), false).unwrap();
    World {
        table: Table::with(Login::default()),
        endpoint: Endpoint::new(3600),
        vault: Vault::new(TokenStore::Both, seal, keyrings::working()),
        request: Request {
            client_id: "client".into(),
            redirect: place.url("/auth/callback").parse().unwrap(),
            limit: Duration::from_secs(60),
            user: None,
            force: false,
            email: Some("ann@example.org".into()),
            tunnel: None,
        },
        heard: Arc::new(Mutex::new(heard)),
        voice: Voice(voice),
        denies_account: false,
        stop: CancellationToken::new(),
    }
}

impl World {
    async fn login(&self, way: Way<'_, Lines>) -> Result<LoggedIn, Failure> {
        let account = async |bearer: OneShot| {
            assert_eq!(bearer.access().await?.token, Secret::new("a1"));
            if self.denies_account {
                return bearer.renew(0).await.map(|_| unreachable!());
            }
            Ok(Account { id: 10, name: "ann".into(), joined_at: None, num_items: Some(3) })
        };
        let users = async || Ok(self.table.users.lock().unwrap().values().cloned().collect());
        let parts = Parts {
            logins: &self.table,
            endpoint: &self.endpoint,
            vault: &self.vault,
            stop: &self.stop,
            voice: &self.voice,
            account,
            users,
        };
        login(&self.request, way, &parts).await
    }

    async fn paste(&self, lines: &[&'static str], terminal: bool) -> Result<LoggedIn, Failure> {
        let lines = Lines { lines: lines.to_vec(), terminal, heard: Arc::clone(&self.heard), state: String::new() };
        self.login(Way::Paste(lines)).await
    }

    /// What the browser gets when it is sent to the redirect address with this query.
    async fn browse(&self, query: &str) -> String {
        let shown = loop {
            let heard = self.heard.lock().unwrap().try_recv();
            match heard {
                Ok(text) => break text,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        let redirect = &self.request.redirect;
        get(redirect, &format!("{}?{}", redirect.path(), query.replace("{state}", &state(&shown)))).await
    }
}

async fn get(at: &Url, target: &str) -> String {
    let host = format!("localhost:{}", at.port().unwrap());
    let mut stream = TcpStream::connect(("127.0.0.1", at.port().unwrap())).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_login_ends_with_the_tokens_stored_and_only_then_says_so() {
    let world = world().await;
    let (done, page) = tokio::join!(world.login(Way::NoBrowser), world.browse("code=c&state={state}"));
    let done = done.unwrap();
    assert!(page.contains("You are logged in"));
    assert_eq!((done.user.id, done.user.mal_user_id, done.account.name.as_str()), (UserId(1), Some(10), "ann"));
    assert_eq!(done.expires_at.to_rfc3339(), "2026-03-01T13:00:00+00:00");
    let row = world.table.row();
    assert_eq!((row.access, row.refresh, row.generation), (Some(Secret::new("a1")), Some(Secret::new("r1")), 1));
    assert_eq!(row.client_id.as_deref(), Some("client"));
    assert!(TcpStream::connect(("127.0.0.1", world.request.redirect.port().unwrap())).await.is_err(), "closed");
}

#[tokio::test]
async fn whatever_fails_shows_a_page_that_does_not_say_done_and_stores_nothing() {
    type Change = fn(&mut World);
    let table: [(Change, u8, &str, &str); 7] = [
        (|world| world.endpoint.turn(Mood::Refusing), 4, "code=c&state={state}", "not finished"),
        (|world| world.endpoint.turn(Mood::Strange), 2, "code=c&state={state}", "not finished"),
        (|world| world.endpoint.turn(Mood::Stormy), 5, "code=c&state={state}", "not finished"),
        (|world| world.table.failing = 1.into(), 6, "code=c&state={state}", "not finished"),
        (|world| world.denies_account = true, 4, "code=c&state={state}", "not finished"),
        (
            |world| world.table.users.lock().unwrap().get_mut(&1).unwrap().mal_user_id = Some(11),
            8,
            "code=c&state={state}",
            "not finished",
        ),
        (|_| {}, 4, "error=access_denied&state={state}", "You refused access"),
    ];
    for (change, code, query, page) in table {
        let mut world = world().await;
        change(&mut world);
        let (done, shown) = tokio::join!(world.login(Way::NoBrowser), world.browse(query));
        assert_eq!(done.unwrap_err().exit.code(), code);
        assert!(shown.contains(page), "{shown}");
        assert!(world.table.row().access.is_none());
    }
}

#[tokio::test]
async fn nobody_coming_is_told_with_a_way_out() {
    let mut world = world().await;
    world.request.limit = Duration::from_millis(1);
    let failure = world.login(Way::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.hints[0].contains("--paste") && failure.hints[0].contains("--no-browser"));
}

#[tokio::test]
async fn a_taken_port_ends_it_before_any_address_is_shown() {
    let world = world().await;
    let _held = tokio::net::TcpListener::bind(("127.0.0.1", world.request.redirect.port().unwrap())).await.unwrap();
    let failure = world.login(Way::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("in use") && failure.hints[0].contains("--paste"));
    assert!(world.heard.lock().unwrap().try_recv().is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn the_browser_gets_a_start_page_and_never_the_address_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (world, out) = (world().await, folder.path().join("argv"));
    let browser = format!("sh -c 'printf \"%s\\n\" \"$@\" > {}' sh", out.display());
    let desktop = Desktop { browser: Some(browser), display: false };
    let user = async {
        let argv = loop {
            match std::fs::read_to_string(&out) {
                Ok(argv) if argv.ends_with('\n') => break argv,
                _ => tokio::task::yield_now().await,
            }
        };
        let start: Url = argv.trim().parse().unwrap();
        assert!(start.path().starts_with("/login/") && start.query().is_none());
        let sent_on = get(&world.request.redirect, start.path()).await;
        assert!(sent_on.starts_with("HTTP/1.1 302 "));
        let to = sent_on.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        let target = format!("/auth/callback?code=c&state={}", state(to));
        get(&world.request.redirect, &target).await
    };
    let (done, page) = tokio::join!(world.login(Way::Browser(&desktop)), user);
    assert!(done.is_ok() && page.contains("You are logged in"));
}

#[tokio::test]
async fn a_pasted_address_goes_through_the_same_checks() {
    let mut world = world().await;
    world.request.redirect = "https://app.example/cb".parse().unwrap();
    let good = "https://app.example/cb?code=c&state={state}";
    assert!(world.paste(&["", good], false).await.is_ok());
    for wrong in [
        "https://app.example/cb?code=c&state=wrong",
        "https://evil.example/cb?code=c&state={state}",
        "https://app.example/cb/?code=c&state={state}",
        "c",
        "https://app.example/cb?error=access_denied&state={state}",
    ] {
        assert_eq!(world.paste(&[wrong, good], false).await.unwrap_err().exit, Exit::Login, "{wrong}");
    }
    assert_eq!(world.paste(&[], true).await.unwrap_err().exit, Exit::Login, "the end of input");
}

#[tokio::test]
async fn on_a_terminal_a_wrong_address_is_asked_for_again() {
    let mut world = world().await;
    world.request.redirect = "https://app.example/cb".parse().unwrap();
    let lines =
        ["nonsense", "https://app.example/cb?code=c&state=wrong", "https://app.example/cb?code=c&state={state}"];
    assert!(world.paste(&lines, true).await.is_ok());
}

#[tokio::test]
async fn a_redirect_that_is_not_of_this_machine_is_for_pasting() {
    let mut world = world().await;
    world.request.redirect = "https://app.example/cb".parse().unwrap();
    let failure = world.login(Way::NoBrowser).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(failure.hints[0].contains("--paste"));
}

#[tokio::test]
async fn a_keyring_alone_that_cannot_be_used_is_found_out_before_the_browser_opens() {
    let mut world = world().await;
    let seal = Seal::new(None, "/nowhere/token.key".into(), true).unwrap();
    world.vault = Vault::new(TokenStore::Keyring, seal, keyrings::missing());
    assert_eq!(world.login(Way::NoBrowser).await.unwrap_err().exit, Exit::Failed);
    assert!(world.heard.lock().unwrap().try_recv().is_err());
}

#[tokio::test]
async fn logging_out_takes_the_tokens_from_both_places() {
    let world = world().await;
    let (done, _) = tokio::join!(world.login(Way::NoBrowser), world.browse("code=c&state={state}"));
    let user = done.unwrap().user.id;
    assert_eq!(world.vault.stored_in(user, &world.table.row()).await.len(), 2);
    crate::auth::logout::logout(&world.table, &world.vault, user).await.unwrap();
    assert!(!world.table.row().exists());
    assert!(world.vault.stored_in(user, &world.table.row()).await.is_empty());
}

#[tokio::test]
async fn what_mal_does_not_know_ends_the_login_before_any_address_is_shown() {
    let desktop = Desktop { browser: Some("false".into()), display: false };
    for way in [Some(Way::Browser(&desktop)), Some(Way::NoBrowser), None] {
        let world = world().await;
        world.endpoint.turn(Mood::Unregistered);
        let failure = match way {
            Some(way) => world.login(way).await.unwrap_err(),
            None => world.paste(&["never read"], false).await.unwrap_err(),
        };
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.hints[0].contains("https://myanimelist.net/apiconfig"));
        assert!(world.heard.lock().unwrap().try_recv().is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_mal_holds_a_login_up_for_five_seconds_and_no_longer() {
    let mut world = world().await;
    world.request.redirect = "https://app.example/cb".parse().unwrap();
    world.endpoint.turn(Mood::Silent);
    let begun = tokio::time::Instant::now();
    world.paste(&["https://app.example/cb?code=c&state={state}"], false).await.unwrap();
    let held = begun.elapsed();
    // The keyring has a thread of its own, so on a paused clock its three seconds may pass as well.
    assert!(held >= CHECK && held < CHECK + Duration::from_secs(4), "{held:?}");
}

#[tokio::test]
async fn f_l24_a_cancelled_login_lets_go_of_the_port() {
    let world = world().await;
    let (done, ()) = tokio::join!(world.login(Way::NoBrowser), async {
        while world.heard.lock().unwrap().try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        world.stop.cancel();
    });
    assert_eq!(done.unwrap_err().exit, Exit::Interrupt);
    while TcpStream::connect(("127.0.0.1", world.request.redirect.port().unwrap())).await.is_ok() {}
}

/// A login that found its row, and waits for the refresh lock while this is done; the lock is let go of then.
async fn meanwhile(world: &World, done: impl FnOnce()) -> (Result<LoggedIn, Failure>, String) {
    let lock = world.table.lock_refresh(UserId(1)).await.unwrap();
    let locked = async {
        // Whoever does not wait for the lock stores, or is told of what is done too late.
        while world.table.locks.load(std::sync::atomic::Ordering::SeqCst) < 2 && !world.table.row().exists() {
            tokio::task::yield_now().await;
        }
        done();
        drop(lock);
    };
    let (logged_in, page, ()) = tokio::join!(world.login(Way::NoBrowser), world.browse("code=c&state={state}"), locked);
    (logged_in, page)
}

#[tokio::test]
async fn f_t12_a_login_waits_for_a_refresh_that_is_under_way() {
    let world = world().await;
    let (done, _) = meanwhile(&world, || assert!(!world.table.row().exists(), "not before it has the lock")).await;
    assert!(done.is_ok() && world.table.row().exists());
}

#[tokio::test]
async fn f_t12_a_login_that_cannot_have_the_lock_says_so() {
    let mut world = world().await;
    world.table.locked = true;
    let (done, page) = tokio::join!(world.login(Way::NoBrowser), world.browse("code=c&state={state}"));
    let failure = done.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    let told = "logged in but could not store the tokens: another malsync is refreshing the tokens";
    assert!(failure.message().starts_with(told), "{}", failure.message());
    assert!(failure.hints[0].contains("look for a malsync that hangs"), "{:?}", failure.hints);
    assert!(failure.hints.iter().all(|hint| !hint.contains("mend the database")), "{:?}", failure.hints);
    assert!(page.contains("not finished") && !world.table.row().exists());
}

#[tokio::test]
async fn f_l32_a_row_that_another_login_took_meanwhile_is_told() {
    let world = world().await;
    let (done, page) = meanwhile(&world, || world.table.give_to(99)).await;
    let failure = done.unwrap_err();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("user ann belongs to another MyAnimeList account"), "{}", failure.message());
    assert!(failure.hints[0].contains("--force"));
    assert!(page.contains("not finished") && !world.table.row().exists());
}
