//! The model as CycloneDX 1.6 or 1.7 in JSON.
//!
//! The same model gives the same bytes: nothing here asks a clock or makes a random number. A
//! document without a serial number of its own gets one that follows from its content (a UUID of
//! version 8, RFC 9562 section 5.8).
//!
//! What CycloneDX has no field for is written as a property of the namespace `mainstay:`, so that
//! nothing is lost in silence; what the model itself could not hold, or could not understand, is
//! listed in the metadata as `mainstay:left-out` and `mainstay:gap`.

mod component;
mod formats;
mod graph;
mod licences;
mod metadata;
mod model_card;
mod parts;
mod vulnerability;

#[cfg(test)]
mod tests;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::{ComponentId, End, Sbom, Text};
use component::{ComponentOut, ServiceOut};
use metadata::{AnnotationOut, CompositionOut, MetadataOut};
pub(super) use model_card::FACT;
use parts::ReferenceOut;
use vulnerability::VulnerabilityOut;

/// A version that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputVersion {
    /// CycloneDX 1.6.
    V1_6,
    /// CycloneDX 1.7.
    V1_7,
}

impl OutputVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_6, Self::V1_7];

    /// The number, as the standard writes it.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }
}

/// A document that could not be written. This does not happen for any model.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be written as JSON")]
pub struct WriteError(#[from] serde_json::Error);

/// Writes a document.
///
/// # Errors
///
/// None in practice: every model can be written.
pub fn write_json(sbom: &Sbom<'_>, version: OutputVersion) -> Result<String, WriteError> {
    let context = Context::of(sbom, version);
    let mut text = serde_json::to_string_pretty(&Bom::of(&context))?;
    text.push('\n');
    if own_serial(sbom).is_none() {
        let serial = serial_of(&text);
        text = text.replacen(NO_SERIAL, &serial, 1);
    }
    Ok(text)
}

/// Stands in the document until its serial number is known.
const NO_SERIAL: &str = "urn:uuid:00000000-0000-0000-0000-000000000000";

/// The document's own serial number, where it has one of the form that CycloneDX asks for.
fn own_serial<'s>(sbom: &'s Sbom<'_>) -> Option<&'s str> {
    let identity = sbom.document.identity.as_deref()?;
    let digits = identity.strip_prefix("urn:uuid:")?;
    let is_digit = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    };
    (digits.len() == 36 && digits.bytes().enumerate().all(is_digit)).then_some(identity)
}

fn serial_of(text: &str) -> String {
    let hash = xxh3_128(text.as_bytes());
    // The four bits of the version, and the two of the variant.
    let bits = (hash & !(0xF << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{bits:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// What every part needs to know of the whole.
struct Context<'s> {
    sbom: &'s Sbom<'s>,
    version: OutputVersion,
    /// The reference of each component.
    names: Vec<Text<'s>>,
    /// For each component, the positions of the relationships that only a property can say.
    relations: Vec<Vec<usize>>,
    /// The one component that the document is about.
    main: Option<ComponentId>,
    /// The reference of a component that is made up, for a document about several.
    made_up: Option<Text<'s>>,
}

impl<'s> Context<'s> {
    fn of(sbom: &'s Sbom<'s>, version: OutputVersion) -> Self {
        let names = graph::names(sbom);
        let (main, made_up) = match sbom.described.as_slice() {
            [] => (None, None),
            [one] => (Some(*one), None),
            _ => (None, Some(graph::free_name(&names, "mainstay:described"))),
        };
        let relations = graph::by_component(sbom);
        Self { sbom, version, names, relations, main, made_up }
    }

    /// The reference of an end. `None` for the document as a whole when it is about nothing, and
    /// for ends that are none.
    fn name(&self, end: End) -> Option<&str> {
        match end {
            End::Component(id) => self.names.get(id.position()).map(|name| &**name),
            End::External(id) => self.sbom.external(id),
            End::Document => self.subject(),
            End::Nothing | End::NoAssertion => None,
        }
    }

    /// The reference of what the document is about.
    fn subject(&self) -> Option<&str> {
        let main = self.main.and_then(|main| self.names.get(main.position()));
        main.or(self.made_up.as_ref()).map(|name| &**name)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'c> {
    #[serde(rename = "$schema")]
    schema: String,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    spec_version: &'static str,
    serial_number: &'c str,
    version: u64,
    metadata: MetadataOut<'c>,
    components: Vec<ComponentOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<ServiceOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<ReferenceOut<'c>>,
    dependencies: Vec<graph::DependencyOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compositions: Vec<CompositionOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vulnerabilities: Vec<VulnerabilityOut<'c>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<AnnotationOut<'c>>,
}

impl<'c> Bom<'c> {
    fn of(context: &'c Context<'c>) -> Self {
        let sbom = context.sbom;
        let (main, components) = component::tree(context);
        let documents = sbom.document.documents.iter().map(ReferenceOut::to_document);
        Self {
            schema: format!(
                "http://cyclonedx.org/schema/bom-{}.schema.json",
                context.version.number()
            ),
            format: "CycloneDX",
            spec_version: context.version.number(),
            serial_number: own_serial(sbom).unwrap_or(NO_SERIAL),
            version: sbom.document.edition.unwrap_or(1).max(1),
            metadata: MetadataOut::of(context, main),
            components,
            services: component::services(context),
            external_references: documents.collect(),
            dependencies: graph::dependencies(context),
            compositions: metadata::compositions(context),
            vulnerabilities: sbom
                .vulnerabilities
                .iter()
                .map(|one| VulnerabilityOut::of(context, one))
                .collect(),
            annotations: metadata::annotations(context),
        }
    }
}
