//! Documents without their secrets.

use serde_json::{Map, Value};

/// What stands in place of a secret.
const HIDDEN: &str = "(hidden)";
/// Ends of the keys of credentials, in lower case and without anything but letters and digits: `db_password`,
/// `clientSecret`, `x-api-key`. A channel has more readers than a credential is meant for.
const SECRETS: [&str; 27] = [
    "accesskey",
    "accountkey",
    "apikey",
    "authkey",
    "authorization",
    "bearer",
    "connectionstring",
    "connectionuri",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "encryptionkey",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "secrets",
    "signingkey",
    "sshkey",
    "subscribeurl",
    "token",
    "webhookurl",
];
/// Tokens that page through a list, which are no credentials.
const PAGING: [&str; 3] = ["nexttoken", "continuationtoken", "paginationtoken"];

/// Returns a copy of the document without nulls and with secrets replaced by `(hidden)`: values whose key names a
/// credential, and texts that have the form of one.
pub(crate) fn presentable(value: &Value) -> Value {
    let shown = |(key, inner): (&String, &Value)| {
        let inner = if names_secret(key) && !inner.is_boolean() {
            Value::from(HIDDEN)
        } else {
            presentable(inner)
        };
        (key.clone(), inner)
    };
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, inner)| !inner.is_null())
            .map(shown)
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list
            .iter()
            .filter(|inner| !inner.is_null())
            .map(presentable)
            .collect::<Vec<_>>()
            .into(),
        Value::String(text) => without_secrets(text).into(),
        other => other.clone(),
    }
}

fn names_secret(key: &str) -> bool {
    let plain = key.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = plain.map(|letter| letter.to_ascii_lowercase()).collect();
    let ends = |end: &&str| plain.ends_with(*end);
    SECRETS.iter().any(ends) && !PAGING.iter().any(ends)
}

/// The beginnings of secrets that are known by their form: access keys of AWS are distinguished from other words by their
/// length.
const PREFIXES: [&str; 21] = [
    "xoxa-",
    "xoxb-",
    "xoxe-",
    "xoxe.",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "ghp_",
    "gho_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "sk-ant-",
    "sk-proj-",
    "sk_live_",
    "rk_live_",
    "whsec_",
    "AIzaSy",
];
/// Addresses that accept posts without another credential.
const WEBHOOKS: [&str; 4] = [
    "hooks.slack.com/",
    "discord.com/api/webhooks/",
    "webhook.office.com/",
    "api.telegram.org/bot",
];
/// The lines around a private key, and their common end.
const PEM: (&str, &str) = ("-----BEGIN ", "-----END ");

/// A text with every part that has the form of a secret replaced.
fn without_secrets(text: &str) -> String {
    if let Some((before, rest)) = text.split_once(PEM.0)
        && rest
            .split_once("-----")
            .is_some_and(|(kind, _)| kind.ends_with("PRIVATE KEY"))
    {
        let after = rest
            .split_once(PEM.1)
            .and_then(|(_, end)| end.split_once("-----"));
        let after = after.map_or("", |(_, after)| after);
        return format!(
            "{}{HIDDEN}{}",
            without_secrets(before),
            without_secrets(after)
        );
    }
    let is_end = |letter: char| {
        letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | ';' | '<' | '>' | '|' | '`')
    };
    let mut shown = String::with_capacity(text.len());
    let mut follows_bearer = false;
    for part in text.split_inclusive(is_end) {
        let word = part.trim_end_matches(is_end);
        if follows_bearer && is_opaque(word) {
            shown.push_str(HIDDEN);
        } else {
            shown.push_str(&without_secret(word));
        }
        shown.push_str(&part[word.len()..]);
        follows_bearer = word.eq_ignore_ascii_case("bearer");
    }
    shown
}

/// Whether a word behind `Bearer` (RFC 6750, section 2.1) is a token and not one of a sentence: a long one with digits.
fn is_opaque(word: &str) -> bool {
    word.len() >= 16 && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// A word, or what of it is no secret.
fn without_secret(word: &str) -> String {
    if let Some((name, value)) = word.split_once('=')
        && names_secret(name)
        && !value.is_empty()
        && !word.contains("://")
    {
        return format!("{name}={HIDDEN}");
    }
    if let Some((scheme, rest)) = word.split_once("://") {
        if WEBHOOKS.iter().any(|webhook| rest.contains(webhook)) {
            return HIDDEN.to_owned();
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        return match rest[..end].rsplit_once('@') {
            Some((user, host)) if user.contains(':') => {
                format!("{scheme}://{HIDDEN}@{host}{}", &rest[end..])
            }
            _ => word.to_owned(),
        };
    }
    let bare = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let bare = bare.rsplit(['=', ':']).next().unwrap_or(bare);
    let is_key = is_access_key(bare)
        || is_web_token(bare)
        || PREFIXES.iter().any(|prefix| bare.starts_with(prefix));
    if is_key {
        word.replace(bare, HIDDEN)
    } else {
        word.to_owned()
    }
}

/// A JSON Web Token: header and payload are objects in base64url, which begin with `{"` (RFC 7519, section 3.1).
fn is_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    let begins = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ"));
    begins(parts.next()) && begins(parts.next()) && parts.next().is_some()
}

/// An access key of AWS, long-term (`AKIA`) or temporary (`ASIA`): twenty letters and digits ("Understanding unique ID
/// prefixes" in the IAM User Guide).
fn is_access_key(word: &str) -> bool {
    let begins = word.starts_with("AKIA") || word.starts_with("ASIA");
    let legal = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    begins && word.len() == 20 && word.bytes().all(legal)
}

#[cfg(test)]
mod tests;
