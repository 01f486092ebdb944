//! Times that every function keeps to when it calls AWS.

use std::time::Duration;

/// The time a function must have left to begin another call: one attempt takes five seconds at most
/// ([`crate::config()`]), and its result still has to be recorded.
pub const CALL_TIME: Duration = Duration::from_secs(6);

/// Pauses before a throttled call is repeated: receivers throttle by the second.
pub const RETRY_PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];
