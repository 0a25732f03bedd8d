//! Pushes against a fake MAL that loses responses, and an in-memory store.

use std::{collections::VecDeque, sync::Mutex};

use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{
        entry_fields::{EntryValues, Field},
        loose_json::UnreadableValues,
        own_values::own_fields,
        run::RunStatus,
        user::{StoredLogin, UserId},
    },
    sync::in_memory::{FakeError, FakeMalSource, InMemoryStore, anime_with_id, remote_entry},
    sync::port::{ListPage, RemoteOrder, RemoteSource},
};

/// What the fake does with a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    Takes,
    TakesButLosesResponse,
    LosesRequest,
    Refuses,
    /// Takes the write and ends the push before its record, as a kill does.
    TakesAndEndsPush,
    /// Takes the write. Then another client sets score and priority, and the response is lost.
    TakesButIsOverwritten,
    /// Answers with an entry that lacks the sent fields, and changes nothing.
    Ignores,
    /// Does not take the write. After a long pause, in which another client sets score and priority, it may be repeated.
    Postpones,
}

/// A MAL that takes writes, with replies to choose.
struct FakeWriter {
    source: FakeMalSource,
    replies: Mutex<VecDeque<Reply>>,
    writes: Mutex<Vec<(i32, String)>>,
    /// Time that each request takes, as the rate limit makes it.
    interval: Duration,
}

impl RemoteSource for FakeWriter {
    type Error = FakeError;

    async fn fetch_account(&self) -> Result<MalAccount, FakeError> {
        tokio::time::sleep(self.interval).await;
        self.source.fetch_account().await
    }

    async fn fetch_page(&self, order: RemoteOrder, offset: u64) -> Result<ListPage, FakeError> {
        self.source.fetch_page(order, offset).await
    }

    fn request_counters(&self) -> RequestCounters {
        self.source.request_counters()
    }
}

impl FakeWriter {
    fn current_entry(&self, mal_id: i32) -> EntryLookup {
        let list = self.source.list.lock().unwrap();
        let found = list.iter().find(|entry| entry.mal_id() == mal_id);
        found.map_or(EntryLookup::Absent, |entry| EntryLookup::Found(Box::new(entry.list_status.clone())))
    }
}

impl EntryWriter for FakeWriter {
    type WriteAttempts = ();

    fn start_write(&self) {}

    async fn fetch_entry(&self, mal_id: i32) -> Result<EntryLookup, FakeError> {
        tokio::time::sleep(self.interval).await;
        Ok(self.current_entry(mal_id))
    }

    async fn write_entry(
        &self,
        mal_id: i32,
        form: &[(&'static str, String)],
        (): &mut (),
        _: u32,
    ) -> Result<WriteOutcome<FakeError>, FakeError> {
        tokio::time::sleep(self.interval).await;
        let text: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.writes.lock().unwrap().push((mal_id, text.join("&")));
        let reply = self.replies.lock().unwrap().pop_front().unwrap_or(Reply::Takes);
        if reply == Reply::Refuses {
            return Ok(WriteOutcome::Refused("HTTP 400".into()));
        }
        if reply == Reply::Postpones {
            self.source.put_entry(remote_entry(mal_id, 600, &json!({"score": 4, "priority": 2})));
            return Ok(WriteOutcome::Outdated { may_be_taken: false });
        }
        if reply == Reply::Ignores {
            let response = json!({"status": "watching"});
            let response = ListStatus::parse(response, &mut |_| {}, &mut UnreadableValues::default()).unwrap();
            return Ok(WriteOutcome::Taken(Box::new(response)));
        }
        if reply != Reply::LosesRequest {
            let mut keys = json!({"comments": "", "priority": 0, "tags": []});
            if let EntryLookup::Found(status) = self.current_entry(mal_id) {
                keys = status.base.parse_json().unwrap();
            }
            for (name, value) in form {
                keys[name.replace("num_watched_episodes", "num_episodes_watched")] =
                    value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number));
            }
            self.source.put_entry(remote_entry(mal_id, 500, &keys));
        }
        if reply == Reply::TakesButIsOverwritten {
            self.source.put_entry(remote_entry(mal_id, 600, &json!({"score": 4, "priority": 2})));
        }
        match (reply, self.current_entry(mal_id)) {
            (Reply::TakesAndEndsPush, _) => Err(FakeError::mal_unavailable()),
            (Reply::Takes, EntryLookup::Found(status)) => Ok(WriteOutcome::Taken(status)),
            _ => Ok(WriteOutcome::ResponseLost(FakeError::mal_unavailable())),
        }
    }

