//! SIGINT, SIGTERM and SIGHUP: the first asks a command to end in good order, the second ends it at once.

use std::{
    future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// The longest that good order may take.
const SHUTDOWN_GRACE_PERIOD: Duration = Duration::from_secs(4);

/// How long the process is given to leave by itself after that.
const EXIT_MARGIN: Duration = Duration::from_millis(500);

/// What signals came so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// Cancelled by the first.
    pub(crate) stop: CancellationToken,
    first_exit: Arc<OnceLock<Exit>>,
}

impl Signals {
    /// The exit code of the first signal; `None` while none came.
    pub(crate) fn first_signal_exit(&self) -> Option<Exit> {
        self.first_exit.get().copied()
    }

    /// Listens, for as long as the command runs. Ends when the command has to be dropped: at the second signal, or when it
    /// does not come to an end by itself.
    pub(crate) async fn listen(&self) -> Exit {
        let _limit = catch_file_size_signal();
        let Ok(mut source) = SignalSource::new() else { return future::pending().await };
        let exit = source.next().await;
        let _ = self.first_exit.set(exit);
        self.stop.cancel();
        tracing::info!("stopping in good order; another signal stops at once");
        source.second_signal_or_timeout(exit).await
    }

    /// Sees to it that signals are heeded even where the command cannot listen, since somebody who does not read on holds it
    /// in a write. From now on the process ends a moment after it should have ended by itself.
    pub(crate) fn force_exit_on_signal() {
        let insist = || {
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
        // A machine that has no thread to spare has worse to tell.
        let _ = std::thread::Builder::new().name("signals".into()).spawn(insist);
    }
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "whoever would return the code to the doorway stands still"
)]
fn exit_now(exit: Exit) {
    std::process::exit(exit.code().into());
}

/// A file that may not grow (`ulimit -f`) is an error of the write, which can be told, rather than the end of the process.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn catch_file_size_signal() -> Option<tokio::signal::unix::Signal> {
    /// The number of SIGXFSZ.
    const SIGXFSZ: i32 = 25;
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn file_limit() {}

impl SignalSource {
    /// After the first signal: the next one, or the first again when the time for good order is over.
    async fn second_signal_or_timeout(&mut self, first: Exit) -> Exit {
        tokio::select! {
            exit = self.next() => exit,
            () = tokio::time::sleep(SHUTDOWN_GRACE_PERIOD) => first,
        }
    }
}

#[cfg(unix)]
struct SignalSource {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl SignalSource {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupt,
            _ = self.terminate.recv() => Exit::Terminate,
            _ = self.hangup.recv() => Exit::Hangup,
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl SignalSource {
    #[expect(clippy::unnecessary_wraps, reason = "Unix can fail here")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupt,
            Err(_) => future::pending().await,
        }
    }
}
