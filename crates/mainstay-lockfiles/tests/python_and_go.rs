//! What the readers of Python and Go say about the fixtures, one fact each.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

use std::collections::HashMap;
use std::path::Path;

use mainstay_lockfiles::format_of;
use mainstay_reading::{
    Entry, IndexRole, Input, Inventory, LockedVersion, Nearby, NearbyError, Origin, ReadError,
    ReadErrorKind,
};
use mainstay_types::Scope;

/// Files that lie beside the one that is read.
#[derive(Default)]
struct Beside(HashMap<&'static str, &'static str>);

impl Nearby for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        if path.starts_with("..") {
            return Err(NearbyError::Outside);
        }
        self.0.get(path).map(|text| text.as_bytes().to_vec()).ok_or(NearbyError::Absent)
    }
}

struct Disk(std::path::PathBuf);

impl Nearby for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        std::fs::read(self.0.join(path)).map_err(|_| NearbyError::Absent)
    }
}

fn fixture(path: &str) -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path);
    let file_name = path.file_name().unwrap().to_str().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let nearby = Disk(path.parent().unwrap().to_owned());
    let format = format_of(path.to_str().unwrap()).unwrap();
    format.read(&Input { bytes: &bytes, file_name, nearby: &nearby }).unwrap()
}

fn try_read(file_name: &str, text: &str, beside: &Beside) -> Result<Inventory, ReadError> {
    let format = format_of(file_name).unwrap();
    format.read(&Input { bytes: text.as_bytes(), file_name, nearby: beside })
}

fn read(file_name: &str, text: &str) -> Inventory {
    try_read(file_name, text, &Beside::default()).unwrap()
}

fn requirements(text: &str) -> Inventory {
    read("requirements.txt", text)
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    let found = inventory.packages.iter().find(|entry| entry.name.as_written() == name);
    found.unwrap_or_else(|| panic!("{name} is not there"))
}

fn packages(inventory: &Inventory) -> Vec<(&str, Option<&str>)> {
    inventory.packages.iter().map(|it| (it.name.as_written(), it.version.exact())).collect()
}

fn members(inventory: &Inventory) -> Vec<Option<&str>> {
    inventory.members.iter().map(|member| member.path.as_deref()).collect()
}

fn needs(inventory: &Inventory, name: &str) -> Vec<String> {
    let positions = entry(inventory, name).needs.iter();
    let targets =
        positions.map(|at| inventory.packages.get(usize::try_from(*at).unwrap()).unwrap());
    targets.map(|it| format!("{} {}", it.name, it.version.exact().unwrap_or("-"))).collect()
}

fn kind(file_name: &str, text: &str) -> ReadErrorKind {
    try_read(file_name, text, &Beside::default()).unwrap_err().kind
}

#[test]
fn the_first_poetry_locks_keep_checksums_by_name() {
    let lock = fixture("poetry-lock/version-0/poetry.lock");
    assert_eq!(packages(&lock), [("alpha", Some("1.0.0")), ("beta", Some("1.2"))]);
    assert_eq!(entry(&lock, "beta").checksums.len(), 2);
    assert_eq!(entry(&lock, "beta").scope, Scope::Dev);
    assert!(lock.gaps.is_empty());
}

#[test]
fn versions_of_one_name_share_a_list_of_files_and_each_takes_its_own() {
    let lock = fixture("poetry-lock/version-1/poetry.lock");
    let betas = lock.packages.iter().filter(|entry| entry.name.key() == "beta");
    assert!(betas.clone().count() == 2 && betas.clone().all(|beta| beta.checksums.len() == 1));
    assert_eq!(needs(&lock, "alpha"), ["beta 1.2", "beta 2.0"]);
}

#[test]
fn a_git_package_of_poetry_keeps_its_commit() {
    let lock = fixture("poetry-lock/version-1/poetry.lock");
    let commit = "c".repeat(40);
    let Origin::Git { commit: found, .. } = &entry(&lock, "from-git").origin else { panic!() };
    assert_eq!(found.as_deref(), Some(commit.as_str()));
}

