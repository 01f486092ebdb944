//! The filter language, by the examples of "Filter pattern syntax" in the CloudWatch Logs user guide and by what it
//! must never do.

use picket_rules::filter::{Event, Pattern};
use proptest::prelude::*;
use serde_json::{Value, json};

fn matches(pattern: &str, text: &str) -> bool {
    let json: Option<Value> = serde_json::from_str(text).ok();
    let pattern = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    pattern.matches(&Event {
        text,
        json: json.as_ref(),
        id: None,
        slots: None,
    })
}

/// Rows of pattern, texts that match, texts that do not.
type Row<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

fn check(rows: &[Row<'_>]) {
    for (pattern, fitting, others) in rows {
        for text in *fitting {
            assert!(matches(pattern, text), "{pattern:?} must match {text:?}");
        }
        for text in *others {
            assert!(
                !matches(pattern, text),
                "{pattern:?} must not match {text:?}"
            );
        }
    }
}

const UPDATE_TRAIL: &str = r#"{
  "eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
  "arrayKey": ["value", "another value"],
  "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
  "SomeObject": null, "ThisFlag": true, "cluster.name": "c"
}"#;

const USERS: &str = r#"{
  "user": {"id": 1, "email": "John.Stiles@example.com"},
  "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
  "actions": ["GET", "PUT", "DELETE"],
  "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]]
}"#;

