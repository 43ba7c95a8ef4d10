//! Vulnerabilities, and what is said about them.
//!
//! Standard: SPDX specification 3.0.1, profile Security. A vulnerability is an element; each
//! statement and each score is a relationship from it to products, perhaps with the part of the
//! product that was looked at (`assessedElement`). In the model a vulnerability has one analysis, so
//! each statement becomes a vulnerability of its own. EPSS, exploit catalogues and SSVC are counted
//! as left out.

use std::collections::HashMap;

use super::fields::{objects, text, texts, word};
use super::reading::Reading;
use crate::cyclonedx::value::Fields;
use crate::spdx::elements::Element;
use crate::{
    Affected, Analysis, AnalysisState, End, ExternalId, Justification, PartyKind, Property, Rating,
    Text, Vulnerability, VulnerabilitySource, properties,
};

/// What the profile says, until the elements that it names are known.
#[derive(Default)]
pub(super) struct Security<'t> {
    flaws: Vec<Vulnerability<'t>>,
    by_name: HashMap<Text<'t>, usize>,
    assessments: Vec<Assessment<'t>>,
    /// Scores, with the name of their vulnerability.
    ratings: Vec<(Text<'t>, Rating<'t>)>,
}

/// A statement, or the mere link of an element to a vulnerability.
struct Assessment<'t> {
    flaw: Text<'t>,
    products: Vec<Text<'t>>,
    element: Option<Text<'t>>,
    analysis: Option<Analysis<'t>>,
    recommendation: Option<Text<'t>>,
    properties: Vec<Property<'t>>,
    supplier: Option<Text<'t>>,
    creation: Option<Text<'t>>,
    line: Option<u32>,
}

/// The classes of statements.
const STATEMENTS: [(&str, AnalysisState); 4] = [
    ("security_VexAffectedVulnAssessmentRelationship", AnalysisState::Exploitable),
    ("security_VexNotAffectedVulnAssessmentRelationship", AnalysisState::NotAffected),
    ("security_VexFixedVulnAssessmentRelationship", AnalysisState::Resolved),
    ("security_VexUnderInvestigationVulnAssessmentRelationship", AnalysisState::InTriage),
];

/// The classes of scores.
const SCORES: [&str; 3] = [
    "security_CvssV2VulnAssessmentRelationship",
    "security_CvssV3VulnAssessmentRelationship",
    "security_CvssV4VulnAssessmentRelationship",
];

/// The justifications: the standard's word, the one of OpenVEX, and the nearest of the model.
pub(super) const JUSTIFICATIONS: [(&str, &str, Justification); 5] = [
    ("componentNotPresent", "component_not_present", Justification::CodeNotPresent),
    ("vulnerableCodeNotPresent", "vulnerable_code_not_present", Justification::CodeNotPresent),
    (
        "vulnerableCodeNotInExecutePath",
        "vulnerable_code_not_in_execute_path",
        Justification::CodeNotReachable,
    ),
    (
        "vulnerableCodeCannotBeControlledByAdversary",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        Justification::RequiresEnvironment,
    ),
    (
        "inlineMitigationsAlreadyExist",
        "inline_mitigations_already_exist",
        Justification::ProtectedByMitigatingControl,
    ),
];

/// Whether the class is one of those that are read here.
pub(super) fn has(class: &str) -> bool {
    class == "security_Vulnerability"
        || STATEMENTS.iter().any(|(known, _)| *known == class)
        || SCORES.contains(&class)
}

impl<'t> Reading<'t> {
    /// Takes in an element of the profile.
    pub(super) fn security(&mut self, class: &str, id: Text<'t>, fields: Fields<'t>) {
        let line = self.place.of(&id);
        if !id.is_empty() {
            self.elements.define(id.clone(), Element::LeftOut);
        }
        if class == "security_Vulnerability" {
            self.flaw(id, line, fields);
        } else if let Some((_, state)) = STATEMENTS.iter().find(|(known, _)| *known == class) {
            self.assessment(*state, line, fields);
        } else {
            self.rating(fields);
        }
    }