    fn max_repeated_writes(&self) -> u32 {
        1
    }
}

/// A store and a MAL with the same entries. Each entry has another score in the store than on MAL.
struct PushFixture {
    mal: FakeWriter,
    store: InMemoryStore,
    cancellation: CancellationToken,
    force: bool,
}

impl PushFixture {
    fn with_edited_entries(entries: i32, replies: &[Reply]) -> Self {
        let keys = json!({"score": 7, "comments": "", "priority": 0, "tags": []});
        let list: Vec<_> = (1..=entries).map(|id| remote_entry(id, i64::from(id), &keys)).collect();
        let store = InMemoryStore::default();
        for remote in &list {
            let base = remote.list_status.base.clone();
            let values = EntryValues { score: Some(9), ..remote.list_status.values.clone() };
            let entry =
                StoredEntry { id: 1, mal_id: remote.mal_id(), values, base: Some(base), ..StoredEntry::default() };
            let mut tables = store.tables.lock().unwrap();
            tables.anime.insert(remote.mal_id(), anime_with_id(remote.mal_id()));
            tables.entries.insert(remote.mal_id(), entry);
        }
        let mal = FakeWriter {
            source: FakeMalSource::with_entries(list),
            replies: Mutex::new(replies.iter().copied().collect()),
            writes: Mutex::default(),
            interval: Duration::ZERO,
        };
        Self { mal, store, cancellation: CancellationToken::new(), force: false }
    }

    /// Creates a fixture for a forced push of one entry, whose score MAL changed to 3 since it was last seen.
    fn with_unseen_score(replies: &[Reply]) -> Self {
        let fixture = Self::with_edited_entries(1, replies);
        fixture.mal.source.put_entry(remote_entry(1, 400, &json!({"score": 3, "priority": 0, "tags": []})));
        Self { force: true, ..fixture }
    }

    async fn push(&self, dry_run: bool) -> PushOutcome {
        let user = User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: StoredLogin::default(),
            last_mal_sync: None,
            watermark: None,
            drift: None,
            listing_gap: None,
            missing_entries: Vec::new(),
            last_full_sync: None,
        };
        let ids: Vec<i32> = self.store.tables.lock().unwrap().entries.keys().copied().collect();
        let request = PushRequest { force: self.force, ..PushRequest::default() };
        let target =
            |mal_id| PushTarget { mal_id, request: request.clone(), permission: AddPermission::Never, episodes: None };
        let options = PushOptions { targets: ids.into_iter().map(target).collect(), dry_run };
        let engine =
            PushEngine { store: &self.store, remote: &self.mal, progress: &(), cancellation: &self.cancellation };
        let outcome = engine.push_entries(&user, &options).await.expect("a run exists");
        if !dry_run {
            let stored = self.store.tables.lock().unwrap().runs.last().map(|run| (run.1, run.2));
            assert_eq!(stored, Some((outcome.run.status, outcome.run.counters)), "the stored run is the returned one");
        }
        outcome
    }

    fn own_fields_of(&self, mal_id: i32) -> Vec<Field> {
        own_fields(&self.store.tables.lock().unwrap().entries[&mal_id])
    }

    fn write_count(&self) -> usize {
        self.mal.writes.lock().unwrap().len()
    }

    /// Returns MAL's values in the change records.
    fn mal_values(&self) -> Vec<Value> {
        self.store.tables.lock().unwrap().changes.iter().map(|change| change.mal.clone()).collect()
    }
}

#[tokio::test]
async fn every_entry_is_written_once_and_recorded() {
    let fixture = PushFixture::with_edited_entries(3, &[]);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, outcome.run.counters.pushed_fields), (RunStatus::Success, 3));
    assert_eq!(*fixture.mal.writes.lock().unwrap(), [1, 2, 3].map(|id| (id, "score=9".to_owned())));
    assert_eq!((fixture.own_fields_of(1), fixture.mal_values()), (Vec::new(), vec![json!(7); 3]));
    assert_eq!(fixture.push(false).await.run.counters.pushed_fields, 0);
    assert_eq!(fixture.write_count(), 3, "nothing is sent twice");
}

