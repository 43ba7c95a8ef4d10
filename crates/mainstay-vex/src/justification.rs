//! The reasons for "not affected" that the standards know.
//!
//! `OpenVEX` and CSAF share the five status justifications of CISA's "Vulnerability Exploitability
//! eXchange (VEX) - Status Justifications" (2022). CycloneDX has nine of its own; two of them say
//! the same as two of CISA's. A word is kept as it was said, and turned into the nearest word of
//! another standard only when a statement is written in that standard.

/// Why a product is not affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Justification {
    /// The component is not in the product.
    ComponentNotPresent,
    /// The component is, but not its flawed code.
    VulnerableCodeNotPresent,
    /// The flawed code is there and is never run.
    VulnerableCodeNotInExecutePath,
    /// It is run, but nobody hostile can reach it.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Something in the product stops the harm.
    InlineMitigationsAlreadyExist,
    /// `CycloneDX`: only in a configuration that is not used.
    RequiresConfiguration,
    /// `CycloneDX`: only beside a dependency that is not there.
    RequiresDependency,
    /// `CycloneDX`: only in an environment that is not this one.
    RequiresEnvironment,
    /// `CycloneDX`: a flag of the compiler stops it.
    ProtectedByCompiler,
    /// `CycloneDX`: stopped when it runs.
    ProtectedAtRuntime,
    /// `CycloneDX`: stopped at the border of the system.
    ProtectedAtPerimeter,
    /// `CycloneDX`: some other control stops it.
    ProtectedByMitigatingControl,
}

use Justification as J;

/// One row per justification: the word as it was said, and the nearest of `CycloneDX`.
const TABLE: [(Justification, &str, &str); 12] = [
    (J::ComponentNotPresent, "component_not_present", "code_not_present"),
    (J::VulnerableCodeNotPresent, "vulnerable_code_not_present", "code_not_present"),
    (
        J::VulnerableCodeNotInExecutePath,
        "vulnerable_code_not_in_execute_path",
        "code_not_reachable",
    ),
    (
        J::VulnerableCodeCannotBeControlledByAdversary,
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "requires_environment",
    ),
    (
        J::InlineMitigationsAlreadyExist,
        "inline_mitigations_already_exist",
        "protected_by_mitigating_control",
    ),
    (J::RequiresConfiguration, "requires_configuration", "requires_configuration"),
    (J::RequiresDependency, "requires_dependency", "requires_dependency"),
    (J::RequiresEnvironment, "requires_environment", "requires_environment"),
    (J::ProtectedByCompiler, "protected_by_compiler", "protected_by_compiler"),
    (J::ProtectedAtRuntime, "protected_at_runtime", "protected_at_runtime"),
    (J::ProtectedAtPerimeter, "protected_at_perimeter", "protected_at_perimeter"),
    (
        J::ProtectedByMitigatingControl,
        "protected_by_mitigating_control",
        "protected_by_mitigating_control",
    ),
];

impl Justification {
    /// Every justification.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The justification with this word, of any of the standards.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "code_not_present" => Some(Self::VulnerableCodeNotPresent),
            "code_not_reachable" => Some(Self::VulnerableCodeNotInExecutePath),
            word => TABLE.iter().find(|row| row.1 == word).map(|row| row.0),
        }
    }

    /// The nearest word of `CycloneDX`.
    pub fn cyclonedx_word(self) -> &'static str {
        self.row().2
    }

    /// The nearest of the five that `OpenVEX` and CSAF share. What depends on configuration,
    /// company or surroundings is not run, or cannot be reached; what is protected is mitigated.
    #[must_use]
    pub fn shared(self) -> Self {
        match self {
            Self::RequiresConfiguration | Self::RequiresDependency => {
                Self::VulnerableCodeNotInExecutePath
            }
            Self::RequiresEnvironment => Self::VulnerableCodeCannotBeControlledByAdversary,
            Self::ProtectedByCompiler
            | Self::ProtectedAtRuntime
            | Self::ProtectedAtPerimeter
            | Self::ProtectedByMitigatingControl => Self::InlineMitigationsAlreadyExist,
            Self::ComponentNotPresent
            | Self::VulnerableCodeNotPresent
            | Self::VulnerableCodeNotInExecutePath
            | Self::VulnerableCodeCannotBeControlledByAdversary
            | Self::InlineMitigationsAlreadyExist => self,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // Every justification has its row; a test holds that.
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_its_justification() {
        for (justification, word, _) in TABLE {
            assert_eq!(Justification::from_word(word), Some(justification));
            assert_eq!(justification.word(), word);
        }
    }

    #[test]
    fn the_nearest_of_a_shared_word_is_itself() {
        let shared: Vec<_> = Justification::all().filter(|one| one.shared() == *one).collect();
        assert_eq!(shared.len(), 5);
        assert!(Justification::all().all(|one| one.shared().shared() == one.shared()));
    }
}
