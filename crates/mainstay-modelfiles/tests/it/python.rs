//! Python source that comes with a model: what it does and when.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::repository_json::with_code;

/// What is said of source, besides that it is code of the repository.
fn said_of(source: &'static str) -> Examined {
    let mut examined = with_code(&[("modeling_x.py", source)]);
    examined.dangers.retain(|danger| danger.place.file.is_some());
    examined
}

fn worst(source: &'static str) -> Option<(&'static str, Severity)> {
    let examined = said_of(source);
    let dangers = examined.dangers.iter();
    dangers.map(|danger| (danger.code.code(), danger.severity)).max_by_key(|(_, how)| *how)
}

/// Source that acts as it is imported.
const AT_ONCE: &[(&str, &str)] = &[
    ("import os\nos.system('echo inert')\n", "model-runs-code"),
    ("import os as o\no.system('echo inert')\n", "model-runs-code"),
    ("from os import system as s\ns('echo inert')\n", "model-runs-code"),
    ("from os import *\nsystem('echo inert')\n", "model-runs-code"),
    ("from os import (path,\n  system)\nsystem('echo inert')\n", "model-runs-code"),
    ("import os; run = os.system; run('echo inert')\n", "model-runs-code"),
    ("import os\nlist(map(os.system, ['echo inert']))\n", "model-runs-code"),
    ("import os\n(os.system)('echo inert')\n", "model-runs-code"),
    ("import os\n[os.system][0]('echo inert')\n", "model-runs-code"),
    ("import torch\ntorch.os.system('echo inert')\n", "model-runs-code"),
    ("import subprocess\nx = subprocess.check_output(['echo'])\n", "model-runs-code"),
    ("__import__('os').system('echo inert')\n", "model-runs-code"),
    ("__import__('o' + 's').system('echo inert')\n", "model-runs-code"),
    ("m = 'os'\n__import__(m).system('echo inert')\n", "model-runs-code"),
    ("import importlib\nimportlib.import_module('os').system('a')\n", "model-runs-code"),
    ("import os\ngetattr(os, 'system')('echo inert')\n", "model-runs-code"),
    ("import os\ngetattr(os, 'metsys'[::-1])('echo inert')\n", "model-runs-code"),
    ("import os\ngetattr(os, ''.join(['sys', 'tem']))('a')\n", "model-runs-code"),
    ("import os\ngetattr(os, chr(115) + 'ystem')('a')\n", "model-runs-code"),
    ("import os\nos.__dict__['system']('echo inert')\n", "model-runs-code"),
    ("import os\nvars(os)['system']('echo inert')\n", "model-runs-code"),
    ("import sys\nsys.modules['os'].system('echo inert')\n", "model-runs-code"),
    ("import sys\nsys.modules.get('os').system('echo inert')\n", "model-runs-code"),
    ("globals()['__builtins__']['eval']('1')\n__builtins__['exec'](x)\n", "model-runs-code"),
    ("import builtins\nbuiltins.exec(x)\n", "model-runs-code"),
    ("exec(x)\n", "model-runs-code"),
    ("list(map(eval, xs))\n", "model-runs-code"),
    ("exec('import os\\nos.system(\"echo inert\")')\n", "model-runs-code"),
    (
        "if True:\n    try:\n        import os\n        os.popen('a')\n    except: pass\n",
        "model-runs-code",
    ),
    ("class A:\n    import os\n    x = os.system('a')\n", "model-runs-code"),
    ("import os\ndef f(a=os.system('a')):\n    pass\n", "model-runs-code"),
    ("import os\n@os.system\ndef f(): pass\n", "model-runs-code"),
    ("import os\ndef f():\n    os.system('a')\nf()\n", "model-runs-code"),
    ("import os\ndef g():\n    os.system('a')\ndef f():\n    g()\nf()\n", "model-runs-code"),
    (
        "import os\nclass A:\n    def __init__(self):\n        os.system('a')\nA()\n",
        "model-runs-code",
    ),
    (
        "import os\nclass A:\n    def go(self):\n        os.system('a')\nA().go()\n",
        "model-runs-code",
    ),
    ("import os\n@(lambda f: os.system('a'))\ndef g(): pass\n", "model-runs-code"),
    ("import os, atexit\ndef f():\n    os.system('a')\natexit.register(f)\n", "model-runs-code"),
    (
        "import os\nclass A:\n    def __init_subclass__(c):\n        os.system('a')\nclass B(A): pass\n",
        "model-runs-code",
    ),
    ("import os\nx = f\"{os.system('echo inert')}\"\n", "model-runs-code"),
    ("import os\n(os).system('echo inert')\n", "model-runs-code"),
    ("import os\n((os)).system('echo inert')\n", "model-runs-code"),
    ("__import__('math' if 0 else 'os').system('a')\n", "model-runs-code"),
    ("import os\ngetattr(os, 'path' if 0 else 'system')('a')\n", "model-hides-call"),
    ("import os\ngetattr((os), 'system')('a')\n", "model-runs-code"),
    ("import os\ngetattr(os, 'xsystemx'.strip('x'))('a')\n", "model-runs-code"),
    ("import os\ngetattr(os, 'smyesttesm'[::-2])('a')\n", "model-hides-call"),
    ("import os\ngetattr(os, '\\N{LATIN SMALL LETTER S}ystem')('a')\n", "model-hides-call"),
    ("import os\nk = 'system'\ngetattr(os, k)('a')\nk = 'path'\n", "model-hides-call"),
    ("import os\nk = 'sys'\nk += 'tem'\ngetattr(os, k)('a')\n", "model-hides-call"),
    ("import os\nk = 'path'\nfor k in x: getattr(os, k)('a')\n", "model-hides-call"),
    ("import os\nk = 'path'\nj, k = 'a', 'system'\ngetattr(os, k)('a')\n", "model-hides-call"),
    ("import os\nos.__dict__.get(k)('a')\n", "model-hides-call"),
    ("__builtins__[k]('a')\n", "model-hides-call"),
    ("import os\n(os if x else y).system('a')\n", "model-hides-call"),
    ("import os, operator\noperator.attrgetter('system')(os)('a')\n", "model-hides-call"),
    ("exec(x)\ndef exec(*a): pass\n", "model-runs-code"),
    ("def exec(*a): pass\ndel exec\nexec(x)\n", "model-runs-code"),
    ("@exec\n@(lambda c: 'import os')\nclass X: pass\n", "model-runs-code"),
    ("import subprocess\nlist(map(subprocess.Popen, ['a']))\n", "model-runs-code"),
    ("import subprocess\n[subprocess.Popen][0]('a')\n", "model-runs-code"),
    ("import pickle\nlist(map(pickle.loads, [x]))\n", "model-runs-code"),
    ("run = {'a': exec}['a']\nrun(x)\n", "model-runs-code"),
    ("import os as o\nexec(\"o.system('a')\")\n", "model-runs-code"),
    ("def f():\n    g = h\n    g('a')\nimport os\nh = os.popen\nf()\n", "model-runs-code"),
    ("exec(b'+AGkAbQ-'.decode('utf-7'))\n", "model-runs-code"),
    ("import os\nx = f'{1:{os.system(\"echo inert\")}}'\n", "model-runs-code"),
    ("# a comment\rimport os\ros.system('echo inert')\r", "model-runs-code"),
    ("import os\nos.\\\n  system('echo inert')\n", "model-runs-code"),
    ("import ctypes\nctypes.CDLL('./x.so')\n", "model-runs-code"),
    ("import pickle\npickle.loads(b'x')\n", "model-runs-code"),
    ("import base64\nexec(base64.b64decode('cHJpbnQ='))\n", "model-hides-call"),
    ("import zlib, base64 as b\nexec(zlib.decompress(b.b64decode(x)))\n", "model-hides-call"),
    ("import os\ngetattr(os, x)('a')\n", "model-hides-call"),
    ("().__class__.__bases__[0].__subclasses__()[1]('a')\n", "model-hides-call"),
    ("\u{1D4EE}\u{1D4E7}\u{1D4EE}\u{1D4EC}('a')\n", "model-hides-call"),
    ("# -*- coding: utf_7 -*-\nx = 1\n", "model-hides-call"),
    ("import socket\ns = socket.socket()\n", "model-uses-network"),
    ("import requests\nrequests.post('https://a.example', data=x)\n", "model-uses-network"),
    ("from urllib.request import urlopen\nurlopen('https://a.example')\n", "model-uses-network"),
    ("import shutil\nshutil.rmtree('/tmp/inert')\n", "model-touches-files"),
    ("open('/etc/cron.d/x', 'w').write('a')\n", "model-touches-files"),
    ("open('~/.ssh/id_rsa').read()\n", "model-touches-files"),
];

