//! The loop: ask for the smallest change, scan again, keep it or put it back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mainstay_lockfiles::format_of;
use mainstay_reading::{Input, Inventory, NothingNearby};
use mainstay_scan::{Said, Scan, SourceStatus, Weight};
use mainstay_types::PackageName;

use crate::changes::changes;
use crate::client::{Client, NoAnswer, Reach, Resolver, Target};
use crate::flaws::{Flaw, greatest};
use crate::graph::{Above, dropped};
use crate::model::{
    Change, Choice, Left, Mended, Options, Outcome, Plan, Planned, Released, RepairError, Rescan,
    Rewrite,
};
use crate::released::old_enough;
use crate::tool::{Run, ToolError};
use crate::workshop::Workshop;

/// A resolver is asked at most this often for one lockfile.
const MOST_QUESTIONS: usize = 200;
/// A goal that brings another flaw with a fix of its own is raised at most this often.
const MOST_RAISES: usize = 5;

/// Plans for every source of a scan that holds chosen findings. Writes nothing but in workshops,
/// which lie in the folder `within`. What a statement silences is left alone; `rescan` hears the
/// same statements.
pub fn plan(
    scan: &Scan,
    choice: &Choice,
    options: &Options,
    tools: &dyn Run,
    rescan: &dyn Rescan,
    within: &Path,
) -> Result<Planned, RepairError> {
    let mut flaws: Vec<Flaw> = Flaw::all(scan);
    let mut left_alone = Flaw::silenced(scan);
    let all: Vec<&Flaw> = flaws.iter().chain(left_alone.iter().map(|one| &one.flaw)).collect();
    let idle = choice.idle(&all);
    flaws.retain(|flaw| choice.takes(flaw));
    let in_part = silenced_in_part(scan);
    let mut plans = Vec::new();
    left_alone.retain(|one| choice.takes(&one.flaw));
    for source in &scan.sources {
        let Some(format) = source.format else { continue };
        let mut here = flaws_in(scan, &flaws, &source.path);
        let place = PathBuf::from(&source.path);
        if here.iter().any(|flaw| in_part.iter().any(|one| one.is_same(flaw))) {
            // Silenced in this source, and open in another one.
            let alone = Flaw::silenced(&rescan.scan(&place));
            here.retain(|flaw| {
                let said = alone
                    .iter()
                    .find(|one| one.flaw.is_same(flaw) && one.flaw.version == flaw.version);
                left_alone.extend(said.cloned());
                said.is_none()
            });
        }
        if here.is_empty() {
            continue;
        }
        let outcome = match Client::of_format(format) {
            None => not_yet(format, here),
            Some(client) => {
                mend(client, &place, here, Surroundings { options, tools, rescan, within })?
            }
        };
        plans.push(Plan { path: source.path.clone(), place, format, outcome });
    }
    Ok(Planned { plans, left_alone, idle })
}

/// The flaws of which a statement says "not affected" in some of their places.
fn silenced_in_part(scan: &Scan) -> Vec<Flaw> {
    let in_part = |said: &Said| said.standing == Weight::CountsInPart;
    let silenced = scan.findings.iter().filter(|one| one.statements.iter().any(in_part));
    silenced.filter_map(|one| Flaw::of(one, scan)).collect()
}

/// The chosen flaws that stand in this source.
fn flaws_in(scan: &Scan, flaws: &[Flaw], path: &str) -> Vec<Flaw> {
    let stands_here = |flaw: &&Flaw| {
        scan.packages.iter().any(|package| {
            package.name == flaw.package
                && package.version.exact() == Some(&flaw.version)
                && package.locations.iter().any(|place| *place.path == *path)
        })
    };
    flaws.iter().filter(stands_here).cloned().collect()
}

fn not_yet(format: &str, flaws: Vec<Flaw>) -> Outcome {
    Outcome::NotTried {
        why: format!("{format} cannot be mended yet"),
        advice: "move the packages with the client that wrote the file, to the versions that the \
                 findings name"
            .to_owned(),
        flaws,
    }
}

