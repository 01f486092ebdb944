use picket_rules::{
    metrics, overrides, playbooks, prices,
    routes::{self, Routes},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

const KEY: &str = "/overrides/picket-dev/routes.yaml";
const ROUTES: &str = "routes:\n  - { name: all, sinks: [{ webhook: night }] }\n";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn new(etag: &str, text: &str) -> Found {
    Found::New(Object {
        file: "s3://b/s/routes.yaml".into(),
        etag: etag.into(),
        text: text.into(),
    })
}

fn routes() -> Override<Routes> {
    let built_in = "routes:\n  - { name: built-in, sinks: [{ webhook: day }] }\n";
    Override::new(
        overrides::ROUTES,
        routes::parse("routes.yaml", built_in).unwrap(),
        |_, file, text| routes::parse(file, text),
    )
}

fn first(routes: &Override<Routes>) -> String {
    format!("{:?}", routes.in_force())
}

#[test]
fn it_is_read_at_first_use_and_again_when_the_interval_is_over() {
    let mut routes = routes();
    let read = routes.due_read(at(0)).unwrap();
    assert_eq!((read.object.as_str(), read.known), ("routes.yaml", None));
    routes.settle(at(0), Ok(new("e1", ROUTES)));
    assert_eq!(routes.due_read(at(29)), None);
    assert_eq!(
        routes.due_read(at(30)).unwrap().known.as_deref(),
        Some("e1")
    );
}

#[test]
fn an_object_serves_until_it_is_taken_away() {
    let mut routes = routes();
    routes.settle(at(0), Ok(new("e1", ROUTES)));
    assert!(routes.is_overridden() && first(&routes).contains("night"));
    routes.settle(at(30), Ok(Found::Same));
    assert!(routes.is_overridden());
    routes.settle(at(60), Ok(Found::Nothing));
    assert!(!routes.is_overridden() && first(&routes).contains("day"));
    assert_eq!(routes.due_read(at(90)).unwrap().known, None);
}

#[test]
fn a_broken_object_leaves_what_is_compiled_in_and_says_where() {
    let mut routes = routes();
    routes.settle(at(0), Ok(new("e1", "routes:\n  - nmae: x\n")));
    assert!(!routes.is_overridden());
    let reason = routes.refused().unwrap();
    assert!(reason.starts_with("s3://b/s/routes.yaml:2:"), "{reason}");
    // It is the same broken object, and it is still refused.
    routes.settle(at(30), Ok(Found::Same));
    assert!(routes.refused().is_some());
}

#[test]
fn the_last_good_one_stays_in_place_of_a_broken_or_unreachable_one() {
    let mut routes = routes();
    routes.settle(at(0), Ok(new("e1", ROUTES)));
    let good = first(&routes);
    routes.settle(at(30), Ok(new("e2", "routes: [")));
    assert_eq!(
        (first(&routes), routes.refused().is_some()),
        (good.clone(), true)
    );
    routes.settle(at(60), Err(Fault::transient("the bucket did not result")));
    assert_eq!(routes.refused(), Some("the bucket did not result"));
    assert_eq!(first(&routes), good);
    // It results again, and the object is the broken one.
    routes.settle(at(90), Ok(Found::Same));
    assert!(
        routes
            .refused()
            .unwrap()
            .starts_with("s3://b/s/routes.yaml:1:")
    );
    routes.settle(at(120), Ok(new("e3", ROUTES)));
    assert_eq!((first(&routes), routes.refused()), (good, None));
}

#[test]
fn a_good_object_that_could_not_be_read_is_good_when_it_can() {
    let mut routes = routes();
    routes.settle(at(0), Ok(new("e1", ROUTES)));
    routes.settle(at(30), Err(Fault::transient("no result")));
    routes.settle(at(60), Ok(Found::Same));
    assert_eq!((routes.refused(), routes.is_overridden()), (None, true));
}

/// `ReadResults` for every workload and the prices: nothing but for one workload.
fn results(workload: &str, text: &str) -> ReadResults {
    let mut results: ReadResults = metrics::built_in()
        .iter()
        .map(|rules| {
            if rules.workload == workload {
                Ok(new(text, text))
            } else {
                Ok(Found::Nothing)
            }
        })
        .collect();
    results.push(Ok(Found::Nothing));
    results
}

fn rule(workload: &str, namespace: &str, metric: &str) -> String {
    format!(
        "Workload: {workload}\nRules:\n  - FilterPattern: '{{ $.a = * }}'\n    MetricTransformations:\n      \
         - {{ MetricNamespace: {namespace}, MetricName: {metric}, MetricValue: 1 }}\n"
    )
}

#[test]
fn an_override_replaces_the_rules_of_its_workload_and_of_no_other() {
    let mut rules = RuleOverrides::built_in();
    let asked = rules.due_reads(at(0));
    let objects: Vec<_> = asked.iter().map(|read| read.object.as_str()).collect();
    assert!(
        objects.contains(&"workloads/bedrock-usage/metrics.yaml")
            && objects.ends_with(&["prices.yaml"])
    );
    assert_eq!(asked.len(), metrics::built_in().len() + 1);

    let text = rule("bedrock-usage", "BedrockUsage", "Night");
    assert!(rules.settle(at(0), results("bedrock-usage", &text)));
    for (serving, built_in) in rules.workloads().iter().zip(metrics::built_in()) {
        let replaced = built_in.workload == "bedrock-usage";
        assert_eq!(serving.rules.len() == 1 && replaced, serving != built_in);
    }
    assert_eq!((rules.overridden(), rules.refused()), (1, 0));
    assert_eq!(*rules.prices(), *prices::built_in());
    // Nothing is asked in between, and nothing changed.
    assert_eq!(rules.due_reads(at(10)), []);
    let mut same: ReadResults = metrics::built_in()
        .iter()
        .map(|_| Ok(Found::Same))
        .collect();
    same.push(Ok(Found::Nothing));
    assert!(!rules.settle(at(30), same));
}

#[test]
fn rules_that_do_not_go_together_are_refused_and_read_anew() {
    let mut rules = RuleOverrides::built_in();
    let text = rule("bedrock-usage", "SchedulingAgent", "Sessions");
    assert!(!rules.settle(at(0), results("bedrock-usage", &text)));
    assert_eq!(rules.workloads(), metrics::built_in());
    assert_eq!((rules.overridden(), rules.refused()), (0, 1));
    assert!(
        rules
            .due_reads(at(30))
            .iter()
            .all(|read| read.known.is_none())
    );
}

#[test]
fn a_broken_workload_does_not_hold_up_the_prices() {
    let mut rules = RuleOverrides::built_in();
    let (_, text) = prices::BUILT_IN;
    let row = "  - id: night-1\n    model: night.*\n    from: 2026-11-20\n    source: https://example.com/\n    read: 2026-11-20\n    input: 1\n";
    let mut all = results("bedrock-usage", "Workload: [");
    *all.last_mut().unwrap() = Ok(new("p", &format!("{}\n{row}", text.trim_end())));
    assert!(rules.settle(at(0), all));
    assert!(rules.prices().by_id("night-1").is_some());
    assert_eq!((rules.overridden(), rules.refused()), (1, 1));
}

#[tokio::test]
async fn an_object_is_read_once_and_then_revalidated() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(KEY))
        .and(header("if-none-match", "\"e1\""))
        .respond_with(ResponseTemplate::new(304))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(KEY))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("etag", "\"e1\"")
                .set_body_string(ROUTES),
        )
        .expect(1)
        .mount(&server)
        .await;
    let bucket = bucket(&server);
    let mut routes = routes();
    for now in [at(0), at(30)] {
        let read = routes.due_read(now).unwrap();
        let result = bucket.read_overrides(&[read]).await.remove(0);
        routes.settle(now, result);
    }
    assert!(routes.is_overridden());
    assert_eq!(routes.refused(), None);
}

