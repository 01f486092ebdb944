//! Addresses over a real socket.

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{certificates::Root, *};
use crate::{outcome::ProbeOutcome, run::run_all, testing::FixedClock};

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn fetch(adapters: &Adapters, url: &str) -> Result<Page, Failure> {
    adapters.fetch_page(&url.parse().unwrap()).await
}

/// A server over TLS; its address.
async fn encrypted(tls: tokio_rustls::TlsAcceptor) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = tls.accept(stream).await {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(ANSWER.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    format!("https://localhost:{port}/health?key=in-the-query")
}

#[tokio::test]
async fn a_page_is_its_status_its_text_and_its_certificates_end() {
    let root = Root::new();
    let (adapters, _store) = adapters(Some(root.pem())).await;
    let url = encrypted(root.server("localhost", 4000)).await;
    let page = fetch(&adapters, &url).await.unwrap();
    assert_eq!((page.status, page.body.as_slice()), (200, b"ok".as_slice()));
    let end: Timestamp = "4000-12-31T00:00:00Z".parse().unwrap();
    assert_eq!(page.certificate_ends, Some(end));
}

#[tokio::test]
async fn a_certificate_that_ran_out_is_anothers_or_nobodys_is_refused_by_name() {
    let root = Root::new();
    for (host, until, trusted, expected) in [
        ("localhost", 2025, true, "it has run out"),
        ("other.example", 4000, true, "it is another host's"),
        ("localhost", 4000, false, "is not signed by a trusted root"),
    ] {
        let (adapters, _store) = adapters(trusted.then(|| root.pem())).await;
        let url = encrypted(root.server(host, until)).await;
        let failure = fetch(&adapters, &url).await.unwrap_err();
        assert_eq!(failure.reason, Reason::Certificate, "{failure:?}");
        assert!(failure.to_string().contains(expected), "{failure}");
        assert!(!format!("{failure:?}").contains("in-the-query"));
    }
}

#[tokio::test]
async fn roots_that_are_none_are_a_matter_of_setup() {
    let (adapters, _store) = adapters(Some("hello".to_owned())).await;
    let failure = fetch(&adapters, "https://localhost:1/").await.unwrap_err();
    assert_eq!(failure.reason, Reason::Setup);
    assert!(
        failure.to_string().contains("/picket/probes/roots"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_with_a_place() {
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/");
    Mock::given(any())
        .respond_with(moved)
        .expect(1)
        .mount(&server)
        .await;
    let (adapters, _store) = adapters(None).await;
    let page = fetch(&adapters, &server.uri()).await.unwrap();
    assert_eq!(page.status, 302);
    assert_eq!(page.location.as_deref(), Some("https://elsewhere.example/"));
    assert_eq!(page.certificate_ends, None);
}

#[tokio::test]
async fn a_body_that_never_ends_is_read_to_the_bound() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
        // Until the other side hangs up.
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let (adapters, _store) = adapters(None).await;
    let page = fetch(&adapters, &format!("http://{address}/"))
        .await
        .unwrap();
    assert_eq!(page.body.len(), crate::web::MOST_BODY);
}

#[tokio::test]
async fn nobody_there_and_half_an_answer_are_unreachable() {
    let (adapters, _store) = adapters(None).await;
    let gone = refusing().await;
    let failure = fetch(&adapters, &format!("http://{gone}/?key=in-the-query"))
        .await
        .unwrap_err();
    assert_eq!(failure.reason, Reason::Unreachable, "{failure:?}");
    assert!(
        !format!("{failure:?}").contains("in-the-query"),
        "{failure:?}"
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
        stream.write_all(half.as_bytes()).await.unwrap();
    });
    let failure = fetch(&adapters, &format!("http://{address}/"))
        .await
        .unwrap_err();
    assert_eq!(failure.reason, Reason::Unreachable, "{failure:?}");
}

/// A clock on which every wait lasts until a server was reached.
struct UntilReached(&'static Notify);

impl picket_shared::clock::Clock for UntilReached {
    fn now(&self) -> Timestamp {
        FixedClock::at("2026-11-20T06:05:00Z").now
    }

    async fn sleep(&self, _: std::time::Duration) {
        self.0.notified().await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_costs_its_own_probe_alone() {
    let (address, reached) = hanging().await;
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let (adapters, _store) = adapters(None).await;
    let http = "Http: { Target: orders }";
    let hangs = active(http, "Value: status", &format!("http://{address}/"));
    let good = active(http, "Value: status", &server.uri());
    let most = std::time::Duration::from_secs(38);
    let clock = UntilReached(reached);
    let one = async |probe: &ActiveProbe| -> ProbeOutcome {
        run_all(&adapters, &clock, &[probe], most).await.remove(0).1
    };
    let outcome = one(&hangs).await;
    assert_eq!(outcome.failure.unwrap().reason, Reason::Timeout);
    let outcome = one(&good).await;
    assert_eq!(outcome.number(&good.probe.metrics[0]), Some(200.0));
}
