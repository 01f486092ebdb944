use std::path::Path;

use super::*;
use crate::server::Server;

fn boards() -> Vec<Board> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parameters = [
        ("Environment", "dev"),
        ("BedrockUsage", "true"),
        ("SchedulingAgent", "true"),
        ("SchedulingAgentFunctionName", "scheduling-actions"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    read(&root, "picket-demo", &parameters).unwrap()
}

#[test]
fn the_workloads_dashboards_are_read_from_the_templates() {
    let boards = boards();
    let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
    assert!(names.contains(&"picket-demo-bedrock-usage") && names.contains(&"picket-demo-picket"));
    for board in &boards {
        for widget in board.body["widgets"].as_array().unwrap() {
            let properties = &widget["properties"];
            let written = properties["metrics"].as_array().map_or(0, Vec::len);
            let rows = row::rows(properties);
            assert_eq!(
                rows.len(),
                written,
                "{}: {}",
                board.name,
                properties["title"]
            );
            // Every search of a source is understood.
            let is_search = |row: &&row::Row| matches!(&row.shown, row::Shown::Math(text) if text.contains("SEARCH"));
            assert_eq!(rows.iter().find(is_search), None);
        }
    }
}

#[tokio::test]
async fn names_are_served_and_a_dashboard_without_an_emulator_is_none() {
    let source = Source::default();
    let server = Server::start(0, router(source.clone())).await.unwrap();
    let web = picket_aws::web::client();
    let get = async |path: &str| {
        web.get(format!("{}{path}", server.address()))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(get("/dashboards").await.text().await.unwrap(), "[]");
    // Nothing listens there.
    let clients = Clients::new("http://127.0.0.1:9").await;
    source
        .set(Boards {
            clients,
            boards: boards(),
        })
        .unwrap();
    let names: Vec<String> = get("/dashboards").await.json().await.unwrap();
    assert!(names.len() >= 4, "{names:?}");
    assert_eq!(get("/dashboards/other").await.status(), 404);
    assert_eq!(
        get(&format!("/dashboards/{}", names[0])).await.status(),
        502
    );
}

#[test]
fn the_range_is_half_an_hour_and_a_week_at_most() {
    let range = |minutes| Asked { minutes }.range();
    assert_eq!(range(None), SignedDuration::from_mins(30));
    assert_eq!(range(Some(4_320)), SignedDuration::from_hours(72));
    assert_eq!(range(Some(0)), SignedDuration::from_mins(1));
    assert_eq!(range(Some(u32::MAX)), SignedDuration::from_hours(168));
}
