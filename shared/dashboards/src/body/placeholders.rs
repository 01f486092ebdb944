//! Placeholders as in `Fn::Sub`.

use serde_json::Value;

use crate::InvalidDashboard;

/// Refuses a placeholder that the template has nothing for.
pub(super) fn check(body: &Value, template: &Value) -> Result<(), InvalidDashboard> {
    let text = body.to_string();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let own = name.split('.').next().unwrap_or_default();
        let is_known = name.starts_with("AWS::")
            || name.starts_with('!')
            || !template["Parameters"][name].is_null()
            || !template["Resources"][own].is_null();
        if !is_known {
            return Err(InvalidDashboard::Placeholder(name.to_owned()));
        }
        rest = after;
    }
    Ok(())
}

/// A text with a number in place of each parameter, so that metric math can be read before the values are known.
pub(super) fn with_numbers(text: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let after = part.split_once('}').map_or("", |(_, after)| after);
        text + "1" + after
    })
}
