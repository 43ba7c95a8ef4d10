//! How what was derived differs from lists of the form that Mainstay ships: a path a line, more
//! words behind it or none, comments after `#`. A path stands for itself and all below it; one
//! that ends in `.*` for all below it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use super::Derived;
use super::index::{Index, Meaning};
use super::vocabulary;

/// What the lists say of the libraries of the packages.
#[derive(Default)]
struct Listed {
    /// Trusted paths.
    paths: BTreeSet<String>,
    /// Paths that a list of sinks takes out of the trust, with the word behind them.
    sinks: BTreeMap<String, String>,
}

/// Reads the lists and says how they differ.
pub(super) fn report(
    index: &Index,
    derived: &Derived,
    lists: &[PathBuf],
) -> anyhow::Result<String> {
    let mut listed = Listed::default();
    for path in lists {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the list {}", path.display()))?;
        let is_of_sinks = path.file_name().is_some_and(|n| n.to_string_lossy().contains("sinks"));
        listed.add(&text, is_of_sinks, &derived.libraries);
    }
    Ok(differences(index, derived, &listed))
}

impl Listed {
    fn add(&mut self, text: &str, is_of_sinks: bool, libraries: &BTreeSet<String>) {
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (path, rest) = line.split_once(' ').unwrap_or((line, ""));
            let first = path.split('.').next().unwrap_or(path);
            if !libraries.contains(first) {
                continue;
            }
            let path = path.strip_suffix(".*").unwrap_or(path).to_owned();
            if is_of_sinks {
                let sort = rest.split(' ').next().unwrap_or_default();
                self.sinks.insert(path, sort.to_owned());
            } else {
                self.paths.insert(path);
            }
        }
    }

    /// Whether a path is trusted: the longest entry counts.
    fn trusts(&self, path: &str) -> bool {
        prefixes(path).find_map(|prefix| {
            let trusted = self.paths.contains(prefix);
            (trusted || self.sinks.contains_key(prefix)).then_some(trusted)
        }) == Some(true)
    }
}

/// A path and everything above it, the longest first.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let above = path.rmatch_indices('.').filter_map(|(dot, _)| path.get(..dot));
    [path].into_iter().chain(above)
}

fn differences(index: &Index, derived: &Derived, listed: &Listed) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# {}", derived.titles.join(", "));
    for note in &derived.notes {
        let _ = writeln!(text, "# not read: {note}");
    }
    let mut lacking = Vec::new();
    let mut taken_out: BTreeMap<String, usize> = BTreeMap::new();
    for path in derived.classes.iter().filter(|path| !listed.trusts(path)) {
        match prefixes(path).find(|prefix| listed.sinks.contains_key(*prefix)) {
            Some(sink) => *taken_out.entry(sink.to_owned()).or_default() += 1,
            None => lacking.push(path.clone()),
        }
    }
    section(&mut text, "derived, and not in the lists", &lacking);
    let of_sinks = |(sink, classes): (&String, &usize)| {
        let sort = listed.sinks.get(sink).map_or("", String::as_str);
        format!("{sink} ({sort}): {classes} classes")
    };
    let taken_out: Vec<String> = taken_out.iter().map(of_sinks).collect();
    section(&mut text, "derived, and taken out of the trust by", &taken_out);
    let mut gone = Vec::new();
    for entry in &listed.paths {
        if let Some(why) = gone_because(index, derived, entry) {
            gone.push(format!("{entry}: {why}"));
        }
    }
    section(&mut text, "in the lists, and not derived any more", &gone);
    let is_judged = |why: &str| !why.starts_with("its base");
    let trusted = derived.others.iter().filter(|(path, why)| listed.trusts(path) && is_judged(why));
    let (harmful, doubtful): (Vec<_>, Vec<_>) = trusted.partition(|(_, why)| tells_harm(why));
    let shown = |of: Vec<(&String, &String)>| -> Vec<String> {
        of.into_iter().map(|(path, why)| format!("{path}: {why}")).collect()
    };
    section(&mut text, "trusted by an entry above it, and does harm", &shown(harmful));
    section(&mut text, "trusted by an entry above it, and not derived", &shown(doubtful));
    let unread = derived.others.iter().filter(|(path, why)| listed.trusts(path) && !is_judged(why));
    let _ = writeln!(
        text,
        "# trusted, and not derived as a base is not known: {} more (--reasons without --compare)",
        unread.count()
    );
    let functions: Vec<String> =
        derived.functions.keys().filter(|path| !listed.trusts(path)).cloned().collect();
    section(&mut text, "returned by __reduce__, and not in the lists", &functions);
    text
}

