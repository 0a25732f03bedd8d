//! Reads the offset of the next page from `paging.next`.
//!
//! The URL itself is never followed. Only its offset is used, and only if the rest of it is the list's own URL. A
//! foreign, looping or skipping page is an error.

use serde_json::Value;
use url::Url;

use super::Error;
use crate::untrusted_text::UntrustedText;

/// Returns the offset of the page after the one at `offset`, or `None` on the last page. `list_url` is the list's own
/// URL, `limit` the page size.
///
/// # Errors
/// [`Error::UnexpectedNextPage`] if `next` is any other URL or would skip entries. [`Error::PageLoop`] if the offset
/// does not grow.
pub fn parse_next_offset(next: Option<&Value>, list_url: &Url, offset: u64, limit: u32) -> Result<Option<u64>, Error> {
    let next = match next {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(next)) => next,
        Some(other) => return Err(Error::UnexpectedNextPage(UntrustedText::sanitize(&other.to_string()))),
    };
    let next_offset =
        Url::parse(next).ok().filter(|url| is_same_endpoint(url, list_url)).and_then(|url| offset_param(&url));
    match next_offset {
        None => Err(Error::UnexpectedNextPage(UntrustedText::sanitize(next))),
        Some(next_offset) if next_offset <= offset => Err(Error::PageLoop(UntrustedText::sanitize(&format!(
            "after the page from {offset} comes one from {next_offset}"
        )))),
        // Skipped entries would look removed.
        Some(next_offset) if next_offset - offset > u64::from(limit) => {
            Err(Error::UnexpectedNextPage(UntrustedText::sanitize(next)))
        }
        Some(next_offset) => Ok(Some(next_offset)),
    }
}

fn is_same_endpoint(url: &Url, list_url: &Url) -> bool {
    url.origin() == list_url.origin()
        && url.path() == list_url.path()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

fn offset_param(url: &Url) -> Option<u64> {
    let mut offsets = url.query_pairs().filter(|(name, _)| name == "offset").map(|(_, value)| value);
    let offset = offsets.next().filter(|offset| offset.bytes().all(|byte| byte.is_ascii_digit()))?;
    if offsets.next().is_some() { None } else { offset.parse().ok() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse_next(next: &Value) -> Result<Option<u64>, String> {
        let list = "https://api.myanimelist.net/v2/users/@me/animelist".parse().unwrap();
        parse_next_offset(Some(next), &list, 100, 100).map_err(|error| error.to_string())
    }

    #[test]
    fn only_offset_of_next_url_is_used() {
        let url = "https://api.myanimelist.net/v2/users/@me/animelist?offset=200&fields=list_status%7B%7D&limit=7";
        assert_eq!(parse_next(&json!(url)), Ok(Some(200)));
        assert_eq!(
            parse_next(&json!("https://API.myanimelist.net:443/v2/users/@me/animelist?offset=102")),
            Ok(Some(102))
        );
        assert_eq!(parse_next(&Value::Null), Ok(None));
        assert_eq!(parse_next_offset(None, &"http://[::1]/".parse().unwrap(), 0, 1).unwrap(), None);
    }

    #[test]
    fn foreign_or_malformed_next_url_is_an_error() {
        for next in [
            "https://evil.example/v2/users/@me/animelist?offset=200",
            "http://api.myanimelist.net/v2/users/@me/animelist?offset=200",
            "https://api.myanimelist.net:8443/v2/users/@me/animelist?offset=200",
            "https://api.myanimelist.net@evil.example/v2/users/@me/animelist?offset=200",
            "https://me:pw@api.myanimelist.net/v2/users/@me/animelist?offset=200",
            "https://api.myanimelist.net/v2/users/evil/animelist?offset=200",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=200#x",
            "//evil.example/v2/users/@me/animelist?offset=200",
            "file:///v2/users/@me/animelist?offset=200",
            "/v2/users/@me/animelist?offset=200",
            "?offset=200",
            "",
            "https://api.myanimelist.net/v2/users/@me/animelist",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=two",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=-200",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=%2B200",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=99999999999999999999",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=200&offset=300",
            "https://api.myanimelist.net/v2/users/@me/animelist?offset=201",
        ] {
            assert!(parse_next(&json!(next)).unwrap_err().starts_with("unexpected next page"), "{next}");
        }
        for next in [json!(200), json!(true), json!({}), json!([])] {
            assert!(parse_next(&next).unwrap_err().starts_with("unexpected next page"), "{next}");
        }
    }

    #[test]
    fn offset_that_does_not_grow_is_a_page_loop() {
        for offset in [0, 99, 100] {
            let url = format!("https://api.myanimelist.net/v2/users/@me/animelist?offset={offset}");
            assert!(parse_next(&json!(url)).unwrap_err().starts_with("page loop"), "{offset}");
        }
    }
}
