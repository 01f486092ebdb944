//! The command line of Picket.
fn main() {}
