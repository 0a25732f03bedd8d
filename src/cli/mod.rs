//! What can be typed: clap types and help text. Nothing here acts.
