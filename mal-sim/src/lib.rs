//! A simulator of the MyAnimeList API v2 and its OAuth2 server.
