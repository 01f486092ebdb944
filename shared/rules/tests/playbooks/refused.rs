//! Texts that are refused, and the problem with its place.

/// Actions, and what is wrong with each.
pub(crate) const ACTIONS: &[(&str, &str)] = &[
    (
        "{ reboot: {} }",
        "4:13: unknown action `reboot`: expected one of `raise-reserved-concurrency`, `stop-function`, `pause-mapping`, `raise-parallelization`, `raise-table-throughput`, `raise-shards`, `roll-back-alias`, `raise-task-count`, `redeploy-service`, `redrive-queue`, `run-automation`, `set-parameter`, `set-log-retention` or `diagnose`",
    ),
    ("{}", "4:11: `action` has 0 actions: write one"),
    (
        "{ diagnose: {}, pause-mapping: {} }",
        "4:11: `action` has 2 actions: write one",
    ),
    ("diagnose", "4:11: `action` must be a mapping of fields"),
    (
        "{ diagnose: { deep: true } }",
        "4:25: unknown field `deep`: expected one of `functions`, `streams`, `tables`, `models`",
    ),
    (
        "{ raise-reserved-concurrency: { maximum: 50, keep-unreserved: 1 } }",
        "4:41: write either `step` or `factor`",
    ),
    (
        "{ raise-reserved-concurrency: { step: 1, factor: 2, maximum: 50, keep-unreserved: 1 } }",
        "4:41: write either `step` or `factor`",
    ),
    (
        "{ raise-reserved-concurrency: { step: 0, maximum: 50, keep-unreserved: 1 } }",
        "4:49: `step`: \"0\" is not a whole number above 0",
    ),
    (
        "{ raise-reserved-concurrency: { factor: 1, maximum: 50, keep-unreserved: 1 } }",
        "4:51: `factor`: \"1\" is not a factor above 1 and at most 10",
    ),
    (
        "{ raise-reserved-concurrency: { factor: 2, keep-unreserved: 1 } }",
        "4:41: `maximum` is missing",
    ),
    (
        "{ raise-reserved-concurrency: { factor: 2, maximum: 50 } }",
        "4:41: `keep-unreserved` is missing",
    ),
    (
        "{ stop-function: { function: 'a:live' } }",
        "4:40: `function`: \"a:live\" is not the name of a function, without ARN, version or alias",
    ),
    (
        "{ diagnose: { functions: ['a:live'] } }",
        "4:36: `functions`: \"a:live\" is neither the name of a function, without ARN, version or alias, nor `stack NAME`",
    ),
    (
        "{ diagnose: { tables: [stack a/b] } }",
        "4:33: `tables`: \"stack a/b\" is neither the name of a table, nor `stack NAME`",
    ),
    ("{ diagnose: { streams: [] } }", "4:34: `streams` is empty"),
    (
        "{ diagnose: { functions: [a, b, c], tables: [d, e, f] } }",
        "4:23: `diagnose` has 6 resources, and at most 5 are read",
    ),
    (
        "{ pause-mapping: }",
        "4:26: `pause-mapping` must be a mapping of fields",
    ),
    (
        "{ pause-mapping: { uuid: a } }",
        "4:30: unknown field `uuid`: there are none here",
    ),
    (
        "{ raise-parallelization: { maximum: 1 } }",
        "4:47: `maximum`: \"1\" is not a whole number from 2 to 10, the greatest factor that Lambda accepts",
    ),
    (
        "{ raise-parallelization: { maximum: 11 } }",
        "4:47: `maximum`: \"11\" is not a whole number from 2 to 10, the greatest factor that Lambda accepts",
    ),
    (
        "{ raise-table-throughput: {} }",
        "4:37: write at least one of `ceiling`, `capacity` and `on-demand`",
    ),
    (
        "{ raise-table-throughput: { ceiling: { factor: 2, maximum-read: 9 } } }",
        "4:48: `maximum-write` is missing",
    ),
    (
        "{ raise-table-throughput: { capacity: { factor: 0.5, maximum-read: 9, maximum-write: 9 } } }",
        "4:59: `factor`: \"0.5\" is not a factor above 1 and at most 10",
    ),
    (
        "{ raise-table-throughput: { on-demand: { mode: act } } }",
        "4:58: `mode`: `act` is above the playbook's mode, `observe`",
    ),
    (
        "{ raise-shards: { factor: 2.5, maximum: 9 } }",
        "4:37: `factor`: \"2.5\" is not a factor above 1 and at most 2, which Kinesis allows",
    ),
    (
        "{ raise-shards: { factor: 2, maximum: 9, on-demand: { mode: act } } }",
        "4:71: `mode`: `act` is above the playbook's mode, `observe`",
    ),
    (
        "{ raise-shards: { factor: 2, maximum: -1 } }",
        "4:49: `maximum`: \"-1\" is not a whole number above 0",
    ),
    (
        "{ redrive-queue: { per-second: 501, most: 100 } }",
        "4:42: `per-second`: \"501\" is not a whole number from 1 to 500, the greatest rate that SQS accepts",
    ),
    (
        "{ redrive-queue: { per-second: 0, most: 100 } }",
        "4:42: `per-second`: \"0\" is not a whole number from 1 to 500, the greatest rate that SQS accepts",
    ),
    (
        "{ redrive-queue: { per-second: 10 } }",
        "4:28: `most` is missing",
    ),
    (
        "{ run-automation: { document: AWS-RestartEC2Instance } }",
        "4:41: `document`: \"AWS-RestartEC2Instance\" is not the ARN of a document of your account such as `arn:aws:ssm:eu-west-1:123456789012:document/restart`",
    ),
    (
        "{ run-automation: { document: 'arn:aws:ssm:eu-west-1::document/AWS-RestartEC2Instance' } }",
        "4:41: `document`: \"arn:aws:ssm:eu-west-1::document/AWS-RestartEC2Instance\" is not the ARN of a document of your account such as `arn:aws:ssm:eu-west-1:123456789012:document/restart`",
    ),
    (
        "{ run-automation: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/restart', parameters: { Cluster: prod } } }",
        "4:119: `Cluster`: \"prod\" is not a source of a value: expected `alarm-arn`, `alarm-account`, `alarm-region` or `dimension NAME`",
    ),
    (
        "{ run-automation: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/restart', parameters: [a] } }",
        "4:108: `parameters` must be a mapping of names to sources",
    ),
    (
        "{ raise-task-count: { factor: 1, maximum: 20 } }",
        "4:41: `factor`: \"1\" is not a factor above 1 and at most 10",
    ),
    ("{ redeploy-service: {} }", "4:31: `older-than` is missing"),
    (
        "{ roll-back-alias: {} }",
        "4:30: `deployed-within` is missing",
    ),
    (
        "{ roll-back-alias: { deployed-within: 8d } }",
        "4:49: `deployed-within`: \"8d\" is not a time such as `30m` or `PT1H`, at most a week",
    ),
    (
        "{ set-parameter: { parameter: model, value: a, allowed: [a, b] } }",
        "4:41: `parameter`: \"model\" is not the full name of a parameter such as `/agent/model`",
    ),
    (
        "{ set-parameter: { parameter: /aws/x, value: a, allowed: [a, b] } }",
        "4:41: `parameter`: \"/aws/x\" begins with `aws` or `ssm`: those parameters are AWS's own",
    ),
    (
        "{ set-parameter: { parameter: /a//b, value: a, allowed: [a, b] } }",
        "4:41: `parameter`: \"/a//b\" is not the full name of a parameter such as `/agent/model`",
    ),
    (
        "{ set-parameter: { parameter: /m, value: c, allowed: [a, b] } }",
        "4:64: `allowed` does not have the `value` \"c\"",
    ),
    (
        "{ set-parameter: { parameter: /m, value: a, allowed: [a] } }",
        "4:64: `allowed` has one value: add those that the parameter may have before the change",
    ),
    (
        "{ set-parameter: { parameter: /m, value: a, allowed: [a, b, a] } }",
        "4:71: `allowed` has \"a\" twice",
    ),
    (
        "{ set-parameter: { parameter: /m, value: a, allowed: [] } }",
        "4:64: `allowed` is empty",
    ),
    (
        "{ set-parameter: { parameter: /m, value: a, allowed: b } }",
        "4:64: `allowed` must be a list",
    ),
    (
        "{ set-log-retention: { days: 15 } }",
        "4:40: `days`: \"15\" is not a retention of CloudWatch Logs: expected one of [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
    ),
];

