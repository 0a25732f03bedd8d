//! A planner of the tests' own: MAL's value wins everywhere, and what differs is a conflict unless it was told before.
//! It can do something in between: the store calls it after it has read and locked, before it writes.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use malsync::{
    domain::{
        anime::{Anime, Broadcast, Named, Season},
        change::{Change, Field, Rule},
        entry::{Remote, Values},
        list_status::ListStatus,
        run::{Counters, Mode, RunId},
        user::UserId,
    },
    store::{Database, Error},
    sync::port::{Batch, EntryWrite, Fate, Item, Merged, NewRun, Outcome, Plan, Planner, Rows, Store as _},
};
use serde_json::{Value, json};

type Hook = Box<dyn Fn(&Rows) + Send + Sync>;

/// The planner.
#[derive(Default)]
pub(super) struct MalWins {
    between: Option<(usize, Hook)>,
    pub(super) plans: AtomicUsize,
    pub(super) met: Mutex<Rows>,
}

impl MalWins {
    /// Does this once, between what is read first and what is done with it.
    pub(super) fn with(between: impl Fn(&Rows) + Send + Sync + 'static) -> Self {
        Self::at(0, between)
    }

    /// Does this once, at the plan before which there were so many.
    pub(super) fn at(plans: usize, between: impl Fn(&Rows) + Send + Sync + 'static) -> Self {
        Self { between: Some((plans, Box::new(between))), ..Self::default() }
    }
}

impl Planner for MalWins {
    fn wants_history(&self, _: &[Item], rows: &Rows) -> Vec<i32> {
        let mut ids: Vec<i32> = rows.locals.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn plan<'a>(&self, items: &'a [Item], rows: &'a Rows) -> Plan<'a> {
        let before = self.plans.fetch_add(1, Ordering::SeqCst);
        if let Some((_, between)) = self.between.as_ref().filter(|(plans, _)| *plans == before) {
            between(rows);
        }
        *self.met.lock().unwrap() = rows.clone();
        let mut plan = Plan::default();
        for item in items {
            if let Item::Fetched(remote) = item {
                let outcome = one(&mut plan, remote, rows);
                plan.outcomes.push(outcome);
            }
        }
        plan
    }

    fn counters(&self, outcomes: &[Outcome], refused: usize) -> Counters {
        let count = |fate| i64::try_from(outcomes.iter().filter(|outcome| outcome.entry == fate).count()).unwrap();
        Counters {
            anime_fetched: i64::try_from(outcomes.len() + refused).unwrap(),
            user_lists_created: count(Fate::Created),
            user_lists_updated: count(Fate::Updated),
            user_lists_unchanged: count(Fate::Unchanged),
            ..Counters::default()
        }
    }
}

fn one<'a>(plan: &mut Plan<'a>, remote: &'a Remote, rows: &'a Rows) -> Outcome {
    let mal_id = remote.mal_id();
    let anime = match rows.anime.get(&mal_id) {
        None => {
            plan.anime_new.push(&remote.anime);
            Fate::Created
        }
        Some((_, here)) if *here == remote.anime => Fate::Unchanged,
        Some((id, _)) => {
            plan.anime_changed.push((*id, &remote.anime));
            Fate::Updated
        }
    };
    let local = rows.locals.get(&mal_id);
    let same = local.is_some_and(|local| {
        local.values == remote.list.values
            && local.base.as_ref() == Some(&remote.list.raw)
            && local.removed_at.is_none()
    });
    let mut outcome = Outcome { mal_id, anime, entry: Fate::Unchanged, joined: local.is_none(), changes: Vec::new() };
    if same {
        return outcome;
    }
    let write = EntryWrite {
        id: local.map(|local| local.id),
        mal_id,
        values: remote.list.values.clone(),
        base: &remote.list.raw,
        mal_updated_at: remote.list.updated_at,
    };
    let change = |field, local: Value, mal: Value, conflict| Change {
        mal_id,
        field,
        local,
        kept: mal.clone(),
        mal,
        conflict,
        rule: Rule::Mal,
    };
    if let Some(local) = local {
        outcome.entry = Fate::Updated;
        let (here, there) = (json!(local.values.score), json!(remote.list.values.score));
        let told =
            rows.history.get(&(mal_id, Field::Score)).is_some_and(|last| last.local == here && last.mal == there);
        outcome.changes.push(change(Field::Score, here, there, !told));
        plan.entries_changed.push(write);
    } else {
        outcome.entry = Fate::Created;
        outcome.changes.push(change(Field::Entry, Value::Null, json!(remote.list.values.status), false));
        plan.entries_new.push(write);
    }
    outcome
}

