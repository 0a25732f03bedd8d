//! `whoami`: asks MAL which account the login belongs to.

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    store::DatabaseAccess,
    sync::port::RemoteSource as _,
    ui::view::login::{account_to_json, account_to_text},
};

use super::context::Context;

pub(crate) async fn run(context: &Context<'_>, args: &args::UserAndJsonArgs) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open_to_read().await?;
    let transport = context.transport(&database)?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let client = context.api_client(&database, &transport, &user, DatabaseAccess::Read)?;
    let account = client.fetch_account().await?;
    if args.json {
        context.ui.print_json(&account_to_json(&account))?;
    } else {
        context.ui.print(&account_to_text(&account))?;
    }
    Ok(Exit::Done)
}
