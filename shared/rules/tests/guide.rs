//! Every example of "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail"
//! in the CloudWatch Logs user guide, in its order, with what the guide says of it; and what only its older editions
//! show.

use std::collections::BTreeMap;

use picket_rules::filter::{Event, Pattern};
use serde_json::Value;

/// A pattern, events that match, events that do not.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// Whether the event matches, and what is extracted from it.
fn try_on(pattern: &str, text: &str) -> (bool, BTreeMap<String, String>) {
    let json: Option<Value> = serde_json::from_str(text).ok();
    let pattern = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let event = Event {
        text,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    (pattern.matches(&event), pattern.values(&event))
}

fn check(rows: &[Row]) {
    for (pattern, fitting, others) in rows {
        for text in *fitting {
            assert!(try_on(pattern, text).0, "{pattern:?} must match {text:?}");
        }
        for text in *others {
            assert!(
                !try_on(pattern, text).0,
                "{pattern:?} must not match {text:?}"
            );
        }
    }
}

fn check_extracted(pattern: &str, text: &str, expected: &[(&str, &str)]) {
    let expected = expected.iter().map(|(k, v)| ((*k).into(), (*v).into()));
    assert_eq!(
        try_on(pattern, text),
        (true, expected.collect()),
        "{pattern}"
    );
}

#[test]
fn supported_regular_expressions() {
    check(&[
        ("%^[hc]at%", &["hat", "cat"], &["a hat", "bat"]),
        ("%[hc]at$%", &["hat", "cat", "a hat"], &["hats", "bat"]),
        ("%colou?r%", &["color", "colour"], &["colouur"]),
        ("%[abc]%", &["a", "b", "c"], &["d"]),
        ("%[a-z]%", &["a", "m", "z"], &["A", "1"]),
        ("%[abcx-z]%", &["a", "b", "c", "x", "y", "z"], &["d", "w"]),
        ("%^a{3,5}$%", &["aaa", "aaaa", "aaaaa"], &["aa", "aaaaaa"]),
        ("%a{3,5}%", &["aaa", "aaaa", "aaaaa"], &["aa"]),
        ("%^a{3,}$%", &["aaa", "aaaaaaa"], &["aa"]),
        ("%^a{,5}$%", &["", "aaaaa"], &["aaaaaa"]),
        ("%gra|ey%", &["gray", "grey"], &["gr"]),
        (
            "%^starting|^initializing|^shutting down%",
            &["starting ...", "initializing ...", "shutting down"],
            &["skipping initializing ..."],
        ),
        // The guide leaves out the last %, and holds "aba ..." against it, which the `$` does not let pass.
        ("%abcc|ab[^c]$%", &["abcc ...", "aba"], &["aac ..."]),
        (
            r"%\[.\]%",
            &["[a]", "[b]", "[7]", "[@]", "[]]", "[ ]"],
            &["[]", "a"],
        ),
        (r"%10\.10\.0\.1%", &["10.10.0.1"], &["10010,051"]),
        ("%ab*c%", &["ac", "abc", "abbbc"], &["ab"]),
        ("%ab[0-9]*%", &["ab", "ab0", "ab129"], &["a129"]),
        ("%ab+c%", &["abc", "abbc", "abbbc"], &["ac"]),
        (
            "%.at%",
            &["hat", "cat", "bat", "4at", "#at", " at"],
            &["at"],
        ),
        ("%10.10.0.1%", &["10010,051", "10.10.0.1"], &["10.10.0"]),
        (r"%\d%", &["7"], &["x"]),
        ("%[0-9]%", &["7"], &["x"]),
        (r"%\D%", &["x"], &["7"]),
        ("%[^0-9]%", &["x"], &["7"]),
        (r"%\s%", &["\t", " ", "\n"], &["x"]),
        (r"%\S%", &["x"], &["\t \n"]),
        (r"%\w%", &["a", "Z", "_", "7"], &["-"]),
        ("%[a-zA-Z_0-9]%", &["a", "Z", "_", "7"], &["-"]),
        (r"%\W%", &["-"], &["aZ_7"]),
        ("%[^a-zA-Z_0-9]%", &["-"], &["aZ_7"]),
        (r"%\x3A%", &[":"], &["x"]),
        (r"%\x28%", &["("], &["x"]),
        (
            "%AUTHORIZED%",
            &[
                "[ERROR 401] UNAUTHORIZED REQUEST",
                "[SUCCESS 200] AUTHORIZED REQUEST",
            ],
            &["[ERROR 400] BAD REQUEST"],
        ),
    ]);
}

#[test]
fn what_regular_expressions_may_not_have() {
    for pattern in [
        "%something!%",
        "%(a|b)%",
        "%caf\u{e9}%",
        "%a% %b% %c%",
        "{ $.a = %a% || $.a = %b% || $.a = %c% }",
        "[a = %a%, b = %b%, c = %c%]",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
}

const BAD: &str = "[ERROR 400] BAD REQUEST";
const UNAUTHORIZED: &str = "[ERROR 401] UNAUTHORIZED REQUEST";
const MISSING: &str = "[ERROR 419] MISSING ARGUMENTS";
const INVALID: &str = "[ERROR 420] INVALID ARGUMENTS";

#[test]
fn terms_in_unstructured_log_events() {
    check(&[
        ("ERROR", &[BAD, UNAUTHORIZED, MISSING, INVALID], &["error"]),
        ("ERROR ARGUMENTS", &[MISSING, INVALID], &[BAD, UNAUTHORIZED]),
        (
            "?ERROR ?ARGUMENTS",
            &[BAD, UNAUTHORIZED, MISSING, INVALID],
            &["[INFO] REQUEST"],
        ),
        (
            "?ERROR ?ARGUMENTS REQUEST",
            &[
                "[INFO] REQUEST FAILED",
                "[WARN] UNAUTHORIZED REQUEST",
                "[ERROR] 400 BAD REQUEST",
            ],
            &[MISSING],
        ),
        (
            "\"INTERNAL SERVER ERROR\"",
            &["[ERROR 500] INTERNAL SERVER ERROR"],
            &["[ERROR 500] INTERNAL ERROR"],
        ),
        (
            "ERROR -ARGUMENTS",
            &[BAD, UNAUTHORIZED],
            &[MISSING, INVALID],
        ),
        ("\" \"", &[BAD, "x", ""], &[]),
        // The first edition.
        (
            "ERROR",
            &[
                "[ERROR] A fatal exception has occurred",
                "Exiting with ERRORCODE: -1",
            ],
            &[],
        ),
        (
            "ERROR -Exiting",
            &["[ERROR] A fatal exception has occurred"],
            &["Exiting with ERRORCODE: -1"],
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
            &[],
        ),
    ]);
    check_extracted("ERROR", BAD, &[]);
}

#[test]
fn numbers_in_json_log_events() {
    check(&[
        (
            "{ $.bandwidth > 75 }",
            &[r#"{"bandwidth": 75.5}"#],
            &[r#"{"bandwidth": 75}"#],
        ),
        (
            "{ $.latency < 50 }",
            &[r#"{"latency": 49}"#],
            &[r#"{"latency": 50}"#],
        ),
        (
            "{ $.refreshRate >= 60 }",
            &[r#"{"refreshRate": 60}"#],
            &[r#"{"refreshRate": 59}"#],
        ),
        (
            "{ $.responseTime <= 5 }",
            &[r#"{"responseTime": 5}"#],
            &[r#"{"responseTime": 6}"#],
        ),
        (
            "{ $.errorCode = 400}",
            &[r#"{"errorCode": 400}"#],
            &[r#"{"errorCode": 404}"#],
        ),
        (
            "{ $.errorCode != 500 }",
            &[r#"{"errorCode": 400}"#],
            &[r#"{"errorCode": 500}"#],
        ),
        (
            "{ $.number[0] = 1e+3 }",
            &[r#"{"number": [1000]}"#],
            &[r#"{"number": [1]}"#],
        ),
        (
            "{ $.number[0] != 1e-3 }",
            &[r#"{"number": [1]}"#],
            &[r#"{"number": [0.001]}"#],
        ),
        // Older editions.
        (
            "{ $.number[0] = 1e-3 }",
            &[r#"{"number": [0.001]}"#],
            &[r#"{"number": [1]}"#],
        ),
        (
            "{ $.number[0] != 1e+3 }",
            &[r#"{"number": [1]}"#],
            &[r#"{"number": [1000.0]}"#],
        ),
        (
            "{ $.latency >= 500 }",
            &[r#"{"latency": 500}"#],
            &[r#"{"latency": 499}"#],
        ),
        (
            "{ $.numbers[0] < 10e3 }",
            &[r#"{"numbers": [9999]}"#],
            &[r#"{"numbers": [10000]}"#],
        ),
        (
            "{ $.numbers[0] < 10e-3 }",
            &[r#"{"numbers": [0.009]}"#],
            &[r#"{"numbers": [0.01]}"#],
        ),
        (
            "{ $.processes[4].averageRuntime <= 55.5 }",
            &[r#"{"processes": [0, 0, 0, 0, {"averageRuntime": 55.5}]}"#],
            &[r#"{"processes": [{"averageRuntime": 55.5}]}"#],
        ),
        (
            "{ $.latency > +1000 }",
            &[r#"{"latency": 1001}"#],
            &[r#"{"latency": 1000}"#],
        ),
        (
            "{ $.latency = * }",
            &[r#"{"latency": 50, "requestType": "GET"}"#],
            &[r#"{"requestType": "GET"}"#],
        ),
    ]);
    let event = r#"{"latency": 50, "requestType": "GET"}"#;
    check_extracted("{ $.latency = * }", event, &[("$.latency", "50")]);
}

const TRAIL: &str = r#"{ "eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "arrayKey": [ "value", "another value" ],
    "objectList": [ { "name": "a", "id": 1 }, { "name": "b", "id": 2 } ], "SomeObject": null, "cluster.name": "c" }"#;

#[test]
fn terms_in_json_log_events() {
    check(&[
        (r#"{ $.eventType = "UpdateTrail" }"#, &[TRAIL], &["{}"]),
        (
            "{ $.sourceIPAddress != 123.123.* }",
            &[TRAIL],
            &[r#"{"sourceIPAddress": "123.123.1.1"}"#],
        ),
        (
            r#"{ $.arrayKey[0] = "value" }"#,
            &[TRAIL],
            &[r#"{"arrayKey": ["another value", "value"]}"#],
        ),
        (
            "{ $.eventType = %Trail% }",
            &[TRAIL],
            &[r#"{"eventType": "Update"}"#],
        ),
        (
            "{ $.arrayKey[*] = %val.{2}% }",
            &[TRAIL],
            &[r#"{"arrayKey": ["val"]}"#],
        ),
        (
            r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }",
            &[TRAIL],
            &[r#"{"sourceIPAddress": "111.111.111.211"}"#],
        ),
        (
            "{ $.['cluster.name'] = \"c\" }",
            &[TRAIL],
            &[r#"{"cluster": {"name": "c"}}"#],
        ),
        ("{ $.SomeObject IS NULL }", &[TRAIL], &["{}"]),
        (
            "{ $.SomeOtherObject NOT EXISTS }",
            &[TRAIL],
            &[r#"{"SomeOtherObject": null}"#],
        ),
        // Older editions.
        ("{ $.objectList[1].id = 2 }", &[TRAIL], &["{}"]),
        (
            r#"{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }"#,
            &[TRAIL],
            &[r#"{"eventType": "UpdateTrail"}"#],
        ),
        (
            "{ $.ThisFlag IS TRUE }",
            &[r#"{"ThisFlag": true}"#],
            &[TRAIL],
        ),
    ]);
    check_extracted(
        r#"{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }"#,
        TRAIL,
        &[
            ("$.eventType", "UpdateTrail"),
            ("$.sourceIPAddress", "111.111.111.111"),
        ],
    );
    for pattern in [
        "{ $.SomeObject IS NOT NULL }",
        "{ $.SomeObject EXISTS }",
        "{ $.objectList[*].* = 1 }",
        "{ $.a[*] = 1 && $.b[*] = 1 && $.c[*] = 1 && $.d[*] = 1 }",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
}

const USERS: &str = r#"{ "user": { "id": 1, "email": "John.Stiles@example.com" },
    "users": [ { "id": 2, "email": "John.Doe@example.com" }, { "id": 3, "email": "Jane.Doe@example.com" } ],
    "actions": [ "GET", "PUT", "DELETE" ], "coordinates": [ [0, 1, 2], [4, 5, 6], [7, 8, 9] ] }"#;

#[test]
fn compound_expressions() {
    check(&[
        (
            r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#,
            &[USERS],
            &[],
        ),
        (
            r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }"#,
            &[USERS],
            &[],
        ),
        (
            r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }"#,
            &[],
            &[USERS],
        ),
        (
            r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#,
            &[],
            &[USERS],
        ),
    ]);
}

const PAGE: &str =
    r#"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
const IMAGE: &str =
    r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 500 5324"#;

#[test]
fn columns_of_space_delimited_log_events() {
    check(&[
        (
            r"[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
        (
            "[..., request =*.html*, status_code = 4*, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
        (
            "[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
        // Older editions.
        (
            "[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
        (
            "[ip, server, username, timestamp, request, status_code, bytes > 1000]",
            &[PAGE, IMAGE],
            &["127.0.0.1 Prod frank [x] \"GET /\" 404 1000"],
        ),
        (
            "[ip, user, username, timestamp, request, status_code, bytes]",
            &[PAGE, IMAGE],
            &["127.0.0.1"],
        ),
        ("[..., status_code, bytes]", &[PAGE, IMAGE], &["404"]),
        (
            "[ip, user, ..., status_code, bytes]",
            &[PAGE, IMAGE],
            &["a b c"],
        ),
        ("[ip, user, ...]", &[PAGE, IMAGE], &["a"]),
        (
            "[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000]",
            &[PAGE],
            &[IMAGE],
        ),
        (
            "[ip, user, username, timestamp, request, status_code = 4*, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
        (
            "[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]",
            &[PAGE],
            &[IMAGE],
        ),
    ]);
    let columns = [
        ("$bytes", "1534"),
        ("$status_code", "404"),
        ("$request", "GET /index.html HTTP/1.0"),
        ("$timestamp", "10/Oct/2000:13:25:15 -0700"),
        ("$username", "frank"),
        ("$ip", "127.0.0.1"),
    ];
    check_extracted(
        "[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
        PAGE,
        &[&columns[..], &[("$user", "Prod")]].concat(),
    );
    check_extracted(
        "[ip, server, username, timestamp, request, status_code, bytes > 1000]",
        PAGE,
        &[&columns[..], &[("$server", "Prod")]].concat(),
    );
}

const ITEM: &str = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200";
const PART: &str = "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310";
const WARNING: &str = "WARNING 09/25/2014 12:00:02 Invalid user request";
const ERROR: &str = "ERROR 09/25/2014 12:00:02 Failed to process request";

#[test]
fn words_in_order() {
    check(&[
        ("[w1=ERROR, w2]", &[ERROR], &[ITEM, PART, WARNING]),
        (
            "[w1=ERROR || w1=WARNING, w2]",
            &[WARNING, ERROR],
            &[ITEM, PART],
        ),
        // As an older edition spells it.
        (
            "[w1=ERROR || W1=WARNING, w2]",
            &[WARNING, ERROR],
            &[ITEM, PART],
        ),
        (
            "[w1!=ERROR && w1!=WARNING, w2]",
            &[ITEM, PART],
            &[WARNING, ERROR],
        ),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
            &[ITEM],
            &[PART, WARNING, ERROR],
        ),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]",
            &[PART],
            &[ITEM, WARNING, ERROR],
        ),
    ]);
}
