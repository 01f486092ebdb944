//! What the actions on ECS services share.

mod ports;
mod refusal;
mod rules;
mod target;

pub use ports::{ReadPorts, ReadService, ReadServiceScaling, Service};
pub use refusal::Refusal;
pub(crate) use rules::{changeable, running};
pub(crate) use target::{Name, name, target};
