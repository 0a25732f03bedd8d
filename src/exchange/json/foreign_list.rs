//! Errors for JSON lists that malsync does not read: says which service wrote the list, judged by the members of its
//! objects.

use std::collections::HashSet;

use super::key_scanner::scan_member_names;
use crate::exchange::imported_list::ImportFileError;

/// What malsync reads, and where to get it.
const READABLE_LISTS: &str = "supported: MAL's export (https://myanimelist.net/panel.php?go=export), JSON of \
    MAL's API, and files written by malsync export";

/// Members that the objects of a service's list have.
struct ListSignature {
    members: &'static [&'static str],
    message: &'static str,
    hint: &'static str,
}

const fn signature(members: &'static [&'static str], message: &'static str) -> ListSignature {
    ListSignature { members, message, hint: READABLE_LISTS }
}

const ANILIST: &str = "it is JSON of AniList";
const JIKAN: &str = "it is JSON of Jikan";
const LOAD_JSON: &str = "it is load.json of MAL's website";
const SHIKIMORI_HINT: &str = "export the list from Shikimori as XML in MAL's format instead";
const KITSU_HINT: &str = "export the list from Kitsu in MAL's format instead";

const SIGNATURES: &[ListSignature] = &[
    signature(&["MediaListCollection"], ANILIST),
    signature(&["mediaId", "progress"], ANILIST),
    signature(&["idMal"], ANILIST),
    signature(&["series_id", "series_type"], ANILIST),
    signature(&["watching_status"], JIKAN),
    signature(&["request_hash", "request_cached"], JIKAN),
    signature(&["mal_id", "url", "images"], JIKAN),
    signature(&["anime_id", "anime_title"], LOAD_JSON),
    signature(&["manga_id", "manga_title"], "manga lists are not supported"),
    signature(&["series_animedb_id"], "it is malappinfo as JSON; only its XML is supported"),
    signature(&["series_mangadb_id"], "manga lists are not supported"),
    signature(&["simkl"], "it is JSON of Simkl"),
    signature(&["simkl_id"], "it is JSON of Simkl"),
    signature(&["last_watched_at", "show"], "it is JSON of Simkl"),
    ListSignature { hint: SHIKIMORI_HINT, ..signature(&["target_id", "target_type"], "it is JSON of Shikimori") },
    ListSignature { hint: SHIKIMORI_HINT, ..signature(&["rewatches", "text_html"], "it is JSON of Shikimori") },
    ListSignature { hint: KITSU_HINT, ..signature(&["attributes", "relationships"], "it is JSON of Kitsu") },
    ListSignature { hint: KITSU_HINT, ..signature(&["id", "type", "attributes"], "it is JSON of Kitsu") },
    signature(&["trakt", "slug"], "it is JSON of Trakt"),
    signature(&["subject_id", "ep_status"], "it is JSON of Bangumi"),
    signature(&["annictId"], "it is JSON of Annict"),
    signature(&["sources", "animeSeason"], "it is anime-offline-database, not a list"),
    signature(&["num_chapters_read"], "manga lists are not supported"),
];

/// Returns the error of a list that another service wrote. `head` is the start of the file.
pub(in crate::exchange) fn foreign_list_error(head: &str) -> Option<ImportFileError> {
    let objects = scan_member_names(head);
    let has_object = |members: &[&str]| objects.iter().any(|names| members.iter().all(|name| names.contains(name)));
    let error = |message: &str, hint| ImportFileError::of_file(message, Some(hint));
    if let Some(found) = SIGNATURES.iter().find(|signature| has_object(signature.members)) {
        return Some(error(found.message, found.hint));
    }
    let lacks_list_status = has_object(&["node"]) && !has_member(&objects, "list_status");
    lacks_list_status.then(|| {
        let hint = "request it: https://api.myanimelist.net/v2/users/@me/animelist?fields=list_status";
        error("it is JSON of MAL's API without list_status", hint)
    })
}

fn has_member(objects: &[HashSet<&str>], name: &str) -> bool {
    objects.iter().any(|names| names.contains(name))
}

/// Returns the error of JSON that has no entry of any list.
pub(super) fn unknown_json_error() -> ImportFileError {
    ImportFileError::of_file("it is JSON, but not a supported list", Some(READABLE_LISTS))
}

#[cfg(test)]
mod tests {
    use crate::exchange::read_list;

    #[test]
    fn lists_of_other_services_are_named() {
        for (text, message) in [
            (include_str!("../samples/faults/j-anilist-graphql.json"), "it is JSON of AniList"),
            (include_str!("../samples/faults/j-jikan3.json"), "it is JSON of Jikan"),
            (include_str!("../samples/faults/j-load.json"), "it is load.json of MAL's website"),
            (r#"{"user":{"id":1},"lists":[{"series_id":1,"series_type":0,"progress":3}]}"#, "it is JSON of AniList"),
            (r#"{"data":[{"anime":{"mal_id":1},"watching_status":2}]}"#, "it is JSON of Jikan"),
            (
                r#"{"anime":[{"last_watched_at":null,"status":"completed","show":{"title":"x","ids":{"simkl":1,"mal":"1"}}}]}"#,
                "it is JSON of Simkl",
            ),
            (
                r#"[{"target_title":"x","target_id":1,"target_type":"Anime","score":9,"status":"completed"}]"#,
                "it is JSON of Shikimori",
            ),
            (
                r#"{"data":[{"id":"1","type":"libraryEntries","attributes":{"status":"current"},"relationships":{}}]}"#,
                "it is JSON of Kitsu",
            ),
            (
                r#"{"myinfo":{"user_id":1},"anime":[{"series_animedb_id":1,"my_status":2}]}"#,
                "it is malappinfo as JSON; only its XML is supported",
            ),
            (
                r#"{"data":[{"node":{"id":1,"title":"x"},"list_status":{"status":"reading","num_chapters_read":1}}]}"#,
                "manga lists are not supported",
            ),
            (r#"{"name":"x","version":"1.0"}"#, "it is JSON, but not a supported list"),
            ("[1,2,[]]", "it is JSON, but not a supported list"),
        ] {
            let error = read_list(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message, "{text}");
            assert!(error.position.is_none() && error.hint.is_some(), "{error}");
        }
    }
}
