//! Reads tables as text, for comparisons: what a run must not touch, and what every healthy run leaves alike.

use super::test_env::TestEnv;

/// Returns the entries of a user that MAL has too, with their anime, without row ids and times. Equal after every
/// complete run of the same list, whatever faults came before it.
pub(crate) fn read_list(env: &TestEnv, user: &str) -> Vec<String> {
    query_rows(
        env,
        &format!(
            "SELECT {} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id JOIN users u ON u.id = l.user_id \
            WHERE u.username = '{user}' AND l.removed_at IS NULL ORDER BY a.mal_id",
            concat_columns(
                "a.mal_id a.title a.title_english a.title_japanese a.synopsis a.episodes a.status a.score a.rank \
                a.popularity a.aired_from a.aired_from_precision a.aired_to a.image_url a.media_type a.nsfw l.status \
                l.score l.episodes_watched l.start_date l.start_date_precision l.finish_date l.finish_date_precision \
                l.notes l.is_rewatching l.rewatch_episodes l.times_rewatched l.rewatch_value l.priority l.tags l.mal_entry \
                l.mal_updated_at"
            )
        ),
    )
}

/// Returns all rows of a user, with every column that malsync writes.
pub(crate) fn read_user_rows(env: &TestEnv, user: &str) -> Vec<String> {
    let mut all = query_rows(
        env,
        &format!(
            "SELECT {} FROM users u WHERE u.username = '{user}'",
            concat_columns(
                "u.id u.email u.mal_access_token u.mal_token_generation u.last_mal_sync u.mal_list_watermark \
                u.last_full_sync u.updated_at"
            )
        ),
    );
    all.extend(query_rows(
        env,
        &format!(
            "SELECT {} FROM user_anime_lists l JOIN users u ON u.id = l.user_id WHERE u.username = '{user}' \
            ORDER BY l.id",
            concat_columns(
                "l.id l.anime_id l.status l.score l.episodes_watched l.notes l.mal_entry l.removed_at l.created_at \
                l.updated_at"
            )
        ),
    ));
    all
}

/// Returns what an application reads: the rows of the seed's tables with their times, without runs and changes.
pub(crate) fn read_application_tables(env: &TestEnv) -> Vec<String> {
    let anime = concat_columns("a.id a.mal_id a.title a.rank a.score a.updated_at");
    let entries = concat_columns("l.id l.user_id l.anime_id l.status l.score l.episodes_watched l.notes l.updated_at");
    let users = concat_columns("u.id u.username u.last_mal_sync u.mal_list_watermark u.mal_token_generation");
    let mut all = query_rows(env, &format!("SELECT {anime} FROM anime a ORDER BY a.id"));
    all.extend(query_rows(env, &format!("SELECT {entries} FROM user_anime_lists l ORDER BY l.id")));
    all.extend(query_rows(env, &format!("SELECT {users} FROM users u ORDER BY u.id")));
    all
}

/// Returns the number that an SQL expression has.
pub(crate) fn query_count(env: &TestEnv, what: &str) -> i64 {
    let answer = env.query_value(&format!("SELECT CAST({what} AS TEXT)"));
    answer.expect("a number, not null").parse().unwrap()
}

fn concat_columns(columns: &str) -> String {
    let cells = columns.split_whitespace().map(|column| format!("COALESCE(CAST({column} AS TEXT), '-')"));
    cells.collect::<Vec<_>>().join(" || '|' || ")
}

fn query_rows(env: &TestEnv, sql: &str) -> Vec<String> {
    env.query_column(sql).into_iter().map(|row| row.expect("no column is null")).collect()
}
