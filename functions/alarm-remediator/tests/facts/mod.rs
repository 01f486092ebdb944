//! The facts about the resources that the sample events name.

pub(crate) mod functions;
pub(crate) mod queues;
pub(crate) mod services;

use std::collections::{BTreeMap, BTreeSet};

use alarm_remediator::{
    actions::{
        Facts, diagnose, raise_shards, raise_table_throughput, reserved_concurrency::AccountLimits,
        set_log_retention,
    },
    setting::Value,
};
use picket_rules::playbooks::{RaiseShards, RaiseTableThroughput, SetLogRetention};
use raise_table_throughput::{Events, Measured, Part, TableFacts, Throttled, Units};

fn tags() -> BTreeMap<String, String> {
    [("picket:remediate".to_owned(), "true".to_owned())].into()
}

/// `orders` is on-demand and at its maximum; an index of `invoices` lacks capacity; `sessions` has a hot key.
pub(crate) fn table<'a>(bounds: &'a RaiseTableThroughput, target: &str) -> Facts<'a> {
    let writes = |writes| Events { reads: 0, writes };
    let mut table = Measured {
        consumed: Events {
            reads: 990,
            writes: 45,
        },
        ..Measured::default()
    };
    let mut parts = Vec::new();
    let on_demand = target == "table/orders";
    match target {
        "table/orders" => {
            table.part.ceiling = Units {
                read: 1_000,
                write: 0,
            };
            table.throttled.ceiling = Events {
                reads: 52,
                writes: 0,
            };
        }
        "table/invoices" => parts.push(Measured {
            part: Part {
                index: Some("by-day".to_owned()),
                capacity: Units {
                    read: 20,
                    write: 40,
                },
                ..Part::default()
            },
            throttled: Throttled {
                provisioned: writes(42),
                ..Throttled::default()
            },
            consumed: writes(40),
        }),
        _ => table.throttled.key_range = writes(42),
    }
    parts.insert(0, table);
    Facts::TableThroughput(
        bounds,
        Some(TableFacts {
            tags: tags(),
            on_demand,
            active: true,
            replicas: 0,
            parts,
            unread_indexes: 0,
            auto_scaled: BTreeSet::new(),
            spare: raise_table_throughput::Spare::default(),
            last_changed: None,
        }),
    )
}

/// A stream of 4 shards, three quarters full.
pub(crate) fn stream(bounds: &RaiseShards) -> Facts<'_> {
    Facts::Shards(
        bounds,
        Some(raise_shards::StreamFacts {
            tags: tags(),
            stream: raise_shards::Stream {
                on_demand: false,
                active: true,
                shards: 4,
                consumers: 0,
            },
            limit: raise_shards::ShardLimit {
                limit: 500,
                open: 20,
                on_demand_limit: 50,
                on_demand: 3,
            },
            measured: raise_shards::Measured {
                write_throttles: 52,
                records_a_minute: 180_000,
                ..raise_shards::Measured::default()
            },
            last_changed: None,
        }),
    )
}

/// A group without retention.
pub(crate) fn group(bounds: SetLogRetention) -> Facts<'static> {
    Facts::LogRetention(
        bounds,
        Some(set_log_retention::GroupFacts {
            tags: tags(),
            group: set_log_retention::LogGroup {
                retention_days: None,
                stored_bytes: 81_000_000_000,
            },
            last_changed: None,
        }),
    )
}

/// `checkout`, deployed shortly before the alarm, whose mappings cannot be read.
pub(crate) fn diagnosis() -> Facts<'static> {
    let function = diagnose::Function {
        modified_at: "2026-11-20T05:48:00Z".parse().ok(),
        version: "$LATEST".to_owned(),
        timeout_seconds: 3,
        memory_mb: 256,
        state: "Active".to_owned(),
        is_traced: false,
        log_group: "/aws/lambda/checkout".to_owned(),
    };
    let metrics = diagnose::FunctionMetrics {
        invocations: 1_200,
        errors: 150,
        p95_ms: 240,
        concurrent: 12,
        account_concurrent: 240,
        ..diagnose::FunctionMetrics::default()
    };
    let lines = diagnose::ErrorLines {
        lines: vec!["[ERROR] KeyError: 'order_id' token=hunter2".to_owned()],
        more: false,
    };
    Facts::Diagnosis(diagnose::Facts::Function(Box::new(diagnose::FunctionFacts {
        function: Ok(Some(function)),
        reserved: Ok(Some(Value::Absent)),
        metrics: Ok(metrics),
        account: Ok(AccountLimits {
            concurrent: 1_000,
            unreserved: 820,
        }),
        mappings: Err("Not known: this function may not list the mappings of the function checkout; allow it in the function's role.".to_owned()),
        upstream: Vec::new(),
        lines: Ok(lines),
        log_events: Ok(Some(340)),
    })))
}
