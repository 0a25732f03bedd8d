//! Configuration of a simulator, and the parser of its durations.

use std::collections::BTreeSet;
use std::time::Duration;

/// Configuration of a simulator. Every default is MAL's last observed behaviour. Behaviour that is unknown or on which
/// sources disagree is configurable.
#[derive(Clone, Debug)]
pub struct SimConfig {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 selects a free port.
    pub port: u16,
    /// User names. The first user consents by default.
    pub users: Vec<String>,
    /// Number of entries in each user's list.
    pub entries: usize,
    /// Seed of the lists, the catalogue and the user ids.
    pub seed: u64,
    /// Grants consent at once, without a page.
    pub auto_consent: bool,
    /// The only accepted client id; `None` accepts any.
    pub client_id: Option<String>,
    /// The client secret that is required (MAL's app type "web"); `None` for a public client.
    pub client_secret: Option<String>,
    /// The registered redirect URIs. If empty, any loopback address and any custom scheme is accepted.
    pub redirects: Vec<String>,
    /// Lifetime of an access token. Real responses say 31 days. The documentation names both one hour and
    /// 28 days.
    pub access_lifetime: Duration,
    /// Lifetime of a refresh token: one month (documented).
    pub refresh_lifetime: Duration,
    /// Lifetime of an authorization code. MAL's value is unknown; 10 minutes is usual for the server that MAL
    /// seems to run.
    pub code_lifetime: Duration,
    /// Accepts a used refresh token again until it expires (documented and observed; one source claims otherwise).
    pub old_refresh_valid: bool,
    /// Reusing a used refresh token revokes every token of that user and client, as RFC 9700 section 4.14.2 advises.
    /// Not observed at MAL. Has an effect only if `old_refresh_valid` is false.
    pub reuse_revokes: bool,
    /// Page size if `limit` is not sent: recordings show 10, the documentation says 100.
    pub default_limit: usize,
    /// Response to the deletion of an absent entry.
    pub delete_absent: DeleteAbsent,
    /// Response to a `limit` above 1000. MAL's behaviour is unknown.
    pub over_limit: OverLimit,
    /// Ids of anime that await approval. They can be found, but writes get 400 `invalid_content` (observed).
    pub pending_anime: BTreeSet<u64>,
    /// Moves `updated_at` at a write that changes nothing. MAL's behaviour is unknown.
    pub equal_write_moves_time: bool,
    /// Omits `alternative_titles` of a few anime. No recording lacks it, but it is not documented as always present.
    pub alternative_titles_can_be_absent: bool,
    /// Compresses responses for clients that accept gzip.
    pub gzip: bool,
}

/// Response to the deletion of an absent entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteAbsent {
    /// 200 with `[]` (observed in July 2026).
    Ok,
    /// 404 (documented).
    NotFound,
}

/// Response to a `limit` above 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// 400 `bad_request`.
    BadRequest,
    /// The page is limited to 1000 entries.
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
            pending_anime: BTreeSet::new(),
            equal_write_moves_time: true,
            alternative_titles_can_be_absent: false,
            gzip: true,
        }
    }
}

/// Parses a duration: a number of seconds, or a number with the unit `s`, `m`, `h` or `d`.
///
/// # Errors
/// Fails if the text is not a duration. The error is a sentence that says what is expected.
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
        for (text, expected) in [
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
            let parsed = parse_duration(text).ok().map(|duration| duration.as_secs());
            assert_eq!(parsed, expected, "{text:?}");
        }
    }
}
