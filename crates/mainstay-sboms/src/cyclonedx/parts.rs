//! The small parts that stand in many places: hashes, licences, parties, addresses, properties.

use super::reader::Reader;
use super::value::{Fields, Value};
use super::words;
use crate::{
    Acknowledgement, Hash, HashAlgorithm, Licence, LicenceText, Party, PartyKind, Property,
    Reference, Swid, Text,
};

impl<'t> Reader<'t> {
    /// `hashes`: algorithm and content.
    pub(super) fn hashes(&mut self, fields: &mut Fields<'t>, path: &str) -> Vec<Hash<'t>> {
        let mut hashes = Vec::new();
        for mut one in self.objects(fields, "hashes", path) {
            let algorithm = self.text(&mut one, "alg", path);
            let value = self.text(&mut one, "content", path);
            if let (Some(algorithm), Some(value)) = (algorithm, value) {
                hashes.push(Hash { algorithm: HashAlgorithm::from_name(algorithm), value });
            } else {
                let line = self.line(fields);
                self.malformed(&format!("{path}.hashes"), line);
            }
        }
        hashes
    }

    /// `licenses`: expressions, and licences by id or name.
    pub(super) fn licences(
        &mut self,
        fields: &mut Fields<'t>,
        path: &str,
        unstated: Acknowledgement,
    ) -> Vec<Licence<'t>> {
        let mut licences = Vec::new();
        for mut choice in self.objects(fields, "licenses", path) {
            let line = self.line(&choice);
            let nested = choice.take("license");
            let mut one = match nested {
                Some(Value::Object(licence)) => licence,
                Some(_) => {
                    self.malformed(&format!("{path}.licenses.license"), line);
                    continue;
                }
                None => choice,
            };
            let id = self.text(&mut one, "expression", path);
            let id = id.or_else(|| self.text(&mut one, "id", path));
            let name = self.text(&mut one, "name", path);
            let text = match (id, name) {
                (Some(id), _) => LicenceText::Expression(id),
                // What is written for SPDX's words, which are names of no licence.
                (None, Some(name)) if name == "NONE" => LicenceText::None,
                (None, Some(name)) if name == "NOASSERTION" => LicenceText::NoAssertion,
                (None, Some(name)) => LicenceText::Name(name),
                (None, None) => {
                    self.malformed(&format!("{path}.licenses"), line);
                    continue;
                }
            };
            let acknowledgement = match self.text(&mut one, "acknowledgement", path).as_deref() {
                None => unstated,
                Some("declared") => Acknowledgement::Declared,
                Some("concluded") => Acknowledgement::Concluded,
                Some(_) => {
                    self.malformed(&format!("{path}.licenses.acknowledgement"), line);
                    unstated
                }
            };
            let url = self.text(&mut one, "url", path);
            let full_text = self.attachment(&mut one, "text", &format!("{path}.licenses.text"));
            one.take("bom-ref");
            self.leave(&one, &format!("{path}.licenses"), line);
            licences.push(Licence { text, acknowledgement, url, full_text });
        }
        licences
    }

    /// An attached text in plain form. In another form (base64) it is left out.
    fn attachment(&mut self, fields: &mut Fields<'t>, key: &str, path: &str) -> Option<Text<'t>> {
        let mut attached = match fields.take(key)? {
            Value::Object(attached) => attached,
            Value::Text(text) => return Some(text),
            Value::Null | Value::Bool(_) | Value::List(_) => {
                self.malformed(path, None);
                return None;
            }
        };
        let line = self.line(&attached);
        if self.text(&mut attached, "encoding", path).is_some() {
            self.sbom.leave_out(path, line);
            return None;
        }
        attached.take("contentType");
        self.text(&mut attached, "content", path)
    }

    /// An organisation or a person.
    pub(super) fn party(
        &mut self,
        mut fields: Fields<'t>,
        kind: PartyKind,
        path: &str,
    ) -> Party<'t> {
        let line = self.line(&fields);
        let mut party = Party { kind, ..Party::default() };
        party.name = self.text(&mut fields, "name", path).unwrap_or_default();
        party.phone = self.text(&mut fields, "phone", path);
        party.emails.extend(self.text(&mut fields, "email", path));
        match fields.take("url") {
            Some(Value::Text(url)) => party.urls.push(url),
            Some(Value::List(list)) => {
                party.urls = self.texts_of(list, &format!("{path}.url"), line);
            }
            Some(Value::Bool(_) | Value::Object(_)) => {
                self.malformed(&format!("{path}.url"), line);
            }
            Some(Value::Null) | None => {}
        }
        for contact in self.objects(&mut fields, "contact", path) {
            // A contact is a person, and has no contacts of its own.
            let contact = self.person(contact, path);
            party.contacts.push(contact);
        }
        fields.take("bom-ref");
        self.leave(&fields, path, line);
        party
    }

