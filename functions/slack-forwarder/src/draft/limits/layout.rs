//! A draft on its way into the limits.

use picket_rules::routes::Mention;

use super::{ALT_TEXT, BLOCKS, FIELD, FIELDS, HEADER, SECTION};
use crate::draft::{
    Draft,
    blocks::{Block, Context, Header, Image, Payload, Section, SlackFile, Text},
    mrkdwn::{Link, Mrkdwn},
};

/// The target length of headline, reason and links in the top-level text. A notification shows fewer than two hundred
/// characters; the plain form should be complete, and the blocks need their share of [`PAYLOAD`].
const WORDS: usize = 1_200;

/// Links of a message; more are a menu.
const LINKS: usize = 5;
/// Characters of all links together: the two longest that there can be, so that they fit into a section, and beside the
/// headline into the top-level text. The dearest come first.
const LINK_LINE: usize = 2_220;
/// Sections that detail is spread over before it is cut: together they reach [`PAYLOAD`].
const DETAIL_SECTIONS: usize = 4;
/// The gap between two links.
const LINK_GAP: &str = "  ·  ";
/// Characters of all mentions together; more people than that are a user group.
const MENTIONS: usize = 400;
/// A remainder of detail or reason shorter than this says nothing, and goes.
const STUB: usize = 40;
/// Small print is ours and short; its limit is a context element's share.
const FOOTNOTE: usize = 500;
pub(super) const SHORTENED: &str = "Shortened to fit into a Slack message.";
pub(super) const WITHOUT_WORDS: &str = "A message without words";

/// A draft with a limit for each of its parts, which only ever get smaller.
pub(super) struct Layout {
    headline: Mrkdwn,
    reason: Part,
    fields: Vec<(String, Mrkdwn)>,
    detail: Vec<Part>,
    links: Vec<Link>,
    footnote: Mrkdwn,
    mentions: String,
    chart_image: Option<Image>,
    dropped: bool,
}

struct Part {
    text: Mrkdwn,
    limit: usize,
}

impl Part {
    fn new(text: Mrkdwn) -> Self {
        Self {
            limit: SECTION,
            text,
        }
    }

    fn section(&self) -> Option<Block> {
        (!self.text.is_blank()).then(|| section(self.text.write(self.limit)))
    }

    /// Makes it shorter by at least `excess` characters, or says that too little would be left.
    fn shrink(&mut self, excess: usize) -> bool {
        let limit = self.text.width().min(self.limit).saturating_sub(excess);
        self.limit = limit;
        limit >= STUB && !self.text.is_blank()
    }

    fn is_cut(&self) -> bool {
        self.text.exceeds(self.limit)
    }
}

impl Layout {
    pub(super) fn of(draft: Draft) -> Self {
        let dropped = draft.fields.len() > FIELDS;
        Self {
            headline: headline(&draft.headline),
            reason: Part::new(draft.reason),
            fields: draft
                .fields
                .into_iter()
                .filter(|(_, value)| !value.is_blank())
                .take(FIELDS)
                .collect(),
            detail: draft
                .detail
                .into_iter()
                .flat_map(|text| text.split(SECTION, DETAIL_SECTIONS))
                .map(Part::new)
                .take(BLOCKS / 2)
                .collect(),
            links: links(draft.links),
            footnote: draft.footnote,
            mentions: mentions(&draft.mentions),
            chart_image: draft.chart_file.map(|id| {
                let alt = draft.chart.map(|chart| chart.alt).unwrap_or_default();
                image(id, &alt)
            }),
            dropped,
        }
    }

    pub(super) fn build(&self) -> Payload {
        let mut blocks = vec![Block::Header(Header {
            text: Text::plain(self.headline.write(HEADER)),
        })];
        if !self.mentions.is_empty() {
            blocks.push(section(self.mentions.clone()));
        }
        blocks.extend(self.reason.section());
        blocks.extend(self.field_grid());
        blocks.extend(self.detail.iter().filter_map(Part::section));
        blocks.extend(self.chart_image.clone().map(Block::Image));
        if !self.links.is_empty() {
            blocks.push(section(self.link_line().write(SECTION)));
        }
        let footnote = self.footnote();
        if !footnote.is_blank() {
            blocks.push(Block::Context(Context {
                elements: vec![Text::mrkdwn(footnote.write(FOOTNOTE))],
            }));
        }
        Payload::new(self.text(), blocks)
    }

