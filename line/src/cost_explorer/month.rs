use jiff::civil::Date;
use rust_decimal::Decimal;

/// A service of the generated account.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Cost Explorer's name of it.
    pub name: &'static str,
    /// The cost of an ordinary day, in ten-thousandths of a dollar.
    usual: i64,
    /// It costs something on every n-th day only; 1 is every day.
    every: i64,
}

const fn service(name: &'static str, usual: i64, every: i64) -> Service {
    Service { name, usual, every }
}

/// The account: a scheduling product that talks to a model.
pub const SERVICES: [Service; 11] = [
    service("Amazon Bedrock", 481_200, 1),
    service("AWS Lambda", 63_400, 1),
    service("Amazon Kinesis", 36_000, 1),
    service("Amazon DynamoDB", 91_700, 1),
    service("AmazonCloudWatch", 124_300, 1),
    service("Amazon Simple Storage Service", 18_900, 1),
    service("Amazon Simple Notification Service", 300, 1),
    service("Amazon Relational Database Service", 213_000, 1),
    service("AWS Key Management Service", 3_300, 2),
    service("AWS Glue", 52_800, 5),
    service("Tax", 1_151_000, 31),
];

/// The cost of a service on a day; `None` where it has no line.
///
/// Weekends are quiet, no two days are alike, and the last four of ten decimals are never zero: sums must be exact.
pub fn amount(service: &Service, day: Date) -> Option<Decimal> {
    let number = i64::from(day.day_of_year());
    let due = if service.every == 31 {
        day.day() == 1
    } else {
        number % service.every == 0
    };
    if !due {
        return None;
    }
    let quiet = matches!(
        day.weekday(),
        jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
    );
    let percent = if quiet { 55 } else { 100 };
    let seed = mix(service.usual.unsigned_abs() ^ number.unsigned_abs().rotate_left(32));
    let swing = 85 + i64::try_from(seed % 31).unwrap_or(0);
    let tail = i64::try_from(seed >> 40).unwrap_or(0) % 999_999 + 1;
    Some(Decimal::new(
        service.usual * percent * swing * 100 + tail,
        10,
    ))
}

/// The finalizer of `SplitMix64`: every bit of the result depends on every bit of the argument.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
