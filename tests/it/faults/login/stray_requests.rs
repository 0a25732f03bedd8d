//! Requests other than the expected callback: each gets only a status, and the login keeps waiting.

use crate::support::{
    login::{PendingLogin, get_page, get_request, requests_to, send_request, start_login},
    test_env::{DatabaseKind, TestEnv},
};

/// Sends requests to a waiting login. Asserts that each gets its status without a body, and that the right callback
/// then completes the login.
fn assert_rejected(make: impl Fn(&TestEnv, &PendingLogin) -> Vec<(String, u16)>) {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &["-v"]);
    for (bytes, status) in make(&env, &login) {
        let answer = send_request(&env, "127.0.0.1", &bytes);
        let outline: String = bytes.chars().take(200).collect();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{outline}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "", "{outline}");
        assert_eq!(head.contains("\r\nAllow: GET"), status == 405, "{outline}: {head}");
        for never in [login.state.as_str(), "Access-Control", "Server:", "Set-Cookie"] {
            assert!(!head.contains(never), "{never}: {head}");
        }
    }
    assert!(requests_to(&env, "/token").is_empty());
    let state = login.state.clone();
    let (page, output) = login.complete(&env);
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("You are logged in"), "{page}");
    let output = output.expect_code(0);
    assert!(output.stderr.contains("login listener refused") && !output.stderr.contains(&state), "{}", output.stderr);
    assert_eq!(requests_to(&env, "/token").len(), 1, "exactly one exchange");
}

/// Returns the right callback with other headers.
fn callback_with_headers(login: &PendingLogin, headers: &str) -> String {
    format!("GET {} HTTP/1.1\r\n{headers}\r\n", login.callback_target("code=x"))
}

#[test]
fn f_l07_wrong_host_header_is_rejected() {
    assert_rejected(|env, login| {
        let port = env.redirect_port();
        [
            format!("Host: evil.example:{port}\r\n"),
            "Host: localhost:9999\r\n".to_owned(),
            "Host: localhost\r\n".to_owned(),
            String::new(),
            format!("Host: localhost:{port}\r\nHost: localhost:{port}\r\n"),
        ]
        .map(|headers| (callback_with_headers(login, &headers), 403))
        .to_vec()
    });
}

#[test]
fn f_l08_cross_site_request_is_rejected() {
    assert_rejected(|env, login| {
        [
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Dest: image",
            "Sec-Fetch-Mode: no-cors",
            "Sec-Fetch-Mode: cors",
        ]
        .map(|header| {
            let headers = format!("Host: localhost:{}\r\n{header}\r\n", env.redirect_port());
            (callback_with_headers(login, &headers), 403)
        })
        .to_vec()
    });
}

#[test]
fn f_l09_methods_other_than_get_are_rejected() {
    assert_rejected(|env, login| {
        let right = get_request(env, &login.callback_target("code=x"));
        let preflight = "\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Private-Network: true\r\n\r\n";
        ["POST", "HEAD", "PUT", "OPTIONS"]
            .iter()
            .flat_map(|method| {
                let plain = right.replacen("GET", method, 1);
                [plain.clone(), plain.replace("\r\n\r\n", preflight)]
            })
            .map(|request| (request, 405))
            .collect()
    });
}

#[test]
fn f_l10_absolute_target_is_rejected() {
    assert_rejected(|env, login| {
        ["http://evil", "http://localhost"]
            .map(|origin| (get_request(env, &format!("{origin}{}", login.callback_target("code=x"))), 400))
            .to_vec()
    });
}

#[test]
fn f_l11_other_paths_are_not_found() {
    assert_rejected(|env, login| {
        let query = format!("?state={}&code=x", login.state);
        let paths = [
            "/favicon.ico",
            "/auth/callback/",
            "/auth/callback/../callback",
            "//auth/callback",
            "/AUTH/callback",
            "/%2fauth%2fcallback",
        ];
        let mut sent: Vec<_> = paths.iter().map(|path| (get_request(env, &format!("{path}{query}")), 404)).collect();
        // Without a leading slash it is no request target.
        sent.push((get_request(env, &format!("%2fauth%2fcallback{query}")), 400));
        sent
    });
}

#[test]
fn f_l12_wrong_state_is_rejected() {
    assert_rejected(|env, login| {
        let half = &login.state[..login.state.len() / 2];
        [
            "code=x",
            "code=x&state=",
            "code=x&state=wrong",
            &format!("code=x&state={half}"),
            &format!("code=x&state={}x", login.state),
        ]
        .map(|query| (get_request(env, &format!("/auth/callback?{query}")), 400))
        .to_vec()
    });
}

#[test]
fn f_l12_state_of_a_megabyte_is_cut_off() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let answer = get_page(&env, &format!("/auth/callback?code=x&state={}", "x".repeat(1 << 20)));
    // The client is cut off while it sends and may not see the response.
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    login.complete(&env).1.expect_code(0);
}

#[test]
fn f_l13_duplicate_parameter_is_rejected() {
    assert_rejected(|env, login| {
        let twice = format!("code=a&state={}", login.state);
        ["code=a&code=b", twice.as_str(), "code=a&error=access_denied"]
            .map(|query| (get_request(env, &login.callback_target(query)), 400))
            .to_vec()
    });
}

#[test]
fn f_l14_invalid_code_is_rejected() {
    assert_rejected(|env, login| {
        let long = format!("code={}", "x".repeat(4097));
        ["x=1", "code=", "code=a%00b", "code=a%0d%0ab", "code=%1b[2J", long.as_str()]
            .map(|query| (get_request(env, &login.callback_target(query)), 400))
            .to_vec()
    });
}

#[test]
fn f_l16_refusal_with_wrong_state_is_rejected() {
    assert_rejected(|env, _| {
        ["error=access_denied", "error=access_denied&state=wrong"]
            .map(|query| (get_request(env, &format!("/auth/callback?{query}")), 400))
            .to_vec()
    });
}

#[test]
fn f_l19_malformed_http_is_rejected() {
    assert_rejected(|_, _| {
        [
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0",
            "\u{e9}\u{e8}\u{e7}\r\n\r\n",
            "GET\r\n\r\n",
        ]
        .map(|bytes| (bytes.to_owned(), 400))
        .to_vec()
    });
}

#[test]
fn thousand_wrong_states_change_nothing() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let login = start_login(&env, &[]);
    let mut answers: Vec<_> =
        (0..1000).map(|at| get_page(&env, &format!("/auth/callback?code=c{at}&state=s{at}"))).collect();
    answers.dedup();
    assert_eq!(answers.len(), 1, "all responses are equal");
    assert!(requests_to(&env, "/token").is_empty());
    login.complete(&env).1.expect_code(0);
}
