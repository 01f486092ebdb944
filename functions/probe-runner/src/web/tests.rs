use proptest::prelude::*;

use super::*;

fn check(more: &str) -> HttpCheck {
    let text = format!(
        "Workload: w\nProbes:\n  - Name: p\n    Every: 1m\n    Http: {{ Target: t{more} }}\n    Metrics: [{{ Value: status, MetricNamespace: N, MetricName: M }}]\n"
    );
    let probes = picket_rules::probes::parse("probes.yaml", &text).unwrap();
    match probes.probes.into_iter().next().unwrap().check {
        picket_rules::probes::Check::Http(check) => check,
        other => panic!("{other:?}"),
    }
}

fn page(status: u16, location: Option<&str>, body: &str) -> Page {
    Page {
        status,
        location: location.map(str::to_owned),
        body: body.into(),
        certificate_ends: None,
    }
}

/// Where it leads, or the reason of its end; "good" where there is none.
fn led(check: &HttpCheck, from: &str, page: &Page, redirects: usize) -> String {
    match next(
        check,
        &from.parse().unwrap(),
        page,
        redirects,
        Timestamp::UNIX_EPOCH,
    ) {
        Next::Follow(url) => url.to_string(),
        Next::Done(outcome) => outcome
            .failure
            .map_or_else(|| "good".to_owned(), |failure| failure.reason.to_string()),
    }
}

#[test]
fn an_answer_is_judged_by_status_and_body() {
    let plain = check("");
    let strict = check(", Status: [200, 301], Body: ready");
    for (check, page, expected) in [
        (&plain, page(200, None, ""), "good"),
        (&plain, page(204, None, ""), "good"),
        (&plain, page(199, None, ""), "Status"),
        (&plain, page(404, None, ""), "Status"),
        (&plain, page(503, None, ""), "Status"),
        (&plain, page(304, None, ""), "Status"),
        (&strict, page(200, None, "we are ready."), "good"),
        (&strict, page(200, None, "we are read"), "Body"),
        (&strict, page(204, None, "ready"), "Status"),
        // A redirect that is a good answer is not followed.
        (&strict, page(301, Some("/elsewhere"), "ready"), "good"),
    ] {
        assert_eq!(
            led(check, "https://a.example/", &page, 0),
            expected,
            "{page:?}"
        );
    }
}

#[test]
fn a_redirect_is_followed_on_its_own_host_and_to_those_that_are_named() {
    let plain = check("");
    let named = check(", RedirectHosts: [login.example]");
    for (check, from, to, expected) in [
        (
            &plain,
            "https://a.example/x",
            "/y?z=1",
            "https://a.example/y?z=1",
        ),
        (
            &plain,
            "https://a.example/",
            "https://A.example:443/y",
            "https://a.example/y",
        ),
        (
            &plain,
            "http://a.example/",
            "https://a.example/",
            "https://a.example/",
        ),
        (
            &plain,
            "https://a.example/",
            "https://a.example:8443/",
            "Redirect",
        ),
        (
            &plain,
            "https://a.example/",
            "https://b.example/",
            "Redirect",
        ),
        (&plain, "https://a.example/", "//b.example/", "Redirect"),
        (
            &plain,
            "https://a.example/",
            "http://a.example/",
            "Redirect",
        ),
        (
            &plain,
            "https://a.example/",
            "http://169.254.169.254/latest/meta-data",
            "Redirect",
        ),
        (
            &plain,
            "http://a.example/",
            "http://169.254.169.254/latest/meta-data",
            "Redirect",
        ),
        (
            &plain,
            "https://a.example/",
            "file:///etc/passwd",
            "Redirect",
        ),
        (
            &plain,
            "https://a.example/",
            "https://a.example@b.example/",
            "Redirect",
        ),
        (&plain, "https://a.example/", "https://[", "Redirect"),
        (
            &named,
            "https://a.example/",
            "https://login.example/in",
            "https://login.example/in",
        ),
        (
            &named,
            "https://a.example/",
            "http://login.example/in",
            "Redirect",
        ),
        (
            &named,
            "https://a.example/",
            "https://evil.login.example/",
            "Redirect",
        ),
    ] {
        let led = led(check, from, &page(302, Some(to), ""), 0);
        assert_eq!(led, expected, "{from} to {to}");
    }
}

#[test]
fn redirects_end() {
    let around = page(302, Some("/"), "");
    let plain = check("");
    assert_eq!(
        led(&plain, "https://a.example/", &around, MOST_REDIRECTS - 1),
        "https://a.example/"
    );
    assert_eq!(
        led(&plain, "https://a.example/", &around, MOST_REDIRECTS),
        "Redirect"
    );
}

#[test]
fn a_certificates_days_are_reported_also_where_the_answer_is_bad() {
    let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let mut answer = page(500, None, "");
    answer.certificate_ends = Some("2026-11-30T12:00:00Z".parse().unwrap());
    let Next::Done(outcome) = next(&check(""), &"https://a/".parse().unwrap(), &answer, 0, now)
    else {
        panic!("an end")
    };
    let metric = picket_rules::probes::parse(
        "probes.yaml",
        "Workload: w\nProbes: [{ Name: p, Every: 1m, Http: { Target: t }, Metrics: [{ Value: certificate-days, MetricNamespace: N, MetricName: M }] }]",
    )
    .unwrap()
    .probes[0]
        .metrics[0]
        .clone();
    assert_eq!(outcome.number(&metric), Some(10.5));
}

proptest! {
    /// Whatever a server says, the next address is on a host that the file allows, and never less secret than the last.
    #[test]
    fn no_redirect_leaves_the_allowed_hosts(location in "[ -~]{0,60}", host in "(a|b|login|169)\\.example", scheme in "https?|ftp|") {
        let check = check(", RedirectHosts: [login.example]");
        for location in [location, format!("{scheme}://{host}/x"), format!("//{host}:444/")] {
            let from: Url = "https://a.example/start".parse().unwrap();
            if let Next::Follow(to) = next(&check, &from, &page(302, Some(&location), ""), 0, Timestamp::UNIX_EPOCH) {
                prop_assert_eq!(to.scheme(), "https");
                prop_assert!(matches!(to.host_str(), Some("a.example" | "login.example")), "{}", to);
            }
        }
    }
}