/// Fields of a playbook or of the file, and what is wrong with each.
pub(crate) const LIMITS: &[(&str, &str)] = &[
    (
        "  mode: on",
        "6:9: `mode`: \"on\" is not a mode: expected `observe`, `approve` or `act`",
    ),
    (
        "  allow-tag: yes",
        "6:14: `allow-tag`: \"yes\" is not a tag such as `picket:remediate=true`",
    ),
    (
        "  actions-per-day: 0",
        "6:20: `actions-per-day`: \"0\" is not a whole number above 0",
    ),
    (
        "  verify-within: 0m",
        "6:18: `verify-within`: \"0m\" is not a time such as `30m` or `PT1H`, at most a week",
    ),
    (
        "  healthy-for: soon",
        "6:16: `healthy-for`: \"soon\" is not a time such as `30m` or `PT1H`, at most a week",
    ),
    (
        "  disarm-after: three",
        "6:17: `disarm-after`: \"three\" is not a whole number above 0",
    ),
    (
        "  budget: 0",
        "6:11: `budget`: \"0\" is not a number of dollars above 0, such as `2.50`",
    ),
    (
        "  budget: $5",
        "6:11: `budget`: \"$5\" is not a number of dollars above 0, such as `2.50`",
    ),
    (
        "  budget: 1e2",
        "6:11: `budget`: \"1e2\" is not a number of dollars above 0, such as `2.50`",
    ),
    (
        "  expires: 8d",
        "6:12: `expires`: \"8d\" is not a time such as `30m` or `PT1H`, at most a week",
    ),
    (
        "  cooldwn: 1h",
        "6:3: unknown field `cooldwn`: expected one of `name`, `mode`, `match`, `action`, `allow-tag`, `cooldown`, `actions-per-day`, `verify-within`, `healthy-for`, `disarm-after`, `budget`, `expires`",
    ),
    (
        "limits: { actions-per-hour: 0 }",
        "6:29: `actions-per-hour`: \"0\" is not a whole number above 0",
    ),
    (
        "limits: { storm: { targets: 5 } }",
        "6:18: `within` is missing",
    ),
    (
        "limits: { storm: 5 }",
        "6:18: `storm` must be a mapping of fields",
    ),
    (
        "limits: { a-day: 5 }",
        "6:11: unknown field `a-day`: expected one of `actions-per-hour`, `actions-per-day`, `storm`",
    ),
    (
        "- { name: a, match: { namespace: N, metric: M }, action: { diagnose: {} }, cooldown: 1h }",
        "6:3: another playbook is named \"a\"",
    ),
];
