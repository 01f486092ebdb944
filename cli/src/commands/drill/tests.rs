use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;
use serde_json::{Value, json};
use slack_forwarder::{
    delivery_log::Row,
    incident::{Change, History},
    route::Topics,
};

use super::{alarm::Kind, *};
use crate::output::Output;

const CRITICAL: &str = "arn:aws:sns:eu-west-1:111122223333:one";
const WARNING: &str = "arn:aws:sns:eu-west-1:111122223333:two";
const INFO: &str = "arn:aws:sns:eu-west-1:111122223333:three";
const FALLBACK: &str = "arn:aws:sns:eu-west-1:111122223333:fallback";
const OTHER: &str = "arn:aws:sns:eu-west-1:111122223333:other";

fn topics() -> Topics {
    Topics {
        critical: Some(CRITICAL.to_owned()),
        warning: Some(WARNING.to_owned()),
        info: Some(INFO.to_owned()),
    }
}

fn with_stack<T>(use_it: impl FnOnce(&Stack<'_>) -> T) -> T {
    use_it(&Stack {
        name: "picket-dev",
        topics: &topics(),
        fallback: FALLBACK,
        routes: route::built_in(),
        pages: true,
    })
}

fn alarm(name: &str, topic: &str) -> Alarm {
    Alarm {
        name: name.to_owned(),
        arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
        state: State::Ok,
        actions_enabled: true,
        actions: vec![topic.to_owned()],
        ok_actions: vec![topic.to_owned()],
        kind: Kind::Metric,
        trigger: Value::Null,
    }
}

fn composite(name: &str, suppressor: Option<&str>) -> Alarm {
    Alarm {
        kind: Kind::Composite {
            suppressor: suppressor.map(str::to_owned),
        },
        ..alarm(name, CRITICAL)
    }
}

fn arguments(alarms: &[&str]) -> DrillArguments {
    DrillArguments {
        stack: "picket-dev".to_owned(),
        alarms: alarms.iter().map(|each| each.parse().unwrap()).collect(),
        within: SignedDuration::from_secs(10),
        pace: SignedDuration::ZERO,
        at_once: 1,
        even_disabled: false,
    }
}

#[test]
fn composite_alarms_are_drilled_first_and_suppressors_last() {
    let alarms = [
        alarm("picket-dev-blind", WARNING),
        alarm("picket-dev-late", WARNING),
        composite("picket-dev-z", Some("picket-dev-blind")),
        alarm("picket-dev2-late", OTHER),
        alarm("orders-slow", WARNING),
        alarm("orders-down", OTHER),
        alarm("dead-forwarder", FALLBACK),
    ];
    let names = |patterns: &[&str]| {
        let selected = with_stack(|stack| {
            let selected = selected(&alarms, stack, &arguments(patterns).alarms);
            selected
                .iter()
                .map(|alarm| alarm.name.clone())
                .collect::<Vec<_>>()
        });
        selected.join(" ")
    };
    assert_eq!(
        names(&[]),
        "picket-dev-z dead-forwarder orders-slow picket-dev-late picket-dev-blind"
    );
    assert_eq!(
        names(&["orders-*", "*-late"]),
        "orders-slow picket-dev-late"
    );
}

#[test]
fn an_answer_is_read_with_states_actions_suppressors_and_what_routes_match() {
    let dimensions = json!([{"Name": "Environment", "Value": "dev"}]);
    let answer = json!({
        "MetricAlarms": [
            {"AlarmName": "one", "AlarmArn": "arn:one", "StateValue": "ALARM", "ActionsEnabled": false,
                "AlarmActions": [CRITICAL], "OKActions": [WARNING], "Namespace": "Shop", "MetricName": "Errors",
                "Dimensions": dimensions},
            {"AlarmName": "math", "AlarmArn": "arn:math", "StateValue": "OK", "Metrics": [
                {"Id": "e", "Expression": "2 * m"},
                {"Id": "m", "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {
                    "Namespace": "Shop", "MetricName": "Errors", "Dimensions": dimensions}}}]},
        ],
        "CompositeAlarms": [
            {"AlarmName": "all", "AlarmArn": "arn:all", "StateValue": "INSUFFICIENT_DATA",
                "ActionsSuppressor": "blind"},
        ],
    });
    let metric = json!({"Namespace": "Shop", "MetricName": "Errors",
        "Dimensions": [{"name": "Environment", "value": "dev"}]});
    let [one, math, all] = &alarm::alarms(&answer)[..] else {
        panic!("three alarms")
    };
    assert_eq!((one.state, one.actions_enabled), (State::Alarm, false));
    assert_eq!(
        (&one.actions[..], &one.ok_actions[..]),
        (&[CRITICAL.to_owned()][..], &[WARNING.to_owned()][..])
    );
    assert_eq!(one.trigger, metric);
    let queries = json!([
        {"Id": "e", "Expression": "2 * m", "MetricStat": null},
        {"Id": "m", "Expression": null, "MetricStat": {"Metric": metric}},
    ]);
    assert_eq!(math.trigger, json!({"Metrics": queries}));
    assert_eq!(
        (math.state, math.actions_enabled, math.actions.len()),
        (State::Ok, true, 0)
    );
    let suppressor = Some("blind".to_owned());
    assert_eq!(
        (all.state, &all.kind),
        (State::InsufficientData, &Kind::Composite { suppressor })
    );
}

