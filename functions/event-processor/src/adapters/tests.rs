use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::{
    error::ErrorMetadata,
    operation::{put_item::PutItemError, query::QueryError},
    types::error::ResourceNotFoundException,
};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, RuleMode, create_mock_http_client, mock};
use picket_shared::chain::Body;

use super::*;

fn config() -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        chain_table: "picket-chains".into(),
        quarantine_bucket: "picket-quarantine".into(),
        retention: "24".parse().unwrap(),
        override_bucket: None,
    }
}

/// Adapters on clients that answer by these rules and reach no network.
fn adapters(rules: &[&Rule]) -> Adapters {
    let mocks = || {
        let none = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
        rules.iter().fold(none, |mocks, rule| mocks.with_rule(rule))
    };
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
            "a", "b", None,
        )))
        .http_client(create_mock_http_client())
        .build();
    let dynamodb = aws_sdk_dynamodb::config::Builder::from(&aws)
        .interceptor(mocks())
        .build();
    let s3 = aws_sdk_s3::config::Builder::from(&aws)
        .interceptor(mocks())
        .build();
    Adapters::with_clients(
        aws_sdk_dynamodb::Client::from_conf(dynamodb),
        aws_sdk_s3::Client::from_conf(s3),
        OverrideBucket::new(&aws, None, "picket-dev"),
        &config(),
    )
}

fn chain() -> ChainId {
    ChainId::new("events", "shardId-000000000000").unwrap()
}

fn slice() -> Slice {
    Slice {
        chain: chain(),
        before: Position::start(),
        first: Position::new("1", 0).unwrap(),
        after: Position::new("2", 0).unwrap(),
        committed_at: Timestamp::UNIX_EPOCH,
        body: Body::default(),
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named_with_what_to_do() {
    let missing = || {
        let code = ErrorMetadata::builder()
            .code("ResourceNotFoundException")
            .build();
        ResourceNotFoundException::builder().meta(code).build()
    };
    let query = mock!(aws_sdk_dynamodb::Client::query)
        .then_error(move || QueryError::ResourceNotFoundException(missing()));
    let put = mock!(aws_sdk_dynamodb::Client::put_item)
        .then_error(move || PutItemError::ResourceNotFoundException(missing()));
    let adapters = adapters(&[&query, &put]);
    let faults = [
        adapters.read_mark(&chain()).await.unwrap_err(),
        adapters
            .read_beyond(&chain(), &Position::start())
            .await
            .unwrap_err(),
        adapters
            .read_newest(&chain(), Timestamp::UNIX_EPOCH)
            .await
            .unwrap_err(),
        adapters.commit(&slice()).await.unwrap_err(),
        adapters
            .register(&chain(), Timestamp::UNIX_EPOCH)
            .await
            .unwrap_err(),
    ];
    for fault in faults {
        assert!(!fault.is_transient());
        assert_eq!(
            fault.to_string(),
            "the chain table picket-chains does not exist; deploy the stack or correct CHAIN_TABLE"
        );
    }
}

#[tokio::test]
async fn an_object_goes_to_its_key() {
    let put = mock!(aws_sdk_s3::Client::put_object)
        .match_requests(|request| {
            request.bucket() == Some("picket-quarantine") && request.key() == Some("records/a")
        })
        .then_output(|| aws_sdk_s3::operation::put_object::PutObjectOutput::builder().build());
    let adapters = adapters(&[&put]);
    let object = Object {
        key: "records/a".into(),
        body: "{}\n".into(),
    };
    adapters.put_object(&object).await.unwrap();
    assert_eq!(put.num_calls(), 1);
}
