//! What surrounds the process: configuration files, environment, limits, pipes, signals, terminals, upgrades.

mod config;
mod environment;
mod limits;
mod pipes;
mod signals;
mod terminal;
mod upgrade;

use mal_sim::FaultRule;

use crate::support::test_env::TestEnv;

fn page_request_rule(nth: u32) -> FaultRule {
    FaultRule::for_path("/v2/users/@me/animelist").nth(nth)
}

/// Stalls the n-th page request from now on. Rules count the requests in the log, so that it is cleared first.
fn stall_page(env: &TestEnv, nth: u32) {
    env.sim.control().clear_log();
    env.sim.control().add_fault(page_request_rule(nth).stall()).unwrap();
}

/// Holds the response to the n-th page request from now on, until the faults are cleared.
fn hold_page(env: &TestEnv, nth: u32) {
    env.sim.control().clear_log();
    env.sim.control().add_fault(page_request_rule(nth).hold()).unwrap();
}
