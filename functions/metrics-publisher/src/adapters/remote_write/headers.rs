//! The headers that do not depend on the receiver.

/// The headers of every request.
pub(super) const HEADERS: [(&str, &str); 4] = [
    ("content-encoding", "snappy"),
    ("content-type", "application/x-protobuf"),
    ("user-agent", concat!("picket/", env!("CARGO_PKG_VERSION"))),
    ("x-prometheus-remote-write-version", "0.1.0"),
];
