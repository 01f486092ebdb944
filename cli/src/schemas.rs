//! The JSON Schemas of the files that users write.

/// The schema of a format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) files: &'static str,
    pub(crate) text: &'static str,
}

/// The schemas, by the name of the format, with the files that have it.
pub(crate) const SCHEMAS: [Schema; 5] = [
    Schema {
        name: "metrics",
        files: "workloads/<name>/metrics.yaml",
        text: include_str!("../../schemas/metrics.json"),
    },
    Schema {
        name: "alarms.test",
        files: "workloads/<name>/alarms.test.yaml",
        text: include_str!("../../schemas/alarms.test.json"),
    },
    Schema {
        name: "routes",
        files: "functions/slack-forwarder/routes.yaml",
        text: include_str!("../../schemas/routes.json"),
    },
    Schema {
        name: "playbooks",
        files: "functions/alarm-remediator/playbooks.yaml",
        text: include_str!("../../schemas/playbooks.json"),
    },
    Schema {
        name: "prices",
        files: "shared/rules/prices.yaml",
        text: include_str!("../../schemas/prices.json"),
    },
];
