//! `stats`: statistics of the list. `domain::stats` computes them, `ui::view::stats` renders them.

use chrono::NaiveDate;

use crate::{
    cli::args,
    clock::{Clock as _, SystemClock},
    domain::{
        stats::Stats,
        user::{User, UserRef},
    },
    exit::Exit,
    failure::Failure,
    store::ListQuery,
    ui::view::{
        self,
        stats::{self, StatsScope, TextStyle},
    },
};

use super::{
    context::Context,
    entry_filter::{EntryFilter, FilterPurpose},
};

pub(crate) async fn run(context: &Context<'_>, args: &args::StatsArgs) -> Result<Exit, Failure> {
    let user_stats =
        UserStats::load(context, args.user.name.as_ref(), &args.filter, FilterPurpose::Reading, args.top).await?;
    let (scope, stats, ui) = (user_stats.scope(), &user_stats.stats, context.ui);
    if args.json {
        ui.print_json(&stats::to_json(&scope, stats))?;
    } else if stats.entries == 0 {
        ui.print_note(&view::no_entries_text(&user_stats.user, user_stats.total_entries == 0));
    } else {
        let ascii = args.ascii || !context.environment.is_utf8_locale();
        let style = TextStyle { columns: ui.output_width(), ascii };
        let text = stats::to_text(&stats::heading_line(&scope, stats), &stats::build_sections(&scope, stats), style);
        context.print_paged(&text, !args.no_pager).await?;
    }
    Ok(Exit::Done)
}

/// Statistics of one user's filtered list, for `stats` and `report`.
pub(super) struct UserStats {
    user: User,
    /// Number of entries before filtering.
    total_entries: usize,
    top: usize,
    today: NaiveDate,
    pub(super) stats: Stats,
}

impl UserStats {
    /// Loads the list, applies the filter and computes the statistics.
    pub(super) async fn load(
        context: &Context<'_>,
        user: Option<&UserRef>,
        filter: &args::FilterArgs,
        purpose: FilterPurpose,
        top: u32,
    ) -> Result<Self, Failure> {
        context.config()?;
        let database = context.open_to_read().await?;
        let user = context.select_user(&database, user).await?;
        let mut items = database.load_list(user.id, &ListQuery { include_removed: false }).await?;
        let total_entries = items.len();
        EntryFilter::new(filter, purpose).apply(context.ui, &mut items)?;
        Ok(Self {
            user,
            total_entries,
            top: usize::try_from(top).unwrap_or(usize::MAX),
            today: SystemClock.now().date_naive(),
            stats: Stats::compute(&items),
        })
    }

    /// Returns whose statistics these are and what they cover.
    pub(super) fn scope(&self) -> StatsScope<'_> {
        StatsScope {
            username: &self.user.username,
            total_entries: self.total_entries,
            top: self.top,
            today: self.today,
        }
    }
}
