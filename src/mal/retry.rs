//! What an answer means, and whether to ask again: pure, so that it can be read and tested as a table.
//!
//! Each cause has its own count, so that no mixture of causes goes on for ever: `SYNC_MAX_RETRIES` repetitions for weather,
//! five for blocks, one for an answer that cannot be read, one renewal of the token. What one request may be repeated is
//! [`Tries`]; what all requests of a user's run may be together is [`Budget`]. Nothing here waits or sends.

use super::{Error, wire::Answer};
use crate::words::Words;

/// How often a block is tried again.
const BLOCKS: u32 = 5;

/// What one attempt met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// 200, and not a page for people: to be read.
    Good,
    /// 5xx, 408, a time-out, a broken connection: passes by itself.
    Weather,
    /// 429, or 307, which is how MAL's edge throttles.
    Throttled,
    /// 403 without JSON, or a page for people with status 200: the edge turns this address away.
    Blocked,
    /// 403 with JSON: the token is not taken, or the API itself blocks.
    Forbidden,
    /// 401: the token has ended.
    Expired,
    /// A success that is not what the API promises.
    Misread,
    /// 400 that names the client id.
    BadClient,
    /// Any other redirect.
    Redirected,
    /// Any other status: asking again would not help.
    Refused,
}

/// What an answer means.
#[must_use]
pub fn meaning(answer: &Answer) -> Meaning {
    match answer.status {
        200 if answer.is_html() => Meaning::Blocked,
        200 => Meaning::Good,
        201..=299 => Meaning::Misread,
        307 | 429 => Meaning::Throttled,
        300..=399 => Meaning::Redirected,
        400 if says(answer).to_ascii_lowercase().contains("invalid client id") => Meaning::BadClient,
        401 => Meaning::Expired,
        403 if answer.json::<serde_json::Map<String, serde_json::Value>>().is_ok() => Meaning::Forbidden,
        403 => Meaning::Blocked,
        408 | 500..=599 => Meaning::Weather,
        _ => Meaning::Refused,
    }
}

impl Meaning {
    /// The error that it ends with, once there are no tries left. `why` is what was met last.
    #[must_use]
    pub fn error(self, why: Words) -> Error {
        match self {
            Self::Weather => Error::Unavailable(why),
            Self::Throttled => Error::RateLimited(why),
            Self::Blocked | Self::Forbidden => Error::Blocked(why),
            Self::Expired => Error::TokenRefused,
            Self::Good | Self::Misread => Error::Unreadable(why),
            Self::BadClient => Error::ClientId(why),
            Self::Redirected => Error::Redirect(why),
            Self::Refused => Error::Refused(why),
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Pause, and ask again; the number of this repetition (1…), whatever the causes.
    Again(u32),
    /// Have the token renewed, and ask again.
    Renew,
    /// Enough.
    GiveUp,
}

/// What was tried so far for one request.
#[derive(Clone, Debug)]
pub struct Tries {
    max_weather: u32,
    weather: u32,
    blocks: u32,
    misread: u32,
    renewed: bool,
}

impl Tries {
    /// Nothing was tried yet; weather may be tried again `max_weather` times.
    #[must_use]
    pub const fn new(max_weather: u32) -> Self {
        Self { max_weather, weather: 0, blocks: 0, misread: 0, renewed: false }
    }

    /// What to do after an attempt that met this.
    pub fn next(&mut self, met: Meaning) -> Step {
        let (count, most) = match met {
            Meaning::Expired | Meaning::Forbidden if !self.renewed => {
                self.renewed = true;
                return Step::Renew;
            }
            Meaning::Weather => (&mut self.weather, self.max_weather),
            Meaning::Throttled | Meaning::Blocked | Meaning::Forbidden => (&mut self.blocks, BLOCKS),
            Meaning::Misread => (&mut self.misread, 1),
            Meaning::Good | Meaning::Expired | Meaning::BadClient | Meaning::Redirected | Meaning::Refused => {
                return Step::GiveUp;
            }
        };
        if *count == most {
            return Step::GiveUp;
        }
        *count += 1;
        Step::Again(self.weather + self.blocks + self.misread)
    }
}

/// Repetitions that a run has to begin with.
const BEGINNING: u32 = 20;

/// The repetitions that one user's run has left, over all its requests. Every answer that brings it on earns one more, so that
/// their number follows from what came: a long list may meet more weather than a short one, and a MAL that fails every
/// page a few times does not keep a run going for ever.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u32,
    spent: u32,
}

impl Budget {
    /// Twenty; or four times what a single request may take of weather, where that is more.
    #[must_use]
    pub const fn new(max_weather: u32) -> Self {
        let patience = max_weather.saturating_mul(4);
        Self { left: if patience > BEGINNING { patience } else { BEGINNING }, spent: 0 }
    }

