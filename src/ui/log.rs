//! Logs: one clean line each on standard error, around the progress bar.
//!
//! Warnings by default, more with `-v` for malsync's own modules; libraries stay quiet unless `RUST_LOG` asks for them, and
//! then say no more than DEBUG: what they trace is what goes over their wires, tokens and passwords among it.

use std::{fmt::Write as _, io, sync::Arc};

use chrono::SecondsFormat;
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

use super::{UiOptions, streams::StderrStream, terminal_text::escape_controls};
use crate::clock::{Clock, SystemClock};

/// Libraries that would tell a user of malsync nothing: their failures come back as errors, and are told as such.
const SILENCED_TARGETS: &str = "sqlx=warn,sqlx::postgres::notice=off,hyper=off,hyper_util=off,reqwest=off,h2=off,rustls=off,\
                     rustls_platform_verifier=off,zbus=off,keyring=off,keyring_core=off";

/// Sends the logs to the conversation. Answers a warning where `RUST_LOG` could not be read.
pub(super) fn init(options: &UiOptions, conversation: &Arc<StderrStream>, color: bool) -> Option<String> {
    let (filter, warning) = build_filter(options);
    // Where a subscriber is set already (a second start in one process), that one stays.
    let _ = tracing::subscriber::set_global_default(build_subscriber(filter, options.verbosity, conversation, color));
    warning
}

pub(super) fn build_subscriber(
    filter: EnvFilter,
    verbose: u8,
    conversation: &Arc<StderrStream>,
    color: bool,
) -> impl Subscriber + Send + Sync + use<> {
    let format = OneLineFormat { has_time: verbose >= 2, color };
    let writer = LogWriter(Arc::clone(conversation));
    let printed = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    let printed = printed.event_format(format).finish();
    printed.with(filter_fn(|metadata| is_loggable(metadata.target(), *metadata.level())))
}

/// Whether anything of this kind may be printed, whatever `RUST_LOG` says.
fn is_loggable(target: &str, level: Level) -> bool {
    let ours = target == "malsync" || target.starts_with("malsync::");
    // Of a parameter in DATABASE_URL that it does not know it tells the value.
    let parses_urls = target.starts_with("sqlx_postgres::options");
    ours || (level < Level::TRACE && !parses_urls)
}

/// What is logged, and a warning where `RUST_LOG` is no filter.
pub(super) fn build_filter(options: &UiOptions) -> (EnvFilter, Option<String>) {
    let wanted = options.rust_log.as_deref().map(EnvFilter::try_new);
    let warning = match wanted {
        Some(Ok(filter)) => return (filter, None),
        Some(Err(_)) => Some("RUST_LOG is no log filter, and was ignored".to_owned()),
        None => None,
    };
    let directives = match (options.quiet, options.verbosity) {
        (true, _) => "error".to_owned(),
        (false, 0) => format!("warn,{SILENCED_TARGETS}"),
        (false, 1) => format!("warn,malsync=info,{SILENCED_TARGETS}"),
        (false, 2) => format!("warn,malsync=debug,{SILENCED_TARGETS}"),
        (false, _) => format!("warn,malsync=trace,{SILENCED_TARGETS}"),
    };
    (EnvFilter::new(directives), warning)
}

/// `LEVEL message key=value`, with the fields of the spans around it after that, and the time before it when much is logged.
struct OneLineFormat {
    has_time: bool,
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
        if self.has_time {
            write!(writer, "{} ", SystemClock.now().to_rfc3339_opts(SecondsFormat::Millis, true))?;
        }
        let level = *event.metadata().level();
        match level_color(level).filter(|_| self.color) {
            Some(color) => write!(writer, "\x1b[{color}m{level}\x1b[0m")?,
            None => write!(writer, "{level}")?,
        }
        let mut text = EventText::default();
        event.record(&mut text);
        write!(writer, "{}{}", escape_controls(&text.message), escape_controls(&text.fields))?;
        // Of whom it speaks, where several are at work.
        let spans = context.event_scope().into_iter().flatten();
        for span in spans.filter(|span| span.metadata().target().starts_with("malsync")) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                write!(writer, " {}", escape_controls(&fields.fields))?;
            }
        }
        writeln!(writer)
    }
}

const fn level_color(level: Level) -> Option<&'static str> {
    match level {
        Level::ERROR => Some("31"),
        Level::WARN => Some("33"),
        _ => None,
    }
}

/// An event's message and fields, each with a blank before it.
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

/// Writes each event, which comes in one piece, into the conversation.
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
        for target in ["malsync", "malsync::auth::session"] {
            assert!(is_loggable(target, Level::TRACE), "{target}");
        }
    }
}
