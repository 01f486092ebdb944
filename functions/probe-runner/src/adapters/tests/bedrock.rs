//! Bedrock, on the wire.

use wiremock::matchers::{body_json, header_regex, method, path};

use super::*;
use crate::{
    failure::Reason,
    ports::{AgentState, ReadAgent, ReadKnowledgeBase, Retrieve},
    targets::{AgentAddress, ResourceId},
};

const ALIAS: &str = "arn:aws:bedrock:eu-west-1:111122223333:agent-alias/AGENT12345/ALIAS12345";

fn address() -> AgentAddress {
    ALIAS.parse().unwrap()
}

fn base() -> ResourceId {
    "KB12345678".parse().unwrap()
}

/// Bedrock, with the adapters that reach it.
async fn bedrock() -> (MockServer, Adapters) {
    let server = MockServer::start().await;
    let adapters = Adapters::new(&sdk(&server.uri()), &config(None));
    (server, adapters)
}

/// A request that is signed for the service and the Region, with an answer.
async fn answers(
    server: &MockServer,
    (verb, at): (&str, &str),
    region: &str,
    status: u16,
    body: Value,
) {
    let scope = format!(
        "^AWS4-HMAC-SHA256 Credential=AKIDTEST/[0-9]{{8}}/{region}/bedrock/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{{64}}$"
    );
    Mock::given(method(verb))
        .and(path(at))
        .and(header_regex("authorization", &scope))
        .and(header_regex("x-amz-date", "^[0-9]{8}T[0-9]{6}Z$"))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .expect(1)
        .mount(server)
        .await;
}

const AGENT: (&str, &str) = ("GET", "/agents/AGENT12345/");
const ALIAS_OF_IT: (&str, &str) = ("GET", "/agents/AGENT12345/agentaliases/ALIAS12345/");
const GROUPS: (&str, &str) = ("POST", "/agents/AGENT12345/agentversions/3/actiongroups/");

#[tokio::test]
async fn an_agent_is_read_with_its_alias_and_the_groups_of_the_version_behind_it() {
    let (server, adapters) = bedrock().await;
    let region = "eu-west-1";
    let agent = json!({"agent": {"agentId": "AGENT12345", "agentStatus": "PREPARED", "agentVersion": "DRAFT"}});
    answers(&server, AGENT, region, 200, agent).await;
    let alias = json!({"agentAlias": {"agentAliasStatus": "PREPARED", "aliasInvocationState": "ACCEPT_INVOCATIONS",
        "routingConfiguration": [{"agentVersion": "3"}]}});
    answers(&server, ALIAS_OF_IT, region, 200, alias).await;
    let groups = json!({"actionGroupSummaries": [
        {"actionGroupId": "GROUP12345", "actionGroupName": "journeys", "actionGroupState": "ENABLED", "updatedAt": "2026-11-20T06:00:00Z"},
        {"actionGroupId": "GROUP12346", "actionGroupName": "reports", "actionGroupState": "DISABLED", "updatedAt": "2026-11-20T06:00:00Z"}]});
    answers(&server, GROUPS, region, 200, groups).await;
    let state = adapters.read_agent(&address()).await.unwrap();
    let group = |name: &str, state: &str| (name.to_owned(), state.to_owned());
    let expected = AgentState {
        agent: "PREPARED".to_owned(),
        alias: "PREPARED".to_owned(),
        rejects: false,
        action_groups: vec![group("journeys", "ENABLED"), group("reports", "DISABLED")],
    };
    assert_eq!(state, Some(expected));
}

