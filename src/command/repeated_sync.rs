//! `sync --every`: syncs at an interval until a signal comes. Without the flag, syncs once.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use crate::{cli::args, exit::Exit, failure::Failure, ui::view};

use super::{context::Context, monitoring};

/// Part of the interval that the random delay may have.
const MAX_DELAY_SHARE: f64 = 0.1;

pub(crate) async fn run(context: &Context<'_>, args: &args::SyncArgs) -> Result<Exit, Failure> {
    let Some(interval) = args.every else { return monitoring::run_with_monitoring(context, args).await };
    loop {
        let started = Instant::now();
        let result = monitoring::run_with_monitoring(context, args).await;
        // A stopped sync ends with the signal's code. A wrong configuration does not mend itself.
        let is_usage_error = result.as_ref().is_err_and(|failure| failure.exit == Exit::Usage);
        if context.signals.stop.is_cancelled() || is_usage_error {
            return result;
        }
        let exit = result.unwrap_or_else(|failure| {
            context.ui.print_failure(&failure);
            failure.exit
        });
        context.close_databases().await;
        let next = started + delayed(interval, fastrand::f64());
        let wait = TimeDelta::from_std(next.duration_since(Instant::now())).unwrap_or_default();
        context.ui.print_note(&format!("Next sync in {} (Ctrl-C stops)", view::format_rough_span(wait)));
        tokio::select! {
            () = context.signals.stop.cancelled() => return Ok(exit),
            () = tokio::time::sleep_until(next) => {}
        }
    }
}

/// Returns the interval with its random delay, so that many machines do not sync at the same moment. `random` is from 0
/// to 1.
fn delayed(interval: Duration, random: f64) -> Duration {
    interval + interval.mul_f64(MAX_DELAY_SHARE * random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_is_at_most_a_tenth_of_the_interval() {
        let interval = Duration::from_secs(600);
        assert_eq!(delayed(interval, 0.0), interval);
        assert_eq!(delayed(interval, 1.0), Duration::from_secs(660));
        assert!(delayed(interval, 0.5) > interval);
    }
}
