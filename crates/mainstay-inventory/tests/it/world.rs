//! An instance with its database, blobs and advisory data, in folders that go away.

use std::fs;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_inventory::{
    FindingRow, FindingState, Inventory, Limits, NewParty, PartyKind, Received, Upload,
};
use mainstay_knowledge::{DataFolder, ImportOptions, Limits as DataLimits, Silent, import};
use mainstay_store::{Actor, FolderBlobs};
use mainstay_testkit::{Record, TestDatabase, databases, zip};
use serde_json::json;

/// A world to act in.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) inventory: Inventory,
}

/// A time in 2026.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// Who acts.
pub(crate) fn ada() -> Actor {
    Actor { id: "acc_ada".to_owned(), origin: "127.0.0.1".to_owned() }
}

/// A world on each engine.
pub(crate) fn worlds() -> Vec<World> {
    databases().into_iter().map(World::on).collect()
}

impl World {
    fn on(database: TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inventory = open(&database, &folder);
        Self { database, folder, inventory }
    }

    /// The same instance, as another process would open it.
    pub(crate) fn another_process(&self) -> Inventory {
        open(&self.database, &self.folder)
    }

    /// Takes these records for all there is of their ecosystem.
    pub(crate) fn know(&self, records: &[Record]) {
        let path = self.folder.path().join("all.zip");
        fs::write(&path, zip(records.iter().map(Record::entry))).unwrap();
        let options =
            ImportOptions { as_of: Some(at(0)), now: at(0), limits: DataLimits::default() };
        let folder = DataFolder::open(&self.folder.path().join("knowledge")).unwrap();
        import(&folder, &[path], &options, &Silent).unwrap();
    }

    /// Adds an organisation.
    pub(crate) fn organisation(&self, id: &str, sectors: &[&str]) {
        let party = NewParty {
            id: id.to_owned(),
            kind: PartyKind::Organisation,
            name: format!("The {id}"),
            is_important: id.ends_with("-important"),
            sectors: sectors.iter().map(|sector| sector.parse().unwrap()).collect(),
        };
        self.inventory.put_party(&party, &ada(), at(1)).unwrap();
    }

    /// Sends the SBOM of a version of an asset, which is added when it is not there.
    pub(crate) fn send(&self, place: (&str, &str, &str), bytes: &[u8]) -> Received {
        let (party, asset, release) = place;
        let upload = Upload { party, asset, release, file_name: "bom.json", bytes };
        self.inventory.receive(&upload, &ada(), at(3)).unwrap()
    }

    /// The id of an asset.
    pub(crate) fn asset(&self, party: &str, name: &str) -> String {
        let assets = self.inventory.assets(party).unwrap();
        assets.into_iter().find(|asset| asset.name == name).unwrap().id
    }
}

fn open(database: &TestDatabase, folder: &tempfile::TempDir) -> Inventory {
    let blobs = FolderBlobs::open(&folder.path().join("blobs")).unwrap();
    let data = DataFolder::open(&folder.path().join("knowledge")).unwrap();
    Inventory::open(Arc::new(database.open()), Arc::new(blobs), data, Limits::default())
}

/// When a finding was closed, if it is.
pub(crate) fn closed_at(finding: &FindingRow) -> Option<Timestamp> {
    match &finding.state {
        FindingState::Closed(at, _) => Some(*at),
        FindingState::Open | FindingState::Silenced(_) => None,
    }
}

/// A CycloneDX document: the first package is asked for directly, each needs the next.
pub(crate) fn sbom(purls: &[&str]) -> Vec<u8> {
    let components: Vec<_> = purls
        .iter()
        .map(|purl| {
            let (name, version) = purl.rsplit_once('@').unwrap();
            let name = name.rsplit_once('/').unwrap().1;
            json!({
                "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            })
        })
        .collect();
    let mut chain = vec!["app"];
    chain.extend(purls);
    let dependencies: Vec<_> = chain
        .iter()
        .enumerate()
        .map(|(at, reference)| {
            let needs: Vec<_> = chain.get(at + 1).into_iter().collect();
            json!({ "ref": reference, "dependsOn": needs })
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "app", "name": "app" } },
        "components": components,
        "dependencies": dependencies,
    })
    .to_string()
    .into_bytes()
}
