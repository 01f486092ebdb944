//! Links into the AWS console.

use std::fmt::Write;

use picket_shared::alarm::Alarm;

use crate::mrkdwn::Link;

/// The alarm's page; the list of the region's alarms where the alarm's name makes an address too long for Slack. `None` for a
/// partition whose console is unknown, and for an alarm that does not say where it lives: no link rather than a wrong one.
pub(crate) fn alarm_link(alarm: &Alarm) -> Option<Link> {
    let home = home(&alarm.partition, &alarm.region).filter(|_| !alarm.arn.is_empty())?;
    let page = format!("{home}#alarmsV2:alarm/{}", fragment(&alarm.name));
    Link::new("Open in CloudWatch", &page)
        .or_else(|| Link::new("Alarms in CloudWatch", &format!("{home}#alarmsV2:")))
}

/// CloudWatch's address in the console of a region.
fn home(partition: &str, region: &str) -> Option<String> {
    let host = match partition {
        "aws" => format!("{region}.console.aws.amazon.com"),
        "aws-cn" => "console.amazonaws.cn".to_owned(),
        "aws-us-gov" => "console.amazonaws-us-gov.com".to_owned(),
        _ => return None,
    };
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_region = !region.is_empty() && region.bytes().all(legal);
    is_region.then(|| format!("https://{host}/cloudwatch/home?region={region}"))
}

/// The console wants names percent-encoded with `$` in place of `%`.
fn fragment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "${byte:02X}").expect("a String takes all that is written to it");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mrkdwn::Mrkdwn, testing};

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
