//! MAL: whether its API answers, whether it knows the client, and whether the clocks agree.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::DATE;

use crate::{
    auth::endpoint::{Standing, TokenEndpoint as _},
    clock::{Clock as _, SystemClock},
    config::Config,
    failure::Failure,
    mal::{
        error::Error as MalError,
        wire::{Answer, Wire},
    },
    ui::view::{
        self,
        doctor::{Check, Level},
    },
};

use super::{Context, check, from_failure};

/// How long MAL may take to answer a question.
const LOOK: Duration = Duration::from_secs(10);

/// Clocks that are further apart than this are worth a word: tokens seem to end early or late.
const APART: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn checks(context: &Context<'_>, config: &Config) -> Vec<Check> {
    let wire = Context::wire_for(config);
    let (api, answer) = api(&wire, config).await;
    let mut checks = vec![api];
    // Where the API cannot be reached, neither can the other.
    if let Some(answer) = answer {
        checks.extend(client(context, &wire).await);
        let theirs = date(&answer).map(|theirs| (theirs, SystemClock.now()));
        checks.extend(theirs.and_then(|(theirs, ours)| clock("MAL's clock", theirs, ours)));
    }
    checks
}

/// Asks MAL's API something that needs no login. Any answer of its own will do.
async fn api(wire: &Wire, config: &Config) -> (Check, Option<Answer>) {
    const NAME: &str = "MAL";
    let url = &config.mal_api_url.value;
    let look = async {
        let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
        wire.send(request, 1 << 16).await.map_err(|error: MalError| Failure::from(error))
    };
    match tokio::time::timeout(LOOK, look).await {
        Ok(Ok(answer)) => (judged(url.as_str(), &answer), Some(answer)),
        Ok(Err(failure)) => (from_failure(NAME, &failure), None),
        Err(_) => {
            let what = format!("{url} does not answer within {} s", LOOK.as_secs());
            (check(NAME, Level::Error, what, Some("check the network, or try again later")), None)
        }
    }
}

fn judged(url: &str, answer: &Answer) -> Check {
    let warn = |what: &str, hint: &str| {
        check("MAL", Level::Warn, format!("{url} answers {}{what}", answer.status), Some(hint))
    };
    if answer.status >= 500 {
        warn("", "MyAnimeList may be down; try again later")
    } else if answer.status == 429 {
        warn(" (too many requests)", "wait some minutes, and lower MAL_API_RATE_LIMIT if it comes again")
    } else if answer.is_html() {
        warn(" with a page, not the API", "MyAnimeList may block this address for now; try again later")
    } else {
        check("MAL", Level::Ok, format!("{url} answers"), None)
    }
}

/// Whether MAL would ask a user for this app, as a login asks before it sends anybody there.
async fn client(context: &Context<'_>, wire: &Wire) -> Option<Check> {
    const NAME: &str = "client id";
    let endpoint = context.oauth(wire).ok()?;
    Some(match tokio::time::timeout(LOOK, endpoint.check_client()).await {
        Ok(Ok(Standing::Known)) => check(NAME, Level::Ok, "MAL knows it, with the redirect", None),
        Ok(Err(unregistered)) => from_failure(NAME, &unregistered.into()),
        Ok(Ok(Standing::Unsaid)) | Err(_) => {
            check(NAME, Level::Warn, "MAL does not say whether it knows it", Some("try again later: malsync doctor"))
        }
    })
}

/// What the answer says that the time is.
fn date(answer: &Answer) -> Option<DateTime<Utc>> {
    let date: SystemTime = httpdate::parse_http_date(answer.headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(date.into())
}

/// Whether somebody's clock agrees with this machine's.
pub(super) fn clock(whose: &str, theirs: DateTime<Utc>, ours: DateTime<Utc>) -> Option<Check> {
    const NAME: &str = "clock";
    let ahead = ours - theirs;
    if ahead.abs() <= APART {
        return Some(check(NAME, Level::Ok, format!("this machine's agrees with {whose}"), None));
    }
    let way = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    let what = format!("this machine's is {} {way} {whose}", view::span(ahead.abs()));
    Some(check(NAME, Level::Warn, what, Some("set the clocks right, like: timedatectl set-ntp true")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_a_minute_apart_agree_and_others_are_told_which_way() {
        let theirs: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let told = |seconds: i64| clock("MAL's clock", theirs, theirs + TimeDelta::seconds(seconds)).unwrap();
        for seconds in [0, 60, -60] {
            assert_eq!(told(seconds).level, Level::Ok, "{seconds}");
        }
        assert_eq!(told(303).message, "this machine's is 5m03s ahead of MAL's clock");
        assert_eq!(told(-93_600).message, "this machine's is 26h00m behind MAL's clock");
        assert_eq!(told(61).level, Level::Warn);
    }

    #[test]
    fn an_answer_that_is_none_of_the_api_s_is_told_as_what_it_is() {
        let answer = |status: u16, body: &str| Answer { status, headers: Default::default(), body: body.into() };
        for (status, body, level) in [
            (200, "{}", Level::Ok),
            (404, r#"{"error":"not_found"}"#, Level::Ok),
            (403, "<html>", Level::Warn),
            (429, "", Level::Warn),
            (503, "<html>", Level::Warn),
        ] {
            assert_eq!(judged("https://x", &answer(status, body)).level, level, "{status} {body}");
        }
    }
}
