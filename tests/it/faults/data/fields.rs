//! Numbers, dates, times and words that MAL should not send: which are rejected, corrected or kept.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use super::{
    FIRST_ODD_ID, assert_all_rejected, assert_all_stored, env_with_entries, env_with_odd_values, list_odd_entries,
    odd_entry_text,
};
use crate::support::test_env::DatabaseKind;

#[on_both]
fn f_d03_entry_without_title_is_rejected(kind: DatabaseKind) {
    let texts = ["", "null", r#""""#, r#""  \t""#, "7", "[]", r#"{"en":"x"}"#, "true"];
    assert_all_rejected(&env_with_odd_values(kind, "/node/title", &texts), 8, "title");
}

#[on_both]
fn f_d05_invalid_id_is_rejected(kind: DatabaseKind) {
    let texts = [
        "",
        "null",
        "0",
        "-1",
        r#""five""#,
        "1.5",
        "[5]",
        "2147483648",
        "9300000000000000000",
        "12345678901234567890123456",
    ];
    let env = env_with_odd_values(kind, "/node/id", &texts);
    assert_all_rejected(&env, 10, "id");
}

#[on_both]
fn f_d06_progress_out_of_range_is_rejected_and_beyond_episodes_stored(kind: DatabaseKind) {
    let texts = ["-1", "4294967296", "2147483648", "1.5", r#""three""#, "[]"];
    assert_all_rejected(
        &env_with_odd_values(kind, "/list_status/num_episodes_watched", &texts),
        6,
        "num_episodes_watched",
    );
    let env = env_with_odd_values(kind, "/list_status/num_episodes_watched", &["null", "", r#""13""#, "2147483647.0"]);
    assert_all_stored(&env, 4);
    let watched: Vec<_> = list_odd_entries(&env).iter().map(|entry| entry["episodes_watched"].clone()).collect();
    assert_eq!(watched, [json!(0), json!(0), json!(13), json!(2_147_483_647)], "also beyond the 12 episodes");
}

#[on_both]
fn f_d07_score_outside_0_to_10_is_rejected(kind: DatabaseKind) {
    assert_all_rejected(
        &env_with_odd_values(kind, "/list_status/score", &["11", "-1", "7.5", r#""8.5""#, "true"]),
        5,
        "score",
    );
}

#[on_both]
fn f_d08_partial_date_is_stored_with_precision_and_impossible_one_as_none(kind: DatabaseKind) {
    let table = [
        (r#""2017""#, Some(("2017", "2017-01-01 year"))),
        (r#""2017-10""#, Some(("2017-10", "2017-10-01 month"))),
        (r#""2024-02-29""#, Some(("2024-02-29", "2024-02-29 day"))),
        (r#""2017-10-00""#, None),
        (r#""0000-00-00""#, None),
        (r#""2023-02-30""#, None),
        (r#""2024-1-5""#, None),
        (r#""2017-10-03T00:00:00+09:00""#, None),
        (r#""10000-01-01""#, None),
        (r#""""#, None),
        ("null", None),
        ("", None),
    ];
    let texts = table.map(|(text, _)| text);
    let env = env_with_odd_values(kind, "/list_status/finish_date", &texts);
    let stderr = assert_all_stored(&env, 12).stderr;
    assert_eq!(stderr.matches("finish_date").count(), 6, "one warning for each impossible date: {stderr}");
    let shown: Vec<_> = list_odd_entries(&env).iter().map(|entry| entry["finish_date"].clone()).collect();
    assert_eq!(shown, table.map(|(_, date)| date.map_or(Value::Null, |(shown, _)| json!(shown))));
    let columns = env.query_column(&format!(
        "SELECT CAST(finish_date AS TEXT) || ' ' || finish_date_precision FROM user_anime_lists l \
         JOIN anime a ON a.id = l.anime_id WHERE mal_id >= {FIRST_ODD_ID} ORDER BY mal_id"
    ));
    assert_eq!(columns, table.map(|(_, date)| date.map(|(_, column)| column.to_owned())));
    let env = env_with_odd_values(kind, "/node/start_date", &texts);
    assert_all_stored(&env, 12);
    let columns = env.query_column(&format!(
        "SELECT CAST(aired_from AS TEXT) || ' ' || aired_from_precision FROM anime WHERE mal_id >= {FIRST_ODD_ID} ORDER BY mal_id"
    ));
    assert_eq!(columns, table.map(|(_, date)| date.map(|(_, column)| column.to_owned())));
}

/// The fault catalogue (F-D09) asks to reset a time in the future, so that it does not win forever. No merge rule uses MAL's times,
/// and the watermark ignores such a time, so it is stored as sent.
#[on_both]
fn f_d09_implausible_time_moves_no_watermark_and_wins_no_merge(kind: DatabaseKind) {
    let soon = mal_time_in_days(2);
    let texts = [
        "",
        r#""2021-03-15T09:00:58""#,
        r#""2021-03-15T18:00:58+09:00""#,
        r#""9999-12-31T23:59:59Z""#,
        r#""1969-12-31T23:59:59Z""#,
        r#""2016-12-31T23:59:60Z""#,
        r#""yesterday""#,
        &format!("\"{soon}\""),
    ];
    let env = env_with_odd_values(kind, "/list_status/updated_at", &texts);
    let stderr = assert_all_stored(&env, 8).stderr;
    assert_eq!(
        stderr.matches("updated_at").count(),
        3,
        "one warning each for a missing zone, a leap second and an invalid time: {stderr}"
    );
    let stored_times = env.query_column(&format!(
        "SELECT substr(CAST(mal_updated_at AS TEXT), 1, 19) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
         WHERE mal_id >= {FIRST_ODD_ID} ORDER BY mal_id"
    ));
    let owned = |text: &str| Some(text.to_owned());
    let soon = soon.replace('T', " ");
    let expected = [
        None,
        None,
        owned("2021-03-15 09:00:58"),
        owned("9999-12-31 23:59:59"),
        owned("1969-12-31 23:59:59"),
        None,
        None,
        owned(&soon[..19]),
    ];
    assert_eq!(stored_times, expected);
    let watermark = env.query_value("SELECT CAST(mal_list_watermark AS TEXT) FROM users").unwrap();
    assert!(watermark < soon, "{watermark}");
    let earlier = odd_entry_text(FIRST_ODD_ID + 7, "/list_status/score", "9");
    env.sim.control().put_entry_text("alice", FIRST_ODD_ID + 7, &earlier).unwrap();
    assert_eq!(env.sync(&["--force-full"])["user_lists_updated"], 1, "a time in the future must not win");
    env.sim.control().edit_entries("alice", 1).unwrap();
    let incremental = env.sync(&[]);
    assert_eq!(
        (&incremental["mode"], &incremental["user_lists_updated"]),
        (&json!("incremental"), &json!(1)),
        "{incremental}"
    );
}

/// Returns the time in this many days, in MAL's format. Uses the `date` program.
fn mal_time_in_days(days: u32) -> String {
    let date = std::process::Command::new("date")
        .args(["--utc", &format!("--date={days} days"), "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .unwrap();
    String::from_utf8(date.stdout).unwrap().trim().to_owned()
}

#[on_both]
fn f_d10_unknown_list_status_is_rejected_and_other_new_values_kept(kind: DatabaseKind) {
    let texts = [r#""rewatching""#, r#""rewatching_soon""#, r#""WATCHING""#, "null", "", "1"];
    assert_all_rejected(&env_with_odd_values(kind, "/list_status/status", &texts), 6, "status");
    let entries = [
        odd_entry_text(FIRST_ODD_ID, "/node/media_type", r#""hologram""#),
        odd_entry_text(FIRST_ODD_ID + 1, "/node/status", r#""paused_by_the_committee_for_a_while""#),
        odd_entry_text(FIRST_ODD_ID + 2, "/node/nsfw", r#""pink""#),
        odd_entry_text(FIRST_ODD_ID + 3, "/node/new_field", r#"{"deep":[1,{"er":null}]}"#),
        odd_entry_text(FIRST_ODD_ID + 4, "/list_status/new_field", r#"[1.5,"x"]"#),
        format!(r#"{{"node":{{"id":{},"title":"Bare"}},"list_status":{{"status":"dropped"}}}}"#, FIRST_ODD_ID + 5),
        format!(r#"{{"extra":1,{}"#, &super::good_entry(FIRST_ODD_ID + 6).to_string()[1..]),
    ];
    let env = env_with_entries(kind, &entries);
    let stderr = assert_all_stored(&env, 7).stderr;
    for word in ["hologram", "paused_by_the_committee", "pink"] {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
    let entries = list_odd_entries(&env);
    assert_eq!((&entries[0]["media_type"], &entries[5]["status"]), (&json!("hologram"), &json!("dropped")));
    assert_eq!(
        entries[1]["airing_status"], "paused_by_the_committee_for_a_while",
        "wider than the column of the baseline"
    );
    let raw = env.query_value(&format!(
        "SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE mal_id = {}",
        FIRST_ODD_ID + 4
    ));
    assert_eq!(serde_json::from_str::<Value>(&raw.unwrap()).unwrap()["new_field"], json!([1.5, "x"]));
}

/// Values of a wrong type, as PHP and other encoders write them.
#[on_both]
fn f_d22_optional_field_of_wrong_type_costs_only_itself(kind: DatabaseKind) {
    let shapes = [
        ("/node/alternative_titles", "[]"),
        ("/node/alternative_titles", r#"{"en":7}"#),
        ("/node/alternative_titles", r#"{"synonyms":{}}"#),
        ("/node/main_picture", "[]"),
        ("/node/main_picture", r#""https://example.org/1.jpg""#),
        ("/node/synopsis", "[]"),
        ("/node/synopsis", "false"),
        ("/node/num_episodes", "-1"),
        ("/node/num_episodes", "2147483648"),
        ("/node/num_episodes", r#""twelve""#),
        ("/node/mean", r#""N/A""#),
        ("/node/mean", "[]"),
        ("/node/rank", "1.5"),
        ("/node/popularity", "{}"),
        ("/node/start_date", "2019"),
        ("/node/end_date", "false"),
        ("/node/media_type", "1"),
        ("/node/genres", "{}"),
        ("/node/genres", r#"["Action"]"#),
        ("/node/studios", r#""Sunrise""#),
        ("/node/start_season", "[]"),
        ("/node/broadcast", r#""monday""#),
        ("/node/average_episode_duration", "-1"),
        ("/node/num_list_users", r#""1k""#),
        ("/node/created_at", "1438581791"),
        ("/list_status/is_rewatching", "[]"),
        ("/list_status/tags", r#""a,b""#),
        ("/list_status/comments", "{}"),
        ("/list_status/start_date", "2019"),
        ("/list_status/priority", r#""high""#),
        ("/list_status/num_times_rewatched", "-1"),
        ("/list_status/rewatch_value", "1.5"),
        ("/list_status/updated_at", "1615798858"),
    ];
    let entries: Vec<_> =
        (FIRST_ODD_ID..).zip(shapes).map(|(id, (place, text))| odd_entry_text(id, place, text)).collect();
    let env = env_with_entries(kind, &entries);
    let stderr = assert_all_stored(&env, shapes.len() as u64).stderr;
    let warning = format!("{} values from MyAnimeList could not be read and are ignored", shapes.len());
    assert_eq!((stderr.matches(&warning).count(), stderr.matches("WARN").count()), (1, 1), "{stderr}");
    let logged = env.run(&["sync", "--force-full", "--dry-run", "-v"]).expect_code(0).stderr;
    for (id, (place, _)) in (FIRST_ODD_ID..).zip(shapes) {
        let field = place.rsplit('/').next().unwrap();
        assert!(
            logged.lines().any(|line| line.contains(&format!("MAL ID {id}: ")) && line.contains(field)),
            "{id} {field}: {logged}"
        );
    }
    for entry in list_odd_entries(&env) {
        assert_eq!((&entry["status"], &entry["episodes_watched"]), (&json!("watching"), &json!(1)), "{entry}");
    }
}

#[on_both]
fn f_d22_numbers_in_strings_and_integral_floats_are_numbers(kind: DatabaseKind) {
    let shapes = [
        ("/node/id", format!("\"{FIRST_ODD_ID}\"")),
        ("/node/id", format!("{}.0", FIRST_ODD_ID + 1)),
        ("/list_status/score", r#""8""#.to_owned()),
        ("/list_status/score", "8.0".to_owned()),
        ("/list_status/num_episodes_watched", r#""3""#.to_owned()),
        ("/list_status/is_rewatching", "0".to_owned()),
        ("/list_status/is_rewatching", "1".to_owned()),
        ("/list_status/tags", r#""""#.to_owned()),
        ("/list_status/tags", "{}".to_owned()),
        ("/node/num_episodes", r#""24""#.to_owned()),
        ("/node/mean", r#""8.25""#.to_owned()),
    ];
    let entries: Vec<_> =
        (FIRST_ODD_ID..).zip(&shapes).map(|(id, (place, text))| odd_entry_text(id, place, text)).collect();
    let env = env_with_entries(kind, &entries);
    let stderr = assert_all_stored(&env, shapes.len() as u64).stderr;
    assert!(!stderr.contains("WARN"), "{stderr}");
    let stored = list_odd_entries(&env);
    let scores: Vec<_> = stored[2..4].iter().map(|entry| entry["score"].clone()).collect();
    assert_eq!((scores, &stored[4]["episodes_watched"]), (vec![json!(8), json!(8)], &json!(3)));
    assert_eq!((&stored[5]["is_rewatching"], &stored[6]["is_rewatching"]), (&json!(false), &json!(true)));
    assert_eq!((&stored[7]["tags"], &stored[8]["tags"]), (&json!([]), &json!([])));
    assert_eq!((&stored[9]["episodes"], &stored[10]["mean"]), (&json!(24), &json!(8.25)));
}
