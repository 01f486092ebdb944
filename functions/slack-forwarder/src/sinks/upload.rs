//! Uploads of charts to Slack: <https://docs.slack.dev/messaging/working-with-files/#upload>.
//!
//! The steps: request an upload URL, post the file there, complete the upload, and edit the message to show the file.
//! A file that is shared in no channel is visible in the message of the app that shows it, and nowhere else.

use std::fmt;

use reqwest::Url;
use secrecy::{SecretSlice, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::{Endpoints, NotASecret, Request, endpoint::is_files_host, post::bot_token};
use crate::sinks::Answer;

/// The name of the file in Slack.
const NAME: &str = "chart.png";
/// Characters of a file's id are some eleven; anything longer is none.
const ID: usize = 64;

/// An upload URL, and the id of the file.
#[derive(Debug, Clone)]
pub struct Ticket {
    address: SecretString,
    file: String,
}

/// The reason why an upload failed. Never holds an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUploaded {
    /// Slack refused a step.
    #[error("Slack did not {step}: {said}")]
    Refused {
        /// Which.
        step: Step,
        /// Its code, or its status.
        said: String,
    },
    /// No answer.
    #[error("Slack did not {step}: {why}")]
    Unanswered {
        /// To what.
        step: Step,
        /// Why.
        why: String,
    },
    /// The address is not Slack's.
    #[error("Slack named an address to upload to that is not its own")]
    Elsewhere,
}

/// A step of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `files.getUploadURLExternal`
    Address,
    /// The upload of the file.
    Upload,
    /// `files.completeUploadExternal`
    Complete,
    /// `chat.update`
    Show,
}

/// The outcome of the edit that shows a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It is seen.
    Shown,
    /// Slack still processes the file: edit again after a pause.
    NotYet,
    /// It will not be.
    Refused(NotUploaded),
}

/// The fields of the Web API's responses that are used.
#[derive(Debug, Deserialize)]
struct Said {
    ok: bool,
    error: Option<String>,
    upload_url: Option<String>,
    file_id: Option<String>,
}

/// Creates the request for an upload URL for a file of so many bytes. This method accepts a form, and no JSON.
pub fn ask(
    endpoints: &Endpoints,
    token: &SecretString,
    bytes: usize,
) -> Result<Request, NotASecret> {
    Ok(Request {
        url: endpoints.slack.method("files.getUploadURLExternal").into(),
        token: Some(bot_token(token)?),
        content_type: "application/x-www-form-urlencoded",
        body: format!("filename={NAME}&length={bytes}")
            .into_bytes()
            .into(),
    })
}

/// Reads Slack's answer to [`ask`].
pub fn ticket(answer: &Answer, endpoints: &Endpoints) -> Result<Ticket, NotUploaded> {
    let said = said(answer, Step::Address)?;
    let is_id = |id: &String| id.len() <= ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let file = said.file_id.filter(is_id).ok_or(NotUploaded::Elsewhere)?;
    let address = said.upload_url.unwrap_or_default();
    let url = Url::parse(&address).map_err(|_| NotUploaded::Elsewhere)?;
    if !is_files_host(&url, &endpoints.slack) {
        return Err(NotUploaded::Elsewhere);
    }
    Ok(Ticket {
        address: address.into(),
        file,
    })
}

impl Ticket {
    /// Creates the upload of the file. The URL authorizes it; the token is not sent.
    pub fn put(&self, chart: Vec<u8>) -> Request {
        Request {
            url: self.address.clone(),
            token: None,
            content_type: "application/octet-stream",
            body: SecretSlice::from(chart),
        }
    }

    /// Checks that the upload was accepted.
    pub fn taken(answer: &Answer) -> Result<(), NotUploaded> {
        match answer {
            Answer::Answered { status: 200, .. } => Ok(()),
            answer => Err(refusal(answer, Step::Upload)),
        }
    }

    /// Creates the request that completes the upload.
    pub fn complete(
        &self,
        endpoints: &Endpoints,
        token: &SecretString,
    ) -> Result<Request, NotASecret> {
        let body = json!({"files": [{"id": self.file, "title": NAME}]});
        Ok(Request::json(
            endpoints
                .slack
                .method("files.completeUploadExternal")
                .into(),
            Some(bot_token(token)?),
            body.to_string(),
        ))
    }

    /// Returns the file's id from Slack's answer to [`Self::complete`].
    pub fn file(self, answer: &Answer) -> Result<String, NotUploaded> {
        said(answer, Step::Complete).map(|_| self.file)
    }
}

/// Reads Slack's answer to the edit that shows the chart. A file that it has not processed yet is an invalid block.
pub fn shown(answer: &Answer) -> Shown {
    match said(answer, Step::Show) {
        Ok(_) => Shown::Shown,
        Err(NotUploaded::Refused { said, .. }) if said == "invalid_blocks" => Shown::NotYet,
        Err(error) => Shown::Refused(error),
    }
}

fn said(answer: &Answer, step: Step) -> Result<Said, NotUploaded> {
    let Answer::Answered {
        status: 200, body, ..
    } = answer
    else {
        return Err(refusal(answer, step));
    };
    match serde_json::from_str::<Said>(body) {
        Ok(said) if said.ok => Ok(said),
        Ok(said) => Err(NotUploaded::Refused {
            step,
            said: said.error.filter(|code| is_code(code)).unwrap_or_default(),
        }),
        Err(_) => Err(NotUploaded::Refused {
            step,
            said: "an answer that is no JSON".to_owned(),
        }),
    }
}

fn refusal(answer: &Answer, step: Step) -> NotUploaded {
    match answer {
        Answer::Answered { status, .. } => NotUploaded::Refused {
            step,
            said: status.to_string(),
        },
        Answer::Unanswered(why) => NotUploaded::Unanswered {
            step,
            why: why.clone(),
        },
    }
}

fn is_code(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    text.len() <= ID && text.bytes().all(legal)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => {
                "say where the chart is to be put (does the app have the scope files:write?)"
            }
            Self::Upload => "take the chart",
            Self::Complete => "finish the chart",
            Self::Show => "show the chart",
        })
    }
}

#[cfg(test)]
mod tests;
