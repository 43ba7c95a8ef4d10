//! The standard's words, and what they are in the model. One table each.

use crate::{
    AffectedStatus, Aggregate, AnalysisState, ComponentKind, Justification, Need, ReferenceKind,
    Response, Spec, Text,
};

type Table<T> = [(T, &'static str)];

fn value_of<T: Copy>(table: &Table<T>, word: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
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

const NEEDS: [(Need, &str); 3] =
    [(Need::Required, "required"), (Need::Optional, "optional"), (Need::Excluded, "excluded")];

pub(crate) fn need(word: &str) -> Option<Need> {
    value_of(&NEEDS, word)
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

const STATUSES: [(AffectedStatus, &str); 3] = [
    (AffectedStatus::Affected, "affected"),
    (AffectedStatus::Unaffected, "unaffected"),
    (AffectedStatus::Unknown, "unknown"),
];

pub(crate) fn status(word: &str) -> Option<AffectedStatus> {
    value_of(&STATUSES, word)
}
