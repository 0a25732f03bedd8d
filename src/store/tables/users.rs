//! Columns of `users`. Writes name the columns themselves: each kind of login and sync has its own.

use super::codecs::{BOOLEAN, COUNT, TEXT, TEXT_OR_EMPTY, TIME, USER_ID};
use crate::{
    domain::{
        missing_entry::MissingEntry,
        user::{StoredLogin, User},
    },
    secret::Secret,
    store::{
        error::Error,
        sql::{ColumnCodec, ColumnType, DbRow, SelectColumn, SqlValue, columns},
    },
};

columns!(StoredLogin as "u" {
    columns {
        access_token: TOKEN("mal_access_token"),
        refresh_token: TOKEN("mal_refresh_token"),
        expires_at: TIME("mal_token_expires_at"),
        issued_at: TIME("mal_token_issued_at"),
        generation: COUNT("mal_token_generation"),
        client_id: TEXT("mal_client_id"),
        needs_login: BOOLEAN("mal_needs_login"),
        login_at: TIME("mal_login_at"),
    }
});

columns!(User as "u" {
    read_only {
        id: USER_ID("u.id"),
    }
    nested {
        login: StoredLogin,
    }
    columns {
        username: TEXT_OR_EMPTY("username"),
        email: TEXT("email"),
        mal_user_id: OPTIONAL_NUMBER("mal_user_id"),
        last_mal_sync: TIME("last_mal_sync"),
        watermark: TIME("mal_list_watermark"),
        drift: OPTIONAL_NUMBER("mal_list_drift"),
        listing_gap: OPTIONAL_NUMBER("mal_list_gap"),
        missing_entries: MISSING_ENTRIES("mal_missing_entries"),
        last_full_sync: TIME("last_full_sync"),
    }
});

/// An empty text, which some applications write if there is no token, is read as absent.
const TOKEN: ColumnCodec<Option<Secret>, 1> = ColumnCodec {
    types: [ColumnType::Text],
    bind: |token| [token.as_ref().map(Secret::expose).into()],
    read: |row, [name]| Ok(row.optional_text(name)?.filter(|text| !text.is_empty()).map(Secret::new)),
};

const OPTIONAL_NUMBER: ColumnCodec<Option<i64>, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |number| [SqlValue::Int(*number)],
    read: |row, [name]| row.optional_i64(name),
};

const MISSING_ENTRIES: ColumnCodec<Vec<MissingEntry>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |entries| [SqlValue::json(entries)],
    read: |row, [name]| Ok(row.lenient_json(name)?.unwrap_or_default()),
};
