//! What the actions on ECS services share.

mod ports;
mod refusal;
mod target;
#[cfg(test)]
pub(crate) mod testing;

pub use ports::{ReadPorts, ReadService, ReadServiceScaling, Service};
pub use refusal::Refusal;
pub(crate) use target::{Name, name, target};
