//! What was probably meant, at the place where a pattern cannot be read on: habits from other languages.

/// The hint on what begins at an offset of a pattern; nothing where none is known.
pub(super) fn at(pattern: &str, offset: usize) -> Option<&'static str> {
    let (before, rest) = pattern.split_at_checked(offset)?;
    let compares = before.trim_start().starts_with(['{', '[']);
    let word = rest
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next()?;
    let is = |words: &[&str]| words.iter().any(|each| each.eq_ignore_ascii_case(word));
    let begins = |texts: &[&str]| texts.iter().any(|text| rest.starts_with(text));
    if begins(&["'", "`", "“", "‘"]) {
        return Some("a text is in double quotes: \"…\"");
    }
    if !compares {
        let joins = begins(&["&", "|"]);
        return joins.then_some(
            "words side by side must all be in the text, and of ?one ?two one; `&&` and `||` are for { $.field = … }",
        );
    }
    if begins(&["="]) && before.trim_end().ends_with(['=', '!']) {
        return Some("one `=` compares: $.field = 500");
    }
    if is(&["and"]) || begins(&["&"]) {
        return Some("`and` is written &&");
    }
    if is(&["or"]) || begins(&["|"]) {
        return Some("`or` is written ||");
    }
    if is(&["like", "contains", "matches"]) || begins(&["~"]) {
        return Some(
            "write = with * for any characters, \"*timeout*\", or with %a regular expression%",
        );
    }
    if is(&["is", "exists"]) {
        return Some("a field that is there is $.field = *");
    }
    if is(&["not"]) || (begins(&["!"]) && !begins(&["!="])) {
        return Some("a field that is not there is $.field NOT EXISTS, another value is !=");
    }
    let expects_field = before.trim_end().ends_with(['{', '(', '&', '|']);
    let is_field =
        rest.starts_with(|letter: char| letter.is_alphabetic() || ".@\"".contains(letter));
    (expects_field && is_field).then_some("a field of JSON begins with $. as in $.status")
}

#[cfg(test)]
mod tests {
    use crate::filter::Pattern;

    #[test]
    fn habits_from_other_languages_get_a_hint() {
        for (pattern, expected) in [
            ("{ $.a == 5 }", "one `=` compares"),
            ("{ $.a === 5 }", "one `=` compares"),
            ("{ $.a !== 5 }", "one `=` compares"),
            ("{ $.a = 'x' }", "double quotes"),
            ("'ERROR'", "double quotes"),
            ("{ $.a = 1 AND $.b = 2 }", "written &&"),
            ("{ $.a = 1 and $.b = 2 }", "written &&"),
            ("{ $.a = 1 & $.b = 2 }", "written &&"),
            ("{ $.a = 1 OR $.b = 2 }", "written ||"),
            ("{ ($.a = 1) or ($.b = 2) }", "written ||"),
            ("ERROR && timeout", "words side by side"),
            ("{ $.a LIKE \"x\" }", "any characters"),
            ("{ $.a ~ x }", "any characters"),
            ("{ $.a IS NOT NULL }", "$.field = *"),
            ("{ $.a EXISTS }", "$.field = *"),
            ("{ status = 500 }", "begins with $."),
            ("{ NOT $.a }", "NOT EXISTS"),
            ("[a, b == 5]", "one `=` compares"),
        ] {
            let error = Pattern::parse(pattern).unwrap_err().to_string();
            assert!(error.contains(expected), "{pattern}: {error}");
        }
        for pattern in ["{ $.a = }", "{ $.a", "{ $.a = 5"] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert!(!error.message.contains(';'), "{pattern}: {error}");
        }
    }
}
