//! Slack, PagerDuty, SNS's e-mail topics, the fallback topic and Parameter Store, as they answer and as they fail.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_shared::{fleet::RemediationMessage, usage::UsageDigest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use slack_forwarder::{
    confirmation::AlarmState,
    draft::chart::Chart,
    health::{MetricQuery, Series, Window},
    ports::{
        PostMessage, PublishEmail, PublishFallback, ReadAlarmStates, ReadMetrics, ReadOverrides,
        ReadParameter, ReadRemediation, ReadUsageDigest, RenderChart,
    },
    sinks::{Answer, Email, Request},
};

use crate::{
    events::before,
    history::{CHANNEL, EMAIL, INFO, Manner, Ms, OTHER, PAGER, SECOND, State, Target, WEBHOOK},
    reader::{Act, Entry, lines},
    world::{Shared, World},
};

/// What a service does with a request: its answer and how long that takes. `None` is never.
type Reaction = Option<(Ms, Answer)>;

fn answered(status: u16, body: &str) -> Answer {
    Answer::Answered {
        status,
        retry_after: None,
        body: body.to_owned(),
    }
}

/// Which sink an address and a body are of.
fn sink(url: &str, body: &Value) -> &'static str {
    let channel = body["channel"].as_str();
    match url {
        "https://hooks.slack.com/services/T0/B0/a" => WEBHOOK.id,
        "https://hooks.slack.com/services/T0/B0/b" => OTHER.id,
        "https://hooks.slack.com/services/T0/B0/info" => INFO.id,
        "https://events.pagerduty.com/v2/enqueue" => PAGER.id,
        "https://slack.com/api/chat.postMessage" | "https://slack.com/api/chat.update"
            if channel == Some("C1") =>
        {
            CHANNEL.id
        }
        _ => panic!("nobody listens at {url} for {body}"),
    }
}

