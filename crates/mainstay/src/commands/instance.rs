//! The instance on this machine: its database, its blobs and its key, beside the advisory data.

use std::sync::Arc;

use anyhow::Context as _;
use mainstay_inventory::{Inventory, Limits};
use mainstay_knowledge::DataFolder;
use mainstay_questions::Questions;
use mainstay_store::{Actor, DataDir, Database, FolderBlobs, Location, SigningKey};

use crate::Context;
use crate::args::{Common, InstanceArgs};
use crate::settings::{self, UserFile};

/// The name under which this instance signs.
const KEY_NAME: &str = "mainstay";

/// An instance, opened.
pub(super) struct Instance {
    pub(super) database: Arc<Database>,
    folder: DataDir,
    knowledge: DataFolder,
}

impl Instance {
    /// Opens it, and makes it when it is not there.
    pub(super) fn open(
        context: &Context,
        common: &Common,
        args: &InstanceArgs,
    ) -> anyhow::Result<Self> {
        let user = UserFile::read()?;
        let data = settings::data_dir(common, &context.environment, &user)?;
        let (folder, location) = place(context, common, args)?;
        Self::at(&location, folder, DataFolder::open(&data)?)
    }

    /// Opens the example world, which is apart from what is real.
    pub(super) fn open_demo(context: &Context, common: &Common) -> anyhow::Result<Self> {
        let user = UserFile::read()?;
        let data = settings::data_dir(common, &context.environment, &user)?;
        let folder = DataDir::open(&data.join("demo"))?;
        let location = Location::sqlite(&folder.database());
        Self::at(&location, folder, DataFolder::open(&data)?)
    }

    fn at(location: &Location, folder: DataDir, knowledge: DataFolder) -> anyhow::Result<Self> {
        let database = Database::open(location)
            .with_context(|| format!("the database {location} cannot be used"))?;
        Ok(Self { database: Arc::new(database), folder, knowledge })
    }

    /// The inventory of the instance.
    pub(super) fn inventory(&self) -> anyhow::Result<Inventory> {
        let blobs = Arc::new(self.blobs()?);
        let database = Arc::clone(&self.database);
        Ok(Inventory::open(database, blobs, self.knowledge.clone(), Limits::default()))
    }

    /// The files of the instance.
    pub(super) fn blobs(&self) -> anyhow::Result<FolderBlobs> {
        Ok(FolderBlobs::open(&self.folder.blobs())?)
    }

    /// The folder of the instance.
    pub(super) fn folder(&self) -> &DataDir {
        &self.folder
    }

    /// The questions of the instance.
    pub(super) fn questions(&self) -> Questions {
        Questions::open(Arc::clone(&self.database), self.folder.clone())
    }

    /// The key of the instance. It is made when it is first asked for.
    pub(super) fn key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::open_or_create(&self.folder.signing_key(), KEY_NAME)?)
    }

    /// The key that signs calls to programs. Another than that of the log, so that neither can be
    /// made to say what the other means.
    pub(super) fn webhook_key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::open_or_create(&self.folder.webhook_key(), KEY_NAME)?)
    }
}

/// Where the instance is, whether it is there or not.
pub(super) fn place(
    context: &Context,
    common: &Common,
    args: &InstanceArgs,
) -> anyhow::Result<(DataDir, Location)> {
    let user = UserFile::read()?;
    let data = settings::data_dir(common, &context.environment, &user)?;
    let folder = DataDir::open(&data.join("instance"))?;
    let named = args.database.as_ref().or(context.environment.database.as_ref());
    let location = match named {
        Some(text) => text.parse()?,
        None => Location::sqlite(&folder.database()),
    };
    Ok((folder, location))
}

/// Who types commands: whoever may write into the data folder.
pub(super) fn operator() -> Actor {
    Actor { id: "operator".to_owned(), origin: "command line".to_owned() }
}
