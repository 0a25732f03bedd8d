//! Tells others how syncs go: a check that is pinged, a webhook, a command.
//!
//! The rules: what cannot be told fails no sync and holds none up for more than a few seconds; a check is pinged at each sync,
//! webhook and command hear of a change alone; nothing of what is sent is a secret. What is remembered from one sync to the
//! next is in [`memory`], what is said in [`notice`], how it gets there in [`send`]. When that happens is `command::monitor`.

pub mod delivery;
pub mod notification;
pub mod notification_state;

pub use notification::Notification;
pub use notification_state::{NotificationState, NotificationStates};

use crate::exit::Exit;

/// How one user's sync ended, or the command as a whole where it got to no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedOutcome {
    /// The user; empty where there was none.
    pub user: String,
    /// How.
    pub exit: Exit,
    /// Whether a run existed.
    pub has_run: bool,
    /// The run in a few lines, or why there was none.
    pub summary: String,
    /// What is to be typed.
    pub hint: Option<String>,
}

impl ObservedOutcome {
    /// Whether it says anything about how syncs go: not where a person stopped it, nor where another one was going on.
    #[must_use]
    pub const fn is_reportable(&self) -> bool {
        !matches!(self.exit, Exit::Busy | Exit::Hangup | Exit::Interrupt | Exit::Terminate)
    }

    /// Whether all went well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.exit == Exit::Done
    }
}
