//! `stats`: figures of the list. What they are is in `domain::stats`, how they are told in `ui::view::stats`.

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
        stats::{self, About, Look},
    },
};

use super::{
    context::{Context, close},
    filter::Filter,
};

pub(crate) async fn run(context: &Context<'_>, args: &args::Stats) -> Result<Exit, Failure> {
    let figures = Figures::read(context, args.user.name.as_ref(), &args.filter, args.top).await?;
    let (about, stats, ui) = (figures.about(), &figures.stats, context.ui);
    if args.json {
        ui.json(&stats::json(&about, stats))?;
    } else if stats.entries == 0 {
        ui.note(&view::no_entry(&figures.user, figures.of == 0));
    } else {
        let ascii = args.ascii || !context.environment.utf8();
        let look = Look { columns: ui.columns(), ascii, bold: ui.colors_answers() };
        let text = stats::text(&stats::head(&about, stats), &stats::sections(&about, stats), look);
        ui.pages(&text, !args.no_pager)?;
    }
    Ok(Exit::Done)
}

/// The figures of what a command was asked for.
pub(super) struct Figures {
    user: User,
    of: usize,
    top: usize,
    today: NaiveDate,
    pub(super) stats: Stats,
}

impl Figures {
    /// Reads the list, takes what the filter takes, and counts.
    pub(super) async fn read(
        context: &Context<'_>,
        user: Option<&UserRef>,
        filter: &args::Filter,
        top: u32,
    ) -> Result<Self, Failure> {
        context.config()?;
        let database = context.open().await?;
        let user = context.user(&database, user).await?;
        let mut items = database.list(user.id, &ListQuery { removed: false }).await?;
        close(database).await;
        let of = items.len();
        Filter::new(filter).take(context.ui, &mut items);
        Ok(Self {
            user,
            of,
            top: usize::try_from(top).unwrap_or(usize::MAX),
            today: SystemClock.now().date_naive(),
            stats: Stats::of(&items),
        })
    }

    /// What they are about.
    pub(super) fn about(&self) -> About<'_> {
        About { username: &self.user.username, of: self.of, top: self.top, today: self.today }
    }
}
