//! Which requests a fault rule applies to, whether they take effect, and what a rule's JSON may contain.

use super::*;
use serde_json::json;

fn build_request(method: &str, path: &str, query: &str) -> SimRequest {
    SimRequest { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..SimRequest::default() }
}

fn parse_rule(value: Value) -> FaultRule {
    serde_json::from_value(value).unwrap()
}

#[test]
fn rules_apply_in_order_until_used_up() {
    let mut faults = FaultRules::default();
    faults.add_rule(parse_rule(json!({"name": "second page", "match": {"nth": 2}, "times": 2, "status": 500})));
    faults.add_rule(parse_rule(json!({"status": 429})));
    let list_request = build_request("GET", "/v2/x", "");
    let names: Vec<Option<String>> = (0..5).map(|_| faults.take_rule(&list_request).map(|(_, name)| name)).collect();
    let name = |name: &str| Some(name.to_owned());
    // The rule without a name is named by its number.
    assert_eq!(names, [name("2"), name("second page"), name("second page"), None, None]);
    assert!(faults.active_rules().is_empty());
}

#[test]
fn forever_rule_applies_until_cleared() {
    let mut faults = FaultRules::default();
    faults.add_rule(parse_rule(json!({"times": "forever", "status": 500})));
    let list_request = build_request("GET", "/", "");
    assert!((0..1000).all(|_| faults.take_rule(&list_request).is_some()));
    faults.clear();
    assert!(faults.take_rule(&list_request).is_none());
}

#[test]
fn request_takes_effect_unless_rule_replaces_or_withholds_the_response() {
    for (input, expected) in [
        (json!({}), true),
        (json!({"delay_ms": 5}), true),
        (json!({"cut_after_bytes": 5}), true),
        (json!({"reset": 10}), true),
        (json!({"reset": true}), false),
        (json!({"reset": 0}), false),
        (json!({"reset": false}), true),
        (json!({"stall": true}), false),
        (json!({"stall": true, "effect": true}), true),
        (json!({"status": 500}), false),
        (json!({"status": 500, "effect": true}), true),
        (json!({"body": null}), true),
        (json!({"body": "x"}), false),
        (json!({"raw": ""}), false),
    ] {
        assert_eq!(parse_rule(input.clone()).takes_effect(), expected, "{input}");
    }
}

#[test]
fn invalid_rule_error_names_the_key() {
    for (input, expected) in [
        (json!({"raw": "%"}), "raw is not base64"),
        (json!({"body": {"base64": "%"}}), "body.base64 is not base64"),
        (json!({"status": 1000}), "status is not"),
        (json!({"trickle": {"bytes": 0, "every_ms": 1}}), "trickle.bytes"),
    ] {
        let error = parse_rule(input).validation_error().unwrap();
        assert!(error.contains(expected), "{error}");
    }
    for typo in [json!({"stauts": 500}), json!({"times": "often"}), json!({"match": {"pth": "/"}})] {
        assert!(serde_json::from_value::<FaultRule>(typo.clone()).is_err(), "{typo}");
    }
}

#[test]
fn rule_body_is_text_json_or_base64() {
    let body_of = |body: Value| parse_rule(json!({"body": body})).response_body().unwrap();
    assert_eq!(body_of(json!("<p>")), (b"<p>".to_vec(), "text/html; charset=UTF-8"));
    assert_eq!(body_of(json!({"a": "/"})).0, br#"{"a":"\/"}"#);
    assert_eq!(body_of(json!({"base64": "/w=="})).0, [0xff]);
    assert_eq!(body_of(json!({"base64": "x", "b": 1})).1, "application/json; charset=UTF-8");
    assert_eq!(FaultRule::for_path("/").json(json!("x")).response_body().unwrap().0, b"\"x\"");
}
