//! The forwarder on the real HTTP client, with a table, parameters and a clock in memory.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_rules::routes::{self, Silence};
use picket_shared::{
    clock::Clock, deadline::Deadline, fleet::RemediationMessage, usage::UsageDigest,
};
use secrecy::SecretString;
use serde_json::json;
use slack_forwarder::{
    adapters::Https,
    config::Config,
    confirmation::AlarmState,
    deferred::{
        bundle::{Bundle, HeldMessage, Slot},
        digest::{Note, NoteKey},
        silenced::Silenced,
    },
    delivery_log::{Row, RowKey, Stored, Written},
    draft::chart::Chart,
    error::Error,
    handler::{Handler, Response},
    health::{MetricQuery, Series, Window},
    ports::{
        ClaimBundle, CloseBundle, CountMessage, ForgetSilenced, HoldMessage, KeepNote,
        KeepSilenced, ListBundles, ListSilenced, OpenBundle, PostMessage, PublishEmail,
        PublishFallback, ReadAlarmStates, ReadCount, ReadHeld, ReadManyRows, ReadMetrics,
        ReadNotes, ReadOverrides, ReadParameter, ReadRemediation, ReadRow, ReadRows, ReadSilences,
        ReadUsageDigest, RenderChart, WriteRow,
    },
    sinks::{Answer, Email, Request},
};

pub(crate) struct World {
    handler: Handler<Memory, Memory>,
    memory: Memory,
}

#[derive(Clone)]
struct Memory(Arc<Mutex<Inner>>, Https);

struct Inner {
    now: Timestamp,
    slept: Vec<u64>,
    rows: HashMap<RowKey, Stored>,
    /// Whether the table answers the next calls; it does after them.
    table_works: VecDeque<bool>,
    parameters_lost: usize,
    /// What each reading of a parameter takes.
    reading: Duration,
    webhook: String,
}

pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:critical";

