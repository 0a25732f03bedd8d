//! Queries of stored anime: one by its id, all with their titles, and the titles of a user's list. The first two do not
//! depend on who has the anime in a list.

use serde_json::Value;

use super::{list::ListQuery, partial_entries::ListColumn};
use crate::{
    domain::{anime::Anime, user::UserId},
    store::{
        database::Database,
        error::Error,
        sql::{DbRow, SelectList, SqlValue, TableRow as _},
    },
};

/// All titles of an anime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnimeTitles {
    /// MAL's id.
    pub mal_id: i32,
    /// Main title first, then English, Japanese and synonyms.
    pub titles: Vec<String>,
    /// True if the user has the anime in the list, even if marked as removed.
    pub is_in_list: bool,
}

impl Database {
    /// Returns the anime with this MAL id. Returns `None` if it is not stored.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn find_anime(&self, mal_id: i32) -> Result<Option<Anime>, Error> {
        let columns = SelectList::new(self.dialect(), Anime::select_columns());
        let sql = format!("SELECT {columns} FROM anime a WHERE a.mal_id = $1");
        let row = self.query_with_retry(&sql, vec![mal_id.into()]).await?.into_iter().next();
        let mut anime = row.map(|row| Anime::from_row(&columns.unpack_row(row)?)).transpose()?;
        self.load_genre_and_studio_names(&mut anime.iter_mut().collect::<Vec<_>>()).await?;
        Ok(anime)
    }

    /// Returns all stored anime with their titles, in ascending order of MAL id.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_all_titles(&self, user: UserId) -> Result<Vec<AnimeTitles>, Error> {
        let sql = "SELECT a.mal_id, a.title, a.title_english, a.title_japanese, a.synonyms, l.id IS NOT NULL AS listed \
            FROM anime a LEFT JOIN user_anime_lists l ON l.anime_id = a.id AND l.user_id = $1 ORDER BY a.mal_id";
        let to_titles = |row: &DbRow| {
            let official = [
                row.optional_text("title")?,
                row.optional_text("title_english")?,
                row.optional_text("title_japanese")?,
            ];
            let mut titles: Vec<String> = official.into_iter().flatten().collect();
            if let Some(Value::Array(synonyms)) = row.lenient_json("synonyms")? {
                titles.extend(synonyms.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            Ok(AnimeTitles { mal_id: row.required_i32("mal_id")?, titles, is_in_list: row.bool_or_false("listed")? })
        };
        self.query_with_retry(sql, vec![SqlValue::Int(Some(user.0.into()))]).await?.iter().map(to_titles).collect()
    }

    /// Returns MAL id, main title and English title of all anime in the user's list, entries marked as removed
    /// included, in no particular order.
    ///
    /// # Errors
    ///
    /// Fails if the database does not answer.
    pub async fn load_user_titles(&self, user: UserId) -> Result<Vec<(i32, String, Option<String>)>, Error> {
        let query = ListQuery { include_removed: true };
        let columns = [ListColumn::Title, ListColumn::TitleEnglish];
        let entries = self.load_partial_entries(user, &query, &columns).await?;
        Ok(entries.map(|entry| (entry.anime.mal_id, entry.anime.title, entry.anime.title_english)).collect())
    }
}
