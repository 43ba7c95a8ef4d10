//! Components and services.
//!
//! Standard: CycloneDX reference, "components", "services"; for 1.7 also "isExternal" and
//! "versionRange".

use super::reader::Reader;
use super::value::{Fields, Value};
use super::{words, write};
use crate::properties::component::{RELATION, special_end};
use crate::{
    Acknowledgement, Component, ComponentId, ComponentKind, Identifier, Occurrence, Property,
    Relationship, Text,
};

const PATH: &str = "components";

impl<'t> Reader<'t> {
    /// Reads a component with everything nested in it, in the order of the document. Gives the
    /// outermost.
    pub(super) fn component(
        &mut self,
        fields: Fields<'t>,
        parent: Option<ComponentId>,
    ) -> ComponentId {
        let outermost = ComponentId::at(self.sbom.components.len());
        let mut waiting = vec![(fields, parent)];
        while let Some((mut fields, parent)) = waiting.pop() {
            let nested = self.objects(&mut fields, "components", PATH);
            let id = self.one_component(fields, parent);
            waiting.extend(nested.into_iter().rev().map(|fields| (fields, Some(id))));
        }
        outermost
    }

    fn one_component(
        &mut self,
        mut fields: Fields<'t>,
        parent: Option<ComponentId>,
    ) -> ComponentId {
        let line = self.line(&fields);
        let f = &mut fields;
        let name = self.text(f, "name", PATH);
        if name.is_none() {
            self.malformed("components.name", line);
        }
        let mut one = Component::new(ComponentKind::Other, name.unwrap_or_default());
        one.line = line;
        one.parent = parent;
        self.kind(&mut one, f);
        one.reference = self.text(f, "bom-ref", PATH).unwrap_or_default();
        one.group = self.text(f, "group", PATH);
        one.version = self.text(f, "version", PATH);
        one.need = self.text(f, "scope", PATH).and_then(|word| {
            let need = words::need(&word);
            if need.is_none() {
                self.malformed("components.scope", line);
            }
            need
        });
        one.hashes = self.hashes(f, PATH);
        one.licences = self.licences(f, PATH, Acknowledgement::Unstated);
        one.references = self.references(f, PATH);
        self.identifiers(&mut one, f);
        self.evidence(&mut one, f);
        self.details(&mut one, f);
        let card = self.model_card(f, ComponentId::at(self.sbom.components.len()));
        if card.is_some() {
            one.details_mut().model_card = card;
        }
        self.leave(&fields, PATH, line);
        self.keep.reduce(&mut one);
        let id = self.sbom.add(one);
        self.define(id);
        id
    }

    fn kind(&mut self, one: &mut Component<'t>, fields: &mut Fields<'t>) {
        match self.text(fields, "type", PATH) {
            Some(word) => match words::kind(&word) {
                Some(kind) => one.kind = kind,
                None => one.details_mut().kind_as_written = Some(word),
            },
            None => self.malformed("components.type", one.line),
        }
    }

