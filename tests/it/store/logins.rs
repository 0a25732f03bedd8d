//! The contract of `LoginRepository`. A test named `f_…` shows the fault of that id in docs/reliability.md.

use malsync::{
    domain::user::{User, UserId},
    secret::Secret,
    store::Database,
    sync::port::{LoginRepository, LoginTarget, NewLogin, TokenWrite},
};
use malsync_test_macros::on_both;

use super::test_database::TestDatabase;

fn token_write(text: &str) -> TokenWrite {
    TokenWrite {
        access: Some(Secret::new(format!("access {text}"))),
        refresh: Some(Secret::new(format!("refresh {text}"))),
        expires_at: "2030-01-01T00:00:00Z".parse().unwrap(),
        issued_at: "2029-12-01T00:00:00Z".parse().unwrap(),
        client_id: "client".into(),
    }
}

async fn store_login(db: &TestDatabase, target: LoginTarget, mal_user_id: i64) -> User {
    try_store_login(&db.store, target, mal_user_id, true).await.unwrap()
}

async fn try_store_login(database: &Database, target: LoginTarget, mal_user_id: i64, force: bool) -> Option<User> {
    let pair = |user: UserId, generation: i64| token_write(&format!("{mal_user_id}: {user}/{generation}"));
    let login = NewLogin { target, email: None, mal_user_id, force, build_pair: &pair };
    database.store_login(&login).await.unwrap()
}

/// Makes the row belong to this account, whichever it belonged to before.
pub(super) async fn give_row_to_account(db: &TestDatabase, user: UserId, mal_user_id: i64) {
    store_login(db, LoginTarget::Existing(user), mal_user_id).await;
}

#[on_both]
async fn login_creates_or_takes_over_the_row(db: TestDatabase) {
    let made = store_login(&db, LoginTarget::New("ann".into()), 77).await;
    assert_eq!((made.username.as_str(), made.mal_user_id, made.email), ("ann", Some(77), None));
    assert_eq!(made.login.generation, 1);
    assert_eq!(made.login.access_token, Some(Secret::new(format!("access 77: {}/1", made.id))));
    assert!(made.login.login_at.is_some() && made.login.client_id.as_deref() == Some("client"));

    let bob = db.create_user("bob").await;
    let taken = store_login(&db, LoginTarget::Existing(bob), 78).await;
    assert_eq!((taken.id, taken.email.as_deref()), (bob, Some("bob@example.org")), "the row is otherwise unchanged");
    let again = store_login(&db, LoginTarget::Existing(bob), 78).await;
    assert_eq!(again.login.generation, 2);
}

#[on_both]
async fn latest_login_is_unique_within_one_second(db: TestDatabase) {
    for round in 0..3 {
        let ann = store_login(
            &db,
            if round == 0 { LoginTarget::New("ann".into()) } else { LoginTarget::Existing(UserId(1)) },
            77,
        )
        .await;
        let bob = store_login(
            &db,
            if round == 0 { LoginTarget::New("bob".into()) } else { LoginTarget::Existing(UserId(2)) },
            78,
        )
        .await;
        assert!(bob.login.login_at > ann.login.login_at, "{round}");
    }
}

#[on_both]
async fn login_of_another_account_resets_checkpoint(db: TestDatabase) {
    let user = store_login(&db, LoginTarget::New("ann".into()), 77).await.id;
    db.execute_sql(
        "UPDATE users SET last_mal_sync = '2026-01-01 00:00:00', mal_list_watermark = '2026-01-01 00:00:00', \
        mal_list_drift = 1, last_full_sync = '2026-01-01 00:00:00'",
    )
    .await;
    let marks = |user: User| {
        (user.last_mal_sync.is_some(), user.watermark.is_some(), user.drift, user.last_full_sync.is_some())
    };
    assert_eq!(marks(store_login(&db, LoginTarget::Existing(user), 77).await), (true, true, Some(1), true));
    assert_eq!(marks(store_login(&db, LoginTarget::Existing(user), 78).await), (false, false, None, false));
}

#[on_both]
async fn f_l32_concurrent_logins_of_two_accounts_give_one_the_row(db: TestDatabase) {
    let other = db.site.open().await.unwrap();
    for round in 0..5 {
        let user = db.create_user(&format!("ann{round}")).await;
        let row = || LoginTarget::Existing(user);
        let (one, two) =
            tokio::join!(try_store_login(&db.store, row(), 77, false), try_store_login(&other, row(), 78, false));
        assert_ne!(one.is_some(), two.is_some(), "exactly one login gets the row");
        let won = one.or(two).unwrap();
        let row = db.store.load_user(user).await.unwrap();
        assert_eq!((row.mal_user_id, row.login.generation), (won.mal_user_id, 1));
        assert_eq!(row.login.access_token, won.login.access_token, "the tokens are those of the winner");
        let again = try_store_login(&other, LoginTarget::Existing(user), 79, true).await.unwrap();
        assert_eq!((again.mal_user_id, again.login.generation), (Some(79), 2), "--force takes the row");
    }
}

