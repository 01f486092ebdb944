//! Services on the wire. The answers are AWS's, shortened.

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    actions::service::{ReadService, ReadServiceScaling, Service},
    setting::{Reading, Setting, Value},
};

fn count() -> Setting {
    Setting::TaskCount {
        cluster: "prod".into(),
        service: "checkout".into(),
    }
}

fn deployment() -> Setting {
    Setting::ServiceDeployment {
        cluster: "prod".into(),
        service: "checkout".into(),
    }
}

fn deployed(id: &str, status: &str, rollout: &str) -> Json {
    json!({"id": id, "status": status, "rolloutState": rollout, "createdAt": 1_795_154_400.5})
}

fn checkout(status: &str, deployments: &Json) -> Json {
    json!({"failures": [], "services": [{
        "serviceName": "checkout", "status": status, "schedulingStrategy": "REPLICA",
        "desiredCount": 4, "runningCount": 3, "pendingCount": 1,
        "deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 200},
        "deploymentController": {"type": "ECS"},
        "deployments": deployments,
    }]})
}

#[tokio::test]
async fn a_service_is_read_by_its_cluster() {
    let body = checkout(
        "ACTIVE",
        &json!([deployed("ecs-svc/2", "PRIMARY", "COMPLETED")]),
    );
    let (ports, server) = answering(200, body).await;
    let expected = Service {
        is_replica: true,
        is_rolling: true,
        desired: 4,
        running: 3,
        minimum_healthy_percent: 50,
        deployment: "ecs-svc/2".into(),
        deployed_at: Some(at("2026-11-20T06:00:00Z")),
        is_steady: true,
    };
    let found = ports.service("prod", "checkout").await.unwrap();
    assert_eq!(found, Some(expected));
    assert_eq!(
        request(&server).await.2,
        json!({"cluster": "prod", "services": ["checkout"]})
    );
    let missing = json!({"services": [], "failures": [{"arn": "arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout", "reason": "MISSING"}]});
    let no_cluster = json!({"__type": "ClusterNotFoundException", "message": "Cluster not found."});
    for (status, body) in [
        (200, missing),
        (200, checkout("INACTIVE", &json!([]))),
        (400, no_cluster),
    ] {
        let (ports, _server) = answering(status, body).await;
        assert_eq!(ports.service("prod", "checkout").await.unwrap(), None);
        assert_eq!(ports.setting(&count()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_ecs_leaves_out_has_its_default() {
    let body = json!({"services": [{"status": "ACTIVE", "desiredCount": 1, "runningCount": 1}]});
    let (ports, _server) = answering(200, body).await;
    let found = ports.service("prod", "checkout").await.unwrap().unwrap();
    assert_eq!(found.minimum_healthy_percent, 100);
    assert!(found.is_replica && found.is_rolling && !found.is_steady);
    let body = json!({"services": [{"status": "ACTIVE", "schedulingStrategy": "DAEMON", "deploymentController": {"type": "CODE_DEPLOY"}}]});
    let (ports, _server) = answering(200, body).await;
    let found = ports.service("prod", "checkout").await.unwrap().unwrap();
    assert!(!found.is_replica && !found.is_rolling);
    assert_eq!(found.minimum_healthy_percent, 0);
}

#[tokio::test]
async fn a_service_is_rolling_by_its_controller_and_its_strategy() {
    for (controller, strategy, rolling) in [
        ("ECS", json!("ROLLING"), true),
        ("ECS", Json::Null, true),
        ("ECS", json!("BLUE_GREEN"), false),
        ("ECS", json!("LINEAR"), false),
        ("ECS", json!("CANARY"), false),
        ("CODE_DEPLOY", Json::Null, false),
        ("EXTERNAL", json!("ROLLING"), false),
    ] {
        let body = json!({"services": [{
            "status": "ACTIVE", "deploymentController": {"type": controller},
            "deploymentConfiguration": {"strategy": strategy, "minimumHealthyPercent": 100},
        }]});
        let (ports, _server) = answering(200, body).await;
        let found = ports.service("prod", "checkout").await.unwrap().unwrap();
        assert_eq!(found.is_rolling, rolling, "{controller} {strategy}");
    }
}

/// As behind a Classic Load Balancer, or with CodeDeploy.
#[tokio::test]
async fn a_deployment_without_a_rollout_state_has_ended_when_all_tasks_run() {
    let primary = json!({"id": "ecs-svc/2", "status": "PRIMARY"});
    let active = json!({"id": "ecs-svc/1", "status": "ACTIVE"});
    for (running, deployments, steady) in [
        (4, json!([primary]), true),
        (3, json!([primary]), false),
        (5, json!([primary]), false),
        (4, json!([primary, active]), false),
        (4, json!([active]), false),
    ] {
        let mut body = checkout("ACTIVE", &deployments);
        body["services"][0]["runningCount"] = json!(running);
        let (ports, _server) = answering(200, body).await;
        let found = ports.service("prod", "checkout").await.unwrap().unwrap();
        assert_eq!(found.is_steady, steady, "{running} {deployments}");
    }
}

#[tokio::test]
async fn a_deployment_is_settled_when_it_is_the_only_one_and_has_ended() {
    let primary = |rollout| deployed("ecs-svc/2", "PRIMARY", rollout);
    for (deployments, settled) in [
        (json!([primary("COMPLETED")]), true),
        (json!([primary("IN_PROGRESS")]), false),
        (json!([primary("FAILED")]), false),
        (
            json!([
                deployed("ecs-svc/1", "ACTIVE", "COMPLETED"),
                primary("COMPLETED")
            ]),
            false,
        ),
    ] {
        let (ports, _server) = answering(200, checkout("ACTIVE", &deployments)).await;
        let expected = Reading {
            value: Value::Text("ecs-svc/2".into()),
            revision: None,
            settled,
        };
        assert_eq!(ports.setting(&deployment()).await.unwrap(), Some(expected));
        let tasks = ports.setting(&count()).await.unwrap();
        assert_eq!(tasks, Some(Reading::settled(Value::Number(4))));
    }
}

#[tokio::test]
async fn the_request_that_is_shown_is_the_one_that_is_sent() {
    for (setting, to, sent) in [
        (
            count(),
            Value::Number(6),
            json!({"cluster": "prod", "service": "checkout", "desiredCount": 6}),
        ),
        (
            deployment(),
            Value::NewRun,
            json!({"cluster": "prod", "service": "checkout", "forceNewDeployment": true}),
        ),
    ] {
        let (ports, server) = answering(200, json!({})).await;
        let write = Write {
            setting,
            from: Value::Absent,
            to,
            revision: None,
        };
        ports.write(&write).await.unwrap();
        assert_eq!(request(&server).await.2, sent);
        let (command, body) = crate::actions::testing::parsed(&write.request());
        assert_eq!((command.as_str(), body), ("ecs update-service", sent));
    }
    let (ports, server) = answering(200, json!({})).await;
    assert!(written(&ports, count(), &Value::NewRun).await.is_err());
    assert!(
        written(&ports, deployment(), &Value::Number(1))
            .await
            .is_err()
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// The refusals of AWS, with its own words.
#[tokio::test]
async fn a_refusal_of_aws_says_why_and_whether_it_passes() {
    for (status, kind, message, sentence, transient) in [
        (
            400,
            "InvalidParameterException",
            "Unable to update the service because a deployment is in progress.",
            "ECS refuses the change of the service checkout: Unable to update",
            false,
        ),
        (
            400,
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
            "ECS refuses the change of the service checkout: Service was not ACTIVE.",
            false,
        ),
        (400, "ThrottlingException", "Rate exceeded", "", true),
        (
            500,
            "ServerException",
            "Service Unavailable. Please try again later.",
            "",
            true,
        ),
    ] {
        for (setting, to) in [(count(), Value::Number(6)), (deployment(), Value::NewRun)] {
            let body = json!({"__type": kind, "message": message});
            let (ports, server) = answering(status, body).await;
            let fault = written(&ports, setting, &to).await.unwrap_err();
            assert!(fault.to_string().starts_with(sentence), "{fault}");
            assert_eq!(fault.is_transient(), transient, "{kind}");
            assert_eq!(server.received_requests().await.unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn the_tags_of_a_service_are_read_by_its_arn() {
    let body = json!({"tags": [{"key": "picket:remediate", "value": "true"}]});
    let (ports, server) = answering(200, body).await;
    let arn = "arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout";
    assert_eq!(ports.tags(arn).await.unwrap()["picket:remediate"], "true");
    assert_eq!(request(&server).await.2, json!({"resourceArn": arn}));
}

#[tokio::test]
async fn auto_scaling_is_known_by_its_alarms() {
    for (alarms, expected) in [(1, true), (0, false)] {
        let rule = mock!(aws_sdk_cloudwatch::Client::describe_alarms)
            .match_requests(|request| {
                request.alarm_name_prefix()
                    == Some("TargetTracking-service/prod/checkout-AlarmHigh-")
            })
            .then_output(move || {
                let found = (0..alarms).map(|_| MetricAlarm::builder().build());
                DescribeAlarmsOutput::builder()
                    .set_metric_alarms(Some(found.collect()))
                    .build()
            });
        let ports = with_cloudwatch(&rule);
        let found = ports.service_is_scaled("prod", "checkout").await.unwrap();
        assert_eq!(found, expected);
    }
}