    /// An answer came that brings the run on.
    pub const fn earn(&mut self) {
        self.left = self.left.saturating_add(1);
    }

    /// Takes a repetition.
    ///
    /// # Errors
    /// None is left; how many there were.
    pub const fn spend(&mut self) -> Result<(), u32> {
        if self.left == 0 {
            return Err(self.spent);
        }
        self.left -= 1;
        self.spent += 1;
        Ok(())
    }
}

/// An answer in a few words: its status, and what it says.
#[must_use]
pub fn describe(answer: &Answer) -> Words {
    let status = match reqwest::StatusCode::from_u16(answer.status) {
        Ok(status) => status.to_string(),
        Err(_) => answer.status.to_string(),
    };
    let to = answer.headers.get(reqwest::header::LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()));
    let more = match to {
        Some(to) if (300..400).contains(&answer.status) => format!("to {to}"),
        _ if answer.is_html() => "an HTML page".to_owned(),
        _ => says(answer),
    };
    Words::clean(format!("HTTP {status}, {more}").trim_end_matches([',', ' ']))
}

/// The error's own words: MAL's `message`, else its `error`, else the text itself.
fn says(answer: &Answer) -> String {
    let Ok(body) = answer.json::<serde_json::Map<String, serde_json::Value>>() else {
        return String::from_utf8_lossy(&answer.body).trim().to_owned();
    };
    let words = ["message", "error"].map(|name| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default());
    words.into_iter().find(|words| !words.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn every_answer_has_a_meaning() {
        let html = "\n<html><body>Request blocked</body></html>";
        let forbidden = r#"{"message":"","error":"forbidden"}"#;
        let table: &[(u16, &str, Meaning)] = &[
            (200, "{}", Meaning::Good),
            (200, "", Meaning::Good),
            (200, html, Meaning::Blocked),
            (204, "", Meaning::Misread),
            (301, "", Meaning::Redirected),
            (302, "", Meaning::Redirected),
            (303, "", Meaning::Redirected),
            (304, "", Meaning::Redirected),
            (307, "", Meaning::Throttled),
            (308, "", Meaning::Redirected),
            (400, r#"{"message":"Invalid client id","error":"bad_request"}"#, Meaning::BadClient),
            (400, r#"{"error":"bad_request","message":"invalid q"}"#, Meaning::Refused),
            (401, r#"{"error":"invalid_token"}"#, Meaning::Expired),
            (401, html, Meaning::Expired),
            (403, forbidden, Meaning::Forbidden),
            (403, html, Meaning::Blocked),
            (403, "", Meaning::Blocked),
            (404, r#"{"message":"","error":"not_found"}"#, Meaning::Refused),
            (404, html, Meaning::Refused),
            (405, "", Meaning::Refused),
            (408, "", Meaning::Weather),
            (410, "", Meaning::Refused),
            (422, "", Meaning::Refused),
            (429, "", Meaning::Throttled),
            (429, html, Meaning::Throttled),
            (500, html, Meaning::Weather),
            (501, "", Meaning::Weather),
            (502, "", Meaning::Weather),
            (503, "", Meaning::Weather),
            (504, "", Meaning::Weather),
            (599, "", Meaning::Weather),
            (999, "", Meaning::Refused),
        ];
        for (status, body, expected) in table {
            assert_eq!(meaning(&answer(*status, body)), *expected, "{status} {body}");
        }
        let mut typed = answer(200, "hello");
        typed.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/HTML; charset=utf-8"));
        assert_eq!(meaning(&typed), Meaning::Blocked);
    }

    /// What is done after each of these in turn, up to and with the giving up.
    fn steps(max_weather: u32, met: &[Meaning]) -> Vec<Step> {
        let mut tries = Tries::new(max_weather);
        let all: Vec<_> = met.iter().map(|met| tries.next(*met)).collect();
        let end = all.iter().position(|step| *step == Step::GiveUp).map_or(all.len(), |end| end + 1);
        all[..end].to_vec()
    }

    #[test]
    fn each_cause_has_its_own_count() {
        use {Meaning as M, Step as S};
        let again = |count: u32| (1..=count).map(S::Again).chain([S::GiveUp]).collect::<Vec<_>>();
        assert_eq!(steps(3, &[M::Weather; 9]), again(3));
        assert_eq!(steps(0, &[M::Weather; 9]), again(0));
        assert_eq!(steps(0, &[M::Throttled; 9]), again(5));
        assert_eq!(steps(9, &[M::Blocked, M::Throttled, M::Blocked, M::Throttled, M::Blocked, M::Blocked]), again(5));
        assert_eq!(steps(3, &[M::Misread; 9]), again(1));
        assert_eq!(
            steps(1, &[M::Misread, M::Weather, M::Blocked, M::Weather]),
            again(3),
            "numbered through, counted apart"
        );
        for last in [M::Redirected, M::Refused, M::BadClient] {
            assert_eq!(steps(10, &[last]), [S::GiveUp]);
        }
    }

    #[test]
    fn a_token_is_renewed_once_a_request() {
        use {Meaning as M, Step as S};
        assert_eq!(steps(3, &[M::Expired, M::Expired]), [S::Renew, S::GiveUp]);
        assert_eq!(steps(3, &[M::Expired, M::Weather, M::Expired]), [S::Renew, S::Again(1), S::GiveUp]);
        let mut blocked = vec![S::Renew];
        blocked.extend((1..=5).map(S::Again).chain([S::GiveUp]));
        assert_eq!(steps(3, &[M::Forbidden; 9]), blocked, "403 with JSON: one renewal, then as a block");
    }

    #[test]
    fn a_runs_repetitions_follow_from_what_came() {
        // SYNC_MAX_RETRIES, failures before each answer, answers: what was spent at the end, and whether it held out.
        let table = [
            (3, 0, 1000, (0, true)),
            (3, 1, 1000, (1000, true)),
            (3, 2, 19, (38, true)),
            (3, 2, 1000, (39, false)),
            (3, 3, 1000, (29, false)),
            (0, 5, 1000, (24, false)),
            (10, 10, 4, (40, true)),
            (10, 10, 1000, (44, false)),
        ];
        for (max_weather, failures, answers, expected) in table {
            let mut budget = Budget::new(max_weather);
            let mut spend = || {
                (0..answers).try_for_each(|_| {
                    (0..failures).try_for_each(|_| budget.spend())?;
                    budget.earn();
                    Ok::<_, u32>(())
                })
            };
            let held = spend().is_ok();
            assert_eq!((budget.spent, held), expected, "{max_weather} {failures} {answers}");
        }
        let mut over = Budget::new(0);
        assert_eq!((0..21).map(|_| over.spend()).filter(Result::is_ok).count(), 20);
        assert_eq!(over.spend(), Err(20));
    }

    #[test]
    fn any_one_request_can_be_repeated_as_often_as_is_promised() {
        for max_weather in 0..=10 {
            let mut budget = Budget::new(max_weather);
            assert!((0..max_weather + BLOCKS + 1).all(|_| budget.spend().is_ok()), "{max_weather}");
        }
    }

    #[test]
    fn an_error_text_is_one_short_line() {
        let said = |status, body: &str| describe(&answer(status, body)).to_string();
        assert_eq!(said(404, r#"{"message":"","error":"not_found"}"#), "HTTP 404 Not Found, not_found");
        assert_eq!(
            said(400, r#"{"message":"invalid\nq \u001b[2J","error":"x"}"#),
            "HTTP 400 Bad Request, invalid q [2J"
        );
        assert_eq!(said(500, "<html>"), "HTTP 500 Internal Server Error, an HTML page");
        assert_eq!(said(503, ""), "HTTP 503 Service Unavailable");
        assert!(said(410, &"x ".repeat(5000)).len() <= 200);
        let mut moved = answer(302, "");
        moved.headers.insert(LOCATION, HeaderValue::from_static("https://evil.example/"));
        assert_eq!(describe(&moved).to_string(), "HTTP 302 Found, to https://evil.example/");
        let token = "eyJ".repeat(40);
        moved.headers.insert(LOCATION, format!("https://evil.example/?{token}").parse().unwrap());
        assert_eq!(describe(&moved).to_string(), "HTTP 302 Found, to https://evil.example/?…");
    }
}
