use std::fs;
use std::path::Path;

use super::*;
use crate::peers::zips::ZipWriter;

fn wheel(folder: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = folder.join(format!("{name}-1.0-py3-none-any.whl"));
    let mut zip = ZipWriter::create(&path).unwrap();
    for (name, text) in files {
        zip.add(name, text.as_bytes()).unwrap();
    }
    zip.add(&format!("{name}-1.0.dist-info/METADATA"), b"Name: x\n").unwrap();
    zip.finish().unwrap();
    path
}

fn derived(sources: &[(&str, &str)]) -> Derived {
    let folder = tempfile::tempdir().unwrap();
    let path = wheel(folder.path(), "p", sources);
    let package = package::read(&path).unwrap();
    let mut index = Index::default();
    for module in package.modules {
        index.add(outline::read(&module.path, module.is_package, &module.text));
    }
    let mut derived = Derived::default();
    derived.titles.push(format!("{} {}", package.name, package.version));
    derive(&index, &mut derived);
    derived
}

fn class(body: &str) -> Derived {
    derived(&[("p/m.py", &format!("import os, warnings\nclass A:\n{body}"))])
}

fn is_derived(body: &str) -> bool {
    class(body).classes.contains("p.m.A")
}

#[test]
fn a_class_without_hooks_is_derived() {
    assert!(is_derived("    def __init__(self, p): self.f = open(p)\n"));
}

#[test]
fn a_state_that_is_only_put_in_is_inert() {
    assert!(is_derived(
        "    def __setstate__(self, state):\n        if not isinstance(state, dict):\n            \
         raise ValueError(\"no state\")\n        state.pop(\"x\", None)\n        \
         self.__dict__.update(state)\n        warnings.warn(\"old\")\n"
    ));
}

#[test]
fn a_state_that_opens_is_not_derived() {
    let derived = class("    def __setstate__(self, s):\n        self.f = open(s[\"path\"])\n");
    assert_eq!(derived.others["p.m.A"], "__setstate__ calls open in line 4 of p.m");
}

#[test]
fn a_state_that_calls_what_it_was_given_is_not_derived() {
    assert!(!is_derived("    def __setstate__(self, s):\n        s[\"f\"](1)\n"));
    assert!(!is_derived("    def __setstate__(self, s):\n        self.f = s.make(1)\n"));
    assert!(!is_derived("    def __setstate__(self, s):\n        getattr(s, \"x\")()\n"));
}

#[test]
fn a_sink_under_another_name_is_found() {
    let source = "from os import system as quiet\nclass A:\n  def __new__(cls, x): quiet(x)\n";
    let derived = derived(&[("p/m.py", source)]);
    assert_eq!(derived.others["p.m.A"], "__new__ calls os.system in line 3 of p.m");
}

#[test]
fn what_a_hook_calls_is_followed() {
    let body = "    def __setstate__(self, s):\n        self._put(s)\n    def _put(self, s):\n";
    assert!(is_derived(&format!("{body}        self.x = s\n")));
    assert!(!is_derived(&format!("{body}        os.remove(s)\n")));
}

#[test]
fn a_call_that_does_harm_is_told_before_one_that_is_not_known() {
    let derived = class(
        "    def __setstate__(self, s):\n        from q import odd\n        odd(s)\n        \
         self._put(s)\n    def _put(self, s):\n        exec(self.template)\n",
    );
    assert_eq!(derived.others["p.m.A"], "__setstate__ calls exec in line 8 of p.m");
}

#[test]
fn bases_in_other_modules_count() {
    let base = "class B:\n  def __setstate__(self, s): exec(s)\n";
    let derived = derived(&[
        ("p/__init__.py", "from .b import B\n"),
        ("p/b.py", base),
        ("p/m.py", "from p import B\nclass A(B): pass\n"),
    ]);
    assert!(derived.classes.is_empty());
    assert!(derived.others["p.m.A"].ends_with("of the base p.b.B"));
}

#[test]
fn a_base_that_is_not_known_is_not_derived() {
    let derived =
        derived(&[("p/m.py", "from q import B\nclass A(B): pass\nclass C(dict): pass\n")]);
    assert_eq!(derived.others["p.m.A"], "its base q.B is not known");
    assert!(derived.classes.contains("p.m.C"));
}

#[test]
fn a_hook_that_is_assigned_is_not_derived() {
    assert!(!is_derived("    __setstate__ = os.system\n"));
}

#[test]
fn what_reduce_returns_is_listed_to_look_at() {
    let source = "def make(x): pass\nclass A:\n  def __reduce__(self):\n    \
                  return make, (self.x,)\n";
    let derived = derived(&[("p/m.py", source)]);
    assert!(derived.functions["p.m.make"].contains("p.m.A"));
    assert!(list(&derived, false).contains("\n#   p.m.make (p.m.A)\n"));
}

#[test]
fn the_list_is_sorted_and_names_its_source() {
    let derived = derived(&[("p/m.py", "class B: pass\nclass A: pass\nclass B: pass\n")]);
    let text = list(&derived, false);
    assert!(text.contains("#   p 1.0\np.m.A\np.m.B\n"), "{text}");
}

#[test]
fn bases_that_go_round_end() {
    let derived = derived(&[("p/m.py", "class A(B): pass\nclass B(A): pass\n")]);
    assert_eq!(derived.classes.len(), 2);
}

#[test]
fn a_source_distribution_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p-2.1.tar.gz");
    let mut bytes = Vec::new();
    for (name, text) in [("p-2.1/src/p/__init__.py", ""), ("p-2.1/src/p/m.py", "class A: pass\n")] {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        header[156] = b'0';
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend_from_slice(&[0; 1024]);
    let file = fs::File::create(&path).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &bytes).unwrap();
    gzip.finish().unwrap();
    let package = package::read(&path).unwrap();
    assert_eq!((&*package.name, &*package.version), ("p", "2.1"));
    assert_eq!(package.modules[1].path, "p.m");
}

#[test]
fn a_wheel_cut_at_every_length_gives_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        wheel(folder.path(), "p", &[("p/m.py", "class A(dict):\n  def __new__(c): f'{x(1)}'\n")]);
    let bytes = fs::read(&path).unwrap();
    for end in 0..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        let _ = package::read(&path);
    }
}

#[test]
fn any_bytes_are_read_as_a_source_without_a_panic() {
    let seed = "@d\nclass A(B[x], metaclass=C):\n  def __new__(cls, x='{'): return f(\"\\\n\")\n  \
                x = y = z\nfrom .a import (b as c)\n\tfé(\u{2028})('''";
    let mut state = 1_u64;
    for _ in 0..3000 {
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = usize::try_from(state >> 33).unwrap() % bytes.len();
            bytes[at] = b"(){}[]'\"\\\n#.,:=@ f\xc3"[usize::try_from(state >> 20).unwrap() % 19];
        }
        let mut index = Index::default();
        index.add(outline::read("p.m", false, &String::from_utf8_lossy(&bytes)));
        derive(&index, &mut Derived::default());
    }
}
