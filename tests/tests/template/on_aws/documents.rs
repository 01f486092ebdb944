//! Commands of the documents, as AWS's own tools take them.

use crate::load::text;

/// The pages of the way from an account to the first message.
const PAGES: [&str; 6] = [
    "docs/deploy.md",
    "docs/deploy-accounts.md",
    "docs/deploy-channels.md",
    "docs/deploy-lifecycle.md",
    "docs/deploy-permissions.md",
    "docs/deploy-sources.md",
];

/// Version 1 of the AWS CLI fetches a parameter's value that is an address.
#[test]
fn a_webhooks_address_is_not_given_on_the_command_line() {
    let others = ["README.md", "docs/not-proven-without-aws.md"];
    for path in PAGES.into_iter().chain(others) {
        let document = text(path);
        assert!(!document.contains("--value \"$WEBHOOK"), "{path}");
        assert!(!document.contains("--value https://"), "{path}");
    }
    assert!(text("docs/deploy.md").contains("--cli-input-json"));
}

#[test]
fn the_documents_say_how_events_of_other_accounts_and_clusters_arrive() {
    let deploy: String = PAGES.map(text).concat();
    for words in [
        "default event bus",
        "opt-in Region",
        "ClusterTopic",
        "aws kinesis delete-stream",
        "configuration set",
    ] {
        assert!(deploy.contains(words), "{words}");
    }
}

#[test]
fn deploy_md_leads_to_every_page_and_none_is_long() {
    let first = text("docs/deploy.md");
    for path in PAGES {
        let name = path.trim_start_matches("docs/");
        assert!(
            path == PAGES[0] || first.contains(&format!("({name}")),
            "{name}"
        );
        let lines = text(path).lines().count();
        assert!(lines <= 250, "{path}: {lines} lines");
    }
}

/// What a template retains is listed with its cost; a resource without `DeletionPolicy` goes with the stack.
#[test]
fn what_stays_after_a_stack_is_listed() {
    let page = text("docs/deploy-lifecycle.md");
    for (template, words) in [
        (
            "template.yaml",
            &[
                "the stream",
                "chain table",
                "usage ledger, alerts table, remediation table",
                "quarantine bucket",
            ][..],
        ),
        (
            "workloads/web-api/template.yaml",
            &["log archive of `web-api`"],
        ),
        (
            "workloads/scheduling-agent/template.yaml",
            &["canary's bucket", "`SchedulingAgentLogGroupPrefix`"],
        ),
    ] {
        assert!(
            text(template).contains("DeletionPolicy: RetainExceptOnCreate"),
            "{template}"
        );
        for word in words {
            assert!(page.contains(word), "{word}");
        }
    }
    let others = [
        "account.yaml",
        "service-events.yaml",
        "workloads/bedrock-usage/template.yaml",
        "workloads/picket/template.yaml",
    ];
    for template in others {
        assert!(!text(template).contains("DeletionPolicy"), "{template}");
    }
    let retained = text("template.yaml")
        .matches("DeletionPolicy: RetainExceptOnCreate")
        .count();
    assert_eq!(retained, 6, "docs/deploy-lifecycle.md lists six");
}
