//! Columns of `user_anime_lists`.

use super::codecs::{
    BOOLEAN, INTEGER, INTEGER_OR_ZERO, PARTIAL_DATE, REQUIRED_INTEGER, TEXT, TEXT_LIST, TEXT_OR_EMPTY, TIME,
    read_json_list,
};
use crate::{
    domain::{
        altered_values::AlteredValues,
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        kept_values::KeptValues,
        merge_base::MergeBase,
    },
    store::{
        error::Error,
        sql::{ColumnCodec, ColumnType, DbRow, SelectColumn, SqlValue, columns},
    },
};

// The fields of `Field::SYNCED_FIELDS`, in their order. Values are read as stored, impossible ones included: the merge
// rules handle those.
columns!(EntryValues as "l" {
    columns {
        status: TEXT_OR_EMPTY("status"),
        score: INTEGER("score"),
        episodes_watched: INTEGER("episodes_watched"),
        start_date: PARTIAL_DATE("start_date", "start_date_precision"),
        finish_date: PARTIAL_DATE("finish_date", "finish_date_precision"),
        notes: TEXT("notes"),
        is_rewatching: BOOLEAN("is_rewatching"),
        rewatch_episodes: INTEGER("rewatch_episodes"),
        times_rewatched: INTEGER_OR_ZERO("times_rewatched"),
        rewatch_value: INTEGER_OR_ZERO("rewatch_value"),
        priority: INTEGER_OR_ZERO("priority"),
        tags: TEXT_LIST("tags"),
    }
});

// Selected from `user_anime_lists l JOIN anime a`.
columns!(StoredEntry as "l" {
    read_only {
        id: ROW_ID("l.id"),
        mal_id: REQUIRED_INTEGER("a.mal_id"),
    }
    nested {
        values: EntryValues,
    }
    columns {
        base: MERGE_BASE("mal_entry"),
        kept: KEPT_VALUES("kept_values"),
        altered: ALTERED_VALUES("altered_values"),
        mal_updated_at: TIME("mal_updated_at"),
        removed_at: TIME("removed_at"),
        pinned: FIELD_LIST("pinned"),
    }
});

const ROW_ID: ColumnCodec<i64, 1> =
    ColumnCodec { types: [ColumnType::Integer], bind: |id| [(*id).into()], read: |row, [name]| row.required_i64(name) };

const MERGE_BASE: ColumnCodec<Option<MergeBase>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |base| [base.as_ref().map_or(SqlValue::Json(None), |base| SqlValue::raw_json(base.raw_json()))],
    read: |row, [name]| Ok(row.lenient_json(name)?.and_then(MergeBase::from_stored_json)),
};

const KEPT_VALUES: ColumnCodec<KeptValues, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |kept| [SqlValue::json(&kept.to_json())],
    read: |row, [name]| Ok(row.lenient_json(name)?.map(|json| KeptValues::from_json(&json)).unwrap_or_default()),
};

const ALTERED_VALUES: ColumnCodec<AlteredValues, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |altered| [SqlValue::json(&altered.to_json())],
    read: |row, [name]| Ok(row.lenient_json(name)?.map(|json| AlteredValues::from_json(&json)).unwrap_or_default()),
};

/// A JSON array of field names. Unknown names, which a newer malsync may have written, are left out.
const FIELD_LIST: ColumnCodec<Vec<Field>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |fields| [SqlValue::json(&fields.iter().map(|field| field.as_str()).collect::<Vec<_>>())],
    read: |row, [name]| {
        let names: Vec<String> = read_json_list(row, name)?;
        Ok(Field::SYNCED_FIELDS.into_iter().filter(|field| names.iter().any(|name| name == field.as_str())).collect())
    },
};
