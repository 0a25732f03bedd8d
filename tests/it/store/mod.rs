//! The contract of the store: every law of its ports, on both databases.

mod accounts;
mod adopted;
mod claims;
mod contended;
mod files;
mod home;
mod lists;
mod logins;
mod merge;
mod owner;
mod pace;
mod planner;
mod runs;

/// Makes a test of each function, on PostgreSQL and on SQLite: each is given a home of its own.
macro_rules! on_both {
    ($($law:ident),* $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $law() {
                super::$law(crate::store::home::Home::postgres().await).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $law() {
                super::$law(crate::store::home::Home::sqlite().await).await;
            })*
        }
    };
}
use on_both;
