//! Everything outside the handler, in memory.

mod samples;
mod sleep;
mod table;

use std::{
    collections::{HashMap, VecDeque},
    future,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes::Silence;
use picket_shared::{fleet::RemediationMessage, report::ErrorChain, usage::UsageDigest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{super::*, overrides::Bucket};
use crate::{
    confirmation::AlarmState,
    deferred::{
        bundle::{Bundle, HeldMessage},
        digest::{Note, NoteKey},
        silenced::Silenced,
    },
    delivery::attempts::LONGEST_POST,
    delivery_log::{RowKey, Stored},
    draft::chart::Chart,
    health::{MetricQuery, Series, Window},
    ports::{
        PostMessage, PublishEmail, PublishFallback, ReadAlarmStates, ReadMetrics, ReadParameter,
        ReadRemediation, ReadUsageDigest, RenderChart,
    },
    sinks::{Answer, Email, Request},
    testing,
};

pub(super) use testing::CRITICAL;

pub(super) use samples::*;
pub(super) use table::Table;

/// One webhook a severity.
static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    let text = "
routes:
  - { name: critical, match: { severity: critical }, sinks: [{ webhook: critical }] }
  - { name: warning, match: { severity: warning }, sinks: [{ webhook: warning }] }";
    picket_rules::routes::parse("test", text).unwrap()
});

pub(super) const SECRET: &str = "https://hooks.slack.com/services/T0/B0/secret";

#[derive(Clone, Default)]
pub(super) struct World(pub(super) Arc<Mutex<Inner>>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) now: Timestamp,
    pub(super) sleepers: sleep::Sleepers,
    /// Parts of names of services and parameters that take a request and never answer.
    pub(super) hanging: Vec<&'static str>,
    pub(super) parameters: VecDeque<Result<&'static str, Fault>>,
    pub(super) read: Vec<String>,
    /// Ends of parameters' names, and what those hold.
    pub(super) secrets: Vec<(&'static str, &'static str)>,
    pub(super) answers: VecDeque<Answer>,
    pub(super) posted: Vec<(String, Value)>,
    pub(super) fallback: Vec<String>,
    /// Whether CloudWatch draws.
    pub(super) draws: bool,
    /// The requested charts, each with the number of posts before it.
    pub(super) drawn: Vec<(Chart, usize)>,
    /// The alarms that CloudWatch has.
    pub(super) alarms: Vec<AlarmState>,
    /// Values of metrics, by name and time.
    pub(super) metrics: Vec<(&'static str, Timestamp, f64)>,
    /// What cannot be read: `alarms`, `audits`, `metrics`, `usage`.
    pub(super) unreadable: Vec<&'static str>,
    /// The remediator's messages in its audit rows, by their keys.
    pub(super) audits: HashMap<(String, String), RemediationMessage>,
    /// The digest of the day's usage.
    pub(super) usage: Option<UsageDigest>,
    /// The names of each request for alarms.
    pub(super) alarms_read: Vec<Vec<String>>,
    pub(super) fallback_fails: bool,
    pub(super) emails: Vec<(String, Email)>,
    pub(super) emails_fail: usize,
    pub(super) rows: HashMap<RowKey, Stored>,
    pub(super) notes: Vec<(NoteKey, Note)>,
    pub(super) counts: HashMap<String, u64>,
    pub(super) bundles: Vec<Bundle>,
    /// The sender of a bundle, by its id, and the end of its claim.
    pub(super) bundle_claims: HashMap<String, (String, Timestamp)>,
    pub(super) silences: Vec<Silence>,
    pub(super) silences_read: usize,
    pub(super) silenced: HashMap<String, Silenced>,
    pub(super) held: Vec<(String, HeldMessage)>,
    /// Windows and bundles, by their ids, that take no more writes.
    pub(super) throttled: Vec<String>,
    pub(super) table: Table,
    pub(super) routes: Option<&'static Routes>,
    pub(super) bucket: Bucket,
}

impl ReadParameter for World {
    async fn read_parameter(&self, name: &str) -> Result<SecretString, Fault> {
        if self.hangs(name) {
            future::pending::<()>().await;
        }
        let mut inner = self.0.lock().unwrap();
        inner.read.push(name.to_owned());
        let known = inner.secrets.iter().find(|(end, _)| name.ends_with(end));
        if let Some((_, secret)) = known {
            return Ok(SecretString::from(*secret));
        }
        inner
            .parameters
            .pop_front()
            .unwrap_or(Ok(SECRET))
            .map(SecretString::from)
    }
}

