//! What malsync computes between the wire and the database, without either:
//!
//!     cargo bench --bench pure                   everything
//!     cargo bench --bench pure -- decode         what has this in its name
//!
//! - *decode*: a page of JSON, as the simulator sends it, to entries;
//! - *resolve*: a batch and the rows it meets to the writes that are needed, by the conflict rules;
//! - *encode*: a list to JSON, CSV and MAL's XML.
//!
//! What it all comes to, against a floor and other programs, is measured by `benches/compare`.

use std::{error::Error, hint::black_box, io::Write as _, process::ExitCode};

use criterion::{BenchmarkId, Criterion, Throughput};
use mal_sim::{Config, Sim};
use malsync::{
    domain::{
        entry::{Local, Remote},
        list_item::ListItem,
    },
    exchange::{self, Owner},
    mal::decode,
    sync::{
        plan::Rules,
        port::{Item, Planner as _, Rows, Traffic},
        report::Report,
    },
    ui::{json, view},
};

/// As many entries as a page can have.
const ENTRIES: usize = 1000;
/// What malsync asks of every entry.
const FIELDS: &str = include_str!("fields.txt");

fn main() -> ExitCode {
    match page() {
        Ok(body) => measure(&body),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(body: &[u8]) {
    let mut criterion = Criterion::default().configure_from_args();
    let remotes = decoded(body);
    decode(&mut criterion, body);
    resolve(&mut criterion, &remotes);
    encode(&mut criterion, &remotes);
    criterion.final_summary();
}

/// A page of a simulated list, as bytes, with MAL's own way of escaping.
fn page() -> Result<Vec<u8>, Box<dyn Error>> {
    // Somebody else may have installed one already: any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = Sim::start_blocking(Config { entries: ENTRIES, ..Config::default() })?;
    let token = sim.control().issue_tokens("alice")?.access_token;
    let address = format!("{}/users/@me/animelist", sim.api_url());
    let query = [("fields", FIELDS.trim()), ("nsfw", "true"), ("limit", &ENTRIES.to_string())];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(address).query(&query).bearer_auth(token).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    })
}

fn decoded(body: &[u8]) -> Vec<Remote> {
    let page = decode::page(body, ENTRIES).expect("the simulator sends pages");
    assert_eq!((page.entries.len(), page.rejected.len()), (ENTRIES, 0), "the simulator's entries can be read");
    page.entries
}

fn decode(criterion: &mut Criterion, body: &[u8]) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("page", |bencher| bencher.iter(|| decoded(black_box(body))));
    group.finish();
}

fn resolve(criterion: &mut Criterion, remotes: &[Remote]) {
    let mut items: Vec<Item> = remotes.iter().map(|remote| Item::Fetched(Box::new(remote.clone()))).collect();
    items.sort_by_key(Item::mal_id);
    let report = Report::default();
    let rules = Rules { report: &report, traffic: Traffic::default(), settling: false };
    let mut group = criterion.benchmark_group("resolve");
    group.throughput(Throughput::Elements(ENTRIES as u64));
    for (name, rows) in
        [("new", Rows::default()), ("unchanged", stored(remotes, |_| {})), ("conflicts", stored(remotes, edited))]
    {
        group.bench_with_input(BenchmarkId::from_parameter(name), &rows, |bencher, rows| {
            bencher.iter(|| {
                black_box(rules.wants_history(&items, rows));
                black_box(rules.plan(&items, rows));
            });
        });
    }
    group.finish();
}

fn local(remote: &Remote) -> Local {
    Local {
        id: i64::from(remote.mal_id()),
        mal_id: remote.mal_id(),
        values: remote.list.values.clone(),
        base: Some(remote.list.raw.clone()),
        mal_updated_at: remote.list.updated_at,
        removed_at: None,
        pinned: Vec::new(),
    }
}

/// The rows of entries that were stored as they came, and touched since.
fn stored(remotes: &[Remote], touch: impl Fn(&mut Local)) -> Rows {
    let mut rows = Rows::default();
    for remote in remotes {
        let mut local = local(remote);
        touch(&mut local);
        rows.anime.insert(remote.mal_id(), (local.id, remote.anime.clone()));
        rows.locals.insert(remote.mal_id(), local);
    }
    rows
}

/// An edit here against every kind of rule.
fn edited(local: &mut Local) {
    let values = &mut local.values;
    values.score = Some(values.score.map_or(5, |score| score % 10 + 1));
    values.episodes_watched = values.episodes_watched.map(|watched| watched + 1);
    values.notes = Some("seen with friends".to_owned());
    values.status = if values.status == "dropped" { "on_hold" } else { "dropped" }.to_owned();
}

/// How a list is written.
type Way<'a> = &'a dyn Fn(&[ListItem]) -> Vec<u8>;

fn encode(criterion: &mut Criterion, remotes: &[Remote]) {
    let item = |remote: &Remote| ListItem {
        anime: remote.anime.clone(),
        entry: local(remote),
        updated_at: remote.list.updated_at,
    };
    let items: Vec<ListItem> = remotes.iter().map(item).collect();
    let ndjson = |items: &[ListItem]| {
        items.iter().map(|item| json::line(&view::list::json(item))).collect::<String>().into_bytes()
    };
    let xml = |items: &[ListItem]| exchange::mal_xml(Owner { name: "alice", mal_user_id: Some(1) }, items);
    let ways: [(&str, Way<'_>); 4] = [
        ("list --json", &ndjson),
        ("list --csv", &view::list::csv),
        ("export as JSON", &view::export::array),
        ("export as XML", &xml),
    ];
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(ENTRIES as u64));
    for (name, way) in ways {
        group.bench_function(name, |bencher| bencher.iter(|| way(black_box(&items))));
    }
    group.finish();
}
