//! What may become of the embedded database's file.