/// An event with an alarm's change.
pub(crate) fn alarm(state: &str, minute: u32) -> String {
    let message = json!({"AlarmName": "orders", "NewStateValue": state, "NewStateReason": "r", "AWSAccountId": "111122223333",
        "StateChangeTime": format!("2026-11-20T06:{minute:02}:12.345+0000"),
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders"});
    json!({"Records": [{"EventSource": "aws:sns", "Sns": {"MessageId": "m", "TopicArn": TOPIC, "Message": message.to_string()}}]})
        .to_string()
}

impl World {
    pub(crate) fn new(slack: &str, sink: &str, table_works: &[bool]) -> Self {
        let inner = Inner {
            now: "2026-11-20T06:10:00Z".parse().unwrap(),
            slept: Vec::new(),
            rows: HashMap::new(),
            table_works: table_works.iter().copied().collect(),
            parameters_lost: 0,
            reading: Duration::ZERO,
            webhook: String::new(),
        };
        let memory = Memory(Arc::new(Mutex::new(inner)), Https::new());
        Self::on(memory, slack, sink)
    }

    /// Another sandbox, with the same table, that finds Slack at another address.
    pub(crate) fn elsewhere(&self, slack: &str, sink: &str) -> Self {
        Self::on(self.memory.clone(), slack, sink)
    }

    fn on(memory: Memory, slack: &str, sink: &str) -> Self {
        let api = format!("{slack}/api");
        let variables = HashMap::from([
            ("ENVIRONMENT", "dev"),
            ("STACK_NAME", "picket-dev"),
            ("SLACK_PARAMETER_PREFIX", "/picket/slack"),
            ("SLACK_ALLOWED_HOSTS", "127.0.0.1"),
            ("CRITICAL_TOPIC_ARN", TOPIC),
            ("WARNING_TOPIC_ARN", "warning"),
            ("INFO_TOPIC_ARN", "info"),
            ("FALLBACK_TOPIC_ARN", "fallback"),
            ("FAILURE_QUEUE_ARN", "failures"),
            ("ALERTS_TABLE", "alerts"),
            ("REMEDIATION_TABLE", "remediation"),
            ("LEDGER_TABLE", "ledger"),
            ("SLACK_API_URL", api.as_str()),
            ("PAGERDUTY_URL", slack),
            ("CRITICAL_EMAIL_TOPIC_ARN", "critical-email"),
            ("WARNING_EMAIL_TOPIC_ARN", "warning-email"),
            ("INFO_EMAIL_TOPIC_ARN", "info-email"),
        ]);
        let text = format!("routes: [{{ name: all, sinks: [{sink}] }}]");
        let routes = Box::leak(Box::new(routes::parse("test", &text).unwrap()));
        memory.0.lock().unwrap().webhook = format!("{slack}/services/alerts");
        let handler = Handler::new(
            Config::read(&variables).unwrap(),
            routes,
            memory.clone(),
            memory.clone(),
        );
        Self { handler, memory }
    }

    pub(crate) async fn handle(&self, event: &str) -> Result<Response, Error> {
        let deadline = self.memory.now() + Duration::from_secs(30);
        let deadline = deadline.as_millisecond();
        let deadline = Deadline::from_context(deadline.try_into().unwrap());
        self.handler
            .handle(event.as_bytes(), deadline, "request")
            .await
    }

    /// Sets the clock.
    #[allow(dead_code, reason = "the tests of Prometheus have this world too")]
    pub(crate) fn set_now(&self, now: Timestamp) {
        self.memory.0.lock().unwrap().now = now;
    }

    pub(crate) fn pass_a_minute(&self) {
        let mut inner = self.memory.0.lock().unwrap();
        inner.now = inner.now.checked_add(Duration::from_mins(1)).unwrap();
    }

    /// The next readings of parameters are not answered.
    pub(crate) fn lose_parameters(&self, count: usize) {
        self.memory.0.lock().unwrap().parameters_lost = count;
    }

    /// Each reading of a parameter takes so long.
    pub(crate) fn read_slowly(&self, reading: Duration) {
        self.memory.0.lock().unwrap().reading = reading;
    }

    /// The seconds of each pause.
    pub(crate) fn slept(&self) -> Vec<u64> {
        self.memory.0.lock().unwrap().slept.clone()
    }
}

impl Memory {
    fn table(&self) -> Result<std::sync::MutexGuard<'_, Inner>, Fault> {
        let mut inner = self.0.lock().unwrap();
        if inner.table_works.pop_front().unwrap_or(true) {
            Ok(inner)
        } else {
            Err(Fault::transient("the table did not answer"))
        }
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().now
    }

    async fn sleep(&self, duration: Duration) {
        let mut inner = self.0.lock().unwrap();
        inner.slept.push(duration.as_secs());
        inner.now = inner.now.checked_add(duration).unwrap();
    }
}

impl ReadParameter for Memory {
    async fn read_parameter(&self, name: &str) -> Result<SecretString, Fault> {
        let mut inner = self.0.lock().unwrap();
        inner.now = inner.now + inner.reading;
        if inner.parameters_lost > 0 {
            inner.parameters_lost -= 1;
            return Err(Fault::transient("it did not answer"));
        }
        Ok(if name.ends_with("/bot-token") {
            // The one that the line's Slack accepts.
            "xoxb-picket-line".into()
        } else {
            inner.webhook.clone().into()
        })
    }
}

impl ReadOverrides for Memory {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl PostMessage for Memory {
    async fn post(&self, request: &Request, limit: Duration) -> Answer {
        self.1.post(request, limit).await
    }
}

impl PublishFallback for Memory {
    async fn publish_fallback(&self, text: String) -> Result<(), Fault> {
        panic!("nothing is twelve hours old: {text}")
    }
}

impl RenderChart for Memory {
    async fn render_chart(&self, chart: &Chart, _: Duration) -> Result<Vec<u8>, Fault> {
        panic!("the alarm watches nothing: {chart:?}")
    }
}

impl ReadAlarmStates for Memory {
    async fn read_alarm_states(&self, names: &[String]) -> Result<Vec<AlarmState>, Fault> {
        panic!("no alarm is OK: {names:?}")
    }
}

impl ReadMetrics for Memory {
    async fn read_metrics(&self, _: &[MetricQuery], window: Window) -> Result<Vec<Series>, Fault> {
        panic!("nobody asks for a health check: {window:?}")
    }
}

impl PublishEmail for Memory {
    async fn publish_email(&self, topic: &str, _: &Email) -> Result<(), Fault> {
        panic!("no route names {topic}")
    }
}

impl ReadRow for Memory {
    async fn read_row(&self, key: &RowKey) -> Result<Stored, Fault> {
        Ok(self.table()?.rows.get(key).cloned().unwrap_or_default())
    }
}

impl ReadRows for Memory {
    async fn read_rows(&self, alert: &str) -> Result<Vec<(RowKey, Row)>, Fault> {
        let inner = self.0.lock().unwrap();
        let of_alert = inner.rows.iter().filter(|(key, _)| key.alert == alert);
        Ok(of_alert
            .map(|(key, stored)| (key.clone(), stored.row.clone()))
            .collect())
    }
}

impl ReadManyRows for Memory {
    async fn read_many_rows(&self, keys: &[RowKey]) -> Result<Vec<(RowKey, Row)>, Fault> {
        panic!("nothing is bundled: {keys:?}")
    }
}

impl KeepNote for Memory {
    async fn keep_note(&self, key: &NoteKey, _: &Note) -> Result<(), Fault> {
        panic!("nothing is for the digest: {key:?}")
    }
}

impl ReadNotes for Memory {
    async fn read_notes(&self, date: Date) -> Result<Vec<Note>, Fault> {
        panic!("nobody asks for the digest of {date}")
    }
}

impl WriteRow for Memory {
    async fn write_row(
        &self,
        key: &RowKey,
        row: &Row,
        over: u64,
        _: Timestamp,
    ) -> Result<Written, Fault> {
        let mut inner = self.table()?;
        if inner.rows.get(key).map_or(0, |stored| stored.revision) != over {
            return Ok(Written::Collided);
        }
        let stored = Stored {
            row: row.clone(),
            revision: over + 1,
        };
        inner.rows.insert(key.clone(), stored);
        Ok(Written::Written)
    }
}

/// One alarm is no storm.
impl CountMessage for Memory {
    async fn count_message(&self, _: &Slot) -> Result<u64, Fault> {
        self.table().map(|_| 1)
    }
}

impl ReadCount for Memory {
    async fn read_count(&self, _: &Slot) -> Result<u64, Fault> {
        self.table().map(|_| 0)
    }
}

impl OpenBundle for Memory {
    async fn open_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        panic!("nothing is bundled: {bundle:?}")
    }
}

impl HoldMessage for Memory {
    async fn hold_message(&self, bundle: &Bundle, _: &HeldMessage) -> Result<(), Fault> {
        panic!("nothing is bundled: {bundle:?}")
    }
}

impl ListBundles for Memory {
    async fn list_bundles(&self) -> Result<Vec<Bundle>, Fault> {
        panic!("nobody asks for bundles")
    }
}

impl ClaimBundle for Memory {
    async fn claim_bundle(
        &self,
        bundle: &Bundle,
        _: &str,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<bool, Fault> {
        panic!("nothing is sent together: {bundle:?}")
    }
}

impl ReadHeld for Memory {
    async fn read_held(&self, bundle: &Bundle) -> Result<Vec<HeldMessage>, Fault> {
        panic!("nothing is bundled: {bundle:?}")
    }
}

impl CloseBundle for Memory {
    async fn close_bundle(&self, bundle: &Bundle) -> Result<(), Fault> {
        panic!("nothing is bundled: {bundle:?}")
    }
}

impl ReadSilences for Memory {
    async fn read_silences(&self) -> Result<Vec<Silence>, Fault> {
        self.table().map(|_| Vec::new())
    }
}

impl KeepSilenced for Memory {
    async fn keep_silenced(&self, silenced: &Silenced) -> Result<(), Fault> {
        panic!("nothing is silenced: {silenced:?}")
    }
}

impl ListSilenced for Memory {
    async fn list_silenced(&self) -> Result<Vec<Silenced>, Fault> {
        Ok(Vec::new())
    }
}

impl ForgetSilenced for Memory {
    async fn forget_silenced(&self, _: &str, _: Timestamp) -> Result<(), Fault> {
        Ok(())
    }
}

impl ReadUsageDigest for Memory {
    async fn read_usage_digest(&self) -> Result<Option<UsageDigest>, Fault> {
        Ok(None)
    }
}

impl ReadRemediation for Memory {
    async fn read_remediation(
        &self,
        target: &str,
        entry: &str,
    ) -> Result<Option<RemediationMessage>, Fault> {
        panic!("nothing is repaired: {target} {entry}")
    }
}
