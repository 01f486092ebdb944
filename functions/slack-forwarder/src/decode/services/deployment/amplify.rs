//! Amplify Hosting: deployments of a branch.
//! <https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-amplify.html>

use picket_shared::alarm::State;

use crate::decode::{
    event::Event,
    notice::{Notice, Status, encoded},
};

/// A deployment that failed begins the incident of its branch, and the next that succeeds ends it. One that is cancelled
/// says nothing of what is deployed.
pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let (app, branch) = (detail.text("appId"), detail.text("branchName"));
    let (job, state) = (detail.text("jobId"), event.text_or("jobStatus", "CHANGED"));
    let parts: Vec<&str> = [&app, &branch]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let condition = match Status::of(&state) {
        Status::Bad => Some(State::Alarm),
        Status::Good => Some(State::Ok),
        _ => None,
    };
    let path: Vec<String> = [&app, &branch, &job]
        .into_iter()
        .map_while(|part| part.as_deref().map(encoded))
        .collect();
    event
        .notice(&state, format!("Amplify {}", named(&parts)))
        .code("App", app.clone())
        .code("Branch", branch.clone())
        .code("Job", job)
        .console(
            "Open in Amplify",
            &format!("amplify/home?region={{region}}#{}", path.join("/")),
        )
        .incident(incident(event, app.zip(branch)))
        .condition(condition)
}

fn named(parts: &[&str]) -> String {
    if parts.is_empty() {
        "an app".to_owned()
    } else {
        parts.join(" › ")
    }
}

/// The branch in its app, which is unique in an account and Region.
fn incident(event: &Event<'_>, branch: Option<(String, String)>) -> Option<String> {
    let (app, branch) = branch?;
    let place = event.location();
    let part = |part: Option<String>| part.unwrap_or_default();
    Some(format!(
        "amplify/{}/{}/{app}/{branch}",
        part(place.account),
        part(place.region)
    ))
}
