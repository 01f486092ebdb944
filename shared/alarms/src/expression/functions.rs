//! The functions.

mod series;

use series::{calendar, interpolated, repeated, running_sum, steps};

use super::{Argument, Context, Function, Series, Value, Word, supplied_name};

pub(super) fn call(function: Function, arguments: &[Argument], context: &Context<'_>) -> Value {
    use Function as F;
    let value = |place: usize| match arguments.get(place) {
        Some(Argument::Value(expression)) => expression.evaluate(context),
        _ => Value::Scalar(None),
    };
    let word = |place: usize| match arguments.get(place) {
        Some(Argument::Word(word)) => Some(*word),
        _ => None,
    };
    match function {
        F::Abs => value(0).each(|series| mapped(series, f64::abs)),
        F::Ceil => value(0).each(|series| mapped(series, f64::ceil)),
        F::Floor => value(0).each(|series| mapped(series, f64::floor)),
        F::Log => value(0).each(|series| mapped(series, f64::ln)),
        F::Log10 => value(0).each(|series| mapped(series, f64::log10)),
        F::Diff => value(0).each(|series| steps(&series, context, |change, _| change)),
        F::DiffTime => value(0).each(|series| steps(&series, context, |_, seconds| seconds)),
        F::Rate => {
            value(0).each(|series| steps(&series, context, |change, seconds| change / seconds))
        }
        F::RunningSum => value(0).each(running_sum),
        F::Avg | F::Max | F::Min | F::Sum | F::Stddev | F::DatapointCount => {
            reduced(function, value(0))
        }
        F::Fill => filled(value(0), arguments.get(1), context),
        F::If => chosen(
            value(0),
            value(1),
            (arguments.len() > 2).then(|| value(2)),
            context,
        ),
        F::First => Value::Series(
            value(0)
                .into_list()
                .into_iter()
                .next()
                .unwrap_or_else(|| context.nothing()),
        ),
        F::Last => Value::Series(
            value(0)
                .into_list()
                .pop()
                .unwrap_or_else(|| context.nothing()),
        ),
        F::Sort => sorted(value(0).into_list(), word(1), word(2), value(3).scalar()),
        F::Slice => sliced(value(0).into_list(), value(1).scalar(), value(2).scalar()),
        F::RemoveEmpty => Value::Array(
            value(0)
                .into_list()
                .into_iter()
                .filter(|series| !is_empty(series))
                .collect(),
        ),
        F::Metrics => metrics(arguments.first(), context),
        F::MetricCount => Value::Scalar(Some(count(value(0).into_list().len()))),
        F::Period => Value::Scalar(Some(f64::from(context.period))),
        F::TimeSeries => Value::Series(context.series(value(0))),
        F::Minute | F::Hour | F::Day | F::Date | F::Month | F::Year | F::Epoch => {
            calendar(function, context)
        }
        F::AnomalyDetectionBand => {
            Value::Array(vec![known(BAND_LOWER, context), known(BAND_UPPER, context)])
        }
        F::ServiceQuota | F::InsightRuleMetric | F::DbPerfInsights | F::Lambda => {
            Value::Series(known(&supplied_name(function, arguments), context))
        }
    }
}

/// The names under which a band is supplied. `LAST` of a band is the upper limit (user guide, table of functions).
pub(crate) const BAND_LOWER: &str = "lower";
pub(crate) const BAND_UPPER: &str = "upper";

fn known(name: &str, context: &Context<'_>) -> Series {
    match context.known.get(name) {
        Some(Value::Series(series)) => series.clone(),
        _ => context.nothing(),
    }
}

/// What is no number, such as a logarithm of 0, is dropped.
fn mapped(series: Series, of: impl Fn(f64) -> f64) -> Series {
    series
        .into_iter()
        .map(|value| value.map(&of).filter(|value| value.is_finite()))
        .collect()
}

fn is_empty(series: &Series) -> bool {
    series.iter().all(Option::is_none)
}

#[expect(clippy::cast_precision_loss, reason = "thousands at most")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Of a series one number over the whole range; of an array one value in each period, where any of them has one.
fn reduced(function: Function, value: Value) -> Value {
    match value {
        Value::Scalar(number) => Value::Scalar(number),
        Value::Series(series) => Value::Scalar(reduction(function, &series)),
        Value::Array(list) => {
            let periods = list.first().map_or(0, Vec::len);
            let at = |period: usize| {
                let column: Series = list
                    .iter()
                    .map(|series| series.get(period).copied().flatten())
                    .collect();
                if is_empty(&column) {
                    None
                } else {
                    reduction(function, &column)
                }
            };
            Value::Series((0..periods).map(at).collect())
        }
    }
}

