//! What the index keeps of an advisory: enough for a report, not the record.

use jiff::Timestamp;
use mainstay_advisories::Rating;
use mainstay_advisories::osv::Record;
use mainstay_types::{FindingKind, Score, Severity};

use crate::bytes::{Cursor, Damage};
use crate::layout::{MAX_TEXT_BYTES, Section, put_moment, put_number, put_text};
use crate::pages::Pages;
use crate::texts::Texts;

/// An advisory as the index holds it. The texts point into the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory<'i> {
    /// The record's id.
    pub id: &'i str,
    /// Ids of the same flaw in other databases; also the flaw upstream, where the record is about
    /// one only.
    pub aliases: Vec<&'i str>,
    /// Ids of the flaws upstream that a distribution's record is about.
    pub upstream: Vec<&'i str>,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// How bad, in a word.
    pub severity: Severity,
    /// The base score.
    pub score: Option<Score>,
    /// The CVSS vector as the record writes it.
    pub vector: Option<&'i str>,
    /// One line on what it is; may be empty.
    pub title: &'i str,
    /// A public page.
    pub url: &'i str,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it changed last.
    pub modified: Option<Timestamp>,
}

/// A longer title is cut.
const MAX_TITLE_BYTES: usize = 300;
/// No record has more aliases than a few; a hostile one could have millions.
pub(crate) const MAX_ALIASES: usize = 1000;
/// Stands for "no score"; scores go from 0 to 100 tenths.
const NO_SCORE: u8 = u8::MAX;

/// Writes the blob of an advisory: id, url, title, dates, kind, severity, score, vector, aliases, flaws
/// upstream.
pub(crate) fn encode(
    record: &Record<'_>,
    kind: FindingKind,
    rating: &Rating,
    texts: &mut Texts,
    out: &mut Vec<u8>,
) {
    put_text(out, &record.id);
    put_text(out, &record.url());
    let title = record.title();
    put_text(out, title.get(..title.floor_char_boundary(MAX_TITLE_BYTES)).unwrap_or(""));
    put_moment(out, record.published());
    put_moment(out, record.modified());
    out.push(position(&FindingKind::ALL, kind));
    out.push(position(&Severity::ALL, rating.severity));
    out.push(rating.score.map_or(NO_SCORE, Score::tenths));
    match rating.vector.as_ref().filter(|vector| vector.len() <= MAX_TEXT_BYTES) {
        None => out.push(0),
        Some(vector) => {
            out.push(1);
            put_number(out, texts.intern(vector));
        }
    }
    let mut aliases: Vec<&str> = record.aliases.iter().map(|id| &**id).collect();
    if let [only] = record.upstream.as_slice()
        && !aliases.contains(&&**only)
    {
        // A record about one flaw in one distribution is that flaw to everybody who looks for it.
        aliases.push(only);
    }
    let upstream: Vec<&str> = record.upstream.iter().map(|id| &**id).collect();
    for ids in [aliases, upstream] {
        let ids = ids.get(..MAX_ALIASES).unwrap_or(&ids);
        put_number(out, u32::try_from(ids.len()).unwrap_or(0));
        for id in ids {
            put_text(out, id);
        }
    }
}

fn position<T: Copy + PartialEq>(all: &[T], value: T) -> u8 {
    let position = all.iter().position(|entry| *entry == value);
    position.and_then(|position| u8::try_from(position).ok()).unwrap_or(0)
}

impl<'i> Advisory<'i> {
    /// Reads the blob at this offset.
    pub(crate) fn read(pages: &'i Pages, at: u32) -> Result<Self, Damage> {
        let mut cursor = Cursor::new(pages.blob(Section::Advisories, at)?.0);
        let id = cursor.text()?;
        let url = cursor.text()?;
        let title = cursor.text()?;
        let published = cursor.moment()?;
        let modified = cursor.moment()?;
        let kind = pick(&FindingKind::ALL, cursor.byte()?)?;
        let severity = pick(&Severity::ALL, cursor.byte()?)?;
        let score = match cursor.byte()? {
            NO_SCORE => None,
            tenths => Some(Score::from_tenths(tenths).ok_or(Damage("a score above 10"))?),
        };
        let vector = match cursor.byte()? {
            0 => None,
            _ => Some(pages.text(cursor.number()?)?),
        };
        let aliases = ids(&mut cursor)?;
        let upstream = ids(&mut cursor)?;
        Ok(Self {
            id,
            aliases,
            upstream,
            kind,
            severity,
            score,
            vector,
            title,
            url,
            published,
            modified,
        })
    }
}

fn pick<T: Copy>(all: &[T], position: u8) -> Result<T, Damage> {
    all.get(usize::from(position)).copied().ok_or(Damage("a word that is unknown here"))
}

fn ids<'i>(cursor: &mut Cursor<'i>) -> Result<Vec<&'i str>, Damage> {
    let mut ids = Vec::new();
    for _ in 0..cursor.number()? {
        ids.push(cursor.text()?);
    }
    Ok(ids)
}
