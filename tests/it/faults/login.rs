//! What may happen while a login waits.
