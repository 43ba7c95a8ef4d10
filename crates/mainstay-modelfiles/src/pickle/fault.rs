//! Why an unpickler would give up. What came before it has been run by then.

use crate::cursor::Leaves;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The bytes end within an instruction, or before STOP.
    Cut(Leaves),
    /// A byte that is no instruction.
    NoInstruction(u8),
    /// A protocol that does not exist.
    NoProtocol(u8),
    /// An instruction takes more than lies on the stack.
    EmptyStack,
    /// An instruction looks for a mark, and there is none.
    NoMark,
    /// A key of the memo that nothing was put under.
    NoMemo(u64),
    /// An operand that does not read as what it should be.
    BadOperand(&'static str),
    /// There is no room to go on. Nothing is wrong with the pickle as far as it was read.
    Budget(&'static str),
    /// A value of the wrong type, as a number that is called.
    WrongType(&'static str),
}

impl Fault {
    /// What is wrong, to follow "the pickle cannot be read to its end: ".
    pub(super) fn reason(self) -> String {
        match self {
            Self::Cut(leaves) => {
                format!("{} bytes are wanted and {} are left", leaves.wanted, leaves.left)
            }
            Self::NoInstruction(byte) => format!("0x{byte:02x} is no instruction"),
            Self::NoProtocol(number) => format!("there is no protocol {number}"),
            Self::EmptyStack => "an instruction takes a value that is not there".to_owned(),
            Self::NoMark => "an instruction looks for a mark that is not there".to_owned(),
            Self::NoMemo(key) => format!("nothing was remembered as number {key}"),
            Self::BadOperand(what) => format!("what should be {what} is not"),
            Self::WrongType(what) | Self::Budget(what) => what.to_owned(),
        }
    }
}
