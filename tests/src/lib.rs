//! Template rules, golden files over events, and the line end to end.
