//! The files for other hosts (GitHub, GitLab, pre-commit) and the commands in `docs/user/ci.md`: they
//! must be YAML, and every `mainstay` in them must be something that can be typed.

use clap::Parser as _;
use serde_json::Value;

use crate::args::Args;

const FILES: [(&str, &str); 4] = [
    ("action.yml", include_str!("../../../action.yml")),
    (".pre-commit-hooks.yaml", include_str!("../../../.pre-commit-hooks.yaml")),
    ("github", include_str!("../../../integrations/github/mainstay.yml")),
    ("gitlab", include_str!("../../../integrations/gitlab/mainstay.gitlab-ci.yml")),
];
const CI: &str = include_str!("../../../docs/user/ci.md");

/// Every command of a text that runs Mainstay, as words. Variables of the shell stand for words.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("entry: ");
        let starts = ["mainstay ", "\"$mainstay\" "];
        let Some(rest) = starts.iter().find_map(|start| line.strip_prefix(start)) else { continue };
        let end = [" ||", ";", " >", "#"].iter().filter_map(|stop| rest.find(stop)).min();
        let words = rest[..end.unwrap_or(rest.len())].split_whitespace();
        let words = words.filter(|word| {
            !["$since", "$MAINSTAY_ARGUMENTS", "\"${arguments[@]}\""].contains(word)
        });
        let words = words.map(|word| match word.trim_matches('"') {
            "$1" => "json".to_owned(),
            word if word.starts_with('$') => "x".to_owned(),
            word => word.to_owned(),
        });
        found.push(std::iter::once("mainstay".to_owned()).chain(words).collect());
    }
    found
}

/// The flags that a script adds to its arguments.
fn added_flags(text: &str) -> Vec<String> {
    let added = text.lines().filter_map(|line| line.split_once("arguments+=("));
    added
        .filter_map(|(_, rest)| {
            let inner = rest.split(')').next()?.replace('"', "");
            let (flag, value) = inner.split_once([' ', '=']).unwrap_or((&inner, ""));
            Some(match (flag, value) {
                (flag, "") => flag.to_owned(),
                ("--allow-unknown", _) => "--allow-unknown=no-data".to_owned(),
                (flag, _) => format!("{flag}=high"),
            })
        })
        .collect()
}

#[test]
fn every_command_of_the_integrations_can_be_typed() {
    let mut count = 0;
    for (name, text) in FILES.into_iter().chain([("ci.md", CI)]) {
        for words in commands(text) {
            count += 1;
            let parsed = Args::try_parse_from(&words);
            assert!(parsed.is_ok(), "{name}: {words:?}: {}", parsed.err().unwrap());
        }
    }
    assert!(count >= 9, "{count}");
}

#[test]
fn every_flag_that_the_action_adds_is_a_flag_of_check() {
    let flags = added_flags(FILES[0].1);
    assert_eq!(flags.len(), 5, "{flags:?}");
    for flag in flags {
        let parsed = Args::try_parse_from(["mainstay", "check", &flag, "--", "."]);
        assert!(parsed.is_ok(), "{flag}: {}", parsed.err().unwrap());
    }
}

#[test]
fn the_integrations_are_yaml() {
    for (name, text) in FILES {
        let parsed = mainstay_reading::yaml::parse::<Value>(text);
        assert!(parsed.is_ok(), "{name}: {}", parsed.err().unwrap().message);
    }
}

#[test]
fn the_blocks_of_the_page_are_yaml() {
    let blocks: Vec<&str> = CI.split("```yaml\n").skip(1).collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let text = block.split("```").next().unwrap();
        assert!(mainstay_reading::yaml::parse::<Value>(text).is_ok(), "{text}");
    }
}

#[test]
fn every_input_of_the_action_is_used_and_described() {
    let action: Value = mainstay_reading::yaml::parse(FILES[0].1).unwrap();
    for input in action["inputs"].as_object().unwrap().keys() {
        assert!(FILES[0].1.contains(&format!("inputs.{input}")), "{input} is not used");
        assert!(CI.contains(&format!("`{input}`")), "{input} is not in ci.md");
    }
}

/// Text of an input in a script would let whoever sets it run anything.
#[test]
fn no_input_is_text_of_a_script() {
    let action: Value = mainstay_reading::yaml::parse(FILES[0].1).unwrap();
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap_or("");
        assert!(!script.contains("${{"), "{script}");
    }
}

#[test]
fn the_hooks_have_what_pre_commit_asks_for() {
    let hooks: Value = mainstay_reading::yaml::parse(FILES[1].1).unwrap();
    for hook in hooks.as_array().unwrap() {
        for key in ["id", "name", "entry", "language"] {
            assert!(hook[key].is_string(), "{key} of {hook}");
        }
    }
}
