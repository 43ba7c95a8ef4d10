//! Every published bypass of a list of names: the name, and that it alerts.

use mainstay_reading::DangerCode;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::super::everything::examined;
use super::assembly::Pickle;

/// Advisory or issue, module, name.
const NAMES: &[(&str, &str, &str)] = &[
    ("GHSA-655q-fx9r-782v", "pip", "main"),
    ("GHSA-v7x6-rv5q-mhwc", "timeit", "timeit"),
    ("GHSA-4r9r-ch6f-vxmx", "torch.utils.bottleneck.__main__", "run_cprofile"),
    ("GHSA-4whj-rm5r-c2v8", "torch.utils.bottleneck.__main__", "run_autograd_prof"),
    ("GHSA-86cj-95qr-2p4f", "torch._dynamo.guards", "GuardBuilder.get"),
    (
        "GHSA-f4x7-rfwp-v3xw",
        "torch.fx.experimental.symbolic_shapes",
        "ShapeEnv.evaluate_guards_expression",
    ),
    ("GHSA-f745-w6jp-hpxx", "torch.utils.collect_env", "run"),
    ("GHSA-jhph-76pp-mggw", "torch.utils.collect_env", "run_and_read_all"),
    ("GHSA-h3qp-7fh3-f8h4", "torch.utils.data.datapipes.utils.decoder", "basichandlers"),
    ("GHSA-vr7h-p6mm-wpmh", "torch.jit.unsupported_tensor_ops", "execWrapper"),
    ("GHSA-vv6j-3g6g-2pvj", "torch.utils._config_module", "ConfigModule.load_config"),
    ("GHSA-5qwp-399c-mjwf", "trace", "Trace.run"),
    ("GHSA-g344-hcph-8vgg", "trace", "Trace.runctx"),
    ("GHSA-x696-vm39-cp64", "profile", "run"),
    ("GHSA-6vqj-c2q5-j97w", "profile", "Profile.run"),
    ("GHSA-7wx9-6375-f5wh", "profile", "Profile.runctx"),
    ("GHSA-49gj-c84q-6qm9", "cProfile", "run"),
    ("GHSA-9w88-8rmg-7g2p", "cProfile", "runctx"),
    ("GHSA-f54q-57x4-jg88", "lib2to3.pgen2.pgen", "ParserGenerator.make_label"),
    ("GHSA-p9w7-82w4-7q8m", "lib2to3.pgen2.grammar", "Grammar.loads"),
    ("GHSA-3vg9-h568-4w9m", "idlelib.run", "Executive.runcode"),
    ("GHSA-6w4w-5w54-rjvr", "idlelib.debugobj", "ObjectTreeItem.SetText"),
    ("GHSA-7cq8-mj8x-j263", "idlelib.autocomplete", "AutoComplete.get_entity"),
    ("GHSA-8r4j-24qv-fmq9", "idlelib.autocomplete", "AutoComplete.fetch_completions"),
    ("GHSA-9xph-j2h6-g47v", "idlelib.calltip", "Calltip.fetch_tip"),
    ("GHSA-m869-42cg-3xwr", "idlelib.pyshell", "ModifiedInterpreter.runcode"),
    ("GHSA-j343-8v2j-ff7w", "idlelib.pyshell", "ModifiedInterpreter.runcommand"),
    ("GHSA-3gf5-cxq9-w223", "idlelib.calltip", "get_entity"),
    ("GHSA-cj3c-v495-4xqh", "code", "InteractiveInterpreter.runcode"),
    ("GHSA-xp4f-hrf8-rxw7", "ensurepip", "_run_pip"),
    ("GHSA-fqq6-7vqf-w3fg", "doctest", "debug_script"),
    ("GHSA-q77w-mwjj-7mqx", "asyncio.unix_events", "_UnixSubprocessTransport._start"),
    ("GHSA-m273-6v24-x4m4", "distutils.file_util", "write_file"),
    ("GHSA-4675-36f9-wf6r", "ctypes", "CDLL"),
    ("GHSA-vqmv-47xg-9wpr", "pty", "spawn"),
    ("GHSA-r8g5-cgf2-4m4m", "numpy.f2py.crackfortran", "getlincoef"),
    ("GHSA-g38g-8gr9-h9xp", "uuid", "_popen"),
    ("GHSA-g38g-8gr9-h9xp", "imaplib", "IMAP4_stream"),
    ("GHSA-g38g-8gr9-h9xp", "_pyrepl.pager", "pipe_pager"),
    ("GHSA-g38g-8gr9-h9xp", "test.support.script_helper", "assert_python_ok"),
    ("GHSA-9726-w42j-3qjr", "_io", "FileIO"),
    ("GHSA-9726-w42j-3qjr", "urllib.request", "urlopen"),
    ("GHSA-m7j5-r2p5-c39r", "logging", "FileHandler"),
    ("GHSA-9m3x-qqw2-h32h", "types", "CodeType"),
    ("GHSA-9m3x-qqw2-h32h", "cloudpickle.cloudpickle", "_make_function"),
    ("GHSA-hgrh-qx5j-jfwx", "ftplib", "FTP"),
    ("GHSA-hgrh-qx5j-jfwx", "smtplib", "SMTP"),
    ("GHSA-vvpj-8cmc-gx39", "pkgutil", "resolve_name"),
    ("GHSA-84r2-jw7c-4r5q", "pydoc", "locate"),
    ("GHSA-955r-x9j8-7rhh", "_operator", "methodcaller"),
    ("GHSA-46h3-79wf-xr6c", "_operator", "attrgetter"),
    ("GHSA-f7qq-56ww-84cr", "asyncio.unix_events", "create_subprocess_exec"),
    ("picklescan #66", "importlib", "import_module"),
    ("GHSA-r7v6-mfhq-g3m2", "pty", "spawn"),
    ("GHSA-565g-hwwr-4pp3", "marshal", "loads"),
    ("GHSA-565g-hwwr-4pp3", "types", "FunctionType"),
    ("GHSA-wfq2-52f7-7qvj", "runpy", "run_path"),
    ("GHSA-q5qq-mvfm-j35x", "multiprocessing.util", "spawnv_passfds"),
    ("GHSA-q5qq-mvfm-j35x", "importlib.util", "spec_from_file_location"),
    ("GHSA-p523-jq9w-64x9", "cProfile", "Profile.run"),
    ("GHSA-5hvc-6wx8-mvv4", "pydoc", "pipepager"),
    ("GHSA-h4rm-mm56-xf63", "builtins", "exec"),
    ("GHSA-h4rm-mm56-xf63", "__builtin__", "eval"),
    ("GHSA-5hwf-rc88-82xm", "_osx_support", "_read_output"),
    ("GHSA-5hwf-rc88-82xm", "_aix_support", "_read_cmd_output"),
    ("GHSA-5hwf-rc88-82xm", "uuid", "_get_command_stdout"),
    ("GHSA-5cxw-w2xg-2m8h", "platform", "_syscmd_file"),
    ("GHSA-r48f-3986-4f9c", "linecache", "getlines"),
    ("GHSA-r48f-3986-4f9c", "difflib", "get_close_matches"),
    ("GHSA-r48f-3986-4f9c", "gc", "get_objects"),
    ("GHSA-m6fh-58r7-x697", "smtplib", "SMTP"),
    ("GHSA-m6fh-58r7-x697", "sqlite3", "connect"),
    ("GHSA-pc6j-px3p-rrj4", "shelve", "open"),
    ("GHSA-pc6j-px3p-rrj4", "venv", "create"),
    ("GHSA-5j3x-jp52-966f", "numpy", "lib.npyio.load"),
    ("GHSA-6ggj-6f2q-f7mx", "_interpreters", "run_string"),
    ("GHSA-fphw-536r-4p88", "_pickle", "Unpickler"),
    ("GHSA-wccx-j62j-r448", "pickle", "loads"),
    ("GHSA-cffv-grgg-g429", "torch", "load"),
    ("modelscan #338", "multiprocessing.util", "spawnv_passfds"),
    ("modelscan #338", "mlflow.projects", "_run_entry_point"),
    ("modelscan #338", "pandas", "read_csv"),
    ("modelscan #263", "webbrowser", "open"),
    ("CVE-2019-6446", "numpy", "load"),
    ("CVE-2025-32434", "torch.serialization", "load"),
    ("scanner", "picklescan.scanner", "scan_pickle_bytes"),
    ("scanner", "fickling.hook", "activate_safe_ml_environment"),
    ("scanner", "modelscan.modelscan", "ModelScan"),
    ("memory", "os", "system"),
    ("memory", "posix", "system"),
    ("memory", "nt", "system"),
    ("memory", "subprocess", "Popen"),
    ("memory", "commands", "getoutput"),
    ("memory", "builtins", "open"),
    ("memory", "shutil", "rmtree"),
    ("memory", "socket", "create_connection"),
    ("memory", "bdb", "Bdb.run"),
    ("memory", "builtins", "setattr"),
    ("memory", "numpy.testing._private.utils", "runstring"),
    ("memory", "dill._dill", "_create_function"),
    ("memory", "joblib", "load"),
    ("memory", "copyreg", "add_extension"),
    ("memory", "transformers", "pipeline"),
];

