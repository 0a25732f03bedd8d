//! What commands read and write of lists and entries.

use malsync::{
    domain::{
        edit::{EditCommand, EditSummary, EditTarget},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_entry::ListEntry,
        merge_base::MergeBase,
        user::UserId,
    },
    store::{ChangeQuery, EditOwner, EditQuery, ListColumn, ListQuery},
    sync::{edit::plan_edit, port::SyncStore as _},
};
use malsync_test_macros::{on_both, on_sqlite};
use serde_json::{Value, json};

use super::{
    mal_wins_planner::{MalWinsPlanner, fetched_items, merge, remote_entry},
    test_database::TestDatabase,
};

#[on_both]
async fn list_row_has_every_field(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let sent = remote_entry(1, 5);
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([sent.clone()])).await;
    let rows = db.store.load_list(user, &ListQuery::default()).await.unwrap();
    let row = &rows[0];
    assert_eq!(row.anime, sent.anime);
    assert_eq!((&row.stored.values, row.is_removed()), (&sent.list_status.values, false));
    assert_eq!(row.stored.base.as_ref(), Some(&sent.list_status.base));
    assert!(row.updated_at.is_some());
}

#[on_both]
async fn removed_entries_are_listed_on_request(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=3).map(|id| remote_entry(id, 5)))).await;
    db.execute_sql("UPDATE user_anime_lists SET removed_at = '2026-01-01 00:00:00' WHERE id = 3").await;
    let ids = async |removed| -> Vec<i32> {
        db.store
            .load_list(user, &ListQuery { include_removed: removed })
            .await
            .unwrap()
            .iter()
            .map(|row| row.anime.mal_id)
            .collect()
    };
    assert_eq!(ids(false).await, [1, 2]);
    assert_eq!(ids(true).await, [1, 2, 3]);
}

#[on_both]
async fn partial_entries_equal_the_whole_list(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=4).map(|id| remote_entry(id, 5)))).await;
    db.execute_sql(
        "UPDATE anime SET title = 'a \"b\" \\ c', score = NULL, rank = NULL, episodes = NULL WHERE mal_id = 2",
    )
    .await;
    db.execute_sql("UPDATE user_anime_lists SET score = NULL, episodes_watched = NULL WHERE id = 2").await;
    db.execute_sql("UPDATE user_anime_lists SET removed_at = '2026-01-01 00:00:00' WHERE id = 3").await;
    if !db.is_postgres() {
        db.execute_sql(
            "UPDATE anime SET score = 'much', rank = 'first', episodes = 12.5, title = x'ff61' WHERE mal_id = 4",
        )
        .await;
        db.execute_sql("UPDATE user_anime_lists SET score = '7' WHERE id = 4").await;
    }
    let told = |items: Vec<ListEntry>| {
        let told = |item: ListEntry| {
            let (anime, entry) = (item.anime, item.stored);
            let counts = (anime.episodes, anime.mean, anime.rank, anime.popularity, anime.num_list_users);
            let values = (entry.values.status, entry.values.score, entry.values.episodes_watched, entry.removed_at);
            (anime.mal_id, anime.title, counts, values)
        };
        let mut told: Vec<_> = items.into_iter().map(told).collect();
        told.sort_unstable_by_key(|told| told.0);
        told
    };
    let all = [
        ListColumn::Title,
        ListColumn::Status,
        ListColumn::Score,
        ListColumn::EpisodesWatched,
        ListColumn::RemovedAt,
        ListColumn::Episodes,
        ListColumn::Mean,
        ListColumn::Rank,
        ListColumn::Popularity,
        ListColumn::ListUsers,
    ];
    for removed in [false, true] {
        let query = ListQuery { include_removed: removed };
        let whole = told(db.store.load_list(user, &query).await.unwrap());
        assert_eq!(told(db.store.load_partial_entries(user, &query, &all).await.unwrap().collect()), whole);
    }
    let (query, some) = (ListQuery::default(), [ListColumn::Rank, ListColumn::Title]);
    assert!(db.store.load_partial_entries(UserId(99), &query, &all).await.unwrap().next().is_none());
    let sketches = db.store.load_partial_entries(user, &query, &some).await.unwrap();
    let told: Vec<_> = sketches.map(|item| (!item.anime.title.is_empty(), item.stored.values.score)).collect();
    assert_eq!(told, [(true, None); 3], "columns that were not requested are absent");
}

