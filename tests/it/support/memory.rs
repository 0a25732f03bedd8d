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
    let (output, peak_kb) = thread::scope(|scope| {
        let sampler = scope.spawn(|| {
            let mut peak_kb = 0;
            while !is_over.load(Ordering::Relaxed) {
                // The kernel keeps the peak only while the process exists.
                peak_kb = peak_kb.max(peak_memory_kb(process).unwrap_or(0));
                thread::park_timeout(Duration::from_millis(1));
            }
            peak_kb
        });
        let output = env.wait_for_exit(child);
        is_over.store(true, Ordering::Relaxed);
        (output, sampler.join().unwrap())
    });
    assert!(peak_kb > 1000, "the process ended before it could be measured");
    (output, peak_kb)
}

fn peak_memory_kb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