#[test]
fn terms_match_as_the_guide_says() {
    check(&[
        ("", &["", "anything", "{}"], &[]),
        (
            "ERROR",
            &[
                "[ERROR 400] BAD REQUEST",
                "[ERROR 401] UNAUTHORIZED REQUEST",
                "Exiting with ERRORCODE: -1",
            ],
            &["error", "WARN"],
        ),
        (
            "ERROR -Exiting",
            &["[ERROR] A fatal exception has occurred"],
            &["Exiting with ERRORCODE: -1", "WARN"],
        ),
        (
            "ERROR Exception",
            &[
                "[ERROR] Caught IllegalArgumentException",
                "[ERROR] Unhandled Exception",
            ],
            &["[ERROR] A fatal exception has occurred"],
        ),
        (
            "Failed to process the request",
            &[
                "[WARN] Failed to process the request",
                "[ERROR] Unable to continue: Failed to process the request",
            ],
            &["[WARN] the request was processed"],
        ),
        (
            "ERROR WARN",
            &["ERROR WARN message"],
            &["ERROR message", "WARN message"],
        ),
        (
            "?ERROR ?WARN",
            &["ERROR WARN message", "ERROR message", "WARN message"],
            &["INFO message"],
        ),
        (
            "ERROR -WARN",
            &["ERROR message"],
            &["ERROR WARN message", "WARN message"],
        ),
        (
            "\"INTERNAL SERVER ERROR\"",
            &["[ERROR 500] INTERNAL SERVER ERROR"],
            &["INTERNAL ERROR SERVER"],
        ),
        (r#""a \"b\" \\ c""#, &[r#"a "b" \ c"#], &["a b c"]),
        ("-ERROR", &["", "WARN"], &["ERROR"]),
        (r#"?"a b" ?c"#, &["xa b", "c"], &["a", "b"]),
        (
            "status=500 -retry=1",
            &["status=500", "x status=5000"],
            &["status = 500", "status=500 retry=1"],
        ),
        (
            r#"ERROR -"health check""#,
            &["ERROR health"],
            &["ERROR in health check"],
        ),
        ("\" \"", &["", "anything"], &[]),
        ("\"\"", &["", "anything"], &[]),
        (
            "ERROR ARGUMENTS",
            &["[ERROR 419] MISSING ARGUMENTS"],
            &["[ERROR 400] BAD REQUEST"],
        ),
        (
            "?ERROR ?ARGUMENTS",
            &["[ERROR 400] BAD REQUEST", "ARGUMENTS"],
            &["[INFO] REQUEST"],
        ),
        // Beside others, optional terms say nothing.
        (
            "?ERROR ?ARGUMENTS REQUEST",
            &["[INFO] REQUEST FAILED", "[ERROR] 400 BAD REQUEST"],
            &["ERROR"],
        ),
        ("?ERROR REQUEST", &["REQUEST", "ERROR REQUEST"], &["ERROR"]),
        ("Fehler_über", &["Fehler_überall"], &["Fehler"]),
    ]);
}

#[test]
fn a_json_pattern_compares_as_the_guide_says() {
    for (pattern, expected) in [
        (r#"{ $.eventType = "UpdateTrail" }"#, true),
        ("{ $.sourceIPAddress != 123.123.* }", true),
        ("{ $.sourceIPAddress != 111.111.* }", false),
        (r#"{ $.arrayKey[0] = "value" }"#, true),
        (r#"{ $.arrayKey[2] = "value" }"#, false),
        ("{ $.objectList[1].id = 2 }", true),
        ("{ $.objectList[0].id = 2 }", false),
        ("{ $.SomeObject IS NULL }", true),
        ("{ $.SomeOtherObject IS NULL }", false),
        ("{ $.SomeOtherObject NOT EXISTS }", true),
        ("{ $.SomeObject NOT EXISTS }", false),
        ("{ $.ThisFlag IS TRUE }", true),
        ("{ $.ThisFlag IS FALSE }", false),
        ("{ $.eventType IS TRUE }", false),
        ("{ $.eventType = *Trail }", true),
        ("{ $.eventType = Update* }", true),
        ("{ $.eventType = *dateT* }", true),
        // In the middle a star is a star.
        ("{ $.eventType = Up*Trail }", false),
        ("{ $.eventType = \"*\" }", true),
        ("{ $.arrayKey[*] = \"another value\" }", true),
        ("{ $.objectList[*].id = 3 }", false),
        ("{ $.objectList[*].id >= 2 }", true),
        ("{ $.eventType = %Trail% }", true),
        ("{ $.arrayKey[*] = %val.{2}% }", true),
        (r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }", true),
        ("{ $.* = %nowhere% }", false),
        ("{ $.['cluster.name'] = \"c\" }", true),
        ("{ $['cluster.name'] = \"d\" }", false),
        ("{ $.*.name NOT EXISTS }", true),
        ("{ $.objectList[*].name NOT EXISTS }", false),
        ("{ $.eventType = %^Update[A-Z]% }", true),
        ("{ $.eventType != %^Update[A-Z]% }", false),
    ] {
        assert_eq!(matches(pattern, UPDATE_TRAIL), expected, "{pattern}");
    }
}

#[test]
fn and_binds_more_than_or() {
    for (pattern, expected) in [
        (
            r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#,
            true,
        ),
        (
            r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#,
            false,
        ),
        (
            r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }"#,
            true,
        ),
        (
            r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }"#,
            false,
        ),
        ("{ $.coordinates[0][1] = 1 }", true),
        ("{((($.user.id=1)))}", true),
    ] {
        assert_eq!(matches(pattern, USERS), expected, "{pattern}");
    }
}

#[test]
fn numbers_compare_as_numbers() {
    let event = r#"{"latency": 1000.5, "numbers": [9, 0.001], "processes": [{}, {}, {}, {}, {"averageRuntime": 55.5}],
        "errorCode": 400, "text": "400", "big": 9007199254740993}"#;
    for (pattern, expected) in [
        ("{ $.latency >= 500 }", true),
        ("{ $.numbers[0] < 10e3 }", true),
        ("{ $.numbers[1] < 10e-3 }", true),
        ("{ $.numbers[0] < 10e-3 }", false),
        ("{ $.processes[4].averageRuntime <= 55.5 }", true),
        ("{ $.errorCode = 400 }", true),
        ("{ $.errorCode = 4E+2 }", true),
        ("{ $.errorCode != 500 }", true),
        ("{ $.errorCode != 400 }", false),
        ("{ $.latency > +1000 }", true),
        ("{ $.latency > -1 }", true),
        ("{ $.latency = * }", true),
        ("{ $.numbers[0] != 1e-3 }", true),
        ("{ $.errorCode = 4* }", true),
        ("{ $.errorCode = 5* }", false),
        ("{ $.errorCode != 5* }", true),
        ("{ $.text = 4* }", true),
        // Another type never passes, neither way.
        ("{ $.text = 400 }", false),
        ("{ $.text != 500 }", false),
        ("{ $.errorCode = \"400\" }", false),
        ("{ $.errorCode != \"500\" }", false),
        ("{ $.text = \"400\" }", true),
    ] {
        assert_eq!(matches(pattern, event), expected, "{pattern}");
    }
}

#[test]
fn what_is_not_a_value_never_passes_a_comparison() {
    for event in [
        r#"{"users": [1, 2, 3]}"#,
        r#"{"users": {"a": 1}}"#,
        r#"{"users": null}"#,
        "{}",
        "[]",
        "7",
    ] {
        for pattern in [
            "{ $.users = 1 }",
            "{ $.users != 1 }",
            "{ $.users = * }",
            "{ $.users != \"x\" }",
            "{ $.users < 9 }",
        ] {
            assert!(!matches(pattern, event), "{pattern} {event}");
        }
    }
}

#[test]
fn a_line_that_is_not_json_never_matches_a_json_pattern() {
    for text in ["", "ERROR", "{\"a\": 1", "{'a': 1}"] {
        assert!(!matches("{ $.a NOT EXISTS }", text), "{text}");
        assert!(!matches("{ $.a != 1 }", text), "{text}");
    }
}

#[test]
fn a_space_delimited_pattern_compares_columns() {
    let line = |status: &str, bytes: &str| {
        format!(
            "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" {status} {bytes}"
        )
    };
    let (ok, error) = (line("200", "1534"), line("404", "5324"));
    let (ok, error) = (ok.as_str(), error.as_str());
    check(&[
        (
            "[ip, user, username, timestamp, request, status_code, bytes]",
            &[ok, error],
            &["a b c", ""],
        ),
        ("[..., status_code, bytes]", &[ok, error, "200 7"], &["7"]),
        ("[ip, user, ..., status_code, bytes]", &[ok], &["a b c"]),
        ("[ip, user, ...]", &[ok, "a b"], &["a"]),
        (
            "[ip, user, username, timestamp, request, status_code, bytes > 2000]",
            &[error],
            &[ok],
        ),
        (
            "[ip, user, username, timestamp, request, status_code = 200, bytes]",
            &[ok],
            &[error],
        ),
        (
            "[ip, user, username, timestamp, request, status_code = 4*, bytes]",
            &[error],
            &[ok],
        ),
        (
            "[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]",
            &[error],
            &[ok],
        ),
        (
            "[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000]",
            &[error],
            &[ok],
        ),
        (
            "[ip, user, username, timestamp, request, status_code = 403 || status_code = 404, bytes]",
            &[error],
            &[ok],
        ),
        ("[..., request=*.html*, status_code=4*,]", &[error], &[ok]),
        (
            "[w1=ERROR, w2]",
            &[
                "ERROR message",
                "ERROR 09/25/2014 12:00:02 Failed to process request",
            ],
            &["WARN message", "ERROR"],
        ),
        (
            "[w1=ERROR || w1=WARN, w2]",
            &["ERROR message", "WARN message"],
            &["INFO message"],
        ),
        (
            "[w1!=ERROR&&w1!=WARN, w2]",
            &["INFO message"],
            &["ERROR message", "WARN message"],
        ),
        ("[ip=%127\\.0\\.0\\.[1-9]%, ...]", &[ok], &["127.0.0.x y"]),
        ("[code > 5]", &["6"], &["5", "six", "6 7"]),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
            &["INFO 09/25/2014 12:00:00 GET /service/resource/67 1200"],
            &["INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310"],
        ),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]",
            &["INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310"],
            &["INFO 09/25/2014 12:00:00 GET /service/resource/67 1200"],
        ),
        // Without an ellipsis the last column is the rest of the line.
        (
            "[level, message = \"Failed to*\"]",
            &["ERROR Failed to process request"],
            &["ERROR Process failed"],
        ),
    ]);
}

