//! Entries: `list`.

use std::borrow::Cow;

use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::{NONE, or_none, utc};
use crate::{
    domain::list_item::ListItem,
    ui::{Column, Table, csv},
};

/// One entry's object.
#[derive(Clone, Debug, Serialize)]
pub struct ItemJson<'a> {
    mal_id: i32,
    title: &'a str,
    title_english: Option<&'a str>,
    status: &'a str,
    score: Option<i32>,
    episodes_watched: Option<i32>,
    episodes: Option<i32>,
    start_date: Option<String>,
    finish_date: Option<String>,
    notes: Option<&'a str>,
    is_rewatching: bool,
    times_rewatched: i32,
    priority: i32,
    tags: &'a [String],
    /// Two decimals at most, which a double tells apart.
    mean: Option<f64>,
    rank: Option<i32>,
    popularity: Option<i32>,
    airing_status: Option<&'a str>,
    media_type: Option<&'a str>,
    removed: bool,
    updated_at: Option<String>,
}

/// The entry as scripts read it.
#[must_use]
pub fn json(item: &ListItem) -> ItemJson<'_> {
    let values = &item.entry.values;
    ItemJson {
        mal_id: item.anime.mal_id,
        title: &item.anime.title,
        title_english: item.anime.title_english.as_deref(),
        status: &values.status,
        score: values.score,
        episodes_watched: values.episodes_watched,
        episodes: item.anime.episodes,
        start_date: values.start_date.map(|date| date.to_string()),
        finish_date: values.finish_date.map(|date| date.to_string()),
        notes: values.notes.as_deref(),
        is_rewatching: values.is_rewatching,
        times_rewatched: values.times_rewatched,
        priority: values.priority,
        tags: &values.tags,
        mean: item.anime.mean.and_then(|mean| mean.to_f64()),
        rank: item.anime.rank,
        popularity: item.anime.popularity,
        airing_status: item.anime.status.as_deref(),
        media_type: item.anime.media_type.as_deref(),
        removed: item.is_removed(),
        updated_at: item.updated_at.map(utc),
    }
}

const CSV_HEADER: [&str; 21] = [
    "mal_id",
    "title",
    "title_english",
    "status",
    "score",
    "episodes_watched",
    "episodes",
    "start_date",
    "finish_date",
    "notes",
    "is_rewatching",
    "times_rewatched",
    "priority",
    "tags",
    "mean",
    "rank",
    "popularity",
    "airing_status",
    "media_type",
    "removed",
    "updated_at",
];

/// The entries as CSV: the columns are the fields of the JSON; what is not there is empty, tags stand with commas between.
#[must_use]
pub fn csv(items: &[ListItem]) -> Vec<u8> {
    csv::rows(&CSV_HEADER, items.iter().map(csv_row))
}

fn csv_row(item: &ListItem) -> Vec<Cow<'_, str>> {
    fn text(text: Option<&str>) -> Cow<'_, str> {
        text.unwrap_or_default().into()
    }
    fn shown<'a>(value: Option<impl ToString>) -> Cow<'a, str> {
        value.map(|value| value.to_string()).unwrap_or_default().into()
    }
    let values = &item.entry.values;
    vec![
        shown(Some(item.anime.mal_id)),
        text(Some(&item.anime.title)),
        text(item.anime.title_english.as_deref()),
        text(Some(&values.status)),
        shown(values.score),
        shown(values.episodes_watched),
        shown(item.anime.episodes),
        shown(values.start_date),
        shown(values.finish_date),
        text(values.notes.as_deref()),
        shown(Some(values.is_rewatching)),
        shown(Some(values.times_rewatched)),
        shown(Some(values.priority)),
        values.tags.join(",").into(),
        shown(item.anime.mean),
        shown(item.anime.rank),
        shown(item.anime.popularity),
        text(item.anime.status.as_deref()),
        text(item.anime.media_type.as_deref()),
        shown(Some(item.is_removed())),
        shown(item.updated_at.map(utc)),
    ]
}

