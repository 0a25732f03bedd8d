//! Checks of a PostgreSQL database: whether its server is verified, and who else may put functions and operators into
//! malsync's schemas.

use crate::{
    failure::Failure,
    store::{Database, DatabaseUrl, ForeignRight},
    ui::view::doctor::{Check, CheckLevel},
};

use super::check_result::new_check;

/// Warns about roles that may create objects in malsync's schemas, and about objects of other roles there.
pub(super) async fn check_schema_rights(database: &Database) -> Result<Vec<Check>, Failure> {
    const NAME: &str = "schema";
    let creator_check = |right: ForeignRight| {
        let ForeignRight { name: role, place: schema } = right;
        let message = format!("the role {role} can create functions and operators in the schema {schema}");
        let hint = format!(
            "unless you trust that role: REVOKE CREATE ON SCHEMA {} FROM PUBLIC, {}",
            quote_identifier(&schema),
            quote_identifier(&role)
        );
        new_check(NAME, CheckLevel::Warn, message, Some(&hint))
    };
    let object_check = |object: ForeignRight| {
        let message =
            format!("{} belongs to the role {} and could replace PostgreSQL's own", object.name, object.place);
        new_check(
            NAME,
            CheckLevel::Warn,
            message,
            Some("unless you trust that role: drop it, or move it to another schema"),
        )
    };
    let mut checks: Vec<_> = database.schema_creators().await?.into_iter().map(creator_check).collect();
    checks.extend(database.foreign_objects().await?.into_iter().map(object_check));
    Ok(checks)
}

/// Warns about a remote server whose identity is not verified.
pub(super) fn check_server_identity(url: &DatabaseUrl) -> Option<Check> {
    let host = url.unverified_host()?;
    let message = format!("{host} is not verified: an impostor server would receive the password");
    let hint = "add ?sslmode=verify-full to DATABASE_URL (and sslrootcert=FILE for a private certificate authority)";
    Some(new_check("database", CheckLevel::Warn, message, Some(hint)))
}

/// Quotes a name for a statement to type.
fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
