//! Connects the progress display of `ui` with the port through which `sync` and `store` report progress.

use crate::{sync::port::ProgressObserver, ui::ProgressReporter};

impl ProgressObserver for ProgressReporter {
    fn set_total(&self, entries: u64) {
        Self::set_total(self, entries);
    }

    fn set_fetched(&self, entries: u64) {
        Self::set_fetched(self, entries);
    }

    fn set_stored(&self, entries: u64) {
        Self::set_stored(self, entries);
    }
}
