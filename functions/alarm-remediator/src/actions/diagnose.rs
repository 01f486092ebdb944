//! Reads what an operator looks at first, and reports it; it changes nothing.
//!
//! Own stack or not, tagged or not: reading does no harm. Log lines alone are read of tagged log groups only, since the
//! message's readers may be others. Each part that cannot be read is a sentence, and never a failure of the whole.

mod decide;
mod facts;
mod finding;
mod function;
mod lines;
mod links;
mod model;
mod part;
pub mod ports;
mod refusal;
mod stream;
mod table;
mod target;

pub(crate) use decide::decide;
pub use facts::Facts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use function::{FunctionFacts, FunctionMetrics, Upstream};
pub use model::{ModelFacts, ModelMetrics};
pub use part::Known;
pub use ports::{ErrorLines, Function, ReadErrorLines, ReadFunction, ReadPorts};
pub use refusal::Refusal;
pub use stream::StreamFacts;
pub use table::TableFacts;
pub(crate) use target::target;

#[cfg(test)]
mod tests;
