//! Functions and operators that another role planted in malsync's schema of a PostgreSQL database.

use malsync_test_macros::on_postgres;

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Plants comparisons and concatenations for all pairs of types, and functions for `VARCHAR`. Each fails when called.
const PLANT_SQL: &str = r"DO $plant$
DECLARE
    a text; b text; op text;
    types text[] := ARRAY['varchar', 'text', 'bpchar', 'name', 'int2', 'int4', 'int8', 'numeric', 'float4', 'float8',
        'bool', 'date', 'timestamp', 'timestamptz', 'jsonb', 'interval'];
BEGIN
    FOREACH a IN ARRAY types LOOP FOREACH b IN ARRAY types LOOP
        EXECUTE format('CREATE FUNCTION public.planted(%s, %s) RETURNS boolean LANGUAGE plpgsql AS
            $f$ BEGIN RAISE EXCEPTION ''planted operator called''; END $f$', a, b);
        FOREACH op IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>='] LOOP
            EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.planted)', op, a, b);
        END LOOP;
    END LOOP; END LOOP;
    FOREACH op IN ARRAY ARRAY['lower', 'upper', 'length', 'char_length', 'md5', 'btrim', 'to_jsonb', 'quote_literal'] LOOP
        EXECUTE format('CREATE FUNCTION public.%I(varchar) RETURNS text LANGUAGE plpgsql AS
            $f$ BEGIN RAISE EXCEPTION ''planted function called''; END $f$', op);
    END LOOP;
END $plant$";

#[on_postgres]
fn f_e07_planted_operators_and_functions_are_never_called(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 20);
    env.sync(&[]);
    env.execute_sql(PLANT_SQL);
    env.run(&["login", "--user", "new", "--force"]).expect_code(0);
    env.run(&["export", "--user", "alice", "--output", "list.json"]).expect_code(0);
    env.run(&["import", "list.json", "--user", "imported", "--force"]).expect_code(0);
    env.sim.control().resize_list("alice", 30).unwrap();
    for args in [
        &["sync", "--user", "alice"][..],
        &["sync", "--user", "alice", "--force-full"],
        &["sync", "--all-users"],
        &["status", "--user", "alice"],
        &["list", "--user", "alice", "--status", "watching", "--sort", "score"],
        &["edit", "--user", "alice", "1", "--score", "3", "--notes", "mine"],
        &["edit", "--user", "alice", "--where", "status=watching", "--priority", "1"],
        &["pin", "--user", "alice", "1", "score"],
        &["unpin", "--user", "alice", "1", "score"],
        &["changes", "--user", "alice", "--field", "score"],
        &["restore", "--user", "alice", "--anime", "1"],
        &["show", "--user", "alice", "1"],
        &["stats", "--user", "alice"],
        &["runs", "--user", "alice"],
        &["metrics"],
        &["token", "refresh", "--user", "alice"],
        &["logout", "--user", "new"],
    ] {
        let output = env.run(args);
        assert!(!output.stderr.contains("planted"), "{args:?}: {output:?}");
        assert!([0, 1].contains(&output.code), "{args:?}: {output:?}");
    }
}

#[on_postgres]
fn f_e07_doctor_names_roles_that_may_create_in_the_schema(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sync(&[]);
    let schema_messages = || -> Vec<String> {
        let checks = env.run(&["doctor", "--json"]).json()["checks"].clone();
        let checks = checks.as_array().unwrap().iter().filter(|check| check["name"] == "schema");
        checks.map(|check| format!("{}: {}: {}", check["level"], check["message"], check["hint"])).collect()
    };
    assert_eq!(schema_messages(), [""; 0]);
    // The names are those of this database only, because roles are shared by all databases of the test server.
    let role = format!("planter_{}", std::process::id());
    env.execute_sql(&format!("CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}"));
    env.execute_sql(&format!(
        "SET ROLE {role}; CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
    ));
    let messages = schema_messages();
    env.execute_sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains(&format!("the role {role} can create functions and operators")), "{messages:?}");
    assert!(messages[0].contains("REVOKE CREATE ON SCHEMA"), "{messages:?}");
    assert!(messages[1].contains(&format!("lower(character varying) belongs to the role {role}")), "{messages:?}");
}

#[on_postgres]
fn f_e07_pg_catalog_is_searched_first_whatever_the_role_is_set_to(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let database = env.query_value("SELECT current_database()").unwrap();
    env.execute_sql(&format!("ALTER DATABASE \"{database}\" SET search_path = public, pg_catalog"));
    env.execute_sql(
        "CREATE FUNCTION public.coalesced(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; \
         CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE plpgsql AS \
         $f$ BEGIN RAISE EXCEPTION 'planted function called'; END $f$",
    );
    env.sync(&[]);
    let doctor = env.run(&["doctor"]);
    assert!(!doctor.stdout.contains("planted"), "{doctor:?}");
}
