//! Commands of the documents, as AWS's own tools take them.

use crate::load::text;

/// Version 1 of the AWS CLI fetches a parameter's value that is an address.
#[test]
fn a_webhooks_address_is_not_given_on_the_command_line() {
    for path in [
        "README.md",
        "docs/deploy.md",
        "docs/not-proven-without-aws.md",
    ] {
        let document = text(path);
        assert!(!document.contains("--value \"$WEBHOOK"), "{path}");
        assert!(!document.contains("--value https://"), "{path}");
    }
    assert!(text("docs/deploy.md").contains("--cli-input-json"));
}

#[test]
fn the_documents_say_how_events_of_other_accounts_and_clusters_arrive() {
    let deploy = text("docs/deploy.md");
    for words in [
        "default event bus",
        "opt-in Region",
        "ClusterTopic",
        "aws kinesis delete-stream",
        "configuration set",
    ] {
        assert!(deploy.contains(words), "docs/deploy.md: {words}");
    }
}
