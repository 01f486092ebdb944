//! The abilities of sinks.

use picket_rules::routes::Sink;

/// The ability of a sink beyond one more message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Nothing: a webhook.
    Posts,
    /// Its messages are edited and have threads: a channel.
    Edits,
    /// It has incidents of its own, which an OK resolves whether or not we know of them: PagerDuty.
    Resolves,
}

/// Returns the ability of a sink.
pub const fn ability(sink: &Sink) -> Ability {
    match sink {
        Sink::Webhook(_) | Sink::Email(_) => Ability::Posts,
        Sink::Slack(_) => Ability::Edits,
        Sink::PagerDuty(_) => Ability::Resolves,
    }
}