#[on_both]
async fn edit_writes_named_fields_and_updated_at_only(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    db.execute_sql("UPDATE user_anime_lists SET updated_at = '2000-01-01 00:00:00'").await;
    let edit = async |change: fn(&EntryValues) -> EntryValues| {
        let decide = |_: &EditTarget<'_>, entry: Option<&StoredEntry>| {
            let before = entry?;
            Some(plan_edit(Some(before), StoredEntry { values: change(&before.values), ..before.clone() }))
        };
        let wanted = [EditTarget { mal_id: 1, anime: None }, EditTarget { mal_id: 99, anime: None }];
        db.store.apply_edits(EditOwner::User(user), EditCommand::Edit, &wanted, &decide, &()).await.unwrap()
    };
    let done = edit(EntryValues::clone).await;
    let [(Some(before), after)] = &done.entries[..] else { panic!("{done:?}") };
    assert_eq!((before, done.edit_id), (after, None));
    let stamp = "SELECT CAST(updated_at AS TEXT) FROM user_anime_lists";
    assert_eq!(db.read_rows(stamp).await, ["2000-01-01 00:00:00"]);
    assert!(db.store.load_edits(user, &EditQuery::default()).await.unwrap().is_empty());

    let done = edit(|values| EntryValues { score: None, notes: Some("x".into()), ..values.clone() }).await;
    let [(Some(before), after)] = &done.entries[..] else { panic!("{done:?}") };
    assert_eq!((before.values.score, after.values.score), (Some(5), None));
    assert_eq!(&db.store.find_entry(user, 1).await.unwrap().unwrap().0, after);
    assert_ne!(db.read_rows(stamp).await, ["2000-01-01 00:00:00"]);
    let edits = db.store.load_edits(user, &EditQuery { edit_id: done.edit_id, ..EditQuery::default() }).await.unwrap();
    let edits: Vec<_> = edits.iter().map(|edit| (edit.command.as_str(), edit.field.as_str(), &edit.kept)).collect();
    assert_eq!(edits, [("edit", "notes", &json!("x")), ("edit", "score", &Value::Null)]);
}

#[on_both]
async fn edit_keeps_unreadable_values_of_other_columns(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    let unreadable_date = if db.is_postgres() { "'0044-03-15 BC'" } else { "'sometime'" };
    let tags = r#"'["a", 5]', pinned = '["score", "a_field_to_come"]'"#;
    db.execute_sql(&format!("UPDATE user_anime_lists SET start_date = {unreadable_date}, tags = {tags}")).await;
    let row = "SELECT CAST(start_date AS TEXT), CAST(tags AS TEXT), CAST(pinned AS TEXT) FROM user_anime_lists";
    let before = db.read_rows(row).await;
    let decide = |_: &EditTarget<'_>, entry: Option<&StoredEntry>| {
        let before = entry?;
        let values = EntryValues { notes: Some("new".into()), ..before.values.clone() };
        Some(plan_edit(Some(before), StoredEntry { values, ..before.clone() }))
    };
    db.store
        .apply_edits(EditOwner::User(user), EditCommand::Edit, &[EditTarget { mal_id: 1, anime: None }], &decide, &())
        .await
        .unwrap();
    assert_eq!(db.read_rows(row).await, before);
    assert_eq!(db.read_rows("SELECT notes FROM user_anime_lists").await, ["new"]);
    let new_values = EntryValues { score: Some(9), ..db.store.find_entry(user, 1).await.unwrap().unwrap().0.values };
    let mut sent = remote_entry(1, 9);
    sent.list_status.values = new_values;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([sent])).await;
    assert_eq!(db.read_rows(row).await, before, "a batch keeps them too");
    assert_eq!(db.read_rows("SELECT CAST(score AS TEXT) FROM user_anime_lists").await, ["9"]);
}

#[on_both]
async fn edit_creates_missing_entries_and_anime(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let sent = remote_entry(7, 5);
    let new = StoredEntry {
        mal_id: 7,
        values: sent.list_status.values.clone(),
        pinned: vec![Field::Notes],
        ..StoredEntry::default()
    };
    let wanted = [EditTarget { mal_id: 7, anime: Some(&sent.anime) }];
    let decide =
        |_: &EditTarget<'_>, entry: Option<&StoredEntry>| entry.is_none().then(|| plan_edit(None, new.clone()));
    let first = db.store.apply_edits(EditOwner::User(user), EditCommand::Import, &wanted, &decide, &()).await.unwrap();
    let row = db.store.load_list(user, &ListQuery::default()).await.unwrap().remove(0);
    assert_eq!((&row.anime, &row.stored.values, &row.stored.base), (&sent.anime, &sent.list_status.values, &None));
    assert_eq!(row.stored.pinned, [Field::Notes]);
    let again = db.store.apply_edits(EditOwner::User(user), EditCommand::Import, &wanted, &decide, &()).await.unwrap();
    assert_eq!((first.entries.len(), again), (1, EditSummary { user: Some(user), ..EditSummary::default() }));
    assert_eq!(db.read_rows("SELECT CAST(count(*) AS TEXT) FROM list_edits").await, ["1"]);
}

