//! The typed handle with which a test moves the simulator it runs in its own process.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::config::Config;
use crate::fault::Rule;
use crate::log::Logged;
use crate::ops::{self, ControlError, Patch, TokenAction, TokenRequest, Tokens, Which};
use crate::serve::{Lock, locked};

/// Moves a running simulator. Cheap to clone; every method takes effect before it returns.
#[derive(Clone, Debug)]
pub struct Control {
    world: Lock,
}

type Done<T = ()> = Result<T, ControlError>;

impl Control {
    pub(crate) fn new(world: Lock) -> Self {
        Self { world }
    }

    /// Users, counts, tokens: what `GET /_control` answers.
    #[must_use]
    pub fn state(&self) -> Value {
        ops::state(&locked(&self.world))
    }

    /// Changes the configuration; lifetimes and switches count from the next request. The address, the seed and the
    /// users stay as they were.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut locked(&self.world).config);
    }

    /// Sets the simulator's clock forward: tokens age, the `Date` header and later edits follow.
    pub fn advance_clock(&self, by: Duration) {
        locked(&self.world).clock.advance(by);
    }

    /// Adds a user with a list of `entries`.
    ///
    /// # Errors
    /// The name is taken or cannot stand in a path.
    pub fn add_user(&self, name: &str, entries: usize) -> Done {
        ops::add_user(&mut locked(&self.world), name, entries)
    }

    /// MAL's id of a user.
    ///
    /// # Errors
    /// There is no such user; so in all methods that take one.
    pub fn user_id(&self, user: &str) -> Done<u64> {
        let world = locked(&self.world);
        let user_ = world.user(user).map(|user| user.id);
        user_.ok_or_else(|| ControlError::UnknownUser(user.to_owned()))
    }

    /// The ids of a list's entries, gray ones included, in ascending order.
    ///
    /// # Errors
    /// There is no such user.
    pub fn entry_ids(&self, user: &str) -> Done<Vec<u64>> {
        ops::ids(&locked(&self.world), user)
    }

    /// An entry with every field, as a page would have it; a string where it is not JSON.
    ///
    /// # Errors
    /// There is no such user.
    pub fn entry(&self, user: &str, id: u64) -> Done<Option<Value>> {
        ops::entry(&mut locked(&self.world), user, id)
    }

    /// Replaces or adds an entry by any JSON value, sent as it is whatever is asked for. `id` is the place; the
    /// value may say otherwise.
    ///
    /// # Errors
    /// There is no such user.
    pub fn put_entry(&self, user: &str, id: u64, value: &Value) -> Done {
        ops::put(&mut locked(&self.world), user, id, value)
    }

    /// Like [`Control::put_entry`] with any text, which need not be JSON.
    ///
    /// # Errors
    /// There is no such user.
    pub fn put_entry_text(&self, user: &str, id: u64, text: &str) -> Done {
        ops::put_text(&mut locked(&self.world), user, id, text)
    }

    /// Changes keys of an entry, which is made where it is absent. `updated_at` stays unless the patch has it.
    ///
    /// # Errors
    /// There is no such user.
    pub fn patch_entry(&self, user: &str, id: u64, patch: Patch) -> Done {
        ops::patch(&mut locked(&self.world), user, id, patch)
    }

    /// Removes an entry; true if there was one.
    ///
    /// # Errors
    /// There is no such user.
    pub fn delete_entry(&self, user: &str, id: u64) -> Done<bool> {
        ops::delete(&mut locked(&self.world), user, id)
    }

    /// Makes a list so long: adds entries from the catalogue, or drops those with the highest ids.
    ///
    /// # Errors
    /// There is no such user.
    pub fn resize(&self, user: &str, entries: usize) -> Done {
        ops::resize(&mut locked(&self.world), user, entries)
    }

    /// Removes so many entries, spread over the list, and names them.
    ///
    /// # Errors
    /// There is no such user.
    pub fn remove_entries(&self, user: &str, count: usize) -> Done<Vec<u64>> {
        ops::remove(&mut locked(&self.world), user, count)
    }

    /// Gives so many entries, spread over the list, another score and `updated_at` of now, and names them.
    ///
    /// # Errors
    /// There is no such user.
    pub fn edit_entries(&self, user: &str, count: usize) -> Done<Vec<u64>> {
        ops::edit(&mut locked(&self.world), user, count)
    }

    /// Empties a list.
    ///
    /// # Errors
    /// There is no such user.
    pub fn clear(&self, user: &str) -> Done {
        ops::clear(&mut locked(&self.world), user)
    }

    /// Makes keys of `anime_statistics` say something else, such as `num_items`; an empty map undoes it.
    ///
    /// # Errors
    /// There is no such user.
    pub fn set_statistics(&self, user: &str, keys: Map<String, Value>) -> Done {
        ops::set_statistics(&mut locked(&self.world), user, keys)
    }

    /// Whether consent is given without a page.
    pub fn auto_consent(&self, auto: bool) {
        locked(&self.world).consent.auto = auto;
    }

    /// Who consents from now on.
    ///
    /// # Errors
    /// There is no such user.
    pub fn consent_as(&self, user: &str) -> Done {
        ops::consent_as(&mut locked(&self.world), user)
    }

    /// The next so many authorize requests are denied, without a page.
    pub fn deny_next(&self, count: u32) {
        locked(&self.world).consent.deny = count;
    }

    /// Issues a pair for a user, without a browser.
    ///
    /// # Errors
    /// There is no such user.
    pub fn issue_tokens(&self, user: &str) -> Done<Tokens> {
        let user = user.to_owned();
        self.issue(&TokenRequest { user, ..TokenRequest::default() })
    }

    /// Issues a pair with a client or lifetimes of choice.
    ///
    /// # Errors
    /// There is no such user.
    pub fn issue(&self, request: &TokenRequest) -> Done<Tokens> {
        ops::issue(&mut locked(&self.world), request)
    }

    /// Every token issued, with what it is worth: what `GET /_control/tokens` answers.
    #[must_use]
    pub fn tokens(&self) -> Value {
        ops::tokens(&locked(&self.world))
    }

    /// Expires a user's tokens now and says how many.
    ///
    /// # Errors
    /// There is no such user.
    pub fn expire(&self, user: &str, which: Which) -> Done<usize> {
        self.expire_when(&action(user, which))
    }

    /// Revokes a user's tokens now and says how many.
    ///
    /// # Errors
    /// There is no such user.
    pub fn revoke(&self, user: &str, which: Which) -> Done<usize> {
        self.revoke_when(&action(user, which))
    }

    /// Expires tokens, now or after some requests; says how many now.
    ///
    /// # Errors
    /// There is no such user, or a delay without a user.
    pub fn expire_when(&self, action: &TokenAction) -> Done<usize> {
        ops::strike(&mut locked(&self.world), action, false)
    }

    /// Revokes tokens, now or after some requests; says how many now.
    ///
    /// # Errors
    /// There is no such user, or a delay without a user.
    pub fn revoke_when(&self, action: &TokenAction) -> Done<usize> {
        ops::strike(&mut locked(&self.world), action, true)
    }

    /// Adds a fault after those there are.
    ///
    /// # Errors
    /// The rule makes no sense.
    pub fn fault(&self, rule: Rule) -> Done {
        if let Some(why) = rule.fault() {
            return Err(ControlError::Invalid(why));
        }
        locked(&self.world).faults.add(rule);
        Ok(())
    }

    /// The faults with times left.
    #[must_use]
    pub fn faults(&self) -> Vec<Rule> {
        locked(&self.world).faults.rules()
    }

    /// Drops all faults.
    pub fn clear_faults(&self) {
        locked(&self.world).faults.clear();
    }

    /// Every request since the start or since [`Control::clear_log`], in the order of arrival.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        locked(&self.world).log.rows()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        locked(&self.world).log.clear();
    }
}

fn action(user: &str, which: Which) -> TokenAction {
    TokenAction { user: Some(user.to_owned()), which, after_requests: None }
}
