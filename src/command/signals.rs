//! SIGINT, SIGTERM and SIGHUP: the first asks a command to end in good order, the second ends it at once.

use std::{
    future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// The longest that good order may take.
const GRACE: Duration = Duration::from_secs(4);

/// What signals came so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// Cancelled by the first.
    pub(crate) stop: CancellationToken,
    first: Arc<OnceLock<Exit>>,
}

impl Signals {
    /// The exit code of the first signal; `None` while none came.
    pub(crate) fn exit(&self) -> Option<Exit> {
        self.first.get().copied()
    }

    /// Listens, for as long as the command runs. Ends when the command has to be dropped: at the second signal, or when it
    /// does not come to an end by itself.
    pub(crate) async fn listen(&self) -> Exit {
        let _limit = file_limit();
        let Ok(mut source) = Source::new() else { return future::pending().await };
        let exit = source.next().await;
        let _ = self.first.set(exit);
        self.stop.cancel();
        tracing::info!("stopping in good order; another signal stops at once");
        tokio::select! {
            exit = source.next() => exit,
            () = tokio::time::sleep(GRACE) => exit,
        }
    }
}

/// A file that may not grow (`ulimit -f`) is an error of the write, which can be told, rather than the end of the process.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn file_limit() -> Option<tokio::signal::unix::Signal> {
    /// The number of SIGXFSZ.
    const LIMIT: i32 = 25;
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(LIMIT)).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn file_limit() {}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
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
impl Source {
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
