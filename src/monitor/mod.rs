//! Reports sync outcomes to others: pings a check, calls a webhook, runs a command.
//!
//! [`notification_state`] holds the state between syncs, [`notification`] builds the texts, [`delivery`] sends them.
//! `command::monitoring` decides when.
//!
//! Invariants:
//!
//! 1. A failed delivery never fails a sync, and delays it by a few seconds at most.
//! 2. A check is pinged at each sync; webhook and command are called only on changes, and again until they accept.
//! 3. Nothing that is sent contains a secret.

pub mod delivery;
pub mod notification;
pub mod notification_state;

pub use notification::Notification;
pub use notification_state::{NotificationState, NotificationStates, NotificationTarget};

use crate::exit::Exit;

/// The outcome of one user's sync, or of the whole command if it reached no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedOutcome {
    /// The user. Empty if the command reached no user.
    pub user: String,
    /// The exit code.
    pub exit: Exit,
    /// True if a run was started.
    pub has_run: bool,
    /// Summary of the run in a few lines, or why there was no run.
    pub summary: String,
    /// The hint for the user.
    pub hint: Option<String>,
}

impl ObservedOutcome {
    /// Returns true if the outcome counts as success or failure. False if the user interrupted it or another sync was
    /// running.
    #[must_use]
    pub const fn is_reportable(&self) -> bool {
        !matches!(self.exit, Exit::Busy | Exit::Hangup | Exit::Interrupt | Exit::Terminate)
    }

    /// Returns true if the sync succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.exit == Exit::Done
    }
}
