//! `paging`: the links from one page to the next and to the previous one.
//!
//! Observed behaviour of `paging`:
//!
//! 1. It is `{}` if there is only one page. `next` is absent on the last page, `previous` on the first.
//! 2. Links are absolute. `offset` comes first; the other parameters follow in the order sent, percent-encoded.
//! 3. The offset changes by the page's limit. There is no snapshot: edits between two requests shift the pages.

use crate::http_message::SimRequest;
use crate::php_encoding::{self, JsonObjectWriter};

/// Appends `paging`. `next_offset` is the offset of the next page, if there is one.
pub(crate) fn write_paging(
    out: &mut String,
    base_url: &str,
    request: &SimRequest,
    offset: usize,
    limit: usize,
    next_offset: Option<usize>,
) {
    let link = |offset: usize| {
        let offset = offset.to_string();
        let params = request.query_params();
        let other_params = params.iter().filter(|(name, _)| name != "offset");
        let other_params = other_params.map(|(name, value)| (name.as_str(), value.as_str()));
        let query = php_encoding::build_query(std::iter::once(("offset", offset.as_str())).chain(other_params));
        format!("{}{}?{query}", base_url, request.path)
    };
    let mut paging = JsonObjectWriter::begin(out);
    if offset > 0 {
        paging.write_string("previous", &link(offset.saturating_sub(limit)));
    }
    if let Some(next_offset) = next_offset {
        paging.write_string("next", &link(next_offset));
    }
    paging.end();
}
