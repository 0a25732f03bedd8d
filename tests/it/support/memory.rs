//! How much memory a run takes at its height.

use std::{fs, process::Child};

use super::world::{Ran, World};

/// Runs the binary to its end, and tells the most memory (kB, resident) that it was seen to have.
pub(crate) fn run_and_weigh(world: &World, args: &[&str]) -> (Ran, u64) {
    let mut child = world.start(args);
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        // The kernel keeps the height for as long as the process is there.
        most = most.max(height(&child).unwrap_or(0));
        std::thread::yield_now();
    }
    assert!(most > 1000, "the process was gone before it could be weighed");
    (world.ended(child), most)
}

fn height(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
