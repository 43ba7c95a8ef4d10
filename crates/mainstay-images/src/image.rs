//! From the parts of an image to its file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mainstay_archives::{Budget, Note};
use mainstay_reading::{Anomaly, AnomalyCode, Gap, Place, ReadError};

use crate::layer::{self, Layer, Wanted};
use crate::layout::{self, Layout, Planned, PlannedLayer};
use crate::parts::Parts;
use crate::root::Root;

/// Everything in an archive or a folder of images.
pub struct Images<'b> {
    /// The images, each laid out.
    pub list: Vec<Image<'b>>,
    /// Names of what is no image or not there, and why it was left out.
    pub left_out: Vec<(String, String)>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// What an honest tool would not write.
    pub anomalies: Vec<Anomaly>,
}

/// One image.
pub struct Image<'b> {
    /// Its name and tag, where the archive keeps one.
    pub name: String,
    /// `linux/amd64`; empty when nothing says it.
    pub platform: String,
    /// Its layers, the lowest first.
    pub layers: Vec<ImageLayer>,
    /// Its file system.
    pub root: Root<'b>,
}

/// A layer of an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageLayer {
    /// The digest of its tar, as a configuration lists it, else of what lies there.
    pub digest: String,
    /// The step of the build that made it, as its history says.
    pub created_by: Option<String>,
}

impl fmt::Display for Image<'_> {
    /// `app:1.0 linux/amd64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&*self.name, &*self.platform];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        f.write_str(&parts.join(" "))
    }
}

/// Reads every image. `wanted` says of a path and a size whether the content is to be kept; a file
/// above `largest` bytes never is.
///
/// # Errors
/// It is no image, or what it begins with cannot be read.
pub fn read<'b>(
    parts: &mut dyn Parts,
    wanted: &dyn Fn(&str, u64) -> bool,
    largest: u64,
    budget: &'b Budget,
) -> Result<Images<'b>, ReadError> {
    let layout = layout::read(parts)?;
    let paths: BTreeSet<String> = layout
        .images
        .iter()
        .flat_map(|image| image.layers.iter().map(|layer| layer.path.clone()))
        .collect();
    let Layout { images: planned, left_out, gaps, anomalies } = layout;
    let mut images = Images { list: Vec::new(), left_out, gaps, anomalies };
    let mut layers: BTreeMap<String, Layer<'b>> = BTreeMap::new();
    let wanted: Wanted<'_> = wanted;
    let visited = parts.visit(&paths, &mut |path, stream| {
        layers.insert(path.to_owned(), layer::read(stream, wanted, largest, budget));
    });
    if let Err(error) = visited {
        images.gaps.push(Gap {
            place: Place::default(),
            reason: format!("not all of it was read: {}", error.message),
            advice: error.advice,
        });
    }
    let layer_of: BTreeMap<&str, &PlannedLayer> =
        planned.iter().flat_map(|image| &image.layers).map(|layer| (&*layer.path, layer)).collect();
    for (path, planned) in layer_of {
        images.judge(path, planned, layers.get(path), parts);
    }
    for plan in planned {
        let image = images.lay_out(plan, &layers);
        images.list.push(image);
    }
    Ok(images)
}

impl<'b> Images<'b> {
    fn anomaly(&mut self, code: AnomalyCode, path: &str, message: String) {
        self.anomalies.push(Anomaly { code, entry: None, place: Place::member(path), message });
    }

    fn gap(&mut self, path: &str, reason: String, advice: &str) {
        self.gaps.push(Gap { place: Place::member(path), reason, advice: advice.to_owned() });
    }

    /// What is to be said about a layer, once.
    fn judge(
        &mut self,
        path: &str,
        planned: &PlannedLayer,
        layer: Option<&Layer<'b>>,
        parts: &mut dyn Parts,
    ) {
        let Some(layer) = layer else {
            let kind = if planned.media_type.contains("nondistributable")
                || planned.media_type.contains("foreign")
            {
                "a layer that may not be passed on is not in it"
            } else if parts.document(path, 1).is_ok_and(|found| found.is_some()) {
                "a layer is not a tar"
            } else {
                "a layer is not in it"
            };
            self.gap(path, format!("{kind}; what it adds is not known"), "save the whole image");
            return;
        };
        if let Some(error) = &layer.problem {
            let reason = format!("a layer was not read to its end: {}", error.message);
            self.gap(path, reason, error.kind.advice());
        }
        let compared = [
            (&planned.digest, &layer.digest, "the layer"),
            (&planned.diff_id, &layer.diff_id, "the tar in the layer"),
        ];
        for (wanted, found, what) in compared {
            let Some((wanted, found)) = wanted.as_ref().zip(found.as_ref()) else { continue };
            if wanted.starts_with("sha256:") && wanted != found {
                let message = format!("{what} has the digest {found}, the image says {wanted}");
                self.anomaly(AnomalyCode::WrongContent, path, message);
            }
        }
        for name in layer.odd_whiteouts.iter().take(TOLD) {
            let message = format!("the whiteout {name:?} would remove something outside");
            self.anomaly(AnomalyCode::PathLeadsOut, path, message);
        }
        for Note { code, member, message } in layer.notes.clone().into_list() {
            if counts(code) {
                let place =
                    member.map_or_else(|| path.to_owned(), |name| format!("{path}!/{name}"));
                self.anomaly(code, &place, message);
            }
        }
    }

    fn lay_out(&mut self, plan: Planned, layers: &BTreeMap<String, Layer<'b>>) -> Image<'b> {
        let mut root = Root::default();
        let mut told = Vec::with_capacity(plan.layers.len());
        for (position, planned) in plan.layers.into_iter().enumerate() {
            if let Some(layer) = layers.get(&planned.path) {
                for path in root.apply(position, layer).iter().take(TOLD) {
                    let message = format!("the hard link {path:?} leads to nothing in the image");
                    self.anomaly(AnomalyCode::LinkLeadsOut, &planned.path, message);
                }
            }
            told.push(ImageLayer {
                digest: planned.diff_id.or(planned.digest).unwrap_or(planned.path),
                created_by: planned.created_by,
            });
        }
        Image { name: plan.name, platform: plan.platform, layers: told, root }
    }
}

/// So many odd things of one sort in one layer are told.
const TOLD: usize = 10;

/// Whether a note is odd in a layer. A file system has devices, files of any name, and files that
/// a step wrote twice.
fn counts(code: AnomalyCode) -> bool {
    match code {
        AnomalyCode::PathLeadsOut
        | AnomalyCode::LinkLeadsOut
        | AnomalyCode::HeadersDisagree
        | AnomalyCode::UnlistedBytes
        | AnomalyCode::Encrypted
        | AnomalyCode::Overlap
        | AnomalyCode::WrongName
        | AnomalyCode::WrongContent
        | AnomalyCode::UnnamedPackage
        | AnomalyCode::VulnerableClass => true,
        AnomalyCode::Device | AnomalyCode::DuplicateMember | AnomalyCode::DeceptiveName => false,
    }
}
