use chrono::Duration as Span;

use super::*;
use crate::{
    auth::{
        fake::{Endpoint, Mood, Table},
        keyring::fake as keyrings,
        seal::Seal,
        vault::TokenStore,
    },
    secret::Secret,
};

type Tested = Session<Table, Endpoint>;

fn vault() -> Arc<Vault> {
    let seal = Seal::new(None, "/nowhere/token.key".into(), false).unwrap();
    Arc::new(Vault::new(TokenStore::Both, seal, keyrings::working()))
}

fn session(table: &Arc<Table>, endpoint: &Endpoint) -> Tested {
    session_of(None, table, endpoint)
}

fn session_of(account: Option<i64>, table: &Arc<Table>, endpoint: &Endpoint) -> Tested {
    let who = Who {
        user: UserId(1),
        username: "ann".into(),
        account,
        client_id: "client".into(),
        database: "/data/malsync.db".into(),
    };
    Session::new(who, Arc::clone(table), vault(), endpoint.clone())
}

/// A login issued an hour ago, with this much of a life of two hours gone beyond the hour.
fn login(left: Span) -> Login {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    Login {
        access: Some(Secret::new("a1")),
        refresh: Some(Secret::new("r1")),
        expires_at: Some(now + left),
        issued_at: Some(now + left - Span::hours(2)),
        generation: 1,
        client_id: Some("client".into()),
        ..Login::default()
    }
}

fn fresh() -> Login {
    login(Span::minutes(90))
}

fn old() -> Login {
    login(Span::minutes(30))
}

fn ended() -> Login {
    login(Span::minutes(-1))
}

fn token(access: &Access) -> (&str, i64) {
    (access.token.expose(), access.generation)
}

