//! Benchmarks of malsync's computations between network and database, without either:
//!
//!     cargo bench --bench pure                   everything
//!     cargo bench --bench pure -- decode         what has this in its name
//!
//! - *decode*: a page of JSON from the simulator to entries;
//! - *resolve*: a batch and its existing rows to the writes that the merge rules require;
//! - *encode*: a list to JSON, CSV and MAL's XML.
//!
//! `benches/compare` measures the whole program, against a lower bound and other programs.

use std::{error::Error, hint::black_box, io::Write as _, process::ExitCode};

use criterion::{BenchmarkId, Criterion, Throughput};
use mal_sim::{Sim, SimConfig};
use malsync::{
    domain::{
        altered_values::AlteredValues,
        entry::{RemoteEntry, StoredEntry},
        kept_values::KeptValues,
        list_entry::ListEntry,
        own_values::own_fields,
        run::RequestCounters,
    },
    exchange::{self, ListOwner, ListRow, OutputColumn, SelectedColumns},
    json_line::to_json_line,
    mal::decode,
    sync::{
        plan::{BatchKind, RulePlanner},
        port::{BatchItem, BatchPlanner as _, ExistingRows},
        run_tally::RunTally,
    },
};

/// Maximum number of entries on a page.
const PAGE_ENTRIES: usize = 1000;

fn main() -> ExitCode {
    match fetch_simulated_page() {
        Ok(body) => run_benchmarks(&body),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run_benchmarks(body: &[u8]) {
    let mut criterion = Criterion::default().configure_from_args();
    let remotes = decode_entries(body);
    bench_decode(&mut criterion, body);
    bench_resolve(&mut criterion, &remotes);
    bench_encode(&mut criterion, &remotes);
    criterion.final_summary();
}

/// Returns a page of a simulated list as bytes, with MAL's way of escaping.
fn fetch_simulated_page() -> Result<Vec<u8>, Box<dyn Error>> {
    // Fails if another provider is installed already; any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = Sim::start_blocking(SimConfig { entries: PAGE_ENTRIES, ..SimConfig::default() })?;
    let token = sim.control().issue_tokens("alice")?.access_token;
    let address = format!("{}/users/@me/animelist", sim.api_url());
    let fields = decode::requested_fields();
    let query = [("fields", fields.as_str()), ("nsfw", "true"), ("limit", &PAGE_ENTRIES.to_string())];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let response = client.get(address).query(&query).bearer_auth(token).send().await?.error_for_status()?;
        Ok(response.bytes().await?.to_vec())
    })
}

fn decode_entries(body: &[u8]) -> Vec<RemoteEntry> {
    let page = decode::decode_page(body, PAGE_ENTRIES).expect("the simulator's page can be decoded");
    assert_eq!(
        (page.entries.len(), page.rejected.len()),
        (PAGE_ENTRIES, 0),
        "all of the simulator's entries can be decoded"
    );
    page.entries
}

fn bench_decode(criterion: &mut Criterion, body: &[u8]) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("page", |bencher| bencher.iter(|| decode_entries(black_box(body))));
    group.finish();
}

fn bench_resolve(criterion: &mut Criterion, remotes: &[RemoteEntry]) {
    let mut items: Vec<BatchItem> = remotes.iter().map(|remote| BatchItem::Fetched(Box::new(remote.clone()))).collect();
    items.sort_by_key(BatchItem::mal_id);
    let tally = RunTally::default();
    let rules = RulePlanner { tally: &tally, request_counters: RequestCounters::default(), kind: BatchKind::Fetched };
    let mut group = criterion.benchmark_group("resolve");
    group.throughput(Throughput::Elements(PAGE_ENTRIES as u64));
    for (name, rows) in [
        ("new", ExistingRows::default()),
        ("unchanged", existing_rows(remotes, |_| {})),
        ("conflicts", existing_rows(remotes, apply_local_edits)),
    ] {
        group.bench_with_input(BenchmarkId::from_parameter(name), &rows, |bencher, rows| {
            bencher.iter(|| {
                black_box(rules.ids_needing_conflict_history(&items, rows));
                black_box(rules.plan_writes(&items, rows));
            });
        });
    }
    group.finish();
}

fn stored_entry(remote: &RemoteEntry) -> StoredEntry {
    StoredEntry {
        id: i64::from(remote.mal_id()),
        mal_id: remote.mal_id(),
        values: remote.list_status.values.clone(),
        base: Some(remote.list_status.base.clone()),
        mal_updated_at: remote.list_status.updated_at,
        removed_at: None,
        pinned: Vec::new(),
        kept: KeptValues::default(),
        altered: AlteredValues::default(),
    }
}

/// Returns the rows of entries stored as MAL sent them, then modified by `change`.
fn existing_rows(remotes: &[RemoteEntry], change: impl Fn(&mut StoredEntry)) -> ExistingRows {
    let mut rows = ExistingRows::default();
    for remote in remotes {
        let mut local = stored_entry(remote);
        change(&mut local);
        rows.anime.insert(remote.mal_id(), (local.id, remote.anime.clone()));
        rows.entries.insert(remote.mal_id(), local);
    }
    rows
}

/// Applies local edits that involve every kind of merge rule.
fn apply_local_edits(local: &mut StoredEntry) {
    let values = &mut local.values;
    values.score = Some(values.score.map_or(5, |score| score % 10 + 1));
    values.episodes_watched = values.episodes_watched.map(|watched| watched + 1);
    values.notes = Some("seen with friends".to_owned());
    values.status = if values.status == "dropped" { "on_hold" } else { "dropped" }.to_owned();
}

/// A function that encodes a list.
type ListEncoder<'a> = &'a dyn Fn(&[ListEntry]) -> Vec<u8>;

fn to_rows(items: &[ListEntry]) -> Vec<ListRow<'_>> {
    items.iter().map(|entry| ListRow { entry, edited_fields: Some(own_fields(&entry.stored)) }).collect()
}

fn bench_encode(criterion: &mut Criterion, remotes: &[RemoteEntry]) {
    let item = |remote: &RemoteEntry| ListEntry {
        anime: remote.anime.clone(),
        stored: stored_entry(remote),
        updated_at: remote.list_status.updated_at,
    };
    let items: Vec<ListEntry> = remotes.iter().map(item).collect();
    let ndjson = |items: &[ListEntry]| {
        to_rows(items)
            .iter()
            .map(|row| to_json_line(&SelectedColumns::new(row, OutputColumn::all())))
            .collect::<String>()
            .into_bytes()
    };
    let csv = |items: &[ListEntry]| exchange::encode_csv(&to_rows(items), OutputColumn::all());
    let json_array = |items: &[ListEntry]| exchange::encode_json_array(&to_rows(items));
    let xml = |items: &[ListEntry]| exchange::encode_mal_xml(ListOwner { name: "alice", mal_user_id: Some(1) }, items);
    let encoders: [(&str, ListEncoder<'_>); 4] =
        [("list --json", &ndjson), ("list --csv", &csv), ("export as JSON", &json_array), ("export as XML", &xml)];
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(PAGE_ENTRIES as u64));
    for (name, encoder) in encoders {
        group.bench_function(name, |bencher| bencher.iter(|| encoder(black_box(&items))));
    }
    group.finish();
}
