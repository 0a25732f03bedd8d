//! What may become of tokens at rest and in a refresh.
