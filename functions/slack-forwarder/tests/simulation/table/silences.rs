//! Silences, and the ALARMs that they hold back.

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes;
use serde_json::Value;
use slack_forwarder::{
    deferred::silenced::Silenced,
    ports::{ForgetSilenced, KeepSilenced, ListSilenced, ReadSilences},
};

use super::{Call, all, json, key, text};
use crate::world::Shared;

impl ReadSilences for Shared {
    async fn read_silences(&self) -> Result<Vec<routes::Silence>, Fault> {
        self.table(Call::Read, "silences", |world| {
            let now = world.now;
            let stands = |from, removed: Option<_>| {
                from <= now && removed.is_none_or(|removed| now < removed)
            };
            let history = world.history.clone();
            let standing = history
                .silences
                .iter()
                .filter(|silence| !silence.in_file && stands(silence.from, silence.removed));
            standing
                .map(|silence| {
                    let until = Timestamp::from_millisecond(silence.until).unwrap();
                    let alarm = crate::events::name(silence.alarm);
                    let text = format!(
                        "{{ name: s, match: {{ alarm: {alarm} }}, until: {until}, reason: r, author: a }}"
                    );
                    routes::Silence::parse("s", &text).unwrap()
                })
                .collect()
        })
        .await
    }
}

/// The milliseconds of the change that is kept.
fn changed_at(json: &str) -> Timestamp {
    let value: Value = serde_json::from_str(json).unwrap();
    text(&value["change"], "at").parse().unwrap()
}

impl KeepSilenced for Shared {
    async fn keep_silenced(&self, silenced: &Silenced) -> Result<(), Fault> {
        self.table(Call::Write, "silenced", |world| {
            let (value, json) = json(silenced);
            let key = key("silenced", text(&value, "alert"));
            let has_topic = |value: &Value| !value["message"]["topic"].is_null();
            let is_newer = |(_, known): &(u64, String)| {
                let (before, now) = (changed_at(known), changed_at(&json));
                let known: Value = serde_json::from_str(known).unwrap();
                before < now || (before == now && has_topic(&value) && !has_topic(&known))
            };
            if world.items.get(&key).is_none_or(is_newer) {
                world.items.insert(key, (0, json));
            }
        })
        .await
    }
}

impl ListSilenced for Shared {
    async fn list_silenced(&self) -> Result<Vec<Silenced>, Fault> {
        self.table(Call::Read, "silenced", |world| all(world, "silenced"))
            .await
    }
}

impl ForgetSilenced for Shared {
    async fn forget_silenced(&self, alert: &str, at: Timestamp) -> Result<(), Fault> {
        self.table(Call::Write, "silenced", |world| {
            let key = key("silenced", alert);
            let is_old = |(_, json): &(u64, String)| changed_at(json) <= at;
            if world.items.get(&key).is_some_and(is_old) {
                world.items.remove(&key);
            }
        })
        .await
    }
}
