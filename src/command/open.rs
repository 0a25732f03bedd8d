//! `open`: opens an anime's page on MAL in the browser.

use crate::{auth::browser, cli::args, exit::Exit, failure::Failure, ui::anime_url};

use super::{context::Context, show::find_anime};

pub(crate) async fn run(context: &Context<'_>, args: &args::OpenArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let query = args.query.join(" ");
    let id = query.trim().parse::<i32>().ok().filter(|id| *id > 0);
    let mal_id = match (find_anime(context, &database, &user, &query).await, id) {
        (Ok(anime), _) => anime.mal_id,
        // An anime that is not stored has a page too.
        (Err(failure), Some(id)) if failure.exit == Exit::Failed => id,
        (Err(failure), _) => return Err(failure),
    };
    let url = anime_url(mal_id);
    match browser::open_url(&url, &context.desktop()) {
        Ok(()) => context.ui.print_note(&format!("Opening {url}")),
        Err(_) => context.ui.print(&url)?,
    }
    Ok(Exit::Done)
}
