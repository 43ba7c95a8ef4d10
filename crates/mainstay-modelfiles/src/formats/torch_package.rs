//! torch.package: a zip with pickles and the Python source that they need.
//!
//! Format: `torch/package` of PyTorch, "package format". `PackageImporter` runs the modules of the
//! package when something is loaded from it; `.data/extern_modules` lists the modules that are
//! imported from the machine.

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::formats::python;
use crate::part::Part;
use crate::python_source;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torch-package", is_of, read };

fn is_of(members: &dyn Members) -> bool {
    members.paths().iter().any(|path| {
        path.strip_suffix(".data/extern_modules")
            .is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
    })
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    let modules = members.paths().iter().filter(|path| path.to_ascii_lowercase().ends_with(".py"));
    let mut told = false;
    for path in modules {
        let Some(content) = members.content(path, examination) else { continue };
        let inner = part.inside(path, &content);
        if !told && !content.iter().all(u8::is_ascii_whitespace) {
            told = true;
            let message = "the package holds Python modules of its own, which run when something \
                           is loaded from it";
            examination.danger(Danger::new(DangerCode::CarriesCode, inner.whole(), message));
        }
        if !python::was_read(&inner, path, members) {
            let when = "when the package is loaded";
            let source = String::from_utf8_lossy(&content);
            python_source::look_at(&source, &inner, when, examination);
        }
    }
    let extern_modules = members.paths().iter().find(|path| path.ends_with("extern_modules"));
    if let Some(path) = extern_modules
        && examination.describes()
        && let Some(content) = members.content(path, examination)
    {
        let modules =
            String::from_utf8_lossy(&content).split_whitespace().collect::<Vec<_>>().join(" ");
        examination.describe(|description| description.fact("imports from the machine", &modules));
    }
}
