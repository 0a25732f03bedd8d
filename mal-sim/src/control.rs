//! The handle with which a test controls a simulator in its own process.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::control_error::{ControlError, ControlResult};
use crate::entry_patch::EntryPatch;
use crate::fault_rule::FaultRule;
use crate::list_dump::{self, DumpedEntry};
use crate::request_log::LoggedRequest;
use crate::sim_config::SimConfig;
use crate::sim_tokens::{IssueTokensRequest, SimTokenKind, SimTokens, TokenSelection};
use crate::state::{SharedState, lock_state};
use crate::test_operations;

/// Controls a running simulator. Cheap to clone. Every method takes effect before it returns.
#[derive(Clone, Debug)]
pub struct SimControl {
    state: SharedState,
}

impl SimControl {
    pub(crate) fn new(state: SharedState) -> Self {
        Self { state }
    }

    /// Returns users, counts and tokens as in `GET /_control`.
    #[must_use]
    pub fn state_json(&self) -> Value {
        test_operations::state_json(&lock_state(&self.state))
    }

    /// Changes the configuration. Lifetimes and switches apply from the next request on. The address, the seed and the
    /// users stay unchanged.
    pub fn configure(&self, change: impl FnOnce(&mut SimConfig)) {
        let mut state = lock_state(&self.state);
        let mut config = state.config.clone();
        change(&mut config);
        state.set_config(config);
    }

    /// Advances the simulator's clock: tokens age, the `Date` header and later edits follow.
    pub fn advance_clock(&self, by: Duration) {
        lock_state(&self.state).clock.advance(by);
    }

    /// Adds a user whose list has `entries` entries.
    ///
    /// # Errors
    /// Fails if the name is taken or cannot be used in a path.
    pub fn add_user(&self, name: &str, entries: usize) -> ControlResult {
        test_operations::add_user(&mut lock_state(&self.state), name, entries)
    }

    /// Returns MAL's id of a user.
    ///
    /// # Errors
    /// Fails if there is no such user, like all methods with a user.
    pub fn user_id(&self, user: &str) -> ControlResult<u64> {
        let state = lock_state(&self.state);
        let user_id = state.find_user(user).map(|user| user.id);
        user_id.ok_or_else(|| ControlError::UnknownUser(user.to_owned()))
    }

