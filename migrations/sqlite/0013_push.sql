-- Values that a push sent and that MAL took otherwise, by column: they are not sent again until they are edited.
ALTER TABLE user_anime_lists ADD COLUMN altered_values TEXT;
