//! A request of any bytes to the loopback listener: nothing passes without the state, no code passes that could be none, and
//! what is logged of it has no query and no nonce.

#![no_main]

use libfuzzer_sys::fuzz_target;
use malsync::{
    auth::request_check::{Callback, Head, Passed, Rules, callback, check},
    secret::Secret,
};

const STATE: &str = "right";

fuzz_target!(|data: &[u8]| {
    let rules = Rules {
        path: "/auth/callback".to_owned(),
        start: Some(Secret::new("/login/nonce")),
        hosts: vec!["localhost:3005".to_owned(), "127.0.0.1:3005".to_owned()],
        state: Secret::new(STATE),
    };
    let head = Head::parse(data);
    match check(&rules, [127, 0, 0, 1].into(), head.as_ref()) {
        Ok(Passed::Start) => assert!(data.starts_with(b"GET /login/nonce")),
        Ok(Passed::Callback(passed)) => {
            assert!(data.starts_with(b"GET /auth/callback?"));
            plausible(&passed);
        }
        Err(refusal) => assert!((400..500).contains(&refusal.status())),
    }
    assert!(check(&rules, [192, 0, 2, 1].into(), head.as_ref()).is_err());
    if let Some(outline) = head.map(|head| head.outline()) {
        // A path that only resembles the secret one is none.
        assert!(!outline.contains('?') && !outline.contains(" /login/nonce") && !outline.chars().any(char::is_control));
    }
    let Ok(query) = std::str::from_utf8(data) else { return };
    if let Ok(passed) = callback(query, &rules.state) {
        plausible(&passed);
    }
    assert!(callback(query, &Secret::new("another state than any that is sent")).is_err());
});

fn plausible(passed: &Callback) {
    match passed {
        Callback::Code(code) => {
            let code = code.expose();
            assert!((1..=4096).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
        }
        Callback::Denied { words, .. } => {
            let words = words.to_string();
            assert!(words.chars().count() <= 200 && !words.chars().any(char::is_control));
        }
    }
}