fn payload(protocol: u8, module: &str, name: &str) -> Vec<u8> {
    // Where the arguments decide, those are wrong too.
    let argument = if name.ends_with("caller") { "system" } else { "__globals__" };
    let argument =
        if name.contains("getter") || name.contains("caller") { argument } else { "inert" };
    match protocol {
        0 => Pickle::bare().raw(format!("(S'{argument}'\ni{module}\n{name}\n").as_bytes()).stop(),
        2 => Pickle::of(2).call(module, name, &[argument]).stop(),
        _ => Pickle::of(4).stack_global(module, name).text(argument).tuple(1).raw(b"R").stop(),
    }
}

pub(crate) fn seeds() -> Vec<Seed> {
    let every = NAMES.iter().step_by(8);
    every
        .map(|(_, module, name)| Seed {
            name: format!("{module}.{name}.pkl"),
            bytes: payload(4, module, name),
        })
        .collect()
}

#[test]
fn every_published_name_alerts_in_every_form_of_a_call() {
    for (advisory, module, name) in NAMES {
        for protocol in [0, 2, 4] {
            let found = examined("model.pkl", &payload(protocol, module, name));
            let alerts = found.dangers.iter().any(|danger| danger.severity >= Severity::High);
            assert!(alerts, "{advisory} {module}.{name} in {protocol}: {:?}", found.dangers);
        }
    }
}

#[test]
fn every_published_name_alerts_when_it_is_imported_alone() {
    for (advisory, module, name) in NAMES {
        if name.ends_with("caller") || name.ends_with("getter") {
            continue;
        }
        let found = examined("model.pkl", &Pickle::of(4).stack_global(module, name).stop());
        let alerts = found.dangers.iter().any(|danger| danger.severity >= Severity::High);
        assert!(alerts, "{advisory} {module}.{name}: {:?}", found.dangers);
    }
}

#[test]
fn a_call_names_its_advisory_and_shows_its_arguments() {
    let found = examined("model.pkl", &payload(2, "pty", "spawn"));
    let danger = &found.dangers[0];
    assert_eq!(danger.code, DangerCode::RunsCode);
    assert_eq!(danger.advisory, Some("GHSA-vqmv-47xg-9wpr"));
    assert_eq!(danger.shown.as_deref(), Some("pty.spawn('inert')"));
}

#[test]
fn a_bare_pickle_with_the_ending_of_torch_is_read_just_the_same() {
    // CVE-2025-10155.
    let found = examined("model.pt", &payload(4, "os", "system"));
    assert_eq!(found.dangers[0].code, DangerCode::RunsCode);
}
