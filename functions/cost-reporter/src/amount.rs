//! Amounts: decimals from AWS's text, and sums that are exact or `None`.

pub(crate) use picket_shared::money::exact_add as add;
use rust_decimal::Decimal;

/// The text's exact value; `None` where it is not a decimal number that 28 digits hold.
pub(crate) fn exact(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    // AWS writes very small amounts as 1.2E-7.
    let mantissa = Decimal::from_str_exact(mantissa).ok()?;
    let exponent: i64 = exponent.parse().ok()?;
    scaled(mantissa, exponent)
}

/// `mantissa` times ten to the `exponent`, without rounding.
fn scaled(mantissa: Decimal, exponent: i64) -> Option<Decimal> {
    let scale = i64::from(mantissa.scale()).checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale).ok();
    }
    let factor = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
    Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(factor)?, 0).ok()
}

/// The exact sum; `None` where 28 digits do not hold it.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, add)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_keeps_every_digit_that_aws_wrote() {
        for (text, kept) in [
            ("0", "0"),
            ("0.0000000000", "0.0000000000"),
            ("286.3706127940", "286.3706127940"),
            ("-12.5", "-12.5"),
            (" 3 ", "3"),
            ("1.2E-7", "0.00000012"),
            ("-3e2", "-300"),
            ("0E-10", "0.0000000000"),
        ] {
            assert_eq!(exact(text).unwrap().to_string(), kept, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_held_exactly_is_none_not_rounded() {
        for text in [
            "",
            "NaN",
            "12,5",
            "1E-40",
            "1E40",
            "1E999999999999",
            "0.12345678901234567890123456789",
        ] {
            assert_eq!(exact(text), None, "{text}");
        }
        assert_eq!(sum([Decimal::MAX, Decimal::ONE]), None);
        assert_eq!(sum([Decimal::MAX, exact("0.0000000001").unwrap()]), None);
    }

    proptest! {
        #[test]
        fn a_sum_does_not_depend_on_the_order(amounts in proptest::collection::vec((any::<i32>(), 0_u32..=12), 0..50)) {
            let mut decimals: Vec<_> = amounts.iter().map(|(number, scale)| Decimal::new(i64::from(*number), *scale)).collect();
            let forward = sum(decimals.iter().copied());
            decimals.sort();
            prop_assert!(forward.is_some());
            prop_assert_eq!(forward, sum(decimals));
        }
    }
}
