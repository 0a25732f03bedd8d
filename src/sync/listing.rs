//! Decides whether a full listing is the whole list, by MAL's own item count. Pure.
//!
//! MAL may count entries that it does not list. The difference is the *drift*, which is known once a full listing
//! confirmed it: the listing was as long as the count, or two full runs in a row found the same difference.
//!
//! Invariants (see decision 3):
//! 1. Entries are removed only after a [`ListingVerdict::Complete`] listing.
//! 2. A listing that is shorter than MAL's count, less the known drift, by more than the shrink guard allows is
//!    [`ListingVerdict::Broken`]: the run fails, and no option changes that. It is not broken if the previous full run
//!    found the same difference and the shrink guard accepts the number of unlisted entries.

/// A full listing, compared with MAL's item count and with the stored entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FullListing {
    /// MAL's item count from before the first page. `None` if MAL sent none.
    pub num_items: Option<i64>,
    /// Distinct entries listed.
    pub listed: i64,
    /// Those of them that can be stored.
    pub storable: i64,
    /// The known drift. `None` if no listing confirmed one yet.
    pub drift: Option<i64>,
    /// [`Self::gap`] of the previous full run, if that run did not confirm it.
    pub previous_gap: Option<i64>,
    /// Entries from MAL, not marked as removed, before the run.
    pub entry_count_before_run: i64,
    /// Those of them that are not in the listing.
    pub unlisted: i64,
}

/// What MAL's count says about a full listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingVerdict {
    /// The listing is the whole list.
    Complete,
    /// The listing may lack entries, so nothing is removed.
    Unconfirmed,
    /// The listing lacks many entries that MAL counts.
    Broken,
}

impl FullListing {
    /// Returns what MAL's count says about the listing. Without a count the listing is trusted.
    #[must_use]
    pub fn verdict(&self) -> ListingVerdict {
        let Some(num_items) = self.num_items else { return ListingVerdict::Complete };
        if num_items == self.listed || self.drift == self.gap() {
            return ListingVerdict::Complete;
        }
        if self.is_much_shorter() && (self.exceeds_shrink_limit() || !self.is_repeated()) {
            ListingVerdict::Broken
        } else if self.drift.is_none() && self.is_repeated() {
            ListingVerdict::Complete
        } else {
            ListingVerdict::Unconfirmed
        }
    }

    /// Returns true if the listing is much shorter than MAL's count and the known drift allow: it is empty, or more than
    /// 20 % and more than 10 entries short.
    #[must_use]
    pub fn is_much_shorter(&self) -> bool {
        let Some(num_items) = self.num_items else { return false };
        let expected = num_items - self.drift.unwrap_or(0).max(0);
        exceeds_shrink_limit(expected, expected - self.listed, self.listed)
    }

    /// Returns MAL's count minus the number of listed entries that can be stored.
    #[must_use]
    pub fn gap(&self) -> Option<i64> {
        self.num_items.map(|num_items| num_items - self.storable)
    }

    /// Returns true if the previous full run found the same gap.
    fn is_repeated(&self) -> bool {
        self.gap().is_some() && self.gap() == self.previous_gap
    }

    /// Returns true if too many entries are unlisted to trust the listing: the list is empty although entries were
    /// stored, or more than 20 % and more than 10 entries are unlisted.
    #[must_use]
    pub const fn exceeds_shrink_limit(&self) -> bool {
        exceeds_shrink_limit(self.entry_count_before_run, self.unlisted, self.listed)
    }
}

const fn exceeds_shrink_limit(expected: i64, unlisted: i64, listed: i64) -> bool {
    expected > 0 && (listed == 0 || (unlisted > 10 && unlisted * 5 > expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a listing of `listed` storable entries, of a list that had `entries` entries, all of them known.
    fn listing(num_items: Option<i64>, entries: i64, listed: i64) -> FullListing {
        FullListing {
            num_items,
            listed,
            storable: listed,
            drift: Some(0),
            previous_gap: None,
            entry_count_before_run: entries,
            unlisted: (entries - listed).max(0),
        }
    }

    #[test]
    fn listing_as_long_as_the_count_or_the_known_drift_is_complete() {
        use ListingVerdict::{Complete, Unconfirmed};
        for (num_items, listed, storable, drift, expected) in [
            (Some(300), 300, 300, None, Complete),
            (Some(300), 299, 299, Some(0), Unconfirmed),
            (Some(302), 300, 300, Some(2), Complete),
            (Some(302), 300, 299, Some(3), Complete),
            (Some(302), 299, 299, Some(2), Unconfirmed),
            (Some(298), 299, 299, Some(0), Unconfirmed),
            (None, 299, 299, None, Complete),
            (Some(300), 290, 290, None, Unconfirmed),
        ] {
            let listing = FullListing { storable, drift, ..listing(num_items, 0, listed) };
            assert_eq!(listing.verdict(), expected, "{listing:?}");
        }
    }

    #[test]
    fn unknown_drift_is_known_once_two_runs_found_the_same_gap() {
        let first = FullListing { drift: None, ..listing(Some(587), 0, 100) };
        assert_eq!(first.verdict(), ListingVerdict::Broken, "487 of 587 are more than a fifth");
        let again = FullListing { previous_gap: first.gap(), entry_count_before_run: 100, ..first };
        assert_eq!(again.verdict(), ListingVerdict::Complete);
        assert_eq!(FullListing { previous_gap: Some(400), ..again }.verdict(), ListingVerdict::Broken);
        let small = FullListing { drift: None, ..listing(Some(110), 0, 100) };
        assert_eq!(small.verdict(), ListingVerdict::Unconfirmed);
        assert_eq!(FullListing { previous_gap: Some(10), ..small }.verdict(), ListingVerdict::Complete);
    }

    #[test]
    fn cut_listing_of_a_known_list_is_broken_however_often_it_is_seen() {
        let cut = listing(Some(587), 587, 100);
        for previous_gap in [None, cut.gap()] {
            assert_eq!(FullListing { previous_gap, ..cut }.verdict(), ListingVerdict::Broken);
        }
        assert_eq!(listing(Some(587), 587, 0).verdict(), ListingVerdict::Broken);
        assert_eq!(listing(Some(100), 587, 100).verdict(), ListingVerdict::Complete, "MAL counts so few too");
        let grown = listing(Some(300), 100, 100);
        assert_eq!(grown.verdict(), ListingVerdict::Broken, "200 new entries did not come");
        let again = FullListing { previous_gap: grown.gap(), ..grown };
        assert_eq!(again.verdict(), ListingVerdict::Unconfirmed, "every stored entry is listed");
        assert_eq!(FullListing { drift: Some(487), ..cut }.verdict(), ListingVerdict::Complete);
    }

    #[test]
    fn shrink_limit_is_more_than_a_fifth_and_more_than_ten() {
        for (entry_count_before_run, unlisted, listed, exceeds) in [
            (0, 0, 0, false),
            (1, 1, 0, true),
            (1200, 1200, 0, true),
            (10, 9, 1, false),
            (12, 11, 1, true),
            (55, 11, 44, false),
            (54, 11, 43, true),
            (100, 20, 80, false),
            (100, 21, 79, true),
        ] {
            let listing = FullListing { entry_count_before_run, unlisted, listed, ..FullListing::default() };
            assert_eq!(listing.exceeds_shrink_limit(), exceeds, "{listing:?}");
        }
    }
}
