//! What is logged, and what a token is.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use aws_smithy_runtime_api::client::identity::Identity;
use picket_shared::report::ErrorChain;

use super::*;
use crate::{run::run_all, testing::FixedClock};

/// Collects what is logged.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_line_of_any_level_and_no_failure_holds_the_password() {
    let logs = Logs::default();
    let writer = logs.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let (adapters, _store) = adapters(None).await;
    let (hangs, _) = hanging().await;
    for address in [refusing().await, hangs] {
        let target = format!("postgresql://picket@{address}/orders?sslmode=disable");
        let probe = active(
            "PostgreSQL: { Target: orders, Statement: SELECT 1 AS n }",
            "Column: n",
            &target,
        );
        let clock = FixedClock::at("2026-11-20T06:05:00Z");
        let most = std::time::Duration::from_secs(38);
        let failure = run_all(&adapters, &clock, &[&probe], most)
            .await
            .remove(0)
            .1
            .failure
            .unwrap();
        tracing::info!(?failure, chain = %ErrorChain(&failure), ?adapters, ?probe, "logged on purpose");
    }
    let asked = adapters
        .query_database(&databases::request(&databases::local("127.0.0.1:1")))
        .await;
    tracing::info!(?asked, "logged on purpose");
    drop(guard);
    let logged = String::from_utf8(logs.0.lock().unwrap().clone()).unwrap();
    // wiremock logs as well, in this process: its lines are the server's.
    let ours: Vec<_> = logged
        .lines()
        .filter(|line| !line.contains("wiremock"))
        .collect();
    assert_eq!(
        ours.iter()
            .filter(|line| line.contains("logged on purpose"))
            .count(),
        3
    );
    for line in ours {
        assert!(!line.contains("hunter2"), "{line}");
    }
}

/// As `generate_db_auth_token` of botocore 1.43 made it of these very keys at that moment.
const BY_BOTOCORE: &str = "db.example.eu-central-1.rds.amazonaws.com:5432/?Action=connect&DBUser=picket_probe&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-central-1%2Frds-db%2Faws4_request&X-Amz-Date=20261121T013242Z&X-Amz-SignedHeaders=host&X-Amz-Expires=900&X-Amz-Security-Token=session%2Ftoken%2B1%3D%3D&X-Amz-Signature=53e3ed4eaf5a82309279fe019dcd6b2465a315db249a78959748bfa109d56513";

#[test]
fn a_database_token_is_the_one_that_aws_makes() {
    let identity: Identity = Credentials::new(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        Some("session/token+1==".to_owned()),
        None,
        "test",
    )
    .into();
    let address = "postgresql://picket_probe@db.example.eu-central-1.rds.amazonaws.com/agent"
        .parse()
        .unwrap();
    let now = "2026-11-21T01:32:42Z".parse().unwrap();
    let token = token::token(&address, &identity, "eu-central-1", now).unwrap();
    assert!(!format!("{token:?}").contains("Signature"));
    let parts = |token: &str| {
        let mut parts: Vec<_> = token.split(['?', '&']).map(str::to_owned).collect();
        parts.sort();
        parts
    };
    assert_eq!(parts(token.expose_secret()), parts(BY_BOTOCORE));
}
