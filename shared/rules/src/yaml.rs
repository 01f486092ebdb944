//! YAML as a tree with places, so that a reader can report everything that is wrong with a file at once: deriving
//! `Deserialize` for the formats would stop at the first unknown field.

mod fields;
mod node;
mod raw;
mod syntax;

pub(crate) use fields::{Fields, Log, list, parse};
pub(crate) use node::{At, Node, Value};
pub use syntax::syntax_message;
