//! `vendor/modules.txt`, which `go mod vendor` writes: the modules whose packages lie in `vendor`.
//!
//! Format: <https://go.dev/ref/mod#vendoring>; the lines are those that the go command reads
//! itself (`modload.readVendorList`). `# PATH VERSION` opens a module, `=>` names what stands in
//! its place, `## ` is a remark on it, and every other line is a package of it.

use mainstay_metadata::Identity;
use mainstay_reading::{Inventory, Member, Origin, ReadError, decode, is_inside};
use mainstay_types::{Ecosystem, PackageName};

use crate::copies::Copies;
use crate::folder::Folder;

const FILE: &str = "modules.txt";

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::Go);
    match folder.read(FILE) {
        Ok(bytes) => match decode(&bytes) {
            Ok(text) => modules(&text, &mut copies),
            Err(error) => copies.unread(FILE, &error),
        },
        Err(error) => copies.unopened(FILE, &error),
    }
    copies.inventory
}

/// A module line, waiting for the packages that say that something of it is there.
struct Module<'t> {
    line: u32,
    path: &'t str,
    version: &'t str,
    replaced: Option<(&'t str, Option<&'t str>)>,
}

fn modules(text: &str, copies: &mut Copies) {
    let mut open: Option<Module<'_>> = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        if line.starts_with("## ") {
            continue;
        }
        if let Some(head) = line.strip_prefix("# ") {
            open = module(head, number);
            if open.is_none() && !head.contains(" => ") {
                let error = ReadError {
                    line: Some(number),
                    ..ReadError::new(
                        mainstay_reading::ReadErrorKind::Syntax,
                        "the line names no module and version",
                    )
                };
                copies.unread(FILE, &error);
            }
        } else if !line.trim().is_empty()
            && let Some(module) = open.take()
        {
            add(&module, copies);
        }
    }
}

/// `PATH VERSION`, with what replaces it. A line without a version repeats a rule of `go.mod`.
fn module(head: &str, line: u32) -> Option<Module<'_>> {
    let mut fields = head.split_whitespace();
    let (path, version) = (fields.next()?, fields.next()?);
    let rest: Vec<&str> = fields.take(3).collect();
    let replaced = match rest.as_slice() {
        ["=>", folder] => Some((*folder, None)),
        ["=>", path, version] => Some((*path, Some(*version))),
        _ => None,
    };
    version.starts_with('v').then_some(Module { line, path, version, replaced })
}

fn add(module: &Module<'_>, copies: &mut Copies) {
    let (path, version, origin) = match module.replaced {
        None => (module.path, module.version, Origin::registry()),
        Some((path, Some(version))) => (path, version, Origin::registry()),
        Some((folder, None)) if is_inside(folder) => {
            let name = PackageName::parse(Ecosystem::Go, module.path).ok();
            copies.inventory.members.push(Member { name, path: None });
            return;
        }
        Some((folder, None)) => (module.path, module.version, Origin::Path(folder.into())),
    };
    let (name, version) = (Some(path.into()), Some(version.into()));
    let identity = Identity { name, version, ..Identity::default() };
    if let Some(entry) = copies.add(FILE, &identity) {
        entry.place.line = Some(module.line);
        entry.origin = origin;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    fn inventory(text: &str) -> Inventory {
        read(&Made::default().file(FILE, text))
    }

    #[test]
    fn a_module_with_packages_is_there() {
        let read = inventory(
            "# code.example/a v1.2.3\n## explicit; go 1.17\ncode.example/a/x\ncode.example/a/y\n\
             # code.example/unused v1.0.0\n## explicit\n",
        );
        assert_eq!(read.packages.len(), 1);
        assert_eq!(read.packages[0].name.as_written(), "code.example/a");
        assert_eq!(read.packages[0].version.exact(), Some("v1.2.3"));
        assert_eq!(read.packages[0].place.line, Some(1));
    }

    #[test]
    fn what_replaces_a_module_is_what_is_there() {
        let read = inventory(
            "# code.example/a v1.0.0 => code.example/fork v1.1.0\ncode.example/a\n\
             # code.example/b v1.0.0 => ./b\ncode.example/b\n\
             # code.example/c v1.0.0 => ../c\ncode.example/c\n\
             # code.example/a => code.example/fork v1.1.0\n",
        );
        assert_eq!(read.packages[0].name.as_written(), "code.example/fork");
        assert_eq!(read.members.len(), 1);
        assert_eq!(read.packages[1].origin, Origin::Path("../c".into()));
        assert!(read.gaps.is_empty());
    }

    #[test]
    fn a_line_that_names_no_module_is_a_gap() {
        let read = inventory("# code.example/a\ncode.example/a\n");
        assert_eq!(read.gaps[0].place.line, Some(1));
        assert!(read.packages.is_empty());
    }
}
