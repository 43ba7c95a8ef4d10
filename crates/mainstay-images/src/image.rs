//! From the parts of an image to its file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use mainstay_archives::{Budget, Held, Note, Notes};
use mainstay_reading::{Anomaly, AnomalyCode, Gap, Place, ReadError};

use crate::layer::{self, Layer, Request};
use crate::layout::{self, Layout, Planned, PlannedLayer};
use crate::parts::Parts;
use crate::root::{Root, Turn};

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
    /// The room that the names take.
    names: Vec<Held<'b>>,
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

/// So many changes of layers are laid over one another, in all images together. A layer may be listed
/// in each of hundreds of images.
const MOST_CHANGES: usize = 16_000_000;

/// Reads every image. `request` says which content is to be kept or shown.
///
/// # Errors
/// It is no image, or what it begins with cannot be read.
pub fn read<'b>(
    parts: &mut dyn Parts,
    request: &mut Request<'_>,
    budget: &'b Budget,
) -> Result<Images<'b>, ReadError> {
    let Layout { images: mut planned, left_out, gaps, anomalies } = layout::read(parts)?;
    for layer in planned.iter_mut().flat_map(|image| &mut image.layers) {
        layer.path = parts.place(&layer.path);
    }
    let mut images = Images { list: Vec::new(), left_out, gaps, anomalies, names: Vec::new() };
    images.tell_archive(parts.take_notes());
    let paths: BTreeSet<String> = planned
        .iter()
        .flat_map(|image| image.layers.iter().map(|layer| layer.path.clone()))
        .collect();
    let mut layers: BTreeMap<String, Layer<'b>> = BTreeMap::new();
    let visited = parts.visit(&paths, &mut |path, stream| {
        layers.insert(path.to_owned(), layer::read(stream, request, budget));
    });
    if let Err(error) = visited {
        images.gaps.push(Gap {
            place: Place::default(),
            reason: format!("not all of it was read: {}", error.message),
            advice: error.advice,
        });
    }
    let (mut met, mut claims) = (BTreeSet::new(), BTreeSet::new());
    for layer in planned.iter().flat_map(|image| &image.layers) {
        let found = layers.get(&layer.path);
        if met.insert(&layer.path) {
            images.judge(layer, found, parts);
        }
        if let Some(found) = found
            && claims.insert((&layer.path, &layer.digest, &layer.diff_id))
        {
            images.compare(layer, found);
        }
    }
    let mut left = MOST_CHANGES;
    for plan in planned {
        let image = images.lay_out(plan, &layers, &mut left, budget);
        images.list.push(image);
    }
    images.names.extend(layers.into_values().map(|layer| layer.room));
    Ok(images)
}

impl<'b> Images<'b> {
    /// Files whose content was asked for and was not kept, by their paths in their layers. Whoever
    /// wants them reads again and says so.
    pub fn missed(&self) -> BTreeSet<Arc<str>> {
        self.list.iter().flat_map(|image| image.root.take_missed()).collect()
    }

    /// What is odd about the archive around the layers.
    fn tell_archive(&mut self, notes: Notes) {
        for Note { code, member, message } in notes.into_list() {
            self.anomaly(code, &member.unwrap_or_default(), message);
        }
    }

    fn anomaly(&mut self, code: AnomalyCode, path: &str, message: String) {
        self.anomalies.push(Anomaly { code, entry: None, place: Place::member(path), message });
    }

    fn gap(&mut self, path: &str, reason: String, advice: &str) {
        self.gaps.push(Gap { place: Place::member(path), reason, advice: advice.to_owned() });
    }