    fn identifiers(&mut self, one: &mut Component<'t>, f: &mut Fields<'t>) {
        one.identifiers.extend(self.text(f, "purl", PATH).map(Identifier::purl));
        one.identifiers.extend(self.text(f, "cpe", PATH).map(Identifier::Cpe));
        let swid = self.swid(f, PATH);
        one.identifiers.extend(swid.map(|swid| Identifier::Swid(Box::new(swid))));
        let several = |value: Option<Value<'t>>| match value {
            Some(Value::List(list)) => list,
            Some(value) => vec![value],
            None => Vec::new(),
        };
        for value in several(f.take("swhid")) {
            if let Value::Text(text) = value {
                one.identifiers.push(Identifier::Swhid(text));
            }
        }
        for value in several(f.take("omniborId")) {
            if let Value::Text(text) = value {
                one.identifiers.push(Identifier::Gitoid(text));
            }
        }
    }

    /// `evidence`: what was found in the component. An identity counts where the component itself
    /// names none of the kind; from 1.6 on there may be several.
    fn evidence(&mut self, one: &mut Component<'t>, fields: &mut Fields<'t>) {
        const PATH: &str = "components.evidence";
        let Some(mut evidence) = self.object(fields, "evidence", "components") else { return };
        let line = self.line(&evidence);
        let identities = match evidence.take("identity") {
            Some(Value::List(list)) => list,
            Some(value) => vec![value],
            None => Vec::new(),
        };
        for value in identities {
            let Value::Object(mut identity) = value else { continue };
            let field = self.text(&mut identity, "field", PATH);
            let concluded = self.text(&mut identity, "concludedValue", PATH);
            let has_purl = one.purl().is_some();
            match (field.as_deref(), concluded) {
                (Some("purl"), Some(purl)) if !has_purl => {
                    one.identifiers.push(Identifier::purl(purl));
                }
                (Some("cpe"), Some(cpe)) if !has_cpe(one) => {
                    one.identifiers.push(Identifier::Cpe(cpe));
                }
                (_, _) => self.sbom.leave_out("components.evidence.identity", line),
            }
        }
        for mut found in self.objects(&mut evidence, "occurrences", PATH) {
            let Some(location) = self.text(&mut found, "location", PATH) else { continue };
            let line = self.text(&mut found, "line", PATH).and_then(|line| line.parse().ok());
            one.details_mut().occurrences.push(Occurrence { location, line });
            found.take("bom-ref");
            self.leave(&found, "components.evidence.occurrences", one.line);
        }
        let found = self.licences(&mut evidence, PATH, Acknowledgement::FoundInFiles);
        one.licences.extend(found);
        self.leave(&evidence, PATH, line);
    }

    fn details(&mut self, one: &mut Component<'t>, f: &mut Fields<'t>) {
        let authors = self.authors(f, PATH);
        let properties = self.properties_in(f, "components.properties");
        let properties = self.without_own(one, properties);
        let supplier = self.party_in(f, "supplier", PATH);
        let manufacturer = self.party_in(f, "manufacturer", PATH);
        let publisher = self.text(f, "publisher", PATH);
        let copyright = self.text(f, "copyright", PATH);
        let description = self.text(f, "description", PATH);
        let media_type = self.text(f, "mime-type", PATH);
        // `modified` is required in 1.2, and says something only when it is true.
        let is_modified = self.truth(f, "modified", PATH).filter(|is_modified| *is_modified);
        let is_external = self.truth(f, "isExternal", PATH).filter(|is_external| *is_external);
        let version_range = self.text(f, "versionRange", PATH);
        let is_there = !authors.is_empty()
            || !properties.is_empty()
            || supplier.is_some()
            || manufacturer.is_some()
            || is_modified.is_some()
            || is_external.is_some();
        let texts = [&publisher, &copyright, &description, &media_type, &version_range];
        if !is_there && texts.into_iter().all(Option::is_none) {
            return;
        }
        let details = one.details_mut();
        details.authors = authors;
        details.properties = properties;
        details.supplier = supplier;
        details.manufacturer = manufacturer;
        details.publisher = publisher;
        details.copyright = copyright;
        details.description = description;
        details.media_type = media_type;
        details.is_modified = is_modified;
        details.is_external = is_external;
        details.version_range = version_range;
    }

    /// Takes out what Mainstay itself writes as properties, because the standard has no field.
    fn without_own(
        &mut self,
        one: &mut Component<'t>,
        properties: Vec<Property<'t>>,
    ) -> Vec<Property<'t>> {
        let is_ours = |one: &Property<'_>| one.name.starts_with("mainstay:");
        if one.reference.is_empty() || !properties.iter().any(is_ours) {
            return properties;
        }
        let from = self.graph.end(one.reference.clone(), one.line);
        let mut others = Vec::with_capacity(properties.len());
        for property in properties {
            if let Some(name) = property.name.strip_prefix(write::FACT) {
                let name = Text::Owned(name.to_owned());
                let card = one.details_mut().model_card.get_or_insert_default();
                card.facts.push(Property { name, value: property.value });
            } else if let Some(word) = property.name.strip_prefix(RELATION) {
                let kind = words::relationship(word);
                let to = special_end(&property.value)
                    .unwrap_or_else(|| self.graph.end(property.value, one.line));
                self.sbom.relationships.push(Relationship { from, kind, to });
            } else {
                others.push(property);
            }
        }
        others
    }

    /// A service is a component of a kind of its own.
    pub(super) fn service(&mut self, fields: Fields<'t>) {
        const PATH: &str = "services";
        let mut waiting = vec![(fields, None)];
        while let Some((mut fields, parent)) = waiting.pop() {
            let line = self.line(&fields);
            let nested = self.objects(&mut fields, "services", PATH);
            let f = &mut fields;
            let name = self.text(f, "name", PATH).unwrap_or_default();
            let mut one = Component::new(ComponentKind::Service, name);
            one.line = line;
            one.parent = parent;
            one.reference = self.text(f, "bom-ref", PATH).unwrap_or_default();
            one.group = self.text(f, "group", PATH);
            one.version = self.text(f, "version", PATH);
            one.licences = self.licences(f, PATH, Acknowledgement::Unstated);
            one.references = self.references(f, PATH);
            let supplier = self.party_in(f, "provider", PATH);
            let description = self.text(f, "description", PATH);
            let mut properties = self.properties_in(f, "services.properties");
            for endpoint in self.texts(f, "endpoints", PATH) {
                let name = Text::Borrowed(ENDPOINT);
                properties.push(Property { name, value: endpoint });
            }
            if supplier.is_some() || description.is_some() || !properties.is_empty() {
                let details = one.details_mut();
                details.supplier = supplier;
                details.description = description;
                details.properties = properties;
            }
            self.leave(&fields, PATH, line);
            self.keep.reduce(&mut one);
            let id = self.sbom.add(one);
            self.define(id);
            waiting.extend(nested.into_iter().rev().map(|fields| (fields, Some(id))));
        }
    }
}

/// The property in which the model keeps an endpoint of a service.
pub(crate) const ENDPOINT: &str = "mainstay:service:endpoint";

fn has_cpe(one: &Component<'_>) -> bool {
    one.identifiers.iter().any(|identifier| matches!(identifier, Identifier::Cpe(_)))
}
