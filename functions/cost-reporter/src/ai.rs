//! The cost of language models, from the usage ledger.

pub(crate) mod tokens;
