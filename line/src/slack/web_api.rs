//! The methods of Slack's Web API that a bot token calls: messages that can be edited and have threads, and files.
//! Every answer is status 200; a refusal has `"ok": false`.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{Slack, files::NotAFile, limits};
use crate::journal::LineEvent;

/// The bot token that is accepted.
pub const TOKEN: &str = "xoxb-picket-line";

/// A refusal: Slack's word for it.
type Refused = &'static str;

pub(super) fn router() -> Router<Slack> {
    Router::new()
        .route("/api/{method}", post(call))
        .route("/upload/v1/{file}", post(upload))
        .route("/files/{file}", get(file))
}

async fn call(
    State(slack): State<Slack>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    slack.answers().await;
    if let Some(status) = slack.trouble() {
        return (status, "trouble").into_response();
    }
    let answered = authorized(&headers).and_then(|()| match method.as_str() {
        "chat.postMessage" => slack.message(&body, Write::New),
        "chat.update" => slack.message(&body, Write::Edit),
        "files.getUploadURLExternal" => slack.upload_address(&body, &headers),
        "files.completeUploadExternal" => slack.complete(&body),
        _ => Err("unknown_method"),
    });
    Json(answered.unwrap_or_else(|error| json!({"ok": false, "error": error}))).into_response()
}

fn authorized(headers: &HeaderMap) -> Result<(), Refused> {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok());
    match given.map(|given| given.strip_prefix("Bearer ").unwrap_or_default()) {
        None => Err("not_authed"),
        Some(TOKEN) => Ok(()),
        Some(_) => Err("invalid_auth"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Write {
    New,
    Edit,
}

impl Slack {
    /// `chat.postMessage` and `chat.update`.
    fn message(&self, body: &[u8], write: Write) -> Result<Value, Refused> {
        let payload: Value = serde_json::from_slice(body).map_err(|_| "invalid_json")?;
        let text = |name: &str| payload[name].as_str().map(str::to_owned);
        let channel = text("channel").unwrap_or_default();
        let answered = self.place(&payload, &channel, text("ts"), write);
        let answer = answered
            .as_ref()
            .map_or_else(|error| (*error).to_owned(), |_| "ok".to_owned());
        self.journal.write(
            SystemClock.now(),
            LineEvent::Message {
                channel: channel.clone(),
                ts: answered.clone().unwrap_or_default(),
                thread: text("thread_ts"),
                edited: write == Write::Edit,
                payload,
                answer,
            },
        );
        Ok(json!({"ok": true, "channel": channel, "ts": answered?}))
    }

    /// The place of the message.
    fn place(
        &self,
        payload: &Value,
        channel: &str,
        ts: Option<String>,
        write: Write,
    ) -> Result<String, Refused> {
        let is_channel = channel.len() > 1 && channel.starts_with('C');
        if !is_channel {
            return Err("channel_not_found");
        }
        limits::check(payload).map_err(|refusal| {
            tracing::warn!("Slack refuses a message: {refusal}");
            refusal.code
        })?;
        if !self.files().shows(payload) {
            return Err("invalid_blocks");
        }
        let mut messages = self.messages();
        match (write, ts) {
            (Write::Edit, Some(ts)) if messages.contains(&ts) => Ok(ts),
            (Write::Edit, _) => Err("message_not_found"),
            (Write::New, _) => {
                let ts = format!("{}.{:06}", SystemClock.now().as_second(), messages.len());
                messages.insert(ts.clone());
                Ok(ts)
            }
        }
    }

    /// `files.getUploadURLExternal`, which takes a form.
    fn upload_address(&self, body: &[u8], headers: &HeaderMap) -> Result<Value, Refused> {
        let form = String::from_utf8_lossy(body);
        let field = |name: &str| {
            let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        };
        let length = field("length").and_then(|length| length.parse().ok());
        let length: usize = length
            .filter(|length| *length > 0)
            .ok_or("invalid_arguments")?;
        field("filename").ok_or("invalid_arguments")?;
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let host = host.ok_or("invalid_arguments")?;
        let file = self.files().expect(length);
        let address = format!("http://{host}/upload/v1/{file}");
        Ok(json!({"ok": true, "upload_url": address, "file_id": file}))
    }

    /// `files.completeUploadExternal`.
    fn complete(&self, body: &[u8]) -> Result<Value, Refused> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "invalid_json")?;
        let listed = body["files"].as_array().ok_or("invalid_arguments")?;
        for file in listed {
            let id = file["id"].as_str().unwrap_or_default();
            self.files()
                .complete(id)
                .map_err(|_: NotAFile| "file_not_found")?;
        }
        Ok(json!({"ok": true, "files": listed}))
    }
}

