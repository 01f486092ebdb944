//! Security Hub: every finding of an event, an insight's results, and findings that come without an event. A finding has
//! the AWS Security Finding Format, whose names are in capitals, or the Open Cybersecurity Schema Framework, which
//! "Findings Imported V2" events have
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html>; the fields are those
//! of `OcsfStringFilter` in the API reference).

mod insight;
mod severity;

use insight::insight;
use severity::{label, rank};

use super::guardduty::status;
use crate::decode::event::{Event, last_part};
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status, encoded},
};

pub(super) fn is_bare(document: Node<'_>) -> bool {
    let is_finding = |finding: Node<'_>| {
        finding.has_all(&["SchemaVersion", "ProductArn"])
            || finding.has_all(&["finding_info", "metadata/product"])
    };
    let of_a_list = |path: &str| document.list(path).first().copied().is_some_and(is_finding);
    is_finding(document)
        || is_finding(document.at("0"))
        || of_a_list("findings")
        || of_a_list("Findings")
}

pub(super) fn bare(document: Node<'_>) -> Notice {
    let lists = [document.list("findings"), document.list("Findings")];
    let listed = lists.into_iter().find(|list| !list.is_empty());
    let findings = listed.unwrap_or_else(|| match document.value().as_array() {
        Some(list) => list.iter().map(Node::new).collect(),
        None => vec![document],
    });
    of_findings(&findings, Location::default())
}

pub(super) fn read(event: &Event<'_>) -> Notice {
    let findings = event.detail.list("findings");
    if findings.is_empty() {
        return insight(event);
    }
    let notice = of_findings(&findings, event.location());
    let at = notice.at.or(event.whole.timestamp("time"));
    notice.at(at)
}

fn of_findings(findings: &[Node<'_>], location: Location) -> Notice {
    let worst = findings
        .iter()
        .copied()
        .max_by_key(|finding| rank(*finding))
        .unwrap_or_else(|| findings[0]);
    let label = label(worst);
    let resolved = ENDED.iter().any(|(path, words)| {
        let word = worst.str(path);
        words.iter().any(|ended| word.eq_ignore_ascii_case(ended))
    });
    let product = worst
        .first(&PRODUCTS)
        .unwrap_or_else(|| "Security Hub".to_owned());
    let title = worst
        .first(&["Title", "finding_info/title", "Types/0", "Id"])
        .unwrap_or_else(|| "a finding".to_owned());
    let subject = match findings.len() {
        1 => format!("{product}: {title}"),
        count => format!("{product}: {count} findings, the worst: {title}"),
    };
    let mut sorted = findings.to_vec();
    sorted.sort_by_key(|finding| std::cmp::Reverse(rank(*finding)));
    let lines: Vec<String> = sorted.into_iter().map(line).collect();
    let own = Location::new(
        worst.first(&["AwsAccountId", "cloud/account/uid"]),
        worst.first(&["Region", "cloud/region"]),
    );
    let notice = Notice::new(&label, subject)
        .status(if resolved {
            Status::Good
        } else {
            status(&label)
        })
        .location(own.or(location))
        .because(worst.first(&["Description", "finding_info/desc"]))
        .code(
            "Resource",
            worst
                .each("Resources", "Id")
                .or_else(|| worst.each("resources", "uid")),
        )
        .field(
            "Compliance",
            worst.first(&["Compliance/Status", "compliance/status"]),
        )
        .field("Workflow", worst.text("Workflow/Status"))
        .field("Status", worst.text("status"))
        .field("Record", worst.text("RecordState"))
        .field("Product", Some(product))
        .code(
            "Control",
            worst.first(&[
                "Compliance/SecurityControlId",
                "GeneratorId",
                "compliance/control",
            ]),
        )
        .code(
            "Vulnerability",
            worst
                .each("Vulnerabilities", "Id")
                .or_else(|| worst.each("vulnerabilities", "cve/uid")),
        )
        .lines(
            &format!("All {} findings", lines.len()),
            if lines.len() > 1 { lines } else { Vec::new() },
        )
        .lines("Signals", signals(worst))
        .prose(worst.first(&["Remediation/Recommendation/Text", "remediation/desc"]))
        .at(SINCE.iter().find_map(|path| worst.timestamp(path)))
        .tags(tags(worst))
        .link(
            "Open the finding",
            worst.first(&["SourceUrl", "finding_info/src_url"]),
        );
    let notice = match worst.text("Id") {
        Some(id) => notice.console_of("Open in Security Hub", FINDING, Some(&encoded(&id))),
        None => notice.console("Open in Security Hub", CONSOLE_V2),
    };
    notice
        .link(
            "Remediation",
            worst.first(&["Remediation/Recommendation/Url", "remediation/references/0"]),
        )
        .incident(worst.first(&["Id", "finding_info/uid"]))
}

/// Where a finding says that it has ended, and in which words.
const ENDED: [(&str, &[&str]); 6] = [
    ("RecordState", &["ARCHIVED"]),
    ("Workflow/Status", &["RESOLVED"]),
    ("Compliance/Status", &["PASSED"]),
    ("status", &["Resolved", "Archived"]),
    ("compliance/status", &["Pass"]),
    ("activity_name", &["Close"]),
];
/// Where it names the product that found it.
const PRODUCTS: [&str; 4] = [
    "ProductName",
    "ProductFields/aws~1securityhub~1ProductName",
    "metadata/product/name",
    "metadata/product/vendor_name",
];
/// Where it says when it began.
const SINCE: [&str; 5] = [
    "FirstObservedAt",
    "CreatedAt",
    "finding_info/first_seen_time_dt",
    "finding_info/created_time_dt",
    "time_dt",
];
/// The page of a finding of Security Hub CSPM, by its id.
const FINDING: &str = "securityhub/home?region={region}#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253A{}";
/// The console of Security Hub, which has the findings of the open schema.
const CONSOLE_V2: &str = "securityhub/v2/home?region={region}";

fn tags(finding: Node<'_>) -> Vec<(String, String)> {
    let tags = finding.pairs("Resources/0/Tags");
    if tags.is_empty() {
        finding.pairs("resources/0/tags")
    } else {
        tags
    }
}

/// The signals of GuardDuty's attack sequences
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Sequence.html>).
fn signals(finding: Node<'_>) -> Vec<String> {
    let signals = finding.list("Detection/Sequence/Signals");
    let name = |signal: Node<'_>| signal.first(&["Title", "Name", "Type", "Id"]);
    signals.into_iter().filter_map(name).collect()
}

fn line(finding: Node<'_>) -> String {
    let resource = finding
        .first(&["Resources/0/Id", "resources/0/uid"])
        .map(|id| format!(" at {}", last_part(&id)));
    let title = finding
        .first(&["Title", "finding_info/title", "Id"])
        .unwrap_or_default();
    format!(
        "{} · {title}{}",
        label(finding),
        resource.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests;