    /// What is to be said about a layer, once.
    fn judge(&mut self, planned: &PlannedLayer, layer: Option<&Layer<'b>>, parts: &mut dyn Parts) {
        let path = &*planned.path;
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

    /// Compares a layer with the digests that an image gives it.
    fn compare(&mut self, planned: &PlannedLayer, layer: &Layer<'b>) {
        let compared = [
            (&planned.digest, &layer.digest, "the layer"),
            (&planned.diff_id, &layer.diff_id, "the tar in the layer"),
        ];
        for (wanted, found, what) in compared {
            let Some((wanted, found)) = wanted.as_ref().zip(found.as_ref()) else { continue };
            if wanted.starts_with("sha256:") && wanted != found {
                let message = format!("{what} has the digest {found}, the image says {wanted}");
                self.anomaly(AnomalyCode::WrongContent, &planned.path, message);
            }
        }
    }

    fn lay_out(
        &mut self,
        plan: Planned,
        layers: &BTreeMap<String, Layer<'b>>,
        left: &mut usize,
        budget: &'b Budget,
    ) -> Image<'b> {
        let mut root = Root::new(budget);
        let there = plan.layers.iter().enumerate();
        let there = there.filter_map(|(at, planned)| {
            let path = &*planned.path;
            Some((at, path, layers.get(path)?))
        });
        let mut laid: Vec<(usize, &str, &Layer<'b>)> = there.collect();
        // Upon itself a layer changes nothing.
        laid.dedup_by_key(|(_, path, _)| *path);
        let mut times: BTreeMap<&str, Times> = BTreeMap::new();
        for (position, path, _) in &laid {
            let once = Times { first: *position, last: *position, laid_on: 0 };
            times.entry(path).or_insert(once).last = *position;
        }
        for (position, path, layer) in laid {
            let Some(times) = times.get_mut(path) else { continue };
            let Some(turn) = times.turn_at(position) else {
                if !layer.changes.is_empty() {
                    self.tell_left_out_turn(path);
                }
                continue;
            };
            match lay_on(&mut root, turn, layer, left) {
                Ok(broken) if turn.is_first() => self.tell_broken(path, &broken),
                Ok(_) => {}
                Err(why) => {
                    let reason = format!("the image was not laid out from this layer on: {why}");
                    self.gap(path, reason, "scan its images one by one");
                    break;
                }
            }
        }
        let told = plan.layers.into_iter().map(|planned| ImageLayer {
            digest: planned.diff_id.or(planned.digest).unwrap_or(planned.path),
            created_by: planned.created_by,
        });
        Image { name: plan.name, platform: plan.platform, layers: told.collect(), root }
    }

    fn tell_left_out_turn(&mut self, layer: &str) {
        let most = Times::MOST;
        let reason = format!("a layer comes more than {most} times, and not each was laid on");
        let gap = Gap {
            place: Place::member(layer),
            reason,
            advice: "find out who made the image: no build lists a layer so often".to_owned(),
        };
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn tell_broken(&mut self, layer: &str, links: &[Arc<str>]) {
        for path in links.iter().take(TOLD) {
            let message = format!("the hard link {path:?} leads to nothing in the image");
            self.anomaly(AnomalyCode::LinkLeadsOut, layer, message);
        }
    }
}

/// When a layer comes in an image. It may come again, and puts back then what others took away.
struct Times {
    first: usize,
    last: usize,
    /// How often it was laid on.
    laid_on: usize,
}

impl Times {
    /// So often a layer is laid on, and once more where it comes last. No real image has a layer
    /// that changes anything so often, and a made-up one would cost much. Links may then lead
    /// elsewhere than in the image, so it is told.
    const MOST: usize = 8;

    /// The turn at this position, if the layer is to be laid on there.
    fn turn_at(&mut self, position: usize) -> Option<Turn> {
        self.laid_on += 1;
        let is_laid_on = self.laid_on <= Self::MOST || position == self.last;
        is_laid_on.then_some(Turn { position, first: self.first })
    }
}

/// Lays a layer over a file system, as long as any changes are left.
fn lay_on<'b>(
    root: &mut Root<'b>,
    turn: Turn,
    layer: &Layer<'b>,
    left: &mut usize,
) -> Result<Vec<Arc<str>>, String> {
    *left = left
        .checked_sub(layer.changes.len())
        .ok_or_else(|| format!("more than {MOST_CHANGES} files in all images together"))?;
    root.apply(turn, layer).map_err(|error| error.message)
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
