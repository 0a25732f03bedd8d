//! `MALSYNC_TOKEN_STORE=keyring`: table and keyring each have a part of a login, and no one can write both in one step.

use std::sync::atomic::Ordering::SeqCst;

use super::*;
use crate::{
    auth::{
        fake::{Endpoint, Table},
        keyring::{Copy, Keyring, fake as keyrings},
        seal::Seal,
        vault::TokenStore,
    },
    secret::Secret,
};

const USER: UserId = UserId(1);

/// The table knows of a pair that has just been issued, of which the keyring has this.
async fn of(keyring: &Keyring, copy: Option<Copy>) -> (Arc<Table>, Endpoint, Session<Table, Endpoint>) {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let row = Login {
        expires_at: Some(now + chrono::Duration::hours(2)),
        issued_at: Some(now),
        generation: 3,
        client_id: Some("client".into()),
        ..Login::default()
    };
    if let Some(copy) = copy {
        keyring.write(USER, &copy).await.unwrap();
    }
    let (table, endpoint) = (Arc::new(Table::with(row)), Endpoint::new(3600));
    let who = Who {
        user: USER,
        username: "ann".into(),
        account: None,
        client_id: "client".into(),
        database: "/data/malsync.db".into(),
    };
    let seal = Seal::new(None, "/nowhere/token.key".into(), false).unwrap();
    let vault = Arc::new(Vault::new(TokenStore::Keyring, seal, keyring.clone()));
    let session = Session::new(who, Arc::clone(&table), vault, endpoint.clone());
    (table, endpoint, session)
}

fn pair(access: Option<&str>) -> Copy {
    Copy { access: access.map(Secret::new), refresh: Some(Secret::new("r3")), generation: 3 }
}

#[tokio::test]
async fn where_the_parts_fit_nobody_is_waited_for() {
    let (table, endpoint, session) = of(&keyrings::working(), Some(pair(Some("a3")))).await;
    assert_eq!(session.access().await.unwrap().token, Secret::new("a3"));
    assert_eq!((table.locks.load(SeqCst), endpoint.posted().len()), (0, 0));
}

#[tokio::test]
async fn a_part_that_a_sibling_is_still_to_write_is_waited_for() {
    for before in [None, Some(pair(None))] {
        let keyring = keyrings::working();
        let (table, endpoint, session) = of(&keyring, before).await;
        let sibling = table.lock_refresh(USER).await.unwrap();
        let (used, ()) = tokio::join!(session.access(), async {
            while table.locks.load(SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            keyring.write(USER, &pair(Some("a3"))).await.unwrap();
            drop(sibling);
        });
        assert_eq!(used.unwrap().token, Secret::new("a3"));
        assert!(endpoint.posted().is_empty(), "no refresh token is spent for it");
    }
}

#[tokio::test]
async fn a_part_that_stays_away_is_asked_for_once_more_and_a_refresh_brings_it() {
    let keyring = keyrings::working();
    let (_, endpoint, session) = of(&keyring, Some(pair(None))).await;
    assert_eq!(session.access().await.unwrap().token, Secret::new("a4"));
    assert_eq!(endpoint.posted(), ["r3"]);
    assert_eq!(keyring.read(USER).await.unwrap().unwrap().generation, 4);
}

/// A cron job without its `DATABASE_URL` finds another database than the one that the login is in.
#[tokio::test]
async fn a_login_that_cannot_be_read_names_its_database() {
    for keyring in [keyrings::missing(), keyrings::working()] {
        let (_, endpoint, session) = of(&keyring, None).await;
        let failure = session.access().await.unwrap_err();
        assert_eq!((failure.exit, endpoint.posted().len()), (Exit::Login, 0));
        assert!(failure.message().starts_with("database /data/malsync.db: "), "{}", failure.message());
    }
}

#[tokio::test]
async fn a_login_that_is_marked_or_gone_is_no_matter_of_waiting() {
    for (needs_login, words) in [(true, "wants a new login"), (false, "no MyAnimeList access token")] {
        let (table, _, session) = of(&keyrings::working(), None).await;
        table.change(|row| {
            row.needs_login = needs_login;
            row.expires_at = row.expires_at.filter(|_| needs_login);
        });
        let failure = session.access().await.unwrap_err();
        assert!(failure.message().contains(words), "{}", failure.message());
        assert_eq!(table.locks.load(SeqCst), 0);
    }
}
