//! Checks MAL: whether the API responds, whether MAL knows the client id, and whether the clocks agree.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::DATE;

use crate::{
    auth::token_endpoint::{ClientStatus, TokenEndpoint as _},
    clock::{Clock as _, SystemClock},
    config::Config,
    failure::Failure,
    http::{AttemptOutcome, HttpResponse, HttpTransport, classify_attempt},
    ui::view::{
        self,
        doctor::{Check, CheckLevel},
    },
};

use super::check_result::{check_from_failure, new_check};
use crate::command::context::Context;

/// Timeout of each request.
const MAL_CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// Clock difference above which a warning is given: tokens would seem to expire early or late.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn check_mal(context: &Context<'_>, config: &Config) -> Vec<Check> {
    let transport = Context::transport_for(config);
    let (api_check, response) = check_api(&transport, config).await;
    let mut checks = vec![api_check];
    // If the API is unreachable, skip the request to the authorization server.
    if let Some(response) = response {
        checks.extend(check_client_id(context, &transport).await);
        let remote = response_date(&response).map(|remote| (remote, SystemClock.now()));
        checks.extend(remote.and_then(|(remote, local)| check_clock("MAL's clock", remote, local)));
    }
    checks
}

/// Sends the API a request that needs no login. Any response of the API itself passes.
async fn check_api(transport: &HttpTransport, config: &Config) -> (Check, Option<HttpResponse>) {
    const NAME: &str = "MAL";
    let url = &config.mal_api_url.value;
    let request_api = async {
        let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
        transport.send(request, 1 << 16).await.map_err(Failure::from)
    };
    match tokio::time::timeout(MAL_CHECK_TIMEOUT, request_api).await {
        Ok(Ok(response)) => (check_response(url.as_str(), &response), Some(response)),
        Ok(Err(failure)) => (check_from_failure(NAME, &failure), None),
        Err(_) => {
            let message = format!("{url}: no response within {} s", MAL_CHECK_TIMEOUT.as_secs());
            (new_check(NAME, CheckLevel::Error, message, Some("check the network, or try again later")), None)
        }
    }
}

fn check_response(url: &str, response: &HttpResponse) -> Check {
    let warn = |what: &str, hint: &str| {
        new_check("MAL", CheckLevel::Warn, format!("{url} returned {}{what}", response.status), Some(hint))
    };
    match classify_attempt(Ok(response)) {
        AttemptOutcome::ServerError | AttemptOutcome::UndefinedStatus => {
            warn("", "MyAnimeList may be down; try again later")
        }
        AttemptOutcome::TooManyRequests => {
            warn(" (too many requests)", "wait a few minutes; lower MAL_API_RATE_LIMIT if it happens again")
        }
        _ if response.is_html() => warn(
            " with a web page instead of the API",
            "MyAnimeList may be blocking this address temporarily; try again \
                later",
        ),
        _ => new_check("MAL", CheckLevel::Ok, format!("{url} responds"), None),
    }
}

/// Checks that MAL accepts the client id and the redirect URI, as `login` does before it sends the user to MAL.
async fn check_client_id(context: &Context<'_>, transport: &HttpTransport) -> Option<Check> {
    const NAME: &str = "client id";
    let endpoint = context.oauth_client(transport).ok()?;
    Some(match tokio::time::timeout(MAL_CHECK_TIMEOUT, endpoint.check_client()).await {
        Ok(Ok(ClientStatus::Registered)) => {
            new_check(NAME, CheckLevel::Ok, "client ID and redirect URL accepted", None)
        }
        Ok(Err(unregistered)) => check_from_failure(NAME, &unregistered.into()),
        Ok(Ok(ClientStatus::NotDetermined)) | Err(_) => new_check(
            NAME,
            CheckLevel::Warn,
            "MAL did not confirm the client ID",
            Some("try again later: malsync doctor"),
        ),
    })
}

/// Returns the time of the response's `Date` header.
fn response_date(response: &HttpResponse) -> Option<DateTime<Utc>> {
    let date: SystemTime = httpdate::parse_http_date(response.headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(date.into())
}

/// Compares the local clock with a remote one, which `clock_name` names in the message.
pub(super) fn check_clock(clock_name: &str, remote: DateTime<Utc>, local: DateTime<Utc>) -> Option<Check> {
    const NAME: &str = "clock";
    let ahead = local - remote;
    if ahead.abs() <= MAX_CLOCK_SKEW {
        return Some(new_check(NAME, CheckLevel::Ok, format!("in sync with {clock_name}"), None));
    }
    let direction = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    let message = format!("this machine's clock is {} {direction} {clock_name}", view::format_time_span(ahead.abs()));
    Some(new_check(NAME, CheckLevel::Warn, message, Some("correct the clocks, for example: timedatectl set-ntp true")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_skew_above_one_minute_is_warned_with_direction() {
        let remote: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let check = |seconds: i64| check_clock("MAL's clock", remote, remote + TimeDelta::seconds(seconds)).unwrap();
        for seconds in [0, 60, -60] {
            assert_eq!(check(seconds).level, CheckLevel::Ok, "{seconds}");
        }
        assert_eq!(check(303).message, "this machine's clock is 5m03s ahead of MAL's clock");
        assert_eq!(check(-93_600).message, "this machine's clock is 26h00m behind MAL's clock");
        assert_eq!(check(61).level, CheckLevel::Warn);
    }

    #[test]
    fn response_not_from_the_api_is_a_warning() {
        let response =
            |status: u16, body: &str| HttpResponse { status, headers: Default::default(), body: body.into() };
        for (status, body, level, message) in [
            (200, "{}", CheckLevel::Ok, "https://x responds"),
            (404, r#"{"error":"not_found"}"#, CheckLevel::Ok, "https://x responds"),
            (403, r#"{"error":"forbidden"}"#, CheckLevel::Ok, "https://x responds"),
            (200, "<html>", CheckLevel::Warn, "https://x returned 200 with a web page instead of the API"),
            (403, "<html>", CheckLevel::Warn, "https://x returned 403 with a web page instead of the API"),
            (404, "<html>", CheckLevel::Warn, "https://x returned 404 with a web page instead of the API"),
            (429, "", CheckLevel::Warn, "https://x returned 429 (too many requests)"),
            (503, "<html>", CheckLevel::Warn, "https://x returned 503"),
            (999, "", CheckLevel::Warn, "https://x returned 999"),
        ] {
            let check = check_response("https://x", &response(status, body));
            assert_eq!((check.level, check.message.as_str()), (level, message), "{status} {body}");
        }
    }
}