#[on_both]
async fn f_l32_row_created_meanwhile_is_taken_over_by_same_account_only(db: TestDatabase) {
    let other = db.site.open().await.unwrap();
    let new = || LoginTarget::New("ann".into());
    let (one, two) =
        tokio::join!(try_store_login(&db.store, new(), 77, false), try_store_login(&other, new(), 77, false));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.id, one.login.generation.max(two.login.generation)), (two.id, 2));
    assert!(try_store_login(&other, new(), 78, false).await.is_none());
    assert_eq!(db.store.load_user(one.id).await.unwrap().mal_user_id, Some(77));
}

#[on_both]
async fn f_l32_concurrent_logins_of_one_account_create_one_row(db: TestDatabase) {
    let other = db.site.open().await.unwrap();
    for account in 70..75 {
        let new = |name: &str| LoginTarget::New(format!("{name}{account}"));
        let (one, two) = tokio::join!(
            try_store_login(&db.store, new("a"), account, false),
            try_store_login(&other, new("b"), account, false)
        );
        assert_ne!(one.is_some(), two.is_some(), "exactly one login gets a row");
        let users = db.store.load_users().await.unwrap();
        let rows: Vec<_> = users.iter().filter(|user| user.mal_user_id == Some(account)).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(users.len(), usize::try_from(account - 69).unwrap(), "the other login left no row");
        assert!(try_store_login(&other, LoginTarget::Existing(rows[0].id), account, false).await.is_some());
    }
    let bob = LoginTarget::Existing(db.create_user("bob").await);
    assert!(
        try_store_login(&other, bob.clone(), 70, false).await.is_none(),
        "a row without an account is a second one"
    );
    assert!(try_store_login(&other, bob, 70, true).await.is_some(), "--force makes it one");
}

#[on_both]
async fn tokens_are_swapped_only_from_expected_generation(db: TestDatabase) {
    let user = store_login(&db, LoginTarget::New("ann".into()), 77).await.id;
    assert!(!db.store.compare_and_swap_tokens(user, 0, &token_write("old")).await.unwrap());
    assert!(db.store.compare_and_swap_tokens(user, 1, &token_write("new")).await.unwrap());
    let login = db.store.load_user(user).await.unwrap().login;
    assert_eq!((login.generation, login.refresh_token), (2, Some(Secret::new("refresh new"))));
}

#[on_both]
async fn one_of_two_concurrent_swaps_wins(db: TestDatabase) {
    let user = store_login(&db, LoginTarget::New("ann".into()), 77).await.id;
    let other = db.site.open().await.unwrap();
    let (one, two) = (token_write("one"), token_write("two"));
    let (one, two) =
        tokio::join!(db.store.compare_and_swap_tokens(user, 1, &one), other.compare_and_swap_tokens(user, 1, &two));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(db.store.load_user(user).await.unwrap().login.generation, 2);
}

#[on_both]
async fn needs_login_is_set_only_for_its_generation(db: TestDatabase) {
    let user = store_login(&db, LoginTarget::New("ann".into()), 77).await.id;
    assert!(!db.store.mark_needs_login(user, 0).await.unwrap());
    assert!(!db.store.load_user(user).await.unwrap().login.needs_login);
    assert!(db.store.mark_needs_login(user, 1).await.unwrap());
    let login = db.store.load_user(user).await.unwrap().login;
    assert!(login.needs_login && login.refresh_token.is_some(), "the tokens stay");
    assert!(!store_login(&db, LoginTarget::Existing(user), 77).await.login.needs_login);
}

#[on_both]
async fn logout_deletes_tokens_and_raises_generation(db: TestDatabase) {
    let user = store_login(&db, LoginTarget::New("ann".into()), 77).await.id;
    db.store.delete_tokens(user).await.unwrap();
    let login = db.store.load_user(user).await.unwrap().login;
    assert!(!login.is_present() && login.expires_at.is_none() && login.issued_at.is_none());
    assert_eq!(login.generation, 2);
    assert!(
        !db.store.compare_and_swap_tokens(user, 1, &token_write("late")).await.unwrap(),
        "a refresh that was under way"
    );
}

#[on_both]
async fn account_id_is_set_once(db: TestDatabase) {
    let user = db.create_user("ann").await;
    assert!(db.store.set_account_if_unset(user, 77).await.unwrap());
    assert!(!db.store.set_account_if_unset(user, 78).await.unwrap());
    assert_eq!(db.store.find_user(user).await.unwrap().unwrap().mal_user_id, Some(77));
}

#[on_both]
async fn refresh_lock_is_exclusive_per_user(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let other = db.site.open().await.unwrap();
    let first = db.store.lock_refresh(user).await.unwrap().expect("the lock is free");
    let waiting = async { other.lock_refresh(user).await.unwrap().is_some() };
    let letting_go = async { drop(first) };
    let (taken, ()) = tokio::join!(waiting, letting_go);
    assert!(taken, "the second process waits for the lock");
}

#[on_both]
async fn unencrypted_token_of_adopted_row_is_a_login(db: TestDatabase) {
    let user = db.create_user("ann").await;
    assert!(!db.store.load_user(user).await.unwrap().login.is_present());
    db.execute_sql("UPDATE users SET mal_access_token = '', mal_refresh_token = 'plain'").await;
    let login = db.store.load_user(user).await.unwrap().login;
    assert!(login.is_present());
    assert_eq!((login.access_token, login.refresh_token, login.generation), (None, Some(Secret::new("plain")), 0));
}
