//! PMML.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

/// A model with more inside.
fn pmml(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">\n\
         <Header copyright=\"by hand\"><Application name=\"hand\" version=\"1\"/></Header>\n\
         <DataDictionary><DataField name=\"x\" optype=\"continuous\" dataType=\"double\"/>\
         </DataDictionary>\n<TransformationDictionary><DefineFunction name=\"f\" \
         optype=\"continuous\"><ParameterField name=\"a\"/><FieldRef field=\"a\"/>\
         </DefineFunction></TransformationDictionary>\n{inside}\n</PMML>\n"
    )
}

fn benign() -> String {
    pmml(
        "<RegressionModel functionName=\"regression\"><Extension name=\"n\" value=\"1.5\">a note\
         </Extension><RegressionTable intercept=\"1\"/></RegressionModel>",
    )
}

fn external() -> String {
    let kind = "<!DOCTYPE PMML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><PMML";
    pmml("<Annotation>&x;</Annotation>").replacen("<PMML", kind, 1)
}

fn script() -> String {
    pmml("<Extension name=\"run\"><script>print('inert')</script></Extension>")
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("benign.pmml", &benign()),
        Seed::new("external.pmml", &external()),
        Seed::new("script.pmml", &script()),
    ]
}

fn dangers(text: &str) -> Vec<&'static str> {
    codes(&examined("m.pmml", text.as_bytes()))
}

#[test]
fn an_ordinary_model_is_clean() {
    let examined = examined("m.pmml", benign().as_bytes());
    assert_eq!(examined.format, Some("pmml"));
    assert!(is_clean(&examined), "{examined:?}");
}

#[test]
fn an_entity_of_a_file_touches_files() {
    assert_eq!(dangers(&external()), ["model-touches-files"]);
}

#[test]
fn a_script_in_an_extension_runs_code() {
    assert_eq!(dangers(&script()), ["model-runs-code"]);
}

#[test]
fn a_call_in_an_extension_runs_code_however_it_is_written() {
    for inside in [
        "<Extension value=\"java.lang.Runtime.getRuntime()\"/>",
        "<Extension value=\"java&#115;cript:inert\"/>",
        "<Extension><![CDATA[<script>inert</script>]]></Extension>",
        "<Extension>os.system('echo inert')</Extension>",
        "<Extension><x y=\"__import__('os')\"/></Extension>",
    ] {
        assert_eq!(dangers(&pmml(inside)), ["model-runs-code"], "{inside}");
    }
}

#[test]
fn a_word_outside_of_an_extension_is_no_call() {
    assert_eq!(dangers(&pmml("<Annotation>eval(x) was here</Annotation>")), [""; 0]);
}

#[test]
fn an_inclusion_from_elsewhere_touches_files() {
    let inside = "<xi:include xmlns:xi=\"x\" href=\"/etc/passwd\" parse=\"text\"/>";
    assert_eq!(dangers(&pmml(inside)), ["model-touches-files"]);
}

#[test]
fn a_model_that_is_cut_off_is_malformed() {
    let text = benign();
    for end in 150..text.trim_end().len() {
        assert_eq!(dangers(&text[..end]), ["model-malformed"], "{end}");
    }
}
