//! Tells cargo that the migrations are sources too, because `sqlx::migrate!` embeds them, and passes the target on to
//! `--version --json`. Without the first, a new migration file is not noticed until something else changes.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rustc-env=MALSYNC_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
