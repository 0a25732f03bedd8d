//! `export`: writes the list to a file, to a directory of dated files, or to standard output.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::{
    cli::files::{self, ExportFormat},
    clock::{Clock as _, SystemClock},
    domain::{list_entry::ListEntry, user::User},
    exchange::{self, ListOwner, OutputColumn},
    exit::Exit,
    failure::Failure,
    private_file::create_private_dir,
    store::ListQuery,
};

use super::{
    context::Context,
    dated_files::DatedFileName,
    entry_details::to_list_rows,
    entry_filter::{EntryFilter, FilterPurpose},
    link_resolver::FinalLink,
    output_file::{NewFileAccess, replace_file, write_output},
};

/// Returns the name of the output file, `None` for standard output or a directory.
///
/// # Errors
///
/// `--dir` with a filter, or a file name whose ending does not name a format.
fn output_file_name(args: &files::ExportArgs) -> Result<Option<&str>, Failure> {
    if args.dir.is_some() && args.filter != Default::default() {
        return Err(Failure::usage_error("--dir writes the whole list and accepts no filters".to_owned())
            .with_hint("use --output FILE for a part of the list"));
    }
    let file_name = args.output.as_deref().filter(|name| *name != "-");
    if let Some(name) = file_name.filter(|name| args.format.is_none() && ExportFormat::has_other_extension(name)) {
        let message = format!("unknown file extension: {name}");
        return Err(Failure::usage_error(message)
            .with_hint("use .xml, .json, .ndjson or .csv, or set --format to mal-xml, json, ndjson or csv"));
    }
    Ok(file_name)
}

pub(crate) async fn run(context: &Context<'_>, args: &files::ExportArgs) -> Result<Exit, Failure> {
    context.config()?;
    let file_name = output_file_name(args)?;
    let database = context.open_to_read().await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let mut items =
        database.load_list(user.id, &ListQuery { include_removed: args.removed.includes_removed() }).await?;
    items.retain(|item| !args.removed.is_only_removed() || item.is_removed());
    EntryFilter::new(&args.filter, FilterPurpose::Saving).apply(context.ui, &mut items)?;
    // The order of MAL's own export. A fixed order also allows comparing exports.
    items.sort_by_cached_key(|item| (item.anime.title.to_lowercase(), item.anime.mal_id));
    if items.is_empty() && args.dir.is_some() {
        return Err(Failure::from_text(
            Exit::Failed,
            format!("the list of {} is empty: nothing was written or deleted", user.username),
        )
        .with_hint("fill it with malsync sync or malsync import"));
    }
    if items.is_empty() && args.filter != Default::default() {
        return Err(Failure::from_text(Exit::Failed, "no entries match the filters: nothing was written"));
    }
    let format =
        args.format.or_else(|| file_name.and_then(ExportFormat::from_file_name)).unwrap_or(ExportFormat::MalXml);
    let content = serialize_list(format, &user, &items);
    let is_gzip =
        args.gzip || args.dir.is_some() || file_name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".gz"));
    let bytes = if is_gzip { gzip(&content)? } else { content };
    let print_written = |path: &Path| {
        let entries = if items.len() == 1 { "entry" } else { "entries" };
        context.ui.print_note(&format!("{} {entries} written to {}", items.len(), path.display()));
    };
    match (file_name, &args.dir) {
        (Some(name), _) => {
            let path = PathBuf::from(name);
            let written = write_output(&path, bytes, NewFileAccess::Private).await;
            written.map_err(|error| write_failure(&path, error))?;
            print_written(&path);
        }
        (None, Some(directory)) => {
            let dated = DatedFileName::for_user(&user.username, &format!("{}.gz", format.extension()));
            let today = SystemClock.now().date_naive();
            create_private_dir(directory).map_err(|error| write_failure(directory, error))?;
            let path = directory.join(dated.file_name(today));
            let written = replace_file(&path, &bytes, NewFileAccess::Private, FinalLink::Refuse);
            written.map_err(|error| write_failure(&path, error))?;
            print_written(&path);
            if let Some(keep) = args.keep {
                let deleted_count = dated.prune(directory, keep, today).map_err(|error| {
                    let message = format!("cannot delete old files in {}", directory.display());
                    Failure::new(Exit::Failed, error).context(message)
                })?;
                if deleted_count > 0 {
                    context.ui.print_note(&format!("{deleted_count} older deleted"));
                }
            }
        }
        (None, None) => context.ui.print_bytes(&bytes)?,
    }
    Ok(Exit::Done)
}

fn serialize_list(format: ExportFormat, user: &User, items: &[ListEntry]) -> Vec<u8> {
    let owner = ListOwner { name: &user.username, mal_user_id: user.mal_user_id };
    let rows = || to_list_rows(items, OutputColumn::all());
    match format {
        ExportFormat::MalXml => exchange::encode_mal_xml(owner, items),
        ExportFormat::Json => exchange::encode_json_array(&rows()),
        ExportFormat::Ndjson => exchange::encode_json_lines(&rows()),
        ExportFormat::Csv => exchange::encode_csv(&rows(), OutputColumn::all()),
    }
}

/// Compresses the bytes. The result depends only on the input, not on the time.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|error| Failure::new(Exit::Failed, error).context("cannot compress the list"))
}

fn write_failure(path: &Path, error: std::io::Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => Some("create the directory first"),
        std::io::ErrorKind::InvalidInput => Some("choose a file of your own, or - for standard output"),
        _ => None,
    };
    let failure = Failure::new(Exit::Failed, error).context(format!("cannot write {}", path.display()));
    hint.into_iter().fold(failure, Failure::with_hint)
}
