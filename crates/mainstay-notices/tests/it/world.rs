//! An instance with a coordinator, members that share with it, and one that does not.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mainstay_inventory::{Inventory, Limits, NewParty, NewStatement, PartyKind, Subject, Upload};
use mainstay_knowledge::{DataFolder, ImportOptions, Limits as DataLimits, Silent, import};
use mainstay_notices::{
    Channel, Circle, ContactRole, Content, MAIL_JOB, NewContact, Notice, Notices, OPENING_JOB,
    Outcome, Parcel, Reminders, WEBHOOK_JOB,
};
use mainstay_store::{Actor, Database, FolderBlobs, events, jobs};
use mainstay_testkit::{Record, TestDatabase, databases, zip};
use mainstay_types::{FlawName, Tlp};
use mainstay_vex::{Claim, Justification, Reason};
use mainstay_visibility::{Reader, Role};
use serde_json::json;

/// The flaw of this world.
pub(crate) const FLAW: &str = "CVE-2026-0001";

/// A world to act in.
pub(crate) struct World {
    pub(crate) database: Arc<Database>,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) notices: Notices,
    folder: tempfile::TempDir,
    _kept: TestDatabase,
}

/// A time in 2026.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// Who acts.
pub(crate) fn ada() -> Actor {
    Actor { id: "acc_ada".to_owned(), origin: "127.0.0.1".to_owned() }
}

/// Somebody with the least role in an organisation.
pub(crate) fn of(party: &str) -> Reader {
    let id = format!("acc_{party}").parse().unwrap();
    Reader::signed_in(id, [(party.parse().unwrap(), Role::Reader)], [], []).unwrap()
}

/// A world on each engine.
pub(crate) fn worlds() -> Vec<World> {
    databases().into_iter().map(World::on).collect()
}

impl World {
    /// `isac` coordinates; `grid`, `water` and `bank` share with it and have left-pad 1.0.0, but
    /// for the bank, which has another package; `dairy` has it and shares with nobody.
    fn on(kept: TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(kept.open());
        let blobs = Arc::new(FolderBlobs::open(&folder.path().join("blobs")).unwrap());
        let data = DataFolder::open(&folder.path().join("knowledge")).unwrap();
        let inventory =
            Arc::new(Inventory::open(Arc::clone(&database), blobs, data, Limits::default()));
        let notices = Notices::open(Arc::clone(&database), Arc::clone(&inventory));
        let world = Self { database, inventory, notices, folder, _kept: kept };
        for (id, sector) in [
            ("isac", None),
            ("grid", Some("us-ci/energy")),
            ("water", Some("us-ci/water-and-wastewater-systems")),
            ("bank", Some("us-ci/financial-services")),
            ("dairy", Some("us-ci/food-and-agriculture")),
        ] {
            let sectors: Vec<&str> = sector.into_iter().collect();
            world.organisation(id, &sectors);
        }
        for id in ["grid", "water", "bank"] {
            let with = ["isac".parse().unwrap()].into();
            world.inventory.share(id, &with, &ada(), at(1)).unwrap();
        }
        for id in ["grid", "water", "dairy"] {
            world.send(id, &["pkg:npm/left-pad@1.0.0"]);
        }
        world.send("bank", &["pkg:npm/once@1.0.0"]);
        world
    }

    pub(crate) fn organisation(&self, id: &str, sectors: &[&str]) {
        let party = NewParty {
            id: id.to_owned(),
            kind: PartyKind::Organisation,
            name: format!("The {id}"),
            is_important: false,
            sectors: sectors.iter().map(|sector| sector.parse().unwrap()).collect(),
        };
        self.inventory.put_party(&party, &ada(), at(1)).unwrap();
    }

    /// Sends the SBOM of an asset.
    pub(crate) fn send(&self, party: &str, purls: &[&str]) {
        let bytes = sbom(purls);
        let upload =
            Upload { party, asset: "control", release: "1", file_name: "b.json", bytes: &bytes };
        self.inventory.receive(&upload, &ada(), at(3)).unwrap();
    }

    /// Lets the flaw become known, and matches.
    pub(crate) fn know(&self) {
        self.know_of(&[Record::new(FLAW, "npm", "left-pad")]);
    }

    /// Lets these flaws become known, and matches.
    pub(crate) fn know_of(&self, records: &[Record]) {
        let path = self.folder.path().join("all.zip");
        fs::write(&path, zip(records.iter().map(Record::entry))).unwrap();
        let options =
            ImportOptions { as_of: Some(at(0)), now: at(0), limits: DataLimits::default() };
        let folder = DataFolder::open(&self.folder.path().join("knowledge")).unwrap();
        import(&folder, &[path], &options, &Silent).unwrap();
        self.inventory.match_if_newer(&ada(), at(10)).unwrap();
    }