#[test]
fn a_regular_expression_is_found_anywhere() {
    check(&[
        (
            "%AUTHORIZED%",
            &[
                "[ERROR 401] UNAUTHORIZED REQUEST",
                "[SUCCESS 200] AUTHORIZED REQUEST",
            ],
            &["authorized"],
        ),
        ("%^[hc]at%", &["hat", "cat"], &["a hat"]),
        ("%[hc]at$%", &["a hat"], &["hats"]),
        ("%colou?r%", &["color", "colour"], &["colouur"]),
        ("%a{3,5}%", &["aaa"], &["aa"]),
        ("%^a{,2}$%", &["", "a", "aa"], &["aaa"]),
        ("%^[{,2}]$%", &["{", ",", "}"], &["0"]),
        ("%^a\\{,2\\}$%", &["a{,2}"], &["a", "a{0,2}"]),
        ("%^\\\\{,2}$%", &["", "\\\\"], &["{"]),
        ("%^a{2,}$%", &["aa", "aaaa"], &["a"]),
        ("%gra|ey%", &["gray", "grey"], &["gr"]),
        (
            "%^starting|^initializing|^shutting down%",
            &["starting ...", "initializing ...", "shutting down"],
            &["skipping initializing ..."],
        ),
        ("%abcc|ab[^c]$%", &["abcc ...", "aba"], &["aac ..."]),
        ("%\\[.\\]%", &["[a]", "[@]", "[]]", "[ ]"], &["[]"]),
        ("%ab*c%", &["ac", "abc", "abbbc"], &["ab"]),
        ("%ab+c%", &["abc", "abbc"], &["ac"]),
        ("%\\x3A\\x28%", &[":("], &[":"]),
        ("%\\s\\D%", &["\ta"], &["\t1"]),
        ("%gray|grey%", &["gray", "grey"], &["groy"]),
        ("%10\\.10\\.0\\.1%", &["10.10.0.1"], &["10x10.0.1"]),
        ("%\\d{3} \\w+%", &["404 not"], &["not"]),
        ("%x% -y", &["x"], &["xy"]),
    ]);
}

