//! Images: each file in one that is a source becomes a source of its own, read as it would be on
//! a disk, with the layer that brought it.
//!
//! A package database is replaced by every layer that installs something. The layer that brought a
//! package is the first from which on the database has it in this version.

mod folder;
mod shown;
mod strangers;
mod trees;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use mainstay_archives::{Budget, Limits as ArchiveLimits};
use mainstay_artifacts::{Artifact, is_program};
use mainstay_distributions::{DATABASES, database_of};
use mainstay_images::{
    FileNode, Image, ImageLayer, Images, NameKind, Parts, Request, TarParts, Unread,
};
use mainstay_reading::{Entry, Gap, Input, Inventory, Place, ReadError, ReadErrorKind};

use crate::confine::{open_file, too_large};
use crate::kind::{ImageForm, Kind, Reader};
use crate::model;
use crate::source::{Failure, Reading, archive_failure, read_input};
use crate::walk::{self, Found, Skipped};
use folder::FolderParts;
use shown::{SILENT, Shown, is_silent};
use strangers::{Installed, is_packed};
use trees::{ImageFolder, Trees};

/// What reading one source came to: mostly one reading.
pub(crate) struct SourceRead {
    pub(crate) readings: Vec<Reading>,
    pub(crate) skipped: Vec<Skipped>,
    /// Files in an image that are no known source.
    pub(crate) other_files: u64,
    /// What is not known about whose files are in it.
    gaps: Vec<Gap>,
}

impl SourceRead {
    /// Reads one source. `root` is the scanned folder: absolute, without links.
    pub(crate) fn of(found: Found, root: &Path, file_bytes: u64) -> Self {
        let Reader::Image(form) = found.kind.reader() else {
            return Self::one(Reading::of(found, root, file_bytes));
        };
        let mut late = BTreeSet::new();
        let mut rounds = ROUNDS;
        loop {
            rounds -= 1;
            let budget = Budget::new(limits());
            let mut looked = Shown::default();
            let wanted = |path: &str, size| is_wanted(path, size) || late.contains(path);
            let request = Request { wanted: &wanted, largest: file_bytes, onlooker: &mut looked };
            let images = match images(&found, form, root, request, &budget) {
                Ok(images) => images,
                Err(failure) => return Self::one(Reading::on_disk(found, Err(failure))),
            };
            let read = taken_in(found.clone(), &images, &looked, file_bytes);
            let missed = images.missed();
            if rounds == 0 || missed.is_subset(&late) {
                return read;
            }
            late.extend(missed);
        }
    }

    fn one(reading: Reading) -> Self {
        Self { readings: vec![reading], skipped: Vec::new(), other_files: 0, gaps: Vec::new() }
    }

    /// Reads every source of one image.
    fn take(
        &mut self,
        found: &Found,
        image: &Image<'_>,
        inside: &Inside<'_>,
        looked: &Shown,
        file_bytes: u64,
    ) {
        let layers: Vec<Arc<ImageLayer>> = image.layers.iter().cloned().map(Arc::new).collect();
        self.other_files += image.root.passed_files(&is_source);
        let files = image.root.files(&is_source).chain(databases(image));
        let (mut telling, mut silent, mut paths) = (Vec::new(), Vec::new(), Vec::new());
        let readings_before = self.readings.len();
        for file in files {
            if matches!(file.content, Err(Unread::Shown(SILENT))) {
                silent.push(file.path);
                self.other_files += 1;
                continue;
            }
            let Some(kind) = kind_of(&file, looked) else {
                silent.extend(file.content.ok().filter(|it| is_program(it)).map(|_| file.path));
                self.other_files += 1;
                continue;
            };
            let shown = format!("{}{}", inside.shown, file.path);
            if walk::lies_in_tree(file.path) && is_somebodys(kind) {
                self.belongs_to_a_package(kind, shown);
                continue;
            }
            let inner = Found {
                shown: shown.into(),
                path: found.path.clone(),
                place: inside.place.join(file.path),
                target: found.target,
                // The image was named, not what is in it.
                named: false,
                kind,
            };
            let source = Source { kind, image, path: file.path, looked, file_bytes };
            let outcome = source.read(file.content);
            let layers = match &outcome {
                Ok(inventory) => source.layers(file.layer, inventory, &layers),
                Err(_) => Vec::new(),
            };
            let outcome = outcome.map(Cow::into_owned);
            let is_telling = |read: &Inventory| !read.packages.is_empty();
            if matches!(kind, Kind::Database(_)) && outcome.as_ref().is_ok_and(is_telling) {
                telling.push(file);
            }
            let archive = Some(found.shown.len());
            self.readings.push(Reading { found: inner, outcome, archive, layers });
            paths.push(file.path);
        }
        let packed = image.root.names().filter(|(path, kind)| {
            *kind == NameKind::File && is_packed(path) && Kind::of_path(path).is_none()
        });
        silent.extend(packed.map(|(path, _)| path));
        let asked = paths.iter().chain(&silent).copied().collect();
        let trees = Trees::of(&image.root, &telling, &asked);
        let mut installed = Installed::default();
        self.set_aside(readings_before, &paths, &trees, &mut installed);
        let silent = silent.into_iter().collect();
        self.take_trees((found, inside), trees, &layers, (&silent, installed));
        if self.readings.len() == readings_before && paths.is_empty() && silent.is_empty() {
            self.gaps.push(nothing_told(inside.name(found)));
        }
    }

