//! PostgreSQL's first words, without a PostgreSQL.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{certificates::Root, *};
use crate::{run::run_all, targets::Endpoint, testing::FixedClock};

/// A client that wants TLS says so in eight bytes.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

pub(super) fn request(active: &ActiveProbe) -> DatabaseRequest<'_> {
    let (probes::Check::PostgreSql(check), Endpoint::Database(address)) =
        (&active.probe.check, &active.endpoint)
    else {
        panic!("{active:?}")
    };
    DatabaseRequest {
        target: &check.target,
        address,
        statement: &check.statement,
        timeout: Duration::from_secs(10),
    }
}

/// A probe of an unencrypted database there.
pub(super) fn local(address: &str) -> ActiveProbe {
    let target = format!("postgresql://picket@{address}/orders?sslmode=disable");
    active(
        "PostgreSQL: { Target: orders, Statement: SELECT 1 AS n }",
        "Column: n",
        &target,
    )
}

fn encrypted(port: u16) -> ActiveProbe {
    let target = format!("postgresql://picket@localhost:{port}/orders");
    active(
        "PostgreSQL: { Target: orders, Statement: SELECT 1 AS n }",
        "Column: n",
        &target,
    )
}

/// A server that receives the request for TLS and then does this.
pub(super) async fn server<F>(then: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut wish = [0; 8];
            if stream.read_exact(&mut wish).await.is_ok() && wish == TLS_REQUEST {
                then(stream).await;
            }
        }
    });
    port
}

#[tokio::test]
async fn a_certificate_that_ran_out_is_anothers_or_nobodys_gets_no_password() {
    let root = Root::new();
    for (host, until, trusted, expected) in [
        ("localhost", 2025, true, "it has run out"),
        ("db.example.com", 4000, true, "it is another host's"),
        ("localhost", 4000, false, "is not signed by a trusted root"),
    ] {
        let (adapters, _store) = adapters(trusted.then(|| root.pem())).await;
        let tls = root.server(host, until);
        let port = server(move |mut stream| {
            let tls = tls.clone();
            async move {
                stream.write_all(b"S").await.unwrap();
                assert!(
                    tls.accept(stream).await.is_err(),
                    "the handshake went through"
                );
            }
        })
        .await;
        let failure = adapters
            .query_database(&request(&encrypted(port)))
            .await
            .unwrap_err();
        assert_eq!(failure.reason, Reason::Certificate, "{failure:?}");
        assert!(failure.to_string().contains(expected), "{failure}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_no_word_more() {
    let (adapters, _store) = adapters(None).await;
    let port = server(|mut stream| async move {
        stream.write_all(b"N").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "it went on in the open");
    })
    .await;
    let failure = adapters
        .query_database(&request(&encrypted(port)))
        .await
        .unwrap_err();
    assert_eq!(failure.reason, Reason::Unreachable, "{failure:?}");
}

#[tokio::test]
async fn one_that_refuses_and_one_that_hangs_are_distinguished() {
    let (adapters, _store) = adapters(None).await;
    let gone = refusing().await;
    let failure = adapters
        .query_database(&request(&local(&gone)))
        .await
        .unwrap_err();
    assert_eq!(failure.reason, Reason::Unreachable, "{failure:?}");
    let (hangs, _) = hanging().await;
    let probe = local(&hangs);
    let clock = FixedClock::at("2026-11-20T06:05:00Z");
    let outcome = run_all(&adapters, &clock, &[&probe], Duration::from_secs(38))
        .await
        .remove(0)
        .1;
    assert_eq!(outcome.number(&probe.probe.metrics[0]), None);
    assert_eq!(outcome.failure.unwrap().reason, Reason::Timeout);
}
