//! What may become of tokens at rest and in a refresh.

mod accounts;
mod dying;
mod keyring;
mod meanwhile;
mod refresh;
mod secrets;
mod stored;

use mal_sim::{FaultRule, IssueTokensRequest, SimTokens};

use crate::support::{
    wait_until,
    world::{CLIENT_ID, Kind, World},
};

/// The tokens of `alice` as the table has them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    access: Option<String>,
    refresh: Option<String>,
    generation: i64,
    needs_login: bool,
}

fn row(world: &World) -> Row {
    let column = |sql: &str| world.value(&format!("SELECT {sql} FROM users WHERE username = 'alice'"));
    Row {
        access: column("mal_access_token"),
        refresh: column("mal_refresh_token"),
        generation: column("CAST(mal_token_generation AS TEXT)").unwrap().parse().unwrap(),
        needs_login: column("CASE WHEN mal_needs_login THEN 'yes' ELSE 'no' END").unwrap() == "yes",
    }
}

/// The entries in the table, and whether a sync was ever complete.
fn list(world: &World) -> (usize, bool) {
    let complete = world.query("SELECT username FROM users WHERE last_mal_sync IS NOT NULL");
    (world.query("SELECT CAST(anime_id AS TEXT) FROM user_anime_lists").len(), !complete.is_empty())
}

/// Makes the stored pair so many days older (or younger), as a clock would that is that far off.
fn age(world: &World, days: i64) {
    let moved = |column: &str| match world.kind {
        Kind::Postgres => format!("{column} = {column} - {days} * interval '1 day'"),
        Kind::Sqlite => format!("{column} = datetime({column}, '{} days')", -days),
    };
    world.execute(&format!("UPDATE users SET {}, {}", moved("mal_token_issued_at"), moved("mal_token_expires_at")));
}

/// The refresh tokens that were sent to MAL, one after the other.
fn refreshes(world: &World) -> Vec<String> {
    let log = world.sim.control().logged_requests();
    let sent = log.iter().filter(|seen| seen.path.ends_with("/token"));
    sent.filter_map(|seen| seen.form_field("refresh_token").map(str::to_owned)).collect()
}

fn fault(world: &World, rule: FaultRule) {
    world.sim.control().add_fault(rule).unwrap();
}

/// A rule for the next refresh.
fn on_refresh() -> FaultRule {
    FaultRule::for_path("*/token").query("grant_type", "refresh_token")
}

/// A pair that MAL takes, which malsync has not seen.
fn pair_of(world: &World, user: &str) -> SimTokens {
    let request =
        IssueTokensRequest { user: user.into(), client_id: Some(CLIENT_ID.into()), ..IssueTokensRequest::default() };
    world.sim.control().issue_tokens_with(&request).unwrap()
}

/// Waits until the token endpoint was asked so often for a refresh.
fn wait_for_refreshes(world: &World, count: usize) {
    wait_until("a refresh is asked for", || refreshes(world).len() >= count);
}
