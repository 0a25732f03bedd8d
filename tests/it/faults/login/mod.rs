//! What may happen while a login waits: the port (`port`), junk at the door (`junk`), more than the door can hold (`flood`), the
//! ways a login ends (`endings`), what MAL makes of the code (`exchange`), and a client id that MAL does not know (`registered`).

mod endings;
mod exchange;
mod flood;
mod junk;
mod port;
mod registered;
