//! The document while it is read: parts come in, the model grows.

use mainstay_reading::{Gap, Place, ReadError, ReadErrorKind};

use super::graph::Graph;
use super::value::{Fields, Value};
use super::words;
use crate::document_notes::note;
use crate::line_cursor::LineCursor;
use crate::model::keep::Keep;
use crate::properties;
use crate::spdx::v2::beginning;
use crate::{Component, ComponentId, Encoding, LeftOut, Sbom, Spec, Text};

/// The parts that bear on which packages there are, and on statements about them.
const BEARING: [&str; 11] = [
    "metadata.component",
    "components.type",
    "components.name",
    "components.group",
    "components.version",
    "components.purl",
    "components.components",
    "components.scope",
    "dependencies",
    "compositions",
    "vulnerabilities",
];

/// What to do about a part that cannot be understood.
const ADVICE: &str = "let its maker write the document again, and check it against the schema";

pub(super) struct Reader<'t> {
    pub(super) sbom: Sbom<'t>,
    pub(super) graph: Graph<'t>,
    cursor: LineCursor<'t>,
    pub(super) keep: Keep,
    /// Parts of the wrong shape.
    malformed: Vec<LeftOut>,
    format: Option<Text<'t>>,
    version: Option<Text<'t>>,
    /// Why the document is not read at all, where the parser must be told to stop.
    pub(super) refusal: Option<ReadError>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding, keep: Keep) -> Self {
        Self {
            // The version is put in when it is known; before that nobody sees the document.
            sbom: Sbom::new(Spec::CycloneDx1_2, encoding),
            graph: Graph::default(),
            cursor: LineCursor::new(text),
            keep,
            malformed: Vec::new(),
            format: None,
            version: None,
            refusal: None,
        }
    }

    /// Whether a part of the document is a list whose entries come to [`Reader::listed`].
    pub(super) fn is_listed(key: &str) -> bool {
        matches!(
            key,
            "components"
                | "services"
                | "dependencies"
                | "vulnerabilities"
                | "compositions"
                | "annotations"
        )
    }

    /// Reads one entry of a long list.
    pub(super) fn listed(&mut self, key: &str, fields: Fields<'t>) {
        match key {
            "components" => {
                self.component(fields, None);
            }
            "services" => self.service(fields),
            "dependencies" => self.dependency(fields),
            "vulnerabilities" => self.vulnerability(fields),
            "compositions" => self.composition(fields),
            _ => self.annotation(fields),
        }
    }

    /// Reads a part that stands once. An error is a document that is not read at all.
    pub(super) fn single(&mut self, key: &str, value: Value<'t>) -> Result<(), ReadError> {
        match (key, value) {
            (_, Value::Null) | ("$schema", _) => {}
            ("bomFormat", Value::Text(text)) if text != "CycloneDX" => {
                let message = format!("bomFormat is \"{}\", not \"CycloneDX\"", beginning(&text));
                return Err(ReadError::new(ReadErrorKind::Shape, message));
            }
            ("bomFormat", Value::Text(text)) => self.format = Some(text),
            ("specVersion", Value::Text(text)) => {
                self.sbom.document.spec = words::spec(&text).ok_or_else(|| unread(&text))?;
                self.version = Some(text);
            }
            ("serialNumber", Value::Text(text)) => self.sbom.document.identity = Some(text),
            ("version", Value::Text(text)) => match text.parse() {
                Ok(edition) => self.sbom.document.edition = Some(edition),
                Err(_) => self.malformed("version", None),
            },
            ("metadata", Value::Object(fields)) => self.metadata(fields),
            ("properties", list) => {
                let properties = self.properties(list, "properties");
                self.sbom.document.properties.extend(properties);
            }
            ("externalReferences", list) => self.document_references(list),
            ("bomFormat" | "specVersion" | "serialNumber" | "version" | "metadata", _) => {
                self.malformed(key, None);
            }
            (key, _) => self.sbom.leave_out(key, None),
        }
        Ok(())
    }

    /// The finished model.
    pub(super) fn finish(mut self) -> Result<Sbom<'t>, ReadError> {
        let shape = |message: &str| ReadError::new(ReadErrorKind::Shape, message);
        if self.format.is_none() {
            return Err(shape("there is no bomFormat, so it is no CycloneDX document"));
        }
        if self.version.is_none() {
            return Err(shape("there is no specVersion"));
        }
        let graph = std::mem::take(&mut self.graph);
        graph.resolve(&mut self.sbom);
        properties::read_back(&mut self.sbom);
        for wrong in std::mem::take(&mut self.malformed) {
            let times =
                if wrong.times > 1 { format!(" ({} times)", wrong.times) } else { String::new() };
            self.sbom.gaps.push(Gap {
                place: Place::at(wrong.line),
                reason: format!("{} is not what the standard says{times}", wrong.what),
                advice: ADVICE.to_owned(),
            });
        }
        Ok(self.sbom)
    }

    /// The line on which an object begins.
    pub(super) fn line(&mut self, fields: &Fields<'t>) -> Option<u32> {
        fields.line.or_else(|| {
            let (key, _) = fields.entries.first()?;
            match key {
                Text::Borrowed(key) => self.cursor.of(key),
                Text::Owned(_) => None,
            }
        })
    }

    /// Notes a part that is not what the standard says. It is a gap where it bears on which
    /// packages there are, or on what is said about them; else it is left out.
    pub(super) fn malformed(&mut self, what: &str, line: Option<u32>) {
        if BEARING.iter().any(|bearing| what.starts_with(bearing)) {
            note(&mut self.malformed, what, line);
        } else {
            self.sbom.leave_out(what, line);
        }
    }

    /// Notes everything in an object that nobody took.
    pub(super) fn leave(&mut self, fields: &Fields<'t>, path: &str, line: Option<u32>) {
        for key in fields.rest() {
            self.sbom.leave_out(&format!("{path}.{key}"), line);
        }
    }

    /// A text. An empty one counts as absent: several tools write `"version": ""`.
    pub(super) fn text(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Option<Text<'t>> {
        match fields.take(key)? {
            Value::Text(text) if text.trim().is_empty() => None,
            Value::Text(text) => Some(text),
            Value::Bool(value) => Some(Text::Borrowed(if value { "true" } else { "false" })),
            Value::Null | Value::List(_) | Value::Object(_) => {
                let line = self.line(fields);
                self.malformed(&format!("{path}.{key}"), line);
                None
            }
        }
    }

    /// A truth value.
    pub(super) fn truth(&mut self, fields: &mut Fields<'t>, key: &str, path: &str) -> Option<bool> {
        match &*self.text(fields, key, path)? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                let line = self.line(fields);
                self.malformed(&format!("{path}.{key}"), line);
                None
            }
        }
    }

    /// A list; empty when it is not there.
    pub(super) fn list(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Vec<Value<'t>> {
        match fields.take(key) {
            None => Vec::new(),
            Some(Value::List(list)) => list,
            Some(_) => {
                let line = self.line(fields);
                self.malformed(&format!("{path}.{key}"), line);
                Vec::new()
            }
        }
    }

    /// A list of objects.
    pub(super) fn objects(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Vec<Fields<'t>> {
        let list = self.list(fields, key, path);
        let mut objects = Vec::with_capacity(list.len());
        for value in list {
            match value {
                Value::Object(object) => objects.push(object),
                Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => {
                    let line = self.line(fields);
                    self.malformed(&format!("{path}.{key}"), line);
                }
            }
        }
        objects
    }

    /// A list of texts.
    pub(super) fn texts(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Vec<Text<'t>> {
        let list = self.list(fields, key, path);
        let line = self.line(fields);
        self.texts_of(list, &format!("{path}.{key}"), line)
    }

    /// The texts of a list.
    pub(super) fn texts_of(
        &mut self,
        list: Vec<Value<'t>>,
        what: &str,
        line: Option<u32>,
    ) -> Vec<Text<'t>> {
        let mut texts = Vec::with_capacity(list.len());
        for value in list {
            match value {
                Value::Text(text) => texts.push(text),
                Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => {
                    self.malformed(what, line);
                }
            }
        }
        texts
    }

    /// An object.
    pub(super) fn object(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Option<Fields<'t>> {
        match fields.take(key)? {
            Value::Object(object) => Some(object),
            Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => {
                let line = self.line(fields);
                self.malformed(&format!("{path}.{key}"), line);
                None
            }
        }
    }

    /// Gives a component of the document its reference. The described component is often listed
    /// once more under the same one; only a name for two different things is a fault.
    pub(super) fn define(&mut self, id: ComponentId) {
        let Some(component) = self.sbom.component(id) else { return };
        let (reference, line) = (component.reference.clone(), component.line);
        let Some(before) = self.graph.define(reference.clone(), id, line) else { return };
        let same = |a: &Component<'_>, b: &Component<'_>| {
            (&a.name, &a.version, a.purl()) == (&b.name, &b.version, b.purl())
        };
        let both = self.sbom.component(before).zip(self.sbom.component(id));
        if !both.is_some_and(|(before, again)| same(before, again)) {
            self.graph.repeated(reference, line);
        }
    }
}

/// A version that is not read.
fn unread(version: &str) -> ReadError {
    let version = beginning(version);
    let message = format!("specVersion is {version}; CycloneDX is read from 1.2 to 1.7");
    ReadError::new(ReadErrorKind::UnknownVersion, message)
}
