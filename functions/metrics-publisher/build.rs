//! A wrong rule fails the build, with file, line and reason.

fn main() {
    picket_rules::build::check(&[
        "../../workloads/bedrock-usage/metrics.yaml",
        "../../workloads/scheduling-agent/metrics.yaml",
    ]);
}