    fn person(&mut self, mut fields: Fields<'t>, path: &str) -> Party<'t> {
        let mut person = Party { kind: PartyKind::Person, ..Party::default() };
        person.name = self.text(&mut fields, "name", path).unwrap_or_default();
        person.phone = self.text(&mut fields, "phone", path);
        person.emails.extend(self.text(&mut fields, "email", path));
        person
    }

    /// A party in a field.
    pub(super) fn party_in(
        &mut self,
        fields: &mut Fields<'t>,
        key: &str,
        path: &str,
    ) -> Option<Party<'t>> {
        let party = self.object(fields, key, path)?;
        Some(self.party(party, PartyKind::Organisation, &format!("{path}.{key}")))
    }

    /// `authors`: persons. Before 1.6 a component has one author, as a text.
    pub(super) fn authors(&mut self, fields: &mut Fields<'t>, path: &str) -> Vec<Party<'t>> {
        let mut authors = Vec::new();
        for author in self.objects(fields, "authors", path) {
            authors.push(self.party(author, PartyKind::Person, &format!("{path}.authors")));
        }
        if let Some(author) = self.text(fields, "author", path) {
            authors.push(Party::named(PartyKind::Unknown, author));
        }
        authors
    }

    /// `externalReferences`.
    pub(super) fn references(&mut self, fields: &mut Fields<'t>, path: &str) -> Vec<Reference<'t>> {
        let mut references = Vec::new();
        for mut one in self.objects(fields, "externalReferences", path) {
            let line = self.line(&one);
            let Some(url) = self.text(&mut one, "url", path) else {
                self.malformed(&format!("{path}.externalReferences"), line);
                continue;
            };
            let word = self.text(&mut one, "type", path).unwrap_or(Text::Borrowed("other"));
            let comment = self.text(&mut one, "comment", path);
            let hashes = self.hashes(&mut one, path);
            self.leave(&one, &format!("{path}.externalReferences"), line);
            references.push(Reference { kind: words::reference(word), url, comment, hashes });
        }
        references
    }

    /// `properties`: a name that is there twice is a list of values.
    pub(super) fn properties(&mut self, list: Value<'t>, path: &str) -> Vec<Property<'t>> {
        let Value::List(list) = list else {
            self.malformed(path, None);
            return Vec::new();
        };
        let mut properties = Vec::with_capacity(list.len());
        for value in list {
            let Value::Object(mut one) = value else {
                self.malformed(path, None);
                continue;
            };
            let name = self.text(&mut one, "name", path);
            let value = self.text(&mut one, "value", path).unwrap_or_default();
            match name {
                Some(name) => properties.push(Property { name, value }),
                None => self.malformed(path, None),
            }
        }
        properties
    }

    /// `properties` in a field.
    pub(super) fn properties_in(
        &mut self,
        fields: &mut Fields<'t>,
        path: &str,
    ) -> Vec<Property<'t>> {
        match fields.take("properties") {
            Some(list) => self.properties(list, path),
            None => Vec::new(),
        }
    }

    /// `swid`.
    pub(super) fn swid(&mut self, fields: &mut Fields<'t>, path: &str) -> Option<Swid<'t>> {
        let mut one = self.object(fields, "swid", path)?;
        let line = self.line(&one);
        let path = "components.swid";
        let Some(tag_id) = self.text(&mut one, "tagId", path) else {
            self.malformed(path, line);
            return None;
        };
        let tag_version = self.text(&mut one, "tagVersion", path);
        let swid = Swid {
            tag_id,
            name: self.text(&mut one, "name", path),
            version: self.text(&mut one, "version", path),
            tag_version: tag_version.and_then(|text| text.parse().ok()),
            is_patch: self.truth(&mut one, "patch", path),
            url: self.text(&mut one, "url", path),
        };
        self.leave(&one, path, line);
        Some(swid)
    }
}
