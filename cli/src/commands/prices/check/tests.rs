use jiff::civil::date;
use picket_shared::usage::UsageKey;

use super::*;

const DAY: Date = date(2026, 11, 29);

fn row(model: &str, price: Option<&str>, batch: bool, input: u64) -> UsageRow {
    UsageRow {
        key: UsageKey {
            date: DAY,
            agent: "a".into(),
            model: model.into(),
            incident: None,
            price: price.map(str::to_owned),
            batch,
        },
        usage: Usage {
            requests: 2,
            tokens: TokenCounts {
                input,
                ..TokenCounts::default()
            },
        },
    }
}

#[test]
fn usage_without_a_price_is_named_and_costs_what_the_candidate_costs() {
    let rows = [
        row("amazon.nova-micro-v1:0", Some("nova-micro"), false, 1),
        row("amazon.nova-micro-v1:0", None, false, 1),
        row("acme.m", None, false, 1_000_000),
        row("acme.m", None, false, 1_000_000),
        row("acme.m", None, true, 5),
        row("acme.m", Some("tier:warp>200000"), false, 7),
    ];
    let found = unpriced(&rows, prices::built_in(), Some("amazon.nova-micro-v1:0"));
    let found: Vec<_> = found
        .iter()
        .map(|usage| {
            let candidate = usage.candidate.as_ref().unwrap();
            let cost = candidate.cost_usd.map(|cost| cost.to_string());
            (usage.tier.as_str(), usage.above, usage.requests, cost)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("batch", 0, 2, Some("0.0000000875".to_owned())),
            ("standard", 0, 4, Some("0.07".to_owned())),
            ("warp", 200_000, 2, None),
        ]
    );
}

#[test]
fn the_exit_status_tells_whether_everything_has_a_price() {
    let priced = [row("amazon.nova-micro-v1:0", None, false, 1)];
    for (rows, exit, last) in [
        (&priced[..], Exit::Done, "0 of 2 requests have no price\n"),
        (
            &[row("acme.m", None, false, 1)],
            Exit::Failed,
            "2 of 2 requests have no price\n",
        ),
    ] {
        let mut answers = Vec::new();
        let mut output = Output::new(&mut answers, io::sink());
        let ended = report(rows, prices::built_in(), None, &mut output).unwrap();
        drop(output);
        assert_eq!(ended, exit);
        let answers = String::from_utf8(answers).unwrap();
        assert!(answers.ends_with(last), "{answers}");
    }
}
