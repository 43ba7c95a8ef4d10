//! What is asked of a resolver, in which order, and what comes of its answers.

use mainstay_repair::{Choice, Outcome};
use mainstay_testkit::Record;

use crate::recorded::{Bench, Recorded, chain, flaw, moves_left, prints, refuses, writes};

const CARGO: &str = "cargo --version";

#[test]
fn the_smallest_fixed_version_is_asked_for_first() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "1.0.5")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools =
        Recorded::new(vec![prints(CARGO, "cargo 1.95.0 (0 2026-03-21)\n"), moves_left("1.0.5")]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.by, "cargo 1.95.0");
    assert_eq!(mended.gone.len(), 1);
    assert_eq!(mended.changes[0].to.as_deref(), Some("1.0.5"));
    assert_eq!(mended.changes[0].removes, ["A-1"]);
    assert_eq!(tools.asked.borrow().len(), 1);
}

#[test]
fn what_needs_the_package_moves_when_it_holds_it() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    bench.write("Cargo.lock", &chain(&[("right", "1.0.0"), ("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        refuses("cargo update left@1.0.0 --precise 2.0.0", "error: right needs left ^1"),
        prints("cargo update left@1.0.0", ""),
        writes(
            "cargo update right@1.0.0 left@1.0.0",
            "Cargo.lock",
            chain(&[("right", "1.1.0"), ("left", "2.0.0")]),
        ),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!((mended.gone.len(), mended.left.len()), (1, 0));
    let moved: Vec<&str> = mended.changes.iter().map(|change| &*change.name).collect();
    assert_eq!(moved, ["left", "right"]);
}

#[test]
fn what_cannot_move_says_why_and_what_would_have_to() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    bench.write("Cargo.lock", &chain(&[("right", "1.0.0"), ("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        refuses("cargo update left@1.0.0 --precise 2.0.0", "error: right needs left ^1"),
        prints("cargo update left@1.0.0", ""),
        prints("cargo update right@1.0.0 left@1.0.0", ""),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.left[0].why, "right needs left ^1");
    assert_eq!(mended.left[0].would_have_to_move, ["right 1.0.0"]);
    assert!(!mended.rewrite.is_change());
}

#[test]
fn a_flaw_without_a_fix_stays_without_a_question() {
    let mut record = flaw("A-1", "left", "0", "9");
    record.0["affected"][0]["ranges"][0]["events"] = serde_json::json!([{"introduced": "0"}]);
    let bench = Bench::new(&[record]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![prints(CARGO, "cargo 1.95.0")]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.left[0].why, "no fixed version is known");
    assert!(tools.asked.borrow().is_empty());
}

#[test]
fn the_goal_of_several_flaws_is_free_of_all_of_them() {
    let bench =
        Bench::new(&[flaw("A-1", "left", "0", "1.0.5"), flaw("A-2", "left", "0", "1.0.10")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![prints(CARGO, "cargo 1.95.0"), moves_left("1.0.10")]);
    assert_eq!(bench.mended("Cargo.lock", &tools).gone.len(), 2);
}

#[test]
fn only_what_was_chosen_is_asked_for() {
    let bench =
        Bench::new(&[flaw("A-1", "left", "0", "2.0.0"), flaw("A-2", "right", "0", "2.0.0")]);
    bench.write("Cargo.lock", &chain(&[("right", "1.0.0"), ("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        writes(
            "cargo update right@1.0.0 --precise 2.0.0",
            "Cargo.lock",
            chain(&[("right", "2.0.0"), ("left", "1.0.0")]),
        ),
    ]);
    for word in ["right", "right@1.0.0", "a-2"] {
        let choice = Choice { only: vec![word.to_owned()], ..Choice::default() };
        let plans = bench.plan("Cargo.lock", &choice, &tools);
        let Outcome::Tried(mended) = &plans[0].outcome else { panic!("{word}") };
        assert_eq!((mended.gone.len(), mended.left.len()), (1, 0), "{word}");
        assert_eq!(mended.findings, (2, 1), "{word}");
    }
}

#[test]
fn npm_is_asked_to_run_no_script_and_write_nothing_else() {
    let bench = Bench::new(&[Record::new("A-1", "npm", "left")]);
    let lock = |version: &str| {
        format!(
            "{{\"name\":\"app\",\"lockfileVersion\":3,\"packages\":{{\"\":{{\"dependencies\":\
             {{\"left\":\">=1\"}}}},\"node_modules/left\":{{\"version\":\"{version}\"}}}}}}"
        )
    };
    bench.write("package-lock.json", &lock("1.0.0"));
    bench.write("package.json", "{\"dependencies\":{\"left\":\">=1\"}}");
    let tools = Recorded::new(vec![
        prints("npm --version", "11.19.1\n"),
        writes(
            "npm update left --package-lock-only --ignore-scripts --no-audit --no-fund \
             --no-update-notifier --save=false --lockfile-version=3",
            "package-lock.json",
            lock("2.1.0"),
        ),
        prints("npm view --json left time", "{\"2.1.0\":\"2026-02-27T00:00:00Z\"}"),
    ]);
    let mended = bench.mended("package-lock.json", &tools);
    assert_eq!(mended.by, "npm 11.19.1");
    assert_eq!(mended.gone.len(), 1);
    assert_eq!(mended.changes[0].within_cooldown, Some(true));
}

#[test]
fn uv_is_asked_to_build_nothing() {
    let bench = Bench::new(&[Record::new("A-1", "PyPI", "left")]);
    let lock = |version: &str| {
        format!(
            "version = 1\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"left\"\nversion = \
             \"{version}\"\nsource = {{ registry = \"https://pypi.example/simple\" }}\nsdist = {{ \
             url = \"https://pypi.example/left.tar.gz\", hash = \"sha256:{}\", upload-time = \
             \"2025-01-01T00:00:00Z\" }}\n",
            "0".repeat(64)
        )
    };
    bench.write("uv.lock", &lock("1.0.0"));
    let tools = Recorded::new(vec![
        prints("uv --version", "uv 0.13.9 (x86_64)"),
        writes(
            "uv lock --no-build --no-build-isolation --no-progress --no-python-downloads --upgrade-package left==2.0.0",
            "uv.lock",
            lock("2.0.0"),
        ),
    ]);
    let mended = bench.mended("uv.lock", &tools);
    assert_eq!(mended.gone.len(), 1);
    assert_eq!(mended.changes[0].within_cooldown, Some(false));
}

#[test]
fn pins_move_in_the_lines_where_they_are_written() {
    let bench = Bench::new(&[Record::new("A-1", "PyPI", "left")]);
    bench.write("requirements.txt", "# ours\nleft == 1.0.0  # why\nright==1.0\n");
    let tools = Recorded::new(vec![
        prints("uv --version", "uv 0.13.9"),
        writes(
            "uv pip compile asked.in --output-file answer.txt --universal --no-build --no-header \
             --no-annotate --no-progress --no-python-downloads",
            "answer.txt",
            "left==2.0.0\nright==1.0\nextra==3\n",
        ),
    ]);
    let mended = bench.mended("requirements.txt", &tools);
    let after = String::from_utf8(mended.rewrite.after).unwrap();
    assert_eq!(after, "# ours\nleft == 2.0.0  # why\nright==1.0\n");
}

#[test]
fn pip_answers_where_there_is_no_uv() {
    let bench = Bench::new(&[Record::new("A-1", "PyPI", "left")]);
    bench.write("requirements.txt", "left==1.0.0\n");
    let report = r#"{"install":[{"metadata":{"name":"Left","version":"2.0.0"}}]}"#;
    let tools = Recorded::new(vec![
        prints("pip --version", "pip 23.2.1 from somewhere (python 3.11)"),
        prints(
            "pip install --dry-run --ignore-installed --only-binary=:all: --quiet --no-input \
             --disable-pip-version-check --report - -r asked.in",
            report,
        ),
    ]);
    let mended = bench.mended("requirements.txt", &tools);
    assert_eq!((&*mended.by, mended.gone.len()), ("pip 23.2.1", 1));
}

#[test]
fn a_file_that_takes_in_another_is_not_half_mended() {
    let bench = Bench::new(&[Record::new("A-1", "PyPI", "left")]);
    bench.write("requirements.txt", "-r base.txt\nleft==1.0.0\n");
    bench.write("base.txt", "right==1.0\n");
    let tools = Recorded::new(vec![prints("uv --version", "uv 0.13.9")]);
    let mended = bench.mended("requirements.txt", &tools);
    assert!(mended.left[0].why.contains("-r base.txt"), "{}", mended.left[0].why);
}

#[test]
fn a_lockfile_without_its_manifest_is_not_emptied() {
    let bench = Bench::new(&[Record::new("A-1", "npm", "left")]);
    let lock = r#"{"lockfileVersion":3,"packages":{"":{"dependencies":{"left":"1"}},"node_modules/left":{"version":"1.0.0"}}}"#;
    bench.write("package-lock.json", lock);
    let tools = Recorded::new(vec![
        prints("npm --version", "11.19.1\n"),
        writes(NPM_LEFT, "package-lock.json", r#"{"lockfileVersion":3,"packages":{"":{}}}"#),
    ]);
    let mended = bench.mended("package-lock.json", &tools);
    assert!(mended.left[0].why.contains("no package.json"), "{}", mended.left[0].why);
    bench.write("package.json", "{}");
    let mended = bench.mended("package-lock.json", &tools);
    assert!(mended.left[0].why.starts_with("left would be dropped"), "{}", mended.left[0].why);
    assert!(!mended.rewrite.is_change());
}

/// The question about a lockfile of version 3 without addresses.
const NPM_LEFT: &str = "npm update left --package-lock-only --ignore-scripts --no-audit --no-fund \
     --no-update-notifier --save=false --lockfile-version=3";

#[test]
fn a_file_that_sends_variables_somewhere_is_not_handed_on() {
    let bench = Bench::new(&[Record::new("A-1", "PyPI", "left")]);
    bench.write("requirements.txt", "-i https://pypi.example/${TOKEN}\nleft==1.0.0\n");
    let tools = Recorded::new(vec![prints("uv --version", "uv 0.13.9")]);
    let mended = bench.mended("requirements.txt", &tools);
    assert!(mended.left[0].why.contains("your environment"), "{}", mended.left[0].why);
    assert!(tools.asked.borrow().is_empty());
}

#[test]
fn a_format_that_cannot_be_mended_yet_says_so() {
    let bench = Bench::new(&[Record::new("A-1", "npm", "left")]);
    bench.write("yarn.lock", "# yarn lockfile v1\n\nleft@^1.0.0:\n  version \"1.0.0\"\n");
    let tools = Recorded::new(Vec::new());
    let plans = bench.plan("yarn.lock", &Choice::default(), &tools);
    let Outcome::NotTried { why, flaws, .. } = &plans[0].outcome else { panic!("tried") };
    assert_eq!((&**why, flaws.len()), ("yarn-lock cannot be mended yet", 1));
}

#[test]
fn a_resolver_that_is_not_there_is_named() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let plans = bench.plan("Cargo.lock", &Choice::default(), &Recorded::new(Vec::new()));
    let Outcome::NotTried { why, .. } = &plans[0].outcome else { panic!("tried") };
    assert_eq!(why, "cargo is not installed, or not on the PATH");
}
