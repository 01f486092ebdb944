//! Functions whose result depends on how many periods are read, which AWS does not publish for every alarm.

use super::{Argument, Expression, Function, Type};

impl Expression {
    /// The functions whose result depends on the number of periods that are read. `known` returns the type of an id.
    ///
    /// The guide advises against them in alarms (table of functions: "CloudWatch attempts to retrieve a higher number of
    /// data points than the number specified as Evaluation Periods").
    pub fn range_dependent(&self, known: &dyn Fn(&str) -> Option<Type>) -> Vec<Function> {
        let of_first = |arguments: &[Argument]| match arguments.first() {
            Some(Argument::Value(value)) => value.type_of(known).ok(),
            _ => None,
        };
        self.calls()
            .into_iter()
            .filter(|(function, arguments)| depends_on_range(*function, of_first(arguments)))
            .map(|(function, _)| function)
            .collect()
    }
}

/// A reduction of one series is a scalar over all periods that are read. Of an array it is a series, with a value of each
/// period that no other period has a say in ("if you want the function to return a scalar", of `AVG` and `SUM`; of the
/// others the guide does not distinguish the two, and their return types do).
///
/// `SORT` is not in the guide's advice: it orders by one number of each series, over all periods that are read.
fn depends_on_range(function: Function, of: Option<Type>) -> bool {
    use Function as F;
    match function {
        F::Avg | F::Max | F::Min | F::Sum | F::Stddev | F::DatapointCount => {
            of == Some(Type::Series)
        }
        F::RunningSum | F::RemoveEmpty | F::Sort => true,
        _ => false,
    }
}
