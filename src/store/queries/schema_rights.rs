//! PostgreSQL only: finds other roles that may put functions and operators where malsync's statements look for them.

use crate::store::{
    database::{Backend, Database},
    error::Error,
};

/// Other roles, superusers apart, that may create objects in a schema of the search path.
const CREATORS_SQL: &str = "SELECT n.nspname::text AS schema, r.rolname::text AS name \
    FROM unnest(current_schemas(false)) AS path(name) JOIN pg_namespace n ON n.nspname = path.name \
    CROSS JOIN pg_roles r \
    WHERE n.nspname <> 'pg_catalog' AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> current_user \
        AND has_schema_privilege(r.oid, n.oid, 'CREATE') \
    ORDER BY 1, 2 LIMIT 10";

/// Functions and operators of other roles, superusers apart, in a schema of the search path.
const FOREIGN_OBJECTS_SQL: &str = "WITH path AS (SELECT n.oid FROM unnest(current_schemas(false)) AS path(name) \
        JOIN pg_namespace n ON n.nspname = path.name WHERE n.nspname <> 'pg_catalog'), \
    strangers AS (SELECT oid, rolname FROM pg_roles WHERE NOT rolsuper AND rolname <> current_user) \
    SELECT o.oid::regoperator::text AS name, s.rolname::text AS schema FROM pg_operator o \
        JOIN strangers s ON s.oid = o.oprowner WHERE o.oprnamespace IN (SELECT oid FROM path) \
    UNION ALL SELECT p.oid::regprocedure::text, s.rolname::text FROM pg_proc p \
        JOIN strangers s ON s.oid = p.proowner WHERE p.pronamespace IN (SELECT oid FROM path) \
    ORDER BY 1 LIMIT 10";

/// A right or an object of another role. The meaning of `place` depends on the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRight {
    /// The role, or the object with its argument types.
    pub name: String,
    /// The schema in which the role may create objects, or the role that owns the object.
    pub place: String,
}

impl Database {
    /// Returns roles that may create objects in malsync's schemas, with the schema. At most ten.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn schema_creators(&self) -> Result<Vec<ForeignRight>, Error> {
        self.query_foreign_rights(CREATORS_SQL).await
    }

    /// Returns functions and operators of other roles in malsync's schemas, with their owner. At most ten.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn foreign_objects(&self) -> Result<Vec<ForeignRight>, Error> {
        self.query_foreign_rights(FOREIGN_OBJECTS_SQL).await
    }

    async fn query_foreign_rights(&self, sql: &str) -> Result<Vec<ForeignRight>, Error> {
        match self.backend {
            Backend::Postgres(_) => {}
            Backend::Sqlite(_) => return Ok(Vec::new()),
        }
        let mut rights = Vec::new();
        for row in self.query_with_retry(sql, Vec::new()).await? {
            let text = |column: &'static str| row.optional_text(column).map(Option::unwrap_or_default);
            rights.push(ForeignRight { name: text("name")?, place: text("schema")? });
        }
        Ok(rights)
    }
}
