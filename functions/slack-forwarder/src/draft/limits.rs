//! Slack's limits, held over the whole payload by one engine.
//!
//! Lengths are characters after escaping. When the whole is too long, detail goes first, then fields, then the reason;
//! headline and links never.

mod layout;

use layout::Layout;

use crate::draft::{Draft, blocks::Payload};

/// Header block: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
pub const HEADER: usize = 150;
/// A section's text: "must be less than 3001 characters".
pub const SECTION: usize = 3_000;
/// Fields of a section, and the characters of each.
pub const FIELDS: usize = 10;
/// See [`FIELDS`].
pub const FIELD: usize = 2_000;
/// The length of an image's alternative text here: Slack allows 2,000, a screen reader's user wants a sentence.
pub const ALT_TEXT: usize = 300;
/// Blocks of a message. The engine stays far below it: [`PAYLOAD`] is reached first.
pub const BLOCKS: usize = 50;
/// The whole payload as JSON. Slack refuses somewhere near 13,200 characters of blocks with `msg_blocks_too_long`, the
/// figure is undocumented and varies (slackapi/bolt-js#2509).
pub const PAYLOAD: usize = 12_000;
/// The top-level text must stay below this: Slack may split a message above some 4,000 characters.
pub const TEXT: usize = 3_000;

/// The draft as a payload inside every limit.
pub fn fit(draft: Draft) -> Payload {
    let mut layout = Layout::of(draft);
    loop {
        let payload = layout.build();
        let excess = payload.to_json().chars().count().saturating_sub(PAYLOAD);
        if excess == 0 || !layout.sacrifice(excess) {
            return payload;
        }
    }
}

#[cfg(test)]
mod tests;
