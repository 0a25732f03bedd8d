//! The contract of the store: every law of its ports, on both databases.

mod account_mismatch;
mod adopted_databases;
mod claims;
mod concurrent_writers;
mod lists;
mod logins;
mod mal_wins_planner;
mod merge;
mod request_slots;
mod restricted_role;
mod runs;
mod sqlite_files;
mod test_database;

/// Makes a test of each function, on PostgreSQL and on SQLite: each is given a home of its own.
macro_rules! on_both {
    ($($law:ident),* $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $law() {
                super::$law(crate::store::test_database::TestDatabase::postgres().await).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $law() {
                super::$law(crate::store::test_database::TestDatabase::sqlite().await).await;
            })*
        }
    };
}
use on_both;
