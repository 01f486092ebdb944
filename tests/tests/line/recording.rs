//! A recording made up here, the same in every run, so that no file from elsewhere is needed.

use std::fmt::Write;

use picket_line::replay::Recording;

/// Requests of two days in 2023, of all sizes up to a full context.
pub(crate) fn recording(requests: u64) -> anyhow::Result<Recording> {
    let mut csv = String::from("TIMESTAMP,ContextTokens,GeneratedTokens\n");
    let mut seed = 20_231_116_u64;
    for number in 0..requests {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (input, output) = ((seed >> 33) % 14_050, (seed >> 20) % 1_000);
        let (day, second) = (16 + number / (requests / 2), number % (requests / 2));
        writeln!(
            csv,
            "2023-11-{day} {:02}:{:02}:{:02}.{:07},{input},{output}",
            second / 3_600,
            second / 60 % 60,
            second % 60,
            seed % 10_000_000
        )?;
    }
    Recording::parse(csv.as_bytes())
}