/// An entry of MAL's, with every column filled.
pub(super) fn remote(mal_id: i32, score: i32) -> Remote {
    Remote {
        anime: Anime {
            mal_id,
            title: format!("Title {mal_id} 日本語 'quoted'"),
            title_english: Some("English".into()),
            title_japanese: Some("日本語".into()),
            synopsis: Some("Long.\nLonger.".into()),
            episodes: Some(12),
            status: Some("finished_airing".into()),
            mean: Some("10.00".parse().unwrap()),
            rank: Some(1),
            popularity: Some(2),
            aired_from: "2019-04".parse().ok(),
            aired_to: "2019-06-30".parse().ok(),
            image_url: Some("https://example.org/a.jpg".into()),
            media_type: Some("tv".into()),
            nsfw: Some("white".into()),
            synonyms: vec!["Other".into(), "別名".into()],
            genres: vec![Named { id: 1, name: "Action".into() }, Named { id: 8, name: "Drama".into() }],
            studios: vec![Named { id: 14, name: "Sunrise".into() }],
            start_season: Some(Season { year: 2019, season: "spring".into() }),
            source: Some("manga".into()),
            rating: Some("pg_13".into()),
            average_episode_duration: Some(1440),
            broadcast: Some(Broadcast { day: "sunday".into(), time: Some("17:00".into()) }),
            num_list_users: Some(1000),
            num_scoring_users: Some(500),
            created_at: "2015-08-02T06:03:11Z".parse().ok(),
            updated_at: "2024-04-30T15:00:00Z".parse().ok(),
        },
        list: ListStatus {
            values: Values {
                status: "watching".into(),
                score: Some(score),
                episodes_watched: Some(3),
                start_date: "2019".parse().ok(),
                finish_date: "2020-02-29".parse().ok(),
                notes: Some("a \"note\"\n".into()),
                is_rewatching: true,
                times_rewatched: 2,
                rewatch_value: 3,
                priority: 1,
                tags: vec!["one, two".into(), "drei".into()],
            },
            updated_at: "2026-01-02T03:04:05Z".parse().ok(),
            raw: json!({"status": "watching", "score": score, "nested": {"z": 1, "a": [null, true]}}).into(),
        },
    }
}

/// A batch of these entries, as MAL sent them.
pub(super) fn items(remotes: impl IntoIterator<Item = Remote>) -> Vec<Item> {
    remotes.into_iter().map(|remote| Item::Fetched(Box::new(remote))).collect()
}

pub(super) async fn begun(database: &Database, user: UserId) -> RunId {
    database.begin_run(&NewRun { user, mode: Mode::Full, force_full: false }).await.unwrap().0
}

/// Merges entries in a run that is begun for it.
pub(super) async fn merged(database: &Database, user: UserId, planner: &MalWins, items: &[Item]) -> Merged {
    try_merge(database, user, planner, items).await.unwrap()
}

pub(super) async fn try_merge(
    database: &Database,
    user: UserId,
    planner: &MalWins,
    items: &[Item],
) -> Result<Merged, Error> {
    let run = begun(database, user).await;
    database.merge(&Batch { user, owner: None, run: Some(run), items, planner, tell: false }).await
}
