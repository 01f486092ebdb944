use picket_line::replay::Views;

use super::*;

fn counts(requests: u64) -> Counts {
    Counts {
        requests,
        input_tokens: requests * 10,
        output_tokens: requests,
    }
}

fn view(requests: u64, agents: Agents) -> View {
    View {
        exact: requests == 4,
        environment: counts(requests),
        by_agent: counts(requests),
        by_model: counts(4),
        agents,
    }
}

#[test]
fn an_answer_says_of_each_total_whether_it_is_exact_or_by_how_much_it_is_not() {
    let totals = Totals {
        requests: 4,
        input_tokens: 40,
        output_tokens: 4,
        cost_usd: "0.5".parse().unwrap(),
    };
    let whole = Agents {
        whole: 3,
        ..Agents::default()
    };
    let some = Agents {
        whole: 1,
        partly: 1,
        other: counts(2),
        over: vec!["a".to_owned()],
        ..Agents::default()
    };
    let outcome = ReplayResult(Summary {
        exact: true,
        expected: totals.clone(),
        counted: totals,
        killed: 7,
        agents: whole.clone(),
        views: Some(Views {
            cloudwatch: view(6, some),
            ambiguous: 2,
            largest_slice: 3,
            prometheus: Some(view(4, whole)),
        }),
    });
    let plain = crate::terminal::plain(&outcome);
    let expected = "\
the files:  4 requests, 40 tokens in, 4 out, $0.5
the ledger: exact; 3 agents by name
CloudWatch: not exact; in all +2 requests, +20 tokens in, +2 out; by agent +2 requests, +20 tokens in, +2 out; \
by model +0 requests, +0 tokens in, +0 out; 1 agents by name, 1 in part and 0 not, with 2 requests under Other, \
1 with more than their own; 2 ambiguous slices, of 3 requests at most
Prometheus: exact; 3 agents by name
7 processes were killed meanwhile";
    assert_eq!(plain, expected);
}