#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_used_without_asking_anybody() {
    let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(3600));
    assert_eq!(token(&session(&table, &endpoint).access().await.unwrap()), ("a1", 1));
    assert!(endpoint.posted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn less_than_half_a_life_is_refreshed_and_stored_before_use() {
    for row in [old(), ended()] {
        let (table, endpoint) = (Arc::new(Table::with(row)), Endpoint::new(3600));
        let session = session(&table, &endpoint);
        assert_eq!(token(&session.access().await.unwrap()), ("a2", 2));
        let row = table.row();
        assert_eq!((row.access, row.refresh, row.generation), (Some(Secret::new("a2")), Some(Secret::new("r2")), 2));
        assert_eq!(row.expires_at.unwrap() - row.issued_at.unwrap(), Span::seconds(3600));
        session.access().await.unwrap();
        assert_eq!(endpoint.posted(), ["r1"], "once");
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_sessions_on_one_login_refresh_once() {
    for row in [ended(), old()] {
        let (table, endpoint) = (Arc::new(Table::with(row)), Endpoint::new(3600));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let session = session(&table, &endpoint);
                tokio::spawn(async move { session.access().await.map(|access| access.token.expose().to_owned()) })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), "a2");
        }
        assert_eq!(endpoint.posted(), ["r1"]);
        assert_eq!(table.row().generation, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_tasks_of_one_session_meet_a_401_and_refresh_once() {
    let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(3600));
    let session = Arc::new(session(&table, &endpoint));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let session = Arc::clone(&session);
            tokio::spawn(async move { session.renew(1).await.map(|access| access.generation) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 2);
    }
    assert_eq!(endpoint.posted(), ["r1"]);
}

#[tokio::test(start_paused = true)]
async fn the_refresh_token_read_under_the_lock_is_the_one_posted() {
    let (table, endpoint) = (Arc::new(Table::with(ended())), Endpoint::new(3600));
    let lock = table.lock_refresh(UserId(1)).await.unwrap();
    let (first, second) = (session(&table, &endpoint), Arc::clone(&table));
    let waiting = tokio::spawn(async move { first.access().await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    second.change(|row| {
        row.refresh = Some(Secret::new("r7"));
        row.generation = 7;
    });
    drop(lock);
    assert_eq!(token(&waiting.await.unwrap().unwrap()), ("a8", 8));
    assert_eq!(endpoint.posted(), ["r7"]);
}

#[tokio::test(start_paused = true)]
async fn an_early_refresh_that_fails_is_no_failure_and_marks_nothing() {
    for mood in [Mood::Stormy, Mood::Refusing, Mood::Strange] {
        let (table, endpoint) = (Arc::new(Table::with(old())), Endpoint::moody(mood));
        let session = session(&table, &endpoint);
        for _ in 0..3 {
            assert_eq!(token(&session.access().await.unwrap()), ("a1", 1), "{mood:?}");
        }
        assert_eq!(endpoint.posted().len(), 1, "{mood:?}: not asked again");
        assert!(!table.row().needs_login);
        assert_eq!(table.row().refresh, Some(Secret::new("r1")));
    }
    let mut locked = Table::with(old());
    locked.locked = true;
    assert!(session(&Arc::new(locked), &Endpoint::new(3600)).access().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn with_no_valid_token_left_each_failure_has_its_code_and_no_token_goes() {
    for (mood, exit, marked) in
        [(Mood::Stormy, Exit::Mal, false), (Mood::Refusing, Exit::Login, true), (Mood::Strange, Exit::Usage, false)]
    {
        let (table, endpoint) = (Arc::new(Table::with(ended())), Endpoint::moody(mood));
        let session = session(&table, &endpoint);
        assert_eq!(session.access().await.unwrap_err().exit, exit);
        let row = table.row();
        assert_eq!(row.needs_login, marked, "{mood:?}");
        assert_eq!((row.access, row.refresh, row.generation), (Some(Secret::new("a1")), Some(Secret::new("r1")), 1));
        endpoint.turn(Mood::Well);
        if marked {
            assert_eq!(session.access().await.unwrap_err().exit, Exit::Login, "nothing calls MAL until the next login");
            assert_eq!(session.refresh_now().await.unwrap_err().exit, Exit::Login);
            assert_eq!(endpoint.posted().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_early_refresh_is_remembered_when_the_401_comes() {
    let (table, endpoint) = (Arc::new(Table::with(old())), Endpoint::moody(Mood::Refusing));
    let session = session(&table, &endpoint);
    session.access().await.unwrap();
    assert_eq!(session.renew(1).await.unwrap_err().exit, Exit::Login);
    assert!(table.row().needs_login);
    assert_eq!(endpoint.posted().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_sibling_that_was_faster_is_found_after_a_refusal() {
    let (table, endpoint) = (Arc::new(Table::with(ended())), Endpoint::moody(Mood::Refusing));
    let (session, sibling) = (session(&table, &endpoint), Arc::clone(&table));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        sibling.change(|row| *row = Login { access: Some(Secret::new("theirs")), generation: 2, ..fresh() });
    });
    assert_eq!(token(&session.access().await.unwrap()), ("theirs", 2));
    assert!(!table.row().needs_login);
}

#[tokio::test(start_paused = true)]
async fn a_401_on_an_older_generation_adopts_what_is_there() {
    let (table, endpoint) = (Arc::new(Table::with(Login { generation: 5, ..fresh() })), Endpoint::new(3600));
    assert_eq!(token(&session(&table, &endpoint).renew(4).await.unwrap()), ("a1", 5));
    assert!(endpoint.posted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_401_without_a_refresh_token_ends_the_login() {
    let (table, endpoint) = (Arc::new(Table::with(Login { refresh: None, ..fresh() })), Endpoint::new(3600));
    assert_eq!(session(&table, &endpoint).renew(1).await.unwrap_err().exit, Exit::Login);
    assert!(table.row().needs_login && table.row().access.is_some());
}

#[tokio::test(start_paused = true)]
async fn no_login_and_another_client_end_before_any_call() {
    let endpoint = Endpoint::new(3600);
    for (row, words) in [
        (Login::default(), "user has no MyAnimeList access token"),
        (Login { client_id: Some("other".into()), ..ended() }, "client id"),
        (Login { needs_login: true, ..fresh() }, "new login"),
    ] {
        let failure = session(&Arc::new(Table::with(row)), &endpoint).access().await.unwrap_err();
        assert_eq!(failure.exit, Exit::Login);
        assert!(failure.message().contains(words), "{}", failure.message());
        assert!(failure.message().contains("/data/malsync.db"), "names the database");
        assert!(failure.hints[0].starts_with("malsync login"));
    }
    assert!(endpoint.posted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn logout_and_a_new_login_elsewhere_are_seen_at_the_next_use() {
    let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(3600));
    let session = session(&table, &endpoint);
    session.access().await.unwrap();
    table.change(|row| *row = Login { access: Some(Secret::new("b")), generation: 2, ..fresh() });
    assert_eq!(token(&session.access().await.unwrap()), ("b", 2));
    table.clear(UserId(1)).await.unwrap();
    let failure = session.access().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(failure.message().contains("logged out"));
    assert!(session.renew(2).await.is_err());
    assert!(table.row().access.is_none(), "no resurrected token");
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_the_database_does_not_take_at_once_is_offered_again() {
    for (failing, lost_answers, ok) in [(3, false, true), (1, true, true), (4, false, false)] {
        let mut table = Table::with(ended());
        table.failing = failing.into();
        table.lost_answers = lost_answers;
        let (table, endpoint) = (Arc::new(table), Endpoint::new(3600));
        match session(&table, &endpoint).access().await {
            Ok(access) => assert!(ok && token(&access) == ("a2", 2)),
            Err(failure) => {
                assert!(!ok);
                assert_eq!(failure.exit, Exit::Database);
                assert!(failure.message().contains("login may be lost"));
            }
        }
        assert_eq!(endpoint.posted(), ["r1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn f_t12_a_lock_that_is_never_had_is_another_malsync() {
    let mut table = Table::with(ended());
    table.locked = true;
    let failure = session(&Arc::new(table), &Endpoint::new(3600)).access().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("another malsync is refreshing"));
}

#[tokio::test(start_paused = true)]
async fn a_life_that_mal_did_not_say_costs_one_refresh_a_process() {
    let (table, endpoint) = (Arc::new(Table::with(ended())), Endpoint::new(0));
    let first = session(&table, &endpoint);
    for _ in 0..5 {
        assert_eq!(token(&first.access().await.unwrap()), ("a2", 2));
    }
    assert_eq!(token(&session(&table, &endpoint).access().await.unwrap()), ("a3", 3));
    assert_eq!(endpoint.posted(), ["r1", "r2"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_new_refresh_token_the_old_one_stays() {
    let endpoint = Endpoint(Arc::new(crate::auth::fake::Books {
        mood: std::sync::Mutex::new(Mood::Well),
        posted: std::sync::Mutex::default(),
        lifetime: 3600,
        rotates: false,
    }));
    let table = Arc::new(Table::with(ended()));
    session(&table, &endpoint).access().await.unwrap();
    assert_eq!(table.row().refresh, Some(Secret::new("r1")));
}

#[tokio::test(start_paused = true)]
async fn f_t20_time_passes_by_the_databases_clock_whatever_the_machines_does() {
    let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(7200));
    let session = session(&table, &endpoint);
    session.access().await.unwrap();
    table.pass(Span::hours(1));
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert_eq!(token(&session.access().await.unwrap()), ("a2", 2));
    assert_eq!(endpoint.posted(), ["r1"]);
}

#[tokio::test(start_paused = true)]
async fn refresh_now_asks_whatever_is_left_and_answers_the_new_end() {
    let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(3600));
    let tested = session(&table, &endpoint);
    assert_eq!(tested.refresh_now().await.unwrap().unwrap().to_rfc3339(), "2026-03-01T13:00:00+00:00");
    endpoint.turn(Mood::Refusing);
    let failure = tested.refresh_now().await.unwrap_err();
    assert_eq!(failure.exit, Exit::Login);
    assert!(!table.row().needs_login, "the access token is still good");
    endpoint.turn(Mood::Stormy);
    let stormy = session(&Arc::new(Table::with(fresh())), &endpoint);
    assert_eq!(stormy.refresh_now().await.unwrap_err().exit, Exit::Mal);
}

#[tokio::test(start_paused = true)]
async fn f_t24_a_row_that_became_another_accounts_is_served_no_more() {
    for (account, row) in [(Some(7), fresh()), (None, fresh()), (Some(7), old()), (Some(7), ended())] {
        let (table, endpoint) = (Arc::new(Table::with(fresh())), Endpoint::new(3600));
        let session = session_of(account, &table, &endpoint);
        session.access().await.unwrap();
        table.give_to(7);
        session.access().await.expect("its own; an adopted row may learn whose it is");
        table.give_to(8);
        table.change(|login| *login = Login { access: Some(Secret::new("theirs")), generation: 2, ..row.clone() });
        let failures =
            [session.access().await.map(drop), session.renew(1).await.map(drop), session.refresh_now().await.map(drop)];
        for failure in failures.map(Result::unwrap_err) {
            assert_eq!(failure.exit, Exit::Guard);
            assert!(failure.message().contains("now belongs to another MAL account (8"), "{}", failure.message());
            assert!(failure.hints[0].contains("malsync sync --user ann"));
        }
        assert!(endpoint.posted().is_empty(), "nobody's token is spent");
        table.give_to(7);
        session.access().await.expect("it is who the session is for again");
    }
}

#[tokio::test(start_paused = true)]
async fn f_t24_a_row_that_is_given_away_while_a_refresh_is_under_way_keeps_its_new_owners_pair() {
    let (table, endpoint) = (Arc::new(Table::with(ended())), Endpoint::new(3600));
    let (session, theirs) = (session_of(Some(7), &table, &endpoint), Arc::clone(&table));
    let (refreshed, ()) = tokio::join!(session.access(), async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        theirs.give_to(8);
        theirs.change(|row| *row = Login { access: Some(Secret::new("theirs")), generation: 2, ..fresh() });
    });
    assert_eq!(refreshed.unwrap_err().exit, Exit::Guard);
    assert_eq!((endpoint.posted().len(), table.row().access), (1, Some(Secret::new("theirs"))));
}

#[tokio::test(start_paused = true)]
async fn f_p09_a_database_that_does_not_tell_the_time_costs_no_refresh_token() {
    for access in [None, Some(Secret::new("a1"))] {
        let mut table = Table::with(Login { access, ..ended() });
        table.timeless = true;
        let (table, endpoint) = (Arc::new(table), Endpoint::new(3600));
        let session = session(&table, &endpoint);
        assert_eq!(session.access().await.unwrap_err().exit, Exit::Database);
        assert_eq!(session.refresh_now().await.unwrap_err().exit, Exit::Database);
        assert!(endpoint.posted().is_empty(), "it would be lost with what it brings");
    }
}
