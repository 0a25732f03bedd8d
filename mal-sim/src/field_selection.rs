//! The `fields` parameter.
//!
//! Observed in live tests of other clients and in recordings:
//!
//! 1. The value is a comma-separated list of names. Spaces after commas are tolerated, unknown names are ignored.
//! 2. `id`, `title` and `main_picture` are always sent.
//! 3. Requested fields follow **in the requested order**.
//! 4. Braces after `list_status` ADD keys to its default keys.
//! 5. `list_status` is sent only if requested.

use crate::anime_json::{NODE_FIELDS, STUDIOS_INDEX};
use crate::list_status::EXTRA_STATUS_KEYS;

/// Fields that only `GET /v2/anime/{id}` returns (documented). A list ignores them.
pub(crate) const DETAIL_FIELDS: [&str; 6] =
    ["pictures", "background", "related_anime", "related_manga", "recommendations", "statistics"];

/// One requested field of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestedField {
    /// A node field, as an index into [`NODE_FIELDS`], or [`STUDIOS_INDEX`].
    Node(usize),
    /// A field of the detail endpoint, as an index into `DETAIL_FIELDS`.
    Detail(usize),
    /// `my_list_status`.
    MyListStatus,
}

/// The fields that a request selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSelection {
    /// Requested fields of the node besides the default ones, in the requested order without duplicates. Fields of the
    /// detail endpoint and `my_list_status` are among them.
    pub(crate) node_fields: Vec<RequestedField>,
    /// Extra keys of `list_status`; `None` if `list_status` is not requested.
    pub(crate) list_status_extras: Option<Vec<&'static str>>,
    /// Extra keys of `my_list_status`.
    pub(crate) my_list_status_extras: Vec<&'static str>,
}

impl FieldSelection {
    /// Parses the value of `fields`. Never fails: unknown names are ignored.
    pub(crate) fn parse(fields: &str) -> Self {
        let mut selection = Self::default();
        for (name, braces) in split_top_level(fields) {
            match name {
                "list_status" => merge_extras(selection.list_status_extras.get_or_insert_default(), braces),
                "my_list_status" => {
                    merge_extras(&mut selection.my_list_status_extras, braces);
                    selection.add_field(RequestedField::MyListStatus);
                }
                _ => {
                    if let Some(field) = find_field(name) {
                        selection.add_field(field);
                    }
                }
            }
        }
        selection
    }

    fn add_field(&mut self, field: RequestedField) {
        if !self.node_fields.contains(&field) {
            self.node_fields.push(field);
        }
    }
}

/// Returns the names at the top level, each with the text in its braces.
pub(crate) fn split_top_level(fields: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, byte) in fields.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&fields[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&fields[start..]);
    parts
        .into_iter()
        .map(|part| match part.split_once('{') {
            Some((name, braces)) => {
                let braces = braces.trim_end();
                (name.trim(), braces.strip_suffix('}').unwrap_or(braces))
            }
            None => (part.trim(), ""),
        })
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

fn find_field(name: &str) -> Option<RequestedField> {
    if name == "studios" {
        return Some(RequestedField::Node(STUDIOS_INDEX));
    }
    let index_in = |names: &[&str]| names.iter().position(|known_name| *known_name == name);
    index_in(&NODE_FIELDS).map(RequestedField::Node).or_else(|| index_in(&DETAIL_FIELDS).map(RequestedField::Detail))
}

fn merge_extras(extras: &mut Vec<&'static str>, braces: &str) {
    for (name, _) in split_top_level(braces) {
        if let Some(known_key) = EXTRA_STATUS_KEYS.iter().find(|known_key| **known_key == name)
            && !extras.contains(known_key)
        {
            extras.push(known_key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested_fields(names: &[&str]) -> Vec<RequestedField> {
        names.iter().filter_map(|name| find_field(name)).collect()
    }

    #[test]
    fn parse_accepts_the_syntax_of_live_clients() {
        type FieldsCase<'a> = (&'a str, &'a [&'a str], Option<&'a [&'a str]>);
        let cases: &[FieldsCase<'_>] = &[
            ("", &[], None),
            ("id,title,main_picture", &[], None),
            ("list_status", &[], Some(&[])),
            ("list_status{}", &[], Some(&[])),
            ("list_status{tags,comments}", &[], Some(&["tags", "comments"])),
            ("list_status{ tags , status }, mean", &["mean"], Some(&["tags"])),
            ("rank, mean,rank", &["rank", "mean"], None),
            ("no_such_thing,mean", &["mean"], None),
            ("genres{name},list_status{priority", &["genres"], Some(&["priority"])),
            ("}},studios", &["studios"], None),
            (",,{a,b},", &[], None),
            ("list_status{tags},list_status{comments}", &[], Some(&["tags", "comments"])),
        ];
        for (fields, expected_node, expected_status) in cases {
            let selection = FieldSelection::parse(fields);
            assert_eq!(selection.node_fields, requested_fields(expected_node), "{fields:?}");
            assert_eq!(selection.list_status_extras.as_deref(), *expected_status, "{fields:?}");
        }
    }

    #[test]
    fn my_list_status_keeps_its_requested_position() {
        let selection = FieldSelection::parse("mean,my_list_status{tags},rank,pictures");
        assert_eq!(
            selection.node_fields,
            [
                requested_fields(&["mean"])[0],
                RequestedField::MyListStatus,
                requested_fields(&["rank"])[0],
                RequestedField::Detail(0)
            ]
        );
        assert_eq!(selection.my_list_status_extras, ["tags"]);
        assert_eq!(selection.list_status_extras, None);
    }
}
