//! What can be wrong with what a caller brings.

use thiserror::Error;

use crate::MemberId;

/// Why no figures can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FiguresError {
    /// A threshold that protects nobody, or is beyond any use.
    #[error("{0} is no threshold for figures: choose 2 to 1000")]
    Threshold(u32),
    /// A member that was put into a second reporting sector.
    #[error("organisation {0} has a reporting sector already: it is counted in one only")]
    SecondSector(MemberId),
    /// A key of the wrong length.
    #[error("a key of {0} bytes holds out nobody: it must have 32")]
    Key(usize),
    /// What was released before answers another question.
    #[error("the former release answers another question: pass the one of this question, or none")]
    OtherQuestion,
}
