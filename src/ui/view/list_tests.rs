//! Tests of the output of `list`: documented fields, CSV, and a table that fits the terminal.

use chrono::DateTime;
use insta::assert_snapshot;
use rust_decimal::Decimal;

use super::*;
use crate::{
    domain::{
        anime::{Anime, Broadcast, IdName, Season},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_entry::ListEntry,
        merge_base::MergeBase,
    },
    exchange::{SelectedColumns, encode_csv},
    json_line::to_json_line,
    ui::display_width,
};

fn example_item() -> ListEntry {
    let named = |id, name: &str| IdName { id, name: name.into() };
    let base = MergeBase::from(
        serde_json::json!({"status": "completed", "score": 10, "num_episodes_watched": 26, "start_date": "2019-04",
        "finish_date": "2019", "comments": "=see\nyou", "tags": ["space"]}),
    );
    ListEntry {
        anime: Anime {
            mal_id: 1,
            title: "Cowboy Bebop".into(),
            title_japanese: Some("カウボーイビバップ".into()),
            synonyms: vec!["Bebop".into()],
            episodes: Some(26),
            mean: Some(Decimal::new(875, 2)),
            rank: Some(48),
            popularity: Some(43),
            status: Some("finished_airing".into()),
            media_type: Some("tv".into()),
            genres: vec![named(1, "Action"), named(24, "Sci-Fi")],
            studios: vec![named(14, "Sunrise")],
            start_season: Some(Season { year: 1998, season: "spring".into() }),
            source: Some("original".into()),
            rating: Some("r".into()),
            average_episode_duration: Some(1440),
            broadcast: Some(Broadcast { day: "saturday".into(), time: Some("01:00".into()) }),
            num_list_users: Some(1_900_000),
            num_scoring_users: Some(1_000_000),
            nsfw: Some("white".into()),
            aired_from: "1998-04-03".parse().ok(),
            aired_to: "1999-04".parse().ok(),
            image_url: Some("https://example.org/1l.jpg".into()),
            ..Anime::default()
        },
        stored: StoredEntry {
            id: 7,
            mal_id: 1,
            values: EntryValues { tags: vec!["space".into(), "jazz".into()], ..base.parse_values().unwrap() },
            base: Some(base),
            mal_updated_at: "2026-01-01T00:00:00Z".parse().ok(),
            pinned: vec![Field::Score],
            ..StoredEntry::default()
        },
        updated_at: "2026-11-22T19:00:00Z".parse().ok(),
    }
}

/// Returns the row of an entry whose tags were edited.
fn edited_row(entry: &ListEntry) -> ListRow<'_> {
    ListRow { entry, edited_fields: Some(vec![Field::Tags]) }
}

/// Returns the row of an entry that was never on MAL.
const fn local_row(entry: &ListEntry) -> ListRow<'_> {
    ListRow { entry, edited_fields: None }
}

fn json_line(row: &ListRow<'_>) -> String {
    to_json_line(&SelectedColumns::new(row, OutputColumn::all()))
}

