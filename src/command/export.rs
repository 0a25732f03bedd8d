//! `export`: the list as a file, or on standard output.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::{
    cli::files::{self, Format},
    clock::{Clock as _, SystemClock},
    domain::{list_item::ListItem, user::User},
    exchange::{self, Owner},
    exit::Exit,
    failure::Failure,
    store::ListQuery,
    ui::view,
};

use super::{
    context::{Context, close},
    file::{self, Dated},
    filter::Filter,
};

pub(crate) async fn run(context: &Context<'_>, args: &files::Export) -> Result<Exit, Failure> {
    context.config()?;
    if args.dir.is_some() && args.filter != Default::default() {
        return Err(Failure::usage("--dir writes the whole list, and takes no filter".to_owned())
            .hint("--output FILE writes a part of it"));
    }
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let mut items = database.list(user.id, &ListQuery { removed: args.removed }).await?;
    close(database).await;
    Filter::new(&args.filter).take(context.ui, &mut items);
    // MAL's own is in this order, and a file that is compared with an older one wants some order.
    items.sort_by_cached_key(|item| (item.anime.title.to_lowercase(), item.anime.mal_id));
    if items.is_empty() && args.dir.is_some() {
        return Err(Failure::text(
            Exit::Failed,
            format!("the list of {} is empty: nothing written, nothing deleted", user.username),
        )
        .hint("malsync sync or malsync import fills it"));
    }
    let named = args.output.as_deref().filter(|name| *name != "-");
    let format = args.format.or_else(|| named.and_then(Format::of)).unwrap_or(Format::MalXml);
    let written = written(format, &user, &items);
    let packs = args.gzip || args.dir.is_some() || named.is_some_and(|name| name.to_ascii_lowercase().ends_with(".gz"));
    let bytes = if packs { packed(&written)? } else { written };
    let told = |path: &Path| {
        let entries = if items.len() == 1 { "entry" } else { "entries" };
        context.ui.note(&format!("{} {entries} written to {}", items.len(), path.display()));
    };
    match (named, &args.dir) {
        (Some(name), _) => {
            let path = PathBuf::from(name);
            file::replace(&path, &bytes).map_err(|error| unwritten(&path, error))?;
            told(&path);
        }
        (None, Some(folder)) => {
            let dated = Dated::of(&user.username, &format!("{}.gz", format.ending()));
            let today = SystemClock.now().date_naive();
            let path = folder.join(dated.name(today));
            file::own(&path, &bytes).map_err(|error| unwritten(&path, error))?;
            told(&path);
            if let Some(keep) = args.keep {
                let gone = dated.keep(folder, keep, today).map_err(|error| {
                    let what = format!("cannot delete the oldest files in {}", folder.display());
                    Failure::new(Exit::Failed, error).context(what)
                })?;
                if gone > 0 {
                    context.ui.note(&format!("{gone} older deleted"));
                }
            }
        }
        (None, None) => context.ui.out_bytes(&bytes)?,
    }
    Ok(Exit::Done)
}

fn written(format: Format, user: &User, items: &[ListItem]) -> Vec<u8> {
    let owner = Owner { name: &user.username, mal_user_id: user.mal_user_id };
    match format {
        Format::MalXml => exchange::mal_xml(owner, items),
        Format::Json => view::export::array(items),
        Format::Ndjson => view::export::lines(items),
        Format::Csv => view::list::csv(items),
    }
}

/// The same list is packed into the same bytes, whenever that is.
fn packed(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer.write_all(bytes).and_then(|()| packer.finish());
    packed.map_err(|error| Failure::new(Exit::Failed, error).context("cannot pack the list"))
}

fn unwritten(path: &Path, error: std::io::Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => Some("make the folder first"),
        std::io::ErrorKind::InvalidInput => Some("name a plain file, or - for standard output"),
        _ => None,
    };
    let failure = Failure::new(Exit::Failed, error).context(format!("cannot write {}", path.display()));
    hint.into_iter().fold(failure, Failure::hint)
}
