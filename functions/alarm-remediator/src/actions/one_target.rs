//! The one resource that an alarm's dimension names.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use crate::{playbook::targets, refusal::Refusal};

/// The reason why an alarm names no one resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// It names none.
    #[error(transparent)]
    None(#[from] Refusal),
    /// It names several.
    #[error(
        "the alarm watches {count} resources ({names}), and which of them is in trouble is not known"
    )]
    Several {
        /// How many.
        count: usize,
        /// Their names.
        names: String,
    },
    /// AWS accepts no such name.
    #[error("{0:?} is not a name that AWS accepts in the dimension {1}")]
    Illegal(String, &'static str),
}

/// Names that AWS accepts in a dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// The dimension.
    pub(crate) dimension: &'static str,
    /// The characters besides letters and digits.
    pub(crate) besides: &'static str,
    /// The most characters.
    pub(crate) longest: usize,
}

impl Names {
    /// The one name in the alarm's dimension.
    pub(crate) fn one<'a>(self, playbook: &Playbook, alarm: &'a Alarm) -> Result<&'a str, Unclear> {
        let names = targets(playbook, alarm, self.dimension);
        let Some(name) = names.first().copied() else {
            return Err(Refusal::NoTarget(self.dimension).into());
        };
        if names.len() > 1 {
            return Err(Unclear::Several {
                count: names.len(),
                names: names.into_iter().collect::<Vec<_>>().join(", "),
            });
        }
        let legal =
            |character: char| character.is_ascii_alphanumeric() || self.besides.contains(character);
        if (1..=self.longest).contains(&name.len()) && name.chars().all(legal) {
            Ok(name)
        } else {
            Err(Unclear::Illegal(name.to_owned(), self.dimension))
        }
    }
}
