//! Pinned fields: `pin`, `unpin` and `edit --pin`.

use malsync_test_macros::on_both;
use serde_json::{Value, json};

use crate::{
    edits::{entry_field, find_entry, patch_entry, plain_entry_json, synced_env},
    support::test_env::DatabaseKind,
};

#[on_both]
fn pin_holds_in_every_mode_and_its_conflict_is_reported_once(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let id = ids[0].as_str();
    env.run(&["edit", id, "--score", "10", "--status", "dropped"]).expect_code(0);
    let stdout = env.run(&["pin", id, "score", "status", "notes"]).expect_code(0).stdout;
    assert!(stdout.contains("score is pinned to 10 (MAL has 7)"), "{stdout}");
    let again = env.run(&["pin", id, "score"]).expect_code(0).stdout;
    assert!(again.contains("already pinned"), "{again}");
    // An incremental run without news, a full run, another incremental run: a conflict is reported only for a new
    // pair of values.
    for (flags, conflicts) in [(&[][..], 2), (&["--force-full"], 0), (&[], 0)] {
        assert_eq!(env.sync(flags)["conflicts_resolved"], conflicts, "{flags:?}");
        assert_eq!((entry_field(&env, id, "score"), entry_field(&env, id, "status")), (json!(10), json!("dropped")));
    }
    patch_entry(&env, id.parse().unwrap(), &json!({"score": 3, "comments": "from MAL", "num_episodes_watched": 6}));
    for (flags, conflicts) in [(&[][..], 2), (&["--force-full"], 0)] {
        assert_eq!(env.sync(flags)["conflicts_resolved"], conflicts, "{flags:?}");
        let row = find_entry(&env, id).unwrap();
        assert_eq!((&row["score"], &row["notes"], &row["episodes_watched"]), (&json!(10), &Value::Null, &json!(6)));
    }
    let rules: Vec<Value> = env.run(&["changes", "--conflicts", "--json"]).expect_code(0).json_lines();
    assert!(rules.iter().all(|line| line["rule"] == "pinned" && line["kept"] == line["local"]), "{rules:?}");
    let pins = env.run(&["pin", "--json"]).expect_code(0).json_lines();
    let pins: Vec<_> = pins.iter().map(|pin| (pin["field"].as_str().unwrap(), &pin["mal"], &pin["local"])).collect();
    assert_eq!(pins[1], ("score", &json!(3), &json!(10)));
    assert_eq!(pins.len(), 3);
    let told = env.run(&["unpin", id, "--all"]).expect_code(0).stdout;
    assert!(told.contains("score is no longer pinned. The next sync will overwrite 10 with 3"), "{told}");
    assert_eq!(env.sync(&[])["conflicts_resolved"], 0, "these conflicts were reported before");
    let row = find_entry(&env, id).unwrap();
    let left = (&row["score"], &row["status"], &row["notes"]);
    assert_eq!(left, (&json!(3), &json!("watching"), &json!("from MAL")));
    let commands = env.query_column("SELECT command FROM list_edits ORDER BY id");
    let of = |word: &str| commands.iter().filter(|command| command.as_deref() == Some(word)).count();
    assert_eq!((of("edit"), of("pin"), of("unpin")), (2, 3, 3));
}

#[on_both]
fn edit_with_pin_keeps_what_it_sets_and_pins_an_unchanged_value_too(kind: DatabaseKind) {
    let (env, ids) = synced_env(kind, &plain_entry_json());
    let id = ids[0].as_str();
    let stdout = env.run(&["edit", id, "--score", "9", "--pin"]).expect_code(0).stdout;
    assert!(!stdout.contains("overwrite"), "{stdout}");
    assert_eq!(env.sync(&["--force-full"])["user_lists_updated"], 0);
    assert_eq!(entry_field(&env, id, "score"), json!(9));
    env.run(&["edit", id, "--status", "watching", "--pin"]).expect_code(0);
    patch_entry(&env, id.parse().unwrap(), &json!({"score": 3, "status": "dropped"}));
    env.sync(&[]);
    let row = find_entry(&env, id).unwrap();
    assert_eq!((&row["score"], &row["status"]), (&json!(9), &json!("watching")));
    let pins = env.run(&["pin", id, "--json"]).expect_code(0).json_lines();
    assert_eq!(pins.iter().map(|pin| pin["field"].clone()).collect::<Vec<_>>(), [json!("status"), json!("score")]);
}
