//! What arrives, as its carriers write it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::history::{Arrival, Carrier, Change, Forged, History, Ms, Notice, Severity, State};

/// An alarm's name. None is part of another.
pub(crate) fn name(alarm: usize) -> String {
    format!("alarm-{alarm:05}")
}

/// What the reason of a change holds: a reader knows by it which change a message is about.
pub(crate) fn tag(alarm: usize, change: usize) -> String {
    format!("tag-{alarm:05}-{change:03}")
}

pub(crate) fn topic(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "arn:aws:sns:eu-west-1:111122223333:critical",
        Severity::Warning => "arn:aws:sns:eu-west-1:111122223333:warning",
        Severity::Info => "arn:aws:sns:eu-west-1:111122223333:info",
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "OK",
        State::Unknown => "INSUFFICIENT_DATA",
        State::Alarm => "ALARM",
    }
}

/// As CloudWatch writes it, which is not quite RFC 3339.
fn time(at: Ms) -> String {
    let at = Timestamp::from_millisecond(at).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// The name of what Alertmanager says.
pub(crate) fn notice_name(number: usize) -> String {
    format!("Notice{number:05}")
}

/// Alertmanager's message that something fires, or that it is over.
pub(crate) fn notice(number: usize, notice: &Notice, is_over: bool) -> Value {
    let status = if is_over { "resolved" } else { "firing" };
    let name = notice_name(number);
    let body = json!({"receiver": "sns", "status": status, "groupKey": format!("{{}}:{{alertname=\"{name}\"}}"),
        "alerts": [{"status": status, "labels": {"alertname": name}, "annotations": {}, "startsAt": time(notice.fires)}]});
    sns(notice.severity, &format!("{name}-{status}"), &body)
}

fn sns(severity: Severity, id: &str, body: &Value) -> Value {
    json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Type": "Notification", "MessageId": id,
        "TopicArn": topic(severity), "Subject": null, "Message": body.to_string()}}]})
}

pub(crate) fn event(history: &History, arrival: &Arrival) -> Value {
    let alarm = &history.alarms[arrival.alarm];
    let Change { at, state } = alarm.changes[arrival.change];
    let tag = tag(arrival.alarm, arrival.change);
    let before = before(&alarm.changes, arrival.change);
    written(
        history,
        arrival.alarm,
        arrival.carrier,
        &tag,
        state,
        at,
        before,
    )
}

/// As an OK of CloudWatch's.
pub(crate) fn forged(history: &History, forged: &Forged) -> Value {
    let tag = tag(forged.alarm, forged.change);
    written(
        history,
        forged.alarm,
        forged.carrier,
        &tag,
        State::Ok,
        forged.of,
        State::Alarm,
    )
}

fn written(
    history: &History,
    alarm: usize,
    carrier: Carrier,
    reason: &str,
    state: State,
    at: Ms,
    before: State,
) -> Value {
    let (name, region) = (name(alarm), history.alarms[alarm].region);
    let arn = format!("arn:aws:cloudwatch:{region}:111122223333:alarm:{name}");
    let (state, at, before) = (word(state), time(at), word(before));
    let said = json!({"value": state, "reason": reason, "timestamp": at});
    match carrier {
        Carrier::Topic(severity) => {
            let body = json!({"AlarmName": name, "AWSAccountId": "111122223333", "OldStateValue": before, "NewStateValue": state,
                "NewStateReason": reason, "StateChangeTime": at, "AlarmArn": arn});
            sns(severity, &format!("{reason}-{severity:?}-{at}"), &body)
        }
        Carrier::EventBridge => {
            json!({"version": "0", "id": format!("event-{reason}"), "detail-type": "CloudWatch Alarm State Change",
                "source": "aws.cloudwatch", "account": "111122223333", "time": at, "region": region, "resources": [arn],
                "detail": {"alarmName": name, "state": said, "previousState": {"value": before}}})
        }
        Carrier::Action => {
            json!({"source": "aws.cloudwatch", "alarmArn": arn, "accountId": "111122223333", "time": at, "region": region,
                "alarmData": {"alarmName": name, "state": said, "previousState": {"value": before}}})
        }
    }
}

/// The state before a change. An alarm is OK before a history, unless the history begins with OK.
pub(crate) fn before(changes: &[Change], change: usize) -> State {
    match change.checked_sub(1).map(|before| changes[before].state) {
        Some(before) => before,
        None if changes[change].state == State::Ok => State::Unknown,
        None => State::Ok,
    }
}
