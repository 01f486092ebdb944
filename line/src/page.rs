//! The page that shows the line while it runs: one HTML file, its style and its script, and the journal as server-sent
//! events.

use std::convert::Infallible;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use rust_embed::RustEmbed;
use tokio_stream::wrappers::BroadcastStream;

use crate::journal::{Entry, Journal};

#[derive(RustEmbed)]
#[folder = "src/page/assets"]
struct Assets;

/// Its routes.
pub fn router(journal: Journal) -> Router {
    Router::new()
        .route("/", get(|| async { asset("index.html") }))
        .route(
            "/assets/{name}",
            get(|Path(name): Path<String>| async move { asset(&name) }),
        )
        .route("/journal", get(follow))
        .with_state(journal)
}

fn asset(name: &str) -> Response {
    let Some(file) = Assets::get(name) else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], file.data).into_response()
}

/// The past first, then the present. A browser that lost the connection requests both again.
async fn follow(
    State(journal): State<Journal>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (past, future) = journal.follow();
    let future = BroadcastStream::new(future).filter_map(|entry| async { entry.ok() });
    let events = stream::iter(past)
        .chain(future)
        .map(|entry| Ok(event(&entry)));
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn event(entry: &Entry) -> Event {
    let event = Event::default().id(entry.number.to_string());
    match serde_json::to_string(entry) {
        Ok(json) => event.data(json),
        Err(error) => event.comment(format!("entry {} is not JSON: {error}", entry.number)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use picket_shared::env::{Process, Variables};

    use super::*;
    use crate::{journal::LineEvent, server::Server};

    #[tokio::test]
    async fn the_page_its_files_and_the_journal_are_served() {
        let journal = Journal::default();
        journal.write(
            Timestamp::UNIX_EPOCH,
            LineEvent::Note {
                text: "hello".into(),
            },
        );
        let server = Server::start(0, router(journal)).await.unwrap();
        let web = picket_aws::web::client();
        let get = async |path: &str| {
            web.get(format!("{}{path}", server.address()))
                .send()
                .await
                .unwrap()
        };
        let page = get("/").await.text().await.unwrap();
        for (name, files) in [
            (
                "dashboards",
                ["style.css", "dashboards.css", "dashboards.js"],
            ),
            ("grafana", ["dashboards.css", "grafana.css", "grafana.js"]),
        ] {
            let address = format!("/assets/{name}.html");
            assert!(page.contains(&address), "{address}");
            let board = get(&address).await.text().await.unwrap();
            for file in files {
                assert!(board.contains(&format!("/assets/{file}")), "{file}");
                assert_eq!(get(&format!("/assets/{file}")).await.status(), 200);
            }
        }
        for file in ["style.css", "main.js"] {
            assert!(page.contains(&format!("/assets/{file}")), "{file}");
            assert_eq!(get(&format!("/assets/{file}")).await.status(), 200);
        }
        assert_eq!(get("/assets/other").await.status(), 404);
        let first = get("/journal").await.chunk().await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&first).contains(r#""kind":"note","text":"hello""#));
    }
    /// Every module that another one imports is served.
    #[test]
    fn the_modules_of_the_page_are_all_there() {
        let scripts = Assets::iter().filter(|name| name.ends_with(".js"));
        for name in scripts {
            let file = Assets::get(&name).unwrap();
            let text = String::from_utf8(file.data.into_owned()).unwrap();
            for (_, rest) in text.lines().filter_map(|line| line.split_once("from \"./")) {
                let imported = rest.split('"').next().unwrap_or_default();
                assert!(Assets::get(imported).is_some(), "{name} imports {imported}");
            }
        }
    }

    /// The page's elements that a script looks up by id.
    #[test]
    fn what_the_scripts_look_up_is_in_the_page() {
        let text =
            |name: &str| String::from_utf8(Assets::get(name).unwrap().data.into_owned()).unwrap();
        let page = text("index.html");
        let mut found = 0;
        for script in ["main.js", "panels.js"].map(text) {
            for (_, rest) in script
                .match_indices("at(\"")
                .map(|(at, _)| script[at..].split_at(4))
            {
                let id = rest.split('"').next().unwrap_or_default();
                assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
                found += 1;
            }
        }
        assert!(found > 20, "{found}");
    }

    /// The tests of the page's modules run on Node.js, which a checkout does not require: where it is missing, this is
    /// skipped, or fails if `PICKET_REQUIRE_NODE` is set.
    #[test]
    fn the_tests_of_the_pages_modules_pass() {
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/page/tests"));
        let files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        assert!(files.len() > 2, "{files:?}");
        let run = std::process::Command::new("node")
            .arg("--test")
            .args(&files)
            .output();
        match run {
            Ok(run) => assert!(
                run.status.success(),
                "{}",
                String::from_utf8_lossy(&run.stdout)
            ),
            Err(error) => {
                let is_required = Process.get("PICKET_REQUIRE_NODE").is_some();
                assert!(!is_required, "node cannot be run: {error}");
                println!("skipped: node cannot be run: {error}");
            }
        }
    }
}
