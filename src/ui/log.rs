//! Logging: one escaped line per event on stderr, wrapped on a terminal; progress bars are hidden meanwhile.
//!
//! Invariants:
//! 1. By default warnings are printed, with `-q` only errors; `-v` prints more from malsync's own modules. `SILENCED_TARGETS`
//!    and more from libraries are printed only if `RUST_LOG` asks for them.
//! 2. TRACE events of libraries are never logged: they contain wire data, including tokens and passwords.

use std::{fmt::Write as _, io, sync::Arc};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    filter::filter_fn,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter, format::Writer},
    layer::SubscriberExt as _,
    registry::LookupSpan,
};

use super::{line_stamp::LineStamp, options::UiOptions, streams::StderrStream};

/// Filter directives for libraries: their failures are returned as errors and reported as such.
const SILENCED_TARGETS: &str = "sqlx::postgres::notice=off,hyper=off,hyper_util=off,reqwest=off,h2=off,rustls=off,\
                     rustls_platform_verifier=off,zbus=off,keyring=off,keyring_core=off";

/// Sends logs to stderr. Returns a warning if `RUST_LOG` is invalid.
pub(super) fn init(options: &UiOptions, stderr: &Arc<StderrStream>, color: bool) -> Option<String> {
    let (filter, warning) = build_filter(options);
    // If a subscriber is set already (second initialization in one process), keep it.
    let _ = tracing::subscriber::set_global_default(build_subscriber(
        filter,
        stderr,
        log_stamp(options, stderr.stamp),
        color,
    ));
    warning
}

/// Returns the stamp of log lines: with `-vv` they have the time on a terminal too.
const fn log_stamp(options: &UiOptions, stamp: LineStamp) -> LineStamp {
    match stamp {
        LineStamp::None if options.verbosity >= 2 => LineStamp::Time,
        stamp => stamp,
    }
}

pub(super) fn build_subscriber(
    filter: EnvFilter,
    stderr: &Arc<StderrStream>,
    stamp: LineStamp,
    color: bool,
) -> impl Subscriber + Send + Sync + use<> {
    let format = OneLineFormat { stderr: Arc::clone(stderr), stamp, color };
    let writer = LogWriter(Arc::clone(stderr));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    let subscriber = subscriber.event_format(format).finish();
    subscriber.with(filter_fn(|metadata| is_loggable(metadata.target(), *metadata.level())))
}

/// Returns true if events of this target and level may be printed, regardless of `RUST_LOG`.
fn is_loggable(target: &str, level: Level) -> bool {
    let is_own = target == "malsync" || target.starts_with("malsync::");
    // `sqlx_postgres::options` logs the values of unknown DATABASE_URL parameters.
    let may_show_url_parameters = target.starts_with("sqlx_postgres::options");
    is_own || (level < Level::TRACE && !may_show_url_parameters)
}

/// Returns the log filter, and a warning if `RUST_LOG` is invalid.
pub(super) fn build_filter(options: &UiOptions) -> (EnvFilter, Option<String>) {
    let requested = options.rust_log.as_deref().map(EnvFilter::try_new);
    let warning = match requested {
        Some(Ok(filter)) => return (filter, None),
        Some(Err(_)) => Some("RUST_LOG is not a valid log filter and was ignored".to_owned()),
        None => None,
    };
    let directives = match (options.quiet, options.verbosity) {
        (true, _) => format!("error,{SILENCED_TARGETS}"),
        (false, 0) => format!("warn,{SILENCED_TARGETS}"),
        (false, 1) => format!("warn,malsync=info,{SILENCED_TARGETS}"),
        (false, 2) => format!("warn,malsync=debug,{SILENCED_TARGETS}"),
        (false, _) => format!("warn,malsync=trace,{SILENCED_TARGETS}"),
    };
    (EnvFilter::new(directives), warning)
}

/// Formats an event as `LEVEL message key=value`, followed by the fields of its spans. The stamp comes first.
struct OneLineFormat {
    stderr: Arc<StderrStream>,
    stamp: LineStamp,
    color: bool,
}

impl<S, N> FormatEvent<S, N> for OneLineFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let level = *event.metadata().level();
        let stamp = self.stamp.prefix(level);
        let mut text = EventText::default();
        event.record(&mut text);
        let mut message = format!("{}{}", text.message, text.fields);
        // The span fields say which user the event is about.
        let spans = context.event_scope().into_iter().flatten();
        for span in spans.filter(|span| span.metadata().target().starts_with("malsync")) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                write!(message, " {}", fields.fields)?;
            }
        }
        let label_width = stamp.len() + level.as_str().len() + 1;
        let message = self.stderr.wrap_message(message.trim_start(), label_width);
        let level = match level_color(level).filter(|_| self.color) {
            Some(color) => format!("\x1b[{color}m{level}\x1b[0m"),
            None => level.to_string(),
        };
        writeln!(writer, "{stamp}{level} {message}")
    }
}

const fn level_color(level: Level) -> Option<&'static str> {
    match level {
        Level::ERROR => Some("31"),
        Level::WARN => Some("33"),
        _ => None,
    }
}

/// Message and fields of an event, each preceded by a space.
#[derive(Default)]
struct EventText {
    message: String,
    fields: String,
}

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a String does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, " {value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = match field.name() {
            "message" => write!(self.message, " {value}"),
            name => write!(self.fields, " {name}={value}"),
        };
    }
}

/// Writes events to stderr. Each event arrives in one piece.
struct LogWriter(Arc<StderrStream>);

impl io::Write for &LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, is_loggable};

    #[test]
    fn library_trace_events_are_never_loggable() {
        for target in ["hyper::proto::h1::io", "h2::codec", "reqwest::connect", "sqlx::query", "zbus", "malsyncs::x"] {
            assert!(!is_loggable(target, Level::TRACE), "{target}");
            assert!(is_loggable(target, Level::DEBUG), "{target}");
        }
        for target in ["malsync", "malsync::auth::token_manager"] {
            assert!(is_loggable(target, Level::TRACE), "{target}");
        }
    }
}
