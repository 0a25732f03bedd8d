//! What may happen while a login waits: the port (`port`), junk at the door (`junk`), more than the door can hold (`flood`), the
//! ways a login ends (`endings`), what MAL makes of the code (`exchange`), and a client id that MAL does not know (`registered`).

mod client_registration;
mod code_exchange;
mod login_failures;
mod overload;
mod redirect_port;
mod stray_requests;
