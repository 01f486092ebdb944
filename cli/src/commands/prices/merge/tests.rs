use jiff::civil::date;

use super::*;

const FIRST_READ: Date = date(2026, 11, 29);

fn source(read: Date) -> Source {
    Source {
        name: format!("table-{read}"),
        read,
        address: format!("https://example.com/table/{read}"),
    }
}

/// An offer of `TIER ABOVE INPUT OUTPUT` each.
fn offer(model: &str, prices: &[&str]) -> Offer {
    let price = |text: &&str| {
        let words: Vec<&str> = text.split(' ').collect();
        let rates = Rates {
            input: words[2].parse().ok(),
            output: words[3].parse().ok(),
            ..Rates::default()
        };
        ((Tier::read(words[0]), words[1].parse().unwrap()), rates)
    };
    Offer {
        model: model.to_owned(),
        region: None,
        prices: prices.iter().map(price).collect(),
    }
}

/// A book of written rows, one of which always is for a model that no test has.
fn written(rows: &str) -> PriceBook {
    let text = format!(
        "prices:\n  - {{ id: none, model: none, from: 2023-09-28, input: 1, source: 'https://example.com', read: 2026-11-01 }}\n{rows}"
    );
    prices::parse("p.yaml", &text).unwrap()
}

fn rows(text: &str) -> Vec<&str> {
    let is_row = |line: &&str| !line.starts_with('#') && *line != COLUMNS;
    text.lines().filter(is_row).collect()
}

fn ids(import: &Import) -> Vec<&str> {
    import.added.iter().map(String::as_str).collect()
}

#[test]
fn an_import_adds_what_is_missing_once_and_a_second_one_adds_nothing() {
    let offers = [
        offer(
            "bedrock/us-gov-west-1/a.m-v1:0",
            &["standard 0 3.6 18", "flex 0 1.8 9"],
        ),
        offer(
            "us.a.m-v1:0",
            &["standard 0 3 15", "standard 200000 6 22.5"],
        ),
        offer("a.m-v1:0", &["standard 0 3 15", "standard 200000 6 22.5"]),
        // As the model, so no rows of their own.
        offer("bedrock/us-east-1/a.m-v1:0", &["standard 0 3 15"]),
        offer("bedrock/a.m-v1:0", &["standard 0 3 15"]),
    ];
    let written = written("");
    let import_of = |old: &str| import(&written, old, &offers, &source(FIRST_READ)).unwrap();
    let first = import_of("# kept\n");
    assert_eq!(
        first.text,
        format!(
            "# kept\n#source,table-2026-11-29,2026-11-29,https://example.com/table/2026-11-29\n{COLUMNS}\n\
             a.m-v1-0,a.m-v1:0,,standard,0,2023-09-28,3,15,,,,table-2026-11-29,\n\
             a.m-v1-0.above-200000,a.m-v1:0,,standard,200000,2023-09-28,6,22.5,,,,table-2026-11-29,\n\
             a.m-v1-0.us-gov-west-1.flex,a.m-v1:0,us-gov-west-1,flex,0,2023-09-28,1.8,9,,,,table-2026-11-29,\n\
             a.m-v1-0.us-gov-west-1,a.m-v1:0,us-gov-west-1,standard,0,2023-09-28,3.6,18,,,,table-2026-11-29,\n"
        )
    );
    assert_eq!(first.differences, []);
    let again = import_of(&first.text);
    assert_eq!(
        (ids(&again), again.same, &again.text),
        (vec![], 8, &first.text)
    );
}

#[test]
fn a_profile_that_differs_gives_every_profile_of_the_source_its_rows() {
    let offers = [
        offer("eu.a.m", &["standard 0 3.3 16.5"]),
        offer("global.a.m", &["standard 0 3 15"]),
        offer("a.m", &["standard 0 3 15"]),
    ];
    let import = import(&written(""), "", &offers, &source(FIRST_READ)).unwrap();
    assert_eq!(rows(&import.text).len(), 3, "{}", import.text);
    assert!(
        import
            .text
            .contains("\nglobal.a.m,global.a.m,,standard,0,2023-09-28,3,15,")
    );
}