#[test]
fn what_is_extracted_is_named_as_aws_names_it() {
    let json = json!({"a": {"b": [7, "x"]}, "t": true});
    let event = Event {
        text: "",
        json: Some(&json),
        id: None,
        slots: None,
    };
    let pattern = Pattern::parse("{ $.a.b[0] = 7 && ($.t IS TRUE || $.none = 1) }").unwrap();
    let values = pattern.values(&event);
    assert_eq!(
        values
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>(),
        ["$.a.b[0]=7", "$.t=true"]
    );

    let line =
        r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
    let pattern = Pattern::parse("[..., request=*.html*, status_code=4*,]").unwrap();
    let values = pattern.values(&Event {
        text: line,
        json: None,
        id: None,
        slots: None,
    });
    let expected = [
        ("$1", "127.0.0.1"),
        ("$2", "-"),
        ("$3", "frank"),
        ("$4", "10/Oct/2000:13:25:15 -0700"),
        ("$7", "1534"),
        ("$request", "GET /index.html HTTP/1.0"),
        ("$status_code", "404"),
    ];
    assert_eq!(
        values,
        expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    );
}

#[test]
fn a_wrong_pattern_says_what_was_expected_and_where() {
    for (pattern, offset, part) in [
        ("{ $.a = }", 8, "a number, a word"),
        ("{ $.a }", 6, "IS NULL"),
        ("{ a = 1 }", 2, "a selector"),
        ("{ $.a = 1", 9, "`}`"),
        ("{ ($.a = 1 }", 11, "`)`"),
        ("{ $.a = 1 } x", 12, "the end"),
        ("{ $.a < \"x\" }", 8, "compares nothing else"),
        ("{ $.a = \"x }", 12, "closing \""),
        ("{ $.a = 1 &&", 12, "a selector"),
        ("{}", 1, "a selector"),
        ("ERROR+1", 5, "the end"),
        ("ERROR \"", 7, "closing"),
        ("?", 1, "a word"),
        ("[a, ..., b, ...]", 0, "one `...`"),
        ("[a", 2, "`]`"),
        ("[a IS NULL]", 3, "`]`"),
        ("%a", 2, "closing %"),
        ("%a(b)%", 1, "'('"),
        ("%[%", 1, "not a regular expression"),
        ("{ $.ä = 1 }", 3, "a selector"),
    ] {
        let error = Pattern::parse(pattern).expect_err(pattern);
        assert!(
            error.message.contains(part) && error.offset == offset,
            "{pattern}: {error:?}"
        );
    }
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{{ {}$.a = 1{} }}", "(".repeat(depth), ")".repeat(depth));
    assert!(Pattern::parse(&nested(31)).is_ok());
    assert!(
        Pattern::parse(&nested(32))
            .unwrap_err()
            .message
            .contains("parentheses")
    );
    assert!(Pattern::parse(&nested(500)).is_err());
    assert!(Pattern::parse(&"x".repeat(1024)).is_ok());
    assert!(
        Pattern::parse(&"x".repeat(1025))
            .unwrap_err()
            .message
            .contains("1024")
    );
    assert!(Pattern::parse("%a% %b%").is_ok());
    assert!(Pattern::parse("%a% %b% %c%").is_err());
    assert!(Pattern::parse("%a{1000}{1000}{1000}%").is_err());
    assert!(Pattern::parse("{ $.a[*].b[*] = 1 }").is_err());
    assert!(Pattern::parse("{ $.*.a = 1 && $.b[*] = 2 && $.* = 3 }").is_ok());
    assert!(Pattern::parse("{ $.* = 1 && $.* = 2 && $.* = 3 && $.* = 4 }").is_err());
}