#[test]
fn an_alarm_is_drilled_unless_it_is_open_or_does_more_than_notify() {
    let sinks = |sinks: &[&str]| Expected {
        sinks: sinks.iter().map(|&each| each.to_owned()).collect(),
        ..Expected::default()
    };
    let changed = |change: fn(&mut Alarm)| {
        let mut alarm = alarm("picket-dev-a", CRITICAL);
        change(&mut alarm);
        alarm
    };
    let critical = ["email critical", "pagerduty on-call", "webhook critical"];
    let stop = "arn:aws:automate:eu-west-1:ec2:stop";
    for (alarm, expected) in [
        (changed(|_| ()), Step::Drill(sinks(&critical))),
        (
            changed(|alarm| alarm.actions.push(WARNING.to_owned())),
            Step::Drill(sinks(
                &[&critical[..], &["email warning", "webhook warning"]].concat(),
            )),
        ),
        (
            alarm("picket-dev-a", INFO),
            Step::Drill(Expected {
                digest: BTreeSet::from([INFO.to_owned()]),
                ..Expected::default()
            }),
        ),
        (
            alarm("picket-dev-a", FALLBACK),
            Step::Drill(Expected {
                others: BTreeSet::from([FALLBACK.to_owned()]),
                ..Expected::default()
            }),
        ),
        (
            changed(|alarm| alarm.state = State::Alarm),
            Step::Skip(plan::Skipped::InAlarm),
        ),
        (
            changed(|alarm| {
                let stop = "arn:aws:automate:eu-west-1:ec2:stop";
                alarm.actions.push(stop.to_owned());
            }),
            Step::Skip(plan::Skipped::OtherActions(stop.to_owned())),
        ),
        (
            changed(|alarm| alarm.actions.clear()),
            Step::Deaf(plan::Deaf::NoAction),
        ),
        (
            changed(|alarm| alarm.actions_enabled = false),
            Step::Deaf(plan::Deaf::Disabled),
        ),
    ] {
        let decided = with_stack(|stack| plan(&alarm, stack, &arguments(&[])));
        assert_eq!(decided, expected, "{alarm:?}");
    }
}

/// A clock that moves when it is slept on.
#[derive(Debug, Clone)]
struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(
            "2026-11-20T06:00:00Z".parse().unwrap(),
        )))
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
        tokio::task::yield_now().await;
    }
}

/// CloudWatch, the forwarder and its sinks: a change is recorded at each working sink two seconds after it.
struct Aws {
    clock: Hands,
    /// The sinks that accept a change to this state.
    accepts: fn(&str, State) -> bool,
    /// How many times the alarm cannot be put into OK.
    refusals: Mutex<usize>,
    states: Mutex<Vec<(Timestamp, State)>>,
    before: Vec<Change>,
    subscriptions: usize,
}

