//! The simulator's whole state, behind one lock, and the routing of requests.

use crate::anime_json::AnimeCache;
use crate::current_user::ListTotals;
use crate::fault_rule::FaultRules;
use crate::http_message::{SimRequest, SimResponse};
use crate::list_page::PageCache;
use crate::request_log::RequestLog;
use crate::rng;
use crate::sim_clock::SimClock;
use crate::sim_config::SimConfig;
use crate::sim_list::SimList;
use crate::token_registry::TokenRegistry;
use crate::{api, oauth_authorize, oauth_token};

/// A user with a list.
#[derive(Debug)]
pub(crate) struct SimUser {
    /// Name as in paths; compared case-insensitively.
    pub(crate) name: String,
    /// MAL's id.
    pub(crate) id: u64,
    /// The list.
    pub(crate) list: SimList,
    /// Keys of `anime_statistics` that a test has overridden.
    pub(crate) statistics_overrides: serde_json::Map<String, serde_json::Value>,
    /// Version of the list and its totals at that version.
    pub(crate) cached_totals: Option<(u64, ListTotals)>,
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
    pub(crate) invalidation: TokenInvalidation,
}

/// Which tokens of a user are invalidated, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenInvalidation {
    pub(crate) access: bool,
    pub(crate) refresh: bool,
    /// True to revoke the tokens, false to expire them.
    pub(crate) revoke: bool,
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
            anime_cache: AnimeCache::new(config.seed),
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

    /// Adds a user. Returns false if the name is taken.
    pub(crate) fn add_user(&mut self, name: &str, entries: usize) -> bool {
        if self.find_user(name).is_some() {
            return false;
        }
        let seed = self.config.seed;
        self.users.push(SimUser {
            name: name.to_owned(),
            id: 1000 + rng::SeededRng::from_parts(&[seed, rng::hash_name(name)]).next() % 20_000_000,
            list: SimList::generate(seed, name, entries),
            statistics_overrides: serde_json::Map::new(),
            cached_totals: None,
        });
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
                due.push(pending.invalidation);
                return false;
            }
            pending.requests_left -= 1;
            true
        });
        for invalidation in due {
            self.invalidate_tokens(Some(user), invalidation);
        }
    }

    /// Expires or revokes the tokens of one user, or of all users. Returns how many.
    pub(crate) fn invalidate_tokens(&mut self, user: Option<&str>, invalidation: TokenInvalidation) -> usize {
        let now = self.now_ms();
        let is_affected = |owner: &str| user.is_none_or(|user| user.eq_ignore_ascii_case(owner));
        let mut count = 0;
        if invalidation.access {
            for token in self.token_registry.access_tokens.values_mut().filter(|token| is_affected(&token.user)) {
                count += 1;
                token.is_revoked |= invalidation.revoke;
                token.expires_at_ms =
                    if invalidation.revoke { token.expires_at_ms } else { token.expires_at_ms.min(now) };
            }
        }
        if invalidation.refresh {
            for token in self.token_registry.refresh_tokens.values_mut().filter(|token| is_affected(&token.user)) {
                count += 1;
                token.is_revoked |= invalidation.revoke;
                token.expires_at_ms =
                    if invalidation.revoke { token.expires_at_ms } else { token.expires_at_ms.min(now) };
            }
        }
        count
    }

    /// Handles a request as MAL does.
    pub(crate) fn handle_request(&mut self, request: &SimRequest) -> SimResponse {
        let segments = request.path_segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET" | "POST", ["v1", "oauth2", "authorize"]) => oauth_authorize::handle_authorize(self, request),
            ("POST", ["v1", "oauth2", "token"]) => oauth_token::handle_token_request(self, request),
            (_, ["v1", "oauth2", "authorize" | "token"]) => SimResponse::html(405, ""),
            (_, ["v2", rest @ ..]) => api::handle_api_request(self, request, rest),
            _ => SimResponse::html(404, "<h1>404 Not Found</h1>"),
        }
    }
}
