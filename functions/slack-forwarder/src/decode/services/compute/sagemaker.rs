//! SageMaker AI: the state of an endpoint.
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html>

use picket_shared::alarm::State;

use crate::decode::{
    event::{Event, last_part},
    notice::{Notice, Status},
};

/// A state of an endpoint: that page writes `IN_SERVICE`, and `DescribeEndpoint` writes `InService`. SageMaker may send
/// several events for one change of state.
pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let arn = detail.text("EndpointArn").or_else(|| event.resource());
    let name = detail
        .text("EndpointName")
        .or_else(|| arn.as_deref().map(|arn| last_part(arn).to_owned()));
    let state = event.text_or("EndpointStatus", "CHANGED");
    let (status, condition) = meaning(&state);
    event
        .notice(
            &state,
            format!(
                "SageMaker endpoint {}",
                name.as_deref().unwrap_or("without a name")
            ),
        )
        .status(status)
        .because(detail.text("FailureReason"))
        .code("Configuration", detail.text("EndpointConfigName"))
        .tags(detail.pairs("Tags"))
        .console_of(
            "Open in SageMaker AI",
            "sagemaker/home?region={region}#/endpoints/{}",
            name.as_deref(),
        )
        .incident(arn)
        .condition(condition)
}

/// The states by what `DescribeEndpoint` says of them. `ROLLING_BACK` is a change that failed, after which the endpoint
/// is in service as before. `SYSTEM_UPDATING` is maintenance. An endpoint that is being deleted has no incident.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html>
fn meaning(state: &str) -> (Status, Option<State>) {
    let letters = |letter: &char| letter.is_ascii_alphabetic();
    let word: String = state.chars().filter(letters).collect();
    match word.to_ascii_uppercase().as_str() {
        "FAILED" | "OUTOFSERVICE" | "ROLLINGBACK" | "UPDATEROLLBACKFAILED" => {
            (Status::Bad, Some(State::Alarm))
        }
        "INSERVICE" => (Status::Good, Some(State::Ok)),
        "DELETING" => (Status::Neutral, Some(State::Ok)),
        "CREATING" | "UPDATING" | "SYSTEMUPDATING" => (Status::Progress, None),
        _ => (Status::of(state), None),
    }
}
