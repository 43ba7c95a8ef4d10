//! An index file, opened.

mod judge;
mod listed;

use mainstay_mapping::Mapping;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use mainstay_types::{Ecosystem, PackageName, Release};

use crate::bytes::{Cursor, Damage};
use crate::layout::{
    FORMAT, Head, MAGIC, PAGE, Section, directory_run, hash, id_hash, low_half, name_text,
};
use crate::pages::Pages;
use crate::{Advisory, IndexError, IndexFacts, LookUp, ReleaseRecords, Subject};
use judge::Judge;

/// The advisory index of one ecosystem. Any number of threads may ask it.
#[derive(Debug)]
pub struct Index {
    path: PathBuf,
    pages: Pages,
}

impl Index {
    /// Opens an index. Only its head is read and checked; every other page is checked when it
    /// is first read.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let failed = |source| IndexError::Io { path: path.to_owned(), source };
        let damaged = |Damage(what)| IndexError::Damaged { path: path.to_owned(), what };
        let mut file = File::open(path).map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        let mut page = [0; PAGE];
        match file.read_exact(&mut page) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(if page.starts_with(&MAGIC) {
                    damaged(Damage("it is cut off"))
                } else {
                    IndexError::NotAnIndex { path: path.to_owned() }
                });
            }
            Err(error) => return Err(failed(error)),
        }
        check_format(&page, path)?;
        let len = usize::try_from(len).map_err(|_| damaged(Damage("its length")))?;
        let head = Head::decode(&page, len).map_err(damaged)?;
        let mapping = Mapping::of(&file).map_err(failed)?;
        let pages = Pages::new(mapping, head).map_err(damaged)?;
        Ok(Self { path: path.to_owned(), pages })
    }

    /// Where the index comes from.
    pub fn facts(&self) -> IndexFacts {
        self.pages.head().facts.clone()
    }

    /// The ecosystem that it covers.
    pub fn ecosystem(&self) -> Ecosystem {
        self.pages.head().ecosystem
    }

    /// What the index says about a package.
    ///
    /// The release is that of a distribution. Records that name none hold for every release;
    /// records of a release are found only under it, so a package of a distribution whose release
    /// is not known cannot be looked up. [`LookUp::release`] says whether there is any record for
    /// the release.
    pub fn look_up<'i>(
        &'i self,
        name: &PackageName,
        release: Option<&Release>,
        subject: Subject<'_>,
    ) -> Result<LookUp<'i>, IndexError> {
        let (asked, indexed) = (name.ecosystem(), self.ecosystem());
        if asked != indexed {
            return Err(IndexError::OtherEcosystem { asked, indexed });
        }
        let mut judge = Judge::new(&self.pages, indexed, subject);
        let damaged = |damage| self.damaged(damage);
        if let Some((first, count)) = self.rows(name.key()).map_err(damaged)? {
            judge.rows(first, count).map_err(damaged)?;
        }
        let Some(release) = release else { return Ok(judge.answer()) };
        let mut records = ReleaseRecords::Missing;
        for key in release.keys() {
            if self.rows(&name_text("", Some(&key))).map_err(damaged)?.is_some() {
                records = ReleaseRecords::There;
            }
            if let Some((first, count)) =
                self.rows(&name_text(name.key(), Some(&key))).map_err(damaged)?
            {
                judge.rows(first, count).map_err(damaged)?;
            }
        }
        let mut answer = judge.answer();
        answer.release = records;
        answer.keep_one_per_record();
        Ok(answer)
    }

    /// The advisory with this id, or else the first one with this alias. Letters match in any
    /// case.
    pub fn advisory(&self, id: &str) -> Result<Option<Advisory<'_>>, IndexError> {
        let mut found = self.advisories(id)?;
        let own = found.iter().position(|advisory| advisory.id.eq_ignore_ascii_case(id));
        Ok((!found.is_empty()).then(|| found.swap_remove(own.unwrap_or(0))))
    }

    /// Every advisory with this id or alias: several databases may describe one flaw.
    pub fn advisories(&self, id: &str) -> Result<Vec<Advisory<'_>>, IndexError> {
        self.find_advisories(id).map_err(|damage| self.damaged(damage))
    }

    /// Checks every page.
    pub fn verify(&self) -> Result<(), IndexError> {
        self.pages.check_all().map_err(|damage| self.damaged(damage))
    }

    fn damaged(&self, Damage(what): Damage) -> IndexError {
        IndexError::Damaged { path: self.path.clone(), what }
    }

    /// The first row and the number of rows of a name.
    fn rows(&self, key: &str) -> Result<Option<(u32, u32)>, Damage> {
        let hash = hash(key.as_bytes());
        let run = directory_run(hash, self.pages.head().directory_bits);
        let mut borders = Cursor::new(self.pages.bytes(Section::Directory, run * 4, 8)?);
        let out_of_reach = Damage("a name is out of reach");
        let first = usize::try_from(borders.u32()?).map_err(|_| out_of_reach)?;
        let behind = usize::try_from(borders.u32()?).map_err(|_| out_of_reach)?;
        let count = behind.saturating_sub(first);
        let (at, len) = (first.checked_mul(4), count.checked_mul(4));
        let (at, len) = at.zip(len).ok_or(out_of_reach)?;
        let tags = self.pages.bytes(Section::Tags, at, len)?.as_chunks().0;
        for (name, tag) in (first..).zip(tags) {
            if u32::from_le_bytes(*tag) != low_half(hash) {
                continue;
            }
            let at = name.checked_mul(12).ok_or(out_of_reach)?;
            let mut entry = Cursor::new(self.pages.bytes(Section::Names, at, 12)?);
            if self.pages.text(entry.u32()?)? == key {
                return Ok(Some((entry.u32()?, entry.u32()?)));
            }
        }
        Ok(None)
    }

    fn find_advisories(&self, id: &str) -> Result<Vec<Advisory<'_>>, Damage> {
        let wanted = id_hash(id);
        let entry = |position: usize| -> Result<(u32, u32), Damage> {
            let mut cursor = Cursor::new(self.pages.bytes(Section::Ids, position * 8, 8)?);
            Ok((cursor.u32()?, cursor.u32()?))
        };
        let count = self.pages.head().extent(Section::Ids).len / 8;
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if entry(middle)?.0 < wanted { low = middle + 1 } else { high = middle }
        }
        let mut places = BTreeSet::new();
        for position in low..count {
            let (hash, at) = entry(position)?;
            if hash != wanted {
                break;
            }
            places.insert(at);
        }
        let mut found = Vec::new();
        for at in places {
            let advisory = Advisory::read(&self.pages, at)?;
            let names =
                std::iter::once(&advisory.id).chain(&advisory.aliases).chain(&advisory.upstream);
            if names.into_iter().any(|name| name.eq_ignore_ascii_case(id)) {
                found.push(advisory);
            }
        }
        Ok(found)
    }
}

fn check_format(page: &[u8; PAGE], path: &Path) -> Result<(), IndexError> {
    let mut cursor = Cursor::new(page);
    let magic = cursor.array();
    let path = path.to_owned();
    match cursor.u32() {
        Ok(_) | Err(_) if magic != Ok(MAGIC) => Err(IndexError::NotAnIndex { path }),
        Ok(FORMAT) => Ok(()),
        Ok(found) if found > FORMAT => Err(IndexError::Newer { path, found, known: FORMAT }),
        Ok(found) => Err(IndexError::Older { path, found }),
        Err(Damage(what)) => Err(IndexError::Damaged { path, what }),
    }
}

#[cfg(test)]
mod hostile_tests;