/// What a plan needs of the world.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    options: &'a Options,
    tools: &'a dyn Run,
    rescan: &'a dyn Rescan,
    within: &'a Path,
}

fn mend(
    client: Client,
    place: &Path,
    chosen: Vec<Flaw>,
    around: Surroundings<'_>,
) -> Result<Outcome, RepairError> {
    let workshop = Workshop::of(client, place, around.within)?;
    let resolver = client.resolver(around.tools, workshop.folder(), around.options.network);
    let resolver = match resolver {
        Ok(resolver) => resolver,
        Err(error) => {
            let advice = match error {
                ToolError::Absent(_) => "install it, and run this again",
                ToolError::Late { .. } | ToolError::Failed { .. } => "see that it runs by itself",
            };
            let (why, advice) = (error.to_string(), advice.to_owned());
            return Ok(Outcome::NotTried { why, advice, flaws: chosen });
        }
    };
    // Once it runs, a resolver may do anything to the copy. What came of it is told with this
    // source, and the others are planned all the same.
    let flaws = chosen.clone();
    worked(workshop, resolver, chosen, around).or_else(|error| {
        let advice =
            "see that the resolver runs by itself here, and that there is room on the disk";
        Ok(Outcome::NotTried { why: error.to_string(), advice: advice.to_owned(), flaws })
    })
}

/// Works on the copy until no upgrade is left to try.
fn worked(
    workshop: Workshop,
    resolver: Resolver,
    chosen: Vec<Flaw>,
    around: Surroundings<'_>,
) -> Result<Outcome, RepairError> {
    let before = workshop.read()?;
    let scan = around.rescan.scan(workshop.lock());
    let mut bench = Bench {
        around,
        resolver,
        chosen,
        before: Flaw::all(&scan),
        unknown: unknown(&scan),
        first: before.clone(),
        best: before,
        now: Flaw::all(&scan),
        held: BTreeMap::new(),
        asked: 0,
        workshop,
    };
    bench.work()?;
    bench.let_cool()?;
    bench.finish().map(Outcome::Tried)
}

/// What a scan does not know, as lines that can be compared over versions: what was not known of
/// a package before is nothing new when the package has moved.
fn unknown(scan: &Scan) -> BTreeSet<String> {
    let names: BTreeMap<String, String> =
        scan.packages.iter().map(|one| (one.label(), one.name.to_string())).collect();
    scan.unknowns
        .iter()
        .map(|unknown| {
            let subject = names.get(&unknown.subject).unwrap_or(&unknown.subject);
            format!("{subject}: {}", unknown.message)
        })
        .collect()
}

/// One lockfile on the bench.
struct Bench<'a> {
    around: Surroundings<'a>,
    resolver: Resolver,
    workshop: Workshop,
    chosen: Vec<Flaw>,
    /// Every flaw before, chosen or not.
    before: Vec<Flaw>,
    unknown: BTreeSet<String>,
    first: Vec<u8>,
    /// The best lockfile so far, and its flaws.
    best: Vec<u8>,
    now: Vec<Flaw>,
    /// Why a package of a version could not be moved.
    held: BTreeMap<(PackageName, String), String>,
    asked: usize,
}

/// What came of one question.
enum Tried {
    /// It is better, and kept.
    Kept,
    /// It was put back, for this reason; these flaws came in, if that is the reason.
    PutBack(String, Vec<Flaw>),
}