#[on_both]
async fn edit_ids_are_never_reused(db: TestDatabase) {
    let edit = async |name: &str| {
        let user = db.create_user(name).await;
        let new = StoredEntry { mal_id: 7, values: remote_entry(7, 5).list_status.values, ..StoredEntry::default() };
        let sent = remote_entry(7, 5);
        let wanted = [EditTarget { mal_id: 7, anime: Some(&sent.anime) }];
        let decide = |_: &EditTarget<'_>, _: Option<&StoredEntry>| Some(plan_edit(None, new.clone()));
        let done =
            db.store.apply_edits(EditOwner::User(user), EditCommand::Import, &wanted, &decide, &()).await.unwrap();
        done.edit_id.unwrap()
    };
    let first = edit("ann").await;
    db.execute_sql("DELETE FROM users").await;
    assert!(edit("bob").await > first);
}

#[on_both]
async fn new_user_is_created_with_the_list_or_not_at_all(db: TestDatabase) {
    let wanted = [EditTarget { mal_id: 7, anime: None }];
    let decide = |_: &EditTarget<'_>, _: Option<&StoredEntry>| {
        Some(plan_edit(
            None,
            StoredEntry { mal_id: 7, values: remote_entry(7, 5).list_status.values, ..StoredEntry::default() },
        ))
    };
    let edit = async || db.store.apply_edits(EditOwner::Named("ann"), EditCommand::Import, &wanted, &decide, &()).await;
    assert!(edit().await.is_err(), "the anime is unknown");
    let users = "SELECT username FROM users";
    assert!(db.read_rows(users).await.is_empty());
    let other = db.create_user("bob").await;
    merge(&db.store, other, &MalWinsPlanner::default(), &fetched_items([remote_entry(7, 5)])).await;
    let user = edit().await.unwrap().user.unwrap();
    assert_eq!(db.store.load_list(user, &ListQuery::default()).await.unwrap().len(), 1);
    assert_eq!(db.read_rows(users).await.len(), 2);
}

#[on_both]
async fn entries_equal_to_their_base_need_no_reconcile(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let plain = |id| {
        let mut entry = remote_entry(id, 5);
        entry.list_status.values = EntryValues {
            status: "watching".into(),
            score: Some(5),
            episodes_watched: Some(0),
            ..EntryValues::default()
        };
        entry
    };
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=3).map(plain))).await;
    assert!(db.store.entries_differing_from_base(user).await.unwrap().is_empty());
    db.execute_sql("UPDATE user_anime_lists SET score = 9 WHERE id = 2").await;
    db.execute_sql("UPDATE user_anime_lists SET score = 9, removed_at = '2026-01-01 00:00:00' WHERE id = 3").await;
    assert_eq!(db.store.entries_differing_from_base(user).await.unwrap(), [2]);
}

/// Bases can then mostly be compared as text.
#[on_both]
async fn merge_base_is_stored_as_sent(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let mut sent = remote_entry(1, 5);
    sent.list_status.base = json!({"status": "watching", "score": 5, "num_episodes_watched": 3, "is_rewatching": false, "tags": ["b", "a"],
        "whole": [1e2, 5.0, 1e16, -3e17, 1.8e19, u64::MAX, i64::MIN], "real": [8.1, 0.1, -2.5e-7],
        "comments": "\"a\" \\ / \n\r\t\u{8}\u{c}\u{1}\u{7f}\u{2028}é😀", "new": {"zz": {}, "é": [], "a": null, "b": 8.25}})
    .into();
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([sent.clone()])).await;
    let stored = db.read_rows("SELECT CAST(mal_entry AS TEXT) FROM user_anime_lists").await;
    if db.is_postgres() {
        // PostgreSQL writes numbers below one in a million in another form with the same value.
        assert_eq!(stored[0].replace("-0.00000025", "-2.5e-7"), sent.list_status.base.raw_json().get());
    } else {
        assert_eq!(stored, [sent.list_status.base.raw_json().get()]);
    }
    sent.list_status.values.score = Some(6);
    sent.list_status.base =
        json!({"status": "watching", "score": 6, "large": [69e231, 1e300, 2375e43, 1.9e19], "small": 5e-324}).into();
    for quiet in [false, true] {
        let done = merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([sent.clone()])).await;
        assert_eq!(done.outcomes[0].is_noop(), quiet);
    }
}

