//! An e-mail, as SNS sends it: a subject and plain text.

use picket_shared::sns::LONGEST_SUBJECT;

use crate::draft::{Draft, words::shortened_with};

/// Characters of a body. SNS takes 256 KB, of which these are at most 80: an e-mail that is longer is read to the end
/// by nobody.
const BODY: usize = 20_000;
/// The subject of a message without words.
const WITHOUT_WORDS: &str = "Picket: a message without words";

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    subject: String,
    body: String,
}

impl Email {
    /// The text of a draft.
    pub fn of(draft: &Draft) -> Self {
        let words = draft.words();
        let mut body = shortened_with(&words, BODY, "\n… (shortened)");
        if body.trim().is_empty() {
            WITHOUT_WORDS.clone_into(&mut body);
        }
        Self {
            subject: subject(&draft.headline),
            body,
        }
    }

    /// One line of at most 99 ASCII characters that can be printed.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Plain text, never empty.
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// A headline in ASCII: marks go, other letters become question marks. SNS wants a letter, a number or a punctuation
/// mark first.
fn subject(headline: &str) -> String {
    let plain: String = headline
        .chars()
        .map(|letter| match letter {
            '·' | '–' | '—' => '-',
            ' '..='~' => letter,
            _ if letter.is_alphabetic() => '?',
            _ => ' ',
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = shortened_with(&words.join(" "), LONGEST_SUBJECT, "...");
    if line.is_empty() {
        WITHOUT_WORDS.to_owned()
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        decode::{decode, envelope},
        draft::mrkdwn::{Link, Mrkdwn},
        posting::postings,
        route::{Topics, built_in},
    };

    #[test]
    fn the_email_in_the_document_about_the_cost_report_is_the_one_of_the_sample() {
        let sample =
            include_bytes!("../../../../events/slack-forwarder/cost-report--over-budget.json");
        let event = envelope::read(sample).unwrap();
        let message = event.messages().next().unwrap();
        let decoded = decode(message);
        let postings = postings(message, &decoded, &Topics::default(), built_in(), true);
        let email = Email::of(&postings[1].draft);
        let text = format!("```text\nSubject: {}\n\n{}\n```", email.subject, email.body);
        let document = include_str!("../../../../docs/cost-report.md");
        assert!(
            document.contains(&text),
            "docs/cost-report.md lacks this:\n{text}"
        );
    }

    #[test]
    fn an_email_says_what_the_message_says() {
        let email = Email::of(&Draft {
            headline: "🔴 ALARM · critical · Käse".to_owned(),
            reason: Mrkdwn::new().bold("5 > 4").text(" & <more>"),
            fields: vec![("Region".to_owned(), Mrkdwn::new().code("eu-west-1"))],
            links: Link::new("Alarm", "https://example.com/a")
                .into_iter()
                .collect(),
            ..Draft::default()
        });
        assert_eq!(email.subject(), "ALARM - critical - K?se");
        assert_eq!(
            email.body(),
            "🔴 ALARM · critical · Käse\n5 > 4 & <more>\nRegion: eu-west-1\nAlarm: https://example.com/a"
        );
    }

    proptest! {
        #[test]
        fn any_words_are_an_email_that_sns_takes(headline in any::<String>(), reason in ".{0,40}", times in 1..3_000_usize) {
            let draft = Draft { headline, reason: Mrkdwn::new().text(reason.repeat(times)), ..Draft::default() };
            let email = Email::of(&draft);
            let subject = email.subject();
            prop_assert!((1..100).contains(&subject.len()));
            prop_assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert!(subject.as_bytes()[0].is_ascii_graphic());
            prop_assert!(email.body().len() <= 262_144 && !email.body().trim().is_empty());
        }
    }
}
