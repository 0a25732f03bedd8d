//! Signals, pipes, terminals, limits and clocks.

mod config;
mod limits;
mod pipes;
mod signals;
mod surroundings;
mod terminal;
mod upgrade;

use mal_sim::Rule;

use crate::support::{wait_until, world::World};

/// Stalls the n-th request for a page from now on.
fn stall_page(world: &World, nth: u32) {
    world.sim.control().clear_log();
    world.sim.control().fault(Rule::on("/v2/users/@me/animelist").nth(nth).stall()).unwrap();
}

/// Waits until MAL was asked for so many pages since the log was cleared.
fn wait_for_pages(world: &World, pages: usize) {
    wait_until("MAL is asked for a page", || {
        world.sim.control().log().iter().filter(|seen| seen.path.ends_with("/animelist")).count() >= pages
    });
}