#[on_both]
async fn entry_with_any_differing_column_needs_reconcile(db: TestDatabase) {
    let user = db.create_user("ann").await;
    let mut whole = remote_entry(1, 5);
    whole.list_status.base = json!({"status": "watching", "score": 5, "num_episodes_watched": 3, "start_date": "2019",
        "finish_date": "2020-02-29", "comments": "a &quot;note&quot;, &amp;amp; all\n", "is_rewatching": true, "num_times_rewatched": 2,
        "rewatch_value": 3, "priority": 1, "tags": ["one, two", "drei"]})
    .into();
    let mut bare = remote_entry(2, 5);
    bare.list_status.base =
        json!({"status": "watching", "score": 0, "num_episodes_watched": 0, "comments": "", "tags": []}).into();
    bare.list_status.values =
        EntryValues { status: "watching".into(), episodes_watched: Some(0), ..EntryValues::default() };
    whole.list_status.values.notes = Some("a \"note\", &amp; all\n".into());
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items([whole, bare])).await;
    assert!(db.store.entries_differing_from_base(user).await.unwrap().is_empty());
    let differs = |id: i32, set: &str| format!("UPDATE user_anime_lists SET {set} WHERE id = {id}");
    let whole = [
        ("status = 'dropped'", "status = 'watching'"),
        ("score = NULL", "score = 5"),
        ("rewatch_episodes = 4", "rewatch_episodes = 3"),
        ("rewatch_episodes = NULL", "rewatch_episodes = 3"),
        ("start_date = '2018-01-01'", "start_date = '2019-01-01'"),
        ("start_date_precision = 'month'", "start_date_precision = 'year'"),
        (
            "finish_date = NULL, finish_date_precision = NULL",
            "finish_date = '2020-02-29', finish_date_precision = 'day'",
        ),
        ("notes = NULL", "notes = 'a \"note\", &amp; all\n'"),
        ("notes = 'a &quot;note&quot;, &amp;amp; all\n'", "notes = 'a \"note\", &amp; all\n'"),
        ("notes = 'a \"note\", & all\n'", "notes = 'a \"note\", &amp; all\n'"),
        ("is_rewatching = FALSE", "is_rewatching = TRUE"),
        ("times_rewatched = 0", "times_rewatched = 2"),
        ("rewatch_value = 0", "rewatch_value = 3"),
        ("priority = 0", "priority = 1"),
        ("tags = '[]'", "tags = '[\"one, two\", \"drei\"]'"),
        ("mal_entry = '[]'", "mal_entry = mal_entry"),
    ];
    for (there, back) in whole {
        db.execute_sql(&differs(1, there)).await;
        assert_eq!(db.store.entries_differing_from_base(user).await.unwrap(), [1], "{there}");
        db.execute_sql(&differs(1, back)).await;
    }
    let bare = [
        ("score = 1", "score = NULL"),
        ("rewatch_episodes = 0", "rewatch_episodes = NULL"),
        ("episodes_watched = NULL", "episodes_watched = 0"),
        ("finish_date = '2020-02-29'", "finish_date = NULL"),
        ("notes = 'x'", "notes = NULL"),
        ("is_rewatching = TRUE", "is_rewatching = FALSE"),
        ("tags = '[\"x\"]'", "tags = '[]'"),
    ];
    for (there, back) in bare {
        db.execute_sql(&differs(2, there)).await;
        assert!(db.store.entries_differing_from_base(user).await.unwrap().contains(&2), "{there}");
        db.execute_sql(&differs(2, back)).await;
    }
    assert_eq!(db.store.entries_differing_from_base(user).await.unwrap(), [1], "the invalid base stays different");
}