#[test]
fn poetry_groups_tell_the_scope_and_the_project_tells_what_is_direct() {
    let lock = fixture("poetry-lock/version-2/poetry.lock");
    assert_eq!(entry(&lock, "alpha").scope, Scope::Runtime);
    assert_eq!(entry(&lock, "alpha").direct, Some(true));
    assert_eq!(entry(&lock, "private-thing").scope, Scope::Dev);
    assert_eq!(entry(&lock, "private-thing").direct, Some(false));
    assert_eq!(needs(&lock, "alpha"), ["private-thing 1.1"]);
}

#[test]
fn what_poetry_develops_in_place_is_a_member() {
    let lock = fixture("poetry-lock/version-2/poetry.lock");
    assert_eq!(members(&lock), [Some("../own-lib")]);
    assert!(matches!(entry(&lock, "archive").origin, Origin::Url(_)));
}

#[test]
fn a_supplemental_source_of_the_project_is_an_index_beside() {
    let lock = fixture("poetry-lock/version-2/poetry.lock");
    assert_eq!(lock.indexes[0].role, IndexRole::Beside);
    assert_eq!(lock.indexes[0].place.file.as_deref(), Some("pyproject.toml"));
}

#[test]
fn a_poetry_lock_without_its_last_table_may_be_cut_off() {
    assert_eq!(read("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n").gaps.len(), 1);
}

#[test]
fn lock_versions_that_nobody_knows_are_refused() {
    let unknown = ReadErrorKind::UnknownVersion;
    assert_eq!(kind("poetry.lock", "[metadata]\nlock-version = \"3.0\"\n"), unknown);
    assert_eq!(kind("uv.lock", "version = 2\n"), unknown);
    assert_eq!(kind("pdm.lock", "[metadata]\nlock_version = \"5.0\"\n"), unknown);
    assert_eq!(kind("pylock.toml", "lock-version = \"2.0\"\n"), unknown);
    assert_eq!(kind("Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 7}}"), unknown);
}

#[test]
fn uv_draws_edges_by_name_and_version_and_through_extras() {
    let lock = fixture("uv-lock/revision-3/uv.lock");
    assert_eq!(needs(&lock, "alpha"), ["beta 1.2", "delta 2.0"]);
    let deltas: Vec<Scope> = lock
        .packages
        .iter()
        .filter(|entry| entry.name.key() == "delta")
        .map(|entry| entry.scope)
        .collect();
    assert_eq!(deltas, [Scope::Dev, Scope::Runtime]);
}

#[test]
fn uv_tells_the_projects_own_packages_from_those_it_asks_for() {
    let lock = fixture("uv-lock/revision-3/uv.lock");
    assert_eq!(members(&lock), [Some("."), Some("libs/lib")]);
    assert_eq!(lock.own_name.as_ref().map(mainstay_types::PackageName::as_written), Some("app"));
    assert_eq!(entry(&lock, "alpha").direct, Some(true));
    assert_eq!(entry(&lock, "beta").direct, Some(false));
    assert_eq!(entry(&lock, "gamma").scope, Scope::Optional);
    assert!(lock.gaps.is_empty());
}

#[test]
fn the_first_uv_locks_are_read() {
    let lock = fixture("uv-lock/distribution/uv.lock");
    assert_eq!(packages(&lock), [("alpha", Some("1.0"))]);
    assert_eq!(entry(&lock, "alpha").direct, Some(true));
}

#[test]
fn a_need_that_uv_does_not_lock_is_a_gap() {
    let text = "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\n\
                source = { registry = \"https://pkgs.example/simple\" }\n\
                dependencies = [{ name = \"b\" }]\n";
    assert!(read("uv.lock", text).gaps[0].reason.contains("needs b"));
}

#[test]
fn an_extra_of_pdm_is_the_same_package() {
    let lock = fixture("pdm-lock/version-4/pdm.lock");
    let names: Vec<_> = packages(&lock).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["alpha", "beta", "gamma"]);
    assert_eq!(needs(&lock, "alpha"), ["beta 2.0", "gamma 3.0"]);
    assert_eq!(entry(&lock, "gamma").scope, Scope::Dev);
    assert_eq!(members(&lock), [Some("./own")]);
    assert!(lock.gaps.is_empty());
}

#[test]
fn older_pdm_locks_keep_checksums_by_name_and_version() {
    let lock = fixture("pdm-lock/version-3/pdm.lock");
    assert!(lock.packages.iter().all(|entry| entry.checksums.len() == 1));
}

