use super::escape;

/// A link that Slack can show: its address has passed [`Link::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    label: String,
    url: String,
}

/// The longest address of a link, in characters after escaping. Two of them fit into a section, and into the top-level text beside the headline.
const LONGEST_URL: usize = 950;
/// The longest label of a link, in characters.
const LONGEST_LABEL: usize = 30;
impl Link {
    /// A link; `None` where the address is not plain `http(s)://…` without spaces, or too long for one.
    pub fn new(label: &str, url: &str) -> Option<Self> {
        let schemed = url.starts_with("https://") || url.starts_with("http://");
        let legal = |character: char| {
            character.is_ascii_graphic() && !matches!(character, '<' | '>' | '|' | '"' | '`' | '\\')
        };
        let url = &escape::without_mentions_in_url(url);
        let fits = escape::width(url) <= LONGEST_URL;
        (schemed && url.chars().all(legal) && fits).then(|| Self {
            label: label
                .chars()
                .filter(|c| !matches!(c, '|' | '>' | '<'))
                .take(LONGEST_LABEL)
                .collect(),
            url: url.to_owned(),
        })
    }

    /// Label and address, without markup.
    pub fn words(&self) -> String {
        format!("{}: {}", self.label, self.url)
    }

    /// Where it leads.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn width(&self) -> usize {
        "<|>".len() + escape::width(&self.url) + escape::width(&self.label)
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push('<');
        escape::write(&self.url, out);
        out.push('|');
        escape::write(&self.label, out);
        out.push('>');
    }
}