impl Aws {
    fn new(clock: &Hands, accepts: fn(&str, State) -> bool) -> Self {
        Self {
            clock: clock.clone(),
            accepts,
            refusals: Mutex::new(0),
            states: Mutex::default(),
            before: vec![],
            subscriptions: 1,
        }
    }

    fn last_state(&self) -> Option<State> {
        self.states.lock().unwrap().last().map(|&(_, state)| state)
    }
}

impl SetAlarmState for Aws {
    async fn set_alarm_state(&self, _: &str, state: State, _: &str) -> Result<(), Refusal> {
        let mut refusals = self.refusals.lock().unwrap();
        if state == State::Ok && *refusals > 0 {
            *refusals -= 1;
            return Err("throttled".to_owned());
        }
        self.states.lock().unwrap().push((self.clock.now(), state));
        Ok(())
    }
}

impl ReadDeliveries for Aws {
    async fn read_deliveries(&self, _: &str) -> Result<BTreeMap<String, Row>, Refusal> {
        let now = self.clock.now();
        let due = SignedDuration::from_secs(2);
        let states = self.states.lock().unwrap();
        let sinks = ["email critical", "pagerduty on-call", "webhook critical"];
        let row = |sink: &str| {
            let new = states
                .iter()
                .filter(|(at, state)| {
                    now.duration_since(*at) >= due && (self.accepts)(sink, *state)
                })
                .map(|&(at, state)| Change::new(state, at));
            let changes = self.before.iter().copied().chain(new);
            Row {
                history: changes.fold(History::default(), History::with),
                ..Row::default()
            }
        };
        Ok(sinks.map(|sink| (sink.to_owned(), row(sink))).into())
    }
}

impl CountSubscriptions for Aws {
    async fn count_subscriptions(&self, _: &str) -> Result<usize, Refusal> {
        Ok(self.subscriptions)
    }
}

async fn drill(aws: &Aws, topic: &str, is_stopped: bool) -> Drilled {
    let alarm = alarm("picket-dev-a", topic);
    let arguments = arguments(&[]);
    let Step::Drill(expected) = with_stack(|stack| plan(&alarm, stack, &arguments)) else {
        panic!("it is drilled");
    };
    let runner = Runner {
        aws,
        clock: &aws.clock,
        within: arguments.within,
        stop: &AtomicBool::new(is_stopped),
    };
    runner.drill(&alarm, &expected).await
}

fn everywhere(_: &str, _: State) -> bool {
    true
}

#[tokio::test]
async fn an_alarm_passes_when_every_sink_had_its_alarm_and_its_ok() {
    let aws = Aws::new(&Hands::new(), everywhere);
    let drilled = drill(&aws, CRITICAL, false).await;
    assert_eq!(drilled.verdict, Verdict::Passed);
    let times: Vec<_> = drilled.sinks.iter().map(ToString::to_string).collect();
    assert_eq!(
        times,
        [
            "email critical: ALARM after 2 s, OK after 2 s",
            "pagerduty on-call: ALARM after 2 s, OK after 2 s",
            "webhook critical: ALARM after 2 s, OK after 2 s",
        ]
    );
    assert_eq!(aws.last_state(), Some(State::Ok));
}

#[tokio::test]
async fn a_sink_that_lacks_a_change_fails_the_alarm_which_is_put_back_all_the_same() {
    for (accepts, expected) in [
        (
            (|sink, _| sink != "webhook critical") as fn(&str, State) -> bool,
            "webhook critical: the ALARM did not arrive",
        ),
        (
            |sink, state| sink != "email critical" || state == State::Alarm,
            "email critical: ALARM after 2 s, the OK did not arrive",
        ),
    ] {
        let aws = Aws::new(&Hands::new(), accepts);
        let drilled = drill(&aws, CRITICAL, false).await;
        assert_eq!(drilled.verdict, Verdict::Failed);
        let text = drilled.to_string();
        assert!(text.contains(expected), "{text}");
        assert_eq!(aws.last_state(), Some(State::Ok));
    }
}