impl Bench<'_> {
    fn work(&mut self) -> Result<(), RepairError> {
        while let Some(target) = self.next_target() {
            if !self.move_target(&target)? {
                let key = (target.name.clone(), target.version.clone());
                self.held.entry(key).or_insert_with(|| "the resolver keeps it".to_owned());
            }
            if self.asked >= MOST_QUESTIONS {
                break;
            }
        }
        Ok(())
    }

    /// The next package with a chosen flaw that has a fix and was not given up.
    fn next_target(&self) -> Option<Target> {
        let open = self.now.iter().filter(|flaw| self.is_chosen(flaw));
        let flaw = open
            .filter(|flaw| flaw.fixed_in.is_some())
            .find(|flaw| !self.held.contains_key(&(flaw.package.clone(), flaw.version.clone())))?;
        let of_it = |one: &&Flaw| one.package == flaw.package && one.version == flaw.version;
        let fixes = self.now.iter().filter(of_it).filter(|one| self.is_chosen(one));
        let ecosystem = flaw.package.ecosystem();
        let goal = greatest(ecosystem, fixes.filter_map(|one| one.fixed_in.as_deref()))?;
        Some(Target {
            name: flaw.package.clone(),
            version: flaw.version.clone(),
            goal: goal.to_owned(),
        })
    }

    fn is_chosen(&self, flaw: &Flaw) -> bool {
        self.chosen.iter().any(|one| one.is_same(flaw))
    }

    /// Asks with a growing reach until one answer is better. True when one was.
    fn move_target(&mut self, target: &Target) -> Result<bool, RepairError> {
        let mut target = target.clone();
        for _ in 0..MOST_RAISES {
            match self.try_question(&target, Reach::Exactly)? {
                Tried::Kept => return Ok(true),
                Tried::PutBack(why, brought) => {
                    self.hold(&target, why);
                    let Some(goal) = raised(&target, &brought) else { break };
                    target.goal = goal;
                }
            }
        }
        if self.is_kept(&target, Reach::Newest)? {
            return Ok(true);
        }
        let inventory = self.inventory();
        let above = Above::of(&inventory, &target.name, &target.version);
        let nearest = above.packages.get(..above.nearest).unwrap_or_default();
        if !nearest.is_empty() && self.is_kept(&target, Reach::With(nearest))? {
            return Ok(true);
        }
        Ok(above.packages.len() > above.nearest
            && self.is_kept(&target, Reach::With(&above.packages))?)
    }

    fn is_kept(&mut self, target: &Target, reach: Reach<'_>) -> Result<bool, RepairError> {
        match self.try_question(target, reach)? {
            Tried::Kept => Ok(true),
            Tried::PutBack(why, _) => {
                self.hold(target, why);
                Ok(false)
            }
        }
    }

    /// The first reason is the nearest to the package, and so the most telling.
    fn hold(&mut self, target: &Target, why: String) {
        if why != crate::client::NO_EXACT {
            self.held.entry((target.name.clone(), target.version.clone())).or_insert(why);
        }
    }

    fn try_question(&mut self, target: &Target, reach: Reach<'_>) -> Result<Tried, RepairError> {
        self.asked += 1;
        let asked = self.resolver.ask(self.around.tools, &self.workshop, target, reach);
        self.weigh(asked, IsBetter::FewerChosen)
    }

    /// Scans the answer and keeps it when it is better; else puts the best one back.
    fn weigh(
        &mut self,
        asked: Result<(), NoAnswer>,
        is_better: IsBetter,
    ) -> Result<Tried, RepairError> {
        let put_back = match asked {
            Err(NoAnswer::Repair(error)) => return Err(error),
            Err(NoAnswer::Tool(error)) => Tried::PutBack(error.to_string(), Vec::new()),
            Err(NoAnswer::Refused(why)) => Tried::PutBack(why, Vec::new()),
            Ok(()) => match self.weigh_answer(is_better)? {
                Tried::Kept => return Ok(Tried::Kept),
                put_back @ Tried::PutBack(..) => put_back,
            },
        };
        self.workshop.put(&self.best)?;
        Ok(put_back)
    }

    fn weigh_answer(&mut self, is_better: IsBetter) -> Result<Tried, RepairError> {
        let put_back = |why: &str| Ok(Tried::PutBack(why.to_owned(), Vec::new()));
        let answer = self.workshop.read()?;
        if answer == self.best {
            return put_back("nothing that needs it allows another one");
        }
        let scan = self.around.rescan.scan(self.workshop.lock());
        // What nobody can read has no finding, and is not clean for that.
        if scan.sources.iter().any(|source| source.status == SourceStatus::Failed) {
            return put_back("the resolver wrote a lockfile that cannot be read");
        }
        if let Some(name) = dropped(&self.read(&self.first), &self.read(&answer)) {
            let manifest = self.resolver.client.manifest();
            return put_back(&format!(
                "{name} would be dropped, though the lockfile says that the project asks for it: \
                 {manifest} does not agree with the lockfile"
            ));
        }
        let now = Flaw::all(&scan);
        let brought = self.brought(&now);
        if !brought.is_empty() || !is_better.holds(self.open(&now), self.open(&self.now)) {
            return Ok(Tried::PutBack(why_not(&brought), brought));
        }
        (self.best, self.now) = (answer, now);
        Ok(Tried::Kept)
    }

    /// Flaws that no package of the first lockfile had.
    fn brought(&self, now: &[Flaw]) -> Vec<Flaw> {
        let is_new = |flaw: &&Flaw| !self.before.iter().any(|old| old.is_same(flaw));
        now.iter().filter(is_new).cloned().collect()
    }

    fn open(&self, flaws: &[Flaw]) -> usize {
        flaws.iter().filter(|flaw| self.is_chosen(flaw)).count()
    }

    /// Moves what came along, and is younger than the cooldown, to older releases where it can.
    fn let_cool(&mut self) -> Result<(), RepairError> {
        let cutoff = self.around.options.cutoff();
        let ecosystem = self.chosen.first().map(|flaw| flaw.package.ecosystem());
        let Some(ecosystem) = ecosystem else { return Ok(()) };
        for change in self.changes() {
            let Some(to) = change.to.as_deref().filter(|_| change.removes.is_empty()) else {
                continue;
            };
            let releases = self.resolver.releases(&self.workshop, &change.name);
            let young = releases.iter().any(|(one, at)| one == to && *at > cutoff);
            let older = || old_enough(ecosystem, &releases, cutoff, change.from.as_deref(), to);
            let Some(older) = young.then(older).flatten() else { continue };
            self.asked += 1;
            let tools = self.around.tools;
            let asked =
                self.resolver.ask_for_release(tools, &self.workshop, &change.name, to, &older);
            self.weigh(asked, IsBetter::NoMoreChosen)?;
        }
        Ok(())
    }

    fn changes(&self) -> Vec<Change> {
        let gone: Vec<Flaw> = self.gone().cloned().collect();
        changes(&self.read(&self.first), &self.read(&self.best), &gone)
    }

    /// Chosen flaws that the lockfile had and has no more.
    fn gone(&self) -> impl Iterator<Item = &Flaw> {
        self.chosen.iter().filter(|flaw| !self.is_left(flaw))
    }

    /// A flaw that the copy did not show at first is not gone: nothing was proved about it.
    fn is_left(&self, flaw: &Flaw) -> bool {
        let is_in = |flaws: &[Flaw]| flaws.iter().any(|one| stays(flaw, one));
        is_in(&self.now) || !is_in(&self.before)
    }

    fn inventory(&self) -> Inventory {
        self.read(&self.best)
    }

    /// The packages of a lockfile. One that the resolver wrote and we cannot read has no finding
    /// either, so it is never kept; here it has no packages.
    fn read(&self, bytes: &[u8]) -> Inventory {
        let name = self.workshop.lock().file_name().unwrap_or_default().to_string_lossy();
        let input = Input { bytes, file_name: &name, nearby: &NothingNearby };
        format_of(&name).and_then(|format| format.read(&input).ok()).unwrap_or_default()
    }

    fn finish(self) -> Result<Mended, RepairError> {
        self.workshop.put(&self.best)?;
        let last = unknown(&self.around.rescan.scan(self.workshop.lock()));
        let inventory = self.inventory();
        let left = self.chosen.iter().filter(|flaw| self.is_left(flaw));
        let mut left: Vec<Left> = left.map(|flaw| self.left(flaw, &inventory)).collect();
        left.sort_by(|a, b| a.flaw.package.cmp(&b.flaw.package));
        let mut changes = self.changes();
        for change in &mut changes {
            self.date(change);
        }
        Ok(Mended {
            changes,
            gone: self.gone().cloned().collect(),
            left,
            newly_unknown: last.difference(&self.unknown).cloned().collect(),
            findings: (self.before.len(), self.now.len()),
            by: self.resolver.version,
            rewrite: Rewrite { before: self.first, after: self.best },
            asked: self.asked,
        })
    }

    fn date(&self, change: &mut Change) {
        let Some(to) = &change.to else { return };
        let tools = self.around.tools;
        change.released = self.resolver.released(tools, &self.workshop, &change.name, to);
        change.within_cooldown = match change.released {
            Released::At(moment) => Some(moment > self.around.options.cutoff()),
            Released::Unknown => None,
        };
    }

    fn left(&self, flaw: &Flaw, inventory: &Inventory) -> Left {
        let flaw = flaw.clone();
        if !self.before.iter().any(|one| stays(&flaw, one)) {
            let why = "the lockfile alone, as the resolver sees it, does not show it".to_owned();
            return Left { flaw, why, would_have_to_move: vec!["not known".to_owned()] };
        }
        if flaw.fixed_in.is_none() {
            let why = "no fixed version is known".to_owned();
            let would_have_to_move = vec![format!("away from {}", flaw.package)];
            return Left { flaw, why, would_have_to_move };
        }
        let held = self.held.get(&(flaw.package.clone(), flaw.version.clone()));
        let above = Above::of(inventory, &flaw.package, &flaw.version);
        let why = held.cloned().unwrap_or_else(|| {
            "it moved, and its newest allowed version has the flaw too".to_owned()
        });
        let would_have_to_move = above.holders(self.resolver.client.manifest());
        Left { flaw, why, would_have_to_move }
    }
}

