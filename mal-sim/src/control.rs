//! The typed handle with which a test moves the simulator it runs in its own process.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::fault_rule::FaultRule;
use crate::request_log::LoggedRequest;
use crate::server::{SharedState, lock_state};
use crate::sim_config::SimConfig;
use crate::test_operations::{
    self, ControlError, EntryPatch, IssueTokensRequest, SimTokens, TokenAction, TokenSelector,
};

/// Moves a running simulator. Cheap to clone; every method takes effect before it returns.
#[derive(Clone, Debug)]
pub struct SimControl {
    state: SharedState,
}

type ControlResult<T = ()> = Result<T, ControlError>;

impl SimControl {
    pub(crate) fn new(state: SharedState) -> Self {
        Self { state }
    }

    /// Users, counts, tokens: what `GET /_control` answers.
    #[must_use]
    pub fn state_json(&self) -> Value {
        test_operations::state_json(&lock_state(&self.state))
    }

    /// Changes the configuration; lifetimes and switches count from the next request. The address, the seed and the
    /// users stay as they were.
    pub fn configure(&self, change: impl FnOnce(&mut SimConfig)) {
        change(&mut lock_state(&self.state).config);
    }

    /// Sets the simulator's clock forward: tokens age, the `Date` header and later edits follow.
    pub fn advance_clock(&self, by: Duration) {
        lock_state(&self.state).clock.advance(by);
    }

    /// Adds a user with a list of `entries`.
    ///
    /// # Errors
    /// The name is taken or cannot stand in a path.
    pub fn add_user(&self, name: &str, entries: usize) -> ControlResult {
        test_operations::add_user(&mut lock_state(&self.state), name, entries)
    }

    /// MAL's id of a user.
    ///
    /// # Errors
    /// There is no such user; so in all methods that take one.
    pub fn user_id(&self, user: &str) -> ControlResult<u64> {
        let world = lock_state(&self.state);
        let user_ = world.find_user(user).map(|user| user.id);
        user_.ok_or_else(|| ControlError::UnknownUser(user.to_owned()))
    }

    /// The ids of a list's entries, gray ones included, in ascending order.
    ///
    /// # Errors
    /// There is no such user.
    pub fn entry_ids(&self, user: &str) -> ControlResult<Vec<u64>> {
        test_operations::entry_ids(&lock_state(&self.state), user)
    }

    /// An entry with every field, as a page would have it; a string where it is not JSON.
    ///
    /// # Errors
    /// There is no such user.
    pub fn entry_json(&self, user: &str, id: u64) -> ControlResult<Option<Value>> {
        test_operations::entry_json(&mut lock_state(&self.state), user, id)
    }

    /// Replaces or adds an entry by any JSON value, sent as it is whatever is asked for. `id` is the place; the
    /// value may say otherwise.
    ///
    /// # Errors
    /// There is no such user.
    pub fn put_entry(&self, user: &str, id: u64, value: &Value) -> ControlResult {
        test_operations::put_entry(&mut lock_state(&self.state), user, id, value)
    }

    /// Like [`Control::put_entry`] with any text, which need not be JSON.
    ///
    /// # Errors
    /// There is no such user.
    pub fn put_entry_text(&self, user: &str, id: u64, text: &str) -> ControlResult {
        test_operations::put_entry_text(&mut lock_state(&self.state), user, id, text)
    }

    /// Changes keys of an entry, which is made where it is absent. `updated_at` stays unless the patch has it.
    ///
    /// # Errors
    /// There is no such user.
    pub fn patch_entry(&self, user: &str, id: u64, patch: EntryPatch) -> ControlResult {
        test_operations::patch_entry(&mut lock_state(&self.state), user, id, patch)
    }

    /// Removes an entry; true if there was one.
    ///
    /// # Errors
    /// There is no such user.
    pub fn delete_entry(&self, user: &str, id: u64) -> ControlResult<bool> {
        test_operations::delete_entry(&mut lock_state(&self.state), user, id)
    }

    /// Makes a list so long: adds entries from the catalogue, or drops those with the highest ids.
    ///
    /// # Errors
    /// There is no such user.
    pub fn resize_list(&self, user: &str, entries: usize) -> ControlResult {
        test_operations::resize_list(&mut lock_state(&self.state), user, entries)
    }

    /// Removes so many entries, spread over the list, and names them.
    ///
    /// # Errors
    /// There is no such user.
    pub fn remove_entries(&self, user: &str, count: usize) -> ControlResult<Vec<u64>> {
        test_operations::remove_entries(&mut lock_state(&self.state), user, count)
    }

