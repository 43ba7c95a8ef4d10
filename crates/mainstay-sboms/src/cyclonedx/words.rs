//! The standard's words, and what they are in the model. One table each, read in both directions.

use crate::{
    AffectedStatus, Aggregate, AnalysisState, ComponentKind, Justification, Need, ReferenceKind,
    RelationshipKind, Response, Spec, Text,
};

type Table<T> = [(T, &'static str)];

fn value_of<T: Copy>(table: &Table<T>, word: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

fn word_of<T: PartialEq>(table: &Table<T>, value: &T) -> Option<&'static str> {
    table.iter().find(|(known, _)| known == value).map(|(_, word)| *word)
}

/// The versions that are read.
pub(crate) const SPECS: [(Spec, &str); 6] = [
    (Spec::CycloneDx1_2, "1.2"),
    (Spec::CycloneDx1_3, "1.3"),
    (Spec::CycloneDx1_4, "1.4"),
    (Spec::CycloneDx1_5, "1.5"),
    (Spec::CycloneDx1_6, "1.6"),
    (Spec::CycloneDx1_7, "1.7"),
];

pub(crate) fn spec(word: &str) -> Option<Spec> {
    value_of(&SPECS, word)
}

const KINDS: [(ComponentKind, &str); 13] = [
    (ComponentKind::Application, "application"),
    (ComponentKind::Framework, "framework"),
    (ComponentKind::Library, "library"),
    (ComponentKind::Container, "container"),
    (ComponentKind::Platform, "platform"),
    (ComponentKind::OperatingSystem, "operating-system"),
    (ComponentKind::Device, "device"),
    (ComponentKind::DeviceDriver, "device-driver"),
    (ComponentKind::Firmware, "firmware"),
    (ComponentKind::File, "file"),
    (ComponentKind::Model, "machine-learning-model"),
    (ComponentKind::Data, "data"),
    (ComponentKind::CryptographicAsset, "cryptographic-asset"),
];

pub(crate) fn kind(word: &str) -> Option<ComponentKind> {
    value_of(&KINDS, word)
}

/// The word for a kind. `None` for kinds that the standard does not know.
pub(crate) fn kind_word(kind: ComponentKind) -> Option<&'static str> {
    word_of(&KINDS, &kind)
}

const NEEDS: [(Need, &str); 3] =
    [(Need::Required, "required"), (Need::Optional, "optional"), (Need::Excluded, "excluded")];

pub(crate) fn need(word: &str) -> Option<Need> {
    value_of(&NEEDS, word)
}

pub(crate) fn need_word(need: Need) -> &'static str {
    word_of(&NEEDS, &need).unwrap_or("")
}

const AGGREGATES: [(Aggregate, &str); 10] = [
    (Aggregate::Complete, "complete"),
    (Aggregate::Incomplete, "incomplete"),
    (Aggregate::IncompleteFirstPartyOnly, "incomplete_first_party_only"),
    (Aggregate::IncompleteFirstPartyProprietaryOnly, "incomplete_first_party_proprietary_only"),
    (Aggregate::IncompleteFirstPartyOpensourceOnly, "incomplete_first_party_opensource_only"),
    (Aggregate::IncompleteThirdPartyOnly, "incomplete_third_party_only"),
    (Aggregate::IncompleteThirdPartyProprietaryOnly, "incomplete_third_party_proprietary_only"),
    (Aggregate::IncompleteThirdPartyOpensourceOnly, "incomplete_third_party_opensource_only"),
    (Aggregate::Unknown, "unknown"),
    (Aggregate::NotSpecified, "not_specified"),
];

pub(crate) fn aggregate(word: &str) -> Option<Aggregate> {
    value_of(&AGGREGATES, word)
}

pub(crate) fn aggregate_word(aggregate: Aggregate) -> &'static str {
    word_of(&AGGREGATES, &aggregate).unwrap_or("")
}

const REFERENCES: [(ReferenceKind<'static>, &str); 12] = [
    (ReferenceKind::Vcs, "vcs"),
    (ReferenceKind::Distribution, "distribution"),
    (ReferenceKind::SourceDistribution, "source-distribution"),
    (ReferenceKind::Website, "website"),
    (ReferenceKind::IssueTracker, "issue-tracker"),
    (ReferenceKind::Advisories, "advisories"),
    (ReferenceKind::Bom, "bom"),
    (ReferenceKind::Documentation, "documentation"),
    (ReferenceKind::Licence, "license"),
    (ReferenceKind::ReleaseNotes, "release-notes"),
    (ReferenceKind::ExploitabilityStatement, "exploitability-statement"),
    (ReferenceKind::SecurityContact, "security-contact"),
];

pub(crate) fn reference(word: Text<'_>) -> ReferenceKind<'_> {
    let known = REFERENCES.iter().find(|(_, known)| *known == word);
    known.map_or_else(|| ReferenceKind::Other(word), |(kind, _)| kind.clone())
}

/// The word for a reference. `None` for one that the model keeps by name.
pub(crate) fn reference_word(kind: &ReferenceKind<'_>) -> Option<&'static str> {
    word_of(&REFERENCES, kind)
}

const STATES: [(AnalysisState, &str); 6] = [
    (AnalysisState::Resolved, "resolved"),
    (AnalysisState::ResolvedWithPedigree, "resolved_with_pedigree"),
    (AnalysisState::Exploitable, "exploitable"),
    (AnalysisState::InTriage, "in_triage"),
    (AnalysisState::FalsePositive, "false_positive"),
    (AnalysisState::NotAffected, "not_affected"),
];

pub(crate) fn state(word: &str) -> Option<AnalysisState> {
    value_of(&STATES, word)
}

pub(crate) fn state_word(state: AnalysisState) -> &'static str {
    word_of(&STATES, &state).unwrap_or("")
}

const JUSTIFICATIONS: [(Justification, &str); 9] = [
    (Justification::CodeNotPresent, "code_not_present"),
    (Justification::CodeNotReachable, "code_not_reachable"),
    (Justification::RequiresConfiguration, "requires_configuration"),
    (Justification::RequiresDependency, "requires_dependency"),
    (Justification::RequiresEnvironment, "requires_environment"),
    (Justification::ProtectedByCompiler, "protected_by_compiler"),
    (Justification::ProtectedAtRuntime, "protected_at_runtime"),
    (Justification::ProtectedAtPerimeter, "protected_at_perimeter"),
    (Justification::ProtectedByMitigatingControl, "protected_by_mitigating_control"),
];

pub(crate) fn justification(word: &str) -> Option<Justification> {
    value_of(&JUSTIFICATIONS, word)
}

pub(crate) fn justification_word(justification: Justification) -> &'static str {
    word_of(&JUSTIFICATIONS, &justification).unwrap_or("")
}

const RESPONSES: [(Response, &str); 5] = [
    (Response::CanNotFix, "can_not_fix"),
    (Response::WillNotFix, "will_not_fix"),
    (Response::Update, "update"),
    (Response::Rollback, "rollback"),
    (Response::WorkaroundAvailable, "workaround_available"),
];

pub(crate) fn response(word: &str) -> Option<Response> {
    value_of(&RESPONSES, word)
}

pub(crate) fn response_word(response: Response) -> &'static str {
    word_of(&RESPONSES, &response).unwrap_or("")
}