/// Source that acts only in functions that somebody must call.
const LATER: &[&str] = &[
    "import subprocess\ndef build():\n    subprocess.run(['make'])\n",
    "import requests\nclass A:\n    def fetch(self, url):\n        return requests.get(url)\n",
    "import pickle\ndef restore(f):\n    return pickle.load(f)\n",
    "import os\nif __name__ == '__main__':\n    os.system('echo inert')\n",
];

/// Source as ordinary models have it.
const ORDINARY: &[&str] = &[
    "import math\nimport os\nfrom typing import Optional\n\nimport torch\nfrom torch import nn\nfrom \
     .configuration_x import XConfig\n\nlogger = logging.get_logger(__name__)\n\n\nclass \
     XModel(PreTrainedModel):\n    config_class = XConfig\n\n    def __init__(self, config):\n       \
      super().__init__(config)\n        self.layer = nn.Linear(4, 4)\n        \
     self.post_init()\n\n    def forward(self, x: Optional[torch.Tensor] = None):\n        return \
     self.layer(x).eval()\n",
    "import os\nfrom shutil import copyfile\nclass T:\n    def save_vocabulary(self, folder):\n      \
       out = os.path.join(folder, 'vocab.txt')\n        copyfile(self.vocab_file, out)\n        \
     with open(out, 'w', encoding='utf-8') as writer:\n            writer.write('a')\n",
    "import importlib\nif importlib.util.find_spec('flash_attn') is not None:\n    from flash_attn \
     import f\nV = importlib.metadata.version('torch')\n",
    "import re\nP = re.compile(r'a+')\nclass M:\n    def compile(self): pass\n    def eval(self): \
     pass\nm = M()\nm.eval()\nm.compile()\n",
    "import subprocess\ntry:\n    pass\nexcept subprocess.CalledProcessError:\n    pass\n",
    "import torch\n@torch.compile\ndef f(x: 'int' = 1, *, eval=True) -> int:\n    return x if eval \
     else 0\n",
    "import sys\nfor name in ('stdout', 'stderr'):\n    getattr(sys, name).flush()\n",
    "DOC = '''os.system('a')\nexec(x)'''\n# os.system('b')\n",
    "x = getattr(torch, dtype)\nimport torch\ny = __import__('torch').ones(1)\n",
];

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    // Read as start-up files, they are read by the same reader.
    let hostile = AT_ONCE.iter().map(|(source, _)| *source);
    let sources = hostile.chain(LATER.iter().copied()).chain(ORDINARY.iter().copied());
    sources.map(|source| Seed::new("sitecustomize.py", source)).collect()
}

