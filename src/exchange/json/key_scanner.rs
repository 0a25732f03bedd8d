//! Finds the names of members at the start of a JSON text, which may be cut anywhere.

use std::collections::HashSet;

/// Maximum number of objects that are looked at.
const MAX_OBJECTS: usize = 64;

/// Returns the names of the members of each object, in the order in which the objects begin. Text that is no JSON has any
/// result.
pub(super) fn scan_member_names(text: &str) -> Vec<HashSet<&str>> {
    let mut objects: Vec<HashSet<&str>> = Vec::new();
    // The open objects by their index, and arrays.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut rest = text;
    while let Some(position) = rest.find(['{', '}', '[', ']', '"']) {
        let (mark, behind) = (rest.as_bytes()[position], &rest[position + 1..]);
        rest = behind;
        match mark {
            b'{' if objects.len() == MAX_OBJECTS => break,
            b'{' => {
                open.push(Some(objects.len()));
                objects.push(HashSet::new());
            }
            b'[' => open.push(None),
            b'"' => {
                let Some(end) = find_string_end(behind) else { break };
                rest = &behind[end + 1..];
                if let Some(Some(object)) = open.last()
                    && rest.trim_start().starts_with(':')
                {
                    objects[*object].insert(&behind[..end]);
                }
            }
            _ => drop(open.pop()),
        }
    }
    objects
}

/// Returns the position of the quote that ends a string.
fn find_string_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn member_names_of_every_object_are_found() {
        let text = r#"[{"a": {"b" :1, "c":"\"x\":{\\"}, "d":["e", {"f":2}]}, {"g"#;
        let sorted = |names: &HashSet<&str>| {
            let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            names.sort_unstable();
            names.join(" ")
        };
        let found: Vec<String> = scan_member_names(text).iter().map(sorted).collect();
        assert_eq!(found, ["a d", "b c", "f", ""]);
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "[{}\\[\\]\":,\\\\a é]{0,40}") {
            let _ = scan_member_names(&text);
        }
    }
}