#[test]
fn a_pipfile_lock_tells_index_scope_and_members() {
    let lock = fixture("pipfile-lock/spec-6/Pipfile.lock");
    let Origin::Registry { index: Some(index), .. } = &entry(&lock, "beta").origin else {
        panic!()
    };
    assert_eq!(index.to_string(), "https://private.example/simple");
    assert_eq!(entry(&lock, "gamma").scope, Scope::Dev);
    assert_eq!(entry(&lock, "alpha").place.line, Some(22));
    assert_eq!(members(&lock), [Some(".")]);
    let roles: Vec<_> = lock.indexes.iter().map(|index| index.role).collect();
    assert_eq!(roles, [IndexRole::Replaces, IndexRole::Named]);
}

#[test]
fn a_second_pipenv_source_that_nobody_names_is_asked_for_all() {
    let text = "{\"_meta\": {\"pipfile-spec\": 6, \"sources\": [\
                {\"name\": \"a\", \"url\": \"https://a.example\"},\
                {\"name\": \"b\", \"url\": \"https://b.example\"}]}, \"default\": {}}";
    assert_eq!(read("Pipfile.lock", text).indexes[1].role, IndexRole::Beside);
}

#[test]
fn a_pylock_is_read_under_either_name() {
    for path in ["pylock-toml/version-1.0/pylock.toml", "pylock-toml/named/pylock.dev.toml"] {
        let lock = fixture(path);
        assert_eq!(
            packages(&lock),
            [("alpha", Some("1.0")), ("beta", Some("2.0")), ("gamma", None)]
        );
        assert_eq!(entry(&lock, "beta").scope, Scope::Dev);
        assert_eq!(needs(&lock, "alpha"), ["beta 2.0"]);
        assert_eq!(members(&lock), [Some(".")]);
        assert!(lock.gaps.is_empty());
    }
}

#[test]
fn a_requirements_file_written_by_hand_is_partial() {
    let inventory = fixture("requirements-txt/hand-written/requirements.txt");
    assert_eq!(inventory.gaps.len(), 2, "{:?}", inventory.gaps);
    assert_eq!(entry(&inventory, "alpha").version, LockedVersion::Exact("1.0".into()));
    assert_eq!(entry(&inventory, "beta").version, LockedVersion::Asked(">= 2.0, < 3".into()));
    assert_eq!(entry(&inventory, "gamma").version, LockedVersion::Unstated);
    assert_eq!(entry(&inventory, "delta").place.line, Some(5));
}

#[test]
fn requirements_may_come_from_paths_addresses_and_repositories() {
    let inventory = fixture("requirements-txt/hand-written/requirements.txt");
    let commit = "c".repeat(40);
    let Origin::Git { commit: found, .. } = &entry(&inventory, "from-git").origin else { panic!() };
    assert_eq!(found.as_deref(), Some(commit.as_str()));
    assert!(matches!(entry(&inventory, "editable").origin, Origin::Git { commit: None, .. }));
    assert!(matches!(entry(&inventory, "local").origin, Origin::Path(_)));
    assert!(matches!(entry(&inventory, "remote").origin, Origin::Url(_)));
    assert_eq!(members(&inventory), [Some(".")]);
}

#[test]
fn a_constraint_fixes_a_version_and_adds_nothing() {
    let inventory = fixture("requirements-txt/hand-written/requirements.txt");
    assert_eq!(entry(&inventory, "epsilon").version.exact(), Some("5.0"));
    assert_eq!(entry(&inventory, "epsilon").place.file.as_deref(), Some("more.txt"));
    assert!(inventory.packages.iter().all(|entry| entry.name.key() != "not-asked-for"));
}

#[test]
fn the_comments_of_a_compiled_file_draw_edges_and_tell_what_is_direct() {
    let inventory = requirements(
        "# This file is autogenerated by pip-compile with Python 3.12\n# by the following command:\n\
         #\n#    pip-compile\n#\nflask==1.0 \\\n    --hash=sha256:00\n    # via -r app.in\n\
         jinja2==2.0\n    # via\n    #   -c limits.txt\n    #   flask\nmark==3.0  # via jinja2\n\
         more==4.0\n",
    );
    assert_eq!(needs(&inventory, "flask"), ["jinja2 2.0"]);
    assert_eq!(needs(&inventory, "jinja2"), ["mark 3.0"]);
    let direct = ["flask", "jinja2", "mark", "more"].map(|name| entry(&inventory, name).direct);
    assert_eq!(direct, [Some(true), Some(false), Some(false), None]);
}