    /// Headline, reason and links, the links reserved for: the plain form has nothing else.
    fn text(&self) -> String {
        // A mention notifies from here, too, when the plain form is all that Slack took.
        let mut text = self.mentions.clone();
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&self.headline.write(HEADER));
        let links = if self.links.is_empty() {
            String::new()
        } else {
            format!("\n{}", self.link_line().write(SECTION))
        };
        let room = WORDS
            .saturating_sub(text.chars().count() + links.chars().count())
            .max(STUB);
        if !self.reason.text.is_blank() {
            text.push('\n');
            text.push_str(&self.reason.text.write(room));
        }
        text + &links
    }

    fn link_line(&self) -> Mrkdwn {
        let mut line = Mrkdwn::new();
        for (index, link) in self.links.iter().enumerate() {
            if index > 0 {
                line = line.text(LINK_GAP);
            }
            line = line.link(link.clone());
        }
        line
    }

    fn field_grid(&self) -> Option<Block> {
        let field = |(label, value): &(String, Mrkdwn)| {
            let label = Mrkdwn::new().bold(label.clone()).write(HEADER);
            let room = FIELD - label.chars().count() - 1;
            Text::mrkdwn(format!("{label}\n{}", value.write(room)))
        };
        let fields: Vec<Text> = self.fields.iter().map(field).collect();
        (!fields.is_empty()).then_some(Block::Section(Section { text: None, fields }))
    }

    fn footnote(&self) -> Mrkdwn {
        let cut = self.dropped
            || self.reason.is_cut()
            || self.headline.exceeds(HEADER)
            || self.detail.iter().any(Part::is_cut);
        let footnote = self.footnote.clone();
        match (cut, footnote.is_blank()) {
            (false, _) => footnote,
            (true, true) => Mrkdwn::new().text(SHORTENED),
            (true, false) => Mrkdwn::new()
                .text(format!("{SHORTENED}  ·  "))
                .append(footnote),
        }
    }

    /// Gives up the least dear thing there is; false where only the headline and the links are left.
    pub(super) fn sacrifice(&mut self, excess: usize) -> bool {
        self.dropped = true;
        if let Some(last) = self.detail.last_mut() {
            if !last.shrink(excess) {
                self.detail.pop();
            }
            return true;
        }
        if self.fields.pop().is_some() {
            return true;
        }
        if self.reason.text.is_blank() {
            return false;
        }
        if !self.reason.shrink(excess) {
            self.reason = Part::new(Mrkdwn::new());
        }
        true
    }
}

/// The headline on one line; a reader must see something.
fn headline(text: &str) -> Mrkdwn {
    let line = Mrkdwn::new().text(text.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.is_blank() {
        Mrkdwn::new().text(WITHOUT_WORDS)
    } else {
        line
    }
}

/// Slack refuses an image without an alternative text.
fn image(id: String, alt: &str) -> Image {
    let words = Mrkdwn::new().text(alt);
    let words = if words.is_blank() {
        Mrkdwn::new().text("A chart")
    } else {
        words
    };
    Image {
        slack_file: SlackFile { id },
        alt_text: words.write(ALT_TEXT),
    }
}

/// Whole links, as many as there is room for, none twice.
fn links(all: Vec<Link>) -> Vec<Link> {
    let mut kept: Vec<Link> = Vec::new();
    let mut room = LINK_LINE;
    for link in all {
        let width = Mrkdwn::new().link(link.clone()).width() + LINK_GAP.len();
        if kept.len() < LINKS && width <= room && !kept.contains(&link) {
            room -= width;
            kept.push(link);
        }
    }
    kept
}

/// Whole mentions, as many as there is room for.
fn mentions(all: &[Mention]) -> String {
    let mut out = String::new();
    for markup in all.iter().map(Mention::markup) {
        if out.len() + markup.len() < MENTIONS {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&markup);
        }
    }
    out
}

fn section(text: String) -> Block {
    Block::Section(Section {
        text: Some(Text::mrkdwn(text)),
        fields: Vec::new(),
    })
}
