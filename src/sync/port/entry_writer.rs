//! The port for writes to MAL: reads one entry, and changes some of its fields.

use std::future::Future;

use super::RemoteSource;
use crate::domain::list_status::ListStatus;

/// What MAL has of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryLookup {
    /// The entry.
    Found(Box<ListStatus>),
    /// The anime exists, but is not in the list.
    Absent,
    /// MAL refused the request for this anime. The text says why.
    Refused(String),
    /// The entry has a value that no row can hold. The text says which.
    Invalid(String),
}

/// What became of a write.
#[derive(Debug)]
pub enum WriteOutcome<E> {
    /// MAL took the write and returned the whole entry.
    Taken(Box<ListStatus>),
    /// MAL refused the write of this entry. The text says why.
    Refused(String),
    /// MAL may have taken the write: there was no response, or it cannot be read. Read the entry before anything else
    /// is decided.
    ResponseLost(E),
    /// MAL did not take the write yet, and the pause before the next attempt took so long that the entry may have
    /// changed. Read it again before it is written.
    Outdated {
        /// True if MAL may have taken an attempt all the same, as after a 5xx.
        may_be_taken: bool,
    },
}

/// Writes entries of the list on MAL.
///
/// Laws:
/// 1. The implementation applies rate limit and retries; an error that it returns is final for the run.
/// 2. A write is repeated only if it was never sent, or if MAL responded with an error: never after a lost response,
///    and not after a long pause. MAL may have taken a write that it answered with 408 or 5xx; the same values are sent
///    again then.
/// 3. After [`RemoteSource::fetch_account`] every write goes to that account's list, even if the token changes.
/// 4. It never deletes an entry.
pub trait EntryWriter: RemoteSource {
    /// The attempts to write one entry so far, which limit the next ones.
    type WriteAttempts: Send;

    /// Starts counting the attempts to write an entry.
    fn start_write(&self) -> Self::WriteAttempts;

    /// Reads the entry of an anime, with every field.
    fn fetch_entry(&self, mal_id: i32) -> impl Future<Output = Result<EntryLookup, Self::Error>> + Send;

    /// Sets these fields of an entry, given as MAL's form wants them. MAL creates the entry if there is none.
    /// `lost_responses` is the number of earlier attempts of the same write whose response was lost.
    fn write_entry(
        &self,
        mal_id: i32,
        form: &[(&'static str, String)],
        attempts: &mut Self::WriteAttempts,
        lost_responses: u32,
    ) -> impl Future<Output = Result<WriteOutcome<Self::Error>, Self::Error>> + Send;

    /// Returns how often a write is repeated whose response was lost.
    fn max_repeated_writes(&self) -> u32;
}