#[test]
fn an_entry_object_has_the_documented_fields_in_their_order() {
    assert_snapshot!(json_line(&edited_row(&example_item())), @r#"{"mal_id":1,"title":"Cowboy Bebop","title_english":null,"status":"completed","score":10,"episodes_watched":26,"episodes":26,"start_date":"2019-04","finish_date":"2019","notes":"=see\nyou","is_rewatching":false,"times_rewatched":0,"priority":0,"tags":["space","jazz"],"rewatch_episodes":null,"mean":8.75,"rank":48,"popularity":43,"airing_status":"finished_airing","media_type":"tv","removed":false,"updated_at":"2026-11-22T19:00:00Z","title_japanese":"カウボーイビバップ","synonyms":["Bebop"],"genres":["Action","Sci-Fi"],"studios":["Sunrise"],"season_year":1998,"season":"spring","source":"original","rating":"r","average_episode_duration":1440,"num_list_users":1900000,"num_scoring_users":1000000,"broadcast":"saturday 01:00","nsfw":"white","aired_from":"1998-04-03","aired_to":"1999-04","image_url":"https://example.org/1l.jpg","rewatch_value":0,"mal_updated_at":"2026-01-01T00:00:00Z","removed_at":null,"edited":["tags"],"pinned":["score"],"on_mal":true}"#);
    let bare =
        ListEntry { anime: Anime { mal_id: 5, ..Anime::default() }, stored: StoredEntry::default(), updated_at: None };
    let object: serde_json::Map<_, _> = serde_json::from_str(&json_line(&local_row(&bare))).unwrap();
    assert!(
        object.keys().eq(OutputColumn::all().iter().map(OutputColumn::name)),
        "a missing value is null, not omitted"
    );
    assert_eq!(
        (&object["edited"], &object["on_mal"]),
        (&serde_json::json!([]), &serde_json::json!(false)),
        "the entry was never on MAL"
    );
}

#[test]
fn object_of_selected_columns_keeps_their_order() {
    let columns: Vec<_> = ["score", "mal-id"].into_iter().filter_map(OutputColumn::from_name).collect();
    assert_eq!(
        to_json_line(&SelectedColumns::new(&edited_row(&example_item()), &columns)),
        "{\"score\":10,\"mal_id\":1}\n"
    );
}

#[test]
fn mean_keeps_its_exact_decimals() {
    for (mean, text) in [("8.5", "8.5"), ("8.50", "8.5"), ("10.00", "10.0"), ("9.07", "9.07"), ("0.01", "0.01")] {
        let item = ListEntry { anime: Anime { mean: mean.parse().ok(), ..example_item().anime }, ..example_item() };
        assert!(json_line(&edited_row(&item)).contains(&format!(r#""mean":{text},"#)), "{mean}");
    }
}

#[test]
fn csv_has_a_header_and_one_row_per_entry() {
    assert_snapshot!(String::from_utf8(encode_csv(&[edited_row(&example_item())], OutputColumn::all())).unwrap().replace('\r', "␍"), @r#"
    mal_id,title,title_english,status,score,episodes_watched,episodes,start_date,finish_date,notes,is_rewatching,times_rewatched,priority,tags,rewatch_episodes,mean,rank,popularity,airing_status,media_type,removed,updated_at,title_japanese,synonyms,genres,studios,season_year,season,source,rating,average_episode_duration,num_list_users,num_scoring_users,broadcast,nsfw,aired_from,aired_to,image_url,rewatch_value,mal_updated_at,removed_at,edited,pinned,on_mal␍
    1,"Cowboy Bebop",,"completed",10,26,26,"2019-04","2019","'=see
    you",false,0,0,"space,jazz",,8.75,48,43,"finished_airing","tv",false,"2026-11-22T19:00:00Z","カウボーイビバップ","Bebop","Action,Sci-Fi","Sunrise",1998,"spring","original","r",1440,1900000,1000000,"saturday 01:00","white","1998-04-03","1999-04","https://example.org/1l.jpg",0,"2026-01-01T00:00:00Z",,"tags","score",true␍
    "#);
}

#[test]
fn selected_columns_are_headed_by_their_names() {
    let columns: Vec<_> = ["title", "genres", "mean", "removed", "pinned", "notes"]
        .into_iter()
        .filter_map(OutputColumn::from_name)
        .collect();
    let bare = ListEntry { anime: Anime { title: "Bare".into(), ..Anime::default() }, ..example_item() };
    assert_snapshot!(columns_to_table(&[edited_row(&example_item()), edited_row(&bare)], &columns).render(Some(80)), @"
    title         genres          mean  removed  pinned  notes
    Cowboy Bebop  Action, Sci-Fi  8.75  no       score   =see␊you
    Bare          -                  -  no       score   =see␊you
    ");
}

#[test]
fn list_table_fits_the_terminal_and_marks_local_entries() {
    let long_title = ListEntry {
        anime: Anime {
            title: "Kono Subarashii Sekai ni Shukufuku wo! 2: Kono Subarashii Geijutsu ni Shukufuku wo!".into(),
            episodes: None,
            mean: None,
            ..example_item().anime
        },
        stored: StoredEntry {
            mal_id: 1,
            values: EntryValues { status: "plan_to_watch".into(), ..EntryValues::default() },
            removed_at: Some(DateTime::UNIX_EPOCH),
            ..StoredEntry::default()
        },
        ..example_item()
    };
    let text = to_table(&[edited_row(&example_item()), local_row(&long_title)]).render(Some(80));
    assert_snapshot!(text, @r"
    id  title                              status         score  watched  local
     1  Cowboy Bebop                       completed         10    26/26  edit+pin
     1  Kono Subarashii Sekai ni Shukufu…  plan to watch      -        -  local only
    ");
    assert!(text.lines().all(|line| display_width(line) <= 80));
    let mal_values = example_item().stored.base.as_ref().and_then(MergeBase::parse_values).unwrap();
    let unmarked = ListEntry {
        stored: StoredEntry { values: mal_values, pinned: Vec::new(), ..example_item().stored },
        ..example_item()
    };
    let unmarked = ListRow { entry: &unmarked, edited_fields: Some(Vec::new()) };
    assert_eq!(local_mark(&unmarked), "");
    assert!(
        !to_table(&[unmarked]).render(None).contains("local"),
        "the column appears only if an entry has a local mark"
    );
}

#[test]
fn counts_say_what_they_count() {
    assert_eq!(count_text(12, 12, Some(1_297)), "12 of 1,297 entries");
    assert_eq!((count_text(1, 1, Some(1)), count_text(2, 2, None)), ("1 entry".to_owned(), "2 entries".to_owned()));
    assert_eq!(count_text(3, 12, Some(1_297)), "first 3 of 12 entries (1,297 in the list)");
    assert_eq!(count_text(3, 1_297, Some(1_297)), "first 3 of 1,297 entries");
    assert_eq!(count_text(3, 12, None), "first 3 of 12 entries");
}