    fn flaw(&mut self, name: Text<'t>, line: Option<u32>, mut fields: Fields<'t>) {
        let f = &mut fields;
        let mut one = Vulnerability {
            description: text(f, "summary"),
            detail: text(f, "description"),
            published: text(f, "security_publishedTime"),
            updated: text(f, "security_modifiedTime"),
            rejected: text(f, "security_withdrawnTime"),
            line,
            ..Vulnerability::default()
        };
        let called = text(f, "name");
        let mut ids: Vec<(Text<'t>, Option<VulnerabilitySource<'t>>)> = Vec::new();
        for mut identifier in objects(f, "externalIdentifier") {
            let kind = word(text(&mut identifier, "externalIdentifierType").unwrap_or_default());
            let Some(id) = text(&mut identifier, "identifier") else { continue };
            if &*kind == "cve" || &*kind == "securityOther" {
                let name = text(&mut identifier, "issuingAuthority");
                let url = text(&mut identifier, "identifierLocator");
                let is_told = name.is_some() || url.is_some();
                ids.push((id, is_told.then_some(VulnerabilitySource { name, url })));
            } else {
                self.leave_out("identifiers of vulnerabilities");
            }
        }
        // The name is the id by which the document speaks of it, where it is one of them.
        let main = called.as_ref().and_then(|name| ids.iter().position(|(id, _)| id == name));
        if ids.is_empty() {
            one.id = called.unwrap_or_default();
        } else {
            (one.id, one.source) = ids.remove(main.unwrap_or(0));
            one.aliases = ids;
        }
        for mut reference in objects(f, "externalRef") {
            one.advisories.extend(texts(&mut reference, "locator"));
        }
        if !name.is_empty() && !self.security.by_name.contains_key(&name) {
            self.security.by_name.insert(name, self.security.flaws.len());
        }
        self.security.flaws.push(one);
    }

    fn assessment(&mut self, state: AnalysisState, line: Option<u32>, mut fields: Fields<'t>) {
        let flaw = self.name(&mut fields, "from").unwrap_or_default();
        let products = self.names(&mut fields, "to");
        let element = self.name(&mut fields, "security_assessedElement");
        let supplier = self.name(&mut fields, "suppliedBy");
        let creation = self.name(&mut fields, "creationInfo");
        let f = &mut fields;
        let said = text(f, "security_justificationType").map(word);
        let row = said.as_ref().and_then(|said| JUSTIFICATIONS.iter().find(|row| row.0 == *said));
        if said.is_some() && row.is_none() {
            self.leave_out("justifications of a word that is none");
        }
        let own_times = ["security_impactStatementTime", "security_actionStatementTime"];
        let own_time = own_times.into_iter().find_map(|name| text(f, name));
        let analysis = Analysis {
            state: Some(state),
            justification: row.map(|row| row.2),
            responses: Vec::new(),
            detail: text(f, "security_impactStatement"),
            first_issued: text(f, "security_publishedTime"),
            last_updated: text(f, "security_modifiedTime").or(own_time),
        };
        let mut kept = Vec::new();
        let mut keep = |name: &'static str, value: Option<Text<'t>>| {
            kept.extend(value.map(|value| Property { name: name.into(), value }));
        };
        keep(properties::VEX_JUSTIFICATION, row.map(|row| row.1.into()));
        keep(properties::VEX_NOTES, text(f, "security_statusNotes"));
        keep(properties::VEX_WITHDRAWN, text(f, "security_withdrawnTime"));
        let recommendation = text(f, "security_actionStatement");
        self.security.assessments.push(Assessment {
            flaw,
            products,
            element,
            analysis: Some(analysis),
            recommendation,
            properties: kept,
            supplier,
            creation,
            line,
        });
    }

    fn rating(&mut self, mut fields: Fields<'t>) {
        let flaw = self.name(&mut fields, "from").unwrap_or_default();
        let f = &mut fields;
        let vector = text(f, "security_vectorString");
        let method = match vector.as_deref() {
            Some(vector) if vector.starts_with("CVSS:3.0") => "CVSSv3",
            Some(vector) if vector.starts_with("CVSS:3.1") => "CVSSv31",
            Some(vector) if vector.starts_with("CVSS:4") => "CVSSv4",
            Some(_) | None => "CVSSv2",
        };
        let rating = Rating {
            score: text(f, "security_score"),
            severity: text(f, "security_severity").map(word),
            method: Some(method.into()),
            vector,
            ..Rating::default()
        };
        self.security.ratings.push((flaw, rating));
    }

    /// Elements that have vulnerabilities, of which nothing more is said.
    pub(super) fn associated(&mut self, from: &Text<'t>, to: Vec<Text<'t>>, line: Option<u32>) {
        for flaw in to {
            self.security.assessments.push(Assessment {
                flaw,
                products: vec![from.clone()],
                element: None,
                analysis: None,
                recommendation: None,
                properties: Vec::new(),
                supplier: None,
                creation: None,
                line,
            });
        }
    }

