//! The two streams, and what goes to which.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use super::*;
use crate::{exit::Exit, sync::port::Progress};

/// A stream that can be looked at.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream that fails.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn streams(out: &Paper, err: &Paper, terminal: bool) -> Streams {
    Streams {
        out: Box::new(out.clone()),
        err: Box::new(err.clone()),
        in_terminal: terminal,
        out_terminal: terminal,
        err_terminal: terminal,
        width: None,
        height: Some(4),
    }
}

fn ui(options: Options, terminal: bool) -> (Ui, Paper, Paper) {
    let (out, err) = (Paper::default(), Paper::default());
    (Ui::over(options, streams(&out, &err, terminal)), out, err)
}

fn talk(ui: &Ui) {
    ui.out("answer").unwrap();
    ui.note("note\x1b[2J");
    ui.warning("warning\nerror: forged");
    ui.failure(
        &Failure::text(Exit::Mal, "what\r\nhint: forged")
            .hint("do\tthis")
            .hint("or that")
            .script("BEGIN;\nCOMMIT;\x07"),
    );
}

#[test]
fn the_answer_and_the_conversation_go_apart_and_no_text_forges_a_line() {
    let (ui, out, err) = ui(Options::default(), false);
    talk(&ui);
    assert_eq!(out.text(), "answer\n");
    assert_eq!(
        err.text(),
        "note␛[2J\nwarning: warning␊error: forged\nerror: what␍␊hint: forged\nhint: do␉this; or that\nBEGIN;\nCOMMIT;␇\n"
    );
}

#[test]
fn quiet_silences_all_but_answers_and_errors() {
    let (ui, out, err) = ui(Options { quiet: true, ..Options::default() }, false);
    talk(&ui);
    assert_eq!(out.text(), "answer\n");
    assert!(err.text().starts_with("error: what"), "{}", err.text());
}

#[test]
fn colour_is_for_terminals_that_can_unless_somebody_said_otherwise() {
    for (color, terminal, no_color, dumb, colored) in [
        (Color::Auto, true, false, false, true),
        (Color::Auto, false, false, false, false),
        (Color::Auto, true, true, false, false),
        (Color::Auto, true, false, true, false),
        (Color::Always, false, true, true, true),
        (Color::Never, true, false, false, false),
    ] {
        let options = Options { color, no_color, dumb_terminal: dumb, ..Options::default() };
        let (ui, _, err) = ui(options, terminal);
        ui.warning("x");
        let expected = if colored { "\x1b[1;33mwarning: \x1b[0mx\n" } else { "warning: x\n" };
        assert_eq!((err.text().as_str(), ui.colors_answers()), (expected, colored));
    }
}

#[test]
fn a_closed_pipe_ends_the_answer_quietly_and_a_full_disk_does_not() {
    let over = |kind| {
        let streams = Streams { out: Box::new(Broken(kind)), ..streams(&Paper::default(), &Paper::default(), false) };
        Ui::over(Options::default(), streams)
    };
    let closed = over(io::ErrorKind::BrokenPipe);
    assert!(closed.out("x").is_ok() && closed.is_closed() && closed.out("y").is_ok());
    let failure = over(io::ErrorKind::StorageFull).out("x").unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    assert!(failure.message().starts_with("standard output cannot be written: "));
}

#[test]
fn a_table_is_cut_on_a_terminal_alone() {
    let mut table = Table::new([Column::Text("title")]);
    table.row(["x".repeat(200)]);
    for (terminal, columns, expected) in [(true, None, 80), (true, Some(40), 40), (false, Some(40), 200)] {
        let (ui, out, _) = ui(Options { columns, ..Options::default() }, terminal);
        ui.table(&table).unwrap();
        assert_eq!(out.text().lines().map(width).max(), Some(expected));
    }
}

#[test]
fn off_a_terminal_progress_is_a_line_every_ten_seconds() {
    let paper = Paper::default();
    let conversation = Conversation::new(Box::new(paper.clone()), false);
    let now = Arc::new(Mutex::new(0));
    let clock = Arc::clone(&now);
    let bar = Bar::lines(&conversation, None, Box::new(move || Duration::from_secs(*clock.lock().unwrap())));
    let at = |second, stored| {
        *now.lock().unwrap() = second;
        bar.stored(stored);
    };
    at(9, 100);
    at(10, 200);
    bar.expect(1_200);
    at(19, 250);
    at(20, 300);
    assert_eq!(paper.text(), "synced 200 entries\nsynced 300 of 1,200 entries\n");
}

#[test]
fn lines_of_other_work_are_in_its_own_words() {
    let paper = Paper::default();
    let conversation = Conversation::new(Box::new(paper.clone()), false);
    let bar = Bar::lines(&conversation, Some("importing\n"), Box::new(|| Duration::from_secs(60)));
    bar.expect(3_000);
    bar.stored(1_000);
    assert_eq!(paper.text(), "importing␊: 1,000 of 3,000 entries\n");
}

#[test]
fn a_log_line_is_one_clean_line_at_the_asked_for_level() {
    let log = |options: Options| {
        let paper = Paper::default();
        let conversation = Conversation::new(Box::new(paper.clone()), false);
        let (filter, _) = log::filter(&options);
        tracing::subscriber::with_default(log::subscriber(filter, options.verbose, &conversation, false), || {
            tracing::warn!(title = "a\x1b[2J", "odd\nERROR forged");
            tracing::info!("Starting anime data sync for user {}", 1);
            tracing::debug!("Fetched 3 anime entries from MAL");
            tracing::info!(target: "hyper", "noise");
            tracing::error!("bad");
        });
        paper.text()
    };
    let verbose = |verbose| log(Options { verbose, ..Options::default() });
    assert_eq!(verbose(0), "WARN odd␊ERROR forged title=a␛[2J\nERROR bad\n");
    assert!(verbose(1).contains("\nINFO Starting anime data sync for user 1\nERROR bad\n"));
    assert!(verbose(2).contains("Z DEBUG Fetched 3 anime entries from MAL\n") && !verbose(3).contains("noise"));
    assert_eq!(log(Options { quiet: true, ..Options::default() }), "ERROR bad\n");
    assert_eq!(log(Options { rust_log: Some("hyper=info".into()), ..Options::default() }), "INFO noise\n");
}

#[test]
fn a_filter_that_cannot_be_read_is_said_and_ignored() {
    let (_, warning) = log::filter(&Options { rust_log: Some("a=b=c=".into()), ..Options::default() });
    assert!(warning.is_some());
}
