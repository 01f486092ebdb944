use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, RuleMode, create_mock_http_client};
use picket_shared::report::ErrorChain;
use secrecy::ExposeSecret;
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string, header, method, path},
};

mod alarms;
mod bundles;
mod metrics;
mod remediations;
mod silenced;
mod table;

use super::*;
use picket_rules::routes::Sink;

use crate::{
    delivery::SendError,
    draft::Draft,
    ports::RenderChart,
    sinks::Request,
    testing::{self, Logs},
};

const LIMIT: Duration = Duration::from_secs(5);

fn request(url: &str) -> Request {
    Request::json(url.into(), None, "{}".to_owned())
}

async fn posted(template: ResponseTemplate) -> Answer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/services/T0/B0/secret"))
        .and(header("content-type", "application/json; charset=utf-8"))
        .and(body_string("{}"))
        .respond_with(template)
        .expect(1)
        .mount(&server)
        .await;
    let request = request(&format!("{}/services/T0/B0/secret", server.uri()));
    Https::new().post(&request, LIMIT).await
}

#[tokio::test]
async fn an_answer_is_its_status_its_pause_and_the_beginning_of_its_body() {
    let answer = posted(ResponseTemplate::new(200).set_body_string("ok")).await;
    assert_eq!(
        answer,
        Answer::Answered {
            status: 200,
            retry_after: None,
            body: "ok".to_owned()
        }
    );
    let answer = posted(ResponseTemplate::new(429).insert_header("retry-after", "7")).await;
    assert_eq!(
        answer,
        Answer::Answered {
            status: 429,
            retry_after: Some(Duration::from_secs(7)),
            body: String::new()
        }
    );
    let answer = posted(ResponseTemplate::new(500).set_body_string("x".repeat(100_000))).await;
    assert_eq!(
        answer,
        Answer::Answered {
            status: 500,
            retry_after: None,
            body: "x".repeat(BODY)
        }
    );
    let answer = posted(
        ResponseTemplate::new(429).insert_header("retry-after", "Fri, 20 Nov 2026 06:00:00 GMT"),
    )
    .await;
    assert!(matches!(
        answer,
        Answer::Answered {
            retry_after: None,
            ..
        }
    ));
}

#[tokio::test]
async fn a_bot_token_goes_into_its_header() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(header("authorization", "Bearer xoxb-token"))
        .and(path("/api/chat.postMessage"))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&server)
        .await;
    let request = Request {
        token: Some("xoxb-token".into()),
        ..request(&format!("{}/api/chat.postMessage", server.uri()))
    };
    Https::new().post(&request, LIMIT).await;
}

#[tokio::test]
async fn no_answer_says_why_and_never_the_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let gone = request(&format!("http://127.0.0.1:{port}/services/T0/B0/secret"));
    let answer = Https::new().post(&gone, LIMIT).await;
    assert_eq!(answer, Answer::Unanswered("no connection".to_owned()));

    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_delay(LIMIT))
        .mount(&server)
        .await;
    let slow = request(&format!("{}/services/T0/B0/secret", server.uri()));
    let answer = Https::new().post(&slow, Duration::from_millis(50)).await;
    assert_eq!(answer, Answer::Unanswered("timed out".to_owned()));
}

/// AWS as a local server that gives this answer.
async fn aws(answer: ResponseTemplate) -> (MockServer, SdkConfig) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let credentials = Credentials::from_keys("AKIDTEST", "secret", None);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    (server, config)
}

/// A CloudWatch that answers by these rules in turn, and the configuration that it is made of.
async fn cloudwatch(rules: &[&Rule]) -> (CloudWatch, SdkConfig) {
    let (_server, config) = aws(ResponseTemplate::new(500)).await;
    let answers = MockResponseInterceptor::new().rule_mode(RuleMode::Sequential);
    let answers = rules.iter().fold(answers, |all, rule| all.with_rule(rule));
    let client = aws_sdk_cloudwatch::config::Builder::from(&config)
        .http_client(create_mock_http_client())
        .interceptor(answers)
        .build();
    (CloudWatch::from_conf(client), config)
}

fn adapters(aws: &SdkConfig) -> Adapters {
    let config = Config {
        fallback_topic: "arn:topic".to_owned(),
        ..testing::config()
    };
    Adapters::new(aws, &config)
}

fn json_answer(status: u16, body: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/x-amz-json-1.1")
}

#[tokio::test]
async fn a_parameter_is_read_decrypted() {
    let (server, config) = aws(json_answer(
        200,
        &json!({"Parameter": {"Value": "https://hooks.slack.com/x"}}),
    ))
    .await;
    let secret = adapters(&config)
        .read_parameter("/picket/slack/critical")
        .await
        .unwrap();
    assert_eq!(secret.expose_secret(), "https://hooks.slack.com/x");
    let asked: serde_json::Value = server.received_requests().await.unwrap()[0]
        .body_json()
        .unwrap();
    assert_eq!(
        asked,
        json!({"Name": "/picket/slack/critical", "WithDecryption": true})
    );
}

