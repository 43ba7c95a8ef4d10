//! What can be done with the inventory. Every face (page, API, command line, job) calls these.

mod affected;
mod answered;
mod asset_context;
mod changes;
mod figures;
mod findings;
mod fold;
mod hearing;
mod intake;
mod parties;
mod prevalence;
mod rematch;
mod sharing;
mod statements;
mod vex;
mod vex_documents;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use mainstay_knowledge::{DataFolder, Knowledge};
use mainstay_store::{Blobs, Database, Transaction};
use mainstay_types::Ecosystem;

use crate::InventoryError;
use crate::holders::Holders;
use crate::prevalence::Census;

pub use asset_context::AssetContext;
pub use rematch::Rematched;
pub use sharing::{SharingChoice, Sight};
pub use statements::Spoken;
pub use vex::VexOf;

/// How much is taken in.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a document.
    pub bytes: u64,
    /// Packages that a document may name.
    pub packages: usize,
    /// Statements that a document may make.
    pub statements: usize,
}

impl Default for Limits {
    /// 64 MiB, as for the command line; 200,000 packages; 50,000 statements.
    fn default() -> Self {
        Self { bytes: 64 << 20, packages: 200_000, statements: 50_000 }
    }
}

/// The inventory of an instance. Shared by all threads.
#[derive(Debug)]
pub struct Inventory {
    database: Arc<Database>,
    blobs: Arc<dyn Blobs>,
    folder: DataFolder,
    knowledge: RwLock<Arc<Knowledge>>,
    holders: Mutex<Holders>,
    census: Mutex<Option<Arc<Census>>>,
    /// Held by who takes a census.
    counting: Mutex<()>,
    limits: Limits,
}

impl Inventory {
    /// Opens the inventory over a database, blobs, and a folder of advisory data.
    pub fn open(
        database: Arc<Database>,
        blobs: Arc<dyn Blobs>,
        folder: DataFolder,
        limits: Limits,
    ) -> Self {
        let knowledge = RwLock::new(Arc::new(Knowledge::open(&folder, Ecosystem::all())));
        Self {
            database,
            blobs,
            folder,
            knowledge,
            holders: Mutex::default(),
            census: Mutex::default(),
            counting: Mutex::default(),
            limits,
        }
    }

    /// What is known about packages now. Whoever holds it keeps it, also while newer data come.
    pub fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// As [`Inventory::knowledge`], after a look whether the data folder has newer data.
    fn newest_knowledge(&self) -> Arc<Knowledge> {
        let knowledge = self.knowledge();
        if knowledge.is_newest() { knowledge } else { self.reopen_knowledge() }
    }

    fn reopen_knowledge(&self) -> Arc<Knowledge> {
        let fresh = Arc::new(Knowledge::open(&self.folder, Ecosystem::all()));
        *self.knowledge.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        fresh
    }

    fn holders(&self) -> MutexGuard<'_, Holders> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, InventoryError>,
    ) -> Result<T, InventoryError> {
        self.database.read(look)
    }

    fn write<T>(
        &self,
        change: impl FnMut(&mut Transaction<'_>) -> Result<T, InventoryError>,
    ) -> Result<T, InventoryError> {
        self.database.write(change)
    }
}
