//! Time that this thread, the only one, was on a core: what else the machine does does not count.

use std::{fs, time::Duration};

/// Since the process began (`/proc/self/schedstat`, nanoseconds).
pub fn time() -> Duration {
    let stat = fs::read_to_string("/proc/self/schedstat").expect("Linux has it");
    let nanoseconds = stat.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first is the time on a core"))
}
