//! The simulator's whole state, behind one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::anime_json::AnimeCache;
use crate::fault_rule::FaultRules;
use crate::http_message::SimRequest;
use crate::page_cache::PageCache;
use crate::request_log::RequestLog;
use crate::sim_clock::SimClock;
use crate::sim_config::SimConfig;
use crate::sim_tokens::{IssueTokensRequest, SimTokenKind, SimTokens};
use crate::sim_user::SimUser;
use crate::token_registry::{TokenGrant, TokenInvalidation, TokenRegistry};

/// The state shared by all connections and handles.
pub(crate) type SharedState = Arc<Mutex<SimState>>;

/// Locks the state. A poisoned lock is ignored.
pub(crate) fn lock_state(state: &SharedState) -> MutexGuard<'_, SimState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the next authorize requests are decided.
#[derive(Debug, Default)]
pub(crate) struct ConsentSettings {
    /// True if consent is granted at once, without a page.
    pub(crate) is_automatic: bool,
    /// The user who consents; the first user by default.
    pub(crate) consenting_user: Option<String>,
    /// Number of requests still to be denied.
    pub(crate) denials_left: u32,
}

/// An invalidation that happens after the user's token has been used `requests_left` more times.
#[derive(Clone, Debug)]
pub(crate) struct PendingInvalidation {
    pub(crate) requests_left: u32,
    pub(crate) user: String,
    pub(crate) kind: SimTokenKind,
    pub(crate) invalidation: TokenInvalidation,
}

/// The whole state of a simulator.
#[derive(Debug)]
pub(crate) struct SimState {
    pub(crate) config: SimConfig,
    /// `http://host:port` without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) clock: SimClock,
    pub(crate) anime_cache: AnimeCache,
    pub(crate) users: Vec<SimUser>,
    pub(crate) token_registry: TokenRegistry,
    pub(crate) consent: ConsentSettings,
    pub(crate) pending_invalidations: Vec<PendingInvalidation>,
    pub(crate) fault_rules: FaultRules,
    pub(crate) request_log: RequestLog,
    pub(crate) page_cache: PageCache,
}

impl SimState {
    /// Creates the state from the configuration.
    pub(crate) fn new(config: SimConfig, base: String) -> Self {
        let mut state = Self {
            base_url: base,
            clock: SimClock::new(),
            anime_cache: AnimeCache::new(config.seed, config.alternative_titles_can_be_absent),
            users: Vec::new(),
            token_registry: TokenRegistry::new(),
            consent: ConsentSettings { is_automatic: config.auto_consent, ..ConsentSettings::default() },
            pending_invalidations: Vec::new(),
            fault_rules: FaultRules::default(),
            request_log: RequestLog::default(),
            page_cache: PageCache::default(),
            config,
        };
        for name in state.config.users.clone() {
            state.add_user(&name, state.config.entries);
        }
        state
    }

    /// Replaces the configuration. The address, the seed and the users stay unchanged.
    pub(crate) fn set_config(&mut self, config: SimConfig) {
        if self.anime_cache.set_titles_can_be_absent(config.alternative_titles_can_be_absent) {
            self.page_cache.clear();
        }
        self.config = config;
    }

    /// Adds a user. Returns false if the name is taken.
    pub(crate) fn add_user(&mut self, name: &str, entries: usize) -> bool {
        if self.find_user(name).is_some() {
            return false;
        }
        self.users.push(SimUser::generate(self.config.seed, name, entries));
        true
    }

    /// Returns the user with this name.
    pub(crate) fn find_user(&self, name: &str) -> Option<&SimUser> {
        self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// Returns the user with this name for editing.
    pub(crate) fn find_user_mut(&mut self, name: &str) -> Option<&mut SimUser> {
        self.users.iter_mut().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// Returns the name of the user who consents next.
    pub(crate) fn consenting_user(&self) -> String {
        let first = self.users.first().map(|user| user.name.clone());
        self.consent.consenting_user.clone().or(first).unwrap_or_default()
    }

    /// Returns true if the client id is accepted.
    pub(crate) fn accepts_client(&self, id: &str) -> bool {
        self.config.client_id.as_deref().is_none_or(|accepted| accepted == id)
    }

    /// Returns the simulator's time in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Returns the user of the request's access token, even if the token is no longer valid.
    pub(crate) fn bearer_user(&self, request: &SimRequest) -> Option<String> {
        let token = self.token_registry.access_tokens.get(request.bearer_token()?)?;
        Some(token.user.clone())
    }

    /// Counts a use of a user's token and carries out the invalidations that are due.
    pub(crate) fn count_token_use(&mut self, user: &str) {
        let mut due = Vec::new();
        self.pending_invalidations.retain_mut(|pending| {
            if pending.user != user {
                return true;
            }
            if pending.requests_left == 0 {
                due.push((pending.kind, pending.invalidation));
                return false;
            }
            pending.requests_left -= 1;
            true
        });
        for (kind, invalidation) in due {
            self.invalidate_tokens(Some(user), kind, invalidation);
        }
    }

    /// Expires or revokes the tokens of one user, or of all users. Returns how many.
    pub(crate) fn invalidate_tokens(
        &mut self,
        user: Option<&str>,
        kind: SimTokenKind,
        invalidation: TokenInvalidation,
    ) -> usize {
        let now_ms = self.now_ms();
        self.token_registry.invalidate_tokens(kind, invalidation, now_ms, |token| {
            user.is_none_or(|user| user.eq_ignore_ascii_case(&token.user))
        })
    }

    /// Issues a token pair. The user must exist.
    pub(crate) fn issue_tokens(&mut self, request: &IssueTokensRequest) -> SimTokens {
        let lifetime_ms = |requested_seconds: Option<i64>, default: Duration| {
            let default_ms = i64::try_from(default.as_millis()).unwrap_or(i64::MAX);
            requested_seconds.map_or(default_ms, |seconds| seconds.saturating_mul(1000))
        };
        let client_id = request.client_id.clone().or_else(|| self.config.client_id.clone());
        let user = self.find_user(&request.user);
        let grant = TokenGrant {
            user: user.map_or_else(|| request.user.clone(), |user| user.name.clone()),
            user_id: user.map_or(0, |user| user.id),
            client_id: client_id.unwrap_or_else(|| "test-client".to_owned()),
            access_lifetime_ms: lifetime_ms(request.access_lifetime, self.config.access_lifetime),
            refresh_lifetime_ms: lifetime_ms(request.refresh_lifetime, self.config.refresh_lifetime),
        };
        let now_ms = self.now_ms();
        self.token_registry.issue_tokens(&grant, now_ms)
    }
}
