//! Tests of the requests for one entry against a scripted server.

use serde_json::json;

use super::*;
use crate::{
    exit::Exit,
    failure::Failure,
    http::fake_server::{FakeMalServer, FakeReply},
    mal::client::tests::{FakeTokenProvider, client_for},
};

const STATUS: &str = r#"{"status":"watching","score":9,"num_episodes_watched":5,"is_rewatching":false,"updated_at":"2026-11-30T10:00:00+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":"a &amp; b"}"#;
const ME: &str = r#"{"id":7,"name":"so"}"#;

fn form() -> Vec<(&'static str, String)> {
    vec![("score", "9".to_owned()), ("comments", "a & b\nc".to_owned()), ("start_date", String::new())]
}

async fn write_with(script: Vec<FakeReply>, max_retries: u32) -> (Result<String, Failure>, Vec<String>) {
    let server = FakeMalServer::new(script).await;
    let client: MalApiClient<FakeTokenProvider> = client_for(&server, max_retries);
    let outcome =
        client.write_entry(1, &form(), &mut client.start_write(), 0).await.map_err(Failure::from).map(|outcome| {
            match outcome {
                WriteOutcome::Taken(status) => format!("taken {:?}", status.values.score),
                WriteOutcome::Refused(reason) => format!("refused {reason}"),
                WriteOutcome::ResponseLost(error) => format!("lost {error}"),
                WriteOutcome::Outdated { .. } => "outdated".to_owned(),
            }
        });
    let heads = server.received_heads();
    let lines = heads.iter().map(|head| head.lines().next().unwrap_or_default().to_owned());
    (outcome, lines.collect())
}

#[tokio::test]
async fn entry_is_read_with_every_field_of_the_status() {
    let anime = format!(r#"{{"id":1,"title":"A","my_list_status":{STATUS}}}"#);
    let invalid = r#"{"id":1,"my_list_status":{"status":"rewatching"}}"#;
    let not_found = r#"{"message":"","error":"not_found"}"#;
    let server = FakeMalServer::new([
        FakeReply::json(anime),
        FakeReply::json(r#"{"id":1,"title":"A"}"#),
        FakeReply::json(invalid),
        FakeReply::new(404, &[], not_found),
    ])
    .await;
    let client = client_for(&server, 0);
    let Ok(EntryLookup::Found(status)) = client.fetch_entry(1).await else { panic!("the entry is there") };
    assert_eq!((status.values.score, status.values.notes.as_deref()), (Some(9), Some("a & b")));
    assert_eq!(client.fetch_entry(1).await.unwrap(), EntryLookup::Absent);
    assert!(matches!(client.fetch_entry(1).await.unwrap(), EntryLookup::Invalid(reason) if reason.contains("status")));
    assert!(matches!(client.fetch_entry(1).await.unwrap(), EntryLookup::Refused(reason) if reason.contains("404")));
    let head = &server.received_heads()[0];
    let fields = "my_list_status%7Bstatus%2Cscore%2Cnum_episodes_watched%2Cstart_date%2Cfinish_date%2Ccomments%2C";
    assert!(head.starts_with(&format!("GET /v2/anime/1?fields={fields}")), "{head}");
}

#[tokio::test]
async fn response_about_another_anime_is_not_taken_for_the_entry() {
    let other = format!(r#"{{"id":2,"title":"B","my_list_status":{STATUS}}}"#);
    let server = FakeMalServer::new([FakeReply::json(&other), FakeReply::json(r#"{"id":2,"title":"B"}"#)]).await;
    let client = client_for(&server, 0);
    let failure = Failure::from(client.fetch_entry(1).await.unwrap_err());
    assert!(failure.exit == Exit::Mal && failure.message().contains("another anime"), "{failure:?}");
    assert_eq!(server.received_heads().len(), 2, "a malformed response is asked for again");
}

#[tokio::test]
async fn write_sends_the_form_by_patch_and_returns_what_mal_took() {
    let (outcome, heads) = write_with(vec![FakeReply::json(STATUS)], 0).await;
    assert_eq!(outcome.unwrap(), "taken Some(9)");
    assert_eq!(heads, ["PATCH /v2/anime/1/my_list_status HTTP/1.1"]);
}

#[tokio::test]
async fn write_is_repeated_only_if_mal_said_that_it_did_not_take_it() {
    let busy = || FakeReply::new(503, &[], "");
    let throttled = || FakeReply::new(429, &[], "");
    let (outcome, heads) = write_with(vec![busy(), throttled(), busy(), FakeReply::json(STATUS)], 3).await;
    assert_eq!((outcome.unwrap().as_str(), heads.len()), ("taken Some(9)", 4));
    for lost in [FakeReply::json(STATUS).truncated_by(9), FakeReply::json("{}"), FakeReply::new(204, &[], "")] {
        let (outcome, heads) = write_with(vec![lost, FakeReply::json(STATUS)], 3).await;
        let outcome = outcome.unwrap();
        assert!(outcome.starts_with("lost ") && heads.len() == 1, "{outcome} {heads:?}");
    }
    let (failure, heads) = write_with((0..9).map(|_| busy()).collect(), 2).await;
    assert_eq!((failure.unwrap_err().exit, heads.len()), (Exit::Mal, 3));
}

#[tokio::test]
async fn refused_write_is_an_outcome_and_a_refused_token_an_error() {
    let pending = json!({"message": "Invalid content", "error": "invalid_content"}).to_string();
    let (outcome, heads) = write_with(vec![FakeReply::new(400, &[], &pending)], 3).await;
    assert_eq!((outcome.unwrap().as_str(), heads.len()), ("refused HTTP 400 Bad Request, Invalid content", 1));
    let (outcome, _) = write_with(vec![FakeReply::new(404, &[], r#"{"error":"not_found"}"#)], 3).await;
    assert!(outcome.unwrap().starts_with("refused HTTP 404"));
    let expired = || FakeReply::new(401, &[], "{}");
    let (failure, heads) = write_with(vec![expired(), expired()], 3).await;
    assert_eq!((failure.unwrap_err().exit, heads.len()), (Exit::Login, 2));
    let (failure, _) =
        write_with(vec![FakeReply::new(400, &[], r#"{"message":"Invalid client id","error":"bad_request"}"#)], 3).await;
    assert_eq!(failure.unwrap_err().exit, Exit::Usage);
}

#[tokio::test]
async fn write_with_a_changed_token_verifies_the_account_first() {
    let script = [FakeReply::json(ME), FakeReply::new(401, &[], "{}"), FakeReply::json(ME), FakeReply::json(STATUS)];
    let server = FakeMalServer::new(script).await;
    let client = client_for(&server, 0);
    client.fetch_account().await.unwrap();
    assert!(matches!(
        client.write_entry(1, &form(), &mut client.start_write(), 0).await.unwrap(),
        WriteOutcome::Taken(_)
    ));
    let methods: Vec<_> =
        server.received_heads().iter().map(|head| head.split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(methods, ["GET", "PATCH", "GET", "PATCH"], "the new token is verified before it writes");
    let stranger = [
        FakeReply::json(ME),
        FakeReply::new(401, &[], "{}"),
        FakeReply::json(r#"{"id":8,"name":"other"}"#),
        FakeReply::json(STATUS),
    ];
    let server = FakeMalServer::new(stranger).await;
    let client = client_for(&server, 0);
    client.fetch_account().await.unwrap();
    let failure = Failure::from(client.write_entry(1, &form(), &mut client.start_write(), 0).await.unwrap_err());
    assert_eq!((failure.exit, server.received_heads().len()), (Exit::Guard, 3), "nothing is written");
}
