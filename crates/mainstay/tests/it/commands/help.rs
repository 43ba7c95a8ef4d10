//! What can be asked about Mainstay itself: help, version, formats, completions, the manual.

use crate::sandbox::{Answer, Sandbox};

fn run(arguments: &[&str]) -> Answer {
    let answer = Sandbox::new().run(arguments);
    assert_eq!((answer.exit, &*answer.stderr), (0, ""), "{answer:?}");
    answer
}

#[test]
fn help_fits_on_a_page_and_has_examples() {
    insta::assert_snapshot!(run(&["--help"]).stdout, @"
    The secure open source workbench.

    Says what is in your software, what is wrong with it, and what nobody knows.

    Usage: mainstay [OPTIONS] <COMMAND>

    Commands:
      scan         Look and report: what is in it, what is wrong, what is not known
      check        The gate for CI: the same scan, judged
      fix          Plan the smallest set of upgrades that removes findings, and prove it
      explain      Say what an advisory or a code in a report means
      why          Say by which path of dependencies a package is there
      policy       The policy of the gate: run its examples, show its rules
      sbom         SBOMs as documents: convert, compare, merge, check
      model        Model files: what one is, and what loading it would do
      db           The advisory data: import, update, status
      vex          VEX: record, list and export statements on flaws
      inventory    Who uses what: organisations, their SBOMs, and who is affected
      serve        Serve an instance: pages, the API, live events
      submit       Send an SBOM to a server, from CI
      account      The people of an instance: give roles, let somebody begin anew
      affected     Say whether what is here is affected, and answer a signed question
      question     Ask those who upload nothing who is affected: signed questions, and their count
      log          The log of an instance: show it, sign how it stands, prove that it was not changed
      backup       Write all that an instance keeps into one file
      restore      Bring an instance back from a backup, into an empty place
      formats      List the formats that are read
      completions  Write a completion script for a shell to standard output
      man          Write the manual: the main page to standard output, or every page into a folder
      plumbing     Small tools for scripts
      help         Print this message or the help of the given subcommand(s)

    Options:
      -o, --output <FILE>
              Write the result to a file instead of standard output

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Everywhere
              - never:  Nowhere

      -v, --verbose
              List everything, not only the first of many

      -q, --quiet
              No warnings and no progress

          --no-progress
              No progress line

          --data-dir <DIR>
              The folder of the advisory data [env: `MAINSTAY_DATA_DIR`]

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Examples:
      mainstay scan .                     look and report
      mainstay check . --fail-on high     the gate for CI
      mainstay db update                  fetch what is known
      mainstay explain CVE-2021-44228     read one advisory
      mainstay why lodash                 why is it there?

    Exit codes: 0 done, 1 findings (check), 2 wrong use, 3 unknown (check), 4 a bug.
    ");
}

#[test]
fn scan_has_help() {
    insta::assert_snapshot!(run(&["scan", "-h"]).stdout, @"
    Look and report: what is in it, what is wrong, what is not known

    Usage: mainstay scan [OPTIONS] [PATH]...

    Arguments:
      [PATH]...  Folders and files to look at [default: .]

    Options:
          --exclude <PATTERN>     Leave out paths that match; may be given several times
      -o, --output <FILE>         Write the result to a file instead of standard output
          --color <WHEN>          When to use colour [possible values: auto, always, never]
          --installed             Look at installed packages too: `node_modules`, virtual environments,
                                  vendored modules
          --max-file-size <SIZE>  Refuse files larger than this, such as 64MiB [env:
                                  `MAINSTAY_MAX_FILE_SIZE`]
      -v, --verbose               List everything, not only the first of many
          --no-project-settings   Read no settings of the project: for software that is not yours
      -q, --quiet                 No warnings and no progress
      -f, --format <FORMAT>       The form of the report [default: text] [possible values: text, json,
                                  jsonl, sarif, markdown, html, github, cyclonedx, cyclonedx-1.7, spdx,
                                  spdx-3.0]
          --no-progress           No progress line
          --data-dir <DIR>        The folder of the advisory data [env: `MAINSTAY_DATA_DIR`]
          --offline               Never use the network [env: `MAINSTAY_OFFLINE`]
          --max-data-age <AGE>    Advisory data older than this are stale, such as 7d or 12h [env:
                                  `MAINSTAY_MAX_DATA_AGE`]
          --vex <PATH>            Read VEX documents (OpenVEX, CycloneDX, CSAF, SPDX 3) from a file or
                                  folder; may be given several times
          --no-vex                Do not read the VEX documents that lie beside what is scanned
          --product <PRODUCT>     What is scanned, as VEX documents name it: a package URL, a name; may
                                  be given several times
      -h, --help                  Print help (see more with '--help')
      -V, --version               Print version
    ");
}

#[test]
fn check_has_help() {
    insta::assert_snapshot!(run(&["check", "-h"]).stdout, @"
    The gate for CI: the same scan, judged

    Usage: mainstay check [OPTIONS] [PATH]...

    Arguments:
      [PATH]...  Folders and files to look at [default: .]

    Options:
          --exclude <PATTERN>         Leave out paths that match; may be given several times
      -o, --output <FILE>             Write the result to a file instead of standard output
          --color <WHEN>              When to use colour [possible values: auto, always, never]
          --installed                 Look at installed packages too: `node_modules`, virtual
                                      environments, vendored modules
          --max-file-size <SIZE>      Refuse files larger than this, such as 64MiB [env:
                                      `MAINSTAY_MAX_FILE_SIZE`]
      -v, --verbose                   List everything, not only the first of many
          --no-project-settings       Read no settings of the project: for software that is not yours
      -q, --quiet                     No warnings and no progress
      -f, --format <FORMAT>           The form of the report [default: text] [possible values: text,
                                      json, jsonl, sarif, markdown, html, github, cyclonedx,
                                      cyclonedx-1.7, spdx, spdx-3.0]
          --no-progress               No progress line
          --data-dir <DIR>            The folder of the advisory data [env: `MAINSTAY_DATA_DIR`]
          --offline                   Never use the network [env: `MAINSTAY_OFFLINE`]
          --max-data-age <AGE>        Advisory data older than this are stale, such as 7d or 12h [env:
                                      `MAINSTAY_MAX_DATA_AGE`]
          --vex <PATH>                Read VEX documents (OpenVEX, CycloneDX, CSAF, SPDX 3) from a file
                                      or folder; may be given several times
          --no-vex                    Do not read the VEX documents that lie beside what is scanned
          --product <PRODUCT>         What is scanned, as VEX documents name it: a package URL, a name;
                                      may be given several times
          --fail-on <WHAT>            Refuse only such findings: low, medium, high, critical (and worse,
                                      and severity unknown), known-exploited, or a kind such as
                                      malicious; may be given several times [default: any]
          --policy <FILE>             The policy that rules; what a project brings can then only refuse
                                      more [env: `MAINSTAY_POLICY`]
          --since <REF>               Judge only what is new since this revision of the git repository
          --allow-unknown[=<REASON>]  Let the unknown pass: all of it, or only the named reasons
      -h, --help                      Print help (see more with '--help')
      -V, --version                   Print version
    ");
}

#[test]
fn every_command_has_help() {
    let commands: [&[&str]; 15] = [
        &["scan"],
        &["check"],
        &["explain"],
        &["why"],
        &["db"],
        &["db", "import"],
        &["db", "update"],
        &["db", "status"],
        &["policy", "test"],
        &["policy", "show"],
        &["formats"],
        &["completions"],
        &["man"],
        &["plumbing", "versions"],
        &["plumbing", "purl"],
    ];
    for command in commands {
        let answer = run(&[command, &["--help"]].concat());
        assert!(answer.stdout.contains("Usage: mainstay"), "{answer:?}");
    }
}

#[test]
fn without_a_command_help_is_shown_and_the_use_is_wrong() {
    let answer = Sandbox::new().run(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("Usage: mainstay"), "{answer:?}");
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = format!("mainstay {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]).stdout, version);
}

#[test]
fn a_command_that_is_nearly_one_is_suggested() {
    let answer = Sandbox::new().run(&["chekc"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("'check'"), "{answer:?}");
}

#[test]
fn formats_names_every_ecosystem_of_a_lockfile() {
    let text = run(&["formats"]).stdout;
    for word in
        ["Cargo.lock", "package-lock.json", "poetry.lock", "go.mod", "pom.xml", "Gemfile.lock"]
    {
        assert!(text.contains(word), "{word} is missing in {text}");
    }
}

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]).stdout;
        for word in ["scan", "check", "allow-unknown", "plumbing"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn the_script_for_bash_is_bash() {
    let sandbox = Sandbox::new();
    let path = sandbox.beside("mainstay.bash");
    std::fs::write(&path, run(&["completions", "bash"]).stdout).unwrap();
    if let Ok(checked) = std::process::Command::new("bash").arg("-n").arg(&path).output() {
        assert!(checked.status.success(), "{checked:?}");
    }
}

#[test]
fn the_manual_is_a_manual_page() {
    let page = run(&["man"]).stdout;
    assert!(page.contains(".TH mainstay 1"), "{page}");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(&["man", "pages"]).exit, 0);
    for page in ["mainstay.1", "mainstay-scan.1", "mainstay-check.1", "mainstay-db-import.1"] {
        assert!(sandbox.path(&format!("pages/{page}")).is_file(), "{page}");
    }
}
