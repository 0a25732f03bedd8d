//! Everything the simulator knows, behind one lock; and which part of it answers a request.

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
    /// As in paths; compared without regard to case.
    pub(crate) name: String,
    /// MAL's id.
    pub(crate) id: u64,
    /// The list.
    pub(crate) list: SimList,
    /// Keys of `anime_statistics` that say something else than the list does.
    pub(crate) statistics_overrides: serde_json::Map<String, serde_json::Value>,
    /// What the list counted up to, at that version of it.
    pub(crate) cached_totals: Option<(u64, ListTotals)>,
}

/// How the next authorize requests go.
#[derive(Debug, Default)]
pub(crate) struct ConsentSettings {
    /// At once, without a page.
    pub(crate) is_automatic: bool,
    /// Who consents; the first user by default.
    pub(crate) consenting_user: Option<String>,
    /// So many requests are denied.
    pub(crate) denials_left: u32,
}

/// Something that happens to tokens when a user's token has been used so many times more.
#[derive(Clone, Debug)]
pub(crate) struct PendingInvalidation {
    pub(crate) requests_left: u32,
    pub(crate) user: String,
    pub(crate) invalidation: TokenInvalidation,
}

/// What happens to the tokens of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenInvalidation {
    pub(crate) access: bool,
    pub(crate) refresh: bool,
    /// Revoked rather than expired.
    pub(crate) revoke: bool,
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct SimState {
    pub(crate) config: SimConfig,
    /// `http://host:port`, without a slash at the end.
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
    /// A world as the configuration says.
    pub(crate) fn new(config: SimConfig, base: String) -> Self {
        let mut world = Self {
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
        for name in world.config.users.clone() {
            world.add_user(&name, world.config.entries);
        }
        world
    }

    /// Adds a user; false if there is one of that name.
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

    /// A user by name.
    pub(crate) fn find_user(&self, name: &str) -> Option<&SimUser> {
        self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// A user to be changed.
    pub(crate) fn find_user_mut(&mut self, name: &str) -> Option<&mut SimUser> {
        self.users.iter_mut().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// Who consents next.
    pub(crate) fn consenting_user(&self) -> String {
        let first = self.users.first().map(|user| user.name.clone());
        self.consent.consenting_user.clone().or(first).unwrap_or_default()
    }

    /// Whether a client id is taken.
    pub(crate) fn accepts_client(&self, id: &str) -> bool {
        self.config.client_id.as_deref().is_none_or(|known| known == id)
    }

    /// Milliseconds since 1970 by the simulator's clock.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Whose access token a request shows, valid or not.
    pub(crate) fn bearer_user(&self, request: &SimRequest) -> Option<String> {
        let token = self.token_registry.access_tokens.get(request.bearer_token()?)?;
        Some(token.user.clone())
    }

    /// Counts a use of a user's token and lets happen what is due.
    pub(crate) fn count_token_use(&mut self, user: &str) {
        let mut due = Vec::new();
        self.pending_invalidations.retain_mut(|later| {
            if later.user != user {
                return true;
            }
            if later.requests_left == 0 {
                due.push(later.invalidation);
                return false;
            }
            later.requests_left -= 1;
            true
        });
        for blow in due {
            self.invalidate_tokens(Some(user), blow);
        }
    }

    /// Expires or revokes the tokens of a user, or of all; says how many.
    pub(crate) fn invalidate_tokens(&mut self, user: Option<&str>, blow: TokenInvalidation) -> usize {
        let now = self.now_ms();
        let hit = |owner: &str| user.is_none_or(|user| user.eq_ignore_ascii_case(owner));
        let mut count = 0;
        if blow.access {
            for token in self.token_registry.access_tokens.values_mut().filter(|token| hit(&token.user)) {
                count += 1;
                token.is_revoked |= blow.revoke;
                token.expires_at_ms = if blow.revoke { token.expires_at_ms } else { token.expires_at_ms.min(now) };
            }
        }
        if blow.refresh {
            for token in self.token_registry.refresh_tokens.values_mut().filter(|token| hit(&token.user)) {
                count += 1;
                token.is_revoked |= blow.revoke;
                token.expires_at_ms = if blow.revoke { token.expires_at_ms } else { token.expires_at_ms.min(now) };
            }
        }
        count
    }

    /// Answers a request as MAL would.
    pub(crate) fn handle_request(&mut self, request: &SimRequest) -> SimResponse {
        let segments = request.path_segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET" | "POST", ["v1", "oauth2", "authorize"]) => oauth_authorize::handle_authorize(self, request),
            ("POST", ["v1", "oauth2", "token"]) => oauth_token::handle_token_request(self, request),
            (_, ["v1", "oauth2", "authorize" | "token"]) => SimResponse::html(405, ""),
            (_, ["v2", rest @ ..]) => api::handle_api_request(self, request, rest),
            _ => SimResponse::html(404, "<h1>404 Not Found</h1>"),
        }
    }
}
