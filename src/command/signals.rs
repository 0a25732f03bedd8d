//! SIGINT, SIGTERM and SIGHUP, on Windows Ctrl-C, Ctrl-Break, a closed window, log-off and shutdown: the first signal
//! asks the command to shut down gracefully, the second ends it at once.

use std::{
    future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// Maximum time of a graceful shutdown.
const SHUTDOWN_GRACE_PERIOD: Duration = Duration::from_secs(4);

/// Extra time for the process to exit by itself after the grace period.
const EXIT_MARGIN: Duration = Duration::from_millis(500);

/// Signals received so far. Clones share their state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// Cancelled by the first signal.
    pub(crate) stop: CancellationToken,
    first_exit: Arc<OnceLock<Exit>>,
}

impl Signals {
    /// Returns the exit code of the first signal. Returns `None` if none was received.
    pub(crate) fn first_signal_exit(&self) -> Option<Exit> {
        self.first_exit.get().copied()
    }

    /// Handles signals while the command runs. Returns when the command must be dropped: at the second signal, or when
    /// [`SHUTDOWN_GRACE_PERIOD`] is over.
    pub(crate) async fn listen(&self) -> Exit {
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        let _file_size_signal = catch_file_size_signal();
        let Ok(mut source) = SignalSource::new() else { return future::pending().await };
        let exit = source.next().await;
        let _ = self.first_exit.set(exit);
        self.stop.cancel();
        tracing::info!("Stopping… press Ctrl-C again to force");
        source.second_signal_or_timeout(exit).await
    }

    /// Ensures that a signal ends the process even if the command is blocked writing to a full pipe. A process that is
    /// not blocked exits by itself at the second signal, or at the end of the grace period. A process that still runs
    /// [`EXIT_MARGIN`] after that is ended. This holds from the call until the end of the process.
    pub(crate) fn force_exit_on_signal() {
        let wait_and_exit = || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            let exit = runtime.block_on(async {
                let mut source = SignalSource::new().ok()?;
                let exit = source.next().await;
                let exit = source.second_signal_or_timeout(exit).await;
                tokio::time::sleep(EXIT_MARGIN).await;
                Some(exit)
            });
            if let Some(exit) = exit {
                exit_now(exit);
            }
        };
        // Ignore the error: a host that cannot start a thread has more serious problems.
        let _ = std::thread::Builder::new().name("signals".into()).spawn(wait_and_exit);
    }
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the main thread, which would return the exit code, is blocked"
)]
fn exit_now(exit: Exit) {
    std::process::exit(exit.code().into());
}

/// Catches SIGXFSZ, so that exceeding the file size limit (`ulimit -f`) is a reportable write error instead of the end
/// of the process.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn catch_file_size_signal() -> Option<tokio::signal::unix::Signal> {
    const SIGXFSZ: i32 = 25;
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)).ok()
}

impl SignalSource {
    /// Waits for the second signal. Returns `first` if the grace period ends before.
    async fn second_signal_or_timeout(&mut self, first: Exit) -> Exit {
        tokio::select! {
            exit = self.next() => exit,
            () = tokio::time::sleep(SHUTDOWN_GRACE_PERIOD) => first,
        }
    }
}

/// The signals that end a command. A signal that was ignored when the process started stays ignored and is `None`:
/// `nohup` ignores SIGHUP, and a shell without job control ignores SIGINT for a command in the background.
#[cfg(unix)]
struct SignalSource {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl SignalSource {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = IgnoredSignals::read();
        let listen_to = |kind: SignalKind| (!ignored.contains(kind.as_raw_value())).then(|| signal(kind)).transpose();
        Ok(Self {
            interrupt: listen_to(SignalKind::interrupt())?,
            terminate: listen_to(SignalKind::terminate())?,
            hangup: listen_to(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Exit {
        async fn receive(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => future::pending().await,
            }
        }
        tokio::select! {
            () = receive(&mut self.interrupt) => Exit::Interrupt,
            () = receive(&mut self.terminate) => Exit::Terminate,
            () = receive(&mut self.hangup) => Exit::Hangup,
        }
    }
}

/// The signals that this process ignores, as a bit mask. Empty on systems other than Linux, which do not reveal them
/// to safe code.
#[cfg(unix)]
#[derive(Clone, Copy)]
struct IgnoredSignals(u64);

#[cfg(unix)]
impl IgnoredSignals {
    /// Reads the mask from `/proc/self/status`. A signal that malsync handles is not in it.
    fn read() -> Self {
        Self::parse(&std::fs::read_to_string("/proc/self/status").unwrap_or_default())
    }

    fn parse(status: &str) -> Self {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        Self(mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0))
    }

    fn contains(self, signal: i32) -> bool {
        u32::try_from(signal - 1).is_ok_and(|bit| bit < u64::BITS && self.0 >> bit & 1 == 1)
    }
}

/// Windows ends the process about five seconds after the window is closed, the user logs off, or the machine shuts down.
#[cfg(windows)]
struct SignalSource {
    interrupt: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
    closed_window: tokio::signal::windows::CtrlClose,
    log_off: tokio::signal::windows::CtrlLogoff,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl SignalSource {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            ctrl_break: ctrl_break()?,
            closed_window: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupt,
            _ = self.ctrl_break.recv() => Exit::Interrupt,
            _ = self.closed_window.recv() => Exit::Hangup,
            _ = self.log_off.recv() => Exit::Terminate,
            _ = self.shutdown.recv() => Exit::Terminate,
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::IgnoredSignals;

    #[test]
    fn ignored_signals_are_read_from_the_mask() {
        let ignored = IgnoredSignals::parse("Name:\tmalsync\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000001003\n");
        assert_eq!([1, 2, 13, 15].map(|signal| ignored.contains(signal)), [true, true, true, false]);
        assert!(!IgnoredSignals::parse("").contains(1));
    }
}
