//! What is written as CSV is read back, also after a spreadsheet saved it.

use proptest::prelude::*;

use super::write::encode_csv;
use crate::{
    control_chars::is_terminal_control,
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_entry::ListEntry,
        test_values::{any_values, every_field_set},
    },
    exchange::{
        ImportedList, OutputColumn,
        columns::ListRow,
        read_list,
        tests::{read_error, read_valid_list},
    },
};

fn list_entry(anime: Anime, values: EntryValues) -> ListEntry {
    let stored = StoredEntry { mal_id: anime.mal_id, values, ..StoredEntry::default() };
    ListEntry { anime, stored, updated_at: None }
}

fn write_all_columns(entry: &ListEntry) -> String {
    let written = encode_csv(&[ListRow { entry, edited_fields: None }], OutputColumn::all());
    String::from_utf8(written).unwrap()
}

fn read(text: &str) -> ImportedList {
    let list = read_valid_list(text);
    assert_eq!(list.errors, [], "{text}");
    list
}

/// Texts that CSV can represent: all without control characters, which the writer replaces with Unicode's control pictures.
fn any_csv_text() -> impl Strategy<Value = String> {
    let text = prop_oneof![any::<String>(), "[=+@'＝＠;\t\r\n\", a-]{0,20}"];
    text.prop_map(|text| text.replace(|c| is_terminal_control(c) && !matches!(c, '\t' | '\r' | '\n'), ""))
}

proptest! {
    #[test]
    fn exported_csv_reads_back_unchanged(
        title in any_csv_text().prop_filter("empty", |title| !title.trim().is_empty()),
        // A tag has no comma and no white space around it, because a cell cannot represent them.
        values in any_values(any_csv_text(), "[=+@'＝;a-][a-c\"';=+]{0,5}"),
    ) {
        let entry = list_entry(Anime { mal_id: 1, title, ..Anime::default() }, values);
        let list = read_list(write_all_columns(&entry).as_bytes()).unwrap();
        prop_assert_eq!(&list.errors, &[]);
        prop_assert_eq!(list.entries.len(), 1);
        prop_assert_eq!(&list.entries[0].values, &entry.stored.values);
        prop_assert_eq!(&list.entries[0].anime, &entry.anime);
        prop_assert_eq!(list.left_out, Default::default());
    }

    #[test]
    fn any_rows_are_read_without_panic(rows in "[\",;'=\r\n0-9a-z ]{0,80}") {
        let _ = read_list(format!("mal_id,status,score,notes\r\n{rows}").as_bytes());
    }
}

#[test]
fn every_field_and_the_anime_are_read() {
    let anime = Anime {
        mal_id: 1,
        title: "86".into(),
        title_english: Some("E".into()),
        title_japanese: Some("日".into()),
        episodes: Some(12),
        status: Some("finished_airing".into()),
        mean: "8.7".parse().ok(),
        rank: Some(3),
        aired_from: "1998-04".parse().ok(),
        image_url: Some("https://example.org/x.jpg".into()),
        media_type: Some("tv".into()),
        start_season: Some(Season { year: 1998, season: "spring".into() }),
        average_episode_duration: Some(1_440),
        broadcast: Some(Broadcast { day: "saturday".into(), time: Some("01:00".into()) }),
        synonyms: vec!["a, b".into()],
        genres: vec![IdName { id: 1, name: "Action".into() }],
        ..Anime::default()
    };
    let entry = list_entry(anime.clone(), every_field_set());
    let read = read(&write_all_columns(&entry)).entries.remove(0);
    let mut fields = read.fields.clone();
    fields.sort_unstable();
    assert_eq!((fields.as_slice(), &read.values), (&Field::SYNCED_FIELDS[..], &every_field_set()));
    // A cell does not tell where a synonym ends, and has no ids of genres.
    assert_eq!(read.anime, Anime { synonyms: Vec::new(), genres: Vec::new(), ..anime });
}

#[test]
fn columns_are_found_by_name_and_separators_by_the_header() {
    for text in [
        "mal_id,status,score,watched,finished\r\n5,watching,8,3,2019-04\r\n",
        "\u{feff}ID;Status;Score;Episodes Watched;Finish-Date\n5;Watching;8.0;3;2019-4\n;;;;\n",
        "finish_date\tnum_episodes_watched\tid\tstatus\tscore\n\"2019-04-0\"\t3\t5\t1\t8\n",
        "note to self,finished,mal_id,status,watched,score,mal_id\n-,2019-04,5,watching,3,8,7",
    ] {
        let list = read(text);
        assert_eq!(list.entries.len(), 1, "{text}");
        let entry = &list.entries[0];
        assert_eq!((entry.anime.mal_id, entry.anime.title.as_str()), (5, "MAL #5"), "{text}");
        let values = EntryValues {
            status: "watching".into(),
            score: Some(8),
            episodes_watched: Some(3),
            finish_date: "2019-04".parse().ok(),
            ..EntryValues::default()
        };
        assert_eq!(entry.values, values, "{text}");
        assert_eq!(entry.fields, [Field::Status, Field::Score, Field::EpisodesWatched, Field::FinishDate], "{text}");
    }
}

#[test]
fn unreadable_cell_is_left_out_and_counted() {
    let list = read("mal_id,status,score,start_date,priority,is_rewatching\n5,watching,85,14.04.2022,high,maybe\n");
    assert_eq!((list.left_out.values_unread, list.left_out.dates_unread), (2, 1));
    let entry = &list.entries[0];
    assert_eq!((entry.values.priority, &entry.fields[..]), (2, &[Field::Status, Field::Priority][..]));
}

#[test]
fn rows_with_other_cells_than_the_header_are_errors() {
    let list = read_valid_list("mal_id,title,status\n1,a,watching\n2,b\n3,c,watching,more\nx,d,dropped\n4,e,dropped\n");
    let messages: Vec<_> = list.errors.iter().map(|error| (error.mal_id, error.message.as_str())).collect();
    assert_eq!(list.entries.len(), 2);
    assert_eq!(
        messages,
        [
            (Some(2), "a row of 2 cells, and the header has 3"),
            (Some(3), "a row of 4 cells, and the header has 3"),
            (None, "no mal_id from 1 to 2147483647"),
        ]
    );
}

#[test]
fn truncated_csv_is_no_list() {
    let entry = list_entry(Anime { mal_id: 1, title: "a".into(), ..Anime::default() }, every_field_set());
    let text = write_all_columns(&entry);
    let header_end = text.find('\n').unwrap() + 1;
    let last_cell = text.rfind(',').unwrap();
    for end in header_end + 1..last_cell {
        assert_eq!(read_error(&text[..end]), "line 2: unexpected end of file", "{}", &text[..end]);
    }
}
