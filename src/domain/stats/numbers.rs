//! Arithmetic of the statistics.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};

/// Converts a length to `u64`.
pub(super) fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Returns `dividend / divisor`. Returns `None` if the divisor is 0.
pub(super) fn divide(dividend: u64, divisor: u64) -> Option<f64> {
    Decimal::from(dividend).checked_div(Decimal::from(divisor))?.to_f64()
}
