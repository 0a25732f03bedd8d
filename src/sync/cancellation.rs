//! Waits for the moment at which a cancelled run may drop its request.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::port::RemoteSource;

/// How often a cancelled run checks whether it may drop the request in flight.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Waits until the run is cancelled and its request in flight may be dropped.
pub(super) async fn wait_until_cancelled(cancellation: &CancellationToken, source: &impl RemoteSource) {
    cancellation.cancelled().await;
    while !source.is_cancel_safe() {
        tokio::time::sleep(CANCEL_POLL_INTERVAL).await;
    }
}