#[tokio::test]
async fn changes_before_the_drill_do_not_count() {
    let clock = Hands::new();
    let earlier =
        |state, seconds| Change::new(state, clock.now() - SignedDuration::from_secs(seconds));
    let mut aws = Aws::new(&clock, |_, _| false);
    aws.before = vec![earlier(State::Alarm, 90), earlier(State::Ok, 60)];
    let drilled = drill(&aws, CRITICAL, false).await;
    assert!(drilled.sinks.iter().all(|times| times.arrived.is_none()));
    assert_eq!(drilled.verdict, Verdict::Failed);
}

#[tokio::test]
async fn putting_the_alarm_back_is_tried_five_times_and_then_left_to_a_person() {
    for (refusals, passes) in [(4, true), (5, false)] {
        let aws = Aws::new(&Hands::new(), everywhere);
        *aws.refusals.lock().unwrap() = refusals;
        let drilled = drill(&aws, CRITICAL, false).await;
        assert_eq!(drilled.verdict == Verdict::Passed, passes);
        if !passes {
            let reason = &drilled.reasons[0];
            assert!(reason.contains("still in ALARM: throttled"), "{reason}");
            assert!(reason.contains("--alarm-name \"picket-dev-a\""), "{reason}");
        }
    }
}

#[tokio::test]
async fn an_interrupt_puts_the_alarm_back_at_once() {
    let aws = Aws::new(&Hands::new(), |_, _| false);
    let begun = aws.clock.now();
    let drilled = drill(&aws, CRITICAL, true).await;
    assert_eq!(drilled.verdict, Verdict::Failed);
    assert_eq!(aws.last_state(), Some(State::Ok));
    assert_eq!(aws.clock.now(), begun);
}

#[tokio::test]
async fn a_topic_without_the_forwarder_needs_a_confirmed_subscription() {
    for (subscriptions, verdict) in [(1, Verdict::Passed), (0, Verdict::Failed)] {
        let mut aws = Aws::new(&Hands::new(), everywhere);
        aws.subscriptions = subscriptions;
        let drilled = drill(&aws, FALLBACK, false).await;
        assert_eq!((drilled.verdict, drilled.sinks.len()), (verdict, 0));
        assert_eq!(drilled.unconfirmed, [FALLBACK]);
    }
}

#[tokio::test]
async fn every_selected_alarm_is_reported_once_and_one_failure_fails_the_command() {
    let mut deaf = alarm("picket-dev-deaf", CRITICAL);
    deaf.actions.clear();
    let mut open = alarm("picket-dev-open", CRITICAL);
    open.state = State::Alarm;
    let all = [
        alarm("picket-dev-a", CRITICAL),
        alarm("picket-dev-b", CRITICAL),
        deaf,
        open,
    ];
    for (alarms, summary, exit) in [
        (&all[..2], [2, 0, 0], Exit::Done),
        (&all[..], [2, 1, 1], Exit::Failed),
        (&all[..0], [0, 0, 0], Exit::Failed),
    ] {
        let clock = Hands::new();
        let (mut answers, mut complaints) = (vec![], vec![]);
        let mut output = Output::new(&mut answers, &mut complaints);
        output.use_json(true);
        let ended = {
            let topics = topics();
            let drill = Drill {
                stack: &Stack {
                    name: "picket-dev",
                    topics: &topics,
                    fallback: FALLBACK,
                    routes: route::built_in(),
                    pages: true,
                },
                arguments: &arguments(&[]),
                stop: &Arc::default(),
            };
            let aws = Aws::new(&clock, everywhere);
            drill.all(alarms, aws, &clock, &mut output).await.unwrap()
        };
        drop(output);
        assert_eq!(ended, exit);
        let answers = String::from_utf8(answers).unwrap();
        let lines: Vec<Value> = answers
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let Some((last, alarms_reported)) = lines.split_last() else {
            assert!(alarms.is_empty() && !complaints.is_empty());
            continue;
        };
        let [passed, failed, skipped] = summary;
        assert_eq!(
            *last,
            json!({"passed": passed, "failed": failed, "skipped": skipped})
        );
        assert_eq!(alarms_reported.len(), alarms.len());
    }
}