async fn upload(State(slack): State<Slack>, Path(file): Path<String>, body: Bytes) -> Response {
    match slack.files().put(&file, &body) {
        Ok(()) => format!("OK - {}", body.len()).into_response(),
        Err(NotAFile) => (StatusCode::BAD_REQUEST, "no such upload").into_response(),
    }
}

/// For the page: Slack shows its files itself.
async fn file(State(slack): State<Slack>, Path(file): Path<String>) -> Response {
    match slack.files().get(&file) {
        Some(picture) => ([(header::CONTENT_TYPE, "image/png")], picture).into_response(),
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;

    fn slack() -> Slack {
        Slack::new(Journal::default())
    }

    fn post(slack: &Slack, body: &Value) -> Result<Value, Refused> {
        slack.message(body.to_string().as_bytes(), Write::New)
    }

    fn edit(slack: &Slack, body: &Value) -> Result<Value, Refused> {
        slack.message(body.to_string().as_bytes(), Write::Edit)
    }

    #[test]
    fn a_message_has_an_identity_and_is_edited_by_it() {
        let slack = slack();
        let first = post(&slack, &json!({"channel": "C1", "text": "one"})).unwrap();
        let second = post(&slack, &json!({"channel": "C1", "text": "two"})).unwrap();
        assert_ne!(first["ts"], second["ts"]);
        let edited = json!({"channel": "C1", "ts": first["ts"], "text": "1"});
        assert_eq!(edit(&slack, &edited).unwrap()["ts"], first["ts"]);
        let unknown = json!({"channel": "C1", "ts": "1.5", "text": "1"});
        assert_eq!(edit(&slack, &unknown), Err("message_not_found"));
        assert_eq!(
            post(&slack, &json!({"channel": "alerts", "text": "one"})),
            Err("channel_not_found")
        );
        assert_eq!(post(&slack, &json!({"channel": "C1"})), Err("no_text"));
    }

    #[test]
    fn only_the_bots_token_is_good() {
        let with = |token: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::AUTHORIZATION,
                format!("Bearer {token}").parse().unwrap(),
            );
            authorized(&headers)
        };
        assert_eq!(with(TOKEN), Ok(()));
        assert_eq!(with("xoxb-other"), Err("invalid_auth"));
        assert_eq!(authorized(&HeaderMap::new()), Err("not_authed"));
    }

    #[test]
    fn a_picture_is_shown_once_it_is_whole_and_not_before() {
        let slack = slack();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:1".parse().unwrap());
        let picture = b"\x89PNG\r\n\x1a\n....";
        let form = format!("filename=chart.png&length={}", picture.len());
        let asked = slack.upload_address(form.as_bytes(), &headers).unwrap();
        let file = asked["file_id"].as_str().unwrap();
        let message = json!({"channel": "C1", "text": "t",
            "blocks": [{"type": "image", "slack_file": {"id": file}, "alt_text": "a chart"}]});
        assert_eq!(post(&slack, &message), Err("invalid_blocks"));
        slack.files().put(file, picture).unwrap();
        assert_eq!(post(&slack, &message), Err("invalid_blocks"));
        let complete = json!({"files": [{"id": file}]}).to_string();
        slack.complete(complete.as_bytes()).unwrap();
        assert!(post(&slack, &message).is_ok());
        assert_eq!(slack.files().get(file).unwrap(), picture);
        assert_eq!(
            slack.upload_address(b"filename=a", &headers),
            Err("invalid_arguments")
        );
    }
}
