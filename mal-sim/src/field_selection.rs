//! The `fields` parameter.
//!
//! Facts (observed in other clients' live tests and recordings): a comma list of names, spaces after commas are
//! tolerated, unknown names are ignored; `id,title,main_picture` always come; requested fields follow **in the order
//! asked for**; braces after `list_status` ADD to its default keys; without `list_status` in the list there is none.

/// The node fields beyond `id`, `title` and `main_picture`, in the documentation's order.
pub(crate) const NODE_FIELDS: [&str; 21] = [
    "alternative_titles",
    "start_date",
    "end_date",
    "synopsis",
    "mean",
    "rank",
    "popularity",
    "num_list_users",
    "num_scoring_users",
    "nsfw",
    "created_at",
    "updated_at",
    "media_type",
    "status",
    "genres",
    "num_episodes",
    "start_season",
    "broadcast",
    "source",
    "average_episode_duration",
    "rating",
];

/// `studios` and the rest: the position after [`NODE_FIELDS`].
pub(crate) const STUDIOS_INDEX: usize = NODE_FIELDS.len();

/// Fields that only `GET /v2/anime/{id}` has (documented); a list ignores them.
pub(crate) const DETAIL_FIELDS: [&str; 6] =
    ["pictures", "background", "related_anime", "related_manga", "recommendations", "statistics"];

/// The keys of a list status that come only when named in the braces (observed).
pub(crate) const EXTRA_STATUS_KEYS: [&str; 5] =
    ["priority", "num_times_rewatched", "rewatch_value", "tags", "comments"];

/// One thing asked for inside a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestedField {
    /// A node field, as an index: `NODE_FIELDS`, then `studios`.
    Node(usize),
    /// A field of the detail endpoint, as an index into `DETAIL_FIELDS`.
    Detail(usize),
    /// `my_list_status`.
    MyListStatus,
}

/// What a request asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSelection {
    /// Node fields beyond the default ones, in the order asked for, each once.
    pub(crate) node_fields: Vec<RequestedField>,
    /// Extra keys of `list_status`; `None` where `list_status` was not asked for.
    pub(crate) list_status_extras: Option<Vec<&'static str>>,
    /// Extra keys of `my_list_status`.
    pub(crate) my_list_status_extras: Vec<&'static str>,
}

impl FieldSelection {
    /// Reads the value of `fields`; nothing in it can be wrong, only unknown.
    pub(crate) fn parse(fields: &str) -> Self {
        let mut selection = Self::default();
        for (name, inner) in split_top_level(fields) {
            match name {
                "list_status" => merge_extras(selection.list_status_extras.get_or_insert_default(), inner),
                "my_list_status" => {
                    merge_extras(&mut selection.my_list_status_extras, inner);
                    selection.add_field(RequestedField::MyListStatus);
                }
                _ => {
                    if let Some(wanted) = find_field(name) {
                        selection.add_field(wanted);
                    }
                }
            }
        }
        selection
    }

    fn add_field(&mut self, wanted: RequestedField) {
        if !self.node_fields.contains(&wanted) {
            self.node_fields.push(wanted);
        }
    }
}

/// The names at the top level, each with what stands in its braces.
pub(crate) fn split_top_level(fields: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in fields.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&fields[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&fields[start..]);
    parts
        .into_iter()
        .map(|part| match part.split_once('{') {
            Some((name, inner)) => {
                let inner = inner.trim_end();
                (name.trim(), inner.strip_suffix('}').unwrap_or(inner))
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
    let place = |names: &[&str]| names.iter().position(|known| *known == name);
    place(&NODE_FIELDS).map(RequestedField::Node).or_else(|| place(&DETAIL_FIELDS).map(RequestedField::Detail))
}

fn merge_extras(extras: &mut Vec<&'static str>, inner: &str) {
    for (name, _) in split_top_level(inner) {
        if let Some(known) = EXTRA_STATUS_KEYS.iter().find(|known| **known == name)
            && !extras.contains(known)
        {
            extras.push(known);
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
        for (fields, wanted, status) in cases {
            let got = FieldSelection::parse(fields);
            assert_eq!(got.node_fields, requested_fields(wanted), "{fields:?}");
            assert_eq!(got.list_status_extras.as_deref(), *status, "{fields:?}");
        }
    }

    #[test]
    fn my_list_status_keeps_its_requested_position() {
        let got = FieldSelection::parse("mean,my_list_status{tags},rank,pictures");
        assert_eq!(
            got.node_fields,
            [
                requested_fields(&["mean"])[0],
                RequestedField::MyListStatus,
                requested_fields(&["rank"])[0],
                RequestedField::Detail(0)
            ]
        );
        assert_eq!(got.my_list_status_extras, ["tags"]);
        assert_eq!(got.list_status_extras, None);
    }
}
