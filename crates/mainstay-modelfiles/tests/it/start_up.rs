//! Path files of Python, ordinary ones and ones that run something.

use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

/// Lines as packaging tools write them.
pub fn ordinary() -> Vec<&'static str> {
    vec![
        "/srv/somebody/src/project\n",
        "# a comment\n../lib/project\n\nC:\\work\\project\n",
        "import _virtualenv\n",
        "import __editable___project_1_0_0_finder; __editable___project_1_0_0_finder.install()\n",
        "import coverage; coverage.process_startup()\n",
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == \
         'local'; enabled and __import__('_distutils_hack').add_shim()\n",
        "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = \
         os.path.join(sys._getframe(1).f_locals['sitedir'], *('mpl_toolkits',));importlib = \
         has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m \
         = has_mfs and sys.modules.setdefault('mpl_toolkits', \
         importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('mpl_toolkits', \
         [os.path.dirname(p)])));m = m or sys.modules.setdefault('mpl_toolkits', \
         types.ModuleType('mpl_toolkits'));mp = (m or []) and \
         m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n",
        "import os, sys;exec('if \"COV_CORE_SOURCE\" in os.environ:\\n    try:\\n        from \
         pytest_cov.embed import init\\n        init()\\n    except Exception:\\n        pass')\n",
    ]
}

/// Lines that do more, and the code of what they do.
pub fn hostile() -> Vec<(&'static str, &'static str)> {
    vec![
        ("import os; os.system('echo inert')\n", "model-runs-code"),
        ("import\tos; os.system('echo inert')\n", "model-runs-code"),
        ("/a/path\nimport subprocess as s; s.run(['echo', 'inert'])\n", "model-runs-code"),
        ("import base64; exec(base64.b64decode('cHJpbnQoMSk='))\n", "model-runs-code"),
        ("import sys; exec('import os\\nos.system(\"echo inert\")')\n", "model-runs-code"),
        ("import sys; exec(sys.argv[1])\n", "model-runs-code"),
        ("import os; getattr(os, 'sys' + 'tem')('echo inert')\n", "model-runs-code"),
        ("import os; __import__('subprocess').getoutput('echo inert')\n", "model-runs-code"),
        (
            "import urllib.request; urllib.request.urlopen('https://a.example/')\n",
            "model-runs-code",
        ),
        ("import os; f = lambda: os.popen('echo inert'); f()\n", "model-runs-code"),
        ("import shutil; shutil.rmtree('/tmp/inert')\n", "model-touches-files"),
        ("# plain\rimport os; os.system('echo inert')\n", "model-runs-code"),
        (
            "import os, builtins; builtins.__dict__['ev' + 'al'](os.environ['X'])\n",
            "model-runs-code",
        ),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let lines = ordinary().into_iter().chain(hostile().into_iter().map(|(line, _)| line));
    let mut seeds: Vec<Seed> = lines.map(|line| Seed::new("a.pth", line)).collect();
    seeds.push(Seed::new("sitecustomize.py", "import os\nos.system('echo inert')\n"));
    seeds
}

#[test]
fn paths_and_the_lines_of_packaging_tools_are_clean() {
    for line in ordinary() {
        let examined = examined("a.pth", line.as_bytes());
        assert!(is_clean(&examined), "{line}: {examined:#?}");
        assert_eq!(examined.format, Some("python-start-up"), "{line}");
    }
}

#[test]
fn a_line_that_does_more_is_told_by_what_it_does() {
    for (line, code) in hostile() {
        let examined = examined("a.pth", line.as_bytes());
        assert_eq!(codes(&examined), [code], "{line}: {examined:#?}");
    }
}

#[test]
fn a_line_that_imports_what_nobody_knows_is_a_warning() {
    for line in ["import nobody_knows\n", "import os; __import__('nobody_knows').go()\n"] {
        let examined = examined("a.pth", line.as_bytes());
        assert_eq!(codes(&examined), ["model-unknown-call"], "{line}");
        assert_eq!(examined.dangers[0].severity, Severity::Medium);
    }
}

#[test]
fn a_danger_names_its_line() {
    let examined = examined("a.pth", b"/a\n/b\nimport os; os.system('echo inert')\n");
    assert_eq!(examined.dangers[0].place.line, Some(3));
    assert!(examined.dangers[0].message.starts_with("at every start of Python"));
}

#[test]
fn a_word_that_begins_like_import_is_a_path() {
    assert!(is_clean(&examined("a.pth", b"important/folder\n")));
}

#[test]
fn what_customizes_python_is_read_as_source() {
    let examined = examined("sitecustomize.py", b"import os\nos.system('echo inert')\n");
    assert_eq!(codes(&examined), ["model-runs-code"]);
}

#[test]
fn a_binary_file_is_no_start_up_file() {
    assert_ne!(examined("a.pth", b"\x00\x01\x02abc").format, Some("python-start-up"));
}

#[test]
fn a_line_that_runs_a_text_runs_code_unless_a_known_tool_does() {
    for line in [
        "import os; exec('import nobody_knows')\n",
        "import sys;exec('print(\"inert\")')\n",
        "import sys; exec(open('x').read())\n",
    ] {
        assert_eq!(codes(&examined("a-nspkg.pth", line.as_bytes())), ["model-runs-code"], "{line}");
    }
    let coverage = "import os, sys;exec('if \"COV_CORE_SOURCE\" in os.environ:\\n    from \
                    pytest_cov.embed import init\\n    init()')\n";
    assert_eq!(codes(&examined("pytest-cov.pth", coverage.as_bytes())), [""; 0]);
}
