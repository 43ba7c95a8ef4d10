//! What `docs/user` must name, so that the pages cannot drift from the program.

use clap::CommandFactory as _;
use mainstay_console::ExitCode;
use mainstay_distributions::DATABASES;
use mainstay_installed::TREES;
use mainstay_lockfiles::FORMATS;
use mainstay_policy::Policy;
use mainstay_sboms::SBOM_FILES;
use mainstay_scan::{ReportFormat, UnknownCode};
use mainstay_types::{Ecosystem, FindingKind};

use crate::args::Args;
use crate::settings::{ProjectFile, UserFile};

const ARCHIVES: &str = include_str!("../../../docs/user/archives.md");
const CI: &str = include_str!("../../../docs/user/ci.md");
const DATA: &str = include_str!("../../../docs/user/advisory-data.md");
const EXIT_CODES: &str = include_str!("../../../docs/user/exit-codes.md");
const FIX: &str = include_str!("../../../docs/user/fix.md");
const FORMATS_PAGE: &str = include_str!("../../../docs/user/formats.md");
const INVENTORY: &str = include_str!("../../../docs/user/inventory.md");
const JSON: &str = include_str!("../../../docs/user/json.md");
const MODELS: &str = include_str!("../../../docs/user/models.md");
const QUESTIONS: &str = include_str!("../../../docs/user/questions.md");
const PREVALENCE: &str = include_str!("../../../docs/user/prevalence.md");
const SERVER: &str = include_str!("../../../docs/user/server.md");
const PROGRAMS: &str = include_str!("../../../docs/user/programs.md");
const POLICY: &str = include_str!("../../../docs/user/policy.md");
const SBOMS: &str = include_str!("../../../docs/user/sboms.md");
const SCAN: &str = include_str!("../../../docs/user/scan-and-check.md");
const VEX: &str = include_str!("../../../docs/user/vex.md");
const SETTINGS: &str = include_str!("../../../docs/user/settings.md");
const ENVIRONMENT: &str = include_str!("environment.rs");

fn assert_names(page: &str, words: impl IntoIterator<Item = impl AsRef<str>>) {
    for word in words {
        let word = word.as_ref();
        assert!(page.contains(&format!("`{word}`")), "`{word}` is not in the page");
    }
}

#[test]
fn every_format_has_its_row_with_its_file_names() {
    for format in FORMATS {
        let row =
            FORMATS_PAGE.lines().find(|line| line.starts_with(&format!("| `{}` |", format.id)));
        let row = row.unwrap_or_else(|| panic!("{} has no row", format.id));
        assert_names(row, format.file_names);
    }
    for file in SBOM_FILES {
        let row = FORMATS_PAGE.lines().find(|line| line.starts_with(&format!("| `{}` |", file.id)));
        let row = row.unwrap_or_else(|| panic!("{} has no row", file.id));
        assert_names(row, file.file_names);
        assert_names(row, file.endings.iter().map(|ending| format!("*{ending}")));
    }
    for database in DATABASES {
        let start = format!("| `{}` |", database.id);
        let row = FORMATS_PAGE.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("{} has no row", database.id));
        assert_names(row, database.paths);
    }
}

#[test]
fn every_format_of_archives_has_its_row_with_its_endings() {
    for format in mainstay_artifacts::FORMATS {
        let row = ARCHIVES.lines().find(|line| line.starts_with(&format!("| `{}` |", format.id)));
        let row = row.unwrap_or_else(|| panic!("{} has no row", format.id));
        assert_names(row, format.endings);
    }
}

#[test]
fn programs_have_their_row() {
    let start = format!("\n| `{}` |", mainstay_artifacts::PROGRAM.id);
    assert!(PROGRAMS.contains(&start));
}

#[test]
fn every_format_of_models_is_in_a_row() {
    assert_names(MODELS, mainstay_modelfiles::FORMATS.iter().map(|format| format.id));
}

#[test]
fn every_kind_of_tree_has_its_row() {
    for tree in TREES {
        assert!(FORMATS_PAGE.contains(&format!("\n| `{}` |", tree.id)), "{}", tree.id);
    }
}

#[test]
fn no_row_is_about_a_format_that_is_not_there() {
    let ids = FORMATS_PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    for id in ids {
        let is_sbom = SBOM_FILES.iter().any(|file| file.id == id);
        let is_image = id == mainstay_images::FORMAT;
        let is_database = DATABASES.iter().any(|database| database.id == id);
        let is_tree = TREES.iter().any(|tree| tree.id == id);
        let is_lockfile = FORMATS.iter().any(|format| format.id == id);
        assert!(is_sbom || is_image || is_database || is_tree || is_lockfile, "{id}");
    }
}

