//! Tests of the two output streams and what is printed to which.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use super::*;
use crate::exit::Exit;

/// A stream whose content tests can read.
#[derive(Clone, Default)]
struct RecordedStream(Arc<Mutex<Vec<u8>>>);

impl RecordedStream {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for RecordedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream whose writes fail.
struct FailingStream(io::ErrorKind);

impl Write for FailingStream {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn recorded_streams(out: &RecordedStream, err: &RecordedStream, terminal: bool) -> Streams {
    Streams {
        stdout: Box::new(out.clone()),
        stderr: Box::new(err.clone()),
        is_stdin_terminal: terminal,
        is_stdout_terminal: terminal,
        is_stderr_terminal: terminal,
        understands_escapes: true,
        supports_hyperlinks: false,
        stderr_file: None,
        terminal_width: None,
        terminal_height: Some(4),
    }
}

fn recorded_ui(options: UiOptions, terminal: bool) -> (Ui, RecordedStream, RecordedStream) {
    let (out, err) = (RecordedStream::default(), RecordedStream::default());
    (Ui::with_streams(options, recorded_streams(&out, &err, terminal)), out, err)
}

fn print_one_of_each(ui: &Ui) {
    ui.print("answer").unwrap();
    ui.print_note("note\x1b[2J");
    ui.print_warning("warning\nerror: forged");
    ui.print_failure(
        &Failure::from_text(Exit::Mal, "what\r\nhint: forged")
            .with_hint("do\tthis")
            .with_hint("or that")
            .with_script("BEGIN;\nCOMMIT;\x07"),
    );
}

#[test]
fn stdout_and_stderr_are_separate_and_no_text_forges_a_line() {
    let (ui, out, err) = recorded_ui(UiOptions::default(), false);
    print_one_of_each(&ui);
    assert_eq!(out.text(), "answer\n");
    let text = err.text();
    let (before, after) = text.split_once("Z warning: ").unwrap();
    let time = before.rsplit('\n').next().unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(&format!("{time}Z")).is_ok(), "{text}");
    assert_eq!(
        format!("{}warning: {after}", before.strip_suffix(time).unwrap()),
        "note␛[2J\nwarning: warning␊error: forged\nerror: what␍␊hint: forged\nhint: do␉this; or that\nBEGIN;\nCOMMIT;␇\n"
    );
}

#[test]
fn quiet_prints_only_results_and_errors() {
    let (ui, out, err) = recorded_ui(UiOptions { quiet: true, ..UiOptions::default() }, false);
    print_one_of_each(&ui);
    assert_eq!(out.text(), "answer\n");
    assert!(err.text().starts_with("error: what"), "{}", err.text());
}

#[test]
fn color_follows_terminal_and_options() {
    for (color, terminal, no_color, dumb_terminal, is_colored) in [
        (ColorMode::Auto, true, false, false, true),
        (ColorMode::Auto, false, false, false, false),
        (ColorMode::Auto, true, true, false, false),
        (ColorMode::Auto, true, false, true, false),
        (ColorMode::Always, false, true, true, true),
        (ColorMode::Never, true, false, false, false),
    ] {
        let options = UiOptions { color, no_color, dumb_terminal, ..UiOptions::default() };
        let (ui, _, err) = recorded_ui(options, terminal);
        ui.print_warning("x");
        let expected = if is_colored { "\x1b[1m\x1b[33mwarning: \x1b[0mx\n" } else { "warning: x\n" };
        let text = err.text();
        // Off a terminal the time comes first.
        let message = if terminal { text.as_str() } else { text.split_once("Z ").unwrap().1 };
        assert_eq!((message, ui.has_stdout_color()), (expected, is_colored));
    }
}

#[test]
fn closed_pipe_is_ignored_and_full_disk_is_an_error() {
    let ui_with_stdout_error = |kind| {
        let streams = Streams {
            stdout: Box::new(FailingStream(kind)),
            ..recorded_streams(&RecordedStream::default(), &RecordedStream::default(), false)
        };
        Ui::with_streams(UiOptions::default(), streams)
    };
    let closed = ui_with_stdout_error(io::ErrorKind::BrokenPipe);
    assert!(closed.print("x").is_ok() && closed.is_stdout_closed() && closed.print("y").is_ok());
    let failure = ui_with_stdout_error(io::ErrorKind::StorageFull).print("x").unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    assert!(failure.message().starts_with("cannot write to standard output: "));
}

#[test]
fn table_is_truncated_only_on_a_terminal() {
    let mut table = TextTable::new([TableColumn::title("title")]);
    table.add_row(["x".repeat(200)]);
    for (terminal, columns, expected) in [(true, None, 80), (true, Some(40), 40), (false, Some(40), 200)] {
        let (ui, out, _) = recorded_ui(UiOptions { columns, ..UiOptions::default() }, terminal);
        ui.print_table(&table).unwrap();
        assert_eq!(out.text().lines().map(display_width).max(), Some(expected));
    }
}

#[test]
fn progress_without_terminal_prints_a_line_every_ten_seconds() {
    let written = RecordedStream::default();
    let stderr = StderrStream::new(Box::new(written.clone()), false, LineStamp::None, None);
    let now = Arc::new(Mutex::new(0));
    let clock = Arc::clone(&now);
    let progress = ProgressReporter::lines_with_fake_clock(
        &stderr,
        None,
        Box::new(move || Duration::from_secs(*clock.lock().unwrap())),
    );
    let at = |second, stored| {
        *now.lock().unwrap() = second;
        progress.set_stored(stored);
    };
    at(9, 100);
    at(10, 200);
    progress.set_total(1_200);
    at(19, 250);
    at(20, 300);
    assert_eq!(written.text(), "Synced 200 entries\nSynced 300 of 1,200 entries\n");
}

#[test]
fn task_progress_lines_begin_with_the_task_name() {
    let written = RecordedStream::default();
    let stderr = StderrStream::new(Box::new(written.clone()), false, LineStamp::None, None);
    let progress =
        ProgressReporter::lines_with_fake_clock(&stderr, Some("Importing\n"), Box::new(|| Duration::from_secs(60)));
    progress.set_total(3_000);
    progress.set_stored(1_000);
    assert_eq!(written.text(), "Importing␊: 1,000 of 3,000 entries\n");
}

#[test]
fn log_event_is_one_escaped_line_filtered_by_verbosity() {
    let log = |options: UiOptions| {
        let written = RecordedStream::default();
        let stderr = StderrStream::new(Box::new(written.clone()), false, LineStamp::None, None);
        let (filter, _) = log::build_filter(&options);
        let stamp = if options.verbosity >= 2 { LineStamp::Time } else { LineStamp::None };
        tracing::subscriber::with_default(log::build_subscriber(filter, &stderr, stamp, false), || {
            tracing::warn!(title = "a\x1b[2J", "odd\nERROR forged");
            tracing::info!("Starting anime data sync for user {}", 1);
            tracing::debug!("Fetched 3 anime entries from MAL");
            tracing::info!(target: "hyper", "noise");
            tracing::error!(target: "rustls::conn", "noise");
            tracing::error!("bad");
        });
        written.text()
    };
    let verbose = |verbose| log(UiOptions { verbosity: verbose, ..UiOptions::default() });
    assert_eq!(verbose(0), "WARN odd␊ERROR forged title=a␛[2J\nERROR bad\n");
    assert!(verbose(1).contains("\nINFO Starting anime data sync for user 1\nERROR bad\n"));
    assert!(verbose(2).contains("Z DEBUG Fetched 3 anime entries from MAL\n") && !verbose(3).contains("noise"));
    assert_eq!(log(UiOptions { quiet: true, ..UiOptions::default() }), "ERROR bad\n");
    assert_eq!(log(UiOptions { rust_log: Some("hyper=info".into()), ..UiOptions::default() }), "INFO noise\n");
}

#[test]
fn invalid_rust_log_is_ignored_with_a_warning() {
    let (_, warning) = log::build_filter(&UiOptions { rust_log: Some("a=b=c=".into()), ..UiOptions::default() });
    assert!(warning.is_some());
}

#[test]
fn prose_is_wrapped_at_words_only_on_a_terminal_and_records_never() {
    let text = "conflicts  3 fields not sent (list them with: malsync changes --run 5 --conflicts)";
    let print_all = |terminal: bool| {
        let options = UiOptions { columns: Some(50), ..UiOptions::default() };
        let (ui, out, err) = recorded_ui(options, terminal);
        ui.print(text).unwrap();
        ui.print_verbatim(text).unwrap();
        ui.print_json(&text).unwrap();
        ui.print_question_line(text);
        (out.text(), err.text())
    };
    let unwrapped = format!("{text}\n\"{text}\"\n");
    assert_eq!(print_all(false), (format!("{text}\n{unwrapped}"), format!("{text}\n")));
    let wrapped = "conflicts  3 fields not sent (list them with:\n           malsync changes --run 5 --conflicts)\n";
    assert_eq!(print_all(true), (format!("{wrapped}{unwrapped}"), wrapped.to_owned()));
}

#[test]
fn log_line_is_wrapped_on_a_terminal() {
    let written = RecordedStream::default();
    let stderr = StderrStream::new(Box::new(written.clone()), false, LineStamp::None, Some(40));
    let (filter, _) = log::build_filter(&UiOptions::default());
    tracing::subscriber::with_default(log::build_subscriber(filter, &stderr, LineStamp::None, false), || {
        tracing::warn!(retry = 1, "MAL answered with a temporary error, and the request is repeated");
    });
    assert_eq!(
        written.text(),
        "WARN MAL answered with a temporary\n     error, and the request is repeated\n     retry=1\n"
    );
}
