//! A schema that is being brought up to date when the process dies.

use crate::support::world::{Kind, World, on_both};

on_both!(f_p16_a_kill_in_the_middle_of_the_migrations_leaves_nothing_half_done);

fn f_p16_a_kill_in_the_middle_of_the_migrations_leaves_nothing_half_done(kind: Kind) {
    for before in 0..2 {
        let mut world = World::new(kind, 5);
        world.fresh_database();
        let mut command = world.command(&["status"]);
        let points = format!("migrate.step={before}*off->return");
        let ran = world.ended(command.env("FAILPOINTS", points).spawn().unwrap());
        assert_eq!(ran.code, -1, "it died: {ran:?}");
        let tables = match kind {
            Kind::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            Kind::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        };
        assert_eq!(world.query(tables), [], "nothing half done");
        world.run(&["login"]).expect(0);
        assert_eq!(world.sync(&[])["user_lists_created"], 5);
    }
}
