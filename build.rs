//! Tells cargo that the migrations are sources too, because `sqlx::migrate!` embeds them. Without this, a new migration
//! file is not noticed until something else changes.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
