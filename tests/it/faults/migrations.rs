//! A schema that is being brought up to date when the process dies.

use malsync_test_macros::on_both;

use crate::support::test_env::{DatabaseKind, TestEnv};

#[on_both]
fn f_p16_kill_during_migrations_leaves_no_partial_schema(kind: DatabaseKind) {
    for before in 0..2 {
        let mut world = TestEnv::new(kind, 5);
        world.use_new_database();
        let mut command = world.command(&["status"]);
        let points = format!("migrate.step={before}*off->return");
        let ran = world.wait_for_exit(command.env("FAILPOINTS", points).spawn().unwrap());
        assert_eq!(ran.code, -1, "it died: {ran:?}");
        let tables = match kind {
            DatabaseKind::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            DatabaseKind::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        };
        assert_eq!(world.query_column(tables), [], "nothing half done");
        world.run(&["login"]).expect_code(0);
        assert_eq!(world.sync(&[])["user_lists_created"], 5);
    }
}
