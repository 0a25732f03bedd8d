//! The rows of `user_anime_lists`: counted, and compared with what MAL last sent.

use serde_json::Value;

use super::{Database, Dialect, Error, rows, sql::Bind};
use crate::domain::{
    entry::{Local, Values},
    user::UserId,
};

impl Database {
    pub(super) async fn entries_from_mal(&self, user: UserId) -> Result<Vec<(i32, bool)>, Error> {
        // One row: a row of its own for each would cost more than what is in it, and hold it all twice.
        let (list, of) = (self.dialect().list("a.mal_id"), "FILTER (WHERE l.removed_at IS");
        let sql = format!(
            "SELECT {list} {of} NULL) AS there, {list} {of} NOT NULL) AS removed \
            FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL"
        );
        let rows = self.read(&sql, vec![user.0.into()]).await?;
        let mut entries = Vec::new();
        for row in &rows {
            for (column, removed) in [("there", false), ("removed", true)] {
                let ids: Vec<i32> = row.read_json(column)?.unwrap_or_default();
                entries.extend(ids.into_iter().map(|mal_id| (mal_id, removed)));
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }

    pub(super) async fn titles_of(&self, ids: &[i32]) -> Result<Vec<(i32, String)>, Error> {
        let sql =
            format!("SELECT mal_id, title FROM anime WHERE {} ORDER BY mal_id", self.dialect().among("mal_id", 1));
        let rows = self.read(&sql, vec![Bind::Ids(ids.to_vec())]).await?;
        rows.iter().map(|row| Ok((row.id("mal_id")?, row.text("title")?.unwrap_or_default()))).collect()
    }

    pub(super) async fn number_from_mal(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) AS n FROM user_anime_lists \
            WHERE user_id = $1 AND mal_entry IS NOT NULL AND removed_at IS NULL";
        self.number(sql, user).await
    }

    /// How many entries the user has that are not marked as removed.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn count_entries(&self, user: UserId) -> Result<i64, Error> {
        self.number("SELECT count(*) AS n FROM user_anime_lists WHERE user_id = $1 AND removed_at IS NULL", user).await
    }

    async fn number(&self, sql: &str, user: UserId) -> Result<i64, Error> {
        let rows = self.read(sql, vec![user.0.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.key("n"))
    }

    pub(super) async fn entries_apart(&self, user: UserId) -> Result<Vec<i32>, Error> {
        let sql = format!(
            "SELECT {} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND l.mal_entry IS NOT NULL AND l.removed_at IS NULL AND {} IS NOT TRUE ORDER BY a.mal_id",
            rows::LOCAL,
            surely_same(self.dialect())
        );
        let mut apart = Vec::new();
        for row in self.read(&sql, vec![user.0.into()]).await? {
            let local = rows::local(&row)?;
            if local.base.is_none_or(|base| may_differ(&local.values, &base)) {
                apart.push(local.mal_id);
            }
        }
        Ok(apart)
    }

    pub(super) async fn entries_named(&self, user: UserId, ids: &[i32]) -> Result<Vec<Local>, Error> {
        let sql = format!(
            "SELECT {} FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id WHERE l.user_id = $1 AND {} ORDER BY a.mal_id",
            rows::LOCAL,
            self.dialect().among("a.mal_id", 2)
        );
        self.read(&sql, vec![user.0.into(), Bind::Ids(ids.to_vec())]).await?.iter().map(rows::local).collect()
    }

    /// One entry of the user, with the anime's title.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn entry(&self, user: UserId, mal_id: i32) -> Result<Option<(Local, String)>, Error> {
        let sql = format!(
            "SELECT {}, a.title FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE l.user_id = $1 AND a.mal_id = $2",
            rows::LOCAL
        );
        let rows = self.read(&sql, vec![user.0.into(), mal_id.into()]).await?;
        let found = rows.first().map(|row| Ok((rows::local(row)?, row.text("title")?.unwrap_or_default())));
        found.transpose()
    }
}

