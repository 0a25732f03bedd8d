//! Faults of stored tokens and of refreshes.

mod account_changes;
mod at_rest;
mod concurrent_changes;
mod keyring;
mod killed_refresh;
mod refresh;
mod refused_writes;
mod secrets;

use mal_sim::{FaultRule, IssueTokensRequest, SimTokens};

use crate::support::{
    test_env::{CLIENT_ID, DatabaseKind, TestEnv},
    wait_until,
};

/// The token columns of `alice`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TokenRow {
    access: Option<String>,
    refresh: Option<String>,
    generation: i64,
    needs_login: bool,
}

fn read_token_row(env: &TestEnv) -> TokenRow {
    let column = |sql: &str| env.query_value(&format!("SELECT {sql} FROM users WHERE username = 'alice'"));
    TokenRow {
        access: column("mal_access_token"),
        refresh: column("mal_refresh_token"),
        generation: column("CAST(mal_token_generation AS TEXT)").unwrap().parse().unwrap(),
        needs_login: column("CASE WHEN mal_needs_login THEN 'yes' ELSE 'no' END").unwrap() == "yes",
    }
}

/// Returns the number of entries, and whether a sync was ever complete.
fn list_state(env: &TestEnv) -> (usize, bool) {
    let complete = env.query_column("SELECT username FROM users WHERE last_mal_sync IS NOT NULL");
    (env.query_column("SELECT CAST(anime_id AS TEXT) FROM user_anime_lists").len(), !complete.is_empty())
}

/// Makes the stored tokens this many days older. Negative: younger.
fn age_tokens(env: &TestEnv, days: i64) {
    let moved = |column: &str| match env.kind {
        DatabaseKind::Postgres => format!("{column} = {column} - {days} * interval '1 day'"),
        DatabaseKind::Sqlite => format!("{column} = datetime({column}, '{} days')", -days),
    };
    env.execute_sql(&format!("UPDATE users SET {}, {}", moved("mal_token_issued_at"), moved("mal_token_expires_at")));
}

/// Returns the refresh tokens that MAL received, in order.
fn sent_refresh_tokens(env: &TestEnv) -> Vec<String> {
    let log = env.sim.control().logged_requests();
    let sent = log.iter().filter(|request| request.path.ends_with("/token"));
    sent.filter_map(|request| request.form_field("refresh_token").map(str::to_owned)).collect()
}

fn add_fault(env: &TestEnv, rule: FaultRule) {
    env.sim.control().add_fault(rule).unwrap();
}

/// Returns a fault rule for the next refresh.
fn refresh_fault() -> FaultRule {
    FaultRule::for_path("*/token").with_param("grant_type", "refresh_token")
}

/// Issues a token pair that malsync has not seen.
fn issue_pair(env: &TestEnv, user: &str) -> SimTokens {
    let request =
        IssueTokensRequest { user: user.into(), client_id: Some(CLIENT_ID.into()), ..IssueTokensRequest::default() };
    env.sim.control().issue_tokens_with(&request).unwrap()
}

/// Waits until the token endpoint got this many refreshes.
fn wait_for_refreshes(env: &TestEnv, count: usize) {
    wait_until("a refresh is requested", || sent_refresh_tokens(env).len() >= count);
}
