//! What the actions on ECS services share.

mod ports;
mod refusal;
mod target;

pub use ports::{ReadPorts, ReadService, ReadServiceScaling, Service};
pub use refusal::Refusal;
pub(crate) use target::{Name, name, target};
