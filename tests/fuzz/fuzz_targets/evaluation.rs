//! Patterns that are right, of all three forms, hold for an event where the slow and plain reading of the guide says
//! so.
#![no_main]

use picket_fuzz::patterns::{Case, check};

libfuzzer_sys::fuzz_target!(|case: Case| check(&case));
