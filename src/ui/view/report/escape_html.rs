//! Escapes text for the HTML report.

use crate::ui::escape_controls;

/// Escapes untrusted text for HTML text and attributes.
pub(super) fn escape_html(text: &str) -> String {
    html_escape::encode_quoted_attribute(&escape_controls(text)).into_owned()
}
