//! CodeBuild: builds and their phases.

use crate::decode::event::{Event, last_part};
use crate::{
    decode::{
        lenient::Node,
        notice::{Notice, Status},
    },
    draft::number,
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let more = detail.at("additional-information");
    let project = event.text_or("project-name", "a project");
    let number = more
        .text("build-number")
        .map(|number| format!(" #{number}"))
        .unwrap_or_default();
    let phase = detail
        .text("completed-phase")
        .map(|phase| format!(", {phase}"))
        .unwrap_or_default();
    let state = detail
        .first(&["build-status", "completed-phase-status", "completed-phase"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    let build = detail.text("build-id");
    let page = build
        .as_deref()
        .map(|id| format!("{project}:{}", last_part(id)));
    event
        .notice(&state, format!("CodeBuild {project}{number}{phase}"))
        .because(context(detail, more).filter(|_| Status::of(&state) == Status::Bad))
        .field("Phase", detail.text("current-phase"))
        .field(
            "Took",
            detail
                .number("completed-phase-duration-seconds")
                .map(|seconds| format!("{} s", number::value(seconds))),
        )
        .field("Started by", more.text("initiator"))
        .field("Source", more.first(&["source/location", "source/type"]))
        .code("Version", more.text("source-version"))
        .code("Logs", more.text("logs/group-name"))
        .at(detail
            .timestamp("completed-phase-end")
            .or_else(|| event.whole.timestamp("time")))
        .console_of(
            "Open in CodeBuild",
            &format!(
                "codesuite/codebuild/projects/{}/build/{{}}?region={{region}}",
                crate::decode::notice::encoded(&project)
            ),
            page.as_deref(),
        )
        .aws_link("Logs", more.text("logs/deep-link"))
        .incident(build)
}

/// The message of the first phase that failed.
fn context(detail: Node<'_>, more: Node<'_>) -> Option<String> {
    let failed = more.list("phases").into_iter().find(|phase| {
        phase.has("phase-status") && !matches!(phase.str("phase-status"), "SUCCEEDED" | "")
    });
    let said = failed.and_then(|phase| {
        let name = phase.text("phase-type")?;
        let why = phase
            .text("phase-context")
            .filter(|said| !said.trim_matches([':', ' ', '[', ']']).is_empty());
        Some(match why {
            Some(why) => format!("{name}: {why}"),
            None => format!("{name} {}", phase.text("phase-status")?),
        })
    });
    said.or_else(|| {
        detail
            .text("completed-phase-context")
            .filter(|said| !said.trim_matches([':', ' ', '[', ']']).is_empty())
    })
}
