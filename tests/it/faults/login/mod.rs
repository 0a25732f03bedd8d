//! Faults during a login: its port (`redirect_port`), unexpected requests (`stray_requests`), overload (`overload`),
//! failed logins (`login_failures`), the code exchange (`code_exchange`), and a client unknown to MAL
//! (`client_registration`).

mod client_registration;
mod code_exchange;
mod login_failures;
mod overload;
mod redirect_port;
mod stray_requests;
