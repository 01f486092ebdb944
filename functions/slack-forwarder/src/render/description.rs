//! Links and tags in an alarm's description.

use crate::draft::mrkdwn::Link;

/// The first address after the word "runbook", else the first there is.
pub(crate) fn link(description: &str) -> Option<Link> {
    // ASCII lower case keeps byte positions, so what is found in one is at the same place in the other.
    let lower = description.to_ascii_lowercase();
    if let Some(at) = lower.find("runbook")
        && let Some(url) = first_url(&description[at..])
    {
        return Link::foreign("Runbook", url);
    }
    first_url(description).and_then(|url| Link::foreign("From the description", url))
}

/// The first address after the word "dashboard".
pub(crate) fn dashboard(description: &str) -> Option<Link> {
    let at = description.to_ascii_lowercase().find("dashboard")?;
    Link::foreign("Dashboard", first_url(&description[at..])?)
}

/// Brackets, which belong to an address where they are balanced: the console's addresses have them, and Wikipedia's.
const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];

/// The schemes of an address.
const SCHEMES: [&str; 2] = ["https://", "http://"];

fn first_url(text: &str) -> Option<&str> {
    text.split(|character: char| {
        character.is_whitespace() || matches!(character, '<' | '>' | '|' | '"')
    })
    .find_map(address)
    .map(ended)
}

/// The address in a word, behind brackets, quotation marks or a key: `(https://…`, `„https://…`, `runbook=https://…`,
/// `[Runbook](https://…`. Schemes are compared without case (RFC 3986, section 3.1).
fn address(word: &str) -> Option<&str> {
    let lower = word.to_ascii_lowercase();
    let begin = SCHEMES
        .iter()
        .filter_map(|scheme| lower.find(scheme))
        .min()?;
    let is_within_a_name = word[..begin].ends_with(|before: char| {
        before.is_ascii_alphanumeric() || matches!(before, '+' | '-' | '.')
    });
    (!is_within_a_name).then(|| &word[begin..])
}

/// An address without the punctuation of the sentence that it ends.
fn ended(mut url: &str) -> &str {
    while let Some(last) = url.chars().next_back() {
        let is_unbalanced = |(open, close): (char, char)| {
            last == close && url.matches(close).count() > url.matches(open).count()
        };
        let is_punctuation = matches!(
            last,
            '.' | ',' | ';' | ':' | '\'' | '!' | '?' | '“' | '”' | '’' | '»'
        );
        if !is_punctuation && !BRACKETS.into_iter().any(is_unbalanced) {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::mrkdwn::Mrkdwn;

    #[test]
    fn the_runbook_is_found_wherever_it_stands() {
        for (text, expected) in [
            (
                "Slow. Runbook: https://r.example.com/a#slow.",
                Some("<https://r.example.com/a#slow|Runbook · r.example.com>"),
            ),
            (
                "See https://d.example.com. RUNBOOK=https://r.example.com/?a=1&b=2",
                Some("<https://r.example.com/?a=1&amp;b=2|Runbook · r.example.com>"),
            ),
            (
                "[Runbook](https://r.example.com/a_(b))",
                Some("<https://r.example.com/a_(b)|Runbook · r.example.com>"),
            ),
            (
                "Runbook: „HTTPS://r.example.com/A“.",
                Some("<HTTPS://r.example.com/A|Runbook · r.example.com>"),
            ),
            ("runbook git+https://r.example.com/a", None),
            ("runbook https://r.example.com/cut…", None),
            (
                "runbook (https://r.example.com/a)",
                Some("<https://r.example.com/a|Runbook · r.example.com>"),
            ),
            (
                "<https://r.example.com/a|the runbook>",
                Some("<https://r.example.com/a|From the description · r.example.com>"),
            ),
            (
                "runbook: ask Ada; https://x.example.com",
                Some("<https://x.example.com|Runbook · x.example.com>"),
            ),
            ("ünïcode runbook https://r.example.com/ü", None),
            (
                "runbook https://console.aws.amazon.com@evil.example/signin",
                None,
            ),
            ("no link, javascript:alert(1) runbook", None),
            ("", None),
        ] {
            let shown = link(text).map(|link| Mrkdwn::new().link(link).write(500));
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn balanced_brackets_belong_to_an_address_and_those_of_the_sentence_do_not() {
        let insights = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D~(end~0~source~(~'*2faws*2flambda*2forders))";
        for (text, expected) in [
            (insights.to_owned(), insights),
            (format!("({insights})"), insights),
            (format!("see {insights}."), insights),
            (
                "(see https://en.example.org/wiki/Throttling_(bioreactor))".to_owned(),
                "https://en.example.org/wiki/Throttling_(bioreactor)",
            ),
            (
                "https://en.example.org/wiki/Throttling_(bioreactor)".to_owned(),
                "https://en.example.org/wiki/Throttling_(bioreactor)",
            ),
            (
                "https://example.com/a), then".to_owned(),
                "https://example.com/a",
            ),
            (
                "[https://example.com/a[0]]!".to_owned(),
                "https://example.com/a[0]",
            ),
            (
                "{https://example.com/{id}}".to_owned(),
                "https://example.com/{id}",
            ),
            (
                "'https://example.com/a'".to_owned(),
                "https://example.com/a",
            ),
            (
                "https://example.com/a)(".to_owned(),
                "https://example.com/a)(",
            ),
        ] {
            assert_eq!(first_url(&text), Some(expected), "{text}");
        }
    }
}
