//! Tables and the bucket.

use serde_json::json;

use crate::load::{resource, resources, templates, word};

#[test]
fn every_table_is_on_demand_forgets_can_go_back_and_is_encrypted() {
    let tables = resources(templates().translated(), "AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 4);
    for table in tables {
        let properties = table.properties();
        assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST", "{}", table.id);
        assert_eq!(
            properties["TimeToLiveSpecification"],
            json!({"AttributeName": "expires_at", "Enabled": true}),
            "{}",
            table.id
        );
        assert_eq!(
            properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true,
            "{}",
            table.id
        );
        assert_eq!(
            properties["SSESpecification"]["SSEEnabled"], true,
            "{}",
            table.id
        );
        assert_eq!(
            table.body["UpdateReplacePolicy"], "Retain",
            "{}: a replacement must not lose what is in it",
            table.id
        );
    }
}

#[test]
fn tables_have_the_keys_of_the_formats() {
    for (table, partition, sort) in [
        ("ChainTable", "chain", "mark"),
        ("LedgerTable", "day", "row"),
        ("AlertsTable", "alert", "part"),
        ("RemediationTable", "target", "entry"),
    ] {
        let properties = resource(templates().translated(), table).properties();
        assert_eq!(
            properties["KeySchema"],
            json!([
                {"AttributeName": partition, "KeyType": "HASH"},
                {"AttributeName": sort, "KeyType": "RANGE"},
            ]),
            "{table}"
        );
    }
}

#[test]
fn what_stores_records_outlives_the_stack() {
    let template = templates().translated();
    let stores = [
        "AWS::DynamoDB::Table",
        "AWS::Kinesis::Stream",
        "AWS::S3::Bucket",
    ];
    let stores: Vec<_> = stores
        .iter()
        .flat_map(|kind| resources(template, kind))
        .collect();
    assert_eq!(stores.len(), 6);
    for store in stores {
        let policy = |name: &str| store.body[name].as_str();
        assert_eq!(
            policy("DeletionPolicy"),
            Some("RetainExceptOnCreate"),
            "{}",
            store.id
        );
        assert_eq!(
            policy("UpdateReplacePolicy"),
            Some("Retain"),
            "{}",
            store.id
        );
    }
}

#[test]
fn the_bucket_is_private_encrypted_forgets_and_wants_tls() {
    let properties = resource(templates().translated(), "QuarantineBucket").properties();
    assert_eq!(
        properties["PublicAccessBlockConfiguration"],
        json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
        })
    );
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(
        encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "AES256"
    );
    let rule = &properties["LifecycleConfiguration"]["Rules"][0];
    assert_eq!(rule["Status"], "Enabled");
    assert!(rule["ExpirationInDays"]["Fn::FindInMap"].is_array());
    // Our objects and Lambda's alike.
    assert!(rule["Prefix"].is_null() && rule["Filter"].is_null());

    let policy = resource(templates().translated(), "QuarantineBucketPolicy").properties();
    assert_eq!(word(&policy["Bucket"]), "Ref:QuarantineBucket");
    let statement = &policy["PolicyDocument"]["Statement"][0];
    assert_eq!(statement["Effect"], "Deny");
    assert_eq!(
        statement["Condition"],
        json!({"Bool": {"aws:SecureTransport": "false"}})
    );
}

#[test]
fn what_is_quarantined_is_kept_longer_than_the_stream_keeps_records() {
    let longest = 168 / 24;
    let environments = templates().source()["Mappings"]["Environments"]
        .as_object()
        .expect("a mapping");
    assert_eq!(environments.len(), 4);
    for (name, values) in environments {
        assert!(values["QuarantineDays"].as_u64() > Some(longest), "{name}");
        // A claim lives 400 days: as long as an object can be put back again, it is known that it was.
        assert!(
            values["QuarantineDays"].as_u64() < Some(400 - longest),
            "{name}"
        );
    }
}