/// Texts that look like patterns, so that the parser gets past the first character.
fn pattern_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{ "),
        Just(" }"),
        Just("$.a"),
        Just("$.b[0].c"),
        Just("$[*]"),
        Just("$.*"),
        Just("$.['x.y']"),
        Just(" = "),
        Just(" != "),
        Just(" >= "),
        Just("1"),
        Just("-2.5e3"),
        Just("\"x*\""),
        Just("*y"),
        Just(" && "),
        Just(" || "),
        Just("("),
        Just(")"),
        Just("["),
        Just("]"),
        Just("..."),
        Just(","),
        Just("name"),
        Just(" IS NULL"),
        Just(" NOT EXISTS"),
        Just("%a+%"),
        Just("?"),
        Just("-"),
        Just(" "),
        Just("\\"),
        Just("\""),
        Just("ü"),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Texts that are patterns.
fn pattern() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-z*]{1,6}".prop_map(|text| text),
        "[ -~äß]{0,8}".prop_map(|text| format!("{:?}", text.replace('\'', ""))),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
        any::<i32>().prop_map(|number| number.to_string()),
    ];
    let json = ("[a-z_-]{1,4}", 0..3_usize, "=|!=", value.clone())
        .prop_map(|(name, index, operator, value)| format!("$.{name}[{index}] {operator} {value}"))
        .prop_recursive(4, 16, 3, |inner| {
            (proptest::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(items, all)| {
                format!("({})", items.join(if all { " && " } else { "||" }))
            })
        })
        .prop_map(|expression| format!("{{{expression}}}"));
    let term = prop_oneof![
        "[?-]?[a-zA-Z0-9_]{1,6}",
        "[?-]?\"[a-z ,.]{1,6}\"",
        Just("%a[bc]%".to_owned())
    ];
    let terms = proptest::collection::vec(term, 0..3).prop_map(|terms| terms.join(" "));
    let part = prop_oneof![
        "[a-z]{0,3}",
        ("[a-z]{1,3}", "<|>=|=", any::<u8>())
            .prop_map(|(name, operator, number)| format!("{name}{operator}{number}"))
    ];
    let columns =
        (proptest::collection::vec(part, 1..5), any::<bool>()).prop_map(|(mut parts, open)| {
            if open {
                parts.insert(parts.len() / 2, "...".to_owned());
            }
            format!("[{}]", parts.join(","))
        });
    prop_oneof![json, terms, columns]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-c]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_panics_the_parser(text in ".{0,80}", like in pattern_like()) {
        let _ = Pattern::parse(&text);
        let _ = Pattern::parse(&like);
    }

    #[test]
    fn what_parses_matches_any_event_without_panicking(like in pattern_like(), text in "[ -~ä\\n\\[\"]{0,40}", json in json_value()) {
        if let Ok(pattern) = Pattern::parse(&like) {
            let event = Event { text: &text, json: Some(&json), id: None, slots: None };
            let _ = (pattern.matches(&event), pattern.values(&event));
        }
    }

    #[test]
    fn what_is_displayed_parses_to_the_same(text in pattern()) {
        prop_assume!(text.chars().count() <= 1024);
        let parsed = Pattern::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let again = Pattern::parse(&parsed.to_string());
        prop_assert_eq!(again.as_ref(), Ok(&parsed), "{} became {}", text, parsed);
    }

    #[test]
    fn what_looks_like_a_pattern_round_trips_where_it_is_one(like in pattern_like()) {
        if let Ok(parsed) = Pattern::parse(&like) {
            prop_assert_eq!(Pattern::parse(&parsed.to_string()), Ok(parsed));
        }
    }

    #[test]
    fn a_json_pattern_and_its_opposite_never_both_match(value in json_value(), number in -3..3_i32) {
        let event = json!({"a": value});
        let event = Event { text: "", json: Some(&event), id: None, slots: None };
        let matches = |operator| Pattern::parse(&format!("{{ $.a {operator} {number} }}")).unwrap().matches(&event);
        prop_assert!(!(matches("=") && matches("!=")));
        prop_assert!(!(matches("<") && matches(">=")));
        prop_assert_eq!(matches("=") || matches("!="), event.json.unwrap()["a"].is_number());
    }
}
