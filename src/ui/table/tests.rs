//! Tests of tables: alignment, widths, dropped columns and styles.

use insta::assert_snapshot;

use super::*;

fn example_table() -> TextTable {
    let mut table =
        TextTable::new([TableColumn::number("id"), TableColumn::title("title"), TableColumn::word("status")]);
    table.add_row(["1", "Cowboy Bebop", "completed"]);
    table.add_row(["16498", "進撃の巨人 Attack on Titan", "watching"]);
    table.add_row(["5", "a\x1b[2J\nb", ""]);
    table
}

#[test]
fn table_is_plain_and_right_aligns_numbers() {
    assert_snapshot!(example_table().render(None), @r#"
       id  title  status
        1  Cowboy Bebop  completed
    16498  進撃の巨人 Attack on Titan  watching
        5  a␛[2J␊b
    "#);
}

#[test]
fn long_note_off_a_terminal_makes_only_its_own_line_long() {
    let mut table =
        TextTable::new([TableColumn::word("field"), TableColumn::text("here"), TableColumn::text("on MAL")]);
    table.add_row(["notes", &"long ".repeat(2_000), "short"]);
    table.add_row(["status", "watching", "dropped"]);
    let text = table.render(None);
    let lengths: Vec<usize> = text.lines().map(str::len).collect();
    assert!(lengths[0] < 30 && lengths[1] > 10_000 && lengths[2] < 30, "{lengths:?}");
}

#[test]
fn table_fits_the_terminal_width() {
    let text = example_table().render(Some(36));
    assert_snapshot!(text, @r#"
       id  title               status
        1  Cowboy Bebop        completed
    16498  進撃の巨人 Attack…  watching
        5  a␛[2J␊b
    "#);
    assert!(text.lines().all(|line| display_width(line) <= 36));
}

#[test]
fn one_long_cell_does_not_narrow_other_columns() {
    let mut table =
        TextTable::new([TableColumn::title("title"), TableColumn::text("here"), TableColumn::number("score")]);
    for title in ["A title of some length", "Another one as long", "A third one, likewise", "And a fourth one"] {
        table.add_row([title, "short", "10"]);
    }
    table.add_row(["And the last one", &"long notes ".repeat(30), "7"]);
    assert_snapshot!(table.render(Some(40)), @r#"
    title                   here       score
    A title of some length  short         10
    Another one as long     short         10
    A third one, likewise   short         10
    And a fourth one        short         10
    And the last one        long not…      7
    "#);
}

#[test]
fn columns_stay_aligned_for_every_script() {
    let mut table = TextTable::new([TableColumn::title("title"), TableColumn::number("score")]);
    for title in
        ["Cowboy Bebop", "進撃の巨人", "ｶﾀｶﾅ", "שלום עולם", "مسلسل", "Pokémon", "Poke\u{301}mon", "한국어", "👨‍👩‍👧 x"]
    {
        table.add_row([title, "10"]);
    }
    for limit in [80, 14] {
        let text = table.render(Some(limit));
        let widths: Vec<usize> = text.lines().map(display_width).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}\n{text}");
        assert_eq!(text.matches('\u{200e}').count(), 2);
    }
    assert_eq!(table.render(None).matches('\u{200e}').count(), 0);
}

#[test]
fn ambiguous_width_characters_are_removed_only_on_a_terminal() {
    let family = "👨\u{200d}👩\u{200d}👧";
    let mut table = TextTable::new([TableColumn::title("title"), TableColumn::number("score")]);
    for (title, expected) in [
        ("❤\u{fe0f} love", "❤ love"),
        (family, "👨👩👧"),
        ("🏳\u{fe0f}\u{200d}🌈 flag", "🏳🌈 flag"),
        ("👍🏽", "👍"),
        ("🇯🇵 a", "🇯🇵 a"),
        ("مسلسل", "مسلسل"),
        ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
    ] {
        table.add_row([title, "10"]);
        let text = table.render(Some(80));
        assert!(text.lines().last().unwrap().starts_with(expected), "{text}");
        assert!(table.render(None).lines().last().unwrap().starts_with(title));
    }
    let ends: Vec<usize> = table.render(Some(80)).lines().map(display_width).collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

#[test]
fn one_column_terminal_still_renders_every_row() {
    assert_eq!(example_table().render(Some(1)).lines().count(), 4);
    assert_eq!(TextTable::new([TableColumn::text("a")]).render(Some(1)), "a\n");
}

/// A table like that of `list`.
fn list_table() -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("id").droppable(1),
        TableColumn::title("title"),
        TableColumn::word("status"),
        TableColumn::number("score"),
        TableColumn::number("mean").droppable(3),
        TableColumn::word("finished").droppable(2),
    ]);
    let title = "Shoujo☆Kageki Revue Starlight Movie: Rondo Rondo Rondo";
    table.add_row(["41467", title, "plan to watch", "10", "8.12", "2026-11-22"]);
    table.add_row(["1", "Monster", "completed", "-", "8.88", "2025-01-02"]);
    table
}

#[test]
fn columns_are_dropped_by_rank_before_a_title_gets_less_than_thirty() {
    let rendered = |limit| list_table().render(Some(limit));
    assert_snapshot!(rendered(80), @r"
       id  title                              status         score  mean  finished
    41467  Shoujo☆Kageki Revue Starlight Mo…  plan to watch     10  8.12  2026-11-22
        1  Monster                            completed          -  8.88  2025-01-02
    ");
    assert_snapshot!(rendered(70), @r"
       id  title                                      status         score
    41467  Shoujo☆Kageki Revue Starlight Movie: Ron…  plan to watch     10
        1  Monster                                    completed          -
    ");
    assert_snapshot!(rendered(60), @r"
       id  title                            status         score
    41467  Shoujo☆Kageki Revue Starlight …  plan to watch     10
        1  Monster                          completed          -
    ");
    assert_snapshot!(rendered(40), @r"
    title               status         score
    Shoujo☆Kageki Rev…  plan to watch     10
    Monster             completed          -
    ");
    assert_eq!(list_table().dropped_headers(Some(60)), ["mean", "finished"]);
    assert_eq!(list_table().dropped_headers(None), [""; 0]);
    for limit in [60, 70, 80, 120] {
        let text = rendered(limit);
        assert!(text.lines().all(|line| display_width(line) <= limit), "{limit}:\n{text}");
        let shown = text.lines().nth(1).unwrap().chars().skip_while(|c| *c != 'S').take(30).collect::<String>();
        assert!(!shown.contains('…') || shown.ends_with('…'), "{shown}");
    }
}

#[test]
fn lines_span_the_table_and_do_not_widen_its_columns() {
    let mut table = TextTable::new([TableColumn::title("title"), TableColumn::number("score")]);
    table.add_line(TableCell::from("a heading that is rather long").styled(BOLD));
    table.add_row(["Monster", "9"]);
    table.add_line("");
    table.add_line("another");
    table.add_row(["進撃の巨人", "10"]);
    table.add_line("the end");
    assert_snapshot!(table.render(Some(20)), @r"
    title       score
    a heading that is
    rather long
    Monster         9

    another
    進撃の巨人     10
    the end
    ");
    assert_eq!(table.render(None).lines().nth(1), Some("a heading that is rather long"));
    assert!(table.has_header());
    let mut only_lines = TextTable::new([TableColumn::title("title")]);
    only_lines.add_line("nothing to list");
    assert_eq!((only_lines.render(Some(80)), only_lines.has_header()), ("nothing to list\n".to_owned(), false));
}

#[test]
fn preferred_column_stays_and_others_go() {
    let table = list_table().preferring(|header| header == "mean");
    assert_eq!(table.dropped_headers(Some(70)), ["finished"]);
    assert_eq!(table.dropped_headers(Some(60)), ["id", "finished"]);
    assert_eq!(table.dropped_headers(Some(40)), ["id", "status", "score", "finished"]);
    let by_score = list_table().preferring(|header| header == "score");
    assert_eq!(by_score.dropped_headers(Some(40)), ["id", "mean", "finished"], "nothing has to make room");
}

#[test]
fn wrapped_cell_continues_below_and_loses_nothing() {
    let mut table = TextTable::new([TableColumn::word("setting"), TableColumn::wrapped("value")]);
    table.add_row(["DATABASE_URL", "sqlite:///a/rather/long/path/list.db"]);
    table.add_row(["MAL_PAGE_SIZE", "100"]);
    assert_snapshot!(table.render(Some(32)), @r"
    setting        value
    DATABASE_URL   sqlite:///a/rathe
                   r/long/path/list.
                   db
    MAL_PAGE_SIZE  100
    ");
}

#[test]
fn styles_and_links_do_not_move_the_columns() {
    let style = TableStyle { limit: Some(40), colors: true, links: true };
    let mut table =
        TextTable::new([TableColumn::number("id"), TableColumn::title("title"), TableColumn::word("status")]);
    let title = |text: &str, mal_id| TableCell::from(text).linked_to_anime(mal_id);
    let status = |status: &str| TableCell::from(status).styled(style::status_style(status));
    table.add_row([TableCell::from("86").styled(style::DIM), title("86", 86), status("watching")]);
    table.add_row([TableCell::from("5"), title("進撃の巨人 a title that is too long", 5), status("dropped")]);
    table.add_row([TableCell::from("7"), title("שלום", 7), status("completed")]);
    let styled = table.render_styled(style);
    assert_eq!(style::strip_styles(&styled), table.render(Some(40)));
    for part in [
        "\u{1b}[1mtitle\u{1b}[0m",
        "\u{1b}[2m86\u{1b}[0m  \u{1b}]8;;https://myanimelist.net/anime/86\u{1b}\\86\u{1b}]8;;\u{1b}\\",
        "\u{1b}[32mwatching\u{1b}[0m",
        "\u{1b}[34mcompleted\u{1b}[0m",
    ] {
        assert!(styled.contains(part), "{part:?} in {styled:?}");
    }
    let unlimited = table.render_styled(TableStyle { limit: None, ..style });
    assert_eq!(style::strip_styles(&unlimited), table.render(None));
    assert!(unlimited.contains("\u{1b}[31mdropped\u{1b}[0m"), "{unlimited:?}");
    assert!(!table.render_styled(TableStyle { links: false, ..style }).contains("]8;;"));
}
