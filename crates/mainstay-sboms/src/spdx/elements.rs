//! The names of a document's elements, and what they turn out to be.
//!
//! A relationship may stand before the elements that it joins. So each name becomes a number when
//! it is first met, the number waits in the relationship's end, and when the document is over
//! every number becomes what the document defined under the name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use mainstay_reading::{Gap, Place};

use crate::inventory::is_need;
use crate::{ComponentId, End, ExternalId, RelationshipKind, Sbom, Text};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// The document.
    Document,
    /// A component.
    Component(ComponentId),
    /// Something that the model does not hold, such as a snippet.
    LeftOut,
}

/// The names met so far.
#[derive(Default)]
pub(crate) struct Elements<'t> {
    numbers: HashMap<Text<'t>, u32>,
    met: Vec<Met>,
}

#[derive(Clone, Copy)]
struct Met {
    element: Option<Element>,
    /// Where the name was met first.
    line: Option<u32>,
}

/// No more names than this are told one by one in gaps: a broken document may have thousands.
const MOST_TOLD: usize = 20;

impl<'t> Elements<'t> {
    /// Defines a name. `false` when it is defined already; the first definition stays.
    pub(crate) fn define(&mut self, name: Text<'t>, element: Element) -> bool {
        let number = self.number(name, None);
        match self.met.get_mut(number) {
            Some(met) if met.element.is_none() => {
                met.element = Some(element);
                true
            }
            Some(_) | None => false,
        }
    }

    /// The end of a relationship that leads to this name. It is a mere number until
    /// [`Elements::settle`].
    pub(crate) fn end(&mut self, name: Text<'t>, line: Option<u32>) -> End {
        End::External(ExternalId::at(self.number(name, line)))
    }

    /// What a name stands for, when it is defined.
    pub(crate) fn find(&self, name: &str) -> Option<Element> {
        let number = *self.numbers.get(name)?;
        self.met.get(usize::try_from(number).ok()?)?.element
    }

    /// The component behind an end that is not settled yet.
    pub(crate) fn component(&self, end: End) -> Option<ComponentId> {
        let End::External(number) = end else { return None };
        match self.met.get(number.position())?.element? {
            Element::Component(id) => Some(id),
            Element::Document | Element::LeftOut => None,
        }
    }

    fn number(&mut self, name: Text<'t>, line: Option<u32>) -> usize {
        let next = u32::try_from(self.met.len()).unwrap_or(u32::MAX);
        let number = match self.numbers.entry(name) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.met.push(Met { element: None, line });
                *new.insert(next)
            }
        };
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// Gives every end its element, and moves what the document describes to where the model has
    /// it. `is_foreign` tells the names of other documents' elements; any other name that is
    /// defined nowhere leads nowhere, which is a gap.
    pub(crate) fn settle(self, sbom: &mut Sbom<'t>, is_foreign: impl Fn(&str) -> bool) {
        let mut unknown: Vec<(usize, Text<'t>)> = Vec::new();
        for (name, number) in self.numbers {
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            if self.met.get(number).is_some_and(|met| met.element.is_none()) {
                unknown.push((number, name));
            }
        }
        unknown.sort_unstable_by_key(|(number, _)| *number);
        tell_lost(sbom, &self.met, &unknown, is_foreign);
        let mut ends: Vec<Option<End>> =
            self.met.iter().map(|met| met.element.and_then(Element::end)).collect();
        for (number, name) in unknown {
            let end = End::External(ExternalId::at(sbom.external.len()));
            sbom.external.push(name);
            if let Some(place) = ends.get_mut(number) {
                *place = Some(end);
            }
        }
        let settled = |end: End| match end {
            End::External(number) => ends.get(number.position()).copied().flatten(),
            End::Document | End::Component(_) | End::Nothing | End::NoAssertion => Some(end),
        };
        let before = sbom.relationships.len();
        let mut needs_left_out = 0_usize;
        sbom.relationships.retain_mut(|relationship| {
            let (from, to) = (settled(relationship.from), settled(relationship.to));
            needs_left_out += usize::from(to.is_none() && is_need(&relationship.kind));
            relationship.from = from.unwrap_or(End::Nothing);
            relationship.to = to.unwrap_or(End::Nothing);
            from.is_some() && to.is_some()
        });
        for _ in sbom.relationships.len()..before {
            sbom.leave_out("relationships of what is left out", None);
        }
        tell_left_out(sbom, needs_left_out);
        for annotation in &mut sbom.annotations {
            annotation.subjects =
                annotation.subjects.iter().filter_map(|end| settled(*end)).collect();
        }
        take_described(sbom);
    }
}

impl Element {
    fn end(self) -> Option<End> {
        match self {
            Self::Document => Some(End::Document),
            Self::Component(id) => Some(End::Component(id)),
            Self::LeftOut => None,
        }
    }
}

/// A name that nothing is defined under is told: what it named may be a package.
fn tell_lost(
    sbom: &mut Sbom<'_>,
    met: &[Met],
    unknown: &[(usize, Text<'_>)],
    is_foreign: impl Fn(&str) -> bool,
) {
    let lost: Vec<_> = unknown.iter().filter(|(_, name)| !is_foreign(name)).collect();
    for (number, name) in lost.iter().take(MOST_TOLD) {
        let line = met.get(*number).and_then(|met| met.line);
        sbom.gaps.push(Gap {
            place: Place { line, ..Place::default() },
            reason: format!("a relationship leads to {name}, which the document does not define"),
            advice: ASK.to_owned(),
        });
    }
    if let Some(more) = lost.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        sbom.gaps.push(Gap {
            place: Place::default(),
            reason: format!(
                "relationships lead to {more} more elements that the document does not define"
            ),
            advice: ASK.to_owned(),
        });
    }
}

/// What is needed and is left out may be a package, or bring some.
fn tell_left_out(sbom: &mut Sbom<'_>, count: usize) {
    if count == 0 {
        return;
    }
    let what = match count {
        1 => "a dependency leads to an element of a kind that is not read".to_owned(),
        count => format!("{count} dependencies lead to elements of kinds that are not read"),
    };
    let advice = ASK.to_owned();
    sbom.gaps.push(Gap { place: Place::default(), reason: what, advice });
}

/// What to do about a faulty document.
pub(crate) const ASK: &str = "ask whoever made the document for a whole one";

/// "The document describes this component" is a fact about the document, not an edge.
fn take_described(sbom: &mut Sbom<'_>) {
    let Sbom { relationships, described, components, .. } = sbom;
    let mut is_described = vec![false; components.len()];
    let mut describe = |id: ComponentId| {
        if let Some(known) = is_described.get_mut(id.position()).filter(|known| !**known) {
            *known = true;
            described.push(id);
        }
    };
    relationships.retain(|one| match (one.from, &one.kind, one.to) {
        (End::Document, RelationshipKind::Describes, End::Component(id)) => {
            describe(id);
            false
        }
        // "The document describes itself" says nothing.
        (End::Document, RelationshipKind::Describes, End::Document) => false,
        _ => true,
    });
    // That nobody says what it describes is the same as not saying it.
    if described.is_empty() {
        relationships.retain(|one| {
            (one.from, &one.kind, one.to)
                != (End::Document, &RelationshipKind::Describes, End::NoAssertion)
        });
    }
}
