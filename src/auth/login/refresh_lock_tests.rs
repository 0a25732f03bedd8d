//! Tests of a login while another process holds the refresh lock of its row.

use std::sync::atomic::Ordering;

use super::{
    CompletedLogin, LoginMethod,
    tests::{GRANTED, LoginFixture, new_fixture},
};
use crate::{domain::user::UserId, exit::Exit, failure::Failure, sync::port::LoginRepository as _};

/// Runs a login up to the refresh lock of its row, calls `action`, then releases the lock.
async fn login_while_lock_is_held(
    fixture: &LoginFixture,
    action: impl FnOnce(),
) -> (Result<CompletedLogin, Failure>, String) {
    let lock = fixture.table.lock_refresh(UserId(1)).await.unwrap();
    let hold_lock = async {
        // The first request for the lock is the one above, the second is that of the login. A login that does not
        // request the lock ends this loop by storing its tokens. The tests notice that: `action` finds the tokens, or
        // its effect comes too late for the login.
        while fixture.table.lock_requests.load(Ordering::SeqCst) < 2 && !fixture.table.stored_login().is_present() {
            tokio::task::yield_now().await;
        }
        action();
        drop(lock);
    };
    let (logged_in, page, ()) =
        tokio::join!(fixture.run_login(LoginMethod::NoBrowser), fixture.open_callback(GRANTED), hold_lock);
    (logged_in, page)
}

#[tokio::test]
async fn f_t12_login_waits_for_a_running_refresh() {
    let fixture = new_fixture().await;
    let (result, _) = login_while_lock_is_held(&fixture, || {
        assert!(!fixture.table.stored_login().is_present(), "stored before it had the lock");
    })
    .await;
    assert!(result.is_ok() && fixture.table.stored_login().is_present());
}

#[tokio::test]
async fn f_t12_login_without_the_refresh_lock_reports_it() {
    let mut fixture = new_fixture().await;
    fixture.table.is_lock_unavailable = true;
    let (result, page) = tokio::join!(fixture.run_login(LoginMethod::NoBrowser), fixture.open_callback(GRANTED));
    let failure = result.unwrap_err();
    assert_eq!(failure.exit, Exit::Mal);
    let message = "logged in but could not store the tokens: another malsync process is refreshing the tokens";
    assert!(failure.message().starts_with(message), "{}", failure.message());
    assert!(failure.hints[0].contains("find the malsync process that hangs"), "{:?}", failure.hints);
    assert!(failure.hints.iter().all(|hint| !hint.contains("fix the database")), "{:?}", failure.hints);
    assert!(page.contains("not finished") && !fixture.table.stored_login().is_present());
}

#[tokio::test]
async fn f_l32_row_taken_by_another_login_is_reported() {
    let fixture = new_fixture().await;
    let (result, page) = login_while_lock_is_held(&fixture, || fixture.table.set_account(99)).await;
    let failure = result.unwrap_err();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("user ann belongs to another MyAnimeList account"), "{}", failure.message());
    assert!(failure.hints[0].contains("--force"));
    assert!(page.contains("not finished") && !fixture.table.stored_login().is_present());
}
