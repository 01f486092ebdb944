//! Turns Kinesis records into metric and usage totals, each record counted once.
