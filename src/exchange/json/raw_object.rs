//! An object of a JSON list file, whose values are still text, bounded in size. Every object is read in this way: an
//! entry, and the page around the entries.

use serde::de::{Error as _, MapAccess};
use serde_json::{Map, Value, value::RawValue};

use crate::exchange::column_names::ColumnNames;

/// Maximum size of one entry. A parsed value takes many times the memory of its text.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;

/// Members of an object, in their order.
#[derive(Debug, Default)]
pub(super) struct RawObject {
    members: Vec<(String, Box<RawValue>)>,
    /// Size of all members, those that are dropped included.
    total_bytes: usize,
}

impl RawObject {
    /// Reads the value of this name from a map, and adds it.
    pub(super) fn read_member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value::<Box<RawValue>>()?;
        self.total_bytes = self
            .total_bytes
            .checked_add(name.len() + value.get().len())
            .ok_or_else(|| A::Error::custom("an entry does not end"))?;
        if self.total_bytes <= MAX_ENTRY_BYTES {
            self.members.push((name, value));
        } else {
            self.members.clear();
        }
        Ok(())
    }

    /// Fails if the object is too large. [`RawObject::read_member`] has dropped its members then.
    pub(super) fn check_size(&self) -> Result<(), String> {
        if self.total_bytes <= MAX_ENTRY_BYTES {
            return Ok(());
        }
        Err(format!("an entry is larger than {} MiB", self.total_bytes >> 20))
    }

    /// Returns true if it has a member of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(known, _)| known == name)
    }

    /// Returns the names of its members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the object as JSON.
    pub(super) fn to_json(&self) -> String {
        let members: Vec<String> =
            self.members.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
        format!("{{{}}}", members.join(","))
    }

    /// Returns the values of columns, by the names of the columns. If a column stands under its own name and
    /// under another one, the value under its own name is taken.
    pub(super) fn parse_columns(&self, names: &mut ColumnNames) -> Result<Map<String, Value>, serde_json::Error> {
        let mut object = Map::new();
        for (name, value) in &self.members {
            if let Some(column) = names.find(name)
                && (column == name || !object.contains_key(column))
            {
                object.insert(column.to_owned(), serde_json::from_str(value.get())?);
            }
        }
        Ok(object)
    }
}
