//! Arguments of the commands that write and read files and databases: `export`, `import` and `copy`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{
    common_args::{RemovedArgs, UserArgs},
    entries::FilterArgs,
};
use crate::secret::Secret;

/// `export`
#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub user: UserArgs,
    /// Output format (default: from the file extension, otherwise mal-xml)
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<ExportFormat>,
    /// Output file, written atomically; - for standard output (default: standard output)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = super::value::parse_non_empty)]
    pub output: Option<String>,
    /// Write a compressed file named by user and date into this directory, e.g. malsync-alice-2026-11-22.xml.gz
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "output")]
    pub dir: Option<PathBuf>,
    /// Keep only the newest N of these files in the directory (default: all)
    #[arg(long, value_name = "N", requires = "dir", value_parser = super::value::parse_positive_count)]
    pub keep: Option<u32>,
    /// Compress with gzip (default if the file name ends with .gz)
    #[arg(long)]
    pub gzip: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub filter: FilterArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for help")]
    pub removed: RemovedArgs,
}

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// XML in the format that MAL's importer accepts
    MalXml,
    /// One JSON array with the objects of `list --json`
    Json,
    /// JSON Lines, as printed by `list --json`
    Ndjson,
    /// CSV, as printed by `list --csv`
    Csv,
}

impl ExportFormat {
    /// Returns the file name extension.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::MalXml => "xml",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// Returns true if the file name, without `.gz`, has an extension that is not one of the formats.
    #[must_use]
    pub fn has_other_extension(name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
        std::path::Path::new(unpacked).extension().is_some() && Self::from_file_name(unpacked).is_none()
    }

    /// Returns the format for a file name, with or without `.gz`. Returns `None` if the extension is unknown.
    #[must_use]
    pub fn from_file_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (_, ending) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
        let mut formats = Self::value_variants().iter().copied();
        formats.find(|format| format.extension() == ending || (*format == Self::Ndjson && ending == "jsonl"))
    }
}

/// `import`
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// MAL's XML export, JSON from MAL's API, or a file written by `malsync export`, optionally compressed with gzip; - for
    /// standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = super::value::parse_non_empty)]
    pub file: String,
    /// Import into the list of this user: a name, which is created if needed, or id:N (default: the user named in the file)
    #[arg(short, long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub user: Option<crate::domain::user::UserRef>,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Import even if the file belongs to another MAL account
    #[arg(long)]
    pub force: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `copy`
#[derive(Args, Clone, Debug)]
pub struct CopyArgs {
    /// Empty database to copy into: postgresql://…, sqlite:///absolute/path or sqlite://relative/path (a missing SQLite file is
    /// created)
    // Not parsed here: a usage error would print the password.
    #[arg(long, value_name = "DATABASE_URL", value_hint = ValueHint::Url, value_parser = parse_secret)]
    pub to: Secret,
    /// Also copy the logins; afterwards, use only one of the two databases
    #[arg(long)]
    pub with_tokens: bool,
    /// Print the tables with their row counts as one JSON object
    #[arg(long)]
    pub json: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value parser")]
fn parse_secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_is_chosen_by_file_extension() {
        for (name, format) in [
            ("list.xml", Some(ExportFormat::MalXml)),
            ("a.b/LIST.XML.GZ", Some(ExportFormat::MalXml)),
            ("x.json", Some(ExportFormat::Json)),
            ("x.ndjson.gz", Some(ExportFormat::Ndjson)),
            ("x.jsonl", Some(ExportFormat::Ndjson)),
            ("x.csv", Some(ExportFormat::Csv)),
            ("x.gz", None),
            ("xml", None),
            ("x.txt", None),
        ] {
            assert_eq!(ExportFormat::from_file_name(name), format, "{name}");
        }
    }

    #[test]
    fn other_extension_is_told_from_none() {
        for (name, is_other) in [
            ("list.xlsx", true),
            ("a/LIST.TXT.gz", true),
            ("list.xml", false),
            ("list.csv.gz", false),
            ("list", false),
            ("a.b/list", false),
            ("list.gz", false),
            ("/dev/stdout", false),
        ] {
            assert_eq!(ExportFormat::has_other_extension(name), is_other, "{name}");
        }
    }
}
