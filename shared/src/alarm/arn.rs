/// The parts of an alarm's ARN: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:Name`.
pub(super) struct Parts<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) name: &'a str,
}

/// The name in an alarm's ARN, colons included; `None` where `arn` is not an alarm's.
pub fn name_in_arn(arn: &str) -> Option<&str> {
    parts(arn).map(|parts| parts.name)
}

/// The parts, or `None` where `arn` is not an alarm's.
pub(super) fn parts(arn: &str) -> Option<Parts<'_>> {
    // A name may hold colons, so the seventh part takes the rest.
    let mut pieces = arn.splitn(7, ':');
    let mut next = || pieces.next().filter(|piece| !piece.is_empty());
    let (scheme, partition, service) = (next()?, next()?, next()?);
    let (region, account, kind) = (next()?, next()?, next()?);
    let name = next()?;
    (scheme == "arn" && service == "cloudwatch" && kind == "alarm").then_some(Parts {
        partition,
        region,
        account,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_is_read_and_a_name_may_hold_colons() {
        for (arn, expected) in [
            (
                "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
                ("aws", "us-east-1"),
            ),
            (
                "arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a:b",
                ("aws-cn", "cn-north-1"),
            ),
            (
                "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:a",
                ("aws-us-gov", "us-gov-west-1"),
            ),
            (
                "arn:aws-eusc:cloudwatch:eusc-de-east-1:123456789012:alarm:a",
                ("aws-eusc", "eusc-de-east-1"),
            ),
        ] {
            let parts = parts(arn).unwrap();
            assert_eq!((parts.partition, parts.region), expected);
            assert_eq!(parts.account, "123456789012");
            assert_eq!(parts.name, arn.split_once(":alarm:").unwrap().1);
        }
    }

    #[test]
    fn a_name_is_read_out_of_its_arn() {
        for (arn, name) in [
            (
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a b",
                Some("a b"),
            ),
            (
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a:b",
                Some("a:b"),
            ),
            ("", None),
        ] {
            assert_eq!(name_in_arn(arn), name);
        }
    }

    #[test]
    fn what_is_not_an_alarms_arn_has_no_parts() {
        for arn in [
            "",
            "arn",
            "arn:aws:sns:us-east-1:123456789012:alarm:a",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
            "arn:aws:cloudwatch::123456789012:alarm:a",
            "arn:aws:cloudwatch:us-east-1:123456789012:dashboard:a",
        ] {
            assert!(parts(arn).is_none(), "{arn}");
        }
    }
}
