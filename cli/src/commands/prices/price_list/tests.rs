use super::*;

fn product(sku: &str, attributes: &[(&str, &str)], unit: &str, dollars: &str) -> [String; 2] {
    let attributes: BTreeMap<_, _> = attributes.iter().copied().collect();
    let attributes = serde_json::to_string(&attributes).unwrap();
    [
        format!(r#""{sku}": {{"sku": "{sku}", "attributes": {attributes}}}"#),
        format!(
            r#""{sku}": {{"{sku}.T": {{"effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {{"{sku}.T.D":
            {{"unit": "{unit}", "description": "", "pricePerUnit": {{"USD": "{dollars}"}}}}}}}}}}"#
        ),
    ]
}

/// An offer file of one product a line.
fn offer_file(products: &[[String; 2]]) -> String {
    let join = |part: usize| {
        let parts = products.iter().map(|product| product[part].as_str());
        parts.collect::<Vec<_>>().join(",")
    };
    format!(
        r#"{{"offerCode": "AmazonBedrock", "products": {{{}}}, "terms": {{"OnDemand": {{{}}}}}}}"#,
        join(0),
        join(1)
    )
}

#[test]
fn prices_of_both_offer_files_are_per_million_by_region_profile_tier_and_step() {
    const SONNET: (&str, &str) = ("servicename", "Claude Sonnet 4.5 (Amazon Bedrock Edition)");
    let usw2 = ("regionCode", "us-west-2");
    let mp = |usage| [SONNET, usw2, ("usagetype", usage)];
    let nova = |usage, model| {
        [
            ("model", model),
            ("regionCode", "eu-west-1"),
            ("usagetype", usage),
        ]
    };
    let products = [
        product(
            "A",
            &mp("USW2-MP:USW2_InputTokenCount-Units"),
            "Units",
            "3.3000000000",
        ),
        product(
            "B",
            &mp("USW2-MP:USW2_InputTokenCount_Global-Units"),
            "Units",
            "3.0000000000",
        ),
        product(
            "C",
            &mp("USW2-MP:USW2_InputTokenCount_LCtx_Global-Units"),
            "1M tokens",
            "6",
        ),
        product(
            "D",
            &mp("USW2-MP:USW2_OutputTokenCount_Batch-Units"),
            "Units",
            "8.25",
        ),
        product(
            "E",
            &nova("EUW1-NovaPro-input-tokens", "Nova Pro"),
            "1K tokens",
            "0.0008400000",
        ),
        product(
            "F",
            &nova("EUW1-NovaPro-input-tokens", "Nova Pro Latency Optimized"),
            "1K tokens",
            "0.001",
        ),
        product(
            "G",
            &nova("EUW1-Mystery-input-tokens", "Mystery"),
            "1K tokens",
            "1",
        ),
        product(
            "H",
            &nova("EUW1-NovaPro-output-tokens", "Nova Pro"),
            "image",
            "1",
        ),
        product(
            "I",
            &nova("EUW1-NovaCanvas-T2I-1024", "Nova Canvas"),
            "image",
            "1",
        ),
    ];
    let text = offer_file(&products);
    assert!(is_offer_file(&text));
    let offers = read(&text).unwrap();
    let mut found = Vec::new();
    for offer in &offers.offers {
        for ((tier, above), rates) in &offer.prices {
            let region = offer.region.as_deref().unwrap();
            let rate = rates.input.or(rates.output).unwrap();
            found.push(format!("{} {region} {tier} {above} {rate}", offer.model));
        }
    }
    assert_eq!(
        found,
        [
            "amazon.nova-pro-v1:0 eu-west-1 optimized 0 1",
            "amazon.nova-pro-v1:0 eu-west-1 standard 0 0.84",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0 us-west-2 standard 0 3",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0 us-west-2 standard 200000 6",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0 us-west-2 batch 0 8.25",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0 us-west-2 standard 0 3.3",
        ]
    );
    let left_out: Vec<_> = offers
        .left_out
        .iter()
        .map(|out| out.reason.as_str())
        .collect();
    assert_eq!(
        left_out,
        [
            "no model's id is known for the name \"Mystery\"",
            "its unit is \"image\""
        ]
    );
}
