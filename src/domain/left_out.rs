//! What a list file has and an import leaves out, counted for one summary.

use super::text;

/// Maximum number of [`LeftOut::details`].
const MAX_DETAILS: usize = 1_000;

/// Counts of what was left out of a file, or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Dates that are no dates.
    pub dates_unread: u64,
    /// Other values that no row can hold.
    pub values_unread: u64,
    /// Scores with a fraction, of which the whole points are taken.
    pub scores_cut: u64,
    /// Identical repetitions of an entry.
    pub repeated: u64,
    /// Manga.
    pub manga: u64,
    /// Bytes that are no characters in the file's encoding, replaced by U+FFFD.
    pub invalid_bytes: u64,
    /// The first single cases, for people.
    pub details: Vec<String>,
}

impl LeftOut {
    /// Counts a date that is left out.
    pub fn add_date(&mut self, mal_id: i32, name: &str, word: &str) {
        self.dates_unread += 1;
        self.add_detail(mal_id, &format!("{name} {:?} is not a valid date and is ignored", text::excerpt(word)));
    }

    /// Counts another value that is left out.
    pub fn add_value(&mut self, mal_id: i32, name: &str, word: &str) {
        self.values_unread += 1;
        self.add_detail(mal_id, &format!("{name} {:?} cannot be read and is ignored", text::excerpt(word)));
    }

    /// Counts a score that is cut to whole points.
    pub fn add_cut_score(&mut self, mal_id: i32, word: &str, score: i32) {
        self.scores_cut += 1;
        self.add_detail(mal_id, &format!("the score {word} is imported as {score}"));
    }

    /// Adds a case that is not counted by itself.
    pub fn add_detail(&mut self, mal_id: i32, message: &str) {
        if self.details.len() < MAX_DETAILS {
            self.details.push(format!("MAL ID {mal_id}: {message}"));
        }
    }

    /// Returns the warnings about values that were lost, one line for each kind.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let line = |count: u64, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        [
            line(self.dates_unread, "date could not be read", "dates could not be read"),
            line(self.values_unread, "value could not be read", "values could not be read"),
            line(self.scores_cut, "score is cut to whole points", "scores are cut to whole points"),
            line(
                self.invalid_bytes,
                "byte that is not valid text is replaced",
                "bytes that are not valid text are replaced",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Returns the notes about entries that were passed over, one line for each kind.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match self.repeated {
            0 => {}
            1 => notes.push("1 duplicate entry skipped (unchanged)".to_owned()),
            count => notes.push(format!("{count} duplicate entries skipped (unchanged)")),
        }
        match self.manga {
            0 => {}
            1 => notes.push("1 manga skipped: manga lists are not supported".to_owned()),
            count => notes.push(format!("{count} manga skipped: manga lists are not supported")),
        }
        notes
    }
}
