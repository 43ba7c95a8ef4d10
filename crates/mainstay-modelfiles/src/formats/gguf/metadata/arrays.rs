//! Arrays of metadata, also of arrays. A vocabulary is one of hundred thousands of strings, so
//! they are gone over, not kept.

use mainstay_reading::{Danger, DangerCode};

use super::super::scalar::Kind;
use super::super::source::overflows;
use super::{Reading, Stop};

/// The deepest nesting of arrays that is followed. Ordinary files have none.
const DEEPEST: usize = 8;

impl<'a> Reading<'_, 'a, '_> {
    /// Reads an array from the type of its elements on.
    pub(super) fn array(&mut self, key: &'a [u8]) -> Result<(), Stop> {
        let (kind, count) = self.array_head()?;
        self.array_means(key, kind, count);
        // How many arrays are left to read at each depth.
        let mut open: Vec<u64> = Vec::new();
        self.elements(key, kind, count, &mut open)?;
        while let Some(left) = open.last_mut() {
            if *left == 0 {
                open.pop();
                continue;
            }
            *left -= 1;
            let (kind, count) = self.array_head()?;
            self.elements(key, kind, count, &mut open)?;
        }
        Ok(())
    }

    fn array_head(&mut self) -> Result<(Kind, u64), Stop> {
        let kind = self.kind("the type of the elements of an array")?;
        let at = self.source.at();
        let count = self.source.count();
        let count = count.map_err(|leaves| Stop::Leaves("the length of an array", leaves))?;
        let least = kind.least(self.source.width.bytes());
        let left = self.source.cursor.rest().len() as u64;
        if count.checked_mul(least).is_none_or(|bytes| bytes > left) {
            let message = format!(
                "an array claims {count} elements, and the file has room for {}: a reader that \
                 multiplies the number takes too little memory and writes behind it",
                left / least
            );
            let known = match kind {
                Kind::String => "CVE-2024-25668",
                Kind::Scalar(_) | Kind::Array => "CVE-2024-25667",
            };
            let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
            let known = overflows(count).then_some(known);
            self.examination.danger(danger.known_as(known));
            return Err(Stop::Told);
        }
        Ok((kind, count))
    }

    /// Reads the elements, or notes that so many arrays follow.
    fn elements(
        &mut self,
        key: &'a [u8],
        kind: Kind,
        count: u64,
        open: &mut Vec<u64>,
    ) -> Result<(), Stop> {
        match kind {
            Kind::Scalar(scalar) => {
                let skipped = self.source.cursor.take(count.saturating_mul(scalar.bytes()));
                skipped.map_err(|leaves| Stop::Leaves("an array", leaves))?;
            }
            Kind::String => {
                let is_template = super::meaning::is_template(key);
                for _ in 0..count {
                    let at = self.source.at() + self.source.width.bytes();
                    let text = self.source.string();
                    let text = text.map_err(|leaves| Stop::Leaves("a text", leaves))?;
                    if is_template {
                        self.template(text, at);
                    }
                }
            }
            Kind::Array if open.len() >= DEEPEST => {
                let at = self.source.at();
                self.malformed(
                    at,
                    "arrays are nested so deeply that a careless reader runs out of stack",
                );
                return Err(Stop::Told);
            }
            Kind::Array => open.push(count),
        }
        Ok(())
    }
}