/// A condition on `user_anime_lists l`: the row says what MAL's `list_status` says, letter for letter. It spares reading a
/// whole list to find the few rows that do not; those are then looked at by [`may_differ`].
fn surely_same(dialect: Dialect) -> String {
    let text = |key: &str, here: String, absent: &str| {
        format!("CAST(coalesce(l.mal_entry->>'{key}', {absent}) AS TEXT) = CAST({here} AS TEXT)")
    };
    let number = |key: &str, column: &str| text(key, format!("coalesce(l.{column}, 0)"), "'0'");
    let date = |key: &str| {
        let day = match dialect {
            Dialect::Postgres => format!("to_char(l.{key}, 'YYYY-MM-DD')"),
            Dialect::Sqlite => format!("l.{key}"),
        };
        let long = format!("CASE l.{key}_precision WHEN 'year' THEN 4 WHEN 'month' THEN 7 ELSE 10 END");
        text(key, format!("coalesce(substr({day}, 1, {long}), '')"), "''")
    };
    let (tags, readable) = match dialect {
        Dialect::Postgres => ("l.tags", "TRUE"),
        Dialect::Sqlite => ("json(l.tags)", "json_valid(l.mal_entry) AND json_valid(l.tags)"),
    };
    let all = [
        text("status", "l.status".to_owned(), "''"),
        number("score", "score"),
        number("num_episodes_watched", "episodes_watched"),
        "l.episodes_watched IS NOT NULL".to_owned(),
        date("start_date"),
        date("finish_date"),
        text("comments", "coalesce(l.notes, '')".to_owned(), "''"),
        text("is_rewatching", "l.is_rewatching".to_owned(), "CAST(FALSE AS TEXT)"),
        number("num_times_rewatched", "times_rewatched"),
        number("rewatch_value", "rewatch_value"),
        number("priority", "priority"),
        format!("coalesce(l.mal_entry->'tags', '[]') = {tags}"),
    ];
    format!("(CASE WHEN {readable} THEN {} END)", all.join(" AND "))
}

/// Whether a row may say something else than MAL's `list_status` as last seen. Yes where in doubt: the rules look then.
fn may_differ(values: &Values, base: &Value) -> bool {
    let number = |key: &str, here: i32| match &base[key] {
        Value::Null => here != 0,
        there => there.as_i64() != Some(here.into()),
    };
    let text = |key: &str, here: Option<String>| match &base[key] {
        Value::Null => here.is_some(),
        there => there.as_str() != Some(here.unwrap_or_default().as_str()),
    };
    let tags = match &base["tags"] {
        Value::Null => !values.tags.is_empty(),
        there => *there != Value::from(values.tags.clone()),
    };
    text("status", Some(values.status.clone()))
        || number("score", values.score.unwrap_or_default())
        || number("num_episodes_watched", values.episodes_watched.unwrap_or_default())
        || values.episodes_watched.is_none()
        || text("start_date", values.start_date.map(|date| date.to_string()))
        || text("finish_date", values.finish_date.map(|date| date.to_string()))
        || text("comments", values.notes.clone())
        || base["is_rewatching"].as_bool().unwrap_or_default() != values.is_rewatching
        || number("num_times_rewatched", values.times_rewatched)
        || number("rewatch_value", values.rewatch_value)
        || number("priority", values.priority)
        || tags
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pair() -> (Values, Value) {
        let values = Values {
            status: "watching".into(),
            score: Some(7),
            episodes_watched: Some(3),
            start_date: "2019-04".parse().ok(),
            notes: Some("fine".into()),
            tags: vec!["a".into()],
            ..Values::default()
        };
        let base = json!({
            "status": "watching", "score": 7, "num_episodes_watched": 3, "start_date": "2019-04", "comments": "fine",
            "is_rewatching": false, "priority": 0, "tags": ["a"], "updated_at": "2026-01-01T00:00:00+00:00",
        });
        (values, base)
    }

    #[test]
    fn a_row_that_says_what_mal_said_is_not_looked_at_again() {
        let (values, base) = pair();
        assert!(!may_differ(&values, &base));
    }

    #[test]
    fn any_column_that_differs_is_noticed() {
        let (values, base) = pair();
        let changes: [fn(&mut Values); 12] = [
            |v| v.status = "dropped".into(),
            |v| v.score = None,
            |v| v.episodes_watched = Some(4),
            |v| v.episodes_watched = None,
            |v| v.start_date = "2019".parse().ok(),
            |v| v.finish_date = "2019-05-01".parse().ok(),
            |v| v.notes = Some("mine".into()),
            |v| v.is_rewatching = true,
            |v| v.times_rewatched = 1,
            |v| v.rewatch_value = 1,
            |v| v.priority = 1,
            |v| v.tags = Vec::new(),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut changed = values.clone();
            change(&mut changed);
            assert!(may_differ(&changed, &base), "column {at}");
        }
    }

    #[test]
    fn empty_texts_and_zeros_are_as_good_as_absent() {
        let values = Values { status: "completed".into(), episodes_watched: Some(0), ..Values::default() };
        assert!(!may_differ(&values, &json!({"status": "completed"})));
        let base = json!({"status": "completed", "score": 0, "comments": "", "start_date": "", "tags": []});
        assert!(!may_differ(&values, &base));
    }

    #[test]
    fn a_base_of_another_shape_is_looked_at() {
        let (values, _) = pair();
        for base in [json!([]), json!("x"), json!({}), json!({"status": "watching", "score": "7"})] {
            assert!(may_differ(&values, &base), "{base}");
        }
    }
}
