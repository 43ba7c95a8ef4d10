//! What is odd about an archive, collected without growing with it.

use std::collections::BTreeMap;

use mainstay_reading::AnomalyCode;

/// One odd thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What sort.
    pub code: AnomalyCode,
    /// The member, by its path as it is written. `None` for the archive itself.
    pub member: Option<String>,
    /// What was found.
    pub message: String,
}

/// So many of a sort are told one by one; the rest is counted.
const TOLD: u64 = 10;

/// The odd things of one archive.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    list: Vec<Note>,
    counts: BTreeMap<AnomalyCode, u64>,
}

impl Notes {
    /// Notes something about a member.
    pub(crate) fn add(&mut self, code: AnomalyCode, member: &str, message: impl Into<String>) {
        self.push(code, Some(member), message.into());
    }

    /// Notes something about the archive itself.
    pub(crate) fn add_whole(&mut self, code: AnomalyCode, message: impl Into<String>) {
        self.push(code, None, message.into());
    }

    fn push(&mut self, code: AnomalyCode, member: Option<&str>, message: String) {
        let count = self.counts.entry(code).or_insert(0);
        *count = count.saturating_add(1);
        if *count <= TOLD {
            self.list.push(Note { code, member: member.map(str::to_owned), message });
        }
    }

    /// Everything, with a last note for what was only counted.
    pub fn into_list(self) -> Vec<Note> {
        let mut list = self.list;
        for (code, count) in self.counts {
            if let Some(more) = count.checked_sub(TOLD).filter(|more| *more > 0) {
                let message = format!("{more} more members are like this");
                list.push(Note { code, member: None, message });
            }
        }
        list
    }

    /// Whether nothing is odd.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_odd_members_are_told_in_eleven_notes() {
        let mut notes = Notes::default();
        for _ in 0..1000 {
            notes.add(AnomalyCode::Device, "dev/x", "a device");
        }
        let list = notes.into_list();
        assert_eq!(list.len(), 11);
        assert_eq!(list[10].message, "990 more members are like this");
    }
}
