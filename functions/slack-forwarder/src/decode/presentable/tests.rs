use serde_json::json;

use super::*;

#[test]
fn a_key_that_names_a_credential_hides_its_value_however_it_is_spelled() {
    for key in [
        "password",
        "db_password",
        "DB-PASSWORD",
        "masterUserPassword",
        "Authorization",
        "proxy-authorization",
        "x-api-key",
        "apiKey",
        "secret_access_key",
        "SecretAccessKey",
        "client_secret",
        "clientSecret",
        "refreshToken",
        "access_token",
        "token",
        "connectionString",
        "privateKey",
        "credentials",
        "artifactCredentials",
        "cookie",
        "Set-Cookie",
        "SubscribeURL",
        "webhookUrl",
        "pwd",
        "passwd",
        "SigningKey",
        "AccountKey",
        "bearer",
        "ssh_key",
        "totp",
    ] {
        for value in [json!("x"), json!(5), json!({"a": "x"}), json!(["x"])] {
            assert_eq!(
                presentable(&json!({key: value})),
                json!({key: HIDDEN}),
                "{key}"
            );
        }
    }
    for key in [
        "nextToken",
        "inputTokens",
        "max_tokens",
        "secretName",
        "SecretArn",
        "passwordPolicy",
        "keyId",
        "key",
        "cookieless",
        "authorizationType",
        "tokenCount",
        "apiKeyId",
        "forbearers",
        "sshKeyName",
        "option",
    ] {
        let shown = json!({key: "x"});
        assert_eq!(presentable(&shown), shown, "{key}");
    }
    assert_eq!(
        presentable(&json!({"UsesPassword": true})),
        json!({"UsesPassword": true})
    );
}

#[test]
fn a_text_that_has_the_form_of_a_secret_is_hidden_and_the_rest_of_it_is_not() {
    let access = |prefix: &str| format!("{prefix}{}", "ABCDEFGHIJ234567");
    let slack = |kind: &str| format!("xox{kind}-1-2-abc");
    let pem = |kind: &str| format!("-----BEGIN {kind}-----\nMII\n-----END {kind}-----");
    for (text, expected) in [
        (access("AKIA"), "(hidden)"),
        (
            format!("key {} of ada", access("ASIA")),
            "key (hidden) of ada",
        ),
        (
            format!("AccessKeyId={}", access("AKIA")),
            "AccessKeyId=(hidden)",
        ),
        (format!("({})", access("AKIA")), "((hidden))"),
        (slack("b"), "(hidden)"),
        (["ghu", "_abc1"].concat(), "(hidden)"),
        (
            ["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0.c2ln"].concat(),
            "(hidden)",
        ),
        ("eyJ.abc.def".to_owned(), "eyJ.abc.def"),
        (
            "authorization: Bearer 0123456789abcdef, ok".to_owned(),
            "authorization: Bearer (hidden), ok",
        ),
        (
            "Bearer authentication-failed for 0123456789abcdef".to_owned(),
            "Bearer authentication-failed for 0123456789abcdef",
        ),
        (format!("token: {}, ok", slack("p")), "token: (hidden), ok"),
        (format!("a {} b", pem("RSA PRIVATE KEY")), "a (hidden) b"),
        (pem("PRIVATE KEY"), "(hidden)"),
        (
            ["https://hooks.slack", ".com/services/T0/B0/X"].concat(),
            "(hidden)",
        ),
        (
            "https://u:hunter2@example.com/a?b".to_owned(),
            "https://(hidden)@example.com/a?b",
        ),
        (
            "postgres://u:hunter2@db:5432/x".to_owned(),
            "postgres://(hidden)@db:5432/x",
        ),
        (
            "Server=x;Password=hunter2;Port=5".to_owned(),
            "Server=x;Password=(hidden);Port=5",
        ),
    ] {
        let shown = presentable(&json!([text]));
        assert_eq!(shown, json!([expected]), "{text}");
    }
    for text in [
        "AKIA is a prefix".to_owned(),
        access("AROA"),
        "https://example.com/u:a@b".to_owned(),
        "https://ada@example.com/".to_owned(),
        pem("CERTIFICATE"),
        "a  b\tc\n".to_owned(),
        "arn:aws:iam::111122223333:role/x".to_owned(),
    ] {
        assert_eq!(presentable(&json!([text])), json!([text]));
    }
}