impl PostMessage for World {
    async fn post(&self, request: &Request, limit: Duration) -> Answer {
        assert!(limit <= LONGEST_POST, "{limit:?}");
        let url = request.url.expose_secret().to_owned();
        if self.hangs(&url) {
            self.sleep(limit).await;
            return Answer::Unanswered("timed out".to_owned());
        }
        let mut inner = self.0.lock().unwrap();
        // A form or a picture is no JSON.
        let body = serde_json::from_slice(request.body.expose_secret()).unwrap_or_default();
        inner.posted.push((url.clone(), body));
        let count = inner.posted.len();
        inner.answers.pop_front().unwrap_or_else(|| {
            if url.contains("/chat.") {
                answer(
                    200,
                    &json!({"ok": true, "channel": "C1", "ts": format!("{count}.0")}).to_string(),
                )
            } else if url.contains("files.getUploadURLExternal") {
                let address = "https://files.slack.com/upload/v1/x";
                let said =
                    json!({"ok": true, "upload_url": address, "file_id": format!("F{count}")});
                answer(200, &said.to_string())
            } else if url.contains("files.completeUploadExternal") {
                answer(200, r#"{"ok":true}"#)
            } else if url.contains("pagerduty") {
                answer(202, "{}")
            } else {
                answer(200, "ok")
            }
        })
    }
}

impl RenderChart for World {
    async fn render_chart(&self, chart: &Chart, limit: Duration) -> Result<Vec<u8>, Fault> {
        assert!(limit <= LONGEST_POST, "{limit:?}");
        let mut inner = self.0.lock().unwrap();
        let posted = inner.posted.len();
        inner.drawn.push((chart.clone(), posted));
        if inner.draws {
            Ok(vec![1, 2, 3])
        } else {
            Err(Fault::transient("CloudWatch did not answer"))
        }
    }
}

impl ReadAlarmStates for World {
    async fn read_alarm_states(&self, names: &[String]) -> Result<Vec<AlarmState>, Fault> {
        if self.hangs("DescribeAlarms") {
            future::pending::<()>().await;
        }
        let mut inner = self.0.lock().unwrap();
        inner.alarms_read.push(names.to_vec());
        if inner.unreadable.contains(&"alarms") {
            return Err(Fault::transient("CloudWatch did not answer"));
        }
        let is_named = |alarm: &&AlarmState| {
            let name = alarm.arn.split_once(":alarm:").unwrap().1;
            names.iter().any(|named| named == name)
        };
        Ok(inner.alarms.iter().filter(is_named).cloned().collect())
    }
}

impl ReadMetrics for World {
    async fn read_metrics(
        &self,
        queries: &[MetricQuery],
        window: Window,
    ) -> Result<Vec<Series>, Fault> {
        if self.hangs("GetMetricData") {
            future::pending::<()>().await;
        }
        let inner = self.0.lock().unwrap();
        if inner.unreadable.contains(&"metrics") {
            return Err(Fault::transient("CloudWatch did not answer"));
        }
        let answer = |query: &MetricQuery| {
            let values = inner.metrics.iter();
            let values = values.filter(|(name, at, _)| {
                *name == query.name && (window.from..window.to).contains(at)
            });
            values.map(|(_, at, value)| (*at, *value)).collect()
        };
        Ok(queries.iter().map(answer).collect())
    }
}

impl ReadUsageDigest for World {
    async fn read_usage_digest(&self) -> Result<Option<UsageDigest>, Fault> {
        let inner = self.0.lock().unwrap();
        if inner.unreadable.contains(&"usage") {
            return Err(Fault::transient("the table did not answer"));
        }
        Ok(inner.usage.clone())
    }
}

impl ReadRemediation for World {
    async fn read_remediation(
        &self,
        target: &str,
        entry: &str,
    ) -> Result<Option<RemediationMessage>, Fault> {
        let inner = self.0.lock().unwrap();
        if inner.unreadable.contains(&"audits") {
            return Err(Fault::transient("the table did not answer"));
        }
        let key = (target.to_owned(), entry.to_owned());
        Ok(inner.audits.get(&key).cloned())
    }
}

impl PublishEmail for World {
    async fn publish_email(&self, topic: &str, email: &Email) -> Result<(), Fault> {
        if self.hangs(topic) {
            future::pending::<()>().await;
        }
        let mut inner = self.0.lock().unwrap();
        if inner.emails_fail > 0 {
            inner.emails_fail -= 1;
            return Err(Fault::transient("the topic did not answer"));
        }
        inner.emails.push((topic.to_owned(), email.clone()));
        Ok(())
    }
}

impl PublishFallback for World {
    async fn publish_fallback(&self, text: String) -> Result<(), Fault> {
        let mut inner = self.0.lock().unwrap();
        if inner.fallback_fails {
            return Err(Fault::transient("the topic did not answer"));
        }
        inner.fallback.push(text);
        Ok(())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().now
    }

