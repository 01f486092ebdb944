use picket_shared::report::ErrorChain;

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

async fn fault(answer: StubResponse) -> Fault {
    let server = Server::answering([answer]).await;
    let client = aws_sdk_dynamodb::Client::new(&server.config(connector()));
    let table = Resource::new(
        "chain table",
        "chain-1",
        "deploy the stack or correct CHAIN_TABLE",
    );
    let error = client.list_tables().send().await.unwrap_err();
    Fault::of(&table, "read", error)
}

#[tokio::test]
async fn a_fault_says_what_to_what_and_what_to_do() {
    let cases = [
        (
            400,
            "ResourceNotFoundException",
            FaultKind::Permanent,
            "the chain table chain-1 does not exist; deploy the stack or correct CHAIN_TABLE",
        ),
        (
            400,
            "AccessDeniedException",
            FaultKind::Permanent,
            "this function may not read the chain table chain-1; allow it in the function's role",
        ),
        (
            400,
            "ThrottlingException",
            FaultKind::Transient,
            "could not read the chain table chain-1 now (ThrottlingException); it is tried again",
        ),
        (
            503,
            "Anything",
            FaultKind::Transient,
            "could not read the chain table chain-1 now (Anything); it is tried again",
        ),
        (
            400,
            "ValidationException",
            FaultKind::Permanent,
            "could not read the chain table chain-1: AWS refused the request (ValidationException)",
        ),
    ];
    for (status, code, kind, sentence) in cases {
        let fault = fault(StubResponse::error(status, code)).await;
        assert_eq!((fault.kind(), fault.to_string().as_str()), (kind, sentence));
        let chain = ErrorChain(&fault).to_string();
        assert!(
            chain.starts_with(sentence) && chain.contains("as configured"),
            "{chain}"
        );
    }
}

#[tokio::test]
async fn what_does_not_answer_is_a_transient_error() {
    let server = Server::answering([StubResponse::ok("{}")]).await;
    let config = server.config(connector());
    drop(server);
    let client = aws_sdk_dynamodb::Client::new(
        &config
            .into_builder()
            .endpoint_url("http://127.0.0.1:1")
            .build(),
    );
    let table = Resource::new("chain table", "chain-1", "deploy the stack");
    let error = client.list_tables().send().await.unwrap_err();
    let fault = Fault::of(&table, "read", error);
    assert!(fault.is_transient());
    assert_eq!(
        fault.to_string(),
        "could not read the chain table chain-1: it did not answer"
    );
}
