//! `whoami`: asks MAL whose login this is.

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    sync::port::Source as _,
    ui::view::login::{account_json, account_text},
};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::UserJson) -> Result<Exit, Failure> {
    context.config()?.client_id()?;
    let database = context.open().await?;
    let wire = context.wire(&database)?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let client = context.client(&database, &wire, &user)?;
    let account = client.account().await?;
    drop(client);
    close(database).await;
    if args.json {
        context.ui.json(&account_json(&account))?;
    } else {
        context.ui.out(&account_text(&account))?;
    }
    Ok(Exit::Done)
}