/// The keys that the text of an unknown key's error lists.
fn keys_of(error: &str) -> Vec<String> {
    let listed = error.split("expected one of").nth(1).unwrap_or("");
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_project_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mainstay.toml");
    for text in ["zzz = 1\n", "[[exception]]\nzzz = 1\n"] {
        std::fs::write(&path, text).unwrap();
        let keys = keys_of(&ProjectFile::read(&path).unwrap_err().to_string());
        assert!(keys.len() > 4, "{keys:?}");
        for key in keys {
            let shown = SETTINGS.contains(&format!("`{key}`"))
                || SETTINGS.contains(&format!("`[[{key}]]`"));
            assert!(shown, "{key}");
        }
    }
}

#[test]
fn every_key_of_the_users_file_is_named() {
    for text in ["zzz = 1\n", "[addresses]\nzzz = 1\n"] {
        let error = toml::from_str::<UserFile>(text).unwrap_err().to_string();
        let keys = keys_of(&error);
        assert!(keys.len() > 2, "{keys:?}");
        for key in keys {
            let shown = SETTINGS.contains(&format!("`{key}`"))
                || SETTINGS.contains(&format!("`[{key}]`"))
                || SETTINGS.contains(&format!("\n{key} = "));
            assert!(shown, "{key}");
        }
    }
}

#[test]
fn every_key_of_a_policy_is_named() {
    for text in [
        "zzz = 1\n",
        "[[finding]]\nzzz = 1\n",
        "[licences]\nzzz = 1\n",
        "[[ban]]\nzzz = 1\n",
        "[sources]\nzzz = 1\n",
        "[releases]\nzzz = 1\n",
        "[[example]]\nzzz = 1\n",
    ] {
        let keys = keys_of(&Policy::parse("p.toml", text).unwrap_err().to_string());
        assert!(keys.len() > 2, "{keys:?}");
        for key in keys {
            let shown = [
                format!("`{key}`"),
                format!("`[[{key}]]`"),
                format!("[{key}]"),
                format!("{key} ="),
            ]
            .iter()
            .any(|form| POLICY.contains(form));
            assert!(shown, "{key}");
        }
    }
}

/// A policy that a page shows must be one.
#[test]
fn the_policies_of_the_page_are_read() {
    let blocks: Vec<&str> = POLICY.split("```toml\n").skip(1).collect();
    assert!(blocks.len() > 5);
    for block in blocks {
        let text = block.split("```").next().unwrap();
        let policy = Policy::parse("policy.md", text);
        // An exception to a rule names a rule of another block.
        let policy = policy.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        for example in &policy.examples {
            assert!(example.holds(&example.run(&policy, now)), "{}", example.name.name);
        }
    }
}

#[test]
fn every_variable_is_named() {
    let quoted = ENVIRONMENT
        .split('"')
        .filter(|text| text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    let variables: Vec<&str> = quoted.collect();
    assert!(variables.len() > 10, "{variables:?}");
    assert_names(SETTINGS, variables);
}

#[test]
fn every_flag_is_named() {
    let pages = [
        CI, DATA, EXIT_CODES, FIX, INVENTORY, JSON, POLICY, PREVALENCE, QUESTIONS, SERVER, SBOMS,
        SCAN, SETTINGS, VEX,
    ]
    .concat();
    let mut command = Args::command();
    command.build();
    let mut commands = vec![&command];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().filter(|one| one.get_name() != "help"));
        for flag in command.get_arguments().filter_map(clap::Arg::get_long) {
            let known = ["help", "version"].contains(&flag) || pages.contains(&format!("--{flag}"));
            assert!(known, "--{flag} of {}", command.get_name());
        }
    }
}

#[test]
fn every_word_of_the_gate_and_of_reports_is_named() {
    assert_names(SCAN, UnknownCode::ALL.map(UnknownCode::word));
    assert_names(SCAN, FindingKind::ALL.map(FindingKind::word));
    assert_names(SCAN, ReportFormat::ALL.map(ReportFormat::word));
}

#[test]
fn every_exit_code_has_its_row() {
    for code in ExitCode::ALL {
        assert!(EXIT_CODES.contains(&format!("\n| {} |", code.number())), "{code:?}");
    }
}

#[test]
fn every_ecosystem_is_named() {
    assert_names(DATA, Ecosystem::all().map(Ecosystem::osv_name));
}

#[test]
fn a_line_of_the_report_has_the_shapes_of_the_whole() {
    let shapes = |text: &str| {
        let schema: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut shapes = schema["$defs"].as_object().unwrap().clone();
        // The summary of a line has no counterpart: in the whole its fields stand at the top.
        shapes.remove("scan");
        shapes
    };
    let whole = include_str!("../../../docs/schemas/scan.schema.json");
    let line = include_str!("../../../docs/schemas/scan-line.schema.json");
    assert_eq!(shapes(whole), shapes(line));
}