#[test]
fn source_that_acts_on_import_is_an_alert() {
    for (source, code) in AT_ONCE {
        let (found, severity) = worst(source).unwrap_or_else(|| panic!("nothing: {source}"));
        assert_eq!(found, *code, "{source}");
        assert!(severity >= Severity::High, "{source}");
    }
}

#[test]
fn what_waits_in_functions_is_a_warning() {
    for source in LATER {
        assert_eq!(worst(source), Some(("model-carries-code", Severity::Medium)), "{source}");
    }
}

#[test]
fn a_program_that_is_started_as_the_model_is_loaded_is_an_alert() {
    let source = "import os\nclass X:\n    def __init__(self, config):\n        os.system('a')\n";
    assert_eq!(worst(source), Some(("model-runs-code", Severity::High)));
}

#[test]
fn code_that_is_hidden_by_an_encoding_is_critical_even_in_a_function() {
    let source = "import base64\ndef f(x):\n    exec(base64.b64decode(x))\n";
    assert_eq!(worst(source), Some(("model-hides-call", Severity::Critical)));
}

#[test]
fn ordinary_source_is_clean() {
    for source in ORDINARY {
        let examined = said_of(source);
        assert!(examined.dangers.is_empty() && examined.gaps.is_empty(), "{source}: {examined:#?}");
    }
}

#[test]
fn the_list_of_what_functions_can_do_is_one_finding() {
    let source =
        "import os, requests\ndef f():\n    requests.get('a')\ndef g():\n    os.remove('a')\n";
    let examined = said_of(source);
    assert_eq!(examined.dangers.len(), 1);
    let message = &examined.dangers[0].message;
    assert!(message.contains("`requests.get`") && message.contains("`os.remove`"), "{message}");
}

#[test]
fn names_that_are_computed_within_one_another_are_followed_in_part() {
    let nested = |depth: usize| {
        let source = "__import__(".repeat(depth) + "f('x')" + &")".repeat(depth);
        said_of(source.leak()).gaps
    };
    assert!(nested(2).is_empty());
    assert!(nested(20_000).iter().any(|gap| gap.reason.contains("read in part")));
}

#[test]
fn a_walk_that_is_longer_than_is_followed_is_a_gap() {
    let deep = "getattr(".repeat(12) + "os" + &", 'path')".repeat(12);
    let long = format!("x = os.{}\n", vec!["part"; 80].join("."));
    for source in [format!("import os\ny = {deep}()\n"), format!("import os\n{long}x()\n")] {
        let found = said_of(source.leak());
        let is_told = found.gaps.iter().any(|gap| gap.reason.contains("read in part"));
        assert!(is_told, "{found:?}");
    }
}
