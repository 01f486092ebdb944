//! GuardDuty: findings, malware scans, runtime coverage.

mod sequence;

use sequence::Sequence;

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    draft::number,
};

/// GuardDuty's bands: Low from 1, Medium from 4, High from 7, Critical from 9.
pub(super) fn band(severity: f64) -> &'static str {
    match severity {
        _ if severity >= 9.0 => "CRITICAL",
        _ if severity >= 7.0 => "HIGH",
        _ if severity >= 4.0 => "MEDIUM",
        _ => "LOW",
    }
}

/// Returns the status of a finding's severity, in any of the words that the scanners use.
pub(super) fn status(band: &str) -> Status {
    match band.to_ascii_uppercase().as_str() {
        "FATAL" | "CRITICAL" | "HIGH" | "MEDIUM" => Status::Bad,
        _ => Status::Neutral,
    }
}

/// The fields that name the affected resource: the first that the finding has is shown.
const RESOURCES: [&str; 12] = [
    "instanceDetails/instanceId",
    "accessKeyDetails/userName",
    "s3BucketDetails/0/name",
    "eksClusterDetails/name",
    "ecsClusterDetails/name",
    "rdsDbInstanceDetails/dbInstanceIdentifier",
    "lambdaDetails/functionName",
    "kubernetesDetails/kubernetesWorkloadDetails/name",
    "containerDetails/name",
    "ebsVolumeDetails/scannedVolumeDetails/0/volumeArn",
    "accessKeyDetails/principalId",
    "resourceType",
];
const ACTIONS: [&str; 6] = [
    "networkConnectionAction",
    "awsApiCallAction",
    "portProbeAction/portProbeDetails/0",
    "kubernetesApiCallAction",
    "rdsLoginAttemptAction",
    "dnsRequestAction",
];

pub(super) fn finding(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let severity = detail.number("severity");
    let band = severity.map_or("FINDING", band);
    let state = severity.map_or(band.to_owned(), |severity| {
        format!("{band} {}", number::value(severity))
    });
    let title = detail
        .first(&["title", "type"])
        .unwrap_or_else(|| "a finding".to_owned());
    let sequence = Sequence::of(detail);
    let is_archived = detail.at("service/archived").value().as_bool() == Some(true);
    event
        .notice(&state, format!("GuardDuty: {title}"))
        .status(if is_archived {
            Status::Neutral
        } else {
            status(band)
        })
        .location(
            Location::new(detail.text("accountId"), detail.text("region")).or(event.location()),
        )
        .because(
            detail
                .text("description")
                .or_else(|| sequence.description()),
        )
        .code("Type", detail.text("type"))
        .code(
            "Resource",
            sequence
                .names()
                .or_else(|| detail.at("resource").first(&RESOURCES)),
        )
        .field("Actor", sequence.actors())
        .field("Remote", remote(detail).or_else(|| sequence.endpoints()))
        .field(
            "Seen",
            detail
                .number("service/count")
                .filter(|count| *count > 1.0)
                .map(|count| format!("{} times", number::value(count))),
        )
        .field("First seen", detail.text("service/eventFirstSeen"))
        .field("Last seen", detail.text("service/eventLastSeen"))
        .lines("Signals", sequence.signals())
        .lines("Resources", sequence.resources())
        .lines("Indicators", sequence.indicators())
        .at(detail.timestamp("service/eventFirstSeen"))
        .tags(detail.at("resource").pairs("instanceDetails/tags"))
        .console_of(
            "Open in GuardDuty",
            "guardduty/home?region={region}#/findings?macros=current&fId={}",
            detail.text("id").as_deref(),
        )
        .incident(detail.first(&["arn", "id"]))
}

/// `198.51.100.7, Peru`
fn remote(detail: Node<'_>) -> Option<String> {
    let action = |name: &&str| {
        let remote = detail.at(&format!("service/action/{name}/remoteIpDetails"));
        let country = remote
            .text("country/countryName")
            .map(|country| format!(", {country}"));
        Some(remote.text("ipAddressV4")? + &country.unwrap_or_default())
    };
    ACTIONS
        .iter()
        .find_map(action)
        .or_else(|| detail.text("service/action/dnsRequestAction/domain"))
}

pub(super) fn malware(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let status = detail
        .first(&[
            "scanResultDetails/scanResultStatus",
            "scanStatus",
            "resourceStatus",
            "status",
        ])
        .unwrap_or_else(|| {
            event
                .detail_type
                .rsplit(' ')
                .next()
                .unwrap_or("SCAN")
                .to_owned()
        });
    let (bucket, key) = (
        detail
            .text("s3ObjectDetails/bucketName")
            .or_else(|| detail.text("s3BucketDetails/bucketName")),
        detail.text("s3ObjectDetails/objectKey"),
    );
    let object = match (&bucket, &key) {
        (Some(bucket), Some(key)) => format!("s3://{bucket}/{key}"),
        (Some(bucket), None) => format!("s3://{bucket}"),
        _ => detail
            .first(&["resourceArn", "resourceType"])
            .unwrap_or_else(|| "a resource".to_owned()),
    };
    let threats = detail.each("scanResultDetails/threats", "name");
    event
        .notice(&status, format!("Malware scan of {object}"))
        .because(
            threats
                .map(|threats| format!("Threats: {threats}"))
                .or_else(|| {
                    detail.first(&["statusReason", "statusReasons/0/code", "errorMessage"])
                }),
        )
        .field("Scan", detail.text("scanStatus"))
        .field("Result", detail.text("scanResultDetails/scanResultStatus"))
        .code("Bucket", bucket)
        .code("Object", key)
        .code("Version", detail.text("s3ObjectDetails/versionId"))
        .code("Plan", event.resource())
        .console(
            "Open in GuardDuty",
            "guardduty/home?region={region}#/malware-scans",
        )
}

pub(super) fn coverage(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let status = detail.first(&["currentStatus"]).unwrap_or_else(|| {
        event
            .detail_type
            .rsplit(' ')
            .next()
            .unwrap_or("CHANGED")
            .to_owned()
    });
    let names = [
        "resourceDetails/eksClusterDetails/clusterName",
        "resourceDetails/ecsClusterDetails/clusterName",
        "resourceDetails/ec2InstanceDetails/instanceId",
        "resourceDetails/resourceType",
    ];
    event
        .notice(
            &status,
            format!(
                "GuardDuty runtime coverage of {}",
                detail
                    .first(&names)
                    .unwrap_or_else(|| "a resource".to_owned())
            ),
        )
        .because(detail.first(&[
            "issue",
            "issues",
            "resourceDetails/ecsClusterDetails/fargateDetails/issues",
            "resourceDetails/eksClusterDetails/addonDetails/addonStatus",
        ]))
        .field("Was", detail.text("previousStatus"))
        .field("Resource type", detail.text("resourceDetails/resourceType"))
        .at(detail.timestamp("lastUpdatedAt"))
        .console(
            "Open in GuardDuty",
            "guardduty/home?region={region}#/runtime-monitoring",
        )
}
