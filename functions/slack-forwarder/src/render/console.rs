//! Links into the AWS console.

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::{Alarm, Metric, Watches};

use crate::{
    decode::notice::{Location, encoded, escaped},
    draft::mrkdwn::Link,
};

/// The alarm's page; the list of the region's alarms where the alarm's name makes an address too long for Slack. `None`
/// for a partition whose console is unknown, and for an alarm that does not say where it lives: no link rather than a
/// wrong one.
pub(crate) fn alarm_link(alarm: &Alarm) -> Option<Link> {
    let home = home(&alarm.partition, &alarm.region).filter(|_| !alarm.arn.is_empty())?;
    let page = format!("{home}#alarmsV2:alarm/{}", fragment(&alarm.name));
    Link::new("Open in CloudWatch", &page)
        .or_else(|| Link::new("Alarms in CloudWatch", &format!("{home}#alarmsV2:")))
}

/// How far a graph or a log search reaches around a change: what led to it, and what came of it.
const BEFORE: SignedDuration = SignedDuration::from_hours(3);
/// See [`BEFORE`].
const AFTER: SignedDuration = SignedDuration::from_hours(1);

/// The metric's graph around the change. `None` for what is no single metric.
pub(crate) fn graph_link(alarm: &Alarm) -> Option<Link> {
    let Watches::Metric(metric, _) = &alarm.watches else {
        return None;
    };
    let home = home(&alarm.partition, &alarm.region)?;
    let account = match foreign_account(alarm, metric) {
        Some(account) if is_account(account) => format!("~(accountId~'{account})"),
        Some(_) => return None,
        None => String::new(),
    };
    let (start, end) = window(alarm.changed_at);
    let dimensions: Vec<String> = metric
        .dimensions
        .iter()
        .map(|(name, value)| format!("~'{}~'{}", starred(name), starred(value)))
        .collect();
    let dimensions = dimensions.concat();
    let graph = format!(
        "~(metrics~(~(~'{}~'{}{dimensions}{account}))~stat~'{}~period~{}~region~'{}~start~'{}~end~'{}~view~'timeSeries)",
        starred(&metric.namespace),
        starred(&metric.name),
        starred(metric.statistic.as_deref().unwrap_or("Average")),
        metric.period.unwrap_or(300),
        starred(&alarm.region),
        starred(&start.to_string()),
        starred(&end.to_string()),
    );
    Link::new("Graph", &format!("{home}#metricsV2:graph={graph}"))
}

/// The log group of the Lambda function that the metric is of, around the change: the one namespace whose log group is
/// known from the metric.
pub(crate) fn logs_link(alarm: &Alarm) -> Option<Link> {
    let Watches::Metric(metric, _) = &alarm.watches else {
        return None;
    };
    let home = home(&alarm.partition, &alarm.region)?;
    let of_function =
        |(name, value): &&(String, String)| name == "FunctionName" && !value.is_empty();
    let (_, function) = metric.dimensions.iter().find(of_function)?;
    // The log group of a function of another account is there.
    if metric.namespace != "AWS/Lambda" || foreign_account(alarm, metric).is_some() {
        return None;
    }
    let (start, end) = window(alarm.changed_at);
    // The console encodes a log group's name twice.
    let group = fragment(&encoded(&format!("/aws/lambda/{function}")));
    let query = format!(
        "?start={}&end={}",
        start.as_millisecond(),
        end.as_millisecond()
    );
    let page = format!(
        "{home}#logsV2:log-groups/log-group/{group}/log-events{}",
        fragment(&query)
    );
    Link::new("Logs", &page)
}

/// The account that a metric belongs to, where it is not the alarm's.
pub(super) fn foreign_account<'a>(alarm: &Alarm, metric: &'a Metric) -> Option<&'a str> {
    let account = metric.account.as_deref();
    account.filter(|account| *account != alarm.account)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn window(at: Timestamp) -> (Timestamp, Timestamp) {
    let earlier = at.checked_sub(BEFORE).unwrap_or(at);
    let later = at.checked_add(AFTER).unwrap_or(at);
    (earlier, later)
}

/// CloudWatch's address in the console of a region.
fn home(partition: &str, region: &str) -> Option<String> {
    Location::in_partition(partition, region).console("cloudwatch/home?region={region}")
}

/// The console wants names percent-encoded with `$` in place of `%`.
fn fragment(name: &str) -> String {
    escaped(name, '$')
}