#[on_both]
async fn changes_are_filtered_by_user_run_and_anime(db: TestDatabase) {
    let (ann, bob) = (db.create_user("ann").await, db.create_user("bob").await);
    merge(&db.store, ann, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5), remote_entry(2, 5)])).await;
    merge(&db.store, bob, &MalWinsPlanner::default(), &fetched_items([remote_entry(1, 5)])).await;
    let found = async |query: ChangeQuery| db.store.load_changes(&query).await.unwrap();
    let all = ChangeQuery::default();
    assert_eq!(found(all).await.len(), 3);
    assert_eq!(found(ChangeQuery { user: Some(ann), ..all }).await.len(), 2);
    assert_eq!(found(ChangeQuery { mal_id: Some(1), ..all }).await.len(), 2);
    assert_eq!(found(ChangeQuery { conflicts_only: true, ..all }).await.len(), 0);
    let newest = &found(ChangeQuery { limit: Some(1), ..all }).await[0];
    assert_eq!((newest.mal_id, newest.field.as_str(), newest.rule.as_str()), (1, "entry", "mal"));
    assert_eq!(newest.title.as_deref(), Some("Title 1 日本語 'quoted'"));
    assert_eq!(newest.kept, serde_json::json!("watching"));
}

/// A row of many columns is read as one JSON array. Values that JSON cannot hold must not break it.
#[on_sqlite]
async fn sqlite_values_of_wrong_type_do_not_spoil_rows(db: TestDatabase) {
    let user = db.create_user("ann").await;
    merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=2).map(|id| remote_entry(id, 5)))).await;
    db.execute_sql("UPDATE anime SET score = 9e999, rank = 9e999, title = x'61ff22005c', image_url = CAST(x'c3' AS TEXT) WHERE id = 2").await;
    db.execute_sql("UPDATE user_anime_lists SET notes = CAST(x'6d696e65ff' AS TEXT), is_rewatching = 'true', tags = 'none' WHERE id = 2").await;
    db.execute_sql("UPDATE user_anime_lists SET mal_entry = '{\"score\": 1e999}', start_date = x'00' WHERE id = 2")
        .await;
    let listed = db.store.load_list(user, &ListQuery::default()).await.unwrap();
    let (anime, entry) = (&listed[1].anime, &listed[1].stored);
    assert_eq!((anime.mean, anime.rank, anime.title.as_str()), (None, None, "a\u{FFFD}\"\0\\"));
    assert_eq!((anime.image_url.as_deref(), entry.values.notes.as_deref()), (Some("\u{FFFD}"), Some("mine\u{FFFD}")));
    assert_eq!((entry.values.is_rewatching, entry.values.tags.len()), (true, 0));
    assert_eq!(entry.base.as_ref().map(MergeBase::parse_values), Some(None));
    assert_eq!((entry.values.score, entry.values.start_date, listed.len()), (Some(5), None, 2));
    let done =
        merge(&db.store, user, &MalWinsPlanner::default(), &fetched_items((1..=2).map(|id| remote_entry(id, 5)))).await;
    assert_eq!((done.outcomes[0].is_noop(), done.outcomes[1].is_noop()), (true, false));
}

#[on_both]
async fn rows_of_other_programs_are_readable(db: TestDatabase) {
    let user = db.create_user("ann").await;
    db.execute_sql("INSERT INTO anime (mal_id, title) VALUES (1, 'x')").await;
    db.execute_sql(
        "INSERT INTO user_anime_lists (user_id, anime_id, status, score, episodes_watched, created_at, updated_at) \
        VALUES (1, 1, 'watching', 0, NULL, NULL, NULL)",
    )
    .await;
    if !db.is_postgres() {
        db.execute_sql("UPDATE user_anime_lists SET tags = 'no json', mal_entry = '{', start_date = 'soon'").await;
    }
    let (entry, title) = db.store.find_entry(user, 1).await.unwrap().unwrap();
    assert_eq!((entry.values.score, entry.values.episodes_watched, title.as_str()), (Some(0), None, "x"));
    assert_eq!((entry.values.tags.len(), entry.base, entry.values.start_date), (0, None, None));
    assert_eq!(db.store.load_list(user, &ListQuery::default()).await.unwrap()[0].updated_at, None);
    db.execute_sql("UPDATE user_anime_lists SET tags = '[\"mine\", 1e999, 3, null]'").await;
    let (entry, _) = db.store.find_entry(user, 1).await.unwrap().unwrap();
    assert_eq!(entry.values.tags, ["mine"], "an invalid tag does not affect others");
}

#[on_both]
async fn database_info_has_version_and_size(db: TestDatabase) {
    let about = db.store.database_info().await.unwrap();
    assert!(about.version.starts_with(if db.is_postgres() { "PostgreSQL 1" } else { "SQLite 3." }), "{about:?}");
    assert!(about.size_bytes.is_some_and(|bytes| bytes > 0));
}