    /// Lets an organisation say that the flaw does no harm in what it has.
    pub(crate) fn says_harmless(&self, party: &str) {
        let assets = self.inventory.assets(party).unwrap();
        let absent = Justification::VulnerableCodeNotPresent;
        let said = NewStatement {
            asset: &assets.first().unwrap().id,
            release: "1",
            purl: "pkg:npm/left-pad@1.0.0",
            flaw: FLAW,
            reach: mainstay_inventory::Reach::Release,
            claim: Claim::NotAffected(Reason::Justified(absent, None)),
            evidence: Vec::new(),
            notes: None,
            expires: None,
            author: "Ada",
        };
        self.inventory.say(&said, &ada(), at(15)).unwrap();
    }

    /// Writes a mailbox down that an organisation keeps of itself.
    pub(crate) fn mailbox(&self, party: &str, role: ContactRole) {
        let address = format!("{}@{party}.example", role.word());
        self.contact((party, party), role, ("mail", &address));
    }

    pub(crate) fn contact(
        &self,
        (kept_by, party): (&str, &str),
        role: ContactRole,
        (kind, address): (&str, &str),
    ) {
        let new = NewContact {
            party: party.to_owned(),
            role,
            channel: Channel::of(kind, address).unwrap(),
            name: "Duty officer".to_owned(),
        };
        self.notices.add_contact(kept_by, &new, &ada(), at(5)).unwrap();
    }

    /// Removes the contact with this address that somebody keeps.
    pub(crate) fn remove_contact(&self, kept_by: &str, address: &str, now: Timestamp) {
        let kept = self.notices.contacts(kept_by).unwrap();
        let found = kept.iter().find(|one| one.channel.address() == address).unwrap();
        self.notices.remove_contact(kept_by, &found.id, &ada(), now).unwrap();
    }

    /// To whose open pages it was told that they were told something, in order.
    pub(crate) fn live(&self) -> Vec<String> {
        let events = self.database.read(|transaction| events::after(transaction, 0, 1_000));
        let told = events.unwrap().into_iter().filter(|one| one.kind == "notice.told");
        let member = |body: &str| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body.get("member").unwrap().as_str().unwrap().to_owned()
        };
        told.map(|one| member(&one.body)).collect()
    }

    /// A notice of the coordinator that was drafted and reviewed.
    pub(crate) fn reviewed(&self, content: &Content) -> String {
        let id = self.notices.draft("isac", content, &ada(), at(20)).unwrap();
        self.notices.review((&id, 1), &ada(), at(21)).unwrap();
        id
    }

    /// A notice that was released at `at(22)`.
    pub(crate) fn released(&self, content: &Content) -> String {
        let id = self.reviewed(content);
        self.notices.release((&id, 2), &ada(), at(22)).unwrap();
        id
    }

    /// The notice as its owner sees it.
    pub(crate) fn notice(&self, id: &str) -> Notice {
        self.notices.board_of(id).unwrap().0
    }

    /// The next job that is ready.
    pub(crate) fn job(&self, now: Timestamp) -> Option<jobs::Taken> {
        let lease = Duration::from_mins(5);
        jobs::take(&self.database, &[MAIL_JOB, WEBHOOK_JOB, OPENING_JOB], ("post", lease), now)
            .unwrap()
    }

    /// The next thing that is to be sent.
    pub(crate) fn parcel(&self, now: Timestamp) -> Option<Parcel> {
        let job = self.job(now)?;
        self.notices.prepare(&job, now).unwrap()
    }

    /// Sends everything that is ready, and says to whom, in order.
    pub(crate) fn send_all(&self, now: Timestamp) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some(job) = self.job(now) {
            let Some(parcel) = self.notices.prepare(&job, now).unwrap() else { continue };
            self.notices.settle(&parcel, &Outcome::Taken, now).unwrap();
            sent.push(parcel.channel.address().to_owned());
        }
        sent.sort_unstable();
        sent
    }
}

/// A notice about left-pad to whoever is affected.
pub(crate) fn content() -> Content {
    Content {
        subject: Subject::Package { purl: "pkg:npm/left-pad".to_owned(), range: None },
        title: "A flaw in left-pad".parse().unwrap(),
        text: "Take 1.3.0.".parse().unwrap(),
        marking: Tlp::Amber,
        circle: Circle { affected: true, ..Circle::default() },
        not_before: None,
        reminders: Reminders::default(),
    }
}

/// The flaw as a subject.
pub(crate) fn flaw() -> Subject {
    Subject::Flaw(FlawName::parse(FLAW).unwrap())
}

fn sbom(purls: &[&str]) -> Vec<u8> {
    let components: Vec<_> = purls
        .iter()
        .map(|purl| {
            let (name, version) = purl.rsplit_once('@').unwrap();
            let name = name.rsplit_once('/').unwrap().1;
            json!({ "type": "library", "bom-ref": purl, "name": name, "version": version,
                "purl": purl })
        })
        .collect();
    json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": components })
    .to_string()
    .into_bytes()
}