    /// Takes out the sources that say nothing of what the image is for: those of packages of the
    /// distribution, whose own records speak for them, and those that an installed package brought
    /// along. `paths` are those of the readings from `first` on.
    fn set_aside(
        &mut self,
        first: usize,
        paths: &[&str],
        trees: &Trees<'_>,
        installed: &mut Installed,
    ) {
        let inner = self.readings.split_off(first);
        for (reading, path) in inner.into_iter().zip(paths) {
            let kind = reading.found.kind;
            if kind.format_id() == "dotnet-deps" && reading.outcome.is_ok() {
                installed.published(path);
            }
            let is_file = matches!(kind, Kind::Lockfile(_) | Kind::Sbom(_) | Kind::Artifact(_));
            if !is_file || kind.format_id() == Kind::PROGRAM.format_id() {
                self.readings.push(reading);
            } else if trees.own(path) {
                let reason = "a package of the distribution owns it, which is looked up instead";
                let (shown, reason) = (reading.found.shown, reason.to_owned());
                self.skipped.push(Skipped { shown: shown.to_string(), reason, advice: "" });
            } else if trees.hold(path) {
                self.belongs_to_a_package(kind, reading.found.shown.to_string());
            } else {
                self.readings.push(reading);
            }
        }
    }

    /// Reads what package managers installed in an image.
    fn take_trees(
        &mut self,
        (found, inside): (&Found, &Inside<'_>),
        trees: Trees<'_>,
        layers: &[Arc<ImageLayer>],
        (silent, mut installed): (&BTreeSet<&str>, Installed),
    ) {
        for (tree, folder) in trees.iter() {
            let inner = Found {
                shown: format!("{}{}", inside.shown, folder.folder).into(),
                path: found.path.clone(),
                place: inside.place.join(folder.folder),
                target: found.target,
                named: false,
                kind: Kind::Tree(tree),
            };
            let inventory = (tree.read)(&folder);
            let own = (tree, folder.folder, trees.is_whole(folder.folder));
            installed.take(own, &folder, &inventory, silent);
            let layers = layers_of_tree(&folder, &inventory, layers);
            let archive = Some(found.shown.len());
            self.readings.push(Reading { found: inner, outcome: Ok(inventory), archive, layers });
        }
        for (reason, (first, count)) in &trees.aside {
            let reason = match count {
                1 => (*reason).to_owned(),
                _ => format!("{reason}; there are {count} such folders"),
            };
            let shown = format!("{}{first}", inside.shown);
            self.skipped.push(Skipped { shown, reason, advice: "" });
        }
        for (folder, files) in &trees.owned {
            let reason = format!(
                "files that packages of the distribution own, which are looked up instead: {files}"
            );
            let shown = format!("{}{folder}", inside.shown);
            self.skipped.push(Skipped { shown, reason, advice: "" });
        }
        let strangers = trees.strangers(silent, &installed);
        // Of several images the name of this one stands before the path.
        let image = inside.name(found);
        let within = |gap: Gap| {
            let member = gap.place.member.map(|path| Arc::from(format!("{image}{path}")));
            Gap { place: Place { member, ..gap.place }, ..gap }
        };
        self.gaps.extend(trees.gaps.into_iter().chain(strangers).map(within));
    }

    /// As in a folder: lockfiles of installed packages are listed, manifests are counted.
    fn belongs_to_a_package(&mut self, kind: Kind, shown: String) {
        if kind.locked_by().is_some() {
            self.other_files += 1;
        } else {
            let reason = "belongs to an installed package".to_owned();
            self.skipped.push(Skipped { shown, reason, advice: "take it out and scan it" });
        }
    }
}

/// An image is read again when sources asked for files that nobody could know of: what a link leads
/// to, what a file includes. So often in all.
const ROUNDS: u32 = 4;

/// Whether a source says something of the project that it lies in, and so nothing of this one where
/// that is an installed package.
fn is_somebodys(kind: Kind) -> bool {
    matches!(kind, Kind::Lockfile(_))
}

/// Package databases that lie behind links of folders, where no file has the path of one.
fn databases<'i>(image: &'i Image<'_>) -> impl Iterator<Item = FileNode<'i>> {
    let paths = DATABASES.iter().flat_map(|database| database.paths);
    paths.filter(|path| !path.ends_with('/')).filter_map(|path| {
        let (real, file) = image.root.behind_links(path)?;
        database_of(&real).is_none().then_some(file)
    })
}

/// An image has many layers of many small files, of which some pack well.
fn limits() -> ArchiveLimits {
    ArchiveLimits {
        members: 4_000_000,
        unpacked_bytes: 64 << 30,
        ratio: 1000,
        ratio_from: 256 << 20,
        ..ArchiveLimits::default()
    }
}

fn images<'b>(
    found: &Found,
    form: ImageForm,
    root: &Path,
    mut request: Request<'_>,
    budget: &'b Budget,
) -> Result<Images<'b>, Failure> {
    let mut read = |parts: &mut dyn Parts| {
        mainstay_images::read(parts, &mut request, budget).map_err(Failure::Format)
    };
    match form {
        ImageForm::Folder => read(&mut FolderParts::new(&found.path, root)),
        ImageForm::Archive => {
            open_file(&found.path).map_err(Failure::Disk)?;
            let open = || -> io::Result<Box<dyn Read + Send>> {
                Ok(Box::new(std::fs::File::open(&found.path)?))
            };
            let mut parts = TarParts::new(&open, budget).map_err(|error| {
                Failure::Format(ReadError::new(ReadErrorKind::Archive, error.message))
            })?;
            read(&mut parts)
        }
    }
}

