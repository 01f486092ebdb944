use super::*;
use crate::grafana::Board;

const SOURCE: &str = "
Id: shop-overview
Title: 'Shop: overview'
About: Requests.
Tags: [shop]
Refresh: 30s
Range: 3h
Variables: [{ Name: jaeger, Label: Jaeger, Value: 'http://localhost:16686' }]
Rows:
  - Panels:
      - Lines:
          Title: Requests
          Unit: reqps
          Thresholds: [{ Value: 5, Colour: warning }, { Value: 9.5, Colour: critical }]
          Links: [{ Title: Traces, Url: '${jaeger}/search?service=${__field.labels.app}' }]
          Queries: [{ Query: requests, Legend: '{{app}}' }]
      - Number: { Title: Health, Unit: short, Width: 7, Queries: [{ Query: up, Legend: '{{job}}' }] }
      - Heatmap: { Title: Buckets, Unit: s, Queries: [{ Query: b, Legend: '{{le}}' }] }
";

fn board() -> Board {
    Board::read("source", SOURCE).unwrap()
}

#[test]
fn panels_share_the_columns_that_are_left() {
    let body = board().body();
    let places: Vec<_> = list(&body["panels"])
        .map(|panel| (panel["gridPos"]["x"].clone(), panel["gridPos"]["w"].clone()))
        .collect();
    let expected = [(0, 9), (9, 7), (16, 8)].map(|(x, w)| (Value::from(x), Value::from(w)));
    assert_eq!(places, expected);
    let steps = &body["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"];
    assert_eq!(steps[1]["value"], 5);
    assert_eq!(steps[2]["value"], 9.5);
}

#[test]
fn a_body_that_grafana_would_not_take_is_named() {
    let changed = |pointer: &str, value: Value| {
        let mut body = board().body();
        *body.pointer_mut(pointer).unwrap() = value;
        problems(&body)
    };
    for (pointer, value, word) in [
        ("/uid", "short".into(), "8 to 40"),
        ("/refresh", "45s".into(), "no refresh"),
        ("/panels/1/id", 1.into(), "another panel's"),
        ("/panels/1/gridPos/x", 3.into(), "covers"),
        ("/panels/2/gridPos/w", 9.into(), "outside"),
        ("/panels/0/type", "graph2".into(), "no panel"),
        ("/panels/0/targets/0/expr", "".into(), "empty"),
        ("/panels/0/targets", Value::Array(vec![]), "no query"),
        (
            "/panels/0/fieldConfig/defaults/thresholds/steps/2/value",
            1.into(),
            "ascend",
        ),
        (
            "/panels/0/fieldConfig/defaults/links/0/url",
            "${zipkin}".into(),
            "no variable",
        ),
        (
            "/panels/0",
            serde_json::json!({"titel": "x"}),
            "unknown field",
        ),
        ("/templating", Value::Null, "no templating"),
    ] {
        let found = changed(pointer, value);
        assert!(
            found.iter().any(|problem| problem.contains(word)),
            "{pointer}: {found:?}"
        );
    }
    assert_eq!(problems(&board().body()), Vec::<String>::new());
}

#[test]
fn an_unknown_field_of_a_source_is_refused() {
    let text = SOURCE.replace("Range: 3h", "Rage: 3h");
    assert!(Board::read("source", &text).is_err());
}
