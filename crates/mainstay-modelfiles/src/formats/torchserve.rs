//! A TorchServe archive (`.mar`): a zip or a tar with `MAR-INF/MANIFEST.json`, weights, and the code
//! of a handler.
//!
//! Format: `model-archiver` of TorchServe, "Artifact details". The server runs the handler, and
//! installs what the file of requirements asks for.

use mainstay_reading::{Danger, DangerCode};
use serde::Deserialize;

use crate::examination::Examination;
use crate::formats::{python, requirements};
use crate::front_door;
use crate::part::Part;
use crate::python_source;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torchserve", is_of, read };

const MANIFEST: &str = "MAR-INF/MANIFEST.json";
/// Larger manifests are not read; honest ones have some hundred bytes.
const LONGEST: usize = 1 << 20;
/// The handlers that come with TorchServe.
const BUILT_IN: &[&str] = &[
    "base_handler",
    "image_classifier",
    "image_segmenter",
    "object_detector",
    "text_classifier",
    "text_handler",
    "vision_handler",
    "densenet_handler",
];

#[derive(Deserialize)]
struct Manifest {
    model: Option<Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    handler: Option<String>,
    requirements_file: Option<String>,
}

fn is_of(members: &dyn Members) -> bool {
    members.paths().iter().any(|path| &**path == MANIFEST)
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    let model = manifest(part, members, examination);
    for path in members.paths().iter().filter(|path| path.to_ascii_lowercase().ends_with(".py")) {
        let Some(content) = members.content(path, examination) else { continue };
        let inner = part.inside(path, &content);
        let message = "the archive holds Python code, which TorchServe runs with the model";
        examination.danger(Danger::new(DangerCode::CarriesCode, inner.whole(), message));
        if !python::was_read(&inner, path, members) {
            let when = "when TorchServe serves the model";
            let source = String::from_utf8_lossy(&content);
            python_source::look_at(&source, &inner, when, examination);
        }
    }
    let Some(Model { handler, requirements_file }) = model else { return };
    if let Some(handler) = handler {
        judge_handler(&handler, part, members, examination);
    }
    if let Some(path) = requirements_file.filter(|path| !path.is_empty()) {
        read_requirements(&path, part, members, examination);
    }
}

/// Reads the list of packages that the manifest names, whatever its name is.
fn read_requirements(
    stated: &str,
    part: &Part<'_>,
    members: &dyn Members,
    examination: &mut Examination<'_>,
) {
    let plain = stated.trim_start_matches("./");
    let name = plain.rsplit('/').next();
    let paths = members.paths();
    let found = paths
        .iter()
        .find(|path| &***path == plain)
        .or_else(|| paths.iter().find(|path| path.rsplit('/').next() == name));
    let Some(path) = found else {
        let reason = "the list of packages that the manifest names is not in the archive, so what \
                      is installed with the model is not known";
        let place = part.inside(MANIFEST, &[]).whole();
        return examination.gap(place, reason, "ask who packed the archive for the list");
    };
    let Some(content) = members.content(path, examination) else { return };
    let named = part.inside(path, &content);
    // One that has a usual name was read when it was met.
    if !front_door::reads_as(&requirements::FORMAT, &named) {
        examination.enter(&Part { name: "requirements.txt".into(), ..named });
    }
}

fn manifest(
    part: &Part<'_>,
    members: &dyn Members,
    examination: &mut Examination<'_>,
) -> Option<Model> {
    let content = members.content(MANIFEST, examination)?;
    let parsed = content.get(..LONGEST.min(content.len())).map(serde_json::from_slice::<Manifest>);
    if let Some(Ok(manifest)) = parsed {
        return manifest.model;
    }
    let reason = "the manifest of the archive cannot be read, so its handler is not known";
    let advice = "pack the archive again with torch-model-archiver";
    examination.gap(part.inside(MANIFEST, &content).whole(), reason, advice);
    None
}

/// A handler is a file, or a file and a function, or the name of one that comes with the server.
fn judge_handler(
    handler: &str,
    part: &Part<'_>,
    members: &dyn Members,
    examination: &mut Examination<'_>,
) {
    let module = handler.split(':').next().unwrap_or(handler);
    let stem = module.strip_suffix(".py").unwrap_or(module);
    let file = format!("{stem}.py");
    let is_inside =
        members.paths().iter().any(|path| path.rsplit('/').next() == file.rsplit('/').next());
    if !is_inside && !BUILT_IN.contains(&stem) {
        let message = format!(
            "TorchServe would run the handler {:?}, which is neither in the archive nor one of its \
             own",
            crate::wrappings::shown(handler)
        );
        let place = part.inside(MANIFEST, &[]).whole();
        examination.danger(Danger::new(DangerCode::UnknownCall, place, message));
    }
}