    /// Gives so many entries, spread over the list, another score and `updated_at` of now, and names them.
    ///
    /// # Errors
    /// There is no such user.
    pub fn edit_entries(&self, user: &str, count: usize) -> ControlResult<Vec<u64>> {
        test_operations::edit_entries(&mut lock_state(&self.state), user, count)
    }

    /// Empties a list.
    ///
    /// # Errors
    /// There is no such user.
    pub fn clear_list(&self, user: &str) -> ControlResult {
        test_operations::clear_list(&mut lock_state(&self.state), user)
    }

    /// Makes keys of `anime_statistics` say something else, such as `num_items`; an empty map undoes it.
    ///
    /// # Errors
    /// There is no such user.
    pub fn set_statistics(&self, user: &str, keys: Map<String, Value>) -> ControlResult {
        test_operations::set_statistics(&mut lock_state(&self.state), user, keys)
    }

    /// Whether consent is given without a page.
    pub fn set_auto_consent(&self, auto: bool) {
        lock_state(&self.state).consent.is_automatic = auto;
    }

    /// Who consents from now on.
    ///
    /// # Errors
    /// There is no such user.
    pub fn set_consenting_user(&self, user: &str) -> ControlResult {
        test_operations::set_consenting_user(&mut lock_state(&self.state), user)
    }

    /// The next so many authorize requests are denied, without a page.
    pub fn deny_next_requests(&self, count: u32) {
        lock_state(&self.state).consent.denials_left = count;
    }

    /// Issues a pair for a user, without a browser.
    ///
    /// # Errors
    /// There is no such user.
    pub fn issue_tokens(&self, user: &str) -> ControlResult<SimTokens> {
        let user = user.to_owned();
        self.issue_tokens_with(&IssueTokensRequest { user, ..IssueTokensRequest::default() })
    }

    /// Issues a pair with a client or lifetimes of choice.
    ///
    /// # Errors
    /// There is no such user.
    pub fn issue_tokens_with(&self, request: &IssueTokensRequest) -> ControlResult<SimTokens> {
        test_operations::issue_tokens(&mut lock_state(&self.state), request)
    }

    /// Every token issued, with what it is worth: what `GET /_control/tokens` answers.
    #[must_use]
    pub fn tokens_json(&self) -> Value {
        test_operations::tokens_json(&lock_state(&self.state))
    }

    /// Expires a user's tokens now and says how many.
    ///
    /// # Errors
    /// There is no such user.
    pub fn expire_tokens(&self, user: &str, which: TokenSelector) -> ControlResult<usize> {
        self.expire_matching_tokens(&token_action_for_user(user, which))
    }

    /// Revokes a user's tokens now and says how many.
    ///
    /// # Errors
    /// There is no such user.
    pub fn revoke_tokens(&self, user: &str, which: TokenSelector) -> ControlResult<usize> {
        self.revoke_matching_tokens(&token_action_for_user(user, which))
    }

    /// Expires tokens, now or after some requests; says how many now.
    ///
    /// # Errors
    /// There is no such user, or a delay without a user.
    pub fn expire_matching_tokens(&self, action: &TokenAction) -> ControlResult<usize> {
        test_operations::invalidate_tokens(&mut lock_state(&self.state), action, false)
    }

    /// Revokes tokens, now or after some requests; says how many now.
    ///
    /// # Errors
    /// There is no such user, or a delay without a user.
    pub fn revoke_matching_tokens(&self, action: &TokenAction) -> ControlResult<usize> {
        test_operations::invalidate_tokens(&mut lock_state(&self.state), action, true)
    }

    /// Adds a fault after those there are.
    ///
    /// # Errors
    /// The rule makes no sense.
    pub fn add_fault(&self, rule: FaultRule) -> ControlResult {
        if let Some(why) = rule.validation_error() {
            return Err(ControlError::Invalid(why));
        }
        lock_state(&self.state).fault_rules.add_rule(rule);
        Ok(())
    }

    /// The faults with times left.
    #[must_use]
    pub fn active_faults(&self) -> Vec<FaultRule> {
        lock_state(&self.state).fault_rules.active_rules()
    }

    /// Drops all faults.
    pub fn clear_faults(&self) {
        lock_state(&self.state).fault_rules.clear();
    }

    /// Every request since the start or since [`Control::clear_log`], in the order of arrival.
    #[must_use]
    pub fn logged_requests(&self) -> Vec<LoggedRequest> {
        lock_state(&self.state).request_log.to_vec()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        lock_state(&self.state).request_log.clear();
    }
}

fn token_action_for_user(user: &str, which: TokenSelector) -> TokenAction {
    TokenAction { user: Some(user.to_owned()), which, after_requests: None }
}