#[test]
fn a_changed_price_supersedes_the_row_and_leaves_it_as_it_is() {
    let old = [offer("a.m", &["standard 0 3 15", "batch 0 1.5 7.5"])];
    let new = [offer("a.m", &["standard 0 2 10", "batch 0 1.5 7.5"])];
    let written = written("");
    let first = import(&written, "", &old, &source(FIRST_READ)).unwrap();
    let later = date(2027, 2, 1);
    let second = import(&written, &first.text, &new, &source(later)).unwrap();
    assert_eq!(ids(&second), ["a.m.2027-02-01"]);
    for row in rows(&first.text) {
        assert!(rows(&second.text).contains(&row), "{row}");
    }
    let note = "a.m has input 3 output 15; used: the source's, which was read later";
    assert!(second.text.contains(&format!(
        "\na.m.2027-02-01,a.m,,standard,0,2027-02-01,2,10,,,,table-2027-02-01,{note}\n"
    )));
    let [difference] = second.differences.as_slice() else {
        panic!("{second:?}");
    };
    assert_eq!(
        (difference.row.as_str(), difference.choice),
        ("a.m", difference::TAKEN)
    );

    let imported = Arc::new(ImportedPrices::parse("p.csv", &second.text).unwrap());
    let book = written.with_imported(imported);
    for (day, id) in [
        (date(2027, 1, 31), "a.m"),
        (later, "a.m.2027-02-01"),
        (date(2030, 1, 1), "a.m.2027-02-01"),
    ] {
        assert_eq!(
            book.find("a.m", None, day).unwrap().id.as_str(),
            id,
            "{day}"
        );
    }
}

#[test]
fn a_written_row_with_a_note_and_the_price_list_stay_and_the_difference_is_listed() {
    let noted = "  - { id: own, model: a.m, from: 2026-01-01, input: 4, output: 15, source: 'https://example.com', read: 2026-11-01, note: 'our contract' }\n";
    let offers = [offer("a.m", &["standard 0 3 15"])];
    let kept = import(&written(noted), "", &offers, &source(FIRST_READ)).unwrap();
    assert_eq!(ids(&kept), [""; 0]);
    assert_eq!(kept.differences[0].choice, KEPT_BY_NOTE);
    assert_eq!(
        kept.differences[0].prices,
        [("input", "4".to_owned(), "3".to_owned())]
    );

    let list = Source {
        address: format!("{PRICE_LIST}us-east-1.amazonaws.com/"),
        ..source(date(2026, 11, 1))
    };
    let of_list = [offer("a.m", &["standard 0 4 15"])];
    let first = import(&written(""), "", &of_list, &list).unwrap();
    let kept = import(&written(""), &first.text, &offers, &source(FIRST_READ)).unwrap();
    assert_eq!(ids(&kept), [""; 0]);
    assert_eq!(kept.differences[0].choice, KEPT_PRICE_LIST);
    // The other way round the list is taken.
    let first = import(&written(""), "", &offers, &source(date(2026, 11, 1))).unwrap();
    let list = Source {
        read: FIRST_READ,
        ..list
    };
    let taken = import(&written(""), &first.text, &of_list, &list).unwrap();
    assert_eq!(ids(&taken), ["a.m.2026-11-29"]);
}

#[test]
fn a_written_row_is_superseded_from_the_day_the_source_was_read() {
    let rows = "  - { id: exact, model: 'a.m*', from: 2023-09-28, input: 4, output: 15, cache_read: 0.4, source: 'https://example.com', read: 2026-11-01 }\n  \
                - { id: family, model: 'a.n*', from: 2023-09-28, input: 4, output: 15, source: 'https://example.com', read: 2026-11-01 }\n";
    let offers = [
        offer("a.m", &["standard 0 3 15"]),
        offer("a.n-2", &["standard 0 4 15", "flex 0 2 7.5"]),
    ];
    let import = import(&written(rows), "", &offers, &source(FIRST_READ)).unwrap();
    // A pattern as long as the id precedes a row of the same day; the family's does not.
    assert_eq!(ids(&import), ["a.m.2026-11-29", "a.n-2.flex", "a.n-2"]);
}

#[test]
fn two_entries_of_a_source_for_one_id_are_a_difference() {
    let offers = [
        offer("bedrock/a.m", &["standard 0 4 15"]),
        offer("a.m", &["standard 0 3 15"]),
    ];
    let import = import(&written(""), "", &offers, &source(FIRST_READ)).unwrap();
    assert_eq!(ids(&import), ["a.m"]);
    let [difference] = import.differences.as_slice() else {
        panic!("{import:?}");
    };
    assert_eq!(difference.choice, FIRST_OF_SOURCE);
    assert_eq!(
        difference.prices,
        [("input", "3".to_owned(), "4".to_owned())]
    );
}
