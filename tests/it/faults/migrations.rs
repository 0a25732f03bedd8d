//! A process that is killed while it migrates the schema.

use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn f_p16_kill_during_migrations_leaves_no_partial_schema(kind: DatabaseKind) {
    for before in 0..2 {
        let mut env = TestEnv::new(kind, 5);
        env.use_new_database();
        let mut command = env.command(&["login"]);
        let points = format!("migrate.step={before}*off->return");
        let output = env.wait_for_exit(command.env("FAILPOINTS", points).spawn().unwrap());
        assert_eq!(output.code, -1, "the process was not killed: {output:?}");
        let tables = match kind {
            DatabaseKind::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            DatabaseKind::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        };
        assert_eq!(env.query_column(tables), [], "Nothing was changed.");
        env.run(&["login"]).expect_code(0);
        assert_eq!(env.sync(&[])["user_lists_created"], 5);
    }
}
