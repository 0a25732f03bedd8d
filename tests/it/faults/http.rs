//! What may come over the wire instead of an answer.
