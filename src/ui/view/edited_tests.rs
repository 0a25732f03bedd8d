use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::{
    domain::{
        base::Base,
        change::Field,
        entry::{Local, Values},
    },
    sync::edit::{edited, outlook},
    ui::json::line,
};

fn local() -> Local {
    let base = Base::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}));
    let values = base.values().unwrap();
    Local { id: 1, mal_id: 1, values, base: Some(base), ..Local::default() }
}

fn told(before: &Local, edit: impl Fn(&mut Values)) -> Told {
    let mut after = before.clone();
    edit(&mut after.values);
    let changes = outlook(&edited(Some(before), after));
    Told { mal_id: 1, title: "Cowboy Bebop".into(), changes, left: Vec::new() }
}

fn warned(before: &Local, edit: impl Fn(&mut Values)) -> Vec<String> {
    warnings(&[told(before, edit)])
}

#[test]
fn an_edit_that_the_rules_will_set_back_is_told_with_what_keeps_it() {
    assert_eq!(
        warned(&local(), |values| values.status = "dropped".into()),
        ["the next sync sets status back to watching, which MAL has (rule mal); malsync pin 1 status keeps it"]
    );
    assert_eq!(warned(&local(), |values| values.score = Some(10)).len(), 1);
    assert_eq!(warned(&local(), |values| values.episodes_watched = Some(3)).len(), 1);
}

#[test]
fn an_edit_that_stays_is_not() {
    assert!(warned(&local(), |values| values.episodes_watched = Some(9)).is_empty());
    assert!(warned(&local(), |values| values.notes = Some("mine".into())).is_empty());
    assert!(warned(&local(), |values| values.start_date = "2019".parse().ok()).is_empty());
    let pinned = Local { pinned: vec![Field::Status], ..local() };
    assert!(warned(&pinned, |values| values.status = "dropped".into()).is_empty());
}

#[test]
fn of_an_entry_not_seen_on_mal_what_is_always_mal_s_may_be_set_back() {
    let before = Local { base: None, ..local() };
    assert!(warned(&before, |values| values.score = Some(1)).is_empty());
    let told = warned(&before, |values| values.status = "dropped".into());
    assert_eq!(
        told,
        ["the next sync sets status to MAL's, should the entry be on MAL (rule mal); malsync pin 1 status keeps it"]
    );
}

#[test]
fn one_entry_is_one_line_and_many_are_the_first_and_a_sum() {
    let one = told(&local(), |values| (values.score, values.notes) = (Some(9), Some("a\nb".into())));
    assert_snapshot!(text(std::slice::from_ref(&one), false), @"Cowboy Bebop: score 8 → 9 (until the next sync); notes none → a␊b (stays)");
    assert_snapshot!(text(&[told(&local(), |_| {})], false), @"Cowboy Bebop: nothing to change");
    let text = text(&[vec![one; 25], vec![told(&local(), |_| {}); 2]].concat(), true);
    assert_eq!(text.lines().count(), 22);
    assert_snapshot!(text.lines().skip(20).collect::<Vec<_>>().join("\n"), @r"
    and 5 more
    25 entries would change, 2 the same already (dry run: nothing was written)
    ");
}

#[test]
fn an_object_has_the_documented_fields() {
    let mut one = told(&local(), |values| values.score = Some(9));
    one.left.push(Left { field: "notes".into(), here: json!("x"), left: json!("y"), why: Why::ChangedSince });
    assert_snapshot!(line(&json(&one, Some(4))), @r#"{"mal_id":1,"title":"Cowboy Bebop","changes":[{"field":"score","local":8,"kept":9,"mal":8,"stays":false,"rule":"mal_if_scored"}],"left":[{"field":"notes","here":"x","left":"y","reason":"changed_since"}],"edit_id":4}"#);
}
