//! A property as a remark, for standards that have no properties: `mainstay:scope=dev`. One whose
//! name is not Mainstay's own is written under `mainstay:property:`, so that it is read back too.

use std::borrow::Cow;

use crate::{End, Property, Sbom, Text};

/// What the names of Mainstay's own properties begin with.
const OWN: &str = "mainstay:";

/// What stands before the name of another's property.
const OTHERS: &str = "mainstay:property:";

/// The remark that keeps a property.
pub(crate) fn of(name: &str, value: &str) -> String {
    // The name ends at the first sign of equality.
    let name = if name.contains(['%', '=']) {
        Cow::Owned(name.replace('%', "%25").replace('=', "%3D"))
    } else {
        Cow::Borrowed(name)
    };
    let before = if name.starts_with(OWN) && !name.starts_with(OTHERS) { "" } else { OTHERS };
    format!("{before}{name}={value}")
}

/// Makes properties again of the remarks that keep one.
pub(crate) fn take(sbom: &mut Sbom<'_>) {
    let Sbom { annotations, components, document, .. } = sbom;
    annotations.retain_mut(|annotation| {
        let [subject] = *annotation.subjects.as_slice() else { return true };
        let Some(property) = property(&annotation.text) else { return true };
        match subject {
            End::Document => document.properties.push(property),
            End::Component(id) => {
                let Some(component) = components.get_mut(id.position()) else { return true };
                component.details_mut().properties.push(property);
            }
            End::External(_) | End::Nothing | End::NoAssertion => return true,
        }
        false
    });
}

/// The property that a remark keeps.
fn property<'t>(text: &Text<'t>) -> Option<Property<'t>> {
    if !text.starts_with(OWN) {
        return None;
    }
    let (end, value) = (text.find('=')?, text.find('=')? + 1);
    let is_name = text.get(..end)?.chars().all(|c| !c.is_whitespace() && !c.is_control())
        || text.starts_with(OTHERS);
    let start = if text.starts_with(OTHERS) { OTHERS.len() } else { 0 };
    let name = part(text, start, end);
    let name = if name.contains('%') {
        Cow::Owned(name.replace("%3D", "=").replace("%25", "%"))
    } else {
        name
    };
    is_name.then(|| Property { name, value: part(text, value, text.len()) })
}

fn part<'t>(text: &Text<'t>, start: usize, end: usize) -> Text<'t> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or("")),
        Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or("").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_comes_back_from_its_remark() {
        for (name, value) in [
            ("mainstay:scope", "dev"),
            ("cdx:npm:package:development", "true"),
            ("a=b%3D c", " =x\ny "),
            ("mainstay:property:x", ""),
        ] {
            let text = Text::Owned(of(name, value));
            let read = property(&text).unwrap();
            assert_eq!((&*read.name, &*read.value), (name, value), "{text}");
        }
    }

    #[test]
    fn what_people_write_is_no_property() {
        for text in ["scope=dev", "mainstay: looked at, a=b", "mainstay:scope"] {
            assert_eq!(property(&Text::Borrowed(text)), None, "{text}");
        }
    }
}