/// Whether the content of a file is asked for: sources, and what they are mostly read with. Of what
/// `SQLite` writes beside a database only counts whether it is empty.
fn is_wanted(path: &str, size: u64) -> bool {
    let beside = ["etc/os-release", "usr/lib/os-release"];
    let is_included = path.strip_suffix(".in").is_some() && size <= INCLUDED_BYTES;
    let is_empty_wal = path.ends_with("-wal") && size == 0;
    beside.contains(&path) || is_included || is_empty_wal || is_source(path, size) || says_who(path)
}

/// Whether a file says which package was installed, or whose files are whose. Readers ask for others
/// too, and then the image is read once more; these are nearly all.
fn says_who(path: &str) -> bool {
    let mut names = path.rsplit('/');
    let (name, folder) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    match name {
        "METADATA" | "direct_url.json" | "RECORD" => folder.ends_with(".dist-info"),
        "PKG-INFO" => folder.ends_with(".egg-info"),
        name if name.ends_with(".gemspec") => folder == "specifications",
        name => name.strip_suffix(".list").is_some() && path.contains("var/lib/dpkg/info/"),
    }
}

/// Files that requirements include are small.
const INCLUDED_BYTES: u64 = 64 << 10;

fn is_source(path: &str, _size: u64) -> bool {
    Kind::of_path(path).is_some()
}

/// Where the files of an image stand.
struct Inside<'i> {
    /// How reports begin their paths.
    shown: String,
    /// What covers a manifest lies in the same image.
    place: &'i Path,
}

impl Inside<'_> {
    /// The name of this image among several in the archive, with its divider; else empty.
    fn name(&self, found: &Found) -> &str {
        self.shown.get(found.shown.len() + "!/".len()..).unwrap_or_default()
    }
}

/// What a file is: by its path, as on a disk, or by its content.
fn kind_of(file: &FileNode<'_>, looked: &Shown) -> Option<Kind> {
    match file.content {
        Err(Unread::Shown(number)) => Some(looked.kind(*number)),
        Ok(bytes) => {
            Kind::of_path(file.path).or_else(|| (!is_silent(bytes)).then_some(Kind::PROGRAM))
        }
        Err(_) => Kind::of_path(file.path),
    }
}

fn taken_in(found: Found, images: &Images<'_>, looked: &Shown, file_bytes: u64) -> SourceRead {
    let (readings, skipped, gaps) = (Vec::new(), Vec::new(), Vec::new());
    let mut read = SourceRead { readings, skipped, other_files: 0, gaps };
    for (name, reason) in &images.left_out {
        let shown = format!("{}!/{name}", found.shown);
        read.skipped.push(Skipped { shown, reason: reason.clone(), advice: "" });
    }
    let mut names = HashSet::new();
    for (number, image) in images.list.iter().enumerate() {
        if images.list.len() == 1 {
            let inside = Inside { shown: format!("{}!/", found.shown), place: &found.place };
            read.take(&found, image, &inside, looked, file_bytes);
            continue;
        }
        let name = image.to_string();
        let is_telling = !name.is_empty() && names.insert(name.clone());
        let numbered = || format!("{name} image {}", number + 1).trim_start().to_owned();
        let name = if is_telling { name } else { numbered() };
        let place = found.place.join(number.to_string());
        let inside = Inside { shown: format!("{}!/{name}!/", found.shown), place: &place };
        read.take(&found, image, &inside, looked, file_bytes);
    }
    let mut gaps = images.gaps.clone();
    gaps.append(&mut read.gaps);
    let own = Inventory { gaps, anomalies: images.anomalies.clone(), ..Inventory::default() };
    read.readings.insert(0, Reading::on_disk(found, Ok(own)));
    read
}

