//! What MAL makes of the code, and the database of the tokens: no success is shown that is none, and no code is sent twice.

use mal_sim::FaultRule;
use serde_json::{Value, json};

use crate::support::{
    login::{asked, fault, waiting},
    world::{CLIENT_ID, Kind, World, on_both},
};

on_both!(f_l31_tokens_that_cannot_be_stored_are_told_and_no_success_shown, f_l32_another_account_needs_force,);

fn tokens(world: &World) -> usize {
    world.query("SELECT mal_access_token FROM users").iter().flatten().count()
}

#[test]
fn f_l29_an_exchange_that_fails_is_told_by_its_class_and_not_repeated() {
    let refused = json!({"error": "invalid_grant", "message": "no", "hint": "Failed to verify `code_verifier`."});
    let unknown = json!({"error": "invalid_client", "message": "Client authentication failed"});
    let rule = || FaultRule::for_path("*/token").forever();
    let html = "<html>maintenance</html>";
    for (rule, code, told) in [
        (rule().status(400).json(refused), 4, "MyAnimeList refused"),
        (rule().status(401).json(unknown), 2, "MyAnimeList does not accept the client"),
        (rule().status(500), 5, "temporarily unavailable"),
        (rule().stall(), 5, "did not answer within"),
        (rule().reset(), 5, "broke"),
        (rule().status(200).header("Content-Type", "text/html").text(html), 5, "not finished"),
    ] {
        let mut world = World::new(Kind::Sqlite, 3);
        world.set("MAL_HTTP_TIMEOUT", "2s");
        fault(&world, rule);
        let (page, ran) = waiting(&world, &[]).finish(&world);
        assert!(page.starts_with("HTTP/1.1 502 ") && page.contains("not finished"), "{page}");
        assert!(ran.expect(code).stderr.contains(told), "{told}");
        assert_eq!(asked(&world, "/token").len(), 1, "a code is sent once");
        assert_eq!(tokens(&world), 0);
        world.sim.control().clear_faults();
        world.run(&["login"]).expect(0);
    }
}

/// A login whose token answer is a good one, changed.
fn answered(change: impl FnOnce(&mut Value)) -> (World, i32, String) {
    let world = World::new(Kind::Sqlite, 3);
    let whose = serde_json::from_value(json!({"user": "alice", "client_id": CLIENT_ID})).unwrap();
    let mut body = serde_json::to_value(world.sim.control().issue_tokens_with(&whose).unwrap()).unwrap();
    change(&mut body);
    fault(&world, FaultRule::for_path("*/token").status(200).json(body));
    let (page, ran) = waiting(&world, &[]).finish(&world);
    assert_eq!(page.contains("You are logged in"), ran.code == 0, "{page}");
    (world, ran.code, ran.stderr)
}

#[test]
fn f_l30_a_lifetime_that_is_none_does_no_harm() {
    for lifetime in [json!(0), json!(-1), json!(1e18), json!("3600"), Value::Null] {
        let (world, code, told) = answered(|body| body["expires_in"] = lifetime.clone());
        assert_eq!((code, tokens(&world)), (0, 1), "{lifetime}: {told}");
        // It is refreshed at its first use.
        world.sync(&[]);
    }
    let (world, code, _) = answered(|body| {
        body.as_object_mut().unwrap().remove("expires_in");
        body["scope"] = json!(["extra"]);
    });
    assert_eq!((code, tokens(&world)), (0, 1));
}

#[test]
fn f_l30_what_is_no_token_is_an_answer_that_cannot_be_used() {
    type Change = fn(&mut Value);
    let changes: [Change; 5] = [
        |body| body["token_type"] = json!("mac"),
        |body| body["access_token"] = json!(format!("{}\n", body["access_token"].as_str().unwrap())),
        |body| body["access_token"] = json!("x".repeat(100_000)),
        |body| body["refresh_token"] = json!("x".repeat(100_000)),
        |body| body["access_token"] = json!(1),
    ];
    for change in changes {
        let (world, code, told) = answered(change);
        assert_eq!((code, tokens(&world)), (5, 0), "{told}");
        world.run(&["login"]).expect(0);
    }
}

#[test]
fn f_l30_a_missing_refresh_token_is_a_warning() {
    let (world, code, told) = answered(|body| drop(body.as_object_mut().unwrap().remove("refresh_token")));
    assert_eq!((code, tokens(&world)), (0, 1));
    assert!(told.contains("gave no refresh token"), "{told}");
    world.sync(&[]);
}

fn f_l31_tokens_that_cannot_be_stored_are_told_and_no_success_shown(kind: Kind) {
    let world = World::new(kind, 3);
    world.run(&["status"]).expect(4);
    world.execute(match kind {
        Kind::Sqlite => {
            "CREATE TRIGGER full BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        }
        Kind::Postgres => {
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$; \
             CREATE TRIGGER \"full\" BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fail()"
        }
    });
    let (page, ran) = waiting(&world, &[]).finish(&world);
    assert!(page.starts_with("HTTP/1.1 502 ") && page.contains("not finished"), "{page}");
    let ran = ran.expect(6);
    for words in ["logged in but could not store the token", "revoked at https://myanimelist.net/apiconfig"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert_eq!(tokens(&world), 0);
    world.execute(match kind {
        Kind::Sqlite => "DROP TRIGGER full",
        Kind::Postgres => "DROP TRIGGER \"full\" ON users",
    });
    world.run(&["login"]).expect(0);
    world.sync(&[]);
}

fn f_l32_another_account_needs_force(kind: Kind) {
    let users = vec!["alice".into(), "bob".into()];
    let config = mal_sim::SimConfig { users, entries: 3, auto_consent: true, ..Default::default() };
    let world = World::with(kind, config);
    world.run(&["login"]).expect(0);
    let before = world.query("SELECT mal_refresh_token FROM users");
    world.sim.control().set_consenting_user("bob").unwrap();
    let ran = world.run(&["login", "--user", "alice"]).expect(8);
    for words in ["you are logged in as bob", "user alice belongs to another MyAnimeList account", "--force"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert_eq!(world.query("SELECT mal_refresh_token FROM users"), before, "the tokens are as they were");
    let forced = world.run(&["login", "--user", "alice", "--force", "--json"]).expect(0).json();
    assert_eq!(forced["mal_user_id"], world.sim.control().user_id("bob").unwrap());
    assert_ne!(world.query("SELECT mal_refresh_token FROM users"), before);
    world.sync(&[]);
}
