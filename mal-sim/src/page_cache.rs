//! The cache of rendered pages.

use std::collections::HashMap;

use hyper::body::Bytes;

/// Cache of rendered pages. The key contains the list versions, so a changed list misses the cache.
#[derive(Debug, Default)]
pub(crate) struct PageCache {
    pages: HashMap<PageCacheKey, (Bytes, Option<Bytes>)>,
    size_bytes: usize,
}

/// Limit of the cache in bytes, gzip included. A larger cache is emptied.
const MAX_CACHE_BYTES: usize = 192 << 20;

/// Owner, version of the owner's list, viewer, version of the viewer's list, and the request: `LIMIT PATH?QUERY`.
pub(crate) type PageCacheKey = (String, u64, String, u64, String);

impl PageCache {
    /// Returns a page and its compressed form, if it was requested compressed before.
    pub(crate) fn get(&self, key: &PageCacheKey) -> Option<(Bytes, Option<Bytes>)> {
        self.pages.get(key).cloned()
    }

    /// Drops all pages.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds or replaces a page.
    pub(crate) fn insert(&mut self, key: PageCacheKey, body: &Bytes, gzip: Option<&Bytes>) {
        if self.size_bytes > MAX_CACHE_BYTES {
            self.clear();
        }
        let size = |page: &(Bytes, Option<Bytes>)| page.0.len() + page.1.as_ref().map_or(0, Bytes::len);
        let page = (body.clone(), gzip.cloned());
        self.size_bytes += size(&page);
        if let Some(old) = self.pages.insert(key, page) {
            self.size_bytes -= size(&old);
        }
    }
}
