//! Any bytes as a request to the callback server: nothing is accepted without the state, no implausible code is
//! accepted, and the logged summary contains no query and no nonce.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::{
    auth::request_check::{AcceptedRequest, Callback, ExpectedRequest, RequestHead, check_request, parse_callback},
    secret::Secret,
};

const STATE: &str = "right";

fuzz_target!(|data: &[u8]| {
    let expected = ExpectedRequest {
        callback_path: "/auth/callback".to_owned(),
        start_path: Some(Secret::new("/login/nonce")),
        allowed_hosts: vec!["localhost:3005".to_owned(), "127.0.0.1:3005".to_owned()],
        state: Secret::new(STATE),
    };
    let head = RequestHead::parse(data);
    match check_request(&expected, [127, 0, 0, 1].into(), head.as_ref()) {
        Ok(AcceptedRequest::StartPage) => assert!(data.starts_with(b"GET /login/nonce")),
        Ok(AcceptedRequest::Callback(callback)) => {
            assert!(data.starts_with(b"GET /auth/callback?"));
            assert_plausible(&callback);
        }
        Err(rejection) => assert!((400..500).contains(&rejection.status())),
    }
    assert!(check_request(&expected, [192, 0, 2, 1].into(), head.as_ref()).is_err());
    if let Some(summary) = head.map(|head| head.redacted_summary()) {
        // A path that only resembles the secret start path may be logged.
        assert!(!summary.contains('?') && !summary.contains(" /login/nonce") && !summary.chars().any(char::is_control));
    }
    let Ok(query) = std::str::from_utf8(data) else { return };
    if let Ok(callback) = parse_callback(query, &expected.state) {
        assert_plausible(&callback);
    }
    assert!(parse_callback(query, &Secret::new("another state than any that is sent")).is_err());
});

fn assert_plausible(callback: &Callback) {
    match callback {
        Callback::Code(code) => {
            let code = code.expose();
            assert!((1..=4096).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
        }
        Callback::Denied { description, .. } => {
            let description = description.to_string();
            assert!(description.chars().count() <= 200 && !description.chars().any(char::is_control));
        }
    }
}