/// Whether a reason names a call that does harm, and not one that is only not known.
fn tells_harm(why: &str) -> bool {
    let called = why.split_once(" calls ").map_or("", |(_, rest)| rest);
    let called = called.split([' ', ',']).next().unwrap_or_default();
    vocabulary::is_harmful_name(called) || vocabulary::is_in_harmful_module(called)
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    let _ = writeln!(text, "# {title}: {}", lines.len());
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
}

/// Why an entry is derived no more; `None` when it is, or when it names a module, of which some
/// classes are.
fn gone_because(index: &Index, derived: &Derived, entry: &str) -> Option<String> {
    let below = format!("{entry}.");
    let is_derived = derived.classes.contains(entry)
        || derived.classes.range(below.clone()..).next().is_some_and(|p| p.starts_with(&below));
    if is_derived {
        return None;
    }
    if let Some(why) = derived.others.get(entry) {
        return Some(why.clone());
    }
    if index.has_module(entry) {
        return Some("no class below it is derived".to_owned());
    }
    let (module, name) = entry.rsplit_once('.')?;
    if index.function(module, name).is_some() {
        return Some("it is a function, which this reading does not judge".to_owned());
    }
    for meaning in index.meanings(module, name) {
        let Meaning::Class(path) = meaning else { continue };
        return derived.others.get(&path).map(|why| format!("it is {path}: {why}"));
    }
    Some("no source defines it: it is compiled, generated, or gone".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{derive, outline};
    use super::*;

    fn told(source: &str, lists: &[(&str, bool)]) -> String {
        let mut index = Index::default();
        index.add(outline::read("p.m", false, source));
        let mut derived = Derived { libraries: ["p".to_owned()].into(), ..Derived::default() };
        derive(&index, &mut derived);
        let mut listed = Listed::default();
        for (text, is_of_sinks) in lists {
            listed.add(text, *is_of_sinks, &derived.libraries);
        }
        differences(&index, &derived, &listed)
    }

    #[test]
    fn a_derived_class_that_no_entry_covers_is_lacking() {
        let text = told("class A: pass\nclass B: pass\n", &[("p.m.A\nq\n", false)]);
        assert!(text.contains("not in the lists: 1\np.m.B\n"), "{text}");
    }

    #[test]
    fn an_entry_for_a_whole_library_covers_what_is_below_it() {
        let text = told("class A: pass\n", &[("# all\np\n", false)]);
        assert!(text.contains("derived, and not in the lists: 0\n"), "{text}");
        let text = told("class A: pass\n", &[("p\n", false), ("p.m.* unknown\n", true)]);
        assert!(text.contains("p.m (unknown): 1 classes\n"), "{text}");
    }

    #[test]
    fn a_trusted_class_that_does_harm_stands_apart() {
        let source = "class A:\n  def __setstate__(self, s): exec(s)\n\
                      class B:\n  def __setstate__(self, s): odd(s)\n";
        let text = told(source, &[("p\n", false)]);
        assert!(text.contains("does harm: 1\np.m.A: __setstate__ calls exec"), "{text}");
        assert!(text.contains("not derived: 1\np.m.B: __setstate__ calls odd"), "{text}");
    }

    #[test]
    fn an_entry_that_is_not_derived_says_why() {
        let source = "class A:\n  def __setstate__(self, s): eval(s)\n";
        let text = told(source, &[("p.m.A\np.m.C rule\n", false)]);
        assert!(text.contains("p.m.A: __setstate__ calls eval in line 2"), "{text}");
        assert!(text.contains("p.m.C: no source defines it"), "{text}");
    }
}