/// The entries as people read them.
#[must_use]
pub fn table(items: &[ListItem]) -> Table {
    let mut columns = vec![
        Column::Number("id"),
        Column::Text("title"),
        Column::Word("status"),
        Column::Number("score"),
        Column::Number("watched"),
        Column::Number("mean"),
        Column::Word("finished"),
    ];
    let removed = items.iter().any(|item| item.is_removed());
    columns.extend(removed.then_some(Column::Word("on MAL")));
    let mut table = Table::new(columns);
    for item in items {
        let values = &item.entry.values;
        let status = if values.is_rewatching { format!("{}, again", values.status) } else { values.status.clone() };
        let watched = match (values.episodes_watched, item.anime.episodes) {
            (None, None) => NONE.to_owned(),
            (watched, episodes) => {
                format!("{}/{}", or_none(watched), episodes.map_or_else(|| "?".into(), |n| n.to_string()))
            }
        };
        let mut row = vec![
            item.anime.mal_id.to_string(),
            item.anime.title.clone(),
            status,
            or_none(values.score),
            watched,
            or_none(item.anime.mean.map(|mean| format!("{mean:.2}"))),
            or_none(values.finish_date),
        ];
        row.extend(removed.then(|| if item.is_removed() { "removed" } else { "yes" }.to_owned()));
        table.row(row);
    }
    table
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        domain::{
            anime::Anime,
            entry::{Local, Values},
        },
        ui::json::line,
    };

    fn item() -> ListItem {
        ListItem {
            anime: Anime {
                mal_id: 1,
                title: "Cowboy Bebop".into(),
                episodes: Some(26),
                mean: Some(Decimal::new(875, 2)),
                rank: Some(48),
                popularity: Some(43),
                status: Some("finished_airing".into()),
                media_type: Some("tv".into()),
                ..Anime::default()
            },
            entry: Local {
                mal_id: 1,
                values: Values {
                    status: "completed".into(),
                    score: Some(10),
                    episodes_watched: Some(26),
                    start_date: "2019-04".parse().ok(),
                    finish_date: "2019".parse().ok(),
                    notes: Some("=see\nyou".into()),
                    tags: vec!["space".into(), "jazz".into()],
                    ..Values::default()
                },
                ..Local::default()
            },
            updated_at: "2026-11-22T19:00:00Z".parse().ok(),
        }
    }

    #[test]
    fn an_entry_object_has_the_documented_fields_in_their_order() {
        assert_snapshot!(line(&json(&item())), @r#"{"mal_id":1,"title":"Cowboy Bebop","title_english":null,"status":"completed","score":10,"episodes_watched":26,"episodes":26,"start_date":"2019-04","finish_date":"2019","notes":"=see\nyou","is_rewatching":false,"times_rewatched":0,"priority":0,"tags":["space","jazz"],"mean":8.75,"rank":48,"popularity":43,"airing_status":"finished_airing","media_type":"tv","removed":false,"updated_at":"2026-11-22T19:00:00Z"}"#);
        let object: serde_json::Map<_, _> = serde_json::from_str(&line(&json(&item()))).unwrap();
        assert!(object.keys().eq(CSV_HEADER), "CSV and JSON have the same fields");
    }

    #[test]
    fn a_mean_has_exactly_its_decimals() {
        for (mean, text) in [("8.5", "8.5"), ("8.50", "8.5"), ("10.00", "10.0"), ("9.07", "9.07"), ("0.01", "0.01")] {
            let item = ListItem { anime: Anime { mean: mean.parse().ok(), ..item().anime }, ..item() };
            assert!(line(&json(&item)).contains(&format!(r#""mean":{text},"#)), "{mean}");
        }
    }

    #[test]
    fn csv_has_a_header_and_a_row_an_entry() {
        assert_snapshot!(String::from_utf8(csv(&[item()])).unwrap().replace('\r', "␍"), @r#"
        mal_id,title,title_english,status,score,episodes_watched,episodes,start_date,finish_date,notes,is_rewatching,times_rewatched,priority,tags,mean,rank,popularity,airing_status,media_type,removed,updated_at␍
        1,Cowboy Bebop,,completed,10,26,26,2019-04,2019,"'=see
        you",false,0,0,"space,jazz",8.75,48,43,finished_airing,tv,false,2026-11-22T19:00:00Z␍
        "#);
    }

    #[test]
    fn a_list_fits_its_terminal() {
        let long = ListItem {
            anime: Anime {
                title: "Kono Subarashii Sekai ni Shukufuku wo! 2: Kono Subarashii Geijutsu ni Shukufuku wo!".into(),
                episodes: None,
                mean: None,
                ..item().anime
            },
            entry: Local {
                mal_id: 1,
                values: Values { status: "plan_to_watch".into(), ..Values::default() },
                removed_at: Some(chrono::DateTime::UNIX_EPOCH),
                ..Local::default()
            },
            ..item()
        };
        let text = table(&[item(), long]).render(Some(80));
        assert_snapshot!(text, @r#"
        id  title                 status         score  watched  mean  finished  on MAL
         1  Cowboy Bebop          completed         10    26/26  8.75  2019      yes
         1  Kono Subarashii Sek…  plan_to_watch      -        -     -  -         removed
        "#);
        assert!(text.lines().all(|line| crate::ui::width(line) <= 80));
    }
}