#[tokio::test]
async fn a_draft_has_the_groups_of_the_draft_and_an_alias_may_reject_invocations() {
    let (server, adapters) = bedrock().await;
    let draft = ALIAS.replace("ALIAS12345", "TSTALIASID").parse().unwrap();
    let agent = json!({"agent": {"agentStatus": "NOT_PREPARED"}});
    answers(&server, AGENT, "eu-west-1", 200, agent).await;
    let alias = json!({"agentAlias": {"agentAliasStatus": "PREPARED", "aliasInvocationState": "REJECT_INVOCATIONS"}});
    let at = ("GET", "/agents/AGENT12345/agentaliases/TSTALIASID/");
    answers(&server, at, "eu-west-1", 200, alias).await;
    let at = (
        "POST",
        "/agents/AGENT12345/agentversions/DRAFT/actiongroups/",
    );
    let none = json!({"actionGroupSummaries": []});
    answers(&server, at, "eu-west-1", 200, none).await;
    let state = adapters.read_agent(&draft).await.unwrap().unwrap();
    assert!(state.rejects && state.action_groups.is_empty(), "{state:?}");
    assert_eq!(state.agent, "NOT_PREPARED");
}

#[tokio::test]
async fn what_does_not_exist_is_none_and_what_is_refused_says_why() {
    let message = |text: &str| json!({ "message": text });
    for (status, text, expected) in [
        (404, "no such agent", None),
        (
            403,
            "not authorized to perform: bedrock:GetAgent",
            Some(Reason::Refused),
        ),
        (400, "failed to satisfy constraint", Some(Reason::Refused)),
        (429, "too many requests", Some(Reason::Unavailable)),
        (500, "internal", Some(Reason::Unavailable)),
    ] {
        let (server, adapters) = bedrock().await;
        answers(&server, AGENT, "eu-west-1", status, message(text)).await;
        match (adapters.read_agent(&address()).await, expected) {
            (Ok(None), None) => {}
            (Err(failure), Some(reason)) => {
                assert_eq!(failure.reason, reason, "{status}");
                assert!(failure.to_string().contains(text), "{failure}");
            }
            (found, _) => panic!("{status}: {found:?}"),
        }
    }
    let (server, adapters) = bedrock().await;
    answers(&server, AGENT, "eu-west-1", 200, json!({"agent": {}})).await;
    let failure = adapters.read_agent(&address()).await.unwrap_err();
    assert_eq!(failure.reason, Reason::Answer);
}

#[tokio::test]
async fn a_knowledge_base_is_read_and_queried_in_the_functions_own_region() {
    let (server, adapters) = bedrock().await;
    let at = ("GET", "/knowledgebases/KB12345678");
    let found = json!({"knowledgeBase": {"knowledgeBaseId": "KB12345678", "status": "ACTIVE"}});
    answers(&server, at, "eu-central-1", 200, found).await;
    let status = adapters.read_knowledge_base(&base()).await.unwrap();
    assert_eq!(status.as_deref(), Some("ACTIVE"));

    let body = json!({"retrievalQuery": {"text": "hello"},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": 1}}});
    Mock::given(method("POST"))
        .and(path("/knowledgebases/KB12345678/retrieve"))
        .and(body_json(body))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"retrievalResults": []})))
        .expect(1)
        .mount(&server)
        .await;
    adapters.retrieve(&base(), "hello").await.unwrap();
}

#[tokio::test]
async fn a_query_of_a_store_that_does_not_answer_is_an_outage() {
    let (server, adapters) = bedrock().await;
    let at = ("POST", "/knowledgebases/KB12345678/retrieve");
    // DependencyFailedException is 424, and BadGatewayException 502.
    answers(
        &server,
        at,
        "eu-central-1",
        502,
        json!({"message": "the store"}),
    )
    .await;
    let failure = adapters.retrieve(&base(), "hello").await.unwrap_err();
    assert_eq!(failure.reason, Reason::Unavailable);
    server.reset().await;
    answers(
        &server,
        at,
        "eu-central-1",
        424,
        json!({"message": "the store"}),
    )
    .await;
    let failure = adapters.retrieve(&base(), "hello").await.unwrap_err();
    assert_eq!(failure.reason, Reason::Unavailable);
}
