//! Slack's limits, held as Slack holds them: a message over one of them is refused whole.

use serde_json::Value;

// Block Kit reference (docs.slack.dev/reference/block-kit/blocks) and the validators of Slack's own SDKs.
const BLOCKS: usize = 50;
const SECTION_TEXT: usize = 3_000;
const FIELDS: usize = 10;
const FIELD_TEXT: usize = 2_000;
const HEADER_TEXT: usize = 150;
const CONTEXT_ELEMENTS: usize = 10;
const ACTION_ELEMENTS: usize = 25;
const BUTTON_TEXT: usize = 75;
const URL: usize = 3_000;
const BLOCK_ID: usize = 255;
const ALT_TEXT: usize = 2_000;
const ATTACHMENTS: usize = 100;
/// Undocumented: near this sum Slack answers `msg_blocks_too_long` (slackapi/bolt-js#2509).
const ALL_TEXT: usize = 13_200;
const TOP_TEXT: usize = 40_000;

/// Why Slack refuses a message: its error code and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {place}")]
pub struct Refusal {
    /// Slack's word.
    pub code: &'static str,
    /// The part of the message, and the limit that it exceeds.
    pub place: String,
}

fn refuse(code: &'static str, place: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal {
        code,
        place: place.into(),
    })
}

/// Whether Slack would take the message.
pub fn check(payload: &Value) -> Result<(), Refusal> {
    let list = |name: &str| payload[name].as_array().map_or(&[][..], Vec::as_slice);
    let (blocks, attachments) = (list("blocks"), list("attachments"));
    let text = payload["text"].as_str().unwrap_or_default();
    if !payload.is_object() {
        return refuse("invalid_payload", "the payload is not an object");
    }
    if text.is_empty() && blocks.is_empty() && attachments.is_empty() {
        return refuse("no_text", "neither text nor blocks");
    }
    if text.chars().count() > TOP_TEXT {
        return refuse("msg_too_long", format!("text passes {TOP_TEXT} characters"));
    }
    if attachments.len() > ATTACHMENTS {
        return refuse(
            "too_many_attachments",
            format!("{} attachments", attachments.len()),
        );
    }
    check_blocks("blocks", blocks)?;
    for (place, attachment) in attachments.iter().enumerate() {
        let blocks = attachment["blocks"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        check_blocks(&format!("attachments[{place}].blocks"), blocks)?;
    }
    let sum = text_in(&payload["blocks"]) + text_in(&payload["attachments"]);
    if sum > ALL_TEXT {
        return refuse(
            "msg_blocks_too_long",
            format!("all blocks together hold {sum} characters"),
        );
    }
    Ok(())
}

fn check_blocks(place: &str, blocks: &[Value]) -> Result<(), Refusal> {
    if blocks.len() > BLOCKS {
        return refuse(
            "invalid_blocks",
            format!("{place}: {} blocks", blocks.len()),
        );
    }
    blocks
        .iter()
        .enumerate()
        .try_for_each(|(number, block)| check_block(&format!("{place}[{number}]"), block))
}

fn check_block(place: &str, block: &Value) -> Result<(), Refusal> {
    if block["block_id"]
        .as_str()
        .is_some_and(|id| id.chars().count() > BLOCK_ID)
    {
        return refuse("invalid_blocks", format!("{place}.block_id is too long"));
    }
    match block["type"].as_str().unwrap_or_default() {
        "divider" => Ok(()),
        "header" => plain(&format!("{place}.text"), &block["text"], HEADER_TEXT),
        "section" => check_section(place, block),
        "context" => elements(place, block, CONTEXT_ELEMENTS, |place, element| {
            if element["type"] == "image" {
                check_image(place, element)
            } else {
                text(place, element, SECTION_TEXT)
            }
        }),
        "actions" => elements(place, block, ACTION_ELEMENTS, check_button),
        "image" => check_image(place, block),
        other => refuse("invalid_blocks", format!("{place} has the type {other:?}")),
    }
}

fn check_section(place: &str, block: &Value) -> Result<(), Refusal> {
    let fields = block["fields"].as_array();
    if block["text"].is_null() && fields.is_none() {
        return refuse(
            "invalid_blocks",
            format!("{place} has neither text nor fields"),
        );
    }
    if !block["text"].is_null() {
        text(&format!("{place}.text"), &block["text"], SECTION_TEXT)?;
    }
    if let Some(fields) = fields {
        if fields.is_empty() || fields.len() > FIELDS {
            return refuse(
                "invalid_blocks",
                format!("{place} has {} fields", fields.len()),
            );
        }
        for (number, field) in fields.iter().enumerate() {
            text(&format!("{place}.fields[{number}]"), field, FIELD_TEXT)?;
        }
    }
    match &block["accessory"] {
        Value::Null => Ok(()),
        accessory if accessory["type"] == "image" => check_image(place, accessory),
        accessory => check_button(&format!("{place}.accessory"), accessory),
    }
}

fn elements(
    place: &str,
    block: &Value,
    limit: usize,
    check: impl Fn(&str, &Value) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let elements = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
    if elements.is_empty() || elements.len() > limit {
        return refuse(
            "invalid_blocks",
            format!("{place} has {} elements", elements.len()),
        );
    }
    elements
        .iter()
        .enumerate()
        .try_for_each(|(number, element)| check(&format!("{place}.elements[{number}]"), element))
}

fn check_button(place: &str, button: &Value) -> Result<(), Refusal> {
    if button["type"] != "button" {
        return refuse(
            "invalid_blocks",
            format!("{place} has the type {}", button["type"]),
        );
    }
    if button["url"]
        .as_str()
        .is_some_and(|url| url.chars().count() > URL)
    {
        return refuse("invalid_blocks", format!("{place}.url is too long"));
    }
    plain(&format!("{place}.text"), &button["text"], BUTTON_TEXT)
}

fn check_image(place: &str, image: &Value) -> Result<(), Refusal> {
    let fits = |name: &str, limit| {
        image[name]
            .as_str()
            .is_some_and(|text| (1..=limit).contains(&text.chars().count()))
    };
    let is_shown = fits("image_url", URL) || image["slack_file"]["id"].is_string();
    if is_shown && fits("alt_text", ALT_TEXT) {
        return Ok(());
    }
    refuse(
        "invalid_blocks",
        format!("{place} is an image without a legal image_url or slack_file, and alt_text"),
    )
}

fn plain(place: &str, object: &Value, limit: usize) -> Result<(), Refusal> {
    if object["type"] != "plain_text" {
        return refuse("invalid_blocks", format!("{place} is not plain_text"));
    }
    text(place, object, limit)
}

fn text(place: &str, object: &Value, limit: usize) -> Result<(), Refusal> {
    let length = object["text"].as_str().map(|text| text.chars().count());
    let kind = object["type"].as_str().unwrap_or_default();
    match length {
        Some(length)
            if (1..=limit).contains(&length) && ["mrkdwn", "plain_text"].contains(&kind) =>
        {
            Ok(())
        }
        Some(length) => refuse(
            "invalid_blocks",
            format!("{place} is {kind} of {length} characters, of {limit} at most"),
        ),
        None => refuse("invalid_blocks", format!("{place} has no text")),
    }
}

/// All characters under keys called `text`, in any depth.
fn text_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(text_in).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value.as_str() {
                Some(text) if name == "text" => text.chars().count(),
                _ => text_in(value),
            })
            .sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