    /// Returns the ids of a list's entries in ascending order, also of those that MAL hides unless `nsfw=true`.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn entry_ids(&self, user: &str) -> ControlResult<Vec<u64>> {
        test_operations::entry_ids(&lock_state(&self.state), user)
    }

    /// Returns an entry with every field, as on a page, or `None` if the list has no such entry. An entry that is not
    /// JSON is returned as a string.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn entry_json(&self, user: &str, id: u64) -> ControlResult<Option<Value>> {
        test_operations::entry_json(&mut lock_state(&self.state), user, id)
    }

    /// Returns all entries of a list in ascending order of ids, with every field as a plain value.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn dump_list(&self, user: &str) -> ControlResult<Vec<DumpedEntry>> {
        list_dump::dump_list(&mut lock_state(&self.state), user)
    }

    /// Replaces or adds an entry with any JSON value, which is sent unchanged regardless of the requested fields. `id`
    /// says which entry of the list it is. The value may contain another id.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn put_entry(&self, user: &str, id: u64, value: &Value) -> ControlResult {
        test_operations::put_entry(&mut lock_state(&self.state), user, id, value)
    }

    /// Replaces or adds an entry with any text, which need not be JSON. See [`SimControl::put_entry`].
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn put_entry_text(&self, user: &str, id: u64, text: &str) -> ControlResult {
        test_operations::put_entry_text(&mut lock_state(&self.state), user, id, text)
    }

    /// Changes keys of an entry. Creates the entry if it is absent. `updated_at` stays unless the patch sets it.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn patch_entry(&self, user: &str, id: u64, patch: EntryPatch) -> ControlResult {
        test_operations::patch_entry(&mut lock_state(&self.state), user, id, patch)
    }

    /// Removes an entry. Returns true if it was in the list.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn delete_entry(&self, user: &str, id: u64) -> ControlResult<bool> {
        test_operations::delete_entry(&mut lock_state(&self.state), user, id)
    }

    /// Sets the length of a list: adds entries from the catalogue or removes those with the highest ids.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn resize_list(&self, user: &str, entries: usize) -> ControlResult {
        test_operations::resize_list(&mut lock_state(&self.state), user, entries)
    }

    /// Removes `count` entries, spread over the list. Returns their ids.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn remove_entries(&self, user: &str, count: usize) -> ControlResult<Vec<u64>> {
        test_operations::remove_entries(&mut lock_state(&self.state), user, count)
    }

    /// Changes score and `updated_at` (now) of `count` entries, spread over the list. Returns their ids.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn edit_entries(&self, user: &str, count: usize) -> ControlResult<Vec<u64>> {
        test_operations::edit_entries(&mut lock_state(&self.state), user, count)
    }

    /// Removes all entries of a list.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn clear_list(&self, user: &str) -> ControlResult {
        test_operations::clear_list(&mut lock_state(&self.state), user)
    }

    /// Overrides keys of `anime_statistics`, such as `num_items`. An empty map removes the overrides.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn set_statistics(&self, user: &str, keys: Map<String, Value>) -> ControlResult {
        test_operations::set_statistics(&mut lock_state(&self.state), user, keys)
    }

    /// Sets whether consent is granted without a page.
    pub fn set_auto_consent(&self, auto: bool) {
        lock_state(&self.state).consent.is_automatic = auto;
    }

    /// Sets the user who consents from now on.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn set_consenting_user(&self, user: &str) -> ControlResult {
        test_operations::set_consenting_user(&mut lock_state(&self.state), user)
    }

    /// Denies the next `count` authorize requests without a page.
    pub fn deny_next_requests(&self, count: u32) {
        lock_state(&self.state).consent.denials_left = count;
    }

    /// Issues a token pair for a user, without a browser.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn issue_tokens(&self, user: &str) -> ControlResult<SimTokens> {
        let user = user.to_owned();
        self.issue_tokens_with(&IssueTokensRequest { user, ..IssueTokensRequest::default() })
    }

    /// Issues a token pair for the given user, client and lifetimes.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn issue_tokens_with(&self, request: &IssueTokensRequest) -> ControlResult<SimTokens> {
        test_operations::issue_tokens(&mut lock_state(&self.state), request)
    }

    /// Returns every issued token and its validity as in `GET /_control/tokens`.
    #[must_use]
    pub fn tokens_json(&self) -> Value {
        test_operations::tokens_json(&lock_state(&self.state))
    }

    /// Expires a user's tokens. Returns how many.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn expire_tokens(&self, user: &str, which: SimTokenKind) -> ControlResult<usize> {
        self.expire_matching_tokens(&select_tokens_of(user, which))
    }

    /// Revokes a user's tokens. Returns how many.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub fn revoke_tokens(&self, user: &str, which: SimTokenKind) -> ControlResult<usize> {
        self.revoke_matching_tokens(&select_tokens_of(user, which))
    }

    /// Expires tokens, now or after a number of requests. Returns how many expired now.
    ///
    /// # Errors
    /// Fails if there is no such user, or if the selection is delayed and names no user.
    pub fn expire_matching_tokens(&self, selection: &TokenSelection) -> ControlResult<usize> {
        test_operations::invalidate_tokens(&mut lock_state(&self.state), selection, false)
    }

    /// Revokes tokens, now or after a number of requests. Returns how many were revoked now.
    ///
    /// # Errors
    /// Fails if there is no such user, or if the selection is delayed and names no user.
    pub fn revoke_matching_tokens(&self, selection: &TokenSelection) -> ControlResult<usize> {
        test_operations::invalidate_tokens(&mut lock_state(&self.state), selection, true)
    }

    /// Adds a fault rule after the existing ones.
    ///
    /// # Errors
    /// Fails if the rule is invalid.
    pub fn add_fault(&self, rule: FaultRule) -> ControlResult {
        if let Some(reason) = rule.validation_error() {
            return Err(ControlError::Invalid(reason));
        }
        lock_state(&self.state).fault_rules.add_rule(rule);
        Ok(())
    }

    /// Returns the fault rules that still apply.
    #[must_use]
    pub fn active_faults(&self) -> Vec<FaultRule> {
        lock_state(&self.state).fault_rules.active_rules()
    }

    /// Removes all fault rules, and releases the responses that rules hold.
    pub fn clear_faults(&self) {
        lock_state(&self.state).fault_rules.clear();
    }

    /// Returns every request since the start or since [`SimControl::clear_log`], in order of arrival.
    #[must_use]
    pub fn logged_requests(&self) -> Vec<LoggedRequest> {
        lock_state(&self.state).request_log.to_vec()
    }

    /// Returns the logged requests that write to a list: PATCH, PUT and DELETE of `my_list_status`.
    #[must_use]
    pub fn logged_writes(&self) -> Vec<LoggedRequest> {
        let mut requests = self.logged_requests();
        requests.retain(|request| request.written_anime_id().is_some());
        requests
    }

    /// Clears the request log.
    pub fn clear_log(&self) {
        lock_state(&self.state).request_log.clear();
    }
}

fn select_tokens_of(user: &str, which: SimTokenKind) -> TokenSelection {
    TokenSelection { user: Some(user.to_owned()), which, after_requests: None }
}