#[tokio::test]
async fn a_missing_parameter_tells_the_command_that_makes_it() {
    let (_server, config) = aws(json_answer(400, &json!({"__type": "ParameterNotFound"}))).await;
    let fault = adapters(&config)
        .read_parameter("/picket/slack/critical")
        .await
        .unwrap_err();
    let error = SendError::parameter(
        &Sink::Webhook("critical".to_owned()),
        "/picket/slack/critical".to_owned(),
        fault,
    );
    let text = ErrorChain(&error).to_string();
    let command = "aws ssm put-parameter --type SecureString --overwrite --name /picket/slack/critical --value";
    assert!(text.contains(command), "{text}");
    assert!(text.contains("does not exist"), "{text}");
}

#[tokio::test]
async fn the_fallback_topic_gets_plain_text_and_its_faults_name_it() {
    let answer = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>";
    let (server, config) = aws(ResponseTemplate::new(200).set_body_raw(answer, "text/xml")).await;
    adapters(&config)
        .publish_fallback("text".to_owned())
        .await
        .unwrap();
    let asked =
        String::from_utf8(server.received_requests().await.unwrap()[0].body.clone()).unwrap();
    for part in [
        "Action=Publish",
        "TopicArn=arn%3Atopic",
        "Message=text",
        "Subject=Picket",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }

    let answer =
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code></Error></ErrorResponse>";
    let (_server, config) = aws(ResponseTemplate::new(404).set_body_raw(answer, "text/xml")).await;
    let fault = adapters(&config)
        .publish_fallback("text".to_owned())
        .await
        .unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("fallback topic arn:topic does not exist"),
        "{fault}"
    );
}

#[tokio::test]
async fn an_email_goes_to_its_topic_with_our_mark() {
    let answer = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>";
    let (server, config) = aws(ResponseTemplate::new(200).set_body_raw(answer, "text/xml")).await;
    let email = Email::of(&Draft {
        headline: "🔴 ALARM · orders".to_owned(),
        ..Draft::default()
    });
    let topics = adapters(&config);
    topics.publish_email("arn:mail", &email).await.unwrap();
    let asked =
        String::from_utf8(server.received_requests().await.unwrap()[0].body.clone()).unwrap();
    for part in [
        "TopicArn=arn%3Amail",
        "Subject=ALARM%20-%20orders",
        "MessageAttributes.entry.1.Name=picket-email",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    let answer = "<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code></Error></ErrorResponse>";
    let (_server, config) = aws(ResponseTemplate::new(403).set_body_raw(answer, "text/xml")).await;
    let topics = adapters(&config);
    let fault = topics.publish_email("arn:mail", &email).await.unwrap_err();
    assert!(
        fault.to_string().contains("the e-mail topic arn:mail"),
        "{fault}"
    );
}

#[tokio::test]
async fn no_log_line_of_any_level_holds_the_address() {
    let logged = Logs::of(async {
        posted(ResponseTemplate::new(404).set_body_string("no_service")).await;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let gone = request(&format!("http://127.0.0.1:{port}/services/T0/B0/secret"));
        Https::new().post(&gone, LIMIT).await;
        let with_token = Request {
            token: Some("xoxb-secret".into()),
            ..gone.clone()
        };
        Https::new().post(&with_token, LIMIT).await;
        tracing::info!(?gone, ?with_token, "logged on purpose");
    })
    .await;
    // wiremock logs as well, in this process: its lines are the server's.
    let ours: Vec<_> = logged
        .lines()
        .filter(|line| !line.contains("wiremock"))
        .collect();
    assert!(ours.iter().any(|line| line.contains("logged on purpose")));
    for line in ours {
        assert!(!line.contains("secret"), "{line}");
    }
}

#[tokio::test]
async fn a_chart_is_asked_for_in_its_alarms_region_and_comes_as_bytes() {
    // CBOR: a map of one text, which is bytes.
    let mut body = vec![0xa1, 0x71];
    body.extend_from_slice(b"MetricWidgetImage");
    body.extend_from_slice(&[0x43, 1, 2, 3]);
    let template = ResponseTemplate::new(200)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(body, "application/cbor");
    let (server, config) = aws(template).await;
    let alarm = crate::testing::alarm_in("orders", "aws", "ap-southeast-2");
    let chart = crate::draft::chart::of(&alarm).unwrap();
    let drawn = adapters(&config).render_chart(&chart, LIMIT).await.unwrap();
    assert_eq!(drawn, [1, 2, 3]);
    let asked = &server.received_requests().await.unwrap()[0];
    assert!(asked.url.path().ends_with("/GetMetricWidgetImage"));
    let signed = asked.headers["authorization"].to_str().unwrap();
    assert!(signed.contains("/ap-southeast-2/monitoring/"), "{signed}");
    assert!(String::from_utf8_lossy(&asked.body).contains(&chart.widget));
}

#[tokio::test]
async fn a_chart_that_is_refused_names_the_alarm() {
    let (_server, config) = aws(ResponseTemplate::new(500)).await;
    let alarm = crate::testing::alarm_in("orders", "aws", "eu-west-1");
    let chart = crate::draft::chart::of(&alarm).unwrap();
    let fault = adapters(&config)
        .render_chart(&chart, LIMIT)
        .await
        .unwrap_err();
    assert!(fault.to_string().contains("chart of orders"), "{fault}");
}
