//! A database that refuses the writes of a login or refresh.

use super::test_env::{DatabaseKind, TestEnv};

/// Makes the database refuse every update of `users`, as a standby server or a full disk does.
pub(crate) fn refuse_writes(env: &TestEnv) {
    env.execute_sql(match env.kind {
        DatabaseKind::Sqlite => {
            "CREATE TRIGGER refused BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'nothing is written here'); END"
        }
        DatabaseKind::Postgres => {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            RAISE EXCEPTION 'nothing is written here' USING ERRCODE = '25006'; END $$; \
            CREATE TRIGGER refused BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()"
        }
    });
}

/// Lets the database take writes again.
pub(crate) fn accept_writes(env: &TestEnv) {
    env.execute_sql(match env.kind {
        DatabaseKind::Sqlite => "DROP TRIGGER refused",
        DatabaseKind::Postgres => "DROP TRIGGER refused ON users; DROP FUNCTION refuse",
    });
}