#[test]
fn a_parent_that_an_export_leaves_out_is_the_project() {
    let inventory = requirements(
        "# This file was autogenerated by uv via the following command:\n\
         #    uv export --no-emit-project\nflask==1.0\n    # via app\n",
    );
    assert_eq!(entry(&inventory, "flask").direct, Some(true));
    assert_eq!(inventory.gaps, []);
}

#[test]
fn a_compiled_requirements_file_is_whole() {
    let inventory = fixture("requirements-txt/compiled/requirements-dev.txt");
    assert!(inventory.gaps.is_empty());
    assert_eq!(inventory.packages.len(), 2);
}

#[test]
fn requirements_that_all_have_hashes_are_whole() {
    let inventory = fixture("requirements-txt/hashed/requirements/base.txt");
    assert!(inventory.gaps.is_empty());
    assert_eq!(inventory.indexes[0].role, IndexRole::Replaces);
}

#[test]
fn a_line_that_pip_refuses_is_a_gap_and_the_rest_is_read() {
    let inventory = requirements("alpha==1.0\nnot a requirement\nbeta==2.0\n");
    assert_eq!(inventory.packages.len(), 2);
    assert_eq!(inventory.gaps[0].place.line, Some(2));
}

#[test]
fn files_that_include_each_other_are_read_once() {
    let beside =
        Beside(HashMap::from([("a.txt", "-r b.txt\nalpha==1\n"), ("b.txt", "-r a.txt\n")]));
    let inventory = try_read("requirements.txt", "-r a.txt\n", &beside).unwrap();
    assert_eq!(packages(&inventory), [("alpha", Some("1"))]);
}

#[test]
fn an_include_from_outside_is_a_gap() {
    for path in ["/etc/passwd", "../../secret.txt", "https://files.example/r.txt", "absent.txt"] {
        let inventory = requirements(&format!("-r {path}\n"));
        assert_eq!(inventory.gaps.len(), 1, "{path}");
        assert!(inventory.packages.is_empty());
    }
}

