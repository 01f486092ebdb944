//! The silences that an operator writes, and the alarms that they hold back: for the page. The forwarder decides by
//! itself, from the same texts and with the same matching.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::types::{AlarmType, MetricAlarm};
use jiff::Timestamp;
use picket_alarms::Definition;
use picket_aws::silences::Silences as Table;
use picket_rules::routes::{self, AlertKind, Facts, Routes, Silence};
use picket_shared::{
    Severity,
    clock::{Clock, SystemClock},
};
use tokio::task::JoinSet;

use crate::{
    aws::Clients,
    deploy::{OVERRIDES, Outputs},
    evaluator::properties,
    journal::{Journal, LineEvent, SilencedAlarm},
};

/// A silence is on the page before the forwarder reads it, which takes half a minute at most.
const READ_EVERY: Duration = Duration::from_secs(5);

/// Reads silences until it is dropped.
#[derive(Debug)]
pub(crate) struct Silences {
    _task: JoinSet<()>,
}

struct Reader {
    clients: Clients,
    table: Table,
    /// The key of the routes that override the built-in ones.
    routes: String,
}

impl Silences {
    /// Starts to read those of a stack. A change is written into the journal.
    pub(crate) fn start(
        clients: &Clients,
        outputs: &Outputs,
        stack: &str,
        journal: &Journal,
    ) -> Result<Self> {
        let reader = Reader {
            clients: clients.clone(),
            table: Table::new(clients.dynamodb(), outputs.get("AlertsTable")?),
            routes: format!("{stack}/routes.yaml"),
        };
        let journal = journal.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut last = vec![];
            loop {
                let now = SystemClock.now();
                match reader.read(now).await {
                    Ok(alarms) if alarms != last => {
                        last.clone_from(&alarms);
                        journal.write(now, LineEvent::Silenced { alarms });
                    }
                    Ok(_) => {}
                    Err(error) => tracing::warn!("the silences cannot be read: {error:#}"),
                }
                SystemClock.sleep(READ_EVERY).await;
            }
        });
        Ok(Self { _task: task })
    }
}

impl Reader {
    async fn read(&self, now: Timestamp) -> Result<Vec<SilencedAlarm>> {
        let written = self.table.list().await?;
        let read = written
            .iter()
            .filter_map(|one| Silence::parse(&one.name, &one.text).ok());
        let mut silences: Vec<Silence> = read.filter(|silence| now < silence.until).collect();
        silences.sort_by(|a, b| a.name.cmp(&b.name));
        let routes = self.routes().await?;
        if silences.is_empty() && !routes.as_ref().is_some_and(Routes::has_silences) {
            return Ok(vec![]);
        }
        let mut pages = self
            .clients
            .cloudwatch()
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .into_paginator()
            .send();
        let mut alarms = vec![];
        while let Some(page) = pages.next().await {
            let page = page.context("the alarms cannot be read")?;
            let held = page
                .metric_alarms()
                .iter()
                .filter_map(|alarm| silenced(alarm, &silences, routes.as_ref(), now));
            alarms.extend(held);
        }
        Ok(alarms)
    }

    /// The routes that override the built-in ones, which have no silences; `None` where there are none.
    async fn routes(&self) -> Result<Option<Routes>> {
        let object = self.clients.s3().get_object();
        let object = object.bucket(OVERRIDES).key(&self.routes).send().await;
        let Ok(object) = object else {
            return Ok(None);
        };
        let text = object.body.collect().await?.to_vec();
        Ok(routes::parse(&self.routes, &String::from_utf8_lossy(&text)).ok())
    }
}

/// The silence of an alarm. Tags of alarms are not known here.
fn silenced(
    alarm: &MetricAlarm,
    silences: &[Silence],
    routes: Option<&Routes>,
    now: Timestamp,
) -> Option<SilencedAlarm> {
    let definition = Definition::from_properties(&properties(alarm)).ok()?;
    let facts = facts(&definition, alarm.alarm_arn().unwrap_or_default());
    let of_table = silences.iter().find(|silence| silence.holds(&facts, now));
    let silence = of_table.or_else(|| routes?.silenced(&facts, now))?;
    Some(SilencedAlarm {
        alarm: definition.name.clone(),
        silence: silence.name.clone(),
        until: silence.until,
        reason: silence.reason.clone(),
    })
}

/// What the forwarder knows of the alarm's message.
fn facts<'a>(definition: &'a Definition, arn: &'a str) -> Facts<'a> {
    let mut parts = arn.split(':').skip(3);
    let inputs = definition.inputs();
    let dimensions = inputs.iter().flat_map(|input| &input.dimensions);
    Facts {
        kind: Some(AlertKind::Alarm),
        severity: severity(&definition.alarm_actions),
        region: parts.next(),
        account: parts.next(),
        namespaces: inputs
            .iter()
            .map(|input| input.namespace.as_str())
            .collect(),
        alarm: Some(&definition.name),
        dimensions: dimensions
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect(),
        ..Facts::default()
    }
}

/// The severity of the topic that is notified, by its name.
fn severity(topics: &[String]) -> Option<Severity> {
    let names = topics.iter().filter_map(|topic| topic.rsplit(':').next());
    let names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
    [Severity::Critical, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| names.iter().any(|name| name.contains(severity.as_str())))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, Statistic};

    use super::*;

    fn alarm() -> MetricAlarm {
        MetricAlarm::builder()
            .alarm_name("orders-errors")
            .alarm_arn("arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders-errors")
            .alarm_actions("arn:aws:sns:us-east-1:000000000000:picket-demo-WarningTopic-1")
            .namespace("Orders")
            .metric_name("Errors")
            .dimensions(Dimension::builder().name("Service").value("shop").build())
            .statistic(Statistic::Sum)
            .period(60)
            .evaluation_periods(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .build()
    }

    fn silence(matches: &str) -> Silence {
        let text = format!(
            "{{name: moving, match: {matches}, until: 2026-11-20T07:00:00Z, reason: it moves}}"
        );
        Silence::parse("moving", &text).unwrap()
    }

    fn is_silenced(matches: &str, now: &str) -> bool {
        silenced(&alarm(), &[silence(matches)], None, now.parse().unwrap()).is_some()
    }

    #[test]
    fn an_alarm_is_silenced_by_what_its_message_would_say_until_the_end() {
        let now = "2026-11-20T06:59:59Z";
        for matches in [
            "{alarm: orders-*}",
            "{severity: warning}",
            "{namespace: Orders, dimensions: {Service: shop}}",
            "{account: '000000000000', region: us-*, kind: alarm}",
        ] {
            assert!(is_silenced(matches, now), "{matches}");
            assert!(!is_silenced(matches, "2026-11-20T07:00:00Z"), "{matches}");
        }
        for matches in [
            "{alarm: shop-*}",
            "{severity: critical}",
            "{tags: {team: a}}",
        ] {
            assert!(!is_silenced(matches, now), "{matches}");
        }
    }

    #[test]
    fn silences_of_routes_count_too() {
        let text = "routes: [{name: all, sinks: [{webhook: info}]}]\nsilences:\n  - {name: moving, match: {alarm: orders-*}, until: 2026-11-20T07:00:00Z, reason: it moves}\n";
        let routes = routes::parse("routes.yaml", text).unwrap();
        assert!(routes.has_silences());
        let now = "2026-11-20T06:00:00Z".parse().unwrap();
        let found = silenced(&alarm(), &[], Some(&routes), now).unwrap();
        assert_eq!(
            (found.silence.as_str(), found.reason.as_str()),
            ("moving", "it moves")
        );
    }
}
