//! Measures the peak memory of a command.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use super::test_env::{CommandOutput, TestEnv};

/// Runs the binary, and returns its output and its peak resident memory in kB.
pub(crate) fn run_measuring_memory(env: &TestEnv, args: &[&str]) -> (CommandOutput, u64) {
    let child = env.spawn(args);
    let (process, is_over) = (child.id(), AtomicBool::new(false));
    // The output is read meanwhile: a process with a full pipe would stop.
    let (output, most) = thread::scope(|scope| {
        let weighing = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(Ordering::Relaxed) {
                // The kernel keeps the peak only while the process exists.
                most = most.max(peak_memory_kb(process).unwrap_or(0));
                thread::park_timeout(Duration::from_millis(1));
            }
            most
        });
        let output = env.wait_for_exit(child);
        is_over.store(true, Ordering::Relaxed);
        (output, weighing.join().unwrap())
    });
    assert!(most > 1000, "the process ended before it could be measured");
    (output, most)
}

fn peak_memory_kb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
