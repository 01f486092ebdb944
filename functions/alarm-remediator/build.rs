//! Checks the playbooks that are compiled in: a wrong one fails the build with its place.

fn main() {
    picket_rules::build::check(&["playbooks.yaml"]);
    picket_rules::build::check_playbooks("playbooks.yaml");
}
