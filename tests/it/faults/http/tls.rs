//! TLS cannot be disabled: an untrusted certificate ends the run at the first attempt.

use serde_json::json;

use super::{assert_next_sync_succeeds, assert_sync_fails};
use crate::support::{
    peer_servers::{TestCertificateAuthority, start_tls_proxy},
    test_env::{DatabaseKind, TestEnv},
};

#[test]
fn f_h17_untrusted_certificate_ends_run_without_retry() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 10);
    let (folder, api) = (tempfile::tempdir().unwrap(), env.sim.api_url());
    let authority = TestCertificateAuthority(folder.path());
    let root = authority.create();
    for (what, certificate) in [
        ("self-signed", authority.create_self_signed()),
        ("of an unknown authority", authority.issue_certificate("IP:127.0.0.1", 2)),
        ("expired", authority.issue_certificate("IP:127.0.0.1", -1)),
        ("of another name", authority.issue_certificate("DNS:api.example", 2)),
    ] {
        let other_end = start_tls_proxy(env.sim.address(), &certificate);
        env.set_var("MAL_API_URL", &format!("https://{}/v2", other_end.address));
        env.set_var("SSL_CERT_FILE", "");
        if matches!(what, "expired" | "of another name") {
            env.set_var("SSL_CERT_FILE", &root.display().to_string());
        }
        let run = assert_sync_fails(&env, "the certificate of 127.0.0.1 was rejected: ");
        assert_eq!((&run["requests"], &run["retries"]), (&json!(1), &json!(0)), "{what}: {run}");
        assert_eq!(other_end.received(), [""], "{what}: one connection, and nothing said on it");
    }
    // The same server with a trusted certificate works: the certificate was the reason.
    env.set_var("SSL_CERT_FILE", &root.display().to_string());
    let other_end = start_tls_proxy(env.sim.address(), &authority.issue_certificate("IP:127.0.0.1", 2));
    env.set_var("MAL_API_URL", &format!("https://{}/v2", other_end.address));
    // A next page would be refused: the simulator gives its own address, another origin. The list has only one page.
    assert_eq!(env.sync(&["--dry-run"])["anime_fetched"], 10);
    env.set_var("MAL_API_URL", &api);
    assert_next_sync_succeeds(&env);
}

#[test]
fn f_h17_no_option_disables_certificate_check() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let shown = env.run(&["config", "show"]).expect_code(0).stdout.to_lowercase();
    let help = env.run(&["sync", "--help"]).expect_code(0).stdout.to_lowercase();
    for word in ["insecure", "verify", "certificate", "tls", "ssl"] {
        assert!(!shown.contains(word) && !help.contains(word), "{word}");
    }
}
