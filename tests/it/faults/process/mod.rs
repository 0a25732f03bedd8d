//! Signals, pipes, terminals, limits and clocks.

mod config;
mod environment;
mod limits;
mod pipes;
mod signals;
mod terminal;
mod upgrade;

use mal_sim::FaultRule;

use crate::support::test_env::TestEnv;

fn page_fault(nth: u32) -> FaultRule {
    FaultRule::for_path("/v2/users/@me/animelist").nth(nth)
}

/// Stalls the n-th page request from now on.
fn stall_page(env: &TestEnv, nth: u32) {
    env.sim.control().clear_log();
    env.sim.control().add_fault(page_fault(nth).stall()).unwrap();
}

/// Holds the response to the n-th page request from now on, until the faults are cleared.
fn hold_page(env: &TestEnv, nth: u32) {
    env.sim.control().clear_log();
    env.sim.control().add_fault(page_fault(nth).hold()).unwrap();
}
