//! The API as the core asks for it: who the token belongs to, and pages of the list.
//!
//! The bearer goes to the configured API address alone, because no other address is ever made. What fails is asked again
//! as `retry` says; the error that comes out is final for the run.

use std::{
    future::{self, Future},
    panic,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use serde::Deserialize;
use tokio::task;
use url::Url;

use super::{
    Error,
    bearer::{Access, Bearer},
    decode::{self, Page},
    paging::next_offset,
    retry::{Budget, Meaning, Step, Tries, describe, meaning},
    wire::{Answer, Wire},
};
use crate::{
    secret::Secret,
    sync::port::{Account, ListPage, Sort, Source, Traffic},
    words::Words,
};

/// What is asked of every entry. Braces add to MAL's default fields; what is not named here does not come.
const FIELDS: &str = "alternative_titles,synopsis,num_episodes,status,mean,rank,popularity,start_date,end_date,\
    main_picture,media_type,nsfw,genres,studios,start_season,source,rating,average_episode_duration,broadcast,\
    num_list_users,num_scoring_users,created_at,updated_at,list_status{start_date,finish_date,priority,num_times_rewatched,rewatch_value,tags,\
    comments,is_rewatching,num_episodes_watched,score,status,updated_at}";
/// An account with its statistics has about 1 kB.
const ACCOUNT_CAP: usize = 256 * 1024;
/// A hundred entries have about 200 kB.
const HUNDRED_CAP: usize = 8 * 1024 * 1024;
/// MAL may filter a page empty, but not one after the other without end.
const EMPTY_PAGES: u32 = 3;

/// The MyAnimeList API for one login and one run.
pub struct Client<B> {
    wire: Wire,
    bearer: B,
    account: Url,
    list: Url,
    page_size: u32,
    empty_pages: AtomicU32,
    budget: Mutex<Budget>,
    known: Mutex<Option<Known>>,
}

/// The account of this run, and the token that MAL last named it for.
struct Known {
    id: i64,
    token: Secret,
}

/// Why a success is none.
enum Misread {
    /// It cannot be read: asking again may help.
    Unreadable(String),
    /// It can, and it breaks the protocol.
    Broken(Error),
}

impl<B: Bearer> Client<B> {
    /// A client of the API at `api` (`https://api.myanimelist.net/v2`), which asks for `page_size` entries (1 to 1000) at a time.
    ///
    /// # Errors
    /// [`Error::Request`] where `api` cannot be the base of an address.
    pub fn new(wire: Wire, bearer: B, api: &Url, page_size: u32) -> Result<Self, Error> {
        let mut account = below(api, &["users", "@me"])?;
        account.query_pairs_mut().append_pair("fields", "anime_statistics");
        let list = below(api, &["users", "@me", "animelist"])?;
        let budget = Mutex::new(Budget::new(wire.settings().max_retries));
        let (empty_pages, known) = (AtomicU32::new(0), Mutex::new(None));
        Ok(Self { wire, bearer, account, list, page_size, empty_pages, budget, known })
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the account behind this token is the one that was named. Where none was named yet, nobody asked.
    fn is_known(&self, access: &Access) -> bool {
        self.known().as_ref().is_none_or(|known| known.token == access.token)
    }

    fn page_url(&self, sort: Sort, offset: u64) -> Url {
        let mut url = self.list.clone();
        url.query_pairs_mut()
            .append_pair("fields", FIELDS)
            // Without it, entries that MAL rates gray vanish from the list without a word.
            .append_pair("nsfw", "true")
            .append_pair(
                "sort",
                match sort {
                    Sort::Title => "anime_title",
                    Sort::Updated => "list_updated_at",
                },
            )
            .append_pair("limit", &self.page_size.to_string())
            .append_pair("offset", &offset.to_string());
        url
    }

    /// Asks until there is an answer that `read` can read, or no use in asking. Says too what it was asked with.
    async fn ask<T, F: Future<Output = Result<T, Misread>>>(
        &self,
        url: &Url,
        cap: usize,
        read: impl Fn(Answer) -> F,
    ) -> Result<(T, Access), Error> {
        let mut tries = Tries::new(self.wire.settings().max_retries);
        let mut access = self.bearer.access().await.map_err(Error::Bearer)?;
        loop {
            let (met, asked, why) = match self.wire.send(Self::request(url, &access)?, cap).await {
                Ok(answer) => match meaning(&answer) {
                    Meaning::Good => match read(answer).await {
                        Ok(value) => {
                            self.budget().earn();
                            return Ok((value, access));
                        }
                        Err(Misread::Broken(error)) => return Err(error),
                        Err(Misread::Unreadable(why)) => (Meaning::Misread, None, Words::clean(&why)),
                    },
                    met => (met, answer.retry_after(), describe(&answer)),
                },
                Err(error) if error.is_weather() => (Meaning::Weather, None, Words::clean(&error.to_string())),
                Err(error) => return Err(error),
            };
            match tries.next(met) {
                Step::Renew => access = self.bearer.renew(access.generation).await.map_err(Error::Bearer)?,
                Step::Again(number) => self.pause(met, number, asked, &why).await?,
                Step::GiveUp => {
                    // Where the wait that MAL asks for is long, when it ends is the better reason.
                    return Err(met
                        .error(self.wire.backoff(1, asked).err().map_or(why, |late| Words::clean(&late.to_string()))));
                }
            }
        }
    }

    async fn pause(&self, met: Meaning, number: u32, asked: Option<Duration>, why: &Words) -> Result<(), Error> {
        let pause = self.wire.backoff(number, asked).map_err(|late| met.error(Words::clean(&late.to_string())))?;
        let enough = |spent| met.error(why.clone().with(&format!("; {spent} repetitions in this run are enough")));
        self.budget().spend().map_err(enough)?;
        tracing::warn!("asking MyAnimeList again in {:.1} s: {why}", pause.as_secs_f64());
        tokio::time::sleep(pause).await;
        self.wire.count_retry();
        Ok(())
    }

    fn request(url: &Url, access: &Access) -> Result<reqwest::Request, Error> {
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {}", access.token.expose())).map_err(|_| Error::TokenUnfit)?;
        bearer.set_sensitive(true);
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        request.headers_mut().insert(AUTHORIZATION, bearer);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    async fn read_page(&self, answer: Answer, offset: u64) -> Result<ListPage, Misread> {
        let limit = self.page_size as usize;
        // On a thread of its own, so that the batch before is stored meanwhile.
        let page = task::spawn_blocking(move || decode::page(&answer.body, limit)).await;
        let page = page.unwrap_or_else(|fault| panic::resume_unwind(fault.into_panic()));
        let Page { entries, rejected, next } = page.map_err(Misread::Unreadable)?;
        let next = next_offset(next.as_ref(), &self.list, offset, self.page_size).map_err(Misread::Broken)?;
        let empty = entries.is_empty() && rejected.is_empty() && next.is_some();
        let in_a_row = if empty { self.empty_pages.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        self.empty_pages.store(in_a_row, Ordering::Relaxed);
        if in_a_row >= EMPTY_PAGES {
            let what = format!("{in_a_row} empty pages in a row at {offset}");
            return Err(Misread::Broken(Error::PageLoop(Words::clean(&what))));
        }
        Ok(ListPage { entries, rejected, next })
    }
}

impl<B: Bearer> Source for Client<B> {
    type Error = Error;

    async fn account(&self) -> Result<Account, Error> {
        let (account, Access { token, .. }) =
            self.ask(&self.account, ACCOUNT_CAP, |answer| future::ready(read_account(&answer))).await?;
        let mut known = self.known();
        if known.as_ref().is_some_and(|known| known.id != account.id) {
            return Err(Error::OtherAccount { name: Words::clean(&account.name), id: account.id });
        }
        *known = Some(Known { id: account.id, token });
        Ok(account)
    }

    async fn page(&self, sort: Sort, offset: u64) -> Result<ListPage, Error> {
        let hundreds = self.page_size.div_ceil(100).max(1) as usize;
        let url = self.page_url(sort, offset);
        loop {
            let (page, access) =
                self.ask(&url, hundreds * HUNDRED_CAP, |answer| self.read_page(answer, offset)).await?;
            if self.is_known(&access) {
                return Ok(page);
            }
            // The token changed on the way, by a refresh or by another program: whose is the new one, and with it this page?
            self.account().await?;
            if self.is_known(&access) {
                return Ok(page);
            }
        }
    }

    fn traffic(&self) -> Traffic {
        self.wire.traffic()
    }

    fn may_be_cut(&self) -> bool {
        self.bearer.may_be_cut()
    }
}

fn read_account(answer: &Answer) -> Result<Account, Misread> {
    #[derive(Deserialize)]
    struct Me {
        id: i64,
        name: String,
        joined_at: Option<String>,
        anime_statistics: Option<Statistics>,
    }
    #[derive(Deserialize)]
    struct Statistics {
        num_items: Option<i64>,
    }
    let me: Me = answer.json().map_err(|fault| Misread::Unreadable(fault.to_string()))?;
    let num_items = me.anime_statistics.and_then(|statistics| statistics.num_items);
    if me.id < 1 || me.name.is_empty() || num_items.is_some_and(|count| count < 0) {
        return Err(Misread::Unreadable("no account that can be".to_owned()));
    }
    Ok(Account { id: me.id, name: me.name, joined_at: me.joined_at, num_items })
}

/// An address below the API's own, with or without a slash at its end.
fn below(api: &Url, path: &[&str]) -> Result<Url, Error> {
    let mut url = api.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().map_err(|()| Error::Request(api.to_string()))?.pop_if_empty().extend(path);
    Ok(url)
}

#[cfg(test)]
mod tests;
