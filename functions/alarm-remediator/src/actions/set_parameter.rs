//! Sets an SSM parameter that an application reads, to one of the playbook's values: a fallback model, a closed circuit
//! breaker, the cap of an agent.
//!
//! The alarm is the cause: what the application makes of the value is not known here. A parameter of the type
//! `SecureString` is not read, since its value would be in messages and in the audit.

mod decide;
mod facts;
mod refusal;
#[cfg(test)]
mod tests;

use picket_rules::playbooks::SetParameter;

pub(crate) use decide::decide;
pub use facts::ParameterFacts;
pub(crate) use facts::read_facts;
pub use refusal::Refusal;

/// The target: `parameter/agent/model` for the parameter `/agent/model`, as in its ARN.
pub(crate) fn target(bounds: &SetParameter) -> String {
    format!("parameter{}", bounds.parameter)
}