/// Of an image of other files alone; of several in an archive it has a name.
fn nothing_told(image: &str) -> Gap {
    let image = image.trim_end_matches("!/");
    Gap {
        place: if image.is_empty() { Place::default() } else { Place::member(image) },
        reason: "nothing in the image tells of a package".to_owned(),
        advice: "look at what it is made of by hand".to_owned(),
    }
}

/// For each package of a tree the layer that brought the file that identifies it. None at all where
/// that of one cannot be told.
fn layers_of_tree(
    folder: &ImageFolder<'_>,
    inventory: &Inventory,
    layers: &[Arc<ImageLayer>],
) -> Vec<Arc<ImageLayer>> {
    let layer = |entry: &Entry| {
        let at = folder.layer_of(entry.place.file.as_deref().unwrap_or_default())?;
        layers.get(at).cloned()
    };
    inventory.packages.iter().map(layer).collect::<Option<_>>().unwrap_or_default()
}

/// A source in an image.
struct Source<'i> {
    kind: Kind,
    image: &'i Image<'i>,
    path: &'i str,
    looked: &'i Shown,
    file_bytes: u64,
}

impl<'i> Source<'i> {
    /// Reads what it has, or had in an earlier layer.
    fn read(&self, content: Result<&[u8], &Unread>) -> Result<Cow<'i, Inventory>, Failure> {
        match content {
            Ok(bytes) => self.read_bytes(bytes).map(Cow::Owned),
            Err(Unread::Shown(number)) => self.looked.said(*number).map(Cow::Borrowed),
            Err(Unread::TooLarge(bytes)) => Err(Failure::Disk(too_large(*bytes, self.file_bytes))),
            Err(why) => {
                Err(Failure::Format(ReadError::new(ReadErrorKind::TooDeep, why.to_string())))
            }
        }
    }

    fn read_bytes(&self, bytes: &[u8]) -> Result<Inventory, Failure> {
        let (folder, file_name) = self.path.rsplit_once('/').unwrap_or(("", self.path));
        match self.kind.reader() {
            Reader::Whole(file) => {
                let nearby = self.image.root.beside(folder);
                read_input(file, &Input { bytes, file_name, nearby: &nearby })
            }
            Reader::InPlace(read) => {
                let budget = Budget::new(ArchiveLimits::default());
                let onlooker = Some(model::IN_PACKAGES);
                let artifact = Artifact { source: &bytes, file_name, budget: &budget, onlooker };
                read(&artifact).map_err(archive_failure)
            }
            Reader::Model => model::in_memory(file_name, bytes).ok_or_else(|| {
                Failure::Format(ReadError::new(ReadErrorKind::Archive, "it is no model"))
            }),
            // A file is neither.
            Reader::Image(_) | Reader::Tree(_) => Err(Failure::Format(ReadError::new(
                ReadErrorKind::Archive,
                "an image within an image is not read",
            ))),
        }
    }

    /// For each of its packages the layer that brought it. `brought` is the one that brought it
    /// itself.
    fn layers(
        &self,
        brought: usize,
        inventory: &Inventory,
        layers: &[Arc<ImageLayer>],
    ) -> Vec<Arc<ImageLayer>> {
        let mut brought: Vec<usize> = vec![brought; inventory.packages.len()];
        let mut is_open: Vec<bool> = vec![true; inventory.packages.len()];
        for (layer, content) in self.image.root.before(self.path) {
            let Ok(earlier) = self.read(content) else { break };
            let had: HashSet<_> = earlier.packages.iter().map(identity).collect();
            let entries = inventory.packages.iter().zip(&mut brought).zip(&mut is_open);
            let mut is_any = false;
            for ((entry, brought), is_open) in entries {
                *is_open &= had.contains(&identity(entry));
                if *is_open {
                    *brought = layer;
                    is_any = true;
                }
            }
            if !is_any {
                break;
            }
        }
        brought.into_iter().filter_map(|layer| layers.get(layer).cloned()).collect()
    }
}

fn identity(entry: &Entry) -> (&str, Option<&str>) {
    (entry.name.key(), entry.version.exact())
}
