//! Tells cargo that the migrations, which `sqlx::migrate!` embeds, are sources too:
//! without this a new migration file is not seen until something else changes.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
