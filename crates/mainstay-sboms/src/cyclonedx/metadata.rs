//! Who made the document, when, with what, of what; claims of completeness; annotations.

use super::reader::Reader;
use super::value::{Fields, Value};
use super::words;
use crate::{
    Acknowledgement, Aggregate, Annotation, End, ExternalDocument, Party, PartyKind, ReferenceKind,
    Text, Tool,
};

impl<'t> Reader<'t> {
    pub(super) fn metadata(&mut self, mut fields: Fields<'t>) {
        const PATH: &str = "metadata";
        let line = self.line(&fields);
        let f = &mut fields;
        self.sbom.document.created = self.text(f, "timestamp", PATH);
        self.sbom.document.authors = self.authors(f, PATH);
        self.sbom.document.supplier = self.party_in(f, "supplier", PATH);
        // Called `manufacture` before 1.6.
        let manufacturer = self.party_in(f, "manufacturer", PATH);
        let manufacturer = manufacturer.or_else(|| self.party_in(f, "manufacture", PATH));
        self.sbom.document.manufacturer = manufacturer;
        self.sbom.document.licences = self.licences(f, PATH, Acknowledgement::Unstated);
        let properties = self.properties_in(f, "metadata.properties");
        self.sbom.document.properties.extend(properties);
        self.tools(f);
        for mut lifecycle in self.objects(f, "lifecycles", PATH) {
            let phase = self.text(&mut lifecycle, "phase", PATH);
            let phase = phase.or_else(|| self.text(&mut lifecycle, "name", PATH));
            self.sbom.document.lifecycles.extend(phase);
            self.leave(&lifecycle, "metadata.lifecycles", line);
        }
        if let Some(component) = self.object(f, "component", PATH) {
            let id = self.component(component, None);
            self.sbom.described.push(id);
        }
        self.leave(&fields, PATH, line);
    }

    /// `tools`: a list before 1.5; from then on also components and services.
    fn tools(&mut self, fields: &mut Fields<'t>) {
        const PATH: &str = "metadata.tools";
        let tools = match fields.take("tools") {
            None => return,
            Some(Value::List(list)) => list,
            Some(Value::Object(mut both)) => {
                let mut tools = self.list(&mut both, "components", PATH);
                tools.extend(self.list(&mut both, "services", PATH));
                self.leave(&both, PATH, None);
                tools
            }
            Some(Value::Null | Value::Bool(_) | Value::Text(_)) => {
                return self.malformed(PATH, None);
            }
        };
        for value in tools {
            let Value::Object(mut one) = value else {
                self.malformed(PATH, None);
                continue;
            };
            let line = self.line(&one);
            let vendor = self.text(&mut one, "vendor", PATH);
            let vendor = vendor.or_else(|| self.text(&mut one, "publisher", PATH));
            let vendor = vendor.or_else(|| self.text(&mut one, "group", PATH));
            let supplier = self.party_in(&mut one, "supplier", PATH);
            let manufacturer = self.party_in(&mut one, "manufacturer", PATH);
            let provider = self.party_in(&mut one, "provider", PATH);
            let maker = manufacturer.or(supplier).or(provider).map(|party| party.name);
            let tool = Tool {
                vendor: vendor.or(maker),
                name: self.text(&mut one, "name", PATH).unwrap_or_default(),
                version: self.text(&mut one, "version", PATH),
                hashes: self.hashes(&mut one, PATH),
            };
            one.take("type");
            one.take("bom-ref");
            self.leave(&one, PATH, line);
            self.sbom.document.tools.push(tool);
        }
    }

    /// `externalReferences` of the document: other documents, and addresses about the whole.
    pub(super) fn document_references(&mut self, list: Value<'t>) {
        let entries = vec![(Text::Borrowed("externalReferences"), list)];
        let mut fields = Fields { entries, line: None };
        for reference in self.references(&mut fields, "document") {
            if reference.kind == ReferenceKind::Bom {
                self.sbom.document.documents.push(ExternalDocument {
                    reference: Text::Borrowed(""),
                    identity: reference.url,
                    hash: reference.hashes.into_iter().next(),
                });
            } else {
                self.sbom.leave_out("externalReferences", None);
            }
        }
    }

    /// `compositions`: how complete the parts and the dependencies of something are.
    pub(super) fn composition(&mut self, mut fields: Fields<'t>) {
        const PATH: &str = "compositions";
        let line = self.line(&fields);
        let aggregate = self.text(&mut fields, "aggregate", PATH);
        let aggregate = aggregate.and_then(|word| words::aggregate(&word)).unwrap_or_else(|| {
            self.malformed("compositions.aggregate", line);
            Aggregate::Unknown
        });
        let assemblies = self.texts(&mut fields, "assemblies", PATH);
        let dependencies = self.texts(&mut fields, "dependencies", PATH);
        let vulnerabilities = self.texts(&mut fields, "vulnerabilities", PATH);
        let names_nothing = assemblies.is_empty() && dependencies.is_empty();
        let is_of_all = names_nothing && vulnerabilities.is_empty();
        if !vulnerabilities.is_empty() {
            self.sbom.leave_out("compositions.vulnerabilities", line);
        }
        let ends = |reader: &mut Self, names: Vec<Text<'t>>| -> Vec<End> {
            names.into_iter().map(|name| reader.graph.end(name, line)).collect()
        };
        let assemblies = ends(self, assemblies);
        let dependencies = ends(self, dependencies);
        if is_of_all || !names_nothing {
            self.graph.claim(aggregate, assemblies, dependencies, is_of_all);
        }
        fields.take("bom-ref");
        self.leave(&fields, PATH, line);
    }

    pub(super) fn annotation(&mut self, mut fields: Fields<'t>) {
        const PATH: &str = "annotations";
        let line = self.line(&fields);
        let subjects = self.texts(&mut fields, "subjects", PATH);
        let subjects = subjects.into_iter().map(|name| self.graph.end(name, line)).collect();
        let annotator = self.object(&mut fields, "annotator", PATH);
        let annotator = annotator.and_then(|annotator| self.annotator(annotator));
        let timestamp = self.text(&mut fields, "timestamp", PATH);
        let text = self.text(&mut fields, "text", PATH).unwrap_or_default();
        fields.take("bom-ref");
        self.leave(&fields, PATH, line);
        let kind = None;
        self.sbom.annotations.push(Annotation { subjects, annotator, timestamp, kind, text });
    }

    fn annotator(&mut self, mut fields: Fields<'t>) -> Option<Party<'t>> {
        const PATH: &str = "annotations.annotator";
        for (key, kind) in [
            ("organization", PartyKind::Organisation),
            ("individual", PartyKind::Person),
            ("component", PartyKind::Tool),
            ("service", PartyKind::Tool),
        ] {
            if let Some(party) = self.object(&mut fields, key, PATH) {
                return Some(self.party(party, kind, PATH));
            }
        }
        None
    }
}