    /// The vulnerabilities of the model, once every element is known.
    pub(super) fn join_security(&mut self) {
        let Security { flaws, by_name, assessments, ratings } = std::mem::take(&mut self.security);
        let mut rated: HashMap<usize, Vec<Rating<'t>>> = HashMap::new();
        for (name, rating) in ratings {
            match by_name.get(&name) {
                Some(at) => {
                    let known = rated.entry(*at).or_default();
                    if known.len() < MOST_RATINGS && !known.contains(&rating) {
                        known.push(rating);
                    }
                }
                None => self.leave_out("scores of what is no vulnerability here"),
            }
        }
        let mut external = HashMap::new();
        let main = self.only_root();
        let mut whole: Vec<Option<Vulnerability<'t>>> = flaws.into_iter().map(Some).collect();
        let heads: Vec<Vulnerability<'t>> = whole.iter().flatten().map(head).collect();
        for one in assessments {
            let at = by_name.get(&one.flaw).copied();
            // The first has all that is known of the vulnerability, the others its names.
            let first = at.and_then(|at| {
                let mut flaw = whole.get_mut(at)?.take()?;
                flaw.ratings.extend(rated.remove(&at).unwrap_or_default());
                Some(flaw)
            });
            let named = || at.and_then(|at| heads.get(at)).cloned();
            let mut flaw = first.or_else(named).unwrap_or_default();
            self.state(&mut flaw, one, main, &mut external);
            self.sbom.vulnerabilities.push(flaw);
        }
        for (at, flaw) in whole.into_iter().enumerate() {
            self.sbom.vulnerabilities.extend(flaw.map(|mut flaw| {
                flaw.ratings.extend(rated.remove(&at).unwrap_or_default());
                flaw
            }));
        }
    }

    /// Adds what one relationship says.
    fn state(
        &mut self,
        flaw: &mut Vulnerability<'t>,
        one: Assessment<'t>,
        main: Option<End>,
        external: &mut HashMap<Text<'t>, ExternalId>,
    ) {
        flaw.line = one.line.or(flaw.line);
        flaw.recommendation = one.recommendation;
        flaw.properties = one.properties;
        let creation = one.creation.as_ref().and_then(|name| self.creations.get(name));
        if one.analysis.is_some() {
            let named = one.supplier.iter().chain(creation.iter().flat_map(|one| &one.by));
            let parties = named.filter_map(|name| self.parties.get(name));
            let author = parties.into_iter().find(|party| party.kind != PartyKind::Tool);
            flaw.properties.extend(author.map(|party| Property {
                name: properties::VEX_AUTHOR.into(),
                value: party.name.clone(),
            }));
        }
        flaw.analysis = one.analysis;
        if let Some(analysis) = &mut flaw.analysis
            && analysis.first_issued.is_none()
        {
            analysis.first_issued = creation.and_then(|one| one.created.clone());
        }
        let part = one.element.map(|name| self.target(name, external));
        for product in one.products {
            let product = self.target(product, external);
            flaw.affects.push(match part {
                Some(target) => Affected {
                    target,
                    product: (Some(product) != main && product != target).then_some(product),
                    versions: Vec::new(),
                },
                None => Affected { target: product, product: None, versions: Vec::new() },
            });
        }
    }

    /// What a name leads to. That it is in no document matters only to who looks for it.
    fn target(&mut self, name: Text<'t>, external: &mut HashMap<Text<'t>, ExternalId>) -> End {
        match self.elements.find(&name) {
            Some(Element::Component(id)) => End::Component(id),
            Some(Element::Document) => End::Document,
            Some(Element::LeftOut) | None => {
                let next = ExternalId::at(self.sbom.external.len());
                let id = *external.entry(name.clone()).or_insert(next);
                if id == next {
                    self.sbom.external.push(name);
                }
                End::External(id)
            }
        }
    }

    /// What the document is about, when it is one thing.
    fn only_root(&self) -> Option<End> {
        let roots = self.documents.iter().chain(&self.boms).flat_map(|one| &one.roots);
        let mut ids = roots.filter_map(|root| match self.elements.find(root) {
            Some(Element::Component(id)) => Some(id),
            Some(Element::Document | Element::LeftOut) | None => None,
        });
        let first = ids.next()?;
        ids.all(|id| id == first).then_some(End::Component(first))
    }
}

/// A vulnerability has at most so many scores: each is one person's view of it.
const MOST_RATINGS: usize = 100;

/// The names of a vulnerability, for its second and later statement. Bounded, since they are as
/// many as there are statements.
fn head<'t>(flaw: &Vulnerability<'t>) -> Vulnerability<'t> {
    const MOST_ALIASES: usize = 20;
    const LONGEST: usize = 200;
    let is_short = |id: &Text<'t>| id.len() <= LONGEST;
    let aliases = flaw.aliases.iter().filter(|(id, _)| is_short(id)).take(MOST_ALIASES);
    Vulnerability {
        id: Some(&flaw.id).filter(|id| is_short(id)).cloned().unwrap_or_default(),
        aliases: aliases.map(|(id, _)| (id.clone(), None)).collect(),
        line: flaw.line,
        ..Vulnerability::default()
    }
}
