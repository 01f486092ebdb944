//! Cost Explorer's answers of a day, so that the retry of a report does not pay for them again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::civil::Date;

use crate::reads::{Part, Reads, query::Query};

/// The whole answers that this process has read on a day (UTC): for each part, that of its last query.
///
/// AWS updates billing information up to three times a day, and an answer does not state which update it is of. An
/// answer of another day is therefore never used.
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/ce-api-best-practices.html>
#[derive(Debug, Default)]
pub(crate) struct AnswerCache(Mutex<Answers>);

#[derive(Debug, Default)]
struct Answers {
    day: Option<Date>,
    queries: BTreeMap<Part, Query>,
    reads: Reads,
}

impl AnswerCache {
    /// Begins a run on the day `today`. Answers of another day are dropped, or all if the run reads `anew`.
    pub(crate) fn begin(&self, today: Date, anew: bool) {
        let mut answers = self.lock();
        if anew || answers.day != Some(today) {
            *answers = Answers {
                day: Some(today),
                ..Answers::default()
            };
        }
    }

    /// Copies the answer to the query into `reads`, and returns whether there is one. Of another query, the answer is
    /// dropped before the next one is read: both may be large.
    pub(crate) fn copy(&self, query: &Query, reads: &mut Reads) -> bool {
        let part = query.part();
        let mut answers = self.lock();
        let is_known = answers.queries.get(&part) == Some(query);
        if is_known {
            reads.copy(part, &answers.reads);
        } else {
            answers.queries.remove(&part);
            answers.reads.costs.remove(&part);
        }
        is_known
    }

    /// Stores the whole answer to the query.
    pub(crate) fn insert(&self, query: Query, reads: &Reads) {
        let part = query.part();
        let mut answers = self.lock();
        answers.reads.copy(part, reads);
        answers.queries.insert(part, query);
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;
    use crate::{answer::Answer, reads::query::CostQuery};

    const TODAY: Date = date(2026, 11, 20);

    fn query(start: Date) -> Query {
        Query::Costs(CostQuery {
            part: Part::Services,
            start,
            end: TODAY,
            group_by: Vec::new(),
            usage_only: false,
            services: Vec::new(),
        })
    }

    #[test]
    fn a_part_has_one_answer_however_many_queries_it_had() {
        let cache = AnswerCache::default();
        cache.begin(TODAY, false);
        for start in date(2026, 1, 1).series(1.day()).take(100) {
            let mut reads = Reads::default();
            assert!(!cache.copy(&query(start), &mut reads));
            reads.add(Part::Services, Answer::default());
            cache.insert(query(start), &reads);
            assert!(cache.copy(&query(start), &mut Reads::default()));
        }
        let answers = cache.lock();
        assert_eq!((answers.queries.len(), answers.reads.costs.len()), (1, 1));
        assert_eq!(answers.reads.services().len(), 1);
    }
}