/// `AVG` counts what is missing as 0 (user guide, table of functions); the others use what is there. AWS does not say
/// whether `STDDEV` divides by n or n − 1: by n here.
fn reduction(function: Function, values: &[Option<f64>]) -> Option<f64> {
    let there = || values.iter().copied().flatten();
    let number = count(there().count());
    match function {
        Function::DatapointCount => Some(number),
        Function::Sum => Some(there().sum()),
        Function::Max => there().reduce(f64::max),
        Function::Min => there().reduce(f64::min),
        Function::Stddev => {
            let mean = there().sum::<f64>() / number;
            let variance = there().map(|value| (value - mean).powi(2)).sum::<f64>() / number;
            Some(variance.sqrt()).filter(|value| value.is_finite())
        }
        _ => Some(there().sum::<f64>() / count(values.len())).filter(|value| value.is_finite()),
    }
}

fn filled(value: Value, filler: Option<&Argument>, context: &Context<'_>) -> Value {
    let with: Series = match filler {
        Some(Argument::Value(expression)) => context.series(expression.evaluate(context)),
        _ => context.nothing(),
    };
    value.each(|series| {
        if is_empty(&series) && !context.fills_empty {
            return series;
        }
        match filler {
            Some(Argument::Word(Word::Repeat)) => repeated(series),
            Some(Argument::Word(_)) => interpolated(&series),
            _ => series
                .into_iter()
                .zip(&with)
                .map(|(value, with)| value.or(*with))
                .collect(),
        }
    })
}

/// `IF` (user guide, "Using IF expressions"): decided in each period that the condition has; a value that the series
/// for true lacks is 0, one that the series for false lacks is dropped. A scalar condition takes one of them whole.
fn chosen(condition: Value, then: Value, otherwise: Option<Value>, context: &Context<'_>) -> Value {
    match condition {
        Value::Scalar(condition) => {
            let taken = if condition.is_some_and(|condition| condition != 0.0) {
                Some(then)
            } else {
                otherwise
            };
            taken.unwrap_or_else(|| Value::Series(context.nothing()))
        }
        condition => {
            let then = context.series(then);
            let otherwise =
                otherwise.map_or_else(|| context.nothing(), |value| context.series(value));
            Value::Series(
                context
                    .series(condition)
                    .into_iter()
                    .zip(then.into_iter().zip(otherwise))
                    .map(|(condition, (then, otherwise))| {
                        if condition? == 0.0 {
                            otherwise
                        } else {
                            then.or(Some(0.0))
                        }
                    })
                    .collect(),
            )
        }
    }
}

fn sorted(
    mut list: Vec<Series>,
    by: Option<Word>,
    order: Option<Word>,
    limit: Option<f64>,
) -> Value {
    let function = match by {
        Some(Word::Min) => Function::Min,
        Some(Word::Max) => Function::Max,
        Some(Word::Sum) => Function::Sum,
        _ => Function::Avg,
    };
    // A series without values sorts below every number; AWS does not say where it stands.
    let key = |series: &Series| reduction(function, series).unwrap_or(f64::NEG_INFINITY);
    list.sort_by(|a, b| {
        let ascending = key(a).total_cmp(&key(b));
        if order == Some(Word::Desc) {
            ascending.reverse()
        } else {
            ascending
        }
    });
    list.truncate(limit.map_or(usize::MAX, place));
    Value::Array(list)
}

/// The start belongs to the slice and the end does not; the first series is 0 (user guide, table of functions).
fn sliced(list: Vec<Series>, start: Option<f64>, end: Option<f64>) -> Value {
    let start = start.map_or(0, place);
    let end = end.map_or(usize::MAX, place);
    Value::Array(list.into_iter().take(end).skip(start).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates: a negative number is 0"
)]
fn place(number: f64) -> usize {
    number as usize
}

/// `METRICS()` has all metrics and no expressions, `METRICS("part")` those with the part in their id.
fn metrics(part: Option<&Argument>, context: &Context<'_>) -> Value {
    let part = match part {
        Some(Argument::Text(text)) => text.as_str(),
        _ => "",
    };
    let matching = context.metrics.iter().filter(|id| id.contains(part));
    Value::Array(matching.map(|id| known(id, context)).collect())
}
