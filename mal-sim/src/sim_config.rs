//! What a simulator is started with.

use std::time::Duration;

/// How a simulator behaves. Every default is what MAL was last seen to do; where sources disagree or nothing is
/// known, there is a switch.
#[derive(Clone, Debug)]
pub struct SimConfig {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The users. The first is the one who consents by default.
    pub users: Vec<String>,
    /// Entries in each user's list.
    pub entries: usize,
    /// What lists, the catalogue and user ids are made from.
    pub seed: u64,
    /// Consent is given at once, without a page.
    pub auto_consent: bool,
    /// The only client id known; `None` takes any.
    pub client_id: Option<String>,
    /// The secret that the client must show (MAL's app type "web"); `None` is a public client.
    pub client_secret: Option<String>,
    /// The registered redirects; empty takes any on a loopback address and any private scheme.
    pub redirects: Vec<String>,
    /// Life of an access token. Real answers say 31 days; the documentation says one hour and 28 days.
    pub access_lifetime: Duration,
    /// Life of a refresh token: one month (documented).
    pub refresh_lifetime: Duration,
    /// Life of an authorization code. Unknown; 10 minutes is usual for the server that MAL seems to run.
    pub code_lifetime: Duration,
    /// A refresh token already used for a refresh is taken again until it expires (documented and seen live; one
    /// source claims otherwise).
    pub old_refresh_valid: bool,
    /// Where it is not taken again: whoever sends it once more loses every token of that user and client, as RFC 9700
    /// advises (4.14.2). Not seen at MAL.
    pub reuse_revokes: bool,
    /// Page size where `limit` is not sent: recordings show 10, the documentation says 100.
    pub default_limit: usize,
    /// What deleting an absent entry answers.
    pub delete_absent: DeleteAbsent,
    /// What a `limit` above 1000 answers. Unknown.
    pub over_limit: OverLimit,
    /// Compress answers for clients that accept it.
    pub gzip: bool,
}

/// What `DELETE` of an entry that is not there answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteAbsent {
    /// 200 with `[]` (seen live in July 2026).
    Ok,
    /// 404 (documented).
    NotFound,
}

/// What a `limit` above 1000 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// 400 `bad_request`.
    BadRequest,
    /// The page has 1000 entries.
    Clamp,
}

impl Default for SimConfig {
    fn default() -> Self {
        let month = Duration::from_secs(31 * 86_400);
        Self {
            host: "127.0.0.1".to_owned(),
            port: 0,
            users: vec!["alice".to_owned()],
            entries: 100,
            seed: 1,
            auto_consent: false,
            client_id: None,
            client_secret: None,
            redirects: Vec::new(),
            access_lifetime: month,
            refresh_lifetime: month,
            code_lifetime: Duration::from_secs(600),
            old_refresh_valid: true,
            reuse_revokes: false,
            default_limit: 10,
            delete_absent: DeleteAbsent::Ok,
            over_limit: OverLimit::BadRequest,
            gzip: true,
        }
    }
}

/// Reads a length of time: seconds, or a number with `s`, `m`, `h` or `d`.
///
/// # Errors
/// A sentence that says what is expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    let number = text[..text.len() - unit.len()].parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .filter(|_| factor > 0)
        .map(Duration::from_secs)
        .ok_or_else(|| format!("\"{text}\" is not a length of time such as 3600, 90m, 24h or 31d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_duration_accepts_seconds_and_units() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("45s", Some(45)),
            ("90m", Some(5400)),
            ("24h", Some(86_400)),
            (" 31d ", Some(2_678_400)),
            ("", None),
            ("d", None),
            ("-1", None),
            ("1.5h", None),
            ("1w", None),
            ("99999999999999999999", None),
            ("9999999999999999999d", None),
        ] {
            let got = parse_duration(text).ok().map(|length| length.as_secs());
            assert_eq!(got, wanted, "{text:?}");
        }
    }
}
