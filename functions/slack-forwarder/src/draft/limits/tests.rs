use picket_rules::routes::Mention;

use super::{
    layout::{SHORTENED, WITHOUT_WORDS},
    *,
};
use crate::{
    draft::{
        blocks::{Block, Section, Text},
        chart::{self, Chart},
        mrkdwn::{Link, Mrkdwn},
    },
    testing,
};

fn long(character: char) -> Mrkdwn {
    Mrkdwn::new().text(character.to_string().repeat(40_000))
}

fn link(label: &str) -> Link {
    Link::new(label, &format!("https://example.com/?{}", "&".repeat(50))).unwrap()
}

fn sections(payload: &Payload) -> Vec<String> {
    payload
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Section(Section {
                text: Some(Text::Mrkdwn { text, .. }),
                ..
            }) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

fn fields(payload: &Payload) -> usize {
    payload
        .blocks
        .iter()
        .map(|block| {
            if let Block::Section(section) = block {
                section.fields.len()
            } else {
                0
            }
        })
        .sum()
}

fn chart() -> Chart {
    chart::of(&testing::alarm_in("orders", "aws", "eu-west-1")).unwrap()
}

fn length(payload: &Payload) -> usize {
    payload.to_json().chars().count()
}

#[test]
fn what_fits_is_left_alone() {
    let draft = Draft {
        headline: "headline".to_owned(),
        reason: Mrkdwn::new().text("reason"),
        fields: vec![("Account".to_owned(), Mrkdwn::new().text("1"))],
        detail: vec![Mrkdwn::new().text("detail")],
        links: vec![link("Open")],
        footnote: Mrkdwn::new().text("small print"),
        mentions: vec![Mention::Here],
        chart: None,
        chart_file: Some("F1".to_owned()),
    };
    let payload = fit(draft);
    assert_eq!(payload.blocks.len(), 8);
    assert!(
        payload
            .text
            .starts_with("<!here> headline\nreason\n<https://example.com/")
    );
    assert!(!payload.to_json().contains("Shortened"));
}

#[test]
fn detail_goes_first_then_fields_then_the_reason_and_headline_and_links_never() {
    // Quotes double when JSON escapes them, so that even what is inside each limit is too much for the whole.
    for (fields_given, field_length, expected_fields) in [(0, 0, 0), (10, 50, 10), (10, 1_200, 1)] {
        let value = Mrkdwn::new().text("\"".repeat(field_length));
        let payload = fit(Draft {
            headline: "h".repeat(400),
            reason: long('"'),
            fields: vec![("Label".to_owned(), value); fields_given],
            detail: vec![long('d'), long('e')],
            links: vec![link("Open"), link("Runbook")],
            footnote: Mrkdwn::new().text("small print"),
            ..Draft::default()
        });
        assert!(length(&payload) <= PAYLOAD, "{}", length(&payload));
        assert_eq!(fields(&payload), expected_fields);
        let sections = sections(&payload);
        assert!(
            sections.last().unwrap().contains("|Open>")
                && sections.last().unwrap().contains("|Runbook>")
        );
        let has_detail = sections.iter().any(|text| text.starts_with("ddd"));
        assert_eq!(has_detail, field_length < 1_000, "detail before fields");
        assert!(
            sections.iter().any(|text| text.starts_with('"')),
            "the reason outlives the fields"
        );
        assert!(payload.to_json().contains(SHORTENED));
    }
}

#[test]
fn nothing_to_say_is_still_a_message() {
    for headline in ["", " \n ", "\u{200b}", "\0"] {
        let payload = fit(Draft {
            headline: headline.to_owned(),
            ..Draft::default()
        });
        assert_eq!(payload.text, WITHOUT_WORDS, "{headline:?}");
        assert_eq!(payload.blocks.len(), 1);
    }
}

#[test]
fn links_and_headline_fit_beside_the_worst_of_everything() {
    let worst = |last: &str| {
        let url = format!("https://e.com/{}{last}", "&".repeat(186));
        Link::new(&"&".repeat(100), &url).unwrap()
    };
    let payload = fit(Draft {
        headline: "&\"".repeat(300),
        reason: long('\\'),
        fields: vec![("\"".repeat(300), long('"')); 30],
        detail: vec![long('\n'); 60],
        links: vec![worst("a"), worst("b"), worst("b"), worst("c")],
        footnote: long('"'),
        mentions: vec![Mention::Group("S0123456789".to_owned()); 60],
        chart: Some(Chart {
            alt: "&\"".repeat(300),
            ..chart()
        }),
        chart_file: Some("F1".to_owned()),
    });
    assert!(length(&payload) <= PAYLOAD, "{}", length(&payload));
    assert!(
        payload.text.chars().count() < TEXT,
        "{}",
        payload.text.chars().count()
    );
    assert_eq!(payload.text.matches("https://e.com/").count(), 2);
    let alt = payload.blocks.iter().find_map(|block| match block {
        Block::Image(image) => Some(image.alt_text.chars().count()),
        _ => None,
    });
    assert!(alt.is_some_and(|length| length <= ALT_TEXT), "{alt:?}");
}
