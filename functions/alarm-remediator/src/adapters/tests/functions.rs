//! Functions on the wire.

use serde_json::json;

use super::*;
use crate::actions::diagnose::{Function, ReadFunction};

#[tokio::test]
async fn a_function_is_read_by_its_alias() {
    let body = json!({
        "FunctionName": "checkout",
        "LastModified": "2026-11-20T05:48:00.123+0000",
        "Version": "7",
        "Timeout": 3,
        "MemorySize": 256,
        "State": "Active",
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": {"LogGroup": "/checkout"},
        "Environment": {"Variables": {"PASSWORD": "hunter2"}},
    });
    let (ports, server) = answering(200, body).await;
    let expected = Function {
        modified_at: Some(at("2026-11-20T05:48:00.123Z")),
        version: "7".into(),
        timeout_seconds: 3,
        memory_mb: 256,
        state: "Active".into(),
        is_traced: true,
        log_group: "/checkout".into(),
    };
    let found = ports.function("checkout", Some("live")).await.unwrap();
    assert_eq!(found, Some(expected));
    let sent = server.received_requests().await.unwrap().remove(0);
    assert_eq!(
        sent.url.path(),
        "/2015-03-31/functions/checkout/configuration"
    );
    assert_eq!(sent.url.query(), Some("Qualifier=live"));
}

#[tokio::test]
async fn what_lambda_leaves_out_has_its_default() {
    let body = json!({"State": "Pending", "StateReason": "The function is being created."});
    let (ports, _server) = answering(200, body).await;
    let found = ports.function("checkout", None).await.unwrap().unwrap();
    assert_eq!(found.modified_at, None);
    assert!(!found.is_traced);
    assert_eq!(found.version, "$LATEST");
    assert_eq!(found.log_group, "/aws/lambda/checkout");
    assert_eq!(found.state, "Pending (The function is being created.)");
    let missing = json!({"__type": "ResourceNotFoundException", "Message": "no such function"});
    let (ports, _server) = answering(404, missing).await;
    assert_eq!(ports.function("checkout", None).await.unwrap(), None);
}