#[tokio::test]
async fn lost_response_is_followed_by_a_read() {
    for (reply, writes) in [(Reply::TakesButLosesResponse, 1), (Reply::LosesRequest, 2)] {
        let fixture = PushFixture::with_edited_entries(1, &[reply]);
        let outcome = fixture.push(false).await;
        assert_eq!((outcome.run.status, fixture.write_count()), (RunStatus::Success, writes), "{reply:?}");
        assert_eq!((outcome.run.counters.pushed_fields, fixture.mal_values()), (1, vec![json!(7)]), "{reply:?}");
        assert_eq!(fixture.store.flushed_counts.lock().unwrap().len(), 1, "a seen value needs one transaction");
    }
    let fixture = PushFixture::with_edited_entries(2, &[Reply::LosesRequest; 9]);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, fixture.write_count()), (RunStatus::Failed, 2), "a lost write is repeated once");
    assert_eq!(fixture.own_fields_of(1), [Field::Score]);
}

#[tokio::test]
async fn ignored_write_is_repeated_a_limited_number_of_times() {
    let fixture = PushFixture::with_edited_entries(2, &[Reply::Ignores; 2]);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, fixture.write_count()), (RunStatus::Partial, 3), "twice, then the next entry");
    assert_eq!((fixture.own_fields_of(1), fixture.own_fields_of(2)), (vec![Field::Score], Vec::new()));
    assert_eq!(outcome.run.counters.pushed_fields, 1);
}

#[tokio::test]
async fn refused_entry_stays_own_and_the_push_goes_on() {
    let fixture = PushFixture::with_edited_entries(2, &[Reply::Refuses]);
    let outcome = fixture.push(false).await;
    let kinds: Vec<_> = outcome.run.errors.iter().map(|error| error.kind).collect();
    assert_eq!((outcome.run.status, kinds), (RunStatus::Partial, vec![EntryErrorKind::Refused]));
    assert_eq!((fixture.own_fields_of(1), fixture.own_fields_of(2)), (vec![Field::Score], Vec::new()));
}

#[tokio::test]
async fn unseen_value_is_recorded_once_and_before_the_write_that_overwrites_it() {
    let fixture = PushFixture::with_unseen_score(&[Reply::TakesAndEndsPush]);
    assert_eq!(fixture.push(false).await.run.status, RunStatus::Failed);
    assert_eq!(
        (fixture.mal_values(), fixture.own_fields_of(1)),
        (vec![json!(3)], vec![Field::Score]),
        "still to be sent"
    );
    assert_eq!(fixture.push(false).await.run.counters.pushed_fields, 0);
    assert_eq!((fixture.mal_values(), fixture.own_fields_of(1)), (vec![json!(3), json!(7)], Vec::new()));
    for reply in [Reply::Takes, Reply::TakesButLosesResponse, Reply::LosesRequest] {
        let fixture = PushFixture::with_unseen_score(&[reply]);
        assert_eq!(fixture.push(false).await.run.counters.pushed_fields, 1, "{reply:?}");
        assert_eq!((fixture.mal_values(), fixture.own_fields_of(1)), (vec![json!(3)], Vec::new()), "{reply:?}");
    }
}

#[tokio::test]
async fn record_of_a_write_that_mal_did_not_take_is_withdrawn() {
    for (replies, status) in [(&[Reply::Refuses][..], RunStatus::Partial), (&[Reply::Ignores; 2], RunStatus::Partial)] {
        let fixture = PushFixture::with_unseen_score(replies);
        assert_eq!(fixture.push(false).await.run.status, status, "{replies:?}");
        assert_eq!((fixture.mal_values(), fixture.own_fields_of(1)), (Vec::new(), vec![Field::Score]), "{replies:?}");
    }
}

#[tokio::test]
async fn record_of_a_lost_write_stays_because_mal_may_still_take_it() {
    for (replies, status) in [
        (&[Reply::LosesRequest, Reply::Refuses][..], RunStatus::Partial),
        (&[Reply::LosesRequest; 2], RunStatus::Failed),
    ] {
        let fixture = PushFixture::with_unseen_score(replies);
        assert_eq!(fixture.push(false).await.run.status, status, "{replies:?}");
        assert_eq!(
            (fixture.mal_values(), fixture.own_fields_of(1)),
            (vec![json!(3)], vec![Field::Score]),
            "{replies:?}"
        );
    }
}

#[tokio::test]
async fn write_postponed_for_long_is_decided_anew() {
    let fixture = PushFixture::with_edited_entries(1, &[Reply::Postpones]);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, outcome.run.counters.push_conflicts), (RunStatus::Partial, 1));
    assert_eq!(
        (fixture.write_count(), fixture.mal_values()),
        (1, vec![json!(4)]),
        "the conflict is recorded, nothing sent"
    );
    let fixture = PushFixture::with_unseen_score(&[Reply::Postpones]);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, fixture.write_count()), (RunStatus::Success, 2), "with --force");
    assert_eq!(fixture.mal_values(), [json!(4)], "another client overwrote the 3");
}