    async fn sleep(&self, duration: Duration) {
        sleep::Sleep::new(self.clone(), duration).await;
    }
}

impl World {
    pub(super) fn at_six() -> Self {
        let world = Self::default();
        world.0.lock().unwrap().now = "2026-11-20T06:10:00Z".parse().unwrap();
        world
    }

    /// Lets time pass to this minute after six, so that a change of it is no change of a time to come.
    pub(super) fn pass_to_minute(&self, minute: u32) {
        let at = format!("2026-11-20T06:{minute:02}:12Z").parse().unwrap();
        let mut inner = self.0.lock().unwrap();
        inner.now = inner.now.max(at);
    }

    pub(super) fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let world = Self::at_six();
        world.0.lock().unwrap().answers.extend(answers);
        world
    }

    pub(super) fn handler(&self) -> Handler<Self, Self> {
        let routes = self.0.lock().unwrap().routes;
        Handler::new(
            testing::config(),
            routes.unwrap_or(&ROUTES),
            self.clone(),
            self.clone(),
        )
    }

    pub(super) async fn handle(&self, event: &[u8]) -> Result<Response, Error> {
        self.handle_as("request", event).await
    }

    /// In a sandbox of its own.
    pub(super) async fn handle_as(&self, request: &str, event: &[u8]) -> Result<Response, Error> {
        let deadline = self.deadline();
        self.handler().handle(event, deadline, request).await
    }

    /// With these sinks for everything.
    pub(super) fn with_sinks(self, sinks: &str) -> Self {
        let text = format!("routes: [{{ name: all, sinks: [{sinks}] }}]");
        let routes = picket_rules::routes::parse("test", &text).unwrap();
        self.0.lock().unwrap().routes = Some(Box::leak(Box::new(routes)));
        self
    }

    /// Half a minute from here.
    pub(super) fn deadline(&self) -> Deadline {
        let deadline = self.now().as_millisecond() + 30_000;
        Deadline::from_context(deadline.try_into().unwrap())
    }

    /// With these routes.
    pub(super) fn with_routes(self, text: &str) -> Self {
        let routes = picket_rules::routes::parse("test", text).unwrap();
        self.0.lock().unwrap().routes = Some(Box::leak(Box::new(routes)));
        self
    }

    /// With a silence for the alarm until half past six.
    pub(super) fn with_a_silence(self, alarm: &str) -> Self {
        let text = format!(
            "routes: [{{ name: all, sinks: [{{ webhook: a }}] }}]
silences: [{{ name: s, match: {{ alarm: '{alarm}' }}, until: 2026-11-20T06:30:00Z, reason: r }}]"
        );
        let routes = picket_rules::routes::parse("test", &text).unwrap();
        self.0.lock().unwrap().routes = Some(Box::leak(Box::new(routes)));
        self
    }

    /// With services and parameters that never answer, by parts of their names.
    pub(super) fn with_hanging(self, names: &[&'static str]) -> Self {
        self.0.lock().unwrap().hanging.extend(names);
        self
    }

    fn hangs(&self, name: &str) -> bool {
        let inner = self.0.lock().unwrap();
        inner.hanging.iter().any(|part| name.contains(part))
    }

    pub(super) fn with_secret(self, secret: &'static str) -> Self {
        let repeated = std::iter::repeat_with(|| Ok(secret)).take(99);
        self.0.lock().unwrap().parameters.extend(repeated);
        self
    }

    pub(super) fn with_charts(self) -> Self {
        self.0.lock().unwrap().draws = true;
        self
    }

    /// With this secret in the parameters that end so.
    pub(super) fn with_secret_of(self, end: &'static str, secret: &'static str) -> Self {
        self.0.lock().unwrap().secrets.push((end, secret));
        self
    }

    pub(super) fn with_table(self, table: Table) -> Self {
        self.0.lock().unwrap().table = table;
        self
    }

    pub(super) fn pass(&self, seconds: i64) {
        let mut inner = self.0.lock().unwrap();
        inner.now = inner
            .now
            .checked_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap();
    }

    pub(super) async fn fail(&self, event: &Value) -> String {
        let error = self.handle(event.to_string().as_bytes()).await.unwrap_err();
        format!("{} {error:?}", ErrorChain(&error))
    }

    pub(super) fn posted(&self) -> Vec<Value> {
        self.0
            .lock()
            .unwrap()
            .posted
            .iter()
            .map(|(_, body)| body.clone())
            .collect()
    }
}