/// When an answer is better than the one before.
#[derive(Clone, Copy)]
enum IsBetter {
    /// It has fewer chosen flaws.
    FewerChosen,
    /// It has no more of them; something else is better.
    NoMoreChosen,
}

impl IsBetter {
    fn holds(self, answer: usize, best: usize) -> bool {
        match self {
            Self::FewerChosen => answer < best,
            Self::NoMoreChosen => answer <= best,
        }
    }
}

/// Whether a chosen flaw is still there: the same trouble in a package of the same name, in its
/// version or one that took its place.
fn stays(chosen: &Flaw, now: &Flaw) -> bool {
    chosen.is_same(now)
}

/// A higher goal, when the answer was put back because the goal itself has another flaw that a
/// later version does not have.
fn raised(target: &Target, brought: &[Flaw]) -> Option<String> {
    let own = brought.iter().filter(|flaw| flaw.package == target.name);
    let fixes: Option<Vec<&str>> = own.map(|flaw| flaw.fixed_in.as_deref()).collect();
    let fixes = fixes.filter(|fixes| !fixes.is_empty())?;
    let all = fixes.into_iter().chain([target.goal.as_str()]);
    let goal = greatest(target.name.ecosystem(), all)?;
    (goal != target.goal).then(|| goal.to_owned())
}

fn why_not(brought: &[Flaw]) -> String {
    let brought: Vec<String> =
        brought.iter().map(|flaw| format!("{} in {}", flaw.id, flaw.label())).collect();
    if brought.is_empty() {
        "every version that what needs it allows has the flaw too".to_owned()
    } else {
        format!("moving it would bring in {}", brought.join(", "))
    }
}
