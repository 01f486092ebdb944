use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_costexplorer::config::{Credentials, SharedCredentialsProvider};
use jiff::civil::date;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::{
    adapters::explorer::home_of_costs,
    reads::query::{Grouping, Part},
    report,
};

async fn server(status: u16, body: Value) -> MockServer {
    let server = MockServer::start().await;
    let answer =
        ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/x-amz-json-1.1");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn ports(server: &MockServer, region: &'static str) -> Adapters {
    let credentials = Credentials::from_keys("AKIDTEST", "secret", None);
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        ledger_table: "ledger".into(),
        info_topic_arn: "arn:aws:sns:eu-west-1:123456789012:info".into(),
        override_bucket: None,
        settings: crate::Settings::default(),
        by_region: true,
        most_requests: 20,
        warning_topic_arn: "arn:aws:sns:eu-west-1:123456789012:warning".into(),
        report_bucket: Some("reports".into()),
        agent_budgets: crate::config::AgentBudgets::default(),
    };
    Adapters::new(&sdk, &config)
}

async fn request(server: &MockServer) -> (String, String, Value) {
    let request = server.received_requests().await.unwrap().remove(0);
    let header = |name: &str| {
        let value = request.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let body = serde_json::from_slice(&request.body).unwrap();
    (header("x-amz-target"), header("authorization"), body)
}

fn services() -> CostQuery {
    CostQuery {
        part: Part::Services,
        start: date(2026, 11, 18),
        end: date(2026, 11, 20),
        group_by: ["SERVICE", "RECORD_TYPE"].map(Grouping::Dimension).into(),
        usage_only: false,
        services: Vec::new(),
    }
}

#[tokio::test]
async fn the_request_is_the_planned_one_and_the_answer_keeps_every_digit() {
    let recording = json!({
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
        "ResultsByTime": [{
            "TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"},
            "Total": {},
            "Groups": [
                {"Keys": ["AWS Lambda", "Usage"], "Metrics": {"UnblendedCost": {"Amount": "0.1234567890", "Unit": "USD"}}},
                {"Keys": ["Amazon S3", "Usage"], "Metrics": {"UnblendedCost": {"Unit": "USD"}}},
            ],
            "Estimated": true,
        }],
        "NextPageToken": "third",
    });
    let server = server(200, recording).await;
    let answer = ports(&server, "eu-central-1")
        .costs(&services(), Some("second"))
        .await
        .unwrap();
    let (target, authorization, body) = request(&server).await;
    assert_eq!(target, "AWSInsightsIndexService.GetCostAndUsage");
    assert!(authorization.contains("/us-east-1/ce/"), "{authorization}");
    assert_eq!(
        body,
        json!({
            "TimePeriod": {"Start": "2026-11-18", "End": "2026-11-20"},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
            "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
            "NextPageToken": "second",
        })
    );
    assert_eq!(answer.next_page_token.as_deref(), Some("third"));
    let report = report(date(2026, 11, 19), &[answer], None).unwrap();
    assert_eq!(report.total.to_string(), "0.1234567890");
    assert!(report.estimated);
    assert_eq!(
        report.caveats[0],
        "incomplete: Amazon S3 on 2026-11-19 is \"\", which is not a decimal number of at most 28 digits"
    );
}

#[tokio::test]
async fn a_refusal_is_a_sentence_for_the_report() {
    let server = server(
        400,
        json!({"__type": "AccessDeniedException", "message": "no"}),
    )
    .await;
    let fault = ports(&server, "eu-central-1")
        .costs(&services(), None)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "this function may not read the costs of this account in Cost Explorer; allow it in the function's role"
    );
}

