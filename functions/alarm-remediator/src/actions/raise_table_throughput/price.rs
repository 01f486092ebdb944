//! List prices of `DynamoDB` in us-east-1, for the table class Standard.
//!
//! Source: AWS's price list of `AmazonDynamoDB` (<https://aws.amazon.com/dynamodb/pricing/provisioned/> and `/on-demand/`):
//! "$0.00065 per hour for units of write capacity", and of requests since 1 November 2024. Other regions and the class
//! Standard-IA cost more.

use rust_decimal::Decimal;

use super::ports::Units;

/// A read capacity unit for an hour: $0.00013.
const READ_UNIT_HOUR: Decimal = Decimal::from_parts(13, 0, 0, false, 5);
/// A write capacity unit for an hour: $0.00065.
const WRITE_UNIT_HOUR: Decimal = Decimal::from_parts(65, 0, 0, false, 5);
/// A read request unit: $0.125 a million.
const READ_REQUEST: Decimal = Decimal::from_parts(125, 0, 0, false, 9);
/// A write request unit: $0.625 a million.
const WRITE_REQUEST: Decimal = Decimal::from_parts(625, 0, 0, false, 9);

const SECONDS: u64 = 3_600;

/// The price of capacity units for an hour.
pub(crate) fn capacity(units: Units) -> Decimal {
    READ_UNIT_HOUR * Decimal::from(units.read) + WRITE_UNIT_HOUR * Decimal::from(units.write)
}

/// The price of this many request units each second of an hour.
pub(crate) fn requests(a_second: Units) -> Decimal {
    let of = |price: Decimal, units: u64| price * Decimal::from(units) * Decimal::from(SECONDS);
    of(READ_REQUEST, a_second.read) + of(WRITE_REQUEST, a_second.write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_costs_what_the_price_list_says() {
        let units = |read, write| Units { read, write };
        for (price, expected) in [
            (capacity(units(100, 0)), "0.013"),
            (capacity(units(0, 100)), "0.065"),
            (capacity(units(1_000, 500)), "0.455"),
            // A million write requests: 1,000 a second for 1,000 seconds.
            (requests(units(0, 1_000)), "2.25"),
            (requests(units(1_000, 0)), "0.45"),
            (requests(units(40_000, 40_000)), "108"),
        ] {
            assert_eq!(price.normalize().to_string(), expected);
        }
    }
}