impl World {
    /// Takes a request: what people see changes.
    fn take(&mut self, sink: &'static str, url: &str, body: &Value) -> Answer {
        self.posts += 1;
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (act, answer) = if sink == PAGER.id {
            assert_eq!(text("routing_key").len(), 32);
            let page = Act::Page(text("event_action"), text("dedup_key"));
            (page, answered(202, r#"{"status":"success"}"#))
        } else if url.ends_with("/chat.update") {
            let ts = text("ts");
            let stands = self.log.iter().any(|entry| {
                entry.sink == sink && matches!(&entry.act, Act::Post(posted, _) if *posted == ts)
            });
            assert!(stands, "an edit of a message that is not there: {ts}");
            let ok = json!({"ok": true, "channel": "C1", "ts": ts}).to_string();
            (Act::Edit(ts), answered(200, &ok))
        } else {
            let ts = format!("{}.{:06}", self.now / SECOND, self.posts);
            let thread = body["thread_ts"].as_str().map(str::to_owned);
            let answer = if sink == CHANNEL.id {
                json!({"ok": true, "channel": "C1", "ts": ts}).to_string()
            } else {
                "ok".to_owned()
            };
            (Act::Post(ts, thread), answered(200, &answer))
        };
        self.log.push(Entry {
            at: self.now,
            sink,
            act,
            lines: lines(body),
        });
        answer
    }

    fn react(&mut self, sink: &'static str, url: &str, body: &Value) -> Reaction {
        let quick = self.dice.between(10, 300);
        if sink == PAGER.id {
            self.page_requests.push(self.now);
        }
        let Some(manner) = self.fault(Target::Sink(sink)) else {
            return Some((quick, self.take(sink, url, body)));
        };
        let refused = |status, body: &str| Some((quick, answered(status, body)));
        match manner {
            Manner::Limits(seconds) => {
                let answer = Answer::Answered {
                    status: 429,
                    retry_after: seconds.map(Duration::from_secs),
                    body: "ratelimited".to_owned(),
                };
                Some((quick, answer))
            }
            Manner::Breaks if sink == CHANNEL.id && self.dice.percent(50) => {
                refused(200, r#"{"ok":false,"error":"internal_error"}"#)
            }
            Manner::Breaks => refused(503, ""),
            Manner::Closes => Some((quick, Answer::Unanswered("connection refused".to_owned()))),
            Manner::Hangs => None,
            Manner::LosesAnswers => {
                self.take(sink, url, body);
                *self.ambiguous.entry(sink).or_default() += 1;
                let broken = Answer::Unanswered("connection reset".to_owned());
                self.dice.percent(50).then_some((quick, broken))
            }
            Manner::Slow | Manner::ReadOnly => panic!("only the table does that"),
        }
    }
}

/// A request that a sink has and whose sender stops waiting: it is ambiguous.
struct GivenUp(Option<Shared>, &'static str);

impl Drop for GivenUp {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            *shared.world().ambiguous.entry(self.1).or_default() += 1;
        }
    }
}

impl ReadOverrides for Shared {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl PostMessage for Shared {
    async fn post(&self, request: &Request, limit: Duration) -> Answer {
        let limit = Ms::try_from(limit.as_millis()).unwrap();
        let timed_out = || Answer::Unanswered("timed out".to_owned());
        let travels = self.world().dice.between(5, 200);
        if travels >= limit {
            self.pause(limit).await;
            return timed_out();
        }
        self.pause(travels).await;
        let url = request.url().expose_secret();
        let body = serde_json::from_slice(request.body().expose_secret()).unwrap();
        let sink = sink(url, &body);
        let reaction = {
            let mut world = self.world();
            let reaction = world.react(sink, url, &body);
            // What is taken and answered too late is ambiguous as well.
            if let Some((wait, _)) = &reaction
                && travels + wait >= limit
            {
                *world.ambiguous.entry(sink).or_default() += 1;
            }
            reaction
        };
        match reaction {
            Some((wait, answer)) if travels + wait < limit => {
                let mut given_up = GivenUp(Some(self.clone()), sink);
                self.pause(wait).await;
                given_up.0 = None;
                answer
            }
            _ => {
                self.pause(limit - travels).await;
                timed_out()
            }
        }
    }
}

impl PublishEmail for Shared {
    async fn publish_email(&self, topic: &str, email: &Email) -> Result<(), Fault> {
        assert_eq!(topic, "critical-email");
        self.moment(5, 100).await;
        let fault = self.world().fault(Target::Sink(EMAIL.id));
        if fault.is_none() || fault == Some(Manner::LosesAnswers) {
            let mut world = self.world();
            let entry = Entry {
                at: world.now,
                sink: EMAIL.id,
                act: Act::Mail,
                lines: email.body().lines().map(str::to_owned).collect(),
            };
            world.log.push(entry);
        }
        match fault {
            None => {
                self.moment(5, 100).await;
                return Ok(());
            }
            Some(Manner::LosesAnswers) => {
                *self.world().ambiguous.entry(EMAIL.id).or_default() += 1;
                self.pause(3 * SECOND).await;
            }
            Some(Manner::Hangs) => self.pause(3 * SECOND).await,
            Some(_) => self.pause(50).await,
        }
        Err(Fault::transient("the topic did not answer"))
    }
}

impl PublishFallback for Shared {
    async fn publish_fallback(&self, text: String) -> Result<(), Fault> {
        self.moment(5, 100).await;
        let mut world = self.world();
        let now = world.now;
        world.fallback.push((now, text));
        Ok(())
    }
}

impl ReadParameter for Shared {
    async fn read_parameter(&self, name: &str) -> Result<SecretString, Fault> {
        self.moment(5, 60).await;
        if self.world().fault(Target::Parameters).is_some() {
            return Err(Fault::transient("Parameter Store did not answer"));
        }
        let value = match name {
            "/picket/slack/a" => "https://hooks.slack.com/services/T0/B0/a",
            "/picket/slack/b" => "https://hooks.slack.com/services/T0/B0/b",
            "/picket/slack/info" => "https://hooks.slack.com/services/T0/B0/info",
            "/picket/slack/p" => "0123456789abcdef0123456789abcdef",
            "/picket/slack/bot-token" => "xoxb-token",
            other => panic!("no route leads to {other}"),
        };
        Ok(value.into())
    }
}

impl RenderChart for Shared {
    async fn render_chart(&self, chart: &Chart, _: Duration) -> Result<Vec<u8>, Fault> {
        panic!("the alarms watch nothing: {chart:?}")
    }
}

impl ReadMetrics for Shared {
    async fn read_metrics(&self, _: &[MetricQuery], window: Window) -> Result<Vec<Series>, Fault> {
        panic!("nobody asks for a health check: {window:?}")
    }
}

/// Attempts that the SDK makes of a request that is throttled.
const ATTEMPTS: Ms = 3;

/// The alarms of the account and region of the function, as they are or, for a moment, as they were.
impl ReadAlarmStates for Shared {
    async fn read_alarm_states(&self, names: &[String]) -> Result<Vec<AlarmState>, Fault> {
        assert!(!names.is_empty() && names.len() <= 100, "{}", names.len());
        self.moment(10, 150).await;
        let mut attempts = 0;
        while !self.world().takes_query() {
            attempts += 1;
            if attempts == ATTEMPTS {
                return Err(Fault::transient("CloudWatch throttles"));
            }
            // The pauses of the SDK are about that long.
            self.moment(1, attempts * SECOND).await;
        }
        let fault = self.world().fault(Target::Alarms);
        if let Some(manner) = fault {
            let wait = match manner {
                Manner::Slow => 3 * SECOND,
                _ => 300,
            };
            self.pause(wait).await;
            return Err(Fault::transient("CloudWatch did not answer"));
        }
        let states = self.world().alarm_states(names);
        self.moment(10, 150).await;
        Ok(states)
    }
}

impl World {
    fn alarm_states(&mut self, names: &[String]) -> Vec<AlarmState> {
        let at = self.now - self.staleness();
        let state = |name: &String| self.alarm_state(name, at);
        names.iter().filter_map(state).collect()
    }

    /// An alarm as CloudWatch had it.
    fn alarm_state(&self, name: &str, at: Ms) -> Option<AlarmState> {
        let number: usize = name.strip_prefix("alarm-")?.parse().ok()?;
        let alarm = self.history.alarms.get(number)?;
        assert_eq!(alarm.region, "eu-west-1", "{name} cannot be read from here");
        let last = alarm.changes.iter().rfind(|change| change.at <= at);
        let state = match last.map_or_else(|| before(&alarm.changes, 0), |change| change.state) {
            State::Ok => "OK",
            State::Unknown => "INSUFFICIENT_DATA",
            State::Alarm => "ALARM",
        };
        Some(AlarmState {
            arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
            state: state.parse().unwrap(),
            changed_at: last.map(|change| Timestamp::from_millisecond(change.at).unwrap()),
        })
    }
}

impl ReadUsageDigest for Shared {
    async fn read_usage_digest(&self) -> Result<Option<UsageDigest>, Fault> {
        Ok(None)
    }
}

impl ReadRemediation for Shared {
    async fn read_remediation(
        &self,
        target: &str,
        entry: &str,
    ) -> Result<Option<RemediationMessage>, Fault> {
        panic!("nothing is repaired: {target} {entry}")
    }
}