#[test]
fn requirements_in_utf_16_are_read() {
    let bytes: Vec<u8> = std::iter::once(0xFEFF)
        .chain("alpha==1.0\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let input = Input { bytes: &bytes, file_name: "r", nearby: &Beside::default() };
    let inventory = format_of("requirements.txt").unwrap().read(&input).unwrap();
    assert_eq!(packages(&inventory), [("alpha", Some("1.0"))]);
}

#[test]
fn which_names_are_requirements_files() {
    let is = |path: &str| format_of(path).is_some_and(|format| format.id == "requirements-txt");
    for path in [
        "a/requirements.txt",
        "requirements-dev.txt",
        "dev-requirements.txt",
        "requirements/prod.txt",
        "requirements.prod.txt",
    ] {
        assert!(is(path), "{path}");
    }
    for path in ["constraints.txt", "requirements/constraints.txt", "notes.txt", "requirements.in"]
    {
        assert!(!is(path), "{path}");
    }
}

#[test]
fn a_pyproject_lists_what_is_wanted_and_why() {
    let inventory = fixture("pyproject-toml/standard/pyproject.toml");
    let scope = |name: &str| entry(&inventory, name).scope;
    assert_eq!(entry(&inventory, "alpha").place.line, Some(8));
    assert_eq!(entry(&inventory, "beta").version.exact(), Some("2.0"));
    assert!(matches!(entry(&inventory, "archive").origin, Origin::Url(_)));
    assert!(matches!(entry(&inventory, "gamma").origin, Origin::Git { .. }));
    assert_eq!(
        (scope("alpha"), scope("gamma"), scope("epsilon"), scope("builder")),
        (Scope::Runtime, Scope::Optional, Scope::Dev, Scope::Build)
    );
    let roles: Vec<_> = inventory.indexes.iter().map(|index| index.role).collect();
    assert_eq!(roles, [IndexRole::Beside, IndexRole::Named]);
    assert_eq!(inventory.gaps.len(), 1);
}

#[test]
fn a_bare_version_of_poetry_is_exact() {
    let inventory = fixture("pyproject-toml/poetry/pyproject.toml");
    assert_eq!(entry(&inventory, "zeta").version.exact(), Some("1.2.3"));
    assert_eq!(entry(&inventory, "alpha").version, LockedVersion::Asked("^1.0".into()));
    assert_eq!(entry(&inventory, "beta").scope, Scope::Optional);
    assert_eq!(inventory.indexes[0].role, IndexRole::Beside);
}

#[test]
fn a_pyproject_that_asks_for_nothing_leaves_nothing_open() {
    let inventory = read("pyproject.toml", "[project]\nname = \"a\"\n[tool.black]\nx = 1\n");
    assert!(inventory.gaps.is_empty() && inventory.packages.is_empty());
}

#[test]
fn dependencies_that_the_build_works_out_are_a_gap() {
    let text = "[project]\nname = \"a\"\ndynamic = [\"version\", \"dependencies\"]\n";
    assert_eq!(read("pyproject.toml", text).gaps[0].place.line, Some(3));
}

#[test]
fn go_replaces_by_modules_and_folders() {
    let inventory = fixture("go-mod/closure/go.mod");
    assert_eq!(entry(&inventory, "git.example/fork/swapped").version.exact(), Some("v0.2.0"));
    assert!(matches!(entry(&inventory, "git.example/lib/outside").origin, Origin::Path(_)));
    assert_eq!(members(&inventory), [Some("./local")]);
    assert_eq!(inventory.packages.len(), 5);
    assert!(inventory.gaps.is_empty());
}

#[test]
fn go_tells_direct_from_indirect() {
    let inventory = fixture("go-mod/closure/go.mod");
    assert_eq!(entry(&inventory, "git.example/lib/direct").direct, Some(true));
    assert_eq!(entry(&inventory, "git.example/lib/indirect").direct, Some(false));
}

#[test]
fn go_sum_gives_checksums_and_no_packages() {
    let inventory = fixture("go-mod/closure/go.mod");
    assert_eq!(entry(&inventory, "git.example/lib/direct").checksums.len(), 1);
    assert!(inventory.packages.iter().all(|it| it.name.key() != "git.example/lib/elsewhere"));
}

#[test]
fn below_go_1_17_the_closure_is_not_listed() {
    assert_eq!(fixture("go-mod/go-1.16/go.mod").gaps.len(), 1);
    assert_eq!(read("go.mod", "module m\nrequire a.example/b v1.0.0\n").gaps.len(), 1);
    assert!(read("go.mod", "module m\ngo 1.9\n").gaps.is_empty());
}

#[test]
fn a_required_version_that_is_excluded_is_not_the_one_that_is_used() {
    let text = "module m\ngo 1.21\nrequire a.example/b v1.0.0\nexclude a.example/b v1.0.0\n";
    let inventory = read("go.mod", text);
    assert!(inventory.packages.is_empty());
    assert_eq!(inventory.gaps[0].place.line, Some(3));
}

#[test]
fn what_is_no_go_mod_is_refused_with_its_line() {
    let error = try_read("go.mod", "module m\nthis is prose\n", &Beside::default()).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
}

#[test]
fn a_setup_cfg_lists_what_is_wanted() {
    let inventory = fixture("setup-cfg/plain/setup.cfg");
    assert_eq!(entry(&inventory, "beta").version.exact(), Some("2.0"));
    assert_eq!(entry(&inventory, "beta").place.line, Some(10));
    assert_eq!(entry(&inventory, "builder").scope, Scope::Build);
    assert_eq!(entry(&inventory, "gamma").scope, Scope::Optional);
    assert_eq!((inventory.packages.len(), inventory.gaps.len()), (4, 1));
}

#[test]
fn a_setup_py_gives_its_literal_lists_and_is_partial() {
    let inventory = fixture("setup-py/plain/setup.py");
    assert_eq!(packages(&inventory), [("alpha", None), ("beta", Some("2.0")), ("gamma", None)]);
    assert_eq!(entry(&inventory, "beta").place.line, Some(7));
    assert_eq!(inventory.gaps.len(), 1);
}

#[test]
fn a_setup_py_that_asks_for_nothing_leaves_nothing_open() {
    assert!(read("setup.py", "from setuptools import setup\n\nsetup()\n").gaps.is_empty());
}
