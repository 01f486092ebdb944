use std::path::Path;

use axum::extract::RawQuery;

use super::*;
use crate::server::Server;

fn source(prometheus: Option<Queries>) -> Source {
    Source {
        root: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        prometheus,
        since: SystemClock.now(),
    }
}

async fn json(server: &Server, path: &str) -> (u16, Value) {
    let web = picket_aws::web::client();
    let answer = web.get(format!("{}{path}", server.address()));
    let answer = answer.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn the_shipped_dashboards_are_listed_and_without_a_prometheus_none_is_drawn() {
    let server = Server::start(0, router(source(None))).await.unwrap();
    let (_, listed) = json(&server, "/grafana").await;
    assert_eq!(listed["prometheus"], Value::Null);
    let names = listed["dashboards"].as_array().unwrap();
    let titles = names.iter().filter_map(|name| name["title"].as_str());
    let titles: Vec<_> = titles.collect();
    assert_eq!(titles.len(), 6, "{titles:?}");
    assert!(titles.contains(&"Inquiry pipeline: overview"));
    let (status, _) = json(&server, "/grafana/inquiry-pipeline-overview").await;
    assert_eq!(status, 404);
}

/// A Prometheus's answer: a series, with the query as a label.
async fn answer(RawQuery(asked): RawQuery) -> Json<Value> {
    let point = serde_json::json!([100.5, "2.5"]);
    let series = serde_json::json!({
        "metric": {"asked": asked, "destination_app": "api"}, "value": point, "values": [point, [101, "NaN"]],
    });
    Json(serde_json::json!({"status": "success", "data": {"result": [series]}}))
}

async fn refusal() -> Json<Value> {
    Json(serde_json::json!({"status": "error", "error": "parse error"}))
}

#[tokio::test]
async fn each_query_of_a_dashboard_is_asked_as_its_file_says() {
    let upstream = Router::new()
        .route("/api/v1/query", get(answer))
        .route("/api/v1/query_range", get(answer));
    let upstream = Server::start(0, upstream).await.unwrap();
    let queries = Queries::at(&format!("{}/", upstream.address())).unwrap();
    let server = Server::start(0, router(source(Some(queries))))
        .await
        .unwrap();
    let path = "/grafana/inquiry-pipeline-mesh?minutes=60&var-jaeger=http://j";
    let (status, drawn) = json(&server, path).await;
    assert_eq!(status, 200);
    assert_eq!(drawn["step"], 12);
    assert_eq!(drawn["variables"]["jaeger"], "http://j");
    let files = drawn["dashboard"]["panels"].as_array().unwrap();
    let panels = drawn["panels"].as_array().unwrap();
    assert_eq!(files.len(), panels.len());
    for (file, panel) in files.iter().zip(panels) {
        assert_eq!(panel["error"], Value::Null, "{file}");
        let series = panel["series"].as_array().unwrap();
        assert_eq!(series.len(), file["targets"].as_array().unwrap().len());
        let asked = series[0]["labels"]["asked"].as_str().unwrap();
        let is_instant = file["targets"][0]["instant"] == true;
        assert_eq!(asked.contains("step=12"), !is_instant, "{asked}");
        // The value that is no number is left out.
        assert_eq!(series[0]["points"].as_array().unwrap().len(), 1);
    }
    let traces = panels.last().unwrap();
    let url = traces["series"][0]["links"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("http://j/search?service=api."), "{url}");
    assert_eq!(drawn["marks"][0]["start"], 100);
    let (status, _) = json(&server, "/grafana/other").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_query_that_prometheus_refuses_is_an_error_of_its_panel() {
    let refusing = Router::new().route("/api/v1/query", get(refusal));
    let refusing = Server::start(0, refusing).await.unwrap();
    let queries = Queries::at(&format!("{}/", refusing.address())).unwrap();
    let file = serde_json::json!({"targets": [{"expr": "up {", "instant": true}]});
    let own = BTreeMap::new();
    let range = Range {
        start: 0,
        end: 60,
        step: 1,
    };
    let panel = series::panel(&queries, &file, range, &text::Variables::of(&own, 1)).await;
    let panel = serde_json::to_value(panel).unwrap();
    let error = panel["error"].as_str().unwrap();
    assert!(
        error.contains("up {") && error.contains("parse error"),
        "{error}"
    );
}

#[test]
fn the_range_is_the_time_since_the_start_unless_another_is_asked_for() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let minutes = |asked, passed| {
        let range = range(asked, at(0), at(passed));
        assert_eq!(range.end, passed);
        (range.end - range.start) / 60
    };
    assert_eq!(minutes(None, 20 * 60), 21);
    assert_eq!(minutes(None, 10), LEAST_MINUTES);
    assert_eq!(minutes(Some(180), 60), 180);
    assert_eq!(minutes(Some(i64::MAX), 60), MOST_MINUTES);
    assert_eq!(range(Some(180), at(0), at(60)).step, 36);
    assert_eq!(range(None, at(0), at(60)).step, 1);
}