#[tokio::test]
async fn conflict_found_after_the_last_try_does_not_end_the_push() {
    let replies = [Reply::LosesRequest, Reply::TakesButIsOverwritten];
    let fixture = PushFixture::with_edited_entries(2, &replies);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, outcome.run.counters.push_conflicts), (RunStatus::Partial, 1));
    assert_eq!((fixture.own_fields_of(1), fixture.own_fields_of(2)), (vec![Field::Score], Vec::new()));
}

#[tokio::test]
async fn every_value_that_lost_writes_may_have_overwritten_is_recorded() {
    let fixture = PushFixture::with_unseen_score(&[Reply::TakesButIsOverwritten]);
    assert_eq!((fixture.push(false).await.run.status, fixture.write_count()), (RunStatus::Success, 2));
    assert_eq!(fixture.mal_values(), [json!(3), json!(4)]);
    let fixture = PushFixture::with_unseen_score(&[Reply::TakesButIsOverwritten, Reply::Refuses]);
    assert_eq!(fixture.push(false).await.run.status, RunStatus::Partial);
    assert_eq!(fixture.mal_values(), [json!(3)], "MAL refused the write that would have overwritten the other one");
}

#[tokio::test]
async fn nothing_is_sent_if_the_database_does_not_take_the_record_of_an_unseen_value() {
    let mut fixture = PushFixture::with_unseen_score(&[]);
    fixture.store.unstorable_ids.insert(1);
    let outcome = fixture.push(false).await;
    let kinds: Vec<_> = outcome.run.errors.iter().map(|error| error.kind).collect();
    assert_eq!((kinds, fixture.write_count()), (vec![EntryErrorKind::Constraint], 0));
}

#[tokio::test]
async fn what_the_database_does_not_take_is_found_by_the_next_push() {
    let mut fixture = PushFixture::with_edited_entries(2, &[]);
    fixture.store.unavailable_at_id = Some(1);
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.status, outcome.is_store_unreachable), (RunStatus::Failed, true));
    fixture.store.unavailable_at_id = None;
    let outcome = fixture.push(false).await;
    assert_eq!((outcome.run.counters.pushed_fields, fixture.write_count()), (1, 2), "only the second one is sent");
    assert_eq!((fixture.own_fields_of(1), fixture.mal_values()), (Vec::new(), vec![json!(7), json!(7)]));
}

#[tokio::test]
async fn dry_run_and_cancelled_push_write_nothing() {
    let fixture = PushFixture::with_edited_entries(2, &[]);
    let outcome = fixture.push(true).await;
    assert_eq!((outcome.run.counters.pushed_entries, fixture.write_count(), fixture.mal_values().len()), (2, 0, 0));
    fixture.cancellation.cancel();
    assert_eq!(fixture.push(false).await.run.status, RunStatus::Interrupted);
    assert_eq!(fixture.write_count(), 0);
}

/// One request a second, by a simulated clock: what the engine adds to the pace of its requests would show.
#[tokio::test(start_paused = true)]
async fn thousand_entries_take_as_long_as_their_requests_also_when_interrupted() {
    const ENTRIES: i32 = 1_000;
    let pace = Duration::from_secs(1);
    let mut fixture = PushFixture::with_edited_entries(ENTRIES, &[]);
    fixture.mal.interval = pace;
    let started = Instant::now();
    let cancellation = fixture.cancellation.clone();
    tokio::spawn(async move {
        tokio::time::sleep(pace * 1_000).await;
        cancellation.cancel();
    });
    let interrupted = fixture.push(false).await;
    assert_eq!(interrupted.run.status, RunStatus::Interrupted);
    assert!((499..=501).contains(&interrupted.run.counters.pushed_entries), "{:?}", interrupted.run.counters);
    fixture.cancellation = CancellationToken::new();
    let outcome = fixture.push(false).await;
    assert_eq!(outcome.run.status, RunStatus::Success);
    assert_eq!(fixture.write_count(), 1_000, "each entry is written once");
    let (elapsed, requests) = (started.elapsed().as_secs_f64(), f64::from(2 * ENTRIES + 2));
    assert!((requests * 0.999..requests * 1.03).contains(&elapsed), "{elapsed} s for {requests} requests");
}
