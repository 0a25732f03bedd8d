//! Tests of a row that is given to another MAL account while its tokens are in use.

use super::{
    tests::{expired_login, fresh_login, half_expired_login, new_manager_for_account},
    *,
};
use crate::domain::user::StoredLogin;
use crate::{
    auth::fakes::{FakeTokenEndpoint, FakeUsersTable},
    secret::Secret,
};

#[tokio::test(start_paused = true)]
async fn f_t24_row_of_another_account_is_refused() {
    for (account, row) in
        [(Some(7), fresh_login()), (None, fresh_login()), (Some(7), half_expired_login()), (Some(7), expired_login())]
    {
        let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(fresh_login())), FakeTokenEndpoint::new(3600));
        let manager = new_manager_for_account(account, &table, &endpoint);
        manager.access_token().await.unwrap();
        table.set_account(7);
        manager.access_token().await.expect("its own account; an adopted row may get its account set");
        table.set_account(8);
        table.edit_login(|login| {
            *login = StoredLogin { access_token: Some(Secret::new("theirs")), generation: 2, ..row.clone() }
        });
        let failures = [
            manager.access_token().await.map(drop),
            manager.refresh_after_rejection(1).await.map(drop),
            manager.refresh_now().await.map(drop),
        ];
        for failure in failures.map(Result::unwrap_err) {
            assert_eq!(failure.exit, Exit::Guard);
            assert!(failure.message().contains("now belongs to another MAL account (8"), "{}", failure.message());
            assert!(failure.hints[0].contains("malsync sync --user ann"));
        }
        assert!(endpoint.posted_tokens().is_empty(), "no token is spent");
        table.set_account(7);
        manager.access_token().await.expect("the row is back with the manager's account");
    }
}

#[tokio::test(start_paused = true)]
async fn f_t24_row_taken_over_during_refresh_keeps_the_new_pair() {
    let (table, endpoint) = (Arc::new(FakeUsersTable::with_login(expired_login())), FakeTokenEndpoint::new(3600));
    let (manager, other_table) = (new_manager_for_account(Some(7), &table, &endpoint), Arc::clone(&table));
    let (refreshed, ()) = tokio::join!(manager.access_token(), async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        other_table.set_account(8);
        other_table.edit_login(|row| {
            *row = StoredLogin { access_token: Some(Secret::new("theirs")), generation: 2, ..fresh_login() }
        });
    });
    assert_eq!(refreshed.unwrap_err().exit, Exit::Guard);
    assert_eq!((endpoint.posted_tokens().len(), table.stored_login().access_token), (1, Some(Secret::new("theirs"))));
}
