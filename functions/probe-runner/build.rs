//! A wrong probe fails the build, with file, line and reason.

fn main() -> std::io::Result<()> {
    picket_rules::build::check_built_in()
}
