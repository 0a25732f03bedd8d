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
pub(crate) const STUDIOS: usize = NODE_FIELDS.len();

/// Fields that only `GET /v2/anime/{id}` has (documented); a list ignores them.
pub(crate) const DETAIL_FIELDS: [&str; 6] =
    ["pictures", "background", "related_anime", "related_manga", "recommendations", "statistics"];

/// The keys of a list status that come only when named in the braces (observed).
pub(crate) const STATUS_EXTRAS: [&str; 5] = ["priority", "num_times_rewatched", "rewatch_value", "tags", "comments"];

/// One thing asked for inside a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A node field, as an index: `NODE_FIELDS`, then `studios`.
    Node(usize),
    /// A field of the detail endpoint, as an index into `DETAIL_FIELDS`.
    Detail(usize),
    /// `my_list_status`.
    MyListStatus,
}

/// What a request asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Node fields beyond the default ones, in the order asked for, each once.
    pub(crate) node: Vec<Wanted>,
    /// Extra keys of `list_status`; `None` where `list_status` was not asked for.
    pub(crate) list_status: Option<Vec<&'static str>>,
    /// Extra keys of `my_list_status`.
    pub(crate) my_list_status: Vec<&'static str>,
}

impl Selection {
    /// Reads the value of `fields`; nothing in it can be wrong, only unknown.
    pub(crate) fn parse(fields: &str) -> Self {
        let mut selection = Self::default();
        for (name, inner) in split(fields) {
            match name {
                "list_status" => merge(selection.list_status.get_or_insert_default(), inner),
                "my_list_status" => {
                    merge(&mut selection.my_list_status, inner);
                    selection.want(Wanted::MyListStatus);
                }
                _ => {
                    if let Some(wanted) = node_field(name) {
                        selection.want(wanted);
                    }
                }
            }
        }
        selection
    }

    fn want(&mut self, wanted: Wanted) {
        if !self.node.contains(&wanted) {
            self.node.push(wanted);
        }
    }
}

/// The names at the top level, each with what stands in its braces.
pub(crate) fn split(fields: &str) -> Vec<(&str, &str)> {
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

fn node_field(name: &str) -> Option<Wanted> {
    if name == "studios" {
        return Some(Wanted::Node(STUDIOS));
    }
    let place = |names: &[&str]| names.iter().position(|known| *known == name);
    place(&NODE_FIELDS).map(Wanted::Node).or_else(|| place(&DETAIL_FIELDS).map(Wanted::Detail))
}

fn merge(extras: &mut Vec<&'static str>, inner: &str) {
    for (name, _) in split(inner) {
        if let Some(known) = STATUS_EXTRAS.iter().find(|known| **known == name)
            && !extras.contains(known)
        {
            extras.push(known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(names: &[&str]) -> Vec<Wanted> {
        names.iter().filter_map(|name| node_field(name)).collect()
    }

    #[test]
    fn the_syntax_seen_from_live_clients_is_understood() {
        type Case<'a> = (&'a str, &'a [&'a str], Option<&'a [&'a str]>);
        let cases: &[Case<'_>] = &[
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
            let got = Selection::parse(fields);
            assert_eq!(got.node, node(wanted), "{fields:?}");
            assert_eq!(got.list_status.as_deref(), *status, "{fields:?}");
        }
    }

    #[test]
    fn my_list_status_stands_where_it_was_asked_for() {
        let got = Selection::parse("mean,my_list_status{tags},rank,pictures");
        assert_eq!(got.node, [node(&["mean"])[0], Wanted::MyListStatus, node(&["rank"])[0], Wanted::Detail(0)]);
        assert_eq!(got.my_list_status, ["tags"]);
        assert_eq!(got.list_status, None);
    }
}