/// In a graph's address, `*` takes the place of `%`.
fn starred(text: &str) -> String {
    escaped(text, '*').replace('~', "*7E")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{draft::mrkdwn::Mrkdwn, testing};

    fn shown(name: &str, partition: &str, region: &str) -> Option<String> {
        let alarm = testing::alarm_in(name, partition, region);
        alarm_link(&alarm).map(|link| Mrkdwn::new().link(link).write(3_000))
    }

    #[test]
    fn the_link_opens_whatever_the_name_and_wherever_the_alarm() {
        for (name, partition, region, expected) in [
            (
                "orders",
                "aws",
                "eu-west-1",
                "<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/orders|Open in CloudWatch>",
            ),
            (
                "ecs/service/up scale",
                "aws",
                "us-east-1",
                "<https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/ecs$2Fservice$2Fup$20scale|Open in CloudWatch>",
            ),
            (
                "a|b>c",
                "aws-cn",
                "cn-north-1",
                "<https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#alarmsV2:alarm/a$7Cb$3Ec|Open in CloudWatch>",
            ),
            (
                "ü",
                "aws-us-gov",
                "us-gov-west-1",
                "<https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#alarmsV2:alarm/$C3$BC|Open in CloudWatch>",
            ),
        ] {
            assert_eq!(shown(name, partition, region).as_deref(), Some(expected));
        }
    }

    #[test]
    fn graph_and_logs_open_around_the_change() {
        let mut alarm = testing::alarm_in("a", "aws", "eu-west-1");
        let Watches::Metric(metric, _) = &mut alarm.watches else {
            panic!("one metric");
        };
        metric.namespace = "AWS/Lambda".to_owned();
        metric.dimensions = vec![("FunctionName".to_owned(), "orders".to_owned())];
        let shown = |link: Option<Link>| Mrkdwn::new().link(link.unwrap()).write(3_000);
        assert_eq!(
            shown(logs_link(&alarm)),
            "<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders/log-events$3Fstart$3D1795143792345$26end$3D1795158192345|Logs>"
        );
        assert_eq!(
            shown(graph_link(&alarm)),
            "<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#metricsV2:graph=~(metrics~(~(~'AWS*2FLambda~'Duration~'FunctionName~'orders))~stat~'Average~period~60~region~'eu-west-1~start~'2026-11-20T03*3A03*3A12.345Z~end~'2026-11-20T07*3A03*3A12.345Z~view~'timeSeries)|Graph>"
        );
    }

    #[test]
    fn a_metric_of_another_account_has_no_logs_here_and_a_graph_of_that_account() {
        let links = |account: Option<&str>| {
            let mut alarm = testing::alarm_in("a", "aws", "eu-west-1");
            let Watches::Metric(metric, _) = &mut alarm.watches else {
                panic!("one metric");
            };
            metric.account = account.map(str::to_owned);
            metric.namespace = "AWS/Lambda".to_owned();
            metric.dimensions = vec![("FunctionName".to_owned(), "orders".to_owned())];
            let graph = graph_link(&alarm).map(|link| Mrkdwn::new().link(link).write(3_000));
            (
                graph,
                logs_link(&alarm).is_some(),
                alarm_link(&alarm).is_some(),
            )
        };
        for own in [None, Some("111122223333")] {
            let (graph, has_logs, has_alarm) = links(own);
            assert!(!graph.unwrap().contains("accountId"), "{own:?}");
            assert!(has_logs && has_alarm, "{own:?}");
        }
        let (graph, has_logs, has_alarm) = links(Some("444455556666"));
        let graph = graph.unwrap();
        assert!(
            graph.contains("~'FunctionName~'orders~(accountId~'444455556666)))~stat~"),
            "{graph}"
        );
        assert!(!has_logs && has_alarm);
        for forged in ["", "44445555666", "44445555666x", "444455556666))~evil"] {
            let (graph, has_logs, _) = links(Some(forged));
            assert!(graph.is_none() && !has_logs, "{forged}");
        }
    }

    #[test]
    fn a_name_too_long_for_a_link_leads_to_the_list() {
        let link = shown(&"漢".repeat(255), "aws", "eu-west-1").unwrap();
        assert!(link.ends_with("#alarmsV2:|Alarms in CloudWatch>"), "{link}");
    }

    #[test]
    fn there_is_no_link_rather_than_a_wrong_one() {
        assert_eq!(shown("a", "aws-iso", "us-iso-east-1"), None);
        assert_eq!(shown("a", "aws", "US East (Ohio)"), None);
        let mut alarm = testing::alarm_in("a", "aws", "eu-west-1");
        alarm.arn.clear();
        assert_eq!(alarm_link(&alarm), None);
    }
}
