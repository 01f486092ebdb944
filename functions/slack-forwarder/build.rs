//! Wrong routes fail the build, with file, line and reason.
fn main() {
    picket_rules::build::check(&["routes.yaml"]);
}
