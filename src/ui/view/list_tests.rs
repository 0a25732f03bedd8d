//! What entries look like: the documented fields, CSV, and a table that fits.

use chrono::DateTime;
use insta::assert_snapshot;
use rust_decimal::Decimal;

use super::*;
use crate::{
    domain::{
        anime::{Anime, Broadcast, Named, Season},
        base::Base,
        change::Field,
        entry::{Local, Values},
    },
    ui::{json::line, width},
};

fn item() -> ListItem {
    let named = |id, name: &str| Named { id, name: name.into() };
    let base = Base::from(
        serde_json::json!({"status": "completed", "score": 10, "num_episodes_watched": 26, "start_date": "2019-04",
        "finish_date": "2019", "comments": "=see\nyou", "tags": ["space"]}),
    );
    ListItem {
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
        entry: Local {
            id: 7,
            mal_id: 1,
            values: Values { tags: vec!["space".into(), "jazz".into()], ..base.values().unwrap() },
            base: Some(base),
            mal_updated_at: "2026-01-01T00:00:00Z".parse().ok(),
            pinned: vec![Field::Score],
            ..Local::default()
        },
        updated_at: "2026-11-22T19:00:00Z".parse().ok(),
    }
}

fn object(item: &ListItem) -> String {
    line(&super::json(item))
}

#[test]
fn an_entry_object_has_the_documented_fields_in_their_order() {
    assert_snapshot!(object(&item()), @r#"{"mal_id":1,"title":"Cowboy Bebop","title_english":null,"status":"completed","score":10,"episodes_watched":26,"episodes":26,"start_date":"2019-04","finish_date":"2019","notes":"=see\nyou","is_rewatching":false,"times_rewatched":0,"priority":0,"tags":["space","jazz"],"mean":8.75,"rank":48,"popularity":43,"airing_status":"finished_airing","media_type":"tv","removed":false,"updated_at":"2026-11-22T19:00:00Z","title_japanese":"カウボーイビバップ","synonyms":["Bebop"],"genres":["Action","Sci-Fi"],"studios":["Sunrise"],"season_year":1998,"season":"spring","source":"original","rating":"r","average_episode_duration":1440,"num_list_users":1900000,"num_scoring_users":1000000,"broadcast":"saturday 01:00","nsfw":"white","aired_from":"1998-04-03","aired_to":"1999-04","image_url":"https://example.org/1l.jpg","rewatch_value":0,"mal_updated_at":"2026-01-01T00:00:00Z","removed_at":null,"edited":["tags"],"pinned":["score"],"on_mal":true}"#);
    let bare = ListItem { anime: Anime { mal_id: 5, ..Anime::default() }, entry: Local::default(), updated_at: None };
    let object: serde_json::Map<_, _> = serde_json::from_str(&object(&bare)).unwrap();
    assert!(object.keys().eq(columns().iter().map(EntryColumn::name)), "an absent value is null, not left out");
    assert_eq!(
        (&object["edited"], &object["on_mal"]),
        (&serde_json::json!([]), &serde_json::json!(false)),
        "MAL never had it"
    );
}

#[test]
fn an_object_of_chosen_columns_has_those_in_that_order() {
    let columns: Vec<_> = ["score", "mal-id"].into_iter().filter_map(EntryColumn::named).collect();
    assert_eq!(line(&json_of(&item(), &columns)), "{\"score\":10,\"mal_id\":1}\n");
    assert!(EntryColumn::named("synopsis").is_none() && EntryColumn::named("Title").is_none());
}

#[test]
fn a_mean_has_exactly_its_decimals() {
    for (mean, text) in [("8.5", "8.5"), ("8.50", "8.5"), ("10.00", "10.0"), ("9.07", "9.07"), ("0.01", "0.01")] {
        let item = ListItem { anime: Anime { mean: mean.parse().ok(), ..item().anime }, ..item() };
        assert!(object(&item).contains(&format!(r#""mean":{text},"#)), "{mean}");
    }
}

#[test]
fn csv_has_a_header_and_a_row_an_entry() {
    assert_snapshot!(String::from_utf8(csv(&[item()])).unwrap().replace('\r', "␍"), @r#"
    mal_id,title,title_english,status,score,episodes_watched,episodes,start_date,finish_date,notes,is_rewatching,times_rewatched,priority,tags,mean,rank,popularity,airing_status,media_type,removed,updated_at,title_japanese,synonyms,genres,studios,season_year,season,source,rating,average_episode_duration,num_list_users,num_scoring_users,broadcast,nsfw,aired_from,aired_to,image_url,rewatch_value,mal_updated_at,removed_at,edited,pinned,on_mal␍
    1,Cowboy Bebop,,completed,10,26,26,2019-04,2019,"'=see
    you",false,0,0,"space,jazz",8.75,48,43,finished_airing,tv,false,2026-11-22T19:00:00Z,カウボーイビバップ,Bebop,"Action,Sci-Fi",Sunrise,1998,spring,original,r,1440,1900000,1000000,saturday 01:00,white,1998-04-03,1999-04,https://example.org/1l.jpg,0,2026-01-01T00:00:00Z,,tags,score,true␍
    "#);
}

#[test]
fn chosen_columns_are_headed_by_their_names() {
    let columns: Vec<_> =
        ["title", "genres", "mean", "removed", "pinned", "notes"].into_iter().filter_map(EntryColumn::named).collect();
    let bare = ListItem { anime: Anime { title: "Bare".into(), ..Anime::default() }, ..item() };
    assert_snapshot!(chosen(&[item(), bare], &columns).render(Some(80)), @"
    title         genres          mean  removed  pinned  notes
    Cowboy Bebop  Action, Sci-Fi  8.75  no       score   =see␊you
    Bare          -                  -  no       score   =see␊you
    ");
}

#[test]
fn a_list_fits_its_terminal_and_says_what_is_local() {
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
            removed_at: Some(DateTime::UNIX_EPOCH),
            ..Local::default()
        },
        ..item()
    };
    let text = table(&[item(), long]).render(Some(80));
    assert_snapshot!(text, @"
    id  title      status         score  watched  mean  finished  on MAL   local
     1  Cowboy B…  completed         10    26/26  8.75  2019      yes      edit+pin
     1  Kono Sub…  plan_to_watch      -        -     -  -         removed  only here
    ");
    assert!(text.lines().all(|line| width(line) <= 80));
    let same = item().entry.base.as_ref().and_then(Base::values).unwrap();
    let plain = ListItem { entry: Local { values: same, pinned: Vec::new(), ..item().entry }, ..item() };
    assert_eq!(own(&plain), "");
    assert!(!table(&[plain]).render(None).contains("local"), "only where there is something to say");
}
