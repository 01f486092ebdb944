//! Notifications that are late, doubled, out of order or forged, and people's decisions on plans.

use picket_shared::fleet::Outcome;
use serde_json::{Value, json};

use super::Platform;
use crate::{
    kinds::{Kind, number_in},
    mixes::alarm_prefix,
    services::{arn, plan_in},
    world::{What, World, time},
};

/// The account of the alarms.
const HERE: &str = "123456789012";

/// What a notification says.
struct Notice {
    name: String,
    account: &'static str,
    state: &'static str,
    changed_at: i64,
    kind: Kind,
    /// The resource that its metric names.
    resource: usize,
    suppressed: bool,
}

impl Notice {
    /// That of an alarm as it is.
    fn of(world: &World, alarm: usize, state: &'static str) -> Self {
        let found = &world.alarms[alarm];
        Self {
            name: found.name.clone(),
            account: HERE,
            state,
            changed_at: found.changed_at,
            kind: world.kind(found.resource),
            resource: found.resource,
            suppressed: found.suppressed,
        }
    }

    fn body(&self) -> Vec<u8> {
        let (namespace, metric, dimensions) = self.kind.metric(self.resource);
        let dimensions: Vec<_> = dimensions
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        let suppressor = if self.suppressed {
            json!("Alarm")
        } else {
            Value::Null
        };
        let alarm = json!({
            "AlarmName": self.name,
            "AlarmArn": arn(self.account, &self.name),
            "NewStateValue": self.state,
            "StateChangeTime": time(self.changed_at).to_string(),
            "ActionsSuppressedBy": suppressor,
            "Trigger": {
                "MetricName": metric,
                "Namespace": namespace,
                "Dimensions": dimensions,
            },
        });
        let record = json!({"Sns": {"MessageId": "m", "Message": alarm.to_string()}});
        serde_json::to_vec(&json!({"Records": [record]})).unwrap()
    }
}

impl Platform {
    pub(super) fn flip(&mut self, alarm: usize) {
        let mut copies = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            let (now, in_alarm) = (world.now, !world.alarms[alarm].in_alarm);
            let resource = world.alarms[alarm].resource;
            if in_alarm {
                let likely = match world.kind(resource) {
                    Kind::Redrive => 40,
                    _ => 75,
                };
                let fits = world.dice.percent(likely);
                world.set_cause(resource, fits);
            }
            world.set_alarm(alarm, in_alarm);
            world.alarms[alarm].suppressed = in_alarm && world.dice.percent(5);
            if world.alarms[alarm].suppressed {
                world.log(What::Suppressed(alarm));
            }
            let state = if in_alarm { "ALARM" } else { "OK" };
            let body = Notice::of(&world, alarm, state).body();
            for _ in 0..world.dice.of(&[1, 1, 2, 3]) {
                let late = world.dice.of(&[1, 2, 5, 30, 700, 1_200]);
                copies.push((now + late, body.clone()));
            }
        }
        for (at, body) in copies {
            self.deliver(at, body);
        }
    }

    /// A message that is not CloudWatch's arrives.
    pub(super) fn forge(&mut self) {
        let (now, body) = {
            let mut world = self.world.lock().unwrap();
            (world.now, forged(&mut world).body())
        };
        self.deliver(now, body);
    }

    /// People read the messages about plans, and approve or decline most of them.
    pub(super) fn decide(&mut self) {
        let mut decisions = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            let unread: Vec<_> = world.messages[self.decided..]
                .iter()
                .filter(|message| message.outcome == Outcome::AwaitingApproval)
                .map(|message| {
                    let resource = number_in(message.target.as_deref().unwrap()).unwrap();
                    (resource, plan_in(&message.text).to_owned())
                })
                .collect();
            self.decided = world.messages.len();
            for (resource, plan) in unread {
                let decision = world.dice.of(&["approve", "approve", "decline", ""]);
                if decision.is_empty() {
                    continue;
                }
                // A person who reads of a plan may do it, or something else, by hand before.
                if world.dice.percent(15) {
                    world.person_acts(resource);
                }
                if decision == "approve" {
                    world.log(What::Approved(resource, plan.clone()));
                }
                let body = json!({
                    "picket": {"kind": "approval", "version": 1},
                    "plan": plan,
                    "decision": decision,
                    "by": "ana",
                });
                let copies = world.dice.of(&[1, 1, 2]);
                decisions.push((world.now, copies, serde_json::to_vec(&body).unwrap()));
            }
        }
        for (now, copies, body) in decisions {
            for copy in 0..copies {
                self.deliver(now + copy, body.clone());
            }
        }
    }
}

/// A message that is not CloudWatch's: an alarm that is not in ALARM, one that is, but over another resource or in
/// another account, one that does not exist, one of the future.
fn forged(world: &mut World) -> Notice {
    let now = world.now;
    let in_alarm: Vec<_> = (0..world.alarms.len())
        .filter(|alarm| world.alarms[*alarm].in_alarm)
        .collect();
    let any = world.dice.below(world.alarms.len());
    let alarm = if in_alarm.is_empty() {
        any
    } else {
        world.dice.of(&in_alarm)
    };
    let (real, random) = (
        Notice::of(world, alarm, "ALARM"),
        Notice::of(world, any, "ALARM"),
    );
    let alike: Vec<_> = (0..world.resources.len())
        .filter(|other| world.kind(*other) == real.kind && *other != real.resource)
        .collect();
    match world.dice.below(6) {
        0 => {
            world.log(What::Forged(any));
            Notice {
                changed_at: now,
                ..random
            }
        }
        1 | 2 => {
            let other = if alike.is_empty() {
                world.dice.below(4)
            } else {
                world.dice.of(&alike)
            };
            Notice {
                resource: other,
                kind: world.kind(other),
                ..real
            }
        }
        3 => Notice {
            name: format!("{}unknown", alarm_prefix(real.resource, real.kind)),
            changed_at: now,
            ..real
        },
        4 => Notice {
            account: "999999999999",
            ..real
        },
        _ => Notice {
            changed_at: now + 86_400,
            ..random
        },
    }
}
