//! Nothing: the models are in `tests/exhaustive`.