#[tokio::test]
async fn a_query_of_some_services_by_tag_leaves_out_what_is_not_usage() {
    let server = server(200, json!({"ResultsByTime": []})).await;
    let query = CostQuery {
        group_by: vec![
            Grouping::Tag("team".to_owned()),
            Grouping::Dimension("SERVICE"),
        ],
        usage_only: true,
        services: vec!["AWS Lambda".to_owned()],
        ..services()
    };
    ports(&server, "eu-central-1")
        .costs(&query, None)
        .await
        .unwrap();
    let (_, _, body) = request(&server).await;
    assert_eq!(
        body["GroupBy"],
        json!([{"Type": "TAG", "Key": "team"}, {"Type": "DIMENSION", "Key": "SERVICE"}])
    );
    let [services, usage] = body["Filter"]["And"].as_array().unwrap().as_slice() else {
        panic!("{body}");
    };
    assert_eq!(
        *services,
        json!({"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda"]}})
    );
    let types = &usage["Not"]["Dimensions"];
    assert_eq!(types["Key"], "RECORD_TYPE");
    for name in ["Credit", "Refund", "Tax", "Support"] {
        assert!(
            types["Values"].as_array().unwrap().contains(&json!(name)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_forecast_leaves_out_what_is_paid_back_and_keeps_its_digits() {
    let body = json!({
        "Total": {"Amount": "123.4567890123", "Unit": "USD"},
        "ForecastResultsByTime": [{
            "TimePeriod": {"Start": "2026-11-20", "End": "2026-12-01"},
            "MeanValue": "123.4567890123",
            "PredictionIntervalLowerBound": "100.5",
            "PredictionIntervalUpperBound": "150.5",
        }],
    });
    let server = server(200, body.clone()).await;
    let forecast = ports(&server, "eu-central-1")
        .forecast(date(2026, 11, 20), date(2026, 12, 1))
        .await
        .unwrap();
    assert_eq!(forecast, serde_json::from_value(body).unwrap());
    let (target, _, body) = request(&server).await;
    assert_eq!(target, "AWSInsightsIndexService.GetCostForecast");
    assert_eq!(
        body,
        json!({
            "TimePeriod": {"Start": "2026-11-20", "End": "2026-12-01"},
            "Metric": "UNBLENDED_COST",
            "Granularity": "MONTHLY",
            "PredictionIntervalLevel": 80,
            "Filter": {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}},
        })
    );
}

#[tokio::test]
async fn an_anomaly_comes_as_it_is_recorded() {
    let body = json!({
        "Anomalies": [{
            "AnomalyId": "a-1",
            "AnomalyStartDate": "2026-11-18",
            "AnomalyEndDate": "2026-11-19",
            "DimensionValue": "AWS Lambda",
            "RootCauses": [{"Service": "AWS Lambda", "Region": "eu-central-1", "LinkedAccount": "123456789012",
                "UsageType": "EUC1-Lambda-GB-Second", "Impact": {"Contribution": 41.37}}],
            "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.7},
            "Impact": {"MaxImpact": 30.5, "TotalImpact": 41.37, "TotalActualSpend": 61.37, "TotalExpectedSpend": 20},
            "MonitorArn": "arn:aws:ce::123456789012:anomalymonitor/x",
        }],
        "NextPageToken": "more",
    });
    let server = server(200, body.clone()).await;
    let page = ports(&server, "eu-central-1")
        .anomalies(date(2026, 11, 17), date(2026, 11, 20), None)
        .await
        .unwrap();
    assert_eq!(page, serde_json::from_value(body).unwrap());
    assert_eq!(page.anomalies[0].impact.total_impact.to_string(), "41.37");
    let (target, _, body) = request(&server).await;
    assert_eq!(target, "AWSInsightsIndexService.GetAnomalies");
    assert_eq!(
        body,
        json!({"DateInterval": {"StartDate": "2026-11-17", "EndDate": "2026-11-20"}})
    );
}

#[tokio::test]
async fn each_error_of_cost_explorer_is_a_sentence_for_its_part() {
    for (code, sentence) in [
        (
            "DataUnavailableException",
            "Cost Explorer has no data for it yet; an account has costs a day after Cost Explorer is enabled, and a forecast after about a billing cycle",
        ),
        (
            "BillExpirationException",
            "the period is older than what Cost Explorer keeps",
        ),
        (
            "LimitExceededException",
            "could not read the costs of this account in Cost Explorer now (LimitExceededException); it is tried again",
        ),
        (
            "ValidationException",
            "could not read the costs of this account in Cost Explorer: AWS refused the request (ValidationException)",
        ),
    ] {
        let server = server(400, json!({"__type": code, "message": "no"})).await;
        let ports = ports(&server, "eu-central-1");
        let error = ports.forecast(date(2026, 11, 20), date(2026, 12, 1)).await;
        assert_eq!(error.unwrap_err().to_string(), sentence);
    }
}

#[test]
fn each_partition_has_its_own_cost_explorer() {
    for (region, home) in [
        ("eu-central-1", "us-east-1"),
        ("cn-north-1", "cn-northwest-1"),
    ] {
        assert_eq!(
            home_of_costs(Some(&Region::from_static(region))).as_ref(),
            home
        );
    }
    assert_eq!(home_of_costs(None).as_ref(), "us-east-1");
}

#[tokio::test]
async fn a_claim_holds_while_nobody_else_does_and_the_day_was_not_posted() {
    let conflict =
        json!({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"});
    for (status, body, claimed) in [(200, json!({}), true), (400, conflict, false)] {
        let server = server(status, body).await;
        let claim = Claim {
            date: date(2026, 11, 19),
            at: "2026-11-20T06:00:00Z".parse().unwrap(),
            again: false,
        };
        let answer = ports(&server, "eu-central-1").claim(&claim).await.unwrap();
        assert_eq!(answer, claimed);
        let (target, _, body) = request(&server).await;
        assert_eq!(target, "DynamoDB_20120810.PutItem");
        assert_eq!(
            body["ConditionExpression"],
            "attribute_not_exists(posted_at) AND (attribute_not_exists(claimed_until) OR claimed_until < :now)"
        );
        assert_eq!(body["Item"]["day"], json!({"S": "cost-report"}));
        assert_eq!(body["Item"]["row"], json!({"S": "2026-11-19"}));
        // 130 seconds: the function's timeout, and ten more.
        assert_eq!(body["Item"]["claimed_until"], json!({"N": "1795154530000"}));
        assert_eq!(
            body["ExpressionAttributeValues"][":now"],
            json!({"N": "1795154400000"})
        );
    }
}

#[tokio::test]
async fn a_restated_day_is_written_where_its_total_is_still_the_reported_one() {
    let server = server(200, json!({})).await;
    let reported = Reported {
        date: date(2026, 11, 18),
        currency: "USD".into(),
        total: Some("8.59".parse().unwrap()),
    };
    let at = "2026-11-20T06:00:00Z".parse().unwrap();
    ports(&server, "eu-central-1")
        .write_reported(&reported, Some("4.49".parse().unwrap()), at)
        .await
        .unwrap();
    let (_, _, body) = request(&server).await;
    assert_eq!(body["ConditionExpression"], "#total = :total");
    assert_eq!(
        body["ExpressionAttributeValues"],
        json!({":total": {"S": "4.49"}})
    );
    assert_eq!(body["Item"]["total"], json!({"S": "8.59"}));
}

#[tokio::test]
async fn days_that_are_only_claimed_are_not_posted() {
    let item = |day: &str, posted: bool| {
        let mut item =
            json!({"day": {"S": "cost-report"}, "row": {"S": day}, "currency": {"S": "USD"}});
        if posted {
            item["posted_at"] = json!({"N": "1"});
            item["total"] = json!({"S": "1.50"});
        }
        item
    };
    let items = json!({"Items": [item("2026-11-18", true), item("2026-11-19", false)]});
    let server = server(200, items).await;
    let days = ports(&server, "eu-central-1")
        .reported(date(2026, 10, 1), date(2026, 11, 20))
        .await
        .unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!(
        (days[0].date, days[0].total),
        (date(2026, 11, 18), Some("1.50".parse().unwrap()))
    );
}

#[tokio::test]
async fn budgets_come_in_pages_from_the_one_endpoint_with_their_filters() {
    let spend = |amount: &str| json!({"Amount": amount, "Unit": "USD"});
    let of_dimension = json!({
        "BudgetName": "lambda", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": spend("150.00"),
        "CalculatedSpend": {"ActualSpend": spend("190.0000000001"), "ForecastedSpend": spend("231.5")},
        "CostFilters": {"Service": ["AWS Lambda"]},
        "CostTypes": {"IncludeCredit": false, "IncludeRefund": false, "IncludeTax": true, "UseBlended": false},
        "LastUpdatedTime": 1_795_100_000.5,
        "TimePeriod": {"Start": 1_793_491_200, "End": 3_706_473_600_i64},
    });
    let of_expression = json!({
        "BudgetName": "orders", "BudgetType": "USAGE", "TimeUnit": "QUARTERLY", "Metrics": ["UnblendedCost"],
        "FilterExpression": {"And": [
            {"Tags": {"Key": "team", "Values": ["orders"], "MatchOptions": ["EQUALS"]}},
            {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit"]}}},
            {"Or": [{"CostCategories": {"Key": "unit", "MatchOptions": ["ABSENT"]}}]},
        ]},
        "BillingViewArn": "arn:aws:billing::123456789012:billingview/custom-1",
        "HealthStatus": {"Status": "UNHEALTHY", "StatusReason": "FILTER_INVALID"},
    });
    let body = json!({"Budgets": [of_dimension, of_expression], "NextToken": "second"});
    let server = server(200, body.clone()).await;
    let page = ports(&server, "eu-central-1")
        .budgets("123456789012", Some("first"))
        .await
        .unwrap();
    assert_eq!(page, serde_json::from_value(body).unwrap());
    assert_eq!(page.budgets[0].last_updated, Some(date(2026, 11, 19)));
    let (target, authorization, body) = request(&server).await;
    assert_eq!(target, "AWSBudgetServiceGateway.DescribeBudgets");
    assert!(
        authorization.contains("/us-east-1/budgets/"),
        "{authorization}"
    );
    assert_eq!(
        body,
        json!({"AccountId": "123456789012", "NextToken": "first", "ShowFilterExpression": true})
    );
}

#[tokio::test]
async fn an_account_without_budgets_and_a_refusal_are_distinguished() {
    let answers = server(200, json!({})).await;
    let ports_of = |server: &MockServer| ports(server, "eu-central-1");
    let page = ports_of(&answers)
        .budgets("123456789012", None)
        .await
        .unwrap();
    assert_eq!(page, crate::answer::BudgetPage::default());
    let refuses = server(
        400,
        json!({"__type": "AccessDeniedException", "Message": "no"}),
    )
    .await;
    let fault = ports_of(&refuses)
        .budgets("123456789012", None)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "this function may not read the budgets of this account in AWS Budgets; allow it in the function's role"
    );
}
