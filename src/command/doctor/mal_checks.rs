//! MAL: whether its API answers, whether it knows the client, and whether the clocks agree.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::DATE;

use crate::{
    auth::token_endpoint::{ClientStatus, TokenEndpoint as _},
    clock::{Clock as _, SystemClock},
    config::Config,
    failure::Failure,
    mal::{
        error::Error as MalError,
        transport::{HttpResponse, HttpTransport},
    },
    ui::view::{
        self,
        doctor::{Check, CheckLevel},
    },
};

use super::{Context, check_from_failure, new_check};

/// How long MAL may take to answer a question.
const MAL_CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// Clocks that are further apart than this are worth a word: tokens seem to end early or late.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn check_mal(context: &Context<'_>, config: &Config) -> Vec<Check> {
    let wire = Context::transport_for(config);
    let (api, answer) = check_api(&wire, config).await;
    let mut checks = vec![api];
    // Where the API cannot be reached, neither can the other.
    if let Some(answer) = answer {
        checks.extend(check_client_id(context, &wire).await);
        let theirs = response_date(&answer).map(|theirs| (theirs, SystemClock.now()));
        checks.extend(theirs.and_then(|(theirs, ours)| check_clock("MAL's clock", theirs, ours)));
    }
    checks
}

/// Asks MAL's API something that needs no login. Any answer of its own will do.
async fn check_api(wire: &HttpTransport, config: &Config) -> (Check, Option<HttpResponse>) {
    const NAME: &str = "MAL";
    let url = &config.mal_api_url.value;
    let look = async {
        let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
        wire.send(request, 1 << 16).await.map_err(|error: MalError| Failure::from(error))
    };
    match tokio::time::timeout(MAL_CHECK_TIMEOUT, look).await {
        Ok(Ok(answer)) => (check_response(url.as_str(), &answer), Some(answer)),
        Ok(Err(failure)) => (check_from_failure(NAME, &failure), None),
        Err(_) => {
            let what = format!("{url} does not answer within {} s", MAL_CHECK_TIMEOUT.as_secs());
            (new_check(NAME, CheckLevel::Error, what, Some("check the network, or try again later")), None)
        }
    }
}

fn check_response(url: &str, answer: &HttpResponse) -> Check {
    let warn = |what: &str, hint: &str| {
        new_check("MAL", CheckLevel::Warn, format!("{url} answers {}{what}", answer.status), Some(hint))
    };
    if answer.status >= 500 {
        warn("", "MyAnimeList may be down; try again later")
    } else if answer.status == 429 {
        warn(" (too many requests)", "wait some minutes, and lower MAL_API_RATE_LIMIT if it comes again")
    } else if answer.is_html() {
        warn(" with a page, not the API", "MyAnimeList may block this address for now; try again later")
    } else {
        new_check("MAL", CheckLevel::Ok, format!("{url} answers"), None)
    }
}

/// Whether MAL would ask a user for this app, as a login asks before it sends anybody there.
async fn check_client_id(context: &Context<'_>, wire: &HttpTransport) -> Option<Check> {
    const NAME: &str = "client id";
    let endpoint = context.oauth_client(wire).ok()?;
    Some(match tokio::time::timeout(MAL_CHECK_TIMEOUT, endpoint.check_client()).await {
        Ok(Ok(ClientStatus::Registered)) => new_check(NAME, CheckLevel::Ok, "MAL knows it, with the redirect", None),
        Ok(Err(unregistered)) => check_from_failure(NAME, &unregistered.into()),
        Ok(Ok(ClientStatus::Unknown)) | Err(_) => new_check(
            NAME,
            CheckLevel::Warn,
            "MAL does not say whether it knows it",
            Some("try again later: malsync doctor"),
        ),
    })
}

/// What the answer says that the time is.
fn response_date(answer: &HttpResponse) -> Option<DateTime<Utc>> {
    let date: SystemTime = httpdate::parse_http_date(answer.headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(date.into())
}

/// Whether somebody's clock agrees with this machine's.
pub(super) fn check_clock(whose: &str, theirs: DateTime<Utc>, ours: DateTime<Utc>) -> Option<Check> {
    const NAME: &str = "clock";
    let ahead = ours - theirs;
    if ahead.abs() <= MAX_CLOCK_SKEW {
        return Some(new_check(NAME, CheckLevel::Ok, format!("this machine's agrees with {whose}"), None));
    }
    let way = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    let what = format!("this machine's is {} {way} {whose}", view::format_time_span(ahead.abs()));
    Some(new_check(NAME, CheckLevel::Warn, what, Some("set the clocks right, like: timedatectl set-ntp true")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_skew_above_one_minute_is_warned_with_direction() {
        let theirs: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let told = |seconds: i64| check_clock("MAL's clock", theirs, theirs + TimeDelta::seconds(seconds)).unwrap();
        for seconds in [0, 60, -60] {
            assert_eq!(told(seconds).level, CheckLevel::Ok, "{seconds}");
        }
        assert_eq!(told(303).message, "this machine's is 5m03s ahead of MAL's clock");
        assert_eq!(told(-93_600).message, "this machine's is 26h00m behind MAL's clock");
        assert_eq!(told(61).level, CheckLevel::Warn);
    }

    #[test]
    fn response_not_from_the_api_is_a_warning() {
        let answer = |status: u16, body: &str| HttpResponse { status, headers: Default::default(), body: body.into() };
        for (status, body, level) in [
            (200, "{}", CheckLevel::Ok),
            (404, r#"{"error":"not_found"}"#, CheckLevel::Ok),
            (403, "<html>", CheckLevel::Warn),
            (429, "", CheckLevel::Warn),
            (503, "<html>", CheckLevel::Warn),
        ] {
            assert_eq!(check_response("https://x", &answer(status, body)).level, level, "{status} {body}");
        }
    }
}
