//! The event: 7,000 requests to a model as `workloads/bedrock-usage/events.md` has them.

use std::fmt::Write;

/// As many as a full invocation of 6 MB holds.
pub const RECORDS: u64 = 7_000;
const MODELS: [&str; 3] = [
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "amazon.nova-micro-v1:0",
];
const AGENTS: [&str; 4] = ["triage", "scheduler", "reporter", "mailer"];

/// The event, as Lambda writes it.
pub fn event() -> Vec<u8> {
    let mut text = String::from("{\"Records\":[");
    for n in 0..RECORDS {
        let comma = if n == 0 { "" } else { "," };
        let sequence = format!("495469866831355442865074579363216256757001924711567851{n:05}");
        let data = base64_simd::STANDARD.encode_to_string(payload(n));
        write!(
            text,
            "{comma}{{\"kinesis\":{{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":\"{n:08}\",\"sequenceNumber\":\"{sequence}\",\
             \"data\":\"{data}\",\"approximateArrivalTimestamp\":1795155245.{:03}}},\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\
             \"eventID\":\"shardId-000000000000:{sequence}\",\"eventName\":\"aws:kinesis:record\",\
             \"invokeIdentityArn\":\"arn:aws:iam::123456789012:role/picket-EventProcessorRole\",\"awsRegion\":\"us-east-1\",\
             \"eventSourceARN\":\"arn:aws:kinesis:us-east-1:123456789012:stream/picket-EventStream\"}}",
            n % 1_000,
        )
        .expect("a string takes what is written");
    }
    text.push_str("]}");
    text.into_bytes()
}

fn payload(n: u64) -> String {
    let pick = |seed: u64, below: u64| n.wrapping_mul(seed) % below;
    let model = MODELS[usize::try_from(pick(7_919, 3)).expect("below three")];
    let agent = AGENTS[usize::try_from(pick(104_729, 4)).expect("below four")];
    format!(
        "{{\"timestamp\":\"2026-11-20T06:14:{:02}.512Z\",\"request_id\":\"0f8c1c5e-7f0e-4d0c-9a64-{n:012}\",\"agent_id\":\"{agent}\",\
         \"model_id\":\"{model}\",\"input_tokens\":{},\"output_tokens\":{},\"latency_ms\":{},\"status\":200}}",
        pick(31, 60),
        100 + pick(7_907, 4_000),
        10 + pick(6_007, 900),
        200 + pick(9_973, 9_000),
    )
}