/// Path style, as a local endpoint wants it.
fn bucket(server: &MockServer) -> OverrideBucket {
    let sdk = Server::config_at(&server.uri(), connector());
    OverrideBucket::new(&sdk, Some("overrides"), "picket-dev")
}

async fn answered(status: u16, code: &str) -> Result<Found, Fault> {
    let server = MockServer::start().await;
    let body = format!("<Error><Code>{code}</Code><Message>as configured</Message></Error>");
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/xml"))
        .mount(&server)
        .await;
    let read = ConditionalRead {
        object: overrides::PLAYBOOKS.into(),
        known: None,
    };
    bucket(&server).read_overrides(&[read]).await.remove(0)
}

#[tokio::test]
async fn no_object_is_an_answer_and_no_bucket_or_permission_is_a_fault_that_says_what_to_do() {
    assert_eq!(answered(404, "NoSuchKey").await.unwrap(), Found::Nothing);
    let missing = answered(404, "NoSuchBucket").await.unwrap_err().to_string();
    assert_eq!(
        missing,
        "the override bucket overrides does not exist; create it or correct the parameter OverrideBucket"
    );
    let denied = answered(403, "AccessDenied").await.unwrap_err().to_string();
    assert!(
        denied.starts_with("this function may not read the override bucket overrides"),
        "{denied}"
    );
}

#[tokio::test]
async fn without_a_bucket_nothing_is_read() {
    let server = Server::answering([StubResponse::ok("")]).await;
    let bucket = OverrideBucket::new(&server.config(connector()), None, "picket-dev");
    let read = ConditionalRead {
        object: overrides::PRICES.into(),
        known: None,
    };
    let results = bucket.read_overrides(&[read.clone(), read]).await;
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(Found::Nothing)))
    );
    assert_eq!(server.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_object_that_is_no_text_or_too_large_is_refused() {
    for (body, says) in [
        (vec![0xff; 3], "is not UTF-8 text"),
        (vec![b'a'; (1 << 20) + 1], "bytes"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(200).set_body_bytes(body))
            .mount(&server)
            .await;
        let read = ConditionalRead {
            object: overrides::PLAYBOOKS.into(),
            known: None,
        };
        let fault = bucket(&server)
            .read_overrides(&[read])
            .await
            .remove(0)
            .unwrap_err();
        assert!(fault.to_string().contains(says), "{fault}");
    }
    // The stored text is parsed like a compiled-in file, and playbooks are checked as everywhere.
    assert!(playbooks::parse("playbooks.yaml", "playbooks: [").is_err());
}

/// A bucket that counts its reads.
#[derive(Default)]
struct CountedReads(std::sync::Mutex<Vec<Vec<ConditionalRead>>>);

impl ReadOverrides for CountedReads {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.0.lock().unwrap().push(reads.to_vec());
        vec![Ok(new("e1", ROUTES))]
    }
}

#[tokio::test]
async fn held_overrides_are_read_once_in_each_interval() {
    let (held, bucket) = (CachedOverrides::new(routes()), CountedReads::default());
    for (second, reads) in [(0, 1), (29, 1), (30, 2)] {
        held.refresh(&bucket, at(second)).await;
        assert_eq!(bucket.0.lock().unwrap().len(), reads, "after {second} s");
    }
    assert!(held.get().is_overridden());
    assert_eq!(bucket.0.lock().unwrap()[1][0].known.as_deref(), Some("e1"));
}
