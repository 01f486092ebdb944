//! Says every morning what yesterday cost.
