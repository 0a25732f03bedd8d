//! Words that people try as a command or as a flag, with what does it.

/// A word tried, with what it is for and the command to type.
type TriedWords = (&'static [&'static str], &'static str, &'static str);

const TRIED_WORDS: &[TriedWords] = &[
    (&["search", "find", "query", "lookup", "grep", "ls"], "search your list", "malsync list TEXT"),
    (&["rate", "score"], "rate an anime", "malsync edit ANIME --score N"),
    (
        &["set", "update", "change", "watch", "watched", "progress"],
        "change an entry",
        "malsync edit ANIME --episodes +1",
    ),
    (&["complete", "finish", "done"], "complete an entry", "malsync edit ANIME --status completed"),
    (&["drop"], "drop an entry", "malsync edit ANIME --status dropped"),
    (&["info", "view", "details", "get"], "show one anime", "malsync show ANIME"),
    (&["history", "log", "logs"], "show what syncs changed", "malsync changes"),
    (&["top", "best", "ranking", "ranked"], "list the best rated", "malsync list --sort -score"),
    (&["season", "seasonal"], "list a season", "malsync list --season spring-2019"),
    (&["airing", "ongoing"], "list what is airing", "malsync list --airing airing"),
    (&["tag", "tags"], "list by tag", "malsync list --tag TAG"),
    (&["next"], "count one more episode", "malsync edit ANIME --episodes +1"),
    (&["conflict", "conflicts"], "show conflicts", "malsync changes --conflicts"),
    (&["redo"], "redo what an undo took back", "malsync restore --edit N (its number: malsync changes --local)"),
    (&["pull", "fetch", "refresh", "download"], "download your list", "malsync sync"),
    (&["upload", "send"], "send local edits to MAL", "malsync push"),
    (&["backup"], "back up the database", "malsync copy --to DATABASE_URL"),
    (&["auth", "signin", "authorize"], "log in", "malsync login"),
    (&["signout"], "log out", "malsync logout"),
    (&["settings", "configure", "setup"], "show the settings", "malsync config show"),
    (&["cron", "daemon", "service"], "sync automatically", "malsync schedule install"),
    (&["random"], "pick an anime", "malsync list --status plan_to_watch"),
    (&["genres", "studios"], "see how you rate genres and studios", "malsync stats"),
    (&["watching"], "list what you are watching", "malsync list --status watching"),
    (&["upgrade"], "get a newer version", "install its package, then malsync doctor"),
    (&["uninstall"], "remove malsync", "malsync schedule remove, malsync logout, then remove the package"),
    (&["notify", "notification", "notifications", "alert"], "be notified", "malsync schedule --help (below the flags)"),
    (&["browse", "web"], "open an anime's page", "malsync open ANIME"),
    (&["add", "new"], "add an anime", "add it on MAL, then run malsync sync"),
    (&["delete", "remove", "rm"], "delete an entry", "delete it on MAL, then run malsync sync --prune"),
];

/// A flag tried, the commands that it is tried with (none: all), and the tip.
type TriedFlags = (&'static [&'static str], &'static [&'static str], &'static str);

const TRIED_FLAGS: &[TriedFlags] = &[
    (&["--year", "--years", "--aired", "--decade"], &[], "to filter by premiere: --season 2019 or --season 1990..1999"),
    (&["--watching", "--completed", "--dropped"], &[], "to filter by status: --status watching"),
    (&["--unscored", "--unrated"], &[], "to filter by score: --score none"),
    (&["--rating", "--rate"], &["edit"], "to rate: --score 8"),
    (&["--rating", "--rate"], &[], "to filter by score: --score 8.."),
    (&["--episode", "--watched", "--progress"], &["edit"], "to set the episodes you watched: --episodes +1"),
    (&["--studios"], &[], "--studio NAME"),
    (&["--genres"], &[], "--genre NAME"),
    (&["-y"], &[], "to confirm: --yes"),
    (&["--unpin"], &["edit"], "to unpin: malsync unpin ANIME FIELD"),
    (&["--all-users"], &["status"], "the users and their last syncs: malsync users"),
    (&["--title", "--name", "--query"], &[], "a title needs no flag: malsync list TEXT"),
    (
        &["--db", "--database", "--database-url"],
        &[],
        "the database is a setting: DATABASE_URL, or malsync config set database_url URL",
    ),
    (&["--full"], &["push", "status"], "malsync sync --force-full"),
    (
        &["--at", "--time"],
        &["schedule install"],
        "the time is chosen so that not all users sync at once; to choose it: your own job with malsync sync",
    ),
    (&["--last"], &["changes"], "to show the last run: --run last"),
];

/// Returns the tip for a flag that a command does not have. Returns `None` if nothing is known about it.
pub(super) fn find_flag_hint(flag: &str, command_path: &str) -> Option<String> {
    let command = command_path.trim_start_matches("malsync").trim_start();
    let is_meant = |(flags, commands, _): &&TriedFlags| {
        flags.contains(&flag) && (commands.is_empty() || commands.contains(&command))
    };
    TRIED_FLAGS.iter().find(is_meant).map(|(.., tip)| (*tip).to_owned())
}

/// Returns the hint for a word that is no command. Returns `None` if nothing is known about it.
pub(super) fn find_hint(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let (_, purpose, command) = TRIED_WORDS.iter().find(|(words, ..)| words.contains(&word.as_str()))?;
    Some(format!("to {purpose}: {command}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::cli::command_line_definition::define_command_line;

    #[test]
    fn tried_flag_has_a_tip_for_its_command() {
        let tip = |flag, path| find_flag_hint(flag, path).unwrap_or_default();
        assert!(
            tip("--rating", "malsync edit").contains("--score 8") && tip("--rating", "malsync list").contains("8..")
        );
        assert!(tip("--year", "malsync stats").contains("1990..1999"));
        assert_eq!((tip("--last", "malsync sync"), tip("--season", "malsync list")), (String::new(), String::new()));
    }

    #[test]
    fn no_tried_word_is_a_command_and_every_hint_has_one() {
        let root = define_command_line();
        let mut seen = HashSet::new();
        for (words, _, command) in TRIED_WORDS {
            for word in *words {
                assert!(root.find_subcommand(word).is_none() && seen.insert(word), "{word}");
            }
            let named = command.split("malsync ").nth(1).and_then(|rest| rest.split(' ').next());
            assert!(named.is_some_and(|name| root.find_subcommand(name).is_some()), "{command}");
        }
        assert_eq!(find_hint("Search").as_deref(), Some("to search your list: malsync list TEXT"));
        assert_eq!(find_hint("nothing"), None);
    }
}