const STATUSES: [(AffectedStatus, &str); 3] = [
    (AffectedStatus::Affected, "affected"),
    (AffectedStatus::Unaffected, "unaffected"),
    (AffectedStatus::Unknown, "unknown"),
];

pub(crate) fn status(word: &str) -> Option<AffectedStatus> {
    value_of(&STATUSES, word)
}

pub(crate) fn status_word(status: AffectedStatus) -> &'static str {
    word_of(&STATUSES, &status).unwrap_or("")
}

/// The standard's other words for references, which the model keeps as they are.
const OTHER_REFERENCES: [&str; 31] = [
    "mailing-list",
    "social",
    "chat",
    "support",
    "distribution-intake",
    "build-meta",
    "build-system",
    "model-card",
    "log",
    "configuration",
    "evidence",
    "formulation",
    "attestation",
    "threat-model",
    "adversary-model",
    "risk-assessment",
    "vulnerability-assertion",
    "pentest-report",
    "static-analysis-report",
    "dynamic-analysis-report",
    "runtime-analysis-report",
    "component-analysis-report",
    "maturity-report",
    "certification-report",
    "codified-infrastructure",
    "quality-metrics",
    "poam",
    "electronic-signature",
    "digital-signature",
    "rfc-9116",
    "other",
];

/// Whether a word that the model keeps by name is one of CycloneDX 1.6.
pub(crate) fn is_reference(word: &str) -> bool {
    OTHER_REFERENCES.contains(&word)
}

/// Whether CycloneDX 1.6 has a word for what is at an address.
pub(crate) fn is_known(kind: &ReferenceKind<'_>) -> bool {
    if let ReferenceKind::Other(word) = kind { is_reference(word) } else { true }
}

/// Words for edges that the dependency graph cannot tell apart or does not have, in properties.
const RELATIONS: [(RelationshipKind<'static>, &str); 24] = [
    (RelationshipKind::DependsOn, "depends-on"),
    (RelationshipKind::Describes, "describes"),
    (RelationshipKind::Provides, "provides"),
    (RelationshipKind::TrainedOn, "trained-on"),
    (RelationshipKind::RuntimeDependency, "runtime-dependency"),
    (RelationshipKind::DevDependency, "dev-dependency"),
    (RelationshipKind::BuildDependency, "build-dependency"),
    (RelationshipKind::TestDependency, "test-dependency"),
    (RelationshipKind::OptionalDependency, "optional-dependency"),
    (RelationshipKind::ProvidedDependency, "provided-dependency"),
    (RelationshipKind::Prerequisite, "prerequisite"),
    (RelationshipKind::UsesTool, "uses-tool"),
    (RelationshipKind::UsesDevTool, "uses-dev-tool"),
    (RelationshipKind::UsesTestTool, "uses-test-tool"),
    (RelationshipKind::Contains, "contains"),
    (RelationshipKind::Generates, "generates"),
    (RelationshipKind::StaticLink, "static-link"),
    (RelationshipKind::DynamicLink, "dynamic-link"),
    (RelationshipKind::AncestorOf, "ancestor-of"),
    (RelationshipKind::VariantOf, "variant-of"),
    (RelationshipKind::CopyOf, "copy-of"),
    (RelationshipKind::DistributedAs, "distributed-as"),
    (RelationshipKind::DocumentedBy, "documented-by"),
    (RelationshipKind::TestedOn, "tested-on"),
];

/// The edge that a word in a property means. One that is none of these is kept by name.
pub(crate) fn relationship(word: &str) -> RelationshipKind<'static> {
    let known = RELATIONS.iter().find(|(_, known)| *known == word);
    known.map_or_else(
        || RelationshipKind::Other(Text::Owned(word.to_owned())),
        |(kind, _)| kind.clone(),
    )
}

/// The word for an edge in a property.
pub(crate) fn relationship_word<'k>(kind: &'k RelationshipKind<'_>) -> &'k str {
    if let RelationshipKind::Other(word) = kind {
        return word;
    }
    word_of(&RELATIONS, kind).unwrap_or("")
}
