//! The adapter to the MyAnimeList API: requests, wire format, pages, pace, retry.

pub mod bearer;
