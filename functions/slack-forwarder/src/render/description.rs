//! Links and tags in an alarm's description.

use crate::draft::mrkdwn::Link;

/// The first address after the word "runbook", else the first there is.
pub(crate) fn link(description: &str) -> Option<Link> {
    // ASCII lower case keeps byte positions, so what is found in one is at the same place in the other.
    let lower = description.to_ascii_lowercase();
    if let Some(at) = lower.find("runbook")
        && let Some(url) = first_url(&description[at..])
    {
        return Link::new("Runbook", url);
    }
    first_url(description).and_then(|url| Link::new("From the description", url))
}

/// The first address after the word "dashboard".
pub(crate) fn dashboard(description: &str) -> Option<Link> {
    let at = description.to_ascii_lowercase().find("dashboard")?;
    Link::new("Dashboard", first_url(&description[at..])?)
}

fn first_url(text: &str) -> Option<&str> {
    text.split(|character: char| {
        character.is_whitespace() || matches!(character, '<' | '>' | '|' | '"' | '(' | '[')
    })
    .find(|word| word.starts_with("https://") || word.starts_with("http://"))
    .map(|word| word.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '\'', '!', '?']))
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
                Some("<https://r.example.com/a#slow|Runbook>"),
            ),
            (
                "See https://d.example.com. RUNBOOK=https://r.example.com/?a=1&b=2",
                Some("<https://d.example.com|From the description>"),
            ),
            (
                "runbook (https://r.example.com/a)",
                Some("<https://r.example.com/a|Runbook>"),
            ),
            (
                "<https://r.example.com/a|the runbook>",
                Some("<https://r.example.com/a|From the description>"),
            ),
            (
                "runbook: ask Ada; https://x.example.com",
                Some("<https://x.example.com|Runbook>"),
            ),
            ("ünïcode runbook https://r.example.com/ü", None),
            ("no link, javascript:alert(1) runbook", None),
            ("", None),
        ] {
            let shown = link(text).map(|link| Mrkdwn::new().link(link).write(500));
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }
}
