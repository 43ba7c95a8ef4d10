//! A server on a free port of this machine, and what it takes to fill it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};
use mainstay_accounts::{Accounts, Cost, Mail, NewToken, Scope, Settings, SignIn, Standing};
use mainstay_inventory::{FindingRow, Inventory, Limits, NewParty, PartyKind, Upload, VexUpload};
use mainstay_knowledge::DataFolder;
use mainstay_notices::WebhookKey;
use mainstay_questions::Questions;
use mainstay_server::{Clock, Door, Instance, Post, ServeOptions, serve};
use mainstay_store::{Actor, DataDir, Database, FolderBlobs, Location, SigningKey};
use mainstay_visibility::Role;
use mainstay_webauthn::{Origin, RelyingParty, RpId};
use tokio::sync::oneshot;

use crate::browser::Browser;

/// A password that is taken.
pub(crate) const PASSWORD: &str = "vier Kraniche am Wehr";

/// A server that ends with this value.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) database: Arc<Database>,
    time: Arc<Mutex<Timestamp>>,
    stop: Option<oneshot::Sender<()>>,
    runs: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl Server {
    /// A server without anything in it.
    pub(crate) fn start() -> Self {
        Self::start_with(Post::Folder)
    }

    /// The same, with another way for letters.
    pub(crate) fn start_with(letters: impl FnOnce(PathBuf) -> Post) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let location = Location::sqlite(&path("db.sqlite"));
        let database = Arc::new(Database::open(&location).unwrap());
        let blobs = Arc::new(FolderBlobs::open(&path("blobs")).unwrap());
        let data = DataFolder::open(&path("knowledge")).unwrap();
        let inventory =
            Arc::new(Inventory::open(Arc::clone(&database), blobs, data, Limits::default()));
        let passkeys = RelyingParty::new(
            RpId::parse("localhost").unwrap(),
            "Mainstay",
            vec![Origin::parse("http://localhost:8450").unwrap()],
        );
        let settings = Settings {
            cost: Cost { memory: 8, passes: 1 },
            passkeys: passkeys.ok(),
            ..Settings::default()
        };
        let accounts = Arc::new(Accounts::open(Arc::clone(&database), settings).unwrap());
        let time = Arc::new(Mutex::new(Timestamp::from_second(1_790_000_000).unwrap()));
        let told = Arc::clone(&time);
        let keys = DataDir::open(&path("instance")).unwrap();
        let questions = Arc::new(Questions::open(Arc::clone(&database), keys));
        let instance = Instance {
            database: Arc::clone(&database),
            questions,
            inventory: Arc::clone(&inventory),
            accounts: Arc::clone(&accounts),
            webhook_key: WebhookKey::new(
                SigningKey::open_or_create(&path("webhook.key"), "test").unwrap(),
            ),
            clock: Clock::new(move || *told.lock().unwrap()),
        };
        std::fs::create_dir(path("mail")).unwrap();
        let options = ServeOptions {
            listen: "127.0.0.1:0".parse().unwrap(),
            public_url: None,
            tls: None,
            is_behind_proxy: false,
            most_bytes: 1 << 20,
            post: Some(letters(path("mail"))),
            mail_from: None,
            calls_this_machine: true,
            is_demo: false,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let door = Door::open(&options).unwrap();
        let port = door.origin().as_str().rsplit_once(':').unwrap().1.parse().unwrap();
        let runs = std::thread::spawn(move || {
            let until = async {
                let _ = stopped.await;
            };
            serve(door, instance, &options, until).unwrap();
        });
        Self {
            port,
            accounts,
            inventory,
            database,
            time,
            stop: Some(stop),
            runs: Some(runs),
            folder,
        }
    }

    /// A browser that was nowhere yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.port)
    }

    /// The letter to somebody with this in it, as soon as it is written.
    pub(crate) fn letter(&self, to: &str, with: &str) -> String {
        let started = std::time::Instant::now();
        loop {
            let files = std::fs::read_dir(self.folder.path().join("mail")).unwrap();
            // What is being written has another name.
            let whole = files
                .map(|file| file.unwrap().path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
            let letters = whole.map(|path| std::fs::read_to_string(path).unwrap());
            let mut found = letters.filter(|text| text.contains(to) && text.contains(with));
            if let Some(letter) = found.next() {
                return letter;
            }
            assert!(started.elapsed().as_secs() < 60, "no letter to {to} with {with}");
            std::thread::yield_now();
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.time.lock().unwrap()
    }

    /// Lets time pass.
    pub(crate) fn later(&self, minutes: i64) {
        let mut time = self.time.lock().unwrap();
        *time = time.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }

    /// Adds an organisation.
    pub(crate) fn organisation(&self, id: &str, sector: &str) {
        let party = NewParty {
            id: id.to_owned(),
            kind: PartyKind::Organisation,
            name: format!("The {id}"),
            is_important: false,
            sectors: vec![sector.parse().unwrap()],
        };
        self.inventory.put_party(&party, &operator(), self.now()).unwrap();
    }

    /// Adds somebody with a role somewhere; gives the address.
    pub(crate) fn person(&self, name: &str, organisation: &str, role: Role) -> String {
        self.someone(name, Standing::Person, Some((organisation, role)))
    }

    /// Adds somebody who looks after the instance.
    pub(crate) fn administrator(&self, name: &str) -> String {
        self.someone(name, Standing::Administrator, None)
    }

    fn someone(&self, name: &str, standing: Standing, there: Option<(&str, Role)>) -> String {
        let address = format!("{name}@example.org");
        let mail: Mail = address.parse().unwrap();
        let person = (&name.parse().unwrap(), &mail, PASSWORD);
        let id = self.accounts.create(person, standing, &operator(), self.now()).unwrap();
        if let Some(there) = there {
            self.accounts.put_member(&id, there, &operator(), self.now()).unwrap();
        }
        address
    }

    /// A browser in which somebody signed in.
    pub(crate) fn signed_in(&self, mail: &str) -> Browser {
        let mut browser = self.browser();
        let form = [("mail", mail), ("password", PASSWORD), ("back", "/")];
        let answer = browser.submit("/sign-in", "/sign-in", &form);
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    /// A token of somebody.
    pub(crate) fn token(&self, mail: &str, scopes: &[Scope]) -> String {
        let caller = mainstay_accounts::Caller {
            origin: "192.0.2.1".to_owned(),
            agent: "a test".to_owned(),
        };
        let signed = self.accounts.sign_in((mail, PASSWORD), &caller, self.now()).unwrap();
        let SignIn::Done(secret) = signed else { panic!("a second factor is asked for") };
        let session = self.accounts.session(secret.reveal(), self.now()).unwrap().unwrap();
        let new = NewToken {
            name: "a test".to_owned(),
            organisation: None,
            scopes: scopes.to_vec(),
            days: 1,
        };
        let fresh = session.fresh(self.now()).unwrap();
        let made = self.accounts.create_token(fresh, &new, &caller, self.now()).unwrap();
        made.reveal().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runs) = self.runs.take() {
            // A server that panicked has failed its test already.
            let _ = runs.join();
        }
    }
}

pub(crate) fn operator() -> Actor {
    Actor { id: "operator".to_owned(), origin: "command line".to_owned() }
}

impl Server {
    /// Sends a VEX document by which a package is affected, and gives its id.
    pub(crate) fn send_vex(&self, party: &str, purl: &str) -> String {
        let bytes = openvex("CVE-2026-1", purl, "affected");
        let upload = VexUpload { party, asset: "", file_name: "vex.json", bytes: &bytes };
        let actor = Actor { id: "acc_test".to_owned(), origin: "test".to_owned() };
        self.inventory.receive_vex(&upload, &actor, self.now()).unwrap().id
    }

    /// Takes in an SBOM with a package that the data that come with the program know to be
    /// flawed, and gives the asset with its finding.
    pub(crate) fn send_flawed(&self, party: &str) -> FindingRow {
        let bytes = sbom(&["pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"]);
        let upload =
            Upload { party, asset: "billing", release: "1", file_name: "b", bytes: &bytes };
        let actor = Actor { id: "acc_test".to_owned(), origin: "test".to_owned() };
        let received = self.inventory.receive(&upload, &actor, self.now()).unwrap();
        let findings = self.inventory.findings(&received.asset).unwrap();
        findings.into_iter().find(|one| one.exploited != Some(false)).unwrap()
    }
}

/// An OpenVEX document with one statement.
pub(crate) fn openvex(flaw: &str, purl: &str, status: &str) -> Vec<u8> {
    serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("urn:x:{flaw}:{purl}"),
        "author": "Supplier", "version": 1, "timestamp": "2020-01-01T00:00:00Z",
        "statements": [{ "vulnerability": { "name": flaw }, "products": [{ "@id": purl }],
            "status": status, "action_statement": "update" }],
    })
    .to_string()
    .into_bytes()
}

/// A CycloneDX document with these packages.
pub(crate) fn sbom(purls: &[&str]) -> Vec<u8> {
    let components: Vec<_> = purls
        .iter()
        .map(|purl| {
            let (name, version) = purl.rsplit_once('@').unwrap();
            let name = name.rsplit_once('/').unwrap().1;
            serde_json::json!({ "type": "library", "bom-ref": purl, "name": name,
                "version": version, "purl": purl })
        })
        .collect();
    serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": components })
    .to_string()
    .into_bytes()
}
